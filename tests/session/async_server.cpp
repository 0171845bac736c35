// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Many calls on one thread against a simulated host behind a socket.
#include <esxvi/session/async.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/types/ServiceInstance.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "support/must_be_sound.hpp"

using namespace std::chrono_literals;
using esxvi::Async;
using esxvi::CurlLoop;
using esxvi::Session;
namespace sim = esxvi::sim;
namespace vim = esxvi::types;

namespace {

vim::CurrentTime ask_time() {
  return {.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")};
}

esxvi::Credentials root() { return {"root", "esxvi"}; }

/// One host behind a socket, and a loop.
struct Served {
  explicit Served(bool tls = false) : server(host, {.tls = tls}) {}

  Async<Session> open() { return async_open(transport, server.url("/sdk"), root()); }
  esxvi::CurlOptions options() {
    esxvi::CurlOptions options{.no_proxy = "*"};
    options.verify = false;
    options.warn = nullptr;
    return options;
  }

  esxvi::sim::Host host{};
  esxvi::test::MustBeSound const host_is_sound{host};
  sim::Server server;
  CurlLoop loop{};
  esxvi::any_transport transport{esxvi::CurlLoopTransport{loop, options()}};
};

Async<void> use(Session session, int calls) {
  for (int i = 0; i < calls; ++i) co_await session.async_call(ask_time());
  co_await async_logout(session);
}
Async<void> life(Served& test, int calls) {
  Session session = co_await test.open();
  co_await use(std::move(session), calls);
}

}  // namespace

TEST_CASE("async server: sessions of many users side by side, and none is left") {
  for (bool const tls : {false, true}) {
    CAPTURE(tls);
    Served test(tls);
    std::vector<Async<void>> jobs;
    for (int i = 0; i < 50; ++i) jobs.push_back(life(test, 5));
    test.loop.run(when_all(std::move(jobs), 20));
    CHECK(test.host.calls("Login") == 50);
    CHECK(test.host.calls("CurrentTime") == 250);
    CHECK(test.host.calls("Logout") == 50);
    CHECK(test.host.sessions().empty());
    CHECK(test.server.statistics().accepted == 20);
  }
}

TEST_CASE("async server: many calls of one session that was lost need one login") {
  Served test;
  Session session = test.loop.run(test.open());
  for (int round = 1; round <= 3; ++round) {
    test.host.end_all_sessions();
    std::vector<Async<esxvi::DateTime>> jobs;
    for (int i = 0; i < 100; ++i) jobs.push_back(session.async_call(ask_time()));
    CHECK(test.loop.run(when_all(std::move(jobs))).size() == 100);
    CHECK(test.host.calls("Login") == static_cast<std::uint64_t>(round + 1));
    CHECK(session.generation() == static_cast<std::uint64_t>(round));
  }
}

TEST_CASE("async server: sessions that end in destructors log out, one within the other's turn") {
  Served test;
  auto const brief = [](Served& served) -> Async<void> {
    Session const session = co_await served.open();
  };
  std::vector<Async<void>> jobs;
  for (int i = 0; i < 30; ++i) jobs.push_back(brief(test));
  test.loop.run(when_all(std::move(jobs)));
  CHECK(test.host.calls("Logout") == 30);
  CHECK(test.host.sessions().empty());
}

TEST_CASE("async server: a stop in the middle ends everything, and nothing is left behind") {
  Served test;
  std::stop_source stop;
  int cancelled = 0;
  auto const busy = [&]() -> Async<void> {
    Session session = co_await test.open();
    esxvi::CallOptions const limits{.stop = stop.get_token()};
    try {
      while (true) co_await session.async_call(ask_time(), limits);
    } catch (esxvi::cancelled const&) {
      ++cancelled;
    }
    co_await async_logout(session);
  };
  for (int i = 0; i < 20; ++i) test.loop.spawn(busy());
  test.loop.after(50ms, [&] { stop.request_stop(); });
  test.loop.run();
  CHECK(cancelled == 20);
  CHECK(test.host.sessions().empty());
}

TEST_CASE("async server: coroutines that are destroyed at any point") {
  for (int turns = 0; turns < 40; ++turns) {
    CAPTURE(turns);
    Served test;
    {
      std::vector<Async<void>> jobs;
      for (int i = 0; i < 5; ++i) jobs.push_back(life(test, 3));
      auto all = when_all(std::move(jobs));
      esxvi::detail::async_access::begin(all);
      for (int i = 0; i < turns && test.loop.has_work(); ++i) test.loop.run_one();
    }
    Session session = test.loop.run(test.open());
    CHECK_NOTHROW(test.loop.run(session.async_call(ask_time())));
  }
}

TEST_CASE("async server: once they are logged in, none of those leaves its session behind") {
  for (int turns = 0; turns < 20; ++turns) {
    CAPTURE(turns);
    Served test;
    {
      std::vector<Async<void>> jobs;
      for (int i = 0; i < 5; ++i) jobs.push_back(use(test.loop.run(test.open()), 1));
      auto all = when_all(std::move(jobs));
      esxvi::detail::async_access::begin(all);
      for (int i = 0; i < turns && test.loop.has_work(); ++i) test.loop.run_one();
    }
    CHECK(test.host.sessions().empty());
  }
}

TEST_CASE("async server: the loop ends while sessions are at work") {
  esxvi::sim::Host host;
  esxvi::test::MustBeSound const host_is_sound{host};
  sim::Server server(host);
  {
    CurlLoop loop;
    esxvi::any_transport const transport{
        esxvi::CurlLoopTransport{loop, esxvi::CurlOptions{.no_proxy = "*"}}};
    auto const busy = [&]() -> Async<void> {
      Session session = co_await async_open(transport, server.url("/sdk"), root());
      while (true) co_await session.async_call(ask_time());
    };
    for (int i = 0; i < 10; ++i) loop.spawn(busy());
    while (host.calls("CurrentTime") < 30) loop.run_one();
  }
  CHECK(host.calls("Logout") == 10);
  CHECK(host.sessions().empty());
}

TEST_CASE("async server: connect by URI") {
  Served test(true);
  auto const uri = "esx://root@" + test.server.authority() + "/?no_verify=1";
  auto session = test.loop.run(async_connect(
      test.loop, uri, [](esxvi::Challenge const&) { return root(); }, {}, test.options()));
  CHECK(session.user().userName == "root");
  CHECK(test.loop.run(session.async_call(ask_time())).to_string().size() > 10);
}
