// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/builtin.hpp>
#include <esxvi/reflect/registry.hpp>
#include <esxvi/types/core/any.hpp>
#include <esxvi/types/core/binary.hpp>
#include <esxvi/types/core/boolean.hpp>
#include <esxvi/types/core/date_time.hpp>
#include <esxvi/types/core/ref.hpp>
#include <esxvi/types/hierarchy.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

/// From a name in xsi:type to a type that this program can hold.
namespace esxvi::soap {

namespace detail {

/// What every program can hold without naming it. bool stands first, before Boolean, which has the
/// same name.
template <class... T>
constexpr std::array<reflect::held_type const*, 2 * sizeof...(T) + 1> held_with_arrays() {
  return {&reflect::held_type_of<bool>, &reflect::held_type_of<T>...,
          &reflect::held_type_of<std::vector<T>>...};
}
inline constexpr auto always_held =
    held_with_arrays<std::string, std::int32_t, std::int64_t, DateTime, std::int16_t, std::int8_t,
                     double, float, Boolean, Binary, untyped_ref, Any>();

}  // namespace detail

/// The type with exactly this name; nullptr when the program knows none. `xsd` says whether the
/// name stands in the namespace of XML Schema.
[[nodiscard]] inline reflect::held_type const* find_type(std::string_view local, bool xsd) {
  if (xsd && (local == "anyURI" || local == "token" || local == "normalizedString"))
    return &reflect::held_type_of<std::string>;
  for (reflect::held_type const* type : detail::always_held) {
    std::string_view name = type->type->name;
    bool const builtin = name.starts_with("xsd:");
    if (builtin) name.remove_prefix(4);
    if (builtin == xsd && name == local) return type;
  }
  return xsd ? nullptr : reflect::registry::find(local);
}

/// The most derived type that the program knows of an object called `name` and that is a
/// `declared`; by the hierarchy of the schema when the program did not name the type itself.
[[nodiscard]] inline reflect::held_type const* nearest_type(std::string_view name,
                                                            reflect::held_type const& declared) {
  for (; !name.empty(); name = types::base_of(name)) {
    if (name == declared.type->name) return &declared;
    auto const* found = reflect::registry::find(name);
    if (found != nullptr && reflect::is_a(found->type, declared.type)) return found;
  }
  return &declared;
}

/// An object's type as far as the program knows it, and its name if that says more.
struct nearest {
  reflect::held_type const* type = nullptr;
  std::string_view name{};  ///< of the schema; empty: the schema does not know it either
};

/// Remembers answers of nearest_type(): a reply names the same few types over and over.
class TypeCache {
 public:
  [[nodiscard]] nearest const& find(std::string_view name, reflect::held_type const& declared) {
    // The middle of a name tells it best: they all begin and end alike.
    std::uint64_t hash = name.size();
    if (name.size() >= 12) {
      std::uint64_t middle = 0;
      std::memcpy(&middle, name.data() + name.size() / 2 - 2, sizeof middle);
      hash ^= middle;
    }
    hash = (hash * 0x9e3779b97f4a7c15U) >> 32;
    entry& e = entries_[hash % entries_.size()];
    if (e.declared != &declared || e.name != name) {
      e.name.assign(name);
      e.declared = &declared;
      e.answer.type = nearest_type(name, declared);
      auto const i = types::find_type(name);
      e.answer.name = i < types::type_count ? types::type_name(i) : std::string_view();
    }
    return e.answer;
  }

 private:
  struct entry {
    std::string name;
    reflect::held_type const* declared = nullptr;
    nearest answer;
  };
  std::array<entry, 128> entries_;
};

}  // namespace esxvi::soap
