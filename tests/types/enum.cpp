// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Literals, also of newer servers.
#include <esxvi/types/PropertyCollector_types.hpp>
#include <esxvi/types/core.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>

using namespace esxvi;
using types::PropertyChangeOp;

namespace {
std::string by_switch(Enum<PropertyChangeOp> const& op) {
  switch (op) {
    case PropertyChangeOp::add:
      return "add";
    case PropertyChangeOp::remove:
      return "remove";
    case PropertyChangeOp::assign:
      return "assign";
    case PropertyChangeOp::indirectRemove:
      return "indirectRemove";
    default:
      return "something new";
  }
}
}  // namespace

TEST_CASE("a known literal is the enumerator") {
  Enum<PropertyChangeOp> const op = PropertyChangeOp::assign;
  CHECK(op.known());
  CHECK(op == PropertyChangeOp::assign);
  CHECK(op != PropertyChangeOp::add);
  CHECK(op.literal() == "assign");
  CHECK(op == Enum<PropertyChangeOp>("assign"));
  CHECK(by_switch(op) == "assign");
}

TEST_CASE("an unknown literal is kept, equals no enumerator and reaches default in a switch") {
  Enum<PropertyChangeOp> const op("merge");
  CHECK_FALSE(op.known());
  CHECK(op.literal() == "merge");
  for (auto const& l : reflect::literals_of<PropertyChangeOp>)
    CHECK(op != static_cast<PropertyChangeOp>(l.value));
  CHECK(by_switch(op) == "something new");
  CHECK(op == Enum<PropertyChangeOp>("merge"));
  CHECK(op != Enum<PropertyChangeOp>("split"));
}

TEST_CASE("an empty text is no literal, not the first one") {
  Enum<PropertyChangeOp> const op("");
  CHECK_FALSE(op.known());
  CHECK(op.literal().empty());
  CHECK(op != PropertyChangeOp::add);
  CHECK(op != Enum<PropertyChangeOp>());
  CHECK(by_switch(op) == "something new");
}

TEST_CASE("assignment replaces an unknown literal") {
  Enum<PropertyChangeOp> op("merge");
  op = PropertyChangeOp::remove;
  CHECK(op.known());
  CHECK(op.literal() == "remove");
  CHECK(op == Enum<PropertyChangeOp>(PropertyChangeOp::remove));
}

TEST_CASE("a default is the first literal") {
  CHECK(Enum<PropertyChangeOp>() == PropertyChangeOp::add);
  CHECK(Enum<PropertyChangeOp>().known());
}

TEST_CASE("literals print as on the wire") {
  std::ostringstream out;
  out << Enum<PropertyChangeOp>(PropertyChangeOp::add) << ' ' << Enum<PropertyChangeOp>("merge");
  CHECK(out.str() == "add merge");
}
