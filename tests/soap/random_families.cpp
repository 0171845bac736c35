// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Random events, faults, tasks and updates.
#include "soap/random_objects.hpp"

#include <esxvi/types/PropertyCollector_types.hpp>
#include <esxvi/types/TaskInfo.hpp>
#include <esxvi/types/event/VmEvent.hpp>
#include <esxvi/types/fault/InvalidState.hpp>
#include <esxvi/types/fault/NotFound.hpp>

#include "soap/sample.hpp"

using namespace esxvi;
using namespace esxvi::test;
namespace vim = esxvi::types;

namespace {
auto faults() {
  return types_named<vim::NotFound, vim::InvalidPowerState, vim::VimFault, vim::MethodFault>();
}
}  // namespace

TEST_CASE("random events survive the wire") {
  check_round_trips<std::vector<Poly<vim::Event>>>(
      100, types_named<vim::Event, vim::VmEvent, vim::VmPoweredOnEvent, vim::VmRelocatedEvent>());
}

TEST_CASE("random faults in faults survive the wire") {
  check_round_trips<vim::LocalizedMethodFault>(200, faults());
}

TEST_CASE("random tasks survive the wire") { check_round_trips<vim::TaskInfo>(100, faults()); }

TEST_CASE("random update sets survive the wire") {
  check_round_trips<vim::UpdateSet>(100, faults());
}

TEST_CASE("random values of every built-in type survive the wire") {
  check_round_trips<sample::Scalars>(1000);
  check_round_trips<sample::Drawing>(200,
                                     types_named<sample::Circle, sample::Polygon, sample::Point>());
}
