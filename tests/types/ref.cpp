// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// References to managed objects.
#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/core.hpp>

#include <doctest/doctest.h>

#include <map>
#include <sstream>
#include <type_traits>
#include <unordered_set>

using namespace esxvi;
namespace vim = esxvi::types;

TEST_CASE("a reference carries the kind it was declared with until the server says another") {
  Ref<vim::VirtualMachine> const vm("vm-42");
  CHECK(vm.type() == "VirtualMachine");
  CHECK(vm.value() == "vm-42");
  CHECK(vm.server_guid().empty());
  Ref<vim::ManagedEntity> const entity("ClusterComputeResource", "domain-c8", "guid-1");
  CHECK(entity.type() == "ClusterComputeResource");
  CHECK(entity.server_guid() == "guid-1");
  // A kind that is only declared here.
  CHECK(Ref<vim::ContainerView>("session[1]").type() == "ContainerView");
}

TEST_CASE("a reference without id is empty, whatever its kind") {
  CHECK_FALSE(Ref<vim::VirtualMachine>());
  CHECK(Ref<vim::VirtualMachine>().type() == "VirtualMachine");
  CHECK(Ref<vim::VirtualMachine>("x"));
}

TEST_CASE("up the kinds a reference converts silently, down only when told, and keeps its kind") {
  using vm_ref = Ref<vim::VirtualMachine>;
  using entity_ref = Ref<vim::ManagedEntity>;
  static_assert(std::is_convertible_v<vm_ref, entity_ref>);
  static_assert(!std::is_convertible_v<entity_ref, vm_ref>);
  static_assert(std::is_constructible_v<vm_ref, entity_ref>);
  static_assert(!std::is_convertible_v<std::string, vm_ref>);
  vm_ref const vm("VirtualMachine", "vm-1", "other");
  entity_ref const up = vm;
  CHECK(up.type() == "VirtualMachine");
  CHECK(up.server_guid() == "other");
  CHECK(vm_ref(up) == vm);
}

TEST_CASE("equality and order are those of kind, id and server") {
  using ref = Ref<vim::ManagedEntity>;
  CHECK(ref("VirtualMachine", "1") == ref("VirtualMachine", "1"));
  CHECK(ref("VirtualMachine", "1") != ref("Folder", "1"));
  CHECK(ref("VirtualMachine", "1") != ref("VirtualMachine", "2"));
  CHECK(ref("VirtualMachine", "1") != ref("VirtualMachine", "1", "a"));
  CHECK(ref("Folder", "2") < ref("VirtualMachine", "1"));
  CHECK(ref("Folder", "1") < ref("Folder", "2"));
  std::map<ref, int> by_ref{{ref("Folder", "b"), 2}, {ref("Folder", "a"), 1}};
  CHECK(by_ref.begin()->second == 1);
}

TEST_CASE("references can be keys of hash tables") {
  std::unordered_set<Ref<vim::VirtualMachine>> seen;
  for (int i = 0; i < 100; ++i) seen.emplace("vm-" + std::to_string(i % 10));
  CHECK(seen.size() == 10);
  std::hash<Ref<vim::ManagedEntity>> const hash;
  CHECK(hash(Ref<vim::ManagedEntity>("A", "1")) == hash(Ref<vim::ManagedEntity>("A", "1")));
  CHECK(hash(Ref<vim::ManagedEntity>("A", "1")) != hash(Ref<vim::ManagedEntity>("B", "1")));
}

TEST_CASE("a reference prints its kind and its id") {
  std::ostringstream out;
  out << Ref<vim::VirtualMachine>("vm-42");
  CHECK(out.str() == "VirtualMachine vm-42");
}
