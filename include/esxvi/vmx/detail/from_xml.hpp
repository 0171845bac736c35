// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/from_xml_boot.hpp>
#include <esxvi/vmx/detail/from_xml_devices.hpp>
#include <esxvi/vmx/detail/from_xml_disks.hpp>
#include <esxvi/vmx/detail/from_xml_guest.hpp>
#include <esxvi/vmx/detail/from_xml_ignored.hpp>
#include <esxvi/vmx/detail/from_xml_network.hpp>
#include <esxvi/vmx/detail/from_xml_ports.hpp>
#include <esxvi/vmx/detail/from_xml_processors.hpp>
#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::vmx::detail {

inline void check_root(importing const& in, xml::Element const& domain) {
  if (domain.name() != "domain")
    refuse(in, domain, "the root element is no domain", "<domain type='vmware'>");
  if (!domain.ns_uri().empty())
    refuse(in, {domain, "xmlns"}, "elements of domain XML are in no namespace");
  if (mandatory(in, domain, "type") != "vmware")
    refuse(in, {domain, "type"}, "the domain is for another hypervisor", "vmware");
}

inline void read_identity(importing& in, xml::Element const& domain) {
  Identity& id = in.out.machine.identity;
  xml::Element const* const name = domain.child("name");
  if (name == nullptr || name->text().empty())
    refuse(in, name != nullptr ? *name : domain, "the domain has no name", "<name>");
  id.name = std::string(name->text());

  Uuid uuid;
  if (xml::Element const* const e = domain.child("uuid"); e != nullptr && !e->text().empty()) {
    auto const given = Uuid::parse(e->text());
    if (!given) refuse(in, *e, "not a UUID", "32 hexadecimal digits");
    uuid = *given;
  }
  // libvirt makes one up where there is none. The product does it better, and the same XML gives
  // the same file.
  if (uuid.is_nil())
    id.uuid_action = UuidAction::create;
  else
    id.uuid = uuid;

  if (xml::Element const* const e = domain.child("genid"); e != nullptr && !e->text().empty()) {
    auto const genid = Uuid::parse(e->text());
    if (!genid) refuse(in, *e, "not a UUID", "32 hexadecimal digits");
    if (!in.peer) {
      auto const half = [&](std::size_t from) {
        std::uint64_t out = 0;
        for (std::size_t i = from; i < from + 8; ++i) out = out << 8U | genid->bytes[i];
        return static_cast<std::int64_t>(out);
      };
      id.generation_id = half(0);
      id.generation_id_x = half(8);
    }
  }
  if (xml::Element const* const e = domain.child("description"))
    if (!e->text().empty()) id.annotation = std::string(e->text());
}

inline void read_memory(importing& in, xml::Element const& domain) {
  Memory& memory = in.out.machine.memory;
  xml::Element const* const size = domain.child("memory");
  std::int64_t const kib = size != nullptr ? amount(in, *size) : 0;
  if (kib == 0)
    refuse(in, size != nullptr ? *size : domain, "the domain has no memory", "<memory>");
  if (xml::Element const* const most = domain.child("maxMemory")) {
    if (in.peer) refuse(in, *most, "libvirt writes machines with all of their memory only");
    memory.hot_add = true;
    report(in, severity::note, *most, "VMware decides how much memory can be added");
  }

  constexpr std::int64_t step = 4096;  // KiB; VMware takes multiples of 4 MiB
  std::int64_t const rounded = round_up(kib, step);
  memory.size = mebibytes(rounded);
  need_size(in, *size, &machine_limit::mebibytes, memory.size->count);

  xml::Element const* const current = domain.child("currentMemory");
  std::int64_t limit = current != nullptr ? amount(in, *current) : 0;
  if (limit == 0 || limit > kib) limit = kib;
  // libvirt limits a machine to what its size was before it was rounded.
  if (limit < (in.peer ? rounded : kib)) {
    auto const most = mebibytes(limit);
    if (in.peer || most < *memory.size) memory.limit = most;
  }

  xml::Element const* const tune = domain.child("memtune");
  xml::Element const* const least = tune != nullptr ? tune->child("min_guarantee") : nullptr;
  if (least == nullptr) return;
  auto const reserved = mebibytes(amount(in, *least));
  if (reserved.count == 0) return;
  if (!in.peer && reserved > *memory.size)
    refuse(in, *least, "more memory is guaranteed than there is",
           "at most " + std::to_string(memory.size->count) + " MiB");
  memory.min_size = reserved;
  if (!in.peer) memory.reservation = reserved;
}

/// What is the same in every file.
inline void write_constants(importing& in) {
  Machine& machine = in.out.machine;
  machine.hardware.config_version = 8;
  machine.hardware.version = in.version;
  if (in.version < 7) return;
  // libvirt writes bridges for its SCSI controllers only; machines of today have them all.
  if (!in.peer || !machine.scsi.empty()) {
    machine.pci_bridges.add(0).present = true;
    for (std::uint32_t const number : {4U, 5U, 6U, 7U}) {
      PciBridge& bridge = machine.pci_bridges.add(number);
      bridge.present = true;
      bridge.model = std::string("pcieRootPort");
      bridge.functions = 8;
    }
  }
  machine.vmci.add(0).present = true;
}

/// The machine of a domain. The steps are in libvirt's order of evaluation as far as it can be
/// told.
[[nodiscard]] inline converted read_domain(xml::Element const& domain,
                                           FromXmlOptions const& options) {
  importing in(options);
  in.version_given = in.peer || options.hardware_version.has_value();
  in.version = options.hardware_version.value_or(in.peer ? 4 : 13);
  check_root(in, domain);
  if (options.hardware_version && *options.hardware_version < (in.peer ? 0 : 3))
    refuse(in, domain, "there is no hardware version " + std::to_string(*options.hardware_version),
           "3 to 21 or newer");
  xml::Element const* const devices = domain.child("devices");
  check_unused(in, domain);
  read_os(in, domain);
  read_identity(in, domain);
  read_memory(in, domain);
  read_processors(in, domain);
  read_graphics(in, devices);
  read_disks(in, devices);
  read_filesystems(in, devices);
  read_interfaces(in, devices);
  read_video(in, devices);
  read_serial_ports(in, devices);
  read_parallel_ports(in, devices);
  read_other_devices(in, devices);
  read_boot_order(in, domain);
  write_constants(in);
  report_ignored(in, domain);
  return std::move(in.out);
}

}  // namespace esxvi::vmx::detail
