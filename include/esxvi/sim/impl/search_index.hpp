// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The search index. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/SearchIndex.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/InvalidProperty.hpp>

#include <algorithm>

namespace esxvi::sim {

namespace {

using EntityRefs = std::vector<Ref<types::ManagedEntity>>;

inline std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

/// Whether an entity is in a data center, by its parents. A machine in a pool has its folder too.
inline bool is_below(Host& host, untyped_ref ref, untyped_ref const& top) {
  for (std::size_t left = host.object_count(); ref && left > 0; --left) {
    if (ref == top) return true;
    auto const entity = host.find<types::ManagedEntity>(ref);
    ref = entity && entity->parent ? untyped_ref(*entity->parent) : untyped_ref();
  }
  return false;
}

/// All machines, or all hosts, for which `fits` holds.
template <class Fits>
inline EntityRefs search(Host& host, std::optional<Ref<types::Datacenter>> const& datacenter,
                         bool machines, Fits&& fits) {
  EntityRefs found;
  host.for_each([&](Object const& object) {
    if (!object.kind().is_a(machines ? "VirtualMachine" : "HostSystem")) return;
    auto const properties = object.properties();
    if (!fits(machines ? static_cast<types::VirtualMachine const*>(properties.get()) : nullptr,
              machines ? nullptr : static_cast<types::HostSystem const*>(properties.get())))
      return;
    if (datacenter && !is_below(host, object.ref(), *datacenter)) return;
    found.emplace_back(object.ref().type(), object.ref().value());
  });
  return found;
}

inline EntityRefs by_uuid(Host& host, std::optional<Ref<types::Datacenter>> const& datacenter,
                          std::string const& uuid, bool machines, bool instance) {
  std::string const wanted = lower(uuid);
  return search(host, datacenter, machines, [&](auto const* vm, auto const* h) {
    if (h != nullptr) return h->hardware && lower(h->hardware->systemInfo.uuid) == wanted;
    if (!vm->config) return false;
    return lower(instance ? vm->config->instanceUuid.value_or("") : vm->config->uuid) == wanted;
  });
}

inline EntityRefs by_guest(Host& host, std::optional<Ref<types::Datacenter>> const& datacenter,
                           std::string const& text, bool machines, bool address) {
  return search(host, datacenter, machines, [&](auto const* vm, auto const* h) {
    if (vm != nullptr)
      return vm->guest && (address ? vm->guest->ipAddress : vm->guest->hostName) == text;
    if (!address) return h->name == text;
    if (!h->config || !h->config->network) return false;
    auto const& nics = h->config->network->vnic;
    return std::any_of(nics.begin(), nics.end(),
                       [&](auto const& n) { return n.spec.ip && n.spec.ip->ipAddress == text; });
  });
}

inline std::optional<Ref<types::ManagedEntity>> first(EntityRefs const& all) {
  if (all.empty()) return std::nullopt;
  return all.front();
}

inline std::optional<Ref<types::ManagedEntity>> child(Host& host, untyped_ref const& parent,
                                                      std::string_view name) {
  Object const* const object = host.find_object(parent);
  std::optional<Ref<types::ManagedEntity>> found;
  if (object == nullptr) return found;
  detail::for_each_child(host, *object, [&](Object const& c) {
    auto const entity = host.find<types::ManagedEntity>(c.ref());
    if (!found && entity && entity->name == name) found.emplace(c.ref().type(), c.ref().value());
  });
  return found;
}

}  // namespace

void add_search_methods(Host& host) {
  using namespace esxvi::types;
  host.on<FindByUuid>([](Call& call, FindByUuid const& r) {
    return first(
        by_uuid(call.host(), r.datacenter, *r.uuid, *r.vmSearch, r.instanceUuid.value_or(false)));
  });
  host.on<FindAllByUuid>([](Call& call, FindAllByUuid const& r) {
    return by_uuid(call.host(), r.datacenter, *r.uuid, *r.vmSearch, r.instanceUuid.value_or(false));
  });
  host.on<FindByIp>([](Call& call, FindByIp const& r) {
    return first(by_guest(call.host(), r.datacenter, *r.ip, *r.vmSearch, true));
  });
  host.on<FindAllByIp>([](Call& call, FindAllByIp const& r) {
    return by_guest(call.host(), r.datacenter, *r.ip, *r.vmSearch, true);
  });
  host.on<FindByDnsName>([](Call& call, FindByDnsName const& r) {
    return first(by_guest(call.host(), r.datacenter, *r.dnsName, *r.vmSearch, false));
  });
  host.on<FindAllByDnsName>([](Call& call, FindAllByDnsName const& r) {
    return by_guest(call.host(), r.datacenter, *r.dnsName, *r.vmSearch, false);
  });
  host.on<FindChild>([](Call& call, FindChild const& r) {
    static_cast<void>(call.host().get<ManagedEntity>(*r.entity));
    return child(call.host(), *r.entity, *r.name);
  });
  host.on<FindByInventoryPath>([](Call& call, FindByInventoryPath const& r) {
    std::string_view path = *r.inventoryPath;
    std::optional<Ref<ManagedEntity>> at(std::in_place, call.host().places().root.type(),
                                         call.host().places().root.value());
    bool moved = false;
    while (at && !path.empty()) {
      std::string_view const name = path.substr(0, path.find('/'));
      path.remove_prefix(std::min(name.size() + 1, path.size()));
      if (name.empty()) continue;
      at = child(call.host(), *at, name);
      moved = true;
    }
    return moved ? at : std::nullopt;
  });
  host.on<FindByDatastorePath>([](Call& call, FindByDatastorePath const& r) {
    static_cast<void>(call.host().get<Datacenter>(*r.datacenter));
    return [&]() -> std::optional<Ref<VirtualMachine>> {
      auto const all = search(call.host(), *r.datacenter, true, [&](auto const* vm, auto const*) {
        return vm->config && vm->config->files.vmPathName == *r.path;
      });
      if (all.empty()) return std::nullopt;
      return Ref<VirtualMachine>(all[0].value());
    }();
  });
}

}  // namespace esxvi::sim
