// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Coroutines on a CurlLoop: run, spawn, sleep; cancelled and destroyed ones.
#include <doctest/doctest.h>
#include <esxvi/transport/curl_loop.hpp>

#include <chrono>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "transport/curl_fixture.hpp"

using namespace test;
using namespace std::chrono_literals;
using esxvi::Async;
using esxvi::CurlLoop;
using esxvi::CurlLoopTransport;

namespace {

void answer(HttpRequest& request, HttpConnection& connection) {
  if (request.target == "/silent") return connection.wait_for_close();
  if (request.target == "/stops") {
    connection.head(200, {"Content-Length: 100"});
    connection.send("only this");
    return connection.wait_for_close();
  }
  connection.reply(200, request.target);
}

/// What sessions do for each call.
Async<std::string> get(esxvi::any_transport const& transport, std::string url, Collect& sink,
                       http::CallContext context = {}) {
  auto const request =
      std::make_shared<http::Request>(http::Request{.method = "GET", .url = std::move(url)});
  co_await esxvi::detail::Exchange(transport, request, *request, sink, context);
  co_return sink.body;
}

struct Fixture {
  HttpServer server{answer};
  CurlLoop loop{};
  esxvi::any_transport transport{CurlLoopTransport{loop, direct()}};
  Collect sink{};

  /// A request of a coroutine that is not in the test's hands any more.
  void check_still_works() {
    Collect other;
    CHECK(loop.run(get(transport, server.url("/next"), other)) == "/next");
  }
};

}  // namespace

TEST_CASE("loop coroutines: run() gives the result or throws the exception") {
  Fixture test;
  CHECK(test.loop.run(get(test.transport, test.server.url("/a"), test.sink)) == "/a");
  CHECK_THROWS_AS(test.loop.run(get(test.transport, "http://a b/", test.sink)), esxvi::error);
  test.check_still_works();
}

TEST_CASE("loop coroutines: run() does the loop's other work meanwhile, and leaves the rest") {
  Fixture test;
  bool other = false;
  test.loop.after(1h, [] {});
  test.loop.post([&] { other = true; });
  CHECK(test.loop.run(get(test.transport, test.server.url("/a"), test.sink)) == "/a");
  CHECK(other);
  CHECK(test.loop.has_work());
}

TEST_CASE("loop coroutines: run() of one that is stopped") {
  Fixture test;
  test.loop.after(1ms, [&] { test.loop.stop(); });
  CHECK_THROWS_AS(test.loop.run(get(test.transport, test.server.url("/silent"), test.sink)),
                  esxvi::cancelled);
  test.check_still_works();
}

TEST_CASE("loop coroutines: spawned ones run side by side") {
  Fixture test;
  std::string order;
  auto const job = [&](char name, std::chrono::milliseconds time) -> Async<void> {
    order += name;
    co_await test.loop.sleep(time);
    order += name;
  };
  test.loop.spawn(job('a', 200ms));
  test.loop.spawn(job('b', 1ms));
  CHECK(order.empty());
  test.loop.run();
  CHECK(order == "abba");
  CHECK_FALSE(test.loop.has_work());
}

TEST_CASE("loop coroutines: the exception of a spawned one leaves run()") {
  Fixture test;
  bool ended = false;
  auto const bad = [&]() -> Async<void> {
    co_await test.loop.sleep(1ms);
    throw std::runtime_error("mine");
  };
  auto const good = [&]() -> Async<void> {
    co_await test.loop.sleep(10ms);
    ended = true;
  };
  test.loop.spawn(good());
  test.loop.spawn(bad());
  CHECK_THROWS_WITH_AS(test.loop.run(), "mine", std::runtime_error);
  test.loop.run();
  CHECK(ended);
}

TEST_CASE("loop coroutines: each exception comes out of a run() of its own, the oldest first") {
  CurlLoop loop;
  constexpr int count = 300;
  auto const bad = [](int number) -> Async<void> {
    if (number >= 0) throw std::runtime_error(std::to_string(number));
    co_return;
  };
  for (int i = 0; i < count; ++i) loop.spawn(bad(i));
  loop.after(1h, [] {});
  std::function<void()> step;
  SUBCASE("run()") {
    step = [&] { loop.run(); };
  }
  SUBCASE("run_one()") {
    step = [&] { loop.run_one(); };
  }
  SUBCASE("poll(), which timeout() asks for") {
    step = [&] {
      REQUIRE(loop.timeout() == 0ms);
      loop.poll();
    };
  }
  Stopwatch watch;
  for (int i = 0; i < count; ++i) CHECK_THROWS_WITH(step(), std::to_string(i).c_str());
  CHECK(loop.timeout() > 0ms);
  CHECK(watch.elapsed() < 1min);  // it did not wait for the timer
}

TEST_CASE("loop coroutines: run() of a job goes on when others fail, and keeps their exceptions") {
  Fixture test;
  auto const bad = [&]() -> Async<void> {
    co_await test.loop.sleep(1ms);
    throw std::runtime_error("of the other");
  };
  test.loop.spawn(bad());
  test.loop.post([] { throw std::runtime_error("of a function"); });
  auto const job = [&]() -> Async<int> {
    co_await test.loop.sleep(20ms);
    co_return 7;
  };
  auto const failing = [&]() -> Async<int> {
    co_await test.loop.sleep(20ms);
    throw std::runtime_error("its own");
  };
  SUBCASE("that gives a result") { CHECK(test.loop.run(job()) == 7); }
  SUBCASE("that fails itself") { CHECK_THROWS_WITH(test.loop.run(failing()), "its own"); }
  CHECK(test.loop.has_work());
  CHECK_THROWS_WITH_AS(test.loop.run(), "of a function", std::runtime_error);
  CHECK_THROWS_WITH_AS(test.loop.run(), "of the other", std::runtime_error);
  CHECK_FALSE(test.loop.has_work());
}

TEST_CASE("loop coroutines: run() of a job does not spin while exceptions wait") {
  Fixture test;
  test.loop.post([] { throw std::runtime_error("mine"); });
  CHECK(test.loop.run(test.loop.sleep(1ms)));  // the exception waits from here on
  auto const cpu = std::clock();
  CHECK(test.loop.run(test.loop.sleep(600ms)));
  CHECK(std::clock() - cpu < CLOCKS_PER_SEC / 5);
  CHECK_THROWS_WITH(test.loop.run(), "mine");
}

TEST_CASE("loop coroutines: sleep() tells whether it was stopped") {
  CurlLoop loop;
  for (auto const delay : {std::chrono::milliseconds(1h), std::chrono::milliseconds::max()}) {
    std::stop_source stop;
    loop.after(1ms, [&] { stop.request_stop(); });
    CHECK_FALSE(loop.run(loop.sleep(delay, stop.get_token())));
  }
  CHECK(loop.run(loop.sleep(1ms)));
}

TEST_CASE("loop coroutines: a stop ends an exchange at every stage") {
  Fixture test;
  std::stop_source stop;
  http::CallContext const context{.stop = stop.get_token()};
  auto const cancelled = [&](std::string const& path) {
    CHECK_THROWS_AS(test.loop.run(get(test.transport, test.server.url(path), test.sink, context)),
                    esxvi::cancelled);
  };
  SUBCASE("before it began") {
    stop.request_stop();
    cancelled("/silent");
    CHECK(test.server.requests() == 0);
  }
  SUBCASE("while it connects") {
    test.loop.post([&] { stop.request_stop(); });
    cancelled("/silent");
  }
  SUBCASE("while the server thinks") {
    test.loop.after(30ms, [&] { stop.request_stop(); });
    cancelled("/silent");
  }
  SUBCASE("within the reply") {
    test.sink.on_write = [&](auto) { stop.request_stop(); };
    cancelled("/stops");
    CHECK(test.sink.body == "only this");
  }
  SUBCASE("when the reply is complete, but not yet told") {
    test.sink.on_write = [&](auto) { test.loop.post([&] { stop.request_stop(); }); };
    CHECK(test.loop.run(get(test.transport, test.server.url("/a"), test.sink, context)) == "/a");
  }
  test.check_still_works();
}

TEST_CASE("loop coroutines: one that is destroyed while it waits") {
  Fixture test;
  // Its sink is gone with it: ASan says so if anything still writes there.
  auto sink = std::make_unique<Collect>();
  std::optional<Async<std::string>> job;
  auto const begin = [&](std::string const& path) {
    job.emplace(get(test.transport, test.server.url(path), *sink));
    esxvi::detail::async_access::begin(*job);
  };
  auto const destroy = [&] {
    job.reset();
    sink.reset();
  };
  SUBCASE("before the loop began it") {
    begin("/a");
    destroy();
    test.loop.run();
    CHECK(test.server.requests() == 0);
  }
  SUBCASE("while the server thinks") {
    begin("/silent");
    while (test.server.requests() == 0) test.loop.poll();
    destroy();
    test.loop.run();
    CHECK_FALSE(test.loop.has_work());
  }
  SUBCASE("within the reply") {
    begin("/stops");
    while (sink->body.empty()) test.loop.poll();
    destroy();
    test.loop.run();
    CHECK_FALSE(test.loop.has_work());
  }
  SUBCASE("from within a piece of another reply") {
    begin("/silent");
    while (test.server.requests() == 0) test.loop.poll();
    test.sink.on_write = [&](auto) { destroy(); };
    CHECK(test.loop.run(get(test.transport, test.server.url("/other"), test.sink)) == "/other");
  }
  SUBCASE("with the loop") {
    test.loop.spawn([](esxvi::any_transport const& transport, std::string url) -> Async<void> {
      Collect own;
      co_await get(transport, std::move(url), own);
    }(test.transport, test.server.url("/silent")));
    while (test.server.requests() == 0) test.loop.poll();
    return;
  }
  test.check_still_works();
}

TEST_CASE("loop coroutines: a sleeper that is destroyed") {
  CurlLoop loop;
  {
    auto job = loop.sleep(1ms);
    esxvi::detail::async_access::begin(job);
  }
  loop.run();
  CHECK_FALSE(loop.has_work());
}

TEST_CASE("loop coroutines: a hundred at a time, ten by ten") {
  Fixture test;
  std::vector<Async<std::string>> jobs;
  std::vector<std::unique_ptr<Collect>> sinks;
  for (int i = 0; i < 100; ++i) {
    sinks.push_back(std::make_unique<Collect>());
    jobs.push_back(get(test.transport, test.server.url("/" + std::to_string(i)), *sinks.back()));
  }
  auto const bodies = test.loop.run(esxvi::when_all(std::move(jobs), 10));
  REQUIRE(bodies.size() == 100);
  for (std::size_t i = 0; i < 100; ++i) CHECK(bodies[i] == "/" + std::to_string(i));
}

TEST_CASE("loop coroutines: a transport without a loop says so") {
  Collect sink;
  esxvi::any_transport const blocking{esxvi::CurlTransport{}};
  CHECK_FALSE(blocking.is_async());
  CurlLoop loop;
  CHECK_THROWS_AS(loop.run(get(blocking, "http://127.0.0.1:1/", sink)), esxvi::invalid_argument);
  esxvi::any_transport const shared{std::make_shared<CurlLoopTransport>(loop)};
  CHECK(shared.is_async());
}
