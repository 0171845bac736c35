// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Objects as text: what is written, in which order, with which attributes.
#include "soap/sample.hpp"
#include "soap/support.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace esxvi;
using namespace esxvi::test;
using sample::Circle;
using sample::Color;
using sample::Drawing;
using sample::Point;
using sample::Polygon;
using sample::Scalars;
using sample::Shape;

TEST_CASE("simple values have the forms of XML Schema") {
  CHECK(encode(true, "v") == "<v>true</v>");
  CHECK(encode(false, "v") == "<v>false</v>");
  CHECK(encode(std::int8_t{-128}, "v") == "<v>-128</v>");
  CHECK(encode(std::int16_t{300}, "v") == "<v>300</v>");
  CHECK(encode(std::numeric_limits<std::int64_t>::min(), "v") == "<v>-9223372036854775808</v>");
  CHECK(encode(1.5F, "v") == "<v>1.5</v>");
  CHECK(encode(0.1, "v") == "<v>0.1</v>");
  CHECK(encode(std::numeric_limits<double>::infinity(), "v") == "<v>INF</v>");
  CHECK(encode(-std::numeric_limits<float>::infinity(), "v") == "<v>-INF</v>");
  CHECK(encode(std::numeric_limits<double>::quiet_NaN(), "v") == "<v>NaN</v>");
  CHECK(encode(std::string("<a & \"b\">"), "v") == "<v>&lt;a &amp; \"b\"&gt;</v>");
  CHECK(encode(std::string(), "v") == "<v></v>");
  CHECK(encode(*DateTime::parse("2026-11-22T10:32:09.50+01:00"), "v") ==
        "<v>2026-11-22T10:32:09.50+01:00</v>");
  CHECK(encode(Binary{{0xFF, 0xFE}}, "v") == "<v>//4=</v>");
  CHECK(encode(Enum<Color>(Color::blue), "v") == "<v>blue</v>");
  CHECK(encode(Enum<Color>("a<b"), "v") == "<v>a&lt;b</v>");
}

TEST_CASE("a reference has its kind as an attribute, its server only if it is another one") {
  CHECK(encode(Ref<Shape>("o-1"), "v") == "<v type=\"Shape\">o-1</v>");
  CHECK(encode(Ref<Shape>("Circle", "a&b", "g\"1"), "v") ==
        "<v type=\"Circle\" serverGuid=\"g&quot;1\">a&amp;b</v>");
}

TEST_CASE("what is absent or empty is no element") {
  CHECK(encode(Drawing{}, "d") == "<d><template></template><owner type=\"Shape\"></owner></d>");
  CHECK(encode(Scalars{}, "s") == "<s></s>");
  CHECK(encode(std::optional<Point>(), "v").empty());
  CHECK(encode(std::vector<Point>(), "v").empty());
  CHECK(encode(Poly<Shape>(), "v").empty());
  CHECK(encode(Any(), "v").empty());
}

TEST_CASE("members of the bases come first") {
  Circle circle;
  circle.name = "c";
  circle.radius = 1;
  CHECK(
      encode(circle, "v") ==
      "<v><name>c</name><color>red</color><center><x>0</x><y>0</y></center><radius>1</radius></v>");
}

TEST_CASE("xsi:type is written where a reader could not know the type, and only there") {
  Drawing d;
  d.frame = Circle{};
  d.shape.emplace_back(Shape{});
  d.shape.emplace_back(Polygon{});
  auto const text = encode(d, "d");
  CHECK(text.find("<frame xsi:type=\"Circle\">") != std::string::npos);
  CHECK(text.find("<shape><name>") != std::string::npos);
  CHECK(text.find("<shape xsi:type=\"Polygon\">") != std::string::npos);
}

TEST_CASE("a value of any type always has xsi:type, built-in ones with their prefix") {
  CHECK(encode(Any(true), "v") == "<v xsi:type=\"xsd:boolean\">true</v>");
  CHECK(encode(Any(std::int8_t{1}), "v") == "<v xsi:type=\"xsd:byte\">1</v>");
  CHECK(encode(Any(std::int16_t{1}), "v") == "<v xsi:type=\"xsd:short\">1</v>");
  CHECK(encode(Any(std::int32_t{1}), "v") == "<v xsi:type=\"xsd:int\">1</v>");
  CHECK(encode(Any(std::int64_t{1}), "v") == "<v xsi:type=\"xsd:long\">1</v>");
  CHECK(encode(Any(1.5F), "v") == "<v xsi:type=\"xsd:float\">1.5</v>");
  CHECK(encode(Any(1.5), "v") == "<v xsi:type=\"xsd:double\">1.5</v>");
  CHECK(encode(Any("a<b"), "v") == "<v xsi:type=\"xsd:string\">a&lt;b</v>");
  CHECK(encode(Any(Binary{{'f'}}), "v") == "<v xsi:type=\"xsd:base64Binary\">Zg==</v>");
  CHECK(encode(Any(*DateTime::parse("2026-01-01T00:00:00Z")), "v") ==
        "<v xsi:type=\"xsd:dateTime\">2026-01-01T00:00:00Z</v>");
  CHECK(encode(Any(Color::green), "v") == "<v xsi:type=\"Color\">green</v>");
  CHECK(encode(Any(Ref<Shape>("o-1")), "v") ==
        "<v xsi:type=\"ManagedObjectReference\" type=\"Shape\">o-1</v>");
  CHECK(encode(Any(Point{}), "v") == "<v xsi:type=\"Point\"><x>0</x><y>0</y></v>");
  CHECK(encode(Any(Poly<Shape>(Circle{})), "v").starts_with("<v xsi:type=\"Circle\"><name>"));
  CHECK(encode(Any(RawValue{"New", " a=\"1\"", "<x/>"}), "v") ==
        "<v xsi:type=\"New\" a=\"1\"><x/></v>");
}

TEST_CASE(
    "an array in an anyType is ArrayOfX, its items have no type of their own unless they are "
    "descendants") {
  CHECK(encode(Any(std::vector<std::string>{"a", "b"}), "v") ==
        "<v xsi:type=\"ArrayOfString\"><string>a</string><string>b</string></v>");
  CHECK(encode(Any(std::vector<Point>{Point{}}), "v") ==
        "<v xsi:type=\"ArrayOfPoint\"><Point><x>0</x><y>0</y></Point></v>");
  std::vector<Poly<Shape>> shapes;
  shapes.emplace_back(Shape{});
  shapes.emplace_back(Polygon{});
  CHECK(encode(Any(shapes), "v") ==
        "<v xsi:type=\"ArrayOfShape\"><Shape><name></name><color>red</color></Shape>"
        "<Shape xsi:type=\"Polygon\"><name></name><color>red</color></Shape></v>");
  CHECK(encode(Any(std::vector<std::string>()), "v") == "<v xsi:type=\"ArrayOfString\"></v>");
  CHECK(encode(Any(std::vector<Any>{Any("x"), Any()}), "v") ==
        "<v xsi:type=\"ArrayOfAnyType\"><anyType xsi:type=\"xsd:string\">x</anyType></v>");
}

TEST_CASE("text that XML cannot carry is refused before anything is sent") {
  CHECK_THROWS_AS(encode(std::string("a\x01")), invalid_argument);
  CHECK_THROWS_AS(encode(std::string("a\0b", 3)), invalid_argument);
  CHECK_THROWS_AS(encode(Ref<Shape>("\x02")), invalid_argument);
  CHECK_THROWS_AS(encode(Ref<Shape>("\x02", "x")), invalid_argument);
}

TEST_CASE("objects in objects in objects are written by their own tables") {
  Drawing inner;
  inner.template_ = "inner";
  Drawing outer;
  outer.layer = {inner, inner};
  outer.layer[1].layer = {inner};
  auto const text = encode(outer);
  CHECK(encode(decode<Drawing>(text)) == text);
}
