// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/registry.hpp>
#include <esxvi/reflect/type_info.hpp>
#include <esxvi/types/core/box.hpp>
#include <esxvi/types/core/enum.hpp>
#include <esxvi/types/core/poly.hpp>
#include <esxvi/types/core/ref.hpp>

#include <concepts>
#include <optional>
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

template <> struct reflect::descriptor<RawValue> {
  static constexpr std::string_view name{};
  static constexpr type_info info{.what = kind::raw, .name = name};
};

namespace detail {
template <class T> inline constexpr bool stands_alone = true;
template <reflect::DescribedEnum E> inline constexpr bool stands_alone<E> = false;
template <class T> inline constexpr bool stands_alone<Poly<T>> = false;
template <class T> inline constexpr bool stands_alone<std::optional<T>> = false;

/// What an Any holds: Enum<E> and not E, an object and not the Poly or the optional around it, so
/// that each wire type has one C++ type to ask for.
template <class T>
concept Content = stands_alone<T>;
}  // namespace detail

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
             !std::convertible_to<T &&, std::string_view> &&
             detail::Content<std::remove_cvref_t<T>>)
  // NOLINTNEXTLINE(google-explicit-constructor)
  Any(T&& value)
      : box_(reflect::held<std::remove_cvref_t<T>>(),
             new std::remove_cvref_t<T>(std::forward<T>(value))) {}
  template <std::convertible_to<std::string_view> S>
  // NOLINTNEXTLINE(google-explicit-constructor)
  Any(S&& text) : box_(reflect::held<std::string>(), new std::string(std::string_view(text))) {}

  // NOLINTBEGIN(google-explicit-constructor)
  template <reflect::DescribedEnum E> Any(E literal) : Any(Enum<E>(literal)) {}
  template <class T> Any(Poly<T> object) noexcept : box_(std::move(object.content())) {}
  template <class T> Any(std::optional<T> value) : Any(value ? Any(*std::move(value)) : Any()) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] explicit operator bool() const noexcept { return box_.object() != nullptr; }
  [[nodiscard]] bool has_value() const noexcept { return box_.object() != nullptr; }
  void reset() noexcept { box_.reset(); }

  template <detail::Content T> [[nodiscard]] T* as() noexcept {
    return is<T>() ? static_cast<T*>(box_.object()) : nullptr;
  }
  template <detail::Content T> [[nodiscard]] T const* as() const noexcept {
    return is<T>() ? static_cast<T const*>(box_.object()) : nullptr;
  }
  template <detail::Content T> [[nodiscard]] bool is() const noexcept {
    auto const* const type = box_.type();
    auto const* const asked = reflect::held<T>().type;
    if (reflect::is_a(type, asked)) return true;
    // References to objects of all kinds have one table, their arrays have one each.
    return type != nullptr && type->what == reflect::kind::array && asked->what == type->what &&
           asked->element == type->element;
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

template <> struct reflect::descriptor<Any> {
  static constexpr std::string_view name = "xsd:anyType";
  static constexpr type_info info{.what = kind::any, .name = name};
};

}  // namespace esxvi
