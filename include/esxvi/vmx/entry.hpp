// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/vmx/value.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace esxvi::vmx {

/// What an Entry has for a default when its absence means nothing in particular.
struct no_default {
  friend constexpr bool operator==(no_default, no_default) = default;
};

/// How the text of an entry is spelt beyond the escapes that every value has.
enum class spelling : std::uint8_t {
  plain,
  annotation,  ///< libvirt resolves |HH only here and in names
  name,        ///< %25, %2f and %5c stand for what inventory names cannot hold
};

/// One key of a VMX file as a member of a struct: its type, its name in the file and the default
/// of VMware's products stand in its declaration, and nowhere else.
///
/// A member is like a std::optional: without a value the key is not in the file. effective() is
/// what the product makes of that.
///
///     Entry<bool, "startConnected", true> start_connected;
///
/// In a device, the key follows the device's name ("ethernet0.startConnected"); a `*` in the key is
/// that name ("sched.*.shares" is "sched.scsi0:1.shares").
template <class T, reflect::fixed_string Key, auto Default = no_default{},
          spelling Spelling = spelling::plain>
class Entry {
 public:
  using value_type = T;
  static constexpr std::string_view key = Key.view();
  static constexpr auto spelt = Spelling;
  static constexpr bool has_default =
      !std::is_same_v<std::remove_cv_t<decltype(Default)>, no_default>;

  constexpr Entry() = default;
  template <class U = T>
    requires(!std::is_same_v<std::remove_cvref_t<U>, Entry> && std::is_convertible_v<U, T>)
  constexpr Entry(U&& value)  // NOLINT(google-explicit-constructor): assigned from values
      : value_(std::in_place, std::forward<U>(value)) {}
  constexpr Entry(std::optional<T> value)  // NOLINT(google-explicit-constructor)
      : value_(std::move(value)) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return value_.has_value(); }
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return value_.has_value(); }
  [[nodiscard]] constexpr T const& value() const { return value_.value(); }
  [[nodiscard]] constexpr T& value() { return value_.value(); }
  [[nodiscard]] constexpr T const& operator*() const noexcept { return *value_; }
  [[nodiscard]] constexpr T& operator*() noexcept { return *value_; }
  [[nodiscard]] constexpr T const* operator->() const noexcept { return &*value_; }
  [[nodiscard]] constexpr T* operator->() noexcept { return &*value_; }
  template <class U> [[nodiscard]] constexpr T value_or(U&& otherwise) const {
    return value_.value_or(std::forward<U>(otherwise));
  }
  /// The value, or what the product takes when the key is absent.
  [[nodiscard]] constexpr T effective() const
    requires has_default
  {
    return value_ ? *value_ : T{Default};
  }
  constexpr void reset() noexcept { value_.reset(); }
  [[nodiscard]] constexpr std::optional<T>& stated() noexcept { return value_; }
  [[nodiscard]] constexpr std::optional<T> const& stated() const noexcept { return value_; }

  friend constexpr bool operator==(Entry const&, Entry const&) = default;
  /// Whether the key is there with this value.
  template <class U>
    requires(!std::is_same_v<U, Entry> && std::is_convertible_v<U const&, T>)
  friend constexpr bool operator==(Entry const& a, U const& b) {
    return a.value_.has_value() && *a.value_ == b;
  }

 private:
  std::optional<T> value_;
};

/// The devices of one kind, sorted by number. `Prefix` is their name in the file, with # for each
/// number: "ethernet#", "scsi#:#" (where the first is the number of the controller).
template <class T, reflect::fixed_string Prefix> class Devices : public std::vector<T> {
 public:
  using std::vector<T>::vector;
  static constexpr std::string_view prefix = Prefix.view();

  [[nodiscard]] T const* find(std::uint32_t number) const noexcept {
    auto const at = place(*this, number);
    return at != this->end() && at->number == number ? &*at : nullptr;
  }
  [[nodiscard]] T* find(std::uint32_t number) noexcept {
    auto const at = place(*this, number);
    return at != this->end() && at->number == number ? &*at : nullptr;
  }
  /// The device with this number; made when there is none.
  T& add(std::uint32_t number) {
    auto const at = place(*this, number);
    if (at != this->end() && at->number == number) return *at;
    T fresh{};
    fresh.number = number;
    return *this->insert(at, std::move(fresh));
  }
  bool remove(std::uint32_t number) {
    auto const at = place(*this, number);
    if (at == this->end() || at->number != number) return false;
    this->erase(at);
    return true;
  }
  friend bool operator==(Devices const&, Devices const&) = default;

 private:
  template <class Self> static auto place(Self& self, std::uint32_t number) {
    // Files list devices in order: look at the end first.
    if (self.empty() || self.back().number < number) return self.end();
    return std::lower_bound(self.begin(), self.end(), number,
                            [](T const& device, std::uint32_t n) { return device.number < n; });
  }
};

}  // namespace esxvi::vmx
