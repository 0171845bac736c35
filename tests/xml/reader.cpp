// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Documents that are accepted, and how their pieces and limits are treated.
#include "xml/events.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace esxvi;
using namespace esxvi::test;
using namespace std::string_literals;

TEST_CASE("events come in the order of the document") {
  CHECK(events_of("<a x='1' y=\"2\"><b>t</b> <c/></a>") == "<a x='1' y='2'><b>t</b> <c></c></a>");
}

TEST_CASE("any size of the pieces gives the same events") {
  std::string const text =
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- note --><s:a xmlns:s='u'><b "
      "k=\"&lt;&#65;\">x&amp;y"
      "<![CDATA[<z>]]>\xC2\xB5\xF0\x9F\x98\x80</b><?pi data?></s:a>\n<!-- end -->\n";
  auto const whole = events_of(text);
  CHECK(whole == "<s:a xmlns:s='u'><b k='<A'>x&y<z>\xC2\xB5\xF0\x9F\x98\x80</b></s:a>");
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    CAPTURE(piece);
    CHECK(events_of(text, piece) == whole);
  }
}

TEST_CASE("the predefined entities and character references are text") {
  CHECK(events_of("<a>&lt;&gt;&amp;&quot;&apos;&#x41;&#10;</a>") == "<a><>&\"'A\n</a>");
}

TEST_CASE("other encodings that an XML reader must know are read, too") {
  std::string utf16 = "\xFF\xFE"s;
  for (char const c : "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>x</a>"s)
    utf16 += c, utf16 += '\0';
  CHECK(events_of(utf16) == "<a>x</a>");
  for (std::size_t piece = 1; piece < 6; ++piece) CHECK(events_of(utf16, piece) == "<a>x</a>");
  CHECK(events_of("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xB5</a>") == "<a>\xC2\xB5</a>");
}

TEST_CASE("the number of bytes is that of the pieces") {
  Events events;
  xml::Reader<Events> reader(events);
  reader.feed("<a>");
  reader.feed("");
  reader.feed("</a>");
  reader.finish();
  CHECK(reader.bytes() == 7);
}

TEST_CASE("nesting may be as deep as the limit and no deeper") {
  xml::Limits limits;
  limits.depth = 3;
  CHECK_FALSE(code_of("<a><b><c/><c/></b><b><c/></b></a>", 100, limits));
  CHECK(code_of("<a><b><c><d/></c></b></a>", 100, limits) == errc::limit_exceeded);
  CHECK(refusal_of("<a><b><c><d/></c></b></a>", 100, limits)->offset == 9);
}

TEST_CASE("100,000 nested elements are refused at the limit, not at the end of the stack") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "<a>";
  Events events;
  xml::Reader<Events> reader(events);
  CHECK_THROWS_AS(reader.feed(text), limit_exceeded);
  CHECK(events.count == xml::Limits{}.depth);
}

TEST_CASE("a document may be as long as the limit and no longer") {
  xml::Limits limits;
  limits.document = 20;
  CHECK_FALSE(code_of("<a>" + std::string(13, 'x') + "</a>", 7, limits));
  CHECK(code_of("<a>" + std::string(14, 'x') + "</a>", 7, limits) == errc::limit_exceeded);
  CHECK(code_of("<a>" + std::string(14, 'x') + "</a>", 100, limits) == errc::limit_exceeded);
}

TEST_CASE("a tag of 16 MiB in small pieces is refused soon after the limit, in no time") {
  std::string const piece(16 << 10, 'x');
  Events events;
  xml::Reader<Events> reader(events);
  auto const begin = std::chrono::steady_clock::now();
  reader.feed("<a><b attribute=\"");
  std::size_t fed = 0;
  CHECK_THROWS_AS(for (; fed < (std::size_t{16} << 20); fed += piece.size()) reader.feed(piece),
                  limit_exceeded);
  CHECK(fed <= xml::Limits{}.token + 2 * piece.size());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
}

TEST_CASE("a comment or a processing instruction without end is refused as well") {
  xml::Limits limits;
  limits.token = 1000;
  CHECK(code_of("<a><!-- " + std::string(5000, 'x'), 100, limits) == errc::limit_exceeded);
  CHECK(code_of("<a><?pi " + std::string(5000, 'x'), 100, limits) == errc::limit_exceeded);
  CHECK(code_of("<" + std::string(5000, 'x'), 100, limits) == errc::limit_exceeded);
}

TEST_CASE("long text and many tags are no long token") {
  xml::Limits limits;
  limits.token = 1000;
  CHECK_FALSE(code_of("<a>" + std::string(50'000, 'x') + "</a>", 100, limits));
  CHECK_FALSE(code_of("<a><![CDATA[" + std::string(50'000, 'x') + "]]></a>", 100, limits));
  std::string many = "<a>";
  for (int i = 0; i < 5000; ++i) many += "<b c='d'/>";
  CHECK_FALSE(code_of(many + "</a>", 100, limits));
  CHECK_FALSE(code_of(many + "</a>", 1 << 20, limits));
  CHECK_FALSE(code_of("<a>" + std::string(50'000, '\n') + "</a>", 100, limits));
}

TEST_CASE("what a handler throws comes out, at once and as it is") {
  struct Thrower {
    int after = 0;
    int late = 0;
    void start(char const*, char const* const*) {
      if (++after == 2) throw std::domain_error("enough");
    }
    void text(std::string_view) {}
    void end(char const*) {
      if (after == 1) throw std::range_error("end");
      if (after == 2) ++late;
    }
  };
  {
    Thrower thrower;
    auto reader = std::make_unique<xml::Reader<Thrower>>(thrower);
    CHECK_THROWS_AS(reader->feed("<a><b/><c/></a>"), std::domain_error);
    CHECK(thrower.after == 2);
    CHECK(thrower.late == 0);
    // Nothing good can come after that, but nothing bad happens either.
    CHECK_THROWS_AS(reader->feed("<d/>"), protocol_error);
    CHECK_THROWS_AS(reader->finish(), protocol_error);
    reader.reset();
  }
  {
    Thrower thrower;
    xml::Reader<Thrower> reader(thrower);
    CHECK_THROWS_AS(reader.feed("<a/>"), std::range_error);
  }
}

TEST_CASE("a handler can ask where the event stands") {
  struct Offsets {
    std::function<std::size_t()> where{};
    std::string log{};
    void start(char const*, char const* const*) { log += 's' + std::to_string(where()) + ' '; }
    void text(std::string_view) { log += 't' + std::to_string(where()) + ' '; }
    void end(char const*) { log += 'e' + std::to_string(where()) + ' '; }
  } offsets;
  xml::Reader<Offsets> reader(offsets);
  offsets.where = [&] { return reader.offset(); };
  reader.feed("<a>x");
  reader.feed("<b></b></a>");
  reader.finish();
  CHECK(offsets.log == "s0 t3 s4 e7 e11 ");
}

TEST_CASE("a long document of short tags is read in pieces of any size") {
  struct Counter {
    std::size_t count = 0;
    void start(char const*, char const* const*) { ++count; }
    void text(std::string_view) {}
    void end(char const*) {}
  };
  std::string text = "<a>";
  for (int i = 0; i < 100'000; ++i) text += "<propertyname>x</propertyname>";
  text += "</a>";
  // Some of these stop where expat knows no place.
  for (unsigned seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Counter counter;
    xml::Reader<Counter> reader(counter);
    for (std::size_t at = 0; at < text.size();) {
      std::size_t const size = random() % 3 == 0 ? random() % 20 : random() % 2000;
      reader.feed(std::string_view(text).substr(at, size));
      at += size;
    }
    reader.finish();
    CHECK(counter.count == 100'001);
  }
}
