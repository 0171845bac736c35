// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/from_xml_guest.hpp>
#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// @file
/// <os>: architecture, firmware, what is booted.

namespace esxvi::vmx::detail {

inline void read_firmware(importing& in, xml::Element const& os) {
  Firmware& firmware = in.out.machine.firmware;
  auto const type = os.attribute_or("firmware", {}).empty()
                        ? std::string_view()
                        : word(in, os, "firmware", {"efi", "bios"});
  if (type == "efi") firmware.type = FirmwareType::efi;
  if (in.peer) return;
  if (type == "bios") firmware.type = FirmwareType::bios;
  xml::Element const* const loader = os.child("loader");
  if (loader != nullptr) {
    // Flash memory holds firmware of EFI only.
    if (type.empty() && loader->attribute_or("type", {}) == "pflash")
      firmware.type = FirmwareType::efi;
    if (says_yes(in, loader, "secure")) firmware.secure_boot = true;
    if (!trim(loader->text()).empty())
      report(in, severity::note, *loader, "VMware has firmware of its own");
  }
  if (xml::Element const* const features = os.child("firmware"))
    for (xml::Element const& feature : features->children("feature"))
      if (feature.attribute_or("name", {}) == "secure-boot")
        firmware.secure_boot = says_yes(in, &feature, "enabled");
  if (firmware.secure_boot.effective()) {
    if (firmware.type != FirmwareType::efi)
      refuse(in, os, "secure boot without EFI", "firmware='efi'");
    need_version(in, os, 13, "there is no secure boot");
  }
  if (xml::Element const* const nvram = os.child("nvram");
      nvram != nullptr && !nvram->text().empty())
    firmware.nvram = std::string(nvram->text());
  if (xml::Element const* const menu = os.child("bootmenu");
      menu != nullptr && says_yes(in, menu, "enable") && menu->attribute("timeout"))
    firmware.boot_delay = std::chrono::milliseconds(number<std::uint32_t>(in, {*menu, "timeout"}));
  if (xml::Element const* const bios = os.child("bios");
      bios != nullptr && bios->attribute("rebootTimeout")) {
    auto const wait = number<std::int32_t>(in, {*bios, "rebootTimeout"});
    firmware.retry = wait >= 0;
    if (wait >= 0) firmware.retry_delay = std::chrono::milliseconds(wait);
  }
}

inline void read_os(importing& in, xml::Element const& domain) {
  xml::Element const* const os = domain.child("os");
  xml::Element const* const type = os != nullptr ? os->child("type") : nullptr;
  if (in.peer && (type == nullptr || type->text().empty()))
    refuse(in, os != nullptr ? *os : domain, "nothing is said about the kind of machine",
           "<type>hvm</type>");
  if (type != nullptr && (in.peer ? type->text() : trim(type->text())) != "hvm")
    refuse(in, *type, "VMware runs machines with hardware only", "hvm");
  read_guest(in, domain, type);
  // There is no other firmware for it.
  if (type != nullptr && type->attribute_or("arch", {}) == "aarch64")
    in.out.machine.firmware.type = FirmwareType::efi;
  if (os == nullptr) return;
  if (xml::Element const* const smbios = os->child("smbios")) {
    auto const mode = word(in, *smbios, "mode", {"none", "emulate", "host", "sysinfo"});
    if (mode == "host") in.out.machine.identity.reflect_host = true;
    if (mode == "sysinfo")
      refuse_as_peer(in, {*smbios, "mode"}, "VMware has texts of its own there", "emulate or host");
  }
  read_firmware(in, *os);
}

/// A device with <boot order=>.
struct boot_device {
  std::uint32_t order;
  std::string word;  ///< of bios.bootOrder
  std::string disk;  ///< of bios.hddOrder; empty unless it is a hard disk
};

[[nodiscard]] inline std::vector<boot_device> ordered_devices(importing const& in,
                                                              xml::Element const& devices) {
  std::vector<boot_device> out;
  auto const order_of = [&](xml::Element const& e) -> std::uint32_t {
    xml::Element const* const boot = e.child("boot");
    return boot != nullptr ? number<std::uint32_t>(in, {*boot, "order"}, 1) : 0;
  };
  std::uint32_t adapter = 0;
  for (xml::Element const& e : devices.children("interface")) {
    auto const name = "ethernet" + std::to_string(adapter++);
    if (auto const order = order_of(e); order != 0) out.push_back({order, name, {}});
  }
  for (disk_xml const& d : in.disks) {
    auto const order = order_of(*d.element);
    if (order == 0) continue;
    bool const hard_disk = d.device == "disk";
    out.push_back({order,
                   hard_disk              ? "hdd"
                   : d.device == "floppy" ? "floppy"
                                          : "cdrom",
                   hard_disk ? std::string(device_name(d.slot).view()) : std::string()});
  }
  std::ranges::stable_sort(out, {}, &boot_device::order);
  return out;
}

inline void read_boot_order(importing& in, xml::Element const& domain) {
  if (in.peer) {
    // libvirt looks at the numbers, and does not write them.
    if (xml::Element const* const devices = domain.child("devices"))
      static_cast<void>(ordered_devices(in, *devices));
    return;
  }
  WordList words;
  WordList hard_disks;
  auto const add = [](WordList& list, std::string word) {
    if (std::ranges::find(list.words, word) == list.words.end())
      list.words.push_back(std::move(word));
  };
  if (xml::Element const* const os = domain.child("os"))
    for (xml::Element const& boot : os->children("boot")) {
      auto const dev = mandatory(in, boot, "dev");
      auto const* const row = std::ranges::find(boot_order_words, dev, &boot_words::word);
      if (row == boot_order_words.end())
        refuse(in, {boot, "dev"}, "unknown value", "hd, cdrom, fd or network");
      std::string name(row->vmx);
      if (dev == "network") name += '0';
      add(words, std::move(name));
    }
  if (xml::Element const* const devices = domain.child("devices"))
    for (boot_device& d : ordered_devices(in, *devices)) {
      add(words, std::move(d.word));
      if (!d.disk.empty()) add(hard_disks, std::move(d.disk));
    }
  if (!words.words.empty()) in.out.machine.firmware.boot_order = std::move(words);
  if (!hard_disks.words.empty()) in.out.machine.firmware.disk_order = std::move(hard_disks);
}

}  // namespace esxvi::vmx::detail
