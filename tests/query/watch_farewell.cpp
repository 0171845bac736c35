// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// How long caches clean up: not long when somebody has waited long enough already.
#include "query/watch_fixture.hpp"
#include "session/limits.hpp"

#include <optional>
#include <stop_token>

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::Watch;
using vim::VirtualMachine;

namespace {

/// A cache with a view, over a transport that notes limits.
struct Cached : Watched {
  Noting noting{esxvi::any_transport(esxvi::sim::Transport(host))};
  esxvi::Session noted{esxvi::any_transport(noting), "https://esx01.example.test/sdk",
                       esxvi::Credentials{"root", "esxvi"}};
  std::optional<Watch<MachineRow>> cache{};
  std::stop_source stop{};

  Cached() {
    host.add_vm("web01");
    cache.emplace(noted, esxvi::WatcherOptions{.outage = 0ms},
                  esxvi::WatchOptions<VirtualMachine>{.view = true});
  }
  void stop_at(std::string method) {
    *noting.before = [this, method](std::string_view operation) {
      if (operation == method) stop.request_stop();
    };
  }
  [[nodiscard]] bool all(bool (*like)(std::chrono::milliseconds)) const {
    return like(noting.limits->at("DestroyPropertyCollector")) &&
           like(noting.limits->at("DestroyView"));
  }
};

}  // namespace

TEST_CASE("a cache whose poll was stopped is hasty to end") {
  Cached at;
  at.cache->poll(now);
  at.stop_at("WaitForUpdatesEx");
  CHECK_THROWS_AS(at.cache->poll({.wait = 60s, .call = {.stop = at.stop.get_token()}}),
                  esxvi::cancelled);
  at.cache.reset();
  CHECK(at.all(&hasty));
}

TEST_CASE("a cache whose poll took longer than its deadline is hasty to end") {
  Cached at;
  at.cache->poll(now);
  at.host.cause({.method = "WaitForUpdatesEx", .times = -1, .delay = 60s});
  CHECK_THROWS_AS(at.cache->poll({.wait = 0s, .call = {.deadline = 1s}}), esxvi::timeout);
  at.host.clear_troubles();
  at.cache.reset();
  CHECK(at.all(&hasty));
}

TEST_CASE("a cache that was stopped when its filter was made is hasty to forget") {
  Cached at;
  at.host.cause({.method = "CreateFilter", .times = -1, .delay = 60s});
  CHECK_THROWS_AS(at.cache->poll({.wait = 0s, .call = {.deadline = 1s}}), esxvi::timeout);
  CHECK(at.all(&hasty));
}

TEST_CASE("a cache that ends in peace has time for it, also after a poll that was stopped") {
  Cached at;
  at.cache->poll(now);
  at.stop_at("WaitForUpdatesEx");
  CHECK_THROWS_AS(at.cache->poll({.wait = 60s, .call = {.stop = at.stop.get_token()}}),
                  esxvi::cancelled);
  *at.noting.before = nullptr;
  at.cache->poll(now);
  at.cache.reset();
  CHECK(at.all(&patient));
}
