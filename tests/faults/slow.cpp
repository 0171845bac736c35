// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Connections that stand still, crawl, or die without a word, and those that are closed just when
// they are used again.
#include "faults/either.hpp"

#include <initializer_list>
#include <optional>

using namespace esxvi::test;
using esxvi::delivery;
using esxvi::errc;

namespace {

auto const vms = [](esxvi::Session& session) {
  return session.retrieve<vim::VirtualMachine, "name">().size();
};
void rename(esxvi::Session& session, AnySite& at, std::string name,
            std::chrono::milliseconds deadline = 10s) {
  static_cast<void>(session.call(vim::Rename_Task{.self = at.machine(), .newName = std::move(name)},
                                 {.deadline = deadline}));
}

}  // namespace

TEST_CASE("slow: one byte at a time, both ways") {
  ESXVI_NEED_SITE();
  AnySite at{};
  auto const before = at.sessions();
  at.proxy.piece(1);
  auto session = at.open();
  CHECK(vms(session) == 3);
  session.logout();
  CHECK(at.sessions() == before);
}

TEST_CASE("slow: pauses anywhere change nothing") {
  ESXVI_NEED_SITE();
  AnySite at{};
  auto session = at.open();
  std::vector<Fault> pauses;
  for (auto const after : std::initializer_list<std::uint64_t>{0, 1, 17, 150, 400})
    for (Way const way : {Way::request, Way::reply})
      pauses.push_back({.act = Act::delay, .way = way, .after = after, .time = 20ms});
  at.proxy.arm(pauses);
  CHECK(vms(session) == 3);
  CHECK(at.proxy.fired() == 10);
}

TEST_CASE("slow: silence ends with the deadline, and says what may have happened") {
  ESXVI_NEED_SITE();
  AnySite at{};
  auto session = at.open();
  rename(session, at, "warm");
  for (Act const act : {Act::stall, Act::vanish})
    for (Way const way : {Way::request, Way::reply})
      for (auto const after : std::initializer_list<std::uint64_t>{0, 20, 300}) {
        CAPTURE(static_cast<int>(act));
        CAPTURE(static_cast<int>(way));
        CAPTURE(after);
        std::uint64_t before = 0;
        std::optional<esxvi::error> e{};
        // A deadline that passes before the fault comes shows nothing: once more then, with a
        // longer one.
        for (auto deadline = 300ms; deadline < 10s; deadline *= 4) {
          before = at.calls("Rename_Task");
          at.proxy.arm({.act = act, .way = way, .after = after});
          e = error_of([&] { rename(session, at, "other", deadline); });
          if (!e || e->code() != errc::timeout || at.proxy.fired() > 0) break;
          at.proxy.lift();
          CHECK(at.proxy.settle());
        }
        REQUIRE(e.has_value());
        CHECK(e->code() == errc::timeout);
        CHECK(e->operation() == "Rename_Task");
        CHECK(at.proxy.fired() == 1);
        at.proxy.lift();
        CHECK(at.proxy.settle());
        auto const seen = at.calls("Rename_Task") - before;
        CHECK(seen == (way == Way::reply ? 1 : 0));
        // It went out on a connection: more nobody can know.
        CHECK(e->delivered() == delivery::unknown);
        CHECK(vms(session) == 3);
      }
}

TEST_CASE("slow: silence ends when somebody asks to stop") {
  ESXVI_NEED_SITE();
  AnySite at{};
  auto session = at.open();
  for (Way const way : {Way::request, Way::reply}) {
    at.proxy.arm({.act = Act::vanish, .way = way});
    std::stop_source stop;
    std::jthread impatient_one([&] {
      while (at.proxy.fired() == 0) std::this_thread::sleep_for(1ms);
      stop.request_stop();
    });
    auto const e = error_of([&] {
      static_cast<void>(
          session.retrieve<vim::VirtualMachine, "name">({.call = {.stop = stop.get_token()}}));
    });
    impatient_one.join();
    REQUIRE(e.has_value());
    CHECK(e->code() == errc::cancelled);
    at.proxy.lift();
    CHECK(vms(session) == 3);
  }
}

TEST_CASE("slow: a connection that is closed right behind a reply costs nothing but a new one") {
  ESXVI_NEED_SITE();
  AnySite at{};
  auto session = at.open();
  for (Act const act : {Act::close, Act::reset}) {
    at.proxy.arm(std::vector<Fault>{});
    CHECK(vms(session) == 3);
    auto const size = at.proxy.seen(Way::reply).size();
    auto const before = at.proxy.connections();
    // Each reply is followed by the end, and nothing is said of it in the header.
    at.proxy.arm({.act = act, .way = Way::reply, .after = size, .times = 5});
    for (int i = 1; i <= 6; ++i) {
      CHECK(vms(session) == 3);
      while (at.proxy.fired() < std::min(i, 5)) std::this_thread::yield();  // before the next call
    }
    CHECK(at.proxy.fired() == 5);
    CHECK(at.proxy.connections() == before + 5);
  }
}

TEST_CASE("slow: a connection that is closed just when the next request comes") {
  ESXVI_NEED_SITE();
  AnySite at{};
  auto session = at.open();
  for (Act const act : {Act::close, Act::reset}) {
    CAPTURE(static_cast<int>(act));
    SUBCASE("what only reads is asked again") {
      at.proxy.arm({.act = act, .way = Way::request, .after = 0});
      CHECK(vms(session) == 3);
      CHECK(at.proxy.fired() == 1);
    }
    SUBCASE("also when it happens to the connection that replaces it") {
      at.proxy.arm({.act = act, .way = Way::request, .after = 0, .times = 2});
      CHECK(vms(session) == 3);
      CHECK(at.proxy.fired() == 2);
    }
    SUBCASE("what changes something is not, as nobody can tell") {
      auto const before = at.calls("Rename_Task");
      at.proxy.arm({.act = act, .way = Way::request, .after = 0, .times = -1});
      auto const e = error_of([&] { rename(session, at, "other"); });
      REQUIRE(e.has_value());
      CHECK(e->code() == errc::connection_lost);
      CHECK(e->delivered() == delivery::unknown);
      CHECK(at.calls("Rename_Task") == before);
      at.proxy.lift();
      CHECK(vms(session) == 3);
    }
  }
}

TEST_CASE("slow: a server that is gone and comes back") {
  ESXVI_NEED_SITE();
  AnySite at{};
  auto session = at.open();
  at.proxy.arm({.act = Act::reset, .way = Way::request, .after = 0, .times = -1});
  auto const before = at.proxy.fired();
  auto const e = error_of([&] { static_cast<void>(vms(session)); });
  REQUIRE(e.has_value());
  CHECK(e->code() == errc::connection_lost);
  CHECK(at.proxy.fired() - before >= 3);  // as often as it is told to try
  at.proxy.lift();
  CHECK(vms(session) == 3);
}
