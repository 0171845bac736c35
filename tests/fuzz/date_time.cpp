// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A text that is a date is printed as one that is the same date, and printed alike for ever.
#include "fuzz/check.hpp"

#include <esxvi/types/core/date_time.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using esxvi::DateTime;
  auto const first = DateTime::parse({reinterpret_cast<char const*>(data), size});
  if (!first) return 0;
  auto const text = first->to_string();
  auto const second = DateTime::parse(text);
  ESXVI_MUST(second.has_value());
  ESXVI_MUST(*second == *first);
  ESXVI_MUST(second->offset() == first->offset());
  ESXVI_MUST(second->to_string() == text);
  DateTime const utc = first->time_point();
  ESXVI_MUST(DateTime::parse(utc.to_string()) == utc);
  return 0;
}
