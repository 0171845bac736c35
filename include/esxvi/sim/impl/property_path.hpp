// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Comparison of values by their tables. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/property_path.hpp>

#include <algorithm>

namespace esxvi::sim::detail {

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

void visit_values(reflect::type_info const& type, void const* at,
                  std::function<void(reflect::type_info const&, void const*)> const& visit) {
  using reflect::kind;
  switch (type.what) {
    case kind::poly: {
      auto const& box = *static_cast<esxvi::detail::box const*>(at);
      if (box.object() != nullptr) visit_values(*box.type(), box.object(), visit);
      break;
    }
    case kind::any: {
      auto const& box = static_cast<Any const*>(at)->content();
      if (box.object() != nullptr) visit_values(*box.type(), box.object(), visit);
      break;
    }
    case kind::optional:
    case kind::array: {
      auto const all = type.elements(at);
      for (std::size_t i = 0; i < all.count; ++i)
        visit_values(*type.element, element_at(type, all, i), visit);
      break;
    }
    case kind::object:
      visit(type, at);
      for (auto const& m : type.members) visit_values(*m.type, m.at(mutable_at(at)), visit);
      break;
    default:
      visit(type, at);
      break;
  }
}

void visit_references(reflect::type_info const& type, void const* at,
                      std::function<void(untyped_ref const&)> const& visit) {
  visit_values(type, at, [&](reflect::type_info const& found, void const* where) {
    if (found.what != reflect::kind::reference) return;
    auto const& ref = *static_cast<untyped_ref const*>(where);
    if (ref) visit(ref);
  });
}

}  // namespace esxvi::sim::detail
