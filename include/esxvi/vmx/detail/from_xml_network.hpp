// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::vmx::detail {

/// `type=` of <interface>.
inline constexpr std::array<std::string_view, 13> interface_types{
    "user",   "ethernet", "vhostuser", "server",  "client", "mcast", "network",
    "bridge", "internal", "direct",    "hostdev", "udp",    "vdpa"};
/// Those that are VMware's.
inline constexpr std::array<std::string_view, 2> vmware_interface_types{"null", "vds"};
/// Names that domain XML takes for made up by the host; what begins with one is left out there.
inline constexpr std::array<std::string_view, 3> made_up_targets{"vnet", "macvtap", "macvlan"};

/// "a&b" as it would stand in XML: libvirt escapes one entry like that.
[[nodiscard]] inline std::string entity_escaped(std::string_view text) {
  std::string out;
  for (char const c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

inline void set_model(importing& in, xml::Element const& e, Adapter& adapter) {
  auto const word = of_child(e, "model", "type");
  if (!word || word->empty()) return;
  spot const at{*e.child("model"), "type"};
  if (auto const* const known = find_adapter_model(*word); known && (known->peer || !in.peer)) {
    adapter.model = known->model;
    if (known->features != 0) adapter.features = known->features;
    return;
  }
  // Types of their own in VMX files, which domain XML has no words for.
  if (!in.peer) {
    if (auto const model = value<AdapterModel>::read(*word, style::vmware)) {
      adapter.model = model;
      return;
    }
  }
  refuse(in, at, "VMware has no such network adapter",
         "vlance, vmxnet, vmxnet2, vmxnet3, e1000 or e1000e");
}

inline void set_switch_port(importing& in, xml::Element const& e, Adapter& adapter) {
  xml::Element const* const source = e.child("source");
  if (source == nullptr) refuse(in, e, "the interface has no source", "<source switchid=...>");
  auto const uuid = Uuid::parse(mandatory(in, *source, "switchid"));
  if (!uuid) refuse(in, {*source, "switchid"}, "not a UUID", "32 hexadecimal digits");
  adapter.switch_id = uuid->to_vmx();
  auto const id = [&](std::string_view attribute, bool numeric) {
    auto const text = mandatory(in, *source, attribute);
    // VMware has keys such as "c-12" there.
    if (numeric && in.peer) return std::to_string(number<std::int64_t>(in, {*source, attribute}));
    return in.peer ? entity_escaped(text) : std::string(text);
  };
  adapter.port_id = id("portid", true);
  adapter.portgroup_id = id("portgroupid", false);
  adapter.connection_id = id("connectionid", true);
}

/// A switch by its name: those of Workstation mean a kind of connection, any other is a port group.
inline void connect_to(Adapter& adapter, std::string_view name) {
  for (auto const& s : implied_switches) {
    if (!same_word(s.word, name)) continue;
    adapter.connection = s.value;
    return;
  }
  if (starts_with_word(name, "VMnet")) {
    adapter.connection = ConnectionType::custom;
    adapter.vnet = std::string(name);
    return;
  }
  adapter.network = std::string(name);
  adapter.connection = ConnectionType::bridged;
}

inline void set_bridge(importing& in, xml::Element const& e, Adapter& adapter) {
  xml::Element const* const source = e.child("source");
  auto const name = source != nullptr ? source->attribute("bridge") : std::nullopt;
  if (!name && (in.peer || source == nullptr))
    refuse(in, source != nullptr ? *source : e, "the interface has no source",
           "<source bridge=...>");
  auto const bridge = name.value_or(std::string_view{});
  auto target = of_child(e, "target", "dev");
  if (target &&
      (in.peer ? std::ranges::any_of(made_up_targets,
                                     [&](auto start) { return target->starts_with(start); })
               : target->empty()))
    target.reset();
  if (target) {
    // Without a name of its own, a switch is called after its device.
    if (in.peer || bridge != *target) adapter.network = std::string(bridge);
    adapter.connection = ConnectionType::custom;
    adapter.vnet = std::string(*target);
    return;
  }
  if (in.peer) {
    adapter.network = std::string(bridge);
    adapter.connection = ConnectionType::bridged;
    return;
  }
  auto const* const implied = std::ranges::find_if(
      implied_switches, [&](auto const& s) { return same_word(s.word, bridge); });
  // VMnet0 is a network that can be named as well.
  if (implied != implied_switches.end() && implied->value != ConnectionType::bridged) {
    adapter.connection = implied->value;
    return;
  }
  if (!bridge.empty()) adapter.network = std::string(bridge);
  adapter.connection = ConnectionType::bridged;
}

inline void set_connection(importing& in, xml::Element const& e, Adapter& adapter) {
  auto const type = e.attribute_or("type", "user");
  if (type == "bridge") return set_bridge(in, e, adapter);
  if (type == "vds") return set_switch_port(in, e, adapter);
  if (type == "null") return;
  if (type == "user") {
    adapter.connection = ConnectionType::nat;
    return;
  }
  bool const known = std::ranges::find(interface_types, type) != interface_types.end();
  if (in.peer || !known)
    refuse(in, {e, "type"}, "VMware has no network interfaces of this type",
           in.peer ? "bridge, user, vds or null" : "bridge, network, direct, user, vds or null");
  if (type == "network") {
    xml::Element const* const source = e.child("source");
    if (source == nullptr) refuse(in, e, "the interface has no source", "<source network=...>");
    auto const name = source->attribute("portgroup") ? source->attribute("portgroup")
                                                     : source->attribute("network");
    if (!name || name->empty())
      refuse(in, *source, "the source names no network", "network= or portgroup=");
    return connect_to(adapter, *name);
  }
  if (type == "direct") {
    adapter.connection = ConnectionType::bridged;
    if (of_child(e, "source", "dev"))
      report(in, severity::warning, {*e.child("source"), "dev"},
             "VMware bridges to the interface that its own settings name");
    return;
  }
  report(in, severity::error, {e, "type"},
         "VMware has no network interfaces of this type: the adapter stands without a connection",
         "bridge, network, direct, user, vds or null");
}

inline void set_address(importing& in, xml::Element const& e, Adapter& adapter) {
  xml::Element const* const mac = e.child("mac");
  auto const text = mac != nullptr ? mac->attribute("address") : std::nullopt;
  if (!text) {
    // The product makes one up.
    adapter.address_type = AddressType::generated;
    if (in.peer) adapter.generated_address_offset = 0;
    return;
  }
  auto const address = MacAddress::parse(*text, in.peer);
  if (!address)
    refuse(in, {*mac, "address"}, "not a MAC address", "six groups such as 00:50:56:01:02:03");
  if ((address->bytes[0] & 1U) != 0)
    refuse(in, {*mac, "address"}, "a multicast address", "an address of one adapter");
  mac_range const& range = range_of(*address);
  bool generated = range.type != AddressType::static_;
  std::optional<bool> check;
  if (needs_no_check(range)) check = false;
  auto const type = word(in, *mac, "type", {"generated", "static"});
  if (type == "generated") {
    generated = true;
    check.reset();
  } else if (type == "static") {
    generated = false;
  }
  if (auto const said = word(in, *mac, "check", {"yes", "no"}); !said.empty())
    check = said == "yes";
  if (!generated) {
    adapter.address_type = AddressType::static_;
    adapter.address = *address;
  } else {
    bool const vpx = range.type == AddressType::vpx;
    adapter.address_type = vpx ? AddressType::vpx : AddressType::generated;
    adapter.generated_address = *address;
    if (!vpx) adapter.generated_address_offset = 0;
  }
  if (check) adapter.check_address = *check;
}

/// What only esxvi takes over.
inline void set_more(importing& in, xml::Element const& e, Adapter& adapter) {
  auto const* const link = e.child("link");
  bool const down = link != nullptr && word(in, *link, "state", {"up", "down"}) == "down";
  if (in.peer) return;
  if (down) adapter.start_connected = false;
  if (auto const* const bandwidth = e.child("bandwidth")) {
    // Domain XML counts in KiB, VMware in Kbit, each per second.
    constexpr std::int64_t most = std::int64_t{1} << 40U;
    auto const limit = [&](std::string_view direction) -> std::optional<KibitsPerSecond> {
      auto const* const child = bandwidth->child(direction);
      if (child == nullptr || !child->attribute("average")) return std::nullopt;
      auto const average = number<std::int64_t>(in, {*child, "average"}, 0);
      if (average > most) refuse(in, {*child, "average"}, "the limit is too large");
      return KibitsPerSecond{average * 8};
    };
    adapter.receive_limit = limit("inbound");
    adapter.send_limit = limit("outbound");
  }
}

inline void read_interfaces(importing& in, xml::Element const* devices) {
  if (devices == nullptr) return;
  std::uint32_t next = 0;
  constexpr std::uint32_t few = 4;
  constexpr std::uint32_t many = 10;
  constexpr std::int64_t many_since = 7;
  std::uint32_t const limit = in.peer && in.version < many_since ? few : many;
  for (xml::Element const& e : devices->children("interface")) {
    // A file with more of them must come back from its XML.
    if (next == limit || (next > limit && in.peer))
      refuse_as_peer(
          in, e,
          "adapter " + std::to_string(next) + " at hardware version " + std::to_string(in.version),
          "adapters 0 to " + std::to_string(limit - 1));
    if (next >= few) need_version(in, e, many_since, "there are four adapters");
    Adapter& adapter = in.out.machine.adapters.add(next++);
    adapter.present = true;
    set_model(in, e, adapter);
    set_connection(in, e, adapter);
    set_address(in, e, adapter);
    set_more(in, e, adapter);
  }
}

}  // namespace esxvi::vmx::detail
