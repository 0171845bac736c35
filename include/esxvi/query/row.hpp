// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/object.hpp>
#include <esxvi/reflect/path.hpp>
#include <esxvi/types/core.hpp>

#include <boost/mp11/algorithm.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace esxvi {

/// Base of a projection: which properties of which objects fill a struct, in the order of its
/// members:
///
///     template <>
///     struct esxvi::projection<Row> : esxvi::project<vim::VirtualMachine, "name", "guest.ipAddress"> {};
///
/// A first member of type Ref<T> that no path is given for receives the reference.
template <class T, reflect::fixed_string... Path>
  requires(reflect::PropertyPath<T, Path> && ...)
struct project {
  using object = T;
  static constexpr std::array<std::string_view, sizeof...(Path)> paths{Path.view()...};
  using values = std::tuple<reflect::property_t<T, Path>...>;
};

/// Specialise it for a struct of your own; see project.
template <class Row>
struct projection {};

/// A struct that retrieve() can fill.
template <class Row>
concept ProjectedRow = requires { typename projection<Row>::object; };

/// A column takes a property of type V when it has that type; an enum of the API may also go into
/// the plain enum, which then is unknown_literal<E> for what the enum does not know.
template <class Column, class V>
concept column_for = std::is_same_v<Column, V> || std::is_same_v<Enum<Column>, V>;

namespace detail {

struct column {
  std::string_view path;
  reflect::type_info const* type;
  void* (*at)(void* row);
};

/// What the engine has to know of a row.
struct row_layout {
  std::string_view kind;  ///< of the objects
  std::span<column const> columns;
  untyped_ref* (*object)(void* row);  ///< where the reference goes; null: nowhere
};

// A tuple: the reference, then a value a path.
template <class T, reflect::fixed_string... Path>
using path_tuple = std::tuple<Ref<T>, reflect::property_t<T, Path>...>;

template <class Tuple, std::size_t I>
void* tuple_element(void* row) {
  return &std::get<I>(*static_cast<Tuple*>(row));
}

template <class T, reflect::fixed_string... Path>
struct tuple_layout {
  using row = path_tuple<T, Path...>;
  template <std::size_t... I>
  static constexpr auto make(std::index_sequence<I...>) {
    return std::array<column, sizeof...(Path)>{
        column{Path.view(), &reflect::descriptor<reflect::property_t<T, Path>>::info,
               &tuple_element<row, I + 1>}...};
  }
  static constexpr auto columns = make(std::make_index_sequence<sizeof...(Path)>());
  static constexpr row_layout value{
      reflect::type_name<T>(), columns,
      [](void* r) -> untyped_ref* { return &std::get<0>(*static_cast<row*>(r)); }};
};

// A struct of the user's.
template <ProjectedRow Row>
struct struct_layout {
  using members = reflect::own_members<Row>;
  using values = typename projection<Row>::values;
  using object_type = typename projection<Row>::object;
  static constexpr std::size_t member_count = boost::mp11::mp_size<members>::value;
  static constexpr std::size_t path_count = std::tuple_size_v<values>;
  static constexpr std::size_t first = member_count - path_count;

  static_assert(member_count >= path_count && first <= 1,
                "projection<Row>: give one path for each described member of Row (a first member "
                "of type Ref<T> needs none)");

  template <std::size_t I>
  using descriptor = boost::mp11::mp_at_c<members, I + first>;

  template <std::size_t... I>
  static constexpr auto make(std::index_sequence<I...>) {
    static_assert(
        (column_for<reflect::member_type<descriptor<I>>, std::tuple_element_t<I, values>> && ...),
        "projection<Row>: a member has not the type of its property; property_t<T, \"path\"> tells "
        "it (optional when a parent may be absent)");
    return std::array<column, path_count>{
        column{projection<Row>::paths[I],
               &reflect::descriptor<reflect::member_type<descriptor<I>>>::info,
               &reflect::address_of<descriptor<I>>}...};
  }
  static constexpr auto columns = make(std::make_index_sequence<path_count>());

  static constexpr auto reference() -> untyped_ref* (*)(void*) {
    if constexpr (first == 1) {
      using d = boost::mp11::mp_at_c<members, 0>;
      static_assert(std::is_same_v<reflect::member_type<d>, Ref<object_type>>,
                    "projection<Row>: the member without a path has to be a Ref<T>");
      return [](void* r) -> untyped_ref* {
        return static_cast<Ref<object_type>*>(reflect::address_of<d>(r));
      };
    } else {
      return nullptr;
    }
  }
  static constexpr row_layout value{reflect::type_name<object_type>(), columns, reference()};
};

}  // namespace detail
}  // namespace esxvi
