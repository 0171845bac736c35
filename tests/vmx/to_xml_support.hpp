// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/to_xml.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::test {

/// File names as an ESX host has them: absent images are those called "gone".
inline std::optional<std::string> esx_source(std::string_view name) {
  if (name.find("gone") != std::string_view::npos) return std::nullopt;
  if (name.starts_with("bad/"))
    throw not_convertible({"mapping a file name", std::string(name), "no such datastore", ""});
  if (name.starts_with('/')) return std::string(name);
  return "[ds] vm/" + std::string(name);
}

struct conversion {
  std::string xml{};
  std::vector<vmx::diagnostic> findings{};

  [[nodiscard]] bool has(std::string_view fragment) const {
    return xml.find(fragment) != std::string::npos;
  }
  [[nodiscard]] bool found(std::string_view key, std::string_view problem) const {
    for (auto const& d : findings)
      if (d.key == key && d.problem.find(problem) != std::string::npos) return true;
    return false;
  }
};

/// The XML of a file of these lines, without what is kept beside it.
inline conversion convert_file(std::string_view text, bool peer, vmx::ToXmlOptions options = {}) {
  auto const document = vmx::Document::parse(
      text, {.rules = peer ? vmx::grammar::peer : vmx::grammar::vendor, .file = "vm.vmx"});
  vmx::detail::reading in;
  in.document = &document;
  in.file = "vm.vmx";
  in.how = peer ? vmx::detail::style::libvirt : vmx::detail::style::vmware;
  vmx::detail::read_into(in);
  conversion out;
  options.peer_compatible = peer;
  options.files.to_source = esx_source;
  options.findings = &out.findings;
  out.xml = vmx::detail::make_domain(in, options).str();
  return out;
}

/// The same behind the lines that every file has.
inline conversion convert(std::string_view lines, bool peer, vmx::ToXmlOptions options = {}) {
  std::string text = "config.version = \"8\"\n";
  if (lines.find("virtualHW.version") == std::string_view::npos)
    text += "virtualHW.version = \"10\"\n";
  return convert_file(text.append(lines), peer, std::move(options));
}

/// Lines, and what their XML has and has not.
struct rule {
  std::string_view lines;
  std::vector<std::string_view> has{};
  std::vector<std::string_view> lacks{};
};
inline void check(rule const& r, bool peer) {
  CAPTURE(r.lines);
  auto const made = convert(r.lines, peer);
  CAPTURE(made.xml);
  for (auto const fragment : r.has) {
    CAPTURE(fragment);
    CHECK(made.has(fragment));
  }
  for (auto const fragment : r.lacks) {
    CAPTURE(fragment);
    CHECK_FALSE(made.has(fragment));
  }
}

}  // namespace esxvi::test
