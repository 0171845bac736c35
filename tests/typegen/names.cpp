// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <doctest/doctest.h>
#include <names.hpp>
#include <source.hpp>

#include <algorithm>

#include "support.hpp"

namespace esxvi::typegen {
namespace {

using namespace test;

TEST_CASE("wire names are C++ names, with few exceptions") {
  const Schema schema = small_schema("enum Color\n  red\n\nstruct Shape\n\nmanaged Canvas\n");
  const Names names(schema);
  CHECK(names.type("Shape") == "Shape");
  CHECK(names.member("key", Scope::structure) == "key");
  CHECK(names.member("module", Scope::structure) == "module");
  CHECK(names.member("template", Scope::structure) == "template_");
  CHECK(names.member("operator", Scope::request) == "operator_");
  CHECK(names.member("linux", Scope::enumeration) == "linux_");
  CHECK(names.member("True", Scope::enumeration) == "True");
  // What the codec takes off again must not have been there.
  CHECK(names.member("odd_", Scope::structure) == "odd__");
  // A member named like a type would change what the name means in its struct.
  CHECK(names.member("Shape", Scope::structure) == "Shape_");
  CHECK(names.member("Canvas", Scope::request) == "Canvas_");
  CHECK(names.member("Ref", Scope::object) == "Ref_");
  CHECK(names.member("Shape", Scope::enumeration) == "Shape");
  // Names that a generated struct needs for itself.
  CHECK(names.member("extra", Scope::structure) == "extra_");
  CHECK(names.member("extra", Scope::request) == "extra");
  CHECK(names.member("self", Scope::request) == "self_");
  CHECK(names.member("faults", Scope::request) == "faults_");
  CHECK(names.member("faults", Scope::structure) == "faults");
  CHECK(names.notes().empty());
}

TEST_CASE("types that would share a name are told apart, and it is said") {
  const Schema schema = small_schema(
      "enum Poly\n  a\n\nstruct Shape\n\nstruct Shape_\n\nmanaged Canvas\n  method Shape\n"
      "  method Draw\n");
  const Names names(schema);
  CHECK(names.type("Poly") == "Poly_Type");
  CHECK(names.type("Shape") == "Shape");
  CHECK(names.type("Shape_") == "Shape__Type");  // Shape_ is the namespace of Shape
  CHECK(names.request("Shape") == "Shape_Request");
  CHECK(names.request("Draw") == "Draw");
  CHECK(names.notes() ==
        std::vector<std::string>{"enum Poly is Poly_Type in C++: the name is taken",
                                 "struct Shape_ is Shape__Type in C++: the name is taken",
                                 "method Shape is Shape_Request in C++: the name is taken"});
}

TEST_CASE("the real schema needs no renamed type, and few renamed members") {
  const Model& model = full_model();
  CHECK(model.names.notes().empty());
  std::vector<std::string> renamed;
  const auto look = [&](const auto& members, Scope scope) {
    for (const auto& member : members)
      if (const std::string name = model.names.member(member.name, scope); name != member.name)
        renamed.push_back(name);
  };
  for (const Enum& enumeration : full_schema().enums) look(enumeration.values, Scope::enumeration);
  for (const Struct& structure : full_schema().structs) look(structure.fields, Scope::structure);
  for (const Managed& object : full_schema().objects) {
    look(object.properties, Scope::object);
    for (const Method& method : object.methods) look(method.parameters, Scope::request);
  }
  std::sort(renamed.begin(), renamed.end());
  CHECK(std::count(renamed.begin(), renamed.end(), "namespace_") == 5);
  CHECK(std::count(renamed.begin(), renamed.end(), "operator_") == 4);
  CHECK(std::count(renamed.begin(), renamed.end(), "template_") == 4);
  CAPTURE(source::join(renamed, " "));
  CHECK(renamed.size() == 13);
}

}  // namespace
}  // namespace esxvi::typegen
