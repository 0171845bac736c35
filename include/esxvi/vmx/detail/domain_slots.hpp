// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/value.hpp>

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// @file
/// Where a disk stands, three ways: the slot in a VMX file ("scsi1:8"), the target name in domain
/// XML ("sdw"), and the address there (controller 1, unit 8).
///
/// libvirt takes the address from the name; its rules have `peer` in their names here. esxvi has
/// the address say the slot, and the name only has to differ from all others.

namespace esxvi::vmx::detail {

enum class disk_bus : std::uint8_t { scsi, sata, ide, fdc, nvme };

/// What is fixed about a bus.
struct bus_facts {
  disk_bus bus;
  std::string_view word;      ///< `bus=` of <target>
  std::string_view type;      ///< `type=` of <controller>
  std::string_view target;    ///< how target names begin
  std::string_view device;    ///< how slots are named in a VMX file, with # for the numbers
  std::uint32_t controllers;  ///< in a VMX file
  std::uint32_t units;        ///< on each
  std::uint32_t named;        ///< target names per controller in a VMX file, as libvirt counts
  std::uint32_t addressed;    ///< target names per controller of an address, as libvirt counts
};
inline constexpr std::array<bus_facts, 5> buses{{
    {disk_bus::scsi, "scsi", "scsi", "sd", "scsi#:#", 4, 64, 15, 15},
    {disk_bus::sata, "sata", "sata", "sd", "sata#:#", 4, 30, 30, 6},
    {disk_bus::ide, "ide", "ide", "hd", "ide#:#", 2, 2, 2, 4},
    {disk_bus::fdc, "fdc", "fdc", "fd", "floppy#", 1, 2, 2, 2},
    {disk_bus::nvme, "nvme", "nvme", "nvme", "nvme#:#", 4, 64, 64, 64},
}};
[[nodiscard]] constexpr bus_facts const& facts(disk_bus bus) noexcept {
  return buses[static_cast<std::size_t>(bus)];
}
[[nodiscard]] constexpr std::optional<disk_bus> find_bus(std::string_view word) noexcept {
  for (auto const& b : buses)
    if (b.word == word) return b.bus;
  return std::nullopt;
}

/// libvirt counts 15 disks for a SCSI controller, and 63 from this hardware version on when it
/// reads a VMX file.
inline constexpr std::int64_t wide_scsi_version = 13;
inline constexpr std::uint32_t wide_scsi_disks = 63;
inline constexpr std::uint32_t scsi_own_unit = 7;  ///< the controller's

/// In a VMX file. The number of a floppy drive is its unit.
struct disk_slot {
  disk_bus bus = disk_bus::scsi;
  std::uint32_t controller = 0;
  std::uint32_t unit = 0;
  friend constexpr bool operator==(disk_slot const&, disk_slot const&) = default;
};

/// <address type='drive'>
struct drive_address {
  std::uint32_t controller = 0;
  std::uint32_t bus = 0;
  std::uint32_t target = 0;
  std::uint32_t unit = 0;
  friend constexpr bool operator==(drive_address const&, drive_address const&) = default;
};

/// Whether VMware has such a slot.
[[nodiscard]] constexpr bool exists(disk_slot const& s) noexcept {
  auto const& b = facts(s.bus);
  return s.controller < b.controllers && s.unit < b.units &&
         !(s.bus == disk_bus::scsi && s.unit == scsi_own_unit);
}

/// Whether libvirt's reader of VMX files looks at a slot.
[[nodiscard]] constexpr bool peer_reads(disk_slot const& s,
                                        std::int64_t hardware_version) noexcept {
  return exists(s) && s.bus != disk_bus::nvme &&
         (s.bus != disk_bus::scsi || s.unit < 16 || hardware_version >= wide_scsi_version);
}

// ---- names --------------------------------------------------------------------------------------

/// The name of a target, or of anything else that is put together of a word and numbers.
class short_name {
 public:
  constexpr short_name() = default;
  constexpr explicit short_name(std::string_view start) noexcept { append(start); }
  constexpr void append(std::string_view text) noexcept {
    for (char const c : text) append(c);
  }
  constexpr void append(char c) noexcept {
    if (size_ < text_.size()) text_[size_++] = c;
  }
  constexpr void append(std::uint32_t number) noexcept {
    std::array<char, 10> digits{};
    std::size_t n = 0;
    do {
      digits[n++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    while (n != 0) append(digits[--n]);
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {text_.data(), size_}; }
  constexpr operator std::string_view() const noexcept { return view(); }  // NOLINT

 private:
  std::array<char, 40> text_{};
  std::size_t size_ = 0;
};

/// 0 is sda, 25 sdz, 26 sdaa, 701 sdzz.
[[nodiscard]] constexpr short_name target_name(std::string_view start,
                                               std::uint32_t index) noexcept {
  std::array<char, 8> letters{};
  std::size_t n = 0;
  for (std::uint64_t rest = std::uint64_t{index} + 1; rest != 0; rest = (rest - 1) / 26)
    letters[n++] = static_cast<char>('a' + (rest - 1) % 26);
  short_name out(start);
  while (n != 0) out.append(letters[--n]);
  return out;
}
/// The other way round. Digits at the end ("sda1") are the number of a partition, and ignored.
[[nodiscard]] constexpr std::optional<std::uint32_t> target_index(std::string_view start,
                                                                  std::string_view name) noexcept {
  if (!name.starts_with(start)) return std::nullopt;
  name.remove_prefix(start.size());
  while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.remove_suffix(1);
  if (name.empty() || name.size() > 6) return std::nullopt;
  std::uint32_t out = 0;
  for (char const c : name) {
    if (c < 'a' || c > 'z') return std::nullopt;
    out = out * 26 + static_cast<std::uint32_t>(c - 'a') + 1;
  }
  return out - 1;
}

/// The name of a slot in a VMX file: "scsi1:8", "floppy0".
[[nodiscard]] constexpr short_name device_name(std::string_view pattern, std::uint32_t first,
                                               std::uint32_t second = 0) noexcept {
  short_name out;
  bool again = false;
  for (char const c : pattern) {
    if (c == '#') {
      out.append(again ? second : first);
      again = true;
    } else {
      out.append(c);
    }
  }
  return out;
}
[[nodiscard]] constexpr short_name device_name(disk_slot const& s) noexcept {
  return s.bus == disk_bus::fdc ? device_name(facts(s.bus).device, s.unit)
                                : device_name(facts(s.bus).device, s.controller, s.unit);
}

// ---- libvirt's rules ----------------------------------------------------------------------------

/// Index of the target name of a slot. Not unique: from unit 16 on, a SCSI controller runs into the
/// next one, and SATA has the same names as SCSI.
[[nodiscard]] constexpr std::uint32_t peer_index(disk_slot const& s) noexcept {
  std::uint32_t const unit =
      s.bus == disk_bus::scsi && s.unit > scsi_own_unit ? s.unit - 1 : s.unit;
  return s.controller * facts(s.bus).named + unit;
}
/// The address for the index of a target name, with `scsi_disks` names to a SCSI controller.
[[nodiscard]] constexpr drive_address peer_address(disk_bus bus, std::uint32_t index,
                                                   std::uint32_t scsi_disks = 15) noexcept {
  std::uint32_t const per = bus == disk_bus::scsi ? scsi_disks : facts(bus).addressed;
  std::uint32_t const rest = index % per;
  drive_address out{index / per, 0, 0, rest};
  if (bus == disk_bus::scsi && rest >= scsi_own_unit) out.unit = rest + 1;
  if (bus == disk_bus::ide) out = {out.controller, rest / 2, 0, rest % 2};
  return out;
}
/// The slot that libvirt writes for a target name; whether it exists() is another question.
[[nodiscard]] constexpr disk_slot peer_slot(disk_bus bus, std::uint32_t index) noexcept {
  std::uint32_t const per = facts(bus).named;
  std::uint32_t const rest = index % per;
  return {bus, index / per, bus == disk_bus::scsi && rest >= scsi_own_unit ? rest + 1 : rest};
}

// ---- ours ---------------------------------------------------------------------------------------

[[nodiscard]] constexpr drive_address address_of(disk_slot const& s) noexcept {
  // Two channels of one IDE controller are two controllers in a VMX file.
  if (s.bus == disk_bus::ide) return {0, s.controller, 0, s.unit};
  return {s.controller, 0, 0, s.unit};
}
/// Nothing when VMware has no such slot.
[[nodiscard]] constexpr std::optional<disk_slot> slot_of(disk_bus bus,
                                                         drive_address const& a) noexcept {
  disk_slot out{bus, a.controller, a.unit};
  if (bus == disk_bus::ide) {
    if (a.controller != 0) return std::nullopt;
    out.controller = a.bus;
  } else if (a.bus != 0) {
    return std::nullopt;
  }
  if (a.target != 0 || !exists(out)) return std::nullopt;
  return out;
}

/// Gives out target names that differ: libvirt's where that is free. reserve() first, then ask for
/// the disks of the first bus first.
class target_names {
 public:
  /// A SCSI controller is there: the names of its first units are not for those of other ones.
  void reserve(std::uint32_t scsi_controller) noexcept {
    if (scsi_controller < reserved_.size()) reserved_.set(scsi_controller);
  }
  [[nodiscard]] short_name take(disk_slot const& s) noexcept {
    auto const& b = facts(s.bus);
    if (s.bus == disk_bus::nvme) {
      short_name out(b.target);
      out.append(s.controller);
      out.append('n');
      out.append(s.unit + 1);
      return out;
    }
    std::uint32_t index = peer_index(s);
    if (b.target != "sd") return target_name(b.target, index);
    // Wide SCSI and SATA each have a range of their own behind the names of narrow SCSI.
    constexpr std::uint32_t narrow = 4 * 15;
    constexpr std::uint32_t wide = narrow + 4 * 48;
    bool const foreign = s.bus == disk_bus::scsi && s.unit >= 16;
    if (taken_[index] || (foreign && (index >= narrow || reserved_[index / 15])))
      index = foreign ? narrow + s.controller * 48 + (s.unit - 16) : wide + index;
    taken_.set(index);
    return target_name(b.target, index);
  }

 private:
  std::bitset<512> taken_{};
  std::bitset<4> reserved_{};
};

}  // namespace esxvi::vmx::detail
