// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <esxvi/session/session.hpp>

#include <doctest/doctest.h>

#include <iterator>
#include <string>
#include <string_view>

TEST_CASE("the API version spoken is the newest that server and library know") {
  struct {
    std::string_view server;
    std::string_view spoken;
  } const table[] = {
      {"2.5", "2.5"},         {"4.0", "4.0"},         {"4.1", "4.1"},
      {"4.1.0", "4.1"},       {"5.5", "5.5"},         {"6.7.3", "6.7.3"},
      {"6.7.4", "6.7.3"},     {"6.8.0", "6.7.3"},     {"7.0.0.1", "7.0.0.0"},
      {"8.0.3.0", "8.0.3.0"}, {"8.0.2.9", "8.0.2.0"}, {"9.0.1.0", "8.0.3.0"},
      {"10.0.0.0", "8.0.3.0"},
      // Nothing to go by: what every server understands.
      {"", "2.5"},            {"garbage", "2.5"},     {"2.0", "2.5"},
      {"-1", "2.5"},          {".5", "2.5"},
  };
  for (auto const& row : table) {
    CAPTURE(row.server);
    CHECK(esxvi::choose_api_version(row.server) == row.spoken);
  }
}

TEST_CASE("a server of any known numbered version is spoken to in its own") {
  for (auto const& known : esxvi::types::api_versions) {
    if (known.wire_namespace != "vim25" || known.name.find('u') != known.name.npos) continue;
    CAPTURE(known.name);
    CHECK(esxvi::choose_api_version(known.name) == known.name);
    CHECK(known.wire_version == known.name);
  }
}
