// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// From wire names to C++ names.
//
// The wire name is the C++ name, with these exceptions:
//  - a member, parameter or enum value whose name C++ or a C library macro takes, that is the name
//    of a type, that the generated struct needs for itself (`extra`, `self`, ...) or that ends in
//    an underscore anyway gets one trailing underscore. The codec takes one off again.
//  - of two declarations that would share a name in namespace esxvi::types, or whose name is one of
//    the vocabulary (Ref, Poly, ...) or of the nested namespace of another, the one that comes
//    later gets a suffix: enums and structs first, then managed objects (`_Object`), then method
//    requests (`_Request`); a type that takes a name of the vocabulary gets `_Type`.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema.hpp"

namespace esxvi::typegen {

/// What surrounds a member decides which names are taken.
enum class Scope { enumeration, structure, object, request };

class Names {
 public:
  explicit Names(const Schema& schema);

  /// C++ name of a struct, enum or managed object.
  const std::string& type(std::string_view wire_name) const;
  /// C++ name of a method's request struct.
  const std::string& request(std::string_view method) const;
  /// C++ name of a member.
  std::string member(std::string_view wire_name, Scope scope) const;

  /// One sentence for each exception from "the wire name is the C++ name" that concerns a type.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  void declare(std::map<std::string, std::string, std::less<>>& names, const std::string& wire_name,
               std::string_view suffix, std::string_view what);

  std::map<std::string, std::string, std::less<>> types_;
  std::map<std::string, std::string, std::less<>> requests_;
  std::set<std::string, std::less<>> taken_;  // in namespace esxvi::types
  std::set<std::string, std::less<>> type_names_;
  std::vector<std::string> notes_;
};

}  // namespace esxvi::typegen
