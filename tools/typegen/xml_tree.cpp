// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "xml_tree.hpp"

#include <expat.h>

#include <algorithm>
#include <memory>

#include "error.hpp"

namespace esxvi::typegen {
namespace {

constexpr char separator = '|';  // between namespace and local name in what expat reports

QName split(std::string_view name) {
  const std::size_t at = name.rfind(separator);
  if (at == name.npos) return {{}, std::string(name)};
  return {std::string(name.substr(0, at)), std::string(name.substr(at + 1))};
}

bool holds_name(std::string_view attribute) {
  return attribute == "type" || attribute == "base" || attribute == "element" ||
         attribute == "message";
}

struct Builder {
  XML_Parser parser = nullptr;
  XmlElement root{};
  std::vector<XmlElement*> open{};
  std::vector<std::pair<std::string, std::string>> prefixes{};  // innermost last

  QName resolve(std::string_view value) const {
    const std::size_t colon = value.find(':');
    const std::string_view prefix = colon == value.npos ? "" : value.substr(0, colon);
    const auto found = std::find_if(prefixes.rbegin(), prefixes.rend(),
                                    [&](const auto& entry) { return entry.first == prefix; });
    return {found == prefixes.rend() ? std::string() : found->second,
            std::string(colon == value.npos ? value : value.substr(colon + 1))};
  }

  void start(const char* name, const char** attributes) {
    XmlElement* element = &root;
    // A parent's list of children does not grow while one of them is open, so pointers hold.
    if (!open.empty()) element = &open.back()->children.emplace_back();
    element->name = split(name);
    element->line = static_cast<int>(XML_GetCurrentLineNumber(parser));
    for (; *attributes; attributes += 2) {
      const std::string_view key = attributes[0], value = attributes[1];
      if (key.find(separator) != key.npos) continue;
      element->attributes.emplace_back(key, value);
      if (holds_name(key)) element->references.emplace_back(key, resolve(value));
    }
    open.push_back(element);
  }
};

Builder& builder_of(void* data) { return *static_cast<Builder*>(data); }

}  // namespace

std::string_view XmlElement::attribute(std::string_view key) const {
  for (const auto& [name_, value] : attributes)
    if (name_ == key) return value;
  return {};
}

const QName* XmlElement::reference(std::string_view key) const {
  for (const auto& [name_, value] : references)
    if (name_ == key) return &value;
  return nullptr;
}

const XmlElement* XmlElement::child(std::string_view local) const {
  for (const XmlElement& element : children)
    if (element.name.local == local) return &element;
  return nullptr;
}

XmlElement parse_xml(std::string_view text, std::string_view file) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
      XML_ParserCreateNS(nullptr, separator), &XML_ParserFree);
  Builder builder{.parser = parser.get()};
  XML_SetUserData(parser.get(), &builder);
  XML_SetElementHandler(
      parser.get(),
      [](void* data, const char* name, const char** attributes) {
        builder_of(data).start(name, attributes);
      },
      [](void* data, const char*) { builder_of(data).open.pop_back(); });
  XML_SetNamespaceDeclHandler(
      parser.get(),
      [](void* data, const char* prefix, const char* uri) {
        builder_of(data).prefixes.emplace_back(prefix ? prefix : "", uri ? uri : "");
      },
      [](void* data, const char*) { builder_of(data).prefixes.pop_back(); });
  if (text.size() > 64U * 1024 * 1024) throw InputError(file, 0, "larger than 64 MB");
  if (XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE) !=
      XML_STATUS_OK)
    throw InputError(file, static_cast<int>(XML_GetCurrentLineNumber(parser.get())),
                     XML_ErrorString(XML_GetErrorCode(parser.get())));
  return std::move(builder.root);
}

}  // namespace esxvi::typegen
