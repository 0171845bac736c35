// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/abilities.hpp>
#include <esxvi/query/detail/filter_spec.hpp>
#include <esxvi/query/object_stream.hpp>
#include <esxvi/query/traversal.hpp>
#include <esxvi/session/detail/farewell.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/transport/async.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// What to ask a property collector; without types.
struct Collection {
  std::vector<untyped_ref> objects;  ///< exactly these ...
  std::vector<untyped_ref> roots;    ///< ... or everything of the kind below these
  std::int32_t page_size = 1000;
  CallOptions call{};
  /// Instead of what follows from the above, for selections of another kind.
  std::optional<types::PropertyFilterSpec> spec{};
  bool existing = false;  ///< objects of `spec` that do not exist are left out
};

/// Selects the columns of a layout, of `objects` and of everything of its kind below `roots`, which
/// are views or objects of the inventory; `whole` when that is the root folder.
inline types::PropertyFilterSpec filter_for(row_layout const& layout,
                                            std::vector<untyped_ref> const& objects,
                                            std::vector<untyped_ref> const& roots, bool whole) {
  types::PropertySpec properties{.type = std::string(layout.kind)};
  for (column const& c : layout.columns) properties.pathSet.emplace_back(c.path);
  if (properties.pathSet.empty()) properties.all = false;
  types::PropertyFilterSpec spec;
  spec.propSet.push_back(std::move(properties));
  for (untyped_ref const& object : objects) add_object(spec, object);
  for (untyped_ref const& root : roots) {
    auto& added = add_object(spec, root);
    if (is_kind_of(root.type(), "View"))
      added.selectSet.emplace_back(traversal_step("view", root.type(), "view"));
    else
      added.selectSet = selection_for(layout.kind, whole);
  }
  return spec;
}

/// How a query's requests are sent. There is one order of them, a coroutine; when sending blocks it
/// never waits.
class QueryCalls {
 public:
  /// Whether what these give has ended as soon as it has begun.
  [[nodiscard]] virtual bool block() const noexcept = 0;
  virtual Async<void> exchange(Invocation const& what, CallOptions const& options) = 0;
  virtual Async<void> log_in_again(std::uint64_t seen, CallOptions const& options) = 0;

 protected:
  ~QueryCalls() = default;
};

class BlockingCalls final : public QueryCalls {
 public:
  explicit BlockingCalls(Session& session) : session_(session) {}
  [[nodiscard]] bool block() const noexcept override { return true; }
  Async<void> exchange(Invocation const& what, CallOptions const& options) override {
    session_.exchange(what, options);
    co_return;
  }
  Async<void> log_in_again(std::uint64_t seen, CallOptions const& options) override {
    session_.log_in_again(seen, options);
    co_return;
  }

 private:
  Session& session_;
};

/// `co_await Part(calls, job())`: waits for a part of a query.
///
/// A coroutine hands its thread on to the one that it waits for, and gets it back when that ends.
/// Compilers make calls of this unless they optimise, so that many parts which never wait, one
/// after the other, would fill the stack. Those are called here, and return.
class [[nodiscard]] Part {
 public:
  Part(QueryCalls const& calls, Async<void> job) : block_(calls.block()), job_(std::move(job)) {}
  Part(Part const&) = delete;
  Part& operator=(Part const&) = delete;

  [[nodiscard]] bool await_ready() {
    if (block_) async_access::begin(job_);
    return block_;
  }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> next) {
    return std::move(job_).operator co_await().await_suspend(next);
  }
  void await_resume() { async_access::take(job_); }

 private:
  bool block_;
  Async<void> job_;
};

/// One query from its first request to its last row.
class Collector {
 public:
  Collector(Session& session, row_layout const& layout, RowTaker& taker, Collection what)
      : session_(session),
        layout_(layout),
        taker_(taker),
        what_(std::move(what)),
        stream_(layout, taker) {}

  void run() {
    BlockingCalls calls(session_);
    auto whole = run(calls);
    async_access::begin(whole);
    async_access::take(whole);
  }

  /// `calls` and the collector have to live until it has ended.
  Async<void> run(QueryCalls& calls) {
    if (what_.objects.empty() && !what_.spec) find_in_inventory();
    while (!what_.objects.empty() || !what_.roots.empty() || what_.spec) {
      auto const generation = session_.generation();
      try {
        co_await Part(calls, fetch(calls));
        co_return;
      } catch (nobody_logged_in const&) {
        stream_.restart(true);
      } catch (fault const& e) {
        if (drop_vanished(e)) continue;
        // Pages that were still to come ended with the session.
        if (session_.generation() == generation || std::exchange(begun_again_, true) ||
            !taker_.restart())
          throw;
        stream_.restart(false);
        continue;
      }
      co_await Part(calls, calls.log_in_again(generation, what_.call));
    }
  }

 private:
  void find_in_inventory() {
    if (!is_kind_of(layout_.kind, "ManagedEntity"))
      throw invalid_argument({"retrieve", std::string(layout_.kind),
                              "objects of this kind have no place in the inventory",
                              "name the objects in QueryOptions::objects"});
    if (!what_.roots.empty()) return;
    whole_ = true;
    what_.roots.push_back(session_.opening_content().rootFolder);
  }

  [[nodiscard]] types::PropertyFilterSpec filter() const {
    return what_.spec ? *what_.spec : filter_for(layout_, what_.objects, what_.roots, whole_);
  }

  [[nodiscard]] Ref<types::PropertyCollector> collector() const {
    return session_.opening_content().propertyCollector;
  }

  template <class R>
  Async<void> send(QueryCalls& calls, R request, reflect::place reply, CallOptions limits,
                   bool (*reset)(void*) = nullptr) {
    Invocation const what{R::facts.name, *reflect::type_of<R>(), &request, reply, reset};
    co_await Part(calls, calls.exchange(what, limits));
  }
  /// The first request, which can be repeated while the rows are ours alone. A later one cannot:
  /// the server has gone on to the next page.
  template <class R> Async<void> send_first(QueryCalls& calls, R request, reflect::place reply) {
    return send(calls, std::move(request), reply, what_.call, &ObjectStream::take_back);
  }

  Async<void> fetch(QueryCalls& calls) {
    if (types::version_order(session_.api_version()) < types::version_order("4.1")) {
      co_await Part(calls, fetch_unpaged(calls));
      co_return;
    }
    std::exception_ptr failure;
    try {
      co_await Part(calls, fetch_pages(calls));
    } catch (enough const&) {  // NOLINT(bugprone-empty-catch): not an error
    } catch (...) {
      failure = std::current_exception();
    }
    co_await Part(calls, cancel(calls, failure));
    if (failure) std::rethrow_exception(failure);
  }

  Async<void> fetch_pages(QueryCalls& calls) {
    types::RetrieveOptions options;
    if (what_.page_size > 0) options.maxObjects = what_.page_size;
    types::RetrievePropertiesEx const first{
        .self = collector(), .specSet = std::vector{filter()}, .options = options};
    bool unknown = false;
    try {
      co_await Part(calls, send_first(calls, first, stream_.paged_reply()));
    } catch (fault const& e) {
      // A server that claims a version without having all of it.
      if (stream_.delivered() > 0 || !lacks_method(e)) throw;
      unknown = true;
    }
    if (unknown) {
      co_await Part(calls, fetch_unpaged(calls));
      co_return;
    }
    stream_.end_page();
    while (!stream_.token().empty()) {
      types::ContinueRetrievePropertiesEx const next{.self = collector(), .token = stream_.token()};
      co_await Part(calls, send(calls, next, stream_.paged_reply(), what_.call));
      stream_.end_page();
    }
  }

  Async<void> fetch_unpaged(QueryCalls& calls) {
    types::RetrieveProperties const all{.self = collector(), .specSet = std::vector{filter()}};
    try {
      co_await Part(calls, send_first(calls, all, stream_.plain_reply()));
    } catch (enough const&) {  // NOLINT(bugprone-empty-catch): nothing is open on the server
    }
  }

  // A token that is left open keeps the whole result in the server's memory.
  Async<void> cancel(QueryCalls& calls, std::exception_ptr failure) {
    for (std::string const& token : stream_.left_open()) {
      types::CancelRetrievePropertiesEx const request{.self = collector(), .token = token};
      CallOptions const limits = farewell(what_.call, failure);
      soap::Reply<void> reply;
      reflect::place const nothing{reflect::type_of<decltype(reply)>(), &reply};
      try {
        co_await Part(calls, send(calls, request, nothing, limits));
      } catch (...) {  // NOLINT(bugprone-empty-catch): the first error is the one to report
      }
    }
  }

  // An object that went away between the caller's knowing it and this query is reported, and the
  // others are read without it.
  bool drop_vanished(fault const& e) {
    auto const* const gone = e.as<types::ManagedObjectNotFound>();
    if (gone == nullptr || stream_.delivered() > 0) return false;
    if (what_.spec) {
      auto& objects = what_.spec->objectSet;
      if (!what_.existing || std::erase_if(objects, [&](auto const& o) {
                               return o.obj.value() == gone->obj.value();
                             }) == 0)
        return false;
      if (objects.empty()) what_.spec.reset();
      return true;
    }
    auto const found = std::find_if(what_.objects.begin(), what_.objects.end(),
                                    [&](auto const& o) { return o.value() == gone->obj.value(); });
    if (found == what_.objects.end()) return false;
    types::LocalizedMethodFault why;
    why.fault = *gone;
    why.localizedMessage = e.server_message();
    taker_.missing({*found, {}, std::move(why)});
    what_.objects.erase(found);
    return true;
  }

  Session& session_;
  row_layout const& layout_;
  RowTaker& taker_;
  Collection what_;
  ObjectStream stream_;
  bool whole_ = false;
  bool begun_again_ = false;
};

}  // namespace esxvi::detail
