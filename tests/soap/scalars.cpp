// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Simple values: what is read, and what their types cannot hold.
#include "soap/sample.hpp"
#include "soap/support.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

using namespace esxvi;
using namespace esxvi::test;
using sample::Color;
using sample::Scalars;

namespace {
Scalars one(std::string const& member, std::string const& text) {
  return decode<Scalars>("<returnval><" + member + ">" + text + "</" + member + "></returnval>");
}
bool refused(std::string const& member, std::string const& text) {
  try {
    one(member, text);
    return false;
  } catch (value_out_of_range const& e) {
    INFO(e.problem());
    CHECK(e.problem().find("Scalars." + member) != std::string::npos);
    CHECK(e.offset() != protocol_error::no_offset);
    CHECK(e.code() == errc::value_out_of_range);
    return true;
  }
}
}  // namespace

TEST_CASE("booleans are words or digits") {
  CHECK(one("boolean", "true").boolean == true);
  CHECK(one("boolean", "1").boolean == true);
  CHECK(one("boolean", "false").boolean == false);
  CHECK(one("boolean", "0").boolean == false);
  CHECK(one("boolean", "\n true\t").boolean == true);
  for (auto const* text : {"", "True", "yes", "2", "01", "truee", "t rue"})
    CHECK(refused("boolean", text));
}

TEST_CASE("integers have the range of their type") {
  CHECK(one("byte", "-128").byte == -128);
  CHECK(one("byte", "127").byte == 127);
  CHECK(refused("byte", "128"));
  CHECK(refused("byte", "-129"));
  CHECK(one("short", "-32768").short_ == -32768);
  CHECK(one("short", "32767").short_ == 32767);
  CHECK(refused("short", "32768"));
  CHECK(refused("short", "-32769"));
  CHECK(one("int", "-2147483648").int_ == std::numeric_limits<std::int32_t>::min());
  CHECK(one("int", "2147483647").int_ == std::numeric_limits<std::int32_t>::max());
  CHECK(refused("int", "2147483648"));
  CHECK(refused("int", "-2147483649"));
  CHECK(one("long", "-9223372036854775808").long_ == std::numeric_limits<std::int64_t>::min());
  CHECK(one("long", "9223372036854775807").long_ == std::numeric_limits<std::int64_t>::max());
  CHECK(refused("long", "9223372036854775808"));
  CHECK(refused("long", "-9223372036854775809"));
  CHECK(refused("long", std::string(1000, '9')));
}

TEST_CASE("integers may have a sign, leading zeros and blanks around, nothing else") {
  CHECK(one("int", "+5").int_ == 5);
  CHECK(one("int", "-0").int_ == 0);
  CHECK(one("int", "007").int_ == 7);
  CHECK(one("int", " \r\n 5\t").int_ == 5);
  for (auto const* text :
       {"", " ", "+", "-", "++5", "+-5", "-+5", "--5", "5 5", "5.0", "5,0", "0x10", "1e3", "five",
        "\xC2\xA0"
        "5"}) {
    CAPTURE(text);
    CHECK(refused("int", text));
    CHECK(refused("long", text));
    CHECK(refused("byte", text));
  }
}

TEST_CASE("floating point numbers have the forms of XML Schema") {
  CHECK(one("double", "1.5").double_ == 1.5);
  CHECK(one("double", "-1.5E-3").double_ == -1.5e-3);
  CHECK(one("double", "+5").double_ == 5);
  CHECK(one("double", ".5").double_ == 0.5);
  CHECK(one("double", "5.").double_ == 5);
  CHECK(one("double", " 1e3 ").double_ == 1000);
  CHECK(one("double", "INF").double_ == std::numeric_limits<double>::infinity());
  CHECK(one("double", "-INF").double_ == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(*one("double", "NaN").double_));
  CHECK(one("float", "INF").float_ == std::numeric_limits<float>::infinity());
  CHECK(std::signbit(*one("float", "-0").float_));
  for (auto const* text :
       {"",     "-",        "+",         ".",   "e5",    "1e",     "inf",  "-inf",
        "+inf", "infinity", "-infinity", "nan", "-nan",  "nan(1)", "-NaN", "++5",
        "+-5",  "--5",      "1.5.2",     "1,5", "0x1p3", "1f",     "1e999"}) {
    CAPTURE(text);
    CHECK(refused("double", text));
    CHECK(refused("float", text));
  }
  CHECK(refused("float", "1e39"));
}

TEST_CASE("floating point numbers survive exactly") {
  std::mt19937_64 random(754);  // NOLINT(bugprone-random-generator-seed)
  for (int i = 0; i < 1000; ++i) {
    auto const bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isnan(value)) continue;
    CHECK(decode<double>(encode(value)) == value);
    auto const narrow = static_cast<float>(i) / 7.0F;
    CHECK(decode<float>(encode(narrow)) == narrow);
  }
}

TEST_CASE("strings are kept to the last blank") {
  CHECK(one("string", "").string == "");
  CHECK(one("string", "  a\n b  ").string == "  a\n b  ");
  CHECK(one("string", "&lt;a&gt; &amp;amp; &#65;&#x20AC;").string == "<a> &amp; A\xE2\x82\xAC");
  CHECK(one("string", "a<![CDATA[<b>&amp;]]>c").string == "a<b>&amp;c");
  CHECK(one("string", "a<!-- not this -->b<?nor this?>c").string == "abc");
  CHECK(one("string", "a\r\nb").string == "a\nb");  // XML says so
  CHECK(one("string", std::string(100'000, 'x')).string->size() == 100'000);
}

TEST_CASE("dates, bytes and literals are trimmed") {
  CHECK(one("dateTime", "\n2026-11-22T10:32:09.5Z ").dateTime->to_string() ==
        "2026-11-22T10:32:09.5Z");
  CHECK(refused("dateTime", "yesterday"));
  CHECK(refused("dateTime", ""));
  CHECK(one("binary", " Zm9v\nYg== ").binary->bytes ==
        std::vector<std::uint8_t>{'f', 'o', 'o', 'b'});
  CHECK(one("binary", "").binary->bytes.empty());
  CHECK(refused("binary", "Zm9vY"));
  CHECK(*one("color", " green ").color == Color::green);
}

TEST_CASE("a literal that nobody knows is no error") {
  auto const value = one("color", "ultraviolet").color;
  REQUIRE(value);
  CHECK(value->literal() == "ultraviolet");
  CHECK(encode(*value) == "<returnval>ultraviolet</returnval>");
  CHECK(one("color", "").color->literal().empty());
}

TEST_CASE("an error names the member and the place of the innermost value") {
  std::string const text = reply_with("<returnval><int>12</int><long>x</long></returnval>");
  try {
    decode_document<Scalars>(text);
    FAIL("accepted");
  } catch (value_out_of_range const& e) {
    CHECK(e.problem().starts_with("\"x\" is no xsd:long in Scalars.long at byte "));
    CHECK(e.offset() == text.find("</long>"));
    CHECK(e.operation() == "Test");
    CHECK(e.target() == "a server");
    CHECK(e.delivered() == delivery::answered);
  }
}

TEST_CASE("children of a simple value are ignored, its text is not") {
  auto const value = decode<Scalars>(
      "<returnval><string>a<b "
      "x=\"1\">not<c/>this</b>z</string><int>1<x/>2</int><boolean><true/>true</boolean></"
      "returnval>");
  CHECK(value.string == "az");
  CHECK(value.int_ == 12);
  CHECK(value.boolean == true);
}

TEST_CASE("a reference keeps its kind, its server and every byte of its id") {
  auto const ref = *decode<Scalars>(
                        "<returnval><ref type=\"Circle\" serverGuid=\"g-1\"> vm-1&amp;\xC2\xB5 "
                        "</ref></returnval>")
                        .ref;
  CHECK(ref.type() == "Circle");
  CHECK(ref.server_guid() == "g-1");
  CHECK(ref.value() == " vm-1&\xC2\xB5 ");
  auto const bare = *decode<Scalars>("<returnval><ref>vm-1</ref></returnval>").ref;
  CHECK(bare.type() == "Shape");
  CHECK(bare.server_guid().empty());
}

TEST_CASE("text longer than the limit is refused, wherever it stands") {
  How how;
  how.limits.text = 1000;
  std::string const fits(1000, 'x');
  CHECK(decode<Scalars>("<returnval><string>" + fits + "</string></returnval>", how).string ==
        fits);
  CHECK_THROWS_AS(decode<Scalars>("<returnval><string>" + fits + "x</string></returnval>", how),
                  limit_exceeded);
  CHECK_THROWS_AS(decode<Scalars>("<returnval><unknown>" + fits + "</unknown></returnval>", how),
                  limit_exceeded);
  CHECK_THROWS_AS(decode<Any>("<returnval>" + fits + "x</returnval>", how), limit_exceeded);
}
