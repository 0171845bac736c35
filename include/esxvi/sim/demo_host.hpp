// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/host.hpp>

#include <memory>
#include <span>
#include <string_view>

/// Ready-made hosts, for demonstrations and quick tests.
namespace esxvi::sim {

/// A ready-made host; `sim://NAME` connects to it.
struct DemoHost {
  std::string_view name{};
  std::string_view description{};
};
[[nodiscard]] std::span<DemoHost const> demo_hosts() noexcept;

/// Makes one of demo_hosts(), in real time. Users are `root` and `administrator@vsphere.local`; the
/// password of both is `esxvi`. Throws not_found, which lists the names, for any other name.
[[nodiscard]] std::unique_ptr<Host> demo_host(std::string_view name);

/// Adds so many machines, in this order and again from the beginning: `web01` runs, `serial02` is
/// off and asks at power-on what to do with the file behind its serial port, `db03` runs and has
/// two snapshots, `test04` is off, `idle05` is suspended, `app06` runs.
void add_demo_machines(Host& host, int count = 6);

/// What `sim://NAME` connects to: the host of that name, made for the first who asks, and shared
/// by all in this process for as long as anybody has it. Thread-safe.
[[nodiscard]] std::shared_ptr<Host> shared_demo_host(std::string_view name);

}  // namespace esxvi::sim
