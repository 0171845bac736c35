// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/transport/detail/pause.hpp>

#include <algorithm>
#include <chrono>

namespace esxvi::detail {

/// More than anybody waits, and little enough to be added to any time.
inline constexpr std::chrono::hours longest_wait{24 * 365};

/// A time that somebody wants to wait for, as one that can be calculated with.
template <class Rep, class Period>
[[nodiscard]] constexpr std::chrono::duration<Rep, Period> bounded(
    std::chrono::duration<Rep, Period> time) {
  using duration = std::chrono::duration<Rep, Period>;
  return std::clamp(time, duration::zero(), std::chrono::duration_cast<duration>(longest_wait));
}

}  // namespace esxvi::detail
