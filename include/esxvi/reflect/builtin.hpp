// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/reflect/type_info.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Tables of the built-in types and of the standard containers.
namespace esxvi::reflect {

/// Base of the tables that are nothing but a kind and a name.
template <kind What, fixed_string Name> struct builtin {
  static constexpr std::string_view name = Name.view();
  static constexpr type_info info{.what = What, .name = name};
};
template <> struct descriptor<bool> : builtin<kind::boolean, "xsd:boolean"> {};
template <> struct descriptor<std::int8_t> : builtin<kind::int8, "xsd:byte"> {};
template <> struct descriptor<std::int16_t> : builtin<kind::int16, "xsd:short"> {};
template <> struct descriptor<std::int32_t> : builtin<kind::int32, "xsd:int"> {};
template <> struct descriptor<std::int64_t> : builtin<kind::int64, "xsd:long"> {};
template <> struct descriptor<float> : builtin<kind::float32, "xsd:float"> {};
template <> struct descriptor<double> : builtin<kind::float64, "xsd:double"> {};
template <> struct descriptor<std::string> : builtin<kind::text, "xsd:string"> {};

template <class T> struct descriptor<std::optional<T>> {
  static constexpr std::string_view name = descriptor<T>::name;
  static constexpr type_info make() {
    type_info i{.what = kind::optional, .name = name};
    i.element = &descriptor<T>::info;
    i.stride = sizeof(T);
    i.emplace = [](void* container) -> void* {
      return &static_cast<std::optional<T>*>(container)->emplace();
    };
    i.elements = [](void const* container) -> span_of_elements {
      auto const& o = *static_cast<std::optional<T> const*>(container);
      return {o.has_value() ? &*o : nullptr, o.has_value() ? 1U : 0U};
    };
    return i;
  }
  static constexpr type_info info = make();
};

/// "ArrayOf" + the name without "xsd:", whose first letter is capital when it is a built-in one.
/// Faults have but one wrapper, whether its items are wrapped themselves or bare.
template <class T>
inline constexpr auto array_name_text = [] {
  constexpr std::string_view item = descriptor<T>::name;
  constexpr bool builtin = item.starts_with("xsd:");
  constexpr std::string_view bare = builtin                          ? item.substr(4)
                                    : item == "LocalizedMethodFault" ? "MethodFault"
                                                                     : item;
  std::array<char, bare.size() + 7> text{'A', 'r', 'r', 'a', 'y', 'O', 'f'};
  for (std::size_t i = 0; i < bare.size(); ++i) text[i + 7] = bare[i];
  if (builtin && text[7] >= 'a') text[7] = static_cast<char>(text[7] - 'a' + 'A');
  return text;
}();

template <class T> struct descriptor<std::vector<T>> {
  static constexpr std::string_view name{array_name_text<T>.data(), array_name_text<T>.size()};
  static constexpr type_info make() {
    type_info i{.what = kind::array, .name = name};
    i.element = &descriptor<T>::info;
    i.stride = sizeof(T);
    i.emplace = [](void* container) -> void* {
      auto& v = *static_cast<std::vector<T>*>(container);
      // Growing one by one to eight takes four allocations.
      if (v.capacity() == 0 && sizeof(T) <= 64) v.reserve(8);
      return &v.emplace_back();
    };
    i.elements = [](void const* container) -> span_of_elements {
      auto const& v = *static_cast<std::vector<T> const*>(container);
      return {v.data(), v.size()};
    };
    return i;
  }
  static const type_info info;
};
// Not constexpr: T may contain the vector, whose table then has to name this one.
template <class T> constinit const type_info descriptor<std::vector<T>>::info = make();

}  // namespace esxvi::reflect
