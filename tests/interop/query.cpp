// Reading properties from the simulator: paths, structs, streams, and the task behind a method.
#include "interop/vsphere.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/InvalidState.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

struct Machine {
  esxvi::Ref<vim::VirtualMachine> vm;
  std::string name;
  esxvi::Enum<vim::VirtualMachinePowerState> power;
};
BOOST_DESCRIBE_STRUCT(Machine, (), (vm, name, power))

/// The end of a task, whichever it is.
vim::TaskInfo finished(esxvi::Session& session, esxvi::Ref<vim::Task> const& task) {
  auto const until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < until) {
    auto const rows = session.retrieve<vim::Task, "info">({.objects = {task}});
    REQUIRE(rows.size() == 1);
    vim::TaskInfo const& info = std::get<1>(rows[0]);
    if (info.state == vim::TaskInfoState::success || info.state == vim::TaskInfoState::error)
      return info;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL("the task does not end");
  return {};
}

}  // namespace

template <>
struct esxvi::projection<Machine>
    : esxvi::project<vim::VirtualMachine, "name", "runtime.powerState"> {};

TEST_CASE("names, states and sizes of all virtual machines in one request") {
  ESXVI_NEED_PEER();
  struct {
    std::vector<std::string> arguments;
    std::size_t machines;
  } const kinds[] = {{esx, 3}, {vcenter, 6}};
  for (auto const& kind : kinds) {
    CAPTURE(kind.machines);
    Peer const peer(kind.arguments);
    esxvi::Session session = open(peer);
    auto const before = session.requests();
    auto const rows = session.retrieve<vim::VirtualMachine, "name", "runtime.powerState",
                                       "config.hardware.memoryMB">();
    CHECK(session.requests() == before + 1);
    CHECK(rows.missing().empty());
    REQUIRE(rows.size() == kind.machines);
    std::set<std::string> names;
    for (auto const& [vm, name, power, memory] : rows) {
      CHECK(vm.value().starts_with("vm-"));
      names.insert(name);
      CHECK(power == vim::VirtualMachinePowerState::poweredOn);
      CHECK(memory == 32);
    }
    CHECK(names.size() == kind.machines);
  }
}

TEST_CASE("into a struct of the user's own") {
  ESXVI_NEED_PEER();
  Peer const peer({"-esx", "-vm", "2", "-off"});
  esxvi::Session session = open(peer);
  auto const rows = session.retrieve<Machine>();
  REQUIRE(rows.size() == 2);
  for (auto const& row : rows) {
    CHECK(row.vm.value().starts_with("vm-"));
    CHECK(row.power == vim::VirtualMachinePowerState::poweredOff);
  }
}

TEST_CASE("for_each stops when it is told to") {
  ESXVI_NEED_PEER();
  Peer const peer(vcenter);
  esxvi::Session session = open(peer);
  int seen = 0;
  session.for_each<Machine>([&](Machine const&) { return ++seen < 2; });
  CHECK(seen == 2);
  // The session is as good as before.
  CHECK(session.retrieve<Machine>().size() == 6);
}

TEST_CASE("a method starts a task; the fault of a task that fails is an object") {
  ESXVI_NEED_PEER();
  Peer const peer(esx);
  esxvi::Session session = open(peer);
  auto const vm = std::get<0>(session.retrieve<vim::VirtualMachine, "name">().at(0));

  auto const off = finished(session, session.call(vim::PowerOffVM_Task{.self = vm}));
  CHECK(off.state == vim::TaskInfoState::success);
  auto const power = session.retrieve<vim::VirtualMachine, "runtime.powerState">({.objects = {vm}});
  REQUIRE(power.size() == 1);
  CHECK(std::get<1>(power[0]) == vim::VirtualMachinePowerState::poweredOff);

  auto const again = finished(session, session.call(vim::PowerOffVM_Task{.self = vm}));
  CHECK(again.state == vim::TaskInfoState::error);
  REQUIRE(again.error.has_value());
  auto const* const why = again.error->fault.as<vim::InvalidPowerState>();
  REQUIRE(why != nullptr);
  CHECK(why->existingState == vim::VirtualMachinePowerState::poweredOff);
}

TEST_CASE("an object that is gone is left out of a query, and named by a method's fault") {
  ESXVI_NEED_PEER();
  Peer const peer(esx);
  esxvi::Session session = open(peer);
  esxvi::Ref<vim::VirtualMachine> const nobody("vm-424242");
  try {
    session.call(vim::PowerOnVM_Task{.self = nobody});
    FAIL("powered on");
  } catch (esxvi::fault const& e) {
    CHECK(e.type_name() == "ManagedObjectNotFound");
    CHECK(std::string(e.what()).find("vm-424242") != std::string::npos);
  }
  CHECK(session.retrieve<vim::VirtualMachine, "name">({.objects = {nobody}}).empty());
}
