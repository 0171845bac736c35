// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/utf8.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace esxvi::escape {

/// The character set of Windows in Western Europe (Unicode Consortium, Public/MAPPINGS/VENDORS/
/// MICSFT/WINDOWS/CP1252.TXT), in which VMX files without UTF-8 usually are. encode() takes UTF-8
/// and makes windows-1252 of it, decode() takes windows-1252 and makes UTF-8.
///
/// The five bytes 81, 8D, 8F, 90 and 9D mean nothing: decode() refuses them, decode_lenient() makes
/// U+0081, U+008D, U+008F, U+0090 and U+009D of them, as browsers do (WHATWG Encoding Standard).
/// encode() does not bring those back.
struct windows1252 : codec<windows1252> {
  static constexpr std::string_view name = "windows-1252";
  static constexpr byte_set encode_set = non_ascii;
  static constexpr byte_set decode_set = non_ascii;
  static constexpr bool grows = true;  // decoding makes up to three bytes of one

  template <class Sink>
  static constexpr std::optional<fault> encode_each(std::string_view text, Sink& sink) {
    for (std::size_t at = 0; at < text.size();) {
      std::size_t const next = find_first<non_ascii>(text, at);
      sink.append(text.substr(at, next - at));
      if (next == text.size()) break;
      auto const here = code_point_at(text, next);
      if (here.size == 0) return fault{next, 1, "valid UTF-8"};
      char const byte = byte_of(here.value);
      if (byte == '\0') return fault{next, here.size, "a character that windows-1252 has"};
      sink.put(byte);
      at = next + here.size;
    }
    return {};
  }

  template <mode Mode, class Sink>
  static constexpr std::optional<fault> decode_each(std::string_view text, Sink& sink) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      std::size_t const next = find_first<non_ascii>(text, at);
      sink.append(text.substr(at, next - at));
      if (next == text.size()) break;
      auto const byte = static_cast<unsigned char>(text[next]);
      char32_t value = byte < 0xA0 ? differing[byte - 0x80U] : byte;
      if (value == 0) {
        if constexpr (Mode == mode::strict)
          return fault{next, 1, "a byte that windows-1252 defines"};
        value = byte;
      }
      detail::put_utf8(value, sink);
      at = next;
    }
    return {};
  }

 private:
  /// What 0x80 to 0x9F mean; 0: nothing. All other bytes are the code point of the same number.
  static constexpr std::array<char16_t, 32> differing{
      0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
      0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
      0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

  /// 0 when windows-1252 lacks the character, which is not ASCII.
  static constexpr char byte_of(char32_t value) noexcept {
    if (value >= 0xA0 && value <= 0xFF) return static_cast<char>(value);
    for (std::size_t i = 0; i < differing.size(); ++i)
      if (value == differing[i]) return static_cast<char>(0x80U + i);
    return '\0';
  }
};

}  // namespace esxvi::escape
