// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What holds for any text, on random ones.
#include "escape/codecs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

using namespace esxvi;
using test::RandomTexts;

namespace {

constexpr int rounds = 3000;

constexpr bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// Every form of a codec says the same.
template <class Codec> void forms_agree(std::string const& text) {
  CAPTURE(Codec::name);
  CAPTURE(text);
  auto const encoded = Codec::try_encode(text);
  CHECK(encoded.has_value() == !Codec::encode_fault(text));
  CHECK(Codec::needs_encoding(text) == (encoded != text));
  if (encoded) {
    CHECK(Codec::encode(text) == *encoded);
    CHECK(Codec::encoded_size(text) == encoded->size());
    std::string out = "before";
    Codec::encode_to(text, std::back_inserter(out));
    CHECK(out == "before" + *encoded);
  }
  auto const decoded = Codec::try_decode(text);
  CHECK(decoded.has_value() == !Codec::decode_fault(text));
  auto const size = Codec::decoded_size(text);
  CHECK(size.has_value() == decoded.has_value());
  std::string out;
  auto const result = Codec::decode_to(text, std::back_inserter(out));
  CHECK(static_cast<bool>(result) == decoded.has_value());
  CHECK(out == decoded.value_or(""));
  auto const lenient = Codec::decode_lenient(text);
  CHECK(Codec::decoded_size_lenient(text) == lenient.size());
  out.clear();
  Codec::decode_lenient_to(text, std::back_inserter(out));
  CHECK(out == lenient);
  if (decoded) {
    CHECK(size == decoded->size());
    CHECK(*decoded == lenient);
    auto const again = Codec::try_encode(*decoded);
    CHECK(Codec::try_decode_canonical(text).has_value() == (again == text));
  } else {
    CHECK(Codec::decode_fault(text)->position < text.size());
  }
}

}  // namespace

TEST_CASE("every form of every codec agrees") {
  RandomTexts texts;
  for (int i = 0; i < rounds; ++i) {
    auto const text = i % 2 == 0 ? texts.bytes() : texts.characters();
    test::for_each_codec([&]<class Codec>() {
      forms_agree<Codec>(text);
      if (auto const encoded = Codec::try_encode(text)) forms_agree<Codec>(*encoded);
    });
  }
}

TEST_CASE("decoding undoes encoding, once") {
  RandomTexts texts;
  for (int i = 0; i < rounds; ++i) {
    auto const text = i % 2 == 0 ? texts.bytes() : texts.characters();
    CAPTURE(text);
    test::for_each_codec([&]<class Codec>() {
      CAPTURE(Codec::name);
      auto const encoded = Codec::try_encode(text);
      if (!encoded) return;
      auto const once =
          std::is_same_v<Codec, escape::dsitem> ? escape::winpath::encode(text) : text;
      CHECK(Codec::decode(*encoded) == once);
      CHECK(Codec::decode_lenient(*encoded) == once);
      if constexpr (!std::is_same_v<Codec, escape::dsitem>)
        CHECK(Codec::try_decode_canonical(*encoded) == text);
      if (auto const twice = Codec::try_encode(*encoded)) CHECK(Codec::decode(*twice) == *encoded);
    });
  }
}

TEST_CASE("encoded text has no byte that it must not have, and digits of one case") {
  RandomTexts texts;
  for (int i = 0; i < rounds; ++i) {
    auto const text = texts.bytes();
    CAPTURE(text);
    auto const name = escape::percent::encode(text);
    CHECK(name.find_first_of("/\\") == std::string::npos);
    auto const value = escape::pipe::encode(text);
    CHECK(value.find('"') == std::string::npos);
    CHECK(std::none_of(value.begin(), value.end(), [](char c) { return (c >= 0 && c < 0x20); }));
    for (auto const& [encoded, introducer] : {std::pair(name, '%'), std::pair(value, '|')}) {
      for (auto at = encoded.find(introducer); at != std::string::npos;
           at = encoded.find(introducer, at + 1)) {
        REQUIRE(at + 2 < encoded.size());
        CHECK(is_hex(encoded[at + 1]));
        CHECK(is_hex(encoded[at + 2]));
      }
    }
    auto const component = escape::uri::encode(text);
    CHECK(component.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-._~%") == std::string::npos);
    auto const item = escape::dsitem::encode(text);
    CHECK(item.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789'(),._- +") == std::string::npos);
    CHECK(item.size() <= 6 * text.size());
    CHECK((item == text) == !escape::dsitem::needs_encoding(text));
  }
}

TEST_CASE("encoding two texts one after the other is encoding both") {
  RandomTexts texts;
  for (int i = 0; i < rounds; ++i) {
    auto const a = texts.bytes();
    auto const b = texts.bytes();
    CAPTURE(a);
    CAPTURE(b);
    auto const distributes = [&]<class Encoder>() {
      CHECK(Encoder::encode(a + b) == Encoder::encode(a) + Encoder::encode(b));
    };
    distributes.operator()<escape::percent>();
    distributes.operator()<escape::pipe>();
    distributes.operator()<escape::vmxname>();
    distributes.operator()<escape::winpath>();
    distributes.operator()<escape::uri>();
  }
  CHECK(escape::vmbase64::encode("~~") != escape::vmbase64::encode("~") + "+fg");
}

TEST_CASE("layers are what they are made of") {
  RandomTexts texts;
  for (int i = 0; i < rounds; ++i) {
    auto const text = texts.bytes();
    CAPTURE(text);
    CHECK(escape::vmxname::encode(text) == escape::percent::encode(escape::pipe::encode(text)));
    CHECK(escape::dsitem::encode(text) ==
          escape::vmbase64::encode(escape::percent::encode(escape::winpath::encode(text))));
    CHECK(escape::vmxname::decode_lenient(text) ==
          escape::pipe::decode_lenient(escape::percent::decode_lenient(text)));
    CHECK(escape::dsitem::decode_lenient(text) ==
          escape::percent::decode_lenient(escape::vmbase64::decode_lenient(text)));
    auto const name = escape::percent::try_decode(text);
    CHECK(escape::vmxname::try_decode(text) ==
          (name ? escape::pipe::try_decode(*name) : std::nullopt));
    auto const item = escape::vmbase64::try_decode(text);
    CHECK(escape::dsitem::try_decode(text) ==
          (item ? escape::percent::try_decode(*item) : std::nullopt));
    auto const safe = escape::winpath::encode(text);
    CHECK(safe.size() == text.size());
    CHECK(escape::winpath::encode(safe) == safe);
  }
}

TEST_CASE("either case of digits is read") {
  for (int c = 1; c < 256; ++c) {
    char lower[4];
    char upper[4];
    std::snprintf(lower, sizeof lower, "%%%02x", static_cast<unsigned>(c));
    std::snprintf(upper, sizeof upper, "%%%02X", static_cast<unsigned>(c));
    std::string const byte(1, static_cast<char>(c));
    CAPTURE(c);
    CHECK(escape::percent::decode(lower) == byte);
    CHECK(escape::percent::decode(upper) == byte);
    lower[0] = upper[0] = '|';
    CHECK(escape::pipe::decode(lower) == byte);
    CHECK(escape::pipe::decode(upper) == byte);
  }
}

// Whole words are looked at where there are eight bytes; each byte at each place must be found.
TEST_CASE("each byte is told apart at each place") {
  for (std::size_t size : {1U, 7U, 8U, 9U, 11U, 12U, 16U, 19U}) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int c = 1; c < 256; ++c) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(c);
        bool wrong = false;
        test::for_each_codec([&]<class Codec>() {
          bool const expected = Codec::encode_set.contains(static_cast<char>(c));
          wrong = wrong ||
                  (escape::find_first<Codec::encode_set>(text) != (expected ? at : size)) ||
                  escape::count<Codec::encode_set>(text) != (expected ? 1 : 0) ||
                  (escape::find_first<Codec::decode_set>(text) !=
                   (Codec::decode_set.contains(static_cast<char>(c)) ? at : size));
        });
        if (wrong) FAIL("byte " << c << " at " << at << " of " << size);
      }
    }
  }
}

TEST_CASE("decoding takes time in proportion to the text") {
  std::string hostile;
  while (hostile.size() < 400000) hostile += "+xxx";  // each stretch ends at the end of the text
  CHECK(escape::vmbase64::decode_lenient(hostile + "x").size() > 0);
  CHECK(escape::dsitem::decode_lenient(hostile + "x").size() > 0);
  CHECK(escape::vmxname::decode_lenient(std::string(400000, '%')) == std::string(400000, '%'));
  std::string const references(400000, '&');
  CHECK(escape::xml_entities::decode_lenient(references) == references);
}
