// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

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

/// Sleeps until `end`, or until somebody asks to stop.
inline void pause_until(std::chrono::steady_clock::time_point end, std::stop_token const& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_until(lock, stop, end, [] { return false; });
}

}  // namespace esxvi::detail
