// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// A schema with an index: what is X, what derives from X, what contains itself.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema.hpp"

namespace esxvi::typegen {

enum class Kind { none, primitive, enumeration, structure, object };

/// Refers to the schema, which must outlive it and stay as it is.
class Catalogue {
 public:
  explicit Catalogue(const Schema& schema);

  const Schema& schema() const { return *schema_; }
  Kind kind(std::string_view name) const;

  // Null where there is none of that name.
  const Enum* enumeration(std::string_view name) const;
  const Struct* structure(std::string_view name) const;
  const Managed* object(std::string_view name) const;

  /// Whether some struct of the schema has it as its base: a value of that static type is
  /// polymorphic.
  bool has_subtypes(std::string_view structure) const;

  /// The base that a struct has in C++: none for those directly below DynamicData. Its two members
  /// are never on the wire, and a base would only forbid designated initialisers.
  const Struct* cpp_base(const Struct& derived) const {
    return derived.base == "DynamicData" ? nullptr : structure(derived.base);
  }

  /// Whether `name` is `ancestor` or derives from it.
  bool derives(std::string_view name, std::string_view ancestor) const;

  /// Whether a value of struct `type` may hold, through fields by value, a value of struct
  /// `owner`: then the field of `owner` needs an indirection.
  bool contains(std::string_view type, std::string_view owner) const;

  /// The struct or enum that a type names, with subtypes or without, single or array; none for
  /// primitives and references.
  bool is_declared(const TypeRef& type) const {
    return !type.reference &&
           (kind(type.name) == Kind::structure || kind(type.name) == Kind::enumeration);
  }

 private:
  struct Entry {
    Kind kind = Kind::none;
    std::size_t index = 0;
  };
  const Entry* find(std::string_view name) const;
  void find_recursion();

  const Schema* schema_;
  std::unordered_map<std::string_view, Entry> entries_;
  std::vector<bool> has_subtypes_;
  std::vector<std::size_t> component_;  // of each struct, in the graph of complete types
};

}  // namespace esxvi::typegen
