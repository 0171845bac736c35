// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// sim::Server: many clients at once, and long polls that wait.
#include <doctest/doctest.h>

#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "sim_server/fixture.hpp"
#include "support/skip.hpp"

using namespace test;

TEST_CASE("sim many: 500 connections, each of which gets its own answers") {
  if (!allow_descriptors(1200)) ESXVI_SKIP("too few file descriptors");
  Answering handler{echo};
  sim::Server server{handler};
  std::deque<Raw> clients;
  for (int i = 0; i < 500; ++i) clients.emplace_back(server);
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      clients[i].send(post("/" + std::to_string(i), std::to_string(round)));
    }
    int wrong = 0;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      auto const expected = "POST /" + std::to_string(i) + "\n" + std::to_string(round);
      if (body_of(clients[i].reply()) != expected) ++wrong;
    }
    CHECK(wrong == 0);
  }
  CHECK(server.statistics().accepted == 500);
  CHECK(server.statistics().requests == 2000);
  CHECK(server.statistics().open == 500);
}

TEST_CASE("sim many: clients in several threads, with the transport of the library") {
  Answering handler{
      [](sim::WebRequest const& request) { return sim::WebResponse{.body = request.body}; }};
  for (bool const tls : {false, true}) {
    sim::Server server{handler, {.tls = tls, .threads = 3}};
    std::atomic<int> wrong = 0;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
          esxvi::CurlTransport curl{direct({.verify = false})};
          for (int i = 0; i < 50; ++i) {
            auto const body = std::to_string(t) + "/" + std::to_string(i);
            Collect sink;
            curl.send({.url = server.url("/sdk"), .body = body}, sink, {});
            if (sink.body != body) ++wrong;
          }
        });
      }
    }
    CHECK(wrong == 0);
    CHECK(server.statistics().accepted == 4);
  }
}

TEST_CASE("sim many: long polls wait without a thread, and others are served meanwhile") {
  static constexpr std::size_t count = 2000;
  if (!allow_descriptors(2 * count + 200)) ESXVI_SKIP("too few file descriptors");
  Parking handler;
  sim::Server server{handler, {.threads = 2}};
  std::deque<Raw> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back(server);
    clients.back().send(get("/" + std::to_string(i)));
  }
  REQUIRE(eventually([&] { return handler.count() == count; }));
  CHECK(server.statistics().waiting == count);
  handler.release();  // from this thread
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (body_of(clients[i].reply()) != "/" + std::to_string(i)) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(server.statistics().waiting == 0);

  // Again on the same connections, and now the clients go away.
  for (auto& client : clients) client.send(get("/again"));
  REQUIRE(eventually([&] { return handler.count() == count; }));
  clients.clear();
  CHECK(eventually([&] { return handler.stopped() == count; }));
  CHECK(eventually([&] { return server.statistics().open == 0; }));
  CHECK(server.statistics().waiting == 0);
}

TEST_CASE("sim many: churn of polls that come, are answered and are abandoned") {
  Parking handler;
  sim::Server server{handler, {.threads = 2}};
  std::atomic<bool> over = false;
  std::jthread releaser{[&] {
    while (!over) {
      handler.release();
      std::this_thread::sleep_for(1ms);
    }
  }};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 100; ++i) {
          Raw client{server};
          client.send(get("/x"));
          if ((i + t) % 3 != 0) client.reply();
        }
      });
    }
  }
  CHECK(eventually([&] {
    auto const now = server.statistics();
    return now.accepted == 400 && now.open == 0;
  }));
  over = true;
  releaser.join();
  handler.release();
}

TEST_CASE("sim many: requests that come while one waits are answered after it") {
  Parking handler;
  sim::Server server{handler};
  Raw client{server};
  client.send(get("/1"));
  REQUIRE(eventually([&] { return handler.count() == 1; }));
  client.send(get("/2") + get("/3"));
  for (int i = 1; i <= 3; ++i) {
    REQUIRE(eventually([&] { return handler.count() == 1; }));
    handler.release();
    CHECK(body_of(client.reply()) == "/" + std::to_string(i));
  }
}

TEST_CASE("sim many: a client that goes away is noticed, whatever it sent ahead") {
  Parking handler;
  sim::Server server{handler};
  std::string ahead;
  SUBCASE("an end of a line") { ahead = "\r\n"; }
  SUBCASE("half a request") { ahead = "GET /2 HTTP/1.1\r\n"; }
  SUBCASE("more than is read at once") { ahead = post("/2", std::string(10'000, 'x')); }
  {
    Raw client{server};
    client.send(get("/1"));
    REQUIRE(eventually([&] { return handler.count() == 1; }));
    client.send(ahead);
  }
  CHECK(eventually([&] { return handler.stopped() >= 1; }));
  CHECK(eventually([&] { return server.statistics().open == 0; }));
  CHECK(handler.count() == 0);
}

TEST_CASE("sim many: requests of a client that has said it all are answered one after the other") {
  Answering handler{[](sim::WebRequest const& request) {
    return sim::WebResponse{.body = request.target, .delay = 50ms};
  }};
  sim::Server server{handler};
  Raw client{server};
  client.send(get("/1") + get("/2") + get("/3"));
  client.shut_down();
  for (int i = 1; i <= 3; ++i) CHECK(body_of(client.reply()) == "/" + std::to_string(i));
  CHECK(client.closed());
}
