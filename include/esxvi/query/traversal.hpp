// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/types/PropertyCollector_types.hpp>
#include <esxvi/types/hierarchy.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How the inventory hangs together, as data.
namespace esxvi::detail {

/// One step: from an object of kind `from` its property `path` leads to objects on which the steps
/// `next` go on.
///
/// The same property appears in several steps, so that each goes on only where it makes sense: a
/// server that does not look at the kind would else walk from every machine into its pool and from
/// there to every machine again.
struct traversal {
  std::string_view name;
  std::string_view from;
  std::string_view path;
  std::vector<std::string_view> next;
};

inline std::vector<traversal> const& traversals() {
  static std::vector<traversal> const all{
      {"folder",
       "Folder",
       "childEntity",
       {"folder", "vms", "hosts", "stores", "nets", "datastore", "network"}},
      {"vms", "Datacenter", "vmFolder", {"vm_folder"}},
      {"vm_folder", "Folder", "childEntity", {"vm_folder", "vapp_vm"}},
      {"vapp_vm", "VirtualApp", "vm", {}},
      {"hosts", "Datacenter", "hostFolder", {"host_folder"}},
      {"host_folder", "Folder", "childEntity", {"host_folder", "host", "pool"}},
      {"host", "ComputeResource", "host", {"host_vm"}},
      {"host_vm", "HostSystem", "vm", {}},
      {"pool", "ComputeResource", "resourcePool", {"pools", "vapp_vm", "pool_vm"}},
      {"pools", "ResourcePool", "resourcePool", {"pools", "vapp_vm", "pool_vm"}},
      {"pool_vm", "ResourcePool", "vm", {}},
      {"stores", "Datacenter", "datastoreFolder", {"store_folder"}},
      {"store_folder", "Folder", "childEntity", {"store_folder"}},
      {"nets", "Datacenter", "networkFolder", {"net_folder"}},
      {"net_folder", "Folder", "childEntity", {"net_folder"}},
      {"datastore", "Datacenter", "datastore", {}},
      {"network", "Datacenter", "network", {}},
      {"compute_store", "ComputeResource", "datastore", {}},
      {"host_store", "HostSystem", "datastore", {}},
      {"compute_net", "ComputeResource", "network", {}},
      {"host_net", "HostSystem", "network", {}},
  };
  return all;
}

/// The steps that find every object of a kind (or of its descendants) from the root folder, and
/// the ones that are needed besides when a query starts further below.
struct reach {
  std::string_view kind;
  std::vector<std::string_view> steps;
  std::vector<std::string_view> below;
};

inline std::vector<reach> const& reaches() {
  static std::vector<reach> const all{
      // Machines of a vApp are in no folder, and vApps in vApps only among the pools.
      {"VirtualMachine",
       {"folder", "vms", "vm_folder", "vapp_vm", "hosts", "host_folder", "pool", "pools"},
       {"host", "host_vm", "pool_vm"}},
      {"HostSystem", {"folder", "hosts", "host_folder", "host"}, {}},
      {"ComputeResource", {"folder", "hosts", "host_folder"}, {}},
      {"ResourcePool", {"folder", "hosts", "host_folder", "pool", "pools"}, {}},
      {"Datacenter", {"folder"}, {}},
      {"Datastore",
       {"folder", "datastore"},
       {"stores", "store_folder", "compute_store", "host_store"}},
      {"StoragePod", {"folder", "stores", "store_folder"}, {}},
      {"Folder",
       {"folder", "vms", "vm_folder", "hosts", "host_folder", "stores", "store_folder", "nets",
        "net_folder"},
       {}},
      {"Network", {"folder", "network"}, {"nets", "net_folder", "compute_net", "host_net"}},
      {"DistributedVirtualSwitch", {"folder", "nets", "net_folder"}, {}},
      // Everything else that has a place in the inventory.
      {"ManagedEntity",
       {"folder", "vms", "vm_folder", "vapp_vm", "hosts", "host_folder", "host", "pool", "pools",
        "stores", "store_folder", "nets", "net_folder", "datastore", "network"},
       {"host_vm", "pool_vm"}},
  };
  return all;
}

/// The selection that finds all objects of `kind` below a root; `whole` when that is the root
/// folder of the server.
inline std::vector<Poly<types::SelectionSpec>> selection_for(std::string_view kind, bool whole) {
  reach const* found = &reaches().back();
  for (; !kind.empty() && found == &reaches().back(); kind = types::object_base_of(kind))
    for (reach const& r : reaches())
      if (r.kind == kind) found = &r;
  auto const chosen = [&](std::string_view name) {
    auto const in = [name](std::vector<std::string_view> const& list) {
      return std::find(list.begin(), list.end(), name) != list.end();
    };
    return in(found->steps) || (!whole && in(found->below));
  };
  auto const named = [](std::string_view name) {
    return types::SelectionSpec{.name = std::string(name)};
  };

  std::vector<Poly<types::SelectionSpec>> all;
  for (traversal const& step : traversals()) {
    if (!chosen(step.name)) continue;
    types::TraversalSpec spec;
    spec.name = step.name;
    spec.type = step.from;
    spec.path = step.path;
    spec.skip = false;
    for (std::string_view const next : step.next)
      if (chosen(next)) spec.selectSet.emplace_back(named(next));
    all.emplace_back(std::move(spec));
  }
  return all;
}

}  // namespace esxvi::detail
