// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/to_xml_context.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// @file
/// VMX -> domain XML: disks and their controllers.

namespace esxvi::vmx::detail {

/// What becomes of a slot.
struct disk_plan {
  bool block = false;  ///< a device of the host, not a file
  std::string_view device = "disk";
  std::optional<std::string_view> source{};
  bool may_be_missing = false;  ///< startupPolicy
  bool readonly = false;
  bool transient = false;
  bool write_through = false;
  bool shareable = false;
};

/// A slot while it is looked at.
struct disk_in_slot {
  disk_slot slot{};
  Disk const& disk;
  std::string_view device{};  ///< "scsi0:1"
  bool shared_bus = false;
  bool type_stated = false;
  std::string scratch{};  ///< holds the name of a mapped image

  [[nodiscard]] std::string_view name() const noexcept {
    return disk.file_name ? std::string_view(*disk.file_name) : std::string_view{};
  }
  [[nodiscard]] bool is(std::initializer_list<DeviceType> types) const noexcept {
    return disk.device_type &&
           std::find(types.begin(), types.end(), *disk.device_type) != types.end();
  }
  [[nodiscard]] bool is_vmdk() const noexcept { return ends_with_word(name(), ".vmdk"); }
  [[nodiscard]] bool is_iso() const noexcept { return ends_with_word(name(), ".iso"); }
};

// ---- libvirt's rules ----------------------------------------------------------------------------

[[noreturn]] inline void refuse_file_name(making const& m, disk_in_slot const& d) {
  m.refuse(d.device, "fileName",
           "no rule for this name with the deviceType \"" +
               m.raw(d.device, "deviceType").value_or("unknown") + "\"",
           "an image or device that suits the deviceType");
}

/// The key is expected to be one of these, or not to be there.
inline void expect_type(making const& m, disk_in_slot const& d,
                        std::initializer_list<DeviceType> types, std::string_view expected) {
  if (d.type_stated && !d.is(types))
    m.refuse(d.device, "deviceType", "not for this file name", std::string(expected));
}

/// Nothing when it is no hard disk.
[[nodiscard]] inline std::optional<disk_plan> peer_hard_disk(making const& m, disk_in_slot& d) {
  using enum DeviceType;
  if (!d.disk.file_name || d.is_iso() || d.name() == empty_drive ||
      d.is({atapi_cdrom, cdrom_raw, cdrom_image}) ||
      (d.is({scsi_passthru}) && d.name().starts_with(host_cdroms)))
    return std::nullopt;
  if (!d.is_vmdk()) refuse_file_name(m, d);
  if (d.slot.bus == disk_bus::scsi)
    expect_type(m, d, {scsi_hardDisk, disk}, "scsi-hardDisk or disk");
  else if (d.slot.bus == disk_bus::ide)
    expect_type(m, d, {ata_hardDisk, disk}, "ata-hardDisk or disk");
  disk_plan out;
  out.source = m.existing_source_of(d.device, d.name(), d.scratch);
  out.write_through = d.disk.write_through.effective();
  out.transient = d.disk.mode == DiskMode::independent_nonpersistent;
  return out;
}

/// Nothing when the slot is passed over.
[[nodiscard]] inline std::optional<disk_plan> peer_cdrom(making const& m, disk_in_slot& d) {
  using enum DeviceType;
  disk_plan out;
  out.device = "cdrom";
  out.readonly = true;
  if (d.is_vmdk()) return std::nullopt;
  if (d.is_iso()) {
    expect_type(m, d, {cdrom_image}, "cdrom-image");
    out.source = m.source_of(d.name(), d.scratch);
    return out;
  }
  if (d.is({atapi_cdrom, cdrom_raw})) {
    out.block = true;
    if (d.is({cdrom_raw})) out.device = "lun";
    out.may_be_missing = same_word(d.name(), auto_detect);
    if (d.disk.file_name && !out.may_be_missing) out.source = d.name();
    return out;
  }
  if (d.slot.bus == disk_bus::scsi && d.is({scsi_passthru})) {
    if (!d.name().starts_with(host_cdroms)) return std::nullopt;
    out.block = true;
    out.device = "lun";
    out.source = d.name();
    return out;
  }
  if (d.name() == empty_drive) {
    expect_type(m, d, {cdrom_image}, "cdrom-image");
    return out;
  }
  refuse_file_name(m, d);
}

[[nodiscard]] inline std::optional<disk_plan> peer_disk(making const& m, disk_in_slot& d) {
  bool const present = m.checked(d.device, d.disk.present).effective();
  m.checked(d.device, d.disk.start_connected);
  if (!present || m.checked(d.device, d.disk.client_device).effective()) return std::nullopt;
  m.checked(d.device, d.disk.write_through);
  d.type_stated = d.disk.device_type || m.unknown(d.device, "deviceType");
  auto plan = peer_hard_disk(m, d);
  return plan ? plan : peer_cdrom(m, d);
}

[[nodiscard]] inline std::optional<disk_plan> peer_floppy(making const& m, disk_in_slot& d) {
  bool const present = m.checked(d.device, d.disk.present).effective();
  m.checked(d.device, d.disk.start_connected);
  if (!present || m.checked(d.device, d.disk.client_device).effective()) return std::nullopt;
  m.checked(d.device, d.disk.write_through);
  disk_plan out;
  out.device = "floppy";
  out.block = d.disk.file_type == PortBacking::device;
  if (!out.block && d.disk.file_type != PortBacking::file)
    m.refuse(d.device, "fileType", "no floppy drive has this", "device or file");
  if (d.disk.file_name)
    out.source = out.block ? d.name() : m.existing_source_of(d.device, d.name(), d.scratch);
  return out;
}

// ---- our rules ----------------------------------------------------------------------------------

[[nodiscard]] inline bool is_host_device(std::string_view name) noexcept {
  return std::ranges::any_of(host_devices,
                             [&](auto start) { return starts_with_word(name, start); });
}

/// A drive of the host: one by name, whichever there is, or none.
inline void plan_drive(disk_plan& out, disk_in_slot const& d) {
  out.block = true;
  out.may_be_missing =
      same_word(d.name(), auto_detect) || (d.name().empty() && d.disk.autodetect.effective());
  if (!out.may_be_missing && !d.name().empty()) out.source = d.name();
}

[[nodiscard]] inline std::optional<disk_plan> plan_hard_disk(making const& m, disk_in_slot& d) {
  if (d.name().empty()) {
    m.report(severity::warning, d.device, "fileName", "a disk without a file: left out of the XML");
    return std::nullopt;
  }
  disk_plan out;
  out.block = is_host_device(d.name());
  out.source = out.block ? d.name() : m.existing_source_of(d.device, d.name(), d.scratch);
  if (!out.source) return std::nullopt;
  out.write_through = d.disk.write_through.effective();
  out.transient =
      d.disk.mode == DiskMode::independent_nonpersistent || d.disk.mode == DiskMode::nonpersistent;
  out.shareable = d.shared_bus || d.disk.sharing == DiskSharing::multi_writer;
  return out;
}

[[nodiscard]] inline std::optional<disk_plan> plan_passthrough(making const& m, disk_in_slot& d) {
  disk_plan out;
  out.device = "lun";
  plan_drive(out, d);
  // A lun without a device means nothing, unlike an empty drive.
  if (!out.source && !out.may_be_missing) {
    m.report(severity::warning, d.device, "fileName", "no device is named: left out of the XML");
    return std::nullopt;
  }
  out.readonly = d.name().starts_with(host_cdroms);
  return out;
}

[[nodiscard]] inline std::optional<disk_plan> plan_disk(making const& m, disk_in_slot& d) {
  using enum DeviceType;
  if (!d.disk.present.effective()) return std::nullopt;
  if (d.is({scsi_passthru})) return plan_passthrough(m, d);
  bool const says_disk = d.is({scsi_hardDisk, ata_hardDisk, disk, plainDisk, rawDisk});
  disk_plan out;
  out.device = "cdrom";
  out.readonly = true;
  if (d.disk.client_device.effective() && !says_disk) {
    m.report(severity::note, d.device, "clientDevice",
             "the drive of a remote console: an empty drive in the XML");
    return out;
  }
  if (same_word(d.name(), empty_drive)) return out;
  bool const automatic = same_word(d.name(), auto_detect);
  bool const host_drive = d.is({atapi_cdrom, cdrom_raw}) && !d.is_vmdk() && !d.is_iso();
  if (host_drive || (automatic && !says_disk)) {
    if (d.is({cdrom_raw})) {
      // libvirt's name for the drive itself; an empty one can only be a CD-ROM
      plan_drive(out, d);
      if (out.source || out.may_be_missing) out.device = "lun";
      return out;
    }
    plan_drive(out, d);
    return out;
  }
  if (d.is({cdrom_image, atapi_cdrom, cdrom_raw}) || (d.is_iso() && !says_disk)) {
    if (!d.name().empty()) out.source = m.source_of(d.name(), d.scratch);
    return out;
  }
  return plan_hard_disk(m, d);
}

[[nodiscard]] inline std::optional<disk_plan> plan_floppy(making const& m, disk_in_slot& d) {
  // The first drive is there unless the file says otherwise.
  if (!d.disk.present.value_or(d.slot.unit == 0)) return std::nullopt;
  disk_plan out;
  out.device = "floppy";
  if (d.disk.client_device.effective()) {
    m.report(severity::note, d.device, "clientDevice",
             "the drive of a remote console: an empty drive in the XML");
    return out;
  }
  bool const automatic = same_word(d.name(), auto_detect);
  bool const device =
      automatic || is_host_device(d.name()) || (d.name().empty() && d.disk.autodetect.effective());
  switch (d.disk.file_type.value_or(device ? PortBacking::device : PortBacking::file)) {
    case PortBacking::device:
      plan_drive(out, d);
      return out;
    case PortBacking::file:
      if (d.name().empty() || same_word(d.name(), empty_drive)) return out;
      out.source = m.existing_source_of(d.device, d.name(), d.scratch);
      if (!out.source) return std::nullopt;
      return out;
    default:
      break;
  }
  m.report(severity::warning, d.device, "fileType", "no floppy drive has this: left out of the XML",
           "device or file");
  return std::nullopt;
}

// ---- into XML -----------------------------------------------------------------------------------

/// Which controllers the addresses of the disks on a bus need.
struct bus_use {
  std::uint32_t last = 0;  ///< of the last disk
  std::uint32_t most = 0;
  bool any = false;
};
using bus_uses = std::array<bus_use, buses.size()>;

inline void add_disk(making& m, xml::Element& devices, disk_in_slot const& d, disk_plan const& plan,
                     bus_uses& uses) {
  auto const& bus = facts(d.slot.bus);
  xml::Element& e = devices.add("disk");
  e.set("type", plan.block ? "block" : "file").set("device", plan.device);
  if (plan.write_through) e.add("driver").set("cache", "writethrough");
  if (plan.source || plan.may_be_missing) {
    xml::Element& source = e.add("source");
    if (plan.source) source.set(plan.block ? "dev" : "file", *plan.source);
    if (plan.may_be_missing) source.set("startupPolicy", "optional");
  }
  drive_address at = address_of(d.slot);
  short_name target;
  if (m.peer()) {
    std::uint32_t const index = peer_index(d.slot);
    bool const wide = m.machine().hardware.version.value_or(0) >= wide_scsi_version;
    at = wide ? peer_address(d.slot.bus, index, wide_scsi_disks) : peer_address(d.slot.bus, index);
    target = target_name(bus.target, index);
  } else {
    target = m.targets.take(d.slot);
  }
  e.add("target").set("dev", target).set("bus", bus.word);
  if (plan.readonly) e.add("readonly");
  if (plan.shareable) e.add("shareable");
  if (plan.transient) e.add("transient");
  e.add("address")
      .set("type", "drive")
      .set("controller", at.controller)
      .set("bus", at.bus)
      .set("target", at.target)
      .set("unit", at.unit);
  bus_use& use = uses[static_cast<std::size_t>(d.slot.bus)];
  use = {at.controller, std::max(use.most, at.controller), true};
}

/// The disks of a list that stands in the machine or in a controller.
template <class List>
void add_disks(making& m, xml::Element& devices, disk_bus bus, std::uint32_t controller,
               List const& disks, bool shared_bus, bus_uses& uses) {
  for (Disk const& disk : disks) {
    disk_slot const slot{bus, controller, disk.number};
    auto const name = device_name(slot);
    disk_in_slot d{slot, disk, name, shared_bus};
    if (m.peer()) {
      if (!peer_reads(slot, *m.machine().hardware.version)) continue;
    } else if (!exists(slot)) {
      if (disk.present.effective())
        m.report(severity::note, name, "present", "VMware has no such slot: left out of the XML");
      continue;
    }
    bool const floppy = bus == disk_bus::fdc;
    auto const plan = m.peer() ? (floppy ? peer_floppy(m, d) : peer_disk(m, d))
                               : (floppy ? plan_floppy(m, d) : plan_disk(m, d));
    if (plan) add_disk(m, devices, d, *plan, uses);
  }
}

inline void add_controller(xml::Element& devices, std::string_view type, std::uint32_t index,
                           std::optional<std::string_view> model = {}) {
  xml::Element& e = devices.add("controller").set("type", type).set("index", index);
  if (model) e.set("model", *model);
}
inline void add_controller(xml::Element& devices, ScsiController const& c) {
  std::optional<std::string_view> model;
  if (c.model) model = word_of(scsi_words, *c.model);
  add_controller(devices, "scsi", c.number, model);
}

/// Those that the addresses need: first what the file says about them, then what is missing.
inline void add_peer_controllers(making const& m, xml::Element& devices, bus_uses const& uses) {
  std::array<std::uint32_t, buses.size()> made{};
  for (disk_bus const bus : {disk_bus::scsi, disk_bus::sata}) {
    auto const b = static_cast<std::size_t>(bus);
    for (; uses[b].any && made[b] <= uses[b].last; ++made[b]) {
      ScsiController const* const scsi =
          bus == disk_bus::scsi ? m.machine().scsi.find(made[b]) : nullptr;
      if (scsi != nullptr && scsi->present.effective())
        add_controller(devices, *scsi);
      else
        add_controller(devices, facts(bus).type, made[b]);
    }
  }
  for (disk_bus const bus : {disk_bus::scsi, disk_bus::fdc, disk_bus::ide, disk_bus::sata}) {
    auto const b = static_cast<std::size_t>(bus);
    for (; uses[b].any && made[b] <= uses[b].most; ++made[b])
      add_controller(devices, facts(bus).type, made[b]);
  }
}

inline void add_controllers(making const& m, xml::Element& devices, bus_uses const& uses) {
  Machine const& machine = m.machine();
  for (ScsiController const& c : machine.scsi)
    if (c.present.effective() && c.number < facts(disk_bus::scsi).controllers)
      add_controller(devices, c);
  auto const present = [&](auto const& controllers, disk_bus bus) {
    for (auto const& c : controllers)
      if (c.present.effective() && c.number < facts(bus).controllers)
        add_controller(devices, facts(bus).type, c.number);
  };
  present(machine.sata, disk_bus::sata);
  present(machine.nvme, disk_bus::nvme);
  for (disk_bus const bus : {disk_bus::fdc, disk_bus::ide})
    if (uses[static_cast<std::size_t>(bus)].any) add_controller(devices, facts(bus).type, 0);
}

inline void add_storage(making& m, xml::Element& devices) {
  Machine const& machine = m.machine();
  bus_uses uses{};
  auto const has = [&](auto const& controller, disk_bus bus) {
    if (controller.number >= facts(bus).controllers) return false;
    auto const name = device_name(bus == disk_bus::scsi ? "scsi#" : "sata#", controller.number);
    return m.checked(name, controller.present).effective();
  };
  for (ScsiController const& c : machine.scsi)
    if (c.present.effective()) m.targets.reserve(c.number);
  for (ScsiController const& c : machine.scsi) {
    if (!has(c, disk_bus::scsi)) continue;
    m.checked(device_name("scsi#", c.number), c.model);
    add_disks(m, devices, disk_bus::scsi, c.number, c.disks,
              c.sharing.effective() != SharedBus::none, uses);
  }
  for (SataController const& c : machine.sata)
    if (has(c, disk_bus::sata))
      add_disks(m, devices, disk_bus::sata, c.number, c.disks, false, uses);
  if (!m.peer())
    for (NvmeController const& c : machine.nvme)
      if (c.present.effective())
        add_disks(m, devices, disk_bus::nvme, c.number, c.disks,
                  c.sharing.effective() != SharedBus::none, uses);
  for (IdeChannel const& c : machine.ide)
    add_disks(m, devices, disk_bus::ide, c.number, c.disks, false, uses);
  add_disks(m, devices, disk_bus::fdc, 0, machine.floppies, false, uses);
  if (m.peer())
    add_peer_controllers(m, devices, uses);
  else
    add_controllers(m, devices, uses);
}

}  // namespace esxvi::vmx::detail
