// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// Lets one of many callers log in while the others wait for the outcome. Thread-safe.
///
/// A refused login is not tried again for a while, for servers lock accounts after a few: one
/// second first, doubling to one minute.
class LoginGate {
 public:
  using clock = std::chrono::steady_clock;

  enum class entry {
    passed,  ///< somebody has logged in since: go on
    leader,  ///< log in, then call leave()
    wait,    ///< somebody is logging in
  };

  /// Counts the logins after the first: what belongs to the session on the server is gone when it
  /// changes.
  [[nodiscard]] std::uint64_t generation() const {
    std::lock_guard const lock(mutex_);
    return generation_;
  }

  /// `seen`: the generation with which the server refused. With entry::wait, `when_open` is called
  /// later, by the thread that leaves: ask again then. Throws what the last attempt threw while it
  /// is too early for another.
  [[nodiscard]] entry enter(std::uint64_t seen, std::function<void()> when_open) {
    std::lock_guard const lock(mutex_);
    auto const found = look(seen);
    if (found == entry::wait) waiting_.push_back(std::move(when_open));
    return found;
  }

  /// The same, waiting here: `passed` or `leader`. Throws cancelled, timeout, or the error with
  /// which the one ended that was waited for.
  [[nodiscard]] entry enter(std::uint64_t seen, std::stop_token const& stop,
                            clock::time_point until) {
    std::unique_lock lock(mutex_);
    auto const attempt = attempts_;
    auto found = look(seen);
    if (found != entry::wait) return found;
    bool const over = changed_.wait_until(lock, stop, until, [&] { return attempts_ != attempt; });
    if (!over) still_closed(stop);
    if (generation_ == seen && failure_) std::rethrow_exception(failure_);
    return look(seen);
  }

  /// Throws what a wait for somebody else's login ends with when that takes too long.
  [[noreturn]] static void still_closed(std::stop_token const& stop) {
    error::context about{"Login", {}, "somebody else is logging in, and has not finished", {}};
    if (stop.stop_requested()) throw cancelled(std::move(about));
    throw timeout(std::move(about));
  }

  /// The leader found that the session lives, and did not log in.
  void leave_as_it_was() {
    open([this] { failure_ = nullptr; });
  }

  /// What the leader found: null when it is logged in. When it gave up for a reason of its own
  /// (`cancelled`; a time-out where it was `in_haste`) the next one tries.
  void leave(std::exception_ptr failure, bool in_haste = false) {
    open([&] {
      if (failure) {
        auto const code = code_of(failure);
        bool const refused = code == errc::wrong_credentials;
        if (code == errc::cancelled || (in_haste && code == errc::timeout)) failure = nullptr;
        pause_ = refused ? std::clamp(pause_ * 2, shortest, longest) : clock::duration::zero();
        not_before_ = clock::now() + pause_;
      } else {
        ++generation_;
        pause_ = {};
      }
      failure_ = std::move(failure);
    });
  }

  /// The error of the last attempt; null when that succeeded.
  [[nodiscard]] std::exception_ptr failure() const {
    std::lock_guard const lock(mutex_);
    return failure_;
  }

 private:
  template <class F> void open(F&& note) {
    std::vector<std::function<void()>> waiting;
    {
      std::lock_guard const lock(mutex_);
      busy_ = false;
      ++attempts_;
      note();
      waiting.swap(waiting_);
    }
    changed_.notify_all();
    for (auto const& resume : waiting) resume();
  }

  static constexpr clock::duration shortest = std::chrono::seconds(1);
  static constexpr clock::duration longest = std::chrono::minutes(1);

  static std::optional<errc> code_of(std::exception_ptr const& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (error const& e) {
      return e.code();
    } catch (...) {
      return std::nullopt;
    }
  }

  entry look(std::uint64_t seen) {
    if (generation_ != seen) return entry::passed;
    if (busy_) return entry::wait;
    if (failure_ && clock::now() < not_before_) std::rethrow_exception(failure_);
    busy_ = true;
    return entry::leader;
  }

  mutable std::mutex mutex_{};
  std::condition_variable_any changed_{};
  std::uint64_t generation_ = 0;
  std::uint64_t attempts_ = 0;
  bool busy_ = false;
  std::exception_ptr failure_{};
  clock::duration pause_{};
  clock::time_point not_before_{};
  std::vector<std::function<void()>> waiting_{};
};

}  // namespace esxvi::detail
