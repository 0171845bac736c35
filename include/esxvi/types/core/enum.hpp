// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/enum.hpp>
#include <esxvi/reflect/type_info.hpp>

#include <ostream>
#include <string>
#include <string_view>

namespace esxvi {

/// A literal of E, or one that a newer server knows and E does not: that one is kept as text, is
/// unequal to every literal of E, and is written back unchanged.
template <class E> class Enum {
 public:
  Enum() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): stands where E stands.
  Enum(E value) noexcept : value_(value) {}
  explicit Enum(std::string_view literal) {
    if (auto const* known = reflect::find_literal(reflect::literals_of<E>, literal))
      value_ = static_cast<E>(known->value);
    else
      value_ = reflect::unknown_literal<E>, unknown_ = literal;
  }

  [[nodiscard]] bool known() const noexcept { return value_ != reflect::unknown_literal<E>; }
  /// The literal's value; for an unknown one reflect::unknown_literal<E>, which no literal has: a
  /// `switch` over it runs into its default.
  [[nodiscard]] E value() const noexcept { return value_; }
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator E() const noexcept { return value(); }
  /// As on the wire.
  [[nodiscard]] std::string_view literal() const noexcept {
    return known() ? reflect::literal_name(reflect::literals_of<E>, static_cast<int>(value_))
                   : std::string_view(unknown_);
  }

  [[nodiscard]] friend bool operator==(Enum const& a, Enum const& b) noexcept {
    return a.unknown_ == b.unknown_ && a.value() == b.value();
  }
  [[nodiscard]] friend bool operator==(Enum const& a, E b) noexcept { return a.value() == b; }
  friend std::ostream& operator<<(std::ostream& out, Enum const& e) { return out << e.literal(); }

 private:
  E value_{};
  std::string unknown_;
};

template <class E> struct reflect::descriptor<Enum<E>> {
  static constexpr std::string_view name = type_name<E>();
  static constexpr type_info make() {
    type_info i{.what = kind::enumeration, .name = name};
    i.literals = literals_of<E>;
    i.set_literal = [](void* object, std::string_view name) {
      *static_cast<Enum<E>*>(object) = Enum<E>(name);
    };
    i.get_literal = [](void const* object) {
      return static_cast<Enum<E> const*>(object)->literal();
    };
    return i;
  }
  static constexpr type_info info = make();
};

}  // namespace esxvi
