// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace esxvi::detail {

/// Sleeps until `end`, or until somebody asks to stop.
inline void pause_until(std::chrono::steady_clock::time_point end, std::stop_token const& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_until(lock, stop, end, [] { return false; });
}

}  // namespace esxvi::detail
