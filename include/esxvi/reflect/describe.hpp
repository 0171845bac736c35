// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// BOOST_DESCRIBE_STRUCT and BOOST_DESCRIBE_ENUM for declarations with more members than they take.
//
// The macros of Boost.Describe count their arguments by a table that ends at 52 (Boost 1.81; 64 in
// later releases). Five structs of vim25 and an enum are longer, HostCapability with 152 the
// longest struct. What the macros generate has no limit: a function that returns a list of
// descriptors, one argument per member. So the members are given in several lists here, each
// short enough for Boost's own FOR_EACH, and their expansions are put one after the other into one
// such function. The result is the same as if the macro had taken them all; nothing that reads a
// description can tell the difference.
//
// BOOST_DESCRIBE_PP_FOR_EACH, BOOST_DESCRIBE_MEMBER_IMPL, BOOST_DESCRIBE_ENUM_BEGIN, ..._ENTRY and
// ..._END are Boost's own building blocks, not a promised interface: should a release of Boost
// change them, this is the one file to look at.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <type_traits>

/// ESXVI_DESCRIBE_LONG_STRUCT(C, (bases...), (members...), (more members...), ...)
/// Up to eight lists of up to 52 members each.
#define ESXVI_DESCRIBE_LONG_STRUCT(C, Bases, ...)                                           \
  static_assert(std::is_class_v<C>, "ESXVI_DESCRIBE_LONG_STRUCT is for classes");           \
  BOOST_DESCRIBE_MAYBE_UNUSED BOOST_DESCRIBE_BASES_(C BOOST_DESCRIBE_PP_UNPACK Bases)       \
      BOOST_DESCRIBE_MAYBE_UNUSED inline auto boost_public_member_descriptor_fn(C**) {      \
    return boost::describe::detail::member_descriptor_fn_impl<boost::describe::mod_public>( \
        0 ESXVI_DETAIL_FOR_EACH_LIST(BOOST_DESCRIBE_MEMBER_IMPL, C, __VA_ARGS__));          \
  }                                                                                         \
  BOOST_DESCRIBE_MAYBE_UNUSED BOOST_DESCRIBE_PROTECTED_MEMBERS_(C)                          \
  BOOST_DESCRIBE_MAYBE_UNUSED BOOST_DESCRIBE_PRIVATE_MEMBERS_(C)

/// ESXVI_DESCRIBE_LONG_ENUM(E, (values...), (more values...), ...)
#define ESXVI_DESCRIBE_LONG_ENUM(E, ...)                                               \
  static_assert(std::is_enum_v<E>, "ESXVI_DESCRIBE_LONG_ENUM is for enums");           \
  BOOST_DESCRIBE_MAYBE_UNUSED BOOST_DESCRIBE_ENUM_BEGIN(E) ESXVI_DETAIL_FOR_EACH_LIST( \
      BOOST_DESCRIBE_ENUM_ENTRY, E, __VA_ARGS__) BOOST_DESCRIBE_ENUM_END(E)

// A list of its own per depth, because a macro does not expand inside of itself.
#define ESXVI_DETAIL_FOR_EACH_LIST(F, C, List, ...) \
  ESXVI_DETAIL_LIST(F, C, List) __VA_OPT__(ESXVI_DETAIL_LISTS_7(F, C, __VA_ARGS__))
#define ESXVI_DETAIL_LISTS_7(F, C, List, ...) \
  ESXVI_DETAIL_LIST(F, C, List) __VA_OPT__(ESXVI_DETAIL_LISTS_6(F, C, __VA_ARGS__))
#define ESXVI_DETAIL_LISTS_6(F, C, List, ...) \
  ESXVI_DETAIL_LIST(F, C, List) __VA_OPT__(ESXVI_DETAIL_LISTS_5(F, C, __VA_ARGS__))
#define ESXVI_DETAIL_LISTS_5(F, C, List, ...) \
  ESXVI_DETAIL_LIST(F, C, List) __VA_OPT__(ESXVI_DETAIL_LISTS_4(F, C, __VA_ARGS__))
#define ESXVI_DETAIL_LISTS_4(F, C, List, ...) \
  ESXVI_DETAIL_LIST(F, C, List) __VA_OPT__(ESXVI_DETAIL_LISTS_3(F, C, __VA_ARGS__))
#define ESXVI_DETAIL_LISTS_3(F, C, List, ...) \
  ESXVI_DETAIL_LIST(F, C, List) __VA_OPT__(ESXVI_DETAIL_LISTS_2(F, C, __VA_ARGS__))
#define ESXVI_DETAIL_LISTS_2(F, C, List, ...) \
  ESXVI_DETAIL_LIST(F, C, List) __VA_OPT__(ESXVI_DETAIL_LISTS_1(F, C, __VA_ARGS__))
#define ESXVI_DETAIL_LISTS_1(F, C, List) ESXVI_DETAIL_LIST(F, C, List)

#define ESXVI_DETAIL_LIST(F, C, List) \
  ESXVI_DETAIL_EXPAND(BOOST_DESCRIBE_PP_FOR_EACH ESXVI_DETAIL_ARGUMENTS(F, C, List))
#define ESXVI_DETAIL_ARGUMENTS(F, C, List) (F, C, ESXVI_DETAIL_UNWRAP List)
#define ESXVI_DETAIL_UNWRAP(...) __VA_ARGS__
#define ESXVI_DETAIL_EXPAND(...) __VA_ARGS__
