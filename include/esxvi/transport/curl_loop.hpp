// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/async.hpp>
#include <esxvi/transport/curl.hpp>
#include <esxvi/transport/curl_options.hpp>
#include <esxvi/transport/detail/async_wait.hpp>
#include <esxvi/transport/detail/curl_loop_core.hpp>
#include <esxvi/transport/transport.hpp>

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

namespace esxvi {

/// An event loop for many exchanges, timers and coroutines on one thread, around one libcurl multi
/// handle. It starts no threads (libcurl does, for name look-ups, unless it was built with c-ares).
///
/// ```cpp
/// esxvi::CurlLoop loop;
/// for (auto const& host : hosts) loop.spawn(inventory(loop, host));  // Async<void> inventory(...)
/// loop.run();
/// ```
///
/// **Threads**: one thread at a time; post(), after() and stop() from any. Everything that the loop
/// calls is called from within run(), run_one() or poll(), one after the other.
///
/// **Exceptions** that leave such a function, or a spawned coroutine, leave run(), run_one() or
/// poll(): one each time, the oldest first. Call it again for the next one and for the rest of the
/// work. run() of a job lets none of them end the job: they wait for one of the others.
///
/// **The end**: the destructor destroys the spawned coroutines, then ends all exchanges with
/// `cancelled`; exceptions that nobody has taken are gone. Transports may outlive the loop, but
/// then only send.
///
/// **Connections** are the loop's and stay open for later requests of the same transport.
///
/// **In another event loop** (Asio, GLib, Qt; on Linux): wait until fd() is readable or timeout()
/// is over, then call poll().
class CurlLoop {
 public:
  CurlLoop() : core_((detail::init_curl(), std::make_shared<detail::curl_loop_core>())) {}
  CurlLoop(CurlLoop const&) = delete;
  CurlLoop& operator=(CurlLoop const&) = delete;
  ~CurlLoop() {
    // What a coroutine holds may spawn another one when it is destroyed.
    while (!roots_.empty()) static_cast<void>(std::exchange(roots_, {}));
    core_->close();
  }

  /// @name From any thread
  /// @{
  void post(std::function<void()> act) { after(std::chrono::milliseconds{0}, std::move(act)); }
  /// Calls `act` after `delay`, or as soon as a stop is requested.
  void after(std::chrono::milliseconds delay, std::function<void()> act,
             std::stop_token stop = {}) {
    core_->later(delay, std::move(stop), std::move(act));
  }
  /// Makes run() and run_one() return after the turn that they are in; when none of them is
  /// running, or just then returns anyhow, the next one returns at once. poll() does not care.
  void stop() { core_->stop(); }
  /// @}

  /// Until no exchange, timer, function or spawned coroutine is left, or stop() was called.
  void run() {
    while (!core_->take_stop() && has_work()) step(true);
  }
  /// Runs until `job` has ended and gives its result, or throws its exception. What else the loop
  /// has to do goes on meanwhile; exceptions of that are kept for run(), run_one() or poll().
  /// Throws cancelled after stop().
  template <class T> T run(Async<T> job) {
    detail::async_access::begin(job);
    while (!detail::async_access::done(job)) {
      if (core_->take_stop()) throw cancelled{{"CurlLoop::run", {}, "the loop was stopped", {}}};
      turn(true);
    }
    return detail::async_access::take(job);
  }
  /// Waits until something is to be called, and calls that. False: nothing is left, or stop() was
  /// called.
  bool run_one() {
    while (!core_->take_stop() && has_work())
      if (step(true) > 0) return true;
    return false;
  }
  /// Does what can be done without waiting. How many functions were called.
  std::size_t poll() { return step(false); }

  /// Has the loop run a coroutine to its end, beginning with the next turn.
  void spawn(Async<void> job) {
    auto const at = roots_.emplace(roots_.end());
    *at = root(std::move(job), at);
    post([at] { detail::async_access::begin(*at); });
  }

  /// `co_await loop.sleep(100ms)`: true; false when a stop was requested.
  Async<bool> sleep(std::chrono::milliseconds delay, std::stop_token stop = {}) {
    co_await detail::Later(*core_, delay, stop);
    co_return !stop.stop_requested();
  }

  /// @name For other event loops
  /// @{
  /// Readable when poll() has something to do; -1 where there is no epoll.
  [[nodiscard]] int fd() const noexcept { return core_->descriptor(); }
  /// When poll() has to be called at the latest, also if fd() is not readable.
  [[nodiscard]] std::chrono::milliseconds timeout() {
    return core_->has_failures() ? std::chrono::milliseconds{0} : core_->until_next();
  }
  [[nodiscard]] bool has_work() { return !roots_.empty() || core_->has_work(); }
  /// @}

 private:
  friend class CurlLoopTransport;
  using place = std::list<Async<void>>::iterator;

  std::size_t turn(bool wait) {
    auto const count = core_->turn(wait);
    for (auto const& at : std::exchange(retired_, {})) roots_.erase(at);
    return count;
  }
  // A turn whose exceptions come out. It does not wait while there are some from earlier turns.
  std::size_t step(bool wait) {
    auto const count = turn(wait && !core_->has_failures());
    core_->throw_oldest();
    return count;
  }

  // Ends by taking itself out, when nothing of it runs any more.
  Async<void> root(Async<void> job, place at) {
    try {
      co_await std::move(job);
    } catch (...) {
      core_->keep(std::current_exception());
    }
    job = {};
    retired_.push_back(at);
  }

  std::shared_ptr<detail::curl_loop_core> core_;
  std::list<Async<void>> roots_{};
  std::vector<place> retired_{};
};

/// HTTP and HTTPS by libcurl on a CurlLoop: what CurlTransport is for threads.
///
/// ```cpp
/// esxvi::CurlLoop loop;
/// auto curl = std::make_shared<esxvi::CurlLoopTransport>(loop, esxvi::CurlOptions{...});
/// ```
///
/// The same options, errors, rules of delivery and of repeating as CurlTransport, except that a
/// stall (CurlOptions::low_speed_time, CallContext::patience) may be noticed up to a second late,
/// that of the system's CAs the bundle counts and not the folder (which has the same ones), and
/// that `max_idle_handles` has no meaning.
///
/// send() waits while it serves the exchanges of the whole loop, but not their completions, timers
/// and functions. It may be called from within those (so a Session may end there) and not from
/// within a sink.
///
/// **Threads**: that of the loop.
class CurlLoopTransport {
 public:
  using Options = CurlOptions;
  using Statistics = CurlStatistics;

  explicit CurlLoopTransport(CurlLoop& loop, CurlOptions options = {})
      : core_(loop.core_), user_(std::make_shared<detail::curl_loop_user>(std::move(options))) {}

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    return core_->send(user_, request, sink, context);
  }
  void start(http::Request const& request, http::BodySink& sink, http::CallContext const& context,
             http::Completion done) {
    core_->start(user_, request, sink, context, std::move(done));
  }
  void later(std::chrono::milliseconds delay, std::stop_token stop, std::function<void()> act) {
    core_->later(delay, std::move(stop), std::move(act));
  }

  [[nodiscard]] CurlStatistics statistics() const { return user_->statistics; }
  [[nodiscard]] CurlOptions const& options() const noexcept { return user_->options; }

 private:
  std::shared_ptr<detail::curl_loop_core> core_;
  std::shared_ptr<detail::curl_loop_user> user_;
};

static_assert(Transport<CurlLoopTransport>);
static_assert(AsyncTransport<CurlLoopTransport>);

}  // namespace esxvi
