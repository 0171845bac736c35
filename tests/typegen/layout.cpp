// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <doctest/doctest.h>
#include <graph.hpp>
#include <layout.hpp>

#include <algorithm>
#include <filesystem>

#include "support.hpp"

namespace esxvi::typegen {
namespace {

using namespace test;

const std::string& header_of(std::string_view name) {
  return full_model().layout.header_of.find(name)->second;
}

TEST_CASE("where the types of the real schema go") {
  const std::pair<std::string, std::string> expected[] = {
      // data objects: by the outermost class of the object model
      {"VirtualMachineConfigSpec", "VirtualMachineConfigSpec.hpp"},
      {"VirtualMachineCpuIdInfoSpec", "VirtualMachineConfigSpec.hpp"},
      {"HostNetworkInfo", "HostNetworkInfo.hpp"},
      {"TaskInfoState", "TaskInfo.hpp"},
      {"VirtualMachinePowerState", "VirtualMachine_types.hpp"},
      {"IScsiBootFailureEvent", "event/HostEvent.hpp"},
      {"OvfConsumerOstNode", "OvfConsumer_types.hpp"},  // of an object that is not public
      // faults and events: by family
      {"MethodFault", "MethodFault.hpp"},
      {"VimFault", "VimFault.hpp"},
      {"RuntimeFault", "RuntimeFault.hpp"},
      {"Event", "Event.hpp"},
      {"VmConfigFault", "fault/VmConfigFault.hpp"},
      {"CannotAccessVmDisk", "fault/VmConfigFault.hpp"},
      {"InvalidState", "fault/InvalidState.hpp"},
      {"NotSupported", "fault/NotSupported.hpp"},
      {"VmPoweredOnEvent", "event/VmEvent.hpp"},
      // groups that need each other
      {"LocalizedMethodFault", "MethodFault.hpp"},
      {"ProfileProfileStructureProperty", "ProfileProfileStructure.hpp"},
      {"ProfileApplyProfileProperty", "ApplyProfile.hpp"},
      // the rest
      {"VirtualMachine", "VirtualMachine.hpp"},
      {"PowerOnVM_Task", "VirtualMachine.hpp"},
      {"VirtualMachineGuestOsIdentifier", "constants/VirtualMachineGuestOsIdentifier.hpp"},
  };
  for (const auto& [name, path] : expected) {
    CAPTURE(name);
    CHECK(header_of(name) == path);
  }
  CHECK(full_model().layout.forwards.at("LocalizedMethodFault.hpp") == "MethodFault.hpp");
}

TEST_CASE("the headers include no circle, and a typical include stays small") {
  const Layout& layout = full_model().layout;
  std::map<std::string, std::size_t> index;
  for (const DataHeader& header : layout.data) index.emplace(header.path, index.size());
  Graph graph(index.size());
  for (const DataHeader& header : layout.data)
    for (const std::string& include : header.includes)
      graph[index.at(header.path)].push_back(index.at(include));
  auto component = strong_components(graph);
  std::sort(component.begin(), component.end());
  CHECK(std::adjacent_find(component.begin(), component.end()) == component.end());

  const auto closure = closures(graph);
  CHECK(closure[index.at("TaskInfo.hpp")].size() <= 10);
  CHECK(closure[index.at("VirtualMachineConfigSpec.hpp")].size() <= 60);
}

TEST_CASE("each type is in exactly one header") {
  const Layout& layout = full_model().layout;
  std::size_t structs = 0, enums = layout.constants.size();
  for (const DataHeader& header : layout.data) {
    structs += header.structs.size();
    enums += header.enums.size();
  }
  CHECK(structs == full_schema().structs.size());
  CHECK(enums == full_schema().enums.size());
  CHECK(layout.constants.size() == 372);
}

TEST_CASE("within a header what must be complete comes first") {
  const Schema schema = small_schema(
      "struct A vmodl=x.A\n  b AB\n  c AC[]?\n\nstruct AB vmodl=x.A.B\n  c AC\n\n"
      "struct AC vmodl=x.A.C\n\nstruct AD : AE vmodl=x.A.D\n\nstruct AE vmodl=x.A.E\n  a A[]\n  d "
      "AD?\n");
  const Model model(schema);
  REQUIRE(model.layout.data.size() == 1);
  std::string order;
  for (const Struct* structure : model.layout.data[0].structs) order += structure->name + ' ';
  CHECK(order == "AC AB A AE AD ");
}

TEST_CASE("headers whose names differ in case only are refused") {
  CHECK(error_of([] { generate_from("struct Abc\n\nstruct ABC\n"); }) ==
        "the headers ABC.hpp and Abc.hpp would be one file");
  CHECK(error_of([] { generate_from("struct Facts\n"); }) ==
        "the headers Facts.hpp and facts.hpp would be one file");
}

}  // namespace
}  // namespace esxvi::typegen
