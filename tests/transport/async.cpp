// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Async and when_all, without a loop.
#include <doctest/doctest.h>
#include <esxvi/transport/async.hpp>

#include <coroutine>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using esxvi::Async;
using esxvi::when_all;

namespace {

/// A place where coroutines wait until the test lets them go on.
struct Gate {
  std::vector<std::coroutine_handle<>> waiting{};
  int left = 0;  ///< destroyed while they waited

  auto operator co_await() {
    struct awaiter {
      Gate& gate;
      bool waits = false;
      explicit awaiter(Gate& g) : gate(g) {}
      awaiter(awaiter const&) = delete;
      awaiter& operator=(awaiter const&) = delete;
      ~awaiter() { gate.left += waits ? 1 : 0; }
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> next) {
        waits = true;
        gate.waiting.push_back(next);
      }
      void await_resume() { waits = false; }
    };
    return awaiter(*this);
  }
  void open_one(std::size_t which = 0) {
    auto const one = waiting.at(which);
    waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(which));
    one.resume();
  }
};

Async<int> number(int value) { co_return value; }
Async<int> fails(std::string text) {
  throw std::runtime_error(text);
  co_return 0;
}
Async<int> after(Gate& gate, int value) {
  co_await gate;
  co_return value;
}

/// Begins a coroutine as a loop does.
template <class T> struct Running {
  explicit Running(Async<T> j) : job(std::move(j)) { esxvi::detail::async_access::begin(job); }
  bool done() const { return esxvi::detail::async_access::done(job); }
  T result() { return esxvi::detail::async_access::take(job); }
  Async<T> job;
};

}  // namespace

TEST_CASE("async: begins when somebody waits for it, and gives its result by value") {
  int begun = 0;
  auto const make = [&]() -> Async<std::unique_ptr<int>> {
    ++begun;
    co_return std::make_unique<int>(co_await number(41) + 1);
  };
  auto job = make();
  CHECK(begun == 0);
  Running running(std::move(job));
  CHECK(begun == 1);
  REQUIRE(running.done());
  CHECK(*running.result() == 42);
}

TEST_CASE("async: is moved, never copied") {
  static_assert(!std::is_copy_constructible_v<Async<int>>);
  static_assert(std::is_nothrow_move_constructible_v<Async<int>>);
  auto job = number(1);
  auto other = std::move(job);
  CHECK_FALSE(job);  // NOLINT(bugprone-use-after-move): that is the question
  CHECK(other);
  other = number(2);
  Running running(std::move(other));
  CHECK(running.result() == 2);
}

TEST_CASE("async: an exception comes out where it is waited for") {
  auto const outer = []() -> Async<std::string> {
    try {
      co_await fails("inner");
    } catch (std::runtime_error const& e) {
      co_return std::string("caught ") + e.what();
    }
    co_return "nothing";
  };
  Running caught(outer());
  CHECK(caught.result() == "caught inner");
  Running thrown(fails("outer"));
  REQUIRE(thrown.done());
  CHECK_THROWS_WITH_AS(thrown.result(), "outer", std::runtime_error);
}

TEST_CASE("async: a chain goes on from where it was left") {
  Gate gate;
  auto const sum = [&]() -> Async<int> {
    co_return co_await after(gate, 1) + co_await after(gate, 2);
  };
  Running running(sum());
  CHECK_FALSE(running.done());
  gate.open_one();
  CHECK_FALSE(running.done());
  gate.open_one();
  REQUIRE(running.done());
  CHECK(running.result() == 3);
}

TEST_CASE("async: destroying one that waits destroys all that it waits for") {
  Gate gate;
  auto const held = std::make_shared<int>(1);
  auto const inner = [](Gate& g, std::shared_ptr<int> keep) -> Async<int> {
    co_await g;
    co_return *keep;
  };
  auto const outer = [&](std::shared_ptr<int> keep) -> Async<int> {
    co_return co_await inner(gate, keep);
  };
  {
    Running running(outer(held));
    CHECK(held.use_count() > 1);
  }
  CHECK(gate.left == 1);
  CHECK(held.use_count() == 1);
}

TEST_CASE("when_all: gives the results in order, however they end") {
  Gate gate;
  std::vector<Async<int>> jobs;
  for (int i = 0; i < 3; ++i) jobs.push_back(after(gate, i));
  Running all(when_all(std::move(jobs)));
  gate.open_one(2);
  gate.open_one(0);
  CHECK_FALSE(all.done());
  gate.open_one(0);
  REQUIRE(all.done());
  CHECK(all.result() == std::vector{0, 1, 2});
}

TEST_CASE("when_all: never more than the limit at a time, and what ended is let go") {
  Gate gate;
  auto const held = std::make_shared<int>();
  auto const keeping = [](Gate& g, std::shared_ptr<int>) -> Async<int> {
    co_await g;
    co_return 0;
  };
  std::vector<Async<int>> jobs;
  for (int i = 0; i < 10; ++i) jobs.push_back(keeping(gate, held));
  Running all(when_all(std::move(jobs), 3));
  for (int left = 10; left > 0; --left) {
    CHECK(gate.waiting.size() == static_cast<std::size_t>(std::min(left, 3)));
    CHECK(held.use_count() == left + 1);
    gate.open_one();
  }
  CHECK(all.done());
}

TEST_CASE("when_all: all come to their end before the first error is thrown") {
  Gate gate;
  std::vector<Async<int>> jobs;
  jobs.push_back(after(gate, 0));
  jobs.push_back(fails("first"));
  jobs.push_back(fails("second"));
  Running all(when_all(std::move(jobs)));
  CHECK_FALSE(all.done());
  gate.open_one();
  REQUIRE(all.done());
  CHECK_THROWS_WITH_AS(all.result(), "first", std::runtime_error);
}

TEST_CASE("when_all: nothing to wait for, and jobs without a result") {
  Running none(when_all(std::vector<Async<int>>{}));
  REQUIRE(none.done());
  CHECK(none.result().empty());

  Gate gate;
  int ended = 0;
  auto const job = [&]() -> Async<void> {
    co_await gate;
    ++ended;
  };
  std::vector<Async<void>> jobs;
  for (int i = 0; i < 2; ++i) jobs.push_back(job());
  Running all(when_all(std::move(jobs)));
  gate.open_one();
  gate.open_one();
  REQUIRE(all.done());
  CHECK(ended == 2);
}

TEST_CASE("when_all: destroyed while it waits") {
  Gate gate;
  {
    std::vector<Async<int>> jobs;
    for (int i = 0; i < 5; ++i) jobs.push_back(after(gate, i));
    Running all(when_all(std::move(jobs), 2));
  }
  CHECK(gate.left == 2);
}
