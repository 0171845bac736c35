// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// virsh on a host of a vCenter, and a machine that moves from one to the other.
#include <esxvi/types/HostSystem_properties.hpp>

#include "virsh.hpp"

using namespace esxvi::test;

namespace {

constexpr char const* first = "Datacenter/Cluster/esx01.example.test";
constexpr char const* second = "Datacenter/Cluster/esx02.example.test";

std::string host_of(Virsh& v, std::string_view machine) {
  return v.host.get<vim::HostSystem>(*v.machine(machine)->runtime.host)->name;
}

}  // namespace

TEST_CASE("a host of a vCenter") {
  NEED_VIRSH();
  Virsh v({.vcenter = true});
  CHECK(v.ok("hostname", {}, first) == "esx01.example.test\n");
  auto const all = v.ok("list --all", {}, first);
  CHECK(has(all, "web01 running"));
  CHECK(has(all, "test01 shut off"));
  CHECK(v.ok("list --all", {}, second) == "");
  CHECK(has(v.ok("dumpxml web01", {}, first),
            "<vmware:datacenterpath>Datacenter</vmware:datacenterpath>"));
  CHECK(has(v.ok("pool-list", {}, first), "datastore1 active"));
  CHECK(has(v.ok("vol-list datastore1", {}, first), "db01/db01.vmdk"));
  CHECK(has(v.ok("net-list --all", {}, first), "vSwitch0 active"));
  v.ok("suspend db01", {}, first);
  CHECK(v.power("db01") == Power::suspended);
  v.ok("resume db01", {}, first);
  v.ok("snapshot-create-as db01 one", {}, first);
  CHECK(v.machine("db01")->snapshot->rootSnapshotList.at(0).name == "one");
  v.ok("destroy db01", {}, first);
  v.ok("undefine db01", {}, first);
  CHECK(v.find("db01") == nullptr);
  CHECK(v.run("list", {}, "Datacenter/Cluster").first != 0);
  CHECK(v.run("list", {}, "Datacenter/Cluster/esx09.example.test").first != 0);
}

TEST_CASE("migration between two hosts") {
  NEED_VIRSH();
  Virsh v({.vcenter = true});
  REQUIRE(host_of(v, "web01") == "esx01.example.test");
  v.ok("migrate web01 --live '" + v.uri({}, second) + "'", {}, first);
  CHECK(host_of(v, "web01") == "esx02.example.test");
  CHECK(v.power("web01") == Power::poweredOn);
  CHECK(v.host.calls("ValidateMigration") == 1);
  CHECK(v.host.calls("MigrateVM_Task") == 1);
  CHECK(has(v.ok("list", {}, second), "web01 running"));
  CHECK(v.ok("list", {}, first).find("web01") == std::string::npos);
  // Back, and what a host in maintenance refuses.
  for (auto const& ref : v.host.all<vim::HostSystem>())
    if (v.host.get<vim::HostSystem>(ref)->name == "esx01.example.test")
      v.host.modify(ref, [](vim::HostSystem& h) { h.runtime.inMaintenanceMode = true; });
  auto const [status, text] = v.run("migrate web01 '" + v.uri({}, first) + "'", {}, second);
  CHECK(status == 1);
  CHECK(has(text, "maintenance mode"));
  CHECK(host_of(v, "web01") == "esx02.example.test");
}
