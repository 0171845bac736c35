// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// VMX files that VMware's products wrote. They are no part of this repository: the variable
// ESXVI_SHARED names the folder that holds vmx-wild/, else it is looked for beside the checkout.
#include "support/skip.hpp"
#include "vmx/document_support.hpp"

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

using namespace esxvi;
using namespace esxvi::test;
using vmx::Document;

namespace {

std::filesystem::path folder() {
  if (char const* const named = std::getenv("ESXVI_SHARED"))
    return std::filesystem::path(named) / "vmx-wild";
  return std::filesystem::path(ESXVI_SOURCE_DIR) / ".." / "shared" / "vmx-wild";
}

std::map<std::string, std::string> files() {
  std::map<std::string, std::string> out;
  if (!std::filesystem::exists(folder())) return out;
  for (auto const& file : std::filesystem::directory_iterator(folder())) {
    if (file.path().extension() != ".vmx") continue;
    std::ifstream in(file.path(), std::ios::binary);
    out[file.path().filename().string()].assign(std::istreambuf_iterator<char>(in), {});
  }
  return out;
}

}  // namespace

TEST_CASE("files of the field come back byte for byte, every value in its encoding") {
  auto const all = files();
  if (all.empty()) ESXVI_SKIP("no recorded VMX files");
  for (auto const& [name, text] : all) {
    CAPTURE(name);
    auto const d = Document::parse(text, {.file = name});
    CHECK(d.text() == text);
    CHECK(d.encoding_known());
    CHECK(d.entries().size() > 3);
    std::string scratch;
    for (auto const& entry : d.entries()) {
      auto const value = d.value(entry, scratch);
      CHECK_FALSE(escape::find_invalid_utf8(value));
      bool const damaged = value.find("\xEF\xBF\xBD") != value.npos;
      CHECK((!damaged || entry.unterminated()));
    }
    for (auto const& found : d.diagnostics()) {
      // One machine's notes were cut in the middle of a character.
      CHECK_MESSAGE((found.problem.find("quote is missing") != std::string::npos ||
                     found.problem.find("means nothing") != std::string::npos ||
                     found.problem.find("has this key already") != std::string::npos),
                    to_string(found, name));
    }
  }
}

TEST_CASE("they are edited like any other, and converted to UTF-8") {
  auto const all = files();
  if (all.empty()) ESXVI_SKIP("no recorded VMX files");
  for (auto const& [name, text] : all) {
    CAPTURE(name);
    auto d = Document::parse(text, {.file = name});
    auto const before = lines_of(text);
    std::string const key = d.contains("memsize") ? "memsize" : "displayName";
    d.set(key, "1234");
    auto after = lines_of(d.text());
    REQUIRE(after.size() == before.size());
    std::size_t changed = 0;
    for (std::size_t i = 0; i < before.size(); ++i) changed += before[i] != after[i] ? 1 : 0;
    CHECK(changed <= 1);
    CHECK(value_of(d, key) == "1234");

    bool cut = false;
    for (auto const& entry : d.entries()) cut = cut || entry.unterminated();
    if (cut) continue;
    auto utf8 = d;
    utf8.set_encoding("UTF-8");
    REQUIRE(utf8.entries().size() == d.entries().size());
    std::string a;
    std::string b;
    for (std::size_t i = 0; i < d.entries().size(); ++i)
      if (!vmx::detail::same_key(d.key(d.entries()[i]), ".encoding"))
        CHECK(utf8.value(utf8.entries()[i], a) == d.value(d.entries()[i], b));
    CHECK(utf8.diagnostics().size() <= d.diagnostics().size());
    utf8.set_encoding(d.encoding());
    CHECK(utf8.text() == d.text());
  }
}
