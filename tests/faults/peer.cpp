// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The same against a server that is not ours: the vSphere simulator, over TLS.
#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include "faults/sweep.hpp"
#include "interop/vsphere.hpp"

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

std::uint16_t port_of(Peer const& peer) {
  auto const authority = peer.authority();
  return static_cast<std::uint16_t>(std::stoul(authority.substr(authority.find(':') + 1)));
}

/// Open, list and close on a new connection.
struct Listing final : Scenario {
  FaultProxy between;
  std::optional<esxvi::error> failed{};
  std::size_t found = 0;

  explicit Listing(Peer const& peer) : between(port_of(peer)) {}
  FaultProxy& proxy() override { return between; }
  void run() override {
    found = 0;
    failed = error_of([&] {
      esxvi::Session session(esxvi::CurlTransport(impatient({.verify = false})),
                             between.url("/sdk", "https"), {Peer::user(), Peer::password()},
                             brisk());
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

}  // namespace

TEST_CASE("faults of a peer: open, list and close, broken anywhere") {
  ESXVI_NEED_PEER();
  Peer const peer(esx);
  sweep([&] { return std::make_unique<Listing>(peer); }, 40, 1000);
}
