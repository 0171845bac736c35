// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Every block of memory that a watched thread gives back is looked through: none may still hold the
// secret. Replaces operator new and delete, so it is for one source file of a program.
#pragma once

#include <esxvi/transport/secret.hpp>

#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

namespace esxvi::test {

// Never in one piece in this program's memory but where the tests put it. No codec changes it.
inline constexpr std::string_view first_half = "5ecret-5ecret-";
inline constexpr std::string_view second_half = "correct-horse-battery-staple";
inline std::string whole() { return std::string(first_half).append(second_half); }

inline thread_local int leaks = 0;
inline thread_local bool watching = false;

inline void look_through(void* block) noexcept {
  if (block == nullptr || !watching) return;
  std::string_view const bytes(static_cast<char const*>(block), ::malloc_usable_size(block));
  for (std::size_t at = bytes.find(first_half); at != bytes.npos;
       at = bytes.find(first_half, at + 1))
    if (bytes.substr(at + first_half.size()).starts_with(second_half)) ++leaks;
}

/// Blocks with the secret that this thread gave back while `act` ran.
template <class F> int leaks_of(F const& act) {
  leaks = 0;
  watching = true;
  act();
  watching = false;
  return leaks;
}

/// A string that holds the secret and does not leave it in memory.
struct Source {
  std::string text = whole();
  ~Source() { detail::wipe(text); }
};

}  // namespace esxvi::test

// NOLINTBEGIN(misc-new-delete-overloads,misc-definitions-in-headers)
void* operator new(std::size_t size) {
  void* const block = std::malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  std::memset(block, 0, ::malloc_usable_size(block));  // what others have left there does not count
  return block;
}
void operator delete(void* block) noexcept {
  esxvi::test::look_through(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
// NOLINTEND(misc-new-delete-overloads,misc-definitions-in-headers)
