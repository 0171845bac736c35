// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The same content in the many ways that servers, proxies and simulators write it.
#include "soap/sample.hpp"
#include "soap/support.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace esxvi;
using namespace esxvi::test;
using sample::Circle;
using sample::Color;
using sample::Drawing;
using sample::Point;
using sample::Polygon;
using sample::Shape;

namespace {
std::string const canonical =
    "<returnval><template>t</template><visible>true</visible><number>1</number><number>-2</number>"
    "<frame xsi:type=\"Circle\"><name>c</name><color>green</color><center><x>1</x><y>2</y></center>"
    "<radius>2.5</radius></frame>"
    "<shape><name>s</name><color>red</color></shape>"
    "<shape "
    "xsi:type=\"Polygon\"><name>p</name><color>blue</color><corner><x>3</x><y>4</y><label>l</"
    "label></corner>"
    "<corner><x>5</x><y>6</y></corner></shape>"
    "<origin><x>0</x><y>0</y></origin>"
    "<layer><template>inner</template><owner type=\"Shape\">o-2</owner></layer>"
    "<owner type=\"Circle\">o-1</owner><editor type=\"Shape\" serverGuid=\"g\">e</editor>"
    "<setting xsi:type=\"xsd:int\">5</setting>"
    "<palette>red</palette><palette>infrared</palette>"
    "<changed>2026-11-22T10:32:09.50Z</changed><preview>Zm9v</preview></returnval>";

void register_shapes() {
  Poly<Shape> const none;
  static_cast<void>(none.is<Circle>() || none.is<Polygon>());
}
}  // namespace

TEST_CASE("a document in the form of our own encoder survives to the last byte") {
  register_shapes();
  CHECK(again<Drawing>(canonical) == canonical);
  auto const drawing = decode<Drawing>(canonical);
  CHECK(drawing.template_ == "t");
  CHECK(drawing.number == std::vector<std::int32_t>{1, -2});
  REQUIRE(drawing.frame.is<Circle>());
  CHECK(drawing.frame.as<Circle>()->center.y == 2);
  REQUIRE(drawing.shape.size() == 2);
  CHECK(drawing.shape[0].type_name() == "Shape");
  REQUIRE(drawing.shape[1].as<Polygon>() != nullptr);
  CHECK(drawing.shape[1].as<Polygon>()->corner[0].label == "l");
  CHECK(drawing.layer.front().owner.value() == "o-2");
  CHECK(drawing.owner.type() == "Circle");
  CHECK(*drawing.setting.as<std::int32_t>() == 5);
  CHECK(drawing.palette[0] == Color::red);
}

TEST_CASE("every size of the pieces gives the same object") {
  auto const text = reply_with(canonical);
  for (std::size_t piece = 1; piece < text.size(); piece += piece < 100 ? 1 : 37) {
    CAPTURE(piece);
    CHECK(encode(decode_document<Drawing>(text, {.piece = piece})) == canonical);
  }
}

TEST_CASE("a reply cut anywhere is an error and never an object") {
  auto const text = reply_with(canonical);
  for (std::size_t n = 0; n < text.size(); n += 3) {
    CAPTURE(n);
    CHECK_THROWS_AS(decode_document<Drawing>(text.substr(0, n)), protocol_error);
  }
}

TEST_CASE(
    "xsi:type may be left out where the declared type is meant, and given where it is not needed") {
  CHECK(again<Drawing>("<returnval><frame><name>f</name></frame></returnval>")
            .find("<frame><name>f</name>") != std::string::npos);
  auto const drawing = decode<Drawing>(
      "<returnval xsi:type=\"Drawing\"><template xsi:type=\"xsd:string\">t</template><number "
      "xsi:type=\"xsd:int\">5</number>"
      "<origin xsi:type=\"Point\"><x xsi:type=\"xsd:int\">1</x></origin><frame xsi:type=\"Shape\"/>"
      "<owner xsi:type=\"ManagedObjectReference\" type=\"Circle\">o</owner>"
      "<palette xsi:type=\"Color\">blue</palette></returnval>");
  CHECK(drawing.template_ == "t");
  CHECK(drawing.number.front() == 5);
  CHECK(drawing.origin->x == 1);
  CHECK(drawing.owner.type() == "Circle");
  CHECK(drawing.extra.empty());
  CHECK(encode(drawing).find("xsi:type") == std::string::npos);
}

TEST_CASE("prefixes are names for namespaces and nothing else") {
  register_shapes();
  auto const drawing = decode_document<Drawing>(
      "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><v:TestResponse "
      "xmlns:v='urn:vim25'>"
      "<v:returnval><v:template>t</v:template>"
      "<v:frame xmlns:i='http://www.w3.org/2001/XMLSchema-instance' "
      "i:type='v:Circle'><v:radius>1</v:radius></v:frame>"
      "<q:shape xmlns:q='urn:vim25' "
      "xmlns:XMLSchema-instance='http://www.w3.org/2001/XMLSchema-instance' "
      "XMLSchema-instance:type='q:Polygon'><q:name>p</q:name></q:shape>"
      "<v:setting xmlns:a='http://www.w3.org/2001/XMLSchema-instance' "
      "xmlns:b='http://www.w3.org/2001/XMLSchema' "
      "a:type='b:long'>7</v:setting>"
      "</v:returnval></v:TestResponse></s:Body></s:Envelope>");
  CHECK(drawing.template_ == "t");
  CHECK(drawing.frame.is<Circle>());
  REQUIRE(drawing.shape.size() == 1);
  CHECK(drawing.shape[0].is<Polygon>());
  CHECK(*drawing.setting.as<std::int64_t>() == 7);
}

TEST_CASE("a prefix redeclared on an element means something else there and nowhere else") {
  auto const values = decode<std::vector<Any>>(
      "<returnval xmlns:p='http://www.w3.org/2001/XMLSchema' xsi:type='p:int'>1</returnval>"
      "<returnval xmlns:p='urn:vim25' xsi:type='p:int'>2</returnval>"
      "<returnval xmlns:xsi='urn:other' xsi:type='xsd:int'>3</returnval>"
      "<returnval xsi:type='xsd:int'>4</returnval>");
  REQUIRE(values.size() == 4);
  CHECK(values[0].is<std::int32_t>());
  CHECK_FALSE(values[1].is<std::int32_t>());
  CHECK(values[1].type_name() == "int");
  CHECK(values[2].type_name().empty());
  CHECK(*values[3].as<std::int32_t>() == 4);
}

TEST_CASE("attributes may stand before the declaration of their prefix") {
  auto const value = decode<Any>(
      "<returnval z:type='y:int' xmlns:y='http://www.w3.org/2001/XMLSchema' "
      "xmlns:z='http://www.w3.org/2001/XMLSchema-instance'>1</returnval>");
  CHECK(value.is<std::int32_t>());
}

TEST_CASE("prefixes that nobody declared mean what everybody means") {
  auto const value = decode_document<Any>(
      "<soapenv:Envelope><soapenv:Body><TestResponse><returnval "
      "xsi:type='xsd:int'>1</returnval></TestResponse>"
      "</soapenv:Body></soapenv:Envelope>");
  CHECK(value.is<std::int32_t>());
}

TEST_CASE("blanks, comments and processing instructions between elements mean nothing") {
  auto const point = decode<Point>(
      "\n  <!-- a --><returnval>\r\n\t<x>1</x> stray text <?pi?><![CDATA[more]]><y> 2 </y>\n<!-- b "
      "--></returnval>\n");
  CHECK(point.x == 1);
  CHECK(point.y == 2);
  CHECK(point.extra.empty());
}

TEST_CASE("members may come in any order") {
  auto const drawing = decode<Drawing>(
      "<returnval><preview>Zm9v</preview><number>1</number><template>t</template><number>2</"
      "number><visible>1</visible>"
      "<palette>red</palette><number>3</number></returnval>");
  CHECK(drawing.number == std::vector<std::int32_t>{1, 2, 3});
  CHECK(drawing.template_ == "t");
  CHECK(drawing.visible == true);
  CHECK(drawing.preview->bytes.size() == 3);
  CHECK(drawing.extra.empty());
}

TEST_CASE("a member that comes twice has its last value") {
  auto const point =
      decode<Point>("<returnval><x>1</x><label>a</label><x>2</x><label>b</label></returnval>");
  CHECK(point.x == 2);
  CHECK(point.label == "b");
}

TEST_CASE("xsi:nil is absence") {
  auto const drawing = decode<Drawing>(
      "<returnval><visible xsi:nil='true'/><number xsi:nil='1'>5</number><frame xsi:nil='true' "
      "xsi:type='Circle'/>"
      "<origin xsi:nil='true'><x>1</x></origin><setting xsi:nil='true'/><number "
      "xsi:nil='false'>6</number></returnval>");
  CHECK_FALSE(drawing.visible.has_value());
  CHECK(drawing.number == std::vector<std::int32_t>{6});
  CHECK_FALSE(drawing.frame);
  CHECK_FALSE(drawing.origin.has_value());
  CHECK_FALSE(drawing.setting);
}

TEST_CASE("an empty element is an empty string or an object of defaults, not absence") {
  auto const drawing =
      decode<Drawing>("<returnval><template/><origin/><frame/><layer/></returnval>");
  CHECK(drawing.template_.empty());
  REQUIRE(drawing.origin.has_value());
  CHECK(drawing.origin->x == 0);
  CHECK(drawing.frame.has_value());
  CHECK(drawing.layer.size() == 1);
}

TEST_CASE("the observer hears of each required member that did not come, and of nothing else") {
  Notes notes;
  decode<Drawing>(
      "<returnval><template>t</template><origin><y>2</y></origin><owner type='Shape'>o</owner>"
      "<frame><color>red</color></frame><layer><origin><x>1</x><y>1</y></origin></layer></"
      "returnval>",
      {.observer = &notes});
  CHECK(notes.lines == std::vector<std::string>{"omitted Point x", "omitted Shape name",
                                                "omitted Drawing template",
                                                "omitted Drawing owner"});
}

TEST_CASE("a result that should have come and did not is reported before it is an error") {
  Notes notes;
  CHECK_THROWS_AS(static_cast<void>(decode<Point>("", {.observer = &notes})), truncated_reply);
  CHECK(notes.lines == std::vector<std::string>{"omitted Response returnval"});
  notes.lines.clear();
  decode<std::optional<Point>>("", {.observer = &notes});
  decode<std::vector<Point>>("", {.observer = &notes});
  CHECK(notes.lines.empty());
}
