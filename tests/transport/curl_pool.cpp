// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// CurlTransport's limit of connections, and what it counts.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "transport/curl_fixture.hpp"

using namespace test;
using namespace std::chrono_literals;

TEST_CASE("curl pool: no more connections than allowed, and every call gets its turn") {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;
  HttpServer server{[&](HttpRequest& request, HttpConnection& connection) {
    auto const here = ++now;
    for (auto seen = most.load(); seen < here && !most.compare_exchange_weak(seen, here);) {
    }
    std::this_thread::sleep_for(1ms);
    --now;
    connection.reply(200, request.body);
  }};
  CurlTransport curl{
      direct({.total_timeout = std::chrono::milliseconds::max(), .max_connections = 2})};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 10; ++n) CHECK(post(curl, server.url("/"), "a") == "a");
      });
    }
  }
  CHECK(most <= 2);
  CHECK(server.connections() <= 2);
  CHECK(server.requests() == 80);
  auto const sum = curl.statistics();
  CHECK(sum.requests == 80);
  CHECK(sum.connections_opened == server.connections());
  CHECK(sum.reused == 80 - sum.connections_opened);
  CHECK(sum.waiting >= 60ms);  // the server needed 80, as its clock goes
  CHECK(sum.connecting.count() > 0);
}

TEST_CASE("curl pool: waiting for a connection ends with the time or the stop token of the call") {
  std::atomic<bool> taken = false;
  std::atomic<bool> release = false;
  HttpServer server{[&](HttpRequest&, HttpConnection& connection) {
    taken = true;
    while (!release) std::this_thread::sleep_for(1ms);
    connection.reply(200, "first");
  }};
  CurlTransport curl{direct({.max_connections = 1})};
  std::jthread const first{[&] { CHECK(get(curl, server.url("/")) == "first"); }};
  while (!taken) std::this_thread::yield();

  auto const late = thrown<esxvi::timeout>(
      [&] { get(curl, server.url("/"), {.operation = "Login", .total = 50ms}); });
  CHECK(late.delivered() == delivery::not_sent);
  CHECK(late.operation() == "Login");
  CHECK(std::string{late.what()}.find("max_connections") != std::string::npos);

  std::stop_source stop;
  std::jthread const stopper{[&] {
    std::this_thread::sleep_for(50ms);
    stop.request_stop();
  }};
  auto const cancelled =
      thrown<esxvi::cancelled>([&] { get(curl, server.url("/"), {.stop = stop.get_token()}); });
  CHECK(cancelled.delivered() == delivery::not_sent);
  CHECK(server.requests() == 1);
  release = true;
}

TEST_CASE("curl pool: the time of a call includes its wait for a connection") {
  std::atomic<bool> waiting = false;
  HttpServer server{[&](HttpRequest&, HttpConnection& connection) {
    while (!waiting) std::this_thread::yield();
    std::this_thread::sleep_for(300ms);
    connection.reply(200, "late");
  }};
  CurlTransport curl{direct({.max_connections = 1})};
  std::jthread const first{[&] { CHECK(get(curl, server.url("/")) == "late"); }};
  while (server.requests() == 0) std::this_thread::yield();
  waiting = true;
  // Each of the two waits is shorter than that, but not both together.
  CHECK_THROWS_AS(get(curl, server.url("/"), {.total = 400ms}), esxvi::timeout);
}

TEST_CASE("curl pool: a call that fails gives its connection back") {
  CurlTransport curl{direct({.max_connections = 1})};
  HttpServer server{[](HttpRequest& request, HttpConnection& connection) {
    if (request.target == "/cut") return connection.close();
    connection.reply(200, "ok");
  }};
  for (int i = 0; i < 3; ++i) {
    CHECK_THROWS_AS(post(curl, server.url("/cut"), "a"), esxvi::connection_lost);
    CHECK(get(curl, server.url("/"), {.total = 1min}) == "ok");
  }
}
