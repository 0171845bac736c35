// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What must hold in a schema before anything is generated from it.
#include <algorithm>
#include <set>

#include "catalogue.hpp"
#include "error.hpp"
#include "text_form.hpp"

namespace esxvi::typegen {
namespace {

class Checker {
 public:
  explicit Checker(const Schema& schema) : schema_(schema), catalogue_(schema) {}

  void run() {
    unique_types();
    for (const Version& version : schema_.versions) versions_.insert(version.name);
    for (const Enum& enumeration : schema_.enums) {
      context_ = "enum " + enumeration.name;
      facts(enumeration.line, enumeration.facts);
      members(enumeration.values);
    }
    for (const Struct& structure : schema_.structs) {
      context_ = "struct " + structure.name;
      facts(structure.line, structure.facts);
      base(structure, schema_.structs, Kind::structure);
      members(structure.fields);
      inherited(structure);
      recursion(structure);
    }
    std::set<std::string_view> methods;
    for (const Managed& object : schema_.objects) {
      context_ = "managed " + object.name;
      facts(object.line, object.facts);
      base(object, schema_.objects, Kind::object);
      members(object.properties);
      for (const Method& method : object.methods) {
        context_ = "method " + object.name + "." + method.name;
        if (!methods.insert(method.name).second)
          fail(method.line, "there is a method of that name already");
        operation(method);
      }
    }
  }

 private:
  [[noreturn]] void fail(int line, const std::string& reason) const {
    throw InputError(schema_.file, line, context_ + ": " + reason);
  }

  void unique_types() {
    std::set<std::string_view> names;
    const auto add = [&](const char* keyword, const auto& declarations) {
      for (const auto& declaration : declarations) {
        context_ = std::string(keyword) + ' ' + declaration.name;
        int line = 0;
        if constexpr (requires { declaration.line; }) line = declaration.line;
        if (!names.insert(declaration.name).second)
          fail(line, "there is a type of that name already");
      }
    };
    add("primitive", schema_.primitives);
    add("enum", schema_.enums);
    add("struct", schema_.structs);
    add("managed", schema_.objects);
  }

  /// Versions that are named exist; a list without any (a WSDL alone) is not checked against.
  template <class Facts> void facts(int line, const Facts& facts) const {
    const auto known = [&](const std::string& version) {
      if (!version.empty() && !versions_.empty() && !versions_.contains(version))
        fail(line, "unknown version '" + version + "'");
    };
    known(facts.since);
    if (facts.deprecated) known(*facts.deprecated);
  }

  template <class Declaration>
  void base(const Declaration& declaration, const std::vector<Declaration>& all, Kind kind) const {
    if (declaration.base.empty()) return;
    if (catalogue_.kind(declaration.base) != kind)
      fail(declaration.line, "unknown base '" + declaration.base + "'");
    const Declaration* at = &declaration;
    for (std::size_t steps = 0; at && !at->base.empty(); ++steps) {
      if (steps > all.size()) fail(declaration.line, "derives from itself");
      if constexpr (std::is_same_v<Declaration, Struct>)
        at = catalogue_.structure(at->base);
      else
        at = catalogue_.object(at->base);
    }
  }

  template <class Entry> void members(const std::vector<Entry>& members) const {
    std::set<std::string_view> names;
    for (const Entry& member : members) {
      if (!names.insert(member.name).second)
        fail(member.line, "'" + member.name + "' is declared twice");
      facts(member.line, member.facts);
      if constexpr (requires { member.type; }) type(member.line, member.type);
    }
  }

  void type(int line, const TypeRef& type) const {
    const Kind kind = catalogue_.kind(type.name);
    if (type.reference ? kind != Kind::object : kind == Kind::none)
      fail(line, std::string(type.reference ? "unknown managed object '" : "unknown type '") +
                     type.name + "'");
    if (!type.reference && kind == Kind::object)
      fail(line, "a managed object is used as a value; write ref<" + type.name + ">");
  }

  void inherited(const Struct& structure) const {
    for (const Struct* base = catalogue_.structure(structure.base); base;
         base = catalogue_.structure(base->base))
      for (const Field& field : structure.fields)
        for (const Field& other : base->fields)
          if (field.name == other.name)
            fail(field.line,
                 "field '" + field.name + "' is declared in base " + base->name + " already");
  }

  void recursion(const Struct& structure) const {
    for (const Field& field : structure.fields)
      if (!field.type.reference && !field.type.array && !field.type.optional &&
          !catalogue_.has_subtypes(field.type.name) &&
          catalogue_.contains(field.type.name, structure.name))
        fail(field.line, "field '" + field.name + "' makes the struct contain itself");
  }

  void operation(const Method& method) const {
    facts(method.line, method.facts);
    members(method.parameters);
    if (method.reply) {
      type(method.reply->line, method.reply->type);
      const std::string& result = method.reply->facts.result;
      if (!result.empty() && result != "void") type(method.reply->line, parse_type(result));
    }
    for (const std::string& fault : method.faults)
      if (catalogue_.kind(fault) != Kind::structure)
        fail(method.line, "unknown fault '" + fault + "'");
  }

  const Schema& schema_;
  Catalogue catalogue_;
  std::set<std::string_view> versions_;
  std::string context_;
};

}  // namespace

void check(const Schema& schema) { Checker(schema).run(); }

}  // namespace esxvi::typegen
