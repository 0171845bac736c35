// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <esxvi/transport/detail/stall.hpp>

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using esxvi::detail::StallWatch;

namespace {
StallWatch::clock::time_point at(std::chrono::milliseconds time) {
  return StallWatch::clock::time_point{} + time;
}
}  // namespace

TEST_CASE("stall: silence counts from the first update") {
  StallWatch watch{{.time = 10s, .rate = 1}};
  CHECK_FALSE(watch.left(at(50s)));
  watch.update(at(50s), 0, 0);
  CHECK(watch.left(at(50s)) == 10s);
  CHECK(watch.left(at(57s)) == 3s);
  CHECK(*watch.left(at(61s)) < 0s);
}

TEST_CASE("stall: a window ends when enough bytes moved, whichever way they went") {
  StallWatch watch{{.time = 10s, .rate = 100}};
  watch.update(at(0s), 0, 1);
  watch.update(at(9s), 500, 500);
  CHECK(watch.left(at(9s)) == 1s);
  watch.update(at(9s), 500, 501);
  CHECK(watch.left(at(9s)) == 10s);
}

TEST_CASE("stall: the reply begins a window of its own") {
  StallWatch watch{{.time = 10s, .rate = 100}};
  watch.update(at(0s), 50, 0);
  watch.update(at(5s), 60, 0);
  CHECK(watch.left(at(5s)) == 5s);
  watch.update(at(6s), 60, 1);
  CHECK(watch.left(at(6s)) == 10s);
  watch.update(at(8s), 60, 900);
  CHECK(watch.left(at(8s)) == 8s);
  watch.update(at(9s), 60, 1001);
  CHECK(watch.left(at(9s)) == 10s);
}

TEST_CASE("stall: patience holds until the reply begins, the rate afterwards") {
  StallWatch watch{{.time = 10s, .rate = 1, .patience = 600s}};
  watch.update(at(0s), 100, 0);
  CHECK(watch.allowed() == 600s);
  CHECK(watch.left(at(0s)) == 600s);
  watch.update(at(100s), 101, 0);  // any progress of the upload
  CHECK(watch.left(at(100s)) == 600s);
  watch.update(at(500s), 101, 1);
  CHECK(watch.allowed() == 10s);
  CHECK(watch.left(at(500s)) == 10s);
}

TEST_CASE("stall: patience can be shorter than the limit, and stands without one") {
  StallWatch watch{{.time = 10s, .rate = 1, .patience = 1s}};
  watch.update(at(0s), 1, 0);
  CHECK(watch.left(at(0s)) == 1s);
  StallWatch alone{{.time = 0s, .rate = 0, .patience = 1s}};
  alone.update(at(0s), 1, 0);
  CHECK(alone.left(at(0s)) == 1s);
  alone.update(at(0s), 1, 1);
  CHECK_FALSE(alone.left(at(99s)));
}

TEST_CASE("stall: no limit") {
  StallWatch watch{{.time = 0s, .rate = 1}};
  watch.update(at(0s), 0, 0);
  CHECK_FALSE(watch.left(at(99h)));
  StallWatch no_rate{{.time = 10s, .rate = 0}};
  no_rate.update(at(0s), 0, 0);
  CHECK_FALSE(no_rate.left(at(99h)));
}

TEST_CASE("stall: a time without end does not end at once") {
  constexpr auto forever = std::chrono::milliseconds::max();
  StallWatch watch{{.time = forever, .rate = 1, .patience = forever}};
  watch.update(StallWatch::clock::now(), 0, 0);
  CHECK(*watch.left(StallWatch::clock::now() + 24h) > 0s);
  watch.update(StallWatch::clock::now(), 0, 1);
  CHECK(*watch.left(StallWatch::clock::now() + 24h) > 0s);
}

TEST_CASE("stall: time of our own is forgiven") {
  StallWatch watch{{.time = 10s, .rate = 1}};
  watch.forgive(5s);
  watch.update(at(0s), 0, 0);
  watch.forgive(7s);
  CHECK(watch.left(at(9s)) == 8s);
}
