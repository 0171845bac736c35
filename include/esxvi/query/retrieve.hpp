// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/collect.hpp>
#include <esxvi/query/object_stream.hpp>
#include <esxvi/query/row.hpp>
#include <esxvi/session/session.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace esxvi {

/// Where a query looks, and how.
template <class T> struct QueryOptions {
  std::vector<Ref<T>> objects{};  ///< exactly these; empty: see `below`
  /// Everything of kind T in or below these (a folder, data center, cluster, host, pool); empty:
  /// the whole inventory of the server.
  std::vector<untyped_ref> below{};
  std::int32_t page_size = 1000;  ///< objects a reply; 0: the server's choice
  /// Called for each property that the server held back; retrieve() also keeps them.
  std::function<void(Missing const&)> on_missing{};
  CallOptions call{};  ///< limits of each request
};

/// The rows of a query, and what is missing in them.
template <class Row> class Rows : public std::vector<Row> {
 public:
  using std::vector<Row>::vector;
  /// Properties that were not given (privileges, a disconnected host): their columns hold defaults.
  [[nodiscard]] std::vector<Missing> const& missing() const noexcept { return missing_; }
  void add_missing(Missing what) { missing_.push_back(std::move(what)); }
  /// Keeps only what is said of whole objects.
  void forget_properties() {
    std::erase_if(missing_, [](Missing const& m) { return !m.path.empty(); });
  }

 private:
  std::vector<Missing> missing_;
};

namespace detail {

template <class Row> class RowKeeper final : public RowTaker {
 public:
  RowKeeper(Rows<Row>& rows, std::function<void(Missing const&)> const& on_missing)
      : rows_(rows), on_missing_(on_missing) {}
  void* next() override { return &rows_.emplace_back(); }
  bool taken(untyped_ref const& /*object*/) override { return true; }
  void missing(Missing what) override {
    if (on_missing_) {
      told_ = true;
      on_missing_(what);
    }
    rows_.add_missing(std::move(what));
  }
  void take_back() override { rows_.pop_back(); }
  bool restart() override {
    if (told_) return false;
    rows_.clear();
    rows_.forget_properties();
    return true;
  }

 private:
  Rows<Row>& rows_;
  std::function<void(Missing const&)> const& on_missing_;
  bool told_ = false;
};

template <class Row, class F> class RowCaller final : public RowTaker {
 public:
  RowCaller(F& take, std::function<void(Missing const&)> const& on_missing)
      : take_(take), on_missing_(on_missing) {}
  void* next() override {
    // Cheaper than an assignment, which would build a second row and move it.
    std::destroy_at(&row_);
    return std::construct_at(&row_);
  }
  bool taken(untyped_ref const& /*object*/) override {
    told_ = true;
    if constexpr (std::predicate<F&, Row&>) {
      return static_cast<bool>(take_(row_));
    } else {
      take_(row_);
      return true;
    }
  }
  void missing(Missing what) override {
    if (!on_missing_) return;
    told_ = true;
    on_missing_(what);
  }
  void take_back() override {}
  bool restart() override { return !told_; }

 private:
  F& take_;
  std::function<void(Missing const&)> const& on_missing_;
  Row row_{};
  bool told_ = false;
};

template <class T> Collection collection_of(QueryOptions<T> const& options) {
  return {{options.objects.begin(), options.objects.end()},
          options.below,
          options.page_size,
          options.call};
}

template <class T>
void collect(Session& session, row_layout const& layout, RowTaker& taker,
             QueryOptions<T> const& options) {
  Collector(session, layout, taker, collection_of(options)).run();
}

template <class Row, class T>
Rows<Row> keep_rows(Session& session, row_layout const& layout, QueryOptions<T> const& options) {
  Rows<Row> rows;
  RowKeeper<Row> keeper(rows, options.on_missing);
  collect(session, layout, keeper, options);
  return rows;
}

// Never defined: with it the compiler says which row the function of for_each() has to take.
template <class Row, class F> struct row_not_taken_by_function;
template <class F, class Row> consteval bool checked_taker() {
  if constexpr (std::invocable<F&, Row&>)
    return true;
  else
    return sizeof(row_not_taken_by_function<Row, F>) > 0;
}

// The same for a struct of the user's without a projection.
template <class T> struct neither_managed_object_nor_projection;
template <class T> consteval bool checked_kind() {
  if constexpr (requires { sizeof(T); } && !known_kind_of<T, types::ManagedObject>)
    return sizeof(neither_managed_object_nor_projection<T>) > 0;
  else
    return true;
}

template <class Row, class T, class F>
void call_rows(Session& session, row_layout const& layout, QueryOptions<T> const& options,
               F& take) {
  static_assert(checked_taker<F, Row>());
  RowCaller<Row, F> caller(take, options.on_missing);
  collect(session, layout, caller, options);
}

}  // namespace detail

/// Reads properties of every object of kind T, or of those that `options` name.
///
/// Gives rows of (Ref<T>, value, value, ...); the types follow from the paths, which the compiler
/// checks. 1 request for each page of `page_size` objects. When the session is lost in the middle,
/// it begins again after a login, once. Use for_each() to hold one row at a time.
template <class T, reflect::fixed_string... Path>
  requires(!ProjectedRow<T>)
[[nodiscard]] auto Session::retrieve(QueryOptions<T> const& options) {
  if constexpr (detail::checked_kind<T>() && (reflect::checked_path<T, Path>() && ...))
    return detail::keep_rows<detail::path_tuple<T, Path...>>(
        *this, detail::tuple_layout<T, Path...>::value, options);
}

/// The same into a struct of your own; see projection.
template <ProjectedRow Row>
[[nodiscard]] Rows<Row> Session::retrieve(
    QueryOptions<typename projection<Row>::object> const& options) {
  return detail::keep_rows<Row>(*this, detail::struct_layout<Row>::value, options);
}

/// Calls `take(row)` for each object while the reply is still arriving; memory does not grow with
/// the number of objects. A function that returns false ends the query (and tells the server so).
/// What it throws comes out of here. A session that is lost after the first row is an error.
template <class T, reflect::fixed_string... Path, class F>
  requires(!ProjectedRow<T>)
void Session::for_each(F&& take, QueryOptions<T> const& options) {
  if constexpr (detail::checked_kind<T>() && (reflect::checked_path<T, Path>() && ...))
    detail::call_rows<detail::path_tuple<T, Path...>>(
        *this, detail::tuple_layout<T, Path...>::value, options, take);
}

template <ProjectedRow Row, class F>
void Session::for_each(F&& take, QueryOptions<typename projection<Row>::object> const& options) {
  detail::call_rows<Row>(*this, detail::struct_layout<Row>::value, options, take);
}

}  // namespace esxvi
