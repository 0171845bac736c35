// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What VMware's own reader makes of a line: blanks, name, blanks, `=`, blanks, a value in quotes or
// without or nothing at all, blanks, perhaps a comment. Everything else is no entry and stays where
// it is. More tolerant in three ways, which machine-made files call for: a CR without LF ends a
// line; 'single quotes' are quotes; and a value whose closing quote is missing reaches to the end
// of its line. A CR ends the line inside quotes as well (VMware writes one as |0D): were it part of
// a value, a missing quote could be found lines later, and an edit there would change this line.
#pragma once

#include <esxvi/vmx/detail/line.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace esxvi::vmx::detail {

enum byte_kind : std::uint8_t { other = 0, ends_name = 1, ends_value = 2, blank = 4 };

inline constexpr auto byte_kinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  // A name never reaches past the NUL behind a std::string, so its end needs no other check.
  for (char const c : {'\0', '='}) kinds[static_cast<unsigned char>(c)] = ends_name;
  for (char const c : {'#', '\r', '\n'})
    kinds[static_cast<unsigned char>(c)] = ends_name | ends_value;
  for (char const c : {' ', '\t'})
    kinds[static_cast<unsigned char>(c)] = ends_name | ends_value | blank;
  return kinds;
}();

inline bool is(char c, std::uint8_t kind) noexcept {
  return (byte_kinds[static_cast<unsigned char>(c)] & kind) != 0;
}
inline char const* skip_blanks(char const* at, char const* stop) noexcept {
  while (at != stop && is(*at, blank)) ++at;
  return at;
}
inline char const* find_byte(char const* at, char const* stop, char c) noexcept {
  auto const* const found = std::memchr(at, c, static_cast<std::size_t>(stop - at));
  return found ? static_cast<char const*>(found) : stop;
}

/// Calls `emit(Line const&)` for each entry of `text` from offset `from` on. One pass: no byte is
/// looked at more often than a fixed number of times, whatever the text.
template <class Emit> scanned read_vendor(std::string const& text, std::size_t from, Emit&& emit) {
  scanned out;
  char const* const base = text.data();
  char const* const end = base + text.size();
  char const* at = base + from;
  char const* before = at;
  char const* feed = at;  // the next line feed, or the end
  char const* stop = at;  // the CR or LF that ends this line, or the end
  bool const returns = find_byte(at, end, '\r') != end;
  std::uint32_t number = 0;
  auto const between = [&](char const* a, char const* b) {
    return piece::between(static_cast<std::size_t>(a - base), static_cast<std::size_t>(b - base));
  };

  // Reads an entry that begins at `at`; moves `at` to where its comment or end of line must be.
  auto const entry = [&](Line& line) {
    at = skip_blanks(at, stop);
    char const* const key = at;
    while (!is(*at, ends_name)) ++at;
    if (at == key) return false;
    line.key = between(key, at);
    at = skip_blanks(at, stop);
    if (at == stop || *at != '=') return false;
    ++at;
    char const* const behind = at;
    at = skip_blanks(at, stop);
    auto const closed = [&] { return at == stop || *at == '#'; };
    if (at != stop && (*at == '"' || *at == '\'')) {
      char const* const open = at;
      char const* const close = find_byte(open + 1, stop, *open);
      bool const twice = *open == '"';
      if (close != stop) {
        at = skip_blanks(close + 1, stop);
        line.value = between(open + 1, close);
        line.quotes = twice ? quoting::twice : quoting::once;
        if (closed()) return true;
        if (twice) return false;
      } else if (twice) {
        at = stop;
        line.value = between(open + 1, at);
        line.quotes = quoting::open;
        return true;
      }
      at = open;
    }
    char const* const value = at;
    while (at != stop && !is(*at, ends_value)) ++at;
    // No value stands right behind the `=`: there a new one belongs.
    line.value = at == value ? between(behind, behind) : between(value, at);
    line.quotes = quoting::none;
    at = skip_blanks(at, stop);
    return closed();
  };

  while (at != end) {
    char const* const begin = at;
    ++number;
    // Each byte is searched once for LF, and for CR only where there are any.
    if (feed <= at) feed = find_byte(at, end, '\n');
    stop = returns ? find_byte(at, feed, '\r') : feed;
    Line line;
    bool const found = entry(line);
    at = stop;
    if (at != feed && at + 1 == feed && feed != end) {
      ++out.ends.cr_lf;
      at += 2;
    } else if (at != feed) {
      ++out.ends.cr;
      ++at;
    } else if (at != end) {
      ++out.ends.lf;
      ++at;
    }
    if (!found) continue;
    line.before = between(before, begin);
    line.whole = between(begin, at);
    line.number = number;
    before = at;
    emit(line);
  }
  out.tail = static_cast<std::size_t>(before - base);
  return out;
}

}  // namespace esxvi::vmx::detail
