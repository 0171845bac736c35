// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Prints the text form of a schema.
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include "text_form.hpp"

namespace esxvi::typegen {
namespace {

void append_fact(std::string& out, const char* key, bool value) {
  if (value) out.append(1, ' ').append(key);
}
void append_fact(std::string& out, const char* key, const std::string& value) {
  if (!value.empty()) out.append(1, ' ').append(key).append(1, '=').append(value);
}
void append_fact(std::string& out, const char* key, const std::optional<std::string>& value) {
  if (!value) return;
  append_fact(out, key, value->empty());
  append_fact(out, key, *value);
}

template <class Facts> void append_facts(std::string& out, const Facts& facts) {
  using Members = boost::describe::describe_members<Facts, boost::describe::mod_public>;
  boost::mp11::mp_for_each<Members>(
      [&](auto member) { append_fact(out, member.name, facts.*member.pointer); });
  out += '\n';
}

template <class Facts>
void append_members(std::string& out, const char* prefix,
                    const std::vector<Member<Facts>>& members) {
  for (const Member<Facts>& member : members) {
    out.append(prefix).append(member.name).append(1, ' ').append(print_type(member.type));
    append_facts(out, member.facts);
  }
}

template <class Declaration>
void append_head(std::string& out, const char* keyword, const Declaration& declaration) {
  out.append("\n").append(keyword).append(1, ' ').append(declaration.name);
  if constexpr (requires { declaration.base; })
    if (!declaration.base.empty()) out.append(" : ").append(declaration.base);
  append_facts(out, declaration.facts);
}

void append_method(std::string& out, const Method& method) {
  out.append("  method ").append(method.name);
  append_facts(out, method.facts);
  append_members(out, "    param ", method.parameters);
  if (method.reply) {
    out.append("    returns ").append(print_type(method.reply->type));
    append_facts(out, method.reply->facts);
  }
  if (method.faults.empty()) return;
  out.append("    throws");
  for (const std::string& fault : method.faults) out.append(1, ' ').append(fault);
  out += '\n';
}

}  // namespace

std::string print_type(const TypeRef& type) {
  if (type.name.empty()) return "void";
  std::string out = type.reference ? "ref<" + type.name + ">" : type.name;
  if (type.array) out += "[]";
  if (type.optional) out += '?';
  return out;
}

std::string print_text(const Schema& schema) {
  std::string out = "format 1\nnamespace " + schema.wire_namespace + '\n';
  if (!schema.release.empty()) out += "release " + schema.release + '\n';
  if (!schema.versions.empty()) out += '\n';
  for (const Version& version : schema.versions)
    out += "version " + version.name + " wire=" + version.wire_namespace + '/' +
           version.wire_version + (version.unnumbered ? " unnumbered\n" : "\n");
  if (!schema.primitives.empty()) out += '\n';
  for (const Primitive& primitive : schema.primitives)
    out += "primitive " + primitive.name + ' ' + primitive.xsd + '\n';
  for (const Enum& enumeration : schema.enums) {
    append_head(out, "enum", enumeration);
    for (const Value& value : enumeration.values) {
      out.append("  ").append(value.name);
      append_facts(out, value.facts);
    }
  }
  for (const Struct& structure : schema.structs) {
    append_head(out, "struct", structure);
    append_members(out, "  ", structure.fields);
  }
  for (const Managed& object : schema.objects) {
    append_head(out, "managed", object);
    append_members(out, "  prop ", object.properties);
    for (const Method& method : object.methods) append_method(out, method);
  }
  return out;
}

}  // namespace esxvi::typegen
