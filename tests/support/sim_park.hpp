// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Many simulated hosts behind one port.
#pragma once

#include <esxvi/sim.hpp>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace esxvi::test {

/// Gives each request to the host whose number is in its Host header: "h17.sim.localhost:443".
class SimPark final : public sim::WebHandler {
 public:
  SimPark(int hosts, int machines_of_each) {
    for (int i = 0; i < hosts; ++i) {
      auto& host = hosts_.emplace_back(std::make_unique<sim::Host>());
      for (int m = 0; m < machines_of_each; ++m)
        host->add_vm("vm" + std::to_string(m)).memory(2048).cpus(2);
    }
  }
  void handle(sim::WebRequest request, Done done, std::stop_token stop) override {
    auto const* const name = http::find_header(request.headers, "Host");
    auto const number = name == nullptr ? 0 : std::atoi(name->c_str() + 1);
    hosts_.at(static_cast<std::size_t>(number))
        ->handle(std::move(request), std::move(done), std::move(stop));
  }
  [[nodiscard]] static std::string name_of(int host) {
    return "h" + std::to_string(host) + ".sim.localhost";
  }
  [[nodiscard]] std::vector<std::unique_ptr<sim::Host>> const& hosts() const { return hosts_; }

 private:
  std::vector<std::unique_ptr<sim::Host>> hosts_{};
};

}  // namespace esxvi::test
