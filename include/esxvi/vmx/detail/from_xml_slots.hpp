// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// @file
/// Which slot of a virtual machine each <disk> stands in.

namespace esxvi::vmx::detail {

/// Buses that <target bus=> can name.
inline constexpr std::array<std::string_view, 10> known_buses{
    "ide", "fdc", "scsi", "virtio", "xen", "usb", "uml", "sata", "sd", "nvme"};
/// The bus that the name of a target stands for. Those without a counterpart end in a refusal.
struct target_start {
  std::string_view start;
  std::string_view bus;
};
inline constexpr std::array<target_start, 8> target_starts{{{"hd", "ide"},
                                                            {"sd", "scsi"},
                                                            {"vd", "virtio"},
                                                            {"xvd", "xen"},
                                                            {"ubd", "uml"},
                                                            {"fd", "fdc"},
                                                            {"nvme", "nvme"},
                                                            {"mmcblk", "sd"}}};

[[nodiscard]] inline Disk& disk_at(Machine& machine, disk_slot const& s) {
  switch (s.bus) {
    case disk_bus::scsi:
      return machine.scsi.add(s.controller).disks.add(s.unit);
    case disk_bus::sata:
      return machine.sata.add(s.controller).disks.add(s.unit);
    case disk_bus::ide:
      return machine.ide.add(s.controller).disks.add(s.unit);
    case disk_bus::nvme:
      return machine.nvme.add(s.controller).disks.add(s.unit);
    case disk_bus::fdc:
      break;
  }
  return machine.floppies.add(s.unit);
}

[[nodiscard]] inline std::string_view bus_of(importing const& in, disk_xml const& d) {
  xml::Element const& target = *d.element->child("target");
  if (!d.group.empty() || (in.peer && target.attribute("bus"))) {
    if (std::ranges::find(known_buses, d.group) == known_buses.end())
      refuse(in, {target, "bus"}, "unknown bus", "scsi, sata, ide, nvme or fdc");
    return d.group;
  }
  if (d.device == "floppy") return "fdc";
  for (auto const& t : target_starts)
    if (d.target.starts_with(t.start)) return t.bus;
  // libvirt says the same of names that it cannot make an address of
  refuse(in, {target, "dev"}, "the name does not tell the bus of the disk", "bus= of <target>");
}

/// The address that an element gives, or libvirt's for the name of the target.
[[nodiscard]] inline std::optional<drive_address> address_in(importing const& in,
                                                             disk_xml const& d) {
  xml::Element const* const e = d.element->child("address");
  if (e == nullptr) return std::nullopt;
  auto const type = mandatory(in, *e, "type");
  if (type != "drive") {
    if (in.peer) refuse(in, {*e, "type"}, "disks of VMware have no address of this type", "drive");
    report(in, severity::note, {*e, "type"}, "the slot follows from the target instead", "drive");
    return std::nullopt;
  }
  drive_address out;
  out.controller = number_in<std::uint32_t>(in, *e, "controller").value_or(0);
  out.bus = number_in<std::uint32_t>(in, *e, "bus").value_or(0);
  out.target = number_in<std::uint32_t>(in, *e, "target").value_or(0);
  out.unit = number_in<std::uint32_t>(in, *e, "unit").value_or(0);
  return out;
}

inline std::string limits_of(disk_bus bus) {
  auto const& b = facts(bus);
  std::string const units = "unit 0 to " + std::to_string(b.units - 1);
  if (bus == disk_bus::fdc) return "controller 0, bus 0, " + units;
  if (bus == disk_bus::ide) return "controller 0, bus 0 or 1, " + units;
  return "controller 0 to " + std::to_string(b.controllers - 1) + ", bus 0, " + units +
         (bus == disk_bus::scsi ? " but not 7" : "");
}

/// libvirt has the name and the address say the same, and looks at 16 units of SCSI.
[[nodiscard]] inline disk_slot peer_slot_of(importing const& in, disk_xml const& d) {
  auto const computed = peer_address(d.slot.bus, d.index);
  auto const given = address_in(in, d);
  spot const at =
      given ? spot{*d.element->child("address")} : spot{*d.element->child("target"), "dev"};
  if (given && (given->controller != computed.controller || given->bus != computed.bus ||
                given->unit != computed.unit))
    refuse(in, at,
           "the address " + std::to_string(given->controller) + ":" + std::to_string(given->bus) +
               ":" + std::to_string(given->unit) + " is not that of the target " +
               std::string(d.target));
  auto const slot = slot_of(d.slot.bus, computed);
  if (!slot || (d.slot.bus == disk_bus::scsi && slot->unit > 15))
    refuse(in, at, "VMware has no such slot", limits_of(d.slot.bus));
  return peer_slot(d.slot.bus, d.index);
}

/// The address decides; without one the name does, so far as its slot is free.
class slots_given {
 public:
  explicit slots_given(importing const& in) noexcept : in_(in) {}

  void take_address(disk_xml& d, drive_address address) {
    xml::Element const& e = *d.element->child("address");
    if (address.target != 0) {
      report(in_, severity::note, {e, "target"}, "VMware has controllers and units only", "0");
      address.target = 0;
    }
    auto const slot = slot_of(d.slot.bus, address);
    if (!slot) refuse(in_, e, "VMware has no such slot", limits_of(d.slot.bus));
    if (auto const [at, fresh] = taken_.emplace(key(*slot), d.element); !fresh)
      refuse(in_, e,
             "two disks stand in the slot " + std::string(device_name(*slot).view()) +
                 ": the other one is in line " + std::to_string(at->second->line()));
    d.slot = *slot;
  }
  void take_name(disk_xml& d) {
    auto const& b = facts(d.slot.bus);
    disk_slot slot = d.named ? wanted(d) : disk_slot{d.slot.bus, 0, 0};
    for (std::uint32_t tries = 0; tries <= b.controllers * b.units; ++tries) {
      if (exists(slot) && taken_.emplace(key(slot), d.element).second) {
        d.slot = slot;
        return;
      }
      if (slot.controller >= b.controllers)
        slot = {slot.bus, 0, 0};
      else if (++slot.unit >= widest(d.slot.bus))
        slot = {slot.bus, slot.controller + 1, 0};
    }
    refuse(in_, *d.element, "no slot is left for this disk", limits_of(d.slot.bus));
  }

 private:
  /// Only paravirtual controllers have more, and those have to be asked for.
  static std::uint32_t widest(disk_bus bus) noexcept {
    return bus == disk_bus::scsi ? 16 : bus == disk_bus::nvme ? 15 : facts(bus).units;
  }
  static disk_slot wanted(disk_xml const& d) noexcept { return peer_slot(d.slot.bus, d.index); }
  static std::array<std::uint32_t, 3> key(disk_slot const& s) noexcept {
    return {static_cast<std::uint32_t>(s.bus), s.controller, s.unit};
  }

  importing const& in_;
  std::map<std::array<std::uint32_t, 3>, xml::Element const*> taken_;
};

/// nvme1n3 is the third name space of the second controller, which is unit 2.
[[nodiscard]] inline std::optional<std::uint32_t> nvme_index(std::string_view name) noexcept {
  if (!name.starts_with("nvme")) return std::nullopt;
  name.remove_prefix(4);
  auto const n = name.find('n');
  auto const controller = parse_number<std::uint32_t>(name.substr(0, n));
  auto const space = n == std::string_view::npos ? std::optional<std::uint32_t>(1)
                                                 : parse_number<std::uint32_t>(name.substr(n + 1));
  auto const& b = facts(disk_bus::nvme);
  if (!controller || !space || *controller >= b.controllers || *space == 0 || *space > b.units)
    return std::nullopt;
  return *controller * b.named + *space - 1;
}

/// `cache=` of <driver>.
[[nodiscard]] inline std::string_view cache_of(importing const& in, xml::Element const& e) {
  xml::Element const* const driver = e.child("driver");
  if (driver == nullptr) return "default";
  return word(in, *driver, "cache",
              {"default", "none", "writethrough", "writeback", "directsync", "unsafe"}, "default");
}

/// What an element says by itself.
[[nodiscard]] inline disk_xml disk_of(importing const& in, xml::Element const& e) {
  disk_xml d{&e, word(in, e, "device", {"disk", "cdrom", "floppy", "lun"}, "disk")};
  auto type = word(in, e, "type",
                   {"file", "block", "dir", "network", "volume", "nvme", "vhostuser"}, "file");
  xml::Element const* const source = e.child("source");
  // A drive of which nothing is said is empty, whatever it is.
  if (source == nullptr && d.device != "disk") type = "file";
  d.block = type == "block";
  if (source != nullptr) d.source = source->attribute_or(d.block ? "dev" : "file", {});
  static_cast<void>(cache_of(in, e));
  if (source != nullptr) {
    auto const policy =
        word(in, *source, "startupPolicy", {"mandatory", "requisite", "optional"}, "mandatory");
    if (in.peer && policy == "requisite" && d.device != "cdrom" && d.device != "floppy")
      refuse(in, {*source, "startupPolicy"}, "only for drives", "mandatory or optional");
  }
  if (d.device == "lun" && !d.block)
    refuse(in, {e, "type"}, "a lun is a device of the host", "block");
  if (d.device == "disk" && d.source.empty() && (type == "file" || type == "block"))
    refuse(in, source != nullptr ? spot{*source} : spot{e}, "the disk has no source",
           d.block ? "dev=" : "file=");
  if (type != "file" && type != "block")
    refuse(in, {e, "type"}, "VMware has no disks of this type", "file or block");

  if (in.peer && d.device == "lun" && of_child(e, "driver", "type").value_or("raw") != "raw")
    refuse(in, {*e.child("driver"), "type"}, "a lun has no format", "raw");
  xml::Element const* const target = e.child("target");
  if (target == nullptr || !target->attribute("dev"))
    refuse(in, target != nullptr ? *target : e, "the disk has no target", "<target dev='sda'/>");
  d.target = *target->attribute("dev");
  d.group = target->attribute_or("bus", {});
  auto const bus = bus_of(in, d);
  if ((d.device == "floppy") != (bus == "fdc"))
    refuse(in, {*target, d.group.empty() ? "dev" : "bus"},
           d.device == "floppy" ? "a floppy stands on the bus fdc" : "only floppies stand on fdc");
  auto const known = find_bus(bus);
  if (!known || (in.peer && (*known == disk_bus::sata || *known == disk_bus::nvme)))
    refuse(in, {*target, d.group.empty() ? "dev" : "bus"},
           "VMware has no disks on the bus " + std::string(bus),
           in.peer ? "scsi, ide or fdc" : "scsi, sata, ide, nvme or fdc");
  d.slot.bus = *known;
  auto const index = *known == disk_bus::nvme ? nvme_index(d.target)
                                              : target_index(facts(*known).target, d.target);
  d.named = index.has_value();
  d.index = index.value_or(0);
  if (!d.named && in.peer)
    refuse(in, {*target, "dev"}, "not the name of a target on this bus",
           std::string(facts(*known).target) + "a and so on");
  return d;
}

/// All disks with their slots; libvirt's order when that counts.
[[nodiscard]] inline std::vector<disk_xml> disks_of(importing const& in,
                                                    xml::Element const* devices) {
  std::vector<disk_xml> out;
  if (devices == nullptr) return out;
  std::map<std::string_view, std::size_t> lines;
  for (xml::Element const& e : devices->children("disk")) {
    disk_xml const d = disk_of(in, e);
    auto const [at, fresh] = lines.emplace(d.target, e.line());
    if (!fresh)
      refuse_as_peer(in, {*e.child("target"), "dev"},
                     "the disk in line " + std::to_string(at->second) + " has the same target",
                     "a name of its own");
    out.push_back(d);
  }
  if (!in.peer) {
    slots_given slots(in);
    std::vector<disk_xml*> rest;
    for (disk_xml& d : out) {
      if (auto const address = address_in(in, d))
        slots.take_address(d, *address);
      else
        rest.push_back(&d);
    }
    for (disk_xml* d : rest) slots.take_name(*d);
    return out;
  }
  std::map<std::array<std::uint32_t, 3>, xml::Element const*> taken;
  for (disk_xml& d : out) {
    d.slot = peer_slot_of(in, d);
    if (!taken
             .emplace(
                 std::array{static_cast<std::uint32_t>(d.slot.bus), d.slot.controller, d.slot.unit},
                 d.element)
             .second)
      refuse(in, *d.element, "another disk has the same address");
  }
  // Groups of the same `bus=` (or none) in order of appearance, each by index.
  std::map<std::string_view, std::size_t> order;
  for (disk_xml const& d : out) order.emplace(d.group, order.size());
  std::ranges::stable_sort(
      out, {}, [&](disk_xml const& d) { return std::pair(order.find(d.group)->second, d.index); });
  return out;
}

}  // namespace esxvi::vmx::detail
