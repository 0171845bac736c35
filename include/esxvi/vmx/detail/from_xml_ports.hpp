// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/description.hpp>
#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::vmx::detail {

/// Serial and parallel ports, and what is different about them.
struct port_kind {
  std::string_view element;
  std::string_view device;
  std::uint32_t peer_ports;  ///< libvirt's number of them
  std::uint32_t ports;       ///< VMware's today
  std::int64_t version;      ///< since this hardware version
  bool at_the_end;           ///< libvirt numbers the rest after all that have a number
  std::string_view types;    ///< for messages
};
inline constexpr port_kind serial_kind{
    "serial", "serial#", 4, 32, 13, true, "dev, file, pipe, unix or tcp"};
inline constexpr port_kind parallel_kind{"parallel", "parallel#", 3, 3, 0, false, "dev or file"};

/// `type=` of <serial>, <parallel> and <console>.
inline constexpr std::array<std::string_view, 15> known_port_types{
    "null", "vc",   "pty",      "dev",       "file", "pipe",         "stdio", "udp",
    "tcp",  "unix", "spicevmc", "spiceport", "nmdm", "qemu-vdagent", "dbus"};

struct port_xml {
  xml::Element const* element;
  std::uint32_t number;
};

/// `type=` of <target> in <console>.
[[nodiscard]] inline bool is_serial(importing const& in, xml::Element const& console) {
  xml::Element const* const target = console.child("target");
  if (target == nullptr) return true;
  if (!in.peer) return target->attribute_or("type", "serial") == "serial";
  return word(in, *target, "type",
              {"serial", "xen", "uml", "virtio", "lxc", "openvz", "sclp", "sclplm"},
              "serial") == "serial";
}

/// libvirt looks at all of them.
inline void check_consoles(importing const& in, xml::Element const& devices) {
  bool first = true;
  for (xml::Element const& console : devices.children("console")) {
    auto const type = console.attribute_or("type", "pty");
    if (std::ranges::find(known_port_types, type) == known_port_types.end())
      refuse(in, {console, "type"}, "unknown type of port", one_of(known_port_types));
    if (is_serial(in, console) && !first)
      refuse(in, console, "only the first console can be a serial port");
    first = false;
  }
}

/// Ports with their numbers: those without get the next one after the highest so far.
[[nodiscard]] inline std::vector<port_xml> ports_of(importing& in, xml::Element const* devices,
                                                    port_kind const& kind) {
  std::vector<port_xml> out;
  if (devices == nullptr) return out;
  std::vector<std::size_t> unnumbered;
  std::uint32_t next = 0;
  for (xml::Element const& e : devices->children(kind.element)) {
    xml::Element const* const target = e.child("target");
    out.push_back({&e, 0});
    // libvirt's -1 says that nothing is said.
    if (target == nullptr || !target->attribute("port") ||
        (in.peer && target->attribute("port") == "-1")) {
      if (kind.at_the_end)
        unnumbered.push_back(out.size() - 1);
      else
        out.back().number = next++;
      continue;
    }
    out.back().number = number<std::uint32_t>(in, {*target, "port"});
    if (out.back().number < kind.ports && out.back().number >= next) next = out.back().number + 1;
  }
  for (std::size_t const i : unnumbered) out[i].number = next++;
  if (in.peer && &kind == &serial_kind) check_consoles(in, *devices);
  // A console is a serial port in disguise when there is no other.
  if (&kind == &serial_kind && out.empty())
    if (xml::Element const* const console = devices->child("console");
        console != nullptr && is_serial(in, *console))
      out.push_back({console, 0});
  for (port_xml const& port : out) {
    std::uint32_t const most = in.peer ? kind.peer_ports : kind.ports;
    xml::Element const* const target = port.element->child("target");
    if (port.number >= most)
      refuse(in,
             target != nullptr && target->attribute("port") ? spot{*target, "port"}
                                                            : spot{*port.element},
             "VMware has no " + std::string(kind.element) + " port " + std::to_string(port.number),
             "0 to " + std::to_string(most - 1));
    if (port.number >= kind.peer_ports)
      need_version(in, *port.element, kind.version, "there are only four ports");
  }
  return out;
}

[[nodiscard]] inline std::string path_in(importing const& in, xml::Element const& port) {
  xml::Element const* const source = port.child("source");
  if (source == nullptr || !source->attribute("path"))
    refuse(in, source != nullptr ? *source : port, "the port has no source", "<source path=...>");
  return std::string(*source->attribute("path"));
}

/// The same where VMware takes what there is when no name is given.
template <class Port> void set_path(importing const& in, xml::Element const& e, Port& port) {
  if (!in.peer && !of_child(e, "source", "path")) {
    report(in, severity::warning, e, "no device or pipe is named");
    return;
  }
  port.file_name = path_in(in, e);
}

/// What both kinds of ports can be. False: neither.
template <class Port>
[[nodiscard]] bool set_device_or_file(importing& in, xml::Element const& e, std::string_view type,
                                      Port& port) {
  if (type != "dev" && type != "file") return false;
  if (type == "file") {
    port.backing = PortBacking::file;
    static_cast<void>(path_in(in, e));
    port.file_name = file_name(in, {*e.child("source"), "path"});
    return true;
  }
  port.backing = PortBacking::device;
  set_path(in, e, port);
  if (!in.peer && port.file_name && same_word(*port.file_name, auto_detect)) port.autodetect = true;
  return true;
}

/// "ssl://[fe80::1]:7000"
inline void set_network(importing& in, xml::Element const& e, SerialPort& port) {
  // As in libvirt there can be one <source> for each direction of a connection.
  xml::Element const* const source = e.child("source");
  if (source == nullptr) refuse(in, e, "the port has no source", "<source host= service=>");
  auto const mode = word(in, *source, "mode", {"connect", "bind"}, "connect");
  auto const host = source->attribute("host");
  if (!host && (in.peer || mode == "connect"))
    refuse(in, {*source, "host"}, "the attribute is missing");
  auto const service = mandatory(in, *source, "service");
  auto const protocol = of_child(e, "protocol", "type").value_or("raw");
  auto const* const known = find_protocol(protocol);
  if (known == nullptr)
    refuse(in, {*e.child("protocol"), "type"}, "unknown protocol", "raw, telnet, telnets or tls");
  port.backing = PortBacking::network;
  std::string uri(known->scheme);
  uri += "://";
  // An address of IPv6 needs brackets, which libvirt forgets.
  auto const name = host.value_or(std::string_view{});
  bool const brackets =
      !in.peer && name.find(':') != std::string_view::npos && !name.starts_with('[');
  uri.append(brackets ? "[" : "").append(name).append(brackets ? "]" : "");
  uri.append(":").append(service);
  port.file_name = std::move(uri);
  port.network_end = mode == "bind" ? EndPoint::server : EndPoint::client;
}

inline void set_pipe(importing& in, xml::Element const& e, std::string_view type,
                     SerialPort& port) {
  port.backing = PortBacking::pipe;
  set_path(in, e, port);
  port.no_receive_loss = false;
  port.pipe_end = EndPoint::client;
  // Pipes of VMware are sockets where the host is no Windows.
  if (type == "unix" && e.child("source") != nullptr &&
      word(in, *e.child("source"), "mode", {"connect", "bind"}, "connect") == "bind")
    port.pipe_end = EndPoint::server;
}

[[noreturn]] inline void refuse_port(importing const& in, xml::Element const& e,
                                     port_kind const& kind, std::string_view type) {
  refuse(in, {e, "type"},
         "VMware has no " + std::string(kind.element) + " ports of the type " + std::string(type),
         std::string(kind.types));
}

/// Ports of one number: libvirt writes all of them, and for readers the first counts, key by key.
template <class List>
void add_port(importing& in, xml::Element const& e, port_kind const& kind,
              typename List::value_type&& port, List& list) {
  auto* const there = list.find(port.number);
  if (there == nullptr) {
    if (in.peer) in.out.order.emplace_back(device_name(kind.device, port.number).view());
    list.add(port.number) = std::move(port);
    return;
  }
  std::string problem =
      "two " + std::string(kind.element) + " ports have the number " + std::to_string(port.number);
  if (!in.peer) refuse(in, e, std::move(problem));
  report(in, severity::warning, e, std::move(problem) + ": the first one counts");
  for (row const& r : rows_of<typename List::value_type>)
    if (!r.operations->has_value(r.address(there)))
      r.operations->assign(r.address(there), r.address(&port));
}

inline void read_serial_ports(importing& in, xml::Element const* devices) {
  for (auto const& [e, port_number] : ports_of(in, devices, serial_kind)) {
    SerialPort port;
    port.number = port_number;
    port.present = true;
    auto const type = e->attribute_or("type", "pty");
    if (type == "tcp")
      set_network(in, *e, port);
    else if (type == "pipe" || (type == "unix" && !in.peer))
      set_pipe(in, *e, type, port);
    else if (!set_device_or_file(in, *e, type, port))
      refuse_port(in, *e, serial_kind, type);
    port.yield_on_poll = true;
    add_port(in, *e, serial_kind, std::move(port), in.out.machine.serial_ports);
  }
}

inline void read_parallel_ports(importing& in, xml::Element const* devices) {
  for (auto const& [e, port_number] : ports_of(in, devices, parallel_kind)) {
    ParallelPort port;
    port.number = port_number;
    port.present = true;
    auto const type = e->attribute_or("type", "pty");
    if (!set_device_or_file(in, *e, type, port)) refuse_port(in, *e, parallel_kind, type);
    add_port(in, *e, parallel_kind, std::move(port), in.out.machine.parallel_ports);
  }
}

}  // namespace esxvi::vmx::detail
