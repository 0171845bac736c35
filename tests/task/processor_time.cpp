// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Waiting costs next to no processor time. CTest runs this alone.
#include "task/dialogue.hpp"

#include <esxvi/sim.hpp>

#include <chrono>
#include <ctime>

#include "support/must_be_sound.hpp"

using namespace esxvi::test;
using namespace std::chrono_literals;
namespace sim = esxvi::sim;

TEST_CASE("waiting costs next to no processor time") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running)});
  for (int i = 0; i < 10; ++i) at.no_news().delay(100ms);
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  std::clock_t const before = std::clock();
  task.wait();
  double const used = 1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  MESSAGE("11 polls in a second: ", used, " ms of processor time");
  CHECK(used < 200);  // one that turns in circles uses about 1000; the bench measures the rest
}

TEST_CASE("waiting takes next to no processor time, but for what there is to tell") {
  sim::Host host;  // in real time: whoever turns in circles would be found out
  MustBeSound const host_is_sound{host};
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("slow");
  host.plan_tasks([](auto const&, auto, sim::TaskPlan& p) {
    p.running = 1s;
    p.progress = {10, 20, 30, 40, 50, 60, 70, 80, 90};
  });
  esxvi::Session session{sim::Transport(host), "https://esx01.example.test/sdk", {"root", "esxvi"}};
  esxvi::Task task{session, vim::PowerOnVM_Task{.self = vm}};
  std::clock_t const before = std::clock();
  task.wait();
  double const used = 1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  MESSAGE("client and host together: ", used, " ms of processor time");
  CHECK(used < 200);  // one that turns in circles uses about 1000
}
