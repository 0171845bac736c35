// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <string_view>

namespace esxvi::reflect {

/// A string as a template argument: a property path, the name of an argument.
template <std::size_t N> struct fixed_string {
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is meant to become one silently.
  consteval fixed_string(char const (&literal)[N]) {
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
  char text[N]{};
};

/// The unqualified name of a type, which may be incomplete. API types carry their wire names.
template <class T> [[nodiscard]] constexpr std::string_view type_name() {
#if defined(__clang__) || defined(__GNUC__)
  // "... type_name() [with T = a::b::Name; std::string_view = ...]" or "... [T = a::b::Name]"
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view mark = "T = ";
  constexpr std::size_t from = text.find(mark) + mark.size();
  constexpr std::string_view rest = text.substr(from, text.find_first_of(";]", from) - from);
#else
  #error "esxvi: this compiler has no known spelling of the enclosing function's name"
#endif
  constexpr std::size_t colon = rest.rfind(':');
  return colon == std::string_view::npos ? rest : rest.substr(colon + 1);
}

/// C++ name -> wire name: one trailing underscore marks a keyword (`template_`), and `self` is
/// the object that a method is called on.
[[nodiscard]] constexpr std::string_view wire_name(std::string_view name) {
  if (name == "self") return "_this";
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

}  // namespace esxvi::reflect
