// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Arguments that a call cannot do without.
#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/core.hpp>

#include <doctest/doctest.h>

#include <type_traits>

using namespace esxvi;
namespace vim = esxvi::types;

#ifdef FORGET_AN_ARGUMENT
vim::Rename_Task const incomplete{.self = Ref<vim::ManagedEntity>("vm-1")};
#endif

TEST_CASE("a request is an aggregate whose required arguments have no default") {
  static_assert(!std::is_default_constructible_v<Required<std::string, "name">>);
  static_assert(!std::is_default_constructible_v<vim::Rename_Task>);
  static_assert(std::is_aggregate_v<vim::Rename_Task>);
  vim::Rename_Task const request{.self = Ref<vim::ManagedEntity>("vm-1"), .newName = "x"};
  CHECK(*request.newName == "x");
  CHECK(request.self->value() == "vm-1");
}

TEST_CASE("an argument stands where its value stands") {
  Required<std::string, "name"> const name = "text";
  std::string const& value = name;
  CHECK(value == "text");
  CHECK(name->size() == 4);
}

TEST_CASE("a reference to a descendant serves where a base is asked for") {
  vim::Rename_Task const request{.self = Ref<vim::VirtualMachine>("vm-1"),
                                 .newName = std::string("x")};
  CHECK(request.self->type() == "VirtualMachine");
}

TEST_CASE("on the wire an argument is its value") {
  CHECK(reflect::type_of<Required<std::string, "name">>()->what == reflect::kind::text);
  CHECK(reflect::type_of<vim::Rename_Task>()->members[0].name == "_this");
  CHECK(reflect::type_of<vim::Rename_Task>()->members[0].required);
}
