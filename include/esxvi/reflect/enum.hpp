// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/reflect/type_info.hpp>

#include <boost/describe/enumerators.hpp>

#include <array>
#include <span>
#include <string_view>
#include <type_traits>

namespace esxvi::reflect {

template <class E>
concept DescribedEnum = std::is_enum_v<E> && boost::describe::has_describe_enumerators<E>::value;

template <template <class...> class List, class... D> constexpr auto make_literals(List<D...>) {
  return std::array<literal, sizeof...(D)>{
      literal{wire_name(D::name), static_cast<int>(D::value)}...};
}

template <DescribedEnum E>
inline constexpr auto literal_table = make_literals(boost::describe::describe_enumerators<E>());

/// The literals of a described enum, in the order of their declaration.
template <DescribedEnum E> inline constexpr std::span<literal const> literals_of{literal_table<E>};

/// A value that is no literal of E: what a plain E holds after a literal that E does not know.
template <class E> inline constexpr E unknown_literal = static_cast<E>(-1);

[[nodiscard]] constexpr literal const* find_literal(std::span<literal const> all,
                                                    std::string_view name) noexcept {
  for (literal const& l : all)
    if (l.name == name) return &l;
  return nullptr;
}

/// Empty when no literal has this value.
[[nodiscard]] constexpr std::string_view literal_name(std::span<literal const> all,
                                                      int value) noexcept {
  for (literal const& l : all)
    if (l.value == value) return l.name;
  return {};
}

/// A plain described enum, as users have it in structs of their own.
template <DescribedEnum E> struct descriptor<E> {
  static constexpr std::string_view name = type_name<E>();
  static constexpr type_info make() {
    type_info i{.what = kind::enumeration, .name = name};
    i.literals = literals_of<E>;
    i.set_literal = [](void* object, std::string_view name) {
      auto const* known = find_literal(literals_of<E>, name);
      *static_cast<E*>(object) =
          known != nullptr ? static_cast<E>(known->value) : unknown_literal<E>;
    };
    i.get_literal = [](void const* object) {
      return literal_name(literals_of<E>, static_cast<int>(*static_cast<E const*>(object)));
    };
    return i;
  }
  static constexpr type_info info = make();
};

}  // namespace esxvi::reflect
