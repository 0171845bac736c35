// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/bytes.hpp>
#include <esxvi/escape/codec.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace esxvi::escape {

/// A character of a UTF-8 text.
struct code_point {
  char32_t value = 0;
  std::size_t size = 0;  ///< bytes it takes; 0 where the text is not valid UTF-8
};

/// The character at byte offset `at` < text.size(). What Unicode (The Unicode Standard, table 3-7)
/// calls ill-formed is refused: overlong forms, surrogates, anything above U+10FFFF.
[[nodiscard]] constexpr code_point code_point_at(std::string_view text, std::size_t at) noexcept {
  auto const byte = [&](std::size_t i) -> char32_t {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  char32_t const lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  std::size_t size = 0;
  char32_t least = 0;
  char32_t value = 0;
  if (lead >> 5U == 0x06) {
    size = 2, least = 0x80, value = lead & 0x1FU;
  } else if (lead >> 4U == 0x0E) {
    size = 3, least = 0x800, value = lead & 0x0FU;
  } else if (lead >> 3U == 0x1E) {
    size = 4, least = 0x10000, value = lead & 0x07U;
  } else {
    return {};
  }
  for (std::size_t i = 1; i < size; ++i) {
    if (byte(i) >> 6U != 0x02) return {};
    value = value << 6U | (byte(i) & 0x3FU);
  }
  if (value < least || value > 0x10FFFF || value >> 11U == 0x1B) return {};
  return {value, size};
}

/// Byte offset of the first thing in `text` that is not UTF-8; nothing when all of it is.
[[nodiscard]] constexpr std::optional<std::size_t> find_invalid_utf8(
    std::string_view text) noexcept {
  for (std::size_t at = find_first<non_ascii>(text); at < text.size();
       at = find_first<non_ascii>(text, at)) {
    auto const here = code_point_at(text, at);
    if (here.size == 0) return at;
    at += here.size;
  }
  return {};
}

namespace detail {
/// `value` must be a code point that UTF-8 can carry.
template <class Sink> constexpr void put_utf8(char32_t value, Sink& sink) {
  auto const put = [&](char32_t byte) { sink.put(static_cast<char>(byte)); };
  if (value < 0x80) {
    put(value);
    return;
  }
  if (value < 0x800) {
    put(0xC0U | value >> 6U);
  } else {
    if (value < 0x10000) {
      put(0xE0U | value >> 12U);
    } else {
      put(0xF0U | value >> 18U);
      put(0x80U | (value >> 12U & 0x3FU));
    }
    put(0x80U | (value >> 6U & 0x3FU));
  }
  put(0x80U | (value & 0x3FU));
}
}  // namespace detail

}  // namespace esxvi::escape
