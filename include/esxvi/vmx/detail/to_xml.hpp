// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/to_xml_devices.hpp>
#include <esxvi/vmx/detail/to_xml_disks.hpp>
#include <esxvi/vmx/detail/to_xml_general.hpp>
#include <esxvi/vmx/detail/to_xml_network.hpp>
#include <esxvi/vmx/detail/to_xml_ports.hpp>

namespace esxvi::vmx::detail {

/// What nobody understood stays out of the XML.
inline void report_unknown(making const& m) {
  if (m.peer() || m.options.findings == nullptr) return;
  for (problem const& p : m.in.problems)
    m.report(severity::warning, {}, p.key, "not understood: treated as if it were not there",
             p.where.at->operations->expected());
}

/// The domain of a machine, without what is kept beside it in <metadata>. The order of the steps is
/// libvirt's order of evaluation: of several faults it decides which is reported.
[[nodiscard]] inline xml::Tree make_domain(reading const& in, ToXmlOptions const& options) {
  xml::Tree tree("domain");
  xml::Element& domain = tree.root();
  domain.set("type", "vmware");
  bool const vmware = !options.datacenter_path.empty() || !options.moref.empty();
  if (vmware) domain.set("xmlns:vmware", vmware_namespace);

  making m{in, options};
  report_unknown(m);
  check_adapter_keys(m);
  check_versions(m);
  add_identity(m, domain);
  add_memory(m, domain);
  topology const shape = add_processors(m, domain);
  xml::Element& os = add_os(m, domain);
  add_cpu(m, domain, shape);
  add_life_cycle(domain);
  auto const vnc = read_vnc(m);

  xml::Element& devices = domain.add("devices");
  add_storage(m, devices);
  if (!m.peer()) add_usb_controllers(m, devices);
  add_folders(m, devices);
  for (Adapter const& a : m.machine().adapters) add_adapter(m, devices, a);
  auto const memory = video_memory(m);
  auto const console = add_serial_ports(m, devices);
  add_parallel_ports(m, devices);
  if (console) add_console(devices, *console);
  if (vnc) add_vnc(m, devices, *vnc);
  if (!m.peer()) {
    add_tpm(m, devices);
    add_sound(m, devices);
  }
  add_video(m, devices, memory);
  if (!m.peer()) add_passthrough(m, devices);
  set_firmware(m, os);
  check_memory(m);

  if (!options.datacenter_path.empty())
    domain.add("vmware:datacenterpath", options.datacenter_path);
  if (!options.moref.empty()) domain.add("vmware:moref", options.moref);
  return tree;
}

}  // namespace esxvi::vmx::detail
