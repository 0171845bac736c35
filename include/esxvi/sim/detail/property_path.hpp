// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>
#include <esxvi/sim/detail/dialect.hpp>
#include <esxvi/soap/encoder.hpp>
#include <esxvi/soap/scalar.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/core/same.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Properties of objects found at run time by their paths, compared, and written.
namespace esxvi::sim::detail {

/// "config.hardware.device[4000].backing", looked up in the declared types.
struct Path {
  struct Step {
    std::size_t member;
    bool keyed = false;
    std::string key{};
  };
  std::string text{};
  std::vector<Step> steps{};
};

/// A value, and its declared type; no address: it is unset.
struct Value {
  reflect::type_info const* type = nullptr;
  void const* at = nullptr;
  bool parent_unset = false;  ///< it is unset because what it is part of is
};

/// What is inside of optional members and boxes, as far as it is declared.
inline reflect::type_info const* declared(reflect::type_info const* type) {
  for (;;) {
    if (type->what == reflect::kind::optional)
      type = type->element;
    else if (type->what == reflect::kind::poly)
      type = type->held->type;
    else
      return type;
  }
}

inline std::optional<std::size_t> member_index(reflect::type_info const& type,
                                               std::string_view name) {
  for (std::size_t i = 0; i < type.members.size(); ++i)
    if (type.members[i].name == name) return i;
  return std::nullopt;
}

/// nullopt when the kind of objects described by `kind` has no such property.
inline std::optional<Path> find_path(reflect::type_info const& kind, std::string_view text) {
  Path path{std::string(text), {}};
  reflect::type_info const* type = &kind;
  while (true) {
    if (type->what != reflect::kind::object) return std::nullopt;
    std::size_t const end = std::min(text.find_first_of(".["), text.size());
    auto const found = member_index(*type, text.substr(0, end));
    if (!found) return std::nullopt;
    Path::Step& step = path.steps.emplace_back(Path::Step{*found});
    type = declared(type->members[*found].type);
    text.remove_prefix(end);
    if (text.starts_with('[')) {
      std::size_t const close = text.starts_with("[\"") ? text.find("\"]") : text.find(']');
      if (type->what != reflect::kind::array || close == std::string_view::npos)
        return std::nullopt;
      bool const quoted = text[close] == '"';
      step.keyed = true;
      step.key = text.substr(quoted ? 2 : 1, close - (quoted ? 2 : 1));
      text.remove_prefix(close + (quoted ? 2 : 1));
      type = declared(type->element);
    }
    if (text.empty()) return path;
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
  }
}

/// Opens optional members and boxes: what is really there.
inline Value opened(Value v) {
  while (v.at != nullptr) {
    if (v.type->what == reflect::kind::optional) {
      auto const all = v.type->elements(v.at);
      v = {v.type->element, all.count > 0 ? all.first : nullptr};
    } else if (v.type->what == reflect::kind::poly) {
      // The declared table is kept: its members are the first ones of any descendant's.
      auto const& box = *static_cast<esxvi::detail::box const*>(v.at);
      v = {v.type->held->type, box.object()};
    } else {
      break;
    }
  }
  return v;
}

inline void* mutable_at(void const* at) {
  return const_cast<void*>(at);  // NOLINT(*-const-cast): tables take mutable objects
}

/// The key by which an element of an array is named in paths; empty: it has none.
inline std::string key_of(reflect::type_info const& type, void const* element) {
  Value v = opened({&type, element});
  if (v.at == nullptr) return {};
  if (v.type->what == reflect::kind::object) {
    auto const key = member_index(*v.type, "key");
    if (!key) return {};
    v = opened({v.type->members[*key].type, v.type->members[*key].at(mutable_at(v.at))});
    if (v.at == nullptr) return {};
  }
  if (v.type->what == reflect::kind::reference)
    return static_cast<untyped_ref const*>(v.at)->value();
  if (v.type->what == reflect::kind::text) return *static_cast<std::string const*>(v.at);
  std::string text;
  if (soap::is_scalar(v.type->what)) soap::print_scalar(*v.type, v.at, text);
  return text;
}

inline void const* element_at(reflect::type_info const& array, reflect::span_of_elements all,
                              std::size_t i) {
  return static_cast<char const*>(all.first) + i * array.stride;
}

/// Follows a path through one object.
inline Value read(reflect::type_info const& kind, void const* properties, Path const& path) {
  Value v{&kind, properties};
  for (std::size_t n = 0; n < path.steps.size(); ++n) {
    Path::Step const& step = path.steps[n];
    reflect::type_info const* const table = v.type;
    v = {table->members[step.member].type, table->members[step.member].at(mutable_at(v.at))};
    bool const last = n + 1 == path.steps.size();
    if (step.keyed) {
      v = opened(v);
      if (v.at == nullptr) return {nullptr, nullptr, true};
      auto const all = v.type->elements(v.at);
      void const* found = nullptr;
      for (std::size_t i = 0; i < all.count && found == nullptr; ++i)
        if (key_of(*v.type->element, element_at(*v.type, all, i)) == step.key)
          found = element_at(*v.type, all, i);
      if (found == nullptr) return {nullptr, nullptr, !last};
      v = {v.type->element, found};
    }
    if (last) break;
    v = opened(v);
    if (v.at == nullptr) return {nullptr, nullptr, true};
  }
  return v;
}

/// Whether there is something to send: an empty list counts, an empty reference does not.
inline bool is_set(Value const& value) {
  Value const v = opened(value);
  if (v.at == nullptr) return false;
  if (v.type->what == reflect::kind::any) return static_cast<Any const*>(v.at)->has_value();
  if (v.type->what == reflect::kind::reference)
    return static_cast<bool>(*static_cast<untyped_ref const*>(v.at));
  return true;
}

/// Whether the client that this thread writes for knows the property.
inline bool is_known(reflect::type_info const& kind, Path const& path) {
  auto const* const dialect = Speaking::dialect();
  return dialect == nullptr || dialect->keeps(kind, path.steps.front().member);
}

/// As the value of a property: with xsi:type, a list as ArrayOfX whose items have it too.
inline void write_value(std::string& out, std::string_view tag, Value v) {
  soap::Encoder encoder(out, Speaking::dialect(), true);
  while (v.type->what == reflect::kind::optional) {
    auto const all = v.type->elements(v.at);
    if (all.count == 0) return;
    v = {v.type->element, all.first};
  }
  if (v.type->what != reflect::kind::array) return encoder.element(tag, *v.type, v.at, true);
  out.append("<").append(tag).append(" xsi:type=\"").append(v.type->name).append("\">");
  std::string_view item = v.type->element->name;
  item = item.starts_with("xsd:") ? item.substr(4) : v.type->name.substr(7);
  auto const all = v.type->elements(v.at);
  for (std::size_t i = 0; i < all.count; ++i)
    encoder.element(item, *v.type->element, element_at(*v.type, all, i), true);
  out.append("</").append(tag).append(">");
}

using esxvi::detail::same;

/// Calls `change(path, op, value)` for each difference between two values of one place; nested ones
/// one by one when `nested`.
using ChangeTaker =
    std::function<void(std::string const& path, std::string_view op, Value const& now)>;
void find_changes(std::string const& path, Value before, Value now, bool nested,
                  ChangeTaker const& take);

/// Calls `visit` with each object and each simple value in a value, what holds others first.
void visit_values(reflect::type_info const& type, void const* at,
                  std::function<void(reflect::type_info const&, void const*)> const& visit);
/// The same with each reference.
void visit_references(reflect::type_info const& type, void const* at,
                      std::function<void(untyped_ref const&)> const& visit);

}  // namespace esxvi::sim::detail
