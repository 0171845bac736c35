// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/to_xml_context.hpp>
#include <esxvi/vmx/detail/to_xml_serial_uri.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// @file
/// VMX -> domain XML: serial and parallel ports.

namespace esxvi::vmx::detail {

/// What <serial>, <parallel> and <console> say.
struct port_plan {
  std::string_view type{};
  std::optional<std::string> path{};
  std::string_view mode{};  ///< of tcp, as all below
  std::string host{};
  std::uint32_t service = 0;
  std::string_view protocol{};
};

inline xml::Element& add_port(xml::Element& devices, std::string_view name, port_plan const& plan) {
  xml::Element& e = devices.add(name).set("type", plan.type);
  if (plan.path) e.add("source").set("path", *plan.path);
  if (!plan.mode.empty()) {
    e.add("source").set("mode", plan.mode).set("host", plan.host).set("service", plan.service);
    e.add("protocol").set("type", plan.protocol);
  }
  return e;
}

/// The port stays out of the XML, or all of it is refused.
inline std::optional<port_plan> no_port(making const& m, std::string_view device,
                                        std::string_view key, std::string_view problem,
                                        std::string_view expected) {
  if (m.peer()) m.refuse(device, key, std::string(problem), std::string(expected));
  m.report(severity::warning, device, key,
           std::string(problem) + ": the port is left out of the XML", expected);
  return std::nullopt;
}

[[nodiscard]] inline std::optional<port_plan> network_port(making const& m, std::string_view device,
                                                           SerialPort const& port) {
  constexpr std::string_view expected = "SCHEME://HOST:PORT";
  auto const& name = port.file_name;
  auto const uri = parse_serial_uri(name ? std::string_view(*name) : std::string_view{});
  if (!uri || uri->port == 0) return no_port(m, device, name.key, "no URI with a port", expected);
  port_plan out;
  out.type = "tcp";
  out.service = uri->port;
  out.host = uri->host;
  serial_words const* const row = find_scheme(uri->scheme);
  if (row == nullptr)
    return no_port(m, device, name.key, "an unknown scheme",
                   "tcp, tcp4, tcp6, telnet, telnets, ssl, tcp+ssl, tcp4+ssl or tcp6+ssl");
  out.protocol = row->protocol;
  auto const& end = m.checked(device, port.network_end);
  out.mode = end.effective() == EndPoint::client ? "connect" : "bind";
  if (!m.peer()) {
    if (uri->port > 65535) return no_port(m, device, name.key, "no number of a port", "1 to 65535");
    // A server that listens everywhere; nobody can connect to everywhere.
    if (out.host.empty() && end.effective() == EndPoint::server) out.host = "0.0.0.0";
  }
  if (out.host.empty()) return no_port(m, device, name.key, "no host", expected);
  return out;
}

/// A device or pipe under the name that the file has.
[[nodiscard]] inline std::optional<port_plan> named_port(making const& m, std::string_view device,
                                                         std::string_view type, auto const& name) {
  // libvirt writes a port without a path and does not read it.
  if (!m.peer() && (!name || name->empty()))
    return no_port(m, device, name.key, "nothing is named", "the name of a device or pipe");
  return port_plan{.type = type, .path = name.stated()};
}

/// The name of the file behind a port as the XML has it.
[[nodiscard]] inline std::optional<port_plan> file_port(making const& m, std::string_view device,
                                                        auto const& name) {
  if (!name || (!m.peer() && name->empty()))
    return no_port(m, device, name.key, "no file is named", "the name of a file");
  std::string scratch;
  auto const source = m.existing_source_of(device, *name, scratch);
  if (!source) return std::nullopt;
  return port_plan{.type = "file", .path = std::string(*source)};
}

[[nodiscard]] inline std::optional<port_plan> read_serial(making const& m, std::string_view device,
                                                          SerialPort const& port) {
  bool const present = m.checked(device, port.present).effective();
  m.checked(device, port.start_connected);
  if (!present) return std::nullopt;
  switch (m.checked(device, port.backing).effective()) {
    case PortBacking::device:
      return named_port(m, device, "dev", port.file_name);
    case PortBacking::file:
      return file_port(m, device, port.file_name);
    case PortBacking::pipe:
      return named_port(m, device, "pipe", port.file_name);
    case PortBacking::network:
      return network_port(m, device, port);
    case PortBacking::thinprint:
      break;
  }
  return no_port(m, device, port.backing.key, "domain XML has nothing for this kind of port",
                 "device, file, pipe or network");
}

[[nodiscard]] inline std::optional<port_plan> read_parallel(making const& m,
                                                            std::string_view device,
                                                            ParallelPort const& port) {
  bool const present = m.checked(device, port.present).effective();
  m.checked(device, port.start_connected);
  if (!present) return std::nullopt;
  if (m.peer()) {
    if (!port.backing && !m.unknown(device, port.backing.key))
      m.refuse(device, port.backing.key, "the entry is missing, and nothing goes without it");
    if (!port.file_name)
      m.refuse(device, port.file_name.key, "the entry is missing, and nothing goes without it");
  }
  switch (m.checked(device, port.backing).effective()) {
    case PortBacking::device:
      return named_port(m, device, "dev", port.file_name);
    case PortBacking::file:
      return file_port(m, device, port.file_name);
    default:
      break;
  }
  return no_port(m, device, port.backing.key, "no parallel port has this", "device or file");
}

/// What stands in <console>: the first serial port once more.
struct console_plan {
  port_plan port{};
  std::uint32_t number = 0;
};

[[nodiscard]] inline std::optional<console_plan> add_serial_ports(making const& m,
                                                                  xml::Element& devices) {
  std::uint32_t const limit = m.peer() ? 4 : 32;
  std::optional<console_plan> console;
  for (SerialPort const& port : m.machine().serial_ports) {
    if (port.number >= limit) break;
    auto plan = read_serial(m, device_name("serial#", port.number), port);
    if (!plan) continue;
    add_port(devices, "serial", *plan).add("target").set("port", port.number);
    if (!console) console = {*std::move(plan), port.number};
  }
  return console;
}

inline void add_parallel_ports(making const& m, xml::Element& devices) {
  for (ParallelPort const& port : m.machine().parallel_ports) {
    if (port.number >= 3) break;
    auto const plan = read_parallel(m, device_name("parallel#", port.number), port);
    if (plan) add_port(devices, "parallel", *plan).add("target").set("port", port.number);
  }
}

inline void add_console(xml::Element& devices, console_plan const& console) {
  add_port(devices, "console", console.port)
      .add("target")
      .set("type", "serial")
      .set("port", console.number);
}

}  // namespace esxvi::vmx::detail
