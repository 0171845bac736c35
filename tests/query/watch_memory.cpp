// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What a live cache takes of its client's memory. The host works on other threads.
#include "support/thread_heap.hpp"

#include <esxvi/query.hpp>
#include <esxvi/query/watch.hpp>
#include <esxvi/session.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace sim = esxvi::sim;
namespace vim = esxvi::types;
using esxvi::test::living;

TEST_CASE("a live cache of 1,000 machines takes less than 2 KiB each, and changes take no more") {
  esxvi::test::count_libcurl();
  constexpr int machines = 1'000;
  esxvi::PollOptions const now{.wait = std::chrono::seconds(0)};
  sim::Host host;
  esxvi::Ref<vim::VirtualMachine> one;
  for (int i = 0; i < machines; ++i) one = host.add_vm("vm" + std::to_string(i)).memory(2048);
  sim::Server const server(host);
  esxvi::Session session(esxvi::CurlTransport{{.no_proxy = "*"}}, server.url("/sdk"),
                         esxvi::Credentials{"root", "esxvi"});
  using Cache = esxvi::Watch<vim::VirtualMachine, "name", "runtime.powerState",
                             "config.hardware.memoryMB", "guest.ipAddress">;
  auto const change = [&](Cache& cache, int number) {
    auto const of_client = living;
    host.modify(one, [&](auto& machine) { machine.config->name = std::to_string(number); });
    living = of_client;  // the host's does not count
    CHECK(cache.poll(now).size() == 1);
  };

  auto const before = living;
  Cache cache{session, esxvi::WatcherOptions{.page_size = 100}};
  CHECK(cache.poll(now).size() == machines);
  CHECK(cache.poll(now).empty());  // forgets that everything was new
  auto const taken = living - before;
  CHECK(taken > 100 * machines);  // it was counted
  CHECK(taken < 2048 * machines);

  for (int i = 100; i < 110; ++i) change(cache, i);  // to warm up
  auto const warm = living;
  auto const requests = session.requests();
  for (int i = 110; i < 200; ++i) change(cache, i);
  CHECK(session.requests() - requests == 90);
  // Less than a block a change: malloc rounds a little differently each time.
  CHECK(living - warm < 90 * 12);
}
