// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/registry.hpp>
#include <esxvi/reflect/type_info.hpp>
#include <esxvi/types/core/box.hpp>
#include <esxvi/types/core/extra.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace esxvi {

/// Owns a T or any descendant of it, with value semantics: copies are deep. May be empty, which is
/// what an optional member that was not sent is.
///
/// `p->key` reads members of T. `p.as<VirtualDisk>()` gives the descendant or nullptr.
/// Not thread-safe beyond what a plain value is.
template <class T> class Poly {
 public:
  Poly() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a descendant is meant to become one silently.
  Poly(std::nullptr_t) noexcept {}
  template <class U>
    requires(!std::same_as<std::remove_cvref_t<U>, Poly> &&
             std::derived_from<std::remove_cvref_t<U>, T>)
  // NOLINTNEXTLINE(google-explicit-constructor)
  Poly(U&& value)
      : box_(reflect::held<std::remove_cvref_t<U>>(),
             new std::remove_cvref_t<U>(std::forward<U>(value))) {}

  [[nodiscard]] explicit operator bool() const noexcept { return box_.object() != nullptr; }
  [[nodiscard]] bool has_value() const noexcept { return box_.object() != nullptr; }
  void reset() noexcept { box_.reset(); }

  /// Undefined when empty, like a pointer.
  [[nodiscard]] T& operator*() noexcept { return *get(); }
  [[nodiscard]] T const& operator*() const noexcept { return *get(); }
  [[nodiscard]] T* operator->() noexcept { return get(); }
  [[nodiscard]] T const* operator->() const noexcept { return get(); }
  [[nodiscard]] T* get() noexcept { return static_cast<T*>(box_.object()); }
  [[nodiscard]] T const* get() const noexcept { return static_cast<T const*>(box_.object()); }

  /// The object as a U, nullptr when it is none (or this is empty). Asking for U is what makes the
  /// program decode it: no registration is needed.
  template <std::derived_from<T> U> [[nodiscard]] U* as() noexcept {
    return is<U>() ? static_cast<U*>(box_.object()) : nullptr;
  }
  template <std::derived_from<T> U> [[nodiscard]] U const* as() const noexcept {
    return is<U>() ? static_cast<U const*>(box_.object()) : nullptr;
  }
  template <std::derived_from<T> U> [[nodiscard]] bool is() const noexcept {
    return reflect::is_a(box_.type(), reflect::held<U>().type);
  }

  /// Name of the type that the server named, known to this program or not; empty when empty.
  [[nodiscard]] std::string_view type_name() const noexcept {
    if (box_.type() == nullptr) return {};
    auto const* type = box_.type();
    if (type->extra != nullptr) {
      // extra() wants a mutable object for the decoder's sake; nothing is changed here.
      Extra const* extra = type->extra(const_cast<void*>(box_.object()));  // NOLINT
      if (!extra->type().empty()) return extra->type();
    }
    return type->name;
  }

  [[nodiscard]] detail::box& content() noexcept { return box_; }
  [[nodiscard]] detail::box const& content() const noexcept { return box_; }

 private:
  detail::box box_;
};

template <class T> struct reflect::descriptor<Poly<T>> {
  static constexpr std::string_view name = descriptor<T>::name;
  static constexpr type_info make() {
    type_info i{.what = kind::poly, .name = name};
    i.held = &held_type_of<T>;
    return i;
  }
  static const type_info info;
};
template <class T> constinit const reflect::type_info reflect::descriptor<Poly<T>>::info = make();

}  // namespace esxvi
