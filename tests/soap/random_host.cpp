// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Random capabilities of hosts: the longest struct there is.
#include "soap/random_objects.hpp"

#include <esxvi/types/HostCapability.hpp>
#include <esxvi/types/HostNetworkInfo.hpp>

using namespace esxvi;
using namespace esxvi::test;

TEST_CASE("random host capabilities survive the wire") {
  check_round_trips<types::HostCapability>(30);
}

TEST_CASE("random host networks survive the wire") {
  check_round_trips<types::HostNetworkInfo>(30);
}
