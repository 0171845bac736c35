// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/reflect/object.hpp>

#include <boost/mp11/algorithm.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace esxvi {
template <class E> class Enum;
}  // namespace esxvi

/// Property paths ("config.hardware.memoryMB", "config.hardware.device[4000].backing") looked up in
/// the described types while the program is compiled. A path is checked against DECLARED types, as
/// a server does: what only a descendant has is read by taking the object whole and as<T>().
namespace esxvi::reflect {

enum class path_problem {
  none,
  no_such_member,
  not_a_structure,    ///< goes on behind a string, a number, a reference ...
  array_without_key,  ///< goes on behind an array: say which element, `device[4000]`
  key_without_array,
  open_bracket,
  empty,
};

namespace detail {

struct path_step {
  std::size_t name_end;
  bool keyed;
  std::size_t next;  // where the next name begins, npos: this was the last
  bool bad;
};

consteval path_step next_step(std::string_view path, std::size_t from) {
  path_step s{from, false, std::string_view::npos, false};
  while (s.name_end < path.size() && path[s.name_end] != '.' && path[s.name_end] != '[')
    ++s.name_end;
  std::size_t at = s.name_end;
  if (at < path.size() && path[at] == '[') {
    s.keyed = true;
    bool quoted = false;
    while (at < path.size() && (path[at] != ']' || quoted)) {
      if (path[at] == '"') quoted = !quoted;
      ++at;
    }
    if (at++ >= path.size()) s.bad = true;
  }
  if (at < path.size()) {
    if (path[at] != '.') s.bad = true;
    s.next = at + 1;
  }
  return s;
}

template <template <class...> class List, class... D>
consteval std::size_t index_of(List<D...>, [[maybe_unused]] std::string_view name) {
  std::size_t found = sizeof...(D);
  std::size_t i = 0;
  ((wire_name(D::name) == name && found == sizeof...(D) ? void(found = i) : void(), ++i), ...);
  return found;
}

struct no_member {};

/// Type of the member of T, or of its bases, that has this wire name; else no_member.
template <class T, fixed_string Path, std::size_t From, std::size_t End>
consteval auto find_member() {
  constexpr std::string_view name = Path.view().substr(From, End - From);
  using members = own_members<T>;
  constexpr std::size_t i = index_of(members(), name);
  if constexpr (i < boost::mp11::mp_size<members>::value)
    return std::type_identity<member_type<boost::mp11::mp_at_c<members, i>>>();
  else if constexpr (!std::is_void_v<base_of_t<T>>)
    return find_member<base_of_t<T>, Path, From, End>();
  else
    return std::type_identity<no_member>();
}

template <class T> struct unwrapped {
  using type = T;
  static constexpr bool optional = false;
};
template <class T> struct unwrapped<std::optional<T>> {
  using type = T;
  static constexpr bool optional = true;
};

template <class T> struct structure_in {
  using type = T;
  static constexpr bool optional = false;
};
template <class T> struct structure_in<Poly<T>> {
  using type = T;
  static constexpr bool optional = true;
};

template <class T> struct element_in {
  using type = void;
};
template <class T> struct element_in<std::vector<T>> {
  using type = T;
};

template <path_problem Problem> struct bad_path {
  static constexpr path_problem problem = Problem;
  using type = void;
};

template <class T, bool Optional> struct good_path {
  static constexpr path_problem problem = path_problem::none;
  // A box (Poly, Any) is empty when the value is absent; everything else becomes optional.
  static constexpr bool box = may_be_absent<T> && std::is_void_v<typename element_in<T>::type>;
  using type = std::conditional_t<Optional && !box, std::optional<T>, T>;
};

template <class T, fixed_string Path, std::size_t From, bool Optional> consteval auto resolve() {
  constexpr std::string_view path = Path.view();
  constexpr path_step step = next_step(path, From);
  if constexpr (path.empty() || step.name_end == From) {
    return bad_path<path_problem::empty>();
  } else if constexpr (step.bad) {
    return bad_path<path_problem::open_bracket>();
  } else if constexpr (!Described<T>) {
    return bad_path<path_problem::not_a_structure>();
  } else {
    using found = typename decltype(find_member<T, Path, From, step.name_end>())::type;
    using member = unwrapped<found>;
    using element = typename element_in<typename member::type>::type;
    if constexpr (std::is_same_v<found, no_member>) {
      return bad_path<path_problem::no_such_member>();
    } else if constexpr (step.keyed && std::is_void_v<element>) {
      return bad_path<path_problem::key_without_array>();
    } else {
      using value = std::conditional_t<step.keyed, element, typename member::type>;
      constexpr bool optional = Optional || member::optional || step.keyed;
      if constexpr (step.next == std::string_view::npos) {
        return good_path<value, optional>();
      } else if constexpr (!std::is_void_v<typename element_in<value>::type>) {
        return bad_path<path_problem::array_without_key>();
      } else {
        using inner = structure_in<value>;
        return resolve<typename inner::type, Path, step.next, optional || inner::optional>();
      }
    }
  }
}

}  // namespace detail

/// What a path leads to from a T.
template <class T, fixed_string Path> struct property {
  using result = decltype(detail::resolve<T, Path, 0, false>());
  static constexpr path_problem problem = result::problem;
  /// The declared type, std::optional when anything on the way may be absent.
  using type = typename result::type;
};

template <class T, fixed_string Path> using property_t = typename property<T, Path>::type;

/// `Path` names a property of T, through declared types only.
template <class T, fixed_string Path>
concept PropertyPath = property<T, Path>::problem == path_problem::none;

/// @name Never defined: with these the compiler says what is wrong with which path.
/// @{
template <class T, fixed_string Path> struct no_such_property;
template <class T, fixed_string Path> struct array_in_path_needs_a_key;
template <class T, fixed_string Path> struct malformed_path;
template <class T> struct properties_header_not_included;
/// @}

/// True for a PropertyPath; does not compile for anything else.
template <class T, fixed_string Path> consteval bool checked_path() {
  if constexpr (!requires { sizeof(T); }) {
    return sizeof(properties_header_not_included<T>) > 0;
  } else {
    constexpr path_problem problem = property<T, Path>::problem;
    if constexpr (problem == path_problem::array_without_key)
      return sizeof(array_in_path_needs_a_key<T, Path>) > 0;
    else if constexpr (problem == path_problem::empty || problem == path_problem::open_bracket)
      return sizeof(malformed_path<T, Path>) > 0;
    else if constexpr (problem != path_problem::none)
      return sizeof(no_such_property<T, Path>) > 0;
    else
      return true;
  }
}

}  // namespace esxvi::reflect
