// What a ConfigSpec changes in a machine, and its devices.
#include "sim/vm_fixture.hpp"

#include <esxvi/types/HostAutoStartManager.hpp>
#include <esxvi/types/HostAutoStartManager_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ParaVirtualSCSIController.hpp>
#include <esxvi/types/VirtualCdrom.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualE1000.hpp>
#include <esxvi/types/VirtualMachineSnapshot.hpp>
#include <esxvi/types/VirtualMachineSnapshot_properties.hpp>
#include <esxvi/types/VirtualNVMEController.hpp>
#include <esxvi/types/VirtualSATAController.hpp>
#include <esxvi/types/VirtualSerialPort.hpp>
#include <esxvi/types/VirtualVmxnet3.hpp>
#include <esxvi/vmx.hpp>

#include <chrono>
#include <limits>

using namespace esxvi::test;
using namespace std::chrono_literals;

TEST_CASE("a ConfigSpec changes what it sets and nothing else") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").memory(1024).cpus(2);
  auto const before = *s.at(vm)->config;
  vim::VirtualMachineConfigSpec spec;
  spec.memoryMB = 2048;
  spec.numCPUs = 4;
  spec.annotation = "two\nlines";
  spec.cpuAllocation.emplace().limit = 1500;
  spec.cpuAllocation->shares.emplace().level = vim::SharesLevel::high;
  spec.memoryAllocation.emplace().reservation = 512;
  spec.bootOptions.emplace().bootDelay = 5000;
  spec.extraConfig.push_back(option("guestinfo.role", "web"));
  CHECK(s.reconfigure(vm, spec) == "success");
  auto const now = s.at(vm);
  CHECK(now->config->hardware.memoryMB == 2048);
  CHECK(now->config->hardware.numCPU == 4);
  CHECK(now->summary.config.memorySizeMB == 2048);
  CHECK(now->config->annotation == "two\nlines");
  CHECK(now->config->cpuAllocation->limit == 1500);
  CHECK(now->config->cpuAllocation->reservation == 0);
  CHECK(now->config->cpuAllocation->shares->shares == 8000);
  CHECK(now->config->memoryAllocation->reservation == 512);
  CHECK(now->config->memoryAllocation->limit == -1);
  CHECK(now->config->bootOptions->bootDelay == 5000);
  CHECK(now->config->uuid == before.uuid);
  CHECK(now->config->hardware.device.size() == before.hardware.device.size());
  CHECK(now->config->changeVersion != before.changeVersion);
  auto const file = esxvi::vmx::read(esxvi::vmx::Document::parse(s.file("web01/web01.vmx")));
  CHECK(file.memory.size->count == 2048);
  CHECK(file.cpu.count == 4);
  CHECK(file.cpu.limit->count == 1500);
  CHECK(file.identity.annotation == std::string("two\nlines"));
  CHECK(s.file("web01/web01.vmx").find("guestinfo.role = \"web\"") != std::string::npos);
}

TEST_CASE("what a host refuses in a ConfigSpec changes nothing") {
  Machines s;
  MachineRef const off = s.host.add_vm("off");
  MachineRef const on = s.host.add_vm("on").powered_on();
  auto const spec = [](auto&& set) {
    vim::VirtualMachineConfigSpec out;
    out.annotation = "changed";
    set(out);
    return out;
  };
  using Spec = vim::VirtualMachineConfigSpec;
  CHECK(s.reconfigure(off, spec([](Spec& x) { x.memoryMB = 1023; })) == "InvalidArgument");
  for (std::int64_t const megabytes : {std::int64_t{6128} * 1024 + 4, std::int64_t{8'000'000'000}})
    CHECK(s.reconfigure(off, spec([&](Spec& x) { x.memoryMB = megabytes; })) == "InvalidArgument");
  CHECK(s.reconfigure(off, spec([](Spec& x) { x.numCPUs = 0; })) == "InvalidArgument");
  CHECK(s.reconfigure(off, spec([](Spec& x) { x.numCPUs = 1000; })) == "InvalidArgument");
  CHECK(s.reconfigure(off, spec([](Spec& x) { x.name = "on"; })) == "DuplicateName");
  CHECK(s.reconfigure(off, spec([](Spec& x) { x.name = ""; })) == "InvalidName");
  CHECK(s.reconfigure(off, spec([](Spec& x) { x.name = "two\nlines"; })) == "InvalidName");
  CHECK(s.reconfigure(off, spec([](Spec& x) { x.changeVersion = "old"; })) == "ConcurrentAccess");
  CHECK(s.reconfigure(on, spec([](Spec& x) { x.numCPUs = 2; })) == "CpuHotPlugNotSupported");
  CHECK(s.reconfigure(on, spec([](Spec& x) { x.memoryMB = 4096; })) == "MemoryHotPlugNotSupported");
  CHECK(s.reconfigure(on, spec([](Spec& x) { x.guestId = "otherGuest"; })) == "InvalidPowerState");
  CHECK(s.reconfigure(off, spec([](Spec& x) {
                        x.deviceChange = with_device(new_disk(1, 4711), true).deviceChange;
                      })) == "InvalidController");
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  for (std::int64_t const kilobytes :
       {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1} << 40, most / 1024 + 1, most}) {
    CAPTURE(kilobytes);
    for (bool const thin : {true, false})
      CHECK(s.reconfigure(
                off, spec([&](Spec& x) {
                  auto disk = new_disk(0);
                  disk.capacityInKB = kilobytes;
                  disk.backing.as<vim::VirtualDiskFlatVer2BackingInfo>()->thinProvisioned = thin;
                  x.deviceChange = with_device(disk, true).deviceChange;
                })) == "InvalidDeviceSpec");
    if (kilobytes <= 0) continue;
    CHECK(s.reconfigure(off, spec([&](Spec& x) {
                          auto disk = *device<vim::VirtualDisk>(*s.at(off));
                          disk.capacityInBytes.reset();
                          disk.capacityInKB = kilobytes;
                          x.deviceChange = with_device(disk).deviceChange;
                          x.deviceChange[0]->operation =
                              vim::VirtualDeviceConfigSpecOperation::edit;
                        })) == "InvalidDeviceSpec");
  }
  CHECK(s.at(off)->config->annotation == "");
  CHECK(s.at(on)->config->annotation == "");
}

TEST_CASE("devices come and go with keys, units and files of their own") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  CHECK(s.reconfigure(vm, with_device(new_disk(4), true)) == "success");
  auto const* disk = device<vim::VirtualDisk>(*s.at(vm), 1);
  REQUIRE(disk != nullptr);
  CHECK(disk->key == 2001);
  CHECK(disk->unitNumber == 1);
  CHECK(disk->backing.as<vim::VirtualDiskFlatVer2BackingInfo>()->fileName ==
        "[datastore1] web01/web01_1.vmdk");
  CHECK(s.host_files()->stat("web01/web01_1-flat.vmdk")->size == std::uint64_t{4} << 30);
  CHECK(s.at(vm)->summary.config.numVirtualDisks == 2);

  vim::VirtualVmxnet3 card;
  card.key = -2;
  vim::VirtualEthernetCardNetworkBackingInfo backing;
  backing.deviceName = "VM Network";
  card.backing = backing;
  CHECK(s.reconfigure(vm, with_device(card)) == "success");
  auto const* second = device<vim::VirtualVmxnet3>(*s.at(vm), 1);
  REQUIRE(second != nullptr);
  CHECK(second->key == 4001);
  CHECK(second->macAddress->starts_with("00:0c:29:"));
  CHECK(second->deviceInfo->label == "Network adapter 2");

  vim::VirtualMachineConfigSpec spec = with_device(*device<vim::VirtualDisk>(*s.at(vm), 1));
  spec.deviceChange[0]->operation = vim::VirtualDeviceConfigSpecOperation::remove;
  spec.deviceChange[0]->fileOperation = vim::VirtualDeviceConfigSpecFileOperation::destroy;
  CHECK(s.reconfigure(vm, spec) == "success");
  CHECK(device<vim::VirtualDisk>(*s.at(vm), 1) == nullptr);
  CHECK_FALSE(s.host_files()->exists("web01/web01_1.vmdk"));
}

TEST_CASE("a disk moves to a free slot of a controller, and nowhere else") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").disk(8).disk(4);
  vim::ParaVirtualSCSIController added;
  added.key = -5;
  CHECK(s.reconfigure(vm, with_device(added)) == "success");
  auto const move = [&](esxvi::Poly<vim::VirtualDevice> d, std::int32_t to, std::int32_t unit) {
    d->controllerKey = to;
    d->unitNumber = unit;
    auto spec = with_device(std::move(d));
    spec.deviceChange[0]->operation = vim::VirtualDeviceConfigSpecOperation::edit;
    return s.reconfigure(vm, spec);
  };
  auto const first = *device<vim::VirtualDisk>(*s.at(vm));
  auto const text = s.file("web01/web01.vmx");
  struct {
    std::int32_t controller, unit;
    char const* fault;
  } const refused[] = {
      {9999, 3, "InvalidController"},  // nothing
      {2001, 3, "InvalidController"},  // another disk
      {100, 3, "InvalidController"},   // has no slots for drives
      {1000, 1, "InvalidDeviceSpec"},  // the other disk's
      {1000, 7, "InvalidDeviceSpec"},  // the controller's own
      {1000, -1, "InvalidDeviceSpec"}, {1000, 16, "InvalidDeviceSpec"},
      {200, 2, "InvalidDeviceSpec"},
  };
  for (auto const& [controller, unit, fault] : refused) {
    CAPTURE(controller);
    CAPTURE(unit);
    CHECK(move(first, controller, unit) == fault);
  }
  CHECK(move(*device<vim::ParaVirtualSCSIController>(*s.at(vm)), 200, 1) == "InvalidController");
  CHECK(s.file("web01/web01.vmx") == text);
  auto const second_bus = *device<vim::ParaVirtualSCSIController>(*s.at(vm), 1);
  CHECK(move(second_bus, second_bus.key, 3) == "InvalidController");

  CHECK(move(first, second_bus.key, 3) == "success");
  CHECK(device<vim::VirtualDisk>(*s.at(vm))->key == 2019);
  CHECK(device<vim::ParaVirtualSCSIController>(*s.at(vm), 0)->device == std::vector{2001});
  CHECK(device<vim::ParaVirtualSCSIController>(*s.at(vm), 1)->device == std::vector{2019});
  auto const now = s.file("web01/web01.vmx");
  CHECK(now.find("scsi1:3.fileName = \"web01.vmdk\"") != std::string::npos);
  CHECK(now.find("scsi0:0.") == std::string::npos);
  CHECK(s.reconfigure(vm, with_device(new_disk(1), true)) == "success");
  CHECK(device<vim::VirtualDisk>(*s.at(vm), 2)->key == 2000);
}

TEST_CASE("a device whose file can be on no datastore changes nothing") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  auto const cd = *device<vim::VirtualCdrom>(*s.at(vm));
  auto const with_file = [&](std::string file, bool added) {
    auto d = cd;
    vim::VirtualCdromIsoBackingInfo backing;
    backing.fileName = std::move(file);
    d.backing = std::move(backing);
    if (added) d.key = -1;
    auto spec = with_device(std::move(d));
    if (added) spec.deviceChange[0]->device->unitNumber.reset();
    if (!added) spec.deviceChange[0]->operation = vim::VirtualDeviceConfigSpecOperation::edit;
    spec.annotation = "changed";
    return s.reconfigure(vm, spec);
  };
  for (bool const added : {false, true})
    for (char const* file : {"[nowhere] x.iso", "x.iso", "[datastore1"}) {
      CAPTURE(added);
      CAPTURE(file);
      CHECK(with_file(file, added) == "InvalidDatastorePath");
      CHECK(s.at(vm)->config->annotation != "changed");
    }
  CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "success");
  CHECK(s.does(vim::PowerOffVM_Task{.self = vm}) == "success");
  CHECK(with_file("[datastore1] x.iso", false) == "success");
  CHECK(with_file("[datastore1] y.iso", true) == "success");
}

TEST_CASE("a machine has as many controllers as fit, and no drives behind anything else") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  vim::ParaVirtualSCSIController another;
  another.key = -5;
  for (int i = 0; i < 3; ++i) CHECK(s.reconfigure(vm, with_device(another)) == "success");
  CHECK(s.reconfigure(vm, with_device(another)) == "InvalidDeviceSpec");
  for (std::int32_t const key : {2000, 100})
    CHECK(s.reconfigure(vm, with_device(new_disk(1, key), true)) == "InvalidController");

  // Each slot has its key, however the disks got there.
  auto many = s.host.add_vm("many");
  for (int i = 0; i < 9; ++i) many.disk(1);
  MachineRef const full = many;
  auto gone = with_device(*device<vim::VirtualDisk>(*s.at(full), 7));
  gone.deviceChange[0]->operation = vim::VirtualDeviceConfigSpecOperation::remove;
  CHECK(s.reconfigure(full, gone) == "success");
  CHECK(s.reconfigure(full, with_device(new_disk(1), true)) == "success");
  CHECK(device<vim::VirtualDisk>(*s.at(full), 8)->key == 2008);
}

TEST_CASE("slots for drives take nothing else") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  vim::VirtualSATAController sata;
  sata.key = -5;
  CHECK(s.reconfigure(vm, with_device(sata)) == "success");
  vim::VirtualNVMEController nvme;
  nvme.key = -5;
  CHECK(s.reconfigure(vm, with_device(nvme)) == "success");
  vim::VirtualSerialPort port;
  port.key = -1;
  vim::VirtualSerialPortFileBackingInfo file;
  file.fileName = "[datastore1] web01/out.txt";
  port.backing = file;
  for (std::int32_t const controller : {1000, 200, 15000, 31000}) {
    CAPTURE(controller);
    port.controllerKey = controller;
    CHECK(s.reconfigure(vm, with_device(port)) == "InvalidController");
  }
  port.controllerKey = 400;
  CHECK(s.reconfigure(vm, with_device(port)) == "success");
}

TEST_CASE("a device stays what it is") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  auto const edit = [&](esxvi::Poly<vim::VirtualDevice> d) {
    auto spec = with_device(std::move(d));
    spec.deviceChange[0]->operation = vim::VirtualDeviceConfigSpecOperation::edit;
    return s.reconfigure(vm, spec);
  };
  auto const before = *device<vim::VirtualVmxnet3>(*s.at(vm));
  vim::VirtualE1000 other;
  other.key = before.key;
  CHECK(edit(other) == "InvalidDeviceSpec");
  CHECK(edit(*device<vim::VirtualDisk>(*s.at(vm))) == "success");
  vim::VirtualCdrom drive;
  drive.key = device<vim::VirtualDisk>(*s.at(vm))->key;
  CHECK(edit(drive) == "InvalidDeviceSpec");
  CHECK(device<vim::VirtualVmxnet3>(*s.at(vm))->macAddress == before.macAddress);
  CHECK(edit(before) == "success");
}
