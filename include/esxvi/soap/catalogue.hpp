// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/builtin.hpp>
#include <esxvi/reflect/object.hpp>
#include <esxvi/reflect/registry.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/hierarchy.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <vector>

/// For programs that do something with every type of the API: gateways, recorders, tools. Others
/// never need this; naming a type is enough.
///
///     #include <esxvi/types/catalogue/part_00.hpp>   // one translation unit a part
///     esxvi::soap::register_types(vim::catalogue::structs_00());
///     esxvi::soap::register_arrays(vim::catalogue::arrays_00());
namespace esxvi::soap {

namespace detail {

// Which structs of the schema have descendants: their arrays hold Poly<T>.
inline constexpr auto has_descendants = [] {
  std::array<bool, types::type_count> marked{};
  for (std::size_t i = 0; i < types::type_count; ++i) {
    auto const base = types::detail::hierarchy::bases[i];
    if (base != types::detail::hierarchy::no_base) marked[base] = true;
  }
  return marked;
}();

template <class T>
inline constexpr bool is_base = [] {
  constexpr std::size_t i = types::find_type(reflect::type_name<T>());
  return i < types::type_count && has_descendants[i];
}();

template <class T>
using value_of =
    std::conditional_t<std::is_enum_v<T>, std::type_identity<Enum<T>>, std::type_identity<T>>::type;
template <class T>
using item_of = std::conditional_t<is_base<T>, std::type_identity<Poly<T>>,
                                   std::type_identity<value_of<T>>>::type;

}  // namespace detail

/// Makes values of these types decode as themselves wherever they stand.
template <class... T> void register_types(TypeList<T...>) {
  (reflect::registry::add(reflect::held_type_of<detail::value_of<T>>), ...);
}
/// The same for arrays of them.
template <class... T> void register_arrays(TypeList<T...>) {
  (reflect::registry::add(reflect::held_type_of<std::vector<detail::item_of<T>>>), ...);
}

/// A method and how to hold what it returns.
struct method_entry {
  std::string_view name;
  reflect::held_type const* reply;  ///< a Reply<T>
};

template <class... R> [[nodiscard]] std::vector<method_entry> methods_of(TypeList<R...>) {
  return {{R::facts.name, &reflect::held_type_of<Reply<typename R::reply_type>>}...};
}

}  // namespace esxvi::soap
