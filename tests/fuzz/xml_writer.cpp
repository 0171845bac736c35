// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What the writer lets pass comes back from the reader, unless it is no text at all.
#include "fuzz/check.hpp"

#include <esxvi/xml/reader.hpp>
#include <esxvi/xml/writer.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {
struct Collector {
  std::string content{};
  std::string attribute{};
  void start(char const*, char const* const* attributes) { attribute = attributes[1]; }
  void text(std::string_view piece) { content += piece; }
  void end(char const*) {}
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace esxvi;
  std::string_view const value(reinterpret_cast<char const*>(data), size);
  std::string document = "<a b=\"";
  try {
    xml::append_escaped(document, value, xml::position::attribute);
    document += "\">";
    xml::append_escaped(document, value);
    document += "</a>";
  } catch (invalid_argument const&) {
    return 0;
  }
  Collector collector;
  try {
    xml::Reader<Collector> reader(collector);
    reader.feed(document);
    reader.finish();
  } catch (invalid_encoding const&) {
    return 0;
  } catch (invalid_character const&) {
    return 0;
  }
  ESXVI_MUST(collector.content == value);
  ESXVI_MUST(collector.attribute == value);
  return 0;
}
