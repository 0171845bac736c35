// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "session/server.hpp"

#include <doctest/doctest.h>

#include <iterator>
#include <string>
#include <string_view>

TEST_CASE("the API version spoken is the newest that server and library know") {
  struct {
    std::string_view server;
    std::string_view spoken;
  } const table[] = {
      {"2.5", "2.5"},
      {"4.0", "4.0"},
      {"4.1", "4.1"},
      {"4.1.0", "4.1"},
      {"5.5", "5.5"},
      {"6.7.3", "6.7.3"},
      {"6.7.4", "6.7.3"},
      {"6.8.0", "6.7.3"},
      {"7.0.0.1", "7.0.0.0"},
      {"8.0.3.0", "8.0.3.0"},
      {"8.0.2.9", "8.0.2.0"},
      {"9.0.1.0", "8.0.3.0"},
      {"10.0.0.0", "8.0.3.0"},
      // Nothing to go by: what every server understands.
      {"", "2.5"},
      {"garbage", "2.5"},
      {"2.0", "2.5"},
      {"-1", "2.5"},
      {".5", "2.5"},
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

namespace {

std::string list(std::string_view name, std::string_view newest, std::string_view older) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<namespaces version=\"1.0\">\n <namespace>\n"
         "  <name>urn:vim25</name>\n  <version>" +
         std::string(newest) + "</version>\n  <priorVersions>\n   <version>" + std::string(older) +
         "</version>\n   <version>2.5</version>\n  </priorVersions>\n </namespace>\n"
         " <namespace><name>" +
         std::string(name) + "</name><version>8.0.3.0</version></namespace>\n</namespaces>";
}

}  // namespace

TEST_CASE("of a server's list the newest known version counts, and only those of vim25") {
  using esxvi::choose_from_service_versions;
  CHECK(choose_from_service_versions(list("urn:sms", "9.1.0.0", "8.0.2.0")) == "8.0.2.0");
  CHECK(choose_from_service_versions(list("urn:sms", "7.0.3.0", "6.7")) == "7.0.3.0");
  CHECK(choose_from_service_versions(list("urn:vim25", "10.0", "6.7")) == "8.0.3.0");
  CHECK(choose_from_service_versions("<namespaces/>").empty());
  CHECK(choose_from_service_versions("<namespaces><other>1</other></namespaces>").empty());
  CHECK_THROWS_AS(static_cast<void>(choose_from_service_versions("<namespaces>")),
                  esxvi::protocol_error);
  CHECK_THROWS_AS(static_cast<void>(choose_from_service_versions("")), esxvi::protocol_error);
}

TEST_CASE("a server newer than this library is asked which versions it speaks") {
  using namespace esxvi::test;
  Server server;
  server.script = std::make_shared<esxvi::ScriptedTransport>();
  server.script->expect("RetrieveServiceContent").reply(200, content_reply("9.1.0.0"));
  std::string_view spoken = "8.0.3.0";
  SUBCASE("its list") {
    server.script->expect("GET").reply(200, list("urn:sms", "9.1.0.0", "8.0.1.0"));
    spoken = "8.0.1.0";
  }
  SUBCASE("it has none") { server.script->expect("GET").reply(404, "not found"); }
  SUBCASE("a list that is none") { server.script->expect("GET").reply(200, "<html>"); }
  SUBCASE("a list of unknown versions") {
    server.script->expect("GET").reply(200, "<namespaces/>");
  }
  server.script->expect("Login").reply(200, login_reply());
  server.script->when("Logout").reply(200, response("Logout", ""));
  esxvi::Session const session = server.open();
  CHECK(session.api_version() == spoken);
  CHECK(server.script->requests().at(1).url == "https://esx.example/sdk/vimServiceVersions.xml");
  CHECK(session.requests() == 3);
}

TEST_CASE("a version that is asked for is spoken") {
  using namespace esxvi::test;
  Server const server("9.1.0.0");
  CHECK(server.open({.api_version = "6.7"}).api_version() == "6.7");
  CHECK(server.operations() == "RetrieveServiceContent Login Logout ");
}
