// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/row.hpp>
#include <esxvi/reflect/type_info.hpp>
#include <esxvi/types/PropertyCollector_types.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

/// A property, or a whole object, that the server did not give, and why.
struct Missing {
  untyped_ref object{};
  std::string path{};  ///< empty: the object itself is gone or may not be seen
  types::LocalizedMethodFault fault{};
};

namespace detail {

/// Who takes rows as they come off the wire.
class RowTaker {
 public:
  /// A default row to fill; it stays at its address until taken().
  virtual void* next() = 0;
  /// The row of this object is complete. False ends the query.
  virtual bool taken(untyped_ref const& object) = 0;
  virtual void missing(Missing what) = 0;
  /// The row that next() gave will not be completed.
  virtual void take_back() = 0;
  /// Forgets all rows, for a query that begins again; false when somebody has seen some.
  virtual bool restart() = 0;

 protected:
  ~RowTaker() = default;
};

/// Thrown through the decoder when a taker has had enough.
struct enough {};
/// The same when the session seems to be gone.
struct nobody_logged_in {};

/// Whether an object gave nothing for want of a login. A server may say so of each property when
/// the session has ended, instead of refusing the request. (Or the user may not see the object:
/// vSphere has one fault for both.)
inline bool refuses_everything(std::vector<types::MissingProperty> const& missing,
                               row_layout const& layout) {
  return !missing.empty() && missing.size() >= layout.columns.size() &&
         std::all_of(missing.begin(), missing.end(), [](types::MissingProperty const& m) {
           return m.fault.fault.type_name() == "NotAuthenticated";
         });
}

/// Decodes the objects of a property collector's reply into rows, one at a time: the property
/// values go straight into their columns, decoded by the type that the path has.
class ObjectStream {
 public:
  ObjectStream(row_layout const& layout, RowTaker& taker) : layout_(layout), taker_(taker) {}
  ObjectStream(ObjectStream const&) = delete;
  ObjectStream& operator=(ObjectStream const&) = delete;

  /// Place for `<RetrievePropertiesExResponse>` or `<Continue...>`: returnval is a page.
  [[nodiscard]] reflect::place paged_reply() {
    token_sent_ = false;
    return {&paged_info, this};
  }
  /// The page is whole: without a token of its own it was the last.
  void end_page() {
    if (!token_sent_) token_.clear();
  }
  /// Place for `<RetrievePropertiesResponse>`: each returnval is an object.
  [[nodiscard]] reflect::place plain_reply() {
    token_.clear();
    return {&plain_info, this};
  }

  /// What the server keeps open: the next page, empty after the last. A page that broke off before
  /// it said so leaves the one by which it was asked for.
  [[nodiscard]] std::string const& token() const noexcept { return token_; }
  /// The tokens that have to be given back: that one, and those of replies that were taken back.
  [[nodiscard]] std::vector<std::string> left_open() const {
    auto all = abandoned_;
    if (!token_.empty()) all.push_back(token_);
    return all;
  }
  [[nodiscard]] std::size_t delivered() const noexcept { return delivered_; }
  /// For a query that begins again. With `believe_refusals` it is no sign of a lost session that
  /// an object refuses all properties with NotAuthenticated.
  void restart(bool believe_refusals) {
    abandoned_.clear();
    token_.clear();
    delivered_ = 0;
    believe_refusals_ = believe_refusals_ || believe_refusals;
  }
  /// For the Invocation of the first request: takes the reply back, unless somebody has seen rows.
  static bool take_back(void* stream) {
    ObjectStream& s = self(stream);
    if (!s.taker_.restart()) return false;
    if (!s.token_.empty()) s.abandoned_.push_back(std::exchange(s.token_, {}));
    s.token_sent_ = false;
    s.delivered_ = 0;
    return true;
  }

 private:
  using place = reflect::place;
  using kind = reflect::kind;

  static ObjectStream& self(void* object) { return *static_cast<ObjectStream*>(object); }

  static place in_paged(void* object, std::string_view name) {
    if (name != "returnval") return {};
    return {&page_info, object};
  }
  static place in_page(void* object, std::string_view name) {
    if (name == "token") {
      self(object).token_sent_ = true;
      return {reflect::type_of<std::string>(), &self(object).token_};
    }
    if (name == "objects") return {&objects_info, object};
    return {};
  }
  static place in_plain(void* object, std::string_view name) {
    if (name != "returnval") return {};
    return {&objects_info, object};
  }

  static void* begin_object(void* object) {
    ObjectStream& s = self(object);
    s.end_page();  // a token comes before the objects
    s.row_ = s.taker_.next();
    s.reference_ = {};
    s.missing_.clear();
    s.next_ = 0;
    return object;
  }
  static void end_object(void* object) {
    ObjectStream& s = self(object);
    if (s.delivered_ == 0 && !s.believe_refusals_ && refuses_everything(s.missing_, s.layout_)) {
      s.taker_.take_back();
      throw nobody_logged_in();
    }
    if (s.layout_.object != nullptr) *s.layout_.object(s.row_) = s.reference_;
    for (types::MissingProperty& m : s.missing_)
      s.taker_.missing({s.reference_, std::move(m.path), std::move(m.fault)});
    ++s.delivered_;
    if (!s.taker_.taken(s.reference_)) throw enough();
  }
  static place in_object(void* object, std::string_view name) {
    ObjectStream& s = self(object);
    if (name == "propSet") {
      s.name_.clear();
      return {&property_info, object};
    }
    if (name == "obj") return {reflect::type_of<untyped_ref>(), &s.reference_};
    if (name == "missingSet")
      return {reflect::type_of<std::vector<types::MissingProperty>>(), &s.missing_};
    return {};
  }
  static place in_property(void* object, std::string_view name) {
    ObjectStream& s = self(object);
    if (name == "name") return {reflect::type_of<std::string>(), &s.name_};
    if (name != "val") return {};
    // Servers answer in their own order, but in the same for every object.
    auto const columns = s.layout_.columns;
    for (std::size_t tried = 0; tried < columns.size(); ++tried) {
      column const& c = columns[s.next_];
      s.next_ = s.next_ + 1 < columns.size() ? s.next_ + 1 : 0;
      if (c.path == s.name_) return {c.type, c.at(s.row_), true};
    }
    return {};
  }

  static constexpr reflect::type_info paged_info{
      .what = kind::dynamic, .name = "Response", .locate = &in_paged};
  static constexpr reflect::type_info plain_info{
      .what = kind::dynamic, .name = "Response", .locate = &in_plain};
  static constexpr reflect::type_info page_info{
      .what = kind::dynamic, .name = "RetrieveResult", .locate = &in_page};
  static constexpr reflect::type_info object_info{
      .what = kind::dynamic, .name = "ObjectContent", .locate = &in_object};
  static constexpr reflect::type_info property_info{
      .what = kind::dynamic, .name = "DynamicProperty", .locate = &in_property};
  static constexpr reflect::type_info objects_info{.what = kind::array,
                                                   .name = "ArrayOfObjectContent",
                                                   .element = &object_info,
                                                   .emplace = &begin_object,
                                                   .completed = &end_object};

  row_layout const& layout_;
  RowTaker& taker_;
  std::string token_;
  std::vector<std::string> abandoned_;
  bool token_sent_ = false;  // by the page that is being read
  std::size_t delivered_ = 0;
  bool believe_refusals_ = false;
  // the object that is being read
  void* row_ = nullptr;
  untyped_ref reference_;
  std::vector<types::MissingProperty> missing_;
  std::size_t next_ = 0;
  std::string name_;
};

}  // namespace detail
}  // namespace esxvi
