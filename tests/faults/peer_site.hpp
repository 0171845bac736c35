// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The vSphere simulator, a server that is not ours, with a proxy in front of it that breaks
// connections.
#pragma once

#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/types/SessionManager_properties.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "faults/site.hpp"
#include "interop/vsphere.hpp"

namespace esxvi::test {

inline std::uint16_t port_of(Peer const& peer) {
  auto const authority = peer.authority();
  return static_cast<std::uint16_t>(std::stoul(authority.substr(authority.find(':') + 1)));
}

inline std::vector<std::string> const plain_esx{"-esx", "-vm", "3", "-http"};

/// One simulator with three machines for all tests of a program that change nothing, or one after
/// the other.
inline Peer const& shared_peer() {
  static Peer const peer(plain_esx);
  return peer;
}

/// What has to be there before the proxy: one more that breaks nothing, and remembers what came so
/// far, as the simulator counts no calls.
struct PeerRecorder {
  FaultProxy recorder;
  explicit PeerRecorder(Peer const& peer) : recorder(port_of(peer)) {}
};

struct PeerSite : PeerRecorder, Site {
  explicit PeerSite(Peer const& peer = shared_peer())
      : PeerRecorder(peer),
        Site(recorder.port(), peer.url().starts_with("https:"), {Peer::user(), Peer::password()}),
        direct_(CurlTransport(impatient({.verify = false})), peer.url(), who(), brisk()) {}

  /// A session that nothing breaks.
  Session& inside() { return direct_; }
  /// Whole requests that went to the simulator, of one method or of all. Not over TLS.
  [[nodiscard]] std::uint64_t calls(std::string_view method = {}) const {
    auto const end = method.empty() ? "Envelope>" : "</" + std::string(method) + ">";
    auto const text = recorder.seen(Way::request);
    std::uint64_t count = 0;
    for (auto at = text.find(end); at != text.npos; at = text.find(end, at + 1)) ++count;
    return count;
  }
  /// Besides the one of inside().
  [[nodiscard]] std::size_t sessions() {
    auto const rows = direct_.retrieve<vim::SessionManager, "sessionList">(
        {.objects = {*direct_.opening_content().sessionManager}});
    return std::get<1>(rows.at(0)).size() - 1;
  }
  [[nodiscard]] Ref<vim::VirtualMachine> machine() {
    return std::get<0>(direct_.retrieve<vim::VirtualMachine, "name">().at(0));
  }

 private:
  Session direct_;
};

}  // namespace esxvi::test
