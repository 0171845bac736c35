// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// xsd:base64Binary.
#include <esxvi/types/core/binary.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

using esxvi::Binary;

namespace {
std::string encoded(std::string_view bytes) {
  Binary b;
  b.bytes.assign(bytes.begin(), bytes.end());
  std::string out;
  b.append_base64(out);
  return out;
}
std::string decoded(std::string_view text) {
  Binary b;
  REQUIRE_MESSAGE(b.assign_base64(text), text);
  return {b.bytes.begin(), b.bytes.end()};
}
}  // namespace

TEST_CASE("the examples of RFC 4648 hold in both directions") {
  for (auto const& [bytes, text] : {std::pair{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    CHECK(encoded(bytes) == text);
    CHECK(decoded(text) == bytes);
  }
}

TEST_CASE("all 64 digits are known") {
  std::string const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  CHECK(encoded(decoded(digits)) == digits);
}

TEST_CASE("blanks and line ends are skipped, missing padding is forgiven") {
  CHECK(decoded("Zm9v\nYmFy\r\n") == "foobar");
  CHECK(decoded(" Z m 8 = ") == "fo");
  CHECK(decoded("\tZm8") == "fo");
  CHECK(decoded("Zg") == "f");
  CHECK(decoded("  ").empty());
}

TEST_CASE("anything else is refused") {
  for (std::string_view const text :
       {"Z", "Zm9vY", "Zg=", "Zg===", "=", "====", "Z===", "Zm9v=", "Zg==Zg==", "Zg=a", "Zm8=v",
        "Zm9v!", "Zm-_", "Zm9\xC3\xBC", "Zg= =x"}) {
    CAPTURE(text);
    Binary b;
    CHECK_FALSE(b.assign_base64(text));
  }
  Binary b;
  CHECK_FALSE(b.assign_base64(std::string_view("Zm9\0", 4)));
}

TEST_CASE("assigning replaces what was there") {
  Binary b{{1, 2, 3}};
  REQUIRE(b.assign_base64("Zg=="));
  CHECK(b == Binary{{'f'}});
}

TEST_CASE("encoding appends") {
  std::string out = "x";
  Binary{{'f'}}.append_base64(out);
  CHECK(out == "xZg==");
}

TEST_CASE("random bytes of every length survive") {
  std::mt19937 random(4648);  // NOLINT(bugprone-random-generator-seed)
  for (std::size_t n = 0; n < 300; ++n) {
    std::string bytes(n, '\0');
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random() & 0xffU); });
    auto const text = encoded(bytes);
    CHECK(text.size() == (n + 2) / 3 * 4);
    CHECK(decoded(text) == bytes);
  }
}
