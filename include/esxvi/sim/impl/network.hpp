// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Virtual switches, port groups and NICs of hosts. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/host_parts.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostNetworkSystem.hpp>
#include <esxvi/types/HostNetworkSystem_properties.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/fault/AlreadyExists.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/NotFound.hpp>
#include <esxvi/types/fault/ResourceInUse.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

namespace detail {

namespace {

constexpr std::string_view management_group = "Management Network";

inline std::string key_of_part(std::string_view kind, std::string_view name) {
  return "key-vim.host." + std::string(kind) + "-" + std::string(name);
}

inline types::PhysicalNic physical_nic(int number, bool linked) {
  types::PhysicalNic nic;
  nic.device = "vmnic" + std::to_string(number);
  nic.key = key_of_part("PhysicalNic", nic.device);
  nic.pci = "0000:02:00." + std::to_string(number);
  nic.driver = "ixgben";
  nic.wakeOnLanSupported = false;
  if (linked) nic.linkSpeed = types::PhysicalNicLinkInfo{10000, true, {}};
  nic.mac = "00:50:56:00:00:0" + std::to_string(number + 1);
  return nic;
}

inline types::HostPortGroup port_group(types::HostPortGroupSpec spec) {
  types::HostPortGroup group;
  group.key = key_of_part("PortGroup", spec.name);
  group.vswitch = key_of_part("VirtualSwitch", spec.vswitchName);
  auto& security = group.computedPolicy.security.emplace();
  if (spec.policy.security) security = *spec.policy.security;
  if (!security.allowPromiscuous) security.allowPromiscuous = false;
  if (!security.macChanges) security.macChanges = false;
  if (!security.forgedTransmits) security.forgedTransmits = false;
  group.computedPolicy.shapingPolicy = spec.policy.shapingPolicy;
  group.spec = std::move(spec);
  return group;
}

/// Every network of a host has a port group there, and every port group is listed by its switch.
inline void follow_network(Host& host, types::HostSystem& h) {
  if (!h.config || !h.config->network) return;
  auto& network = *h.config->network;
  for (auto const& ref : h.network) {
    auto const n = host.find<types::Network>(ref);
    if (!n || network.vswitch.empty() || ref.type() != "Network") continue;
    if (std::ranges::any_of(network.portgroup,
                            [&](auto const& g) { return server_name(g.spec.name) == n->name; }))
      continue;
    types::HostPortGroupSpec spec;
    spec.name = n->name;
    spec.vswitchName = network.vswitch.front().name;
    network.portgroup.push_back(port_group(std::move(spec)));
  }
  for (auto& group : network.portgroup) {
    group.port.clear();
    for (auto const& nic : network.vnic)
      if (nic.portgroup == group.spec.name)
        group.port.push_back({nic.key, {nic.spec.mac.value_or(std::string())}, "host", {}});
  }
  for (auto& s : network.vswitch) {
    s.portgroup.clear();
    int used = static_cast<int>(s.pnic.size());
    for (auto const& group : network.portgroup)
      if (group.spec.vswitchName == s.name) {
        s.portgroup.push_back(group.key.value_or(std::string()));
        used += static_cast<int>(group.port.size());
      }
    s.numPortsAvailable = s.numPorts - used;
  }
  if (h.configManager.networkSystem)
    mirror(host, *h.configManager.networkSystem, &types::HostNetworkSystem::networkInfo, network);
}

template <class List, class Match> auto* find_in(List& list, Match&& match) {
  auto const at = std::find_if(list.begin(), list.end(), std::forward<Match>(match));
  return at == list.end() ? nullptr : &*at;
}

[[noreturn]] inline void in_use(std::string_view type, std::string_view name) {
  types::ResourceInUse why;
  why.type = type;
  why.name = name;
  throw fault(std::move(why), "The resource '" + std::string(name) + "' is in use.");
}
[[noreturn]] inline void exists_already(std::string_view name) {
  types::AlreadyExists why;
  why.name = name;
  throw fault(std::move(why),
              "The specified key, name, or identifier '" + std::string(name) + "' already exists.");
}

inline types::HostVirtualSwitch& switch_named(types::HostNetworkInfo& network,
                                              std::string_view name) {
  auto* const found = find_in(network.vswitch, [&](auto const& s) { return s.name == name; });
  if (found == nullptr) throw fault(types::NotFound());
  return *found;
}
inline types::HostPortGroup& group_named(types::HostNetworkInfo& network, std::string_view name) {
  auto* const found =
      find_in(network.portgroup, [&](auto const& g) { return g.spec.name == name; });
  if (found == nullptr) throw fault(types::NotFound());
  return *found;
}

/// Clients name uplinks by device, or by key as the documentation says.
inline void set_up_switch(types::HostNetworkInfo const& network, types::HostVirtualSwitch& s,
                          types::HostVirtualSwitchSpec const& spec) {
  std::vector<std::string> uplinks;
  std::vector<std::string> wanted_nics;
  if (auto const* simple = spec.bridge.as<types::HostVirtualSwitchSimpleBridge>())
    wanted_nics = {simple->nicDevice};
  if (auto const* bond = spec.bridge.as<types::HostVirtualSwitchBondBridge>())
    wanted_nics = bond->nicDevice;
  for (auto const& wanted : wanted_nics) {
    auto const nic = std::ranges::find_if(
        network.pnic, [&](auto const& p) { return p.device == wanted || p.key == wanted; });
    if (nic == network.pnic.end()) {
      types::InvalidArgument why;
      why.invalidProperty = "spec.bridge.nicDevice";
      throw fault(std::move(why));
    }
    auto const key = nic->key.value_or(nic->device);
    for (auto const& other : network.vswitch)
      if (other.name != s.name && std::ranges::count(other.pnic, key) > 0)
        in_use("nic", nic->device);
    uplinks.push_back(key);
  }
  s.pnic = std::move(uplinks);
  s.spec = spec;
  s.mtu = spec.mtu.value_or(1500);
  s.numPorts = spec.numPorts;
}

/// Changes a copy first: what is refused changes nothing.
template <class F> void change_network(Call& call, untyped_ref const& system, F&& change) {
  auto const ref = host_of(call.host(), system);
  auto const before = call.host().get<types::HostSystem>(ref);
  types::HostNetworkInfo network = *before->config->network;
  change(network);
  call.host().modify(ref, [&](types::HostSystem& h) { h.config->network = std::move(network); });
}

inline Ref<types::Network> network_named(Host& host, Ref<types::HostSystem> const& on,
                                         std::string_view group) {
  for (auto const& ref : host.get<types::HostSystem>(on)->network)
    if (auto const n = host.find<types::Network>(ref); n && n->name == server_name(group))
      return ref;
  return {};
}

/// Takes a network from a host, and from the inventory when it was the last one.
inline void drop_network(Host& host, Ref<types::HostSystem> const& on,
                         Ref<types::Network> const& ref) {
  using namespace types;
  host.modify(on, [&](HostSystem& h) { std::erase(h.network, ref); });
  host.modify(ref, [&](Network& n) { std::erase(n.host, on); });
  if (!host.get<Network>(ref)->host.empty()) return;
  Places const& at = host.places();
  host.modify(at.network_folder, [&](Folder& f) {
    std::erase_if(f.childEntity, [&](auto const& c) { return c.value() == ref.value(); });
  });
  host.modify(at.datacenter, [&](Datacenter& d) { std::erase(d.network, ref); });
  host.modify(at.compute_resource, [&](ComputeResource& c) { std::erase(c.network, ref); });
  host.remove(ref);
}

inline void add_switch_methods(Host& host) {
  using namespace esxvi::types;
  host.on<AddVirtualSwitch>([](Call& call, AddVirtualSwitch const& r) {
    change_network(call, *r.self, [&](HostNetworkInfo& network) {
      auto const& name = *r.vswitchName;
      if (find_in(network.vswitch, [&](auto const& s) { return s.name == name; }))
        exists_already(name);
      HostVirtualSwitch s;
      s.name = name;
      s.key = key_of_part("VirtualSwitch", name);
      HostVirtualSwitchSpec spec;
      spec.numPorts = 128;
      set_up_switch(network, s, r.spec.value_or(spec));
      network.vswitch.push_back(std::move(s));
    });
  });
  host.on<UpdateVirtualSwitch>([](Call& call, UpdateVirtualSwitch const& r) {
    change_network(call, *r.self, [&](HostNetworkInfo& network) {
      set_up_switch(network, switch_named(network, *r.vswitchName), *r.spec);
    });
  });
  host.on<RemoveVirtualSwitch>([](Call& call, RemoveVirtualSwitch const& r) {
    std::vector<std::string> groups;
    auto const& name = *r.vswitchName;
    auto const on = host_of(call.host(), *r.self);
    change_network(call, *r.self, [&](HostNetworkInfo& network) {
      static_cast<void>(switch_named(network, name));
      for (auto const& group : network.portgroup) {
        if (group.spec.vswitchName != name) continue;
        auto const n = network_named(call.host(), on, group.spec.name);
        if (!group.port.empty() || (n && !call.host().get<Network>(n)->vm.empty()))
          in_use("vswitch", name);
        groups.push_back(group.spec.name);
      }
      std::erase_if(network.vswitch, [&](auto const& s) { return s.name == name; });
      std::erase_if(network.portgroup, [&](auto const& g) { return g.spec.vswitchName == name; });
      // Before the groups are gone, or their networks would get new ones.
      for (auto const& group : groups)
        if (auto const n = network_named(call.host(), on, group)) drop_network(call.host(), on, n);
    });
  });
}

inline void add_group_methods(Host& host) {
  using namespace esxvi::types;
  host.on<AddPortGroup>([](Call& call, AddPortGroup const& r) {
    auto const& spec = *r.portgrp;
    change_network(call, *r.self, [&](HostNetworkInfo& network) {
      if (find_in(network.portgroup, [&](auto const& g) { return g.spec.name == spec.name; }))
        exists_already(spec.name);
      static_cast<void>(switch_named(network, spec.vswitchName));
      if (spec.name.empty() || spec.vlanId < 0 || spec.vlanId > 4095) {
        InvalidArgument why;
        why.invalidProperty = spec.name.empty() ? "portgrp.name" : "portgrp.vlanId";
        throw fault(std::move(why));
      }
      network.portgroup.push_back(port_group(spec));
    });
    call.host().add_network(spec.name);
  });
  host.on<UpdatePortGroup>([](Call& call, UpdatePortGroup const& r) {
    auto const on = host_of(call.host(), *r.self);
    auto const& spec = *r.portgrp;
    auto const n = network_named(call.host(), on, *r.pgName);
    change_network(call, *r.self, [&](HostNetworkInfo& network) {
      auto& group = group_named(network, *r.pgName);
      if (spec.name != *r.pgName &&
          find_in(network.portgroup, [&](auto const& g) { return g.spec.name == spec.name; }))
        exists_already(spec.name);
      static_cast<void>(switch_named(network, spec.vswitchName));
      group = port_group(spec);
      if (n)
        call.host().modify(n, [&](Network& x) {
          x.name = server_name(spec.name);
          x.summary->name = x.name;
        });
    });
  });
  host.on<RemovePortGroup>([](Call& call, RemovePortGroup const& r) {
    auto const on = host_of(call.host(), *r.self);
    change_network(call, *r.self, [&](HostNetworkInfo& network) {
      auto const& group = group_named(network, *r.pgName);
      auto const n = network_named(call.host(), on, *r.pgName);
      if (!group.port.empty() || (n && !call.host().get<Network>(n)->vm.empty()))
        in_use("portgroup", *r.pgName);
      if (n) drop_network(call.host(), on, n);
      std::erase_if(network.portgroup, [&](auto const& g) { return g.spec.name == *r.pgName; });
    });
  });
}

inline void add_nic_methods(Host& host) {
  using namespace esxvi::types;
  host.on<AddVirtualNic>([](Call& call, AddVirtualNic const& r) {
    call.require("Host.Config.Network", host_of(call.host(), *r.self));
    std::string device;
    change_network(call, *r.self, [&](HostNetworkInfo& network) {
      static_cast<void>(group_named(network, *r.portgroup));
      int number = 0;
      do device = "vmk" + std::to_string(number++);
      while (find_in(network.vnic, [&](auto const& v) { return v.device == device; }));
      HostVirtualNic nic;
      nic.device = device;
      nic.key = key_of_part("VirtualNic", device);
      nic.portgroup = *r.portgroup;
      nic.spec = *r.nic;
      if (!nic.spec.mac) {
        std::array<char, 18> mac{};
        std::snprintf(mac.data(), mac.size(), "00:50:56:6a:00:%02x",
                      static_cast<unsigned>(number) & 0xFFU);
        nic.spec.mac = mac.data();
      }
      if (!nic.spec.mtu) nic.spec.mtu = 1500;
      network.vnic.push_back(std::move(nic));
    });
    return device;
  });
  host.on<RemoveVirtualNic>([](Call& call, RemoveVirtualNic const& r) {
    change_network(call, *r.self, [&](HostNetworkInfo& network) {
      if (std::erase_if(network.vnic, [&](auto const& v) { return v.device == *r.device; }) == 0)
        throw fault(NotFound());
    });
  });
  host.on<RefreshNetworkSystem>([](Call&, RefreshNetworkSystem const&) {});
}

}  // namespace
}  // namespace detail

void add_network_services(Host& host) {
  using namespace esxvi::types;
  host.derive<HostSystem>(&detail::follow_network);
  for (auto const& ref : host.all<HostSystem>()) {
    if (auto const at = host.get<HostSystem>(ref)->configManager.networkSystem)
      host.add(*at, HostNetworkSystem());
    host.modify(ref, [&](HostSystem& h) {
      auto& network = *h.config->network;
      for (int i = 1; i < 4; ++i) network.pnic.push_back(detail::physical_nic(i, i < 2));
      HostPortGroupSpec spec;
      spec.name = detail::management_group;
      spec.vswitchName = network.vswitch.front().name;
      network.portgroup.push_back(detail::port_group(std::move(spec)));
    });
  }
  detail::add_switch_methods(host);
  detail::add_group_methods(host);
  detail::add_nic_methods(host);
}

}  // namespace esxvi::sim
