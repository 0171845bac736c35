// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <doctest/doctest.h>
#include <esxvi/sim/pages.hpp>

#include <string>

using namespace esxvi::sim;

TEST_CASE("sim pages: queries") {
  CHECK(query_value("/screen?id=vm-1&w=10", "id") == "vm-1");
  CHECK(query_value("/screen?id=vm-1&w=10", "w") == "10");
  CHECK(query_value("/screen?id=vm%2d1", "id") == "vm-1");
  CHECK(query_value("/screen?id=a+b%2Bc%zz", "id") == "a+b+c%zz");
  CHECK(query_value("/screen?xid=1&id", "id") == "");
  CHECK(query_value("/screen?id=1&id=2#id=3", "id") == "1");
  CHECK(!query_value("/screen", "id"));
  CHECK(!query_value("/screen?", "id"));
  CHECK(!query_value("/id=1", "id"));
}

TEST_CASE("sim pages: the versions of the API, newest first, as released servers list them") {
  auto const text = [](std::string_view version) { return service_versions(version).body; };
  auto const old = text("6.0");
  CHECK(old.find("<name>urn:vim25</name>\n  <version>6.0</version>\n  <priorVersions>\n"
                 "   <version>5.5</version>\n   <version>5.1</version>") != old.npos);
  CHECK(old.find("6.5") == old.npos);
  CHECK(old.find("<version>2.5u2server</version>") != old.npos);
  CHECK(old.find("<name>urn:vim2</name>\n  <version>2.0</version>") != old.npos);
  auto const recent = text("8.0.1.0");
  CHECK(recent.find("<version>8.0.1.0</version>\n  <priorVersions>\n   <version>8.0.0.2") !=
        recent.npos);
  CHECK(recent.find("8.0.2.0") == recent.npos);
  // One that is not in the list has those before it.
  auto const unknown = text("7.0.2.5");
  CHECK(unknown.find("<priorVersions>\n   <version>7.0.2.1") != unknown.npos);
}
