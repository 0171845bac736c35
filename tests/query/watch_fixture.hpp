// A simulated host with machines that are watched.
#pragma once

#include "query/watch_rows.hpp"
#include "sim/fixture.hpp"

#include <string>
#include <utility>

namespace esxvi::test {

struct Watched : Simulated {
  explicit Watched(sim::HostOptions options = {}) : Simulated(std::move(options)) {}
  Session session = open();

  void rename(MachineRef const& vm, std::string name) {
    host.modify(vm, [&](vim::VirtualMachine& m) { m.config->name = std::move(name); });
  }
  /// Requests that `f` sends.
  template <class F> std::uint64_t requests(F&& f) {
    auto const before = host.calls();
    std::forward<F>(f)();
    return host.calls() - before;
  }
};

}  // namespace esxvi::test
