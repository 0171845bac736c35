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

/// A cache is filled, follows a change, and goes. The simulator tells an update once, also where
/// its reply gets lost, so rows may be missing or as they were; but none is wrong, and the next
/// cache is right.
struct Watching final : Scenario {
  Peer peer{plain_esx};  // its own, for others change the same machine
  PeerSite at{peer};
  esxvi::Session session = at.open();
  esxvi::Ref<vim::VirtualMachine> machine = at.machine();
  std::vector<MachineRow> rows{};
  std::string before{};
  int round = 0;

  FaultProxy& proxy() override { return at.proxy; }
  void run() override {
    esxvi::Watch<MachineRow> cache{session, {.outage = 5s}};
    cache.poll(now);
    before = at.inside().retrieve<MachineRow>({.objects = {machine}}).at(0).name;
    esxvi::run_task(at.inside(),
                    vim::Rename_Task{.self = machine, .newName = "web" + std::to_string(++round)});
    cache.poll(now);
    rows.clear();
    for (auto const& [vm, row] : cache) rows.push_back(row);
  }
  std::string judge() override {
    if (auto problem = compare(rows, true); !problem.empty()) return problem;
    esxvi::Watch<MachineRow> next{session};
    next.poll(now);
    rows.clear();
    for (auto const& [vm, row] : next) rows.push_back(row);
    return rows.size() == 3 ? compare(rows, false) : "the next cache is not whole";
  }
  std::string compare(std::vector<MachineRow> const& some, bool or_before) {
    for (auto const& row : some) {
      auto const is = at.inside().retrieve<MachineRow>({.objects = {row.vm}}).at(0);
      bool const old = or_before && row.vm == machine && row.name == before;
      if ((row.name != is.name && !old) || row.power != is.power || row.memory != is.memory)
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
