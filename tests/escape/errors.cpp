// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What is refused is named with its place, and leaves nothing behind.
#include "escape/codecs.hpp"

#include <doctest/doctest.h>

#include <iterator>
#include <optional>
#include <string>
#include <string_view>

using namespace esxvi;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

template <class Codec>
void check_malformed(std::string_view text, std::size_t position, std::string_view message) {
  CAPTURE(Codec::name);
  CAPTURE(text);
  auto const why = Codec::decode_fault(text);
  REQUIRE(why);
  CHECK(why->position == position);
  CHECK(why->position + why->length <= text.size());
  CHECK(!Codec::try_decode(text));
  CHECK(!Codec::try_decode_canonical(text));
  CHECK(!Codec::decoded_size(text));
  std::string out;
  CHECK(Codec::decode_to(text, std::back_inserter(out)).error == why);
  CHECK(out.empty());
  try {
    static_cast<void>(Codec::decode(text));
    FAIL("nothing was thrown");
  } catch (invalid_encoding const& e) {
    CHECK(e.offset() == position);
    CHECK(e.operation() == "decoding " + std::string(Codec::name) + " text");
    CHECK(e.problem() == message);
  }
}

template <class Encoder>
void check_unencodable(std::string_view text, std::size_t position, std::string_view message) {
  CAPTURE(Encoder::name);
  auto const why = Encoder::encode_fault(text);
  REQUIRE(why);
  CHECK(why->position == position);
  CHECK(!Encoder::try_encode(text));
  CHECK(Encoder::needs_encoding(text));
  std::string out;
  CHECK_THROWS_AS(Encoder::encode_to(text, std::back_inserter(out)), invalid_argument);
  CHECK(out.empty());
  try {
    static_cast<void>(Encoder::encode(text));
    FAIL("nothing was thrown");
  } catch (invalid_argument const& e) {
    CHECK(e.problem() == message);
  }
}

}  // namespace

TEST_CASE("a malformed escape") {
  auto const digits = "two hexadecimal digits other than 00 after the escape character"s;
  check_malformed<escape::percent>("ab%zz", 2, "at position 2: found '%' 'z', expected " + digits);
  check_malformed<escape::percent>("ab%4", 2, "at position 2: found '%' '4', expected " + digits);
  check_malformed<escape::percent>("%", 0, "at position 0: found '%', expected " + digits);
  check_malformed<escape::percent>("0123456789%00", 10,
                                   "at position 10: found '%' '0' '0', expected " + digits);
  check_malformed<escape::pipe>("a long text before it ||7c", 22,
                                "at position 22: found '|' '|', expected " + digits);
  check_malformed<escape::pipe>("|\n", 0, "at position 0: found '|' 0x0a, expected " + digits);
  check_malformed<escape::uri>("a%2", 1,
                               "at position 1: found '%' '2', expected two hexadecimal digits "
                               "after the escape character");
}

TEST_CASE("a malformed escape in two layers is named where it stands in the text") {
  auto const digits = "two hexadecimal digits other than 00 after the escape character"s;
  check_malformed<escape::vmxname>("a%7cb", 1,
                                   "at position 1: found '%' '7' 'c' 'b', expected " + digits);
  check_malformed<escape::vmxname>("a%7c%z", 4, "at position 4: found '%' 'z', expected " + digits);
  check_malformed<escape::dsitem>("ab+JQ-2", 2,
                                  "at position 2: found '+' 'J' 'Q' '-', expected " + digits);
  check_malformed<escape::dsitem>(
      "%+", 1,
      "at position 1: found '+', expected '+' and two, three or a multiple of four more base64 "
      "digits");
}

TEST_CASE("malformed base64") {
  auto const run = "'+' and two, three or a multiple of four more base64 digits"s;
  check_malformed<escape::vmbase64>("ab+", 2, "at position 2: found '+', expected " + run);
  check_malformed<escape::vmbase64>("+-", 0, "at position 0: found '+', expected " + run);
  check_malformed<escape::vmbase64>("+Q-", 0, "at position 0: found '+' 'Q', expected " + run);
  check_malformed<escape::vmbase64>("+fg-+abcde", 4,
                                    "at position 4: found '+' 'a' 'b' 'c', expected " + run);
}

TEST_CASE("bytes and characters that a character set lacks") {
  std::string const text = "a long text before it " + std::string("\x81") + "z";
  check_malformed<escape::windows1252>(
      text, 22, "at position 22: found 0x81, expected a byte that windows-1252 defines");
  check_unencodable<escape::windows1252>(
      "ab\xC4\x80", 2,
      "at position 2: found 0xc4 0x80, expected a character that windows-1252 has");
  check_unencodable<escape::windows1252>("ab\xE2\x82", 2,
                                         "at position 2: found 0xe2, expected valid UTF-8");
  check_unencodable<escape::windows1252>("\xC2\x81", 0,
                                         "at position 0: found 0xc2 0x81, expected a character "
                                         "that windows-1252 has");
  check_unencodable<escape::pipe>("ab\0"sv, 2,
                                  "at position 2: found 0x00, expected a character other than NUL");
  check_unencodable<escape::vmxname>(
      "a long text before it %|\0"sv, 24,
      "at position 24: found 0x00, expected a character other than NUL");
  check_unencodable<escape::xml_entities>(
      "<\x1B", 1, "at position 1: found 0x1b, expected a character that XML 1.0 can carry");
  check_malformed<escape::xml_entities>(
      "a&b;", 1,
      "at position 1: found '&', expected one of the five entities or a reference to a character "
      "of XML 1.0");
}

TEST_CASE("only what encode() writes is canonical") {
  CHECK(escape::percent::try_decode_canonical("a%2fb") == "a/b");
  CHECK(!escape::percent::try_decode_canonical("a%2Fb"));
  CHECK(!escape::percent::try_decode_canonical("%41"));
  CHECK(!escape::percent::try_decode_canonical("a/b"));
  CHECK(escape::pipe::try_decode_canonical("|0a") == "\n");
  CHECK(!escape::pipe::try_decode_canonical("\n"));
  CHECK(!escape::vmbase64::try_decode_canonical("~"));
  CHECK(!escape::vmbase64::try_decode_canonical("+fg-+fg"));
  CHECK(!escape::vmbase64::try_decode_canonical("+fn5+-"));
  CHECK(escape::vmbase64::try_decode_canonical("+fn5+") == "~~~");
}
