// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Virtual machines that come and go: created, registered, cloned, renamed, removed. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/escape/utf8.hpp>
#include <esxvi/sim/detail/deltas.hpp>
#include <esxvi/sim/detail/events.hpp>
#include <esxvi/sim/detail/host_parts.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Folder.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostAutoStartManager_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/VirtualController.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachineSnapshot_properties.hpp>
#include <esxvi/types/fault/AlreadyExists.hpp>
#include <esxvi/types/fault/FileFault.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/InvalidName.hpp>
#include <esxvi/types/fault/InvalidState.hpp>
#include <esxvi/types/fault/NotSupported.hpp>
#include <esxvi/types/fault/VmConfigFault.hpp>
#include <esxvi/vmx.hpp>

#include <algorithm>

namespace esxvi::sim {

namespace detail {

namespace {

using Machine = types::VirtualMachine;
using MachineRef = Ref<types::VirtualMachine>;

// clang-format off
constexpr Operation create_machine{"Folder.createVm", at_any_time, {}, 300};
constexpr Operation register_machine{"Folder.registerVm", at_any_time, {}, 200};
constexpr Operation clone_machine{"VirtualMachine.clone", when_off | when_on | when_suspended, {}, 1000, true, true};
constexpr Operation power_on_clone{"VirtualMachine.powerOn", when_off, {}, 0, false, false, true};
constexpr Operation destroy_machine{"VirtualMachine.destroy", when_off, types::VirtualMachinePowerState::poweredOff, 200};
constexpr Operation destroy_folder{"Folder.destroy", at_any_time, {}, 100};
constexpr Operation rename_entity{"ManagedEntity.rename", at_any_time, {}, 50};
constexpr Operation unregister_machine{"VirtualMachine.unregister", when_off | when_suspended, types::VirtualMachinePowerState::poweredOff, 0};
constexpr Operation mark_template{"VirtualMachine.markAsTemplate", when_off, types::VirtualMachinePowerState::poweredOff, 0};
constexpr Operation reload_machine{"VirtualMachine.reloadFromPath", at_any_time, {}, 200};
// clang-format on

/// Where a new machine's file is to be: "[store]" and "[store] " become a directory of its own.
inline DatastorePath place_of_new(Host& host, std::optional<std::string> const& wanted,
                                  std::string const& name) {
  DatastorePath at =
      wanted && !wanted->empty()
          ? datastore_path(*wanted)
          : DatastorePath{host.get<types::Datastore>(host.places().datastore)->name, {}};
  auto const files = files_as_they_are(host, at.datastore);
  if (at.path.ends_with(".vmx")) return at;
  std::string directory = at.path.empty() ? name : at.path;
  if (at.path.empty())
    for (int i = 1; files->exists(directory); ++i) directory = name + "_" + std::to_string(i);
  while (directory.ends_with('/')) directory.pop_back();
  at.path = directory + "/" + name + ".vmx";
  return at;
}

inline void set_files(types::VirtualMachineConfigInfo& config, DatastorePath const& at) {
  std::string const directory = "[" + at.datastore + "] " + at.directory() + "/";
  config.files.vmPathName = at.text();
  config.files.snapshotDirectory = directory;
  config.files.suspendDirectory = directory;
  config.files.logDirectory = directory;
}

inline void set_option(types::VirtualMachineConfigInfo& config, std::string key,
                       std::string value) {
  std::erase_if(config.extraConfig, [&](auto const& o) { return o->key == key; });
  types::OptionValue option;
  option.key = std::move(key);
  option.value = std::move(value);
  config.extraConfig.emplace_back(std::move(option));
}

/// Beside the .vmx; to be written when nothing can be refused any more, for it may take the place
/// of another.
inline DatastorePath nvram_of(types::VirtualMachineConfigInfo& config, DatastorePath const& vmx) {
  std::string stem = vmx.path.substr(vmx.path.rfind('/') + 1);
  stem = stem.substr(0, stem.rfind('.'));
  set_option(config, "nvram", stem + ".nvram");
  return vmx.beside(stem + ".nvram");
}
inline void write_nvram(Host& host, DatastorePath const& at) {
  write_file(host, at, FileContent::sparse(8684));
}

inline Any create(Host& host, Placement const& at, types::VirtualMachineConfigSpec spec) {
  std::string const name = spec.name.value_or(std::string());
  if (name.empty()) {
    types::InvalidArgument why;
    why.invalidProperty = "configSpec.name";
    throw fault(std::move(why));
  }
  require_entity_name(name);
  require_free_name(host, server_name(name));
  return add_machine(host, at, name, [&](types::VirtualMachineConfigInfo& config) {
    auto const place =
        place_of_new(host, spec.files ? spec.files->vmPathName : std::optional<std::string>(),
                     server_name(name));
    if (files_as_they_are(host, place.datastore)->exists(place.path)) {
      types::FileAlreadyExists why;
      why.file = place.text();
      throw fault(std::move(why), "Cannot complete the operation because the file or folder " +
                                      place.text() + " already exists");
    }
    set_files(config, place);
    auto const nvram = nvram_of(config, place);
    spec.files.reset();
    spec.name.reset();
    if (!spec.memoryMB) config.hardware.memoryMB = 32;
    reconfigure(host, config, false, spec);
    write_nvram(host, nvram);
  });
}

[[noreturn]] inline void refuse_vmx(std::string const& problem) {
  types::InvalidVmConfig why;
  why.property = "path";
  throw fault(std::move(why), "Invalid virtual machine configuration: " + problem);
}

/// What no reply could say, as XML has no way to.
inline bool is_unspeakable(std::string_view text) {
  return escape::find_invalid_utf8(text) || std::any_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
         });
}

inline vmx::Machine parse_vmx(FileContent const& content) {
  // A disk may have more bytes than there is memory.
  if (content.size() > (1U << 20U)) refuse_vmx("the file is too long");
  std::string const text = content.text();
  if (text.find('\0') != std::string::npos) refuse_vmx("the file is no text");
  try {
    auto const document = vmx::Document::parse(text);
    if (document.entries().empty()) refuse_vmx("the file has no entries");
    std::string scratch;
    for (auto const& entry : document.entries())
      if (is_unspeakable(document.key(entry)) || is_unspeakable(document.value(entry, scratch)))
        refuse_vmx("an entry holds a character that is no text");
    return vmx::read(document);
  } catch (error const& e) {
    refuse_vmx(e.problem());
  }
}

// What does not fit a machine would not fit the numbers that follow from it either.
inline void check_vmx(Host& host, vmx::Machine const& file) {
  auto const& memory = file.memory.size;
  if (memory && (memory->count < least_memory_mb || memory->count > most_memory_mb))
    refuse_vmx("memsize is " + std::to_string(memory->count));
  auto const& cpus = file.cpu.count;
  if (cpus && (*cpus < 1 || *cpus > most_cpus(host)))
    refuse_vmx("numvcpus is " + std::to_string(*cpus));
}

/// Throws AlreadyExists when another machine is the one of this file.
inline void require_free_file(Host& host, DatastorePath const& at, MachineRef const& but = {}) {
  for (auto const& ref : host.all<Machine>()) {
    auto const other = host.get<Machine>(ref);
    if (ref == but || !other->config || other->config->files.vmPathName != at.text()) continue;
    types::AlreadyExists why;
    why.name = other->name;
    throw fault(std::move(why),
                "The specified key, name, or identifier '" + at.text() + "' already exists.");
  }
}

// The machine of a file: what the .vmx says, at a place where the file may not have been before.
inline MachineRef read_machine(Host& host, Placement const& where, std::string const& path,
                               std::optional<std::string> const& name, bool as_template) {
  auto const at = datastore_path(path);
  auto const content = files_as_they_are(host, at.datastore)->read(at.path);
  if (!content) {
    types::FileNotFound why;
    why.file = path;
    throw fault(std::move(why), "File " + path + " was not found");
  }
  require_free_file(host, at);
  vmx::Machine const file = parse_vmx(*content);
  check_vmx(host, file);
  std::string const called = name.value_or(file.identity.name.value_or(
      at.path.substr(at.path.rfind('/') + 1, at.path.rfind('.') - at.path.rfind('/') - 1)));
  require_entity_name(called);
  require_free_name(host, server_name(called));
  auto const was_at = file.identity.location_uuid;
  auto const vm = add_machine(host, where, called, [&](types::VirtualMachineConfigInfo& config) {
    config.memoryAllocation.reset();
    config.cpuAllocation.reset();
    config.hardware.numCPU = 1;
    config.hardware.memoryMB = 32;
    auto const allocations = config;
    config.extraConfig.clear();
    config.uuid.clear();
    config.instanceUuid.reset();
    set_files(config, at);
    read_vmx(host, file, at, config);
    find_parents(host, config);
    config.name = server_name(called);
    if (config.uuid.empty()) config.uuid = host.make_uuid();
    if (!config.instanceUuid) config.instanceUuid = host.make_uuid();
    config.guestFullName = guest_full_name(config.guestId);
    config.template_ = as_template;
    for (auto* a : {&config.cpuAllocation, &config.memoryAllocation}) {
      auto& allocation = *a ? **a : a->emplace();
      if (!allocation.limit) allocation.limit = -1;
      if (!allocation.reservation) allocation.reservation = 0;
      if (!allocation.expandableReservation) allocation.expandableReservation = false;
      if (!allocation.shares) {
        auto& shares = allocation.shares.emplace();
        shares.level = types::SharesLevel::normal;
      }
      bool const cpu = a == &config.cpuAllocation;
      if (allocation.shares->level != types::SharesLevel::custom)
        allocation.shares->shares =
            (cpu ? 1000 * config.hardware.numCPU : 10 * config.hardware.memoryMB);
    }
  });
  if (was_at && was_at->to_string() != location_uuid(host, at.text()))
    machine_services(host).out_of_place.insert(vm.value());
  return vm;
}

// Disks, a new identity, and what the client wants to be different.
inline Any clone(Host& host, MachineRef const& from, Placement const& where,
                 std::string const& name, types::VirtualMachineCloneSpec const& spec) {
  auto const source = host.get<Machine>(from);
  auto const kept = spec.snapshot ? host.get<types::VirtualMachineSnapshot>(*spec.snapshot)->config
                                  : *source->config;
  require_entity_name(name);
  require_free_name(host, server_name(name));
  save_machine(host, from.value());
  auto const vm = add_machine(host, where, name, [&](types::VirtualMachineConfigInfo& config) {
    std::string const own_name = config.name;
    config = kept;
    config.name = own_name;
    std::optional<std::string> store =
        "[" + datastore_path(kept.files.vmPathName.value_or("[] ")).datastore + "]";
    if (spec.location.datastore)
      store = "[" + host.get<types::Datastore>(*spec.location.datastore)->name + "]";
    auto const place = place_of_new(host, store, own_name);
    set_files(config, place);
    auto const nvram = nvram_of(config, place);
    int number = 0;
    for (auto& d : config.hardware.device)
      if (auto* disk = d.as<types::VirtualDisk>())
        if (auto* b = disk->backing.as<types::VirtualDiskFlatVer2BackingInfo>()) {
          std::string const suffix = number > 0 ? "_" + std::to_string(number) : "";
          ++number;
          b->fileName = place.beside(own_name + suffix + ".vmdk").text();
          b->uuid = host.make_uuid();
          b->parent.reset();
          write_disk(host, b->fileName, disk->capacityInBytes.value_or(0),
                     b->thinProvisioned.value_or(false));
        }
    renew_identity(host, config);
    config.template_ = spec.template_;
    if (spec.config) {
      auto changes = *spec.config;
      changes.name.reset();
      changes.files.reset();
      reconfigure(host, config, false, changes);
    }
    write_nvram(host, nvram);
    for (auto& d : config.hardware.device)
      if (d->connectable) d->connectable->connected = false;
  });
  if (spec.powerOn && !refusal(host, vm, power_on_clone))  // as a server does: it is there, but off
    host.modify(
        vm, [&](Machine& m) { set_power(host, m, types::VirtualMachinePowerState::poweredOn); });
  return vm;
}

inline void delete_files(Host& host, MachineRef const& vm,
                         types::VirtualMachineConfigInfo const& config) {
  for (std::string const& file : disk_files(host, vm)) remove_disk(host, file);
  auto const at = datastore_path(config.files.vmPathName.value_or("[] "));
  auto const files = files_as_they_are(host, at.datastore);
  static_cast<void>(files->remove(at.path));
  if (auto const nvram = extra_value(config, "nvram"))
    static_cast<void>(files->remove(at.beside(*nvram).path));
  // What else is there belongs to somebody.
  static_cast<void>(files->remove(at.directory()));
}

// What the .vmx says takes the place of the machine's configuration, or nothing changes.
inline Any reload(Host& host, MachineRef const& vm, std::string const& path) {
  auto const at = datastore_path(path);
  auto const content = files_as_they_are(host, at.datastore)->read(at.path);
  if (!content) throw fault(types::FileNotFound(), "File " + path + " was not found");
  require_free_file(host, at, vm);
  auto const file = parse_vmx(*content);
  check_vmx(host, file);
  auto config = *host.get<Machine>(vm)->config;
  auto const name = config.name;
  std::erase_if(config.hardware.device, [](auto const& d) { return d->key >= 1000; });
  read_vmx(host, file, at, config);
  if (file.identity.name) {
    require_entity_name(*file.identity.name);
    config.name = server_name(*file.identity.name);
    require_free_name(host, config.name, name);
  }
  for (auto const& d : config.hardware.device)
    if (auto const* b =
            d->backing ? d->backing.template as<types::VirtualDeviceFileBackingInfo>() : nullptr;
        b != nullptr && b->fileName.starts_with('['))
      static_cast<void>(find_datastore(host, datastore_path(b->fileName).datastore));
  host.modify(vm, [&](Machine& m) { m.config = std::move(config); });
  relink(host, vm);
  return {};
}

template <class T, class F> void strike(Host& host, Ref<T> const& ref, F&& change) {
  if (host.exists(ref)) host.modify(ref, std::forward<F>(change));
}

inline Any destroy_entity(Host& host, Ref<types::ManagedEntity> const& what) {
  // It may have been filled since it was asked for.
  if (auto const folder = host.find<types::Folder>(what); folder && !folder->childEntity.empty())
    throw fault(types::NotSupported());
  take_from_folder(host, what);
  host.remove(what);
  return {};
}

}  // namespace

void require_entity_name(std::string const& name) {
  if (!name.empty() && name.size() <= 80 && name.find('\n') == name.npos) return;
  types::InvalidName why;
  why.name = name;
  throw fault(std::move(why), "The name '" + name + "' is invalid.");
}

void take_from_folder(Host& host, untyped_ref const& what) {
  auto const parent = host.get<types::ManagedEntity>(what)->parent;
  if (!parent || !host.find<types::Folder>(*parent)) return;
  host.modify(Ref<types::Folder>(parent->value()), [&](types::Folder& f) {
    std::erase(f.childEntity, Ref<types::ManagedEntity>(what.type(), what.value()));
  });
}

bool may_hold(types::Folder const& folder, Kind const& kind) {
  return std::ranges::any_of(folder.childType, [&](auto const& t) { return kind.is_a(t); });
}

void require_folder_for(Host& host, Ref<types::Folder> const& folder, std::string_view kind) {
  auto const& all = host.get<types::Folder>(folder)->childType;
  if (std::ranges::find(all, kind) == all.end()) throw fault(types::NotSupported());
}

MachineRef add_machine(Host& host, Placement const& at, std::string const& name,
                       std::function<void(types::VirtualMachineConfigInfo&)> const& describe) {
  MachineDescription blank;
  blank.name = name;
  blank.folder = at.folder;
  blank.pool = at.pool;
  blank.host = at.host;
  auto const vm = make_machine(host, blank);
  machine_services(host).written[vm.value()] = 0;
  try {
    FileChanges files(host);
    auto config = *host.get<Machine>(vm)->config;
    // What is left is what every machine has.
    std::erase_if(config.hardware.device, [](auto const& d) { return d->key >= 1000; });
    for (auto& d : config.hardware.device)
      if (auto* controller = d.template as<types::VirtualController>())
        std::erase_if(controller->device, [](auto key) { return key >= 1000; });
    describe(config);
    host.modify(vm, [&](Machine& m) {
      m.config = std::move(config);
      m.runtime.maxMemoryUsage = m.config->hardware.memoryMB;
      m.runtime.maxCpuUsage = 2400 * m.config->hardware.numCPU;
      if (m.guest) {
        m.guest->guestId = m.config->guestId;
        m.guest->guestFullName = m.config->guestFullName;
      }
    });
    relink(host, vm);
    expect_success(save_machine(host, vm.value()),
                   datastore_path(host.get<Machine>(vm)->config->files.vmPathName.value_or("[] ")));
    files.keep();
  } catch (...) {
    remove_machine(host, vm);
    throw;
  }
  return vm;
}

void remove_machine(Host& host, MachineRef const& vm) {
  using namespace types;
  remove_snapshots(host, vm);
  auto const machine = host.get<Machine>(vm);
  auto& services = machine_services(host);
  services.written.erase(vm.value());
  services.out_of_place.erase(vm.value());
  services.locked_cds.erase(vm.value());
  host.state().power_on_questions.erase(vm.value());
  std::erase_if(host.state().questions, [&](auto const& asked) { return asked.vm == vm.value(); });
  take_from_folder(host, vm);
  if (machine->runtime.host)
    strike(host, *machine->runtime.host, [&](HostSystem& h) { std::erase(h.vm, vm); });
  if (machine->resourcePool)
    strike(host, *machine->resourcePool, [&](ResourcePool& p) { std::erase(p.vm, vm); });
  for (auto const& store : machine->datastore)
    strike(host, store, [&](Datastore& d) { std::erase(d.vm, vm); });
  for (auto const& network : machine->network)
    strike(host, network, [&](Network& n) { std::erase(n.vm, vm); });
  for (auto const& manager : host.all<HostAutoStartManager>())
    if (host.find<HostAutoStartManager>(manager))
      host.modify(manager, [&](HostAutoStartManager& m) {
        std::erase_if(m.config.powerInfo, [&](auto const& i) { return i.key == vm; });
      });
  if (host.exists(machine->environmentBrowser)) host.remove(machine->environmentBrowser);
  host.remove(vm);
  services.unsaved.erase(vm.value());
}

}  // namespace detail

void add_registry_methods(Host& host) {
  using namespace types;
  using namespace detail;
  host.on<CreateVM_Task>([](Call& call, CreateVM_Task const& r) {
    require_folder_for(call.host(), *r.self, "VirtualMachine");
    Placement const at{*r.self, *r.pool, r.host};
    return call.host().start_task(
        *r.self, create_machine.name,
        plan_of(create_machine, [at, spec = *r.config](Host& h) { return create(h, at, spec); }),
        call.user());
  });
  host.on<RegisterVM_Task>([](Call& call, RegisterVM_Task const& r) {
    require_folder_for(call.host(), *r.self, "VirtualMachine");
    Placement const at{*r.self, r.pool, r.host};
    return call.host().start_task(
        *r.self, register_machine.name,
        plan_of(register_machine,
                [at, path = *r.path, name = r.name, as_template = *r.asTemplate](Host& h) -> Any {
                  return read_machine(h, at, path, name, as_template);
                }),
        call.user());
  });
  host.on<CloneVM_Task>([](Call& call, CloneVM_Task const& r) {
    Ref<VirtualMachine> const vm = *r.self;
    // Only a vCenter can.
    if (!call.host().options().vcenter) throw fault(NotSupported());
    require_folder_for(call.host(), *r.folder, "VirtualMachine");
    auto const source = call.host().get<VirtualMachine>(vm);
    Placement const at{*r.folder,
                       r.spec->location.pool ? r.spec->location.pool : source->resourcePool,
                       r.spec->location.host ? r.spec->location.host : source->runtime.host};
    return start(
        call.host(), vm, clone_machine, call.user(),
        [vm, at, name = *r.name, spec = *r.spec](Host& h) { return clone(h, vm, at, name, spec); });
  });
  host.on<UnregisterVM>([](Call& call, UnregisterVM const& r) {
    if (auto why = refusal(call.host(), *r.self, unregister_machine)) throw *std::move(why);
    save_machine(call.host(), r.self->value());
    Happening const gone{.operation = unregister_machine.name,
                         .vm = *r.self,
                         .before = call.host().get<VirtualMachine>(*r.self),
                         .user = call.user()};
    remove_machine(call.host(), *r.self);
    record(call.host(), gone);
  });
  host.on<Destroy_Task>([](Call& call, Destroy_Task const& r) {
    Host& h = call.host();
    if (h.find<VirtualMachine>(*r.self)) {
      Ref<VirtualMachine> const vm(r.self->value());
      return start(h, vm, destroy_machine, call.user(), [vm](Host& at) {
        auto const machine = at.get<VirtualMachine>(vm);
        if (machine->config) {
          save_machine(at, vm.value());
          delete_files(at, vm, *machine->config);
        }
        remove_machine(at, vm);
        return Any();
      });
    }
    if (h.find<ResourcePool>(*r.self)) {
      TaskPlan plan;
      plan.finish = [pool = Ref<ResourcePool>(r.self->value())](Host& at) {
        destroy_pool(at, pool);
        return Any();
      };
      return h.start_task(*r.self, "ResourcePool.destroy", std::move(plan), call.user());
    }
    auto const folder = h.find<Folder>(*r.self);
    // The folders of a data center, and the root, stay.
    if (!folder || !folder->parent || !h.find<Folder>(*folder->parent) ||
        !folder->childEntity.empty())
      throw fault(NotSupported());
    return h.start_task(
        *r.self, destroy_folder.name,
        plan_of(destroy_folder, [what = *r.self](Host& at) { return destroy_entity(at, what); }),
        call.user());
  });
  host.on<Rename_Task>([](Call& call, Rename_Task const& r) {
    Ref<ManagedEntity> const what = *r.self;
    require_entity_name(*r.newName);
    auto const effect = [what, wanted = *r.newName](Host& h) {
      auto const name = server_name(wanted);
      Object* const object = h.find_object(what);
      if (auto const vm = h.find<VirtualMachine>(what); vm && vm->config) {
        require_free_name(h, name, vm->name);
        h.modify(Ref<VirtualMachine>(what.value()), [&](VirtualMachine& m) {
          m.name = name;
          m.config->name = name;
        });
      } else if (h.find<Datastore>(what)) {
        rename_datastore(h, Ref<Datastore>(what.value()), wanted);
      } else if (object != nullptr) {
        require_free_name_beside(h, what, name);
        static_cast<ManagedEntity*>(object->writable())->name = name;
        h.changed(*object);
      }
      return Any();
    };
    return call.host().start_task(*r.self, rename_entity.name, plan_of(rename_entity, effect),
                                  call.user());
  });
  host.on<CreateFolder>([](Call& call, CreateFolder const& r) {
    auto const folder = call.host().get<Folder>(*r.self);
    require_entity_name(*r.name);
    require_free_name(call.host(), {folder->childEntity.begin(), folder->childEntity.end()},
                      server_name(*r.name));
    return call.host().add_folder(*r.self, *r.name);
  });
  auto const mark = [](Call& call, Ref<VirtualMachine> const& vm, bool is_template) {
    if (auto why = refusal(call.host(), vm, mark_template)) throw *std::move(why);
    call.host().modify(vm, [&](VirtualMachine& m) {
      if (m.config) m.config->template_ = is_template;
    });
  };
  host.on<MarkAsTemplate>(
      [mark](Call& call, MarkAsTemplate const& r) { mark(call, *r.self, true); });
  host.on<MarkAsVirtualMachine>(
      [mark](Call& call, MarkAsVirtualMachine const& r) { mark(call, *r.self, false); });
  host.on<reloadVirtualMachineFromPath_Task>([](Call& call,
                                                reloadVirtualMachineFromPath_Task const& r) {
    Ref<VirtualMachine> const vm = *r.self;
    auto const effect = [vm, path = *r.configurationPath](Host& h) { return reload(h, vm, path); };
    return start(call.host(), vm, reload_machine, call.user(), effect);
  });
}

}  // namespace esxvi::sim
