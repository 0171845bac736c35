// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Domain XML in pieces, and what becomes of each piece.
#pragma once

#include <esxvi/vmx/configuration.hpp>
#include <esxvi/vmx/detail/from_xml.hpp>
#include <esxvi/xml/tree.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace from_xml {

using namespace esxvi;
using lines = std::vector<std::string>;

/// A domain around `devices`; `top` stands beside them.
inline std::string domain(std::string_view devices, std::string_view top = {}) {
  std::string out = "<domain type='vmware'>\n<name>test</name>\n";
  out += "<uuid>01020304-0506-0708-090a-0b0c0d0e0f10</uuid>\n";
  if (top.find("<memory ") == std::string_view::npos &&
      top.find("<memory>") == std::string_view::npos)
    out += "<memory unit='MiB'>256</memory>\n";
  if (top.find("<os") == std::string_view::npos) out += "<os><type arch='x86_64'>hvm</type></os>\n";
  out.append(top).append("\n<devices>").append(devices).append("</devices>\n</domain>\n");
  return out;
}

inline vmx::FromXmlOptions as_peer(std::int64_t version = 4) {
  vmx::FromXmlOptions out;
  out.peer_compatible = true;
  out.hardware_version = version;
  out.file = "test.xml";
  return out;
}
inline vmx::FromXmlOptions ours() {
  vmx::FromXmlOptions out;
  out.file = "test.xml";
  return out;
}

inline vmx::detail::converted convert(std::string_view xml, vmx::FromXmlOptions const& options) {
  xml::Tree const tree = xml::Tree::parse(xml);
  return vmx::detail::read_domain(tree.root(), options);
}

/// "key = value" for each entry, in the order of a file.
inline lines entries(std::string_view xml, vmx::FromXmlOptions const& options) {
  auto const made = convert(xml, options);
  lines out;
  vmx::detail::for_each_entry(
      made.machine,
      options.peer_compatible ? vmx::detail::style::libvirt : vmx::detail::style::vmware,
      [&](vmx::EntryView const& e) {
        out.push_back(std::string(e.key) + " = " + std::string(e.text));
      });
  return out;
}

/// The entries that a domain has because of `devices` and `top`.
inline lines added(std::string_view devices, vmx::FromXmlOptions const& options,
                   std::string_view top = {}) {
  lines const usual = entries(domain({}), options);
  lines out = entries(domain(devices, top), options);
  std::erase_if(out,
                [&](auto const& line) { return std::ranges::find(usual, line) != usual.end(); });
  return out;
}

/// What is said against a domain: "line: problem | expected"; empty when it is taken.
inline std::string refusal(std::string_view xml, vmx::FromXmlOptions const& options) {
  try {
    static_cast<void>(convert(xml, options));
  } catch (not_convertible const& e) {
    CHECK(e.line() != 0);
    CHECK(e.target().starts_with(options.file));
    CHECK_FALSE(e.problem().empty());
    return e.target() + ": " + e.problem() + (e.advice().empty() ? "" : " | " + e.advice());
  }
  return {};
}
inline std::string refused(std::string_view devices, vmx::FromXmlOptions const& options,
                           std::string_view top = {}) {
  return refusal(domain(devices, top), options);
}

/// What is told about a domain: "path: problem".
inline lines findings(std::string_view devices, vmx::FromXmlOptions options,
                      std::string_view top = {}) {
  std::vector<vmx::diagnostic> found;
  options.findings = &found;
  static_cast<void>(convert(domain(devices, top), options));
  lines out;
  for (auto const& d : found) {
    CHECK(d.line != 0);
    out.push_back(d.key + ": " + d.problem);
  }
  return out;
}

inline bool mentions(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
inline bool mentions(lines const& all, std::string_view part) {
  return std::ranges::any_of(all, [&](auto const& line) { return mentions(line, part); });
}

/// A row of a table: a piece of XML and the entries that it gives.
struct rule {
  std::string_view xml;
  lines expected;
};
/// A row of a table: a piece of XML and a part of what is said against it.
struct fault {
  std::string_view xml;
  std::string_view says;
};

inline void check_devices(std::initializer_list<rule> rules, vmx::FromXmlOptions const& options) {
  for (rule const& r : rules) {
    CAPTURE(r.xml);
    CHECK(added(r.xml, options) == r.expected);
  }
}
inline void check_top(std::initializer_list<rule> rules, vmx::FromXmlOptions const& options) {
  for (rule const& r : rules) {
    CAPTURE(r.xml);
    CHECK(added({}, options, r.xml) == r.expected);
  }
}
inline void check_refused(std::initializer_list<fault> faults, vmx::FromXmlOptions const& options,
                          bool devices = true) {
  for (fault const& f : faults) {
    CAPTURE(f.xml);
    auto const said = devices ? refused(f.xml, options) : refused({}, options, f.xml);
    CAPTURE(said);
    CHECK_FALSE(said.empty());
    CHECK(mentions(said, f.says));
  }
}

}  // namespace from_xml

namespace doctest {
template <> struct StringMaker<std::vector<std::string>> {
  static String convert(std::vector<std::string> const& all) {
    std::string out;
    for (auto const& line : all) out += "\n    " + line;
    return out.c_str();
  }
};
}  // namespace doctest
