// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Managed objects: the described properties, and the requests of the methods.
#include "emit.hpp"
#include "source.hpp"
#include "text_form.hpp"

namespace esxvi::typegen {
namespace {

std::string properties_text(const Model& model, const ObjectHeaders& headers) {
  const Managed& object = *headers.object;
  const std::string& name = model.names.type(object.name);
  const std::string base = object.base.empty() ? std::string() : model.names.type(object.base);
  source::CommentedLines lines;
  std::vector<std::string> members;
  for (const Property& property : object.properties) {
    const std::string comment = describe_facts(property.facts);
    members.push_back(model.names.member(property.name, Scope::object));
    lines.add(source::declaration(model.types.member(property.type), members.back(), "{}", comment),
              comment);
  }
  std::string body = source::doc_comment(describe_facts(object.facts) + ": its properties") +
                     source::struct_definition(name, base, lines);
  body += describe_struct(name, base, members);
  return source::preamble(model.schema().release,
                          includes_of(headers.property_includes, is_long(members.size()))) +
         '\n' +
         source::in_namespace("esxvi::types", '\n' + source::in_namespace(name + '_', body) + '\n');
}

/// `static constexpr MethodFacts facts{...};`
std::string facts_text(const Managed& object, const Method& method) {
  std::vector<std::string> items;
  const auto add = [&items](const char* key, const std::string& value) {
    if (!value.empty()) items.push_back(std::string(".") + key + " = \"" + value + '"');
  };
  add("name", method.name);
  add("object", object.name);
  add("since", method.facts.since.empty() ? object.facts.since : method.facts.since);
  add("privilege", method.facts.priv);
  const std::string head = "  static constexpr MethodFacts facts{", tail = "};\n";
  const std::string line = source::join(items, ", ");
  if (head.size() + line.size() + 2 <= source::columns) return head + line + tail;
  if (6 + line.size() + 2 <= source::columns) return head + "\n      " + line + tail;
  return head + source::join(items, ",\n" + std::string(head.size(), ' ')) + tail;
}

std::string request_text(const Model& model, const Managed& object, const Method& method) {
  const std::string& name = model.names.request(method.name);
  const TypeRef reply = method.reply ? method.reply->type : TypeRef{};
  OperationFacts facts = method.facts;
  if (facts.vmodl.empty()) facts.vmodl = method.name;
  facts.vmodl.insert(0, object.name + '.');
  if (facts.since.empty()) facts.since = object.facts.since;
  std::string body = source::doc_comment(describe_facts(facts)) + "struct " + name +
                     " {\n  using reply_type = " + model.types.member(reply) + ";";
  if (method.reply && method.reply->facts.secret) body += "  // secret";
  body += '\n';
  if (reply.reference && reply.name == "Task") {
    // Of a method that only a WSDL describes nobody knows what its task results in.
    const std::string& result = method.reply->facts.result;
    const std::string type = result.empty()     ? "Any"
                             : result == "void" ? "void"
                                                : model.types.member(parse_type(result));
    body += "  using result_type = " + type + ";\n";
  }
  std::vector<std::string> faults;
  for (const std::string& fault : method.faults) faults.push_back(model.names.type(fault));
  body += source::alias("  using faults = TypeList<", faults, ">;");
  body += facts_text(object, method);

  source::CommentedLines lines;
  std::vector<std::string> members{"self"};
  lines.add("  Required<Ref<" + model.names.type(object.name) + ">, \"self\"> self;");
  for (const Parameter& parameter : method.parameters) {
    const std::string& member =
        members.emplace_back(model.names.member(parameter.name, Scope::request));
    const std::string type = model.types.member(parameter.type);
    const std::string comment = describe_facts(parameter.facts);
    lines.add(parameter.type.optional
                  ? source::declaration(type, member, "{}", comment)
                  : source::declaration("Required<" + type + ", \"" + member + "\">", member, "",
                                        comment),
              comment);
  }
  body += lines.text() + "};\n" + describe_struct(name, "", members);
  return source::in_namespace(name + '_', body) + "using " + name + "_::" + name + ";\n\n";
}

}  // namespace

void emit_objects(const Model& model, Files& files) {
  for (const ObjectHeaders& headers : model.layout.objects) {
    files[headers.properties_path] = properties_text(model, headers);
    std::string body = "\n";
    bool long_description = false;
    for (const Method& method : headers.object->methods) {
      long_description = long_description || is_long(method.parameters.size() + 1);
      body += request_text(model, *headers.object, method);
    }
    files[headers.path] =
        source::preamble(model.schema().release, includes_of(headers.includes, long_description));
    if (!headers.object->methods.empty())
      files[headers.path] += '\n' + source::in_namespace("esxvi::types", body);
  }
}

}  // namespace esxvi::typegen
