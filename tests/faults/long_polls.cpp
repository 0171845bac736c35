// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The connection breaks while the server holds a request back: a task is waited for.
#include "faults/plant.hpp"

#include <esxvi/task.hpp>

#include <future>

using namespace esxvi::test;

namespace {

struct Waiting {
  Plant at{{}, 1};
  esxvi::Session session = at.open();
  esxvi::Ref<vim::VirtualMachine> vm = at.host.all<vim::VirtualMachine>().front();

  Waiting() {
    at.host.plan_tasks([](auto const&, auto, esxvi::sim::TaskPlan& plan) {
      plan.endless = true;
      plan.cancelable = true;
      plan.running = 1h;
    });
  }
};

}  // namespace

TEST_CASE("long polls: the connection breaks again and again, and the task is waited for") {
  for (Act const act : {Act::close, Act::reset}) {
    Waiting w;
    esxvi::Task task{w.session, vim::PowerOnVM_Task{.self = w.vm}};
    auto done = std::async(std::launch::async, [&] {
      return error_of([&] { task.wait({.deadline = 60s, .outage = 30s}); });
    });
    for (int i = 0; i < 3; ++i) {
      w.at.until_held();
      w.at.proxy.cut(act);
      CHECK(w.at.proxy.settle());
    }
    w.at.until_held();
    CHECK(w.at.filters() == 1);  // no more than before
    w.at.host.cancel_task(task.reference());
    auto const e = done.get();
    REQUIRE(e.has_value());
    CHECK(e->code() == esxvi::errc::task_failed);
    CHECK(w.at.host.calls("PowerOnVM_Task") == 1);
    CHECK(w.at.host.calls("CreateFilter") == 1);
    CHECK(w.at.filters() == 0);
  }
}

TEST_CASE("long polls: the session goes with the connection") {
  Waiting w;
  esxvi::Task task{w.session, vim::PowerOnVM_Task{.self = w.vm}};
  auto done = std::async(std::launch::async, [&] {
    return error_of([&] { task.wait({.deadline = 60s, .outage = 30s}); });
  });
  w.at.until_held();
  w.at.host.end_all_sessions();
  w.at.proxy.cut(Act::reset);
  w.at.until_held();
  CHECK(w.at.filters() == 1);
  w.at.host.cancel_task(task.reference());
  auto const e = done.get();
  REQUIRE(e.has_value());
  CHECK(e->code() == esxvi::errc::task_failed);
  CHECK(w.at.host.calls("PowerOnVM_Task") == 1);
  CHECK(w.at.filters() == 0);
}

TEST_CASE("long polls: a peer that vanishes holds nobody beyond the deadline") {
  Waiting w;
  esxvi::Task task{w.session, vim::PowerOnVM_Task{.self = w.vm}};
  auto done = std::async(std::launch::async, [&] {
    return error_of([&] { task.wait({.deadline = 2500ms, .poll = 30s, .outage = 30s}); });
  });
  w.at.until_held();
  w.at.proxy.cut(Act::vanish);
  auto const e = done.get();
  REQUIRE(e.has_value());
  CHECK(e->code() == esxvi::errc::timeout);
  CHECK(w.at.proxy.settle());
  // The task is not lost, and can be waited for again.
  auto again = std::async(std::launch::async,
                          [&] { return error_of([&] { task.wait({.deadline = 60s}); }); });
  w.at.until_held();
  w.at.host.cancel_task(task.reference());
  auto const end = again.get();
  REQUIRE(end.has_value());
  CHECK(end->code() == esxvi::errc::task_failed);
  CHECK(w.at.host.calls("PowerOnVM_Task") == 1);
}
