// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/vmx/detail/domain_slots.hpp>
#include <esxvi/vmx/detail/domain_words.hpp>
#include <esxvi/vmx/diagnostic.hpp>
#include <esxvi/vmx/domain_options.hpp>
#include <esxvi/vmx/machine.hpp>
#include <esxvi/xml/tree.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// @file
/// What reading domain XML needs everywhere: refusals and findings that say where they come from,
/// numbers, amounts, lists of CPUs.

namespace esxvi::vmx::detail {

/// The machine that a domain describes.
struct converted {
  Machine machine{};
  /// Devices whose order in a new file is not that of Machine.
  std::vector<std::string> order{};
};

/// A <disk>, so far as it decides about others.
struct disk_xml {
  xml::Element const* element;
  std::string_view device;    ///< disk, cdrom, lun or floppy
  bool block = false;         ///< a device of the host, not a file
  std::string_view source{};  ///< as in the XML; empty: none
  std::string_view target{};  ///< name: "sda"
  std::string_view group{};   ///< `bus=` as it is written, which decides about libvirt's order
  std::uint32_t index = 0;    ///< that the name stands for
  bool named = false;         ///< the name fits the bus, so index means something
  disk_slot slot{};
};

/// A conversion that is under way.
struct importing {
  explicit importing(FromXmlOptions const& given) noexcept
      : options(given), peer(given.peer_compatible) {}

  FromXmlOptions const& options;
  bool peer;
  converted out{};
  std::vector<disk_xml> disks{};  ///< with their slots, in the order in which they are written
  std::int64_t version = 0;  ///< of the hardware; while it is not given, the oldest that will do
  bool version_given = false;
};

/// An element, or one of its attributes.
struct spot {
  spot(xml::Element const& e) noexcept : element(&e) {}  // NOLINT(google-explicit-constructor)
  spot(xml::Element const& e, std::string_view a) noexcept : element(&e), attribute(a) {}
  xml::Element const* element;
  std::string_view attribute{};

  [[nodiscard]] std::string_view value() const noexcept {
    return attribute.empty() ? element->text() : element->attribute_or(attribute, {});
  }
};

/// "devices/disk/target@dev"
[[nodiscard]] inline std::string path_of(spot const& at) {
  std::vector<std::string_view> names;
  // The name of the root says nothing; deeper than this, the upper names do not either.
  for (auto const* e = at.element; e != nullptr && names.size() < 6; e = e->parent())
    if (e->parent() != nullptr || names.empty()) names.push_back(e->name());
  std::string out;
  for (std::size_t i = names.size(); i-- != 0;)
    out.append(out.empty() ? "" : "/").append(shown(names[i]));
  if (!at.attribute.empty()) out.append("@").append(at.attribute);
  return out;
}

/// "web.xml:12: devices/disk/target@dev = "sdx""
[[nodiscard]] inline std::string whereabouts(FromXmlOptions const& options, spot const& at) {
  std::string out(options.file.empty() ? "the domain XML" : options.file);
  if (at.element->line() != 0) out.append(":").append(std::to_string(at.element->line()));
  out.append(": ").append(path_of(at));
  if (auto const value = trim(at.value()); !value.empty())
    out.append(" = \"").append(shown(value)).append("\"");
  return out;
}

/// Refuses a conversion because of what stands at one spot.
[[noreturn]] inline void refuse(FromXmlOptions const& options, spot const& at, std::string problem,
                                std::string expected = {}) {
  if (!expected.empty()) expected.insert(0, "expected ");
  not_convertible e({"converting domain XML to VMX", whereabouts(options, at), std::move(problem),
                     std::move(expected)});
  e.set_line(at.element->line());
  throw e;
}
[[noreturn]] inline void refuse(importing const& in, spot const& at, std::string problem,
                                std::string expected = {}) {
  refuse(in.options, at, std::move(problem), std::move(expected));
}

/// Tells about something that a user would miss, or that was done on the user's behalf.
inline void report(importing const& in, severity level, spot const& at, std::string problem,
                   std::string expected = {}) {
  if (in.options.findings == nullptr) return;
  in.options.findings->push_back({level, at.element->line(), path_of(at), std::string(at.value()),
                                  std::move(problem), std::move(expected)});
}
/// What only libvirt's way refuses; otherwise it is a finding.
inline void refuse_as_peer(importing const& in, spot const& at, std::string problem,
                           std::string expected = {}) {
  if (in.peer) refuse(in, at, std::move(problem), std::move(expected));
  report(in, severity::warning, at, std::move(problem), std::move(expected));
}

/// "a, b or c"
template <class Words> [[nodiscard]] std::string one_of(Words const& words) {
  std::string out;
  std::size_t left = std::size(words);
  for (std::string_view const word : words) {
    if (!out.empty()) out += left == 1 ? " or " : ", ";
    out += word;
    --left;
  }
  return out;
}
[[nodiscard]] inline std::string one_of(std::initializer_list<std::string_view> words) {
  return one_of<std::initializer_list<std::string_view>>(words);
}

/// Something needs hardware that is newer than the machine's. VMware leaves such devices out or
/// does not start the machine; a file that has them nevertheless must be convertible.
inline void need_version(importing& in, spot const& at, std::int64_t version,
                         std::string_view what) {
  if (in.peer || in.version >= version) return;
  if (!in.version_given) {
    in.version = version;
    return;
  }
  report(in, severity::error, at,
         std::string(what) + " at hardware version " + std::to_string(in.version),
         "hardware version " + std::to_string(version) + " or newer");
}

/// The largest memory and the most processors of a machine, by hardware version.
struct machine_limit {
  std::int64_t version;
  std::int64_t processors;
  std::int64_t mebibytes;
};
inline constexpr std::array<machine_limit, 10> machine_limits{{
    {4, 4, 65532},
    {7, 8, 261120},
    {8, 32, 1035264},
    {9, 64, 1035264},
    {11, 128, 4177920},
    {13, 128, 6275072},
    {15, 256, 6275072},
    {18, 768, 25149440},
    {21, 768, 25149440},
    {22, 960, 25149440},
}};
inline void need_size(importing& in, spot const& at, std::int64_t machine_limit::* what,
                      std::int64_t amount) {
  for (auto const& limit : machine_limits) {
    if (amount > limit.*what) continue;
    if (limit.version > machine_limits.front().version)
      need_version(in, at, limit.version, "so much is not possible");
    return;
  }
  if (!in.peer)
    report(in, severity::error, at, "no machine of VMware is that large",
           "at most " + std::to_string(machine_limits.back().*what));
}

// ---- words --------------------------------------------------------------------------------------

/// An attribute that can only be one of some words. Which one; `otherwise` when it is not there.
[[nodiscard]] inline std::string_view word(importing const& in, xml::Element const& e,
                                           std::string_view attribute,
                                           std::initializer_list<std::string_view> words,
                                           std::string_view otherwise = {}) {
  auto const value = e.attribute(attribute);
  if (!value) return otherwise;
  for (std::string_view const w : words)
    if (*value == w) return w;
  refuse(in, {e, attribute}, "unknown value", one_of(words));
}
[[nodiscard]] inline bool says_yes(importing const& in, xml::Element const* e,
                                   std::string_view attribute, bool otherwise = false) {
  if (e == nullptr) return otherwise;
  auto const value = word(in, *e, attribute, {"yes", "no", "on", "off"});
  return value.empty() ? otherwise : value == "yes" || value == "on";
}

/// An attribute that has to be there, with something in it (libvirt rarely looks at that).
[[nodiscard]] inline std::string_view mandatory(importing const& in, xml::Element const& e,
                                                std::string_view attribute) {
  auto const value = e.attribute(attribute);
  if (!value || (value->empty() && !in.peer))
    refuse(in, {e, attribute}, value ? "the attribute is empty" : "the attribute is missing");
  return *value;
}

/// The same of a child: nothing when there is no such child or attribute.
[[nodiscard]] inline std::optional<std::string_view> of_child(xml::Element const& e,
                                                              std::string_view child,
                                                              std::string_view attribute) noexcept {
  xml::Element const* const c = e.child(child);
  return c == nullptr ? std::nullopt : c->attribute(attribute);
}

// ---- numbers ------------------------------------------------------------------------------------

/// As libvirt reads numbers: blanks and a plus sign may stand before them.
template <class N> [[nodiscard]] std::optional<N> plain_number(std::string_view s) noexcept {
  while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
  if (s.size() > 1 && s.front() == '+' && s[1] != '-') s.remove_prefix(1);
  return parse_number<N>(s);
}

template <class N>
[[nodiscard]] N number(importing const& in, spot const& at, std::optional<N> least = std::nullopt) {
  auto const text = at.value();
  auto const n = plain_number<N>(in.peer ? text : trim(text));
  if (!n || (least && *n < *least))
    refuse(in, at, text.empty() ? "the number is missing" : "not a number that can be used",
           std::is_unsigned_v<N> ? "an integer of " + std::to_string(least.value_or(0)) + " or more"
                                 : std::string("an integer"));
  return *n;
}
/// The number in an attribute, if it is there.
template <class N>
[[nodiscard]] std::optional<N> number_in(importing const& in, xml::Element const& e,
                                         std::string_view attribute) {
  if (!e.attribute(attribute)) return std::nullopt;
  return number<N>(in, {e, attribute});
}

/// Powers of 1024 ("KiB", "K") and of 1000 ("KB"), in either case.
[[nodiscard]] constexpr std::optional<std::uint64_t> bytes_in(std::string_view unit) noexcept {
  if (same_word(unit, "b") || same_word(unit, "byte") || same_word(unit, "bytes")) return 1;
  constexpr std::string_view powers = "kmgtpe";
  if (unit.empty()) return 1024;
  auto const power = powers.find(lower(unit.front()));
  if (power == std::string_view::npos) return std::nullopt;
  auto const rest = unit.substr(1);
  bool const decimal = same_word(rest, "b");
  if (!decimal && !rest.empty() && !same_word(rest, "ib")) return std::nullopt;
  std::uint64_t out = 1;
  for (std::size_t i = 0; i <= power; ++i) out *= decimal ? 1000U : 1024U;
  return out;
}

/// An amount of memory in KiB, rounded up; 0 when nothing is said.
[[nodiscard]] inline std::int64_t amount(importing const& in, xml::Element const& e) {
  if (e.text().empty()) return 0;
  auto const count = number<std::uint64_t>(in, e);
  auto const unit = bytes_in(e.attribute_or("unit", {}));
  if (!unit) refuse(in, {e, "unit"}, "unknown unit", "b, KiB, MiB, GiB, TiB or KB, MB, GB, TB");
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  if (count > most / *unit) refuse(in, e, "the amount is too large", "less than 8 EiB");
  std::uint64_t const bytes = count * *unit;
  return static_cast<std::int64_t>(bytes / 1024 + (bytes % 1024 != 0 ? 1 : 0));
}
[[nodiscard]] constexpr std::int64_t round_up(std::int64_t n, std::int64_t step) noexcept {
  return n / step * step + (n % step > 0 ? step : 0);
}
/// KiB in MiB, rounded up.
[[nodiscard]] constexpr Mebibytes mebibytes(std::int64_t kib) noexcept {
  return {round_up(kib, 1024) / 1024};
}

/// "0-3,^2,5": nothing when it is malformed or names no CPU. As for libvirt, the last comma may be
/// one too many.
[[nodiscard]] inline std::optional<CpuSet> cpu_list(std::string_view s) {
  std::vector<bool> named(value<CpuSet>::most);
  for (bool more = true; more;) {
    std::size_t const comma = s.find(',');
    std::string_view item = trim(s.substr(0, comma));
    s.remove_prefix(comma != std::string_view::npos ? comma + 1 : s.size());
    more = comma != std::string_view::npos && !trim(s).empty();
    bool const out = item.starts_with('^');
    if (out) item.remove_prefix(1);
    std::size_t const dash = out ? std::string_view::npos : item.find('-');
    auto const first = parse_number<std::uint32_t>(item.substr(0, dash));
    auto const last =
        dash == std::string_view::npos ? first : parse_number<std::uint32_t>(item.substr(dash + 1));
    if (!first || !last || *last < *first || *last >= named.size()) return std::nullopt;
    for (std::uint32_t cpu = *first; cpu <= *last; ++cpu) named[cpu] = !out;
  }
  CpuSet out;
  for (std::uint32_t cpu = 0; cpu < named.size(); ++cpu)
    if (named[cpu]) out.cpus.push_back(cpu);
  if (out.cpus.empty()) return std::nullopt;
  return out;
}

// ---- file names ---------------------------------------------------------------------------------

/// What the VMX file calls an image. What the caller's function says against it names the spot too.
[[nodiscard]] inline std::string file_name(importing const& in, spot const& at) {
  auto const source = at.value();
  if (!in.options.files.from_source) return std::string(source);
  try {
    return in.options.files.from_source(source);
  } catch (error const& e) {
    refuse(in, at, "the name of the file cannot be translated: " + e.problem());
  } catch (std::exception const& e) {
    refuse(in, at, std::string("the name of the file cannot be translated: ") + e.what());
  }
}

}  // namespace esxvi::vmx::detail
