// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// `esxctl sim --wsdl` serves a description of the service, and the generator reads it from there.
#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "examples/programs.hpp"

using namespace esxvi::test;

TEST_CASE("esxctl sim --wsdl: the generator counts what the documents of the folder have") {
  Folder const folder;
  std::string const schema = ESXVI_SOURCE_DIR "/tools/typegen/vim25.schema";
  REQUIRE(run({TYPEGEN, "--schema", schema, "--write-wsdl", folder.path()}).status == 0);
  static_cast<void>(folder.file("notes.txt", "not served"));
  Sim host({"--vms", "1", "--wsdl", folder.path()});
  std::string const url = "http://" + host.authority() + "/sdk/";

  auto const expected = run({TYPEGEN, "--schema", schema, "--stats"});
  REQUIRE(expected.status == 0);
  CHECK(says(expected.out, "\nstructs "));
  // With what no description says: all counts.
  auto const merged = run({TYPEGEN, "--schema", schema, "--wsdl", url, "--stats"}, settings());
  CHECK(merged.status == 0);
  CHECK(merged.out == expected.out);
  // By itself: those of what it does say; it has no properties.
  auto const read = run({TYPEGEN, "--wsdl", url, "--stats"}, settings());
  CHECK(read.status == 0);
  CHECK(read.errors == "");
  CHECK(says(read.out, "\nproperties 0\n"));
  std::istringstream lines(expected.out);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("structs") || line.starts_with("fields") || line.starts_with("methods"))
      CHECK_MESSAGE(says("\n" + read.out, "\n" + line + "\n"), line);

  // The host is what it was besides.
  CHECK(says(esxctl({"list", host.uri()}).out, "web01"));
  CHECK(run({TYPEGEN, "--wsdl", url + "elsewhere/", "--stats"}, settings()).status == 1);
  CHECK(host.end().status == 0);
}
