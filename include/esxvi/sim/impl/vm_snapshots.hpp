// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Snapshots of virtual machines. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/deltas.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachineSnapshot.hpp>
#include <esxvi/types/VirtualMachineSnapshot_properties.hpp>
#include <esxvi/types/fault/InvalidName.hpp>
#include <esxvi/types/fault/NotFound.hpp>
#include <esxvi/types/fault/SnapshotFault.hpp>

#include <algorithm>

namespace esxvi::sim {

namespace detail {

namespace {

using Tree = types::VirtualMachineSnapshotTree;
using Snapshot = Ref<types::VirtualMachineSnapshot>;
using Power = types::VirtualMachinePowerState;

constexpr Operation create_snapshot{
    "VirtualMachine.createSnapshot", at_any_time, {}, 600, true, true};
constexpr Operation remove_all_snapshots{
    "VirtualMachine.removeAllSnapshots", at_any_time, {}, 400, true};
constexpr Operation revert_to_current{
    "VirtualMachine.revertToCurrentSnapshot", at_any_time, {}, 400, true};
constexpr Operation revert_to_snapshot{"vm.Snapshot.revert", at_any_time, {}, 400, true};
constexpr Operation remove_snapshot{"vm.Snapshot.remove", at_any_time, {}, 400, true};

/// Hosts do not nest snapshots deeper.
constexpr int deepest = 32;

/// The list that holds a snapshot, and its place there.
struct Place {
  std::vector<Tree>* list = nullptr;
  std::size_t index = 0;
  std::optional<Snapshot> parent{};
  int depth = 0;
  [[nodiscard]] Tree& node() const { return (*list)[index]; }
};

inline Place find_place(std::vector<Tree>& list, Snapshot const& which,
                        std::optional<Snapshot> const& parent = {}, int depth = 1) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].snapshot == which) return {&list, i, parent, depth};
    if (auto const below =
            find_place(list[i].childSnapshotList, which, list[i].snapshot, depth + 1);
        below.list != nullptr)
      return below;
  }
  return {};
}

inline void for_each_node(std::vector<Tree> const& list,
                          std::function<void(Tree const&)> const& f) {
  for (Tree const& node : list) {
    f(node);
    for_each_node(node.childSnapshotList, f);
  }
}

/// What follows from the tree: lists of children, and no tree when it is empty.
inline void follow_tree(Host& host, types::VirtualMachine& m) {
  m.rootSnapshot.clear();
  if (!m.snapshot) return;
  for (Tree const& root : m.snapshot->rootSnapshotList) m.rootSnapshot.push_back(root.snapshot);
  for_each_node(m.snapshot->rootSnapshotList, [&](Tree const& node) {
    std::vector<Snapshot> children;
    for (Tree const& child : node.childSnapshotList) children.push_back(child.snapshot);
    if (host.get<types::VirtualMachineSnapshot>(node.snapshot)->childSnapshot != children)
      host.modify(node.snapshot,
                  [&](types::VirtualMachineSnapshot& s) { s.childSnapshot = children; });
  });
  if (m.snapshot->rootSnapshotList.empty()) m.snapshot.reset();
}

inline void forget_snapshot(Host& host, Snapshot const& which) {
  machine_services(host).snapshots.erase(which.value());
  if (host.exists(which)) host.remove(which);
}

/// All disks continue in new files, or none does: to be done before anything else is changed.
inline void stack_on_new_files(Host& host, types::VirtualMachineConfigInfo& config) {
  FileChanges files(host);
  stack_deltas(host, config);
  files.keep();
}

}  // namespace

Any take_snapshot(Host& host, Ref<types::VirtualMachine> const& vm, std::string const& name,
                  std::string const& description, bool memory, bool quiesced) {
  auto& services = machine_services(host);
  save_machine(host, vm.value());  // so that its disks are there
  auto const machine = host.get<types::VirtualMachine>(vm);
  auto const number = services.next_snapshot++;
  Snapshot const ref(host.options().vcenter ? "snapshot-" + std::to_string(number)
                                            : vm.value() + "-snapshot-" + std::to_string(number));
  Power const is = machine->runtime.powerState.value();
  bool const with_memory = memory && is == Power::poweredOn;
  auto config = *machine->config;
  stack_on_new_files(host, config);
  types::VirtualMachineSnapshot properties;
  properties.config = *machine->config;
  properties.vm = vm;
  host.add(ref, std::move(properties));
  services.snapshots[ref.value()] = {with_memory || is == Power::suspended ? is : Power::poweredOff,
                                     machine->network};

  Tree node;
  node.snapshot = ref;
  node.vm = vm;
  node.name = server_name(name);
  node.description = description;
  node.id = number;
  node.createTime = host.now();
  node.state = with_memory || is == Power::suspended ? is : Power::poweredOff;
  node.quiesced = quiesced && is == Power::poweredOn && !with_memory;
  node.replaySupported = false;
  host.modify(vm, [&](types::VirtualMachine& m) {
    auto& info = m.snapshot ? *m.snapshot : m.snapshot.emplace();
    auto const at =
        info.currentSnapshot ? find_place(info.rootSnapshotList, *info.currentSnapshot) : Place();
    auto& list = at.list != nullptr ? at.node().childSnapshotList : info.rootSnapshotList;
    list.push_back(std::move(node));
    info.currentSnapshot = ref;
    m.config = std::move(config);
    follow_tree(host, m);
  });
  relink(host, vm);
  return ref;
}

namespace {

inline Any revert(Host& host, Ref<types::VirtualMachine> const& vm, Snapshot const& to,
                  bool suppress_power_on) {
  auto const properties = host.get<types::VirtualMachineSnapshot>(to);
  auto const kept = machine_services(host).snapshots[to.value()];
  auto const before = disk_files(host, vm);
  auto config = properties->config;
  stack_on_new_files(host, config);
  host.modify(vm, [&](types::VirtualMachine& m) {
    // The name is the inventory's, not the snapshot's.
    std::string const name = m.config ? m.config->name : m.name;
    m.config = std::move(config);
    m.config->name = name;
    m.config->modified = host.now();
    m.config->changeVersion = host.now().to_string();
    m.snapshot->currentSnapshot = to;
    bool const stays_off = suppress_power_on && kept.power == Power::poweredOn;
    m.runtime.bootTime.reset();
    set_power(host, m, stays_off ? Power::suspended : kept.power);
  });
  settle_deltas(host, vm, before);
  relink(host, vm);
  return {};
}

inline Any drop_snapshot(Host& host, Ref<types::VirtualMachine> const& vm, Snapshot const& which,
                         bool with_children) {
  std::vector<Snapshot> gone{which};
  auto const before = disk_files(host, vm);
  host.modify(vm, [&](types::VirtualMachine& m) {
    if (!m.snapshot) return;
    auto& info = *m.snapshot;
    auto const at = find_place(info.rootSnapshotList, which);
    if (at.list == nullptr) return;
    auto children = std::move(at.node().childSnapshotList);
    auto const place = at.list->begin() + static_cast<std::ptrdiff_t>(at.index);
    auto const after = at.list->erase(place);
    if (with_children)
      for_each_node(children, [&](Tree const& n) { gone.push_back(n.snapshot); });
    else
      at.list->insert(after, children.begin(), children.end());
    // The disks of what went are merged into its parent's.
    if (info.currentSnapshot &&
        std::find(gone.begin(), gone.end(), *info.currentSnapshot) != gone.end())
      info.currentSnapshot = at.parent;
    follow_tree(host, m);
  });
  for (auto const& ref : gone) forget_snapshot(host, ref);
  settle_deltas(host, vm, before);
  relink(host, vm);
  return {};
}

inline std::optional<Failure> snapshot_refusal(Host& host, Ref<types::VirtualMachine> const& vm,
                                               std::string const& name) {
  auto const machine = host.get<types::VirtualMachine>(vm);
  if (name.empty() || name.size() > 80) {
    types::InvalidName why;
    why.name = name;
    return fault(std::move(why), "The name '" + name + "' is invalid.");
  }
  if (machine->config && machine->config->flags.snapshotDisabled.value_or(false))
    return fault(types::SnapshotDisabled(), "Snapshots are disabled for this virtual machine.");
  if (!machine->snapshot || !machine->snapshot->currentSnapshot) return std::nullopt;
  auto roots = machine->snapshot->rootSnapshotList;
  if (find_place(roots, *machine->snapshot->currentSnapshot).depth >= deepest)
    return fault(types::TooManySnapshotLevels(), "The snapshot tree is too deep.");
  return std::nullopt;
}

}  // namespace

void remove_snapshots(Host& host, Ref<types::VirtualMachine> const& vm) {
  auto const machine = host.get<types::VirtualMachine>(vm);
  if (!machine->snapshot) return;
  host.modify(vm, [&](types::VirtualMachine& m) {
    m.snapshot.reset();
    m.rootSnapshot.clear();
  });
  for_each_node(machine->snapshot->rootSnapshotList,
                [&](Tree const& node) { forget_snapshot(host, node.snapshot); });
}

}  // namespace detail

void add_snapshot_methods(Host& host) {
  using namespace types;
  using namespace detail;
  auto const create = [](Call& call, auto const& r, bool quiesce) {
    Ref<VirtualMachine> const vm = *r.self;
    if (auto why = snapshot_refusal(call.host(), vm, *r.name)) throw *std::move(why);
    return start(
        call.host(), vm, create_snapshot, call.user(),
        [vm, name = *r.name, text = r.description.value_or(std::string()), memory = *r.memory,
         quiesce](Host& h) { return take_snapshot(h, vm, name, text, memory, quiesce); });
  };
  host.on<CreateSnapshot_Task>(
      [create](Call& call, CreateSnapshot_Task const& r) { return create(call, r, *r.quiesce); });
  host.on<CreateSnapshotEx_Task>([create](Call& call, CreateSnapshotEx_Task const& r) {
    return create(call, r, r.quiesceSpec.has_value());
  });
  host.on<RemoveAllSnapshots_Task>([](Call& call, RemoveAllSnapshots_Task const& r) {
    Ref<VirtualMachine> const vm = *r.self;
    return start(call.host(), vm, remove_all_snapshots, call.user(), [vm](Host& h) {
      auto const before = disk_files(h, vm);
      remove_snapshots(h, vm);
      settle_deltas(h, vm, before);
      relink(h, vm);
      return Any();
    });
  });
  host.on<ConsolidateVMDisks_Task>([](Call& call, ConsolidateVMDisks_Task const& r) {
    static constexpr Operation consolidate{"VirtualMachine.consolidateDisks", at_any_time, {}, 300};
    return start(call.host(), *r.self, consolidate, call.user(), [](Host&) { return Any(); });
  });
  host.on<RevertToCurrentSnapshot_Task>([](Call& call, RevertToCurrentSnapshot_Task const& r) {
    Ref<VirtualMachine> const vm = *r.self;
    return start(call.host(), vm, revert_to_current, call.user(),
                 [vm, quiet = r.suppressPowerOn.value_or(false)](Host& h) {
                   auto const machine = h.get<VirtualMachine>(vm);
                   if (!machine->snapshot || !machine->snapshot->currentSnapshot)
                     throw fault(NotFound());
                   return revert(h, vm, *machine->snapshot->currentSnapshot, quiet);
                 });
  });
  host.on<RevertToSnapshot_Task>([](Call& call, RevertToSnapshot_Task const& r) {
    Snapshot const to = *r.self;
    Ref<VirtualMachine> const vm = call.host().get<VirtualMachineSnapshot>(to)->vm;
    return start(call.host(), vm, revert_to_snapshot, call.user(),
                 [vm, to, quiet = r.suppressPowerOn.value_or(false)](Host& h) {
                   return revert(h, vm, to, quiet);
                 });
  });
  host.on<RemoveSnapshot_Task>([](Call& call, RemoveSnapshot_Task const& r) {
    Snapshot const which = *r.self;
    Ref<VirtualMachine> const vm = call.host().get<VirtualMachineSnapshot>(which)->vm;
    return start(call.host(), vm, remove_snapshot, call.user(),
                 [vm, which, children = *r.removeChildren](Host& h) {
                   return drop_snapshot(h, vm, which, children);
                 });
  });
  host.on<RenameSnapshot>([](Call& call, RenameSnapshot const& r) {
    Snapshot const which = *r.self;
    if (r.name && r.name->empty()) throw fault(InvalidName(), "The name '' is invalid.");
    Ref<VirtualMachine> const vm = call.host().get<VirtualMachineSnapshot>(which)->vm;
    call.host().modify(vm, [&](VirtualMachine& m) {
      auto const at = find_place(m.snapshot->rootSnapshotList, which);
      if (at.list == nullptr) return;
      if (r.name) at.node().name = server_name(*r.name);
      if (r.description) at.node().description = *r.description;
    });
  });
}

}  // namespace esxvi::sim
