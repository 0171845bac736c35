// Reading the widest properties there are from the simulator: hundreds of types in one reply.
#include "interop/vsphere.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <algorithm>

namespace vim = esxvi::types;
using namespace esxvi::test;

TEST_CASE(
    "whole objects: everything the simulator says of a virtual machine, a host, a datastore") {
  ESXVI_NEED_PEER();
  for (auto const& arguments : {esx, vcenter}) {
    Peer const peer(arguments);
    esxvi::Session session = open(peer);

    auto const machines =
        session.retrieve<vim::VirtualMachine, "capability", "config", "layoutEx", "storage",
                         "resourceConfig", "runtime", "guest", "summary", "datastore", "network">();
    REQUIRE(machines.size() >= 3);
    for (auto const& [vm, capability, config, layout, storage, resources, runtime, guest, summary,
                      datastores, networks] : machines) {
      REQUIRE(config.has_value());
      CHECK(config->name == summary.config.name);
      CHECK(summary.runtime.powerState == runtime.powerState);
      CHECK(datastores.size() == 1);
      CHECK_FALSE(config->files.vmPathName.value_or("").empty());
      auto const disks =
          std::count_if(config->hardware.device.begin(), config->hardware.device.end(),
                        [](auto const& device) { return device.template is<vim::VirtualDisk>(); });
      CHECK(disks == 1);
    }

    auto const hosts = session.retrieve<vim::HostSystem, "name", "hardware", "summary", "config",
                                        "capability", "runtime">();
    REQUIRE_FALSE(hosts.empty());
    for (auto const& [host, name, hardware, summary, config, capability, runtime] : hosts) {
      REQUIRE(hardware.has_value());
      CHECK(hardware->memorySize > 0);
      CHECK(hardware->cpuInfo.numCpuCores > 0);
      CHECK(summary.config.name == name);
      REQUIRE(config.has_value());
      CHECK_FALSE(config->product.version.empty());
      CHECK(runtime.connectionState == vim::HostSystemConnectionState::connected);
    }

    auto const stores = session.retrieve<vim::Datastore, "info", "summary", "host">();
    REQUIRE(stores.size() == 1);
    for (auto const& [store, info, summary, mounts] : stores) {
      REQUIRE(info.has_value());
      CHECK(info->name == summary.name);
      CHECK_FALSE(mounts.empty());
    }
  }
}
