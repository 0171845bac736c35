// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The model of a vim25 schema: what the text form and the WSDL are read into and what the headers
// are written from.
//
// Everything that the text form writes as `key` or `key=value` stands in a `...Facts` struct whose
// Boost.Describe description IS the grammar: the reader finds the key among the described members
// and the member's type says whether it takes a value (bool: never, string: always,
// optional<string>: as one likes); the writer prints them in the described order.
#pragma once

#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

namespace esxvi::typegen {

/// `T`, `T?`, `T[]`, `T[]?`, where T is a name or `ref<NAME>`; no name at all is `void`.
struct TypeRef {
  std::string name{};
  bool reference = false;
  bool array = false;
  bool optional = false;

  friend bool operator==(const TypeRef&, const TypeRef&) = default;
};
BOOST_DESCRIBE_STRUCT(TypeRef, (), (name, reference, array, optional))

struct TypeFacts {
  std::string since{};
  std::string vmodl{};
  std::optional<std::string> deprecated{};
};
BOOST_DESCRIBE_STRUCT(TypeFacts, (), (since, vmodl, deprecated))

struct ValueFacts {
  std::string since{};
  std::optional<std::string> deprecated{};
  bool unlisted = false;
};
BOOST_DESCRIBE_STRUCT(ValueFacts, (), (since, deprecated, unlisted))

struct FieldFacts {
  std::string since{};
  bool required = false;
  std::string link{};
  bool linkable = false;
  bool secret = false;
  std::optional<std::string> deprecated{};
};
BOOST_DESCRIBE_STRUCT(FieldFacts, (), (since, required, link, linkable, secret, deprecated))

struct PropertyFacts {
  std::string since{};
  std::string priv{};
  bool secret = false;
  std::optional<std::string> deprecated{};
};
BOOST_DESCRIBE_STRUCT(PropertyFacts, (), (since, priv, secret, deprecated))

struct OperationFacts {
  std::string since{};
  std::string vmodl{};
  std::string priv{};
  std::optional<std::string> deprecated{};
};
BOOST_DESCRIBE_STRUCT(OperationFacts, (), (since, vmodl, priv, deprecated))

struct ParameterFacts {
  std::string since{};
  std::string priv{};
  bool secret = false;
  std::optional<std::string> deprecated{};
};
BOOST_DESCRIBE_STRUCT(ParameterFacts, (), (since, priv, secret, deprecated))

struct ReplyFacts {
  std::string result{};
  bool secret = false;
};
BOOST_DESCRIBE_STRUCT(ReplyFacts, (), (result, secret))

struct Value {
  std::string name{};
  ValueFacts facts{};
  int line = 0;
};
BOOST_DESCRIBE_STRUCT(Value, (), (name, facts))

/// A field of a struct, a property of a managed object, a parameter of a method.
template <class Facts> struct Member {
  std::string name{};
  TypeRef type{};
  Facts facts{};
  int line = 0;
};
using Field = Member<FieldFacts>;
using Property = Member<PropertyFacts>;
using Parameter = Member<ParameterFacts>;
BOOST_DESCRIBE_STRUCT(Field, (), (name, type, facts))
BOOST_DESCRIBE_STRUCT(Property, (), (name, type, facts))
BOOST_DESCRIBE_STRUCT(Parameter, (), (name, type, facts))

struct Enum {
  std::string name{};
  TypeFacts facts{};
  std::vector<Value> values{};
  int line = 0;
};
BOOST_DESCRIBE_STRUCT(Enum, (), (name, facts, values))

struct Struct {
  std::string name{};
  std::string base{};
  TypeFacts facts{};
  std::vector<Field> fields{};
  int line = 0;
};
BOOST_DESCRIBE_STRUCT(Struct, (), (name, base, facts, fields))

struct Reply {
  TypeRef type{};
  ReplyFacts facts{};
  int line = 0;
};
BOOST_DESCRIBE_STRUCT(Reply, (), (type, facts))

struct Method {
  std::string name{};
  OperationFacts facts{};
  std::vector<Parameter> parameters{};
  std::optional<Reply> reply{};
  std::vector<std::string> faults{};
  int line = 0;
};
BOOST_DESCRIBE_STRUCT(Method, (), (name, facts, parameters, reply, faults))

struct Managed {
  std::string name{};
  std::string base{};
  TypeFacts facts{};
  std::vector<Property> properties{};
  std::vector<Method> methods{};
  int line = 0;
};
BOOST_DESCRIBE_STRUCT(Managed, (), (name, base, facts, properties, methods))

struct Version {
  std::string name{};
  std::string wire_namespace{};
  std::string wire_version{};
  bool unnumbered = false;
};
BOOST_DESCRIBE_STRUCT(Version, (), (name, wire_namespace, wire_version, unnumbered))

struct Primitive {
  std::string name{};
  std::string xsd{};
};
BOOST_DESCRIBE_STRUCT(Primitive, (), (name, xsd))

/// Enums, structs and managed objects are sorted by name; members are in wire order.
struct Schema {
  std::string file{};  // for messages
  std::string wire_namespace{};
  std::string release{};
  std::vector<Version> versions{};
  std::vector<Primitive> primitives{};
  std::vector<Enum> enums{};
  std::vector<Struct> structs{};
  std::vector<Managed> objects{};
};
BOOST_DESCRIBE_STRUCT(Schema, (),
                      (wire_namespace, release, versions, primitives, enums, structs, objects))

}  // namespace esxvi::typegen
