// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Escaping.
#include "xml/events.hpp"

#include <esxvi/xml/writer.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace esxvi;
using xml::position;

namespace {
std::string escaped(std::string_view text, position where = position::text) {
  std::string out;
  xml::append_escaped(out, text, where);
  return out;
}
}  // namespace

TEST_CASE("text loses nothing but what a reader would take for markup or change") {
  CHECK(escaped("") == "");
  CHECK(escaped("plain \xC2\xB5 text") == "plain \xC2\xB5 text");
  CHECK(escaped("<a b=\"c\">&amp;]]>") == "&lt;a b=\"c\"&gt;&amp;amp;]]&gt;");
  CHECK(escaped("a\tb\nc\rd\r\n") == "a\tb\nc&#13;d&#13;\n");
  CHECK(escaped("'") == "'");
}

TEST_CASE("an attribute loses quotes and line ends as well") {
  CHECK(escaped("\"<\t\n\r>&'", position::attribute) == "&quot;&lt;&#9;&#10;&#13;&gt;&amp;'");
}

TEST_CASE("text is appended") {
  std::string out = "x";
  xml::append_escaped(out, "&");
  xml::append_escaped(out, "y");
  CHECK(out == "x&amp;y");
}

TEST_CASE("a control character that XML cannot carry is refused with its place") {
  for (int c = 0; c < 0x20; ++c) {
    if (c == '\t' || c == '\n' || c == '\r') continue;
    std::string const text = std::string("ab") + static_cast<char>(c);
    CAPTURE(c);
    CHECK_THROWS_AS(escaped(text), invalid_argument);
    CHECK_THROWS_AS(escaped(text, position::attribute), invalid_argument);
    try {
      escaped(text);
    } catch (invalid_argument const& e) {
      CHECK(e.problem().find("character " + std::to_string(c) + " at position 2") !=
            std::string::npos);
      CHECK(e.problem().find("ab") == std::string::npos);  // it may be a password
    }
  }
}

TEST_CASE("every other byte of ASCII comes back from a reader, in text and in attributes") {
  std::string all;
  for (char c = 1; c < 127; ++c)
    if (c >= ' ' || c == '\t' || c == '\n' || c == '\r') all += c;
  all += "\x7F\xC2\xB5\xE2\x84\x83\xF0\x9F\x98\x80";
  CHECK(test::events_of("<a>" + escaped(all) + "</a>") == "<a>" + all + "</a>");
  CHECK(test::events_of("<a b=\"" + escaped(all, position::attribute) + "\"/>") ==
        "<a b='" + all + "'></a>");
}

TEST_CASE("random text comes back from a reader") {
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed)
  std::string const letters = "<>&\"' \t\r\n]x";
  for (int i = 0; i < 500; ++i) {
    std::string text;
    for (auto n = random() % 20; n > 0; --n) text += letters[random() % letters.size()];
    CHECK(test::events_of("<a>" + escaped(text) + "</a>") == "<a>" + text + "</a>");
    CHECK(test::events_of("<a b=\"" + escaped(text, position::attribute) + "\"/>") ==
          "<a b='" + text + "'></a>");
  }
}
