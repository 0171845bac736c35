// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Which host runs a virtual machine, and where its files are. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/deltas.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/host_files.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Event.hpp>
#include <esxvi/types/Folder.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/InvalidFolder.hpp>
#include <esxvi/types/fault/InvalidState.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>
#include <esxvi/types/fault/NotSupported.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace esxvi::sim {

namespace detail {

namespace {

constexpr Operation migrate{"VirtualMachine.migrate", at_any_time, {}, 1500, true, true};
constexpr Operation relocate{"VirtualMachine.relocate", at_any_time, {}, 2000, true, true};
constexpr Operation move_into_folder{"Folder.moveInto", at_any_time, {}, 100};

/// Moves a machine to another host and pool, as far as those are given; or throws, and moves
/// nothing.
inline void rehome(Host& host, Ref<types::VirtualMachine> const& vm,
                   std::optional<Ref<types::ResourcePool>> const& pool,
                   std::optional<Ref<types::HostSystem>> const& to) {
  using namespace types;
  auto const machine = host.get<VirtualMachine>(vm);
  // They were there when the task began.
  if (pool) static_cast<void>(host.get<ResourcePool>(*pool));
  auto const target = to ? host.get<HostSystem>(*to) : nullptr;
  if (to && machine->runtime.host != to) {
    if (target->runtime.inMaintenanceMode)
      throw fault(InvalidState(), "The destination host is in maintenance mode.");
    if (machine->runtime.host)
      host.modify(*machine->runtime.host, [&](HostSystem& h) { std::erase(h.vm, vm); });
    host.modify(*to, [&](HostSystem& h) { h.vm.push_back(vm); });
  }
  if (pool && machine->resourcePool != pool) {
    if (machine->resourcePool)
      host.modify(*machine->resourcePool, [&](ResourcePool& p) { std::erase(p.vm, vm); });
    host.modify(*pool, [&](ResourcePool& p) { p.vm.push_back(vm); });
  }
  host.modify(vm, [&](VirtualMachine& m) {
    if (to) m.runtime.host = *to;
    if (pool) m.resourcePool = *pool;
  });
}

inline DatastorePath place_of_vmx(Host& host, Ref<types::VirtualMachine> const& vm) {
  return datastore_path(
      host.get<types::VirtualMachine>(vm)->config->files.vmPathName.value_or("[] "));
}

/// Copies all files of a machine, and of its snapshots, to the same places of another datastore.
/// The result is where they were.
inline std::vector<DatastorePath> copy_files(Host& host, Ref<types::VirtualMachine> const& vm,
                                             std::string const& to) {
  auto const into = files_as_they_are(host, to);
  std::vector<DatastorePath> done;
  auto const copy = [&](DatastorePath const& at) {
    auto const from = files_as_they_are(host, at.datastore);
    if (from == into) return;
    auto const info = from->stat(at.path);
    auto content = from->read(at.path);
    if (!info || !content) return;
    DatastorePath const target{to, at.path};
    if (into->exists(at.path)) expect_success(FileResult::exists, target);
    write_file(host, target, *std::move(content), info->allocated);
    done.push_back(at);
  };
  auto const vmx = place_of_vmx(host, vm);
  for (std::string const& file : disk_files(host, vm)) {
    auto const at = datastore_path(file);
    std::string const stem = at.path.substr(0, at.path.rfind('.'));
    for (std::string const& part : {at.path, stem + "-flat.vmdk", stem + "-delta.vmdk"})
      copy({at.datastore, part});
  }
  if (auto const nvram = extra_value(*host.get<types::VirtualMachine>(vm)->config, "nvram"))
    copy(vmx.beside(*nvram));
  copy(vmx);
  return done;
}

/// Has a machine use the files that were copied, and takes away those that they were copied from.
inline void use_copies(Host& host, Ref<types::VirtualMachine> const& vm,
                       std::vector<DatastorePath> const& copied, Ref<types::Datastore> const& to) {
  auto const name = host.get<types::Datastore>(to)->name;
  auto const moved = [&](std::string const& path) {
    auto at = datastore_path(path);
    at.datastore = name;
    return at.text();
  };
  auto const old = place_of_vmx(host, vm);
  for (DatastorePath const& at : copied)
    static_cast<void>(files_as_they_are(host, at.datastore)->remove(at.path));
  static_cast<void>(files_as_they_are(host, old.datastore)->remove(old.directory()));
  for_each_config(host, vm, [&](types::VirtualMachineConfigInfo& c) {
    for_each_disk_file(c, [&](auto& b) {
      b.fileName = moved(b.fileName);
      b.datastore = to;
    });
    c.files.vmPathName = moved(old.text());
    std::string const directory = "[" + name + "] " + old.directory() + "/";
    c.files.snapshotDirectory = directory;
    c.files.suspendDirectory = directory;
    c.files.logDirectory = directory;
  });
  relink(host, vm);
}

/// To another host, pool and datastore, or none of it.
inline Any relocate_machine(Host& host, Ref<types::VirtualMachine> const& vm,
                            types::VirtualMachineRelocateSpec const& spec) {
  if (!spec.datastore) {
    rehome(host, vm, spec.pool, spec.host);
    return {};
  }
  // With what machines that nobody has looked at yet have there.
  static_cast<void>(files_of(host, *spec.datastore));
  save_machine(host, vm.value());
  std::vector<DatastorePath> copied;
  {
    FileChanges files(host);
    copied = copy_files(host, vm, host.get<types::Datastore>(*spec.datastore)->name);
    rehome(host, vm, spec.pool, spec.host);
    files.keep();
  }
  use_copies(host, vm, copied, *spec.datastore);
  return {};
}

/// What speaks against moving something into a folder.
inline std::optional<Failure> refusal_to_move(Host& host, Ref<types::ManagedEntity> const& what,
                                              Ref<types::Folder> const& into) {
  using namespace types;
  Object const* const object = host.find_object(what);
  auto const entity = host.find<ManagedEntity>(what);
  auto const target = host.find<Folder>(into);
  if (object == nullptr || !entity || !target) {
    ManagedObjectNotFound why;
    why.obj = Ref<ManagedObject>(what.type(), what.value());
    return fault(std::move(why));
  }
  // The folder itself, and what it is in, would be below themselves.
  for (untyped_ref above = into; above;) {
    if (above == what) {
      InvalidFolder why;
      why.target = Ref<ManagedEntity>(into.type(), into.value());
      return fault(std::move(why), "The folder cannot be moved into itself or below itself.");
    }
    auto const a = host.find<ManagedEntity>(above);
    above = a && a->parent ? untyped_ref(*a->parent) : untyped_ref();
  }
  // What stands in no folder belongs where it is: the folders of a data center, the root.
  auto const folder = host.find<Folder>(what);
  bool const movable = entity->parent && host.find<Folder>(*entity->parent);
  if (!movable || !may_hold(*target, object->kind()) ||
      (folder && folder->childType != target->childType))
    return fault(NotSupported());
  return duplicate_name(host, {target->childEntity.begin(), target->childEntity.end()},
                        entity->name, what);
}

inline Any move_all(Host& host, std::vector<Ref<types::ManagedEntity>> const& list,
                    Ref<types::Folder> const& into) {
  using namespace types;
  std::vector<untyped_ref> before;  // they will be neighbours
  for (auto const& what : list) {
    if (auto why = refusal_to_move(host, what, into)) throw *std::move(why);
    auto const entity = host.get<ManagedEntity>(what);
    if (auto why = duplicate_name(host, before, entity->name, what)) throw *std::move(why);
    before.push_back(what);
  }
  for (auto const& what : list) {
    Object& object = *host.find_object(what);
    auto& entity = *static_cast<ManagedEntity*>(object.writable());
    host.modify(Ref<Folder>(entity.parent->value()),
                [&](Folder& f) { std::erase(f.childEntity, what); });
    entity.parent = Ref<ManagedEntity>(into.type(), into.value());
    host.changed(object);
    host.modify(into, [&](Folder& f) { f.childEntity.push_back(what); });
  }
  return {};
}

// A machine cannot run where its pool is not.
inline void check_target(Host& host, std::optional<Ref<types::ResourcePool>> const& pool,
                         std::optional<Ref<types::HostSystem>> const& to) {
  types::InvalidArgument why;
  if (pool && !host.find<types::ResourcePool>(*pool)) {
    why.invalidProperty = "pool";
    throw fault(std::move(why));
  }
  if (to && !host.find<types::HostSystem>(*to)) {
    why.invalidProperty = "host";
    throw fault(std::move(why));
  }
}

}  // namespace
}  // namespace detail

void add_placement_methods(Host& host) {
  using namespace types;
  using namespace detail;
  host.on<MigrateVM_Task>([](Call& call, MigrateVM_Task const& r) {
    if (!call.host().options().vcenter) throw fault(NotSupported());
    check_target(call.host(), r.pool, r.host);
    Ref<VirtualMachine> const vm = *r.self;
    if (r.state && *r.state != call.host().get<VirtualMachine>(vm)->runtime.powerState)
      throw wrong_power(call.host().get<VirtualMachine>(vm)->runtime.powerState.value(),
                        r.state->value());
    return start(call.host(), vm, migrate, call.user(), [vm, pool = r.pool, to = r.host](Host& h) {
      rehome(h, vm, pool, to);
      return Any();
    });
  });
  host.on<RelocateVM_Task>([](Call& call, RelocateVM_Task const& r) {
    if (!call.host().options().vcenter) throw fault(NotSupported());
    check_target(call.host(), r.spec->pool, r.spec->host);
    Ref<VirtualMachine> const vm = *r.self;
    return start(call.host(), vm, relocate, call.user(),
                 [vm, spec = *r.spec](Host& h) { return relocate_machine(h, vm, spec); });
  });
  // Every host of the cluster will do.
  host.on<ValidateMigration>([](Call& call, ValidateMigration const& r) {
    check_target(call.host(), r.pool, r.host);
    return std::vector<Poly<Event>>();
  });
  host.on<QueryVMotionCompatibility>([](Call&, QueryVMotionCompatibility const& r) {
    std::vector<HostVMotionCompatibility> all;
    for (auto const& h : *r.host) {
      HostVMotionCompatibility one;
      one.host = h;
      one.compatibility = {"cpu", "software"};
      all.push_back(std::move(one));
    }
    return all;
  });
  host.on<MoveIntoFolder_Task>([](Call& call, MoveIntoFolder_Task const& r) {
    Ref<Folder> const folder = *r.self;
    auto const effect = [folder, list = *r.list](Host& h) { return move_all(h, list, folder); };
    return call.host().start_task(folder, move_into_folder.name, plan_of(move_into_folder, effect),
                                  call.user());
  });
}

}  // namespace esxvi::sim
