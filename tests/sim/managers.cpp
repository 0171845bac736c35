// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What clients ask of a host's managers beside machines: pools, network, storage, services,
// licences. All of it is in a saved state.
#include "sim/vm_fixture.hpp"

#include <esxvi/sim/host_storage.hpp>
#include <esxvi/sim/save.hpp>
#include <esxvi/types/ClusterPowerOnVmResult.hpp>
#include <esxvi/types/Datacenter.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/HostDatastoreSystem.hpp>
#include <esxvi/types/HostFirewallSystem.hpp>
#include <esxvi/types/HostFirewallSystem_properties.hpp>
#include <esxvi/types/HostInternetScsiHba.hpp>
#include <esxvi/types/HostNetworkSystem.hpp>
#include <esxvi/types/HostNetworkSystem_properties.hpp>
#include <esxvi/types/HostServiceSystem.hpp>
#include <esxvi/types/HostServiceSystem_properties.hpp>
#include <esxvi/types/HostStorageSystem.hpp>
#include <esxvi/types/HostStorageSystem_properties.hpp>
#include <esxvi/types/LicenseAssignmentManager.hpp>
#include <esxvi/types/LicenseManager.hpp>
#include <esxvi/types/LicenseManager_properties.hpp>
#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/PerformanceManager_properties.hpp>
#include <esxvi/types/ResourcePool.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>

#include <sstream>
#include <string>

using namespace esxvi::test;
using esxvi::Ref;
namespace sim = esxvi::sim;

namespace {

struct Managed : Machines {
  using Machines::Machines;

  Ref<vim::ResourcePool> pool(Ref<vim::ResourcePool> const& parent, std::string name) {
    vim::ResourceConfigSpec spec;
    spec.cpuAllocation.limit = 1000;
    spec.memoryAllocation.limit = 2048;
    return session.call(
        vim::CreateResourcePool{.self = parent, .name = std::move(name), .spec = spec});
  }
  std::unique_ptr<sim::Host> again() {
    std::stringstream file;
    sim::save_state(host, file);
    return sim::load_state(file);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Managed, "pools come with a configuration, are changed, and go; machines stay") {
  auto const root = host.places().pool;
  auto const lab = pool(root, "lab");
  auto const inner = pool(lab, "inner");
  CHECK(fault_of([&] { pool(root, "lab"); }) == "DuplicateName");
  CHECK(fault_of([&] { pool(root, ""); }) == "InvalidName");
  auto const made = host.get<vim::ResourcePool>(inner);
  CHECK(made->parent->value() == lab.value());
  CHECK(made->config.cpuAllocation.limit == 1000);
  CHECK(made->summary->name == "inner");
  CHECK(made->owner == host.places().compute_resource);
  vim::ResourceConfigSpec less;
  less.cpuAllocation.limit = 500;
  session.call(vim::UpdateConfig{.self = inner, .name = std::string("small"), .config = less});
  auto const changed = host.get<vim::ResourcePool>(inner);
  CHECK(changed->name == "small");
  CHECK(changed->config.cpuAllocation.limit == 500);
  CHECK(changed->config.memoryAllocation.limit == 2048);
  CHECK(changed->summary->config.cpuAllocation.limit == 500);
  vim::ResourceConfigSpec wrong;
  wrong.cpuAllocation.limit = -2;
  CHECK(fault_of([&] { session.call(vim::UpdateConfig{.self = inner, .config = wrong}); }) ==
        "InvalidArgument");
  MachineRef const vm = host.add_vm("web01");
  host.modify(root, [&](vim::ResourcePool& p) { p.vm.clear(); });
  host.modify(inner, [&](vim::ResourcePool& p) { p.vm = {vm}; });
  host.modify(vm, [&](vim::VirtualMachine& m) { m.resourcePool = inner; });
  CHECK(again()->find<vim::ResourcePool>(inner)->name == "small");
  session.call(vim::DestroyChildren{.self = root});
  CHECK(host.all<vim::ResourcePool>().size() == 1);
  CHECK(host.get<vim::VirtualMachine>(vm)->resourcePool == root);
  auto const last = pool(root, "last");
  CHECK(does(vim::Destroy_Task{.self = Ref<vim::ManagedEntity>(last.type(), last.value())}) ==
        "success");
  CHECK(does(vim::Destroy_Task{.self = Ref<vim::ManagedEntity>(root.type(), root.value())}) ==
        "InvalidArgument");
}

TEST_CASE_FIXTURE(Managed, "the network system says in its own properties how it is set up") {
  Ref<vim::HostNetworkSystem> const network("networkSystem");
  auto const now = [&] { return host.get<vim::HostNetworkSystem>(network); };
  CHECK(now()->dnsConfig->hostName == "esx01");
  CHECK(now()->ipRouteConfig->defaultGateway == "192.0.2.1");
  REQUIRE(now()->networkConfig);
  CHECK(now()->networkConfig->vswitch.size() == 1);
  CHECK(now()->networkConfig->vnic.at(0).portgroup == "Management Network");
  vim::HostDnsConfig dns;
  dns.hostName = "esx77";
  session.call(vim::UpdateDnsConfig{.self = network, .config = dns});
  vim::HostIpRouteConfig routes;
  routes.defaultGateway = "192.0.2.254";
  session.call(vim::UpdateIpRouteConfig{.self = network, .config = routes});
  session.call(vim::UpdateConsoleIpRouteConfig{.self = network, .config = routes});
  session.call(vim::AddVirtualSwitch{.self = network, .vswitchName = "lab"});
  for (auto const& n : {now(), again()->get<vim::HostNetworkSystem>(network)}) {
    CHECK(n->dnsConfig->hostName == "esx77");
    CHECK(n->ipRouteConfig->defaultGateway == "192.0.2.254");
    CHECK(n->consoleIpRouteConfig->defaultGateway == "192.0.2.254");
    CHECK(n->networkConfig->dnsConfig->hostName == "esx77");
    CHECK(n->networkConfig->vswitch.size() == 2);
  }
}

TEST_CASE_FIXTURE(Managed, "iSCSI servers are added and removed, the adapter is switched") {
  Ref<vim::HostStorageSystem> const storage("storageSystem");
  auto const device = [&] { return *host.get<vim::HostStorageSystem>(storage)->storageDeviceInfo; };
  auto const iscsi = [&](auto const& info) {
    for (auto const& hba : info.hostBusAdapter)
      if (auto const* const found = hba.template as<vim::HostInternetScsiHba>()) return *found;
    return vim::HostInternetScsiHba{};
  };
  vim::HostInternetScsiHbaSendTarget target;
  target.address = "192.0.2.50";
  auto const add = [&](std::string const& hba) {
    return fault_of([&] {
      session.call(vim::AddInternetScsiSendTargets{
          .self = storage, .iScsiHbaDevice = hba, .targets = std::vector{target}});
    });
  };
  auto const remove = [&] {
    return fault_of([&] {
      session.call(vim::RemoveInternetScsiSendTargets{.self = storage,
                                                      .iScsiHbaDevice = std::string("vmhba64"),
                                                      .targets = std::vector{target}});
    });
  };
  CHECK(add("vmhba0") == "NotFound");
  CHECK(add("vmhba64") == "");
  CHECK(add("vmhba64") == "");
  REQUIRE(iscsi(device()).configuredSendTarget.size() == 1);
  auto const saved = again()->get<vim::HostStorageSystem>(storage);
  CHECK(iscsi(*saved->storageDeviceInfo).configuredSendTarget.size() == 1);
  target.port = 3260;  // as without it
  CHECK(remove() == "");
  CHECK(remove() == "NotFound");
  CHECK(iscsi(device()).configuredSendTarget.empty());
  session.call(vim::UpdateSoftwareInternetScsiEnabled{.self = storage, .enabled = false});
  CHECK_FALSE(device().softwareInternetScsiEnabled);
  CHECK(iscsi(device()).status == "offline");
}

TEST_CASE_FIXTURE(Managed, "a datastore is made from what the host offers for a disk") {
  sim::add_iscsi_target(
      host, {.address = "192.0.2.50", .name = "iqn.x", .disks = {std::int64_t{1} << 38}});
  Ref<vim::HostDatastoreSystem> const datastores("ha-datastoresystem");
  Ref<vim::HostStorageSystem> const storage("storageSystem");
  auto const disks = session.call(vim::QueryAvailableDisksForVmfs{.self = datastores});
  REQUIRE(disks.size() == 1);
  auto const partitions = [&](std::string const& path) {
    return session
        .call(vim::RetrieveDiskPartitionInfo{.self = storage, .devicePath = std::vector{path}})
        .at(0);
  };
  CHECK(partitions(disks[0].devicePath).layout.partition.empty());
  auto const offers = [&] {
    return session.call(vim::QueryVmfsDatastoreCreateOptions{.self = datastores,
                                                             .devicePath = disks[0].devicePath});
  };
  auto const offer = offers();
  REQUIRE(offer.size() == 1);
  CHECK(offer[0].info.as<vim::VmfsDatastoreAllExtentOption>() != nullptr);
  auto spec = *offer[0].spec.as<vim::VmfsDatastoreCreateSpec>();
  spec.vmfs.volumeName = "big";
  auto const made = session.call(vim::CreateVmfsDatastore{.self = datastores, .spec = spec});
  CHECK(host.get<vim::Datastore>(made)->name == "big");
  CHECK(partitions(disks[0].devicePath).spec.partition.at(0).type == "vmfs");
  CHECK(offers().empty());
  CHECK(fault_of([&] { static_cast<void>(partitions("/none")); }) == "NotFound");
}

TEST_CASE_FIXTURE(Managed, "services start by themselves or not, and the firewall is shut or not") {
  Ref<vim::HostServiceSystem> const services("serviceSystem");
  auto const policy = [&](std::string id, std::string value) {
    return fault_of([&] {
      session.call(vim::UpdateServicePolicy{
          .self = services, .id = std::move(id), .policy = std::move(value)});
    });
  };
  CHECK(policy("TSM-SSH", "on") == "");
  CHECK(policy("TSM-SSH", "maybe") == "InvalidArgument");
  CHECK(policy("none", "on") == "NotFound");
  session.call(vim::RefreshServices{.self = services});
  for (auto const& s : host.get<vim::HostServiceSystem>(services)->serviceInfo.service)
    if (s.key == "TSM-SSH") CHECK(s.policy == "on");
  Ref<vim::HostFirewallSystem> const firewall("firewallSystem");
  session.call(vim::UpdateDefaultPolicy{
      .self = firewall, .defaultPolicy = vim::HostFirewallDefaultPolicy{.outgoingBlocked = false}});
  auto const now = host.get<vim::HostFirewallSystem>(firewall)->firewallInfo->defaultPolicy;
  CHECK(now.incomingBlocked == true);
  CHECK(now.outgoingBlocked == false);
}

TEST_CASE_FIXTURE(Managed, "licences are decoded, added and removed") {
  Ref<vim::LicenseManager> const manager("ha-license-manager");
  std::string const key = "12345-ABCDE-12345-ABCDE-12345";
  auto const edition = [&] { return host.get<vim::LicenseManager>(manager)->licensedEdition; };
  CHECK(session.call(vim::DecodeLicense{.self = manager, .licenseKey = key}).licenseKey == key);
  CHECK(edition() == "eval");
  CHECK(session.call(vim::AddLicense{.self = manager, .licenseKey = key}).name ==
        "vSphere Enterprise Plus");
  CHECK(edition() != "eval");
  auto const assigned = session.call(vim::QueryAssignedLicenses{
      .self = *host.get<vim::LicenseManager>(manager)->licenseAssignmentManager});
  REQUIRE(assigned.size() == 1);
  CHECK(assigned[0].assignedLicense.licenseKey == key);
  CHECK(fault_of([&] {
          session.call(vim::UpdateLicense{.self = manager, .licenseKey = std::string("x")});
        }) == "InvalidArgument");
  session.call(vim::RemoveLicense{.self = manager, .licenseKey = key});
  CHECK(edition() == "eval");
  CHECK(fault_of([&] { session.call(vim::RemoveLicense{.self = manager, .licenseKey = key}); }) ==
        "InvalidArgument");
}

TEST_CASE_FIXTURE(Managed, "several machines are turned on at once, and one is ended") {
  MachineRef const one = host.add_vm("one");
  MachineRef const two = host.add_vm("two");
  auto const done = run(session.call(
      vim::PowerOnMultiVM_Task{.self = host.places().datacenter, .vm = std::vector{one, two}}));
  auto const* const result = done->info.result.as<vim::ClusterPowerOnVmResult>();
  REQUIRE(result != nullptr);
  REQUIRE(result->attempted.size() == 2);
  for (auto const& attempt : result->attempted)
    CHECK(run(*attempt.task)->info.state == vim::TaskInfoState::success);
  CHECK(host.get<vim::VirtualMachine>(two)->runtime.powerState == Power::poweredOn);
  session.call(vim::TerminateVM{.self = two});
  CHECK(host.get<vim::VirtualMachine>(two)->runtime.powerState == Power::poweredOff);
  CHECK(fault_of([&] { session.call(vim::TerminateVM{.self = two}); }) == "InvalidPowerState");
  session.call(vim::Reload{.self = Ref<vim::ManagedEntity>(two.type(), two.value())});
}

TEST_CASE("intervals of statistics: one on a host, four on a vCenter") {
  Simulated esx;
  CHECK(esx.host.get<vim::PerformanceManager>(Ref<vim::PerformanceManager>("ha-perfmgr"))
            ->historicalInterval.size() == 1);
  Simulated vc({.vcenter = true});
  auto const all = vc.host.get<vim::PerformanceManager>(Ref<vim::PerformanceManager>("PerfMgr"))
                       ->historicalInterval;
  REQUIRE(all.size() == 4);
  CHECK(all[3].samplingPeriod == 86400);
}
