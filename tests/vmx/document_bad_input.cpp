// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Files that are broken, huge or made to hurt: a precise error or a tolerant reading, in linear
// time. Sizes are chosen for the slowest build; a quadratic reader would take minutes for each.
#include "vmx/document_support.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;
using namespace std::string_literals;
using vmx::Document;

namespace {
std::atomic<std::size_t> allocations{0};

std::string refusal(std::string_view text) {
  try {
    static_cast<void>(Document::parse(text, {.file = "x.vmx"}));
  } catch (malformed_file const& e) {
    CHECK(e.line() == 1);
    return e.what();
  }
  return "(read)";
}

std::string repeated(std::string_view unit, std::size_t bytes) {
  std::string out;
  out.reserve(bytes + unit.size());
  while (out.size() < bytes) out += unit;
  return out;
}
}  // namespace

// Counts what parsing allocates. noinline: g++ takes an inlined pair for a mismatch of malloc and
// operator delete.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const out = std::malloc(size != 0 ? size : 1)) return out;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("a file that is no text is refused in words") {
  CHECK(refusal("\xFF\xFE"
                "a\0=\0"s)
            .find("byte order mark of UTF-16") != std::string::npos);
  CHECK(refusal("\xFE\xFF\0a"s).find("byte order mark of UTF-16") != std::string::npos);
  CHECK(refusal("\0\0\xFE\xFF\0\0\0a"s).find("UTF-32") != std::string::npos);
  CHECK(refusal("m\0e\0m\0s\0i\0z\0e\0"s).find("of its first 14 bytes 7 are NUL") !=
        std::string::npos);
  CHECK(refusal("\x7F"
                "ELF\2\1\1\0\0\0\0\0\0\0\0\0"s)
            .find("no text") != std::string::npos);
  CHECK(refusal(std::string(100, '\0')).find("no text") != std::string::npos);
}

TEST_CASE("single NULs are read, kept and reported") {
  auto const text =
      "a = \"x\0y\"\nb\0 = \"1\"\nc = 1\0\n# \0\nmore = \"text that is not binary\"\n"s;
  auto const d = Document::parse(text);
  CHECK(d.text() == text);
  CHECK(value_of(d, "a") == "x\0y"s);
  CHECK(findings(d).find("line 1: a = \"x\\x00y\": the value holds a NUL\n") == 0);
  CHECK(findings(d).find("line 2: \"b\\x00 = \"1\"\"") != std::string::npos);
}

TEST_CASE("a limit of bytes") {
  CHECK_THROWS_AS(static_cast<void>(Document::parse("memsize = 1\n", {.max_bytes = 5})),
                  limit_exceeded);
  CHECK(Document::parse("m = 1", {.max_bytes = 5}).contains("m"));
}

TEST_CASE("a line of ten megabytes, and long ones of every kind") {
  CHECK(value_of(Document::parse("a = \"" + std::string(10'000'000, 'x') + "\"\n"), "A").size() ==
        10'000'000);
  std::string const x(1'000'000, 'x');
  for (auto const& text :
       {"a = \"" + x + "\"\n", "a = \"" + x, "a = " + x, x, "# " + x, x + " = \"1\"",
        "a = \"1\" # " + x, "a = \"" + repeated("|41", 900'000) + "\""}) {
    auto d = Document::parse(text);
    CHECK(d.text() == text);
    CHECK(d.diagnostics().size() <= 1);
    d.set("b", "1");
    CHECK(value_of(d, "b") == "1");
  }
}

TEST_CASE("many lines of every kind") {
  for (std::string_view const unit :
       {"\n", "\r", "a\r", "a=\"\r", "a='\r", "a=\"\ra='\r", "a=\"x\" y\n", "#\r", "=", "a=\"\n",
        "a = \"\xE9\"\n", "|", "\"", "a\t\t\t", "a = \"|", "\xEF\xBB\xBF", "a = 'x", "a=1 #\r"}) {
    CAPTURE(unit);
    auto const text = repeated(unit, 400'000);
    auto const d = Document::parse(text);
    CHECK(d.text() == text);
    CHECK(d.diagnostics().size() <= 1000);
  }
}

TEST_CASE("many keys") {
  std::string text;
  for (int i = 0; i < 200'000; ++i)
    text.append("key").append(std::to_string(i)).append(" = \"1\"\n");
  auto d = Document::parse(text);
  CHECK(d.entries().size() == 200'000);
  std::size_t found = 0;
  for (int i = 0; i < 200'000; ++i) found += d.contains("KEY" + std::to_string(i)) ? 1 : 0;
  CHECK(found == 200'000);
  for (int i = 0; i < 20'000; ++i) d.set("key" + std::to_string(i), "22");
  for (int i = 0; i < 20'000; ++i) d.append("new" + std::to_string(i), "1");
  CHECK(value_of(d, "key7") == "22");
  CHECK(d.erase_prefix("key") == 200'000);
  CHECK(d.entries().size() == 20'000);
}

TEST_CASE("many duplicates") {
  auto d = Document::parse(repeated("a = \"1\"\n", 900'000));
  CHECK(d.diagnostics().size() == 1000);
  CHECK(d.erase("A"));
  CHECK(d.text().empty());
}

TEST_CASE("keys made to collide") {
  // Keys that all want the same of the 1024 slots that a table of 300 has.
  std::vector<std::string> keys;
  for (std::uint32_t i = 0; keys.size() < 300 && i < 1'000'000; ++i) {
    auto key = "k" + std::to_string(i);
    if ((vmx::detail::hash_of(key) & 0x3FFU) == 5) keys.push_back(std::move(key));
  }
  REQUIRE(keys.size() == 300);
  std::string text;
  for (auto const& key : keys) text.append(key).append(" = \"").append(key).append("\"\n");
  text += keys[200] + " = \"again\"\n";
  auto d = Document::parse(text);
  CHECK(d.entries().back().duplicate());
  for (auto const& key : keys) CHECK(value_of(d, key) == key);
  CHECK_FALSE(d.contains("k"));
  CHECK_FALSE(d.contains("zzz"));
  d.set("another", "1");
  d.set("k", "2");
  d.set("kk", "3", keys[0]);
  CHECK(value_of(d, "another") == "1");
  CHECK(value_of(d, "k") == "2");
  CHECK(value_of(d, "kk") == "3");
  CHECK(d.erase(keys[200]));
  CHECK_FALSE(d.contains(keys[200]));
  CHECK(value_of(d, keys[201]) == keys[201]);
  Document grown;
  for (auto const& key : keys) grown.append(key, key);
  for (auto const& key : keys) CHECK(value_of(grown, key) == key);
}

TEST_CASE("parsing allocates a few times, not once an entry") {
  auto const count = [](std::size_t entries) {
    std::string text = ".encoding = \"UTF-8\"\n";
    for (std::size_t i = 1; i < entries; ++i)
      text.append("scsi0:").append(std::to_string(i)).append(".fileName = \"some disk.vmdk\"\n");
    std::size_t const before = allocations;
    auto const d = Document::parse(std::move(text));
    std::size_t const used = allocations - before;
    CHECK(d.entries().size() == entries);
    std::string scratch;
    for (auto const& entry : d.entries()) CHECK_FALSE(d.value(entry, scratch).empty());
    return used;
  };
  CHECK(count(48) <= 3);
  CHECK(count(163) <= 3);
  CHECK(count(5000) <= 3);
}
