// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Coroutines over connections that break: each of them ends, with the right result or an error, and
// no session is left on the host.
#include <esxvi/query/async.hpp>
#include <esxvi/session/async.hpp>
#include <esxvi/transport/curl_loop.hpp>

#include "faults/plant.hpp"

using namespace esxvi::test;
using esxvi::Async;
using esxvi::CurlLoop;

namespace {

/// Open, list and close: how many machines there are. (g++ 12: what a call takes has a name first.)
Async<std::size_t> life(CurlLoop& loop, Plant& at) {
  auto const uri = "esx://root@127.0.0.1:" + std::to_string(at.proxy.port()) + "/?no_verify=1" +
                   (at.server.is_tls() ? "" : "&transport=http");
  auto const provider = [who = at.who()](esxvi::Challenge const&) { return who; };
  auto const options = brisk();
  auto const curl = impatient();
  auto session = co_await async_connect(loop, uri, provider, options, curl);
  auto const rows = co_await session.async_retrieve<vim::VirtualMachine, "name">();
  co_await async_logout(session);
  co_return rows.size();
}

std::size_t alone(Plant& at) {
  CurlLoop loop;
  std::size_t found = 0;
  auto const e = error_of([&] { found = loop.run(life(loop, at)); });
  if (loop.has_work()) FAIL_CHECK("something goes on after the end");
  if (e) throw esxvi::error(*e);
  return found;
}

}  // namespace

TEST_CASE("faults of coroutines: open, list and close, broken anywhere") {
  sweep([] { return std::make_unique<Everything>(&alone); }, 120);
}

TEST_CASE("faults of coroutines: open, list and close over TLS, broken anywhere") {
  sweep([] { return std::make_unique<Everything>(&alone, esxvi::sim::ServerOptions{.tls = true}); },
        20);
}

TEST_CASE("faults of coroutines: many on one loop, and some of their connections break") {
  constexpr int many = 20;
  Plant at{{}, 2};
  CurlLoop loop;
  std::size_t lost = 0;
  std::size_t excused = 0;
  std::size_t right = 0;
  auto const one = [&]() -> Async<void> {
    try {
      if (co_await life(loop, at) == 2) ++right;
    } catch (esxvi::error const& e) {
      ++lost;
      if (e.operation() == "Login" || e.operation() == "Logout") ++excused;
    }
  };
  auto const all_together = [&] {
    lost = excused = right = 0;
    for (int i = 0; i < many; ++i) loop.spawn(one());
    loop.run();
  };
  at.proxy.arm(std::vector<Fault>{});
  all_together();
  CHECK(right == many);
  auto const size = at.proxy.seen(Way::reply).size();
  for (Act const act : {Act::close, Act::reset})
    for (std::uint64_t after = 1; after < size / 6; after += size / 72) {
      CAPTURE(static_cast<int>(act));
      CAPTURE(after);
      at.proxy.arm({.act = act, .way = Way::reply, .after = after, .times = 5});
      all_together();
      CHECK(at.proxy.fired() == 5);
      at.proxy.lift();
      CHECK(at.proxy.settle());
      CHECK(right + lost == many);
      CHECK(at.sessions() <= excused);
      at.host.end_all_sessions();
    }
}

TEST_CASE("faults of coroutines: silence ends with a stop, for all of them") {
  Plant at{{}, 2};
  CurlLoop loop;
  auto const open = [&]() -> Async<esxvi::Session> {
    auto const transport = esxvi::any_transport(esxvi::CurlLoopTransport{loop, impatient()});
    esxvi::LoginMeans const means(at.who());
    auto const options = brisk();
    co_return co_await async_open(transport, at.url(), means, options);
  };
  for (Act const act : {Act::stall, Act::vanish}) {
    CAPTURE(static_cast<int>(act));
    auto session = loop.run(open());
    at.proxy.arm({.act = act, .way = Way::reply, .after = 100, .times = -1});
    std::stop_source stop;
    int cancelled = 0;
    auto const ask = [&]() -> Async<void> {
      esxvi::QueryOptions<vim::VirtualMachine> const options{.call = {.stop = stop.get_token()}};
      try {
        static_cast<void>(co_await session.async_retrieve<vim::VirtualMachine, "name">(options));
      } catch (esxvi::cancelled const&) {
        ++cancelled;
      }
    };
    for (int i = 0; i < 5; ++i) loop.spawn(ask());
    // All of them stand still, or wait for one that does.
    while (at.proxy.fired() == 0) {
      loop.poll();
      std::this_thread::sleep_for(1ms);
    }
    stop.request_stop();
    loop.run();
    CHECK(cancelled == 5);
    at.proxy.lift();
    CHECK(at.proxy.settle());
    loop.run(async_logout(session));
    CHECK(at.sessions() == 0);
  }
}
