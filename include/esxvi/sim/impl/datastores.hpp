// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Files of datastores as clients manage them, and datastores themselves. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/deltas.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/host_files.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/Datastore.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/FileManager.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualDiskManager.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/InvalidName.hpp>
#include <esxvi/types/fault/NotSupported.hpp>
#include <esxvi/types/fault/VmConfigFault.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::sim {

namespace detail {

namespace {

/// A file as a request names it.
struct FilePlace {
  Ref<types::Datastore> datastore{};
  DatastorePath path{};
  std::shared_ptr<DatastoreFiles> files{};
};

inline FilePlace place_of(Host& host, std::string_view text) {
  FilePlace out;
  out.path = datastore_path(text);
  out.datastore = find_datastore(host, out.path.datastore);
  out.files = files_of(host, out.datastore);
  return out;
}

/// Throws FileLocked for what a running machine holds.
inline void expect_free(Host& host, FilePlace const& at) {
  if (is_held(host, at.datastore, at.path.path)) expect_success(FileResult::locked, at.path);
}

inline void update_space(Host& host, Ref<types::Datastore> const& ref) {
  auto const free = static_cast<std::int64_t>(files_of(host, ref)->free_space());
  if (host.get<types::Datastore>(ref)->summary.freeSpace != free)
    host.modify(ref, [&](types::Datastore& d) { d.summary.freeSpace = free; });
}

/// Starts a task that changes files; what it changes is free afterwards.
inline Ref<types::Task> file_task(Call& call, std::string_view operation, FilePlace const& at,
                                  std::function<void(Host&)> act) {
  call.require("Datastore.FileManagement", at.datastore);
  TaskPlan plan;
  plan.finish = [act = std::move(act), store = at.datastore](Host& host) {
    act(host);
    update_space(host, store);
    return Any();
  };
  return call.host().start_task(at.datastore, operation, std::move(plan), call.user());
}

inline std::string extent_of(std::string path, std::string_view kind = "-flat") {
  if (path.ends_with(".vmdk")) path.resize(path.size() - 5);
  return path.append(kind).append(".vmdk");
}

/// What describes a disk: never more than some lines. Throws FileNotFound, NotAFile, and
/// InvalidDiskFormat for what is no descriptor: an extent may have more bytes than there is memory.
inline std::string descriptor_of(FilePlace const& at) {
  auto const content = at.files->read(at.path.path);
  if (!content)
    expect_success(
        at.files->exists(at.path.path) ? FileResult::is_directory : FileResult::not_found, at.path);
  if (content->size() > 65536)
    throw fault(types::InvalidDiskFormat(), "File " + at.path.text() + " is not a virtual disk");
  return content->text();
}

/// Moves or copies a file.
inline void transfer_file(Host& host, FilePlace const& from, FilePlace const& to, bool replace,
                          bool keep) {
  note_before(host, from.files, from.path.path);
  note_before(host, to.files, to.path.path);
  if (from.files == to.files) {
    expect_success(keep ? to.files->copy(from.path.path, to.path.path, replace)
                        : to.files->move(from.path.path, to.path.path, replace),
                   from.path);
    return;
  }
  auto const info = from.files->stat(from.path.path);
  auto const content = from.files->read(from.path.path);
  if (!info || !content) expect_success(FileResult::not_found, from.path);
  if (!replace && to.files->exists(to.path.path)) expect_success(FileResult::exists, to.path);
  expect_success(to.files->write(to.path.path, *content, info->allocated), to.path);
  if (!keep) expect_success(from.files->remove(from.path.path), from.path);
}

/// Moves or copies the extents of a disk, and has the description that was moved name them.
inline void transfer_extents(Host& host, FilePlace const& from, FilePlace const& to, bool replace,
                             bool keep, std::string text) {
  auto const name = [](std::string const& path) { return path.substr(path.rfind('/') + 1); };
  bool any = false;
  for (std::string_view const kind : {"-flat", "-delta"}) {
    FilePlace one{
        from.datastore, {from.path.datastore, extent_of(from.path.path, kind)}, from.files};
    FilePlace other{to.datastore, {to.path.datastore, extent_of(to.path.path, kind)}, to.files};
    if (!one.files->exists(one.path.path)) continue;
    any = true;
    transfer_file(host, one, other, replace, keep);
    std::string const old_name = "\"" + name(one.path.path) + "\"";
    if (auto const at = text.find(old_name); at != std::string::npos)
      text.replace(at, old_name.size(), "\"" + name(other.path.path) + "\"");
  }
  if (!any) return;
  // A copy is another disk.
  if (auto const at = text.find("ddb.uuid"); keep && at != std::string::npos)
    text.erase(at, text.find('\n', at) - at + 1);
  expect_success(to.files->write(to.path.path, std::move(text)), to.path);
}

/// Moves or copies a file, or a disk with its extents: all of it, or nothing.
inline void transfer(Host& host, FilePlace const& from, FilePlace const& to, bool replace,
                     bool keep, bool disk) {
  auto text = disk ? descriptor_of(from) : std::string();
  FileChanges files(host);
  transfer_file(host, from, to, replace, keep);
  if (disk) transfer_extents(host, from, to, replace, keep, std::move(text));
  files.keep();
}

template <class R>
Ref<types::Task> transfer_task(Call& call, R const& r, std::string_view operation,
                               std::string const& target, bool keep, bool disk) {
  auto const from = place_of(call.host(), *r.sourceName);
  auto const to = place_of(call.host(), target);
  bool const replace = r.force.value_or(false);
  return file_task(call, operation, to, [=](Host& host) {
    if (!keep) expect_free(host, from);
    if (replace) expect_free(host, to);
    transfer(host, from, to, replace, keep, disk);
    if (!keep) update_space(host, from.datastore);
  });
}

/// "60 00 C2 9a 1b 2c 3d 4e-5f 60 71 82 93 a4 b5 c6", as disks print their UUIDs.
inline std::string disk_uuid_text(std::uint64_t high, std::uint64_t low) {
  std::string out;
  constexpr std::string_view digits = "0123456789abcdef";
  for (int i = 0; i < 16; ++i) {
    auto const byte = static_cast<unsigned>((i < 8 ? high : low) >> (8 * (7 - i % 8))) & 0xFFU;
    if (i > 0) out += i == 8 ? '-' : ' ';
    out.append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
  }
  return out;
}

/// As the machine says that has the disk, as the descriptor says, else from the path.
inline std::string disk_uuid(Host& host, FilePlace const& at) {
  auto const content = at.files->read(at.path.path);
  if (!content) expect_success(FileResult::not_found, at.path);
  std::string_view const text = content->head();
  if (auto const start = text.find("ddb.uuid = \""); start != std::string_view::npos) {
    auto const value = text.substr(start + 12);
    return std::string(value.substr(0, value.find('"')));
  }
  for (auto const& ref : host.get<types::Datastore>(at.datastore)->vm) {
    auto const vm = host.find<types::VirtualMachine>(ref);
    if (!vm || !vm->config) continue;
    for (auto const& d : vm->config->hardware.device)
      if (auto const* backing = d->backing.as<types::VirtualDiskFlatVer2BackingInfo>();
          backing != nullptr && backing->fileName == at.path.text() && backing->uuid) {
        std::uint64_t halves[2] = {0, 0};
        std::size_t count = 0;
        for (char const c : *backing->uuid) {
          std::string_view const digits = "0123456789abcdef";
          auto const value = digits.find(static_cast<char>(c | 0x20));
          if (value == std::string_view::npos || count == 32) continue;
          halves[count / 16] = halves[count / 16] << 4U | value;
          ++count;
        }
        return disk_uuid_text(halves[0], halves[1]);
      }
  }
  auto const hash = static_cast<std::uint64_t>(std::hash<std::string>()(at.path.text()));
  return disk_uuid_text(0x6000C290'00000000U | hash >> 32U, hash);
}

inline FilePlace disk_place(Host& host, std::string_view text) {
  auto const at = place_of(host, text);
  auto const info = at.files->stat(at.path.path);
  if (!info) expect_success(FileResult::not_found, at.path);
  if (info->is_directory) expect_success(FileResult::is_directory, at.path);
  return at;
}

inline void add_file_methods(Host& host) {
  using namespace esxvi::types;
  host.on<MakeDirectory>([](Call& call, MakeDirectory const& r) {
    auto const at = place_of(call.host(), *r.name);
    call.require("Datastore.FileManagement", at.datastore);
    expect_success(
        at.files->make_directory(at.path.path, r.createParentDirectories.value_or(false)), at.path);
  });
  host.on<DeleteDatastoreFile_Task>([](Call& call, DeleteDatastoreFile_Task const& r) {
    auto const at = place_of(call.host(), *r.name);
    return file_task(call, "FileManager.deleteFile", at, [at](Host& h) {
      expect_free(h, at);
      expect_success(at.files->remove(at.path.path, true), at.path);
    });
  });
  host.on<MoveDatastoreFile_Task>([](Call& call, MoveDatastoreFile_Task const& r) {
    return transfer_task(call, r, "FileManager.moveFile", *r.destinationName, false, false);
  });
  host.on<CopyDatastoreFile_Task>([](Call& call, CopyDatastoreFile_Task const& r) {
    return transfer_task(call, r, "FileManager.copyFile", *r.destinationName, true, false);
  });
}

/// The bytes of a disk that a client names in kilobytes.
inline std::int64_t checked_bytes(std::int64_t kilobytes, std::string property) {
  auto const bytes = bytes_of(kilobytes);
  if (is_disk_size(bytes)) return bytes;
  types::InvalidArgument why;
  why.invalidProperty = std::move(property);
  throw fault(std::move(why));
}

inline void add_disk_methods(Host& host) {
  using namespace esxvi::types;
  host.on<CreateVirtualDisk_Task>([](Call& call, CreateVirtualDisk_Task const& r) {
    auto const at = place_of(call.host(), *r.name);
    auto const* const spec = (*r.spec).template as<FileBackedVirtualDiskSpec>();
    if (spec == nullptr) throw fault(NotSupported());
    auto const bytes = checked_bytes(spec->capacityKb, "spec.capacityKb");
    bool const thin = spec->diskType == "thin" || (*r.spec).template is<SeSparseVirtualDiskSpec>();
    return file_task(call, "VirtualDiskManager.createVirtualDisk", at, [=](Host& h) {
      if (at.files->exists(at.path.path)) expect_success(FileResult::exists, at.path);
      if (auto const in = at.path.directory(); !in.empty() && !at.files->exists(in))
        expect_success(FileResult::not_found, at.path);
      if (!thin && static_cast<std::uint64_t>(bytes) > at.files->free_space())
        expect_success(FileResult::no_space, at.path);
      FileChanges files(h);
      write_disk(h, at.path.text(), bytes, thin);
      files.keep();
    });
  });
  host.on<DeleteVirtualDisk_Task>([](Call& call, DeleteVirtualDisk_Task const& r) {
    auto const at = disk_place(call.host(), *r.name);
    return file_task(call, "VirtualDiskManager.deleteVirtualDisk", at, [at](Host& h) {
      expect_free(h, at);
      expect_success(at.files->remove(at.path.path), at.path);
      for (std::string_view const kind : {"-flat", "-delta"})
        static_cast<void>(at.files->remove(extent_of(at.path.path, kind)));
    });
  });
  host.on<CopyVirtualDisk_Task>([](Call& call, CopyVirtualDisk_Task const& r) {
    return transfer_task(call, r, "VirtualDiskManager.copyVirtualDisk", *r.destName, true, true);
  });
  host.on<MoveVirtualDisk_Task>([](Call& call, MoveVirtualDisk_Task const& r) {
    return transfer_task(call, r, "VirtualDiskManager.moveVirtualDisk", *r.destName, false, true);
  });
  host.on<ExtendVirtualDisk_Task>([](Call& call, ExtendVirtualDisk_Task const& r) {
    auto const at = disk_place(call.host(), *r.name);
    auto const bytes = checked_bytes(*r.newCapacityKb, "newCapacityKb");
    if (bytes < disk_size(call.host(), at.path.text())) {
      InvalidArgument why;
      why.invalidProperty = "newCapacityKb";
      throw fault(std::move(why));
    }
    return file_task(call, "VirtualDiskManager.extendVirtualDisk", at, [at, bytes](Host& h) {
      expect_free(h, at);
      auto const extent = at.files->stat(extent_of(at.path.path));
      FileChanges files(h);
      grow_disk(h, at.path.text(), bytes, extent && extent->allocated < extent->size);
      files.keep();
    });
  });
  host.on<ZeroFillVirtualDisk_Task>([](Call& call, ZeroFillVirtualDisk_Task const& r) {
    auto const at = disk_place(call.host(), *r.name);
    return file_task(call, "VirtualDiskManager.zeroFillVirtualDisk", at, [at](Host& h) {
      expect_free(h, at);
      auto const size = static_cast<std::uint64_t>(disk_size(h, at.path.text()));
      expect_success(at.files->write(extent_of(at.path.path), FileContent::sparse(size), size),
                     at.path);
    });
  });
  host.on<QueryVirtualDiskUuid>([](Call& call, QueryVirtualDiskUuid const& r) {
    return disk_uuid(call.host(), place_of(call.host(), *r.name));
  });
  host.on<SetVirtualDiskUuid>([](Call& call, SetVirtualDiskUuid const& r) {
    auto const at = disk_place(call.host(), *r.name);
    call.require("Datastore.FileManagement", at.datastore);
    expect_free(call.host(), at);
    auto text = descriptor_of(at);
    if (auto const old = text.find("ddb.uuid"); old != std::string::npos)
      text.erase(old, text.find('\n', old) - old + 1);
    expect_success(at.files->write(at.path.path, text + "ddb.uuid = \"" + *r.uuid + "\"\n"),
                   at.path);
  });
}

/// Gives paths that begin with "[old]" another beginning.
struct NewPrefix {
  std::string from;
  std::string to;

  void operator()(std::string& path) const {
    if (path.starts_with(from)) path.replace(0, from.size(), to);
  }
  void operator()(std::optional<std::string>& path) const {
    if (path) (*this)(*path);
  }
  void operator()(types::VirtualMachineConfigInfo& config) const {
    auto& files = config.files;
    for (auto* path : {&files.vmPathName, &files.snapshotDirectory, &files.suspendDirectory,
                       &files.logDirectory, &files.ftMetadataDirectory})
      (*this)(*path);
    for_each_disk_file(config, [&](auto& backing) { (*this)(backing.fileName); });
    for (auto& d : config.hardware.device) {
      auto* const file =
          d->backing ? d->backing.as<types::VirtualDeviceFileBackingInfo>() : nullptr;
      if (file == nullptr) continue;
      (*this)(file->fileName);
      // "ISO [old] iso/debian.iso"
      if (!d->deviceInfo) continue;
      auto& about = d->deviceInfo->summary;
      if (auto const at = about.find(from + " "); at != about.npos)
        about.replace(at, from.size(), to);
    }
  }
};

}  // namespace

void require_datastore_name(std::string const& name) {
  require_entity_name(name);
  // It would end the name in every path.
  if (name.find(']') == name.npos) return;
  types::InvalidName why;
  why.name = name;
  throw fault(std::move(why), "The name '" + name + "' is invalid.");
}

void require_free_datastore_name(Host& host, std::string const& name) {
  auto const all = host.all<types::Datastore>();
  require_free_name(host, {all.begin(), all.end()}, server_name(name));
}

void rename_datastore(Host& host, Ref<types::Datastore> const& ref, std::string const& name) {
  require_datastore_name(name);
  auto const old = host.get<types::Datastore>(ref)->name;
  if (server_name(name) == old) return;
  require_free_datastore_name(host, name);
  static_cast<void>(files_of(host, ref));  // with the paths that they have
  host.modify(ref, [&](types::Datastore& d) { d.name = server_name(name); });
  NewPrefix const renamed{"[" + old + "]", "[" + server_name(name) + "]"};
  // All of them: also a snapshot, or the drive of a machine that is elsewhere, names files on it.
  for (auto const& vm : host.all<types::VirtualMachine>()) {
    for_each_config(host, vm, renamed);
    host.modify(vm, [&](types::VirtualMachine& m) {
      if (m.layoutEx)
        for (auto& file : m.layoutEx->file) renamed(file.name);
    });
  }
}

}  // namespace detail

void add_datastore_methods(Host& host) {
  using namespace esxvi::types;
  detail::add_file_methods(host);
  detail::add_disk_methods(host);
  host.on<RefreshDatastore>(
      [](Call& call, RefreshDatastore const& r) { detail::update_space(call.host(), *r.self); });
  host.on<RefreshDatastoreStorageInfo>([](Call& call, RefreshDatastoreStorageInfo const& r) {
    detail::update_space(call.host(), *r.self);
  });
  host.on<RenameDatastore>([](Call& call, RenameDatastore const& r) {
    detail::rename_datastore(call.host(), *r.self, *r.newName);
  });
}

}  // namespace esxvi::sim
