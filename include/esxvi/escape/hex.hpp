// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/codec.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace esxvi::escape {

/// An escape of one character and two hexadecimal digits, as data.
struct hex_rule {
  char introducer = '%';
  byte_set escaped{};           ///< bytes that are written as an escape
  byte_set refused{};           ///< bytes that cannot be written at all
  bool upper_case = false;      ///< digits that encode writes; decode takes both cases
  bool nul_may_escape = false;  ///< whether decode takes introducer 0 0
};

namespace detail {

inline constexpr int end_of_text = -1;
inline constexpr int malformed = -2;

constexpr int hex_digit(int c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Readers hand out one byte after the other and can be copied to look ahead. A reader on top of a
// reader is a decoder on top of a decoder: nothing is stored in between.
class text_reader {
 public:
  constexpr explicit text_reader(std::string_view text) noexcept : text_(text) {}
  constexpr int next() noexcept {
    return at_ < text_.size() ? static_cast<unsigned char>(text_[at_++]) : end_of_text;
  }
  [[nodiscard]] constexpr std::size_t position() const noexcept { return at_; }
  [[nodiscard]] constexpr fault why() const noexcept { return {}; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

template <class Inner, hex_rule Rule, mode Mode> class hex_reader {
 public:
  constexpr explicit hex_reader(std::string_view text) noexcept : in_(text) {}

  constexpr int next() noexcept {
    std::size_t const start = in_.position();
    int const c = in_.next();
    if (c != static_cast<unsigned char>(Rule.introducer)) return c;
    Inner ahead = in_;
    int read = ahead.next();
    int const high = hex_digit(read);
    int low = -1;
    if (high >= 0) low = hex_digit(read = ahead.next());
    if (low >= 0 && (Rule.nul_may_escape || (high | low) != 0)) {
      in_ = ahead;
      return high << 4 | low;
    }
    if constexpr (Mode == mode::lenient) return c;
    if (read == malformed) {
      in_ = ahead;
    } else {
      own_ = true;
      why_ = {start, ahead.position() - start,
              Rule.nul_may_escape ? "two hexadecimal digits after the escape character"
                                  : "two hexadecimal digits other than 00 after the escape "
                                    "character"};
    }
    return malformed;
  }
  [[nodiscard]] constexpr std::size_t position() const noexcept { return in_.position(); }
  [[nodiscard]] constexpr fault why() const noexcept { return own_ ? why_ : in_.why(); }

 private:
  Inner in_;
  bool own_ = false;
  fault why_{};
};

/// Hands everything that a reader finds to `sink`.
template <class Reader, class Sink>
constexpr std::optional<fault> drain(std::string_view text, Sink& sink) {
  Reader reader(text);
  int c = reader.next();
  for (; c >= 0; c = reader.next()) sink.put(static_cast<char>(c));
  if (c == malformed) return reader.why();
  return {};
}

template <hex_rule Rule> struct hex_escaped {
  static constexpr std::string_view digits =
      Rule.upper_case ? "0123456789ABCDEF" : "0123456789abcdef";
  static constexpr std::array<char, 3> of(char c) noexcept {
    auto const value = static_cast<unsigned char>(c);
    return {Rule.introducer, digits[value >> 4U], digits[value & 15U]};
  }
};

}  // namespace detail

/// A codec of rules whose sets of bytes are disjoint and free of each other's introducers and
/// digits: encoding applies all at once, decoding undoes the last one first.
template <class Self, hex_rule First, hex_rule... More> struct hex_codec : codec<Self> {
  static constexpr byte_set refused = (First.refused | ... | More.refused);
  static constexpr byte_set encode_set = refused | (First.escaped | ... | More.escaped);
  static constexpr byte_set decode_set =
      (byte_set::only(First.introducer) | ... | byte_set::only(More.introducer));

  [[nodiscard]] static constexpr bool needs_encoding(std::string_view text) noexcept {
    return find_first<encode_set>(text) != text.size();
  }
  [[nodiscard]] static constexpr std::optional<fault> encode_fault(std::string_view text) noexcept {
    if constexpr (refused != byte_set{}) {
      std::size_t const at = find_first<refused>(text);
      if (at != text.size()) return fault{at, 1, "a character other than NUL"};
    }
    return {};
  }
  [[nodiscard]] static constexpr std::size_t encoded_size(std::string_view text) noexcept {
    return text.size() + 2 * count<encode_set>(text);
  }

  template <class Sink>
  static constexpr std::optional<fault> encode_each(std::string_view text, Sink& sink) {
    if (auto const why = encode_fault(text)) return why;
    for (std::size_t done = 0;;) {
      std::size_t const next = find_first<encode_set>(text, done);
      sink.append(text.substr(done, next - done));
      if (next == text.size()) return {};
      auto const& entry = entries[static_cast<unsigned char>(text[next])];
      sink.append({entry.text.data(), entry.size});
      done = next + 1;
    }
  }

  /// The encoded text into exactly encoded_size() bytes: faster than encode_each() where escapes
  /// are frequent, because it has no branch that depends on a single byte.
  static constexpr void fill(std::string_view text, char* out) noexcept {
    std::size_t at = 0;
    if (!std::is_constant_evaluated()) {
      // Each byte stores four, so the last three of the text are left to the other loop.
      while (text.size() - at >= 8 + 3) {
        auto const bytes = detail::load(text.data() + at);
        if (detail::matches<encode_set>(bytes) == 0) {
          std::memcpy(out, &bytes, 8);
          out += 8;
        } else {
          for (std::size_t i = 0; i < 8; ++i) {
            auto const& entry = entries[static_cast<unsigned char>(text[at + i])];
            std::memcpy(out, entry.text.data(), 4);
            out += entry.size;
          }
        }
        at += 8;
      }
    }
    for (; at < text.size(); ++at) {
      auto const& entry = entries[static_cast<unsigned char>(text[at])];
      for (std::size_t i = 0; i < entry.size; ++i) *out++ = entry.text[i];
    }
  }

  template <mode Mode, class Sink>
  static constexpr std::optional<fault> decode_each(std::string_view text, Sink& sink) {
    return detail::drain<typename reader<Mode, First, More...>::type>(text, sink);
  }

  /// The decoded text into a buffer of text.size() bytes; `out` becomes its end.
  template <mode Mode>
    requires(sizeof...(More) == 0)
  static constexpr std::optional<fault> unfill(std::string_view text, char*& out) noexcept {
    std::size_t at = 0;
    while (at < text.size()) {
      if (!std::is_constant_evaluated() && text.size() - at >= 8) {
        // What is stored too much is overwritten; the buffer has room, the output never gets ahead.
        auto const bytes = detail::load(text.data() + at);
        auto const found = detail::matches<decode_set>(bytes);
        std::memcpy(out, &bytes, 8);
        std::size_t const plain = found != 0 ? detail::first_match(found) : 8;
        out += plain;
        at += plain;
        if (found == 0) continue;
      }
      if (text[at] != First.introducer) {
        *out++ = text[at++];
        continue;
      }
      typename reader<Mode, First>::type escape(text.substr(at, 3));
      int const c = escape.next();
      if (c < 0) {
        fault why = escape.why();
        why.position = at;
        return why;
      }
      *out++ = static_cast<char>(c);
      at += escape.position();
    }
    return {};
  }

 private:
  friend Self;
  hex_codec() = default;

  struct encoded_byte {
    std::array<char, 4> text{};
    std::size_t size = 1;
  };
  static constexpr auto entries = [] {
    std::array<encoded_byte, 256> table{};
    for (std::size_t i = 0; i < 256; ++i) table[i].text[0] = static_cast<char>(i);
    auto const apply = [&]<hex_rule Rule>() {
      for (std::size_t i = 0; i < 256; ++i) {
        if (!Rule.escaped.contains(static_cast<char>(i))) continue;
        auto const escaped = detail::hex_escaped<Rule>::of(static_cast<char>(i));
        table[i] = {{escaped[0], escaped[1], escaped[2]}, 3};
      }
    };
    apply.template operator()<First>();
    (apply.template operator()<More>(), ...);
    return table;
  }();

  template <mode Mode, hex_rule Rule, hex_rule... Rest> struct reader {
    using type = detail::hex_reader<typename reader<Mode, Rest...>::type, Rule, Mode>;
  };
  template <mode Mode, hex_rule Rule> struct reader<Mode, Rule> {
    using type = detail::hex_reader<detail::text_reader, Rule, Mode>;
  };
};

}  // namespace esxvi::escape
