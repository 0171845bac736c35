// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What a newer server sends: reported, kept, and written back at the same place.
#include "soap/sample.hpp"
#include "soap/support.hpp"

#include <esxvi/types/VirtualDevice.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;
using sample::Circle;
using sample::Drawing;
using sample::Point;
using sample::Shape;
namespace vim = esxvi::types;

namespace {
using lines = std::vector<std::string>;
}

TEST_CASE("unknown members come back at their places") {
  for (std::string const& xml : {
           std::string("<returnval><new>1</new><x>1</x><y>2</y></returnval>"),
           std::string("<returnval><x>1</x><new>1</new><newer>2</newer><y>2</y></returnval>"),
           std::string("<returnval><x>1</x><y>2</y><label>l</label><new/></returnval>"),
           std::string("<returnval><a/><x>1</x><b/><y>2</y><c/><label>l</label><d/></returnval>"),
           std::string("<returnval><x>1</x><a/><y>2</y><label>l</label><a/></returnval>"),
       }) {
    CHECK(again<Point>(xml) == xml);
  }
}

TEST_CASE("unknown members of a descendant come back between those of its bases and its own") {
  std::string const xml =
      "<returnval xsi:type=\"Circle\"><name>n</name><new>1</new><color>red</color><newer>2</newer>"
      "<center><x>1</x><y>1</y><z>1</z></center><radius>1</radius></returnval>";
  auto const shape = decode<Poly<Shape>>(xml);
  REQUIRE(shape.as<Circle>() != nullptr);
  CHECK(shape.as<Circle>()->center.extra.xml() == "<z>1</z>");
  CHECK(encode(shape) == xml);
}

TEST_CASE("unknown content is kept with its structure, attributes and escapes") {
  std::string const inner =
      "<new a=\"1\" b=\"&lt;&quot;&#10;&amp;\"><deep xsi:type=\"xsd:string\">a &lt;b&gt; &amp;amp; "
      "\xC2\xB5 'q' \"q\"</deep><empty/>"
      "<ref type=\"VirtualMachine\" serverGuid=\"g\">vm-1</ref><more xsi:type=\"Unheard\" "
      "xsi:nil=\"true\"/>mixed text</new>";
  std::string const xml = "<returnval><x>1</x>" + inner + "<y>2</y></returnval>";
  CHECK(decode<Point>(xml).extra.xml() == inner);
  CHECK(again<Point>(xml) == xml);
  for (std::size_t piece = 1; piece < 60; ++piece)
    CHECK(encode(decode<Point>(xml, {.piece = piece})) == xml);
}

TEST_CASE("prefixes of unknown content become ours") {
  auto const point = decode<Point>(
      "<returnval><v:new xmlns:v='urn:vim25' xmlns:i='http://www.w3.org/2001/XMLSchema-instance' "
      "xmlns:d='http://www.w3.org/2001/XMLSchema' i:type='d:int'>1<v:x "
      "i:type='v:Y'/></v:new></returnval>");
  CHECK(point.extra.xml() == "<new xsi:type=\"xsd:int\">1<x xsi:type=\"Y\"/></new>");
}

TEST_CASE("an element of another namespace keeps it") {
  auto const point =
      decode<Point>("<returnval><p:new xmlns:p='urn:pbm'><p:id>1</p:id></p:new></returnval>");
  CHECK(point.extra.xml() == "<new xmlns=\"urn:pbm\"><id>1</id></new>");
  std::string const xml =
      "<returnval><x>1</x><y>1</y><new xmlns=\"urn:pbm\"><id>1</id></new></returnval>";
  CHECK(again<Point>(xml) == xml);
}

TEST_CASE("no attribute can be written twice") {
  auto const point = decode<Point>(
      "<returnval><new a='1' p:a='2' q:a='3' xmlns:i='http://www.w3.org/2001/XMLSchema-instance' "
      "xsi:type='X' i:type='Y' "
      "xml:lang='en'/></returnval>");
  CHECK(point.extra.xml() == "<new a=\"1\" xsi:type=\"X\"/>");
}

TEST_CASE("a name that is none without its prefix is bad XML") {
  CHECK_THROWS_AS(decode<Point>("<returnval><a:/></returnval>"), malformed_xml);
  CHECK_THROWS_AS(decode<Point>("<returnval><a:1/></returnval>"), malformed_xml);
  CHECK_THROWS_AS(decode<Point>("<returnval><a:b:c/></returnval>"), malformed_xml);
  CHECK_THROWS_AS(decode<Point>("<returnval><new><a:-/></new></returnval>"), malformed_xml);
}

TEST_CASE("unknown attributes of an object are kept") {
  std::string const xml =
      "<returnval versionId=\"5.5\" type=\"&lt;x\"><x>1</x><y>2</y></returnval>";
  CHECK(again<Point>(xml) == xml);
  std::string const typed =
      "<returnval xsi:type=\"Circle\" "
      "versionId=\"1\"><name></name><color>red</color><center><x>0</x>"
      "<y>0</y></center><radius>0</radius></returnval>";
  CHECK(decode<Poly<Shape>>(typed).is<Circle>());
  CHECK(again<Poly<Shape>>(typed) == typed);
}

TEST_CASE("an unknown descendant is its nearest known base, keeps its name and all its members") {
  std::string const xml =
      "<returnval "
      "xsi:type=\"Star\"><name>s</name><color>red</color><rays>5</rays><tip><x>1</x></tip></"
      "returnval>";
  auto const shape = decode<Poly<Shape>>(xml);
  CHECK(shape.type_name() == "Star");
  CHECK(shape->name == "s");
  CHECK(shape->extra.xml() == "<rays>5</rays><tip><x>1</x></tip>");
  CHECK(encode(shape) == xml);
}

TEST_CASE(
    "a descendant that the schema knows and the program does not is the nearest base that it "
    "does") {
  // Nobody here names VirtualE1000 or VirtualEthernetCard.
  std::string const xml =
      "<returnval xsi:type=\"VirtualE1000\"><key>4000</key><backing "
      "xsi:type=\"VirtualDeviceFileBackingInfo\">"
      "<fileName>f</fileName></backing><macAddress>00:50:56</macAddress></returnval>";
  Notes notes;
  auto const device = decode<Poly<vim::VirtualDevice>>(xml, {.observer = &notes});
  CHECK(device.type_name() == "VirtualE1000");
  CHECK(device->key == 4000);
  CHECK(encode(device) == xml);
  // The type is no news, but its members are not decoded.
  CHECK(std::count(notes.lines.begin(), notes.lines.end(), "type VirtualDevice VirtualE1000") == 0);
  CHECK(std::count(notes.lines.begin(), notes.lines.end(), "member VirtualDevice macAddress") == 1);
}

TEST_CASE("an unknown type in a member that is held by value is kept as well") {
  std::string const xml = "<returnval xsi:type=\"Point3\"><x>1</x><y>2</y><z>3</z></returnval>";
  auto const point = decode<Point>(xml);
  CHECK(point.extra.type() == "Point3");
  CHECK(encode(point) == xml);
}

TEST_CASE("a known type that does not belong there counts as unknown") {
  // Point is registered here, but it is no Shape.
  static_cast<void>(Any().is<Point>());
  auto const shape =
      decode<Poly<Shape>>("<returnval xsi:type=\"Point\"><name>n</name><x>1</x></returnval>");
  CHECK(shape.type_name() == "Point");
  CHECK(shape->name == "n");
  CHECK(shape->extra.xml() == "<x>1</x>");
}

TEST_CASE("a value of an unknown type is kept as it came") {
  for (std::string const& xml : {
           std::string("<returnval xsi:type=\"Unheard\"><a b=\"1\">&lt;</a><c/></returnval>"),
           std::string("<returnval xsi:type=\"Unheard\" type=\"HostSystem\" "
                       "serverGuid=\"g\">host-1</returnval>"),
           std::string("<returnval xsi:type=\"xsd:duration\">P1D</returnval>"),
           std::string("<returnval xsi:type=\"xsd:unsignedLong\">18446744073709551615</returnval>"),
           std::string("<returnval>no type at all</returnval>"),
           std::string("<returnval><x>1</x></returnval>"),
           std::string("<returnval></returnval>"),
       }) {
    CAPTURE(xml);
    auto const any = decode<Any>(xml);
    REQUIRE(any.as<RawValue>() != nullptr);
    CHECK(encode(any) == xml);
  }
}

TEST_CASE("a reference in an anyType without a kind stays without") {
  std::string const xml = "<returnval xsi:type=\"ManagedObjectReference\">vm-1</returnval>";
  CHECK(decode<Any>(xml).as<untyped_ref>()->type().empty());
  CHECK(again<Any>(xml) == xml);
}

TEST_CASE("strings have more than one name") {
  for (auto const* name : {"xsd:string", "xsd:anyURI", "xsd:token", "xsd:normalizedString"}) {
    auto const any = decode<Any>(std::string("<returnval xsi:type='") + name + "'>x</returnval>");
    REQUIRE(any.is<std::string>());
    CHECK(*any.as<std::string>() == "x");
  }
}

TEST_CASE("the observer hears of everything that is new, in the order of the document") {
  Notes notes;
  static_cast<void>(Poly<Shape>().is<Circle>());
  decode<Drawing>(
      "<returnval><template>t</template><frame "
      "xsi:type='Star'><name>n</name><color>pink</color><rays>5</rays></frame>"
      "<owner type='Shape'>o</owner><setting xsi:type='Unheard'><deep/></setting><palette> teal "
      "</palette><new><x/></new></returnval>",
      {.observer = &notes});
  CHECK(notes.lines == lines{"type Shape Star", "literal Color pink", "member Shape rays",
                             "type xsd:anyType Unheard", "literal Color teal",
                             "member Drawing new"});
}

TEST_CASE("counts tell how much was new") {
  soap::Reply<Drawing> reply;
  soap::ReplyDecoder decoder("TestResponse", {reflect::type_of<soap::Reply<Drawing>>(), &reply},
                             {});
  decoder.feed(reply_with(
      "<returnval><frame xsi:type='Star'><rays/></frame><new><x/></new><origin/></returnval>"));
  decoder.finish();
  CHECK(decoder.counts().unknown_members == 2);
  CHECK(decoder.counts().unknown_types == 1);
  CHECK(decoder.counts().objects >= 3);
}

TEST_CASE("copies of objects keep what is unknown") {
  std::string const xml =
      "<returnval "
      "xsi:type=\"Star\"><new/><name>s</name><color>red</color><rays>5</rays></returnval>";
  auto const shape = decode<Poly<Shape>>(xml);
  auto copy = shape;
  copy->name = "s";
  CHECK(encode(copy) == xml);
}
