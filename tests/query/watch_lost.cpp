// What a cache survives: lost sessions and connections, versions that the server refuses, refusals.
#include "query/watch_fixture.hpp"

#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/SessionManager.hpp>
#include <esxvi/types/fault/InvalidCollectorVersion.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>
#include <esxvi/types/fault/RequestCanceled.hpp>

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::Session;
using esxvi::Watch;

namespace {

/// A cache that is up to date.
struct Running : Watched {
  MachineRef web = host.add_vm("web01");
  MachineRef db = host.add_vm("db01");
  Watch<MachineRow> cache{session};
  Running() { cache.poll(now); }
  /// Somebody else destroys a machine while nobody of this session looks.
  void lose(MachineRef const& vm) {
    host.end_all_sessions();
    esxvi::Session other = open();
    other.call(vim::Destroy_Task{.self = esxvi::Ref<vim::ManagedEntity>(vm.type(), vm.value())});
    host.advance(10s);
  }
  [[nodiscard]] auto const& statistics() const { return cache.watcher()->statistics(); }
};

}  // namespace

TEST_CASE("after a lost session only what is different is told") {
  Running r;
  r.host.end_all_sessions();
  r.rename(r.web, "web02");
  MachineRef const late = r.host.add_vm("late");
  CHECK(told(r.cache.poll(now)) == "+late ~web01>web02");
  CHECK_FALSE(r.cache.stale());
  CHECK(r.statistics().syncs == 2);
  CHECK(r.session.generation() == 1);
  r.host.end_all_sessions();
  CHECK(r.cache.poll(now).empty());
  CHECK(r.cache.size() == 3);
  CHECK(r.statistics().syncs == 3);
  // And it goes on as before.
  r.rename(late, "later");
  CHECK(told(r.cache.poll()) == "~late>later");
  CHECK(r.statistics().syncs == 3);
}

TEST_CASE("what went away meanwhile is removed") {
  Running r;
  r.lose(r.db);
  r.rename(r.web, "web02");
  CHECK(told(r.cache.poll(now)) == "-db01 ~web01>web02");
  CHECK(r.cache.find(r.db) == nullptr);
  CHECK(r.cache.size() == 1);
  CHECK(r.cache.poll(now).empty());
}

TEST_CASE("what went away meanwhile is removed and missing where it was named") {
  Running r;
  std::string missing;
  Watch<MachineRow> named{r.session,
                          {.objects = {r.web, r.db}, .on_missing = [&](esxvi::Missing const& m) {
                             missing += m.object.value() + " ";
                           }}};
  CHECK(told(named.poll(now)) == "+db01 +web01");
  CHECK(missing.empty());
  r.lose(r.db);
  CHECK(told(named.poll(now)) == "-db01");
  CHECK(named.size() == 1);
  CHECK(missing == r.db.value() + " ");
}

TEST_CASE(
    "named machines that are all gone, on a server before 4.1: missing, and nothing to wait for") {
  Watched w;
  Session old(esxvi::sim::Transport(w.host), "https://esx01.example.test/sdk",
              esxvi::Credentials{w.host.options().users.front().name, "esxvi"},
              esxvi::SessionOptions{.api_version = "4.0"});
  std::vector<MachineRef> gone;
  for (int i = 0; i < 9; ++i) gone.emplace_back("vm-gone" + std::to_string(i));
  std::size_t missing = 0;
  Watch<MachineRow> cache{old, {.objects = gone, .on_missing = [&](auto const&) { ++missing; }}};
  CHECK(cache.poll(now).empty());
  CHECK(missing == 9);
  auto const begin = std::chrono::steady_clock::now();
  CHECK(w.requests([&] { CHECK(cache.poll({.wait = 1s}).empty()); }) == 0);
  CHECK(std::chrono::steady_clock::now() - begin >= 1s);
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(cache.poll({.wait = 1h, .call = {.stop = stop.get_token()}}), esxvi::cancelled);
}

TEST_CASE("a session that ends during a poll") {
  Running r;
  r.host.after(5s, [&] {
    r.rename(r.db, "db02");
    r.host.end_all_sessions();
  });
  CHECK(told(r.cache.poll({.wait = 60s})) == "~db01>db02");
  CHECK(r.cache.poll(now).empty());
}

TEST_CASE("somebody else logged in again: filters and views are made anew") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01");
  auto const before = w.host.object_count();
  {
    Watch<MachineRow> cache{w.session, {.view = true}};
    cache.poll(now);
    w.host.end_all_sessions();
    w.session.keep_alive();
    w.rename(vm, "web02");
    CHECK(told(cache.poll(now)) == "~web01>web02");
    CHECK(w.host.object_count() == before + 3);
  }
  CHECK(w.host.object_count() == before);
}

TEST_CASE("a cache that ends after its session asks nothing of the new one") {
  Watched w;
  w.host.add_vm("web01");
  std::optional<Watch<MachineRow>> cache;
  cache.emplace(w.session);
  cache->poll(now);
  w.host.end_all_sessions();
  w.session.keep_alive();
  CHECK(w.requests([&] { cache.reset(); }) == 0);
}

TEST_CASE("a connection that ends before, or after, the server has looked") {
  for (bool const before : {true, false}) {
    Running r;
    r.rename(r.web, "web02");
    r.host.cause({.method = "WaitForUpdatesEx", .drop_before = before, .drop_after = !before});
    CHECK(told(r.cache.poll(now)) == "~web01>web02");
    CHECK_FALSE(r.cache.stale());
    CHECK(r.cache.poll(now).empty());
  }
}

TEST_CASE("a reply that breaks off anywhere leaves no half rows, and tells each change once") {
  Running r;
  // The reply of one changed machine is longer than an envelope and shorter than this.
  for (std::size_t cut = 0; cut < 1600; cut += 13) {
    std::string const name = "web" + std::to_string(cut);
    std::string const old = r.cache.find(r.web)->name;
    r.rename(r.web, name);
    r.host.cause({.method = "WaitForUpdatesEx", .cut_after = cut});
    CHECK(told(r.cache.poll(now)) == "~" + old + ">" + name);
    r.host.clear_troubles();
  }
}

TEST_CASE("a server that stays away: the error comes out, the cache stays readable and stale") {
  Watched w;
  MachineRef const vm = w.host.add_vm("web01");
  Watch<MachineRow> cache{w.session, esxvi::WatcherOptions{.outage = 60ms}};
  cache.poll(now);
  w.rename(vm, "web02");
  w.host.cause({.method = "WaitForUpdatesEx", .times = -1, .drop_before = true});
  CHECK_THROWS_AS(cache.poll(now), esxvi::connection_lost);
  CHECK(cache.stale());
  CHECK(cache.find(vm)->name == "web01");
  w.host.clear_troubles();
  CHECK(told(cache.poll(now)) == "~web01>web02");
  CHECK_FALSE(cache.stale());
}

TEST_CASE("changes that were found before a poll failed are told by the next one") {
  Watched w;
  std::vector<MachineRef> all;
  for (int i = 0; i < 6; ++i) all.push_back(w.host.add_vm("vm" + std::to_string(i)));
  Watch<MachineRow> cache{w.session, esxvi::WatcherOptions{.page_size = 2, .outage = 0ms}};
  cache.poll(now);
  for (auto const& vm : all) w.rename(vm, "x");
  w.host.cause({.method = "WaitForUpdatesEx", .skip = 1, .drop_before = true});
  CHECK_THROWS_AS(cache.poll(now), esxvi::connection_lost);
  CHECK(cache.stale());
  CHECK(cache.poll(now).size() == 6);
}

TEST_CASE("a version that the server does not know any more: everything is read, nothing changed") {
  Running r;
  r.host.cause(
      {.method = "WaitForUpdatesEx", .fault = esxvi::sim::fault(vim::InvalidCollectorVersion())});
  CHECK(r.cache.poll(now).empty());
  CHECK(r.statistics().syncs == 2);
  CHECK(r.host.calls("CreateFilter") == 1);
}

TEST_CASE("the collector is gone without the session") {
  Running r;
  std::vector<esxvi::untyped_ref> collectors;
  r.host.for_each([&](esxvi::sim::Object const& o) {
    if (o.ref().type() == "PropertyCollector" && !o.owner().empty()) collectors.push_back(o.ref());
  });
  REQUIRE(collectors.size() == 1);
  r.session.call(vim::DestroyPropertyCollector{
      .self = esxvi::Ref<vim::PropertyCollector>(collectors[0].value())});
  r.rename(r.web, "web02");
  CHECK(told(r.cache.poll(now)) == "~web01>web02");
  CHECK(r.session.generation() == 0);
}

TEST_CASE("making a collector whose reply is lost leaves no filter behind") {
  Watched w;
  w.host.add_vm("web01");
  auto const before = w.host.object_count();
  {
    Watch<MachineRow> cache{w.session};
    w.host.cause({.method = "CreateFilter", .drop_after = true});
    cache.poll(now);
    CHECK(cache.size() == 1);
    CHECK(w.host.object_count() == before + 2);
  }
  CHECK(w.host.object_count() == before);
}

TEST_CASE("a filter that is gone: the collector is made anew, and the old one ended") {
  Running r;
  std::vector<esxvi::untyped_ref> filters;
  auto const before = r.host.object_count();
  r.host.for_each([&](esxvi::sim::Object const& o) {
    if (o.ref().type() == "PropertyFilter") filters.push_back(o.ref());
  });
  REQUIRE(filters.size() == 1);
  vim::ManagedObjectNotFound why;
  why.obj = esxvi::Ref<vim::ManagedObject>(filters[0].type(), filters[0].value());
  r.host.cause({.method = "WaitForUpdatesEx", .fault = esxvi::sim::fault(why)});
  r.rename(r.web, "web02");
  CHECK(told(r.cache.poll(now)) == "~web01>web02");
  CHECK(r.host.object_count() == before);
}

TEST_CASE("a wait that the server cancels is asked again") {
  Running r;
  r.rename(r.web, "web02");
  r.host.cause({.method = "WaitForUpdatesEx", .fault = esxvi::sim::fault(vim::RequestCanceled())});
  CHECK(told(r.cache.poll(now)) == "~web01>web02");
}

TEST_CASE("a fault that nothing can be done about comes out") {
  Running r;
  r.host.cause({.method = "WaitForUpdatesEx",
                .times = -1,
                .fault = esxvi::sim::fault(vim::InvalidCollectorVersion())});
  CHECK_THROWS_AS(r.cache.poll(now), esxvi::fault);
  CHECK(r.cache.stale());
  CHECK(r.cache.size() == 2);
}

TEST_CASE("a session that may not be renewed: the error comes out") {
  Watched w;
  w.host.add_vm("web01");
  esxvi::Session session(esxvi::sim::Transport(w.host), "https://esx01.example.test/sdk",
                         esxvi::Credentials{"root", "esxvi"},
                         esxvi::SessionOptions{.log_in_again = false});
  Watch<MachineRow> cache{session};
  cache.poll(now);
  w.host.end_all_sessions();
  CHECK_THROWS_AS(cache.poll(now), esxvi::not_authenticated);
  CHECK(cache.stale());
  CHECK(cache.size() == 1);
}
