// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/document.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::test {

/// Lines with their ends, as a person sees them.
inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) out.emplace_back(vmx::detail::take_line(text));
  return out;
}

/// The value of a key, or a text that no test expects.
inline std::string value_of(vmx::Document const& document, std::string_view key) {
  return document.get(key).value_or("(absent)");
}

/// All findings, one a line, as a person reads them.
inline std::string findings(vmx::Document const& document) {
  std::string out;
  for (auto const& found : document.diagnostics()) out += to_string(found) + "\n";
  return out;
}

inline vmx::Document peer(std::string_view text) {
  return vmx::Document::parse(text, {.rules = vmx::grammar::peer, .file = "web.vmx"});
}

}  // namespace esxvi::test
