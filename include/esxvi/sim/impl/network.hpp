// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Virtual switches, port groups and NICs of hosts. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/host_parts.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostNetworkSystem.hpp>
#include <esxvi/types/HostNetworkSystem_properties.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/AlreadyExists.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/NotFound.hpp>
#include <esxvi/types/fault/NotSupported.hpp>
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

/// What UpdateNetworkConfig would have to say to get such a network.
inline types::HostNetworkConfig as_config(types::HostNetworkInfo const& network) {
  types::HostNetworkConfig out;
  for (auto const& s : network.vswitch) {
    auto& one = out.vswitch.emplace_back();
    one.name = s.name;
    one.spec = s.spec;
  }
  for (auto const& g : network.portgroup) out.portgroup.emplace_back().spec = g.spec;
  for (auto const& p : network.pnic) {
    auto& one = out.pnic.emplace_back();
    one.device = p.device;
    one.spec = p.spec;
  }
  for (auto const& v : network.vnic) {
    auto& one = out.vnic.emplace_back();
    one.device = v.device;
    one.portgroup = v.portgroup;
    one.spec = v.spec;
  }
  out.dnsConfig = network.dnsConfig;
  out.ipRouteConfig = network.ipRouteConfig;
  out.consoleIpRouteConfig = network.consoleIpRouteConfig;
  out.ipV6Enabled = network.ipV6Enabled;
  return out;
}

inline void mirror_network(Host& host, Ref<types::HostNetworkSystem> const& to,
                           types::HostNetworkInfo const& network) {
  using System = types::HostNetworkSystem;
  mirror(host, to, &System::networkInfo, network);
  mirror(host, to, &System::networkConfig, as_config(network));
  mirror(host, to, &System::dnsConfig, network.dnsConfig);
  mirror(host, to, &System::ipRouteConfig, network.ipRouteConfig);
  mirror(host, to, &System::consoleIpRouteConfig, network.consoleIpRouteConfig);
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
  if (h.configManager.networkSystem) mirror_network(host, *h.configManager.networkSystem, network);
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
  auto const network = host.get<Network>(ref);
  if (!network->host.empty()) return;
  Places const& at = host.places();
  take_from_folder(host, ref);
  host.modify(at.datacenter, [&](Datacenter& d) { std::erase(d.network, ref); });
  host.modify(at.compute_resource, [&](ComputeResource& c) { std::erase(c.network, ref); });
  host.remove(ref);
  hand_over(host, &Places::network, ref);
  // A machine that went to another host may have taken its adapter along.
  for (auto const& vm : network->vm)
    if (auto const m = host.find<VirtualMachine>(vm); m && m->config) relink(host, vm);
}

/// Gives a host the network of a port group: hosts whose groups have one name share it.
inline void join_network(Host& host, Ref<types::HostSystem> const& on, std::string const& group) {
  using namespace types;
  auto const all = host.get<Datacenter>(host.places().datacenter)->network;
  auto const shared = std::ranges::find_if(all, [&](auto const& ref) {
    return ref.type() == "Network" && host.get<Network>(ref)->name == server_name(group);
  });
  if (shared == all.end()) {
    make_network(host, group, {on});
  } else if (std::ranges::count(host.get<Network>(*shared)->host, on) == 0) {
    host.modify(*shared, [&](Network& n) { n.host.push_back(on); });
    host.modify(on, [&](HostSystem& h) { h.network.push_back(*shared); });
  }
}

/// Another name for the network of a host. One that other hosts have too keeps its own, as theirs.
/// False: the host has left it, and has to join the one that is called so.
inline bool rename_network(Host& host, Ref<types::HostSystem> const& on,
                           Ref<types::Network> const& ref, std::string const& name) {
  using namespace types;
  auto const all = host.get<Datacenter>(host.places().datacenter)->network;
  bool const taken = std::ranges::any_of(
      all, [&](auto const& n) { return host.get<Network>(n)->name == server_name(name); });
  auto const now = host.get<Network>(ref);
  if (taken || now->host.size() > 1) {
    drop_network(host, on, ref);
    return false;
  }
  host.modify(ref, [&](Network& n) {
    n.name = server_name(name);
    n.summary->name = n.name;
  });
  return true;
}

[[noreturn]] inline void wrong_network_argument(std::string property) {
  types::InvalidArgument why;
  why.invalidProperty = std::move(property);
  throw fault(std::move(why));
}

/// Changes to the network of a host, one after the other, on a copy: what is refused changes
/// nothing.
class NetworkChange {
 public:
  NetworkChange(Call& call, untyped_ref const& system)
      : host_(call.host()),
        on_(host_of(host_, system)),
        network_(*host_.get<types::HostSystem>(on_)->config->network) {
    call.require("Host.Config.Network", on_);
  }

  void add_switch(std::string const& name, types::HostVirtualSwitchSpec const& spec) {
    if (find_in(network_.vswitch, [&](auto const& s) { return s.name == name; }))
      exists_already(name);
    types::HostVirtualSwitch s;
    s.name = name;
    s.key = key_of_part("VirtualSwitch", name);
    set_up_switch(network_, s, spec);
    network_.vswitch.push_back(std::move(s));
  }
  void edit_switch(std::string const& name, types::HostVirtualSwitchSpec const& spec) {
    set_up_switch(network_, switch_named(network_, name), spec);
  }
  void remove_switch(std::string const& name) {
    static_cast<void>(switch_named(network_, name));
    for (auto const& group : network_.portgroup)
      if (group.spec.vswitchName == name) let_go(group, "vswitch", name);
    std::erase_if(network_.vswitch, [&](auto const& s) { return s.name == name; });
    std::erase_if(network_.portgroup, [&](auto const& g) { return g.spec.vswitchName == name; });
  }

  void check_group(types::HostPortGroupSpec const& spec) {
    static_cast<void>(switch_named(network_, spec.vswitchName));
    if (spec.name.empty()) wrong_network_argument("portgrp.name");
    if (spec.vlanId < 0 || spec.vlanId > 4095) wrong_network_argument("portgrp.vlanId");
  }
  void add_group(types::HostPortGroupSpec const& spec) {
    require_free_group(spec.name);
    check_group(spec);
    network_.portgroup.push_back(port_group(spec));
    added_.push_back(spec.name);
  }
  void edit_group(std::string const& name, types::HostPortGroupSpec const& spec) {
    auto& group = group_named(network_, name);
    if (spec.name != name) require_free_group(spec.name);
    check_group(spec);
    auto ports = std::move(group.port);
    group = port_group(spec);
    group.port = std::move(ports);
    if (spec.name == name) return;
    for (auto& nic : network_.vnic) {
      if (nic.portgroup == name) nic.portgroup = spec.name;
      if (nic.spec.portgroup == name) nic.spec.portgroup = spec.name;
    }
    if (auto const n = network_named(host_, on_, name)) renamed_.emplace_back(n, spec.name);
  }
  void remove_group(std::string const& name) {
    let_go(group_named(network_, name), "portgroup", name);
    std::erase_if(network_.portgroup, [&](auto const& g) { return g.spec.name == name; });
  }

  /// The result is the device of the new adapter.
  std::string add_nic(std::string const& group, types::HostVirtualNicSpec spec) {
    static_cast<void>(group_named(network_, group));
    types::HostVirtualNic nic;
    int number = 0;
    do nic.device = "vmk" + std::to_string(number++);
    while (find_in(network_.vnic, [&](auto const& v) { return v.device == nic.device; }));
    nic.key = key_of_part("VirtualNic", nic.device);
    nic.portgroup = group;
    nic.spec = std::move(spec);
    if (!nic.spec.mac) {
      std::array<char, 18> mac{};
      std::snprintf(mac.data(), mac.size(), "00:50:56:6a:00:%02x",
                    static_cast<unsigned>(number) & 0xFFU);
      nic.spec.mac = mac.data();
    }
    if (!nic.spec.mtu) nic.spec.mtu = 1500;
    network_.vnic.push_back(std::move(nic));
    return network_.vnic.back().device;
  }
  void edit_nic(std::string const& device, types::HostVirtualNicSpec const& spec) {
    auto* const nic = find_in(network_.vnic, [&](auto const& v) { return v.device == device; });
    if (nic == nullptr) throw fault(types::NotFound());
    if (spec.portgroup) {
      static_cast<void>(group_named(network_, *spec.portgroup));
      nic->portgroup = *spec.portgroup;
    }
    if (spec.ip) nic->spec.ip = spec.ip;
    if (spec.mac) nic->spec.mac = spec.mac;
    if (spec.mtu) nic->spec.mtu = spec.mtu;
  }
  void remove_nic(std::string const& device) {
    if (std::erase_if(network_.vnic, [&](auto const& v) { return v.device == device; }) == 0)
      throw fault(types::NotFound());
  }
  void set_link(std::string const& device, std::optional<types::PhysicalNicLinkInfo> const& speed) {
    auto* const nic = find_in(network_.pnic, [&](auto const& p) { return p.device == device; });
    if (nic == nullptr) throw fault(types::NotFound());
    nic->spec.linkSpeed = speed;  // without one the two ends agree on it
    if (speed && nic->linkSpeed) nic->linkSpeed = speed;
  }
  void set_dns(Poly<types::HostDnsConfig> const& config) { network_.dnsConfig = config; }
  void set_routes(Poly<types::HostIpRouteConfig> const& config) { network_.ipRouteConfig = config; }
  void set_console_routes(Poly<types::HostIpRouteConfig> const& config) {
    network_.consoleIpRouteConfig = config;
  }

  /// Makes it so.
  void commit() {
    // Before the groups are gone, or their networks would get new ones.
    for (auto const& n : dropped_) drop_network(host_, on_, n);
    for (auto const& [n, name] : renamed_)
      if (!rename_network(host_, on_, n, name)) added_.push_back(name);
    host_.modify(on_, [&](types::HostSystem& h) { h.config->network = std::move(network_); });
    for (auto const& name : added_) join_network(host_, on_, name);
  }

 private:
  void require_free_group(std::string const& name) {
    if (find_in(network_.portgroup, [&](auto const& g) { return g.spec.name == name; }))
      exists_already(name);
  }
  void let_go(types::HostPortGroup const& group, std::string_view kind, std::string const& name) {
    auto const n = network_named(host_, on_, group.spec.name);
    // Other hosts may have a group of this name, and machines of their own that use it.
    bool const used =
        n && std::ranges::any_of(host_.get<types::Network>(n)->vm, [&](auto const& vm) {
          return host_.get<types::VirtualMachine>(vm)->runtime.host == on_;
        });
    if (!group.port.empty() || used) in_use(kind, name);
    if (n) dropped_.push_back(n);
  }

  Host& host_;
  Ref<types::HostSystem> on_;
  types::HostNetworkInfo network_;
  std::vector<Ref<types::Network>> dropped_{};
  std::vector<std::pair<Ref<types::Network>, std::string>> renamed_{};
  std::vector<std::string> added_{};
};

/// One change as a method of its own: `change(NetworkChange&, request)`.
template <class R, class F> void serve_change(Host& host, F change) {
  host.on<R>([change](Call& call, R const& r) {
    NetworkChange all(call, *r.self);
    if constexpr (std::is_void_v<typename R::reply_type>) {
      change(all, r);
      all.commit();
    } else {
      auto out = change(all, r);
      all.commit();
      return out;
    }
  });
}

/// Entries of a HostNetworkConfig say themselves what is to be done with them.
template <class List, class Add, class Edit, class Remove>
void apply_each(List const& list, Add&& add, Edit&& edit, Remove&& remove) {
  for (auto const& one : list) {
    std::string const what = one.changeOperation.value_or("add");
    if (what == "remove") {
      remove(one);
    } else if (!one.spec) {
      wrong_network_argument("config.spec");
    } else if (what == "add") {
      add(one);
    } else if (what == "edit") {
      edit(one);
    } else {
      wrong_network_argument("config.changeOperation");
    }
  }
}

inline types::HostNetworkConfigResult configure(NetworkChange& all,
                                                types::UpdateNetworkConfig const& r) {
  using namespace esxvi::types;
  HostNetworkConfigResult out;
  auto const& config = *r.config;
  // "replace" would take away what is not named.
  if (*r.changeMode != "modify") throw fault(NotSupported());
  apply_each(
      config.vswitch, [&](auto const& s) { all.add_switch(s.name, *s.spec); },
      [&](auto const& s) { all.edit_switch(s.name, *s.spec); },
      [&](auto const& s) { all.remove_switch(s.name); });
  apply_each(
      config.portgroup, [&](auto const& g) { all.add_group(*g.spec); },
      [&](auto const& g) { all.edit_group(g.spec->name, *g.spec); },
      [&](auto const& g) {
        if (!g.spec) wrong_network_argument("config.spec");
        all.remove_group(g.spec->name);
      });
  apply_each(
      config.vnic,
      [&](auto const& v) { out.vnicDevice.push_back(all.add_nic(v.portgroup, *v.spec)); },
      [&](auto const& v) { all.edit_nic(v.device.value_or(std::string()), *v.spec); },
      [&](auto const& v) { all.remove_nic(v.device.value_or(std::string())); });
  for (auto const& nic : config.pnic) all.set_link(nic.device, nic.spec.linkSpeed);
  if (config.dnsConfig) all.set_dns(config.dnsConfig);
  if (config.ipRouteConfig) all.set_routes(config.ipRouteConfig);
  if (config.consoleIpRouteConfig) all.set_console_routes(config.consoleIpRouteConfig);
  return out;
}

inline void add_network_methods(Host& host) {
  using namespace esxvi::types;
  serve_change<AddVirtualSwitch>(host, [](NetworkChange& all, AddVirtualSwitch const& r) {
    HostVirtualSwitchSpec usual;
    usual.numPorts = 128;
    all.add_switch(*r.vswitchName, r.spec.value_or(usual));
  });
  serve_change<UpdateVirtualSwitch>(host, [](NetworkChange& all, UpdateVirtualSwitch const& r) {
    all.edit_switch(*r.vswitchName, *r.spec);
  });
  serve_change<RemoveVirtualSwitch>(host, [](NetworkChange& all, RemoveVirtualSwitch const& r) {
    all.remove_switch(*r.vswitchName);
  });
  serve_change<AddPortGroup>(
      host, [](NetworkChange& all, AddPortGroup const& r) { all.add_group(*r.portgrp); });
  serve_change<UpdatePortGroup>(host, [](NetworkChange& all, UpdatePortGroup const& r) {
    all.edit_group(*r.pgName, *r.portgrp);
  });
  serve_change<RemovePortGroup>(
      host, [](NetworkChange& all, RemovePortGroup const& r) { all.remove_group(*r.pgName); });
  serve_change<AddVirtualNic>(host, [](NetworkChange& all, AddVirtualNic const& r) {
    return all.add_nic(*r.portgroup, *r.nic);
  });
  serve_change<UpdateVirtualNic>(
      host, [](NetworkChange& all, UpdateVirtualNic const& r) { all.edit_nic(*r.device, *r.nic); });
  serve_change<RemoveVirtualNic>(
      host, [](NetworkChange& all, RemoveVirtualNic const& r) { all.remove_nic(*r.device); });
  serve_change<UpdatePhysicalNicLinkSpeed>(
      host, [](NetworkChange& all, UpdatePhysicalNicLinkSpeed const& r) {
        all.set_link(*r.device, r.linkSpeed);
      });
  serve_change<UpdateDnsConfig>(
      host, [](NetworkChange& all, UpdateDnsConfig const& r) { all.set_dns(*r.config); });
  serve_change<UpdateIpRouteConfig>(
      host, [](NetworkChange& all, UpdateIpRouteConfig const& r) { all.set_routes(*r.config); });
  serve_change<UpdateConsoleIpRouteConfig>(
      host, [](NetworkChange& all, UpdateConsoleIpRouteConfig const& r) {
        all.set_console_routes(*r.config);
      });
  serve_change<UpdateNetworkConfig>(host, &configure);
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
  detail::add_network_methods(host);
}

}  // namespace esxvi::sim
