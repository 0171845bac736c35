// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// UTF-8, and windows-1252 on top of it.
#include <esxvi/escape/utf8.hpp>
#include <esxvi/escape/windows1252.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace esxvi;

static_assert(escape::code_point_at("\xE2\x82\xAC", 0).value == 0x20AC);
static_assert(escape::code_point_at("x\xF0\x9F\x98\x80", 1).size == 4);
static_assert(!escape::find_invalid_utf8("na\xC3\xAFve"));

TEST_CASE("every code point survives, and nothing else is one") {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    std::string text;
    escape::detail::writing_sink<std::back_insert_iterator<std::string>> sink{
        std::back_inserter(text)};
    escape::detail::put_utf8(c, sink);
    auto const read = escape::code_point_at(text, 0);
    bool const surrogate = c >= 0xD800 && c <= 0xDFFF;
    if (read.size != (surrogate ? 0 : text.size()) || (!surrogate && read.value != c))
      FAIL("U+" << static_cast<unsigned>(c));
  }
}

TEST_CASE("ill-formed UTF-8 is found where it is") {
  for (std::string_view const bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "\xC3",
        "\xE2\x82", "\xF0\x9F\x98", "\xC3x", "\xE2\x82x", "\xC3\xC3"}) {
    CAPTURE(bad);
    CHECK(escape::find_invalid_utf8(bad) == 0);
    CHECK(escape::find_invalid_utf8("a long text before it \xC3\xBC" + std::string(bad)) == 24);
  }
  CHECK(escape::find_invalid_utf8("\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80 and more") == std::nullopt);
}

TEST_CASE("windows-1252: each byte alone and after others") {
  for (int i = 0; i < 256; ++i) {
    std::string const bytes = "ab" + std::string(1, static_cast<char>(i)) + "z";
    bool const hole = i == 0x81 || i == 0x8D || i == 0x8F || i == 0x90 || i == 0x9D;
    CAPTURE(i);
    auto const text = escape::windows1252::try_decode(bytes);
    CHECK(text.has_value() == !hole);
    if (hole) {
      CHECK(escape::windows1252::decode_fault(bytes)->position == 2);
      auto const best = escape::windows1252::decode_lenient(bytes);
      CHECK(escape::code_point_at(best, 2).value == static_cast<char32_t>(i));
      CHECK(!escape::windows1252::try_encode(best));
    } else {
      CHECK(escape::windows1252::encode(*text) == bytes);
      CHECK(!escape::find_invalid_utf8(*text));
    }
  }
}

TEST_CASE("encoders keep UTF-8 valid") {
  std::string const text = "\xC3\xBC/\xE2\x82\xAC%|\xF0\x9F\x98\x80\"<";
  CHECK(!escape::find_invalid_utf8(escape::windows1252::decode("\x80\xFC\x95")));
  CHECK(escape::windows1252::encode_fault(text)->position == 8);
}
