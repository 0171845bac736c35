// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The tests that include this are built twice: their AnySite is the simulated host, or, with
// ESXVI_TEST_PEER, the vSphere simulator. Both have three machines.
#pragma once

#ifdef ESXVI_TEST_PEER
  #include "faults/peer_site.hpp"
  #define ESXVI_NEED_SITE() ESXVI_NEED_PEER()
namespace esxvi::test {
using AnySite = PeerSite;
}
#else
  #include "faults/plant.hpp"
  #define ESXVI_NEED_SITE() static_cast<void>(0)
namespace esxvi::test {
using AnySite = Plant;
}
#endif
