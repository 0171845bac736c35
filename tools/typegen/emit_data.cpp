// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Data objects, faults, events, enums, and the forward declarations of all types.
#include <algorithm>

#include "emit.hpp"
#include "source.hpp"

namespace esxvi::typegen {
namespace {

/// What a BOOST_DESCRIBE macro of Boost 1.81 takes at most.
constexpr std::size_t describe_limit = 52;

std::string enum_text(const Model& model, const Enum& enumeration) {
  const std::string& name = model.names.type(enumeration.name);
  std::vector<std::string> values;
  bool commented = false;
  for (const Value& value : enumeration.values) {
    values.push_back(model.names.member(value.name, Scope::enumeration));
    commented = commented || !describe_facts(value.facts).empty();
  }
  std::string body = source::doc_comment(describe_facts(enumeration.facts));
  const std::string head = "enum class " + name + " : int {";
  const std::string line = head + ' ' + source::join(values, ", ") + " };\n";
  if (!commented && line.size() <= source::columns + 1) {
    body += line;
  } else {
    source::CommentedLines lines;
    for (std::size_t i = 0; i < values.size(); ++i)
      lines.add("  " + values[i] + (i + 1 < values.size() ? "," : ""),
                describe_facts(enumeration.values[i].facts));
    body += head + '\n' + lines.text() + "};\n";
  }
  body += describe_enum(name, values);
  return source::in_namespace(name + '_', body) + '\n';
}

/// `later`: what the same header defines only behind this struct.
std::string struct_text(const Model& model, const Struct& structure,
                        const std::set<std::string_view>& later) {
  const std::string& name = model.names.type(structure.name);
  const bool has_base = model.catalogue.cpp_base(structure) != nullptr;
  const std::string base = has_base ? model.names.type(structure.base) : std::string();
  source::CommentedLines lines;
  std::vector<std::string> members;
  for (const Field& field : structure.fields) {
    const std::string comment = describe_facts(field.facts);
    // An initialiser for a vector of a type that is not complete is more than the standard allows.
    const bool incomplete = field.type.array && !field.type.reference &&
                            !model.catalogue.has_subtypes(field.type.name) &&
                            later.contains(field.type.name);
    members.push_back(model.names.member(field.name, Scope::structure));
    lines.add(source::declaration(model.types.member(field.type, structure.name), members.back(),
                                  incomplete ? "" : "{}", comment),
              comment);
  }
  if (!has_base) lines.add("  Extra extra{};");
  std::string body = source::doc_comment(describe_facts(structure.facts)) +
                     source::struct_definition(name, base, lines);
  body += describe_struct(name, base, members);
  return source::in_namespace(name + '_', body) + '\n';
}

std::string header_text(const Model& model, const std::set<std::string>& includes,
                        const std::vector<const Enum*>& enums,
                        const std::vector<const Struct*>& structs) {
  bool long_description = false;
  std::string body = "\n";
  for (const Enum* enumeration : enums) {
    long_description = long_description || is_long(enumeration->values.size());
    body += enum_text(model, *enumeration);
  }
  std::set<std::string_view> later;
  for (const Struct* structure : structs) later.insert(structure->name);
  for (const Struct* structure : structs) {
    later.erase(structure->name);
    long_description = long_description || is_long(structure->fields.size());
    body += struct_text(model, *structure, later);
  }
  return source::preamble(model.schema().release, includes_of(includes, long_description)) + '\n' +
         source::in_namespace("esxvi::types", body);
}

}  // namespace

bool is_long(std::size_t members) { return members > describe_limit; }

std::set<std::string> includes_of(const std::set<std::string>& paths, bool long_description) {
  std::set<std::string> includes{include_of("core.hpp"), include_of("fwd.hpp")};
  for (const std::string& path : paths) includes.insert(include_of(path));
  if (long_description) includes.insert("esxvi/reflect/describe.hpp");
  return includes;
}

namespace {

/// The members in as many lists as the macros need.
std::vector<std::string> chunks(const std::vector<std::string>& members) {
  std::vector<std::string> lists;
  for (std::size_t begin = 0; begin < members.size(); begin += describe_limit) {
    const auto first = members.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto count = std::min(describe_limit, members.size() - begin);
    lists.push_back(source::parenthesised({first, first + static_cast<std::ptrdiff_t>(count)}));
  }
  if (lists.empty()) lists.push_back("()");
  return lists;
}

}  // namespace

std::string describe_struct(const std::string& name, const std::string& base,
                            const std::vector<std::string>& members) {
  std::vector<std::string> arguments{name, '(' + base + ')'};
  for (std::string& list : chunks(members)) arguments.push_back(std::move(list));
  return source::call(
      is_long(members.size()) ? "ESXVI_DESCRIBE_LONG_STRUCT(" : "BOOST_DESCRIBE_STRUCT(", arguments,
      ")");
}

std::string describe_enum(const std::string& name, const std::vector<std::string>& values) {
  std::vector<std::string> arguments{name};
  const bool in_lists = is_long(values.size());
  for (const std::string& value : in_lists ? chunks(values) : values) arguments.push_back(value);
  return source::call(in_lists ? "ESXVI_DESCRIBE_LONG_ENUM(" : "BOOST_DESCRIBE_ENUM(", arguments,
                      ")");
}

void emit_data(const Model& model, Files& files) {
  for (const DataHeader& header : model.layout.data)
    files[header.path] = header_text(model, header.includes, header.enums, header.structs);
  for (const Enum* constants : model.layout.constants)
    files[model.layout.header_of.at(constants->name)] = header_text(model, {}, {constants}, {});
  for (const auto& [path, target] : model.layout.forwards)
    files[path] = source::preamble(model.schema().release, {include_of(target)});
}

void emit_forward(const Model& model, Files& files) {
  std::string body = "\n";
  const auto declare = [&](const std::string& wire_name, const char* keyword, const char* tail) {
    const std::string& name = model.names.type(wire_name);
    body += "namespace " + name + "_ {\n" + keyword + name + tail + ";\n}\nusing " + name +
            "_::" + name + ";\n";
  };
  for (const Enum& enumeration : model.schema().enums)
    declare(enumeration.name, "enum class ", " : int");
  for (const Struct& structure : model.schema().structs) declare(structure.name, "struct ", "");
  for (const Managed& object : model.schema().objects) declare(object.name, "struct ", "");
  files["fwd.hpp"] = source::preamble(model.schema().release, {}) +
                     "\n// Every type has a namespace of its own, because Boost.Describe finds "
                     "descriptions by\n// argument-dependent lookup: in one shared namespace each "
                     "lookup would look at all of them.\n\n// clang-format off\n" +
                     source::in_namespace("esxvi::types", body + '\n') + "// clang-format on\n";
}

}  // namespace esxvi::typegen
