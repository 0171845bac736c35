// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// A day in the life of an idle session, in simulated time.
#include <esxvi/query.hpp>
#include <esxvi/session/keep_alive.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <doctest/doctest.h>

#include <chrono>

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
