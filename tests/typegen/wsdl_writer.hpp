// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Writes a schema as the WSDL that a server of that release would serve: everything that a WSDL
// can say, for the round trip of the whole schema.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <schema.hpp>

namespace esxvi::typegen::test {

class WsdlWriter {
 public:
  explicit WsdlWriter(const Schema& schema) : schema_(schema) {
    for (const Primitive& primitive : schema.primitives)
      primitives_.emplace(primitive.name, primitive.xsd);
  }

  std::map<std::string, std::string> write() {
    std::string types =
        schema_open() +
        "<complexType name=\"ManagedObjectReference\"><simpleContent/></complexType>";
    for (const Enum& enumeration : schema_.enums) types += simple_type(enumeration);
    for (const Struct& structure : schema_.structs) types += complex_type(structure);
    for (const Managed& object : schema_.objects)
      for (const Method& method : object.methods) add_method(method);
    return {
        {"vimService.wsdl",
         definitions("urn:vim25Service") + "<import location=\"vim.wsdl\"/></definitions>"},
        {"vim-types.xsd", types + "</schema>"},
        {"vim.wsdl",
         definitions("urn:vim25") + "<types>" + schema_open() +
             "<include schemaLocation=\"vim-types.xsd\"/>" + elements_ + "</schema></types>" +
             messages_ + "<portType name=\"VimPortType\">" + operations_ +
             "</portType><binding name=\"b\"><operation name=\"o\"><soap:operation soapAction=\"" +
             schema_.wire_namespace + '/' + schema_.release +
             "\"/></operation></binding></definitions>"}};
  }

 private:
  static std::string definitions(const std::string& space) {
    return "<definitions targetNamespace=\"" + space +
           "\" xmlns=\"http://schemas.xmlsoap.org/wsdl/\" "
           "xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" xmlns:vim25=\"urn:vim25\" "
           "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">";
  }
  static std::string schema_open() {
    return "<schema targetNamespace=\"urn:vim25\" xmlns=\"http://www.w3.org/2001/XMLSchema\" "
           "xmlns:vim25=\"urn:vim25\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">";
  }

  std::string element(const std::string& name, const TypeRef& type) const {
    const auto primitive = primitives_.find(type.name);
    const std::string type_name = type.reference                   ? "vim25:ManagedObjectReference"
                                  : primitive != primitives_.end() ? primitive->second
                                                                   : "vim25:" + type.name;
    return "<element name=\"" + name + "\" type=\"" + type_name + '"' +
           (type.optional ? " minOccurs=\"0\"" : "") +
           (type.array ? " maxOccurs=\"unbounded\"" : "") + "/>\n";
  }

  static std::string simple_type(const Enum& enumeration) {
    std::string out =
        "<simpleType name=\"" + enumeration.name + "\"><restriction base=\"xsd:string\">";
    for (const Value& value : enumeration.values)
      if (!value.facts.unlisted) out += "<enumeration value=\"" + value.name + "\"/>";
    return out + "</restriction></simpleType>\n";
  }

  std::string complex_type(const Struct& structure) {
    std::string sequence = "<sequence>";
    for (const Field& field : structure.fields) {
      sequence += element(field.name, field.type);
      if (field.type.array && wrapped_.insert(field.type.name).second)
        wrappers_ += "<complexType name=\"ArrayOf" + field.type.name + "\"><sequence>" +
                     element(field.type.name, {field.type.name, false, true, true}) +
                     "</sequence></complexType>";
    }
    sequence += "</sequence>";
    if (!structure.base.empty())
      sequence = "<complexContent><extension base=\"vim25:" + structure.base + "\">" + sequence +
                 "</extension></complexContent>";
    return "<complexType name=\"" + structure.name + "\">" + sequence + "</complexType>\n" +
           std::exchange(wrappers_, {});
  }

  void message(const std::string& name, const std::string& element) {
    messages_ += "<message name=\"" + name + "\"><part name=\"p\" element=\"vim25:" + element +
                 "\"/></message>";
  }

  void add_method(const Method& method) {
    const std::string& name = method.name;
    elements_ += "<complexType name=\"" + name + "RequestType\"><sequence>" +
                 element("_this", {"ManagedObject", true});
    for (const Parameter& parameter : method.parameters)
      elements_ += element(parameter.name, parameter.type);
    elements_ += "</sequence></complexType><element name=\"" + name + "\" type=\"vim25:" + name +
                 "RequestType\"/><element name=\"" + name + "Response\"><complexType>";
    if (method.reply)
      elements_ += "<sequence>" + element("returnval", method.reply->type) + "</sequence>";
    elements_ += "</complexType></element>\n";
    message(name + "RequestMsg", name);
    message(name + "ResponseMsg", name + "Response");
    operations_ += "<operation name=\"" + name + "\"><input message=\"vim25:" + name +
                   "RequestMsg\"/><output message=\"vim25:" + name + "ResponseMsg\"/>";
    std::vector<std::string> faults = method.faults;
    faults.emplace_back("RuntimeFault");
    for (const std::string& fault : faults) {
      operations_ += "<fault message=\"vim25:" + fault + "FaultMsg\"/>";
      if (!faults_.insert(fault).second) continue;
      elements_ += "<element name=\"" + fault + "Fault\" type=\"vim25:" + fault + "\"/>";
      message(fault + "FaultMsg", fault + "Fault");
    }
    operations_ += "</operation>\n";
  }

  const Schema& schema_;
  std::map<std::string, std::string> primitives_;
  std::set<std::string> wrapped_, faults_;
  std::string elements_, messages_, operations_, wrappers_;
};

inline std::map<std::string, std::string> write_wsdl(const Schema& schema) {
  return WsdlWriter(schema).write();
}

}  // namespace esxvi::typegen::test
