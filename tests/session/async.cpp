// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Calls that are coroutines: what is different from calls that block. The rules of calls are tested
// by the files that are compiled a second time with ESXVI_TEST_ASYNC.
#include "session/server.hpp"

#include <esxvi/session/async.hpp>
#include <esxvi/types/ServiceInstance.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::Async;
namespace vim = esxvi::types;

namespace {

std::string const now_reply =
    response("CurrentTime", "<returnval>2026-01-02T03:04:05Z</returnval>");
vim::CurrentTime ask_time() {
  return {.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")};
}
std::string const lost_session = fault_reply("NotAuthenticated");

struct Fixture {
  Server server{};
  Client client;
  explicit Fixture(esxvi::SessionOptions options = {}) : client(server.open(std::move(options))) {}

  esxvi::Session& session() { return client.session(); }
  std::vector<Async<esxvi::DateTime>> calls(int count) {
    std::vector<Async<esxvi::DateTime>> jobs;
    for (int i = 0; i < count; ++i) jobs.push_back(session().async_call(ask_time()));
    return jobs;
  }
  /// Runs a call that is begun, but not waited for, until the script has `requests`.
  void run_until_requests(std::size_t requests) {
    while (server.script->requests().size() < requests) client.loop().run_one();
  }
};

}  // namespace

TEST_CASE("async session: opened in 2 requests, ended in 1") {
  Fixture test;
  CHECK(test.server.operations() == "RetrieveServiceContent Login ");
  CHECK(test.session().user().userName == "root");
  test.client.loop().run(async_logout(test.session()));
  test.client.loop().run(async_logout(test.session()));
  CHECK(test.server.operations() == "RetrieveServiceContent Login Logout ");
}

TEST_CASE("async session: a server that is newer than the library is asked what it speaks") {
  Server server("99.0");
  server.script = std::make_shared<esxvi::ScriptedTransport>();
  server.script->expect("RetrieveServiceContent").reply(200, content_reply("99.0"));
  server.script->expect("GET").reply(404, "not here");
  server.script->expect("Login").reply(200, login_reply());
  server.script->when("Logout").reply(200, response("Logout", ""));
  auto client = server.open(esxvi::SessionOptions{});
  CHECK(server.operations() == "RetrieveServiceContent GET Login ");
}

TEST_CASE("async session: a login whose answer is lost may have succeeded: it is ended") {
  Server server;
  server.script = std::make_shared<esxvi::ScriptedTransport>();
  server.script->expect("RetrieveServiceContent")
      .reply(200, content_reply(), {{"Set-Cookie", cookie}});
  server.script->expect("Login").throws(
      esxvi::connection_lost({"Login", "", "lost", ""}, esxvi::delivery::unknown));
  server.script->expect("Logout").reply(200, response("Logout", ""));
  static_cast<void>(thrown<esxvi::connection_lost>(
      [&] { static_cast<void>(server.open(esxvi::SessionOptions{})); }));
  server.script->verify();
}

TEST_CASE("async session: one that is destroyed while it logs in is ended") {
  Server server;
  server.script = std::make_shared<esxvi::ScriptedTransport>();
  server.script->expect("RetrieveServiceContent")
      .reply(200, content_reply(), {{"Set-Cookie", cookie}});
  server.script->when("Logout").reply(200, response("Logout", ""));
  esxvi::CurlLoop loop;
  esxvi::any_transport const transport(OnLoop{&loop, esxvi::any_transport(server.script)});
  auto opening =
      std::make_optional(async_open(transport, service_url, esxvi::Credentials{"root", password}));
  esxvi::detail::async_access::begin(*opening);
  CHECK(loop.run_one());  // the greeting
  std::string logouts = "Logout ";
  SUBCASE("which the server has heard of") {}
  SUBCASE("which the server hears of later") {
    server.script->expect("Logout").reply(500, lost_session).times(2);
    logouts = "Logout Logout Logout ";
  }
  opening.reset();
  CHECK(server.operations() == "RetrieveServiceContent " + logouts);
}

TEST_CASE("async session: a logout that is destroyed before its end is the destructor's") {
  Server const server;
  {
    auto client = server.open(esxvi::SessionOptions{});
    auto job = std::make_optional(async_logout(client.session()));
    esxvi::detail::async_access::begin(*job);
    job.reset();
    CHECK(server.operations() == "RetrieveServiceContent Login ");
  }
  CHECK(server.operations() == "RetrieveServiceContent Login Logout ");
}

TEST_CASE("async session: calls that find the session lost share one login") {
  Fixture test;
  test.server.script->expect("CurrentTime")
      .reply(500, lost_session)
      .times(10 + 1);  // and to the one that looks
  test.server.script->expect("Login").reply(200, login_reply());
  test.server.script->expect("CurrentTime").reply(200, now_reply).times(10);
  auto const times = test.client.loop().run(esxvi::when_all(test.calls(10)));
  CHECK(times.size() == 10);
  test.server.script->verify();
}

TEST_CASE("async session: the error of that login is the error of all of them") {
  Fixture test;
  test.server.script->expect("CurrentTime").reply(500, lost_session).times(3 + 1);
  test.server.script->expect("Login").reply(500, fault_reply("InvalidLogin"));
  int refused = 0;
  auto const job = [&]() -> Async<void> {
    try {
      co_await test.session().async_call(ask_time());
    } catch (esxvi::auth_error const&) {
      ++refused;
    }
  };
  for (int i = 0; i < 3; ++i) test.client.loop().spawn(job());
  test.client.loop().run();
  CHECK(refused == 3);
  test.server.script->verify();
}

TEST_CASE("async session: when the one that logs in goes away, the next one does it") {
  Fixture test;
  test.server.script->expect("CurrentTime").reply(500, lost_session).times(2);
  auto first = std::make_optional(test.session().async_call(ask_time()));
  auto second = test.session().async_call(ask_time());
  esxvi::detail::async_access::begin(*first);
  esxvi::detail::async_access::begin(second);
  test.run_until_requests(4);  // the first leads, its Login is not sent yet; the second waits
  SUBCASE("destroyed") { first.reset(); }
  SUBCASE("destroyed together with the one that waits") {
    first.reset();
    second = {};
    test.server.script->when("CurrentTime").reply(500, lost_session);
    test.server.script->when("Login").reply(200, login_reply());
    test.client.loop().run();
    return;
  }
  test.server.script->expect("CurrentTime").reply(500, lost_session);
  test.server.script->expect("Login").reply(200, login_reply()).times(2);
  test.server.script->when("CurrentTime").reply(200, now_reply);
  test.client.loop().run();
  REQUIRE(esxvi::detail::async_access::done(second));
  CHECK(esxvi::detail::async_access::take(second).to_string() == "2026-01-02T03:04:05Z");
}

TEST_CASE("async session: waiting for somebody else's login has the limits of the call") {
  Fixture test;
  test.server.script->expect("CurrentTime").reply(500, lost_session);
  auto& gate = esxvi::detail::SessionAccess::state(test.session()).gate;
  auto const seen = test.session().generation();
  REQUIRE(gate.enter(seen, [] {}) == esxvi::detail::LoginGate::entry::leader);
  SUBCASE("a stop") {
    std::stop_source stop;
    test.client.loop().after(1ms, [&] { stop.request_stop(); });
    static_cast<void>(thrown<esxvi::cancelled>(
        [&] { static_cast<void>(test.client.call(ask_time(), {.stop = stop.get_token()})); }));
  }
  SUBCASE("a deadline") {
    static_cast<void>(thrown<esxvi::timeout>(
        [&] { static_cast<void>(test.client.call(ask_time(), {.deadline = 20ms})); }));
  }
  SUBCASE("a success of another thread's") {
    std::jthread const other([&] { gate.leave(nullptr); });
    test.server.script->expect("CurrentTime").reply(200, now_reply);
    CHECK_NOTHROW(static_cast<void>(test.client.call(ask_time())));
    return;
  }
  gate.leave(nullptr);
  CHECK_FALSE(test.client.loop().has_work());
}

TEST_CASE("async session: a stop ends the pause before a repetition") {
  Server const server;
  esxvi::SessionOptions options{.retry = {.first_pause = 1h, .longest_pause = 1h}};
  Client client(esxvi::any_transport(server.script), service_url, {"root", password}, options);
  server.script->expect("CurrentTime")
      .throws(esxvi::connection_lost({"", "", "lost", ""}, esxvi::delivery::unknown));
  std::stop_source stop;
  client.loop().after(1ms, [&] { stop.request_stop(); });
  static_cast<void>(thrown<esxvi::cancelled>(
      [&] { static_cast<void>(client.call(ask_time(), {.stop = stop.get_token()})); }));
  CHECK(server.operations() == "RetrieveServiceContent Login CurrentTime ");
}

TEST_CASE("async session: a coroutine that is destroyed leaves nothing behind, wherever it waits") {
  Fixture test;
  auto job = std::make_optional(test.session().async_call(ask_time()));
  esxvi::detail::async_access::begin(*job);
  SUBCASE("for the first reply") { test.server.script->when("CurrentTime").reply(200, now_reply); }
  SUBCASE("for the end of a pause") {
    test.server.script->expect("CurrentTime")
        .throws(esxvi::connection_lost({"", "", "lost", ""}, esxvi::delivery::unknown));
    test.run_until_requests(3);
  }
  SUBCASE("for its login") {
    test.server.script->expect("CurrentTime").reply(500, lost_session);
    test.run_until_requests(3);
    test.server.script->when("Login").reply(200, login_reply());
  }
  job.reset();
  test.client.loop().run();
  CHECK_FALSE(test.client.loop().has_work());
  test.server.script->when("CurrentTime").reply(200, now_reply);
  CHECK_NOTHROW(static_cast<void>(test.client.call(ask_time())));
}

TEST_CASE("async session: a transport that blocks says so") {
  Server const server;
  esxvi::CurlLoop loop;
  auto const e = thrown<esxvi::invalid_argument>([&] {
    static_cast<void>(loop.run(
        esxvi::async_open(server.script, service_url, esxvi::Credentials{"root", password})));
  });
  CHECK(has(e.what(), "cannot be used asynchronously"));
  CHECK(server.script->requests().empty());
}
