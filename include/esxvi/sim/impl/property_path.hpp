// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Comparison of values by their tables. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/property_path.hpp>

#include <algorithm>

namespace esxvi::sim::detail {

namespace {

template <class T> bool equal(void const* a, void const* b) {
  return *static_cast<T const*>(a) == *static_cast<T const*>(b);
}

inline bool same_box(esxvi::detail::box const& a, esxvi::detail::box const& b) {
  if (a.type() != b.type()) return false;
  return a.object() == nullptr || same(*a.type(), a.object(), b.object());
}

}  // namespace

bool same(reflect::type_info const& type, void const* a, void const* b) {
  using reflect::kind;
  if (a == b) return true;
  switch (type.what) {
    case kind::boolean:
      return equal<bool>(a, b);
    case kind::int8:
      return equal<std::int8_t>(a, b);
    case kind::int16:
      return equal<std::int16_t>(a, b);
    case kind::int32:
      return equal<std::int32_t>(a, b);
    case kind::int64:
      return equal<std::int64_t>(a, b);
    case kind::float32:
      return std::memcmp(a, b, sizeof(float)) == 0;
    case kind::float64:
      return std::memcmp(a, b, sizeof(double)) == 0;
    case kind::text:
      return equal<std::string>(a, b);
    case kind::date_time:
      return equal<DateTime>(a, b);
    case kind::binary:
      return equal<Binary>(a, b);
    case kind::enumeration:
      return type.get_literal(a) == type.get_literal(b);
    case kind::reference:
      return equal<untyped_ref>(a, b);
    case kind::poly:
      return same_box(*static_cast<esxvi::detail::box const*>(a),
                      *static_cast<esxvi::detail::box const*>(b));
    case kind::any:
      return same_box(static_cast<Any const*>(a)->content(), static_cast<Any const*>(b)->content());
    case kind::raw:
      return static_cast<RawValue const*>(a)->xml == static_cast<RawValue const*>(b)->xml &&
             static_cast<RawValue const*>(a)->type == static_cast<RawValue const*>(b)->type;
    case kind::optional:
    case kind::array: {
      auto const x = type.elements(a);
      auto const y = type.elements(b);
      if (x.count != y.count) return false;
      for (std::size_t i = 0; i < x.count; ++i)
        if (!same(*type.element, element_at(type, x, i), element_at(type, y, i))) return false;
      return true;
    }
    case kind::object:
      for (auto const& m : type.members)
        if (!same(*m.type, m.at(mutable_at(a)), m.at(mutable_at(b)))) return false;
      return type.extra == nullptr || *type.extra(mutable_at(a)) == *type.extra(mutable_at(b));
    case kind::dynamic:
      break;
  }
  return true;
}

namespace {

// Elements with unique keys are reported one by one.
inline bool list_changes(std::string const& path, Value const& before, Value const& now,
                         ChangeTaker const& take) {
  if (declared(now.type->element)->what != reflect::kind::object ||
      !member_index(*declared(now.type->element), "key"))
    return false;
  auto const keys = [](Value const& v) {
    std::vector<std::pair<std::string, void const*>> all;
    auto const elements = v.type->elements(v.at);
    for (std::size_t i = 0; i < elements.count; ++i)
      all.emplace_back(key_of(*v.type->element, element_at(*v.type, elements, i)),
                       element_at(*v.type, elements, i));
    return all;
  };
  auto const old_ones = keys(before);
  auto const new_ones = keys(now);
  auto const find = [](auto const& all, std::string const& key) -> void const* {
    for (auto const& [k, at] : all)
      if (k == key) return at;
    return nullptr;
  };
  auto sorted = new_ones;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted[i].first.empty() || (i > 0 && sorted[i].first == sorted[i - 1].first)) return false;
  bool const number = declared(now.type->element)
                          ->members[*member_index(*declared(now.type->element), "key")]
                          .type->what != reflect::kind::text;
  auto const named = [&](std::string const& key) {
    return number ? path + "[" + key + "]" : path + "[\"" + key + "\"]";
  };
  for (auto const& [key, at] : old_ones)
    if (find(new_ones, key) == nullptr) take(named(key), "remove", {});
  for (auto const& [key, at] : new_ones) {
    void const* const old = find(old_ones, key);
    if (old == nullptr)
      take(named(key), "add", {now.type->element, at});
    else if (!same(*now.type->element, old, at))
      take(named(key), "assign", {now.type->element, at});
  }
  return true;
}

}  // namespace

void find_changes(std::string const& path, Value before, Value now, bool nested,
                  ChangeTaker const& take) {
  bool const was = is_set(before);
  if (!is_set(now)) {
    if (was) take(path, now.parent_unset ? "indirectRemove" : "remove", {});
    return;
  }
  if (!was) return take(path, "assign", now);
  Value const a = opened(before);
  Value const b = opened(now);
  if (same(*now.type, before.at, now.at)) return;
  auto const dynamic_type = [](Value v) -> reflect::type_info const* {
    while (v.type->what == reflect::kind::optional) {
      auto const all = v.type->elements(v.at);
      v = {v.type->element, all.first};
    }
    if (v.type->what == reflect::kind::poly)
      return static_cast<esxvi::detail::box const*>(v.at)->type();
    return v.type;
  };
  reflect::type_info const* const type = dynamic_type(now);
  if (nested && b.type->what == reflect::kind::object && dynamic_type(before) == type) {
    for (auto const& m : type->members)
      find_changes(path + "." + std::string(m.name), {m.type, m.at(mutable_at(a.at))},
                   {m.type, m.at(mutable_at(b.at))}, nested, take);
    return;
  }
  if (nested && b.type->what == reflect::kind::array && list_changes(path, a, b, take)) return;
  take(path, "assign", now);
}

void visit_references(reflect::type_info const& type, void const* at,
                      std::function<void(untyped_ref const&)> const& visit) {
  using reflect::kind;
  switch (type.what) {
    case kind::reference:
      if (*static_cast<untyped_ref const*>(at)) visit(*static_cast<untyped_ref const*>(at));
      break;
    case kind::poly: {
      auto const& box = *static_cast<esxvi::detail::box const*>(at);
      if (box.object() != nullptr) visit_references(*box.type(), box.object(), visit);
      break;
    }
    case kind::any: {
      auto const& box = static_cast<Any const*>(at)->content();
      if (box.object() != nullptr) visit_references(*box.type(), box.object(), visit);
      break;
    }
    case kind::optional:
    case kind::array: {
      auto const all = type.elements(at);
      for (std::size_t i = 0; i < all.count; ++i)
        visit_references(*type.element, element_at(type, all, i), visit);
      break;
    }
    case kind::object:
      for (auto const& m : type.members) visit_references(*m.type, m.at(mutable_at(at)), visit);
      break;
    default:
      break;
  }
}

}  // namespace esxvi::sim::detail
