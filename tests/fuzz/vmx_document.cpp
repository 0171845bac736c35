// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Any bytes are a VMX document, or an error; the bytes come back; edits are found again, in the
// document and in its text.
#include "fuzz/check.hpp"

#include <esxvi/vmx/document.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using esxvi::vmx::Document;
using esxvi::vmx::grammar;

void check_values(Document const& d) {
  std::string scratch;
  for (auto const& entry : d.entries()) {
    ESXVI_MUST(!esxvi::escape::find_invalid_utf8(d.value(entry, scratch)));
    ESXVI_MUST(!esxvi::escape::find_invalid_utf8(d.escaped_value(entry, scratch)));
    auto const* const first = d.find(d.key(entry));
    ESXVI_MUST(first != nullptr);
    ESXVI_MUST((first == &entry) != entry.duplicate());
  }
  static_cast<void>(d.diagnostics());
}

void check_same(Document const& edited, grammar rules) {
  auto const again = Document::parse(edited.text(), {.rules = rules});
  ESXVI_MUST(again.text() == edited.text());
  auto const a = edited.entries();
  auto const b = again.entries();
  ESXVI_MUST(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ESXVI_MUST(edited.key(a[i]) == again.key(b[i]));
    ESXVI_MUST(edited.raw_value(a[i]) == again.raw_value(b[i]));
    ESXVI_MUST(a[i].line() == b[i].line());
    ESXVI_MUST(a[i].duplicate() == b[i].duplicate());
  }
}

void edit(Document d, grammar rules, std::string_view text) {
  std::string const value(text.substr(0, text.size() / 7));
  bool const valid = !esxvi::escape::find_invalid_utf8(value);
  try {
    for (std::string_view const key : {"scsi0:1.fileName", "a", "memsize"}) {
      d.set(key, value);
      ESXVI_MUST(valid);
      ESXVI_MUST(d.get(key) == value);
      check_same(d, rules);
    }
  } catch (esxvi::invalid_argument const&) {
    ESXVI_MUST(!valid || (rules == grammar::peer && value.find('\0') != value.npos));
  } catch (esxvi::not_convertible const&) {
    ESXVI_MUST(d.encoding() != "UTF-8");
  }
  if (!d.entries().empty()) {
    std::string const key(d.key(d.entries()[d.entries().size() / 2]));
    try {
      d.set(key, "x y");
      if (!esxvi::vmx::detail::same_key(key, ".encoding")) ESXVI_MUST(d.get(key) == "x y");
      check_same(d, rules);
      ESXVI_MUST(d.erase(key));
      ESXVI_MUST(!d.contains(key));
      check_same(d, rules);
    } catch (esxvi::not_convertible const&) {
    }
    d.erase("a");
    check_same(d, rules);
  }
  try {
    d.set_encoding("UTF-8");
    check_same(d, rules);
    check_values(d);
    d.set_encoding("GBK");
    check_same(d, rules);
    check_values(d);
  } catch (esxvi::not_convertible const&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  for (auto const rules : {grammar::vendor, grammar::peer}) {
    try {
      auto const d = Document::parse(text, {.rules = rules});
      ESXVI_MUST(d.text() == text);
      check_values(d);
      edit(d, rules, text);
      ESXVI_MUST(d.text() == text);
    } catch (esxvi::malformed_file const&) {
    }
  }
  return 0;
}
