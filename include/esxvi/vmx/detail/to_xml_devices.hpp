// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/to_xml_context.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// @file
/// VMX -> domain XML: shared folders, screen, and the devices that libvirt's own conversion leaves
/// out.

namespace esxvi::vmx::detail {

// ---- shared folders -----------------------------------------------------------------------------

inline void add_folders(making const& m, xml::Element& devices) {
  FolderSharing const& sharing = m.machine().folder_sharing;
  if (m.checked({}, sharing.disabled).effective()) return;
  auto const& count = m.checked({}, sharing.count);
  for (SharedFolder const& f : m.machine().folders) {
    // Only libvirt takes a missing number for "none".
    if ((m.peer() || count) && f.number >= count.effective()) break;
    auto const device = device_name("sharedFolder#", f.number);
    bool const present = m.checked(device, f.present).effective();
    bool const enabled = m.checked(device, f.enabled).effective();
    if (!present || !enabled) continue;
    auto const has = [&](auto const& text) {
      if (text && (m.peer() || !text->empty())) return true;
      if (m.peer()) m.refuse(device, text.key, "the entry is missing, and nothing goes without it");
      m.report(severity::warning, device, text.key, "a folder without it: left out of the XML");
      return false;
    };
    bool const complete = has(f.host_path) && has(f.guest_name);
    bool const writable = m.checked(device, f.writable).effective();
    if (!complete) continue;
    xml::Element& e =
        devices.add("filesystem").set("type", "mount").set("accessmode", "passthrough");
    e.add("source").set("dir", *f.host_path);
    e.add("target").set("dir", *f.guest_name);
    if (!writable) e.add("readonly");
  }
}

// ---- screen -------------------------------------------------------------------------------------

/// What <graphics> says: read early and written late.
struct vnc_plan {
  std::optional<std::int32_t> port{};
  bool automatic = false;
};

[[nodiscard]] inline std::optional<vnc_plan> read_vnc(making const& m) {
  Vnc const& vnc = m.machine().vnc;
  if (!m.checked({}, vnc.enabled).effective()) return std::nullopt;
  std::int64_t const port = m.checked({}, vnc.port).value_or(-1);
  vnc_plan out;
  out.automatic = port < 0;
  if (m.peer()) {
    // Cut off as it is, and 0 is not written.
    auto const cut = static_cast<std::int32_t>(static_cast<std::uint32_t>(port));
    if (!out.automatic && cut != 0) out.port = cut;
  } else if (port > 65535) {
    m.report(severity::warning, {}, vnc.port.key, "no number of a port: any is taken",
             "1 to 65535");
    out.automatic = true;
  } else if (port > 0) {
    out.port = static_cast<std::int32_t>(port);
  }
  if (out.automatic) out.port = -1;
  return out;
}

inline void add_vnc(making const& m, xml::Element& devices, vnc_plan const& plan) {
  Vnc const& vnc = m.machine().vnc;
  xml::Element& e = devices.add("graphics").set("type", "vnc");
  if (plan.port) e.set("port", *plan.port);
  e.set("autoport", plan.automatic ? "yes" : "no");
  auto const stated = [&](auto const& entry) { return entry && (m.peer() || !entry->empty()); };
  if (stated(vnc.address)) e.set("listen", *vnc.address);
  if (stated(vnc.keymap)) e.set("keymap", *vnc.keymap);
  if (stated(vnc.password) && m.options.secrets) e.set("passwd", *vnc.password);
  xml::Element& listen = e.add("listen").set("type", "address");
  if (stated(vnc.address)) listen.set("address", *vnc.address);
}

/// KiB, a power of two: libvirt has no other.
[[nodiscard]] inline std::uint32_t video_memory(making const& m) {
  auto const& entry = m.checked({}, m.machine().video.memory);
  constexpr std::int64_t usual = 4096;
  std::int64_t const bytes = entry.effective().count;
  std::int64_t kib = bytes <= 0 ? usual : bytes / 1024 + (bytes % 1024 != 0 ? 1 : 0);
  constexpr std::int64_t most = std::int64_t{1} << 31U;
  if (kib > most) {
    if (!m.peer())
      m.report(severity::warning, {}, entry.key,
               "more memory than a screen can have: 4 MiB are taken");
    kib = usual;
  }
  return std::bit_ceil(static_cast<std::uint32_t>(kib));
}

inline void add_video(making const& m, xml::Element& devices, std::uint32_t memory) {
  Video const& video = m.machine().video;
  xml::Element& model = devices.add("video").add("model");
  if (!m.peer() && !video.present.effective()) {
    model.set("type", "none");
    return;
  }
  model.set("type", "vmvga").set("vram", memory);
  if (!m.peer() && video.displays.value_or(1) > 1 && *video.displays <= 64)
    model.set("heads", *video.displays);
  model.set("primary", "yes");
  if (!m.peer() && video.accelerate_3d) {
    bool const on = *video.accelerate_3d;
    model.add("acceleration").set("accel3d", on ? "yes" : "no");
  }
}

// ---- what only we have --------------------------------------------------------------------------

inline void add_usb_controllers(making const& m, xml::Element& devices) {
  Usb const& usb = m.machine().usb;
  std::uint32_t index = 0;
  auto const add = [&](bool present, usb_kind kind) {
    if (!present) return;
    devices.add("controller")
        .set("type", "usb")
        .set("index", index++)
        .set("model", *word_of(usb_words, kind));
  };
  add(usb.uhci.effective(), usb_kind::uhci);
  add(usb.ehci.effective(), usb_kind::ehci);
  add(usb.xhci.effective(), usb_kind::xhci);
}

inline void add_sound(making const& m, xml::Element& devices) {
  Sound const& sound = m.machine().sound;
  if (!sound.present.effective()) return;
  if (!sound.model)
    m.report(severity::note, {}, sound.model.key,
             "no model of the sound card is stated: es1371 is implied");
  devices.add("sound").set("model",
                           *word_of(sound_words, sound.model.value_or(SoundModel::es1371)));
}

inline void add_tpm(making const& m, xml::Element& devices) {
  if (!m.machine().tpm.present.effective()) return;
  devices.add("tpm")
      .set("model", "tpm-crb")
      .add("backend")
      .set("type", "emulator")
      .set("version", "2.0");
}

/// <address type='pci'>
struct pci_address {
  std::array<std::uint32_t, 4> parts{};  ///< domain, bus, slot, function
};

/// "00000:003:00.0", whose parts are decimal, and "0000:03:00.0" or "03:00.0", whose parts are
/// hexadecimal. Nothing when it is neither.
[[nodiscard]] constexpr std::optional<pci_address> parse_pci_address(
    std::string_view text) noexcept {
  text = trim(text);
  std::size_t const colons = static_cast<std::size_t>(std::count(text.begin(), text.end(), ':'));
  if (colons != 1 && colons != 2) return std::nullopt;
  bool const decimal = text.find(':') == 5;
  pci_address out;
  std::size_t part = colons == 2 ? 0 : 1;
  std::size_t digits = 0;
  for (char const c : text) {
    if (c == (part == 2 ? '.' : ':') && digits != 0 && part < 3) {
      ++part;
      digits = 0;
      continue;
    }
    int const digit = hex_digit(c);
    if (digit < 0 || (decimal && digit > 9) || ++digits > 5) return std::nullopt;
    out.parts[part] = out.parts[part] * (decimal ? 10U : 16U) + static_cast<std::uint32_t>(digit);
  }
  if (part != 3 || digits == 0) return std::nullopt;
  constexpr std::array<std::uint32_t, 4> most{0xFFFF, 0xFF, 0x1F, 7};
  for (std::size_t i = 0; i < most.size(); ++i)
    if (out.parts[i] > most[i]) return std::nullopt;
  return out;
}

inline void add_passthrough(making const& m, xml::Element& devices) {
  constexpr std::array<std::string_view, 4> names{"domain", "bus", "slot", "function"};
  constexpr std::array<int, 4> digits{4, 2, 2, 1};
  for (PciPassthrough const& p : m.machine().passthrough) {
    if (!p.present.effective()) continue;
    auto const address = p.id ? parse_pci_address(*p.id) : std::nullopt;
    if (!address) {
      m.report(severity::note, device_name("pciPassthru#", p.number), p.id.key,
               "no address of a PCI device: left out of the XML", "00000:003:00.0");
      continue;
    }
    xml::Element& e = devices.add("hostdev")
                          .set("mode", "subsystem")
                          .set("type", "pci")
                          .set("managed", "yes")
                          .add("source")
                          .add("address");
    for (std::size_t i = 0; i < names.size(); ++i) {
      short_name text("0x");
      for (int d = digits[i] - 1; d >= 0; --d)
        text.append("0123456789abcdef"[address->parts[i] >> (4U * static_cast<unsigned>(d)) & 15U]);
      e.set(names[i], text);
    }
  }
}

}  // namespace esxvi::vmx::detail
