// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A cache whose connection breaks: its rows are those of the host or the ones before, never a mix
// of both; each change is told once; nothing is left on the host.
#include "faults/plant.hpp"

#include <esxvi/query/watch.hpp>
#include <esxvi/task.hpp>
#include <esxvi/types/PropertyCollector.hpp>

#include <algorithm>
#include <future>
#include <map>
#include <tuple>

#include "query/watch_rows.hpp"

using namespace esxvi::test;
using esxvi::errc;

namespace {

using Cache = esxvi::Watch<MachineRow>;
/// Reference to name, power state and memory.
using Rows = std::map<std::string, std::tuple<std::string, std::string, std::int32_t>>;

Rows rows_of(Cache const& cache) {
  Rows rows;
  for (auto const& [vm, row] : cache)
    rows[vm.value()] = {row.name, std::string(row.power.literal()), row.memory.value_or(0)};
  return rows;
}

/// The rows that are neither as they were nor as they are: none should be.
std::string half_rows(Rows const& rows, Rows const& before, Rows const& after) {
  std::string half;
  for (auto const& row : rows)
    if (std::find(before.begin(), before.end(), row) == before.end() &&
        std::find(after.begin(), after.end(), row) == after.end())
      half += row.first + " ";
  return half;
}

/// A host on which one machine changes in several properties at a time, and another comes and goes.
struct Changing {
  Plant at{{}, 3};
  esxvi::Session admin = at.inside();
  std::string name = at.host.get<vim::VirtualMachine>(at.machine())->name;
  MachineRef guest{};
  int rounds = 0;

  [[nodiscard]] Rows rows() {
    Rows all;
    for (auto const& vm : at.host.all<vim::VirtualMachine>()) {
      auto const it = at.host.get<vim::VirtualMachine>(vm);
      all[vm.value()] = {it->name, std::string(it->runtime.powerState.literal()),
                         it->config->hardware.memoryMB};
    }
    return all;
  }
  /// What a cache has to tell of it.
  std::string change() {
    ++rounds;
    auto const old = std::exchange(name, "web" + std::to_string(rounds));
    esxvi::run_task(admin,
                    vim::ReconfigVM_Task{.self = at.machine(),
                                         .spec = vim::VirtualMachineConfigSpec{
                                             .name = name, .memoryMB = 64 + 4 * (rounds % 100)}});
    std::string guest_is = "+guest";
    if (guest) {
      esxvi::run_task(admin, vim::Destroy_Task{.self = std::exchange(guest, {})});
      guest_is = "-guest";
    } else {
      guest = at.host.add_vm("guest");
    }
    return guest_is + " ~" + old + ">" + name;
  }
  [[nodiscard]] std::size_t collectors() { return at.host.all<vim::PropertyCollector>().size(); }
};

/// What changed is asked for, by a cache that lasts. `patient`: the library bridges the fault by
/// itself; otherwise the error comes out, and the next poll makes up for it.
struct Follow final : Scenario {
  bool patient;
  Changing on{};
  esxvi::Session session;
  esxvi::Watcher watcher;
  Cache cache;
  std::size_t collectors = 0;
  std::optional<esxvi::error> failed{};
  Rows before{};
  std::string expected{};
  std::string heard{};

  explicit Follow(bool is_patient)
      : patient(is_patient),
        session(on.at.open({}, options(is_patient))),
        watcher(session, {.outage = is_patient ? 5s : 0s}),
        cache(watcher) {
    cache.poll(now);
    collectors = on.collectors();
  }
  static esxvi::SessionOptions options(bool patient) {
    auto o = brisk();
    if (!patient) o.retry.attempts = 1;
    return o;
  }

  FaultProxy& proxy() override { return on.at.proxy; }
  void run() override {
    before = rows_of(cache);
    expected = on.change();
    heard.clear();
    failed = error_of([&] { heard = told(cache.poll(now)); });
  }
  std::string judge() override {
    auto const after = on.rows();
    if (failed) {
      auto const why = std::string(failed->what());
      if (patient) return "an error that should have been bridged: " + why;
      if (!cache.stale()) return "not stale after " + why;
      if (auto const half = half_rows(rows_of(cache), before, after); !half.empty())
        return "half a row (" + half + ") after " + why;
      heard = told(cache.poll(now));
    }
    if (heard != expected) return "told: \"" + heard + "\" instead of \"" + expected + "\"";
    if (rows_of(cache) != after) return "the cache is not what the host is";
    if (cache.stale()) return "stale";
    if (on.at.filters() != 1 || on.collectors() != collectors) return "a filter or collector more";
    return "";
  }
};

/// A cache is made, filled, follows a change, and goes.
struct WholeLife final : Scenario {
  Changing on{};
  esxvi::Session session = on.at.open();
  std::size_t const collectors = on.collectors();
  std::optional<esxvi::error> failed{};
  Rows found{};
  std::string expected{};
  std::string heard{};

  FaultProxy& proxy() override { return on.at.proxy; }
  void run() override {
    failed = error_of([&] {
      Cache cache{session, {.outage = 5s}};
      cache.poll(now);
      expected = on.change();
      heard = told(cache.poll(now));
      found = rows_of(cache);
    });
  }
  std::string judge() override {
    if (failed) return "an error that should have been bridged: " + std::string(failed->what());
    if (heard != expected) return "told: \"" + heard + "\" instead of \"" + expected + "\"";
    if (found != on.rows()) return "the cache is not what the host is";
    // A collector whose creation or destruction got lost ends with the session.
    auto const left = on.collectors() - collectors;
    if (left > 1 || on.at.filters() > left) return "filters or collectors are left behind";
    if (left == 0) return "";
    session.logout();
    if (on.at.filters() > 0 || on.collectors() > collectors) return "they outlive their session";
    session = on.at.open();
    return "";
  }
};

/// A cache that is up to date, and its session.
struct Quiet {
  Changing on{};
  esxvi::Session session = on.at.open();
  std::size_t const collectors = on.collectors();
  Cache cache;

  explicit Quiet(esxvi::WatcherOptions const& options = {}) : cache(session, options) {
    cache.poll(now);
  }
};

}  // namespace

TEST_CASE("watch: what changed is asked for, broken anywhere, and the cache bridges it") {
  sweep([] { return std::make_unique<Follow>(true); }, 60);
}

TEST_CASE("watch: what changed is asked for, broken anywhere, and the error comes out") {
  sweep([] { return std::make_unique<Follow>(false); }, 120);
}

TEST_CASE("watch: the whole life of a cache, broken anywhere") {
  sweep([] { return std::make_unique<WholeLife>(); }, 60);
}

TEST_CASE("watch: the connection breaks again and again while nothing happens") {
  for (Act const act : {Act::close, Act::reset}) {
    CAPTURE(static_cast<int>(act));
    Quiet q;
    auto done = std::async(std::launch::async, [&] { return q.cache.poll({.wait = 60s}).size(); });
    for (int i = 0; i < 3; ++i) {
      q.on.at.until_held();
      q.on.at.proxy.cut(act);
      CHECK(q.on.at.proxy.settle());
    }
    q.on.at.until_held();
    CHECK(q.on.at.filters() == 1);  // no more than before
    q.on.change();
    CHECK(done.get() > 0);
    q.cache.poll(now);  // the first of several changes ends a poll
    CHECK(rows_of(q.cache) == q.on.rows());
    CHECK(q.cache.watcher()->statistics().syncs == 1);  // nothing was read anew
  }
}

TEST_CASE("watch: a connection that is lost now and then is no long outage") {
  Quiet q({.outage = 15ms});
  auto done = std::async(std::launch::async, [&] { return q.cache.poll({.wait = 60s}).size(); });
  for (int i = 0; i < 3; ++i) {
    q.on.at.until_held();  // for longer than the outage that is bridged
    q.on.at.proxy.cut(Act::close);
    CHECK(q.on.at.proxy.settle());
  }
  q.on.at.until_held();
  q.on.change();
  CHECK(done.get() > 0);
}

TEST_CASE("watch: a peer that falls silent") {
  Quiet q({.outage = 0ms});
  auto const timeout_of = [&](esxvi::PollOptions const& options) {
    auto const before = rows_of(q.cache);
    auto const e = error_of([&] { q.cache.poll(options); });
    REQUIRE(e.has_value());
    CHECK(e->code() == errc::timeout);
    CHECK(q.cache.stale());
    CHECK(half_rows(rows_of(q.cache), before, q.on.rows()) == "");
  };
  auto const goes_on = [&](std::string const& expected) {
    q.on.at.proxy.lift();
    CHECK(q.on.at.proxy.settle());
    CHECK(told(q.cache.poll(now)) == expected);
    CHECK(rows_of(q.cache) == q.on.rows());
    CHECK_FALSE(q.cache.stale());
    CHECK(q.on.at.filters() == 1);
  };
  SUBCASE("while nothing happens") {
    auto done = std::async(std::launch::async,
                           [&] { timeout_of({.wait = 60s, .call = {.deadline = 2500ms}}); });
    q.on.at.until_held();
    q.on.at.proxy.cut(Act::vanish);
    done.get();
    goes_on(q.on.change());
  }
  SUBCASE("before, within and at the end of its reply") {
    q.on.change();
    q.on.at.proxy.arm(std::vector<Fault>{});
    q.cache.poll(now);
    std::uint64_t const size = q.on.at.proxy.seen(Way::reply).size();
    for (Act const act : {Act::vanish, Act::stall})
      for (std::uint64_t const after : {std::uint64_t{0}, std::uint64_t{1}, size / 2, size - 40}) {
        CAPTURE(static_cast<int>(act));
        CAPTURE(after);
        auto const expected = q.on.change();
        q.on.at.proxy.arm({.act = act, .way = Way::reply, .after = after});
        timeout_of({.wait = 0s, .call = {.deadline = 300ms}});
        goes_on(expected);
      }
  }
}

TEST_CASE("watch: the session goes with the connection") {
  Quiet q;
  auto done = std::async(std::launch::async, [&] { return q.cache.poll({.wait = 60s}).size(); });
  q.on.at.until_held();
  q.on.at.proxy.cut(Act::reset);
  q.on.at.host.end_all_sessions();
  CHECK(done.get() == 0);  // a poll that reads everything does not wait
  CHECK(q.session.generation() == 1);
  auto const expected = q.on.change();
  CHECK(told(q.cache.poll(now)) == expected);
  CHECK(rows_of(q.cache) == q.on.rows());
  CHECK(q.on.at.filters() == 1);
  CHECK(q.on.collectors() == q.collectors + 1);
}

TEST_CASE("watch: what a cache could not take away goes with the session") {
  Quiet q;
  {
    Cache more{q.session};
    more.poll(now);
    CHECK(q.on.collectors() == q.collectors + 2);
    q.on.at.proxy.arm({.act = Act::reset, .way = Way::request, .after = 0, .times = -1});
  }
  q.on.at.proxy.lift();
  q.session.logout();
  CHECK(q.on.at.filters() == 0);
  CHECK(q.on.collectors() == q.collectors);
  CHECK(q.on.at.sessions() == 1);  // the one from inside
}
