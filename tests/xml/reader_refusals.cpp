// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Documents that are refused: how, where and with which words.
#include "xml/events.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace esxvi;
using namespace esxvi::test;
using namespace std::string_literals;

TEST_CASE("a document cut anywhere is never accepted") {
  std::string const text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c --><e:Envelope xmlns:e=\"u\"><e:Body "
      "a='1'>x&amp;y\xC2\xB5<![CDATA[z]]>"
      "<v/><?pi p?></e:Body></e:Envelope>";
  CHECK_FALSE(code_of(text));
  for (std::size_t n = 0; n < text.size(); ++n) {
    CAPTURE(text.substr(0, n));
    for (std::size_t const piece : {std::size_t{1}, std::size_t{7}, text.size()}) {
      CHECK(code_of(text.substr(0, n), piece) ==
            (n == 0 ? errc::empty_reply : errc::truncated_reply));
    }
  }
}

TEST_CASE("nothing, or nothing but blanks, is an empty reply") {
  CHECK(code_of("") == errc::empty_reply);
  CHECK(code_of(" \r\n\t ") == errc::empty_reply);
  CHECK(code_of(" \r\n\t ", 1) == errc::empty_reply);
  CHECK(code_of("\xEF\xBB\xBF") != std::nullopt);
}

TEST_CASE("an early end says where") {
  auto const refusal = refusal_of("<a><b>text");
  REQUIRE(refusal);
  CHECK(refusal->code == errc::truncated_reply);
  CHECK(refusal->offset == 10);
}

TEST_CASE("what is no XML at all is told from bad XML, and shown") {
  auto const refusal = refusal_of("Service Unavailable\x01\nplease wait");
  REQUIRE(refusal);
  CHECK(refusal->code == errc::not_soap);
  CHECK(refusal->problem.find("\"Service Unavailable??please wait\"") != std::string::npos);
  CHECK(code_of("{\"error\":1}") == errc::not_soap);
  CHECK(code_of("  x") == errc::not_soap);
  CHECK(refusal_of(std::string(100'000, 'x'))->problem.size() < 200);
}

TEST_CASE("an HTML page is no SOAP") {
  CHECK(code_of("<!DOCTYPE html><html></html>") == errc::not_soap);
  CHECK(code_of("<!doctype html>\n<html lang=en>", 1) == errc::not_soap);
  CHECK(code_of("\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0//EN\" \"xhtml1.dtd\">") ==
        errc::not_soap);
  // No system identifier: that is no XML either.
  CHECK(code_of("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"><HTML>", 3) == errc::not_soap);
}

TEST_CASE("a document type is refused, with it every entity, external or exploding") {
  CHECK(code_of("<!DOCTYPE a><a/>") == errc::dtd_refused);
  CHECK(code_of("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>") == errc::dtd_refused);
  std::string const laughs =
      "<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;&x;&x;&x;&x;&x;&x;\">]><a>&y;</a>";
  for (std::size_t piece = 1; piece < 40; ++piece)
    CHECK(code_of(laughs, piece) == errc::dtd_refused);
  CHECK(refusal_of("<?xml version='1.0'?><!DOCTYPE a><a/>")->offset != protocol_error::no_offset);
}

TEST_CASE("an entity that nobody declared is bad XML") {
  CHECK(code_of("<a>&nbsp;</a>") == errc::malformed_xml);
  CHECK(code_of("<a b='&foo;'/>") == errc::malformed_xml);
}

TEST_CASE("bad XML is told with its place") {
  auto const refusal = refusal_of("<a><b></c></a>");
  REQUIRE(refusal);
  CHECK(refusal->code == errc::malformed_xml);
  CHECK(refusal->offset == 8);
  CHECK(refusal->problem.find("at byte 8") != std::string::npos);
  CHECK(code_of("<a b='1' b='2'/>") == errc::malformed_xml);
  CHECK(code_of("<a/><b/>") == errc::malformed_xml);
  CHECK(code_of("<a/>text") == errc::malformed_xml);
  CHECK(code_of("<a b=1/>") == errc::malformed_xml);
  CHECK(code_of("<a>a & b</a>") == errc::malformed_xml);
  CHECK(code_of("<1/>") == errc::malformed_xml);
  CHECK(code_of("<a><![CDATA[x]]</a>", 1) != std::nullopt);
  CHECK(code_of("</a>") == errc::malformed_xml);
}

TEST_CASE("invalid UTF-8 is told with its place, however it arrives") {
  for (std::string const& bad : {"\xFF"s, "\xC3("s, "\xE2\x82("s, "\x80"s, "\xC0\x80"s,
                                 "\xED\xA0\x80"s, "\xF8\x88\x80\x80\x80"s}) {
    std::string const text = "<a>good" + bad + "</a>";
    for (std::size_t const piece : {std::size_t{1}, std::size_t{3}, text.size()}) {
      auto const refusal = refusal_of(text, piece);
      REQUIRE(refusal);
      CHECK(refusal->code == errc::invalid_encoding);
      CHECK(refusal->offset == 7);
    }
    CHECK(code_of("<a b='" + bad + "'/>") == errc::invalid_encoding);
  }
}

TEST_CASE("characters that XML forbids are told apart from bad encoding") {
  for (std::string const& bad :
       {"\x01"s, "\x1F"s, "\x0B"s, "\0"s, "\xEF\xBF\xBF"s, "\xEF\xBF\xBE"s}) {
    for (std::size_t const piece : {std::size_t{1}, std::size_t{100}}) {
      auto const refusal = refusal_of("<a>good" + bad + "</a>", piece);
      REQUIRE(refusal);
      CHECK(refusal->code == errc::invalid_character);
      CHECK(refusal->offset == 7);
      CHECK(code_of("<a b='x" + bad + "'/>", piece) == errc::invalid_character);
    }
  }
  for (std::string const& bad :
       {"&#1;"s, "&#x1F;"s, "&#0;"s, "&#xFFFF;"s, "&#xFFFE;"s, "&#xD800;"s, "&#x110000;"s}) {
    CAPTURE(bad);
    CHECK(code_of("<a>" + bad + "</a>") == errc::invalid_character);
    CHECK(code_of("<a b='" + bad + "'/>") == errc::invalid_character);
  }
  // These are rare, but allowed.
  CHECK_FALSE(code_of("<a>\x7F\xEF\xBF\xBD\xC2\x85&#x7F;&#xFFFD;&#9;</a>"));
}

TEST_CASE("an encoding that cannot be read is refused by name") {
  CHECK(code_of("<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>") == errc::invalid_encoding);
  CHECK(code_of("<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>") ==
        errc::invalid_encoding);
  CHECK(code_of("<?xml version='1.0' encoding='UTF-16'?><a/>") == errc::invalid_encoding);
}

TEST_CASE("an error says what was tried where, and that the server had answered") {
  try {
    events_of("<a>");
    FAIL("accepted");
  } catch (truncated_reply const& e) {
    CHECK(e.operation() == "reading");
    CHECK(e.target() == "a test");
    CHECK(e.delivered() == delivery::answered);
    CHECK_FALSE(e.advice().empty());
    CHECK(std::string(e.what()).starts_with("reading on a test: the reply ends early at byte 3 ("));
  }
}
