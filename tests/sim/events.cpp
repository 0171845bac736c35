// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What is written down about machines.
#include "sim/vm_fixture.hpp"

#include <esxvi/types/EventHistoryCollector.hpp>
#include <esxvi/types/EventManager.hpp>
#include <esxvi/types/EventManager_properties.hpp>
#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/event/VmEvent.hpp>

#include <chrono>

using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {

struct Logged : Machines {
  using Machines::Machines;

  esxvi::Ref<vim::EventManager> manager{host.options().vcenter ? "EventManager" : "ha-eventmgr"};

  [[nodiscard]] std::vector<esxvi::Poly<vim::Event>> events() {
    return session.call(vim::QueryEvents{.self = manager, .filter = vim::EventFilterSpec{}});
  }
  /// "VmPoweredOnEvent web01, ..."
  [[nodiscard]] std::string story() {
    std::string out;
    for (auto const& e : events())
      out += (out.empty() ? "" : ", ") + std::string(e.type_name()) + " " + e->vm->name;
    return out;
  }
  MachineRef create(std::string name) {
    vim::VirtualMachineConfigSpec spec;
    spec.name = std::move(name);
    auto const done = run(session.call(vim::CreateVM_Task{
        .self = host.places().vm_folder, .config = spec, .pool = host.places().pool}));
    return MachineRef(done->info.result.as<esxvi::untyped_ref>()->value());
  }
  void rename(MachineRef const& vm, std::string name) {
    CHECK(does(vim::Rename_Task{.self = esxvi::Ref<vim::ManagedEntity>(vm.type(), vm.value()),
                                .newName = std::move(name)}) == "success");
  }
};

}  // namespace

TEST_CASE("the life of a machine, as events") {
  Logged s;
  auto const vm = s.create("web01");
  CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "success");
  s.session.call(vim::ShutdownGuest{.self = vm});
  s.host.advance(4s);
  vim::VirtualMachineConfigSpec spec;
  spec.memoryMB = 64;
  CHECK(s.reconfigure(vm, spec) == "success");
  s.rename(vm, "web02");
  s.session.call(vim::UnregisterVM{.self = vm});
  CHECK(s.does(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                    .path = "[datastore1] web01/web01.vmx",
                                    .asTemplate = false,
                                    .pool = s.host.places().pool}) == "success");
  MachineRef const again = s.host.all<vim::VirtualMachine>().at(0);
  CHECK(s.does(vim::Destroy_Task{
            .self = esxvi::Ref<vim::ManagedEntity>(again.type(), again.value())}) == "success");
  CHECK(s.story() ==
        "VmCreatedEvent web01, VmPoweredOnEvent web01, VmGuestShutdownEvent web01, "
        "VmPoweredOffEvent web01, VmReconfiguredEvent web01, VmRenamedEvent web02, "
        "VmRemovedEvent web02, VmRegisteredEvent web02, VmRemovedEvent web02");
  auto const all = s.events();
  auto const* const renamed = all[5].as<vim::VmRenamedEvent>();
  REQUIRE(renamed != nullptr);
  CHECK(renamed->oldName == "web01");
  CHECK(renamed->newName == "web02");
  auto const& on = *all[1];
  CHECK(on.userName == "root");
  CHECK(on.host->name == "esx01.example.test");
  CHECK(on.datacenter->name == "ha-datacenter");
  CHECK(on.fullFormattedMessage == "web01 on esx01.example.test in ha-datacenter is powered on");
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i]->key == all[i - 1]->key + 1);
  CHECK(s.host.get<vim::EventManager>(s.manager)->latestEvent->key == all.back()->key);
}

TEST_CASE("what fails leaves no event of success") {
  Logged s;
  MachineRef const vm = s.host.add_vm("web01");
  CHECK(s.does(vim::PowerOffVM_Task{.self = vm}) == "InvalidPowerState");
  CHECK(s.story() == "");
}

TEST_CASE("clones and migrations name where they came from") {
  Logged s({.vcenter = true});
  MachineRef const vm = s.host.add_vm("web01");
  auto const hosts = s.host.all<vim::HostSystem>();
  vim::VirtualMachineCloneSpec spec;
  CHECK(s.does(vim::CloneVM_Task{
            .self = vm, .folder = s.host.places().vm_folder, .name = "copy", .spec = spec}) ==
        "success");
  CHECK(s.does(vim::MigrateVM_Task{.self = vm,
                                   .host = hosts.at(1),
                                   .priority = vim::VirtualMachineMovePriority::defaultPriority}) ==
        "success");
  CHECK(s.story() == "VmClonedEvent copy, VmMigratedEvent web01");
  auto const all = s.events();
  CHECK(all[0].as<vim::VmClonedEvent>()->sourceVm.name == "web01");
  CHECK(all[1].as<vim::VmMigratedEvent>()->sourceHost.host == hosts.at(0));
  CHECK(all[1]->host->host == hosts.at(1));
}

TEST_CASE("a question is an event, and collectors see what fits") {
  Logged s;
  MachineRef const vm = s.host.add_vm("web01").serial_file("[datastore1] web01/serial.out");
  vim::EventFilterSpec filter;
  filter.eventTypeId = {"vim.event.VmMessageEvent"};
  auto const collector =
      s.session.call(vim::CreateCollectorForEvents{.self = s.manager, .filter = filter});
  CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "running");
  CHECK(s.question(vm) == "msg.serial.file.open");
  s.answer(vm, "0");
  s.host.advance(2s);
  auto const seen = s.session.call(vim::ReadNextEvents{.self = collector, .maxCount = 10});
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].as<vim::VmMessageEvent>()->message.starts_with("msg.serial.file.open:"));
  CHECK(s.session.call(vim::ReadNextEvents{.self = collector, .maxCount = 10}).empty());
}
