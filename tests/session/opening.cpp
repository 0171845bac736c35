// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What opening may take, servers that are older than the first request, and replies before a login
// that are too long.
#include "session/server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {

std::string action_of(esxvi::ScriptedTransport::Received const& request) {
  for (auto const& header : request.headers)
    if (header.name == "SOAPAction") return header.value;
  return {};
}

/// A script that notes how long each request may take.
struct Noting {
  std::shared_ptr<esxvi::ScriptedTransport> script;
  std::shared_ptr<std::vector<std::chrono::milliseconds>> limits;

  esxvi::http::Response send(esxvi::http::Request const& request, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) {
    limits->push_back(context.total);
    return script->send(request, sink, context);
  }
};

/// A script for one opening that goes wrong or takes another way.
struct Opened {
  std::shared_ptr<esxvi::ScriptedTransport> script = std::make_shared<esxvi::ScriptedTransport>();
  std::shared_ptr<std::vector<std::chrono::milliseconds>> limits =
      std::make_shared<std::vector<std::chrono::milliseconds>>();

  [[nodiscard]] Client open(esxvi::SessionOptions options = {}) const {
    options.operation_id = "";
    options.retry.attempts = 1;
    return Client(esxvi::any_transport(Noting{script, limits}), service_url,
                  esxvi::Credentials{"root", password}, std::move(options));
  }
};

std::string unsupported(std::string const& version) {
  return fault_reply("InvalidRequest", "Unsupported version URI \"urn:vim25/" + version + "\"");
}

}  // namespace

TEST_CASE("a server that knows no version 4.0 is greeted in the oldest one") {
  Opened const at;
  at.script->expect("RetrieveServiceContent").reply(500, unsupported("4.0"));
  at.script->expect("RetrieveServiceContent").reply(200, content_reply("2.5"));
  at.script->expect("Login").reply(200, login_reply());
  at.script->when("Logout").reply(200, response("Logout", ""));
  auto const session = at.open();
  auto const requests = at.script->requests();
  REQUIRE(requests.size() == 3);
  CHECK(action_of(requests[0]) == "\"urn:vim25/4.0\"");
  CHECK(action_of(requests[1]) == "\"urn:vim25/2.5\"");
  CHECK(action_of(requests[2]) == "\"urn:vim25/2.5\"");
}

TEST_CASE("a server that refuses that as well, or for another reason, is not asked again") {
  Opened const at;
  SUBCASE("both versions") {
    at.script->expect("RetrieveServiceContent").reply(500, unsupported("4.0"));
    at.script->expect("RetrieveServiceContent").reply(500, unsupported("2.5"));
  }
  SUBCASE("another fault") {
    at.script->expect("RetrieveServiceContent").reply(500, fault_reply("HostNotReachable"));
  }
  CHECK_THROWS_AS(static_cast<void>(at.open()), esxvi::fault);
}

TEST_CASE("opening ends with its own stop token and deadline") {
  Opened const at;
  SUBCASE("a stop, before anything is sent") {
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS_AS(static_cast<void>(at.open({.opening = {.stop = stop.get_token()}})),
                    esxvi::cancelled);
  }
  SUBCASE("the deadline is one for all requests") {
    at.script->expect("RetrieveServiceContent").reply(200, content_reply());
    at.script->expect("Login").reply(200, login_reply());
    at.script->when("Logout").reply(200, response("Logout", ""));
    auto const session = at.open({.opening = {.deadline = 1h}});
    auto const& limits = *at.limits;
    REQUIRE(limits.size() == 2);
    CHECK(limits[0] > 0ms);
    CHECK(limits[0] <= 1h);
    CHECK(limits[1] > 0ms);
    CHECK(limits[1] <= limits[0]);
  }
}

TEST_CASE("before the login nobody sends 16 MiB") {
  Opened const at;
  auto reply = content_reply();
  reply.insert(reply.find("<about>"), "<x>" + std::string(std::size_t{17} << 20U, ' ') + "</x>");
  at.script->expect("RetrieveServiceContent").reply(200, reply);
  auto const e = thrown<esxvi::limit_exceeded>([&] { static_cast<void>(at.open()); });
  CHECK(has(e.what(), "16777216"));
}
