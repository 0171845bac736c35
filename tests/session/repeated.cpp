// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Requests that are sent once more, those that are not, and their ids.
#include "session/server.hpp"

#include <esxvi/session/retry.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <thread>

using namespace esxvi::test;
using namespace std::chrono_literals;
namespace vim = esxvi::types;

namespace {

std::string const now_reply =
    response("CurrentTime", "<returnval>2026-01-02T03:04:05Z</returnval>");
vim::CurrentTime ask_time() {
  return {.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")};
}
vim::PowerOnVM_Task power_on() { return {.self = esxvi::Ref<vim::VirtualMachine>("vm-1")}; }

esxvi::connection_lost lost(esxvi::delivery sent) {
  return esxvi::connection_lost({"", "", "lost", ""}, sent);
}

}  // namespace

static_assert(esxvi::only_reads("RetrievePropertiesEx"));
static_assert(esxvi::only_reads("FindByUuid"));
static_assert(esxvi::only_reads("QueryPerf"));
static_assert(!esxvi::only_reads("ContinueRetrievePropertiesEx"));
static_assert(!esxvi::only_reads("WaitForUpdatesEx"));
static_assert(!esxvi::only_reads("QueryUnownedFiles_Task"));
static_assert(!esxvi::only_reads("Login"));
static_assert(!esxvi::only_reads("PowerOnVM_Task"));

TEST_CASE("what only reads is repeated, wherever the reply broke off") {
  Server const server;
  auto session = server.open(esxvi::SessionOptions{});
  SUBCASE("no reply") {
    server.script->expect("CurrentTime").throws(lost(esxvi::delivery::unknown));
  }
  SUBCASE("half a reply") {
    server.script->expect("CurrentTime").reply(200, now_reply).cut_after(300);
  }
  SUBCASE("a document that ends early") {
    server.script->expect("CurrentTime").reply(200, now_reply.substr(0, now_reply.size() - 60));
  }
  SUBCASE("an empty reply") { server.script->expect("CurrentTime").reply(200, ""); }
  SUBCASE("a proxy without a server behind it") {
    server.script->expect("CurrentTime").reply(503, "later");
  }
  server.script->expect("CurrentTime").reply(200, now_reply);
  CHECK(session.call(ask_time()).to_string() == "2026-01-02T03:04:05Z");
  CHECK(server.operations() == "RetrieveServiceContent Login CurrentTime CurrentTime ");
}

TEST_CASE("what acts is repeated only when the server cannot have seen it") {
  Server const server;
  auto session = server.open(esxvi::SessionOptions{});
  server.script->expect("PowerOnVM_Task").throws(lost(esxvi::delivery::unknown));
  auto const e =
      thrown<esxvi::connection_lost>([&] { static_cast<void>(session.call(power_on())); });
  CHECK(e.delivered() == esxvi::delivery::unknown);

  server.script->expect("PowerOnVM_Task").throws(lost(esxvi::delivery::not_sent));
  server.script->expect("PowerOnVM_Task")
      .throws(esxvi::connection_refused({"", "", "refused", ""}, esxvi::delivery::not_sent));
  server.script->expect("PowerOnVM_Task")
      .reply(200, response("PowerOnVM_Task", "<returnval type=\"Task\">task-1</returnval>"));
  CHECK(session.call(power_on()).value() == "task-1");
}

TEST_CASE("attempts are limited, and what will not pass is not repeated") {
  Server const server;
  auto session = server.open({.retry = {.attempts = 2}});
  auto const tried = [&] {
    std::size_t const before = server.script->requests().size();
    CHECK_THROWS_AS(static_cast<void>(session.call(ask_time())), esxvi::error);
    return server.script->requests().size() - before;
  };
  server.script->expect("CurrentTime").throws(lost(esxvi::delivery::unknown));
  server.script->expect("CurrentTime").throws(lost(esxvi::delivery::unknown));
  CHECK(tried() == 2);
  server.script->expect("CurrentTime").reply(404, "no such page");
  CHECK(tried() == 1);
  server.script->expect("CurrentTime").reply(200, response("Other", ""));
  CHECK(tried() == 1);
  server.script->expect("CurrentTime").reply(500, fault_reply("RuntimeFault"));
  CHECK(tried() == 1);
  server.script->expect("CurrentTime")
      .throws(esxvi::untrusted_certificate({"", "", "unknown", ""}));
  CHECK(tried() == 1);
}

TEST_CASE("a deadline covers the repetitions; a stop ends the pauses") {
  Server const server;
  esxvi::SessionOptions options;
  options.retry.first_pause = options.retry.longest_pause = 60s;
  Client patient(esxvi::any_transport(server.script), service_url,
                 esxvi::Credentials{"root", password}, options);
  auto const before = server.script->requests().size();
  server.script->when("CurrentTime").throws(lost(esxvi::delivery::unknown));
  SUBCASE("no time for a pause") {
    auto const began = std::chrono::steady_clock::now();
    CHECK_THROWS_AS(static_cast<void>(patient.call(ask_time(), {.deadline = 10s})),
                    esxvi::connection_lost);
    CHECK(std::chrono::steady_clock::now() - began < 10s);
    CHECK(server.script->requests().size() == before + 1);
  }
  SUBCASE("a stop during a pause that would take a minute") {
    std::stop_source stop;
    std::jthread const other([&] {
      while (server.script->requests().size() == before) std::this_thread::yield();
      stop.request_stop();
    });
    CHECK_THROWS_AS(static_cast<void>(patient.call(ask_time(), {.stop = stop.get_token()})),
                    esxvi::cancelled);
    CHECK(server.script->requests().size() == before + 1);
  }
}

TEST_CASE("requests are numbered: the server is told, and errors say it") {
  Server const server;
  auto session = server.open({.operation_id = "backup-7"});
  server.script->expect("CurrentTime").reply(500, fault_reply("RuntimeFault"));
  auto const e = thrown<esxvi::fault>([&] { static_cast<void>(session.call(ask_time())); });
  CHECK(e.request() == "backup-7-3");
  CHECK(has(e.what(), "[request backup-7-3]"));
  CHECK(
      has(server.script->requests().back().body,
          "<soapenv:Header><operationID>backup-7-3</operationID></soapenv:Header><soapenv:Body>"));
}

TEST_CASE("ids are made up unless given, and differ between sessions") {
  auto const id_of = [] {
    Server const server;
    esxvi::Session session(esxvi::any_transport(server.script), service_url, {"root", password});
    std::string const body = server.script->requests().back().body;
    auto const at = body.find("<operationID>esxvi-");
    REQUIRE(at != std::string::npos);
    return body.substr(at, 40);
  };
  CHECK(id_of() != id_of());
}
