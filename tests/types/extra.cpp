// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What servers send and this program does not know.
#include <esxvi/types/core/extra.hpp>

#include <doctest/doctest.h>

#include <utility>

using esxvi::Extra;

TEST_CASE("an empty one is a pointer and says nothing") {
  Extra const none;
  CHECK(sizeof(Extra) == sizeof(void*));
  CHECK(none.empty());
  CHECK(none.type().empty());
  CHECK(none.attributes().empty());
  CHECK(none.xml().empty());
  CHECK(none.xml_before(0).empty());
  CHECK(none == Extra());
}

TEST_CASE("elements come back at the places they stood at") {
  Extra e;
  e.text_before(0) += "<a/>";
  e.text_before(0) += "<b/>";
  e.text_before(3) += "<c/>";
  e.text_before(7) += "<d/>";
  CHECK(e.xml() == "<a/><b/><c/><d/>");
  CHECK(e.xml_before(0) == "<a/><b/>");
  CHECK(e.xml_before(1).empty());
  CHECK(e.xml_before(3) == "<c/>");
  CHECK(e.xml_before(6).empty());
  CHECK(e.xml_before(7) == "<d/>");
  CHECK(e.xml_before(8).empty());
}

TEST_CASE("the first one need not stand in front") {
  Extra e;
  e.text_before(5) += "<a/>";
  CHECK(e.xml_before(0).empty());
  CHECK(e.xml_before(5) == "<a/>");
}

TEST_CASE("after a member out of order, elements join those before") {
  Extra e;
  e.text_before(5) += "<a/>";
  e.text_before(2) += "<b/>";
  CHECK(e.xml_before(2).empty());
  CHECK(e.xml_before(5) == "<a/><b/>");
}

TEST_CASE("the type's name is the server's own or one of the schema") {
  Extra e;
  e.set_known_type("VirtualE1000");
  CHECK(e.type() == "VirtualE1000");
  e.set_type("VirtualNew");
  CHECK(e.type() == "VirtualNew");
  CHECK_FALSE(e.empty());
}

TEST_CASE("copies are independent") {
  Extra one;
  one.text_before(1) += "<a/>";
  one.add_attribute(" versionId=\"1\"");
  Extra two = one;
  CHECK(two == one);
  two.text_before(2) += "<b/>";
  CHECK(one.xml() == "<a/>");
  CHECK(two.xml_before(2) == "<b/>");
  CHECK(two.attributes() == " versionId=\"1\"");
  CHECK_FALSE(two == one);
  one = two;
  CHECK(one.xml_before(2) == "<b/>");
  auto& self = one;
  one = self;
  CHECK(one.xml() == "<a/><b/>");
  Extra const three = std::move(one);
  CHECK(one.empty());  // NOLINT(bugprone-use-after-move)
  CHECK(three.xml() == "<a/><b/>");
  two.clear();
  CHECK(two.empty());
}
