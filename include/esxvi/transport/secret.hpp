// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

namespace detail {

/// Overwrites memory that is about to be given back; no optimiser leaves it out.
inline void wipe(void* from, std::size_t size) noexcept {
  auto* const bytes = static_cast<unsigned char volatile*>(from);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = 0;
}

/// Overwrites a string, with what it has beyond its end, and empties it.
inline void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // never allocates
  wipe(text.data(), text.size());
  text.clear();
}

}  // namespace detail

/// A password, a ticket, a token. All memory it ever used is overwritten before it is given back:
/// when it is destroyed, moved from, assigned to or grows.
///
/// Made from text, read by reveal() alone: there is no conversion to a string and nothing prints
/// it. Text that it is made from by `std::move` is wiped as well. A value; not thread-safe.
class Secret {
 public:
  using value_type = char;  ///< for std::back_inserter

  Secret() noexcept = default;
  // NOLINTBEGIN(google-explicit-constructor): `Credentials{"root", "secret"}`
  Secret(std::string_view text) { append(text); }
  Secret(char const* text) : Secret(std::string_view(text)) {}
  Secret(std::string const& text) : Secret(std::string_view(text)) {}
  Secret(std::string&& text) : Secret(std::string_view(text)) { detail::wipe(text); }
  // NOLINTEND(google-explicit-constructor)
  Secret(std::nullptr_t) = delete;
  Secret(Secret const& other) : Secret(other.reveal()) {}
  Secret(Secret&& other) noexcept { swap(other); }
  Secret& operator=(Secret other) noexcept {
    swap(other);
    return *this;
  }
  ~Secret() { clear(); }

  /// The text itself, until this object changes. Copies of it are the caller's to wipe.
  [[nodiscard]] std::string_view reveal() const noexcept { return {bytes_.get(), size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// `text` must not be a part of this secret.
  void append(std::string_view text) {
    if (text.size() > capacity_ - size_) reserve(std::max(size_ + text.size(), 2 * capacity_));
    if (!text.empty()) std::memcpy(bytes_.get() + size_, text.data(), text.size());
    size_ += text.size();
  }
  void push_back(char c) { append({&c, 1}); }
  /// Room for `size` bytes, so that nothing moves until there are more.
  void reserve(std::size_t size) {
    if (size <= capacity_) return;
    Secret larger;
    larger.bytes_ = std::make_unique<char[]>(size);  // NOLINT(*-avoid-c-arrays): no vector wipes
    larger.capacity_ = size;
    larger.append(reveal());
    swap(larger);
  }
  void clear() noexcept {
    detail::wipe(bytes_.get(), size_);
    bytes_.reset();
    size_ = capacity_ = 0;
  }
  void swap(Secret& other) noexcept {
    bytes_.swap(other.bytes_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  /// Takes the same time wherever two texts of one length differ.
  [[nodiscard]] friend bool operator==(Secret const& a, Secret const& b) noexcept {
    unsigned different = a.size_ == b.size_ ? 0U : 1U;
    for (std::size_t i = 0; i < std::min(a.size_, b.size_); ++i)
      different |= static_cast<unsigned char>(a.bytes_[i] ^ b.bytes_[i]);
    return different == 0;
  }

 private:
  std::unique_ptr<char[]> bytes_;  // NOLINT(*-avoid-c-arrays)
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace esxvi
