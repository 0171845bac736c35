// A live cache of rows: what a poll tells, what it costs, and that nothing is left on the server.
#include "query/watch_fixture.hpp"

#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/Task_properties.hpp>

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::ChangeKind;
using esxvi::Watch;
using esxvi::Watcher;

TEST_CASE("the first poll adds everything, further ones tell only what changed") {
  Watched w;
  MachineRef const web = w.host.add_vm("web01").memory(512);
  w.host.add_vm("db01").powered_on();
  Watch<MachineRow> cache{w.session};
  CHECK(cache.empty());
  CHECK(cache.stale());
  CHECK(told(cache.poll()) == "+db01 +web01");
  CHECK_FALSE(cache.stale());
  REQUIRE(cache.find(web) != nullptr);
  CHECK(cache.find(web)->vm == web);
  CHECK(cache.find(web)->memory == 512);
  CHECK(cache.poll(now).empty());

  w.rename(web, "web02");
  auto const changes = cache.poll();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].kind == ChangeKind::changed);
  CHECK(changes[0].object == web);
  CHECK(changes[0].before->name == "web01");
  CHECK(changes[0].now->name == "web02");
  CHECK(changes[0].now == cache.find(web));
  CHECK(changes[0].now->memory == 512);
  CHECK(cache.poll(now).empty());
}

TEST_CASE("requests: none before the first poll, 3 for it, 1 for each other, 1 at the end") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01");
  {
    std::optional<Watch<MachineRow>> cache;
    CHECK(w.requests([&] { cache.emplace(w.session); }) == 0);
    CHECK(w.requests([&] { cache->poll(); }) == 3);
    CHECK(w.requests([&] { cache->poll(now); }) == 1);
    w.rename(vm, "x");
    CHECK(w.requests([&] { cache->poll(); }) == 1);
    CHECK(w.requests([&] { cache.reset(); }) == 1);
  }
  CHECK(w.host.calls("DestroyPropertyCollector") == 1);
}

TEST_CASE("nothing is left on the server, whatever happens") {
  Watched w;
  w.host.add_vm("web01");
  auto const before = w.host.object_count();
  {
    Watch<MachineRow> cache{w.session, {.view = true}};
    cache.poll(now);
    CHECK(w.host.object_count() == before + 3);  // collector, filter, view
  }
  CHECK(w.host.object_count() == before);
  {
    Watch<MachineRow> cache{w.session, {.view = true}};
    w.host.cause({.method = "WaitForUpdatesEx", .fault = esxvi::sim::fault(vim::RuntimeFault())});
    CHECK_THROWS_AS(cache.poll(), esxvi::fault);
    CHECK(cache.stale());
  }
  CHECK(w.host.object_count() == before);
  {
    Watcher watcher{w.session};
    Watch<MachineRow> kept{watcher};
    {
      Watch<MachineRow> gone{watcher};
      watcher.poll(now);
      CHECK(w.host.object_count() == before + 3);
    }
    CHECK(w.host.object_count() == before + 2);
  }
  CHECK(w.host.object_count() == before);
}

TEST_CASE("machines come and go, also in folders that are new") {
  Watched w;
  MachineRef const first = w.host.add_vm("first");
  for (bool const view : {false, true}) {
    Watch<MachineRow> cache{w.session, {.view = view}};
    cache.poll(now);
    auto const folder = w.host.add_folder(w.host.places().vm_folder, "new");
    MachineRef const second = w.host.add_vm("second").folder(folder);
    CHECK(told(cache.poll({.wait = 1s})) == "+second");
    w.session.call(
        vim::Destroy_Task{.self = esxvi::Ref<vim::ManagedEntity>(second.type(), second.value())});
    w.host.advance(10s);
    CHECK(told(cache.poll({.wait = 1s})) == "-second");
    CHECK(cache.find(second) == nullptr);
    CHECK(cache.size() == 1);
  }
}

TEST_CASE("a machine that goes and comes back between two polls is only what changed in it") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01");
  Watch<MachineRow> cache{w.session};
  cache.poll(now);
  auto const detach = [&] {
    w.host.modify(w.host.places().vm_folder, [&](vim::Folder& f) { f.childEntity.clear(); });
    w.host.modify(w.host.places().pool, [&](vim::ResourcePool& p) { p.vm.clear(); });
  };
  auto const attach = [&] {
    w.host.modify(w.host.places().vm_folder,
                  [&](vim::Folder& f) { f.childEntity.emplace_back(vm.type(), vm.value()); });
    w.host.modify(w.host.places().pool, [&](vim::ResourcePool& p) { p.vm.push_back(vm); });
  };
  detach();
  attach();
  CHECK(cache.poll(now).empty());
  detach();
  w.rename(vm, "web02");
  attach();
  CHECK(told(cache.poll(now)) == "~web01>web02");
  CHECK(cache.size() == 1);
  // With a poll in between it is one that goes and one that comes.
  detach();
  CHECK(told(cache.poll(now)) == "-web02");
  attach();
  CHECK(told(cache.poll(now)) == "+web02");
}

TEST_CASE("a poll waits for something to happen, and no longer than it may") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01");
  Watch<MachineRow> cache{w.session};
  cache.poll();
  auto const begun = w.host.elapsed();
  w.host.after(7s, [&] { w.rename(vm, "web02"); });
  CHECK(told(cache.poll({.wait = 60s})) == "~web01>web02");
  CHECK(w.host.elapsed() - begun == 7s);
  CHECK(cache.poll({.wait = 60s}).empty());
  CHECK(w.host.elapsed() - begun == 67s);
}

TEST_CASE("a poll may wait for ever, and a lost connection be bridged for ever") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01");
  auto const ever = std::chrono::seconds::max();
  Watch<MachineRow> cache{w.session,
                          esxvi::WatcherOptions{.outage = std::chrono::milliseconds::max()}};
  cache.poll(now);
  w.host.cause({.method = "WaitForUpdatesEx", .drop_before = true});
  w.host.after(90s, [&] { w.rename(vm, "web02"); });
  CHECK(told(cache.poll({.wait = ever})) == "~web01>web02");
  CHECK(cache.poll({.wait = std::chrono::seconds::min()}).empty());
}

TEST_CASE("a stop token ends a poll, the cache stays, and the next poll goes on") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01");
  Watch<MachineRow> cache{w.session};
  cache.poll();
  std::stop_source stop;
  w.host.after(5s, [&] { stop.request_stop(); });
  CHECK_THROWS_AS(cache.poll({.wait = 60s, .call = {.stop = stop.get_token()}}), esxvi::cancelled);
  CHECK(cache.stale());
  CHECK(cache.size() == 1);
  w.rename(vm, "web02");
  CHECK(told(cache.poll(now)) == "~web01>web02");
  CHECK_FALSE(cache.stale());
}

TEST_CASE("several caches in one poll") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01");
  Watcher watcher{w.session};
  Watch<MachineRow> machines{watcher};
  Watch<vim::HostSystem, "name"> hosts{watcher};
  CHECK(w.requests([&] { CHECK(watcher.poll() == 2); }) == 4);
  CHECK(hosts.size() == 1);
  w.rename(vm, "web02");
  CHECK(w.requests([&] { CHECK(watcher.poll() == 1); }) == 1);
  CHECK(told(machines.changes()) == "~web01>web02");
  CHECK(hosts.changes().empty());
  // One that comes later reads its rows, the others only what is new.
  Watch<vim::VirtualMachine, "name"> late{watcher};
  CHECK(watcher.stale());
  CHECK(w.requests([&] { CHECK(watcher.poll() == 1); }) == 2);
  CHECK(told(late.changes()) == "+web02");
  CHECK(machines.changes().empty());
}

TEST_CASE("a cache outlives its watcher, and cannot be polled any more") {
  Watched w;
  w.host.add_vm("web01");
  auto watcher = std::make_unique<Watcher>(w.session);
  Watch<MachineRow> cache{*watcher};
  watcher->poll();
  watcher.reset();
  CHECK(cache.size() == 1);
  CHECK(cache.stale());
  CHECK_THROWS_AS(cache.poll(), esxvi::invalid_argument);
}

TEST_CASE("named objects: nothing else is watched, and those that are gone are reported") {
  Watched w;
  MachineRef const one = w.host.add_vm("one");
  MachineRef const two = w.host.add_vm("two");
  w.host.add_vm("three");
  std::string missing;
  Watch<MachineRow> cache{
      w.session,
      {.objects = {one, two, MachineRef("nonsense")},
       .on_missing = [&](esxvi::Missing const& m) { missing += m.object.value(); }}};
  CHECK(told(cache.poll()) == "+one +two");
  CHECK(missing == "nonsense");
  w.host.add_vm("four");
  CHECK(cache.poll(now).empty());
  w.session.call(
      vim::Destroy_Task{.self = esxvi::Ref<vim::ManagedEntity>(two.type(), two.value())});
  w.host.advance(10s);
  CHECK(told(cache.poll(now)) == "-two");
  CHECK(missing == "nonsense");  // what was there is told as a change
}

TEST_CASE("objects below a folder") {
  Watched w;
  auto const folder = w.host.add_folder(w.host.places().vm_folder, "inner");
  w.host.add_vm("outside");
  w.host.add_vm("inside").folder(folder);
  Watch<MachineRow> cache{w.session, {.below = {folder}}};
  CHECK(told(cache.poll()) == "+inside");
  Watch<MachineRow> by_view{w.session, {.below = {folder}, .view = true}};
  CHECK(told(by_view.poll()) == "+inside");
  esxvi::View const view = esxvi::View::of<vim::VirtualMachine>(w.session, {.container = folder});
  CHECK(w.session.retrieve<MachineRow>({.below = {view.ref()}}).size() == 1);
}

TEST_CASE("kinds without a place in the inventory have to be named") {
  Watched w;
  CHECK_THROWS_AS((Watch<vim::Task, "info.state">{w.session}), esxvi::invalid_argument);
}

TEST_CASE("replies in parts are one poll") {
  Watched w;
  std::vector<MachineRef> all;
  for (int i = 0; i < 25; ++i) all.push_back(w.host.add_vm("vm" + std::to_string(i)));
  Watch<MachineRow> cache{w.session, esxvi::WatcherOptions{.page_size = 4}};
  CHECK(w.requests([&] { CHECK(cache.poll().size() == 25); }) == 2 + 7);
  CHECK(cache.size() == 25);
  for (auto const& vm : all) w.rename(vm, "x" + vm.value());
  CHECK(w.requests([&] { CHECK(cache.poll().size() == 25); }) == 7);
  CHECK(cache.watcher()->statistics().updates == 50);
}

TEST_CASE("of 10,000 machines a change of one touches one row, in one request") {
  Watched w;
  MachineRef one;
  for (int i = 0; i < 10'000; ++i) one = w.host.add_vm("vm" + std::to_string(i));
  Watch<MachineRow> cache{w.session, esxvi::WatcherOptions{.page_size = 1000}};
  CHECK(cache.poll().size() == 10'000);
  auto const& statistics = cache.watcher()->statistics();
  CHECK(statistics.syncs == 1);
  auto const updates = statistics.updates;
  w.rename(one, "renamed");
  CHECK(w.requests([&] { CHECK(cache.poll().size() == 1); }) == 1);
  CHECK(statistics.updates == updates + 1);
  CHECK(statistics.syncs == 1);
  CHECK(statistics.objects_read == 0);
}
