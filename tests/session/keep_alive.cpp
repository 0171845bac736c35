// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// A day in the life of an idle session, in simulated time.
#include <esxvi/query.hpp>
#include <esxvi/session/keep_alive.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/types/RuntimeFault.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <stop_token>
#include <thread>

namespace sim = esxvi::sim;
namespace vim = esxvi::types;
using namespace std::chrono_literals;

namespace {

struct Day {
  sim::Host host{{.time = sim::TimeMode::simulated}};
  esxvi::Session session{sim::Transport(host), "https://esx01.example/sdk", {"root", "esxvi"}};
  esxvi::KeepAlive::clock::time_point now{};

  void pass(std::chrono::seconds time) {
    host.advance(time);
    now += time;
  }
};

}  // namespace

TEST_CASE("24 hours: one request an interval, the session lives, nothing piles up") {
  Day day;
  esxvi::KeepAlive keeper(day.session, 10min, day.now);
  auto const objects = day.host.object_count();
  auto const generation = day.session.generation();
  int sent = 0;
  // A timer that is always late by up to 7 s.
  for (int minute = 0; minute < 24 * 60; ++minute) {
    day.pass(60s);
    sent += keeper.tick(day.now + std::chrono::seconds(minute % 8)) ? 1 : 0;
  }
  CHECK(sent == 24 * 6);
  CHECK(keeper.due() == esxvi::KeepAlive::clock::time_point{} + 24h + 10min);  // no drift
  CHECK(day.session.generation() == generation);
  CHECK(day.host.sessions().size() == 1);
  CHECK(day.host.object_count() == objects);
  CHECK(day.host.check().empty());
}

TEST_CASE("a session that is used needs no request") {
  Day day;
  esxvi::KeepAlive keeper(day.session, 10min, day.now);
  for (int i = 0; i < 10; ++i) {
    day.pass(10min);
    day.session.keep_alive();
    CHECK_FALSE(keeper.tick(day.now));
  }
  day.pass(10min);
  CHECK(keeper.tick(day.now));
}

TEST_CASE("without it the session ends after half an hour, and is opened again by the next call") {
  Day day;
  auto const generation = day.session.generation();
  day.pass(45min);
  CHECK_NOTHROW(static_cast<void>(day.session.retrieve<vim::VirtualMachine, "name">()));
  CHECK(day.session.generation() == generation + 1);
}

namespace {

/// Waits until the host has seen so many of these requests.
void wait_for(sim::Host& host, std::string_view method, std::uint64_t count) {
  while (host.calls(method) < count) std::this_thread::yield();
}

}  // namespace

TEST_CASE(
    "run() on a thread of its own, as documented: silent until it is due, and a stop ends it") {
  Day day;
  auto& session = day.session;
  auto const before = day.host.calls();
  std::jthread keeper([&](std::stop_token stop) { esxvi::KeepAlive(session).run(stop); });
  keeper.request_stop();
  keeper.join();
  CHECK(day.host.calls() == before);
}

TEST_CASE("run() asks when it is due, and pauses until it is due again") {
  Day day;
  {
    std::jthread const keeper([&](std::stop_token const& stop) {
      auto const long_ago = esxvi::KeepAlive::clock::now() - 10min;
      esxvi::KeepAlive(day.session, 10min, long_ago).run(stop);
    });
    wait_for(day.host, "CurrentTime", 1);
  }
  CHECK(day.host.calls("CurrentTime") == 1);
}

TEST_CASE("run() goes on for as long as nobody stops it, whatever goes wrong") {
  Day day;
  std::atomic<int> errors = 0;
  day.host.cause({.method = "CurrentTime", .times = 3, .fault = sim::fault(vim::RuntimeFault())});
  {
    std::jthread const keeper([&](std::stop_token const& stop) {
      esxvi::KeepAlive(day.session, 0s).run(stop, [&](std::exception_ptr const& e) {
        CHECK_THROWS_AS(std::rethrow_exception(e), esxvi::fault);
        ++errors;
      });
    });
    wait_for(day.host, "CurrentTime", 8);
  }
  CHECK(errors == 3);
  CHECK(day.session.generation() == 0);
}
