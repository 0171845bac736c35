// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Domain XML from anywhere: it becomes a machine or is refused, in both modes, and the same text
// gives the same machine.
#include "fuzz/check.hpp"

#include <esxvi/vmx/detail/from_xml.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace esxvi;

namespace {
std::optional<vmx::detail::converted> read(xml::Tree const& tree, bool peer,
                                           std::optional<std::int64_t> version) {
  std::vector<vmx::diagnostic> findings;
  vmx::FromXmlOptions options;
  options.peer_compatible = peer;
  options.hardware_version = version;
  options.findings = &findings;
  try {
    auto made = vmx::detail::read_domain(tree.root(), options);
    for (auto const& found : findings) ESXVI_MUST(!vmx::to_string(found).empty());
    return made;
  } catch (not_convertible const& e) {
    ESXVI_MUST(!e.problem().empty());
    return std::nullopt;
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  std::optional<xml::Tree> tree;
  try {
    tree = xml::Tree::parse(text);
  } catch (error const&) {
    return 0;
  }
  for (bool const peer : {false, true}) {
    auto const once = read(*tree, peer, std::nullopt);
    auto const again = read(*tree, peer, peer ? 4 : 13);
    // No version counts as 4 for libvirt's way, and as 13 or newer for ours.
    if (peer) ESXVI_MUST(once.has_value() == again.has_value());
    if (once && again && (peer || once->machine.hardware.version == 13)) {
      ESXVI_MUST(once->machine == again->machine);
      ESXVI_MUST(once->order == again->order);
    }
  }
  return 0;
}
