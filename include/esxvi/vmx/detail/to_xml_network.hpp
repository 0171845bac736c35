// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/to_xml_context.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// @file
/// VMX -> domain XML: network adapters.

namespace esxvi::vmx::detail {

/// libvirt goes through all keys that begin like this before it looks at anything else.
inline void check_adapter_keys(making const& m) {
  if (!m.peer()) return;
  constexpr std::string_view start = "ethernet";
  for (Document::Entry const& e : m.in.document->entries()) {
    std::string_view const key = m.in.document->key(e);
    if (!starts_with_word(key, start)) continue;
    std::string_view rest = key.substr(start.size());
    std::size_t const digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == rest.size() || rest[digits] != '.' ||
        !parse_number<std::int32_t>(rest.substr(0, digits)))
      m.refuse({}, key, "no adapter has this key", "ethernet, a number, and a dot");
  }
}

/// What <interface> says, in the order of its parts.
struct interface_plan {
  std::string_view type = "null";
  std::optional<MacAddress> mac{};
  std::string_view mac_type{};          ///< empty: not said
  std::string_view mac_check{};         ///< empty: not said
  std::string_view source_attribute{};  ///< empty: no such source
  std::string_view source{};
  std::string_view portgroup{};
  std::optional<std::string_view> target{};
  std::string_view model{};
};

inline xml::Element& add_interface(xml::Element& devices, interface_plan const& plan) {
  xml::Element& e = devices.add("interface").set("type", plan.type);
  if (plan.mac) {
    xml::Element& mac = e.add("mac").set("address", plan.mac->to_string());
    if (!plan.mac_type.empty()) mac.set("type", plan.mac_type);
    if (!plan.mac_check.empty()) mac.set("check", plan.mac_check);
  }
  if (!plan.source_attribute.empty()) {
    xml::Element& source = e.add("source").set(plan.source_attribute, plan.source);
    if (!plan.portgroup.empty()) source.set("portgroup", plan.portgroup);
  }
  return e;
}

/// <source> of a port on a distributed switch.
struct switch_port {
  Uuid switch_id{};
  std::int64_t port = 0;
  std::string_view portgroup{};
  std::int64_t connection = 0;
};
inline void add_switch_port(xml::Element& interface, switch_port const& port) {
  interface.add("source")
      .set("switchid", port.switch_id.to_string())
      .set("portid", port.port)
      .set("portgroupid", port.portgroup)
      .set("connectionid", port.connection);
}

inline void read_address(making const& m, std::string_view device, Adapter const& a,
                         interface_plan& plan) {
  auto const& type = m.checked(device, a.address_type);
  bool const fixed = type == AddressType::static_;
  if (type) plan.mac_type = fixed ? "static" : "generated";
  // Only the key that counts is looked at.
  plan.mac = fixed ? m.checked(device, a.address).stated()
                   : m.checked(device, a.generated_address).stated();
  if (m.peer()) {
    // An adapter without an address has one of zeros.
    if (!plan.mac) plan.mac.emplace();
    if (auto const check = m.raw(device, a.check_address.key))
      plan.mac_check = *check == "true" ? "yes" : "no";
    return;
  }
  // Some files state an address and not where it is from.
  if (!plan.mac && !type) plan.mac = a.address.stated();
  if (plan.mac && (plan.mac->bytes[0] & 1U) != 0) {
    m.report(severity::warning, device, fixed ? a.address.key : a.generated_address.key,
             "a multicast address, which domain XML does not take: left out");
    plan.mac.reset();
  }
  if (a.check_address) plan.mac_check = *a.check_address ? "yes" : "no";
}

inline void read_model(making const& m, std::string_view device, Adapter const& a,
                       interface_plan& plan) {
  auto const& model = m.checked(device, a.model);
  std::int64_t const features = m.checked(device, a.features).effective();
  if (!model) return;
  adapter_words const* const row = find_adapter_model(*model, features);
  if (m.peer() && (row == nullptr || !row->peer))
    m.refuse(device, a.model.key, "not a model of an adapter",
             "vlance, vmxnet, vmxnet3, e1000 or e1000e");
  if (row != nullptr)
    plan.model = row->word;
  else
    m.report(severity::note, device, a.model.key,
             "domain XML has nothing for this model: the interface has none");
}

// ---- libvirt's rules ----------------------------------------------------------------------------

[[nodiscard]] inline std::string_view needed_text(making const& m, std::string_view device,
                                                  auto const& entry) {
  if (!entry) m.refuse(device, entry.key, "the entry is missing, and nothing goes without it");
  return *entry;
}
template <class T>
[[nodiscard]] T needed_value(making const& m, std::string_view device, auto const& entry) {
  auto const out = value<T>::read(needed_text(m, device, entry), style::libvirt);
  if (!out) m.refuse(device, entry.key, "the value is malformed", value<T>::expected());
  return *out;
}

/// Returns the port for a distributed switch; else the plan is complete.
[[nodiscard]] inline std::optional<switch_port> peer_connection(making const& m,
                                                                std::string_view device,
                                                                Adapter const& a,
                                                                interface_plan& plan) {
  using enum ConnectionType;
  auto const& kind = a.connection;
  bool const stated = kind || m.unknown(device, kind.key);
  if (kind == bridged || kind == custom) plan.source = needed_text(m, device, a.network);
  if (!stated && a.network) plan.source = *a.network;
  if (kind == custom) plan.target = needed_text(m, device, a.vnet);
  if (a.switch_id) {
    switch_port out;
    out.switch_id = needed_value<Uuid>(m, device, a.switch_id);
    out.port = needed_value<std::int64_t>(m, device, a.port_id);
    out.portgroup = needed_text(m, device, a.portgroup_id);
    out.connection = needed_value<std::int64_t>(m, device, a.connection_id);
    plan.type = "vds";
    plan.target.reset();
    return out;
  }
  if (stated && kind != bridged && kind != custom && kind != nat)
    m.refuse(device, kind.key, "no kind of connection that is known", "bridged, nat or custom");
  if (kind == nat) plan.type = "user";
  if (kind == bridged || kind == custom || (!stated && a.network)) {
    plan.type = "bridge";
    plan.source_attribute = "bridge";
  }
  // These names are taken for those that the host makes up.
  for (std::string_view const made_up : {"vnet", "macvtap", "macvlan"})
    if (plan.target && plan.target->starts_with(made_up)) plan.target.reset();
  return std::nullopt;
}

// ---- our rules ----------------------------------------------------------------------------------

[[nodiscard]] inline std::string_view text_or_empty(auto const& entry) noexcept {
  return entry ? std::string_view(*entry) : std::string_view{};
}

inline void set_source(interface_plan& plan, std::string_view type, std::string_view source) {
  plan.type = type;
  plan.source_attribute = type;  // of <interface>, and the attribute of <source>
  plan.source = source;
}

/// Returns the port when all of it can be said.
[[nodiscard]] inline std::optional<switch_port> plan_switch(making const& m,
                                                            std::string_view device,
                                                            Adapter const& a,
                                                            interface_plan& plan) {
  auto const id = Uuid::parse(*a.switch_id);
  auto const number = [](auto const& entry) {
    return value<std::int64_t>::read(text_or_empty(entry), style::vmware);
  };
  auto const port = number(a.port_id);
  auto const connection = number(a.connection_id);
  if (id && port && connection && !text_or_empty(a.portgroup_id).empty()) {
    plan.type = "vds";
    return switch_port{*id, *port, *a.portgroup_id, *connection};
  }
  m.report(
      severity::note, device, a.switch_id.key,
      "not all that domain XML asks about a port of a distributed switch is there, in numbers: "
      "a network with a port group in the XML");
  set_source(plan, "network", *a.switch_id);
  plan.portgroup = text_or_empty(a.portgroup_id);
  return std::nullopt;
}

inline void plan_connection(making const& m, std::string_view device, Adapter const& a,
                            interface_plan& plan) {
  using enum ConnectionType;
  std::string_view const network = text_or_empty(a.network);
  if (!text_or_empty(a.opaque_id).empty()) {
    m.report(severity::note, device, a.opaque_id.key, "an opaque network: a network in the XML");
    set_source(plan, "network", *a.opaque_id);
    return;
  }
  if (!a.connection) {
    if (!network.empty()) set_source(plan, "bridge", network);
    return;
  }
  switch (*a.connection) {
    case nat:
      plan.type = "user";
      return;
    case bridged:
    case hostonly:
      if (network.empty())
        m.report(severity::note, device, a.connection.key,
                 *a.connection == bridged ? "no network is named: VMnet0 is implied"
                                          : "no network is named: VMnet1 is implied");
      set_source(plan, "bridge",
                 network.empty() ? *word_of(implied_switches, *a.connection) : network);
      return;
    case custom:
      if (!text_or_empty(a.vnet).empty()) plan.target = *a.vnet;
      if (!network.empty() || plan.target)
        set_source(plan, "bridge", network.empty() ? *plan.target : network);
      else
        m.report(severity::warning, device, a.connection.key,
                 "no switch is named: not connected in the XML");
      return;
    case pvn:
      if (!text_or_empty(a.private_network).empty())
        set_source(plan, "network", *a.private_network);
      else if (!network.empty())
        set_source(plan, "network", network);
      return;
  }
}

inline void add_adapter(making const& m, xml::Element& devices, Adapter const& a) {
  auto const device = device_name("ethernet#", a.number);
  bool const present = m.checked(device, a.present).effective();
  bool const connected = m.checked(device, a.start_connected).effective();
  if (!present) return;
  interface_plan plan;
  read_address(m, device, a, plan);
  read_model(m, device, a, plan);
  std::optional<switch_port> port;
  if (m.peer())
    port = peer_connection(m, device, a, plan);
  else if (!text_or_empty(a.switch_id).empty())
    port = plan_switch(m, device, a, plan);
  else
    plan_connection(m, device, a, plan);

  xml::Element& e = add_interface(devices, plan);
  if (port) add_switch_port(e, *port);
  if (plan.target) e.add("target").set("dev", *plan.target);
  if (!plan.model.empty()) e.add("model").set("type", plan.model);
  if (!connected && !m.peer()) e.add("link").set("state", "down");
}

}  // namespace esxvi::vmx::detail
