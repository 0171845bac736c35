// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Tasks of a vSphere simulator that nobody here wrote: a power cycle, a snapshot, several at once.
#include "interop/vsphere.hpp"

#include <esxvi/query.hpp>
#include <esxvi/task.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/InvalidState.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

namespace vim = esxvi::types;
using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {

vim::VirtualMachinePowerState power_of(esxvi::Session& session,
                                       esxvi::Ref<vim::VirtualMachine> const& vm) {
  auto const rows = session.retrieve<vim::VirtualMachine, "runtime.powerState">({.objects = {vm}});
  REQUIRE(rows.size() == 1);
  return std::get<1>(rows[0]);
}

}  // namespace

TEST_CASE("a power cycle, with at most five requests a task and the polls") {
  ESXVI_NEED_PEER();
  for (auto const& arguments : {esx, vcenter}) {
    Peer const peer(arguments);
    esxvi::Session session = open(peer);
    auto const machines = session.retrieve<vim::VirtualMachine, "name">();
    REQUIRE_FALSE(machines.empty());
    auto const vm = std::get<0>(machines[0]);
    REQUIRE(power_of(session, vm) == vim::VirtualMachinePowerState::poweredOn);

    auto const before = session.requests();
    esxvi::Task<esxvi::AnswerDefault> off{session, vim::PowerOffVM_Task{.self = vm}};
    off.wait(1min);
    CHECK(session.requests() - before <= 5 + 3);
    CHECK(power_of(session, vm) == vim::VirtualMachinePowerState::poweredOff);

    int told = 0;
    esxvi::Task on{session, vim::PowerOnVM_Task{.self = vm}};
    on.wait([&](esxvi::Progress const& p) { told = p.percent; }, 1min);
    CHECK(told == 100);
    CHECK(power_of(session, vm) == vim::VirtualMachinePowerState::poweredOn);

    // Once more: the server refuses, in the request or in the task.
    auto const e = [&]() -> std::string {
      try {
        esxvi::run_task(session, vim::PowerOnVM_Task{.self = vm});
      } catch (esxvi::fault const& f) {
        CHECK(f.as<vim::InvalidPowerState>() != nullptr);
        return std::string(f.type_name());
      }
      return "nothing";
    }();
    CHECK(e == "InvalidPowerState");
  }
}

TEST_CASE("a snapshot's reference is the result, and several tasks are waited for together") {
  ESXVI_NEED_PEER();
  Peer const peer(vcenter);
  esxvi::Session session = open(peer);
  auto const machines = session.retrieve<vim::VirtualMachine, "name">();
  REQUIRE(machines.size() >= 2);
  auto const snapshot_of = [&](std::size_t i) {
    return esxvi::Task{
        session,
        vim::CreateSnapshot_Task{
            .self = std::get<0>(machines[i]), .name = "before", .memory = false, .quiesce = false}};
  };
  auto first = snapshot_of(0);
  auto second = snapshot_of(1);
  wait_all(first, second);
  esxvi::Ref<vim::VirtualMachineSnapshot> const made = first.result();
  CHECK(made.type() == "VirtualMachineSnapshot");
  CHECK_FALSE(made == second.result());
  auto const rows = session.retrieve<vim::VirtualMachine, "snapshot.currentSnapshot">(
      {.objects = {std::get<0>(machines[0])}});
  CHECK(std::get<1>(rows[0]) == made);

  // Of a task that has ended already, by its reference alone.
  esxvi::Task again{session, first.reference()};
  CHECK(again.wait(1min).as<esxvi::Ref<vim::VirtualMachineSnapshot>>() != nullptr);
  CHECK(again.poll().succeeded());
}
