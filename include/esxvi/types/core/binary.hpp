// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi {

/// xsd:base64Binary.
struct Binary {
  std::vector<std::uint8_t> bytes{};

  [[nodiscard]] friend bool operator==(Binary const&, Binary const&) = default;

  /// False when `text` is not base64; blanks and line ends between the digits are allowed.
  [[nodiscard]] bool assign_base64(std::string_view text) {
    bytes.clear();
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    int digits = 0;
    int padding = 0;
    for (char const c : text) {
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
      int const value = digit(c);
      if (c == '=' && digits >= 2 && digits + padding < 4) {
        ++padding;
        continue;
      }
      if (value < 0 || padding > 0) return false;
      group = group << 6 | static_cast<std::uint32_t>(value);
      if (++digits == 4) {
        for (int shift = 16; shift >= 0; shift -= 8)
          bytes.push_back(static_cast<std::uint8_t>(group >> shift));
        group = 0;
        digits = 0;
      }
    }
    if (digits == 1 || (padding > 0 && digits + padding != 4)) return false;
    if (digits >= 2) bytes.push_back(static_cast<std::uint8_t>(group >> (digits == 2 ? 4 : 10)));
    if (digits == 3) bytes.push_back(static_cast<std::uint8_t>(group >> 2));
    return true;
  }

  void append_base64(std::string& out) const {
    out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      std::size_t const rest = bytes.size() - i;
      std::uint32_t const group = static_cast<std::uint32_t>(bytes[i]) << 16 |
                                  (rest > 1 ? static_cast<std::uint32_t>(bytes[i + 1]) << 8 : 0U) |
                                  (rest > 2 ? static_cast<std::uint32_t>(bytes[i + 2]) : 0U);
      out += alphabet[group >> 18];
      out += alphabet[group >> 12 & 63];
      out += rest > 1 ? alphabet[group >> 6 & 63] : '=';
      out += rest > 2 ? alphabet[group & 63] : '=';
    }
  }

 private:
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  static int digit(char c) {
    static constexpr auto table = [] {
      std::array<std::int8_t, 256> t{};
      t.fill(-1);
      for (std::size_t i = 0; i < alphabet.size(); ++i)
        t[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
      return t;
    }();
    return table[static_cast<unsigned char>(c)];
  }
};

template <> struct reflect::descriptor<Binary> {
  static constexpr std::string_view name = "xsd:base64Binary";
  static constexpr type_info info{.what = kind::binary, .name = name};
};

}  // namespace esxvi
