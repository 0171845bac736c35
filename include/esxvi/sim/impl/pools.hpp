// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Resource pools below those that a host begins with. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ResourcePool.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace esxvi::sim {

namespace detail {

namespace {

using Pool = types::ResourcePool;

inline void require_pool_name(Host& host, Ref<Pool> const& parent, std::string const& name) {
  require_entity_name(name);
  auto const there = host.get<Pool>(parent);
  require_free_name(host, {there->resourcePool.begin(), there->resourcePool.end()},
                    server_name(name));
}

/// Takes over what is given, and leaves the rest.
inline void change(types::ResourceAllocationInfo& now,
                   types::ResourceAllocationInfo const& wanted) {
  if (wanted.reservation.value_or(0) < 0) throw bad_argument("reservation");
  if (wanted.limit.value_or(0) < -1) throw bad_argument("limit");
  if (wanted.reservation) now.reservation = wanted.reservation;
  if (wanted.expandableReservation) now.expandableReservation = wanted.expandableReservation;
  if (wanted.limit) now.limit = wanted.limit;
  if (wanted.shares) now.shares = wanted.shares;
}
inline void change(types::ResourceConfigSpec& now, types::ResourceConfigSpec const& wanted) {
  change(now.cpuAllocation, wanted.cpuAllocation);
  change(now.memoryAllocation, wanted.memoryAllocation);
  if (wanted.scaleDescendantsShares) now.scaleDescendantsShares = wanted.scaleDescendantsShares;
}

inline Ref<Pool> create_pool(Host& host, Ref<Pool> const& parent, std::string const& name,
                             types::ResourceConfigSpec const& spec) {
  require_pool_name(host, parent, name);
  Pool pool = *host.get<Pool>(parent);
  pool.name = server_name(name);
  pool.parent = Ref<types::ManagedEntity>(parent.type(), parent.value());
  pool.recentTask.clear();
  pool.resourcePool.clear();
  pool.childConfiguration.clear();
  pool.vm.clear();
  pool.config = {};
  change(pool.config, spec);
  Ref<Pool> const ref(host.make_id("resgroup"));
  pool.config.entity = Ref<types::ManagedEntity>(ref.type(), ref.value());
  host.add(ref, std::move(pool));
  host.modify(parent, [&](Pool& p) { p.resourcePool.push_back(ref); });
  return ref;
}

}  // namespace

void destroy_pool(Host& host, Ref<types::ResourcePool> const& ref) {
  auto const pool = host.get<Pool>(ref);
  Ref<Pool> const parent(pool->parent->value());
  if (!host.find<Pool>(parent)) throw bad_argument("self");
  for (auto const& child : pool->resourcePool) destroy_pool(host, child);
  // Its machines are the parent's from now on; those of its pools are there already.
  for (auto const& vm : host.get<Pool>(ref)->vm) {
    host.modify(vm, [&](types::VirtualMachine& m) { m.resourcePool = parent; });
    host.modify(parent, [&](Pool& p) { p.vm.push_back(vm); });
  }
  host.modify(parent, [&](Pool& p) { std::erase(p.resourcePool, ref); });
  host.remove(ref);
}

}  // namespace detail

void add_pool_methods(Host& host) {
  using namespace esxvi::types;
  host.derive<ResourcePool>([](Host&, ResourcePool& pool) {
    if (!pool.summary) return;
    pool.summary->name = pool.name;
    pool.summary->config = pool.config;
    pool.summary->runtime = pool.runtime;
  });
  host.on<CreateResourcePool>([](Call& call, CreateResourcePool const& r) {
    return detail::create_pool(call.host(), *r.self, *r.name, *r.spec);
  });
  host.on<types::UpdateConfig>([](Call& call, types::UpdateConfig const& r) {
    Host& h = call.host();
    call.require("Resource.EditPool", *r.self);
    auto changed = *h.get<ResourcePool>(*r.self);
    if (r.name && server_name(*r.name) != changed.name) {
      Ref<ResourcePool> const parent(changed.parent->value());
      if (!h.find<ResourcePool>(parent)) throw detail::bad_argument("name");
      detail::require_pool_name(h, parent, *r.name);
      changed.name = server_name(*r.name);
    }
    if (r.config) detail::change(changed.config, *r.config);
    h.modify(*r.self, [&](ResourcePool& p) { p = std::move(changed); });
  });
  host.on<DestroyChildren>([](Call& call, DestroyChildren const& r) {
    call.require("Resource.DeletePool", *r.self);
    auto const children = call.host().get<ResourcePool>(*r.self)->resourcePool;
    for (auto const& child : children) detail::destroy_pool(call.host(), child);
  });
}

}  // namespace esxvi::sim
