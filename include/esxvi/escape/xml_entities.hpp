// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/hex.hpp>
#include <esxvi/escape/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace esxvi::escape {

/// Text that stands for itself anywhere in XML 1.0, in content and in attributes: the five
/// predefined entities, and references for TAB, LF and CR, which a parser may change (XML 1.0 2.11
/// and 3.3.3). Refuses, both ways, what is no Char of XML 1.0 2.2 and what is not UTF-8.
///
/// decode() knows the five entities and numeric references and refuses `<` and any other `&`.
struct xml_entities : codec<xml_entities> {
  static constexpr std::string_view name = "XML";
  static constexpr byte_set encode_set = byte_set("&<>\"'") | byte_set::range(0, 0x1F) | non_ascii;
  static constexpr byte_set decode_set = byte_set("&<") | byte_set::range(0, 0x1F) | non_ascii;

  template <class Sink>
  static constexpr std::optional<fault> encode_each(std::string_view text, Sink& sink) {
    return each<encode_set>(text, sink, [&](std::size_t& at) -> std::optional<fault> {
      auto const index = entity_of[static_cast<unsigned char>(text[at])];
      if (index != entities.size()) {
        sink.append(entities[index].text);
        ++at;
        return {};
      }
      return copy_character<mode::strict>(text, at, sink);
    });
  }

  template <mode Mode, class Sink>
  static constexpr std::optional<fault> decode_each(std::string_view text, Sink& sink) {
    return each<decode_set>(text, sink, [&](std::size_t& at) -> std::optional<fault> {
      if (text[at] == '&' || text[at] == '<') {
        if (auto const found = reference_at(text, at); found.size != 0) {
          detail::put_utf8(found.value, sink);
          at += found.size;
          return {};
        }
        if constexpr (Mode == mode::strict)
          return fault{at, 1, "one of the five entities or a reference to a character of XML 1.0"};
        sink.put(text[at++]);
        return {};
      }
      return copy_character<Mode>(text, at, sink);
    });
  }

 private:
  struct entity {
    char character;
    std::string_view text;
  };
  // &#34; and the like would do as well; the last three have no name.
  static constexpr std::array<entity, 8> entities{{{'&', "&amp;"},
                                                   {'<', "&lt;"},
                                                   {'>', "&gt;"},
                                                   {'"', "&quot;"},
                                                   {'\'', "&apos;"},
                                                   {'\t', "&#9;"},
                                                   {'\n', "&#10;"},
                                                   {'\r', "&#13;"}}};

  static constexpr auto entity_of = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(entities.size());
    for (std::size_t i = 0; i < entities.size(); ++i)
      table[static_cast<unsigned char>(entities[i].character)] = static_cast<std::uint8_t>(i);
    return table;
  }();

  /// Char of XML 1.0 2.2.
  static constexpr bool is_char(char32_t c) noexcept {
    return c == 0x09 || c == 0x0A || c == 0x0D || (c >= 0x20 && c <= 0xD7FF) ||
           (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
  }

  /// Copies what is in no Set and leaves the rest to `treat`, which moves on.
  template <byte_set Set, class Sink, class Treat>
  static constexpr std::optional<fault> each(std::string_view text, Sink& sink, Treat treat) {
    for (std::size_t at = 0;;) {
      std::size_t const next = find_first<Set>(text, at);
      sink.append(text.substr(at, next - at));
      if (next == text.size()) return {};
      at = next;
      if (auto const why = treat(at)) return why;
    }
  }

  template <mode Mode, class Sink>
  static constexpr std::optional<fault> copy_character(std::string_view text, std::size_t& at,
                                                       Sink& sink) {
    auto const here = code_point_at(text, at);
    if constexpr (Mode == mode::strict) {
      if (here.size == 0) return fault{at, 1, "valid UTF-8"};
      if (!is_char(here.value)) return fault{at, here.size, "a character that XML 1.0 can carry"};
    }
    std::size_t const size = std::max<std::size_t>(here.size, 1);
    sink.append(text.substr(at, size));
    at += size;
    return {};
  }

  /// The reference at `at`; size 0 when there is none, or to something that is no Char.
  static constexpr code_point reference_at(std::string_view text, std::size_t at) noexcept {
    auto const rest = text.substr(at);
    for (auto const& entry : entities)
      if (rest.starts_with(entry.text))
        return {static_cast<unsigned char>(entry.character), entry.text.size()};
    if (!rest.starts_with("&#")) return {};
    bool const hexadecimal = rest.size() > 2 && rest[2] == 'x';
    char32_t const base = hexadecimal ? 16 : 10;
    std::size_t const first = hexadecimal ? 3 : 2;
    char32_t value = 0;
    for (std::size_t i = first; i < rest.size(); ++i) {
      if (rest[i] == ';' && i > first && is_char(value)) return {value, i + 1};
      int const digit = detail::hex_digit(static_cast<unsigned char>(rest[i]));
      if (digit < 0 || static_cast<char32_t>(digit) >= base) return {};
      value = value * base + static_cast<char32_t>(digit);
      if (value > 0x10FFFF) return {};
    }
    return {};
  }
};

}  // namespace esxvi::escape
