// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/percent.hpp>
#include <esxvi/vmx/value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace esxvi::vmx::detail {

/// Where a serial port is connected to: "tcp+ssl://[fe80::1]:7000".
struct serial_uri {
  std::string_view scheme{};  ///< may be empty
  std::string host{};         ///< %HH resolved; an IPv6 address without brackets
  std::uint32_t port = 0;     ///< 0: not given
};

/// `[` and `]` are looked at where they may stand.
[[nodiscard]] constexpr bool is_uri_text(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char const c = text[i];
    bool const plain =
        (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
        std::string_view("-._~!$&'()*+,;=:@/?[]#%").find(c) != std::string_view::npos;
    if (!plain) return false;
    if (c == '%' &&
        (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0))
      return false;
  }
  return true;
}
[[nodiscard]] constexpr bool is_uri_scheme(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char const c = lower(text[i]);
    bool const rest = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!(c >= 'a' && c <= 'z') && (i == 0 || !rest)) return false;
  }
  return !text.empty();
}

/// Nothing when the text is no URI by RFC 3986 that names a host.
[[nodiscard]] inline std::optional<serial_uri> parse_serial_uri(std::string_view text) {
  constexpr auto npos = std::string_view::npos;
  if (!is_uri_text(text)) return std::nullopt;
  if (std::size_t const hash = text.find('#'); hash != npos) {
    if (text.find('#', hash + 1) != npos) return std::nullopt;
    text = text.substr(0, hash);
  }
  serial_uri out;
  std::size_t const start = text.find("//");
  if (start == npos) return std::nullopt;
  if (start != 0) {
    out.scheme = text.substr(0, start - 1);
    if (text[start - 1] != ':' || !is_uri_scheme(out.scheme)) return std::nullopt;
  }
  text.remove_prefix(start + 2);
  std::size_t const end = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, end);
  if (text.find_first_of("[]", end) != npos) return std::nullopt;
  if (auto const at = authority.find('@'); at != npos) {
    if (authority.substr(0, at).find_first_of("[]") != npos) return std::nullopt;
    authority.remove_prefix(at + 1);
  }

  std::size_t host = std::min(authority.find(':'), authority.size());
  bool const literal = authority.starts_with('[');
  if (literal) {
    host = authority.find(']');
    if (host == npos) return std::nullopt;
    ++host;
  }
  std::string_view name = authority.substr(0, host);
  authority.remove_prefix(host);
  if (authority.find_first_of("[]@") != npos || (!literal && name.find_first_of("[]@") != npos))
    return std::nullopt;
  if (literal && name.find(':') != npos) name = name.substr(1, name.size() - 2);
  out.host = escape::percent::decode_lenient(name);
  out.host.resize(std::min(out.host.find('\0'), out.host.size()));
  if (authority.empty()) return out;
  auto const port = parse_number<std::int32_t>(authority.substr(1));
  if (authority.front() != ':' || !port || *port < 0) return std::nullopt;
  out.port = static_cast<std::uint32_t>(*port);
  return out;
}

}  // namespace esxvi::vmx::detail
