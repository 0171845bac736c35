// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/collect.hpp>
#include <esxvi/query/detail/outage.hpp>
#include <esxvi/query/detail/update_source.hpp>
#include <esxvi/query/detail/update_stream.hpp>
#include <esxvi/query/detail/watched_rows.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/transport/detail/pause.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

template <class T, reflect::fixed_string... Path> class Watch;

/// How long a poll waits for something to happen.
struct PollOptions {
  /// That the server may hold the request when there is nothing new; zero: what there is now. A
  /// poll that reads everything (the first one, and one after a lost session) does not wait.
  std::chrono::seconds wait{30};
  /// Stop token; deadline of each request, zero: `wait` and 30 s more.
  CallOptions call{};
};

struct WatcherOptions {
  std::int32_t page_size = 0;                ///< objects a reply; 0: the server's choice
  std::chrono::milliseconds outage{60'000};  ///< of the connection that a poll bridges
};

/// What watching has cost so far.
struct WatchStatistics {
  std::uint64_t polls = 0;
  std::uint64_t updates = 0;       ///< of objects, that the server sent
  std::uint64_t syncs = 0;         ///< times that the server told everything
  std::uint64_t objects_read = 0;  ///< besides, because an update did not say enough
};

/// Fills several caches with one request at a time: a property collector with a filter for each.
///
///     Watcher watcher{session};
///     Watch<Machine> machines{watcher};
///     Watch<Store> stores{watcher};
///     while (true) if (watcher.poll() > 0) draw(machines, stores);
///
/// On the wire: the first poll makes the collector (1 request), the filters (1 each) and reads
/// everything (1, or more when the server pages); then a poll is 1 request, plus 1 a cache when an
/// update did not say what an object looks like now. Destruction: 1 request, 1 more for each view
/// (WatchOptions::view); before 4.1, 1 for each filter instead of the 1.
///
/// A Watcher and its caches belong to one thread at a time; the session may be used by others.
/// The session has to outlive it. Caches may: they keep what they have.
class Watcher {
 public:
  explicit Watcher(Session& session, WatcherOptions options = {})
      : session_(session), options_(options), source_(session) {}
  Watcher(Watcher const&) = delete;
  Watcher& operator=(Watcher const&) = delete;
  ~Watcher() {
    for (detail::WatchedRows* const rows : caches_) {
      rows->watcher_ = nullptr;
      rows->end_views(source_.parting());
    }
  }

  /// Brings all caches up to date, and waits for something to happen when they are (also when there
  /// is none). Returns how many rows changed; each cache says which.
  ///
  /// A lost session is logged in again, everything read anew, and only what is different counts as
  /// changed. A lost connection is tried again for WatcherOptions::outage. Any other error is
  /// thrown, `cancelled` when the stop token says so; the caches keep what they have, are stale(),
  /// and the next poll goes on: what it returns includes the changes that were found before.
  std::size_t poll(PollOptions options = {}) {
    ++statistics_.polls;
    stale_ = true;  // until all went well, whoever throws
    options.wait = detail::bounded(options.wait);
    if (!std::exchange(unfinished_, true))
      for (auto* const rows : caches_) rows->begin_poll();
    outage_.over();
    auto const until = clock::now() + options.wait;
    int reopened = 0;
    while (true) {
      auto const begun = clock::now();
      try {
        run(options, until);
        break;
      } catch (fault const& e) {
        bool const again = e.type_name() == "RequestCanceled"
                               ? outage_.wait(options.call.stop)  // somebody took our place
                               : drop_gone(e) || (++reopened <= reopen_limit && reopen(e));
        if (!again) throw;
      } catch (error const& e) {
        source_.ended(options.call, std::current_exception());
        // What was lost after so long had been there meanwhile.
        auto const lost = clock::now();
        if (e.code() == errc::connection_lost && lost - begun >= detail::bounded(options_.outage) &&
            lost < until)
          outage_.over();
        if (!detail::passes(e) || !outage_.wait(options.call.stop)) throw;
      }
    }
    unfinished_ = stale_ = false;
    source_.ended(options.call, nullptr);
    std::size_t changed = 0;
    for (auto* const rows : caches_) changed += rows->finish_poll();
    return changed;
  }

  /// Whether the caches may differ from the server by more than what happened since the last poll:
  /// before the first one, and after one that failed.
  [[nodiscard]] bool stale() const noexcept { return stale_; }
  [[nodiscard]] WatchStatistics const& statistics() const noexcept { return statistics_; }
  [[nodiscard]] Session& session() const noexcept { return session_; }

 private:
  template <class T, reflect::fixed_string... Path> friend class Watch;

  using clock = std::chrono::steady_clock;

  static constexpr int reopen_limit = 5;  // faults that one poll puts right

  void add(detail::WatchedRows& rows) {
    rows.watcher_ = this;
    caches_.push_back(&rows);
    stale_ = true;
  }
  // `closing`: the filter goes with the collector.
  void remove(detail::WatchedRows& rows, bool closing) noexcept {
    std::erase(caches_, &rows);
    if (rows.filter_ && !closing) source_.remove(*rows.filter_);
    rows.end_views(source_.parting());
  }

  void run(PollOptions const& options, clock::time_point until) {
    if (source_.lost()) forget();
    make_filters(options);
    for (bool more = true; more;) {
      bool const syncing = any(&detail::WatchedRows::syncing_);
      auto const before = statistics_.updates;
      auto const left = std::clamp(std::chrono::ceil<std::chrono::seconds>(until - clock::now()),
                                   std::chrono::seconds(0), options.wait);
      more = fetch(syncing || changed() ? std::chrono::seconds(0) : left, options);
      // Only what brings the poll nearer to its end ends an outage.
      if (!unclear()) outage_.over();
      if (more) continue;
      if (any(&detail::WatchedRows::refused_)) {
        if (look_whether_logged_in(options)) return run(options, until);
      } else if (syncing) {
        asked_again_ = false;
      }
      for (auto* const rows : caches_)
        if (std::exchange(rows->syncing_, false)) {
          rows->end_sync();
          ++statistics_.syncs;
        }
      more = !syncing && statistics_.updates == before && !changed() && !source_.waits() &&
             clock::now() < until;
    }
    for (auto* const rows : caches_) read_unclear(*rows, options);
  }

  void make_filters(PollOptions const& options) {
    try {
      for (auto* const rows : caches_)
        if (!rows->filter_) make_filter(*rows, options);
    } catch (fault const&) {
      throw;
    } catch (error const& e) {
      source_.ended(options.call, std::current_exception());
      // The server may have made what we have no name of: it goes with the collector.
      if (e.delivered() != delivery::not_sent) forget();
      throw;
    }
  }
  void make_filter(detail::WatchedRows& rows, PollOptions const& options) {
    auto const limits = limited(options, {});
    auto const& target = rows.target_;
    if (rows.named_ && target.objects.empty()) return;  // all of them are gone
    bool const whole = target.objects.empty() && target.below.empty();
    std::vector<untyped_ref> roots = target.below;
    if (whole) roots.emplace_back(session_.opening_content().rootFolder);
    if (target.view && !rows.named_) {
      rows.end_views(source_.parting());
      for (untyped_ref& root : roots) {
        rows.views_.emplace_back(session_, std::vector{std::string(rows.layout().kind)},
                                 ViewOptions{.container = root, .call = limits});
        root = rows.views_.back().ref();
      }
    }
    auto spec = detail::filter_for(rows.layout(), target.objects, roots, whole);
    if (rows.named_ && source_.waits()) spec.reportMissingObjectsInResults = true;
    rows.filter_ = source_.add(std::move(spec), !target.whole_values, limits);
  }

  // Whether the server has more to tell at once. Without any filter nothing will come.
  bool fetch(std::chrono::seconds wait, PollOptions const& options) {
    if (source_.empty()) {
      detail::pause_until(clock::now() + wait, options.call.stop);
      if (options.call.stop.stop_requested())
        throw cancelled{{"Watcher::poll", session_.service_url(), "cancelled", {}}};
      return false;
    }
    source_.next(wait, options_.page_size, stream_.reply(), &detail::UpdateStream::reset,
                 limited(options, wait));
    if (!stream_.version().empty()) source_.told(stream_.version());
    statistics_.updates += stream_.updates();
    return stream_.truncated();
  }

  void read_unclear(detail::WatchedRows& rows, PollOptions const& options) {
    if (rows.unclear_.empty()) return;
    detail::RowReader reader(rows);
    detail::Collector(session_, rows.layout(), reader,
                      {.objects = rows.unclear_, .roots = {}, .call = limited(options, {})})
        .run();
    statistics_.objects_read += rows.unclear_.size();
    rows.unclear_.clear();
  }

  // A server may tell of an ended session by refusing each property. Asked once, since a user
  // without the right to see an object is told the same.
  bool look_whether_logged_in(PollOptions const& options) {
    for (auto* const rows : caches_) rows->refused_ = false;
    if (std::exchange(asked_again_, true)) return false;
    session_.log_in_again(source_.generation(), limited(options, {}));
    return source_.lost();
  }

  bool reopen(fault const& e) {
    if (e.type_name() == "InvalidCollectorVersion") {
      source_.start_over();
      sync_all();
      return true;
    }
    if (source_.lost()) return true;
    auto const* const gone = e.as<types::ManagedObjectNotFound>();
    if (gone == nullptr) return false;
    if (!made(gone->obj)) return false;
    forget();
    return true;
  }
  // Servers before 4.1 refuse a filter for an object that does not exist any more.
  bool drop_gone(fault const& e) {
    auto const* const gone = e.as<types::ManagedObjectNotFound>();
    bool named = false;
    if (gone != nullptr)
      for (auto* const rows : caches_) named = drop(*rows, gone->obj, e) || named;
    return named;
  }
  static bool drop(detail::WatchedRows& rows, untyped_ref const& object, fault const& e) {
    auto const same = [&](untyped_ref const& o) { return o.value() == object.value(); };
    auto& objects = rows.target_.objects;
    auto const found = std::find_if(objects.begin(), objects.end(), same);
    if (found == objects.end()) return false;
    types::LocalizedMethodFault why;
    why.fault = *e.as<types::ManagedObjectNotFound>();
    why.localizedMessage = e.server_message();
    rows.leave(*found);
    rows.missing({*found, {}, std::move(why)});
    objects.erase(found);
    return true;
  }
  [[nodiscard]] bool made(untyped_ref const& object) const {
    return source_.made(object) ||
           std::any_of(caches_.begin(), caches_.end(), [&](auto const* rows) {
             return std::any_of(rows->views_.begin(), rows->views_.end(),
                                [&](View const& v) { return v.ref().value() == object.value(); });
           });
  }
  void forget() {
    source_.close();  // asks nothing when it went with its session
    source_.forget();
    for (auto* const rows : caches_) {
      rows->filter_.reset();
      rows->end_views(source_.parting());
    }
    sync_all();
  }
  void sync_all() {
    for (auto* const rows : caches_) {
      rows->syncing_ = true;
      rows->refused_ = false;
      rows->unclear_.clear();
      rows->begin_sync();
    }
  }

  [[nodiscard]] bool any(bool detail::WatchedRows::* what) const {
    return std::any_of(caches_.begin(), caches_.end(), [&](auto const* r) { return r->*what; });
  }
  [[nodiscard]] bool changed() const {
    return std::any_of(caches_.begin(), caches_.end(), [](auto const* r) { return r->changed(); });
  }
  [[nodiscard]] bool unclear() const {
    return std::any_of(caches_.begin(), caches_.end(),
                       [](auto const* r) { return !r->unclear_.empty(); });
  }
  static CallOptions limited(PollOptions const& options, std::chrono::seconds wait) {
    CallOptions call = options.call;
    if (call.deadline.count() == 0) call.deadline = wait + std::chrono::seconds(30);
    if (call.patience.count() == 0) call.patience = call.deadline;
    return call;
  }

  static detail::UpdateTaker* find_cache(void* watcher, untyped_ref const& filter) {
    for (auto* const rows : static_cast<Watcher*>(watcher)->caches_)
      if (rows->filter_ && rows->filter_->value() == filter.value()) return rows;
    return nullptr;
  }

  Session& session_;
  WatcherOptions options_;
  detail::Outage outage_{options_.outage};
  std::vector<detail::WatchedRows*> caches_{};
  detail::UpdateSource source_;
  detail::UpdateStream stream_{this, &find_cache};
  WatchStatistics statistics_{};
  bool stale_ = true;
  bool unfinished_ = false;  // the last poll failed, and what it found is still to be told
  bool asked_again_ = false;
};

}  // namespace esxvi
