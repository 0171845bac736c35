// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The files of virtual machines on datastores, and what shows them. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/deltas.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/folder.hpp>
#include <esxvi/sim/host_files.hpp>
#include <esxvi/sim/host_pages.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualSerialPort.hpp>
#include <esxvi/types/fault/FileFault.hpp>
#include <esxvi/types/fault/InvalidDatastore.hpp>
#include <esxvi/types/fault/VmConfigFault.hpp>

#include <charconv>

namespace esxvi::sim {

namespace detail {

MachineServices& machine_services(Host& host) {
  auto& services = host.state().machines;
  if (!services) services = std::make_shared<MachineServices>();
  return *services;
}

DatastorePath datastore_path(std::string_view text) {
  auto const close = text.find(']');
  if (!text.starts_with('[') || close == std::string_view::npos || close == 1) {
    types::InvalidDatastorePath why;
    why.datastorePath = text;
    throw fault(std::move(why), "Invalid datastore path '" + std::string(text) + "'.");
  }
  DatastorePath out{std::string(text.substr(1, close - 1)), {}};
  text.remove_prefix(close + 1);
  while (text.starts_with(' ')) text.remove_prefix(1);
  out.path = text;
  return out;
}

Ref<types::Datastore> find_datastore(Host& host, std::string_view name) {
  // By the data center's list: looking at all objects takes long where machines are many.
  for (auto const& ref : host.get<types::Datacenter>(host.places().datacenter)->datastore)
    if (host.get<types::Datastore>(ref)->name == name) return ref;
  types::InvalidDatastorePath why;
  why.datastorePath = "[" + std::string(name) + "]";
  std::string message = "Invalid datastore path '" + why.datastorePath + "'.";
  throw fault(std::move(why), std::move(message));
}

std::shared_ptr<DatastoreFiles> files_as_they_are(Host& host, std::string_view datastore) {
  auto const ref = find_datastore(host, datastore);
  auto& files = machine_services(host).files[ref.value()];
  if (!files)
    files = std::make_shared<DatastoreFiles>(
        static_cast<std::uint64_t>(host.get<types::Datastore>(ref)->summary.capacity),
        [&host] { return std::chrono::system_clock::time_point(host.now().time_point()); });
  return files;
}

bool file_exists(Host& host, std::string const& path) {
  auto const at = datastore_path(path);
  return files_as_they_are(host, at.datastore)->exists(at.path);
}

void expect_success(FileResult result, DatastorePath const& path) {
  auto const refuse = [&](auto why, std::string_view text) {
    why.file = path.text();
    throw fault(std::move(why), "File " + path.text() + " " + std::string(text));
  };
  switch (result) {
    case FileResult::ok:
    case FileResult::created:
      return;
    case FileResult::not_found:
      return refuse(types::FileNotFound(), "was not found");
    case FileResult::exists:
      return refuse(types::FileAlreadyExists(), "already exists");
    case FileResult::is_directory:
      return refuse(types::NotAFile(), "is not a file");
    case FileResult::not_directory:
      return refuse(types::NotADirectory(), "is not a directory");
    case FileResult::not_empty:
      return refuse(types::DirectoryNotEmpty(), "is not empty");
    case FileResult::locked:
      return refuse(types::FileLocked(), "is locked");
    case FileResult::no_space: {
      types::NoDiskSpace why;
      why.datastore = path.datastore;
      return refuse(std::move(why), "does not fit: insufficient disk space on the datastore");
    }
    case FileResult::bad_path:
      break;
  }
  types::InvalidDatastorePath why;
  why.datastorePath = path.text();
  throw fault(std::move(why), "Invalid datastore path '" + path.text() + "'.");
}

// For who may have to take back what is about to be done to a file or directory.
void note_before(Host& host, std::shared_ptr<DatastoreFiles> const& files, std::string path) {
  auto* const begun = machine_services(host).begun;
  if (begun == nullptr) return;
  auto const there = files->stat(path);
  if (there && there->is_directory) return;
  auto content = files->read(path);
  begun->push_back({files, std::move(path), std::move(content), there ? there->allocated : 0});
}

void write_file(Host& host, DatastorePath const& at, FileContent content,
                std::optional<std::uint64_t> allocated) {
  auto const files = files_as_they_are(host, at.datastore);
  for (auto end = at.path.find('/'); end != at.path.npos; end = at.path.find('/', end + 1))
    note_before(host, files, at.path.substr(0, end));
  note_before(host, files, at.path);
  if (!at.directory().empty())
    if (auto const made = files->make_directory(at.directory(), true); made != FileResult::exists)
      expect_success(made, at);
  expect_success(files->write(at.path, std::move(content), allocated), at);
}

FileChanges::FileChanges(Host& host) : services_(machine_services(host)) {
  services_.begun = &before_;
}

FileChanges::~FileChanges() {
  services_.begun = nullptr;
  // A directory after what is in it; it stays when somebody else put something there.
  for (auto one = before_.rbegin(); one != before_.rend(); ++one) {
    if (one->content)
      static_cast<void>(one->files->write(one->path, *one->content, one->allocated));
    else
      static_cast<void>(one->files->remove(one->path));
  }
}

namespace {

inline std::string extent_name(std::string path, std::string_view kind) {
  if (path.ends_with(".vmdk")) path.resize(path.size() - 5);
  return path.append(kind).append(".vmdk");
}

// The disks and what else a machine has besides its configuration. A machine that was described
// rather than made by a client is as if it had run before: its ports have written. It is there even
// when its datastore has no room for it.
inline void write_first_files(Host& host, types::VirtualMachineConfigInfo const& config,
                              DatastorePath const& vmx) {
  auto const files = files_as_they_are(host, vmx.datastore);
  static_cast<void>(files->make_directory(vmx.directory(), true));
  auto const attempt = [](auto const& write) {
    try {
      write();
    } catch (Failure const&) {
    }
  };
  if (auto const nvram = extra_value(config, "nvram"))
    attempt([&] { write_file(host, vmx.beside(*nvram), FileContent::sparse(8684)); });
  for (auto const& d : config.hardware.device) {
    if (auto const* disk = d.as<types::VirtualDisk>()) {
      if (auto const* backing = disk->backing.as<types::VirtualDiskFlatVer2BackingInfo>())
        attempt([&] {
          write_disk(host, backing->fileName, disk->capacityInBytes.value_or(0),
                     backing->thinProvisioned.value_or(false));
        });
    } else if (d.is<types::VirtualSerialPort>()) {
      if (auto const* backing = d->backing.as<types::VirtualSerialPortFileBackingInfo>()) {
        attempt([&] {
          if (!file_exists(host, backing->fileName))
            write_file(host, datastore_path(backing->fileName), "login: \r\n");
        });
      }
    }
  }
}

/// The size in the description of a disk, as it stands there; nothing when it describes none.
inline std::optional<std::string_view> sectors_in(std::string_view text) {
  auto const extent = text.find("\nRW ");
  if (extent == text.npos) return std::nullopt;
  text.remove_prefix(extent + 4);
  return text.substr(0, text.find_first_of(" \n"));
}

}  // namespace

void write_disk(Host& host, std::string const& path, std::int64_t bytes, bool thin,
                std::string const& parent) {
  auto const at = datastore_path(path);
  bool const is_delta = !parent.empty();
  auto const extent = extent_name(at.path, is_delta ? "-delta" : "-flat");
  std::string text = "# Disk DescriptorFile\nversion=1\nencoding=\"UTF-8\"\nCID=fffffffe\n";
  if (is_delta)
    text +=
        "parentCID=fffffffe\ncreateType=\"vmfsSparse\"\nparentFileNameHint=\"" + parent + "\"\n";
  else
    text += "parentCID=ffffffff\ncreateType=\"vmfs\"\n";
  text += "\n# Extent description\nRW " + std::to_string(bytes / 512) +
          (is_delta ? " VMFSSPARSE \"" : " VMFS \"") + extent.substr(extent.rfind('/') + 1) +
          "\"\n\n# The Disk Data Base\n#DDB\n\n";
  if (!is_delta)
    text += std::string("ddb.adapterType = \"lsilogic\"\n") +
            (thin ? "ddb.thinProvisioned = \"1\"\n" : "") + "ddb.virtualHWVersion = \"19\"\n";
  auto const size = is_delta ? 0 : static_cast<std::uint64_t>(bytes);
  write_file(host, at, std::move(text));
  write_file(host, {at.datastore, extent}, FileContent::sparse(size), thin ? 0 : size);
}

void remove_disk(Host& host, std::string const& path) {
  auto const at = datastore_path(path);
  auto const files = files_as_they_are(host, at.datastore);
  for (auto const& each :
       {at.path, extent_name(at.path, "-flat"), extent_name(at.path, "-delta")}) {
    if (!files->exists(each)) continue;
    note_before(host, files, each);
    static_cast<void>(files->remove(each));
  }
}

void grow_disk(Host& host, std::string const& path, std::int64_t bytes, bool thin) {
  auto const at = datastore_path(path);
  auto const files = files_as_they_are(host, at.datastore);
  DatastorePath const extent{at.datastore, extent_name(at.path, "-flat")};
  auto const descriptor = files->read(at.path);
  if (!descriptor) return write_disk(host, path, bytes, thin);
  auto const sectors = sectors_in(descriptor->head());
  auto const content = files->read(extent.path);
  auto const info = files->stat(extent.path);
  // What stands on another disk has no such extent.
  if (!sectors || !content || !info)
    throw fault(types::InvalidDiskFormat(), "The disk " + path + " cannot grow");
  std::string text(descriptor->head());
  text.replace(static_cast<std::size_t>(sectors->data() - descriptor->head().data()),
               sectors->size(), std::to_string(bytes / 512));
  auto const size = static_cast<std::uint64_t>(bytes);
  auto const allocated = thin ? info->allocated : size;
  write_file(host, at, std::move(text));
  write_file(host, extent, FileContent::sparse(size, std::string(content->head())), allocated);
}

std::int64_t disk_size(Host& host, std::string const& path) {
  auto const at = datastore_path(path);
  auto const content = files_as_they_are(host, at.datastore)->read(at.path);
  if (!content) return 0;
  auto const number = sectors_in(content->head());
  if (!number) return static_cast<std::int64_t>(content->size());
  std::int64_t sectors = 0;
  std::from_chars(number->data(), number->data() + number->size(), sectors);
  // Anybody may have written the descriptor.
  constexpr std::int64_t most = std::int64_t{1} << 53;
  return sectors > 0 && sectors < most ? sectors * 512 : 0;
}

bool is_held(Host& host, Ref<types::Datastore> const& store, std::string_view path) {
  auto const wanted = DatastoreFiles::normalized(path);
  if (!wanted || wanted->empty()) return false;
  auto const found = host.get<types::Datastore>(store);
  bool held = false;
  auto const holds = [&](DatastorePath const& at, std::string const& file) {
    auto const one = DatastoreFiles::normalized(file).value_or(std::string());
    held =
        held || (at.datastore == found->name && (one == *wanted || one.starts_with(*wanted + "/")));
  };
  for (auto const& ref : found->vm) {
    auto const vm = host.get<types::VirtualMachine>(ref);
    if (vm->runtime.powerState != types::VirtualMachinePowerState::poweredOn || !vm->config)
      continue;
    for_each_disk_file(*vm->config, [&](auto const& disk) {
      auto const at = datastore_path(disk.fileName);
      holds(at, at.path);
      for (std::string_view const kind : {"-flat", "-delta"}) holds(at, extent_name(at.path, kind));
    });
    auto const vmx = datastore_path(vm->config->files.vmPathName.value_or("[] "));
    for (auto const& beside :
         {extra_value(*vm->config, "nvram"), std::optional<std::string>("vmware.log")})
      if (beside) holds(vmx, vmx.beside(*beside).path);
    // The name of the swap file is different each time.
    if (wanted->ends_with(".vswp") && DatastorePath{{}, *wanted}.directory() == vmx.directory())
      holds(vmx, *wanted);
  }
  return held;
}

FileResult save_machine(Host& host, std::string const& id) {
  auto& services = machine_services(host);
  services.unsaved.erase(id);
  auto const vm = host.find<types::VirtualMachine>({"VirtualMachine", id});
  if (!vm || !vm->config || !vm->config->files.vmPathName) return FileResult::ok;
  auto const at = datastore_path(*vm->config->files.vmPathName);
  auto const [known, is_new] = services.written.try_emplace(id, 0);
  if (is_new) write_first_files(host, *vm->config, at);
  std::string text = vmx_text(host, *vm->config);
  auto const hash = std::hash<std::string>()(text);
  // What somebody else put into the file stays until the machine changes.
  if (!is_new && hash == known->second) return FileResult::ok;
  auto const result = files_as_they_are(host, at.datastore)->write(at.path, std::move(text));
  if (succeeded(result)) known->second = hash;
  return result;
}

}  // namespace detail

std::shared_ptr<DatastoreFiles> files_of(Host& host, Ref<types::Datastore> const& datastore) {
  auto const hold = host.lock();
  auto& services = detail::machine_services(host);
  // One by one: what a machine's paths are refused for is no reason to forget the others.
  while (!services.unsaved.empty()) {
    std::string const id = *services.unsaved.begin();
    detail::save_machine(host, id);
  }
  return detail::files_as_they_are(host, host.get<types::Datastore>(datastore)->name);
}

void add_machine_file_services(Host& host) {
  static_cast<void>(detail::machine_services(host));
  // Written when somebody looks: most machines of a big host are never looked at.
  host.derive<types::VirtualMachine>([](Host& h, types::VirtualMachine const& vm) {
    if (vm.summary.vm) detail::machine_services(h).unsaved.insert(vm.summary.vm->value());
  });
  host.on_path("/folder",
               [&host](WebRequest request, WebHandler::Done const& done, std::stop_token const&) {
                 if (!FolderPages::owns(request.target)) return done(error_page(404));
                 auto const access =
                     web_access(host, request, request.method == "GET" || request.method == "HEAD");
                 if (access != 200) return done(error_page(access));
                 FolderPages pages;
                 {
                   auto const hold = host.lock();
                   for (auto const& center : host.all<types::Datacenter>()) {
                     auto const datacenter = host.get<types::Datacenter>(center);
                     for (auto const& store : datacenter->datastore)
                       pages.add(datacenter->name, host.get<types::Datastore>(store)->name,
                                 files_of(host, store), [&host, store](std::string_view path) {
                                   auto const still = host.lock();
                                   return host.exists(store) && detail::is_held(host, store, path);
                                 });
                   }
                 }
                 done(pages.handle(std::move(request)));
               });
}

}  // namespace esxvi::sim
