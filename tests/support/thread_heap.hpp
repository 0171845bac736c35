// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What the running thread has on the heap, its part of libcurl's included: the memory of a client
// whose server is in the same process, on other threads. Replaces operator new and delete, so it is
// for one source file of a program.
#pragma once

#include <curl/curl.h>
#include <doctest/doctest.h>

#include <malloc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace esxvi::test {

inline thread_local std::int64_t living = 0;  ///< bytes
inline thread_local std::int64_t most = 0;    ///< of living; set it to begin anew

inline void* counted(void* block) {
  if (block != nullptr) living += static_cast<std::int64_t>(::malloc_usable_size(block));
  most = std::max(most, living);
  return block;
}
inline void* discounted(void* block) {
  if (block != nullptr) living -= static_cast<std::int64_t>(::malloc_usable_size(block));
  return block;
}

/// To be called before anything else uses libcurl.
inline void count_libcurl() {
  auto const code = curl_global_init_mem(
      CURL_GLOBAL_DEFAULT, [](std::size_t size) { return counted(std::malloc(size)); },
      [](void* block) { std::free(discounted(block)); },
      [](void* block, std::size_t size) {
        auto const before = block == nullptr ? 0 : ::malloc_usable_size(block);
        void* const moved = std::realloc(block, size);
        if (moved != nullptr) living -= static_cast<std::int64_t>(before);
        return counted(moved);
      },
      [](char const* text) { return static_cast<char*>(counted(::strdup(text))); },
      [](std::size_t count, std::size_t size) { return counted(std::calloc(count, size)); });
  REQUIRE(code == CURLE_OK);
}

}  // namespace esxvi::test

// NOLINTBEGIN(misc-new-delete-overloads,misc-definitions-in-headers)
void* operator new(std::size_t size) {
  if (void* const block = esxvi::test::counted(std::malloc(size))) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept { std::free(esxvi::test::discounted(block)); }
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
// NOLINTEND(misc-new-delete-overloads,misc-definitions-in-headers)
