// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// virsh: what changes a machine's configuration, its snapshots, and machines that come and go.
#include <esxvi/types/HostAutoStartManager_properties.hpp>
#include <esxvi/types/VirtualDisk.hpp>

#include "virsh.hpp"

using namespace esxvi::test;

namespace {

std::string source_of(vim::VirtualMachine const& vm) {
  for (auto const& d : vm.config->hardware.device)
    if (auto const* b =
            d.is<vim::VirtualDisk>() ? d->backing.as<vim::VirtualDeviceFileBackingInfo>() : nullptr)
      return b->fileName;
  return {};
}

std::string domain(std::string const& name, std::string const& disk) {
  return "<domain type='vmware'><name>" + name +
         "</name><uuid>564d9bef-acd9-b4e0-c8f0-aea8b9103515</uuid><memory unit='MiB'>512</memory>"
         "<vcpu>2</vcpu><os><type arch='x86_64'>hvm</type></os><devices><disk type='file' "
         "device='disk'><source file='" +
         disk +
         "'/><target dev='sda' bus='scsi'/></disk><controller type='scsi' index='0' "
         "model='lsilogic'/><interface type='bridge'><mac address='00:0c:29:10:35:15'/><source "
         "bridge='VM Network'/><model type='e1000'/></interface></devices></domain>";
}

constexpr char const* volume =
    "<volume><name>made/made.vmdk</name><capacity unit='GiB'>2</capacity>"
    "<allocation>0</allocation><target><format type='vmdk'/></target></volume>";

}  // namespace

TEST_CASE("CPUs") {
  NEED_VIRSH();
  Virsh v;
  v.ok("start test01", "&auto_answer=1");
  v.ok("destroy test01");
  v.ok("setvcpus test01 3 --live");  // the driver takes no other flag
  CHECK(v.machine("test01")->config->hardware.numCPU == 3);
  CHECK(has(v.ok("dominfo test01"), "CPU(s): 3"));
  CHECK(has(v.refused("setvcpus test01 129 --live"), "128"));
  CHECK(has(v.refused("setvcpus web01 4 --live"), "CpuHotPlugNotSupported"));
  CHECK(v.machine("web01")->config->hardware.numCPU == 2);
  // The number that the driver tells is the host's, whichever one asks for.
  CHECK(v.ok("vcpucount web01 --maximum --live") == "128\n");
}

TEST_CASE("memory") {
  NEED_VIRSH();
  Virsh v;
  v.ok("setmem web01 1048576 --current");
  CHECK(v.machine("web01")->config->memoryAllocation->limit == 1024);
  CHECK(has(v.ok("dominfo web01"), "Used memory: 1048576 KiB"));
  v.ok("memtune web01 --min-guarantee 524288");
  CHECK(v.machine("web01")->config->memoryAllocation->reservation == 512);
  // virsh has no other way to change the maximum than a flag that the driver refuses.
  if (esxvi::test::run("/usr/bin/python3 -c 'import ctypes'").first == 0) {
    auto const set = [&](std::string const& what) {
      return v
          .program("/usr/bin/python3 " ESXVI_SOURCE_DIR "/tests/interop/sim/libvirt_call.py '" +
                   v.uri() + "' " + what)
          .first;
    };
    CHECK(set("db01 virDomainSetMaxMemory 8388608") == 3);  // it runs
    v.ok("destroy db01");
    CHECK(set("db01 virDomainSetMaxMemory 8388608") == 0);
    CHECK(v.machine("db01")->config->hardware.memoryMB == 8192);
    CHECK(set("db01 virDomainSetMemory 4194304") == 0);
    CHECK(v.machine("db01")->config->memoryAllocation->limit == 4096);
  }
}

TEST_CASE("the scheduler") {
  NEED_VIRSH();
  Virsh v;
  auto const before = v.ok("schedinfo web01");
  CHECK(has(before, "reservation : 0"));
  CHECK(has(before, "limit : -1"));
  CHECK(has(before, "shares : -2"));
  v.ok("schedinfo web01 reservation=100 limit=2000 shares=-3");
  auto now = *v.machine("web01")->config->cpuAllocation;
  CHECK(now.reservation == 100);
  CHECK(now.limit == 2000);
  CHECK(now.shares->level == vim::SharesLevel::high);
  CHECK(now.shares->shares == 4000);
  v.ok("schedinfo web01 shares=1500");
  now = *v.machine("web01")->config->cpuAllocation;
  CHECK(now.shares->level == vim::SharesLevel::custom);
  CHECK(now.shares->shares == 1500);
  CHECK(now.limit == 2000);
  CHECK(has(v.ok("schedinfo web01"), "shares : 1500"));
  CHECK(has(v.refused("schedinfo web01 reservation=3000"), "cpuAllocation"));
}

TEST_CASE("autostart") {
  NEED_VIRSH();
  Virsh v;
  auto const settings = [&] {
    return v.host.get<vim::HostAutoStartManager>(v.host.all<vim::HostAutoStartManager>().front())
        ->config;
  };
  CHECK(has(v.ok("dominfo web01"), "Autostart: disable"));
  v.ok("autostart web01");
  CHECK(settings().defaults->enabled == true);
  REQUIRE(settings().powerInfo.size() == 1);
  CHECK(settings().powerInfo[0].key == v.machine("web01")->summary.vm);
  CHECK(settings().powerInfo[0].startAction == "powerOn");
  CHECK(has(v.ok("dominfo web01"), "Autostart: enable"));
  CHECK(has(v.ok("list --autostart"), "web01"));
  v.ok("autostart web01 --disable");
  CHECK(settings().powerInfo[0].startAction == "none");
}

TEST_CASE("snapshots") {
  NEED_VIRSH();
  Virsh v;
  v.ok("snapshot-create-as db01 first 'before the change'");
  CHECK(source_of(*v.machine("db01")) == "[datastore1] db01/db01-000001.vmdk");
  CHECK(v.files()->exists("db01/db01-000001.vmdk"));
  CHECK(has(v.ok("dumpxml db01"), "<source file='[datastore1] db01/db01-000001.vmdk'/>"));
  v.ok("snapshot-create-as db01 second --disk-only");
  auto const tree = v.machine("db01")->snapshot->rootSnapshotList;
  REQUIRE(tree.size() == 1);
  CHECK(tree[0].description == "before the change");
  CHECK(tree[0].state == Power::poweredOn);
  REQUIRE(tree[0].childSnapshotList.size() == 1);
  CHECK(tree[0].childSnapshotList[0].state == Power::poweredOff);

  auto const list = v.ok("snapshot-list db01 --parent");
  CHECK(has(list, "shutoff first\n"));  // the parent of the other
  CHECK(v.ok("snapshot-list db01 --roots").find("second") == std::string::npos);
  CHECK(v.ok("snapshot-list db01 --leaves").find("first") == std::string::npos);
  CHECK(has(v.ok("snapshot-list db01 --from first --descendants"), "second"));
  CHECK(v.ok("snapshot-list db01 --metadata") == "");
  CHECK(has(v.ok("snapshot-info db01 first"), "Children: 1"));
  CHECK(has(v.ok("snapshot-info db01 --current"), "Name: second"));
  CHECK(v.ok("snapshot-parent db01 second") == "first");
  CHECK(v.ok("snapshot-current db01 --name") == "second");
  auto const xml = v.ok("snapshot-dumpxml db01 first");
  CHECK(has(xml, "<description>before the change</description>"));
  CHECK(has(xml, "<uuid>" + v.machine("db01")->config->uuid + "</uuid>"));
  CHECK(has(v.refused("snapshot-create-as db01 first"), "already exists"));
  CHECK(has(v.refused("snapshot-info db01 third"), "third"));

  v.ok("snapshot-revert db01 second");
  CHECK(v.power("db01") == Power::poweredOff);
  v.ok("snapshot-revert db01 first");
  CHECK(v.power("db01") == Power::poweredOn);
  CHECK(v.ok("snapshot-current db01 --name") == "first");
  v.ok("snapshot-create " + std::string("db01"));  // named after the time
  CHECK(v.machine("db01")->snapshot->rootSnapshotList[0].childSnapshotList.size() == 2);
  v.ok("snapshot-delete db01 second --metadata");  // deletes nothing: there is no metadata
  CHECK(v.machine("db01")->snapshot->rootSnapshotList[0].childSnapshotList.size() == 2);
  v.ok("snapshot-delete db01 second");
  CHECK(v.machine("db01")->snapshot->rootSnapshotList[0].childSnapshotList.size() == 1);
  v.ok("snapshot-delete db01 first --children");
  CHECK_FALSE(v.machine("db01")->snapshot.has_value());
  CHECK(source_of(*v.machine("db01")) == "[datastore1] db01/db01.vmdk");
  CHECK_FALSE(v.files()->exists("db01/db01-000001.vmdk"));
  CHECK(v.run("snapshot-current db01 --name").first != 0);
  // A name with & or < comes unescaped from the driver and is no XML.
  CHECK(has(v.refused("snapshot-create-as db01 'a&b'"), "could not be parsed"));
}

TEST_CASE("a machine is defined from XML, runs, and is undefined") {
  NEED_VIRSH();
  Virsh v;
  v.ok("vol-create datastore1 " + v.file("vol.xml", volume));
  auto const xml = v.file("domain.xml", domain("made here", "[datastore1] made/made.vmdk"));
  v.ok("define " + xml);
  auto const made = v.machine("made here");
  CHECK(made->config->uuid == "564d9bef-acd9-b4e0-c8f0-aea8b9103515");
  CHECK(made->config->hardware.numCPU == 2);
  CHECK(made->config->hardware.memoryMB == 512);
  CHECK(made->config->files.vmPathName == "[datastore1] made/made here.vmx");
  CHECK(source_of(*made) == "[datastore1] made/made.vmdk");
  CHECK(has(v.files()->read("made/made here.vmx")->text(), "00:0c:29:10:35:15"));
  CHECK(has(v.refused("define " + xml), "already exists"));
  // Without the directory the upload fails, and the driver crashes over the text of the failure:
  // left out.

  v.ok("start 'made here'");
  CHECK(v.power("made here") == Power::poweredOn);
  CHECK(has(v.refused("undefine 'made here'"), "not suspended or powered off"));
  v.ok("destroy 'made here'");
  v.ok("undefine 'made here' --snapshots-metadata");
  CHECK(v.find("made here") == nullptr);
  CHECK(v.files()->exists("made/made here.vmx"));  // its files stay
  CHECK(v.files()->exists("made/made.vmdk"));
  v.ok("undefine idle01");
  CHECK(v.find("idle01") == nullptr);
}
