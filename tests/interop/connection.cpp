// Opening by URI, finding by path, and a live cache, against a server nobody here wrote.
#include "interop/vsphere.hpp"

#include <esxvi/host.hpp>
#include <esxvi/query.hpp>
#include <esxvi/query/find.hpp>
#include <esxvi/query/watch.hpp>
#include <esxvi/task.hpp>
#include <esxvi/types/Datacenter.hpp>
#include <esxvi/types/HostSystem.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <future>
#include <string>

#include "query/watch_rows.hpp"

using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {

esxvi::Connection open_as(std::string const& scheme, Peer const& peer,
                          std::string const& path = "/") {
  return esxvi::open_connection(
      scheme + "://" + Peer::user() + "@" + peer.authority() + path + "?no_verify=1",
      right_password);
}

}  // namespace

TEST_CASE("open_connection: a host") {
  ESXVI_NEED_PEER();
  Peer const peer(esx);
  auto connection = open_as("esx", peer);
  CHECK(connection.scope().machines().size() == 3);
  CHECK(connection.vcenter() == nullptr);
  CHECK_THROWS_AS(open_as("vpx", peer), esxvi::invalid_argument);
  connection.close();
}

TEST_CASE("open_connection: a vCenter, and one host in it") {
  ESXVI_NEED_PEER();
  Peer const peer(vcenter);
  auto all = open_as("vpx", peer);
  CHECK(all.scope().machines().size() == 6);
  auto part = open_as("vpx", peer, "/DC0/DC0_C0/DC0_C0_H1");
  auto const there =
      esxvi::find<vim::HostSystem>(part.session(), "/DC0/host/DC0_C0/DC0_C0_H1").at(0);
  CHECK(part.scope().host() == there.object);
  CHECK(part.scope().machines().size() <= 3);
  CHECK_THROWS_AS(open_as("esx", peer), esxvi::invalid_argument);
  CHECK_THROWS_AS(open_as("vpx", peer, "/nowhere"), esxvi::not_found);
}

TEST_CASE("find: paths with patterns and without") {
  ESXVI_NEED_PEER();
  Peer const peer(vcenter);
  auto session = open(peer);
  auto const machines = esxvi::find<vim::VirtualMachine>(session, "/*/vm/**");
  REQUIRE(machines.size() == 6);
  for (auto const& one : machines) {
    auto const again = esxvi::find<vim::VirtualMachine>(session, one.path);
    REQUIRE(again.size() == 1);
    CHECK(again[0].object == one.object);
  }
  CHECK(esxvi::find<vim::Datacenter>(session, "/*").size() == 1);
  CHECK(esxvi::find(session, "/*/vm/nobody*").empty());
  CHECK_THROWS_AS(static_cast<void>(esxvi::find(session, "/nowhere/vm")), esxvi::not_found);
}

TEST_CASE("watch: a cache follows what others do") {
  ESXVI_NEED_PEER();
  for (auto const& kind : {esx, vcenter}) {
    Peer const peer(kind);
    auto session = open(peer);
    auto other = open(peer);
    esxvi::Watch<MachineRow> cache{session};
    cache.poll(now);
    auto const count = cache.size();
    CHECK(count == (kind == esx ? 3 : 6));
    CHECK(cache.poll(now).empty());

    auto const [vm, row] = *cache.begin();
    auto const old = row.name;
    auto done = std::async(std::launch::async, [&] { return told(cache.poll({.wait = 60s})); });
    esxvi::run_task(other, vim::Rename_Task{.self = vm, .newName = "renamed"});
    CHECK(done.get() == "~" + old + ">renamed");

    esxvi::run_task(other, vim::PowerOffVM_Task{.self = vm});
    cache.poll(now);
    REQUIRE(cache.find(vm) != nullptr);
    CHECK(cache.find(vm)->power == vim::VirtualMachinePowerState::poweredOff);
    CHECK(cache.find(vm)->name == "renamed");
    esxvi::run_task(other, vim::Destroy_Task{.self = vm});
    CHECK(told(cache.poll(now)) == "-renamed");
    CHECK(cache.size() == count - 1);
  }
}
