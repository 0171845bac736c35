// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "names.hpp"

#include <algorithm>
#include <stdexcept>

namespace esxvi::typegen {
namespace {

/// Sorted: keywords up to C++26 with the alternative tokens, and object-like macros that libc,
/// the compilers or the usual system headers define (or may define, says POSIX) under plain names.
constexpr std::string_view taken_by_language[] = {"EOF",
                                                  "FALSE",
                                                  "NAN",
                                                  "NULL",
                                                  "TRUE",
                                                  "alignas",
                                                  "alignof",
                                                  "and",
                                                  "and_eq",
                                                  "asm",
                                                  "assert",
                                                  "auto",
                                                  "bitand",
                                                  "bitor",
                                                  "bool",
                                                  "break",
                                                  "case",
                                                  "catch",
                                                  "char",
                                                  "char16_t",
                                                  "char32_t",
                                                  "char8_t",
                                                  "class",
                                                  "co_await",
                                                  "co_return",
                                                  "co_yield",
                                                  "compl",
                                                  "concept",
                                                  "const",
                                                  "const_cast",
                                                  "consteval",
                                                  "constexpr",
                                                  "constinit",
                                                  "continue",
                                                  "contract_assert",
                                                  "decltype",
                                                  "default",
                                                  "delete",
                                                  "do",
                                                  "double",
                                                  "dynamic_cast",
                                                  "else",
                                                  "enum",
                                                  "errno",
                                                  "explicit",
                                                  "export",
                                                  "extern",
                                                  "false",
                                                  "float",
                                                  "for",
                                                  "friend",
                                                  "goto",
                                                  "i386",
                                                  "if",
                                                  "inline",
                                                  "int",
                                                  "linux",
                                                  "long",
                                                  "major",
                                                  "makedev",
                                                  "minor",
                                                  "mutable",
                                                  "namespace",
                                                  "new",
                                                  "noexcept",
                                                  "not",
                                                  "not_eq",
                                                  "nullptr",
                                                  "offsetof",
                                                  "operator",
                                                  "or",
                                                  "or_eq",
                                                  "private",
                                                  "protected",
                                                  "public",
                                                  "register",
                                                  "reinterpret_cast",
                                                  "requires",
                                                  "return",
                                                  "setjmp",
                                                  "short",
                                                  "signed",
                                                  "sizeof",
                                                  "static",
                                                  "static_assert",
                                                  "static_cast",
                                                  "stderr",
                                                  "stdin",
                                                  "stdout",
                                                  "struct",
                                                  "switch",
                                                  "template",
                                                  "this",
                                                  "thread_local",
                                                  "throw",
                                                  "true",
                                                  "try",
                                                  "typedef",
                                                  "typeid",
                                                  "typename",
                                                  "union",
                                                  "unix",
                                                  "unsigned",
                                                  "using",
                                                  "va_arg",
                                                  "va_copy",
                                                  "va_end",
                                                  "va_start",
                                                  "virtual",
                                                  "void",
                                                  "volatile",
                                                  "wchar_t",
                                                  "while",
                                                  "xor",
                                                  "xor_eq"};
static_assert(std::is_sorted(std::begin(taken_by_language), std::end(taken_by_language)));

/// Names that generated members are declared with.
constexpr std::string_view vocabulary[] = {"Any",  "Binary",   "Boolean",     "DateTime",
                                           "Enum", "Extra",    "MethodFacts", "Poly",
                                           "Ref",  "Required", "TypeList",    "std"};

/// What the generated headers declare in esxvi::types besides types and requests.
constexpr std::string_view own_names[] = {
    "ApiVersion",     "Facts",      "api_versions", "base_of",      "catalogue",
    "core",           "detail",     "facts_of",     "find_type",    "object_base_of",
    "secret_members", "type_count", "type_name",    "version_order"};

/// Names that a generated struct needs for itself.
constexpr std::string_view taken_in_structure[] = {"extra"};
constexpr std::string_view taken_in_request[] = {"facts", "faults", "reply_type", "result_type",
                                                 "self"};

std::span<const std::string_view> taken_in(Scope scope) {
  switch (scope) {
    case Scope::structure:
      return taken_in_structure;
    case Scope::request:
      return taken_in_request;
    case Scope::enumeration:
    case Scope::object:
      break;
  }
  return {};
}

bool among(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Names::Names(const Schema& schema) {
  for (const Enum& enumeration : schema.enums) declare(types_, enumeration.name, "_Type", "enum");
  for (const Struct& structure : schema.structs) declare(types_, structure.name, "_Type", "struct");
  for (const Managed& object : schema.objects)
    declare(types_, object.name, "_Object", "managed object");
  for (const Managed& object : schema.objects)
    for (const Method& method : object.methods)
      declare(requests_, method.name, "_Request", "method");
  for (const auto& [wire_name, name] : types_) type_names_.insert(name);
}

void Names::declare(std::map<std::string, std::string, std::less<>>& names,
                    const std::string& wire_name, std::string_view suffix, std::string_view what) {
  const auto free = [this](const std::string& name) {
    return !among(taken_by_language, name) && !among(vocabulary, name) && !among(own_names, name) &&
           !taken_.contains(name) && !taken_.contains(name + '_');
  };
  std::string name = wire_name;
  while (!free(name)) name += suffix;
  if (name != wire_name)
    notes_.push_back(std::string(what) + ' ' + wire_name + " is " + name +
                     " in C++: the name is taken");
  taken_.insert(name);
  taken_.insert(name + '_');  // the nested namespace
  names.emplace(wire_name, std::move(name));
}

const std::string& Names::type(std::string_view wire_name) const {
  const auto found = types_.find(wire_name);
  if (found == types_.end()) throw std::logic_error("no type " + std::string(wire_name));
  return found->second;
}

const std::string& Names::request(std::string_view method) const {
  const auto found = requests_.find(method);
  if (found == requests_.end()) throw std::logic_error("no method " + std::string(method));
  return found->second;
}

std::string Names::member(std::string_view wire_name, Scope scope) const {
  std::string name(wire_name);
  // Enum values live in a scope of their own; only members can change what a type's name means.
  const bool hides_type = scope != Scope::enumeration &&
                          (type_names_.contains(wire_name) || among(vocabulary, wire_name));
  if (among(taken_by_language, wire_name) || among(taken_in(scope), wire_name) || hides_type ||
      wire_name.ends_with('_'))
    name += '_';
  return name;
}

}  // namespace esxvi::typegen
