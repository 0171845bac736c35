// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The files that disks consist of while there are snapshots; newer hardware, and guests that are
// customized.
#include "sim/vm_fixture.hpp"

#include <esxvi/session/content.hpp>
#include <esxvi/types/CustomizationFixedName.hpp>
#include <esxvi/types/CustomizationLinuxPrep.hpp>
#include <esxvi/types/Datastore.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/HostDatastoreSystem.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/VirtualCdrom.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualDiskManager.hpp>
#include <esxvi/types/VirtualMachineSnapshot.hpp>
#include <esxvi/types/VirtualMachineSnapshot_properties.hpp>
#include <esxvi/types/VmfsDatastoreInfo.hpp>

using namespace esxvi::test;
using Snapshot = esxvi::Ref<vim::VirtualMachineSnapshot>;

namespace {

/// "web01-000002 < web01-000001 < web01": what the first disk stands on.
std::string chain(vim::VirtualMachineConfigInfo const& config) {
  std::string out;
  for (auto const& d : config.hardware.device) {
    if (!d.is<vim::VirtualDisk>()) continue;
    for (auto const* b = d->backing.as<vim::VirtualDiskFlatVer2BackingInfo>(); b != nullptr;
         b = b->parent ? &*b->parent : nullptr) {
      auto const name = b->fileName.substr(b->fileName.rfind('/') + 1);
      out += (out.empty() ? "" : " < ") + name.substr(0, name.size() - 5);
    }
    break;
  }
  return out;
}

struct Disks : Machines {
  using Machines::Machines;

  Snapshot take(MachineRef const& vm, std::string name) {
    auto const done = run(session.call(vim::CreateSnapshot_Task{
        .self = vm, .name = std::move(name), .memory = false, .quiesce = false}));
    return Snapshot(done->info.result.as<esxvi::untyped_ref>()->value());
  }
  vim::VirtualDisk disk_of(MachineRef const& vm, int number = 0) {
    for (auto const& d : at(vm)->config->hardware.device)
      if (auto const* disk = d.as<vim::VirtualDisk>(); disk != nullptr && number-- == 0)
        return *disk;
    FAIL("no such disk");
    return {};
  }
  std::string change(MachineRef const& vm, vim::VirtualDeviceConfigSpecOperation operation,
                     vim::VirtualDisk const& disk, bool make_file = false) {
    vim::VirtualDeviceConfigSpec one;
    one.operation = operation;
    if (make_file) one.fileOperation = vim::VirtualDeviceConfigSpecFileOperation::create;
    one.device = disk;
    vim::VirtualMachineConfigSpec spec;
    spec.deviceChange.emplace_back(std::move(one));
    return reconfigure(vm, spec);
  }
  std::string at_now(MachineRef const& vm) { return chain(*at(vm)->config); }
  std::string at_then(Snapshot const& s) {
    return chain(host.get<vim::VirtualMachineSnapshot>(s)->config);
  }
  /// Descriptors in the directory of a machine.
  std::string disks(std::string const& directory) {
    std::string out;
    for (auto const& entry : host_files()->entries())
      if (entry.path.starts_with(directory + "/") && entry.path.ends_with(".vmdk") &&
          entry.path.find("-flat") == std::string::npos &&
          entry.path.find("-delta") == std::string::npos)
        out += entry.path.substr(directory.size() + 1) + " ";
    return out;
  }
};

}  // namespace

TEST_CASE("a snapshot keeps the disk, and the machine writes to another one") {
  Disks s;
  MachineRef const vm = s.host.add_vm("web01").disk(20);
  auto const one = s.take(vm, "one");
  CHECK(s.at_then(one) == "web01");
  CHECK(s.at_now(vm) == "web01-000001 < web01");
  auto const two = s.take(vm, "two");
  CHECK(s.at_then(two) == "web01-000001 < web01");
  CHECK(s.at_now(vm) == "web01-000002 < web01-000001 < web01");
  CHECK(s.disks("web01") == "web01-000001.vmdk web01-000002.vmdk web01.vmdk ");
  // What stands on another disk does not grow.
  CHECK(s.does(vim::ExtendVirtualDisk_Task{.self = *s.session.content().virtualDiskManager,
                                           .name = "[datastore1] web01/web01-000002.vmdk",
                                           .newCapacityKb = std::int64_t{30} << 20}) ==
        "InvalidDiskFormat");
  CHECK(s.disks("web01") == "web01-000001.vmdk web01-000002.vmdk web01.vmdk ");
  CHECK(s.file("web01/web01-000002.vmdk").find("parentFileNameHint=\"web01-000001.vmdk\"") !=
        std::string::npos);
  CHECK(s.file("web01/web01.vmx").find("fileName = \"web01-000002.vmdk\"") != std::string::npos);
  CHECK(s.host_files()->stat("web01/web01-000002-delta.vmdk")->allocated == 0);

  // One branch is left for another; a file that nothing stands for goes.
  CHECK(s.does(vim::RevertToSnapshot_Task{.self = one}) == "success");
  CHECK(s.at_now(vm) == "web01-000003 < web01");
  CHECK(s.disks("web01") == "web01-000001.vmdk web01-000003.vmdk web01.vmdk ");

  // "two" and the machine stand on what "one" kept: it stays without "one".
  CHECK(s.does(vim::RemoveSnapshot_Task{.self = one, .removeChildren = false}) == "success");
  CHECK(s.at_now(vm) == "web01-000003 < web01");
  CHECK(s.at_then(two) == "web01-000001 < web01");
  CHECK(s.does(vim::RemoveSnapshot_Task{.self = two, .removeChildren = false}) == "success");
  CHECK(s.at_now(vm) == "web01");
  CHECK(s.disks("web01") == "web01.vmdk ");
}

TEST_CASE("what is in the middle is merged downwards") {
  Disks s;
  MachineRef const vm = s.host.add_vm("web01").disk(20);
  s.take(vm, "one");
  auto const two = s.take(vm, "two");
  auto const three = s.take(vm, "three");
  CHECK(s.at_now(vm) == "web01-000003 < web01-000002 < web01-000001 < web01");
  CHECK(s.does(vim::RemoveSnapshot_Task{.self = two, .removeChildren = false}) == "success");
  CHECK(s.at_now(vm) == "web01-000003 < web01-000001 < web01");
  CHECK(s.at_then(three) == "web01-000001 < web01");
  CHECK(s.file("web01/web01-000003.vmdk").find("parentFileNameHint=\"web01-000001.vmdk\"") !=
        std::string::npos);
  CHECK(s.does(vim::RemoveAllSnapshots_Task{.self = vm}) == "success");
  CHECK(s.at_now(vm) == "web01");
  CHECK(s.disks("web01") == "web01.vmdk ");
}

TEST_CASE("a machine with snapshots is registered again with its disks, and destroyed with them") {
  Disks s;
  MachineRef const vm = s.host.add_vm("web01").disk(20);
  s.take(vm, "one");
  s.session.call(vim::UnregisterVM{.self = vm});
  auto const done =
      s.run(s.session.call(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                                .path = "[datastore1] web01/web01.vmx",
                                                .asTemplate = false,
                                                .pool = s.host.places().pool}));
  MachineRef const again(done->info.result.as<esxvi::untyped_ref>()->value());
  CHECK(s.at_now(again) == "web01-000001 < web01");
  CHECK(s.does(vim::Destroy_Task{
            .self = esxvi::Ref<vim::ManagedEntity>(again.type(), again.value())}) == "success");
  CHECK_FALSE(s.host_files()->exists("web01"));
}

TEST_CASE("a disk that stands on a snapshot's does not grow, and stays on it") {
  Disks s;
  MachineRef const vm = s.host.add_vm("web01").disk(20);
  s.take(vm, "one");
  using Op = vim::VirtualDeviceConfigSpecOperation;
  auto disk = s.disk_of(vm);
  auto const before = s.file("web01/web01-000001.vmdk");
  disk.capacityInKB *= 2;
  disk.capacityInBytes.reset();
  // Clients leave out what they do not want to change.
  disk.backing.as<vim::VirtualDiskFlatVer2BackingInfo>()->parent.reset();
  CHECK(s.change(vm, Op::edit, disk) == "InvalidDeviceOperation");
  disk.capacityInKB /= 2;
  CHECK(s.change(vm, Op::edit, disk) == "success");
  CHECK(s.file("web01/web01-000001.vmdk") == before);
  CHECK(s.at_now(vm) == "web01-000001 < web01");
  CHECK(s.does(vim::RemoveAllSnapshots_Task{.self = vm}) == "success");
  disk = s.disk_of(vm);
  disk.capacityInBytes = *disk.capacityInBytes * 2;
  CHECK(s.change(vm, Op::edit, disk) == "success");
  CHECK(s.host_files()->stat("web01/web01-flat.vmdk")->size == std::uint64_t{40} << 30);
}

TEST_CASE("a datastore is in use as long as a snapshot has a disk on it") {
  Disks s;
  auto const store = s.host.add_datastore("fast", std::int64_t{1} << 40);
  MachineRef const vm = s.host.add_vm("web01").disk(20);
  using Op = vim::VirtualDeviceConfigSpecOperation;
  vim::VirtualDisk disk;
  disk.key = -1;
  disk.controllerKey = 1000;
  disk.capacityInKB = 1 << 20;
  vim::VirtualDiskFlatVer2BackingInfo backing;
  backing.fileName = "[fast]";
  disk.backing = backing;
  CHECK(s.change(vm, Op::add, disk, true) == "success");
  s.take(vm, "one");
  CHECK(s.change(vm, Op::remove, s.disk_of(vm, 1)) == "success");
  auto const remove = [&] {
    return fault_of([&] {
      s.session.call(vim::RemoveDatastore{
          .self = esxvi::Ref<vim::HostDatastoreSystem>("ha-datastoresystem"), .datastore = store});
    });
  };
  CHECK(remove() == "ResourceInUse");
  CHECK(s.does(vim::RemoveAllSnapshots_Task{.self = vm}) == "success");
  CHECK(remove() == "");
  CHECK(s.does(vim::Destroy_Task{.self = esxvi::Ref<vim::ManagedEntity>(vm.type(), vm.value())}) ==
        "success");
}

TEST_CASE("a datastore is in use as long as a machine reads an image or writes a log on it") {
  Disks s;
  auto const images = s.host.add_datastore("images", std::int64_t{1} << 40);
  auto const logs = s.host.add_datastore("logs", std::int64_t{1} << 40);
  MachineRef const vm =
      s.host.add_vm("web01").cdrom("[images] debian.iso").serial_file("[logs] web01.txt");
  auto const remove = [&](esxvi::Ref<vim::Datastore> const& store) {
    return fault_of([&] {
      s.session.call(vim::RemoveDatastore{
          .self = esxvi::Ref<vim::HostDatastoreSystem>("ha-datastoresystem"), .datastore = store});
    });
  };
  CHECK(s.at(vm)->datastore == std::vector{s.host.places().datastore, images, logs});
  CHECK(device<vim::VirtualCdrom>(*s.at(vm))
            ->backing.as<vim::VirtualCdromIsoBackingInfo>()
            ->datastore == images);
  CHECK(remove(images) == "ResourceInUse");
  CHECK(remove(logs) == "ResourceInUse");
  CHECK(s.does(vim::Destroy_Task{.self = esxvi::Ref<vim::ManagedEntity>(vm.type(), vm.value())}) ==
        "success");
  CHECK(remove(images) == "");
  CHECK(remove(logs) == "");
}

TEST_CASE("disks that name each other as what they stand on: each is taken once") {
  Disks s;
  MachineRef const vm = s.host.add_vm("web01").disk(20);
  s.take(vm, "one");
  s.session.call(vim::UnregisterVM{.self = vm});
  auto const base = s.file("web01/web01.vmdk") + "\nparentFileNameHint=\"web01-000001.vmdk\"\n";
  REQUIRE(succeeded(s.host_files()->write("web01/web01.vmdk", base)));
  auto const done =
      s.run(s.session.call(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                                .path = "[datastore1] web01/web01.vmx",
                                                .asTemplate = false,
                                                .pool = s.host.places().pool}));
  MachineRef const again(done->info.result.as<esxvi::untyped_ref>()->value());
  CHECK(s.at_now(again) == "web01-000001 < web01");
}

TEST_CASE("all files of a machine with snapshots move to another datastore") {
  Disks s({.vcenter = true});
  auto const store = s.host.add_datastore("fast", std::int64_t{1} << 40);
  MachineRef const vm = s.host.add_vm("web01").disk(20);
  auto const one = s.take(vm, "one");
  vim::VirtualMachineRelocateSpec spec;
  spec.datastore = store;
  CHECK(s.does(vim::RelocateVM_Task{.self = vm, .spec = spec}) == "success");
  CHECK(s.at_now(vm) == "web01-000001 < web01");
  CHECK(s.at_then(one) == "web01");
  CHECK_FALSE(s.host_files()->exists("web01"));
  auto const there = esxvi::sim::files_of(s.host, store);
  for (char const* file : {"web01/web01.vmdk", "web01/web01-flat.vmdk", "web01/web01-000001.vmdk",
                           "web01/web01-000001-delta.vmdk", "web01/web01.vmx"})
    CHECK(there->exists(file));
}

TEST_CASE("a machine moves with all of its files, or stays where it is") {
  Disks s({.vcenter = true});
  auto const store = s.host.add_datastore("small", std::int64_t{10} << 30);
  auto const there = [&] { return esxvi::sim::files_of(s.host, store); };
  MachineRef const vm = s.host.add_vm("web01").disk(1, false).disk(100, false);
  auto const other = s.host.all<vim::HostSystem>().at(1);
  vim::VirtualMachineRelocateSpec spec;
  spec.datastore = store;
  spec.host = other;
  auto const files = s.host_files()->entries().size();
  auto const stays = [&](std::string_view why) {
    CHECK(s.does(vim::RelocateVM_Task{.self = vm, .spec = spec}) == why);
    CHECK(s.host_files()->entries().size() == files);
    REQUIRE(s.host_files()->exists("web01/web01_1-flat.vmdk"));
    CHECK(s.host_files()->stat("web01/web01_1-flat.vmdk")->allocated == std::uint64_t{100} << 30);
    CHECK(s.at(vm)->config->files.vmPathName == "[datastore1] web01/web01.vmx");
    CHECK(s.at(vm)->runtime.host != other);
  };
  stays("NoDiskSpace");
  CHECK(there()->used() == 0);
  CHECK_FALSE(there()->exists("web01"));

  // Another machine has its files at the same place; nobody has looked at them yet.
  there()->set_capacity(std::uint64_t{1} << 40);
  MachineRef const namesake = s.host.add_vm("web01").datastore(store).disk(2).powered_on();
  s.host.modify(namesake, [](vim::VirtualMachine& m) { m.config->name = "renamed"; });
  stays("FileAlreadyExists");
  CHECK(there()->read("web01/web01.vmx")->text().find("renamed") != std::string::npos);
  CHECK(there()->stat("web01/web01-flat.vmdk")->size == std::uint64_t{2} << 30);
  CHECK_FALSE(there()->exists("web01/web01_1.vmdk"));

  CHECK(s.does(vim::PowerOffVM_Task{.self = namesake}) == "success");
  CHECK(s.does(vim::Destroy_Task{.self = namesake}) == "success");
  s.host.modify(other, [](vim::HostSystem& h) { h.runtime.inMaintenanceMode = true; });
  stays("InvalidState");
  CHECK_FALSE(there()->exists("web01"));
  s.host.modify(other, [](vim::HostSystem& h) { h.runtime.inMaintenanceMode = false; });
  CHECK(s.does(vim::RelocateVM_Task{.self = vm, .spec = spec}) == "success");
  CHECK(there()->stat("web01/web01_1-flat.vmdk")->allocated == std::uint64_t{100} << 30);
  CHECK_FALSE(s.host_files()->exists("web01"));
}

TEST_CASE("what finds no room on its datastore is refused, and nothing has changed") {
  Disks s({.vcenter = true});
  MachineRef const vm = s.host.add_vm("web01").disk(10, false);
  auto const files = s.host_files();
  auto const one = s.take(vm, "one");
  CHECK(s.does(vim::RevertToSnapshot_Task{.self = one}) == "success");
  CHECK(s.does(vim::RemoveAllSnapshots_Task{.self = vm}) == "success");
  auto const kept = s.take(vm, "kept");
  MachineRef const plain = s.host.add_vm("plain").disk(10, false);
  static_cast<void>(s.host_files());
  files->set_capacity(files->used() + 1024 * 1024);
  auto const entries = files->entries().size();
  auto const used = files->used();
  auto const descriptor = s.file("plain/plain.vmdk");

  CHECK(s.does(vim::CloneVM_Task{.self = plain,
                                 .folder = s.host.places().vm_folder,
                                 .name = "copy",
                                 .spec = vim::VirtualMachineCloneSpec()}) == "NoDiskSpace");
  vim::VirtualDeviceConfigSpec change;
  change.operation = vim::VirtualDeviceConfigSpecOperation::edit;
  for (auto const& d : s.at(plain)->config->hardware.device)
    if (d.is<vim::VirtualDisk>()) change.device = d;
  auto& disk = *change.device.as<vim::VirtualDisk>();
  disk.capacityInKB *= 2;
  disk.capacityInBytes.reset();
  vim::VirtualMachineConfigSpec spec;
  spec.deviceChange.emplace_back(change);
  CHECK(s.reconfigure(plain, spec) == "NoDiskSpace");
  CHECK(s.file("plain/plain.vmdk") == descriptor);

  CHECK(s.does(vim::PowerOnVM_Task{.self = plain}) == "success");
  files->set_capacity(used);
  CHECK(s.does(vim::CreateSnapshot_Task{
            .self = plain, .name = "two", .memory = false, .quiesce = false}) == "NoDiskSpace");
  CHECK_FALSE(s.at(plain)->snapshot.has_value());
  CHECK(s.does(vim::RevertToSnapshot_Task{.self = kept}) == "NoDiskSpace");
  CHECK(s.at_now(vm) == "web01-000001 < web01");
  CHECK(s.does(vim::CreateScreenshot_Task{.self = plain}) == "NoDiskSpace");
  spec = {};
  spec.name = "new";
  CHECK(s.does(vim::CreateVM_Task{
            .self = s.host.places().vm_folder, .config = spec, .pool = s.host.places().pool}) ==
        "NoDiskSpace");
  CHECK(s.host.all<vim::VirtualMachine>().size() == 2);
  CHECK(files->entries().size() == entries);
  CHECK(files->used() == used);
}

TEST_CASE("machines, their snapshots and drives follow a datastore that is renamed") {
  Disks s;
  auto const store = s.host.places().datastore;
  s.host.add_datastore("taken", std::int64_t{1} << 40);
  MachineRef const vm = s.host.add_vm("web01")
                            .disk(20)
                            .cdrom("[datastore1] iso/debian.iso")
                            .serial_file("[datastore1] logs/web01.txt");
  auto const one = s.take(vm, "one");
  s.host.add_vm("never-saved");
  CHECK(fault_of([&] {
          s.session.call(vim::RenameDatastore{.self = store, .newName = "taken"});
        }) == "DuplicateName");
  CHECK(fault_of([&] { s.session.call(vim::RenameDatastore{.self = store, .newName = "a]b"}); }) ==
        "InvalidName");

  s.session.call(vim::RenameDatastore{.self = store, .newName = "fast"});
  auto const named = s.host.get<vim::Datastore>(store);
  CHECK(named->summary.name == "fast");
  CHECK(named->info.as<vim::VmfsDatastoreInfo>()->vmfs->name == "fast");
  CHECK(s.at(vm)->summary.config.vmPathName == "[fast] web01/web01.vmx");
  CHECK(s.at(vm)->config->files.logDirectory == "[fast] web01/");
  for (auto const& d : s.at(vm)->config->hardware.device)
    if (auto const* file =
            d->backing ? d->backing.as<vim::VirtualDeviceFileBackingInfo>() : nullptr)
      CHECK(file->fileName.starts_with("[fast] "));
  for (auto const& file : s.at(vm)->layoutEx->file) CHECK(file.name.starts_with("[fast] "));
  CHECK(s.host.get<vim::VirtualMachineSnapshot>(one)->config.files.vmPathName ==
        "[fast] web01/web01.vmx");

  auto const task = s.session.call(vim::PowerOnVM_Task{.self = vm});
  s.run(task);
  if (!s.question(vm).empty()) s.answer(vm, "0");  // the port's file is there
  CHECK(s.end_of(task) == "success");
  CHECK(s.does(vim::PowerOffVM_Task{.self = vm}) == "success");
  vim::VirtualMachineConfigSpec spec;
  spec.annotation = "said later";
  CHECK(s.reconfigure(vm, spec) == "success");
  CHECK(s.file("web01/web01.vmx").find("said later") != std::string::npos);
  CHECK(s.host_files()->exists("never-saved/never-saved.vmx"));
  CHECK(s.does(vim::RevertToSnapshot_Task{.self = one}) == "success");
  CHECK(s.at_now(vm) == "web01-000002 < web01");
  CHECK(s.at(vm)->config->files.vmPathName == "[fast] web01/web01.vmx");
  CHECK(s.disks("web01") == "web01-000002.vmdk web01.vmdk ");
  CHECK(s.host.check().empty());

  // The same by the method that all entities have.
  esxvi::Ref<vim::ManagedEntity> const entity(store.type(), store.value());
  CHECK(s.does(vim::Rename_Task{.self = entity, .newName = "taken"}) == "DuplicateName");
  CHECK(s.does(vim::Rename_Task{.self = entity, .newName = "faster"}) == "success");
  CHECK(s.at(vm)->config->files.vmPathName == "[faster] web01/web01.vmx");
}

TEST_CASE("a machine whose files cannot be written does not keep others from theirs") {
  Machines s;
  for (char const* name : {"a", "b", "c"}) {
    MachineRef const vm = s.host.add_vm(name);
    if (*name != 'b')
      s.host.modify(vm, [](vim::VirtualMachine& m) { m.config->annotation = "written"; });
    else
      s.host.modify(
          vm, [](vim::VirtualMachine& m) { m.config->files.vmPathName = "[nowhere] b/b.vmx"; });
  }
  CHECK_THROWS_AS(s.host_files(), esxvi::sim::Failure);
  for (char const* file : {"a/a.vmx", "c/c.vmx"})
    CHECK(s.file(file).find("written") != std::string::npos);
}

TEST_CASE("virtual hardware becomes newer, never older") {
  Machines s({.version = "7.0.3", .api_version = "7.0.3.0"});
  MachineRef const vm = s.host.add_vm("web01");
  s.host.modify(vm, [](vim::VirtualMachine& m) { m.config->version = "vmx-14"; });
  CHECK(s.does(vim::UpgradeVM_Task{.self = vm, .version = std::string("vmx-13")}) ==
        "InvalidArgument");
  CHECK(s.does(vim::UpgradeVM_Task{.self = vm, .version = std::string("vmx-15")}) == "success");
  CHECK(s.does(vim::UpgradeVM_Task{.self = vm}) == "success");
  CHECK(s.at(vm)->config->version == "vmx-19");
  CHECK(s.does(vim::UpgradeVM_Task{.self = vm}) == "AlreadyUpgraded");
  CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "success");
  CHECK(s.does(vim::UpgradeVM_Task{.self = vm}) == "InvalidPowerState");
}

TEST_CASE("a vCenter customizes guests of Linux; nobody exports disks here") {
  vim::CustomizationLinuxPrep identity;
  vim::CustomizationFixedName name;
  name.name = "web";
  identity.hostName = name;
  identity.domain = "lab.test";
  vim::CustomizationSpec spec;
  spec.identity = identity;
  {
    Machines s({.vcenter = true});
    MachineRef const vm = s.host.add_vm("web01");
    CHECK(s.does(vim::CustomizeVM_Task{.self = vm, .spec = spec}) == "success");
    CHECK(s.at(vm)->guest->hostName == "web.lab.test");
    s.host.modify(vm, [](vim::VirtualMachine& m) { m.guest->guestFamily = "windowsGuest"; });
    CHECK(s.does(vim::CustomizeVM_Task{.self = vm, .spec = spec}) ==
          "refused: UncustomizableGuest");
  }
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").powered_on();
  CHECK(s.does(vim::CustomizeVM_Task{.self = vm, .spec = spec}) == "refused: NotSupported");
  CHECK(fault_of([&] { s.session.call(vim::ExportVm{.self = vm}); }) == "InvalidPowerState");
  CHECK(s.does(vim::PowerOffVM_Task{.self = vm}) == "success");
  CHECK(fault_of([&] { s.session.call(vim::ExportVm{.self = vm}); }) == "NotSupported");
}

TEST_CASE("a guest that runs tells of its adapters") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").ip("192.0.2.7").powered_on();
  auto const net = s.at(vm)->guest->net;
  REQUIRE(net.size() == 1);
  CHECK(net[0].network == "VM Network");
  CHECK(net[0].connected);
  CHECK(net[0].ipConfig->ipAddress.at(0).ipAddress == "192.0.2.7");
  CHECK(net[0].ipConfig->ipAddress.at(0).prefixLength == 24);
  CHECK(s.does(vim::PowerOffVM_Task{.self = vm}) == "success");
  CHECK(s.at(vm)->guest->net.empty());
}
