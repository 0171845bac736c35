// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What holds for every machine and every file, tried with some that were made from random numbers.
#include "vmx/generate.hpp"
#include "vmx/generate_vmx.hpp"
#include "vmx/support.hpp"

#include <esxvi/vmx/configuration.hpp>
#include <esxvi/vmx/domain_xml.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;

namespace {

constexpr std::uint32_t machines = 200;
constexpr std::uint32_t files = 400;

std::string tell(std::vector<vmx::Difference> const& all) {
  std::string out;
  for (auto const& d : all)
    out += shown(d.key, 200, false) + ": " + shown(d.before.value_or("(nothing)"), 200, false) +
           " -> " + shown(d.after.value_or("(nothing)"), 200, false) + "\n";
  return out;
}

std::string tell(vmx::Machine const& before, vmx::Machine const& after) {
  return tell(vmx::differences(before, after));
}

std::string tell(std::map<std::string, std::string> const& before,
                 std::map<std::string, std::string> const& after) {
  std::string out;
  auto const missing = [&](auto const& in, auto const& from, char const* what) {
    for (auto const& [key, value] : in)
      if (auto const at = from.find(key); at == from.end() || at->second != value)
        out += what + shown(key, 200, false) + " = " + shown(value, 200, false) + "\n";
  };
  missing(before, after, "- ");
  missing(after, before, "+ ");
  return out;
}

/// A file with comments, blank lines and spelling of its own.
vmx::Document decorated(vmx::Document const& document) {
  std::string out = "#!/usr/bin/vmware\r\n";
  std::istringstream in(document.text());
  std::size_t count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    if (count % 5 == 0) out += "# note " + std::to_string(count) + "\n";
    if (count % 7 == 0) out += "\n";
    if (count % 3 == 0) line.insert(line.find('='), "  ");
    out += line + (count % 4 == 0 ? "  # why\n" : "\n");
  }
  return vmx::Document::parse(out + "not an entry\n");
}

}  // namespace

TEST_CASE("what was written is read again") {
  for (std::uint32_t seed = 0; seed < machines; ++seed) {
    CAPTURE(seed);
    auto const machine = random_machine(seed);
    auto const document = vmx::write(machine);
    auto const again = vmx::read(document);
    CHECK_MESSAGE(again == machine, tell(machine, again));
    // The same bytes each time, and nothing odd about them.
    CHECK((vmx::write(again).text() == document.text()));
    CHECK(vmx::Document::parse(document.text()).diagnostics().empty());
    CHECK(effective_entries(vmx::Document::parse(document.text())) == effective_entries(document));
  }
}

TEST_CASE("a file of what was read has the entries that were read") {
  for (std::uint32_t seed = 0; seed < files; ++seed) {
    CAPTURE(seed);
    auto const document = vmx::Document::parse(random_vmx(seed));
    auto const machine = vmx::read(document);
    auto const again = vmx::write(machine);
    CHECK_MESSAGE(vmx::differences(machine, vmx::read(again)).empty(),
                  tell(machine, vmx::read(again)));
    auto const before = effective_entries(document);
    auto const after = effective_entries(again);
    for (auto const& [key, value] : before) {
      if (key == ".encoding") continue;
      CHECK_MESSAGE(after.contains(key), key);
    }
    CHECK(after.size() == before.size() + (before.contains(".encoding") ? 0 : 1));
  }
}

TEST_CASE("a file is the same after it was parsed") {
  for (std::uint32_t seed = 0; seed < files; ++seed) {
    CAPTURE(seed);
    auto const text = random_vmx(seed);
    CHECK((vmx::Document::parse(text).text() == text));
  }
}

TEST_CASE("applying a machine makes the file say it, once and for all") {
  for (std::uint32_t seed = 0; seed < machines; ++seed) {
    CAPTURE(seed);
    MachineMaker maker(seed);
    auto machine = maker.make();
    auto document = decorated(vmx::write(machine));
    auto const untouched = document.text();
    CHECK(vmx::apply(document, machine) == 0);
    CHECK((document.text() == untouched));

    maker.change(machine);
    auto const lines = vmx::apply(document, machine);
    auto const says = vmx::read(document);
    CHECK_MESSAGE(vmx::differences(says, machine).empty(), tell(says, machine));
    auto const once = document.text();
    CHECK(vmx::apply(document, machine) == 0);
    CHECK((document.text() == once));
    if (lines == 0) CHECK((once == untouched));
  }
}

TEST_CASE("applying a machine leaves alone what it does not speak of") {
  for (std::uint32_t seed = 0; seed < machines; ++seed) {
    CAPTURE(seed);
    auto machine = random_machine(seed);
    machine.memory.size = vmx::Mebibytes{512};
    auto document = decorated(vmx::write(machine));
    auto const before = document.text();
    machine.memory.size = vmx::Mebibytes{1024};
    CHECK(vmx::apply(document, machine) == 1);
    auto after = document.text();
    auto const place = after.find("\"1024\"", after.find("memsize"));
    REQUIRE(place != std::string::npos);
    after.replace(place, 6, "\"512\"");
    CHECK((after == before));
  }
}

TEST_CASE("differences are those of the other direction, turned round") {
  for (std::uint32_t seed = 0; seed < machines; ++seed) {
    CAPTURE(seed);
    MachineMaker maker(seed);
    auto const before = maker.make();
    auto after = before;
    CHECK(vmx::differences(before, after).empty());
    maker.change(after);
    auto there = vmx::differences(before, after);
    auto const back = vmx::differences(after, before);
    for (auto& d : there) std::swap(d.before, d.after);
    CHECK_MESSAGE(there == back, tell(there) << "\n" << tell(back));
    CHECK(std::ranges::is_sorted(there, {}, [](vmx::Difference const& d) {
      std::string key = d.key;
      for (char& c : key) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      return key;
    }));
  }
}

// The Document that comes back from the domain XML of `document`. Nothing: a refusal, which is a
// failure of the test.
std::optional<vmx::Document> there_and_back(vmx::Document const& document) {
  try {
    return vmx::from_domain_xml(vmx::to_domain_xml(document));
  } catch (error const& e) {
    FAIL_CHECK(std::string(e.what()));
    return std::nullopt;
  }
}

TEST_CASE("a machine comes back from its domain XML") {
  for (std::uint32_t seed = 0; seed < machines; ++seed) {
    CAPTURE(seed);
    auto const machine = random_machine(seed);
    auto const document = vmx::write(machine);
    auto const back = there_and_back(document);
    if (!back) continue;
    auto const again = vmx::read(*back);
    CHECK_MESSAGE(vmx::differences(machine, again).empty(), tell(machine, again));
    CHECK_MESSAGE(effective_entries(*back) == effective_entries(document),
                  tell(effective_entries(document), effective_entries(*back)));
  }
}

TEST_CASE("every file comes back from its domain XML") {
  for (std::uint32_t seed = 0; seed < files; ++seed) {
    CAPTURE(seed);
    auto const document = vmx::Document::parse(random_vmx(seed));
    auto const back = there_and_back(document);
    if (!back) continue;
    auto const machine = vmx::read(document);
    auto const again = vmx::read(*back);
    CHECK_MESSAGE(vmx::differences(machine, again).empty(), tell(machine, again));
    auto before = effective_entries(document);
    auto after = effective_entries(*back);
    // A text that is not what its encoding promises becomes UTF-8.
    if (lower_case(document.encoding()) != lower_case(back->encoding()))
      CHECK(back->encoding() == "UTF-8");
    before.erase(".encoding");
    after.erase(".encoding");
    CHECK_MESSAGE(before == after, tell(before, after));
    vmx::FromXmlOptions options;
    options.original = &document;
    CHECK((vmx::from_domain_xml(vmx::to_domain_xml(document), options).text() == document.text()));
  }
}
