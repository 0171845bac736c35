// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/transport/detail/pause.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace esxvi::detail {

/// Decides when a transfer has stalled. Knows nothing of sockets: it is told the time and the
/// bytes.
///
/// libcurl's own low-speed limit counts the wait for the first byte of a reply like any other time,
/// so a long poll would need it switched off for the whole transfer, and it knows whole seconds
/// only.
class StallWatch {
 public:
  using clock = std::chrono::steady_clock;
  struct limits {
    std::chrono::milliseconds time{0};  ///< so long fewer than rate * time bytes: stalled; 0: never
    std::uint64_t rate = 1;             ///< bytes a second; 0: never
    std::chrono::milliseconds patience{0};  ///< instead of `time` until the reply begins; 0: `time`
  };

  explicit StallWatch(limits given)
      : limits_{bounded(given.time), given.rate, bounded(given.patience)} {}

  /// Both directions so far, without what came before the connection was up.
  void update(clock::time_point now, std::uint64_t sent, std::uint64_t received) {
    auto const begins = !replied_ && received > 0;
    replied_ = replied_ || received > 0;
    auto const enough = !replied_ && limits_.patience.count() > 0 ? std::uint64_t{1} : quota();
    if (!mark_ || begins || sent + received >= bytes_ + enough) {
      mark_ = now;
      bytes_ = sent + received;
    }
  }

  /// Time that our own side spent, which is no fault of the server's.
  void forgive(clock::duration time) {
    if (mark_) *mark_ += time;
  }

  /// What is left before the transfer counts as stalled; nothing: no limit holds now.
  [[nodiscard]] std::optional<clock::duration> left(clock::time_point now) const {
    if (!mark_ || allowed().count() == 0) return std::nullopt;
    return *mark_ + allowed() - now;
  }

  /// The limit that holds now.
  [[nodiscard]] std::chrono::milliseconds allowed() const {
    if (!replied_ && limits_.patience.count() > 0) return limits_.patience;
    return limits_.rate == 0 ? std::chrono::milliseconds{0} : limits_.time;
  }

 private:
  [[nodiscard]] std::uint64_t quota() const {
    auto const time = static_cast<std::uint64_t>(std::max<std::int64_t>(limits_.time.count(), 0));
    return std::max<std::uint64_t>(limits_.rate * time / 1000, 1);
  }

  limits limits_;
  bool replied_ = false;
  std::optional<clock::time_point> mark_{};  ///< begin of the present window ...
  std::uint64_t bytes_ = 0;                  ///< ... and the bytes moved until then
};

}  // namespace esxvi::detail
