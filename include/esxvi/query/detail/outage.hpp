// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/detail/pause.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stop_token>

namespace esxvi::detail {

/// Whether an error is of the way to the server, so that asking once more may help.
inline bool passes(error const& e) noexcept {
  switch (e.code()) {
    case errc::connection_refused:
    case errc::host_not_found:
    case errc::connection_lost:
    case errc::timeout:
    case errc::transport_failed:
    case errc::server_failed:
    case errc::unavailable:
    case errc::empty_reply:
    case errc::truncated_reply:
      return true;
    default:
      return false;
  }
}

/// Waits between attempts, for a limited time altogether.
class Outage {
 public:
  using clock = std::chrono::steady_clock;

  explicit Outage(std::chrono::milliseconds longest) : longest_(bounded(longest)) {}

  void over() noexcept {
    began_.reset();
    pause_ = first_pause;
  }
  /// False when it lasts too long; else waits a little, not beyond `until`.
  [[nodiscard]] bool wait(std::stop_token const& stop = {},
                          clock::time_point until = clock::time_point::max()) {
    auto const now = clock::now();
    if (!began_) began_ = now;
    if (now - *began_ >= longest_) return false;
    auto const end = std::min({now + pause_, *began_ + longest_, until});
    pause_until(end, stop);
    pause_ = std::min(pause_ * 2, last_pause);
    return true;
  }

 private:
  static constexpr std::chrono::milliseconds first_pause{50};
  static constexpr std::chrono::milliseconds last_pause{5'000};

  std::chrono::milliseconds longest_;
  std::chrono::milliseconds pause_ = first_pause;
  std::optional<clock::time_point> began_{};
};

}  // namespace esxvi::detail
