// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Connections broken at every byte in front of a server that is not ours: the vSphere simulator.
#include <esxvi/query/watch.hpp>

#include <esxvi/task.hpp>

#include "faults/peer_site.hpp"
#include "query/watch_rows.hpp"

using namespace esxvi::test;

namespace {

/// Open, list and close on a new connection.
struct Listing final : Scenario {
  PeerSite at;
  std::optional<esxvi::error> failed{};
  std::size_t found = 0;

  explicit Listing(Peer const& peer) : at(peer) {}
  FaultProxy& proxy() override { return at.proxy; }
  void run() override {
    found = 0;
    failed = error_of([&] {
      auto session = at.open();
      found = session.retrieve<vim::VirtualMachine, "name">().size();
      session.logout();
    });
  }
  std::string judge() override {
    if (!failed && found != 3) return "a wrong list was taken for right";
    if (!failed) return "";
    auto const why = std::string(failed->what());
    run();
    if (failed) return "still broken: " + std::string(failed->what()) + " after " + why;
    return found == 3 ? "" : "a wrong list after the fault";
  }
};

/// A cache is filled, follows a change, and goes.
struct Watching final : Scenario {
  Peer peer{plain_esx};  // its own, for others change the same machine
  PeerSite at{peer};
  esxvi::Session session = at.open();
  std::vector<MachineRow> rows{};
  int round = 0;

  FaultProxy& proxy() override { return at.proxy; }
  void run() override {
    rows.clear();
    esxvi::Watch<MachineRow> cache{session, {.outage = 5s}};
    cache.poll(now);
    esxvi::run_task(at.inside(), vim::ReconfigVM_Task{.self = at.machine(),
                                                      .spec = vim::VirtualMachineConfigSpec{
                                                          .name = "web" + std::to_string(round),
                                                          .memoryMB = 32 + 4 * (round % 100)}});
    ++round;
    cache.poll(now);
    for (auto const& [vm, row] : cache) rows.push_back(row);
  }
  std::string judge() override {
    if (rows.size() != 3) return std::to_string(rows.size()) + " rows";
    for (auto const& row : rows) {
      auto const is = at.inside().retrieve<MachineRow>({.objects = {row.vm}}).at(0);
      if (row.name != is.name || row.power != is.power || row.memory != is.memory)
        return "the cache has " + row.name + ", the server " + is.name;
    }
    return "";
  }
};

}  // namespace

TEST_CASE("faults of a peer: open, list and close, broken anywhere") {
  ESXVI_NEED_PEER();
  sweep([] { return std::make_unique<Listing>(shared_peer()); }, 60);
}

TEST_CASE("faults of a peer: open, list and close over TLS, broken anywhere") {
  ESXVI_NEED_PEER();
  Peer const peer(esx);
  sweep([&] { return std::make_unique<Listing>(peer); }, 30);
}

TEST_CASE("faults of a peer: a cache, broken anywhere") {
  ESXVI_NEED_PEER();
  sweep([] { return std::make_unique<Watching>(); }, 20);
}
