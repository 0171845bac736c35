// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace esxvi::xml::detail {

/// Copies a few bytes. The pieces of a document are mostly shorter than 17 bytes, where the call of
/// memcpy() costs more than the copy: two loads and two stores that may overlap do it.
inline void copy_bytes(char* to, char const* from, std::size_t n) noexcept {
  if (n > 16) {
    std::memcpy(to, from, n);
  } else if (n >= 8) {
    std::array<char, 8> a, b;
    std::memcpy(a.data(), from, 8);
    std::memcpy(b.data(), from + n - 8, 8);
    std::memcpy(to, a.data(), 8);
    std::memcpy(to + n - 8, b.data(), 8);
  } else if (n >= 4) {
    std::array<char, 4> a, b;
    std::memcpy(a.data(), from, 4);
    std::memcpy(b.data(), from + n - 4, 4);
    std::memcpy(to, a.data(), 4);
    std::memcpy(to + n - 4, b.data(), 4);
  } else if (n != 0) {
    char const first = from[0], middle = from[n / 2], last = from[n - 1];
    to[0] = first;
    to[n / 2] = middle;
    to[n - 1] = last;
  }
}

/// Memory that is given back all at once. Objects come from the front of a chunk and characters
/// from its back, so that neither needs padding for the other. Stays where it is.
class Arena {
 public:
  // Not "= default": that would clear the buffer where the object is value-initialised.
  Arena() noexcept {}  // NOLINT(modernize-use-equals-default)
  Arena(Arena const&) = delete;
  Arena& operator=(Arena const&) = delete;
  ~Arena() {
    while (chunks_ != nullptr) ::operator delete(std::exchange(chunks_, chunks_->next));
  }

  /// Never destroyed.
  template <class T, class... A> T* make(A&&... a) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignof(void*));
    constexpr std::size_t size = (sizeof(T) + alignof(void*) - 1) / alignof(void*) * alignof(void*);
    if (room() < size) [[unlikely]]
      grow(size);
    return ::new (static_cast<void*>(std::exchange(front_, front_ + size)))
        T(std::forward<A>(a)...);
  }

  char* characters(std::size_t n) {
    if (room() < n) [[unlikely]] {
      if (n > next_ / 4) return chunk(n);
      grow(n);
    }
    return back_ -= n;
  }

  std::string_view copy(std::string_view text) {
    char* to = characters(text.size());
    copy_bytes(to, text.data(), text.size());
    return {to, text.size()};
  }

  /// About how many bytes the tree has when it is printed.
  std::size_t printed = 64;

 private:
  struct head {
    head* next;
  };
  static constexpr std::size_t first_size = 8000;
  static constexpr std::size_t max_size = std::size_t{1} << 20;

  [[nodiscard]] std::size_t room() const noexcept {
    return static_cast<std::size_t>(back_ - front_);
  }

  char* chunk(std::size_t n) {
    auto* added = ::new (::operator new(sizeof(head) + n)) head{chunks_};
    chunks_ = added;
    return reinterpret_cast<char*>(added + 1);
  }
  void grow(std::size_t n) {
    std::size_t const size = std::max(n, next_);
    front_ = chunk(size);
    back_ = front_ + size;
    next_ = std::min(next_ * 2, max_size);
  }

  head* chunks_ = nullptr;
  std::size_t next_ = 2 * first_size;
  alignas(void*) std::array<char, first_size> first_;
  char* front_ = first_.data();
  char* back_ = first_.data() + first_size;
};

}  // namespace esxvi::xml::detail
