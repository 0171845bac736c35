// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/curl_options.hpp>
#include <esxvi/transport/detail/curl_exchange.hpp>
#include <esxvi/transport/detail/curl_reactor.hpp>
#include <esxvi/transport/detail/pause.hpp>
#include <esxvi/transport/transport.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// What a transport of a loop keeps for its exchanges.
struct curl_loop_user {
  explicit curl_loop_user(CurlOptions given) : options(std::move(given)) {}
  CurlOptions const options;
  unverified_warning unverified{};
  std::size_t running = 0;
  CurlStatistics statistics{};
};

/// Exchanges, timers and functions of one thread. Knows no coroutines.
///
/// Completions, timers and posted functions are called from run_ready() alone: never while libcurl
/// or another of them runs.
class curl_loop_core {
 public:
  using clock = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;
  using function = std::function<void()>;

  curl_loop_core() = default;
  curl_loop_core(curl_loop_core const&) = delete;
  curl_loop_core& operator=(curl_loop_core const&) = delete;

  // ---- from any thread -------------------------------------------------------------------------

  void later(milliseconds delay, std::stop_token stop, function act) {
    auto const due = delay.count() > 0 ? clock::now() + bounded(delay) : clock::time_point::min();
    {
      std::lock_guard const lock{mutex_};
      if (closed_) return;  // nobody would call it
      posted_.push_back({due, std::move(stop), std::move(act)});
    }
    reactor_.wake();
  }
  void stop() {
    stopped_ = true;
    reactor_.wake();
  }

  // ---- from the thread of the loop -------------------------------------------------------------

  void start(std::shared_ptr<curl_loop_user> user, http::Request const& request,
             http::BodySink& sink, http::CallContext const& context, http::Completion done) {
    if (closed_)
      throw invalid_argument{{std::string(context.operation), {}, "its loop is gone", {}}};
    starting_.push_back(std::make_shared<transfer>(*this, std::move(user), request, sink, context,
                                                   std::move(done)));
  }

  /// Moves bytes of all exchanges until this one is complete; calls no one else's completion.
  http::Response send(std::shared_ptr<curl_loop_user> user, http::Request const& request,
                      http::BodySink& sink, http::CallContext const& context) {
    auto const one = std::make_shared<transfer>(*this, std::move(user), request, sink, context,
                                                http::Completion{});
    struct guard {
      curl_loop_core& loop;
      pointer const& one;
      ~guard() {
        if (!one->over) loop.forget(one);
      }
    } const held{*this, one};
    starting_.push_back(one);
    while (!one->over) move_bytes(longest_wait);
    if (one->failure) std::rethrow_exception(one->failure);
    return std::move(one->response);
  }

  [[nodiscard]] bool has_work() {
    std::lock_guard const lock{mutex_};
    return !starting_.empty() || !queued_.empty() || !active_.empty() || !timers_.empty() ||
           !ready_.empty() || !posted_.empty() || !failures_.empty();
  }
  /// Whether somebody has called stop() since it was asked last.
  [[nodiscard]] bool take_stop() noexcept { return stopped_.exchange(false); }

  /// Exceptions of functions and coroutines: all of them, until somebody takes them out.
  void keep(std::exception_ptr failure) { failures_.push_back(std::move(failure)); }
  [[nodiscard]] bool has_failures() const noexcept { return !failures_.empty(); }
  void throw_oldest() {
    if (failures_.empty()) return;
    auto const oldest = std::move(failures_.front());
    failures_.pop_front();
    std::rethrow_exception(oldest);
  }

  /// One turn: moves bytes, then calls what is due, and waits for something first if told to. How
  /// many functions were called; what they throw is kept.
  std::size_t turn(bool wait) {
    take_posted();
    move_bytes(wait ? until_next() : milliseconds{0});
    take_posted();
    return run_ready();
  }

  /// How long a turn could wait.
  [[nodiscard]] milliseconds until_next() {
    take_posted();
    if (!ready_.empty() || !starting_.empty() || stop_asked_) return milliseconds{0};
    auto left = longest_wait;
    left = std::min(left, time_to(next_look_));
    if (!timers_.empty()) left = std::min(left, time_to(timers_.begin()->first));
    if (auto const own = reactor_.timer_left()) left = std::min(left, *own);
    return left;
  }
  [[nodiscard]] int descriptor() const noexcept { return reactor_.descriptor(); }

  /// Ends all exchanges as cancelled, and calls their completions. Timers and functions are
  /// dropped.
  void close() noexcept {
    {
      std::lock_guard const lock{mutex_};
      closed_ = true;
    }
    auto ended = std::exchange(starting_, {});
    ended.insert(ended.end(), queued_.begin(), queued_.end());
    queued_.clear();
    while (!active_.empty()) {
      ended.push_back(active_.back());
      leave(*ended.back());
    }
    for (auto const& one : ended) {
      error::context about{std::string(one->context.operation), {}, "its loop is gone", {}};
      one->failure = std::make_exception_ptr(cancelled(std::move(about), delivery::unknown));
      complete(one);
    }
    while (drop_rest()) {
    }
  }

 private:
  static constexpr milliseconds longest_wait{60'000};
  static constexpr std::size_t max_idle_handles = 64;  // without connections: they are the loop's

  struct wake_up {
    curl_loop_core& loop;
    void operator()() const noexcept {
      loop.stop_asked_ = true;
      loop.reactor_.wake();
    }
  };

  /// Drops what nobody will call any more. False when there was nothing. What is dropped may use
  /// the loop once more (a Session that ends there says good-bye), so it is taken out first.
  bool drop_rest() noexcept {
    auto const timers = std::exchange(timers_, {});
    auto const failures = std::exchange(failures_, {});
    auto const ready = std::exchange(ready_, {});
    std::vector<timer> posted;
    {
      std::lock_guard const lock{mutex_};
      posted.swap(posted_);
    }
    for (auto const& [act, one] : ready) {
      try {
        if (one) tell(*one);
      } catch (...) {  // NOLINT(bugprone-empty-catch): nobody is left to hear of it
      }
    }
    return !timers.empty() || !failures.empty() || !ready.empty() || !posted.empty();
  }

  struct timer {
    clock::time_point due;
    std::stop_token stop;
    function act;
  };
  struct armed_timer {
    armed_timer(curl_loop_core& loop, timer& from)
        : act(std::move(from.act)), token(from.stop), wake(std::move(from.stop), wake_up{loop}) {}
    function act;
    std::stop_token token;
    std::stop_callback<wake_up> wake;
  };

  /// One exchange. Its context is kept here, the request and the sink are the caller's.
  struct transfer {
    transfer(curl_loop_core& loop, std::shared_ptr<curl_loop_user> of, http::Request const& request,
             http::BodySink& sink, http::CallContext const& limits, http::Completion then)
        : user(std::move(of)), context(limits), done(std::move(then)) {
      try {
        exchange.emplace(request, sink, context, user->options);
        user->unverified.warn(user->options, request.url);
        auto const limit = context.total.count() > 0 ? context.total : user->options.total_timeout;
        if (limit.count() > 0) until = clock::now() + bounded(limit);
        wake.emplace(context.stop, wake_up{loop});
      } catch (...) {
        failure = std::current_exception();
      }
    }
    /// How often to look whether it stalled.
    [[nodiscard]] milliseconds rhythm() const {
      auto limit = user->options.low_speed_time;
      if (context.patience.count() > 0 && (limit.count() <= 0 || context.patience < limit))
        limit = context.patience;
      if (limit.count() <= 0) return longest_wait;
      return std::clamp(limit / 8, milliseconds{5}, milliseconds{1000});
    }
    /// Throws when its time is up before it began.
    void check_queue() const {
      if (context.stop.stop_requested() || clock::now() >= until) give_up_queue(context);
    }

    std::shared_ptr<curl_loop_user> user;
    http::CallContext context;
    http::Completion done;  ///< empty: somebody waits in send()
    std::optional<curl_exchange> exchange{};
    std::optional<std::stop_callback<wake_up>> wake{};
    std::unique_ptr<CURL, curl_easy_deleter> easy{};
    std::size_t place = 0;                               ///< in active_
    clock::time_point until = clock::time_point::max();  ///< to begin
    http::Response response{};
    std::exception_ptr failure{};
    bool over = false;
  };
  using pointer = std::shared_ptr<transfer>;
  struct call {
    function act;
    pointer completed;  ///< instead of act
  };

  static milliseconds time_to(clock::time_point then) {
    if (then == clock::time_point::max()) return longest_wait;
    auto const left = std::chrono::ceil<milliseconds>(then - clock::now());
    return std::clamp(left, milliseconds{0}, longest_wait);
  }

  void take_posted() {
    std::vector<timer> posted;
    {
      std::lock_guard const lock{mutex_};
      posted.swap(posted_);
    }
    for (auto& one : posted) {
      if (one.due == clock::time_point::min() || one.stop.stop_requested())
        ready_.push_back({std::move(one.act), nullptr});
      else
        timers_.emplace(one.due, std::make_shared<armed_timer>(*this, one));
    }
  }

  void move_bytes(milliseconds limit) {
    if (in_curl_) {
      throw invalid_argument{{"CurlLoop",
                              {},
                              "a loop can neither run nor send from within a sink or a source",
                              "wait until the reply is complete"}};
    }
    if (!launch()) limit = milliseconds{0};
    limit = std::min(limit, time_to(next_look_));
    {
      struct flag {
        bool& value;
        explicit flag(bool& v) : value(v) { value = true; }
        ~flag() { value = false; }
      } const busy{in_curl_};
      reactor_.turn(limit);
    }
    while (auto const ended = reactor_.next_finished()) {
      void* self = nullptr;
      curl_easy_getinfo(ended->first, CURLINFO_PRIVATE, &self);
      finish(active_.at(static_cast<transfer*>(self)->place), ended->second);
    }
    auto const now = clock::now();
    if (stop_asked_.exchange(false)) {
      look_at_all(now);
      fire_timers(now, true);
    } else {
      if (now >= next_look_) look_at_all(now);
      fire_timers(now, false);
    }
  }

  /// False when one came to its end before it began.
  bool launch() {
    auto fine = true;
    auto const waiting = std::exchange(starting_, {});
    for (auto const& one : waiting) {
      auto& user = *one->user;
      try {
        if (one->failure) std::rethrow_exception(one->failure);
        if (user.options.max_connections != 0 && user.running >= user.options.max_connections) {
          one->check_queue();
          queued_.push_back(one);
          next_look_ = std::min(next_look_, one->until);
          continue;
        }
        one->easy = take_handle();
        one->exchange->begin(one->easy.get(), share_.get());
        trust_bundle_alone(one->easy.get(), user.options);
        curl_set(one->easy.get(), CURLOPT_PRIVATE, one.get());
        reactor_.add(one->easy.get());
        enter(one);
        next_look_ = std::min(next_look_, clock::now() + one->rhythm());
      } catch (...) {
        one->failure = std::current_exception();
        complete(one);
        fine = false;
      }
    }
    return fine;
  }

  /// Of the system's CAs the file, without the folder that has the same ones: libcurl (7.87) then
  /// reads them once for the loop. Else every connection keeps its own, which are 0.8 MiB.
  static void trust_bundle_alone([[maybe_unused]] CURL* easy,
                                 [[maybe_unused]] CurlOptions const& options) {
#if LIBCURL_VERSION_NUM >= 0x075700
    if (!options.verify || options.thumbprint || !options.ca_file.empty() ||
        !options.ca_path.empty())
      return;
    static bool const bundled = [] {
      auto const* const file = curl_version_info(CURLVERSION_NOW)->cainfo;
      return file != nullptr && std::ifstream(file).good();
    }();
    if (bundled) curl_set(easy, CURLOPT_CAPATH, static_cast<char const*>(nullptr));
#endif
  }

  void enter(pointer const& one) {
    ++one->user->running;
    one->place = active_.size();
    active_.push_back(one);
  }
  void leave(transfer& one) noexcept {
    --one.user->running;
    reactor_.remove(one.easy.get());
    auto const place = one.place;
    active_.back()->place = place;
    std::swap(active_[place], active_.back());
    active_.pop_back();
  }

  void finish(pointer one, CURLcode code) {
    leave(*one);
    try {
      one->response = one->exchange->end(code);
    } catch (...) {
      one->failure = std::current_exception();
    }
    one->exchange->count(one->user->statistics);
    if (!one->failure && handles_.size() < max_idle_handles) {
      curl_easy_reset(one->easy.get());
      handles_.push_back(std::move(one->easy));
    }
    complete(one);
    retry_queued();
  }

  void retry_queued() {
    starting_.insert(starting_.end(), queued_.begin(), queued_.end());
    queued_.clear();
  }

  void forget(pointer const& one) noexcept {
    std::erase(starting_, one);
    std::erase(queued_, one);
    if (std::find(active_.begin(), active_.end(), one) != active_.end()) leave(*one);
  }

  void complete(pointer const& one) {
    one->wake.reset();
    one->over = true;
    if (one->done) ready_.push_back({nullptr, one});
  }
  static void tell(transfer& one) {
    std::exchange(one.done, {})(one.failure, std::move(one.response));
  }

  void look_at_all(clock::time_point now) {
    next_look_ = clock::time_point::max();
    retry_queued();
    for (std::size_t i = active_.size(); i-- > 0;) {
      auto const& one = active_.at(i);
      auto const left = one->exchange->look();
      if (left)
        next_look_ = std::min(next_look_, now + std::min(*left, one->rhythm()));
      else
        finish(one, CURLE_OK);  // puts the last, which was looked at, into its place
    }
  }

  void fire_timers(clock::time_point now, bool look_for_stops) {
    for (auto at = timers_.begin(); at != timers_.end();) {
      auto const due = at->first <= now;
      if (!due && !look_for_stops) break;
      if (due || at->second->token.stop_requested()) {
        ready_.push_back({std::move(at->second->act), nullptr});
        at = timers_.erase(at);
      } else {
        ++at;
      }
    }
  }

  /// Those that are ready now: what they make ready waits for the next turn.
  std::size_t run_ready() {
    auto const count = ready_.size();
    for (std::size_t i = 0; i < count && !ready_.empty(); ++i) {
      auto const next = std::move(ready_.front());
      ready_.pop_front();
      try {
        if (next.completed)
          tell(*next.completed);
        else
          next.act();
      } catch (...) {
        keep(std::current_exception());
      }
    }
    return count;
  }

  std::unique_ptr<CURL, curl_easy_deleter> take_handle() {
    std::unique_ptr<CURL, curl_easy_deleter> handle;
    if (handles_.empty()) {
      handle.reset(curl_easy_init());
      if (!handle) throw std::bad_alloc{};
    } else {
      handle = std::move(handles_.back());
      handles_.pop_back();
    }
    return handle;
  }

  curl_share share_{};  // outlives the handles
  curl_reactor reactor_{};
  std::vector<std::unique_ptr<CURL, curl_easy_deleter>> handles_{};
  std::vector<pointer> starting_{};
  std::vector<pointer> queued_{};  ///< until others of the same transport have ended
  std::vector<pointer> active_{};
  std::multimap<clock::time_point, std::shared_ptr<armed_timer>> timers_{};
  std::deque<call> ready_{};
  std::deque<std::exception_ptr> failures_{};
  clock::time_point next_look_ = clock::time_point::max();
  bool in_curl_ = false;

  std::mutex mutex_{};
  bool closed_ = false;  ///< written under the mutex, by the thread of the loop
  std::vector<timer> posted_{};
  std::atomic<bool> stopped_{false};
  std::atomic<bool> stop_asked_{false};
};

}  // namespace esxvi::detail
