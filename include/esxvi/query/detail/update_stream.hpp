// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/change_path.hpp>
#include <esxvi/query/detail/edit.hpp>
#include <esxvi/query/object_stream.hpp>
#include <esxvi/query/row.hpp>
#include <esxvi/reflect/type_info.hpp>
#include <esxvi/types/PropertyCollector_types.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// Whose rows the updates of one filter change.
///
/// Between open() and close() one row is changed beside the others, so that an update that breaks
/// off leaves no half of itself.
class UpdateTaker {
 public:
  UpdateTaker(UpdateTaker const&) = delete;
  UpdateTaker& operator=(UpdateTaker const&) = delete;

  [[nodiscard]] row_layout const& layout() const noexcept { return layout_; }
  [[nodiscard]] EditTable const& edits() const noexcept { return edits_; }
  /// Whether a column is a part of another one.
  [[nodiscard]] bool overlapping() const noexcept { return overlapping_; }

  /// The row to change: a blank one of an object that enters, a copy else; null: it is unknown.
  virtual void* open(untyped_ref const& object, bool enters) = 0;
  /// Makes a column of the open row as it is in a blank one.
  virtual void blank(std::size_t column) = 0;
  virtual void close() = 0;
  virtual void leave(untyped_ref const& object) = 0;
  /// What changed cannot be told from the update: the object has to be read.
  virtual void unclear(untyped_ref const& object) = 0;
  virtual void missing(Missing what) = 0;
  /// An object refuses everything for want of a login.
  virtual void refused() = 0;

 protected:
  /// Both have to outlive it.
  UpdateTaker(row_layout const& layout, EditTable const& edits) : layout_(layout), edits_(edits) {
    for (column const& a : layout.columns)
      for (column const& b : layout.columns)
        overlapping_ |= &a != &b && relate(a.path, b.path) != path_relation::apart;
  }
  ~UpdateTaker() = default;

 private:
  row_layout const& layout_;
  EditTable const& edits_;
  bool overlapping_ = false;
};

constexpr reflect::type_info dynamic_info(std::string_view name,
                                          reflect::place (*locate)(void*, std::string_view)) {
  reflect::type_info i{.what = reflect::kind::dynamic, .name = name};
  i.locate = locate;
  return i;
}
/// Of elements that are handed on one by one.
constexpr reflect::type_info passing_array_info(reflect::type_info const& element,
                                                void* (*begin)(void*), void (*end)(void*)) {
  reflect::type_info i{.what = reflect::kind::array, .name = "ArrayOf"};
  i.element = &element;
  i.emplace = begin;
  i.completed = end;
  return i;
}

/// Decodes the updates of a property collector into the rows they change: values go from the wire
/// straight into columns, or into members deep inside of them.
class UpdateStream {
 public:
  using Find = UpdateTaker* (*)(void* owner, untyped_ref const& filter);

  /// `find` says whose a filter is; null: nobody's.
  UpdateStream(void* owner, Find find) : owner_(owner), find_(find) {}
  UpdateStream(UpdateStream const&) = delete;
  UpdateStream& operator=(UpdateStream const&) = delete;

  /// Place for `<WaitForUpdatesExResponse>` or `<CheckForUpdatesResponse>`.
  [[nodiscard]] reflect::place reply() {
    restart();
    return {&reply_info, this};
  }
  /// For an Invocation: whole rows that were changed are no harm.
  static bool reset(void* stream) {
    static_cast<UpdateStream*>(stream)->restart();
    return true;
  }

  /// What to ask from next; empty: there was nothing new.
  [[nodiscard]] std::string const& version() const noexcept { return version_; }
  /// The server has more to tell at once.
  [[nodiscard]] bool truncated() const noexcept { return truncated_; }
  /// Object updates in the reply.
  [[nodiscard]] std::size_t updates() const noexcept { return updates_; }

 private:
  using place = reflect::place;
  using kind = reflect::kind;

  void restart() {
    version_.clear();
    truncated_ = false;
    updates_ = 0;
    taker_ = nullptr;
  }

  static UpdateStream& self(void* object) { return *static_cast<UpdateStream*>(object); }
  static place text(std::string& to) { return {reflect::type_of<std::string>(), &to}; }

  static place in_reply(void* object, std::string_view name) {
    if (name != "returnval") return {};
    return {&set_info, object};
  }
  static place in_set(void* object, std::string_view name) {
    UpdateStream& s = self(object);
    if (name == "version") return text(s.version_);
    if (name == "truncated") return {reflect::type_of<bool>(), &s.truncated_};
    if (name == "filterSet") {
      s.taker_ = nullptr;
      return {&filter_info, object};
    }
    return {};
  }

  static place in_filter(void* object, std::string_view name) {
    UpdateStream& s = self(object);
    if (name == "filter") {
      s.filter_ = {};
      return {&filters_info, object};
    }
    if (s.taker_ == nullptr) return {};
    if (name == "objectSet") return {&objects_info, object};
    if (name == "missingSet") return {&gone_info, object};
    return {};
  }
  static void* begin_filter(void* object) { return &self(object).filter_; }
  static void end_filter(void* object) {
    UpdateStream& s = self(object);
    s.taker_ = s.find_(s.owner_, s.filter_);
  }

  // An object that the filter was made for and that does not exist.
  static void* begin_gone(void* object) { return &(self(object).gone_ = {}); }
  static void end_gone(void* object) {
    UpdateStream& s = self(object);
    s.taker_->leave(s.gone_.obj);
    s.taker_->missing({s.gone_.obj, {}, std::move(s.gone_.fault)});
  }

  static void* begin_object(void* object) {
    UpdateStream& s = self(object);
    s.kind_.clear();
    s.reference_ = {};
    s.missing_.clear();
    s.row_ = nullptr;
    s.opened_ = s.unclear_ = false;
    s.next_ = 0;
    return object;
  }
  static void end_object(void* object) {
    UpdateStream& s = self(object);
    ++s.updates_;
    if (s.kind_ == "leave") return s.taker_->leave(s.reference_);
    s.open();
    if (refuses_everything(s.missing_, s.taker_->layout())) s.taker_->refused();
    for (types::MissingProperty& m : s.missing_) {
      if (s.row_ != nullptr) s.blank(m.path);
      s.taker_->missing({s.reference_, std::move(m.path), std::move(m.fault)});
    }
    if (s.row_ != nullptr) s.taker_->close();
    if (s.unclear_) s.taker_->unclear(s.reference_);
  }
  static place in_object(void* object, std::string_view name) {
    UpdateStream& s = self(object);
    if (name == "kind") return text(s.kind_);
    if (name == "obj") return {reflect::type_of<untyped_ref>(), &s.reference_};
    if (name == "changeSet") return {&changes_info, object};
    if (name == "missingSet")
      return {reflect::type_of<std::vector<types::MissingProperty>>(), &s.missing_};
    return {};
  }

  // Kind and reference come before the changes.
  void open() {
    if (std::exchange(opened_, true)) return;
    row_ = taker_->open(reference_, kind_ == "enter");
    unclear_ = row_ == nullptr;
  }

  static void* begin_change(void* object) {
    UpdateStream& s = self(object);
    s.open();
    s.name_.clear();
    s.op_.clear();
    s.valued_ = false;
    return object;
  }
  static void end_change(void* object) {
    UpdateStream& s = self(object);
    if (s.row_ != nullptr && !s.valued_) s.remove();
  }
  static place in_change(void* object, std::string_view name) {
    UpdateStream& s = self(object);
    if (name == "name") return text(s.name_);
    if (name == "op") return text(s.op_);
    if (name != "val" || s.row_ == nullptr || s.op_ == "remove" || s.op_ == "indirectRemove")
      return {};
    s.valued_ = true;
    return s.value();
  }

  /// Calls `take(column, relation)` for those that a path concerns; how many there are.
  template <class F> std::size_t each_concerned(std::string_view path, F&& take) {
    auto const columns = taker_->layout().columns;
    std::size_t concerned = 0;
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (auto const r = relate(path, columns[i].path); r != path_relation::apart) {
        ++concerned;
        take(i, r);
      }
    return concerned;
  }

  // Where the value of a change goes. Columns come in the same order for every object.
  place value() {
    auto const columns = taker_->layout().columns;
    if (next_ < columns.size() && columns[next_].path == name_ &&
        (!taker_->overlapping() || kind_ == "enter"))  // which tells each path by itself
      return whole(next_++);
    place found{};
    std::size_t const concerned = each_concerned(name_, [&](std::size_t i, path_relation r) {
      next_ = i + 1;
      if (r == path_relation::same) found = whole(i);
      if (r == path_relation::deeper) found = inside(i);
    });
    // One value for several columns, or one that a column is only a part of.
    if (concerned > 0 && (concerned > 1 || found.type == nullptr)) {
      unclear_ = true;
      return {};
    }
    return found;
  }
  place whole(std::size_t i) {
    column const& c = taker_->layout().columns[i];
    if (kind_ != "enter") taker_->blank(i);
    return {c.type, c.at(row_), true};
  }
  place inside(std::size_t i) {
    column const& c = taker_->layout().columns[i];
    auto const spot = follow({c.type, c.at(row_)}, std::string_view(name_).substr(c.path.size()));
    if (!spot) return {};
    if (spot->at == nullptr)  // an element that is new, or was not told of
      return {spot->type, spot->array_type->emplace(spot->array), true};
    bool const blank = spot->type->what != kind::array && spot->type->what != kind::object;
    if (!blank && !make_absent(taker_->edits(), *spot->type, spot->at)) return {};
    return {spot->type, spot->at, true};
  }

  /// What the server had told before it gives no more.
  void blank(std::string_view path) {
    each_concerned(path, [&](std::size_t i, path_relation r) {
      if (r != path_relation::deeper) taker_->blank(i);
    });
  }
  void remove() {
    each_concerned(name_, [&](std::size_t i, path_relation r) {
      if (r != path_relation::deeper)
        taker_->blank(i);
      else if (!remove_inside(taker_->layout().columns[i]))
        unclear_ = true;
    });
  }
  bool remove_inside(column const& c) {
    auto const spot = follow({c.type, c.at(row_)}, std::string_view(name_).substr(c.path.size()));
    // What is gone with what it was part of needs no removal of its own.
    if (!spot) return op_ == "indirectRemove";
    if (spot->array == nullptr)
      return spot->type->what != kind::object && !soap::is_scalar(spot->type->what) &&
             make_absent(taker_->edits(), *spot->type, spot->at);
    if (spot->at == nullptr) return true;
    auto const remove = taker_->edits().find(spot->array_type);
    if (remove != nullptr) remove(spot->array, spot->index);
    return remove != nullptr;
  }

  static constexpr reflect::type_info reply_info = dynamic_info("Response", &in_reply);
  static constexpr reflect::type_info set_info = dynamic_info("UpdateSet", &in_set);
  static constexpr reflect::type_info filter_info =
      dynamic_info("PropertyFilterUpdate", &in_filter);
  static constexpr reflect::type_info object_info = dynamic_info("ObjectUpdate", &in_object);
  static constexpr reflect::type_info change_info = dynamic_info("PropertyChange", &in_change);
  static constexpr reflect::type_info objects_info =
      passing_array_info(object_info, &begin_object, &end_object);
  static constexpr reflect::type_info changes_info =
      passing_array_info(change_info, &begin_change, &end_change);
  static constexpr reflect::type_info filters_info =
      passing_array_info(*reflect::type_of<untyped_ref>(), &begin_filter, &end_filter);
  static inline const reflect::type_info gone_info =
      passing_array_info(*reflect::type_of<types::MissingObject>(), &begin_gone, &end_gone);

  void* owner_;
  Find find_;
  std::string version_{};
  bool truncated_ = false;
  std::size_t updates_ = 0;
  untyped_ref filter_{};
  UpdateTaker* taker_ = nullptr;
  types::MissingObject gone_{};
  // the object that is being read
  std::string kind_{};
  untyped_ref reference_{};
  std::vector<types::MissingProperty> missing_{};
  void* row_ = nullptr;
  bool opened_ = false;
  bool unclear_ = false;
  std::size_t next_ = 0;
  // the change
  std::string name_{};
  std::string op_{};
  bool valued_ = false;
};

}  // namespace esxvi::detail
