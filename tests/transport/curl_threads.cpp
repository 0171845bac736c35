// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// CurlTransport used by several threads at once.
#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "transport/curl_fixture.hpp"

using namespace test;

namespace {

template <class F> void in_threads(int count, F const& f) {
  std::vector<std::jthread> threads;
  threads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) threads.emplace_back([&f, i] { f(i); });
}

}  // namespace

TEST_CASE("curl threads: every thread gets its own answers, connections are shared over time") {
  static constexpr int count = 6;
  auto const run = [](HttpServer& server, CurlTransport& curl) {
    std::atomic<int> wrong = 0;
    auto const round = [&](int thread) {
      for (int i = 0; i < 20; ++i) {
        auto const body = std::to_string(thread) + "/" + std::to_string(i);
        if (post(curl, server.url("/"), body) != body) ++wrong;
      }
    };
    in_threads(count, round);
    in_threads(count, round);
    CHECK(wrong == 0);
    CHECK(server.requests() == 2 * count * 20);
    CHECK(server.connections() <= count);
    CHECK(curl.statistics().requests == 2 * count * 20);
    CHECK(curl.statistics().connections_opened == server.connections());
  };
  auto const echo = [](HttpRequest& request, HttpConnection& connection) {
    connection.reply(200, request.body);
  };
  SUBCASE("http") {
    HttpServer server{echo};
    CurlTransport curl{direct()};
    run(server, curl);
  }
  SUBCASE("https") {
    HttpServer server{echo, {.certificate = Certificate::make("127.0.0.1")}};
    CurlTransport curl{direct({.ca_file = server.ca_file()})};
    run(server, curl);
  }
}

TEST_CASE("curl threads: calls run side by side") {
  // Each request is answered only when all of them are there.
  constexpr int count = 4;
  std::latch all{count};
  HttpServer server{[&](HttpRequest&, HttpConnection& connection) {
    all.arrive_and_wait();
    connection.reply(200, "ok");
  }};
  CurlTransport curl{direct()};
  std::atomic<int> good = 0;
  in_threads(count, [&](int) { good += get(curl, server.url("/")) == "ok" ? 1 : 0; });
  CHECK(good == count);
  CHECK(server.connections() == count);
}

TEST_CASE("curl threads: no more handles stay than allowed") {
  std::latch all{3};
  HttpServer server{[&](HttpRequest& request, HttpConnection& connection) {
    if (request.number <= 3) all.arrive_and_wait();
    connection.reply(200, "ok");
  }};
  CurlTransport curl{direct({.max_idle_handles = 1})};
  in_threads(3, [&](int) { get(curl, server.url("/")); });
  while (server.closed() < 2) std::this_thread::yield();
  get(curl, server.url("/"));
  CHECK(server.connections() == 3);
}

TEST_CASE("curl threads: cancelling some calls leaves the others alone") {
  HttpServer server{[](HttpRequest& request, HttpConnection& connection) {
    if (request.target == "/silent") return connection.wait_for_close();
    connection.reply(200, "ok");
  }};
  CurlTransport curl{direct()};
  std::stop_source stop;
  std::atomic<int> cancelled = 0;
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        try {
          get(curl, server.url("/silent"), {.stop = stop.get_token()});
        } catch (esxvi::cancelled const&) {
          ++cancelled;
        }
      });
      threads.emplace_back([&] {
        for (int n = 0; n < 20; ++n) good += get(curl, server.url("/")) == "ok" ? 1 : 0;
      });
    }
    while (server.requests() < 63) std::this_thread::yield();
    stop.request_stop();
  }
  CHECK(cancelled == 3);
  CHECK(good == 60);
}

TEST_CASE("curl threads: stop tokens that fire at any moment") {
  HttpServer server{[](HttpRequest&, HttpConnection& connection) {
    connection.reply(200, std::string(100'000, 'x'));
  }};
  CurlTransport curl{direct()};
  int done = 0;
  int cancelled = 0;
  for (int i = 0; i < 60; ++i) {
    std::stop_source stop;
    std::jthread const other{[&stop, i] {
      std::this_thread::sleep_for(std::chrono::microseconds{i * 20});
      stop.request_stop();
    }};
    try {
      done += get(curl, server.url("/"), {.stop = stop.get_token()}).size() == 100'000 ? 1 : 0;
    } catch (esxvi::cancelled const&) {
      ++cancelled;
    }
  }
  CHECK(done + cancelled == 60);
}
