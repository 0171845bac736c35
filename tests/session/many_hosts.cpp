// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Many hosts on one thread: what each costs in requests and memory. `./run bench thousand_hosts` is
// the same with 1,000, over TLS, by the clock.
//
// The hosts are in this process, on other threads; what those allocate does not count.
#include "support/sim_park.hpp"
#include "support/skip.hpp"
#include "support/thread_heap.hpp"

#include <esxvi/query.hpp>
#include <esxvi/query/async.hpp>
#include <esxvi/session.hpp>
#include <esxvi/session/async.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace sim = esxvi::sim;
namespace vim = esxvi::types;
using esxvi::test::living;
using esxvi::test::most;
using esxvi::test::SimPark;

namespace {

constexpr int hosts = 200;
constexpr int machines = 10;  // on each
constexpr std::int64_t limit_of_host = 256 * 1024;

std::size_t threads() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                    std::filesystem::directory_iterator()));
}

// ---- the client
// ----------------------------------------------------------------------------------

esxvi::Async<esxvi::Session> inventory(esxvi::CurlLoop& loop, std::string url) {
  esxvi::CurlOptions options{.no_proxy = "*"};
  esxvi::any_transport transport{esxvi::CurlLoopTransport(loop, std::move(options))};
  esxvi::Credentials who{"root", "esxvi"};
  auto session = co_await esxvi::async_open(std::move(transport), std::move(url), std::move(who));
  auto const rows =
      co_await session.async_retrieve<vim::VirtualMachine, "name", "runtime.powerState">();
  CHECK(rows.size() == machines);
  co_return session;
}

}  // namespace

TEST_CASE("200 hosts on one thread: 4 requests and less than 256 KiB each, all open at a time") {
  esxvi::test::count_libcurl();
  SimPark park(hosts, machines);
  sim::Server const server(park);
  std::vector<std::string> urls;
  for (int i = 0; i < hosts; ++i)
    urls.push_back("http://" + SimPark::name_of(i) + ":" + std::to_string(server.port()) + "/sdk");
  auto const inventories = [&](esxvi::CurlLoop& loop) {
    std::vector<esxvi::Async<esxvi::Session>> jobs;
    for (auto const& url : urls) jobs.push_back(inventory(loop, url));
    return loop.run(when_all(std::move(jobs), 64));
  };
  // What is made once, the threads of the hosts among it.
  try {
    esxvi::CurlLoop loop;
    inventories(loop);
  } catch (esxvi::host_not_found const&) {
    ESXVI_SKIP("this libcurl does not know names that end in .localhost");
  }

  auto const requests = server.statistics().requests;
  auto const threads_before = threads();
  auto const before = most = living;
  std::int64_t open = 0;
  {
    esxvi::CurlLoop loop;
    auto sessions = inventories(loop);
    open = living - before;
    CHECK(threads() == threads_before);
    CHECK(server.statistics().open >= hosts);
    for (auto const& session : sessions) CHECK(session.requests() == 3);
    for (auto const& host : park.hosts()) CHECK(host->sessions().size() == 1);

    std::vector<esxvi::Async<void>> ends;
    for (auto& session : sessions) ends.push_back(async_logout(session));
    loop.run(when_all(std::move(ends), 64));
  }
  CHECK(living == before);     // nothing stays
  CHECK(open > 1024 * hosts);  // it was counted
  CHECK(open < limit_of_host * hosts);
  CHECK(most - before < limit_of_host * hosts);
  CHECK(server.statistics().requests - requests == 4 * hosts);
  for (auto const& host : park.hosts()) CHECK(host->sessions().empty());
}
