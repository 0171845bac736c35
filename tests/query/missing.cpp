// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What a server holds back, and objects that are gone.
#include "query/objects.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>
#include <esxvi/types/fault/SecurityError.hpp>

namespace vim = esxvi::types;
using namespace esxvi::test;
using vim::VirtualMachine;

namespace {

std::string const held_back =
    "<missingSet><path>guest.ipAddress</path><fault><fault xsi:type=\"NoPermission\">"
    "<object type=\"VirtualMachine\">vm-2</object><privilegeId>System.Read</privilegeId></fault>"
    "<localizedMessage>no</localizedMessage></fault></missingSet>";

std::string gone(std::string_view id) {
  return fault_reply("ManagedObjectNotFound", "It has already been deleted.",
                     "<obj type=\"VirtualMachine\">" + std::string(id) + "</obj>");
}
std::vector<esxvi::Ref<VirtualMachine>> machines(std::vector<std::string> const& ids) {
  std::vector<esxvi::Ref<VirtualMachine>> all;
  for (auto const& id : ids) all.emplace_back(id);
  return all;
}

}  // namespace

TEST_CASE("a property that the server holds back is reported with its object and the reason") {
  Opened at;
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-1", name_is("one"))) +
                       objects(machine("vm-2", name_is("two") + held_back))));
  int told = 0;
  auto const rows = at.session.retrieve<VirtualMachine, "name", "guest.ipAddress">(
      {.on_missing = [&](esxvi::Missing const& m) {
        ++told;
        CHECK(m.path == "guest.ipAddress");
      }});
  REQUIRE(rows.size() == 2);
  CHECK_FALSE(std::get<2>(rows[1]).has_value());
  CHECK(told == 1);
  REQUIRE(rows.missing().size() == 1);
  esxvi::Missing const& missing = rows.missing()[0];
  CHECK(missing.object.value() == "vm-2");
  CHECK(missing.object.type() == "VirtualMachine");
  CHECK(missing.path == "guest.ipAddress");
  CHECK(missing.fault.fault.type_name() == "NoPermission");
  REQUIRE(missing.fault.fault.as<vim::NoPermission>() != nullptr);
  CHECK(missing.fault.fault.as<vim::NoPermission>()->privilegeId == "System.Read");
}

TEST_CASE("for_each tells what is missing before it gives the row") {
  Opened at;
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-2", name_is("two") + held_back))));
  std::string seen;
  at.session.for_each<VirtualMachine, "name", "guest.ipAddress">(
      [&](auto const& row) { seen += std::get<1>(row) + ";"; },
      {.on_missing = [&](esxvi::Missing const& m) { seen += m.object.value() + " " + m.path + ";"; }});
  CHECK(seen == "vm-2 guest.ipAddress;two;");
}

TEST_CASE("an object that is gone is reported, and the others are read") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(500, gone("vm-2"));
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-1", name_is("one"))) +
                       objects(machine("vm-3", name_is("three")))));
  auto const rows =
      at.session.retrieve<VirtualMachine, "name">({.objects = machines({"vm-1", "vm-2", "vm-3"})});
  CHECK_FALSE(has(at.last_body(), "vm-2"));
  CHECK(has(at.last_body(), "vm-3"));
  REQUIRE(rows.size() == 2);
  CHECK(std::get<1>(rows[1]) == "three");
  REQUIRE(rows.missing().size() == 1);
  CHECK(rows.missing()[0].object.value() == "vm-2");
  CHECK(rows.missing()[0].path.empty());
  CHECK(rows.missing()[0].fault.fault.is<vim::ManagedObjectNotFound>());
}

TEST_CASE("when all objects are gone the result is empty, and each is reported once") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(500, gone("vm-1"));
  at.script->expect("RetrievePropertiesEx").reply(500, gone("vm-2"));
  auto const rows =
      at.session.retrieve<VirtualMachine, "name">({.objects = machines({"vm-1", "vm-2"})});
  CHECK(rows.empty());
  CHECK(rows.missing().size() == 2);
  CHECK(at.asked() == "RetrievePropertiesEx RetrievePropertiesEx");
}

TEST_CASE("an object that is gone but was not asked for, or a root that is gone, is an error") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(500, gone("vm-9"));
  at.script->expect("RetrievePropertiesEx").reply(500, gone("group-v7"));
  CHECK(thrown<esxvi::fault>([&] {
          static_cast<void>(
              at.session.retrieve<VirtualMachine, "name">({.objects = machines({"vm-1"})}));
        }).as<vim::ManagedObjectNotFound>() != nullptr);
  CHECK_THROWS_AS(static_cast<void>(at.session.retrieve<VirtualMachine, "name">(
                      {.below = {esxvi::untyped_ref("Folder", "group-v7")}})),
                  esxvi::fault);
}
