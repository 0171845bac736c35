// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/from_xml_controllers.hpp>
#include <esxvi/vmx/detail/from_xml_slots.hpp>
#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::vmx::detail {

/// What stands in a slot of a SCSI, SATA, IDE or NVMe controller. The first row that fits counts.
struct medium {
  std::string_view device;
  bool block;
  std::string_view source_start;  ///< empty: any
  bool scsi_only;
  std::array<DeviceType, 5> types;  ///< by bus, as in disk_bus
  std::string_view suffix;          ///< empty: any name, and it is not the name of a file
  bool peer;                        ///< libvirt writes it
};
inline constexpr auto every_bus = [](DeviceType type) {
  return std::array{type, type, type, type, type};
};
inline constexpr std::array<medium, 7> media{{
    {"disk",
     false,
     {},
     false,
     {DeviceType::scsi_hardDisk, DeviceType::ata_hardDisk, DeviceType::ata_hardDisk,
      DeviceType::disk, DeviceType::disk},
     ".vmdk",
     true},
    // a physical disk or a LUN of the host
    {"disk", true, {}, false, every_bus(DeviceType::rawDisk), {}, false},
    {"cdrom", false, {}, false, every_bus(DeviceType::cdrom_image), ".iso", true},
    {"cdrom", true, {}, false, every_bus(DeviceType::atapi_cdrom), {}, true},
    {"lun", true, host_cdroms, true, every_bus(DeviceType::scsi_passthru), {}, true},
    {"lun", true, "/vmfs/devices/", true, every_bus(DeviceType::scsi_passthru), {}, false},
    {"lun", true, {}, false, every_bus(DeviceType::cdrom_raw), {}, true},
}};
[[nodiscard]] inline medium const& medium_of(importing const& in, disk_xml const& d) {
  for (auto const& m : media)
    if (m.device == d.device && m.block == d.block && (m.peer || !in.peer) &&
        (!m.scsi_only || d.slot.bus == disk_bus::scsi) && d.source.starts_with(m.source_start))
      return m;
  refuse(in, {*d.element, "type"},
         "a " + std::string(d.device) + " cannot be on a " + (d.block ? "block device" : "file"),
         d.block ? "file" : "block");
}

/// Formats of images that VMware cannot open, whatever the file is called.
inline void check_format(importing const& in, disk_xml const& d) {
  auto const format = of_child(*d.element, "driver", "type");
  if (!format || d.block || *format == "vmdk" || *format == "raw" || *format == "iso") return;
  refuse(in, {*d.element->child("driver"), "type"}, "VMware cannot open images of this format",
         "vmdk");
}

inline void set_file(importing& in, disk_xml const& d, medium const& m, Disk& disk) {
  bool const image = !m.suffix.empty();
  if (!d.source.empty()) {
    spot const at{*d.element->child("source"), d.block ? "dev" : "file"};
    if (image && !ends_with_word(d.source, m.suffix)) {
      // VMware takes any file for the image of a CD-ROM.
      if (in.peer || m.device == "disk")
        refuse_as_peer(in, at, "the image has an unusual suffix", std::string(m.suffix));
    }
    disk.file_name = image ? file_name(in, at) : std::string(d.source);
    if (d.block && d.device != "disk" && !in.peer && d.source == auto_detect)
      disk.autodetect = true;
    return;
  }
  auto const policy = of_child(*d.element, "source", "startupPolicy");
  if (image) {
    disk.file_name = std::string(empty_drive);
  } else if (policy == "optional") {
    disk.autodetect = true;
    disk.file_name = std::string(auto_detect);
  } else if (in.peer) {
    disk.file_name = "(null)";  // what libvirt writes, word for word
  } else {
    disk.device_type = DeviceType::cdrom_image;
    disk.file_name = std::string(empty_drive);
  }
}

/// libvirt takes one mode on SCSI and none elsewhere; for VMware they are all one.
inline void set_cache(importing& in, disk_xml const& d, Disk& disk) {
  xml::Element const* const driver = d.element->child("driver");
  if (driver == nullptr) return;
  auto const mode = cache_of(in, *d.element);
  if (in.peer) {
    if (d.slot.bus != disk_bus::scsi || mode == "default") return;
    if (mode != "writethrough")
      refuse(in, {*driver, "cache"}, "VMware has no such cache mode", "writethrough or default");
    disk.write_through = true;
    return;
  }
  if (mode == "writethrough" || mode == "directsync") disk.write_through = true;
  if (mode == "none" || mode == "directsync" || mode == "unsafe")
    report(in, severity::note, {*driver, "cache"},
           disk.write_through ? "VMware writes through, and may cache reads"
                              : "VMware has no such cache mode: its default is used",
           "writethrough or writeback");
}

/// What only esxvi takes over.
inline void set_more(importing& in, disk_xml const& d, Disk& disk) {
  if (in.peer) return;
  if (d.element->child("shareable") != nullptr) {
    need_version(in, *d.element->child("shareable"), 8, "shared disks do not exist");
    disk.sharing = DiskSharing::multi_writer;
  }
  if (xml::Element const* const tune = d.element->child("iotune"))
    if (xml::Element const* const limit = tune->child("total_iops_sec"))
      disk.throughput_cap = std::to_string(number<std::uint64_t>(in, *limit));
  if (d.device == "disk" && d.element->child("readonly") != nullptr)
    report(in, severity::warning, *d.element->child("readonly"),
           "VMware has no read-only hard disks: the guest will be able to write");
}

inline void write_disk(importing& in, disk_xml const& d) {
  Disk& disk = disk_at(in.out.machine, d.slot);
  disk.present = true;
  if (d.slot.bus == disk_bus::fdc) {
    disk.file_type = d.block ? PortBacking::device : PortBacking::file;
    if (!d.source.empty()) {
      disk.file_name =
          d.block ? std::string(d.source) : file_name(in, {*d.element->child("source"), "file"});
    } else if (d.block && !in.peer) {
      disk.autodetect = true;
      disk.file_name = std::string(auto_detect);
    }
    return;
  }
  medium const& m = medium_of(in, d);
  if (!in.peer) check_format(in, d);
  disk.device_type = m.types[static_cast<std::size_t>(d.slot.bus)];
  set_file(in, d, m, disk);
  set_cache(in, d, disk);
  if (d.element->child("transient") != nullptr) disk.mode = DiskMode::independent_nonpersistent;
  set_more(in, d, disk);
}

/// libvirt once had the model of the controller in <driver name=> of its disks.
inline void take_model_from(importing& in, disk_xml const& d, controllers_xml& controllers) {
  auto const given = of_child(*d.element, "driver", "name");
  if (d.slot.bus != disk_bus::scsi || !given) return;
  spot const at{*d.element->child("driver"), "name"};
  auto const known =
      std::ranges::find_if(known_scsi_models, [&](auto model) { return same_word(model, *given); });
  if (known == known_scsi_models.end()) {
    refuse_as_peer(in, at, "not the model of a SCSI controller",
                   "buslogic, lsilogic, lsisas1068 or vmpvscsi");
    return;
  }
  controller_xml* c = controllers.find("scsi", d.slot.controller);
  if (in.peer) {
    // libvirt looks at the index alone.
    auto& all = controllers.all();
    auto const first = std::ranges::find(all, d.slot.controller, &controller_xml::index);
    c = first != all.end() ? &*first : nullptr;
  }
  if (c == nullptr) return;
  bool const open = c->model.empty() || (!in.peer && c->model == "auto");
  if (open) c->model = *known;
  if (!same_word(c->model, *given))
    refuse(in, at, "the controller of this disk is a " + std::string(c->model),
           "the same model, or none");
}

inline void write_controllers(importing& in, std::vector<disk_xml> const& disks,
                              controllers_xml& controllers) {
  Machine& machine = in.out.machine;
  for (controller_xml const& c : controllers.all()) {
    std::vector<disk_on_scsi> standing;
    xml::Element const* first = c.element;
    for (disk_xml const& d : disks) {
      if (facts(d.slot.bus).type != c.type || d.slot.controller != c.index) continue;
      standing.push_back({d.element, d.slot.unit, d.source});
      if (first == nullptr) first = d.element;
    }
    auto const bus = find_bus(c.type);
    if (!bus || *bus == disk_bus::fdc || *bus == disk_bus::ide) continue;
    if (standing.empty() && (in.peer || c.element == nullptr)) continue;
    if (c.index >= facts(*bus).controllers)
      refuse(in, {*first, first == c.element ? "index" : std::string_view{}},
             "VMware has no " + std::string(c.type) + " controller " + std::to_string(c.index),
             "0 to " + std::to_string(facts(*bus).controllers - 1));
    if (*bus == disk_bus::scsi) {
      ScsiController& made = machine.scsi.add(c.index);
      made.present = true;
      spot const at = c.element != nullptr ? spot{*c.element, "model"} : spot{*first};
      made.model = scsi_model(in, c, at, standing);
    } else if (*bus == disk_bus::sata) {
      machine.sata.add(c.index).present = true;
      need_version(in, *first, 10, "there is no SATA");
    } else {
      machine.nvme.add(c.index).present = true;
      need_version(in, *first, 13, "there is no NVMe");
    }
  }
}

/// The order in which libvirt writes them.
inline void note_order(importing& in, std::vector<disk_xml> const& disks) {
  for (disk_xml const& d : disks) in.out.order.emplace_back(device_name(d.slot).view());
  for (Disk const& floppy : in.out.machine.floppies)
    if (floppy.present == false)
      in.out.order.emplace_back(device_name(facts(disk_bus::fdc).device, floppy.number).view());
}

inline void read_disks(importing& in, xml::Element const* devices) {
  controllers_xml controllers(in, devices);
  in.disks = disks_of(in, devices);
  std::vector<disk_xml> const& disks = in.disks;
  // libvirt's order: it matters to the one who looks by index alone
  for (disk_bus const bus :
       {disk_bus::scsi, disk_bus::fdc, disk_bus::ide, disk_bus::sata, disk_bus::nvme})
    for (disk_xml const& d : disks)
      if (d.slot.bus == bus)
        controllers.imply(facts(bus).type, bus == disk_bus::ide ? 0 : d.slot.controller);
  for (disk_xml const& d : disks) take_model_from(in, d, controllers);
  write_controllers(in, disks, controllers);
  for (disk_xml const& d : disks) {
    write_disk(in, d);
    if (d.slot.bus == disk_bus::scsi && d.slot.unit > 15) {
      auto const& model = in.out.machine.scsi.find(d.slot.controller)->model;
      if (model != ScsiModel::pvscsi)
        report(in, severity::error, *d.element, "only a paravirtual controller has units above 15",
               "<controller type='scsi' model='vmpvscsi'>");
      need_version(in, *d.element, 14, "a paravirtual controller has 16 units");
    }
  }
  // Products take floppy0 for present unless told.
  for (std::uint32_t drive = 0; drive < facts(disk_bus::fdc).units; ++drive)
    if (in.out.machine.floppies.find(drive) == nullptr)
      in.out.machine.floppies.add(drive).present = false;
  if (in.peer) note_order(in, disks);
}

}  // namespace esxvi::vmx::detail
