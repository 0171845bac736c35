// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "cpp_types.hpp"

#include <stdexcept>
#include <utility>

namespace esxvi::typegen {
namespace {

struct PrimitiveType {
  std::string_view xsd;
  std::string_view cpp;
  bool nullable = false;
};

/// By XSD type, so that a primitive that a later release adds as another name for a string works.
constexpr PrimitiveType primitive_types[] = {
    {"xsd:anyType", "Any", true}, {"xsd:anyURI", "std::string"}, {"xsd:base64Binary", "Binary"},
    {"xsd:boolean", "bool"},      {"xsd:byte", "std::int8_t"},   {"xsd:dateTime", "DateTime"},
    {"xsd:double", "double"},     {"xsd:float", "float"},        {"xsd:int", "std::int32_t"},
    {"xsd:long", "std::int64_t"}, {"xsd:short", "std::int16_t"}, {"xsd:string", "std::string"},
};

}  // namespace

CppTypes::Element CppTypes::element(const TypeRef& type, std::string_view owner) const {
  if (type.reference) return {"Ref<" + names_.type(type.name) + ">"};
  switch (catalogue_.kind(type.name)) {
    case Kind::enumeration:
      return {"Enum<" + names_.type(type.name) + ">"};
    case Kind::structure:
      if (catalogue_.has_subtypes(type.name) ||
          (type.optional && !type.array && catalogue_.contains(type.name, owner)))
        return {"Poly<" + names_.type(type.name) + ">", true};
      return {names_.type(type.name)};
    case Kind::primitive:
      for (const Primitive& primitive : catalogue_.schema().primitives)
        if (primitive.name == type.name)
          for (const PrimitiveType& known : primitive_types)
            if (known.xsd == primitive.xsd) return {std::string(known.cpp), known.nullable};
      break;
    case Kind::object:
    case Kind::none:
      break;
  }
  throw std::runtime_error("no C++ type for '" + type.name + "'");
}

std::string CppTypes::member(const TypeRef& type, std::string_view owner) const {
  if (type.name.empty()) return "void";
  Element item = element(type, owner);
  // The elements of a std::vector<bool> cannot be pointed at.
  if (type.array && item.name == "bool") item.name = "Boolean";
  if (type.array) return "std::vector<" + item.name + ">";
  if (type.optional && !item.nullable) return "std::optional<" + item.name + ">";
  return std::move(item.name);
}

}  // namespace esxvi::typegen
