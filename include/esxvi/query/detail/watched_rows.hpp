// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/filter_spec.hpp>
#include <esxvi/query/detail/update_stream.hpp>
#include <esxvi/query/view.hpp>
#include <esxvi/types/PropertyFilter.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

class Watcher;

namespace detail {

/// What a cache is of, without types.
struct WatchTarget {
  std::vector<untyped_ref> objects{};
  std::vector<untyped_ref> below{};
  bool view = false;
  bool whole_values = false;
  std::function<void(Missing const&)> on_missing{};
};

/// A cache, as the one who fills it sees it: its filter and views on the server, and how far it is.
class WatchedRows : public UpdateTaker {
 public:
  /// Forgets what the last poll changed.
  virtual void begin_poll() = 0;
  /// The server is going to tell everything, ...
  virtual void begin_sync() = 0;
  /// ... it has: what it did not tell of is gone.
  virtual void end_sync() = 0;
  /// Sums up what changed; how many rows.
  virtual std::size_t finish_poll() = 0;
  /// Whether a row has changed since begin_poll().
  [[nodiscard]] virtual bool changed() const = 0;
  /// Says whose the open row is.
  virtual void assume(untyped_ref const& object) = 0;

  void unclear(untyped_ref const& object) final {
    if (object && std::find(unclear_.begin(), unclear_.end(), object) == unclear_.end())
      unclear_.push_back(object);
  }
  void missing(Missing what) final {
    if (target_.on_missing) target_.on_missing(what);
  }
  void refused() final { refused_ = true; }

 protected:
  WatchedRows(row_layout const& layout, EditTable const& edits, WatchTarget target)
      : UpdateTaker(layout, edits), target_(std::move(target)), named_(!target_.objects.empty()) {
    if (!named_ && !is_kind_of(layout.kind, "ManagedEntity") && target_.below.empty())
      throw invalid_argument({"watch", std::string(layout.kind),
                              "objects of this kind have no place in the inventory",
                              "name the objects in WatchOptions::objects"});
  }
  ~WatchedRows() = default;
  void clear_up(untyped_ref const& left) { std::erase(unclear_, left); }

  Watcher* watcher_ = nullptr;

 private:
  friend esxvi::Watcher;

  WatchTarget target_;
  bool named_;
  std::optional<Ref<types::PropertyFilter>> filter_{};
  std::vector<View> views_{};
  void end_views(CallOptions const& limits) noexcept {
    for (View& view : views_) view.close(limits);
    views_.clear();
  }
  bool syncing_ = true;
  bool refused_ = false;
  std::vector<untyped_ref> unclear_{};
};

/// Puts objects that are read whole into a cache.
class RowReader final : public RowTaker {
 public:
  explicit RowReader(WatchedRows& rows) : rows_(rows) {}
  void* next() override { return rows_.open({}, true); }
  bool taken(untyped_ref const& object) override {
    rows_.assume(object);
    rows_.close();
    return true;
  }
  void missing(Missing what) override {
    told_ = true;
    rows_.missing(std::move(what));
  }
  void take_back() override {}
  bool restart() override { return !told_; }

 private:
  WatchedRows& rows_;
  bool told_ = false;  // what is missing goes on to the program
};

}  // namespace detail
}  // namespace esxvi
