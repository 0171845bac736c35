// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The forms that write to an iterator, and the questions, allocate nothing.
#include "escape/codecs.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace esxvi;

namespace {
template <class F> std::size_t count(F f) {
  std::size_t const before = allocations;
  f();
  return allocations - before;
}
}  // namespace

TEST_CASE("writing to an iterator allocates nothing") {
  std::string_view const text = "a long text with % and / and | and \" and ~ and \xE2\x82\xAC <&>";
  std::string_view const broken = "a long text that ends in the middle of % | + & \x81 %2";
  test::for_each_codec([&]<class Codec>() {
    CAPTURE(Codec::name);
    std::array<char, 512> encoded{};
    std::array<char, 512> decoded{};
    bool right = false;
    CHECK(count([&] {
            char* end = Codec::encode_to(text, encoded.data());
            std::string_view const made(encoded.data(),
                                        static_cast<std::size_t>(end - encoded.data()));
            auto const back = Codec::decode_to(made, decoded.data());
            right = made.size() == Codec::encoded_size(text) && Codec::needs_encoding(text) &&
                    !Codec::encode_fault(text) && back &&
                    Codec::decoded_size(made) == back.out - decoded.data() &&
                    Codec::decode_lenient_to(made, decoded.data()) == back.out;
          }) == 0);
    CHECK(right);
    CHECK(count([&] {
            right = Codec::decode_to(broken, decoded.data()).error && Codec::decode_fault(broken) &&
                    !Codec::decoded_size(broken);
          }) == 0);
    CHECK(right);
  });
}

TEST_CASE("a string is allocated once, of its size") {
  std::string_view const plain = "only-letters-in-a-text-that-is-too-long-for-the-small-buffer";
  std::string_view const text = "a long text with % and / and | and \" and ~ and \xE2\x82\xAC <&>";
  test::for_each_codec([&]<class Codec>() {
    CAPTURE(Codec::name);
    std::string out;
    CHECK(count([&] { out = Codec::encode(plain); }) == 1);
    CHECK(out == plain);
    CHECK(count([&] { out = Codec::encode(text); }) == 1);
    CHECK(out.capacity() == out.size());
    CHECK(count([&] { static_cast<void>(Codec::decode(out)); }) == 1);
  });
}
