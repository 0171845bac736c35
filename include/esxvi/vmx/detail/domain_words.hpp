// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/devices.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

/// @file
/// The words of VMX files and those of domain XML, side by side: both directions of the conversion
/// read the same tables. Where several rows have the same word on one side, the first is written.

namespace esxvi::vmx::detail {

/// Of the prefix `vmware` at the root of a domain.
inline constexpr std::string_view vmware_namespace = "http://libvirt.org/schemas/domain/vmware/1.0";
/// Of the element in <metadata> that carries what domain XML cannot say.
inline constexpr std::string_view esxvi_namespace = "https://esxvi.dev/schemas/vmx/1.0";

/// A value and its word in domain XML.
template <class T> struct word_pair {
  T value;
  std::string_view word;
};
template <class T, std::size_t N>
[[nodiscard]] constexpr std::optional<std::string_view> word_of(
    std::array<word_pair<T>, N> const& table, T value) noexcept {
  for (auto const& row : table)
    if (row.value == value) return row.word;
  return std::nullopt;
}
template <class T, std::size_t N>
[[nodiscard]] constexpr std::optional<T> value_of(std::array<word_pair<T>, N> const& table,
                                                  std::string_view word) noexcept {
  for (auto const& row : table)
    if (same_word(row.word, word)) return row.value;
  return std::nullopt;
}

/// `model=` of <controller type='scsi'>.
inline constexpr std::array<word_pair<ScsiModel>, 4> scsi_words{{
    {ScsiModel::buslogic, "buslogic"},
    {ScsiModel::lsilogic, "lsilogic"},
    {ScsiModel::lsisas1068, "lsisas1068"},
    {ScsiModel::pvscsi, "vmpvscsi"},
}};

/// `model=` of <sound>. An ES1371 is what became of the ES1370; VMware's HD audio is no particular
/// chip.
inline constexpr std::array<word_pair<SoundModel>, 5> sound_words{{
    {SoundModel::sb16, "sb16"},
    {SoundModel::es1371, "es1370"},
    {SoundModel::hdaudio, "ich9"},
    {SoundModel::hdaudio, "ich6"},
    {SoundModel::hdaudio, "ich7"},
}};

/// `model=` of <controller type='usb'>.
enum class usb_kind : std::uint8_t { uhci, ehci, xhci };
inline constexpr std::array<word_pair<usb_kind>, 8> usb_words{{
    {usb_kind::uhci, "piix3-uhci"},
    {usb_kind::uhci, "piix4-uhci"},
    {usb_kind::uhci, "ich9-uhci1"},
    {usb_kind::ehci, "ehci"},
    {usb_kind::ehci, "ich9-ehci1"},
    {usb_kind::xhci, "qemu-xhci"},
    {usb_kind::xhci, "nec-xhci"},
    {usb_kind::uhci, "pci-ohci"},
}};

/// `dev=` of <boot>, and the word of bios.bootOrder. Adapters have their number behind it there.
struct boot_words {
  std::string_view vmx;
  std::string_view word;
};
inline constexpr std::array<boot_words, 6> boot_order_words{{
    {"cdrom", "cdrom"},
    {"hdd", "hd"},
    {"floppy", "fd"},
    {"ethernet", "network"},
    {"cd", "cdrom"},
    {"net", "network"},
}};

// ---- network ------------------------------------------------------------------------------------

/// `type=` of <model> in <interface>: `virtualDev`, and `features` where that decides.
struct adapter_words {
  AdapterModel model;
  std::int64_t features;
  std::string_view word;
  bool peer;  ///< libvirt's reader of VMX files knows it
};
inline constexpr std::int64_t vmxnet2_features = 15;
inline constexpr std::array<adapter_words, 8> adapter_models{{
    {AdapterModel::vlance, 0, "vlance", true},
    {AdapterModel::vmxnet, vmxnet2_features, "vmxnet2", true},
    {AdapterModel::vmxnet, 0, "vmxnet", true},
    {AdapterModel::vmxnet3, 0, "vmxnet3", true},
    {AdapterModel::e1000, 0, "e1000", true},
    {AdapterModel::e1000e, 0, "e1000e", true},
    {AdapterModel::vmxnet2, 0, "vmxnet2", false},
    // vlance is VMware's name for that chip
    {AdapterModel::pcnet32, 0, "vlance", false},
}};
[[nodiscard]] constexpr adapter_words const* find_adapter_model(AdapterModel model,
                                                                std::int64_t features) noexcept {
  for (auto const& row : adapter_models)
    if (row.model == model && (row.features == 0 || row.features == features)) return &row;
  return nullptr;
}
[[nodiscard]] constexpr adapter_words const* find_adapter_model(std::string_view word) noexcept {
  for (auto const& row : adapter_models)
    if (same_word(row.word, word)) return &row;
  return nullptr;
}

/// The virtual switches of Workstation and Fusion that a kind of connection means.
inline constexpr std::array<word_pair<ConnectionType>, 3> implied_switches{{
    {ConnectionType::bridged, "VMnet0"},
    {ConnectionType::hostonly, "VMnet1"},
    {ConnectionType::nat, "VMnet8"},
}};

/// Who gives out the MAC addresses from `first` to `last` (the upper four bytes of the address),
/// and so what libvirt takes for granted when the XML does not say it.
struct mac_range {
  std::uint32_t first;
  std::uint32_t last;
  AddressType type;
};
inline constexpr std::array<mac_range, 4> mac_ranges{{
    {0x000C2900, 0x000C29FF, AddressType::generated},  // the product, from the machine's UUID
    {0x00505600, 0x0050563F, AddressType::static_},    // administrators
    {0x00505680, 0x005056BF, AddressType::vpx},        // vCenter
    {0x00000000, 0xFFFFFFFF, AddressType::static_},    // nobody: passes with checkMACAddress FALSE
}};
[[nodiscard]] constexpr mac_range const& range_of(MacAddress const& address) noexcept {
  for (auto const& range : mac_ranges)
    if (address.prefix() >= range.first && address.prefix() <= range.last) return range;
  return mac_ranges.back();
}
/// Whether VMware only takes an address with checkMACAddress FALSE.
[[nodiscard]] constexpr bool needs_no_check(mac_range const& range) noexcept {
  return &range == &mac_ranges.back();
}

// ---- ports --------------------------------------------------------------------------------------

/// `type=` of <protocol>, and the scheme of the URI in `fileName`.
struct serial_words {
  std::string_view scheme;
  std::string_view protocol;
};
inline constexpr std::array<serial_words, 10> serial_protocols{{
    {"tcp", "raw"},
    {"", "raw"},
    {"tcp4", "raw"},
    {"tcp6", "raw"},
    {"telnet", "telnet"},
    {"telnets", "telnets"},
    {"ssl", "tls"},
    {"tcp+ssl", "tls"},
    {"tcp4+ssl", "tls"},
    {"tcp6+ssl", "tls"},
}};
[[nodiscard]] constexpr serial_words const* find_scheme(std::string_view scheme) noexcept {
  for (auto const& row : serial_protocols)
    if (same_word(row.scheme, scheme)) return &row;
  return nullptr;
}
[[nodiscard]] constexpr serial_words const* find_protocol(std::string_view protocol) noexcept {
  for (auto const& row : serial_protocols)
    if (row.protocol == protocol) return &row;
  return nullptr;
}

// ---- names that mean no file --------------------------------------------------------------------

inline constexpr std::string_view empty_drive = "emptyBackingString";
inline constexpr std::string_view auto_detect = "auto detect";
inline constexpr std::string_view host_cdroms = "/vmfs/devices/cdrom/";
/// Names of devices of the host; without regard to case.
inline constexpr std::array<std::string_view, 3> host_devices{"/vmfs/devices/", "/dev/", "\\\\.\\"};

[[nodiscard]] constexpr bool starts_with_word(std::string_view text,
                                              std::string_view start) noexcept {
  return text.size() >= start.size() && same_word(text.substr(0, start.size()), start);
}
[[nodiscard]] constexpr bool ends_with_word(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() && same_word(text.substr(text.size() - end.size()), end);
}

// ---- guest systems ------------------------------------------------------------------------------

enum class guest_family : std::uint8_t {
  other,
  windows,
  linux_os,
  bsd,
  darwin,
  solaris,
  netware,
  vmkernel
};

/// What `guestOS` says about the machine.
struct guest_system {
  guest_family family = guest_family::other;
  std::string_view arch = "i686";  ///< as in <type arch=>
};

/// Identifiers begin like this: "rhel9-64", "windows2019srv-64", "other5xlinux-64".
struct guest_start {
  std::string_view start;
  guest_family family;
  bool always_64 = false;  ///< also without -64 at the end
};
inline constexpr std::array<guest_start, 40> guest_starts{{
    {"win", guest_family::windows},
    {"longhorn", guest_family::windows},
    {"whistler", guest_family::windows},
    {"dos", guest_family::windows},
    {"vmkernel", guest_family::vmkernel, true},
    {"crx", guest_family::linux_os, true},
    {"rhel", guest_family::linux_os},
    {"centos", guest_family::linux_os},
    {"fedora", guest_family::linux_os},
    {"oraclelinux", guest_family::linux_os},
    {"rockylinux", guest_family::linux_os},
    {"almalinux", guest_family::linux_os},
    {"redhat", guest_family::linux_os},
    {"sles", guest_family::linux_os},
    {"suse", guest_family::linux_os},
    {"opensuse", guest_family::linux_os},
    {"nld", guest_family::linux_os},
    {"oes", guest_family::linux_os},
    {"sjds", guest_family::linux_os},
    {"debian", guest_family::linux_os},
    {"ubuntu", guest_family::linux_os},
    {"asianux", guest_family::linux_os},
    {"miraclelinux", guest_family::linux_os},
    {"pardus", guest_family::linux_os},
    {"turbolinux", guest_family::linux_os},
    {"mandr", guest_family::linux_os},
    {"coreos", guest_family::linux_os},
    {"amazonlinux", guest_family::linux_os},
    {"vmware-photon", guest_family::linux_os},
    {"linux", guest_family::linux_os},
    {"otherlinux", guest_family::linux_os},
    {"other24xlinux", guest_family::linux_os},
    {"other26xlinux", guest_family::linux_os},
    {"freebsd", guest_family::bsd},
    {"openbsd", guest_family::bsd},
    {"netbsd", guest_family::bsd},
    {"darwin", guest_family::darwin},
    {"solaris", guest_family::solaris},
    {"netware", guest_family::netware},
    {"nw", guest_family::netware},
}};

/// libvirt's rule: two architectures, told by the end of the identifier.
[[nodiscard]] constexpr std::string_view peer_arch(std::string_view guest_os) noexcept {
  return guest_os.ends_with("-64") ? "x86_64" : "i686";
}
/// Also takes the identifiers of the API ("windows9_64Guest", "otherGuest64").
[[nodiscard]] constexpr guest_system find_guest(std::string_view id) noexcept {
  guest_system out;
  bool const arm = starts_with_word(id, "arm-") || starts_with_word(id, "arm_");
  if (arm) id.remove_prefix(4);
  bool is_64 = false;
  for (std::string_view const end : {"-64", "_64", "64Guest", "Guest64"})
    is_64 = is_64 || ends_with_word(id, end);
  for (auto const& row : guest_starts) {
    if (!starts_with_word(id, row.start)) continue;
    out.family = row.family;
    is_64 = is_64 || row.always_64;
    break;
  }
  // "other3xlinux-64", "other6xLinux64Guest"
  if (out.family == guest_family::other && starts_with_word(id, "other") &&
      starts_with_word(id.substr(id.size() < 7 ? id.size() : 7), "linux"))
    out.family = guest_family::linux_os;
  if (arm)
    out.arch = "aarch64";
  else if (is_64)
    out.arch = "x86_64";
  return out;
}

}  // namespace esxvi::vmx::detail
