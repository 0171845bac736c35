// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace esxvi::vmx {

enum class severity : std::uint8_t {
  note,     ///< worth knowing; nothing is lost
  warning,  ///< read, but perhaps not as the file's author meant it
  error,    ///< could not be read or carried over
};

/// One finding: where it stands, what stands there, what is wrong with it, what was expected.
struct diagnostic {
  severity level = severity::note;
  std::size_t line = 0;  ///< counted from 1; 0: no line of the file
  std::string key{};     ///< as spelt; may be empty
  std::string value{};   ///< as far as it is known; empty for secrets
  std::string problem{};
  std::string expected{};  ///< may be empty

  friend bool operator==(diagnostic const&, diagnostic const&) = default;
};

/// Keys whose values let their reader in.
[[nodiscard]] inline bool is_secret(std::string_view key) noexcept {
  constexpr std::array<std::string_view, 8> marks{"password",        "vnc.key",     "keysafe",
                                                  "encryption.data", "datafilekey", "bundle",
                                                  "sharedsecret",    "token"};
  return std::ranges::any_of(marks, [&](std::string_view mark) {
    return std::search(key.begin(), key.end(), mark.begin(), mark.end(),
                       [](char a, char b) { return detail::lower(a) == b; }) != key.end();
  });
}

namespace detail {
/// Text of a file as part of a message: on one line, at most `most` bytes of it, no bytes that a
/// terminal would obey.
inline std::string shown(std::string_view text, std::size_t most = 80) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  bool const cut = text.size() > most;
  if (cut) {
    std::size_t end = most;
    // not through the middle of a character of UTF-8
    while (end != 0 && most - end < 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80)
      --end;
    text = text.substr(0, end);
  }
  std::string out;
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F)
      out += c;
    else
      out.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
  }
  if (cut) out += "...";
  return out;
}
}  // namespace detail

/// "web.vmx:12: memsize = "abc": not a number (expected an integer)". Without a name of the file
/// "line 12: memsize ...". Long values are shortened, control characters shown as \xHH.
[[nodiscard]] inline std::string to_string(diagnostic const& found, std::string_view file = {}) {
  std::string out(file);
  if (found.line != 0) {
    out.append(file.empty() ? "line " : ":").append(std::to_string(found.line));
  }
  if (!out.empty()) out += ": ";
  if (!found.key.empty()) {
    out += detail::shown(found.key);
    if (!found.value.empty()) out.append(" = \"").append(detail::shown(found.value)).append("\"");
    out += ": ";
  } else if (!found.value.empty()) {
    out.append("\"").append(detail::shown(found.value)).append("\": ");
  }
  out += found.problem;
  if (!found.expected.empty()) out.append(" (expected ").append(found.expected).append(")");
  return out;
}

}  // namespace esxvi::vmx
