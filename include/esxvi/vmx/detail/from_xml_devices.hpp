// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/from_xml_text.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace esxvi::vmx::detail {

// ---- screen -------------------------------------------------------------------------------------

/// What is there already stays: of two screens, libvirt writes both and readers take the first.
template <class E, class T> void set_once(E& entry, T&& value) {
  if (!entry) entry = std::forward<T>(value);
}

/// `listen=`, or the first <listen> that has an address.
[[nodiscard]] inline std::string_view listen_address(importing const& in, xml::Element const& e) {
  auto const said = e.attribute_or("listen", {});
  xml::Element const* const listen = e.child("listen");
  if (listen == nullptr) return said;
  auto const type = word(in, *listen, "type", {"address", "network", "socket", "none"});
  if (in.peer && (type.empty() || (type == "network" && !listen->attribute("network"))))
    refuse(in, *listen, "not all is said about where to listen", "type='address' and an address");
  if (!type.empty() && type != "address") return {};
  auto const stated = listen->attribute("address");
  auto const address = stated.value_or(std::string_view{});
  if (!said.empty() && stated && said != address)
    refuse(in, {*listen, "address"}, "the attribute listen= says " + std::string(said),
           "the same address twice, or once");
  return address.empty() ? said : address;
}

inline void set_vnc(importing& in, xml::Element const& e) {
  Vnc& vnc = in.out.machine.vnc;
  set_once(vnc.enabled, true);
  auto const port = number_in<std::int32_t>(in, e, "port");
  auto const automatic = e.attribute_or("autoport", {});
  if (automatic == "yes" || ((!port || *port == -1) && automatic != "no")) {
    report(in, severity::note, e, "VMware picks no port for VNC: 5900 is used",
           "port= of a number that is free");
  } else {
    std::int32_t const used = port && *port != -1 ? *port : 0;
    if (!in.peer && (used < 0 || used > 65535))
      refuse(in, {e, "port"}, "not a port", "a number from 0 to 65535");
    if (used < 5900 || used > 5964)
      report(in, severity::warning, {e, "port"}, "a port outside of those that ESX opens for VNC",
             "5900 to 5964");
    set_once(vnc.port, used);
  }
  if (auto const address = listen_address(in, e); !address.empty())
    set_once(vnc.address, std::string(address));
  if (auto const keymap = e.attribute("keymap")) set_once(vnc.keymap, std::string(*keymap));
  if (auto const password = e.attribute("passwd")) set_once(vnc.password, std::string(*password));
}

inline void read_graphics(importing& in, xml::Element const* devices) {
  if (devices == nullptr) return;
  for (xml::Element const& e : devices->children("graphics")) {
    auto const type = mandatory(in, e, "type");
    if (type != "vnc") {
      refuse_as_peer(in, {e, "type"}, "VMware shows the screen over VNC only", "vnc");
      continue;
    }
    if (in.out.machine.vnc.enabled)
      report(in, severity::warning, e, "VMware has one screen over VNC: the first one counts");
    if (!in.out.machine.vnc.enabled || in.peer) set_vnc(in, e);
  }
}

/// Types of video cards that domain XML knows.
inline constexpr std::array<std::string_view, 13> known_videos{
    "default",   "vga",    "cirrus", "vmvga", "xen",   "vbox", "qxl",
    "parallels", "virtio", "gop",    "none",  "bochs", "ramfb"};

inline void set_video(importing& in, xml::Element const& e) {
  Video& video = in.out.machine.video;
  xml::Element const* const model = e.child("model");
  auto const type = model != nullptr ? model->attribute_or("type", "vmvga") : "vmvga";
  if (type != "vmvga" && type != "default") {
    if (std::ranges::find(known_videos, type) == known_videos.end())
      refuse(in, {*model, "type"}, "unknown type of video card", "vmvga");
    if (type == "none" && !in.peer) {
      video.present = false;
      return;
    }
    refuse_as_peer(in, {*model, "type"}, "VMware has one type of video card", "vmvga");
  }
  std::uint32_t vram = 0;
  if (model != nullptr) {
    auto const count = [&](std::string_view name, std::uint32_t otherwise) {
      if (model->attribute_or(name, {}).empty()) return otherwise;
      return number<std::uint32_t>(in, {*model, name});
    };
    vram = count("vram", 0);
    auto const heads = count("heads", 1);
    if (heads > 1) {
      if (in.peer) refuse(in, {*model, "heads"}, "libvirt knows one head only", "1");
      video.displays = heads;
    }
  }
  constexpr std::uint32_t usual = 4096;  // KiB
  constexpr std::uint32_t most = std::uint32_t{1} << 31U;
  if (vram > most) refuse(in, {*model, "vram"}, "too much video memory", "less than 2 TiB");
  // Powers of two from libvirt's reader, multiples of 64 from its writer.
  std::int64_t const kib = round_up(std::bit_ceil(vram == 0 ? usual : vram), 64);
  video.memory = Bytes{kib * 1024};
  if (in.peer || model == nullptr) return;
  if (xml::Element const* const acceleration = model->child("acceleration"))
    if (acceleration->attribute("accel3d"))
      video.accelerate_3d = says_yes(in, acceleration, "accel3d");
  if (xml::Element const* const size = model->child("resolution")) {
    video.max_width = number<std::uint32_t>(in, {*size, "x"}, 1);
    video.max_height = number<std::uint32_t>(in, {*size, "y"}, 1);
  }
}

inline void read_video(importing& in, xml::Element const* devices) {
  if (devices == nullptr) return;
  xml::Element const* first = nullptr;
  for (xml::Element const& e : devices->children("video")) {
    if (first != nullptr) {
      refuse_as_peer(in, e, "VMware has one video card: this is a second one");
      continue;
    }
    first = &e;
    set_video(in, e);
  }
  // libvirt takes a screen for a promise that there is a card.
  if (first == nullptr && in.peer && devices->child("graphics") != nullptr)
    in.out.machine.video.memory = Bytes{4096 * 1024};
}

// ---- shared folders -----------------------------------------------------------------------------

inline void read_filesystems(importing& in, xml::Element const* devices) {
  if (devices == nullptr) return;
  Machine& machine = in.out.machine;
  std::uint32_t next = 0;
  for (xml::Element const& e : devices->children("filesystem")) {
    auto const type = word(
        in, e, "type", {"mount", "block", "file", "template", "ram", "bind", "volume"}, "mount");
    if (type != "mount") refuse(in, {e, "type"}, "VMware shares folders only", "mount");
    auto const access =
        word(in, e, "accessmode", {"passthrough", "mapped", "squash"}, "passthrough");
    if (access != "passthrough")
      report(in, severity::note, {e, "accessmode"}, "VMware does not know access modes",
             "passthrough");
    auto const path = of_child(e, "source", "dir");
    auto const name = of_child(e, "target", "dir");
    if (!path || (path->empty() && !in.peer))
      refuse(in, e, "the file system has no source", "<source dir=...>");
    if (!name || name->empty()) refuse(in, e, "the file system has no target", "<target dir=...>");
    SharedFolder& folder = machine.folders.add(next++);
    folder.present = true;
    folder.enabled = true;
    folder.readable = true;
    folder.writable = e.child("readonly") == nullptr;
    folder.host_path = std::string(*path);
    folder.guest_name = std::string(*name);
  }
  if (next == 0) return;
  machine.folder_sharing.disabled = false;
  machine.folder_sharing.count = next;
}

// ---- what only esxvi takes over -----------------------------------------------------------------

inline void read_sound(importing& in, xml::Element const* devices) {
  Sound& sound = in.out.machine.sound;
  for (xml::Element const& e : devices->children("sound")) {
    auto const name = mandatory(in, e, "model");
    if (sound.present) {
      report(in, severity::warning, e, "VMware has one sound card: the first one counts");
      continue;
    }
    auto const model = value_of(sound_words, name);
    if (!model)
      report(in, severity::note, {e, "model"}, "VMware has no such sound card: HD audio is used",
             "sb16, es1370 or ich9");
    sound.present = true;
    sound.model = model.value_or(SoundModel::hdaudio);
    sound.file_name = "-1";  // whichever the host has
    sound.autodetect = true;
  }
}

inline void read_usb(importing& in, xml::Element const* devices) {
  Usb& usb = in.out.machine.usb;
  for (xml::Element const& e : devices->children("controller")) {
    if (e.attribute_or("type", {}) != "usb") continue;
    auto const name = e.attribute_or("model", "piix3-uhci");
    if (name == "none") continue;
    auto const kind = value_of(usb_words, name);
    // Companions of one controller, one for each pair of ports.
    if (!kind && name.starts_with("ich9-uhci")) continue;
    if (!kind)
      report(in, severity::note, {e, "model"},
             "VMware has no such USB controller: one of USB 1.1 is used",
             "piix3-uhci, ehci or qemu-xhci");
    switch (kind.value_or(usb_kind::uhci)) {
      case usb_kind::uhci:
        usb.uhci = true;
        break;
      case usb_kind::ehci:
        usb.ehci = true;
        break;
      case usb_kind::xhci:
        usb.xhci = true;
        need_version(in, e, 8, "there is no USB 3");
        break;
    }
  }
}

inline void read_tpm(importing& in, xml::Element const* devices) {
  for (xml::Element const& e : devices->children("tpm")) {
    Tpm& tpm = in.out.machine.tpm;
    if (of_child(e, "backend", "type").value_or("emulator") != "emulator") {
      report(in, severity::error, {*e.child("backend"), "type"},
             "VMware makes a TPM, and gives none of the host to a machine: left out", "emulator");
      continue;
    }
    if (auto const version = of_child(e, "backend", "version"); version && *version != "2.0")
      report(in, severity::warning, {*e.child("backend"), "version"}, "VMware has TPM 2.0 only",
             "2.0");
    tpm.present = true;
    need_version(in, e, 14, "there is no TPM");
  }
}

/// "00000:003:00.0": decimal, unlike everywhere else.
[[nodiscard]] inline std::string pci_id(importing const& in, xml::Element const& address) {
  auto const part = [&](std::string_view name, std::uint32_t most) -> std::uint32_t {
    auto text = address.attribute_or(name, "0");
    bool const hex = text.starts_with("0x") || text.starts_with("0X");
    if (hex) text.remove_prefix(2);
    std::uint32_t n = 0;
    auto const [end, failed] =
        std::from_chars(text.data(), text.data() + text.size(), n, hex ? 16 : 10);
    if (failed != std::errc() || end != text.data() + text.size() || n > most)
      refuse(in, {address, name}, "not a part of a PCI address");
    return n;
  };
  auto const padded = [](std::uint32_t n, std::size_t width) {
    std::string out = std::to_string(n);
    return std::string(width - std::min(width, out.size()), '0') + out;
  };
  return padded(part("domain", 65535), 5) + ":" + padded(part("bus", 255), 3) + ":" +
         padded(part("slot", 31), 2) + "." + std::to_string(part("function", 7));
}

inline void read_host_devices(importing& in, xml::Element const* devices) {
  std::uint32_t next = 0;
  for (xml::Element const& e : devices->children("hostdev")) {
    xml::Element const* const source = e.child("source");
    xml::Element const* const address = source != nullptr ? source->child("address") : nullptr;
    if (e.attribute_or("type", {}) != "pci" || address == nullptr) {
      report(in, severity::error, e, "VMX files give only PCI devices of the host to a machine",
             "type='pci' with <source><address .../></source>");
      continue;
    }
    PciPassthrough& device = in.out.machine.passthrough.add(next++);
    device.present = true;
    device.id = pci_id(in, *address);
  }
}

inline void read_other_devices(importing& in, xml::Element const* devices) {
  if (in.peer || devices == nullptr) return;
  read_sound(in, devices);
  read_usb(in, devices);
  read_tpm(in, devices);
  read_host_devices(in, devices);
}

}  // namespace esxvi::vmx::detail
