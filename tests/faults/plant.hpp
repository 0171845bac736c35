// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A simulated host that listens, with a proxy in front of it that breaks connections.
#pragma once

#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/types/PropertyFilter.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "faults/site.hpp"

namespace esxvi::test {

/// What has to be there before the proxy.
struct PlantServer {
  sim::Host host{};
  sim::Server server;
  explicit PlantServer(sim::ServerOptions options) : server(host, std::move(options)) {}
};

/// Host, server and proxy. The host must be sound at the end.
struct Plant : PlantServer, Site {
  explicit Plant(sim::ServerOptions options = {}, int machines = 3)
      : PlantServer(std::move(options)),
        Site(server.port(), server.is_tls(), {host.options().users.front().name, "esxvi"}) {
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

  /// Without sockets: to look, and to put things right.
  Session inside() { return Session(sim::Transport(host), "https://inside/sdk", who(), brisk()); }

  /// Requests that the host ran, of one method or of all.
  [[nodiscard]] std::uint64_t calls(std::string_view method = {}) { return host.calls(method); }
  [[nodiscard]] std::size_t sessions() { return host.sessions().size(); }
  [[nodiscard]] std::size_t filters() { return host.all<vim::PropertyFilter>().size(); }
  [[nodiscard]] Ref<vim::VirtualMachine> machine() {
    return host.all<vim::VirtualMachine>().front();
  }
  [[nodiscard]] std::vector<std::string> names() {
    std::vector<std::string> all;
    for (auto const& vm : host.all<vim::VirtualMachine>())
      all.push_back(host.get<vim::VirtualMachine>(vm)->name);
    std::sort(all.begin(), all.end());
    return all;
  }

  /// Waits until the server holds a poll back. A change may just be on its way: so it has to last.
  void until_held() {
    auto const until = std::chrono::steady_clock::now() + 60s;
    for (int quiet = 0; quiet < 20;) {
      if (std::chrono::steady_clock::now() > until)
        throw std::runtime_error("the server holds no poll back");
      std::this_thread::sleep_for(1ms);
      quiet = server.statistics().waiting == 1 ? quiet + 1 : 0;
    }
  }
};

/// Open, list and close on a new connection: `life` does it, and says how many machines it found.
class Everything final : public Scenario {
 public:
  using Life = std::function<std::size_t(Plant&)>;

  explicit Everything(Life life, sim::ServerOptions options = {})
      : at_(std::move(options), 2), life_(std::move(life)) {}

  FaultProxy& proxy() override { return at_.proxy; }
  void run() override {
    found_ = 0;
    failed_ = error_of([&] { found_ = life_(at_); });
  }
  std::string judge() override {
    auto const left = at_.sessions();
    at_.host.end_all_sessions();
    if (!failed_) return left == 0 && found_ == 2 ? "" : "a wrong result was taken for right";
    // Whose reply was lost nobody can log out.
    bool const excused = failed_->operation() == "Login" || failed_->operation() == "Logout";
    auto const why = std::string(failed_->what());
    if (left > (excused ? 1U : 0U)) return "left behind after " + why;
    run();
    if (failed_) return "still broken: " + std::string(failed_->what()) + " after " + why;
    return at_.sessions() == 0 && found_ == 2 ? "" : "it does not go on";
  }

 private:
  Plant at_;
  Life life_;
  std::optional<error> failed_{};
  std::size_t found_ = 0;
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
