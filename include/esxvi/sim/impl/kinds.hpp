// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Kinds of objects that clients may ask for while a host has none. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/state.hpp>
#include <esxvi/types/Alarm_properties.hpp>
#include <esxvi/types/ClusterComputeResource_properties.hpp>
#include <esxvi/types/ContainerView_properties.hpp>
#include <esxvi/types/DistributedVirtualPortgroup_properties.hpp>
#include <esxvi/types/EventHistoryCollector_properties.hpp>
#include <esxvi/types/HttpNfcLease_properties.hpp>
#include <esxvi/types/InventoryView_properties.hpp>
#include <esxvi/types/ListView_properties.hpp>
#include <esxvi/types/OpaqueNetwork_properties.hpp>
#include <esxvi/types/PropertyFilter_properties.hpp>
#include <esxvi/types/ScheduledTask_properties.hpp>
#include <esxvi/types/StoragePod_properties.hpp>
#include <esxvi/types/TaskHistoryCollector_properties.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualApp_properties.hpp>
#include <esxvi/types/VirtualMachineSnapshot_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/VmwareDistributedVirtualSwitch_properties.hpp>

namespace esxvi::sim::detail {

namespace {

template <class... T> void add_tables(State& state) {
  for (auto const* table : {reflect::type_of<T>()...})
    for (auto const* t = table; t != nullptr; t = t->base) state.tables.emplace(t->name, t);
}

}  // namespace

/// What is wrong with a property path must not depend on which objects there are just now.
void add_kinds(State& state) {
  using namespace esxvi::types;
  add_tables<Alarm, ClusterComputeResource, ContainerView, DistributedVirtualPortgroup,
             EventHistoryCollector, HttpNfcLease, InventoryView, ListView, OpaqueNetwork,
             PropertyFilter, ScheduledTask, StoragePod, Task, TaskHistoryCollector, VirtualApp,
             VirtualMachine, VirtualMachineSnapshot, VmwareDistributedVirtualSwitch>(state);
}

}  // namespace esxvi::sim::detail
