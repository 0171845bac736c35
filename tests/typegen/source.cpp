// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <doctest/doctest.h>
#include <source.hpp>

namespace esxvi::typegen::source {
namespace {

const std::string forty(40, 'x');

TEST_CASE("lists break where the line is full") {
  CHECK(list("f(", {"a", "b"}, ");") == "f(a, b);\n");
  CHECK(list("f(", {}, ");") == "f();\n");
  CHECK(list("f(", {forty, forty, forty}, ");") ==
        "f(" + forty + ", " + forty + ",\n  " + forty + ");\n");
}

TEST_CASE("an argument in parentheses stays in one piece if it can") {
  CHECK(call("D(", {"S", "()", "(a, b)"}, ")") == "D(S, (), (a, b))\n");
  CHECK(call("D(", {forty, "(" + forty + ")", "(a, " + forty + ")"}, ")") ==
        "D(" + forty + ", (" + forty + "),\n  (a, " + forty + "))\n");
  CHECK(call("D(", {"S", "(" + forty + ", " + forty + ", " + forty + ")"}, ")") ==
        "D(S,\n  (" + forty + ", " + forty + ",\n   " + forty + "))\n");
  const std::string long_name(98, 'n');
  CHECK(call("D(", {long_name, "()"}, ")") == "D(\n    " + long_name + ",\n    ())\n");
}

TEST_CASE("comments behind lines that follow each other are aligned") {
  CommentedLines lines;
  lines.add("  a;");
  lines.add("  bcd;", "one");
  lines.add("  e;", "two");
  lines.add("  f;");
  lines.add("  g;", "three");
  CHECK(lines.text() == "  a;\n  bcd;  // one\n  e;    // two\n  f;\n  g;  // three\n");
}

TEST_CASE("declarations and comments keep to the columns") {
  CHECK(declaration("int", "a", "{}") == "  int a{};");
  CHECK(declaration(forty + forty, forty, "{}") ==
        "  " + forty + forty + "\n      " + forty + "{};");
  CHECK(doc_comment("short") == "/// short\n");
  CHECK(doc_comment(forty + ' ' + forty + ' ' + forty) ==
        "/// " + forty + ' ' + forty + "\n/// " + forty + '\n');
  CHECK(struct_definition("A", "B", {}) == "struct A : B {};\n");
  CommentedLines members;
  members.add("  int a{};");
  CHECK(struct_definition("A", "", members) == "struct A {\n  int a{};\n};\n");
}

}  // namespace
}  // namespace esxvi::typegen::source
