// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// sim::Server: how it ends, and what a handler may do with a `done`.
#include <doctest/doctest.h>

#include <atomic>
#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sim_server/fixture.hpp"
#include "support/skip.hpp"

using namespace test;

TEST_CASE("sim stop: waiting requests are told, answered and closed, long before the grace ends") {
  if (!allow_descriptors(1200)) ESXVI_SKIP("too few file descriptors");
  Parking handler;
  sim::Server server{handler, {.stop_grace = 60s}};
  std::deque<Raw> clients;
  for (int i = 0; i < 500; ++i) {
    clients.emplace_back(server);
    if (i % 5 != 0) clients.back().send(get("/"));
  }
  REQUIRE(eventually([&] { return handler.count() == 400; }));
  Stopwatch watch;
  server.stop();
  CHECK(watch.elapsed() < 30s);  // milliseconds where nothing else runs
  CHECK(handler.stopped() == 400);
  CHECK(server.statistics().open == 0);
  for (int i = 0; i < 500; ++i) {
    auto const said = clients[static_cast<std::size_t>(i)].rest(1s);
    CHECK((said.empty() || said.starts_with("HTTP/1.1 503 ")));
  }
  CHECK_THROWS((Raw{server}));
  server.stop();
}

TEST_CASE("sim stop: a handler that ignores it delays the end by the grace only") {
  struct Deaf final : sim::WebHandler {
    void handle(sim::WebRequest, Done done, std::stop_token) override {
      std::lock_guard const lock{mutex};
      kept.push_back(std::move(done));
    }
    std::mutex mutex{};
    std::vector<Done> kept{};
  } handler;
  std::optional<sim::Server> server{std::in_place, handler, sim::ServerOptions{.stop_grace = 50ms}};
  Raw client{*server};
  client.send(get("/"));
  REQUIRE(eventually([&] { return server->statistics().waiting == 1; }));
  Stopwatch watch;
  server.reset();
  CHECK(watch.elapsed() >= 45ms);
  CHECK(watch.elapsed() < 30s);
  CHECK(client.closed());
  // The server is gone; this must do nothing.
  for (auto const& done : handler.kept) done({.body = "late"});
}

TEST_CASE(
    "sim stop: a `done` that is thrown away drops the connection, a second call does nothing") {
  Parking handler;
  sim::Server server{handler};
  Raw dropped{server};
  dropped.send(get("/"));
  REQUIRE(eventually([&] { return handler.count() == 1; }));
  handler.forget();
  CHECK(dropped.closed());

  struct Twice final : sim::WebHandler {
    void handle(sim::WebRequest, Done done, std::stop_token) override {
      done({.body = "first"});
      done({.body = "second"});
      std::jthread{[done] { done({.body = "third"}); }};
    }
  } twice;
  sim::Server other{twice};
  Raw client{other};
  for (int i = 0; i < 10; ++i) CHECK(body_of(client.ask(get("/"))) == "first");
}

TEST_CASE("sim stop: answers from other threads race with the end of the server") {
  struct Slow final : sim::WebHandler {
    void handle(sim::WebRequest, Done done, std::stop_token) override {
      std::lock_guard const lock{mutex};
      threads.emplace_back([done = std::move(done)] {
        std::this_thread::sleep_for(1ms);
        done({.body = std::string(100'000, 'x')});
      });
    }
    std::mutex mutex{};
    std::vector<std::jthread> threads{};
  };
  for (int round = 0; round < 10; ++round) {
    Slow handler;
    std::optional<sim::Server> server{std::in_place, handler,
                                      sim::ServerOptions{.stop_grace = 1ms}};
    std::deque<Raw> clients;
    for (int i = 0; i < 20; ++i) {
      clients.emplace_back(*server);
      clients.back().send(get("/"));
    }
    std::this_thread::sleep_for(std::chrono::microseconds{200 * round});
    server.reset();
    std::lock_guard const lock{handler.mutex};
    handler.threads.clear();
  }
}

TEST_CASE("sim stop: start and end in quick succession") {
  Answering handler{echo};
  for (int i = 0; i < 30; ++i) {
    sim::Server server{handler, {.tls = i % 2 == 0}};
    if (i % 3 == 0) server.stop();
  }
  Stopwatch watch;
  {
    sim::Server server{handler, {.stop_grace = 60s}};
    Raw idle{server};
    idle.ask(get("/"));
  }
  CHECK(watch.elapsed() < 30s);
}
