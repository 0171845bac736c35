// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/object.hpp>
#include <esxvi/reflect/path.hpp>
#include <esxvi/session/session.hpp>
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

/// A path and the type of its values.
template <reflect::fixed_string Path, class V> struct value_at {
  using type = V;
};

/// Base of a projection: which properties of which objects fill a struct, in the order of its
/// members:
///
///     template <>
///     struct esxvi::projection<Row> : esxvi::project<vim::VirtualMachine, "name",
///     "guest.ipAddress"> {};
///
/// A first member of type Ref<T> that no path is given for receives the reference.
template <class T, reflect::fixed_string... Path> struct project {
  static_assert((reflect::checked_path<T, Path>() && ...));
  using object = T;
  static constexpr std::array<std::string_view, sizeof...(Path)> paths{Path.view()...};
  using values = std::tuple<value_at<Path, reflect::property_t<T, Path>>...>;
};

/// Specialise it for a struct of your own; see project.
template <class Row> struct projection {};

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

template <class Tuple, std::size_t I> void* tuple_element(void* row) {
  return &std::get<I>(*static_cast<Tuple*>(row));
}

template <class T, reflect::fixed_string... Path> struct tuple_layout {
  using row = path_tuple<T, Path...>;
  template <std::size_t... I> static constexpr auto make(std::index_sequence<I...>) {
    return std::array<column, sizeof...(Path)>{
        column{Path.view(), &reflect::descriptor<reflect::property_t<T, Path>>::info,
               &tuple_element<row, I + 1>}...};
  }
  static constexpr auto columns = make(std::make_index_sequence<sizeof...(Path)>());
  static constexpr row_layout value{reflect::type_name<T>(), columns, [](void* r) -> untyped_ref* {
                                      return &std::get<0>(*static_cast<row*>(r));
                                    }};
};

// Never defined: with these the compiler says which member does not fit.
template <class Row, class Member, class Value> struct member_has_not_the_type_of_its_property;
template <class Row, std::size_t Members, std::size_t Paths>
struct members_and_paths_differ_in_number;

template <class Row, class Member, class Value> consteval bool checked_column() {
  if constexpr (column_for<Member, typename Value::type>)
    return true;
  else
    return sizeof(member_has_not_the_type_of_its_property<Row, Member, Value>) > 0;
}
template <class Row, std::size_t Members, std::size_t Paths> consteval bool checked_count() {
  if constexpr (Members == Paths || Members == Paths + 1)
    return true;
  else
    return sizeof(members_and_paths_differ_in_number<Row, Members, Paths>) > 0;
}

// A struct of the user's.
template <ProjectedRow Row> struct struct_layout {
  using members = reflect::own_members<Row>;
  using values = typename projection<Row>::values;
  using object_type = typename projection<Row>::object;
  static constexpr std::size_t member_count = boost::mp11::mp_size<members>::value;
  static constexpr std::size_t path_count = std::tuple_size_v<values>;
  // One path for each described member; a first member of type Ref<T> needs none.
  static_assert(checked_count<Row, member_count, path_count>());
  static constexpr std::size_t first = member_count - path_count;

  template <std::size_t I> using descriptor = boost::mp11::mp_at_c<members, I + first>;

  template <std::size_t... I> static constexpr auto make(std::index_sequence<I...>) {
    // property_t<T, "path"> tells the type: optional when a parent may be absent.
    static_assert((checked_column<Row, reflect::member_type<descriptor<I>>,
                                  std::tuple_element_t<I, values>>() &&
                   ...));
    return std::array<column, path_count>{column{
        projection<Row>::paths[I], &reflect::descriptor<reflect::member_type<descriptor<I>>>::info,
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
