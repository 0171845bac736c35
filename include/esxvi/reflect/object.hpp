// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/builtin.hpp>
#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/reflect/type_info.hpp>

#include <boost/describe/bases.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace esxvi {
template <class T> class Poly;
class Any;
}  // namespace esxvi

namespace esxvi::reflect {

/// A struct with BOOST_DESCRIBE_STRUCT, of the API or of the user.
template <class T>
concept Described = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

template <class T>
using own_members = boost::describe::describe_members<T, boost::describe::mod_public>;

/// The described base, or void. The API has single inheritance.
template <class T> struct base_of {
  template <template <class...> class List> static void pick(List<>);
  template <template <class...> class List, class D> static typename D::type pick(List<D>);
  using type = decltype(pick(boost::describe::describe_bases<T, boost::describe::mod_public>()));
};
template <class T> using base_of_t = typename base_of<T>::type;

/// Class and type of the member that a descriptor D names.
template <class C, class M> C class_of_member(M C::*);
template <class C, class M> M type_of_member(M C::*);
template <class D> using member_class = decltype(class_of_member(D::pointer));
template <class D> using member_type = std::remove_cv_t<decltype(type_of_member(D::pointer))>;

/// Members whose absence is normal.
template <class T> inline constexpr bool may_be_absent = false;
template <class T> inline constexpr bool may_be_absent<std::optional<T>> = true;
template <class T> inline constexpr bool may_be_absent<std::vector<T>> = true;
template <class T> inline constexpr bool may_be_absent<Poly<T>> = true;
template <> inline constexpr bool may_be_absent<Any> = true;

template <class D> void* address_of(void* object) {
  return &(static_cast<member_class<D>*>(object)->*D::pointer);
}

template <class T> struct all_members_of {
  using type = boost::mp11::mp_append<typename all_members_of<base_of_t<T>>::type, own_members<T>>;
};
template <> struct all_members_of<void> {
  using type = boost::mp11::mp_list<>;
};

// T is a parameter so that a descendant without members of its own does not share this function
// with its base, which may be calling it.
template <class T, template <class...> class List, class... D>
constexpr std::array<member_info, sizeof...(D)> make_members(List<D...>) {
  return {member_info{wire_name(D::name), &descriptor<member_type<D>>::info, &address_of<D>,
                      !may_be_absent<member_type<D>>}...};
}

/// All members of T, those of the bases first: single inheritance without virtual functions puts
/// the base at the object's own address, so one accessor serves every descendant.
///
/// Made from the descriptions alone and never from the table of a base, which may be in the making:
/// a base can contain its descendants.
template <class T> struct members_of {
  static constexpr auto value = make_members<T>(typename all_members_of<T>::type());
};

template <class T>
concept KeepsExtra = requires(T& object) {
  { object.extra } -> std::same_as<Extra&>;
};

template <class T> struct object_descriptor {
  static constexpr std::string_view name = type_name<T>();
  static constexpr type_info make() {
    type_info i{.what = kind::object, .name = name};
    i.members = members_of<T>::value;
    if constexpr (!std::is_void_v<base_of_t<T>>) i.base = &descriptor<base_of_t<T>>::info;
    if constexpr (KeepsExtra<T>)
      i.extra = [](void* object) { return &static_cast<T*>(object)->extra; };
    return i;
  }
  static const type_info info;
};
// Not constexpr, so that naming it does not instantiate it at once: types contain each other in
// arrays and boxes.
template <class T> constinit const type_info object_descriptor<T>::info = make();

// A class of its own, since clang 16 does not take members of a constrained specialisation from
// outside it.
template <Described T> struct descriptor<T> : object_descriptor<T> {};

}  // namespace esxvi::reflect
