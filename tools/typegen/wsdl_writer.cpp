// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Writes a schema as the WSDL that a server of that release serves.
#include <set>
#include <unordered_map>
#include <utility>

#include "wsdl.hpp"

namespace esxvi::typegen {
namespace {

/// An XML element; what is in it stands there as it is.
std::string element(std::string_view name, std::string_view attributes, std::string_view content) {
  std::string out = "<";
  out.append(name);
  if (!attributes.empty()) out.append(1, ' ').append(attributes);
  if (content.empty()) return out += "/>\n";
  out.append(1, '>').append(content);
  return out.append("</").append(name).append(">\n");
}

std::string attribute(std::string_view name, std::string_view value) {
  return std::string(name).append("=\"").append(value).append(1, '"');
}

std::string named(std::string_view name) { return attribute("name", name); }

/// What an element of an array is called where the array has no other name.
std::string element_name(const TypeRef& type) {
  return type.reference ? "ManagedObjectReference" : type.name;
}

std::string array_name(const TypeRef& type) {
  std::string name = element_name(type);
  if (name.front() >= 'a' && name.front() <= 'z') name.front() = static_cast<char>(name[0] - 32);
  return "ArrayOf" + name;
}

class Writer {
 public:
  explicit Writer(const Schema& schema) : schema_(schema) {
    for (const Primitive& primitive : schema.primitives)
      primitives_.emplace(primitive.name, primitive.xsd);
  }

  std::map<std::string, std::string> write() {
    std::string types =
        element("complexType", named("ManagedObjectReference"),
                element("simpleContent", "",
                        element("extension", "base=\"xsd:string\"",
                                element("attribute", "name=\"type\" type=\"xsd:string\"", ""))));
    for (const Enum& enumeration : schema_.enums) types += simple_type(enumeration);
    for (const Struct& structure : schema_.structs) types += complex_type(structure);
    for (const Managed& object : schema_.objects) {
      for (const Property& property : object.properties) note_array(property.type);
      for (const Method& method : object.methods) add_method(method);
    }
    for (const auto& [name, type] : arrays_)
      types += element("complexType", named(name),
                       element("sequence", "", member(element_name(type), type)));
    return {{"vimService.wsdl", service()},
            {"vim.wsdl", definitions()},
            {"vim-types.xsd", schema_of(types)}};
  }

 private:
  static std::string document(std::string_view root, std::string_view attributes,
                              std::string_view content) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element(root, attributes, content);
  }

  std::string spaces() const {
    return attribute("xmlns:vim25", schema_.wire_namespace) +
           " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"";
  }
  std::string wsdl_spaces() const {
    return "xmlns=\"http://schemas.xmlsoap.org/wsdl/\" "
           "xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" " +
           spaces();
  }
  std::string schema_attributes() const {
    return attribute("targetNamespace", schema_.wire_namespace) +
           " xmlns=\"http://www.w3.org/2001/XMLSchema\" " + spaces() +
           " elementFormDefault=\"qualified\"";
  }
  std::string schema_of(std::string_view types) const {
    return document("schema", schema_attributes(), types);
  }

  std::string service() const {
    return document(
        "definitions",
        attribute("targetNamespace", schema_.wire_namespace + "Service") + ' ' + wsdl_spaces(),
        element("import", "location=\"vim.wsdl\" " + attribute("namespace", schema_.wire_namespace),
                "") +
            element("service", named("VimService"),
                    element("port", "binding=\"vim25:VimBinding\" name=\"VimPort\"",
                            element("soap:address", "location=\"https://localhost/sdk/vimService\"",
                                    ""))));
  }

  std::string definitions() const {
    return document(
        "definitions", attribute("targetNamespace", schema_.wire_namespace) + ' ' + wsdl_spaces(),
        element("types", "",
                element("schema", schema_attributes(),
                        element("include", "schemaLocation=\"vim-types.xsd\"", "") + elements_)) +
            messages_ + element("portType", named("VimPortType"), operations_) +
            element("binding", "name=\"VimBinding\" type=\"vim25:VimPortType\"",
                    element("soap:binding",
                            "style=\"document\" transport=\"http://schemas.xmlsoap.org/soap/http\"",
                            "") +
                        bound_));
  }

  /// An array in an anyType needs a type with a name.
  void note_array(const TypeRef& type) {
    if (type.array)
      arrays_.emplace(array_name(type), TypeRef{type.name, type.reference, true, true});
  }

  std::string member(const std::string& name, const TypeRef& type) {
    const auto primitive = primitives_.find(type.name);
    const std::string type_name = type.reference                   ? "vim25:ManagedObjectReference"
                                  : primitive != primitives_.end() ? primitive->second
                                                                   : "vim25:" + type.name;
    note_array(type);
    return element("element",
                   named(name) + ' ' + attribute("type", type_name) +
                       (type.optional ? " minOccurs=\"0\"" : "") +
                       (type.array ? " maxOccurs=\"unbounded\"" : ""),
                   "");
  }

  static std::string simple_type(const Enum& enumeration) {
    std::string values;
    for (const Value& value : enumeration.values)
      if (!value.facts.unlisted)
        values += element("enumeration", attribute("value", value.name), "");
    return element("simpleType", named(enumeration.name),
                   element("restriction", "base=\"xsd:string\"", values));
  }

  std::string complex_type(const Struct& structure) {
    std::string fields;
    for (const Field& field : structure.fields) fields += member(field.name, field.type);
    std::string content = "<sequence>" + fields + "</sequence>\n";
    if (!structure.base.empty())
      content =
          element("complexContent", "",
                  element("extension", attribute("base", "vim25:" + structure.base), content));
    return element("complexType", named(structure.name), content);
  }

  void message(const std::string& name, const std::string& part, const std::string& of) {
    messages_ +=
        element("message", named(name),
                element("part", named(part) + ' ' + attribute("element", "vim25:" + of), ""));
  }

  static std::string part_of_operation(const std::string& kind, const std::string& message) {
    return element(kind, attribute("message", "vim25:" + message), "");
  }

  void add_method(const Method& method) {
    const std::string& name = method.name;
    std::string parameters = member("_this", {"ManagedObject", true});
    for (const Parameter& parameter : method.parameters)
      parameters += member(parameter.name, parameter.type);
    elements_ +=
        element("complexType", named(name + "RequestType"), element("sequence", "", parameters)) +
        element("element", named(name) + ' ' + attribute("type", "vim25:" + name + "RequestType"),
                "") +
        element(
            "element", named(name + "Response"),
            element("complexType", "",
                    method.reply ? element("sequence", "", member("returnval", method.reply->type))
                                 : ""));
    message(name + "RequestMsg", "parameters", name);
    message(name + "ResponseMsg", "parameters", name + "Response");
    static const std::string literal = "<soap:body use=\"literal\"/>";
    std::string parts = part_of_operation("input", name + "RequestMsg") +
                        part_of_operation("output", name + "ResponseMsg");
    std::string bound =
        element("soap:operation",
                attribute("soapAction", schema_.wire_namespace + '/' + schema_.release) +
                    " style=\"document\"",
                "") +
        element("input", "", literal) + element("output", "", literal);
    std::vector<std::string> faults = method.faults;
    faults.emplace_back("RuntimeFault");
    for (const std::string& fault : faults) {
      const std::string fault_element = fault + "Fault";
      parts += element(
          "fault",
          named(fault_element) + ' ' + attribute("message", "vim25:" + fault_element + "Msg"), "");
      bound += element("fault", named(fault_element),
                       element("soap:fault", named(fault_element) + " use=\"literal\"", ""));
      if (!faults_.insert(fault).second) continue;
      elements_ +=
          element("element", named(fault_element) + ' ' + attribute("type", "vim25:" + fault), "");
      message(fault_element + "Msg", "fault", fault_element);
    }
    operations_ += element("operation", named(name), parts);
    bound_ += element("operation", named(name), bound);
  }

  const Schema& schema_;
  std::unordered_map<std::string, std::string> primitives_;
  std::map<std::string, TypeRef> arrays_;
  std::set<std::string> faults_;
  std::string elements_, messages_, operations_, bound_;
};

}  // namespace

std::map<std::string, std::string> write_wsdl(const Schema& schema) {
  return Writer(schema).write();
}

}  // namespace esxvi::typegen
