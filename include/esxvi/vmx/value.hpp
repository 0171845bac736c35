// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/hex.hpp>
#include <esxvi/reflect/enum.hpp>
#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/vmx/detail/ascii.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// @file
/// What the value of a VMX entry can be, and how each kind is read from text and written to it.

namespace esxvi::vmx {

/// An amount whose unit is part of its type. Negative amounts stand for "unlimited" where a limit
/// can be absent; VMware writes that word or -1.
template <reflect::fixed_string Unit> struct Quantity {
  std::int64_t count = 0;

  [[nodiscard]] static constexpr Quantity unlimited() noexcept { return {-1}; }
  [[nodiscard]] constexpr bool is_unlimited() const noexcept { return count < 0; }
  friend constexpr auto operator<=>(Quantity const&, Quantity const&) = default;
};
using Bytes = Quantity<"bytes">;
using Kibibytes = Quantity<"KiB">;
using Mebibytes = Quantity<"MiB">;
using Megahertz = Quantity<"MHz">;
using KibitsPerSecond = Quantity<"Kbit/s">;

/// Shares of a resource: one of three words, whose weight depends on the size of the machine, or a
/// number.
struct Shares {
  enum class level : std::uint8_t { low, normal, high, custom };
  level kind = level::normal;
  std::uint64_t number = 0;  ///< when kind is custom
  friend constexpr bool operator==(Shares const&, Shares const&) = default;
};

/// 16 bytes. VMX writes them as hex pairs with blanks and one dash, everybody else as 8-4-4-4-12.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  friend constexpr auto operator<=>(Uuid const&, Uuid const&) = default;

  [[nodiscard]] constexpr bool is_nil() const noexcept { return *this == Uuid{}; }
  /// 32 hex digits in either case; blanks and dashes may stand between the pairs, braces are not
  /// taken.
  [[nodiscard]] static std::optional<Uuid> parse(std::string_view text) noexcept;
  /// "564d0c5e-...": the form of RFC 9562 section 4, lower case.
  [[nodiscard]] std::string to_string() const;
  /// "56 4d 0c 5e 1b 2a 3c 4d-ff 00 ...": the form of VMX files.
  [[nodiscard]] std::string to_vmx() const;
};

/// An Ethernet address.
struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};
  friend constexpr auto operator<=>(MacAddress const&, MacAddress const&) = default;

  /// Six groups of one or two hex digits, separated by colons (or by dashes, unless `strict`).
  [[nodiscard]] static std::optional<MacAddress> parse(std::string_view text,
                                                       bool strict = false) noexcept;
  /// "00:50:56:9a:00:01"
  [[nodiscard]] std::string to_string() const;
  /// The first four bytes as a number, to compare with the ranges that VMware hands out.
  [[nodiscard]] constexpr std::uint32_t prefix() const noexcept {
    return static_cast<std::uint32_t>(bytes[0]) << 24U |
           static_cast<std::uint32_t>(bytes[1]) << 16U |
           static_cast<std::uint32_t>(bytes[2]) << 8U | bytes[3];
  }
};

/// Physical CPUs by number. Empty means all of them.
struct CpuSet {
  std::vector<std::uint32_t> cpus{};  ///< as listed: order and repetitions count
  friend bool operator==(CpuSet const&, CpuSet const&) = default;
};

/// A comma-separated list, such as the boot order "cdrom,ethernet0,hdd".
struct WordList {
  std::vector<std::string> words{};
  friend bool operator==(WordList const&, WordList const&) = default;
};

namespace detail {

/// How a value is taken or written: the tolerant way of this library and the spelling of VMware's
/// products, or exactly as libvirt does it.
enum class style : std::uint8_t { vmware, libvirt };

using escape::detail::hex_digit;
inline void append_hex(std::string& out, std::uint8_t byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += digits[byte >> 4U];
  out += digits[byte & 15U];
}
template <class N> [[nodiscard]] std::optional<N> parse_number(std::string_view s) noexcept {
  N n{};
  auto const [end, failed] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (failed != std::errc() || end != s.data() + s.size()) return std::nullopt;
  return n;
}
template <class N> void append_number(std::string& out, N n) {
  std::array<char, 24> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
  auto const r = std::to_chars(digits.data(), digits.data() + digits.size(), n);
  out.append(digits.data(), r.ptr);
}

/// @name What a value is for programs that only copy it.
enum class shape : std::uint8_t { text, number, boolean };

/// value<T>: `expected` says in words what is accepted, read() takes it, write() appends it.
template <class T> struct value;

template <> struct value<bool> {
  static constexpr auto form = shape::boolean;
  static std::string expected() { return "TRUE or FALSE"; }
  static std::optional<bool> read(std::string_view s, style how) noexcept {
    if (how == style::vmware) s = trim(s);
    if (same_word(s, "true")) return true;
    if (same_word(s, "false")) return false;
    if (how == style::libvirt) return std::nullopt;
    for (std::string_view yes : {"yes", "y", "on", "t", "1"})
      if (same_word(s, yes)) return true;
    for (std::string_view no : {"no", "n", "off", "f", "0"})
      if (same_word(s, no)) return false;
    return std::nullopt;
  }
  static void write(std::string& out, bool v, style how) {
    out += how == style::vmware ? (v ? "TRUE" : "FALSE") : (v ? "true" : "false");
  }
};

template <> struct value<std::int64_t> {
  static constexpr auto form = shape::number;
  static std::string expected() { return "an integer"; }
  static std::optional<std::int64_t> read(std::string_view s, style how) noexcept {
    if (same_word(trim(s), "unlimited")) return -1;
    if (how == style::vmware) s = trim(s);
    while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
    if (s.size() > 1 && s.front() == '+' && s[1] != '-') s.remove_prefix(1);
    return parse_number<std::int64_t>(s);
  }
  static void write(std::string& out, std::int64_t v, style /*how*/) { append_number(out, v); }
};

template <reflect::fixed_string Unit> struct value<Quantity<Unit>> {
  static constexpr auto form = shape::number;
  static std::string expected() {
    return "an integer (" + std::string(Unit.view()) + ") or unlimited";
  }
  static std::optional<Quantity<Unit>> read(std::string_view s, style how) noexcept {
    auto const n = value<std::int64_t>::read(s, how);
    if (!n) return std::nullopt;
    if (*n < 0 && how == style::vmware) return Quantity<Unit>::unlimited();
    return Quantity<Unit>{*n};
  }
  static void write(std::string& out, Quantity<Unit> v, style how) {
    if (v.is_unlimited() && how == style::vmware)
      out += "unlimited";
    else
      append_number(out, v.count);
  }
};

template <> struct value<std::chrono::milliseconds> {
  static constexpr auto form = shape::number;
  static std::string expected() { return "an integer (milliseconds)"; }
  static std::optional<std::chrono::milliseconds> read(std::string_view s, style how) noexcept {
    auto const n = value<std::int64_t>::read(s, how);
    if (!n) return std::nullopt;
    return std::chrono::milliseconds{*n};
  }
  static void write(std::string& out, std::chrono::milliseconds v, style /*how*/) {
    append_number(out, v.count());
  }
};

template <> struct value<std::string> {
  static constexpr auto form = shape::text;
  static std::string expected() { return "text"; }
  static std::optional<std::string> read(std::string_view s, style /*how*/) {
    return std::string(s);
  }
  static void write(std::string& out, std::string const& v, style /*how*/) { out += v; }
};

template <> struct value<Uuid> {
  static constexpr auto form = shape::text;
  static std::string expected() { return "a UUID of 32 hexadecimal digits"; }
  static std::optional<Uuid> read(std::string_view s, style /*how*/) noexcept {
    return Uuid::parse(s);
  }
  static void write(std::string& out, Uuid const& v, style /*how*/) { out += v.to_vmx(); }
};

template <> struct value<MacAddress> {
  static constexpr auto form = shape::text;
  static std::string expected() { return "a MAC address such as 00:50:56:01:02:03"; }
  static std::optional<MacAddress> read(std::string_view s, style how) noexcept {
    return MacAddress::parse(s, how == style::libvirt);
  }
  static void write(std::string& out, MacAddress const& v, style /*how*/) { out += v.to_string(); }
};

template <> struct value<Shares> {
  static constexpr auto form = shape::text;
  static constexpr std::array<std::string_view, 3> words{"low", "normal", "high"};
  static std::string expected() { return "low, normal, high or an unsigned integer"; }
  static std::optional<Shares> read(std::string_view s, style how) noexcept {
    if (how == style::vmware) s = trim(s);
    for (std::size_t i = 0; i < words.size(); ++i)
      if (same_word(s, words[i])) return Shares{static_cast<Shares::level>(i), 0};
    // libvirt reads with strtoull, which skips blanks and takes a sign.
    while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
    bool negative = false;
    if (how == style::libvirt && !s.empty() && (s.front() == '-' || s.front() == '+')) {
      negative = s.front() == '-';
      s.remove_prefix(1);
    }
    auto const n = parse_number<std::uint64_t>(s);
    if (!n) return std::nullopt;
    return Shares{Shares::level::custom, negative ? 0 - *n : *n};
  }
  static void write(std::string& out, Shares const& v, style /*how*/) {
    if (v.kind == Shares::level::custom)
      append_number(out, v.number);
    else
      out += words[static_cast<std::size_t>(v.kind)];
  }
};

template <> struct value<CpuSet> {
  static constexpr auto form = shape::text;
  static constexpr std::uint32_t most = 16384;  ///< CPU numbers are below this
  static std::string expected() { return "all, or a comma-separated list of CPU numbers"; }
  static std::optional<CpuSet> read(std::string_view s, style how) {
    CpuSet out;
    if (same_word(trim(s), "all") || (how == style::vmware && trim(s).empty())) return out;
    for (;;) {
      std::size_t const comma = s.find(',');
      std::string_view const item = trim(s.substr(0, comma));
      auto const dash = how == style::vmware ? item.find('-') : std::string_view::npos;
      auto const first = parse_number<std::uint32_t>(item.substr(0, dash));
      auto const last = dash == std::string_view::npos
                            ? first
                            : parse_number<std::uint32_t>(item.substr(dash + 1));
      if (!first || !last || *last >= most || *first > *last) return std::nullopt;
      for (std::uint32_t cpu = *first; cpu <= *last; ++cpu) out.cpus.push_back(cpu);
      if (out.cpus.size() > std::size_t{most} * 4) return std::nullopt;
      if (comma == std::string_view::npos) return out;
      s.remove_prefix(comma + 1);
    }
  }
  static void write(std::string& out, CpuSet const& v, style /*how*/) {
    if (v.cpus.empty()) out += "all";
    for (std::size_t i = 0; i < v.cpus.size(); ++i) {
      if (i != 0) out += ',';
      append_number(out, v.cpus[i]);
    }
  }
};

template <> struct value<WordList> {
  static constexpr auto form = shape::text;
  static std::string expected() { return "a comma-separated list"; }
  static std::optional<WordList> read(std::string_view s, style /*how*/) {
    WordList out;
    while (!s.empty()) {
      std::size_t const comma = s.find(',');
      out.words.emplace_back(trim(s.substr(0, comma)));
      s.remove_prefix(comma == std::string_view::npos ? s.size() : comma + 1);
    }
    return out;
  }
  static void write(std::string& out, WordList const& v, style /*how*/) {
    for (std::size_t i = 0; i < v.words.size(); ++i) (i == 0 ? out : out += ',') += v.words[i];
  }
};

/// Enumerators are spelt in C++: an underscore stands for a hyphen, one at the end for nothing.
[[nodiscard]] constexpr bool is_literal(std::string_view cxx, std::string_view text) noexcept {
  cxx = reflect::wire_name(cxx);
  return cxx.size() == text.size() &&
         std::equal(cxx.begin(), cxx.end(), text.begin(),
                    [](char x, char y) { return lower(x == '_' ? '-' : x) == lower(y); });
}
template <reflect::DescribedEnum E> struct value<E> {
  static constexpr auto form = shape::text;
  static std::string expected() {
    std::string out;
    for (auto const& l : reflect::literals_of<E>) {
      if (!out.empty()) out += l.name == reflect::literals_of<E>.back().name ? " or " : ", ";
      append_literal(out, l.name);
    }
    return out;
  }
  static std::optional<E> read(std::string_view s, style how) noexcept {
    if (how == style::vmware) s = trim(s);
    for (auto const& l : reflect::literals_of<E>)
      if (is_literal(l.name, s)) return static_cast<E>(l.value);
    return std::nullopt;
  }
  static void write(std::string& out, E v, style /*how*/) {
    append_literal(out, reflect::literal_name(reflect::literals_of<E>, static_cast<int>(v)));
  }
  static void append_literal(std::string& out, std::string_view name) {
    for (char const c : name) out += c == '_' ? '-' : c;
  }
};

}  // namespace detail

/// The text of a value, as VMware writes it into a file (before escaping).
template <class T> [[nodiscard]] std::string to_text(T const& v) {
  std::string out;
  detail::value<T>::write(out, v, detail::style::vmware);
  return out;
}

inline std::optional<Uuid> Uuid::parse(std::string_view text) noexcept {
  text = detail::trim(text);
  Uuid out;
  std::size_t at = 0;
  for (auto& byte : out.bytes) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '-')) ++at;
    if (at + 2 > text.size()) return std::nullopt;
    int const high = detail::hex_digit(text[at]);
    int const low = detail::hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    byte = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  if (at != text.size()) return std::nullopt;
  return out;
}
inline std::string Uuid::to_string() const {
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    detail::append_hex(out, bytes[i]);
  }
  return out;
}
inline std::string Uuid::to_vmx() const {
  std::string out;
  out.reserve(47);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) out += i == 8 ? '-' : ' ';
    detail::append_hex(out, bytes[i]);
  }
  return out;
}

inline std::optional<MacAddress> MacAddress::parse(std::string_view text, bool strict) noexcept {
  if (!strict) text = detail::trim(text);
  MacAddress out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < out.bytes.size(); ++i) {
    if (i != 0) {
      if (at >= text.size() || (text[at] != ':' && (strict || text[at] != '-')))
        return std::nullopt;
      ++at;
    }
    int number = -1;
    for (int n = 0; n < 2 && at < text.size(); ++n, ++at) {
      int const digit = detail::hex_digit(text[at]);
      if (digit < 0) break;
      number = (number < 0 ? 0 : number * 16) + digit;
    }
    if (number < 0) return std::nullopt;
    out.bytes[i] = static_cast<std::uint8_t>(number);
  }
  // libvirt stops reading at a blank or control character.
  if (at < text.size() && !(strict && static_cast<unsigned char>(text[at]) <= ' '))
    return std::nullopt;
  return out;
}
inline std::string MacAddress::to_string() const {
  std::string out;
  out.reserve(17);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) out += ':';
    detail::append_hex(out, bytes[i]);
  }
  return out;
}

}  // namespace esxvi::vmx
