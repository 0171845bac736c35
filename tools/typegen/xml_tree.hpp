// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// A small XML document in memory, enough for WSDL and XSD files of a few megabytes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::typegen {

/// Namespace and local name.
struct QName {
  std::string space{};
  std::string local{};

  friend bool operator==(const QName&, const QName&) = default;
};

struct XmlElement {
  QName name{};
  std::vector<std::pair<std::string, std::string>> attributes{};  // those without a namespace
  /// The prefixes that were in scope, resolved for attributes whose value is a qualified name.
  std::vector<std::pair<std::string, QName>> references{};
  std::vector<XmlElement> children{};
  int line = 0;

  /// Value of an attribute, empty if there is none.
  std::string_view attribute(std::string_view key) const;
  /// The qualified name that an attribute (`type`, `base`, `element`, `message`) holds.
  const QName* reference(std::string_view key) const;
  /// First child of that name, in whatever namespace; null if there is none.
  const XmlElement* child(std::string_view local) const;
};

/// Throws InputError; `file` is the name that messages give.
XmlElement parse_xml(std::string_view text, std::string_view file);

}  // namespace esxvi::typegen
