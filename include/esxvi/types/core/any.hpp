// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/registry.hpp>
#include <esxvi/reflect/type_info.hpp>
#include <esxvi/types/core/box.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace esxvi {

/// A value of a type that this program did not name: what stood between its tags.
struct RawValue {
  std::string type{};        ///< xsi:type, "xsd:" in front of a built-in one; empty: none was given
  std::string attributes{};  ///< other attributes, each with a blank in front
  std::string xml{};         ///< escaped text and elements
};

template <>
struct reflect::descriptor<RawValue> {
  static constexpr std::string_view name{};
  static constexpr type_info info{.what = kind::raw, .name = name};
};

/// xsd:anyType: any value of the API, or none.
///
/// `a.as<std::int32_t>()`, `a.as<vim::HostConfigInfo>()`, `a.as<std::vector<std::string>>()` give
/// a pointer, nullptr when it holds something else. What the program never asks for stays a
/// RawValue and is written back unchanged.
class Any {
 public:
  Any() = default;
  template <class T>
    requires(!std::same_as<std::remove_cvref_t<T>, Any> &&
             !std::convertible_to<T &&, std::string_view>)
  // NOLINTNEXTLINE(google-explicit-constructor)
  Any(T&& value)
      : box_(reflect::held<std::remove_cvref_t<T>>(),
             new std::remove_cvref_t<T>(std::forward<T>(value))) {}
  template <std::convertible_to<std::string_view> S>
  // NOLINTNEXTLINE(google-explicit-constructor)
  Any(S&& text)
      : box_(reflect::held<std::string>(), new std::string(std::string_view(text))) {}

  [[nodiscard]] explicit operator bool() const noexcept { return box_.object() != nullptr; }
  [[nodiscard]] bool has_value() const noexcept { return box_.object() != nullptr; }
  void reset() noexcept { box_.reset(); }

  template <class T>
  [[nodiscard]] T* as() noexcept {
    return is<T>() ? static_cast<T*>(box_.object()) : nullptr;
  }
  template <class T>
  [[nodiscard]] T const* as() const noexcept {
    return is<T>() ? static_cast<T const*>(box_.object()) : nullptr;
  }
  template <class T>
  [[nodiscard]] bool is() const noexcept {
    return reflect::is_a(box_.type(), reflect::held<T>().type);
  }

  /// Name of the type on the wire, empty when there is no value.
  [[nodiscard]] std::string_view type_name() const noexcept {
    if (box_.type() == nullptr) return {};
    if (box_.type() == &reflect::descriptor<RawValue>::info)
      return static_cast<RawValue const*>(box_.object())->type;
    return box_.type()->name;
  }

  [[nodiscard]] detail::box& content() noexcept { return box_; }
  [[nodiscard]] detail::box const& content() const noexcept { return box_; }

 private:
  detail::box box_;
};

template <>
struct reflect::descriptor<Any> {
  static constexpr std::string_view name = "xsd:anyType";
  static constexpr type_info info{.what = kind::any, .name = name};
};

}  // namespace esxvi
