// Objects by their path: what is found, with how many requests, and what is said when nothing is.
#include "sim/fixture.hpp"

#include <esxvi/query/find.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/NotImplemented.hpp>

using namespace esxvi::test;
using esxvi::find;

namespace {

/// A vCenter: DC0 or whatever it is called, with machines in folders.
struct Inventory : Simulated {
  explicit Inventory(bool vcenter = true) : Simulated({.vcenter = vcenter}) {
    auto const outer = host.add_folder(host.places().vm_folder, "prod");
    auto const inner = host.add_folder(outer, "web");
    host.add_vm("web01").folder(inner);
    host.add_vm("web02").folder(inner);
    host.add_vm("db/primary").folder(outer);
    host.add_vm("50%").folder(outer);
    host.add_vm("spare");
    session = std::make_unique<esxvi::Session>(open());
    dc = host.get<vim::Datacenter>(host.places().datacenter)->name;
  }
  std::unique_ptr<esxvi::Session> session;
  std::string dc;

  template <class T = vim::ManagedEntity> std::string paths(std::string const& pattern) {
    std::string all;
    for (auto const& f : find<T>(*session, pattern)) all += (all.empty() ? "" : " ") + f.path;
    return all;
  }
  template <class F> std::uint64_t requests(F&& f) {
    auto const before = host.calls();
    std::forward<F>(f)();
    return host.calls() - before;
  }
};

template <class T = vim::ManagedEntity>
std::string problem_of(Inventory& i, std::string const& path) {
  try {
    static_cast<void>(find<T>(*i.session, path));
    return "found";
  } catch (esxvi::not_found const& e) {
    return e.problem();
  }
}

}  // namespace

TEST_CASE("a path without patterns is one request, and names are compared in their plain form") {
  Inventory i;
  std::string const vm = "/" + i.dc + "/vm";
  CHECK(i.requests([&] { CHECK(i.paths(vm + "/prod/web/web01") == vm + "/prod/web/web01"); }) == 1);
  CHECK(i.paths(vm + "/prod/db%2fprimary") == vm + "/prod/db%2fprimary");
  CHECK(i.paths(vm + "/prod/db%2Fprimary") == vm + "/prod/db%2fprimary");
  CHECK(i.paths(vm + "/prod/50%") == vm + "/prod/50%25");
  CHECK(i.paths(vm + "/prod/50%25") == vm + "/prod/50%25");
  CHECK(i.paths("//" + i.dc + "//vm/") == vm);
  CHECK(i.paths("/") == "/");
  auto const found = find(*i.session, vm + "/spare");
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind() == "VirtualMachine");
}

TEST_CASE("patterns: a request for what stands before them, one for the rest") {
  Inventory i;
  std::string const vm = "/" + i.dc + "/vm";
  std::string const web = vm + "/prod/web/";
  CHECK(i.requests(
            [&] { CHECK(i.paths(vm + "/prod/web/web*") == web + "web01 " + web + "web02"); }) == 2);
  CHECK(i.paths(vm + "/prod/web/web0?") == web + "web01 " + web + "web02");
  CHECK(i.paths(vm + "/prod/web/web0[2-9]") == web + "web02");
  CHECK(i.paths(vm + "/prod/web/web0[!2-9]") == web + "web01");
  CHECK(i.paths(vm + "/p*/w*/*1") == web + "web01");
  CHECK(i.requests([&] { CHECK(i.paths("/*/v?/spare") == vm + "/spare"); }) == 1);
  CHECK(i.paths(vm + "/prod/db*") == vm + "/prod/db%2fprimary");
  CHECK(i.paths(vm + "/prod/db%2f*") == vm + "/prod/db%2fprimary");
  CHECK(i.paths(vm + "/prod/*%25") == vm + "/prod/50%25");
  CHECK_THROWS_AS(i.paths(vm + "/prod/%2a"), esxvi::not_found);  // a name, and no pattern
}

TEST_CASE("any depth") {
  Inventory i;
  std::string const vm = "/" + i.dc + "/vm";
  CHECK(i.paths<vim::VirtualMachine>(vm + "/**") ==
        vm + "/prod/50%25 " + vm + "/prod/db%2fprimary " + vm + "/prod/web/web01 " + vm +
            "/prod/web/web02 " + vm + "/spare");
  CHECK(i.paths(vm + "/**/web0*") == vm + "/prod/web/web01 " + vm + "/prod/web/web02");
  CHECK(i.paths(vm + "/**/spare") == vm + "/spare");
  CHECK(i.paths("/**/web01") == vm + "/prod/web/web01");
  CHECK(i.requests([&] { CHECK(find<vim::HostSystem>(*i.session, "/**").size() == 2); }) == 1);
}

TEST_CASE("datastores and networks at any depth are in their folders") {
  Inventory i;
  CHECK(i.paths<vim::Datastore>("/**") == "/" + i.dc + "/datastore/datastore1");
  auto const networks = i.paths<vim::Network>("/**");
  CHECK(networks.starts_with("/" + i.dc + "/network/"));
  CHECK(networks == i.paths<vim::Network>("/" + i.dc + "/network/*"));
}

TEST_CASE("a set without an end is a name") {
  Inventory i;
  i.host.add_vm("[!]x");
  std::string const path = "/" + i.dc + "/vm/[!]x";
  CHECK(i.paths(path) == path);
}

TEST_CASE("only objects of a kind") {
  Inventory i;
  std::string const vm = "/" + i.dc + "/vm";
  CHECK(i.paths<vim::Folder>(vm + "/*") == vm + "/prod");
  CHECK(i.paths<vim::VirtualMachine>(vm + "/*") == vm + "/spare");
  CHECK_THROWS_AS(i.paths<vim::VirtualMachine>(vm + "/prod"), esxvi::not_found);
  auto const hosts = find<vim::HostSystem>(*i.session, "/" + i.dc + "/host/*/*");
  CHECK(hosts.size() == 2);
}

TEST_CASE("relative paths begin at any object") {
  Inventory i;
  std::string const vm = "/" + i.dc + "/vm";
  auto const prod = find(*i.session, vm + "/prod").at(0).object;
  auto const all = find(*i.session, "web/*", {.from = prod});
  REQUIRE(all.size() == 2);
  CHECK(all[0].path == vm + "/prod/web/web01");
  CHECK(find(*i.session, "web/web01", {.from = prod}).size() == 1);
  CHECK(find(*i.session, "vm/spare", {.from = i.host.places().datacenter}).size() == 1);
  CHECK(find(*i.session, vm + "/spare", {.from = prod}).size() == 1);
  CHECK(i.paths(i.dc + "/vm/spare") == vm + "/spare");
}

TEST_CASE("what is missing is named, and what there is instead") {
  Inventory i;
  std::string const vm = "/" + i.dc + "/vm";
  CHECK(problem_of(i, vm + "/folderx/web01") ==
        "no 'folderx' in " + vm + "; there are: prod, spare");
  CHECK(problem_of(i, vm + "/prod/web/*") == "found");
  CHECK(problem_of(i, vm + "/folderx/*") == "no 'folderx' in " + vm + "; there are: prod, spare");
  CHECK(problem_of(i, "/nowhere") == "no 'nowhere' in /; there are: " + i.dc);
  CHECK(problem_of(i, vm + "/spare/x") == "no 'x' in " + vm + "/spare; it is empty");
  CHECK(i.paths(vm + "/z*").empty());
  // The way to an object of a kind leads through others.
  CHECK(problem_of<vim::VirtualMachine>(i, vm + "/typo") ==
        "no 'typo' in " + vm + "; there are: prod, spare");
}

TEST_CASE("on a host the data center need not be named") {
  Inventory i(false);
  CHECK(i.paths("/vm/spare") == "/ha-datacenter/vm/spare");
  CHECK(i.paths("/vm/prod/*/web01") == "/ha-datacenter/vm/prod/web/web01");
  CHECK(i.paths("vm/s*") == "/ha-datacenter/vm/spare");
  CHECK(i.paths("/ha-datacenter/vm/spare") == "/ha-datacenter/vm/spare");
  CHECK_FALSE(i.paths("/datastore/*").empty());
}

TEST_CASE("a server that cannot look up paths: the names are read instead") {
  Inventory i;
  std::string const path = "/" + i.dc + "/vm/prod/web/web01";
  i.host.cause(
      {.method = "FindByInventoryPath", .fault = esxvi::sim::fault(vim::NotImplemented())});
  CHECK(i.paths(path) == path);
}
