// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Reads the WSDL and the XSD files into a schema.
#include <algorithm>
#include <list>
#include <map>
#include <set>
#include <utility>

#include "error.hpp"
#include "text_form.hpp"
#include "wsdl.hpp"
#include "xml_tree.hpp"

namespace esxvi::typegen {
namespace {

constexpr std::string_view xsd_namespace = "http://www.w3.org/2001/XMLSchema";
constexpr std::string_view wsdl_namespace = "http://schemas.xmlsoap.org/wsdl/";
constexpr std::string_view entry_document = "vimService.wsdl";

/// XSD types that the service uses; the name in the schema is the XSD's own.
constexpr std::string_view known_primitives[] = {"anyType", "anyURI",   "base64Binary", "boolean",
                                                 "byte",    "dateTime", "double",       "float",
                                                 "int",     "long",     "short",        "string"};

class Reader {
 public:
  Reader(const DocumentSource& documents, std::string_view location)
      : documents_(documents), location_(location) {
    schema_.file = location;
    if (!location_.ends_with('/')) location_ += '/';
  }

  Schema read() {
    load(std::string(entry_document));
    if (schema_.wire_namespace.empty())
      fail(std::string(entry_document), 0, "no definitions of a service");
    for (const auto& [name, type] : complex_types_) complex_type(name, type);
    for (const auto& [name, type] : simple_types_) enumeration(name, type);
    methods();
    for (const std::string& name : primitives_) schema_.primitives.push_back({name, "xsd:" + name});
    if (!schema_.release.empty()) {
      const std::string space = schema_.wire_namespace.substr(schema_.wire_namespace.find(':') + 1);
      schema_.versions.push_back({schema_.release, space, schema_.release, false});
    }
    const auto by_name = [](const auto& left, const auto& right) { return left.name < right.name; };
    std::sort(schema_.enums.begin(), schema_.enums.end(), by_name);
    std::sort(schema_.structs.begin(), schema_.structs.end(), by_name);
    check(schema_);
    return std::move(schema_);
  }

 private:
  /// An element with the document that it stands in, for messages.
  struct Node {
    const XmlElement* element = nullptr;
    std::string file{};
  };

  [[noreturn]] void fail(const std::string& file, int line, const std::string& reason) const {
    throw InputError(location_ + file, line, reason);
  }

  void load(const std::string& name) {
    if (!loaded_.insert(name).second) return;
    // A name from a document must not lead out of the folder.
    if (name.empty() || name.find('/') != name.npos || name.find('\\') != name.npos)
      fail(name, 0, "only documents beside " + std::string(entry_document) + " are read");
    trees_.push_back(parse_xml(documents_(name), location_ + name));
    const XmlElement& root = trees_.back();
    if (root.name.local == "definitions")
      definitions(root, name);
    else if (root.name.local == "schema")
      xsd(root, name);
    else
      fail(name, root.line, "neither a WSDL nor an XSD");
  }

  void definitions(const XmlElement& root, const std::string& file) {
    if (const std::string_view space = root.attribute("targetNamespace");
        root.child("portType") || schema_.wire_namespace.empty())
      schema_.wire_namespace = without_service(space);
    for (const XmlElement& child : root.children) {
      const std::string& kind = child.name.local;
      if (child.name.space != wsdl_namespace) continue;
      if (kind == "import") {
        load(std::string(child.attribute("location")));
      } else if (kind == "types") {
        for (const XmlElement& schema : child.children)
          if (schema.name.local == "schema") xsd(schema, file);
      } else if (kind == "message") {
        messages_.emplace(child.attribute("name"), Node{&child, file});
      } else if (kind == "portType") {
        for (const XmlElement& operation : child.children)
          if (operation.name.local == "operation") operations_.push_back({&operation, file});
      } else if (kind == "binding") {
        release_of(child);
      }
    }
  }

  /// vimService.wsdl itself is in "urn:vim25Service", what it imports in "urn:vim25".
  static std::string without_service(std::string_view space) {
    if (space.ends_with("Service")) space.remove_suffix(7);
    return std::string(space);
  }

  /// A binding gives each operation a SOAPAction, "urn:vim25/8.0.3.0".
  void release_of(const XmlElement& binding) {
    for (const XmlElement& operation : binding.children)
      for (const XmlElement& detail : operation.children) {
        const std::string_view action = detail.attribute("soapAction");
        const std::size_t slash = action.find('/');
        if (slash == action.npos) continue;
        schema_.release = action.substr(slash + 1);
        return;
      }
  }

  void xsd(const XmlElement& root, const std::string& file) {
    for (const XmlElement& child : root.children) {
      const std::string& kind = child.name.local;
      const std::string name(child.attribute("name"));
      if (kind == "include")
        load(std::string(child.attribute("schemaLocation")));
      else if (kind == "import")
        import(child);
      else if (kind == "complexType")
        complex_types_.emplace(name, Node{&child, file});
      else if (kind == "simpleType")
        simple_types_.emplace(name, Node{&child, file});
      else if (kind == "element")
        elements_.emplace(name, Node{&child, file});
    }
  }

  /// Other services' types (urn:reflect) do not belong to this one.
  void import(const XmlElement& import) {
    const std::string_view location = import.attribute("schemaLocation");
    if (!location.empty() && import.attribute("namespace") == schema_.wire_namespace)
      load(std::string(location));
  }

  /// What a complex type or an extension in it lists.
  static std::vector<const XmlElement*> sequence_of(const XmlElement& type) {
    std::vector<const XmlElement*> elements;
    if (const XmlElement* sequence = type.child("sequence"))
      for (const XmlElement& element : sequence->children)
        if (element.name.local == "element") elements.push_back(&element);
    return elements;
  }

  TypeRef type_of(const XmlElement& element, const std::string& file) {
    const QName* name = element.reference("type");
    if (!name)
      fail(file, element.line,
           "element '" + std::string(element.attribute("name")) + "' has no type");
    TypeRef type;
    type.optional = element.attribute("minOccurs") == "0";
    const std::string_view most = element.attribute("maxOccurs");
    type.array = !most.empty() && most != "1";
    if (name->space == xsd_namespace) {
      if (std::find(std::begin(known_primitives), std::end(known_primitives), name->local) ==
          std::end(known_primitives))
        fail(file, element.line, "no type for xsd:" + name->local);
      primitives_.insert(name->local);
      type.name = name->local;
    } else if (name->local == "ManagedObjectReference") {
      type.reference = true;
      type.name = "ManagedObject";
    } else {
      type.name = name->local;
    }
    return type;
  }

  template <class Facts>
  void append_member(std::vector<Member<Facts>>& members, const XmlElement& element,
                     const std::string& file) {
    Member<Facts>& member = members.emplace_back();
    member.name = element.attribute("name");
    member.type = type_of(element, file);
    member.line = element.line;
  }

  void complex_type(const std::string& name, const Node& node) {
    if (name == "ManagedObjectReference" || node.element->child("simpleContent")) return;
    Struct structure;
    structure.name = name;
    const XmlElement* body = node.element;
    if (const XmlElement* content = body->child("complexContent")) {
      body = content->child("extension");
      const QName* base = body ? body->reference("base") : nullptr;
      if (!base) fail(node.file, node.element->line, "complexType " + name + ": no extension base");
      structure.base = base->local;
    }
    const std::vector<const XmlElement*> elements = sequence_of(*body);
    if (structure.base.empty() && !elements.empty()) {
      // ArrayOfX only wraps what is in an anyType; requests are read with the methods.
      const XmlElement& first = *elements.front();
      if (name.starts_with("ArrayOf") && elements.size() == 1 &&
          first.attribute("maxOccurs") == "unbounded")
        return;
      if (name.ends_with("RequestType") && first.attribute("name") == "_this") return;
    }
    for (const XmlElement* element : elements) append_member(structure.fields, *element, node.file);
    schema_.structs.push_back(std::move(structure));
  }

  void enumeration(const std::string& name, const Node& node) {
    const XmlElement* restriction = node.element->child("restriction");
    if (!restriction)
      fail(node.file, node.element->line, "simpleType " + name + ": no restriction");
    Enum enumeration;
    enumeration.name = name;
    for (const XmlElement& value : restriction->children)
      if (value.name.local == "enumeration")
        enumeration.values.push_back({std::string(value.attribute("value")), {}, value.line});
    schema_.enums.push_back(std::move(enumeration));
  }

  const Node& find(const std::map<std::string, Node>& nodes, const char* what, const QName* name,
                   const Node& asked_by) const {
    if (!name) fail(asked_by.file, asked_by.element->line, std::string("no ") + what);
    const auto found = nodes.find(name->local);
    if (found == nodes.end())
      fail(asked_by.file, asked_by.element->line,
           std::string("unknown ") + what + " '" + name->local + "'");
    return found->second;
  }

  /// Whether an operation is one of another service's (urn:reflect), which has types of its own.
  bool is_foreign(const XmlElement& operation) const {
    for (const XmlElement& detail : operation.children) {
      const QName* name = detail.name.local == "input" ? detail.reference("message") : nullptr;
      const auto message = messages_.find(name ? name->local : std::string());
      if (message == messages_.end()) continue;
      const XmlElement* part = message->second.element->child("part");
      const QName* element = part ? part->reference("element") : nullptr;
      if (element && element->space != schema_.wire_namespace) return true;
    }
    return false;
  }

  /// The element that the message of an input, output or fault consists of.
  const Node& message_element(const Node& part_of_operation) const {
    const Node& message = find(messages_, "message",
                               part_of_operation.element->reference("message"), part_of_operation);
    const XmlElement* part = message.element->child("part");
    return find(elements_, "element", part ? part->reference("element") : nullptr, message);
  }

  void methods() {
    Managed object;
    object.name = "ManagedObject";
    bool tasks = false;
    for (const Node& operation : operations_) {
      if (is_foreign(*operation.element)) continue;
      Method method;
      method.name = operation.element->attribute("name");
      method.line = operation.element->line;
      for (const XmlElement& detail : operation.element->children) {
        const Node part{&detail, operation.file};
        if (detail.name.local == "input")
          parameters(method, message_element(part));
        else if (detail.name.local == "output")
          reply(method, message_element(part));
        else if (detail.name.local == "fault")
          fault(method, message_element(part));
      }
      if (method.name.ends_with("_Task") && method.reply && method.reply->type.reference) {
        method.reply->type.name = "Task";
        tasks = true;
      }
      object.methods.push_back(std::move(method));
    }
    schema_.objects.push_back(std::move(object));
    if (tasks) schema_.objects.push_back({.name = "Task", .base = "ManagedObject"});
  }

  void parameters(Method& method, const Node& element) {
    const Node& type = find(complex_types_, "type", element.element->reference("type"), element);
    for (const XmlElement* parameter : sequence_of(*type.element))
      if (parameter->attribute("name") != "_this")
        append_member(method.parameters, *parameter, type.file);
  }

  void reply(Method& method, const Node& element) {
    const XmlElement* type = element.element->child("complexType");
    if (!type) return;
    for (const XmlElement* value : sequence_of(*type))
      method.reply = Reply{type_of(*value, element.file), {}, value->line};
  }

  /// RuntimeFault is possible everywhere and not listed.
  void fault(Method& method, const Node& element) const {
    const QName* type = element.element->reference("type");
    if (!type) fail(element.file, element.element->line, "a fault without a type");
    if (type->local != "RuntimeFault") method.faults.push_back(type->local);
  }

  const DocumentSource& documents_;
  std::string location_;
  Schema schema_;
  std::set<std::string> loaded_;
  std::list<XmlElement> trees_;  // nodes point into them
  std::map<std::string, Node> complex_types_, simple_types_, elements_, messages_;
  std::vector<Node> operations_;
  std::set<std::string> primitives_;
};

}  // namespace

Schema read_wsdl(const DocumentSource& documents, std::string_view location) {
  return Reader(documents, location).read();
}

}  // namespace esxvi::typegen
