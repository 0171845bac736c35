// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// docs/connections.md lists the parameters of a URI as the program knows them.
#include <esxvi/session/uri.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

TEST_CASE("the page on connections has every parameter of a URI, and no other") {
  std::ifstream file(ESXVI_SOURCE_DIR "/docs/connections.md");
  std::string const page{std::istreambuf_iterator<char>(file), {}};
  std::string table = "| parameter | value | meaning |\n|---|---|---|\n";
  for (auto const& parameter : esxvi::uri_parameters()) {
    table += "| `";
    table += parameter.name;
    table += "` | ";
    table += parameter.values;
    table += " | ";
    table += parameter.meaning;
    table += " |\n";
  }
  table += '\n';
  CAPTURE(table);
  CHECK(page.find(table) != std::string::npos);
}
