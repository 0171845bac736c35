// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/xml/detail/arena.hpp>
#include <esxvi/xml/writer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace esxvi::xml {

/// What becomes of a character that XML cannot carry: the control characters other than tab, line
/// feed and carriage return, and U+FFFE and U+FFFF.
enum class forbidden_policy {
  replace,  ///< by U+FFFD
  drop,     ///< as libvirt does
  refuse    ///< throws invalid_argument
};

/// What becomes of bytes that are no UTF-8.
enum class utf8_policy {
  replace,  ///< each by U+FFFD
  pass,     ///< bytes from 0x80 on are not looked at, as in libvirt; the text may be no XML
  refuse    ///< throws invalid_argument
};

struct print_options {
  forbidden_policy forbidden = forbidden_policy::replace;
  utf8_policy invalid_utf8 = utf8_policy::replace;
  /// Tab, line feed and carriage return stand for themselves, as libvirt writes them. A reader
  /// makes blanks of them in attributes, and line feeds of carriage returns in text.
  bool raw_whitespace = false;
};

namespace detail {

/// Whether a text can be copied as it is into an attribute: ASCII, without controls and without the
/// five characters that have names.
class Plain {
 public:
  static bool holds(char const* text, std::size_t n) noexcept {
    if (n >= 8) {
      std::uint64_t bad = 0;
      std::size_t i = 0;
      for (; i + 8 < n; i += 8) bad |= suspicious(load<std::uint64_t>(text + i));
      bad |= suspicious(load<std::uint64_t>(text + n - 8));
      return bad == 0;
    }
    if (n >= 4) {
      std::uint64_t const word =
          std::uint64_t{load<std::uint32_t>(text)} << 32 | load<std::uint32_t>(text + n - 4);
      return suspicious(word) == 0;
    }
    if (n == 0) return true;
    // Three bytes that may be one, among blanks.
    std::uint64_t const word =
        ones * 0x20 ^ 0x202020U ^ byte(text[0]) ^ byte(text[n / 2]) << 8 ^ byte(text[n - 1]) << 16;
    return suspicious(word) == 0;
  }

 private:
  static constexpr std::uint64_t ones = 0x0101010101010101U;

  template <class T> static T load(char const* at) noexcept {
    T word;
    std::memcpy(&word, at, sizeof word);
    return word;
  }
  static std::uint64_t byte(char c) noexcept { return static_cast<unsigned char>(c); }

  // High bits that are set where a byte is zero; exact up to and including the first one.
  static std::uint64_t zero(std::uint64_t word) noexcept { return (word - ones) & ~word; }
  // Not 0 when any of 8 bytes is below 0x20, from 0x80 on or one of " & ' < >. The ampersand and
  // the apostrophe differ in one bit only, as the angle brackets do.
  static std::uint64_t suspicious(std::uint64_t word) noexcept {
    std::uint64_t const found = ((word - ones * 0x20) & ~word) | word | zero(word ^ ones * '"') |
                                zero((word | ones) ^ ones * '\'') |
                                zero((word | ones * 2) ^ ones * '>');
    return found & (ones * 0x80);
  }
};

/// The number of bytes of the UTF-8 character at the start of `text`, 0 when there is none.
inline std::size_t utf8_size(std::string_view text) noexcept {
  auto const at = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  auto const follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  unsigned const first = at(0);
  unsigned const second = at(1);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first < 0xC2 || first > 0xF4 || !follows(1)) return 0;
  if (first < 0xE0) return 2;
  if (!follows(2)) return 0;
  if (first < 0xF0) {
    bool const overlong = first == 0xE0 && second < 0xA0;
    bool const surrogate = first == 0xED && second >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  bool const in_range = (first != 0xF0 || second >= 0x90) && (first != 0xF4 || second < 0x90);
  return in_range && follows(3) ? 4 : 0;
}

/// Appends to a string through a pointer. The string is cut to what it was unless finish() is
/// called.
class Output {
 public:
  Output(std::string& out, std::size_t expected, print_options options)
      : out_(out), options_(options), begin_(out.size()) {
    out_.resize(begin_ + expected);
    at_ = out_.data() + begin_;
    end_ = out_.data() + out_.size();
  }
  Output(Output const&) = delete;
  Output& operator=(Output const&) = delete;
  ~Output() { out_.resize(begin_); }

  void finish() { begin_ = used(); }

  /// Room for the next put() and blanks().
  void need(std::size_t n) {
    if (static_cast<std::size_t>(end_ - at_) < n) [[unlikely]]
      grow(n);
  }
  void put(char c) noexcept { *at_++ = c; }
  void put(std::string_view text) noexcept {
    copy_bytes(at_, text.data(), text.size());
    at_ += text.size();
  }
  template <std::size_t N> void put(char const (&text)[N]) noexcept {
    std::memcpy(at_, text, N - 1);
    at_ += N - 1;
  }
  void blanks(std::size_t n) noexcept {
    std::memset(at_, ' ', n);
    at_ += n;
  }

  /// Needs no need(), and leaves room for `more` bytes.
  void escaped(std::string_view text, position where, std::size_t more) {
    if (Plain::holds(text.data(), text.size())) [[likely]] {
      need(text.size() + more);
      put(text);
    } else {
      for (std::size_t i = 0; i < text.size();) i += escape_some(text, i, where);
      need(more);
    }
  }

 private:
  static constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

  [[nodiscard]] std::size_t used() const noexcept {
    return static_cast<std::size_t>(at_ - out_.data());
  }
  void grow(std::size_t n) {
    std::size_t const size = used();
    out_.resize(std::max(out_.size() + out_.size() / 2, size + n + 64));
    at_ = out_.data() + size;
    end_ = out_.data() + out_.size();
  }

  // Appends the run of plain characters that stands at text[i], or the one character there. Returns
  // how many bytes that were.
  std::size_t escape_some(std::string_view text, std::size_t i, position where) {
    std::size_t end = i;
    while (end < text.size() && stands_for_itself(text[end], where)) ++end;
    if (end != i) {
      need(end - i);
      put(text.substr(i, end - i));
      return end - i;
    }
    need(8);
    auto const c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) return above_ascii(text, i);
    switch (c) {
      case '&':
        put("&amp;");
        break;
      case '<':
        put("&lt;");
        break;
      case '>':
        put("&gt;");
        break;
      case '"':
        put("&quot;");
        break;
      case '\'':
        put("&apos;");
        break;
      case '\t':
        put("&#9;");
        break;
      case '\n':
        put("&#10;");
        break;
      case '\r':
        put("&#13;");
        break;
      default:
        forbidden(i, "a control character");
    }
    return 1;
  }

  [[nodiscard]] bool stands_for_itself(char ch, position where) const noexcept {
    auto const c = static_cast<unsigned char>(ch);
    if (c >= 0x80) return options_.invalid_utf8 == utf8_policy::pass;
    if (c == '\'') return false;
    if (c == '\t' || c == '\n') return options_.raw_whitespace || where == position::text;
    if (c == '\r') return options_.raw_whitespace;
    return escapes[c] == escape::none;
  }

  std::size_t above_ascii(std::string_view text, std::size_t i) {
    std::size_t const size = utf8_size(text.substr(i));
    if (size == 0) {
      if (options_.invalid_utf8 == utf8_policy::refuse)
        refuse(i, "bytes that are no UTF-8", "convert it");
      put(replacement_character);
      return 1;
    }
    std::string_view const character = text.substr(i, size);
    if (character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF")
      forbidden(i, "U+FFFE or U+FFFF");
    else
      put(character);
    return size;
  }

  void forbidden(std::size_t i, char const* what) {
    if (options_.forbidden == forbidden_policy::refuse)
      refuse(i, std::string(what) + ", which XML cannot carry,", "remove it");
    if (options_.forbidden == forbidden_policy::replace) put(replacement_character);
  }
  [[noreturn]] static void refuse(std::size_t i, std::string const& what, char const* advice) {
    throw invalid_argument({"writing XML",
                            {},
                            "a string holds " + what + " at position " + std::to_string(i),
                            advice});
  }

  std::string& out_;
  print_options options_;
  std::size_t begin_;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace detail
}  // namespace esxvi::xml
