// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// How long a task that is given up keeps its program on a server that is silent.
#include "session/limits.hpp"
#include "sim/fixture.hpp"

#include <esxvi/task.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <stop_token>

using namespace esxvi::test;
using namespace std::chrono_literals;
namespace sim = esxvi::sim;

namespace {

/// A task without end, over a transport that notes limits.
struct Endless : Simulated {
  esxvi::Ref<vim::VirtualMachine> vm = host.add_vm("web01");
  Noting noting{esxvi::any_transport(sim::Transport(host))};
  esxvi::Session noted{esxvi::any_transport(noting), "https://esx01.example.test/sdk",
                       esxvi::Credentials{"root", "esxvi"}};
  std::stop_source stop{};

  Endless() {
    host.plan_tasks([](auto const&, auto, sim::TaskPlan& plan) { plan.endless = true; });
  }
  void stop_at(std::string method, bool silent) {
    *noting.before = [this, method, silent](std::string_view operation) {
      if (operation != method || stop.stop_requested()) return;
      stop.request_stop();
      if (!silent) return;
      for (auto const* each : {"WaitForUpdatesEx", "CancelTask"})
        host.cause({.method = each, .times = -1, .delay = 60s});
    };
  }
};

}  // namespace

TEST_CASE("a stop: the cancellation gets as long as the end of the task, the cleaning less") {
  Endless at;
  esxvi::Task task{at.noted, vim::PowerOnVM_Task{.self = at.vm}};
  at.stop_at("WaitForUpdatesEx", true);
  CHECK_THROWS_AS(task.wait({.stop = at.stop.get_token(), .settle = 700ms}), esxvi::task_cancelled);
  CHECK(at.noting.limits->at("CancelTask") <= 700ms);
  CHECK(hasty(at.noting.limits->at("DestroyPropertyCollector")));
  at.host.clear_troubles();
}

TEST_CASE("a task that ended: there is time to clean up") {
  Endless at;
  at.host.plan_tasks([](auto const&, auto, sim::TaskPlan& plan) { plan.endless = false; });
  esxvi::Task task{at.noted, vim::PowerOnVM_Task{.self = at.vm}};
  task.wait({.stop = at.stop.get_token()});
  CHECK(patient(at.noting.limits->at("DestroyPropertyCollector")));
}
