// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Files and disks of datastores, and versions of the API that leave things out.
#include "sim/fixture.hpp"

#include <esxvi/sim/host_files.hpp>
#include <esxvi/sim/host_storage.hpp>
#include <esxvi/types/Datastore.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/FileManager.hpp>
#include <esxvi/types/Folder.hpp>
#include <esxvi/types/HostDatastoreBrowser.hpp>
#include <esxvi/types/HostDatastoreSystem.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualDiskManager.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <limits>

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::Ref;

namespace {

Ref<vim::FileManager> const files("ha-nfc-file-manager");
Ref<vim::VirtualDiskManager> const disks("ha-vdiskmanager");

/// The task's end: its result, or the name of its fault.
std::string end_of(Simulated& s, Ref<vim::Task> const& task) {
  s.host.advance(10s);
  auto const info = s.host.get<vim::Task>(task)->info;
  return info.error ? std::string(info.error->fault.type_name()) : "";
}

vim::FileBackedVirtualDiskSpec disk(std::int64_t kilobytes, std::string type) {
  vim::FileBackedVirtualDiskSpec spec;
  spec.diskType = std::move(type);
  spec.adapterType = "lsiLogic";
  spec.capacityKb = kilobytes;
  return spec;
}

}  // namespace

TEST_CASE("directories and files are made, moved and removed") {
  Simulated s;
  auto session = s.open();
  session.call(vim::MakeDirectory{.self = files, .name = "[datastore1] a"});
  CHECK(fault_of([&] {
          session.call(vim::MakeDirectory{.self = files, .name = "[datastore1] a"});
        }) == "FileAlreadyExists");
  CHECK(fault_of([&] {
          session.call(vim::MakeDirectory{.self = files, .name = "[datastore1] x/y"});
        }) == "FileNotFound");
  CHECK(fault_of([&] { session.call(vim::MakeDirectory{.self = files, .name = "[nowhere] a"}); }) ==
        "InvalidDatastorePath");
  auto const store = esxvi::sim::files_of(s.host, s.host.places().datastore);
  static_cast<void>(store->write("a/one.iso", std::string("image")));
  CHECK(end_of(s, session.call(vim::MoveDatastoreFile_Task{
                      .self = files,
                      .sourceName = "[datastore1] a/one.iso",
                      .destinationName = "[datastore1] a/two.iso"})) == "");
  CHECK(!store->exists("a/one.iso"));
  CHECK(end_of(s, session.call(vim::DeleteDatastoreFile_Task{
                      .self = files, .name = "[datastore1] a/one.iso"})) == "FileNotFound");
  CHECK(end_of(s, session.call(vim::DeleteDatastoreFile_Task{.self = files,
                                                             .name = "[datastore1] a"})) == "");
  CHECK(!store->exists("a"));
}

TEST_CASE("disks have a size, an identity and room on their datastore") {
  Simulated s;
  auto session = s.open();
  auto const make = [&](std::string name, std::int64_t kilobytes, std::string type) {
    return end_of(s, session.call(vim::CreateVirtualDisk_Task{
                         .self = disks, .name = name, .spec = disk(kilobytes, type)}));
  };
  CHECK(make("[datastore1] one.vmdk", 1 << 20, "thin") == "");
  CHECK(make("[datastore1] one.vmdk", 1 << 20, "thin") == "FileAlreadyExists");
  CHECK(make("[datastore1] none/one.vmdk", 1 << 20, "thin") == "FileNotFound");
  CHECK(make("[datastore1] big.vmdk", std::int64_t{1} << 35, "preallocated") == "NoDiskSpace");
  auto const id =
      session.call(vim::QueryVirtualDiskUuid{.self = disks, .name = "[datastore1] one.vmdk"});
  CHECK(id.size() == 47);
  auto const room = [&] {
    return s.host.get<vim::Datastore>(s.host.places().datastore)->summary.freeSpace;
  };
  auto const before = room();
  CHECK(end_of(s, session.call(vim::CopyVirtualDisk_Task{.self = disks,
                                                         .sourceName = "[datastore1] one.vmdk",
                                                         .destName = "[datastore1] two.vmdk"})) ==
        "");
  CHECK(session.call(vim::QueryVirtualDiskUuid{.self = disks, .name = "[datastore1] two.vmdk"}) !=
        id);
  auto const thin = room();
  CHECK(end_of(s, session.call(vim::ZeroFillVirtualDisk_Task{
                      .self = disks, .name = "[datastore1] two.vmdk"})) == "");
  CHECK(room() == thin - (std::int64_t{1} << 30));
  CHECK(end_of(s, session.call(vim::DeleteVirtualDisk_Task{
                      .self = disks, .name = "[datastore1] two.vmdk"})) == "");
  CHECK(room() == before);
  CHECK(fault_of([&] {
          session.call(vim::QueryVirtualDiskUuid{.self = disks, .name = "[datastore1] two.vmdk"});
        }) == "FileNotFound");
}

TEST_CASE("what is no disk is not taken for one") {
  Simulated s;
  s.host.add_vm("web01").disk(16);
  auto session = s.open();
  auto const store = esxvi::sim::files_of(s.host, s.host.places().datastore);
  store->make_directory("a");
  auto const copy = [&](std::string from) {
    return end_of(s, session.call(vim::CopyVirtualDisk_Task{
                         .self = disks, .sourceName = from, .destName = "[datastore1] copy.vmdk"}));
  };
  auto const mark = [&](std::string name) {
    return fault_of([&] {
      session.call(vim::SetVirtualDiskUuid{.self = disks, .name = name, .uuid = "60 00"});
    });
  };
  CHECK(copy("[datastore1] a") == "NotAFile");
  CHECK(mark("[datastore1] a") == "NotAFile");
  CHECK(mark("[datastore1]") == "NotAFile");
  // More bytes than there may be memory for.
  CHECK(copy("[datastore1] web01/web01-flat.vmdk") == "InvalidDiskFormat");
  CHECK(mark("[datastore1] web01/web01-flat.vmdk") == "InvalidDiskFormat");
  CHECK_FALSE(store->exists("copy.vmdk"));
  CHECK(copy("[datastore1] web01/web01.vmdk") == "");
  CHECK(mark("[datastore1] copy.vmdk") == "");
  CHECK(store->exists("copy-flat.vmdk"));
}

TEST_CASE("a disk that grows keeps its identity and what is in it") {
  Simulated s;
  auto session = s.open();
  std::string const name = "[datastore1] one.vmdk";
  auto const store = esxvi::sim::files_of(s.host, s.host.places().datastore);
  for (std::string const type : {"thin", "preallocated"}) {
    CAPTURE(type);
    CHECK(end_of(s, session.call(vim::CreateVirtualDisk_Task{
                        .self = disks, .name = name, .spec = disk(1024, type)})) == "");
    std::string const uuid = "60 00 C2 91 00 00 00 00-00 00 00 00 00 00 00 01";
    session.call(vim::SetVirtualDiskUuid{.self = disks, .name = name, .uuid = uuid});
    auto const before = *store->stat("one-flat.vmdk");
    REQUIRE(succeeded(store->write(
        "one-flat.vmdk", esxvi::sim::FileContent::sparse(before.size, "boot"), before.allocated)));
    CHECK(end_of(s, session.call(vim::ExtendVirtualDisk_Task{
                        .self = disks, .name = name, .newCapacityKb = 4096})) == "");
    CHECK(session.call(vim::QueryVirtualDiskUuid{.self = disks, .name = name}) == uuid);
    auto const after = *store->stat("one-flat.vmdk");
    CHECK(after.size == 4096 * 1024);
    CHECK((after.allocated < after.size) == (type == "thin"));
    CHECK(store->read("one-flat.vmdk")->head() == "boot");
    CHECK(store->read("one.vmdk")->text().find("\nRW 8192 VMFS \"one-flat.vmdk\"\n") !=
          std::string::npos);
    CHECK(end_of(s, session.call(vim::DeleteVirtualDisk_Task{.self = disks, .name = name})) == "");
  }
}

TEST_CASE("a disk that finds no room to grow stays as it is") {
  Simulated s;
  auto session = s.open();
  std::string const name = "[datastore1] one.vmdk";
  CHECK(end_of(s, session.call(vim::CreateVirtualDisk_Task{
                      .self = disks, .name = name, .spec = disk(1 << 20, "preallocated")})) == "");
  auto const store = esxvi::sim::files_of(s.host, s.host.places().datastore);
  auto const descriptor = store->read("one.vmdk")->text();
  auto const used = store->used();
  CHECK(end_of(s, session.call(vim::ExtendVirtualDisk_Task{
                      .self = disks, .name = name, .newCapacityKb = std::int64_t{1} << 35})) ==
        "NoDiskSpace");
  CHECK(store->read("one.vmdk")->text() == descriptor);
  CHECK(store->stat("one-flat.vmdk")->size == 1 << 30);
  CHECK(store->used() == used);
}

TEST_CASE("disks have sizes that hosts have disks of") {
  Simulated s;
  auto session = s.open();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto terabyte = std::int64_t{1} << 30;
  std::string const name = "[datastore1] one.vmdk";
  CHECK(end_of(s, session.call(vim::CreateVirtualDisk_Task{
                      .self = disks, .name = name, .spec = disk(4, "thin")})) == "");
  for (std::int64_t const kilobytes :
       {-most - 1, std::int64_t{-1}, std::int64_t{0}, 62 * terabyte + 1, most / 1024 + 1, most}) {
    CAPTURE(kilobytes);
    for (std::string const type : {"thin", "preallocated"})
      CHECK(fault_of([&] {
              session.call(vim::CreateVirtualDisk_Task{
                  .self = disks, .name = "[datastore1] two.vmdk", .spec = disk(kilobytes, type)});
            }) == "InvalidArgument");
    CHECK(fault_of([&] {
            session.call(vim::ExtendVirtualDisk_Task{
                .self = disks, .name = name, .newCapacityKb = kilobytes});
          }) == "InvalidArgument");
  }
  CHECK(end_of(s, session.call(vim::ExtendVirtualDisk_Task{
                      .self = disks, .name = name, .newCapacityKb = 62 * terabyte})) == "");

  // What somebody wrote into a descriptor that was uploaded.
  auto const store = esxvi::sim::files_of(s.host, s.host.places().datastore);
  for (char const* sectors : {"99999999999999999", "-1", "99999999999999999999999"}) {
    CAPTURE(sectors);
    auto const text =
        std::string("# Disk DescriptorFile\nRW ") + sectors + " VMFS \"x-flat.vmdk\"\n";
    REQUIRE(succeeded(store->write("one.vmdk", text)));
    vim::HostDatastoreBrowserSearchSpec spec;
    spec.query.emplace_back(vim::VmDiskFileQuery());
    auto const task = session.call(vim::SearchDatastore_Task{
        .self = s.host.get<vim::Datastore>(s.host.places().datastore)->browser,
        .datastorePath = "[datastore1]",
        .searchSpec = spec});
    CHECK(end_of(s, task) == "");
    auto const info = s.host.get<vim::Task>(task)->info;
    auto const* const found = info.result.as<vim::HostDatastoreBrowserSearchResults>();
    REQUIRE(found != nullptr);
    REQUIRE(found->file.size() == 1);
    CHECK(found->file[0].as<vim::VmDiskFileInfo>()->capacityKb == 0);
  }
}

TEST_CASE("a search finds kinds of files, and disks without their parts") {
  Simulated s;
  s.host.add_vm("web01").disk(4);
  auto session = s.open();
  auto const store = s.host.get<vim::Datastore>(s.host.places().datastore);
  vim::HostDatastoreBrowserSearchSpec spec;
  spec.query.emplace_back(vim::VmDiskFileQuery());
  spec.details = vim::FileQueryFlags{true, true, false, {}, {}};
  auto const task = session.call(vim::SearchDatastoreSubFolders_Task{
      .self = store->browser, .datastorePath = "[datastore1]", .searchSpec = spec});
  CHECK(end_of(s, task) == "");
  auto const info = s.host.get<vim::Task>(task)->info;
  auto const* const folders = info.result.as<std::vector<vim::HostDatastoreBrowserSearchResults>>();
  REQUIRE(folders != nullptr);
  REQUIRE(folders->size() == 2);
  CHECK((*folders)[0].folderPath == "[datastore1]");
  CHECK((*folders)[0].file.empty());
  CHECK((*folders)[1].folderPath == "[datastore1] web01/");
  REQUIRE((*folders)[1].file.size() == 1);
  auto const* const disk = (*folders)[1].file[0].as<vim::VmDiskFileInfo>();
  REQUIRE(disk != nullptr);
  CHECK(disk->path == "web01.vmdk");
  CHECK(disk->capacityKb == 4 << 20);
}

TEST_CASE("a running machine holds its files: clients can read them, no more") {
  Simulated s;
  Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01").disk(4);
  s.host.add_vm("web02").disk(4);
  auto session = s.open();
  auto const store = esxvi::sim::files_of(s.host, s.host.places().datastore);
  auto const ask = [&](std::string method, std::string path) {
    esxvi::sim::WebRequest request{.method = std::move(method),
                                   .target = "/folder/" + path + "?dsName=datastore1",
                                   .body = "text"};
    request.headers.push_back({"Cookie", "vmware_soap_session=\"" + s.cookie() + "\""});
    int status = 0;
    s.host.handle(request, [&](esxvi::sim::WebResponse r) { status = r.status; }, {});
    return status;
  };
  auto const erase = [&](std::string path) {
    return end_of(s, session.call(vim::DeleteDatastoreFile_Task{.self = files,
                                                                .name = "[datastore1] " + path}));
  };
  auto const move = [&](std::string from, std::string to, bool force = false) {
    return end_of(s,
                  session.call(vim::MoveDatastoreFile_Task{.self = files,
                                                           .sourceName = "[datastore1] " + from,
                                                           .destinationName = "[datastore1] " + to,
                                                           .force = force}));
  };
  std::string const disk_name = "[datastore1] web01/web01.vmdk";
  std::string const held = "FileLocked";
  static_cast<void>(store->write("other", std::string("x")));

  session.call(vim::PowerOnVM_Task{.self = vm});
  s.host.advance(10s);
  auto const before = store->entries().size();
  for (std::string const file :
       {"web01/web01.vmdk", "web01/web01-flat.vmdk", "web01/web01.nvram"}) {
    CAPTURE(file);
    CHECK(ask("DELETE", file) == 500);
    CHECK(ask("PUT", file) == 500);
    CHECK(ask("HEAD", file) == 200);
    CHECK(erase(file) == held);
    CHECK(move(file, "elsewhere") == held);
    CHECK(move("other", file, true) == held);
    CHECK(move("other", file) == "FileAlreadyExists");
  }
  CHECK(erase("web01") == held);
  CHECK(erase("/web01//web01.vmdk") == held);
  CHECK(move("web01", "web03") == held);
  auto const zeros = vim::ZeroFillVirtualDisk_Task{.self = disks, .name = disk_name};
  auto const longer =
      vim::ExtendVirtualDisk_Task{.self = disks, .name = disk_name, .newCapacityKb = 5 << 20};
  auto const gone = vim::DeleteVirtualDisk_Task{.self = disks, .name = disk_name};
  auto const moved = vim::MoveVirtualDisk_Task{
      .self = disks, .sourceName = disk_name, .destName = "[datastore1] disk.vmdk"};
  CHECK(end_of(s, session.call(zeros)) == held);
  CHECK(end_of(s, session.call(longer)) == held);
  CHECK(end_of(s, session.call(gone)) == held);
  CHECK(end_of(s, session.call(moved)) == held);
  CHECK(store->entries().size() == before);
  // What it stands on while there is a snapshot is held too.
  session.call(
      vim::CreateSnapshot_Task{.self = vm, .name = "one", .memory = false, .quiesce = false});
  s.host.advance(10s);
  CHECK(erase("web01/web01-flat.vmdk") == held);
  CHECK(erase("web01/web01-000001-delta.vmdk") == held);
  // Another machine, and the same one when it is off, hold nothing.
  CHECK(ask("DELETE", "web02/web02-flat.vmdk") == 204);
  CHECK(end_of(s, session.call(vim::CopyVirtualDisk_Task{.self = disks,
                                                         .sourceName = disk_name,
                                                         .destName = "[datastore1] copy.vmdk"})) ==
        "");
  session.call(vim::PowerOffVM_Task{.self = vm});
  s.host.advance(10s);
  CHECK(ask("PUT", "web01/web01.nvram") == 200);
  CHECK(end_of(s, session.call(moved)) == "");
}

TEST_CASE("an older client is not told what it cannot know") {
  Simulated s;
  auto const ask = [&](std::string version) {
    return s
        .post(envelope("<RetrieveServiceContent xmlns=\"urn:vim25\"><_this "
                       "type=\"ServiceInstance\">ServiceInstance</_this></RetrieveServiceContent>"),
              {}, "urn:vim25/" + version)
        .second;
  };
  CHECK(ask("8.0.3.0").find("<patchLevel>") != std::string::npos);
  CHECK(ask("6.7").find("<patchLevel>") == std::string::npos);
  CHECK(ask("6.7").find("<guestOperationsManager") != std::string::npos);
  CHECK(ask("4.1").find("<guestOperationsManager") == std::string::npos);
}

TEST_CASE("a datastore is made on a disk that holds none") {
  Simulated s;
  esxvi::sim::add_iscsi_target(s.host, {.address = "192.0.2.50",
                                        .name = "iqn.2005-10.org.freenas.ctl:t",
                                        .disks = {std::int64_t{100} << 30}});
  auto session = s.open();
  Ref<vim::HostDatastoreSystem> const system("ha-datastoresystem");
  auto const free = session.call(vim::QueryAvailableDisksForVmfs{.self = system});
  REQUIRE(free.size() == 1);  // the local one holds datastore1
  vim::VmfsDatastoreCreateSpec spec;
  spec.diskUuid = free[0].uuid;
  spec.vmfs.extent.diskName = free[0].canonicalName.value();
  spec.vmfs.extent.partition = 1;
  spec.vmfs.majorVersion = 6;
  spec.vmfs.volumeName = "fast";
  auto const made = session.call(vim::CreateVmfsDatastore{.self = system, .spec = spec});
  auto const store = s.host.get<vim::Datastore>(made);
  CHECK(store->name == "fast");
  CHECK(store->summary.capacity == std::int64_t{100} << 30);
  CHECK(session.call(vim::QueryAvailableDisksForVmfs{.self = system}).empty());
  CHECK(fault_of([&] { session.call(vim::CreateVmfsDatastore{.self = system, .spec = spec}); }) ==
        "DuplicateName");
  spec.vmfs.volumeName = "again";
  CHECK(fault_of([&] { session.call(vim::CreateVmfsDatastore{.self = system, .spec = spec}); }) ==
        "InvalidArgument");
  session.call(vim::RemoveDatastore{.self = system, .datastore = made});
  CHECK(session.call(vim::QueryAvailableDisksForVmfs{.self = system}).size() == 1);
}

TEST_CASE("another datastore takes the place of the first, until there is none") {
  Simulated s;
  auto session = s.open();
  Ref<vim::HostDatastoreSystem> const system("ha-datastoresystem");
  auto const remove = [&](Ref<vim::Datastore> const& store) {
    session.call(vim::RemoveDatastore{.self = system, .datastore = store});
  };
  auto const make = [&](std::string name, std::string path) {
    vim::VirtualMachineConfigSpec spec;
    spec.name = std::move(name);
    spec.files.emplace().vmPathName = std::move(path);
    return end_of(
        s, session.call(vim::CreateVM_Task{
               .self = s.host.places().vm_folder, .config = spec, .pool = s.host.places().pool}));
  };
  vim::HostNasVolumeSpec nas;
  nas.remoteHost = "192.0.2.50";
  nas.remotePath = "/srv/vm";
  nas.localPath = "nas";
  nas.accessMode = "readWrite";
  auto const other = session.call(vim::CreateNasDatastore{.self = system, .spec = nas});
  remove(s.host.places().datastore);
  CHECK(s.host.places().datastore == other);
  CHECK(make("one", "[nas]") == "");
  CHECK(make("two", "") == "");
  auto const three = s.host.add_vm("three").ref();
  CHECK(s.host.get<vim::VirtualMachine>(three)->datastore == std::vector{other});
  CHECK(fault_of([&] { remove(other); }) == "ResourceInUse");
  for (auto const& vm : s.host.all<vim::VirtualMachine>())
    CHECK(end_of(s, session.call(vim::Destroy_Task{.self = vm})) == "");
  remove(other);
  CHECK(!s.host.places().datastore);
  CHECK(make("four", "") == "InvalidDatastore");
  auto const next = s.host.add_datastore("next", std::int64_t{1} << 40);
  CHECK(s.host.places().datastore == next);
  CHECK(make("four", "") == "");
}

TEST_CASE("a disk is moved or copied with its extents, or not at all") {
  Simulated s;
  auto session = s.open();
  auto const store = esxvi::sim::files_of(s.host, s.host.places().datastore);
  auto const second = s.host.add_datastore("second", std::int64_t{2} << 30);
  auto const other = esxvi::sim::files_of(s.host, second);
  auto const transfer = [&](bool moves, std::string from, std::string to) {
    if (moves)
      return end_of(s, session.call(vim::MoveVirtualDisk_Task{
                           .self = disks, .sourceName = from, .destName = to}));
    return end_of(s, session.call(vim::CopyVirtualDisk_Task{
                         .self = disks, .sourceName = from, .destName = to}));
  };
  std::string const name = "[datastore1] one.vmdk";
  CHECK(end_of(s, session.call(vim::CreateVirtualDisk_Task{
                      .self = disks, .name = name, .spec = disk(1 << 20, "preallocated")})) == "");
  auto const descriptor = store->read("one.vmdk")->text();
  static_cast<void>(store->write("two-flat.vmdk", std::string("x")));
  static_cast<void>(other->write("two-flat.vmdk", std::string("x")));
  other->set_capacity(std::uint64_t{1} << 30);
  for (bool const moves : {false, true}) {
    CAPTURE(moves);
    CHECK(transfer(moves, name, "[datastore1] two.vmdk") == "FileAlreadyExists");
    CHECK(transfer(moves, name, "[second] two.vmdk") == "FileAlreadyExists");
    CHECK(transfer(moves, name, "[second] three.vmdk") == "NoDiskSpace");
    CHECK(store->read("one.vmdk")->text() == descriptor);
    CHECK(store->stat("one-flat.vmdk")->allocated == std::uint64_t{1} << 30);
    CHECK(store->entries().size() == 3);
    CHECK(other->entries().size() == 1);
  }
  other->set_capacity(std::uint64_t{2} << 30);
  CHECK(transfer(true, name, "[second] three.vmdk") == "");
  CHECK(store->entries().size() == 1);
  CHECK(other->stat("three-flat.vmdk")->allocated == std::uint64_t{1} << 30);
  CHECK(other->read("three.vmdk")->text().find("\"three-flat.vmdk\"") != std::string::npos);
}

TEST_CASE("the disk of a snapshot is copied, moved and removed with what is different in it") {
  Simulated s;
  Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01").disk(4);
  auto session = s.open();
  auto const store = esxvi::sim::files_of(s.host, s.host.places().datastore);
  CHECK(end_of(s, session.call(vim::CreateSnapshot_Task{
                      .self = vm, .name = "one", .memory = false, .quiesce = false})) == "");
  REQUIRE(store->exists("web01/web01-000001-delta.vmdk"));
  CHECK(end_of(s, session.call(vim::CopyVirtualDisk_Task{
                      .self = disks,
                      .sourceName = "[datastore1] web01/web01-000001.vmdk",
                      .destName = "[datastore1] web01/copy.vmdk"})) == "");
  CHECK(store->read("web01/copy.vmdk")->text().find("\"copy-delta.vmdk\"") != std::string::npos);
  CHECK(end_of(s, session.call(vim::MoveVirtualDisk_Task{
                      .self = disks,
                      .sourceName = "[datastore1] web01/copy.vmdk",
                      .destName = "[datastore1] web01/moved.vmdk"})) == "");
  CHECK_FALSE(store->exists("web01/copy-delta.vmdk"));
  CHECK(store->exists("web01/moved-delta.vmdk"));
  CHECK(end_of(s, session.call(vim::DeleteVirtualDisk_Task{
                      .self = disks, .name = "[datastore1] web01/moved.vmdk"})) == "");
  CHECK_FALSE(store->exists("web01/moved-delta.vmdk"));
}
