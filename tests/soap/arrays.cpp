// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Arrays: as repeated elements, and as the ArrayOfX of an anyType.
#include "soap/sample.hpp"
#include "soap/support.hpp"

#include <esxvi/types/MethodFault.hpp>
#include <esxvi/types/fault/NotFound.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;
using sample::Circle;
using sample::Color;
using sample::Point;
using sample::Shape;
namespace vim = esxvi::types;

namespace {
/// `<returnval xsi:type="ArrayOfX"><x>..</x>..</returnval>` holds these values and is written like
/// that.
template <class T> void check(std::string const& xml, std::vector<T> const& values) {
  CAPTURE(xml);
  auto const any = decode<Any>(xml);
  auto const* const array = any.as<std::vector<T>>();
  REQUIRE(array != nullptr);
  CHECK(*array == values);
  CHECK(encode(any) == xml);
  CHECK(encode(Any(values)) == xml);
}
std::string array_of(std::string const& name, std::string const& items) {
  return "<returnval xsi:type=\"ArrayOf" + name + "\">" + items + "</returnval>";
}
}  // namespace

TEST_CASE("a value of any built-in type comes as an array of it") {
  check<std::string>(array_of("String", "<string>a</string><string></string>"), {"a", ""});
  check<std::int8_t>(array_of("Byte", "<byte>-1</byte><byte>127</byte>"), {-1, 127});
  check<std::int16_t>(array_of("Short", "<short>-300</short>"), {-300});
  check<std::int32_t>(array_of("Int", "<int>1</int><int>2</int><int>3</int>"), {1, 2, 3});
  check<std::int64_t>(array_of("Long", "<long>9223372036854775807</long>"), {9223372036854775807});
  check<float>(array_of("Float", "<float>1.5</float>"), {1.5F});
  check<double>(array_of("Double", "<double>-INF</double>"),
                {-std::numeric_limits<double>::infinity()});
  check<DateTime>(array_of("DateTime", "<dateTime>2026-11-22T10:32:09Z</dateTime>"),
                  {*DateTime::parse("2026-11-22T10:32:09Z")});
  check<Binary>(array_of("Base64Binary", "<base64Binary>Zm8=</base64Binary>"),
                {Binary{{'f', 'o'}}});
  check<untyped_ref>(
      array_of("ManagedObjectReference",
               "<ManagedObjectReference type=\"HostSystem\">host-1</ManagedObjectReference>"),
      {untyped_ref("HostSystem", "host-1")});
  check<Enum<Color>>(array_of("Color", "<Color>red</Color><Color>infrared</Color>"),
                     {Color::red, Enum<Color>("infrared")});
}

TEST_CASE("an array without items is there, and empty") {
  check<std::string>(array_of("String", ""), {});
  check<std::int32_t>(array_of("Int", ""), {});
  CHECK(
      decode<Any>("<returnval xsi:type='ArrayOfString'/>").as<std::vector<std::string>>()->empty());
}

TEST_CASE("items may be named anything and carry their own xsi:type") {
  auto const any = decode<Any>(
      "<returnval xsi:type='ArrayOfString'><string "
      "xsi:type='xsd:string'>a</string><item>b</item><ns:x xmlns:ns='y'>c</ns:x></returnval>");
  CHECK(*any.as<std::vector<std::string>>() == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("an array of values of any type holds any type") {
  std::string const xml = array_of(
      "AnyType",
      "<anyType xsi:type=\"xsd:int\">1</anyType><anyType xsi:type=\"xsd:string\">x</anyType>"
      "<anyType xsi:type=\"ArrayOfInt\"><int>5</int></anyType>");
  auto const any = decode<Any>(xml);
  auto const* const items = any.as<std::vector<Any>>();
  REQUIRE(items != nullptr);
  REQUIRE(items->size() == 3);
  CHECK((*items)[0].is<std::int32_t>());
  CHECK((*items)[2].is<std::vector<std::int32_t>>());
  CHECK(encode(any) == xml);
}

TEST_CASE("arrays of objects are decoded when the program asks for them") {
  std::string const xml =
      array_of("Point", "<Point><x>1</x><y>2</y></Point><Point><x>3</x><y>4</y></Point>");
  auto const any = decode<Any>(xml);
  auto const* const points = any.as<std::vector<Point>>();
  REQUIRE(points != nullptr);
  REQUIRE(points->size() == 2);
  CHECK((*points)[1].x == 3);
  CHECK(encode(any) == xml);
}

TEST_CASE("items of an array may be descendants of what its name says") {
  std::string const xml = array_of("Shape",
                                   "<Shape><name>s</name><color>red</color></Shape>"
                                   "<Shape xsi:type=\"Circle\"><name>c</name><color>red</color>"
                                   "<center><x>0</x><y>0</y></center><radius>1</radius></Shape>");
  auto const any = decode<Any>(xml);
  auto const* const shapes = any.as<std::vector<Poly<Shape>>>();
  REQUIRE(shapes != nullptr);
  CHECK((*shapes)[0].type_name() == "Shape");
  CHECK((*shapes)[1].as<Circle>()->radius == 1);
  CHECK(encode(any) == xml);
}

TEST_CASE("references to objects of any kind come as an array of references") {
  auto const any = decode<Any>(
      array_of("ManagedObjectReference",
               "<ManagedObjectReference type=\"HostSystem\">host-1</ManagedObjectReference>"));
  auto const* const hosts = any.as<std::vector<Ref<vim::HostSystem>>>();
  REQUIRE(hosts != nullptr);
  CHECK(hosts->front().value() == "host-1");
}

TEST_CASE("an array of faults has wrapped items or bare ones, under one name") {
  std::string const wrapped = array_of(
      "MethodFault",
      "<MethodFault><fault "
      "xsi:type=\"NotFound\"></fault><localizedMessage>gone</localizedMessage></MethodFault>");
  auto const any = decode<Any>(wrapped);
  auto const* faults = any.as<std::vector<vim::LocalizedMethodFault>>();
  REQUIRE(faults != nullptr);
  REQUIRE(faults->size() == 1);
  CHECK((*faults)[0].fault.is<vim::NotFound>());
  CHECK((*faults)[0].localizedMessage == "gone");
  CHECK(encode(any) == wrapped);

  auto const bare = decode<Any>(array_of(
      "MethodFault",
      "<LocalizedMethodFault xsi:type=\"LocalizedMethodFault\"><fault "
      "xsi:type=\"NotFound\"/></LocalizedMethodFault>"
      "<MethodFault xsi:type=\"NotFound\"><faultMessage><key>k</key></faultMessage></MethodFault>"
      "<MethodFault xsi:type=\"DuplicateName\"><name>n</name></MethodFault>"));
  faults = bare.as<std::vector<vim::LocalizedMethodFault>>();
  REQUIRE(faults != nullptr);
  REQUIRE(faults->size() == 3);
  CHECK((*faults)[0].fault.is<vim::NotFound>());
  CHECK((*faults)[1].fault.is<vim::NotFound>());
  CHECK((*faults)[1].fault->faultMessage.front().key == "k");
  CHECK((*faults)[2].fault.type_name() == "DuplicateName");
  CHECK((*faults)[2].fault->extra.xml() == "<name>n</name>");
}

TEST_CASE("an array that nobody asked for is kept as it came") {
  std::string const xml = array_of("Nobody", "<Nobody a=\"1\"><x>&lt;</x></Nobody><Nobody/>");
  CHECK(again<Any>(xml) == xml);
  CHECK(decode<Any>(xml).type_name() == "ArrayOfNobody");
}

TEST_CASE("arrays as results and members are repeated elements, empty they are nothing") {
  CHECK(decode<std::vector<std::int32_t>>("").empty());
  CHECK(decode<std::vector<std::int32_t>>("<returnval>1</returnval><returnval>2</returnval>") ==
        std::vector<std::int32_t>{1, 2});
  CHECK(encode(std::vector<std::int32_t>{1, 2}) ==
        "<returnval>1</returnval><returnval>2</returnval>");
  CHECK(encode(std::vector<std::int32_t>()).empty());
  CHECK(encode(sample::Polygon{}) == "<returnval><name></name><color>red</color></returnval>");
}
