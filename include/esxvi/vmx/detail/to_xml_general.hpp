// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/to_xml_context.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// @file
/// VMX -> domain XML: all but the devices.

namespace esxvi::vmx::detail {

inline void check_versions(making const& m) {
  if (!m.peer()) return;
  Hardware const& h = m.machine().hardware;
  auto const needed = [&](auto const& entry) {
    if (!m.checked({}, entry))
      m.refuse({}, entry.key, "the entry is missing, and nothing goes without it");
    return *entry;
  };
  if (needed(h.config_version) != 8)
    m.refuse({}, h.config_version.key, "not a version that can be read", "8");
  if (needed(h.version) < 4) m.refuse({}, h.version.key, "the version is too old", "4 or more");
}

/// libvirt's strings end at a NUL.
[[nodiscard]] inline std::string_view until_nul(making const& m, std::string_view text) noexcept {
  return m.peer() ? text.substr(0, text.find('\0')) : text;
}

/// "web" of "[ds] web/web.vmx" or "C:\\machines\\web.vmx".
[[nodiscard]] constexpr std::string_view stem(std::string_view file) noexcept {
  std::size_t const slash = file.find_last_of("/\\");
  if (slash != std::string_view::npos) file.remove_prefix(slash + 1);
  return file.substr(0, std::min(file.rfind('.'), file.size()));
}

inline void add_name(making const& m, xml::Element& domain) {
  auto const& name = m.checked({}, m.machine().identity.name);
  if (m.peer()) {
    if (name) domain.add("name", until_nul(m, *name));
    return;
  }
  if (name && !name->empty()) {
    domain.add("name", *name);
    return;
  }
  std::string_view implied = m.options.default_name;
  if (implied.empty()) implied = stem(m.options.file);
  if (implied.empty()) implied = "unnamed";
  domain.add("name", implied);
  m.report(severity::note, {}, name.key, "the machine has no name: one was made up");
}

inline void add_identity(making const& m, xml::Element& domain) {
  Identity const& id = m.machine().identity;
  Uuid const uuid = m.checked({}, id.uuid).value_or(Uuid{});
  add_name(m, domain);
  domain.add("uuid", uuid.to_string());
  auto const first = static_cast<std::uint64_t>(m.checked({}, id.generation_id).effective());
  auto const second = static_cast<std::uint64_t>(m.checked({}, id.generation_id_x).effective());
  if (first != 0 || second != 0) {
    Uuid genid;
    for (std::size_t i = 0; i < 8; ++i) {
      genid.bytes[i] = static_cast<std::uint8_t>(first >> (56 - 8 * i));
      genid.bytes[8 + i] = static_cast<std::uint8_t>(second >> (56 - 8 * i));
    }
    domain.add("genid", genid.to_string());
  }
  if (auto const& text = m.checked({}, id.annotation); text)
    domain.add("description", until_nul(m, *text));
}

// ---- memory -------------------------------------------------------------------------------------

inline constexpr std::int64_t most_mebibytes = std::int64_t{1} << 43U;  // 8 EiB

/// libvirt wraps round, and so does this.
[[nodiscard]] constexpr std::uint64_t kib(std::int64_t mib) noexcept {
  return static_cast<std::uint64_t>(mib) * 1024;
}

[[nodiscard]] inline std::int64_t memory_size(making const& m) {
  auto const& entry = m.checked({}, m.machine().memory.size);
  std::int64_t const size = entry.effective().count;
  if (m.peer()) {
    if (size <= 0 || size % 4 != 0)
      m.refuse({}, entry.key, "not a size of memory", "an unsigned multiple of 4 (MiB)");
    return size;
  }
  if (size > 0 && size < most_mebibytes) return size;
  m.report(severity::warning, {}, entry.key, "not a size of memory: the default is taken",
           "an unsigned multiple of 4 (MiB)");
  return std::decay_t<decltype(entry)>().effective().count;
}

inline void add_memory(making const& m, xml::Element& domain) {
  Memory const& memory = m.machine().memory;
  std::int64_t const size = memory_size(m);
  // 0 stands for "no limit" as well, and nothing is above what there is.
  std::int64_t limit = m.checked({}, memory.limit).value_or(Mebibytes{size}).count;
  if (limit <= 0 || limit > size) limit = size;
  auto const& as_libvirt_has_it = m.checked({}, memory.min_size);
  std::int64_t reserved = as_libvirt_has_it.value_or(Mebibytes{}).count;
  if (!m.peer() && memory.reservation) reserved = memory.reservation->count;
  reserved = std::clamp<std::int64_t>(reserved, 0, size);

  domain.add("memory", kib(size)).set("unit", "KiB");
  domain.add("currentMemory", kib(limit)).set("unit", "KiB");
  if (reserved != 0) domain.add("memtune").add("min_guarantee", kib(reserved)).set("unit", "KiB");
}

// ---- processors ---------------------------------------------------------------------------------

/// "0-3,5" of sorted numbers.
[[nodiscard]] inline std::string cpu_ranges(std::vector<std::uint32_t> const& cpus) {
  std::string out;
  for (std::size_t i = 0; i < cpus.size();) {
    std::size_t last = i;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!out.empty()) out += ',';
    append_number(out, cpus[i]);
    if (last != i) append_number(out += '-', cpus[last]);
    i = last + 1;
  }
  return out;
}

struct topology {
  std::int64_t sockets = 0;  ///< 0: nothing is said about it
  std::int64_t cores = 0;
};

[[nodiscard]] inline std::int64_t cpu_count(making const& m) {
  auto const& entry = m.checked({}, m.machine().cpu.count);
  std::int64_t const count = entry.effective();
  constexpr std::int64_t most = 65535;  // of the schema of domain XML
  if (m.peer()) {
    if (count <= 0) m.refuse({}, entry.key, "no number of processors", "a number above 0");
    return count;
  }
  if (count > 0 && count <= most) return count;
  m.report(severity::warning, {}, entry.key, "no number of processors: 1 is taken",
           "a number from 1 to 65535");
  return 1;
}

[[nodiscard]] inline topology cpu_topology(making const& m, std::int64_t count) {
  auto const& entry = m.checked({}, m.machine().cpu.cores_per_socket);
  std::int64_t const cores = entry.effective();
  if (cores <= 1) return {};
  std::int64_t const sockets = count / cores;
  if (m.peer()) {
    if (sockets == 0)
      m.refuse({}, entry.key, "more cores in a socket than the machine has",
               "at most the value of numvcpus");
    return {sockets, cores};
  }
  if (sockets * cores == count) return {sockets, cores};
  m.report(severity::warning, {}, entry.key,
           "numvcpus is no multiple of it: nothing is said about sockets");
  return {};
}

/// As `cpuset=` says it; empty for all.
[[nodiscard]] inline std::string cpu_affinity(making const& m, std::int64_t count) {
  auto const& entry = m.checked({}, m.machine().cpu.affinity);
  if (!entry) return {};
  if (m.peer()) {
    // Their reader takes the word only as it is.
    if (entry->cpus.empty() && !same_word(m.raw({}, entry.key).value_or(""), "all"))
      m.refuse({}, entry.key, "not a list of processors", value<CpuSet>::expected());
    if (!entry->cpus.empty() && static_cast<std::int64_t>(entry->cpus.size()) < count)
      m.refuse({}, entry.key,
               "the list names " + std::to_string(entry->cpus.size()) + " processors",
               "at least " + std::to_string(count) + ", the value of numvcpus");
  }
  std::vector<std::uint32_t> cpus = entry->cpus;
  std::ranges::sort(cpus);
  cpus.erase(std::ranges::unique(cpus).begin(), cpus.end());
  // libvirt writes such a list and does not read it.
  if (!m.peer() && !cpus.empty() && static_cast<std::int64_t>(cpus.size()) < count) {
    m.report(severity::note, {}, entry.key,
             "fewer processors than the machine has: left out of the XML");
    return {};
  }
  return cpu_ranges(cpus);
}

inline void add_shares(making const& m, xml::Element& domain, std::int64_t count) {
  auto const& entry = m.checked({}, m.machine().cpu.shares);
  if (!entry) return;
  constexpr std::array<std::uint64_t, 3> weights{500, 1000, 2000};
  auto number = entry->number;
  if (entry->kind != Shares::level::custom)
    number = weights[static_cast<std::size_t>(entry->kind)] * static_cast<std::uint32_t>(count);
  // What libvirt writes it does not always read.
  if (!m.peer() && (number < 2 || number > 262144)) {
    m.report(severity::note, {}, entry.key, "not a number that domain XML takes: left out of it",
             "2 to 262144");
    return;
  }
  domain.add("cputune").add("shares", number);
}

inline topology add_processors(making const& m, xml::Element& domain) {
  // libvirt cuts these numbers down to 32 bits when it uses them, not before.
  std::int64_t const count = cpu_count(m);
  topology const shape = cpu_topology(m, count);
  std::string const affinity = cpu_affinity(m, count);
  xml::Element& vcpu =
      domain.add("vcpu", static_cast<std::uint32_t>(count)).set("placement", "static");
  if (!affinity.empty()) vcpu.set("cpuset", affinity);
  add_shares(m, domain, count);
  return shape;
}

// ---- what is booted -----------------------------------------------------------------------------

inline void add_boot_order(making const& m, xml::Element& os) {
  auto const& order = m.machine().firmware.boot_order;
  if (!order) return;
  std::array<bool, boot_order_words.size()> done{};
  for (std::string_view word : order->words) {
    while (!word.empty() && word.back() >= '0' && word.back() <= '9') word.remove_suffix(1);
    auto const* row = std::ranges::find_if(boot_order_words,
                                           [&](auto const& b) { return same_word(b.vmx, word); });
    if (row == boot_order_words.end()) {
      m.report(severity::note, {}, order.key,
               "a word that domain XML has nothing for: left out of it");
      continue;
    }
    // Each kind of device once; the first row of a kind stands for it.
    auto const kind =
        static_cast<std::size_t>(std::ranges::find(boot_order_words, row->word, &boot_words::word) -
                                 boot_order_words.begin());
    if (!done[kind]) os.add("boot").set("dev", row->word);
    done[kind] = true;
  }
}

/// Returns the element: whether it is EFI is looked at last.
inline xml::Element& add_os(making const& m, xml::Element& domain) {
  Identity const& id = m.machine().identity;
  std::string_view const guest = id.guest_os ? std::string_view(*id.guest_os) : std::string_view{};
  xml::Element& os = domain.add("os");
  os.add("type", "hvm").set("arch", m.peer() ? peer_arch(guest) : find_guest(guest).arch);
  Firmware const& firmware = m.machine().firmware;
  if (!m.peer()) {
    if (firmware.type.effective() == FirmwareType::efi && firmware.secure_boot)
      os.add("firmware")
          .add("feature")
          .set("enabled", *firmware.secure_boot ? "yes" : "no")
          .set("name", "secure-boot");
    add_boot_order(m, os);
  }
  if (m.checked({}, id.reflect_host).effective()) os.add("smbios").set("mode", "host");
  return os;
}

inline void add_cpu(making const& m, xml::Element& domain, topology const& shape) {
  bool const nested = !m.peer() && m.machine().cpu.nested.effective();
  if (shape.sockets == 0 && !nested) return;
  xml::Element& cpu = domain.add("cpu");
  // A feature needs a model to be added to. VMware's guests see the processor of the host.
  if (nested) cpu.set("mode", "host-model");
  if (shape.sockets != 0)
    cpu.add("topology")
        .set("sockets", static_cast<std::uint32_t>(shape.sockets))
        .set("dies", "1")
        .set("cores", static_cast<std::uint32_t>(shape.cores))
        .set("threads", "1");
  if (nested) cpu.add("feature").set("policy", "require").set("name", "vmx");
}

inline void set_firmware(making const& m, xml::Element& os) {
  auto const& type = m.machine().firmware.type;
  if (m.peer()) {
    auto const said = m.raw({}, type.key);
    if (!said) return;
    if (*said != "efi") m.refuse({}, type.key, "an unknown value", "efi");
  }
  if (type.effective() == FirmwareType::efi) os.set("firmware", "efi");
}

/// Looked at after everything else.
inline void check_memory(making const& m) {
  auto const& entry = m.machine().memory.size;
  if (m.peer() && kib(entry.effective().count) == 0)
    m.refuse({}, entry.key, "no memory is left of it in KiB", "a smaller size");
}

inline void add_life_cycle(xml::Element& domain) {
  domain.add("clock").set("offset", "utc");
  domain.add("on_poweroff", "destroy");
  domain.add("on_reboot", "restart");
  domain.add("on_crash", "destroy");
}

}  // namespace esxvi::vmx::detail
