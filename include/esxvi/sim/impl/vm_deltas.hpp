// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The files that disks of machines with snapshots consist of. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/deltas.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualMachineSnapshot_properties.hpp>

#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim::detail {

namespace {

using Backing = types::VirtualDiskFlatVer2BackingInfo;

/// Independent disks have no part in snapshots.
inline bool takes_part(Backing const& backing) {
  return backing.diskMode == "persistent" || backing.diskMode.empty();
}

/// Which file stands on which, in all configurations of a machine, and which of them is the top of
/// one.
struct Stack {
  std::map<std::string, std::set<std::string>> above{};
  std::set<std::string> tops{};

  void add(types::VirtualMachineConfigInfo& config) {
    for (auto& d : config.hardware.device) {
      auto const* b = d.is<types::VirtualDisk>() ? d->backing.as<Backing>() : nullptr;
      if (b == nullptr) continue;
      tops.insert(b->fileName);
      for (; b->parent; b = &*b->parent) above[b->parent->fileName].insert(b->fileName);
    }
  }
  /// A file that is only what one other stands on.
  [[nodiscard]] std::pair<std::string, std::string> mergeable() const {
    for (auto const& [file, on_it] : above)
      if (on_it.size() == 1 && !tops.contains(file)) return {file, *on_it.begin()};
    return {};
  }
};

/// Puts what stands below `file` in its place.
inline void collapse(types::VirtualMachineConfigInfo& config, std::string const& file) {
  for (auto& d : config.hardware.device) {
    if (!d.is<types::VirtualDisk>()) continue;
    for (auto* b = d->backing.as<Backing>(); b != nullptr && b->parent; b = b->parent.get())
      if (b->fileName == file) {
        Backing below = *b->parent;
        *b = std::move(below);
      }
  }
}

inline void write_delta(Host& host, Backing const& backing, std::int64_t bytes) {
  auto const below = datastore_path(backing.parent->fileName).path;
  write_disk(host, backing.fileName, bytes, true, below.substr(below.rfind('/') + 1));
}

}  // namespace

std::vector<Ref<types::VirtualMachineSnapshot>> snapshots_of(types::VirtualMachine const& vm) {
  std::vector<Ref<types::VirtualMachineSnapshot>> all;
  std::function<void(std::vector<types::VirtualMachineSnapshotTree> const&)> const each =
      [&](auto const& list) {
        for (auto const& node : list) {
          all.push_back(node.snapshot);
          each(node.childSnapshotList);
        }
      };
  if (vm.snapshot) each(vm.snapshot->rootSnapshotList);
  return all;
}

void for_each_config(Host& host, Ref<types::VirtualMachine> const& vm,
                     std::function<void(types::VirtualMachineConfigInfo&)> const& change) {
  host.modify(vm, [&](types::VirtualMachine& m) {
    if (m.config) change(*m.config);
  });
  for (auto const& snapshot : snapshots_of(*host.get<types::VirtualMachine>(vm)))
    host.modify(snapshot, [&](types::VirtualMachineSnapshot& s) { change(s.config); });
}

std::set<std::string> disk_files(Host& host, Ref<types::VirtualMachine> const& vm) {
  std::set<std::string> all;
  for_each_config(host, vm, [&](types::VirtualMachineConfigInfo& config) {
    for_each_disk_file(config, [&](auto const& b) { all.insert(b.fileName); });
  });
  return all;
}

void stack_deltas(Host& host, types::VirtualMachineConfigInfo& config) {
  for (auto& d : config.hardware.device) {
    auto const* const disk = d.as<types::VirtualDisk>();
    auto* const backing = disk != nullptr ? d->backing.as<Backing>() : nullptr;
    if (backing == nullptr || !takes_part(*backing)) continue;
    Backing const below = *backing;
    Backing const* base = &below;
    while (base->parent) base = &*base->parent;
    auto const at = datastore_path(base->fileName);
    std::string const stem = at.path.substr(0, at.path.rfind('.'));
    auto const files = files_as_they_are(host, at.datastore);
    DatastorePath next{at.datastore, {}};
    for (int number = 1; next.path.empty() || files->exists(next.path); ++number) {
      char digits[16];
      std::snprintf(digits, sizeof digits, "-%06d", number);
      next.path = stem + digits + ".vmdk";
    }
    backing->fileName = next.text();
    backing->thinProvisioned = true;
    backing->parent = below;
    write_delta(host, *backing, disk->capacityInBytes.value_or(0));
  }
}

void settle_deltas(Host& host, Ref<types::VirtualMachine> const& vm,
                   std::set<std::string> const& before) {
  for (;;) {
    Stack stack;
    for_each_config(host, vm, [&](auto& config) { stack.add(config); });
    auto const [below, above] = stack.mergeable();
    if (below.empty()) break;
    for_each_config(host, vm, [&, file = above](auto& config) { collapse(config, file); });
  }
  auto const now = disk_files(host, vm);
  for (std::string const& file : before)
    if (!now.contains(file)) remove_disk(host, file);
  // What stood on a file that was merged stands on another now.
  for_each_config(host, vm, [&](types::VirtualMachineConfigInfo& config) {
    for (auto& d : config.hardware.device)
      if (auto const* disk = d.as<types::VirtualDisk>())
        for (auto const* b = d->backing.as<Backing>(); b != nullptr && b->parent; b = &*b->parent)
          write_delta(host, *b, disk->capacityInBytes.value_or(0));
  });
}

void find_parents(Host& host, types::VirtualMachineConfigInfo& config) {
  for (auto& d : config.hardware.device) {
    if (!d.is<types::VirtualDisk>()) continue;
    std::set<std::string> seen;  // descriptors may name each other
    for (auto* b = d->backing.as<Backing>(); b != nullptr; b = &*b->parent) {
      seen.insert(b->fileName);
      auto const at = datastore_path(b->fileName);
      auto const content = files_as_they_are(host, at.datastore)->read(at.path);
      constexpr std::string_view hint = "\nparentFileNameHint=\"";
      std::string_view const text = content ? content->head() : std::string_view();
      auto const from = text.find(hint);
      if (from == std::string_view::npos) break;
      auto const name = text.substr(from + hint.size());
      Backing below = *b;
      below.fileName = at.beside(name.substr(0, name.find('"'))).text();
      below.parent.reset();
      if (seen.contains(below.fileName)) break;
      b->parent = std::move(below);
    }
  }
}

}  // namespace esxvi::sim::detail
