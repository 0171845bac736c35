// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Paths and the values they give.
#include "query/objects.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <tuple>
#include <type_traits>

namespace vim = esxvi::types;
using namespace esxvi::test;
using vim::VirtualMachine;

TEST_CASE("the types of a row follow from its paths") {
  using esxvi::reflect::property_t;
  static_assert(std::is_same_v<property_t<VirtualMachine, "name">, std::string>);
  static_assert(std::is_same_v<property_t<VirtualMachine, "runtime.powerState">,
                               esxvi::Enum<vim::VirtualMachinePowerState>>);
  static_assert(std::is_same_v<property_t<VirtualMachine, "config.hardware.memoryMB">,
                               std::optional<std::int32_t>>);
  static_assert(std::is_same_v<property_t<VirtualMachine, "config">,
                               std::optional<vim::VirtualMachineConfigInfo>>);
  static_assert(std::is_same_v<property_t<VirtualMachine, "datastore">,
                               std::vector<esxvi::Ref<vim::Datastore>>>);
  static_assert(std::is_same_v<property_t<VirtualMachine, "config.hardware.device">,
                               std::optional<std::vector<esxvi::Poly<vim::VirtualDevice>>>>);
  static_assert(std::is_same_v<property_t<VirtualMachine, "config.hardware.device[4000]">,
                               esxvi::Poly<vim::VirtualDevice>>);
  static_assert(std::is_same_v<property_t<VirtualMachine, "config.hardware.device[4000].key">,
                               std::optional<std::int32_t>>);
  static_assert(esxvi::reflect::PropertyPath<VirtualMachine, "guest.net[\"a.b]c\"].macAddress">);
  static_assert(!esxvi::reflect::PropertyPath<VirtualMachine, "nmae">);
  static_assert(!esxvi::reflect::PropertyPath<VirtualMachine, "">);
  static_assert(!esxvi::reflect::PropertyPath<VirtualMachine, "name.">);
  static_assert(!esxvi::reflect::PropertyPath<VirtualMachine, ".name">);
  static_assert(!esxvi::reflect::PropertyPath<VirtualMachine, "name[1]">);
  static_assert(!esxvi::reflect::PropertyPath<VirtualMachine, "config.hardware.device[4000">);
  static_assert(!esxvi::reflect::PropertyPath<VirtualMachine, "config.hardware.device[1]key">);
  static_assert(!esxvi::reflect::PropertyPath<VirtualMachine, "name.first">);
  using row = std::tuple<esxvi::Ref<VirtualMachine>, std::string, std::optional<std::int32_t>>;
  using rows = decltype(std::declval<esxvi::Session&>()
                            .retrieve<VirtualMachine, "name", "config.hardware.memoryMB">());
  static_assert(std::is_same_v<rows, esxvi::Rows<row>>);
  CHECK(true);
}

TEST_CASE("a query is one request that names kind, paths, where to begin and how many at most") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(""));
  static_cast<void>(at.session.retrieve<VirtualMachine, "name", "runtime.powerState">());
  std::string const body = at.last_body();
  CHECK(has(body, "<_this type=\"PropertyCollector\">ha-property-collector</_this>"));
  CHECK(has(body, "<propSet><type>VirtualMachine</type><pathSet>name</pathSet>"
                  "<pathSet>runtime.powerState</pathSet></propSet>"));
  CHECK(has(body, "<objectSet><obj type=\"Folder\">ha-folder-root</obj><skip>false</skip>"));
  CHECK(has(body, "<options><maxObjects>1000</maxObjects></options>"));
  CHECK(at.session.requests() == 3);
}

TEST_CASE("given objects are asked for themselves, with nothing below them") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(""));
  static_cast<void>(at.session.retrieve<VirtualMachine, "name">(
      {.objects = {esxvi::Ref<VirtualMachine>("vm-1"), esxvi::Ref<VirtualMachine>("vm-2")}}));
  CHECK(has(at.last_body(), "<objectSet><obj type=\"VirtualMachine\">vm-1</obj><skip>false</skip>"
                            "</objectSet><objectSet><obj type=\"VirtualMachine\">vm-2</obj>"
                            "<skip>false</skip></objectSet></specSet>"));
}

TEST_CASE("below: the search begins at the given objects instead of the root folder") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(""));
  static_cast<void>(at.session.retrieve<VirtualMachine, "name">(
      {.below = {esxvi::untyped_ref("HostSystem", "host-7")}}));
  CHECK(has(at.last_body(), "<objectSet><obj type=\"HostSystem\">host-7</obj>"));
  CHECK_FALSE(has(at.last_body(), "ha-folder-root"));
  // From a host the machines are one step away; a query of everything does not need that step.
  CHECK(has(at.last_body(), "<type>HostSystem</type><path>vm</path>"));
}

TEST_CASE("a query without paths gives the objects alone") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(objects(machine("vm-1", ""))));
  auto const rows = at.session.retrieve<VirtualMachine>();
  CHECK(has(at.last_body(), "<type>VirtualMachine</type><all>false</all></propSet>"));
  REQUIRE(rows.size() == 1);
  CHECK(std::get<0>(rows[0]).value() == "vm-1");
}

TEST_CASE("values of every shape") {
  Opened at;
  std::string const one =
      name_is("a&amp;b&lt;c&gt; \xC3\xBC") +
      property("runtime.powerState", "VirtualMachinePowerState", "suspended") +
      property("config.hardware.memoryMB", "xsd:int", "4096") +
      property("datastore", "ArrayOfManagedObjectReference",
               "<ManagedObjectReference type=\"Datastore\" xsi:type=\"ManagedObjectReference\">ds-1"
               "</ManagedObjectReference><ManagedObjectReference type=\"Datastore\">ds-2"
               "</ManagedObjectReference>") +
      property("config.hardware.device", "ArrayOfVirtualDevice",
               "<VirtualDevice xsi:type=\"VirtualDisk\"><key>2000</key><controllerKey>1000"
               "</controllerKey><unitNumber>0</unitNumber><capacityInKB>16</capacityInKB>"
               "</VirtualDevice><VirtualDevice xsi:type=\"VirtualE1000\"><key>4000</key>"
               "</VirtualDevice>") +
      property("config.hardware.device[4000]", "VirtualE1000", "<key>4000</key>");
  at.script->expect("RetrievePropertiesEx").reply(200, page(objects(machine("vm-1", one))));
  auto const rows =
      at.session.retrieve<VirtualMachine, "name", "runtime.powerState", "config.hardware.memoryMB",
                          "datastore", "config.hardware.device", "config.hardware.device[4000]",
                          "config.hardware.numCPU">();
  REQUIRE(rows.size() == 1);
  auto const& [vm, name, power, memory, stores, devices, card, cpus] = rows[0];
  CHECK(vm == esxvi::Ref<VirtualMachine>("vm-1"));
  CHECK(name == "a&b<c> \xC3\xBC");
  CHECK(power == vim::VirtualMachinePowerState::suspended);
  CHECK(memory == 4096);
  REQUIRE(stores.size() == 2);
  CHECK(stores[1].value() == "ds-2");
  REQUIRE(devices.has_value());
  REQUIRE(devices->size() == 2);
  auto const* const disk = (*devices)[0].as<vim::VirtualDisk>();
  REQUIRE(disk != nullptr);
  CHECK(disk->capacityInKB == 16);
  CHECK_FALSE((*devices)[1].is<vim::VirtualDisk>());
  CHECK((*devices)[1].type_name() == "VirtualE1000");
  REQUIRE(card.has_value());
  CHECK(card->key == 4000);
  CHECK(card.type_name() == "VirtualE1000");
  CHECK_FALSE(cpus.has_value());
}

TEST_CASE("an empty array is there and empty, one that did not come is not there") {
  Opened at;
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-1", property("config.hardware.device",
                                                        "ArrayOfVirtualDevice", "")))
                       + objects(machine("vm-2", ""))));
  auto const rows = at.session.retrieve<VirtualMachine, "config.hardware.device", "datastore">();
  REQUIRE(rows.size() == 2);
  REQUIRE(std::get<1>(rows[0]).has_value());
  CHECK(std::get<1>(rows[0])->empty());
  CHECK_FALSE(std::get<1>(rows[1]).has_value());
  CHECK(std::get<2>(rows[1]).empty());
}

TEST_CASE("values belong to the paths that they name, whatever their order") {
  Opened at;
  std::string const memory = property("config.hardware.memoryMB", "xsd:int", "1");
  std::string const path = property("config.files.vmPathName", "xsd:string", "[ds] a.vmx");
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-1", memory + path + name_is("one"))) +
                       objects(machine("vm-2", path + name_is("two"))) +
                       objects(machine("vm-3", name_is("three") + memory))));
  auto const rows = at.session.retrieve<VirtualMachine, "name", "config.files.vmPathName",
                                        "config.hardware.memoryMB">();
  REQUIRE(rows.size() == 3);
  using row = std::tuple<std::string, std::optional<std::string>, std::optional<std::int32_t>>;
  auto const values = [&](std::size_t i) {
    return row(std::get<1>(rows[i]), std::get<2>(rows[i]), std::get<3>(rows[i]));
  };
  CHECK(values(0) == row("one", "[ds] a.vmx", 1));
  CHECK(values(1) == row("two", "[ds] a.vmx", std::nullopt));
  CHECK(values(2) == row("three", std::nullopt, 1));
}

TEST_CASE("a property that nobody asked for is ignored") {
  Opened at;
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine(
                      "vm-1", property("config", "VirtualMachineConfigInfo",
                                       "<name>not this</name><hardware><numCPU>3</numCPU>"
                                       "</hardware>") +
                                  property("nam", "xsd:string", "nor this") + name_is("one") +
                                  property("surprise", "ThingOfTheFuture", "<a><b/></a>")))));
  auto const rows = at.session.retrieve<VirtualMachine, "name">();
  REQUIRE(rows.size() == 1);
  CHECK(std::get<1>(rows[0]) == "one");
}

TEST_CASE("a null value is an absent one") {
  Opened at;
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-1", "<propSet><name>config.hardware.memoryMB</name>"
                                               "<val xsi:nil=\"true\"/></propSet>"))));
  auto const rows = at.session.retrieve<VirtualMachine, "config.hardware.memoryMB">();
  REQUIRE(rows.size() == 1);
  CHECK_FALSE(std::get<1>(rows[0]).has_value());
}

TEST_CASE("no objects: no rows, with and without a result") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, response("RetrievePropertiesEx", ""));
  at.script->expect("RetrievePropertiesEx").reply(200, page(""));
  CHECK(at.session.retrieve<VirtualMachine, "name">().empty());
  CHECK(at.session.retrieve<VirtualMachine, "name">().empty());
  CHECK(at.asked() == "RetrievePropertiesEx RetrievePropertiesEx");
}

TEST_CASE("the reference has the kind and the server that came with it") {
  Opened at;
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects("<obj type=\"VirtualMachine\" serverGuid=\"abc\">vm-1</obj>" +
                               name_is("one"))));
  auto const rows = at.session.retrieve<VirtualMachine, "name">();
  REQUIRE(rows.size() == 1);
  CHECK(std::get<0>(rows[0]).server_guid() == "abc");
}
