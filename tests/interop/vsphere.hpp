// A session with the simulator in either of its two forms.
#pragma once

#include "support/peer.hpp"
#include "support/skip.hpp"

#include <esxvi/session.hpp>

#include <string>

namespace esxvi::test {

/// What a user would write: the URI of the peer.
inline std::string uri_of(Peer const& peer, std::string const& parameters = "?no_verify=1") {
  return "https://" + Peer::user() + "@" + peer.authority() + "/" + parameters;
}

inline Credentials right_password(Challenge const& challenge) {
  return {challenge.user, Peer::password()};
}

inline Session open(Peer const& peer) { return connect(uri_of(peer), right_password); }

/// Arguments of a peer with `vms` machines a host, both forms.
inline std::vector<std::string> const esx{"-esx", "-vm", "3"};
inline std::vector<std::string> const vcenter{"-vm", "3"};

}  // namespace esxvi::test

/// Leaves the test case, counted as skipped, where there is no simulator.
#define ESXVI_NEED_PEER() \
  if (auto const why = ::esxvi::test::Peer::why_missing()) ESXVI_SKIP(*why)
