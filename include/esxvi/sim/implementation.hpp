// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// The definitions behind <esxvi/sim.hpp>. They name some hundred types of the API and take two
/// minutes and, with all debug information, up to 6 GiB to compile (`-g1`: half of that). So
/// exactly one source file of a program includes this; everything else includes <esxvi/sim.hpp>
/// alone. A program that links the CMake target esxvi::sim, which compiles them in parts, may
/// include it as well: then it is empty.
#ifndef ESXVI_SIM_LIBRARY
  #include <esxvi/sim/impl/host.hpp>
  //
  #include <esxvi/sim/impl/admission.hpp>
  #include <esxvi/sim/impl/dispatch.hpp>
  #include <esxvi/sim/impl/property_path.hpp>
  //
  #include <esxvi/sim/impl/property_collector.hpp>
  //
  #include <esxvi/sim/impl/retrieval.hpp>
  #include <esxvi/sim/impl/sessions.hpp>
  #include <esxvi/sim/impl/updates.hpp>
  #include <esxvi/sim/impl/views.hpp>
  //
  #include <esxvi/sim/impl/authorization.hpp>
  #include <esxvi/sim/impl/datastore_browser.hpp>
  #include <esxvi/sim/impl/datastores.hpp>
  #include <esxvi/sim/impl/demo_host.hpp>
  #include <esxvi/sim/impl/events.hpp>
  #include <esxvi/sim/impl/history.hpp>
  #include <esxvi/sim/impl/host_info.hpp>
  #include <esxvi/sim/impl/inventory.hpp>
  #include <esxvi/sim/impl/kinds.hpp>
  #include <esxvi/sim/impl/licences.hpp>
  #include <esxvi/sim/impl/life.hpp>
  #include <esxvi/sim/impl/machine.hpp>
  #include <esxvi/sim/impl/network.hpp>
  #include <esxvi/sim/impl/pools.hpp>
  #include <esxvi/sim/impl/save.hpp>
  #include <esxvi/sim/impl/search_index.hpp>
  #include <esxvi/sim/impl/statistics.hpp>
  #include <esxvi/sim/impl/storage.hpp>
  #include <esxvi/sim/impl/tasks.hpp>
  //
  #include <esxvi/sim/impl/vm_autostart.hpp>
  #include <esxvi/sim/impl/vm_config.hpp>
  #include <esxvi/sim/impl/vm_console.hpp>
  #include <esxvi/sim/impl/vm_deltas.hpp>
  #include <esxvi/sim/impl/vm_devices.hpp>
  #include <esxvi/sim/impl/vm_files.hpp>
  #include <esxvi/sim/impl/vm_placement.hpp>
  #include <esxvi/sim/impl/vm_power.hpp>
  #include <esxvi/sim/impl/vm_provisioning.hpp>
  #include <esxvi/sim/impl/vm_questions.hpp>
  #include <esxvi/sim/impl/vm_registry.hpp>
  #include <esxvi/sim/impl/vm_snapshots.hpp>
  #include <esxvi/sim/impl/vm_vmx.hpp>
#endif
