// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace esxvi {
class Extra;
}

/// What the codec knows of a C++ type, as constant data. Templates only build these tables; one
/// engine that is no template walks them, so code grows with the members, not with their uses.
namespace esxvi::reflect {

struct type_info;

enum class kind : std::uint8_t {
  boolean,
  int8,
  int16,
  int32,
  int64,
  float32,
  float64,
  text,
  date_time,
  binary,
  enumeration,
  reference,
  object,    ///< struct with a table of members
  dynamic,   ///< object whose members are found by a function (see type_info::locate)
  poly,      ///< box of an object of the declared type or any descendant
  any,       ///< box of anything
  raw,       ///< text and elements kept as they came
  optional,  ///< 0..1 elements
  array,     ///< 0..n elements
};

struct literal {
  std::string_view name;
  int value;
};

struct member_info {
  std::string_view name;  ///< on the wire
  type_info const* type;
  void* (*at)(void* object);
  bool required;  ///< a value that the schema promises
};

struct place {
  type_info const* type = nullptr;  ///< null: unknown, skip it
  void* address = nullptr;
  bool boxed =
      false;  ///< the element is an anyType: an array comes as ArrayOfX with one child each
};

/// How to keep an object of a type that is known only at run time.
struct held_type {
  type_info const* type;
  void* (*create)();
  void* (*clone)(void const*);
  void (*destroy)(void*) noexcept;
};

struct span_of_elements {
  void const* first;
  std::size_t count;
};

struct type_info {
  kind what;
  std::string_view name;  ///< value of xsi:type; "xsd:" stands in front of the built-in ones

  // optional, array
  type_info const* element = nullptr;
  std::size_t stride = 0;
  void* (*emplace)(void* container) = nullptr;  ///< adds one element
  span_of_elements (*elements)(void const* container) = nullptr;
  /// Called when the element that emplace() made is complete; for containers that pass it on.
  void (*completed)(void* container) = nullptr;

  // object
  std::span<member_info const> members{};  ///< of all bases first, in wire order
  type_info const* base = nullptr;
  Extra* (*extra)(void* object) = nullptr;  ///< where unknown content goes; null: dropped

  // dynamic
  place (*locate)(void* object, std::string_view name) = nullptr;

  // enumeration
  std::span<literal const> literals{};
  void (*set_literal)(void* object, std::string_view name) = nullptr;
  std::string_view (*get_literal)(void const* object) = nullptr;

  // poly: the declared type
  held_type const* held = nullptr;
};

/// Whether `type` is `base` or derived from it.
[[nodiscard]] constexpr bool is_a(type_info const* type, type_info const* base) noexcept {
  while (type != nullptr && type != base) type = type->base;
  return type != nullptr;
}

/// descriptor<T>::info is the table of T; specialised beside each vocabulary type.
template <class T> struct descriptor;

template <class T> [[nodiscard]] constexpr type_info const* type_of() noexcept {
  return &descriptor<T>::info;
}

template <class T> struct held_operations {
  static void* create() {
    // `new T()` would zero the object before its members' initialisers do it again.
    if constexpr (std::is_class_v<T>)
      return new T;
    else
      return new T();
  }
  static void* clone(void const* other) { return new T(*static_cast<T const*>(other)); }
  static void destroy(void* object) noexcept { delete static_cast<T*>(object); }
};

template <class T>
inline constexpr held_type held_type_of{&descriptor<T>::info, &held_operations<T>::create,
                                        &held_operations<T>::clone, &held_operations<T>::destroy};

}  // namespace esxvi::reflect
