// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Queries as coroutines: `auto const rows = co_await session.async_retrieve<Row>();`

#include <esxvi/query/collect.hpp>
#include <esxvi/query/retrieve.hpp>
#include <esxvi/query/row.hpp>
#include <esxvi/session/async.hpp>
#include <esxvi/session/session.hpp>

#include <cstdint>
#include <utility>

namespace esxvi {

namespace detail {

class AsyncCalls final : public QueryCalls {
 public:
  explicit AsyncCalls(Session& session) : state_(SessionAccess::state(session)) {}
  [[nodiscard]] bool block() const noexcept override { return false; }
  Async<void> exchange(Invocation const& what, CallOptions const& options) override {
    return converse(state_, state_.version, what, options, call_kind::ordinary);
  }
  Async<void> log_in_again(std::uint64_t seen, CallOptions const& options) override {
    if (!state_.may_log_in_again()) co_return;
    CallRules const rules(state_, "Login", options, call_kind::ordinary);
    co_await detail::log_in_again(state_, seen, rules);
  }

 private:
  SessionState& state_;
};

template <class Row, class T>
Async<Rows<Row>> keep_rows(Session& session, row_layout const* layout, QueryOptions<T> options) {
  Rows<Row> rows;
  RowKeeper<Row> keeper(rows, options.on_missing);
  Collector collector(session, *layout, keeper, collection_of(options));
  AsyncCalls calls(session);
  co_await collector.run(calls);
  co_return rows;
}

}  // namespace detail

/// retrieve() as a coroutine, over an AsyncTransport: the same rows for the same requests. The
/// session must live, and stay where it is, until it has ended.
///
/// One that is destroyed between two pages leaves the rest in the server's memory until its session
/// ends.
template <class T, reflect::fixed_string... Path>
  requires(!ProjectedRow<T>)
[[nodiscard]] auto Session::async_retrieve(QueryOptions<T> options) {
  if constexpr (detail::checked_kind<T>() && (reflect::checked_path<T, Path>() && ...))
    return detail::keep_rows<detail::path_tuple<T, Path...>>(
        *this, &detail::tuple_layout<T, Path...>::value, std::move(options));
}

template <ProjectedRow Row>
Async<Rows<Row>> Session::async_retrieve(QueryOptions<typename projection<Row>::object> options) {
  return detail::keep_rows<Row>(*this, &detail::struct_layout<Row>::value, std::move(options));
}

}  // namespace esxvi
