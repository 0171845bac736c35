// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/detail/farewell.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/task/detail/look.hpp>
#include <esxvi/transport/detail/pause.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/PropertyFilter.hpp>
#include <esxvi/types/core.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// Watches tasks and the questions of their machines: long polls of a property collector.
///
/// The collector is one of its own, because the session's hands the updates of all filters to
/// whoever asks first, and drops one wait for the next. Destroying it destroys its filters with it:
/// 1 request to make it, 1 for a filter, 1 to end both. Servers before 4.1 have only the session's:
/// there the filter is destroyed, and the server asked in intervals, since their WaitForUpdates has
/// no limit of time.
class Watch {
 public:
  explicit Watch(Session& session) : session_(session), modern_(speaks(session, "4.1")) {}
  Watch(Watch const&) = delete;
  Watch& operator=(Watch const&) = delete;
  ~Watch() { close(); }

  /// One filter more. Up to 2 requests.
  void add(types::PropertyFilterSpec spec, CallOptions const& call) {
    if (modern_ && !own_) {
      try {
        types::CreatePropertyCollector const request{
            .self = session_.opening_content().propertyCollector};
        own_ = ask(request, call);
      } catch (fault const& e) {
        if (!lacks_method(e)) throw;
        modern_ = false;
      }
    }
    types::CreateFilter const request{
        .self = collector(), .spec = std::move(spec), .partialUpdates = false};
    filters_.push_back(ask(request, call));
  }

  /// What changed; nothing within `hold` (about) is nothing. 1 request.
  std::optional<types::UpdateSet> next(std::chrono::seconds hold, CallOptions const& call) {
    std::optional<types::UpdateSet> updates;
    if (modern_) {
      types::WaitForUpdatesEx request{.self = collector()};
      if (!version_.empty()) request.version = version_;
      request.options =
          types::WaitOptions{.maxWaitSeconds = static_cast<std::int32_t>(hold.count())};
      updates = ask(request, call);
    } else {
      pause(std::min<std::chrono::milliseconds>(hold, call.deadline), call.stop);
      types::CheckForUpdates request{.self = collector()};
      if (!version_.empty()) request.version = version_;
      updates = ask(request, call);
      pause_ = updates ? shortest_pause : std::min(pause_ * 3 / 2, longest_pause);
    }
    if (!updates) return updates;
    version_ = updates->version;
    // The session's collector also tells what others watch.
    std::erase_if(updates->filterSet, [this](types::PropertyFilterUpdate const& update) {
      return !own_ && std::find(filters_.begin(), filters_.end(), update.filter) == filters_.end();
    });
    return updates;
  }

  /// The server dropped the version: it tells everything once more.
  void start_over() { version_.clear(); }
  /// The server dropped all of it (a new session).
  void forget() {
    own_.reset();
    filters_.clear();
    version_.clear();
    pause_ = std::chrono::milliseconds(0);
  }

  void close() noexcept {
    if (own_) {
      quietly([&] { session_.call(types::DestroyPropertyCollector{.self = *own_}, parting()); });
    } else {
      for (auto const& filter : filters_)
        quietly([&] { session_.call(types::DestroyPropertyFilter{.self = filter}, parting()); });
    }
    filters_.clear();
    own_.reset();
  }

 private:
  static constexpr std::chrono::milliseconds shortest_pause{250};
  static constexpr std::chrono::milliseconds longest_pause{2'000};

  [[nodiscard]] CallOptions parting() const { return farewell(last_, failure_); }
  /// A call, after which the server is told to end what it keeps with more or less patience.
  template <class R> typename R::reply_type ask(R const& request, CallOptions const& call) {
    last_ = call;
    failure_ = nullptr;
    try {
      return session_.call(request, call);
    } catch (...) {
      failure_ = std::current_exception();
      throw;
    }
  }

  [[nodiscard]] Ref<types::PropertyCollector> const& collector() const {
    return own_ ? *own_ : session_.opening_content().propertyCollector;
  }

  // The first question is asked at once.
  void pause(std::chrono::milliseconds longest, std::stop_token const& stop) {
    auto const time = std::min(pause_, longest);
    if (time.count() == 0) return;
    pause_until(std::chrono::steady_clock::now() + time, stop);
  }

  Session& session_;
  bool modern_;
  std::optional<Ref<types::PropertyCollector>> own_{};
  std::vector<Ref<types::PropertyFilter>> filters_{};
  std::string version_{};
  CallOptions last_{};
  std::exception_ptr failure_{};
  std::chrono::milliseconds pause_{0};
};

}  // namespace esxvi::detail
