// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Structs of the user's own as rows.
#include "query/objects.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

struct WithReference {
  esxvi::Ref<vim::VirtualMachine> vm{};
  std::string name{};
  std::optional<std::int32_t> memory{};
  esxvi::Enum<vim::VirtualMachinePowerState> power{};
};
BOOST_DESCRIBE_STRUCT(WithReference, (), (vm, name, memory, power))

struct WithoutReference {
  std::string name{};
  vim::VirtualMachinePowerState power{};
};
BOOST_DESCRIBE_STRUCT(WithoutReference, (), (name, power))

// The first member is a property here, not the object.
struct Parent {
  std::optional<esxvi::Ref<vim::ManagedEntity>> parent{};
};
BOOST_DESCRIBE_STRUCT(Parent, (), (parent))

std::string const one =
    machine("vm-1", name_is("one") +
                        property("runtime.powerState", "VirtualMachinePowerState", "poweredOn") +
                        property("config.hardware.memoryMB", "xsd:int", "64"));
std::string const unknown =
    machine("vm-2", name_is("two") +
                        property("runtime.powerState", "VirtualMachinePowerState", "levitating"));

}  // namespace

template <>
struct esxvi::projection<WithReference>
    : esxvi::project<vim::VirtualMachine, "name", "config.hardware.memoryMB",
                     "runtime.powerState"> {};
template <>
struct esxvi::projection<WithoutReference>
    : esxvi::project<vim::VirtualMachine, "name", "runtime.powerState"> {};
template <>
struct esxvi::projection<Parent> : esxvi::project<vim::VirtualMachine, "parent"> {};

TEST_CASE("a struct with a leading reference receives it; the members are asked in their order") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(objects(one) + objects(unknown)));
  esxvi::Rows<WithReference> const rows = at.session.retrieve<WithReference>();
  CHECK(has(at.last_body(),
            "<type>VirtualMachine</type><pathSet>name</pathSet><pathSet>config.hardware.memoryMB"
            "</pathSet><pathSet>runtime.powerState</pathSet>"));
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].vm.value() == "vm-1");
  CHECK(rows[0].name == "one");
  CHECK(rows[0].memory == 64);
  CHECK(rows[0].power == vim::VirtualMachinePowerState::poweredOn);
  CHECK_FALSE(rows[1].memory.has_value());
  CHECK_FALSE(rows[1].power.known());
  CHECK(rows[1].power.literal() == "levitating");
}

TEST_CASE("a struct without a reference; a plain enum is unknown_literal for a newer literal") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(objects(one) + objects(unknown)));
  auto const rows = at.session.retrieve<WithoutReference>();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].name == "one");
  CHECK(rows[0].power == vim::VirtualMachinePowerState::poweredOn);
  CHECK(rows[1].power == esxvi::reflect::unknown_literal<vim::VirtualMachinePowerState>);
}

TEST_CASE("an optional reference as the only member is the property, not the object") {
  Opened at;
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-1", "<propSet><name>parent</name><val type=\"Folder\""
                                               " xsi:type=\"ManagedObjectReference\">group-v3"
                                               "</val></propSet>"))));
  auto const rows = at.session.retrieve<Parent>();
  REQUIRE(rows.size() == 1);
  REQUIRE(rows[0].parent.has_value());
  CHECK(rows[0].parent->value() == "group-v3");
  CHECK(rows[0].parent->type() == "Folder");
}

TEST_CASE("for_each gives each row by itself, and nothing of the one before") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(objects(one) + objects(unknown)));
  std::string seen;
  at.session.for_each<WithReference>([&](WithReference const& row) {
    seen += row.name + " " + std::to_string(row.memory.value_or(-1)) + ";";
  });
  CHECK(seen == "one 64;two -1;");
}

TEST_CASE("for_each: a row may be moved from") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(objects(one) + objects(unknown)));
  std::vector<WithReference> kept;
  at.session.for_each<WithReference>([&](WithReference& row) { kept.push_back(std::move(row)); });
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].name == "one");
  CHECK(kept[1].name == "two");
}
