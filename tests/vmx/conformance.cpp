// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Cases of another implementation, with what it makes of them. They are no part of this repository:
// the variable ESXVI_SHARED names the folder that holds conformance/, else it is looked for beside
// the checkout.
#include "file_names.hpp"
#include "support/skip.hpp"
#include "vmx/support.hpp"

#include <esxvi/vmx/domain_xml.hpp>
#include <esxvi/xml/tree.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;

namespace {

std::filesystem::path cases_folder(std::string_view direction) {
  return shared_folder("conformance") / direction;
}

std::string convert_to_xml(TableRow const& row, std::string const& text, bool peer_compatible) {
  auto const rules = peer_compatible ? vmx::grammar::peer : vmx::grammar::vendor;
  auto const document = vmx::Document::parse(text, {.rules = rules, .file = row["input"]});
  vmx::ToXmlOptions options;
  options.files = esxctl::file_names(row["file_names"]);
  options.peer_compatible = peer_compatible;
  options.datacenter_path = row["datacenter_path"];
  options.moref = row["moref"];
  options.secrets = row["secrets"] == "yes";
  options.carry_rest = false;
  options.file = row["input"];
  return vmx::to_domain_xml(document, options);
}

std::string convert_to_vmx(TableRow const& row, std::string const& text, bool peer_compatible) {
  vmx::FromXmlOptions options;
  options.files = esxctl::file_names(row["file_names"]);
  options.peer_compatible = peer_compatible;
  options.hardware_version = std::stol(row["hw_version"]);
  std::string const model = row["scsi_autodetect"];
  if (!model.empty())
    options.controller_model = [model](vmx::DiskOnController const&) { return model; };
  options.file = row["input"];
  return vmx::from_domain_xml(text, options).text();
}

std::string convert(TableRow const& row, bool peer_compatible) {
  auto const text = read_file(cases_folder(row["direction"]) / row["input"]);
  return row["direction"] == "vmx2xml" ? convert_to_xml(row, text, peer_compatible)
                                       : convert_to_vmx(row, text, peer_compatible);
}

bool is_refusal(TableRow const& row) { return row["expect_fail"] == "yes"; }

/// Whether compare.py, which belongs to the data, finds all cases alike; its last line is printed.
bool agree(std::string_view direction, std::filesystem::path const& results,
           std::string_view title) {
  auto const tool = shared_folder("conformance") / "compare.py";
  TemporaryFolder const folder;
  auto const done = run_program(
      {"python3", tool.string(), "--batch", cases_folder(direction).string(), results.string()},
      folder.path());
  auto lines = done.out;
  while (lines.ends_with('\n')) lines.pop_back();
  auto const last = lines.rfind('\n');
  std::cout << title << ": " << lines.substr(last == std::string::npos ? 0 : last + 1) << "\n";
  if (done.status != 0) MESSAGE(done.out << done.err);
  return done.status == 0;
}

void replay(std::string_view direction) {
  TemporaryFolder const results;
  auto const rows = read_table(cases_folder(direction) / "cases.tsv");
  REQUIRE(!rows.empty());
  std::size_t equal = 0;
  std::size_t converted = 0;
  for (TableRow const& row : rows) {
    CAPTURE(row["case"]);
    try {
      auto const result = convert(row, true);
      write_file(results.path() / (row["case"] + ".out"), result);
      CHECK_FALSE(is_refusal(row));
      if (is_refusal(row)) continue;
      ++converted;
      if (result == read_file(cases_folder(direction) / row["expected"])) ++equal;
    } catch (error const& e) {
      CAPTURE(e.what());
      CHECK(is_refusal(row));
      std::string_view const message = e.what();
      CHECK(message.find(row["input"]) != std::string_view::npos);
      auto const* const format = dynamic_cast<format_error const*>(&e);
      REQUIRE(format != nullptr);
      CHECK(format->line() != 0);
      CHECK(message.find(":" + std::to_string(format->line()) + ": ") != std::string_view::npos);
      if (direction == "vmx2xml") CHECK(message.find(" = \"") != std::string_view::npos);
    }
  }
  std::cout << direction << ": " << equal << " of " << converted << " are equal byte for byte\n";
  CHECK(agree(direction, results.path(), direction));
}

}  // namespace

TEST_CASE("VMX files become the expected domain XML") {
  if (!std::filesystem::exists(cases_folder("vmx2xml") / "cases.tsv"))
    ESXVI_SKIP("no conformance cases beside the checkout, see ESXVI_SHARED");
  replay("vmx2xml");
}

TEST_CASE("domain XML becomes the expected VMX files") {
  if (!std::filesystem::exists(cases_folder("xml2vmx") / "cases.tsv"))
    ESXVI_SKIP("no conformance cases beside the checkout, see ESXVI_SHARED");
  replay("xml2vmx");
}

// Without peer_compatible the results may be better than the expected ones; how many are the same
// is only told.
TEST_CASE("all cases are converted in the usual mode, too") {
  for (char const* const direction : {"vmx2xml", "xml2vmx"}) {
    if (!std::filesystem::exists(cases_folder(direction) / "cases.tsv"))
      ESXVI_SKIP("no conformance cases beside the checkout, see ESXVI_SHARED");
    TemporaryFolder const results;
    for (TableRow const& row : read_table(cases_folder(direction) / "cases.tsv")) {
      if (is_refusal(row)) continue;
      CAPTURE(row["case"]);
      std::string result;
      REQUIRE_NOTHROW(result = convert(row, false));
      if (row["direction"] == "vmx2xml")
        CHECK_NOTHROW(static_cast<void>(xml::Tree::parse(result)));
      else
        CHECK_FALSE(vmx::Document::parse(result).entries().empty());
      write_file(results.path() / (row["case"] + ".out"), result);
    }
    auto const tool = shared_folder("conformance") / "compare.py";
    TemporaryFolder const folder;
    auto const done = run_program({"python3", tool.string(), "--batch",
                                   cases_folder(direction).string(), results.path().string()},
                                  folder.path());
    auto lines = done.out;
    while (lines.ends_with('\n')) lines.pop_back();
    auto const last = lines.rfind('\n');
    std::cout << direction
              << ", usual mode: " << lines.substr(last == std::string::npos ? 0 : last + 1) << "\n";
  }
}
