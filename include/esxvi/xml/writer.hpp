// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace esxvi::xml {

namespace detail {
enum class escape : std::uint8_t { none, amp, lt, gt, quote, tab, line_feed, return_, forbidden };

inline constexpr auto escapes = [] {
  std::array<escape, 256> t{};
  for (std::size_t c = 0; c < 0x20; ++c) t[c] = escape::forbidden;
  t['\t'] = escape::tab;
  t['\n'] = escape::line_feed;
  t['\r'] = escape::return_;
  t['&'] = escape::amp;
  t['<'] = escape::lt;
  t['>'] = escape::gt;
  t['"'] = escape::quote;
  return t;
}();

inline constexpr std::array<std::string_view, 8> replacement{"",       "&amp;", "&lt;",  "&gt;",
                                                             "&quot;", "&#9;",  "&#10;", "&#13;"};
}  // namespace detail

/// Where an escaped string will stand: attributes also lose line ends and quotes.
enum class position { text, attribute };

/// Appends `value` as XML text. Throws invalid_argument when it holds a control character that XML
/// cannot carry in any spelling.
inline void append_escaped(std::string& out, std::string_view value,
                           position where = position::text) {
  using detail::escape;
  std::size_t done = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    escape const e = detail::escapes[static_cast<unsigned char>(value[i])];
    if (e == escape::none) [[likely]]
      continue;
    if (where == position::text &&
        (e == escape::quote || e == escape::tab || e == escape::line_feed))
      continue;
    if (e == escape::forbidden)
      throw invalid_argument({"writing XML",
                              {},
                              "a string holds the control character " +
                                  std::to_string(static_cast<int>(value[i])) + " at position " +
                                  std::to_string(i) + ", which XML cannot carry",
                              "remove it"});
    out.append(value, done, i - done).append(detail::replacement[static_cast<std::size_t>(e)]);
    done = i + 1;
  }
  out.append(value, done);
}

}  // namespace esxvi::xml
