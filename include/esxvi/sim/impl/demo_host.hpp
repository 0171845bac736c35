// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Ready-made hosts. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/sim/demo_host.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <string>

namespace esxvi::sim {

namespace detail {

namespace {

/// A kind of machine, which the names of its machines begin with.
struct DemoMachine {
  std::string_view name;
  int memory;
  int cpus;
  std::int64_t disk;
  std::string_view guest_id;
  std::string_view guest_name;
  std::string_view annotation;
  bool on = false;
  bool suspended = false;
  bool serial_file = false;
  bool snapshots = false;
};

constexpr DemoMachine demo_machines[] = {
    {.name = "web",
     .memory = 2048,
     .cpus = 2,
     .disk = 16,
     .guest_id = "debian12_64Guest",
     .guest_name = "Debian GNU/Linux 12 (64-bit)",
     .annotation = "serves pages",
     .on = true},
    {.name = "serial",
     .memory = 1024,
     .cpus = 1,
     .disk = 16,
     .guest_id = "otherLinux64Guest",
     .guest_name = "Other Linux (64-bit)",
     .annotation = "asks at power-on what to do with the file behind its serial port",
     .serial_file = true},
    {.name = "db",
     .memory = 8192,
     .cpus = 4,
     .disk = 100,
     .guest_id = "rhel9_64Guest",
     .guest_name = "Red Hat Enterprise Linux 9 (64-bit)",
     .annotation = "has snapshots",
     .on = true,
     .snapshots = true},
    {.name = "test",
     .memory = 4096,
     .cpus = 2,
     .disk = 40,
     .guest_id = "windows2019srv_64Guest",
     .guest_name = "Microsoft Windows Server 2019 (64-bit)",
     .annotation = ""},
    {.name = "idle",
     .memory = 1024,
     .cpus = 1,
     .disk = 16,
     .guest_id = "otherLinux64Guest",
     .guest_name = "Other Linux (64-bit)",
     .annotation = "sleeps",
     .suspended = true},
    {.name = "app",
     .memory = 1024,
     .cpus = 1,
     .disk = 16,
     .guest_id = "debian12_64Guest",
     .guest_name = "Debian GNU/Linux 12 (64-bit)",
     .annotation = "",
     .on = true},
};

/// Tasks that take long enough to be watched.
inline void slow_down(Host& host) {
  host.plan_tasks([](untyped_ref const&, std::string_view operation, TaskPlan& plan) {
    if (operation != "VirtualMachine.powerOn" && operation != "VirtualMachine.createSnapshot")
      return;
    plan.running = std::chrono::milliseconds(1500);
    plan.progress = {4, 11, 19, 28, 36, 45, 52, 61, 70, 78, 86, 93, 98};
  });
}

inline void make_demo(Host& host) {
  add_demo_machines(host);
  slow_down(host);
}

/// Two folders of machines, and machines on both hosts.
inline void make_vcenter(Host& host) {
  add_demo_machines(host);
  auto const production = host.add_folder(host.places().vm_folder, "production");
  auto const hosts = host.get<types::ComputeResource>(host.places().compute_resource)->host;
  for (int i = 1; i <= 4; ++i)
    host.add_vm("shop0" + std::to_string(i))
        .memory(4096)
        .cpus(2)
        .folder(production)
        .host(hosts[static_cast<std::size_t>(i) % hosts.size()])
        .powered_on();
  host.add_vm("template").folder(host.add_folder(host.places().vm_folder, "spare"));
  slow_down(host);
}

struct DemoRow {
  DemoHost shown;
  bool vcenter;
  void (*make)(Host&);
};
constexpr DemoRow demo_rows[] = {
    {{"demo", "an ESX host with six machines: some run, one asks a question, one has snapshots"},
     false,
     &make_demo},
    {{"vcenter", "a vCenter with a cluster of two hosts, folders, and eleven machines"},
     true,
     &make_vcenter},
    {{"empty", "an ESX host without machines"}, false, [](Host&) {}},
    {{"big", "an ESX host with 10,000 machines"},
     false,
     [](Host& host) { add_demo_machines(host, 10'000); }},
};

}  // namespace
}  // namespace detail

std::span<DemoHost const> demo_hosts() noexcept {
  static constexpr auto all = [] {
    std::array<DemoHost, std::size(detail::demo_rows)> out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = detail::demo_rows[i].shown;
    return out;
  }();
  return all;
}

std::unique_ptr<Host> demo_host(std::string_view name) {
  auto const* const row = std::find_if(std::begin(detail::demo_rows), std::end(detail::demo_rows),
                                       [&](auto const& r) { return r.shown.name == name; });
  if (row == std::end(detail::demo_rows)) {
    std::string known;
    for (auto const& one : demo_hosts())
      known.append(known.empty() ? "there are " : ", ").append(one.name);
    throw not_found({"making a simulated host", std::string(name),
                     "there is no ready-made host of this name", std::move(known)});
  }
  User const root{.name = "root", .password = "esxvi", .full_name = "Administrator"};
  User const administrator{
      .name = "administrator@vsphere.local", .password = "esxvi", .full_name = "Administrator"};
  auto host =
      std::make_unique<Host>(HostOptions{.vcenter = row->vcenter, .users = {root, administrator}});
  auto const hold = host->lock();
  row->make(*host);
  return host;
}

void add_demo_machines(Host& host, int count) {
  auto const hold = host.lock();
  auto const store = host.get<types::Datastore>(host.places().datastore)->name;
  for (int i = 1; i <= count; ++i) {
    constexpr auto kinds = static_cast<int>(std::size(detail::demo_machines));
    auto const& kind = detail::demo_machines[(i - 1) % kinds];
    auto const name = std::string(kind.name) + (i < 10 ? "0" : "") + std::to_string(i);
    MachineBuilder vm = host.add_vm(name);
    vm.memory(kind.memory)
        .cpus(kind.cpus)
        .disk(kind.disk)
        .guest(std::string(kind.guest_id), std::string(kind.guest_name))
        .annotation(std::string(kind.annotation));
    if (kind.on) vm.powered_on().host_name(name).ip("192.0.2." + std::to_string(i % 250 + 1));
    if (kind.suspended) vm.suspended();
    if (kind.serial_file) vm.serial_file("[" + store + "] " + name + "/serial.out");
    if (kind.snapshots) vm.snapshot("installed").snapshot("before the upgrade");
  }
}

std::shared_ptr<Host> shared_demo_host(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<Host>, std::less<>> shared;
  std::lock_guard const lock(mutex);
  if (auto const known = shared.find(name); known != shared.end())
    if (auto host = known->second.lock()) return host;
  std::shared_ptr<Host> host = demo_host(name);
  shared[std::string(name)] = host;
  return host;
}

}  // namespace esxvi::sim
