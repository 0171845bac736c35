// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A document that is read is printed so that it is read back the same; any bytes as text and
// attribute give a document.
#include "fuzz/check.hpp"

#include <esxvi/xml/tree.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace esxvi;
  std::string_view const bytes(reinterpret_cast<char const*>(data), size);

  xml::Tree made("a");
  made.root().set("b", bytes).add("c", bytes);
  auto const read = xml::Tree::parse(made.str());
  bool const kept = bytes == read.root().attribute("b");
  ESXVI_MUST(read.root().child("c")->text() == read.root().attribute("b"));
  bool refused = false;
  try {
    (void)made.str(
        {.forbidden = xml::forbidden_policy::refuse, .invalid_utf8 = xml::utf8_policy::refuse});
  } catch (invalid_argument const&) {
    refused = true;
  }
  ESXVI_MUST(kept != refused);
  (void)made.str({.forbidden = xml::forbidden_policy::drop,
                  .invalid_utf8 = xml::utf8_policy::pass,
                  .raw_whitespace = true});

  std::optional<xml::Tree> tree;
  try {
    tree = xml::Tree::parse(bytes);
  } catch (protocol_error const&) {
    return 0;
  }
  std::string const text = tree->str();
  auto const again = xml::Tree::parse(text);
  ESXVI_MUST(again == *tree);
  ESXVI_MUST(again.str() == text);
  xml::Tree const copy(tree->root());
  ESXVI_MUST(copy == *tree);
  made.root().copy_from(tree->root());
  ESXVI_MUST(!made.root().children(tree->root().name()).empty());
  return 0;
}
