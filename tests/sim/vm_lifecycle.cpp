// Virtual machines that are made, changed, copied and removed; their snapshots and files.
#include "sim/vm_fixture.hpp"

#include <esxvi/types/HostAutoStartManager.hpp>
#include <esxvi/types/HostAutoStartManager_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ParaVirtualSCSIController.hpp>
#include <esxvi/types/ResourcePool.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualMachineSnapshot.hpp>
#include <esxvi/types/VirtualMachineSnapshot_properties.hpp>
#include <esxvi/types/VirtualSerialPort.hpp>
#include <esxvi/types/VirtualVmxnet3.hpp>
#include <esxvi/vmx.hpp>

#include <chrono>
#include <limits>

using namespace esxvi::test;
using namespace std::chrono_literals;
using Snapshot = esxvi::Ref<vim::VirtualMachineSnapshot>;

namespace {

std::optional<MachineRef> result_of(vim::Task const& task) {
  auto const* ref = task.info.result.as<esxvi::untyped_ref>();
  if (ref == nullptr) return std::nullopt;
  return MachineRef(ref->value());
}

std::shared_ptr<vim::Task const> take(Machines& s, MachineRef const& vm, std::string name,
                                      bool memory = true) {
  return s.run(s.session.call(vim::CreateSnapshot_Task{.self = vm,
                                                       .name = std::move(name),
                                                       .description = std::string("d"),
                                                       .memory = memory,
                                                       .quiesce = false}));
}

Snapshot snapshot_of(vim::Task const& task) {
  return Snapshot(task.info.result.as<esxvi::untyped_ref>()->value());
}

}  // namespace

TEST_CASE("a machine is created, powered, renamed and destroyed with its files") {
  Machines s;
  vim::VirtualMachineConfigSpec spec;
  spec.name = "new/one";
  spec.guestId = "debian12_64Guest";
  spec.numCPUs = 2;
  spec.memoryMB = 512;
  spec.files.emplace().vmPathName = "[datastore1]";
  vim::VirtualDeviceConfigSpec controller;
  controller.operation = vim::VirtualDeviceConfigSpecOperation::add;
  controller.device = [] {
    vim::ParaVirtualSCSIController c;
    c.key = -5;
    return c;
  }();
  spec.deviceChange.emplace_back(controller);
  spec.deviceChange.push_back(with_device(new_disk(8, -5), true).deviceChange[0]);
  auto const made = s.run(s.session.call(vim::CreateVM_Task{
      .self = s.host.places().vm_folder, .config = spec, .pool = s.host.places().pool}));
  REQUIRE(made->info.state == vim::TaskInfoState::success);
  auto const vm = result_of(*made).value();
  CHECK(s.at(vm)->name == "new%2fone");
  CHECK(s.at(vm)->config->guestFullName == "Debian GNU/Linux 12 (64-bit)");
  CHECK(device<vim::VirtualDisk>(*s.at(vm))->controllerKey == 1000);
  CHECK(s.host_files()->exists("new%2fone/new%2fone.vmx"));
  CHECK(s.host_files()->exists("new%2fone/new%2fone.vmdk"));
  CHECK(s.does(vim::CreateVM_Task{
            .self = s.host.places().vm_folder, .config = spec, .pool = s.host.places().pool}) ==
        "DuplicateName");
  CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "success");
  CHECK(s.does(vim::Rename_Task{.self = vm, .newName = "renamed"}) == "success");
  CHECK(s.at(vm)->name == "renamed");
  CHECK(s.does(vim::Destroy_Task{.self = vm}) == "InvalidPowerState");
  CHECK(s.does(vim::PowerOffVM_Task{.self = vm}) == "success");
  CHECK(s.does(vim::Destroy_Task{.self = vm}) == "success");
  CHECK_FALSE(s.host.exists(vm));
  CHECK_FALSE(s.host_files()->exists("new%2fone"));
}

TEST_CASE("a clone that cannot be powered on is there, and off") {
  Machines s({.vcenter = true});
  MachineRef const old = s.host.add_vm("web01");
  vim::VirtualMachineCloneSpec copy;
  copy.powerOn = true;
  auto const power_of_clone = [&](std::string const& name) {
    auto const done = s.run(s.session.call(vim::CloneVM_Task{
        .self = old, .folder = s.host.places().vm_folder, .name = name, .spec = copy}));
    REQUIRE(done->info.state == vim::TaskInfoState::success);
    return s.at(result_of(*done).value())->runtime.powerState;
  };
  CHECK(power_of_clone("running") == vim::VirtualMachinePowerState::poweredOn);
  s.host.modify(s.host.places().host,
                [](vim::HostSystem& h) { h.runtime.inMaintenanceMode = true; });
  CHECK(power_of_clone("at rest") == vim::VirtualMachinePowerState::poweredOff);
}

TEST_CASE("what is refused leaves no files behind") {
  Machines s({.vcenter = true});
  MachineRef const old = s.host.add_vm("web01");
  auto const listing = [&] {
    std::vector<std::string> paths;
    for (auto const& one : s.host_files()->entries()) paths.push_back(one.path);
    return paths;
  };
  auto const before = listing();
  auto const room = s.host_files()->used();
  vim::VirtualMachineConfigSpec spec;
  spec.name = "x";
  spec.memoryMB = 3;
  auto const create = [&] {
    return s.run(s.session.call(vim::CreateVM_Task{
        .self = s.host.places().vm_folder, .config = spec, .pool = s.host.places().pool}));
  };
  auto const fault_in = [](vim::Task const& t) {
    return std::string(t.info.error->fault.type_name());
  };
  CHECK(fault_in(*create()) == "InvalidArgument");
  CHECK(listing() == before);
  // A disk that is made, and one that cannot be.
  auto const good = with_device(new_disk(1, 200), true).deviceChange[0];
  auto const bad = with_device(new_disk(1, 4711), true).deviceChange[0];
  spec.memoryMB = 4;
  spec.deviceChange = {good, bad};
  CHECK(fault_in(*create()) == "InvalidController");
  CHECK(listing() == before);
  vim::VirtualMachineCloneSpec copy;
  copy.config.emplace().deviceChange = {good, bad};
  CHECK(s.does(vim::CloneVM_Task{
            .self = old, .folder = s.host.places().vm_folder, .name = "x", .spec = copy}) ==
        "InvalidController");
  CHECK(listing() == before);
  CHECK(s.reconfigure(old, *copy.config) == "InvalidController");
  CHECK(listing() == before);
  CHECK(s.host_files()->used() == room);
  // Nor does it take any, or leave one that has grown.
  vim::VirtualDeviceConfigSpec change;
  for (auto const& device : s.at(old)->config->hardware.device)
    if (device.as<vim::VirtualDisk>() != nullptr) change.device = device;
  vim::VirtualMachineConfigSpec refused;
  change.operation = vim::VirtualDeviceConfigSpecOperation::remove;
  change.fileOperation = vim::VirtualDeviceConfigSpecFileOperation::destroy;
  refused.deviceChange = {change, bad};
  CHECK(s.reconfigure(old, refused) == "InvalidController");
  CHECK(listing() == before);
  change.operation = vim::VirtualDeviceConfigSpecOperation::edit;
  change.fileOperation.reset();
  auto& disk = *change.device.as<vim::VirtualDisk>();
  disk.capacityInKB *= 2;
  disk.capacityInBytes = disk.capacityInKB * 1024;
  refused.deviceChange = {change, bad};
  auto const size = [&] { return s.host_files()->stat("web01/web01-flat.vmdk")->size; };
  auto const was = size();
  CHECK(s.reconfigure(old, refused) == "InvalidController");
  CHECK(size() == was);
  CHECK(s.host_files()->used() == room);
  // What is right the next time finds its place free.
  spec.deviceChange = {good};
  auto const made = create();
  REQUIRE(made->info.state == vim::TaskInfoState::success);
  CHECK(s.at(result_of(*made).value())->config->files.vmPathName == "[datastore1] x/x.vmx");
  CHECK(s.host_files()->exists("x/x.nvram"));
}

TEST_CASE("names and places that no machine can have") {
  Machines s({.vcenter = true});
  MachineRef const old = s.host.add_vm("web01");
  auto const before = s.host_files()->entries().size();
  auto const machines = s.host.all<vim::VirtualMachine>().size();
  auto const create = [&](std::string name, std::string place) {
    vim::VirtualMachineConfigSpec spec;
    spec.name = std::move(name);
    spec.files.emplace().vmPathName = std::move(place);
    return s.does(vim::CreateVM_Task{
        .self = s.host.places().vm_folder, .config = spec, .pool = s.host.places().pool});
  };
  std::string const too_long(300, 'n');
  CHECK(create(too_long, "[datastore1]") == "InvalidName");
  CHECK(create("two\nlines", "[datastore1]") == "InvalidName");
  CHECK(create("..", "[datastore1]") == "InvalidDatastorePath");
  CHECK(create("new", "[datastore1] ../x") == "InvalidDatastorePath");
  CHECK(create("new", "[datastore1] a/" + too_long + ".vmx") == "InvalidDatastorePath");
  CHECK(create("new", "[datastore1] web01/web01.vmdk") == "NotADirectory");
  CHECK(s.does(vim::CloneVM_Task{.self = old,
                                 .folder = s.host.places().vm_folder,
                                 .name = too_long,
                                 .spec = vim::VirtualMachineCloneSpec()}) == "InvalidName");
  CHECK(s.host_files()->entries().size() == before);
  CHECK(s.host.all<vim::VirtualMachine>().size() == machines);
}

TEST_CASE("a file of a machine that no host can run is refused") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").memory(1024).cpus(2);
  auto const text = s.file("web01/web01.vmx");
  auto const put = [&](std::string const& key, std::string const& value) {
    auto other = text;
    auto const at = other.find("\n" + key + " = ");
    REQUIRE(at != std::string::npos);
    other.replace(at, other.find('\n', at + 1) - at, "\n" + key + " = \"" + value + "\"");
    REQUIRE(succeeded(s.host_files()->write("other.vmx", other)));
  };
  auto const registered = [&](std::string name) {
    return s.does(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                       .path = "[datastore1] other.vmx",
                                       .name = std::move(name),
                                       .asTemplate = false,
                                       .pool = s.host.places().pool});
  };
  constexpr std::pair<char const*, char const*> rows[] = {{"memsize", "2000000000"},
                                                          {"memsize", "8000000000000"},
                                                          {"memsize", "2"},
                                                          {"numvcpus", "2000000000"},
                                                          {"numvcpus", "0"}};
  for (auto const& [key, value] : rows) {
    CAPTURE(key);
    CAPTURE(value);
    put(key, value);
    CHECK(registered("other") == "InvalidVmConfig");
    CHECK(s.does(vim::reloadVirtualMachineFromPath_Task{
              .self = vm, .configurationPath = "[datastore1] other.vmx"}) == "InvalidVmConfig");
  }
  put("memsize", "64");
  CHECK(registered(std::string(300, 'n')) == "InvalidName");
  CHECK(registered("other") == "success");
}

TEST_CASE("a machine takes over a file that is no other's, or changes nothing") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").memory(1024);
  s.host.add_vm("web02").memory(512);
  auto const text = s.file("web01/web01.vmx");
  auto const reload = [&](std::string path) {
    return s.does(vim::reloadVirtualMachineFromPath_Task{
        .self = vm, .configurationPath = "[datastore1] " + path});
  };
  auto const put = [&](std::string_view what, std::string_view now) {
    auto other = text;
    auto const at = other.find(what);
    REQUIRE(at != std::string::npos);
    other.replace(at, what.size(), now);
    REQUIRE(succeeded(s.host_files()->write("web01/other.vmx", other)));
  };
  auto const name = "displayName = \"web01\"";
  CHECK(reload("web02/web02.vmx") == "AlreadyExists");
  put(name, "displayName = \"web02\"");
  CHECK(reload("web01/other.vmx") == "DuplicateName");
  put(name, "displayName = \"\"");
  CHECK(reload("web01/other.vmx") == "InvalidName");
  put("scsi0:0.fileName = \"web01.vmdk\"", "scsi0:0.fileName = \"[nowhere] web01.vmdk\"");
  CHECK(reload("web01/other.vmx") == "InvalidDatastorePath");
  CHECK(s.at(vm)->config->files.vmPathName == "[datastore1] web01/web01.vmx");
  CHECK(s.file("web01/web01.vmx") == text);
  put(name, "displayName = \"web/03\"");
  CHECK(reload("web01/other.vmx") == "success");
  CHECK(s.at(vm)->name == "web%2f03");
  CHECK(s.at(vm)->config->files.vmPathName == "[datastore1] web01/other.vmx");
  CHECK(reload("web01/other.vmx") == "success");  // its own
}

TEST_CASE("a machine that is unregistered and registered again is the same one") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01")
                            .memory(2048)
                            .cpus(4, 2)
                            .guest("debian12_64Guest", "Debian GNU/Linux 12 (64-bit)")
                            .annotation("some \"quoted\" text")
                            .disk(8)
                            .disk(4)
                            .cdrom("[datastore1] iso/debian.iso")
                            .serial_file("[datastore1] web01/out.txt");
  auto const text = s.file("web01/web01.vmx");
  auto const before = *s.at(vm)->config;
  s.session.call(vim::UnregisterVM{.self = vm});
  CHECK_FALSE(s.host.exists(vm));
  auto const ended =
      s.run(s.session.call(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                                .path = "[datastore1] web01/web01.vmx",
                                                .asTemplate = false,
                                                .pool = s.host.places().pool}));
  REQUIRE(ended->info.state == vim::TaskInfoState::success);
  auto const again = result_of(*ended).value();
  auto const after = *s.at(again)->config;
  CHECK(after.name == before.name);
  CHECK(after.uuid == before.uuid);
  CHECK(after.instanceUuid == before.instanceUuid);
  CHECK(after.guestId == before.guestId);
  CHECK(after.guestFullName == before.guestFullName);
  CHECK(after.version == before.version);
  CHECK(after.annotation == before.annotation);
  CHECK(after.hardware.numCPU == 4);
  CHECK(after.hardware.numCoresPerSocket == 2);
  CHECK(after.hardware.memoryMB == 2048);
  CHECK(after.cpuAllocation->shares->shares == before.cpuAllocation->shares->shares);
  REQUIRE(after.hardware.device.size() == before.hardware.device.size());
  for (auto const& old : before.hardware.device) {
    auto const same = std::find_if(after.hardware.device.begin(), after.hardware.device.end(),
                                   [&](auto const& d) { return d->key == old->key; });
    CAPTURE(old->key);
    REQUIRE(same != after.hardware.device.end());
    CHECK(same->type_name() == old.type_name());
    CHECK((*same)->backing.type_name() == old->backing.type_name());
    CHECK((*same)->unitNumber == old->unitNumber);
  }
  CHECK(device<vim::VirtualDisk>(*s.at(again), 1)->capacityInKB == std::int64_t{4} << 20);
  CHECK(device<vim::VirtualVmxnet3>(*s.at(again))->macAddress.has_value());
  CHECK(s.file("web01/web01.vmx") == text);
  CHECK(s.does(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                    .path = "[datastore1] web01/web01.vmx",
                                    .asTemplate = false,
                                    .pool = s.host.places().pool}) == "AlreadyExists");
  CHECK(s.does(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                    .path = "[datastore1] nothing/nothing.vmx",
                                    .asTemplate = false,
                                    .pool = s.host.places().pool}) == "FileNotFound");
  CHECK(s.does(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                    .path = "nothing.vmx",
                                    .asTemplate = false,
                                    .pool = s.host.places().pool}) == "InvalidDatastorePath");
  // What is no text: a disk, and what no reply could say.
  auto const from = [&](std::string content) {
    s.host_files()->write("odd/odd.vmx", std::move(content));
    return s.does(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                       .path = "[datastore1] odd/odd.vmx",
                                       .asTemplate = false,
                                       .pool = s.host.places().pool});
  };
  CHECK(s.does(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                    .path = "[datastore1] web01/web01-flat.vmdk",
                                    .asTemplate = false,
                                    .pool = s.host.places().pool}) == "InvalidVmConfig");
  s.host_files()->make_directory("odd");
  for (char const* entry :
       {"displayName = \"a|01b\"", "annotation = \"|1F\"", "guestinfo.x = \"\x01\""}) {
    CAPTURE(entry);
    CHECK(from(".encoding = \"UTF-8\"\nguestOS = \"other\"\n" + std::string(entry) + "\n") ==
          "InvalidVmConfig");
  }
  CHECK(from(".encoding = \"UTF-8\"\nguestOS = \"other\"\nannotation = \"two|0Alines\"\n") ==
        "success");
}

TEST_CASE("snapshots form a tree with one current node") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").memory(1024).powered_on();
  auto const first = snapshot_of(*take(s, vm, "first"));
  auto const second = snapshot_of(*take(s, vm, "second", false));
  auto info = *s.at(vm)->snapshot;
  REQUIRE(info.rootSnapshotList.size() == 1);
  CHECK(info.rootSnapshotList[0].state == Power::poweredOn);
  REQUIRE(info.rootSnapshotList[0].childSnapshotList.size() == 1);
  CHECK(info.rootSnapshotList[0].childSnapshotList[0].name == "second");
  CHECK(info.rootSnapshotList[0].childSnapshotList[0].state == Power::poweredOff);
  CHECK(info.currentSnapshot == second);
  CHECK(s.at(vm)->rootSnapshot == std::vector{first});
  CHECK(s.host.get<vim::VirtualMachineSnapshot>(first)->childSnapshot == std::vector{second});

  // With memory it runs again, without it does not; the configuration of then is back.
  CHECK(s.does(vim::PowerOffVM_Task{.self = vm}) == "success");
  vim::VirtualMachineConfigSpec spec;
  spec.memoryMB = 2048;
  spec.name = "renamed";
  CHECK(s.reconfigure(vm, spec) == "success");
  CHECK(s.does(vim::RevertToSnapshot_Task{.self = first}) == "success");
  CHECK(s.power(vm) == Power::poweredOn);
  CHECK(s.at(vm)->config->hardware.memoryMB == 1024);
  CHECK(s.at(vm)->name == "renamed");
  CHECK(s.at(vm)->snapshot->currentSnapshot == first);
  CHECK(s.does(vim::RevertToSnapshot_Task{.self = second}) == "success");
  CHECK(s.power(vm) == Power::poweredOff);
  CHECK(s.does(vim::RevertToSnapshot_Task{.self = first, .suppressPowerOn = true}) == "success");
  CHECK(s.power(vm) == Power::suspended);

  // A second branch, then the root goes and its children take its place.
  auto const third = snapshot_of(*take(s, vm, "third"));
  CHECK(s.at(vm)->snapshot->rootSnapshotList[0].childSnapshotList.size() == 2);
  s.session.call(vim::RenameSnapshot{.self = third, .name = std::string("3rd")});
  CHECK(s.at(vm)->snapshot->rootSnapshotList[0].childSnapshotList[1].name == "3rd");
  CHECK(s.does(vim::RemoveSnapshot_Task{.self = first, .removeChildren = false}) == "success");
  CHECK(s.at(vm)->rootSnapshot == std::vector{second, third});
  CHECK(s.at(vm)->snapshot->currentSnapshot == third);
  CHECK_FALSE(s.host.exists(first));
  CHECK(s.does(vim::RevertToCurrentSnapshot_Task{.self = vm}) == "success");
  CHECK(s.does(vim::RemoveAllSnapshots_Task{.self = vm}) == "success");
  CHECK_FALSE(s.at(vm)->snapshot.has_value());
  CHECK(s.at(vm)->rootSnapshot.empty());
  CHECK(s.does(vim::RevertToCurrentSnapshot_Task{.self = vm}) == "NotFound");
}

TEST_CASE("removing a snapshot with its children leaves the parent current") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  auto const root = snapshot_of(*take(s, vm, "root"));
  auto const middle = snapshot_of(*take(s, vm, "middle"));
  take(s, vm, "leaf");
  CHECK(s.does(vim::RemoveSnapshot_Task{.self = middle, .removeChildren = true}) == "success");
  CHECK(s.at(vm)->snapshot->currentSnapshot == root);
  CHECK(s.at(vm)->snapshot->rootSnapshotList[0].childSnapshotList.empty());
}

TEST_CASE("a vCenter clones and migrates, a host does not") {
  Machines s({.vcenter = true});
  MachineRef const vm = s.host.add_vm("web01").disk(8).powered_on();
  vim::VirtualMachineCloneSpec spec;
  auto const ended = s.run(s.session.call(vim::CloneVM_Task{
      .self = vm, .folder = s.host.places().vm_folder, .name = "copy", .spec = spec}));
  REQUIRE(ended->info.state == vim::TaskInfoState::success);
  auto const copy = result_of(*ended).value();
  CHECK(s.at(copy)->config->uuid != s.at(vm)->config->uuid);
  CHECK(s.power(copy) == Power::poweredOff);
  CHECK(s.host_files()->exists("copy/copy-flat.vmdk"));
  auto const hosts = s.host.all<vim::HostSystem>();
  REQUIRE(hosts.size() == 2);
  CHECK(s.does(vim::MigrateVM_Task{.self = vm,
                                   .host = hosts[1],
                                   .priority = vim::VirtualMachineMovePriority::defaultPriority}) ==
        "success");
  CHECK(s.at(vm)->runtime.host == hosts[1]);
  auto const second = s.host.add_datastore("fast", std::int64_t{1} << 40);
  vim::VirtualMachineRelocateSpec move;
  move.datastore = second;
  CHECK(s.does(vim::RelocateVM_Task{.self = vm, .spec = move}) == "success");
  CHECK(s.at(vm)->config->files.vmPathName == "[fast] web01/web01.vmx");
  CHECK(s.at(vm)->datastore == std::vector{second});
  CHECK_FALSE(s.host_files()->exists("web01"));
  CHECK(esxvi::sim::files_of(s.host, second)->exists("web01/web01-flat.vmdk"));

  Machines esx;
  MachineRef const other = esx.host.add_vm("web01");
  CHECK(esx.does(vim::CloneVM_Task{
            .self = other, .folder = esx.host.places().vm_folder, .name = "copy", .spec = spec}) ==
        "refused: NotSupported");
}

TEST_CASE("a machine whose pool goes before it has moved there stays where it is") {
  Machines s({.vcenter = true});
  auto const& at = s.host.places();
  MachineRef const vm = s.host.add_vm("web01").disk(8);
  auto const store = s.host.add_datastore("fast", std::int64_t{1} << 40);
  auto const hosts = s.host.all<vim::HostSystem>();
  REQUIRE(hosts.size() == 2);
  auto const pool = s.session.call(vim::CreateResourcePool{
      .self = at.pool, .name = "lab", .spec = s.host.get<vim::ResourcePool>(at.pool)->config});
  esxvi::Ref<vim::Task> task;
  SUBCASE("to another host") {
    task = s.session.call(
        vim::MigrateVM_Task{.self = vm,
                            .pool = pool,
                            .host = hosts[1],
                            .priority = vim::VirtualMachineMovePriority::defaultPriority});
  }
  SUBCASE("with its files") {
    vim::VirtualMachineRelocateSpec move;
    move.pool = pool;
    move.host = hosts[1];
    move.datastore = store;
    task = s.session.call(vim::RelocateVM_Task{.self = vm, .spec = move});
  }
  CHECK(s.does(vim::Destroy_Task{
            .self = esxvi::Ref<vim::ManagedEntity>(pool.type(), pool.value())}) == "success");
  CHECK(s.end_of(task) == "ManagedObjectNotFound");
  CHECK(s.at(vm)->runtime.host == hosts[0]);
  CHECK(s.at(vm)->resourcePool == at.pool);
  CHECK(s.host_files()->exists("web01/web01.vmdk"));
  CHECK_FALSE(esxvi::sim::files_of(s.host, store)->exists("web01"));
}

TEST_CASE("autostart settings are kept, entry by entry") {
  Machines s;
  MachineRef const a = s.host.add_vm("a");
  MachineRef const b = s.host.add_vm("b");
  auto const manager =
      *s.host.get<vim::HostSystem>(s.host.places().host)->configManager.autoStartManager;
  auto const set = [&](MachineRef const& vm, std::string action) {
    vim::HostAutoStartManagerConfig spec;
    spec.defaults.emplace().enabled = true;
    vim::AutoStartPowerInfo info;
    info.key = vm;
    info.startOrder = -1;
    info.startDelay = -1;
    info.waitForHeartbeat = vim::AutoStartWaitHeartbeatSetting::systemDefault;
    info.startAction = std::move(action);
    info.stopDelay = -1;
    info.stopAction = "none";
    spec.powerInfo.push_back(info);
    s.session.call(vim::ReconfigureAutostart{.self = manager, .spec = spec});
  };
  set(a, "powerOn");
  set(b, "powerOn");
  set(a, "none");
  auto const config = s.host.get<vim::HostAutoStartManager>(manager)->config;
  CHECK(config.defaults->enabled == true);
  CHECK(config.defaults->startDelay == 120);
  REQUIRE(config.powerInfo.size() == 2);
  CHECK(config.powerInfo[0].startAction == "none");
  s.session.call(vim::UnregisterVM{.self = b});
  CHECK(s.host.get<vim::HostAutoStartManager>(manager)->config.powerInfo.size() == 1);
}

TEST_CASE("a screenshot is a PNG in the machine's directory") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").powered_on();
  auto const ended = s.run(s.session.call(vim::CreateScreenshot_Task{.self = vm}));
  REQUIRE(ended->info.state == vim::TaskInfoState::success);
  CHECK(*ended->info.result.as<std::string>() == "[datastore1] web01/web01-0.png");
  CHECK(s.file("web01/web01-0.png").starts_with("\x89PNG"));
}

TEST_CASE("the files of a machine can be fetched, with a login") {
  Machines s;
  s.host.add_vm("web01");
  esxvi::sim::WebRequest request{.method = "GET",
                                 .target =
                                     "/folder/web01/web01.vmx?dcPath=ha-datacenter&dsName="
                                     "datastore1"};
  esxvi::sim::WebResponse got;
  auto const get = [&] {
    s.host.handle(request, [&](esxvi::sim::WebResponse r) { got = std::move(r); }, {});
    return got.status;
  };
  CHECK(get() == 401);
  request.headers.push_back({"Cookie", "vmware_soap_session=\"" + s.cookie() + "\""});
  CHECK(get() == 200);
  CHECK(got.body.find("displayName = \"web01\"") != std::string::npos);
}

TEST_CASE("powering a machine on costs little") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  constexpr int rounds = 200;
  auto const start = std::clock();
  for (int i = 0; i < rounds; ++i) {
    REQUIRE(s.does(vim::PowerOnVM_Task{.self = vm}) == "success");
    REQUIRE(s.does(vim::PowerOffVM_Task{.self = vm}) == "success");
  }
  double const each =
      1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / (2 * rounds);
  CHECK(each < 20'000);  // generous: sanitizers, and a machine that does other things too
  MESSAGE("a power task's round trip: " << each << " us of CPU");
}
