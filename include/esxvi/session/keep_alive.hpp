// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/session.hpp>
#include <esxvi/transport/detail/pause.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <stop_token>

namespace esxvi {

/// Keeps a session from ending for idleness: asks something small whenever nobody has used the
/// session between two ticks, so at the latest after twice the interval. Servers end sessions after
/// 30 minutes by default.
///
/// It has no thread of its own. Call tick() from a timer, or give run() a thread:
///
/// ```cpp
/// std::jthread keeper([&](std::stop_token stop) { esxvi::KeepAlive(session).run(stop); });
/// ```
///
/// A session that ended all the same is opened again by the session itself. Not thread-safe; the
/// session may be used by others meanwhile, and has to outlive it.
class KeepAlive {
 public:
  using clock = std::chrono::steady_clock;

  explicit KeepAlive(Session& session, std::chrono::seconds interval = std::chrono::minutes(10),
                     clock::time_point now = clock::now())
      : session_(session),
        interval_(detail::bounded(interval)),
        seen_(session.requests()),
        due_(now + interval_) {}

  /// When tick() has something to do next, unless somebody uses the session.
  [[nodiscard]] clock::time_point due() const noexcept { return due_; }

  /// Sends a request if the session was idle for the interval that ends now; true when it did.
  /// Throws what call() throws: the next tick tries again.
  bool tick(clock::time_point now = clock::now(), CallOptions const& options = {}) {
    if (now < due_) return false;
    // Later ticks count from when this one was due, so that late ones do not add up.
    due_ = due_ + interval_ > now ? due_ + interval_ : now + interval_;
    bool const idle = session_.requests() == seen_;
    try {
      if (idle) session_.keep_alive(options);
    } catch (...) {
      seen_ = session_.requests();  // a request that failed keeps nothing alive
      throw;
    }
    seen_ = session_.requests();
    return idle;
  }

  /// tick() in time until somebody asks to stop. Errors go to `on_error`, and the next tick tries
  /// again.
  template <class F> void run(std::stop_token const& stop, F&& on_error) {
    while (!stop.stop_requested()) {
      detail::pause_until(due_, stop);
      try {
        if (!stop.stop_requested()) tick(clock::now(), {.stop = stop});
      } catch (...) {
        if (!stop.stop_requested()) on_error(std::current_exception());
      }
    }
  }
  void run(std::stop_token const& stop) {
    run(stop, [](std::exception_ptr const&) {});
  }

 private:
  Session& session_;
  std::chrono::seconds interval_;
  std::uint64_t seen_;
  clock::time_point due_;
};

}  // namespace esxvi
