// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/edit.hpp>
#include <esxvi/query/detail/watched_rows.hpp>
#include <esxvi/query/row.hpp>
#include <esxvi/query/watcher.hpp>
#include <esxvi/types/core/same.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace esxvi {

/// What a cache is of, and how its server is asked.
template <class T> struct WatchOptions {
  std::vector<Ref<T>> objects{};  ///< exactly these; empty: see `below`
  /// Everything of kind T in or below these (a folder, data center, cluster, host, pool, a View);
  /// empty: the whole inventory. Objects that come later are part of it.
  std::vector<untyped_ref> below{};
  /// Have the server keep the list of objects in a view, instead of walking through the inventory:
  /// worth its request (one each of `below`) where there are thousands of folders and pools.
  bool view = false;
  /// Have the server send a property that changed as a whole, not only what changed inside of it.
  bool whole_values = false;
  /// Called for each property that the server holds back, and each of `objects` that is gone.
  std::function<void(Missing const&)> on_missing{};
};

enum class ChangeKind { added, changed, removed };

/// What a poll did to a row.
template <class T, class Row> struct Change {
  ChangeKind kind = ChangeKind::added;
  Ref<T> object{};
  std::optional<Row> before{};  ///< the row as it was; none: it is new
  Row const* now = nullptr;     ///< in the cache, until the next poll; null: it is gone
};

namespace detail {

template <class Member> void make_blank(Member& member) {
  std::destroy_at(&member);
  std::construct_at(&member);
}

/// What a cache has to know of its rows: tuples ...
template <class T, reflect::fixed_string... Path> struct watched {
  static_assert((reflect::checked_path<T, Path>() && ...));
  using object = T;
  using row = path_tuple<T, Path...>;
  static constexpr row_layout const& layout = tuple_layout<T, Path...>::value;
  static constexpr std::size_t first = 1;

  template <std::size_t I> static void blank(void* r) {
    make_blank(std::get<I + 1>(*static_cast<row*>(r)));
  }
  static void add_edits(EditTable& edits) { (edits.add<reflect::property_t<T, Path>>(), ...); }
};

/// ... and structs of the user's, whose members may have defaults of their own.
template <ProjectedRow Row> struct watched<Row> {
  using row_of = struct_layout<Row>;
  using object = typename row_of::object_type;
  using row = Row;
  static constexpr row_layout const& layout = row_of::value;

  template <std::size_t I> static void blank(void* r) {
    using D = typename row_of::template descriptor<I>;
    Row fresh{};
    auto& member = static_cast<Row*>(r)->*D::pointer;
    std::destroy_at(&member);
    std::construct_at(&member, std::move(fresh.*D::pointer));
  }
  static void add_edits(EditTable& edits) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (edits.add<reflect::member_type<typename row_of::template descriptor<I>>>(), ...);
    }(std::make_index_sequence<row_of::path_count>());
  }
};

template <class Watched> constexpr auto blank_functions() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<void (*)(void*), sizeof...(I)>{&Watched::template blank<I>...};
  }(std::make_index_sequence<Watched::layout.columns.size()>());
}

template <class Watched> EditTable const& edit_table() {
  static EditTable const table = [] {
    EditTable edits;
    Watched::add_edits(edits);
    return edits;
  }();
  return table;
}

}  // namespace detail

/// A live cache of rows: properties of objects, kept as they are on the server.
///
///     Watch<Machine> machines{session};                             // a struct with a projection
///     Watch<vim::VirtualMachine, "name", "runtime.powerState"> m{session};  // or tuples
///     while (true)
///       for (auto const& change : machines.poll()) tell(change);
///     for (auto const& [vm, row] : machines) ...
///
/// Nothing is asked before the first poll, which reads everything. See Watcher for requests, errors
/// and threads; a cache that is made of a session has a Watcher of its own.
template <class T, reflect::fixed_string... Path> class Watch final : private detail::WatchedRows {
  using watched = detail::watched<T, Path...>;
  struct Node;

 public:
  using object_type = typename watched::object;
  using row_type = typename watched::row;
  using ref_type = Ref<object_type>;
  using change_type = Change<object_type, row_type>;
  using options_type = WatchOptions<object_type>;

  explicit Watch(Session& session, options_type const& options = {})
      : Watch(std::make_unique<Watcher>(session), options) {}
  Watch(Session& session, WatcherOptions const& watcher, options_type const& options = {})
      : Watch(std::make_unique<Watcher>(session, watcher), options) {}
  /// Shares the polls of `watcher`.
  explicit Watch(Watcher& watcher, options_type const& options = {}) : Watch(options) {
    watcher.add(*this);
  }
  Watch(Watch const&) = delete;
  Watch& operator=(Watch const&) = delete;
  ~Watch() {
    if (watcher_ != nullptr) watcher_->remove(*this, own_ != nullptr);
  }

  /// Watcher::poll(), of all caches of the watcher; returns what changed in this one.
  std::span<change_type const> poll(PollOptions const& options = {}) {
    if (watcher_ == nullptr)
      throw invalid_argument({"poll", {}, "the Watcher of this cache is gone", {}});
    watcher_->poll(options);
    return changes_;
  }
  /// What the last poll changed, each row once.
  [[nodiscard]] std::span<change_type const> changes() const noexcept { return changes_; }

  /// @name The rows, in no order.
  /// @{
  class iterator {
    using base = typename std::unordered_map<ref_type, Node>::const_iterator;

   public:
    using value_type = std::pair<ref_type const&, row_type const&>;
    using reference = value_type;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    iterator() = default;
    explicit iterator(base at) : at_(at) {}
    reference operator*() const { return {at_->first, at_->second.row}; }
    iterator& operator++() { return ++at_, *this; }
    iterator operator++(int) { return iterator(at_++); }
    friend bool operator==(iterator const&, iterator const&) = default;

   private:
    base at_{};
  };
  [[nodiscard]] iterator begin() const { return iterator(rows_.begin()); }
  [[nodiscard]] iterator end() const { return iterator(rows_.end()); }
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  /// Null when it is not there. Valid until the next poll.
  [[nodiscard]] row_type const* find(ref_type const& object) const {
    auto const found = rows_.find(object);
    return found == rows_.end() ? nullptr : &found->second.row;
  }
  /// @}

  /// Watcher::stale(); true as well when the watcher is gone.
  [[nodiscard]] bool stale() const noexcept { return watcher_ == nullptr || watcher_->stale(); }
  /// Null when it is gone.
  [[nodiscard]] Watcher* watcher() const noexcept { return watcher_; }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  struct Node {
    row_type row{};
    std::size_t change = none;  // of this poll, in changes_
    std::uint64_t seen = 0;     // the last round of reading everything that told of it
  };

  explicit Watch(options_type const& o)
      : WatchedRows(
            watched::layout, detail::edit_table<watched>(),
            {{o.objects.begin(), o.objects.end()}, o.below, o.view, o.whole_values, o.on_missing}) {
  }
  Watch(std::unique_ptr<Watcher> own, options_type const& options) : Watch(options) {
    own_ = std::move(own);
    own_->add(*this);
  }

  static ref_type typed(untyped_ref const& r) {
    return ref_type(r.type(), r.value(), r.server_guid());
  }

  // ---- detail::UpdateTaker ----

  void* open(untyped_ref const& object, bool enters) override {
    if (enters) {
      make_fresh();
      assume(object);
    } else {
      object_ = typed(object);
      auto const known = rows_.find(object_);
      if (known == rows_.end()) return nullptr;
      row_ = known->second.row;
    }
    return &row_;
  }
  void blank(std::size_t column) override {
    static constexpr auto functions = detail::blank_functions<watched>();
    functions[column](&row_);
  }
  void assume(untyped_ref const& object) override {
    object_ = typed(object);
    if (layout().object != nullptr) *layout().object(&row_) = object;
  }
  void close() override {
    auto const [place, fresh] = rows_.try_emplace(object_);
    Node& node = place->second;
    node.seen = round_;
    if (fresh) {
      node.row = std::move(row_);
      auto const gone = gone_.find(object_);
      if (gone == gone_.end()) {
        note(node, ChangeKind::added);
      } else {  // it went and came back
        node.change = gone->second;
        change_type& change = changes_[node.change];
        change.kind = change.before ? ChangeKind::changed : ChangeKind::added;
        change.now = &node.row;
        gone_.erase(gone);
        settle_ = true;
      }
      return;
    }
    if (same_row(node.row, row_)) return;
    if (node.change == none)
      note(node, ChangeKind::changed).before = std::move(node.row);
    else
      settle_ = true;
    node.row = std::move(row_);
  }
  void leave(untyped_ref const& object) override {
    clear_up(object);
    auto const found = rows_.find(typed(object));
    if (found != rows_.end()) erase(found);
  }

  // ---- detail::WatchedRows ----

  void begin_poll() override {
    forget_places();
    changes_.clear();
    if (!gone_.empty()) gone_.clear();
    settle_ = false;
  }
  void begin_sync() override { ++round_; }
  void end_sync() override {
    for (auto at = rows_.begin(); at != rows_.end();) {
      auto const here = at++;
      if (here->second.seen != round_) erase(here);
    }
  }
  std::size_t finish_poll() override {
    // What changed twice may be what it was.
    if (std::exchange(settle_, false)) {
      forget_places();
      std::erase_if(changes_, [](change_type const& c) {
        if (c.now == nullptr) return !c.before.has_value();
        return c.before && same_row(*c.before, *c.now);
      });
    }
    return changes_.size();
  }
  [[nodiscard]] bool changed() const override { return !changes_.empty(); }

  void forget_places() {
    for (change_type const& c : changes_)
      if (auto const found = rows_.find(c.object); c.now != nullptr && found != rows_.end())
        found->second.change = none;
  }
  change_type& note(Node& node, ChangeKind kind) {
    node.change = changes_.size();
    return changes_.emplace_back(change_type{kind, object_, {}, &node.row});
  }
  void erase(typename std::unordered_map<ref_type, Node>::iterator at) {
    Node& node = at->second;
    if (node.change == none) {
      node.change = changes_.size();
      changes_.push_back({ChangeKind::removed, at->first, std::move(node.row), nullptr});
    } else {
      change_type& change = changes_[node.change];  // of one that was added, nothing remains
      if (change.kind == ChangeKind::added) settle_ = true;
      change.kind = ChangeKind::removed;
      change.now = nullptr;
    }
    gone_.emplace(at->first, node.change);
    rows_.erase(at);
  }

  static bool same_row(row_type const& a, row_type const& b) {
    auto const at = [](row_type const& r) { return const_cast<row_type*>(&r); };  // NOLINT
    for (detail::column const& c : watched::layout.columns)
      if (!detail::same(*c.type, c.at(at(a)), c.at(at(b)))) return false;
    return true;
  }
  void make_fresh() {
    std::destroy_at(&row_);
    std::construct_at(&row_);
  }

  std::unique_ptr<Watcher> own_{};
  std::unordered_map<ref_type, Node> rows_{};
  std::vector<change_type> changes_{};
  std::unordered_map<ref_type, std::size_t> gone_{};  // in this poll, to their changes
  bool settle_ = false;                               // a row changed more than once
  std::uint64_t round_ = 1;
  // the row that is being changed
  ref_type object_{};
  row_type row_{};
};

}  // namespace esxvi
