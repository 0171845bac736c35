// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/abilities.hpp>
#include <esxvi/session/detail/farewell.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/transport/detail/pause.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/PropertyFilter.hpp>

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

/// A property collector of one's own, its filters, and the version up to which their updates are
/// known.
///
/// The session's collector hands the updates of all filters to whoever asks first, and drops one
/// wait for the next. Destroying ours destroys its filters with it: 1 request to make it, 1 for a
/// filter, 1 to end all. Servers before 4.1 have only the session's: there each filter is
/// destroyed, and the server asked in intervals, since their WaitForUpdates has no limit of time.
class UpdateSource {
 public:
  explicit UpdateSource(Session& session)
      : session_(session), modern_(speaks(session, "4.1")), generation_(session.generation()) {}
  UpdateSource(UpdateSource const&) = delete;
  UpdateSource& operator=(UpdateSource const&) = delete;
  ~UpdateSource() { close(); }

  /// False: the server has to be asked in intervals.
  [[nodiscard]] bool waits() const noexcept { return modern_; }
  [[nodiscard]] bool empty() const noexcept { return filters_.empty(); }
  /// What was made in an earlier session is gone.
  [[nodiscard]] bool lost() const { return generation_ != session_.generation(); }
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
  /// Whether an object of the server is the collector or a filter of it.
  [[nodiscard]] bool made(untyped_ref const& object) const {
    auto const is = [&](untyped_ref const& o) { return o.value() == object.value(); };
    return (own_ && is(*own_)) || std::any_of(filters_.begin(), filters_.end(), is);
  }

  /// One filter more. Up to 2 requests.
  Ref<types::PropertyFilter> add(types::PropertyFilterSpec spec, bool partial,
                                 CallOptions const& call) {
    if (modern_ && !own_) {
      try {
        own_ = session_.call(
            types::CreatePropertyCollector{.self = session_.opening_content().propertyCollector},
            call);
        generation_ = session_.generation();
      } catch (fault const& e) {
        if (!lacks_method(e)) throw;
        modern_ = false;
      }
    }
    auto filter = session_.call(
        types::CreateFilter{
            .self = collector(), .spec = std::move(spec), .partialUpdates = partial},
        call);
    // Making the first of them may have taken a login.
    if (!own_ && filters_.empty()) generation_ = session_.generation();
    filters_.push_back(std::move(filter));
    return filters_.back();
  }

  /// Destroys a filter; the server may have done so already. 1 request.
  void remove(Ref<types::PropertyFilter> const& filter) noexcept {
    if (std::erase(filters_, filter) > 0 && !lost()) destroy(filter);
  }

  /// What changed since the last time goes to `reply`, the content of a response; the caller says
  /// with told() up to which version. Waits for about `hold`; `most` updates of objects at once, 0:
  /// as the server likes. 1 request.
  void next(std::chrono::seconds hold, std::int32_t most, reflect::place reply,
            bool (*reset)(void*), CallOptions const& call) {
    std::optional<std::string> version;
    if (!version_.empty()) version = version_;
    if (modern_) {
      types::WaitOptions options{.maxWaitSeconds = static_cast<std::int32_t>(hold.count())};
      if (most > 0) options.maxObjectUpdates = most;
      send(
          types::WaitForUpdatesEx{
              .self = collector(), .version = std::move(version), .options = std::move(options)},
          reply, reset, call);
    } else {
      auto const longest = std::min<std::chrono::milliseconds>(hold, pause_);
      if (longest.count() > 0) pause_until(std::chrono::steady_clock::now() + longest, call.stop);
      send(types::CheckForUpdates{.self = collector(), .version = std::move(version)}, reply, reset,
           call);
      pause_ = std::min(pause_ * 3 / 2, longest_pause);
    }
  }
  void told(std::string version) {
    version_ = std::move(version);
    pause_ = shortest_pause;
  }

  /// The server dropped the version: it tells everything once more.
  void start_over() { version_.clear(); }
  /// The server dropped all of it.
  void forget() {
    own_.reset();
    filters_.clear();
    version_.clear();
    generation_ = session_.generation();
  }

  /// The last call, and what it ended with; null: it went well.
  void ended(CallOptions call, std::exception_ptr failure) {
    last_ = std::move(call);
    failure_ = std::move(failure);
  }
  /// Limits of each request that tells the server to end something after that. What it is not told
  /// ends with the session.
  [[nodiscard]] CallOptions parting() const { return farewell(last_, failure_); }

  void close() noexcept {
    if (!lost()) {
      if (own_) {
        quietly(
            [this] { session_.call(types::DestroyPropertyCollector{.self = *own_}, parting()); });
      } else {
        for (auto const& filter : filters_) destroy(filter);
      }
    }
    filters_.clear();
    own_.reset();
  }

 private:
  static constexpr std::chrono::milliseconds shortest_pause{250};
  static constexpr std::chrono::milliseconds longest_pause{2'000};

  template <class R>
  void send(R const& request, reflect::place reply, bool (*reset)(void*), CallOptions const& call) {
    session_.exchange({R::facts.name, *reflect::type_of<R>(), &request, reply, reset}, call);
  }
  void destroy(Ref<types::PropertyFilter> const& filter) noexcept {
    quietly([&] { session_.call(types::DestroyPropertyFilter{.self = filter}, parting()); });
  }
  [[nodiscard]] Ref<types::PropertyCollector> const& collector() const {
    return own_ ? *own_ : session_.opening_content().propertyCollector;
  }

  Session& session_;
  bool modern_;
  std::uint64_t generation_;
  std::optional<Ref<types::PropertyCollector>> own_{};
  std::vector<Ref<types::PropertyFilter>> filters_{};
  std::string version_{};
  CallOptions last_{};
  std::exception_ptr failure_{};
  std::chrono::milliseconds pause_ = shortest_pause;
};

}  // namespace esxvi::detail
