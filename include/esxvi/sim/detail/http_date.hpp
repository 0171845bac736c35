// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <string>

namespace esxvi::sim::detail {

// Not strftime: the names must not follow the locale of the program.
inline constexpr std::array month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

inline std::tm utc_parts(std::chrono::system_clock::time_point when) {
  auto const seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
inline std::string http_date(std::chrono::system_clock::time_point when) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  auto const parts = utc_parts(when);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                month_names[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

/// "06-Nov-1994 08:49"
inline std::string listing_date(std::chrono::system_clock::time_point when) {
  auto const parts = utc_parts(when);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%02d-%s-%04d %02d:%02d", parts.tm_mday,
                month_names[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                parts.tm_hour, parts.tm_min);
  return text.data();
}

}  // namespace esxvi::sim::detail
