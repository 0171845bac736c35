// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Names of C++ and names of the wire.
#include <esxvi/reflect/fixed_string.hpp>
#include <esxvi/types/core.hpp>

#include <doctest/doctest.h>

#include <string_view>

using namespace esxvi;
using reflect::type_name;
using reflect::wire_name;

namespace outer {
struct Plain {};
enum class Level { low };
namespace inner {
struct Declared;
}
}  // namespace outer
struct Global {};

namespace {
struct Hidden {};
}  // namespace

TEST_CASE("a type's name is the unqualified one, also for types that are only declared") {
  static_assert(type_name<outer::Plain>() == "Plain");
  static_assert(type_name<outer::Level>() == "Level");
  static_assert(type_name<outer::inner::Declared>() == "Declared");
  static_assert(type_name<Global>() == "Global");
  static_assert(type_name<Hidden>() == "Hidden");
  struct Local {};
  CHECK(type_name<Local>() == "Local");
}

TEST_CASE("one trailing underscore is not part of a wire name, and self is _this") {
  static_assert(wire_name("name") == "name");
  static_assert(wire_name("template_") == "template");
  static_assert(wire_name("odd__") == "odd_");
  static_assert(wire_name("_this") == "_this");
  static_assert(wire_name("self") == "_this");
  static_assert(wire_name("self_") == "self");
  static_assert(wire_name("selfish") == "selfish");
  static_assert(wire_name("").empty());
  CHECK(wire_name("operator_") == "operator");
}

TEST_CASE("a fixed string keeps its text without the terminator") {
  static constexpr reflect::fixed_string text = "config.name";
  static_assert(text.view() == "config.name");
  static constexpr reflect::fixed_string none = "";
  static_assert(none.view().empty());
  CHECK(text.view().size() == 11);
}

TEST_CASE("built-in types and their arrays have the names of the wire") {
  using reflect::type_of;
  CHECK(type_of<bool>()->name == "xsd:boolean");
  CHECK(type_of<std::int8_t>()->name == "xsd:byte");
  CHECK(type_of<std::int16_t>()->name == "xsd:short");
  CHECK(type_of<std::int32_t>()->name == "xsd:int");
  CHECK(type_of<std::int64_t>()->name == "xsd:long");
  CHECK(type_of<float>()->name == "xsd:float");
  CHECK(type_of<double>()->name == "xsd:double");
  CHECK(type_of<std::string>()->name == "xsd:string");
  CHECK(type_of<DateTime>()->name == "xsd:dateTime");
  CHECK(type_of<Binary>()->name == "xsd:base64Binary");
  CHECK(type_of<Any>()->name == "xsd:anyType");
  CHECK(type_of<untyped_ref>()->name == "ManagedObjectReference");

  CHECK(type_of<std::vector<std::int8_t>>()->name == "ArrayOfByte");
  CHECK(type_of<std::vector<std::int32_t>>()->name == "ArrayOfInt");
  CHECK(type_of<std::vector<std::string>>()->name == "ArrayOfString");
  CHECK(type_of<std::vector<DateTime>>()->name == "ArrayOfDateTime");
  CHECK(type_of<std::vector<Any>>()->name == "ArrayOfAnyType");
  CHECK(type_of<std::vector<untyped_ref>>()->name == "ArrayOfManagedObjectReference");
  CHECK(type_of<std::optional<std::int64_t>>()->name == "xsd:long");
}
