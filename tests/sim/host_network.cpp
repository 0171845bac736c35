// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Switches, port groups, firewall, and hosts that go into maintenance.
#include "sim/fixture.hpp"

#include <esxvi/types/Folder.hpp>
#include <esxvi/types/HostFirewallSystem.hpp>
#include <esxvi/types/HostFirewallSystem_properties.hpp>
#include <esxvi/types/HostNetworkSystem.hpp>
#include <esxvi/types/HostNetworkSystem_properties.hpp>
#include <esxvi/types/HostSystem.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualEthernetCard.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachineSnapshot.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::Ref;

namespace {

Ref<vim::HostNetworkSystem> const network("networkSystem");

vim::HostPortGroupSpec group(std::string name, std::string on, int vlan = 0) {
  vim::HostPortGroupSpec spec;
  spec.name = std::move(name);
  spec.vswitchName = std::move(on);
  spec.vlanId = vlan;
  return spec;
}

Ref<vim::Network> network_called(esxvi::sim::Host& host, std::string_view name) {
  Ref<vim::Network> found;
  for (auto const& ref : host.all<vim::Network>())
    if (host.get<vim::Network>(ref)->name == name) {
      CHECK(!found);
      found = ref;
    }
  return found;
}

std::vector<Ref<vim::HostSystem>> hosts_of(esxvi::sim::Host& host, std::string_view name) {
  auto const ref = network_called(host, name);
  return ref ? host.get<vim::Network>(ref)->host : std::vector<Ref<vim::HostSystem>>();
}

}  // namespace

TEST_CASE("port groups come and go with their networks") {
  Simulated s;
  auto session = s.open();
  vim::HostVirtualSwitchSpec spec;
  spec.numPorts = 64;
  vim::HostVirtualSwitchBondBridge bond;
  bond.nicDevice = {"vmnic1"};
  spec.bridge = bond;
  session.call(vim::AddVirtualSwitch{.self = network, .vswitchName = "lab", .spec = spec});
  CHECK(fault_of([&] {
          session.call(vim::AddVirtualSwitch{.self = network, .vswitchName = "lab"});
        }) == "AlreadyExists");
  CHECK(fault_of([&] {
          session.call(
              vim::AddVirtualSwitch{.self = network, .vswitchName = "other", .spec = spec});
        }) == "ResourceInUse");
  session.call(vim::AddPortGroup{.self = network, .portgrp = group("lab A", "lab", 7)});
  CHECK(fault_of([&] {
          session.call(vim::AddPortGroup{.self = network, .portgrp = group("lab B", "none")});
        }) == "NotFound");
  auto const info = s.host.get<vim::HostNetworkSystem>(network)->networkInfo;
  REQUIRE(info);
  REQUIRE(info->vswitch.size() == 2);
  CHECK(info->vswitch[1].portgroup == std::vector<std::string>{"key-vim.host.PortGroup-lab A"});
  CHECK(info->vswitch[1].pnic == std::vector<std::string>{"key-vim.host.PhysicalNic-vmnic1"});
  auto const there = s.host.all<vim::Network>();
  CHECK(there.size() == 2);
  s.host.add_vm("web01").network(there.back());
  CHECK(fault_of([&] { session.call(vim::RemovePortGroup{.self = network, .pgName = "lab A"}); }) ==
        "ResourceInUse");
  session.call(vim::AddPortGroup{.self = network, .portgrp = group("lab C", "lab")});
  session.call(vim::RemovePortGroup{.self = network, .pgName = "lab C"});
  CHECK(s.host.all<vim::Network>().size() == 2);
}

TEST_CASE("networks that a program adds have port groups") {
  Simulated s;
  s.host.add_network("backup");
  auto const h = s.host.get<vim::HostSystem>(s.host.places().host);
  bool found = false;
  for (auto const& g : h->config->network->portgroup) found = found || g.spec.name == "backup";
  CHECK(found);
}

TEST_CASE("rule sets of the firewall open and close") {
  Simulated s;
  auto session = s.open();
  Ref<vim::HostFirewallSystem> const firewall("firewallSystem");
  session.call(vim::EnableRuleset{.self = firewall, .id = "sshServer"});
  CHECK(s.host.get<vim::HostFirewallSystem>(firewall)->firewallInfo->ruleset[0].enabled);
  CHECK(fault_of([&] { session.call(vim::EnableRuleset{.self = firewall, .id = "none"}); }) ==
        "NotFound");
}

TEST_CASE("a host goes into maintenance when nothing runs on it") {
  Simulated s;
  auto const vm = s.host.add_vm("web01").powered_on().ref();
  auto session = s.open();
  auto const enter = [&] {
    auto const task =
        session.call(vim::EnterMaintenanceMode_Task{.self = s.host.places().host, .timeout = 60});
    s.host.advance(120s);
    auto const info = s.host.get<vim::Task>(task)->info;
    return info.error ? std::string(info.error->fault.type_name()) : "";
  };
  CHECK(enter() == "Timedout");
  s.host.modify(vm, [](vim::VirtualMachine& m) {
    m.runtime.powerState = vim::VirtualMachinePowerState::poweredOff;
  });
  CHECK(enter() == "");
  CHECK(s.host.get<vim::HostSystem>(s.host.places().host)->runtime.inMaintenanceMode);
  CHECK(enter() == "InvalidState");
  // It takes no machine that would run on it.
  auto const start = session.call(vim::PowerOnVM_Task{.self = vm});
  s.host.advance(10s);
  CHECK(s.host.get<vim::Task>(start)->info.error->fault.type_name() == "InvalidHostState");
}

TEST_CASE("a host goes into maintenance as soon as the last machine has been stopped") {
  Simulated s;
  auto const vm = s.host.add_vm("web01").powered_on().ref();
  auto session = s.open();
  for (int const timeout : {0, 3600}) {
    auto const task = session.call(
        vim::EnterMaintenanceMode_Task{.self = s.host.places().host, .timeout = timeout});
    auto const state = [&] { return s.host.get<vim::Task>(task)->info.state.value(); };
    s.host.advance(1000s);
    CHECK(state() == vim::TaskInfoState::running);
    session.call(vim::PowerOffVM_Task{.self = vm});
    s.host.advance(1s);
    CHECK(state() == vim::TaskInfoState::success);
    session.call(vim::ExitMaintenanceMode_Task{.self = s.host.places().host, .timeout = 0});
    s.host.advance(1s);
    session.call(vim::PowerOnVM_Task{.self = vm});
    s.host.advance(10s);
    CHECK(s.host.get<vim::VirtualMachine>(vm)->runtime.powerState ==
          vim::VirtualMachinePowerState::poweredOn);
  }
  // Without a limit it waits until somebody cancels it.
  auto const task =
      session.call(vim::EnterMaintenanceMode_Task{.self = s.host.places().host, .timeout = 0});
  s.host.advance(std::chrono::hours(100));
  CHECK(s.host.get<vim::Task>(task)->info.state == vim::TaskInfoState::running);
  s.host.cancel_task(task);
  CHECK_FALSE(s.host.get<vim::HostSystem>(s.host.places().host)->runtime.inMaintenanceMode);
}

TEST_CASE("what happens within the time that passes is seen before that time is over") {
  Simulated s;
  auto const vm = s.host.add_vm("web01").powered_on().ref();
  auto session = s.open();
  auto const task =
      session.call(vim::EnterMaintenanceMode_Task{.self = s.host.places().host, .timeout = 60});
  session.call(vim::PowerOffVM_Task{.self = vm});
  s.host.advance(120s);
  CHECK(s.host.get<vim::Task>(task)->info.state == vim::TaskInfoState::success);
}

TEST_CASE("a whole configuration is changed at once, or not at all") {
  Simulated s;
  auto session = s.open();
  vim::HostNetworkConfig config;
  vim::HostVirtualSwitchConfig lab;
  lab.changeOperation = "add";
  lab.name = "lab";
  lab.spec.emplace().numPorts = 64;
  config.vswitch.push_back(lab);
  vim::HostPortGroupConfig vmotion;
  vmotion.changeOperation = "add";
  vmotion.spec = group("vMotion", "lab", 3);
  config.portgroup.push_back(vmotion);
  vim::HostVirtualNicConfig nic;
  nic.changeOperation = "add";
  nic.portgroup = "vMotion";
  nic.spec.emplace().mtu = 9000;
  config.vnic.push_back(nic);
  vim::HostDnsConfig dns;
  dns.hostName = "esx77";
  dns.domainName = "lab.test";
  config.dnsConfig = dns;
  auto const result = session.call(vim::UpdateNetworkConfig{
      .self = network, .config = config, .changeMode = std::string("modify")});
  CHECK(result.vnicDevice == std::vector<std::string>{"vmk1"});
  auto const now = [&] { return *s.host.get<vim::HostNetworkSystem>(network)->networkInfo; };
  CHECK(now().vswitch.size() == 2);
  CHECK(now().vnic.at(1).spec.mtu == 9000);
  CHECK(now().dnsConfig->hostName == "esx77");
  CHECK(s.host.all<vim::Network>().size() == 2);

  // The second entry is refused: the first has not happened either.
  vim::HostNetworkConfig wrong;
  lab.name = "other";
  wrong.vswitch.push_back(lab);
  wrong.portgroup.push_back(vmotion);
  CHECK(fault_of([&] {
          session.call(vim::UpdateNetworkConfig{
              .self = network, .config = wrong, .changeMode = std::string("modify")});
        }) == "AlreadyExists");
  CHECK(now().vswitch.size() == 2);
  CHECK(fault_of([&] {
          session.call(vim::UpdateNetworkConfig{
              .self = network, .config = wrong, .changeMode = std::string("replace")});
        }) == "NotSupported");

  vim::HostVirtualNicSpec moved;
  moved.mtu = 1400;
  session.call(vim::UpdateVirtualNic{.self = network, .device = "vmk1", .nic = moved});
  CHECK(now().vnic.at(1).spec.mtu == 1400);
  CHECK(fault_of([&] {
          session.call(vim::UpdateVirtualNic{.self = network, .device = "vmk9", .nic = moved});
        }) == "NotFound");
  vim::HostNetworkConfig gone;
  nic.changeOperation = "remove";
  nic.device = "vmk1";
  gone.vnic.push_back(nic);
  vmotion.changeOperation = "remove";
  // Switches come first, so the adapter is still on the group.
  gone.portgroup.push_back(vmotion);
  CHECK(fault_of([&] {
          session.call(vim::UpdateNetworkConfig{
              .self = network, .config = gone, .changeMode = std::string("modify")});
        }) == "ResourceInUse");
  session.call(vim::RemoveVirtualNic{.self = network, .device = "vmk1"});
  session.call(vim::RemovePortGroup{.self = network, .pgName = "vMotion"});
  CHECK(s.host.all<vim::Network>().size() == 1);
}

TEST_CASE("a machine of a host without networks has no card") {
  Simulated s;
  auto session = s.open();
  session.call(vim::RemovePortGroup{.self = network, .pgName = "VM Network"});
  CHECK(!s.host.places().network);
  auto const cards = [&](Ref<vim::VirtualMachine> const& vm) {
    return s.host.get<vim::VirtualMachine>(vm)->summary.config.numEthernetCards;
  };
  CHECK(cards(s.host.add_vm("described")) == 0);
  vim::VirtualMachineConfigSpec spec;
  spec.name = "made";
  auto const made = session.call(vim::CreateVM_Task{
      .self = s.host.places().vm_folder, .config = spec, .pool = s.host.places().pool});
  s.host.advance(10s);
  CHECK_FALSE(s.host.get<vim::Task>(made)->info.error.has_value());
  // The next one that there is takes the place of the first.
  session.call(vim::AddPortGroup{.self = network, .portgrp = group("LAN", "vSwitch0")});
  CHECK(s.host.places().network == network_called(s.host, "LAN"));
  CHECK(cards(s.host.add_vm("connected")) == 1);
}

TEST_CASE("the name of a renamed port group is free for another one") {
  Simulated s;
  auto session = s.open();
  auto const add = [&](std::string name) {
    session.call(vim::AddPortGroup{.self = network, .portgrp = group(name, "vSwitch0")});
  };
  auto const rename = [&](std::string from, std::string to) {
    session.call(
        vim::UpdatePortGroup{.self = network, .pgName = from, .portgrp = group(to, "vSwitch0")});
  };
  add("A");
  auto const first = network_called(s.host, "A");
  rename("A", "B");
  add("A");
  CHECK(network_called(s.host, "B") == first);
  CHECK(network_called(s.host, "A") != first);
  rename("A", "C");
  add("A");
  CHECK(s.host.all<vim::Network>().size() == 4);
  CHECK(fault_of([&] { add("A"); }) == "AlreadyExists");
  CHECK(s.host.all<vim::Network>().size() == 4);

  CHECK(fault_of([&] { rename("A", ""); }) == "InvalidArgument");
  CHECK(fault_of([&] {
          session.call(vim::UpdatePortGroup{
              .self = network, .pgName = "A", .portgrp = group("A", "vSwitch0", 4096)});
        }) == "InvalidArgument");

  // Adapters of the host go along.
  rename("Management Network", "management");
  auto const info = *s.host.get<vim::HostNetworkSystem>(network)->networkInfo;
  CHECK(info.vnic.at(0).portgroup == "management");
  CHECK(fault_of([&] {
          session.call(vim::RemovePortGroup{.self = network, .pgName = "management"});
        }) == "ResourceInUse");
}

TEST_CASE("a configuration that comes back does not name a network that has gone") {
  Simulated s;
  auto session = s.open();
  session.call(vim::AddPortGroup{.self = network, .portgrp = group("lab", "vSwitch0")});
  Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01").network(network_called(s.host, "lab"));
  auto const ends = [&](Ref<vim::Task> const& task) {
    s.host.advance(10s);
    auto const info = s.host.get<vim::Task>(task)->info;
    return info.error ? std::string(info.error->fault.type_name()) : "";
  };
  CHECK(ends(session.call(vim::CreateSnapshot_Task{
            .self = vm, .name = "one", .memory = false, .quiesce = false})) == "");
  auto const backing = [](esxvi::Poly<vim::VirtualDevice> const& card) {
    return *card->backing.as<vim::VirtualEthernetCardNetworkBackingInfo>();
  };
  auto const card = [&] {
    for (auto const& d : s.host.get<vim::VirtualMachine>(vm)->config->hardware.device)
      if (d.is<vim::VirtualEthernetCard>()) return d;
    return esxvi::Poly<vim::VirtualDevice>();
  };
  vim::VirtualDeviceConfigSpec change;
  change.operation = vim::VirtualDeviceConfigSpecOperation::edit;
  change.device = card();
  auto other = backing(card());
  other.deviceName = "VM Network";
  change.device->backing = other;
  vim::VirtualMachineConfigSpec spec;
  spec.deviceChange.emplace_back(change);
  CHECK(ends(session.call(vim::ReconfigVM_Task{.self = vm, .spec = spec})) == "");
  CHECK(backing(card()).network == s.host.places().network);
  session.call(vim::RemovePortGroup{.self = network, .pgName = "lab"});
  CHECK(ends(session.call(vim::RevertToCurrentSnapshot_Task{.self = vm})) == "");
  CHECK(backing(card()).deviceName == "lab");
  CHECK_FALSE(backing(card()).network.has_value());
  CHECK(s.host.get<vim::VirtualMachine>(vm)->network.empty());
}

TEST_CASE("hosts of a vCenter have port groups of their own, and share networks by name") {
  Simulated s({.vcenter = true});
  auto session = s.open();
  auto const hosts = s.host.all<vim::HostSystem>();
  REQUIRE(hosts.size() == 2);
  auto const on = [&](std::size_t i) {
    return *s.host.get<vim::HostSystem>(hosts.at(i))->configManager.networkSystem;
  };
  auto const add = [&](std::size_t i, std::string name) {
    session.call(vim::AddPortGroup{.self = on(i), .portgrp = group(name, "vSwitch0")});
  };
  auto const rename = [&](std::size_t i, std::string from, std::string to) {
    session.call(
        vim::UpdatePortGroup{.self = on(i), .pgName = from, .portgrp = group(to, "vSwitch0")});
  };
  add(0, "X");
  CHECK(hosts_of(s.host, "X") == std::vector{hosts[0]});
  CHECK(s.host.get<vim::HostSystem>(hosts[1])->network.size() == 1);
  CHECK(s.host.get<vim::HostSystem>(hosts[1])->config->network->portgroup.size() == 2);
  add(1, "X");
  CHECK(hosts_of(s.host, "X") == hosts);
  CHECK(s.host.get<vim::HostSystem>(hosts[1])->network.back() == network_called(s.host, "X"));
  CHECK(fault_of([&] { add(1, "X"); }) == "AlreadyExists");

  // The machine's card names what is no more, as it would when the host is an ESX.
  Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01").network(network_called(s.host, "X"));
  rename(0, "X", "Y");
  CHECK(hosts_of(s.host, "X") == std::vector{hosts[1]});
  CHECK(hosts_of(s.host, "Y") == std::vector{hosts[0]});
  rename(1, "X", "Y");
  CHECK(hosts_of(s.host, "X").empty());
  CHECK(hosts_of(s.host, "Y") == hosts);
  CHECK(s.host.get<vim::VirtualMachine>(vm)->network.empty());

  session.call(vim::RemovePortGroup{.self = on(0), .pgName = "Y"});
  CHECK(hosts_of(s.host, "Y") == std::vector{hosts[1]});
  session.call(vim::RemovePortGroup{.self = on(1), .pgName = "Y"});
  CHECK(s.host.all<vim::Network>().size() == 1);

  // In use is a group of the host that the machine is on.
  add(0, "Z");
  add(1, "Z");
  s.host.add_vm("web02").host(hosts[1]).network(network_called(s.host, "Z"));
  session.call(vim::RemovePortGroup{.self = on(0), .pgName = "Z"});
  CHECK(hosts_of(s.host, "Z") == std::vector{hosts[1]});
  CHECK(fault_of([&] { session.call(vim::RemovePortGroup{.self = on(1), .pgName = "Z"}); }) ==
        "ResourceInUse");
}

TEST_CASE(
    "a network goes with the group of its last host, also from machines that have moved away") {
  Simulated s({.vcenter = true});
  auto session = s.open();
  auto const hosts = s.host.all<vim::HostSystem>();
  REQUIRE(hosts.size() == 2);
  auto const first = *s.host.get<vim::HostSystem>(hosts[0])->configManager.networkSystem;
  vim::HostVirtualSwitchSpec spec;
  spec.numPorts = 64;
  session.call(vim::AddVirtualSwitch{.self = first, .vswitchName = "lab", .spec = spec});
  session.call(vim::AddPortGroup{.self = first, .portgrp = group("lab A", "lab")});
  Ref<vim::VirtualMachine> const vm =
      s.host.add_vm("web01").host(hosts[0]).network(network_called(s.host, "lab A"));
  session.call(vim::MigrateVM_Task{
      .self = vm, .host = hosts[1], .priority = vim::VirtualMachineMovePriority::defaultPriority});
  s.host.advance(10s);
  REQUIRE(s.host.get<vim::VirtualMachine>(vm)->runtime.host == hosts[1]);
  SUBCASE("the group alone") {
    session.call(vim::RemovePortGroup{.self = first, .pgName = "lab A"});
  }
  SUBCASE("with its switch") {
    session.call(vim::RemoveVirtualSwitch{.self = first, .vswitchName = "lab"});
  }
  CHECK(!network_called(s.host, "lab A"));
  CHECK(s.host.get<vim::VirtualMachine>(vm)->network.empty());
  for (auto const& d : s.host.get<vim::VirtualMachine>(vm)->config->hardware.device)
    if (d.is<vim::VirtualEthernetCard>())
      CHECK_FALSE(d->backing.as<vim::VirtualEthernetCardNetworkBackingInfo>()->network.has_value());
}
