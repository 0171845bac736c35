// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/host.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <functional>
#include <set>
#include <string>
#include <vector>

/// Disks of machines with snapshots. A snapshot keeps the files as they are: from then on the
/// machine writes to new ones, each of which names the one that it stands on.
namespace esxvi::sim::detail {

/// All snapshots of a machine.
std::vector<Ref<types::VirtualMachineSnapshot>> snapshots_of(types::VirtualMachine const& vm);
/// Calls `visit` with the backing of each disk that is a file, and with those that it stands on.
template <class Config, class F> void for_each_disk_file(Config& config, F&& visit) {
  for (auto& d : config.hardware.device) {
    if (!d.template is<types::VirtualDisk>()) continue;
    if (auto* b = d->backing.template as<types::VirtualDiskFlatVer2BackingInfo>()) {
      for (; b != nullptr; b = b->parent ? &*b->parent : nullptr) visit(*b);
    } else if (auto* other = d->backing.template as<types::VirtualDeviceFileBackingInfo>()) {
      visit(*other);
    }
  }
}
/// Changes the configuration of a machine, and those that its snapshots keep.
void for_each_config(Host& host, Ref<types::VirtualMachine> const& vm,
                     std::function<void(types::VirtualMachineConfigInfo&)> const& change);
/// The descriptors of all disks of a machine and of its snapshots.
std::set<std::string> disk_files(Host& host, Ref<types::VirtualMachine> const& vm);

/// Has every disk of a configuration continue in a new file.
void stack_deltas(Host& host, types::VirtualMachineConfigInfo& config);
/// After snapshots are gone: merges files that none of those left stands for into the one below
/// them, and deletes what nothing needs any more. `before` is what there was.
void settle_deltas(Host& host, Ref<types::VirtualMachine> const& vm,
                   std::set<std::string> const& before);
/// What the disks of a configuration stand on, as their files say.
void find_parents(Host& host, types::VirtualMachineConfigInfo& config);

}  // namespace esxvi::sim::detail
