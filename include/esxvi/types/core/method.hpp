// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/reflect/type_info.hpp>

#include <concepts>
#include <string_view>
#include <utility>

namespace esxvi {

template <class... T> struct TypeList {};

/// What is known of a method of the API.
struct MethodFacts {
  std::string_view name{};       ///< on the wire
  std::string_view object{};     ///< kind of managed object that has it
  std::string_view since{};      ///< first API version with it
  std::string_view privilege{};  ///< that the caller needs; empty: none stated
};

namespace detail {
struct decode_later {};
}  // namespace detail

/// An argument that a call cannot do without. It has no default, so a request that leaves it out
/// does not compile, and the compiler's message names it: `Required<Ref<VirtualMachine>, "self">`.
template <class T, reflect::fixed_string Name> struct Required {
  // NOLINTBEGIN(google-explicit-constructor): stands where T stands.
  Required(T given) : value(std::move(given)) {}
  template <class U>
    requires(!std::same_as<std::remove_cvref_t<U>, Required> &&
             !std::same_as<std::remove_cvref_t<U>, T> && std::convertible_to<U, T>)
  Required(U&& given) : value(std::forward<U>(given)) {}
  explicit Required(detail::decode_later) {}
  operator T const&() const noexcept { return value; }
  // NOLINTEND(google-explicit-constructor)
  [[nodiscard]] T const& operator*() const noexcept { return value; }
  [[nodiscard]] T const* operator->() const noexcept { return &value; }

  T value{};
};

/// On the wire an argument is its value.
template <class T, reflect::fixed_string Name>
struct reflect::descriptor<Required<T, Name>> : descriptor<T> {};

}  // namespace esxvi
