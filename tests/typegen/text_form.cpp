// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <doctest/doctest.h>

#include "support.hpp"

namespace esxvi::typegen {
namespace {

using namespace test;

TEST_CASE("the schema, read and printed, is what it was") {
  CHECK(print_text(full_schema()) == without_comments(full_text()));
}

TEST_CASE("a type is read and printed") {
  for (const char* text : {"int", "int?", "int[]", "int[]?", "ref<Task>", "ref<Task>[]?"}) {
    CAPTURE(text);
    CHECK(print_type(parse_type(text)) == text);
  }
  CHECK(parse_type("ref<Task>[]?") == TypeRef{"Task", true, true, true});
  CHECK(print_type({}) == "void");
  for (const char* text : {"", "?", "int??", "ref<>", "ref<Task", "a b", "9x"}) {
    CAPTURE(text);
    CHECK(parse_type(text).name.empty());
  }
}

TEST_CASE("facts are what their descriptions say") {
  const Schema schema = small_schema(
      "enum E since=1.0\n  a\n  b deprecated\n  c since=1.1 deprecated=1.1 unlisted\n\n"
      "struct S since=1.0 vmodl=x.S\n  password string? since=1.1 required secret\n\n"
      "managed M\n  method Do since=1.1 vmodl=do priv=A.B\n    param x int since=1.1 priv=C.D\n"
      "    returns string secret\n");
  const Enum& enumeration = schema.enums.at(0);
  CHECK(!enumeration.values.at(0).facts.deprecated);
  CHECK(enumeration.values.at(1).facts.deprecated == "");
  CHECK(enumeration.values.at(2).facts.deprecated == "1.1");
  CHECK(enumeration.values.at(2).facts.unlisted);
  const Field& field = schema.structs.at(0).fields.at(0);
  CHECK(field.facts.since == "1.1");
  CHECK(field.facts.required);
  CHECK(field.facts.secret);
  CHECK(!field.facts.linkable);
  const Method& method = schema.objects.at(0).methods.at(0);
  CHECK(method.facts.priv == "A.B");
  CHECK(method.parameters.at(0).facts.priv == "C.D");
  CHECK(method.reply->facts.secret);
}

TEST_CASE("what is wrong is said with file, line and reason") {
  struct Case {
    const char* declarations;
    int line;  // of the declarations, from 1
    const char* reason;
  };
  const Case cases[] = {
      {"struct X\n  a Foo\n", 2, "struct X: unknown type 'Foo'"},
      {"struct X : Foo\n", 1, "struct X: unknown base 'Foo'"},
      {"struct X\n  a ref<Foo>\n", 2, "struct X: unknown managed object 'Foo'"},
      {"struct X\n  a M\n\nmanaged M\n", 2,
       "struct X: a managed object is used as a value; write ref<M>"},
      {"struct X\n  a int\n  a int\n", 3, "struct X: 'a' is declared twice"},
      {"struct A\n  a int\n\nstruct B : A\n  a int\n", 5,
       "struct B: field 'a' is declared in base A already"},
      {"struct X\n\nenum X\n", 1, "struct X: there is a type of that name already"},
      {"struct X\n  a X\n", 2, "struct X: field 'a' makes the struct contain itself"},
      {"struct A\n  b B?\n\nstruct B\n  a A\n", 5,
       "struct B: field 'a' makes the struct contain itself"},
      {"struct A : B\n\nstruct B : A\n", 1, "struct A: derives from itself"},
      {"struct X\n  a int since=9.9\n", 2, "struct X: unknown version '9.9'"},
      {"struct X\n  a int sine=1.0\n", 2, "struct X: unknown attribute 'sine'"},
      {"struct X\n  a int secret=1\n", 2, "struct X: attribute 'secret' takes no value"},
      {"struct X\n  a int link\n", 2, "struct X: attribute 'link' needs a value"},
      {"struct X\n  a int secret secret\n", 2, "struct X: attribute 'secret' twice"},
      {"struct X\n  a\n", 2, "struct X: a type is missing"},
      {"struct X\n  a in-t\n", 2, "struct X: a type expected, not 'in-t'"},
      {"struct X\n  a-b int\n", 2, "struct X: a name expected, not 'a-b'"},
      {"struct X\n   a int\n", 2, "struct X: indentation is two spaces per level"},
      {"struct X\n  a  int\n", 2, "struct X: more than one space between two words"},
      {"struct X\n  a int \n", 2, "struct X: white space at the end of the line"},
      {"struct X\n    a int\n", 2, "struct X: a parameter outside of any method"},
      {"strict X\n", 1, "unknown declaration 'strict'"},
      {"managed M\n  a int\n", 2, "managed M: 'prop' or 'method' expected, not 'a'"},
      {"managed M\n  method A\n  method A\n", 3,
       "method M.A: there is a method of that name already"},
      {"managed M\n  method A\n    throws F\n", 2, "method M.A: unknown fault 'F'"},
      {"managed M\n  method A\n    returns int\n    returns int\n", 4,
       "managed M: method A: 'returns' twice"},
      {"managed M\n  method A\n    returns int result=Foo\n", 3, "method M.A: unknown type 'Foo'"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.declarations);
    CHECK(error_of([&] { small_schema(test.declarations); }) ==
          "test.schema:" + std::to_string(first_line - 1 + test.line) + ": " + test.reason);
  }
  CHECK(error_of([] { read_text("format 2\n", "f"); }) == "f:1: this program reads format 1 only");
  CHECK(error_of([] { read_text("struct X\n", "f"); }) == "f:1: the first line must be 'format 1'");
  CHECK(error_of([] { read_text("", "f"); }) == "f: no line 'format 1': not a schema");
}

}  // namespace
}  // namespace esxvi::typegen
