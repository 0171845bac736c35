// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A simulated host that listens, with a proxy in front of it that breaks connections.
#pragma once

#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/transport/curl.hpp>
#include <esxvi/types/PropertyFilter.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "faults/sweep.hpp"

namespace esxvi::test {

namespace vim = esxvi::types;

/// Host, server and proxy. The host must be sound at the end.
struct Plant {
  sim::Host host;
  sim::Server server;
  FaultProxy proxy;

  explicit Plant(sim::ServerOptions options = {}, int machines = 3)
      : server(host, std::move(options)), proxy(server.port()) {
    for (int i = 1; i <= machines; ++i) host.add_vm("web0" + std::to_string(i));
    // Tasks take no longer than it takes to ask for them.
    host.plan_tasks([](auto const&, auto, sim::TaskPlan& plan) { plan.running = 0ms; });
  }
  Plant(Plant const&) = delete;
  Plant& operator=(Plant const&) = delete;
  ~Plant() {
    server.stop();
    for (auto const& problem : host.check()) FAIL_CHECK(problem);
  }

  [[nodiscard]] std::string url() const {
    return proxy.url("/sdk", server.is_tls() ? "https" : "http");
  }
  [[nodiscard]] Credentials who() const { return {host.options().users.front().name, "esxvi"}; }
  Session open(CurlOptions curl = {}) {
    curl.verify = false;
    return Session(CurlTransport(impatient(std::move(curl))), url(), who(), brisk());
  }
  /// Without sockets: to look, and to put things right.
  Session inside() { return Session(sim::Transport(host), "https://inside/sdk", who(), brisk()); }

  [[nodiscard]] std::vector<std::string> names() {
    std::vector<std::string> all;
    for (auto const& vm : host.all<vim::VirtualMachine>())
      all.push_back(host.get<vim::VirtualMachine>(vm)->name);
    std::sort(all.begin(), all.end());
    return all;
  }
};

/// Compares what an error says about the server with what the server knows. `before` and `now`:
/// how often it ran the method that failed.
inline std::string judge_delivery(error const& e, std::uint64_t before, std::uint64_t now) {
  if (e.delivered() == delivery::not_sent && now != before)
    return std::string("the server has seen what was \"not sent\": ") + e.what();
  if (e.delivered() == delivery::answered && now == before)
    return std::string("nobody answered what is \"answered\": ") + e.what();
  return {};
}

}  // namespace esxvi::test
