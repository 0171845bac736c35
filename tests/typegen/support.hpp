// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Schemas for the tests of the generator.
#pragma once

#include <document_source.hpp>
#include <emit.hpp>
#include <text_form.hpp>

#include <string>
#include <string_view>

namespace esxvi::typegen::test {

/// A small schema: what every one needs, and the declarations of the test.
inline std::string with_prelude(std::string_view declarations) {
  return "format 1\nnamespace urn:vim25\nrelease 1.1\n\n"
         "version 1.0 wire=vim25/1.0 unnumbered\nversion 1.1 wire=vim25/1.1\n\n"
         "primitive TypeName xsd:string\nprimitive anyType xsd:anyType\n"
         "primitive boolean xsd:boolean\nprimitive int xsd:int\nprimitive string xsd:string\n\n" +
         std::string(declarations);
}
/// The line of `with_prelude`'s result that the declarations begin with.
inline constexpr int first_line = 14;

inline Schema small_schema(std::string_view declarations) {
  return read_text(with_prelude(declarations), "test.schema");
}

/// What is generated from the declarations, by path.
inline Files generate_from(std::string_view declarations) {
  const Schema schema = small_schema(declarations);
  return generate(Model(schema));
}

inline const std::string& full_text() {
  static const std::string text = read_file(ESXVI_SOURCE_DIR "/tools/typegen/vim25.schema");
  return text;
}
inline const Schema& full_schema() {
  static const Schema schema = read_text(full_text(), "vim25.schema");
  return schema;
}
inline const Model& full_model() {
  static const Model model(full_schema());
  return model;
}

/// The text form without its comments and the empty lines at both ends.
inline std::string without_comments(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    if (text.front() != '#' && !(out.empty() && text.front() == '\n')) out += text.substr(0, end);
    text.remove_prefix(end);
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

/// What an InputError says, or "no error".
template <class Function> std::string error_of(Function function) {
  try {
    function();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace esxvi::typegen::test
