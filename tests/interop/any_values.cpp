// The property collector called as a method: values come as xsd:anyType.
#include "interop/vsphere.hpp"

#include <esxvi/query/traversal.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualEthernetCard.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace vim = esxvi::types;
using namespace esxvi::test;

TEST_CASE("a value is what the program asks for, and nothing else") {
  ESXVI_NEED_PEER();
  Peer const peer(esx);
  esxvi::Session session = open(peer);
  vim::PropertyFilterSpec filter;
  filter.propSet.push_back(
      {.type = "VirtualMachine",
       .pathSet = {"name", "config.hardware.memoryMB", "config.hardware.device", "datastore"}});
  filter.objectSet.push_back(
      {.obj = esxvi::Ref<vim::ManagedObject>(session.opening_content().rootFolder),
       .selectSet = esxvi::detail::selection_for("VirtualMachine", true)});
  auto const objects = session.call(vim::RetrieveProperties{
      .self = session.opening_content().propertyCollector, .specSet = std::vector{filter}});
  REQUIRE(objects.size() == 3);
  for (vim::ObjectContent const& object : objects) {
    CHECK(object.obj.type() == "VirtualMachine");
    REQUIRE(object.propSet.size() == 4);
    for (vim::DynamicProperty const& property : object.propSet) {
      CAPTURE(property.name);
      if (property.name == "name") {
        REQUIRE(property.val.as<std::string>() != nullptr);
        CHECK(property.val.as<std::int32_t>() == nullptr);
      } else if (property.name == "config.hardware.memoryMB") {
        REQUIRE(property.val.as<std::int32_t>() != nullptr);
        CHECK(*property.val.as<std::int32_t>() == 32);
      } else if (property.name == "datastore") {
        CHECK(property.val.type_name() == "ArrayOfManagedObjectReference");
      } else {
        using devices = std::vector<esxvi::Poly<vim::VirtualDevice>>;
        REQUIRE(property.val.as<devices>() != nullptr);
        int disks = 0;
        int cards = 0;
        for (auto const& device : *property.val.as<devices>()) {
          if (device.is<vim::VirtualDisk>()) ++disks;
          // Of a type that this program does not name, but a kind of card all the same.
          if (device.is<vim::VirtualEthernetCard>()) ++cards;
        }
        CHECK(disks == 1);
        CHECK(cards == 1);
      }
    }
  }
}
