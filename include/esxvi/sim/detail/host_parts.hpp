// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/detail/property_path.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/host.hpp>
#include <esxvi/types/HostSystem_properties.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the services of a physical host share.
namespace esxvi::sim::detail {

/// The host that a manager such as its network system belongs to: on a vCenter, networkSystem-9 is
/// of host-9.
inline Ref<types::HostSystem> host_of(Host& host, untyped_ref const& manager) {
  auto const suffix = [](std::string_view id) { return id.substr(id.rfind('-') + 1); };
  if (host.options().vcenter)
    for (auto const& ref : host.all<types::HostSystem>())
      if (suffix(ref.value()) == suffix(manager.value())) return ref;
  return host.places().host;
}

/// Sets a property of a manager to what its host's configuration says, if that is something else.
template <class M, class T>
void mirror(Host& host, Ref<M> const& manager, std::optional<T> M::* member, T const& value) {
  auto const now = host.find<M>(manager);
  if (!now || (((*now).*member) && same(*reflect::type_of<T>(), &*((*now).*member), &value)))
    return;
  host.modify(manager, [&](M& m) { m.*member = value; });
}

template <class M, class T>
void mirror(Host& host, Ref<M> const& manager, T M::* member, T const& value) {
  auto const now = host.find<M>(manager);
  if (now && !same(*reflect::type_of<T>(), &((*now).*member), &value))
    host.modify(manager, [&](M& m) { m.*member = value; });
}

/// Gives the place of something that is gone to another of its kind; the place is empty when it was
/// the last one.
template <class T> void hand_over(Host& host, Ref<T> Places::* place, Ref<T> const& gone) {
  auto& now = host.state().places.*place;
  if (now != gone) return;
  auto const left = host.all<T>();
  now = left.empty() ? Ref<T>() : left.front();
}

/// A new network, which these hosts have.
Ref<types::Network> make_network(Host& host, std::string const& name,
                                 std::vector<Ref<types::HostSystem>> const& on);

/// Takes something out of the folder that it is in.
void take_from_folder(Host& host, untyped_ref const& what);

}  // namespace esxvi::sim::detail
