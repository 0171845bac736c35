// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Random configurations of virtual machines, with devices of many kinds.
#include "soap/random_objects.hpp"

#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualE1000.hpp>
#include <esxvi/types/VirtualLsiLogicController.hpp>
#include <esxvi/types/VirtualMachineConfigInfo.hpp>
#include <esxvi/types/VirtualMachineSnapshotTree.hpp>

using namespace esxvi;
using namespace esxvi::test;
namespace vim = esxvi::types;

namespace {
auto devices() {
  return types_named<vim::VirtualDisk, vim::VirtualE1000, vim::VirtualLsiLogicController,
                     vim::VirtualDiskFlatVer2BackingInfo, vim::VirtualDiskSeSparseBackingInfo,
                     vim::VirtualDeviceDeviceBackingInfo, vim::VirtualDeviceFileBackingInfo,
                     vim::VirtualDevicePciBusSlotInfo>();
}
}  // namespace

TEST_CASE("random configurations of virtual machines survive the wire") {
  check_round_trips<vim::VirtualMachineConfigInfo>(40, devices());
}

TEST_CASE("random devices survive the wire") {
  check_round_trips<Poly<vim::VirtualDevice>>(200, devices());
}

TEST_CASE("random chains of disk files survive the wire") {
  check_round_trips<vim::VirtualDiskFlatVer2BackingInfo>(100, devices());
}

TEST_CASE("random trees of snapshots survive the wire") {
  check_round_trips<vim::VirtualMachineSnapshotTree>(100);
}
