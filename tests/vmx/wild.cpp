// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Files that VMware's products wrote for other people, in many encodings and from many versions.
// They are no part of this repository: the variable ESXVI_SHARED names the folder that holds
// vmx-wild/, else it is looked for beside the checkout.
#include "support/skip.hpp"
#include "vmx/support.hpp"

#include <esxvi/vmx/configuration.hpp>
#include <esxvi/vmx/domain_xml.hpp>
#include <esxvi/xml/tree.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;

namespace {

struct WildFile {
  std::string name{};
  std::string bytes{};
};

std::vector<WildFile> const& wild_files() {
  static std::vector<WildFile> const all = [] {
    std::vector<WildFile> out;
    for (auto const& file : files_in(shared_folder("vmx-wild"), ".vmx"))
      out.push_back({file.filename().string(), read_file(file)});
    return out;
  }();
  return all;
}

#define SKIP_WITHOUT_FILES  \
  if (wild_files().empty()) \
  ESXVI_SKIP("no VMX files from the wild beside the checkout, see ESXVI_SHARED")

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

}  // namespace

TEST_CASE("every file is written as it was read, and what is odd about it can be printed") {
  SKIP_WITHOUT_FILES;
  for (auto const& [name, bytes] : wild_files()) {
    CAPTURE(name);
    auto const document = vmx::Document::parse(bytes, {.file = name});
    CHECK((document.text() == bytes));
    CHECK(document.encoding_known());
    auto findings = document.diagnostics();
    static_cast<void>(vmx::read(document, &findings));
    for (auto const& found : findings) {
      auto const line = vmx::to_string(found, name);
      CHECK(line.size() < 1000);
      CHECK(
          std::ranges::none_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
    }
  }
}

TEST_CASE("a new file of what was read says the same") {
  SKIP_WITHOUT_FILES;
  for (auto const& [name, bytes] : wild_files()) {
    CAPTURE(name);
    auto const document = vmx::Document::parse(bytes);
    auto const machine = vmx::read(document);
    CHECK(vmx::differences(machine, vmx::read(vmx::write(machine))).empty());
    auto same = document;
    CHECK(vmx::apply(same, machine) == 0);
    CHECK((same.text() == bytes));
  }
}

TEST_CASE("every file becomes domain XML, and all of its entries come back from that") {
  SKIP_WITHOUT_FILES;
  std::size_t entries = 0;
  std::size_t back = 0;
  for (auto const& [name, bytes] : wild_files()) {
    CAPTURE(name);
    auto const document = vmx::Document::parse(bytes);
    std::string text;
    REQUIRE_NOTHROW(text = vmx::to_domain_xml(document, {.file = name}));
    REQUIRE_NOTHROW(static_cast<void>(xml::Tree::parse(text)));
    vmx::Document again;
    REQUIRE_NOTHROW(again = vmx::from_domain_xml(text));
    auto const there = effective_entries(document);
    auto const here = effective_entries(again);
    entries += there.size();
    for (auto const& [key, value] : there) {
      auto const at = here.find(key);
      bool const same = at != here.end() && at->second == value;
      back += same ? 1 : 0;
      if (!same)
        FAIL_CHECK(name, ": ", key, " = \"", shown(value), "\" comes back as ",
                   at == here.end() ? "nothing" : shown(at->second));
    }
    for (auto const& [key, value] : here)
      if (!there.contains(key) && key != ".encoding")
        FAIL_CHECK(name, ": ", key, " is new: ", shown(value));
    auto const changes = vmx::differences(vmx::read(document), vmx::read(again));
    CHECK(changes.empty());
  }
  std::cout << wild_files().size() << " files converted, " << back << " of " << entries
            << " entries come back with the same value\n";
  CHECK(back == entries);
}

TEST_CASE("with the original at hand, XML without a change is a file without a change") {
  SKIP_WITHOUT_FILES;
  for (auto const& [name, bytes] : wild_files()) {
    CAPTURE(name);
    auto const document = vmx::Document::parse(bytes);
    for (bool const carry_rest : {true, false}) {
      CAPTURE(carry_rest);
      auto const text = vmx::to_domain_xml(document, {.carry_rest = carry_rest});
      vmx::FromXmlOptions options;
      options.original = &document;
      CHECK((vmx::from_domain_xml(text, options).text() == bytes));
    }
  }
}

TEST_CASE("with the original at hand, a change of the XML changes its lines only") {
  SKIP_WITHOUT_FILES;
  for (auto const& [name, bytes] : wild_files()) {
    CAPTURE(name);
    auto const document = vmx::Document::parse(bytes);
    auto text = vmx::to_domain_xml(document);
    // What an administrator does: other figures in an editor.
    auto const double_the = [&](std::string const& element) {
      auto const open = text.find("<" + element);
      if (open == std::string::npos) return;
      auto const from = text.find('>', open) + 1;
      auto const to = text.find('<', from);
      text.replace(from, to - from, std::to_string(2 * std::stoull(text.substr(from, to - from))));
    };
    double_the("memory");
    double_the("currentMemory");
    vmx::FromXmlOptions options;
    options.original = &document;
    auto const changed = vmx::from_domain_xml(text, options);
    auto const before = vmx::read(document);
    auto const after = vmx::read(changed);
    CHECK(after.memory.size.effective().count == 2 * before.memory.size.effective().count);

    auto const is = lines_of(changed.text());
    std::size_t touched = 0;
    std::vector<std::string> rest;
    std::vector<std::string> rest_before;
    auto const tells_memory = [](std::string line) {
      std::ranges::transform(line, line.begin(),
                             [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      return line.starts_with("memsize") || line.starts_with("sched.mem.max");
    };
    for (auto const& line : is) tells_memory(line) ? void(++touched) : rest.push_back(line);
    for (auto const& line : lines_of(bytes))
      if (!tells_memory(line)) rest_before.push_back(line);
    CHECK((rest == rest_before));
    CHECK(touched >= 1);
    CHECK(touched <= 2);
  }
}

TEST_CASE("compatible with libvirt, every file is converted or refused with a reason") {
  SKIP_WITHOUT_FILES;
  std::size_t refused = 0;
  for (auto const& [name, bytes] : wild_files()) {
    CAPTURE(name);
    try {
      auto const document =
          vmx::Document::parse(bytes, {.rules = vmx::grammar::peer, .file = name});
      vmx::ToXmlOptions options;
      options.peer_compatible = true;
      options.file = name;
      auto const text = vmx::to_domain_xml(document, options);
      CHECK_FALSE(text.empty());
    } catch (format_error const& e) {
      ++refused;
      CHECK(std::string_view(e.what()).find(name) != std::string_view::npos);
    }
  }
  std::cout << "compatible with libvirt, " << refused << " of " << wild_files().size()
            << " files are refused\n";
}

// What another implementation keeps of the same files, for comparison.
TEST_CASE("the same files through libvirt's converter") {
  SKIP_WITHOUT_FILES;
  auto const& libvirt = LibvirtConverter::get();
  if (auto const* const why = libvirt.why_missing()) ESXVI_SKIP(*why);
  TemporaryFolder const folder;
  std::size_t refused = 0;
  std::size_t no_way_back = 0;
  std::size_t entries = 0;
  std::size_t back = 0;
  for (auto const& [name, bytes] : wild_files()) {
    auto const document = vmx::Document::parse(bytes);
    auto const before = effective_entries(document);
    entries += before.size();
    auto const xml = libvirt.run("vmx2xml", {"--files", "plain"}, bytes, folder.path());
    if (xml.status != 0) {
      ++refused;
      continue;
    }
    auto const version = vmx::read(document).hardware.version.value_or(4);
    auto const again = libvirt.run("xml2vmx", {"--files", "plain", "--hw", std::to_string(version)},
                                   xml.out, folder.path());
    if (again.status != 0) {
      ++no_way_back;
      continue;
    }
    auto const after = effective_entries(vmx::Document::parse(again.out));
    for (auto const& [key, value] : before) {
      auto const at = after.find(key);
      if (at != after.end() && lower_case(at->second) == lower_case(value)) ++back;
    }
  }
  std::cout << "libvirt refuses " << refused << " of " << wild_files().size() << " files, and "
            << no_way_back << " of the rest on the way back; " << back << " of " << entries
            << " entries come back with the same value\n";
  CHECK(refused < wild_files().size());
}
