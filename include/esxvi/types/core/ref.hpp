// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/reflect/type_info.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

/// The part of Ref<T> that does not depend on T.
class untyped_ref {
 public:
  untyped_ref() = default;
  untyped_ref(std::string_view type, std::string value, std::string server_guid = {})
      : type_(type), value_(std::move(value)), server_guid_(std::move(server_guid)) {}

  /// Kind of the object as the server names it: may be more derived than the static one, or new.
  [[nodiscard]] std::string const& type() const noexcept { return type_; }
  /// Opaque id, unique on its server together with type().
  [[nodiscard]] std::string const& value() const noexcept { return value_; }
  /// The vCenter that the object belongs to, when it is another one than the one that was asked.
  [[nodiscard]] std::string const& server_guid() const noexcept { return server_guid_; }
  [[nodiscard]] explicit operator bool() const noexcept { return !value_.empty(); }

  [[nodiscard]] friend auto operator<=>(untyped_ref const&, untyped_ref const&) = default;
  [[nodiscard]] friend bool operator==(untyped_ref const&, untyped_ref const&) = default;
  friend std::ostream& operator<<(std::ostream& out, untyped_ref const& ref) {
    return out << ref.type_ << ' ' << ref.value_;
  }

  // For the codec.
  void assign_type(std::string_view type) { type_ = type; }
  void assign_value(std::string_view value) { value_ = value; }
  void assign_server_guid(std::string_view guid) { server_guid_ = guid; }

 private:
  std::string type_;
  std::string value_;
  std::string server_guid_;
};

namespace detail {
/// U is a T, as far as the program knows the two; kinds that are declared only are strangers.
template <class U, class T>
concept known_kind_of = requires {
  sizeof(U);
  sizeof(T);
} && std::derived_from<U, T>;
}  // namespace detail

/// Reference to a managed object of kind T (which may be declared only). Hashable, ordered.
template <class T> class Ref : public untyped_ref {
 public:
  Ref() : untyped_ref(reflect::type_name<T>(), {}) {}
  explicit Ref(std::string value) : untyped_ref(reflect::type_name<T>(), std::move(value)) {}
  Ref(std::string_view type, std::string value, std::string server_guid = {})
      : untyped_ref(type, std::move(value), std::move(server_guid)) {}

  /// A VirtualMachine is a ManagedEntity; needs both kinds complete.
  template <class U>
    requires(!std::same_as<U, T> && detail::known_kind_of<U, T>)
  // NOLINTNEXTLINE(google-explicit-constructor)
  Ref(Ref<U> const& other) : untyped_ref(other) {}
  /// The other direction has to be said: `Ref<VirtualMachine>(entity)`. The kind is not checked.
  template <class U>
    requires(!std::same_as<U, T> && !detail::known_kind_of<U, T>)
  explicit Ref(Ref<U> const& other) : untyped_ref(other) {}
};

template <> struct reflect::descriptor<untyped_ref> {
  static constexpr std::string_view name = "ManagedObjectReference";
  static constexpr type_info info{.what = kind::reference, .name = name};
};
/// One table for all: on the wire a reference carries its kind with it.
template <class T> struct reflect::descriptor<Ref<T>> : descriptor<untyped_ref> {};

}  // namespace esxvi

template <class T> struct std::hash<esxvi::Ref<T>> {
  std::size_t operator()(esxvi::Ref<T> const& ref) const noexcept {
    return std::hash<std::string>{}(ref.value()) * 31 + std::hash<std::string>{}(ref.type());
  }
};
