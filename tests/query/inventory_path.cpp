// Where objects are.
#include "sim/fixture.hpp"

#include <esxvi/query/inventory_path.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>

using namespace esxvi::test;

namespace {

struct Inventory : Simulated {
  Inventory() : Simulated({.vcenter = true}) {}
  esxvi::Session session = open();
  esxvi::Ref<vim::Folder> folder = host.add_folder(host.places().vm_folder, "a/b");
  esxvi::Ref<vim::VirtualMachine> vm = host.add_vm("web01").folder(folder);
  std::string dc = host.get<vim::Datacenter>(host.places().datacenter)->name;

  template <class F> std::uint64_t requests(F&& f) {
    auto const before = host.calls();
    std::forward<F>(f)();
    return host.calls() - before;
  }
};

}  // namespace

TEST_CASE("the path of an object is one request") {
  Inventory i;
  CHECK(i.requests([&] {
    CHECK(esxvi::inventory_path(i.session, i.vm) == "/" + i.dc + "/vm/a%2fb/web01");
  }) == 1);
  CHECK(esxvi::inventory_path(i.session, i.host.places().root) == "/");
  CHECK(esxvi::inventory_path(i.session, i.host.places().datacenter) == "/" + i.dc);
}

TEST_CASE("parents, nearest first, with plain names") {
  Inventory i;
  auto const above = esxvi::parents(i.session, i.vm);
  REQUIRE(above.size() == 4);
  CHECK(above[0].object == i.folder);
  CHECK(above[0].name == "a/b");
  CHECK(above[1].name == "vm");
  CHECK(above[2].object == i.host.places().datacenter);
  CHECK(above[3].object == i.host.places().root);
}

TEST_CASE("paths of many objects are two requests") {
  Inventory i;
  std::vector<esxvi::Ref<vim::VirtualMachine>> all{i.vm};
  for (int n = 0; n < 50; ++n) all.push_back(i.host.add_vm("vm" + std::to_string(n)));
  all.emplace_back("vm-nonsense");
  std::vector<std::string> paths;
  CHECK(i.requests([&] { paths = esxvi::inventory_paths(i.session, all); }) == 2);
  REQUIRE(paths.size() == all.size());
  CHECK(paths[0] == "/" + i.dc + "/vm/a%2fb/web01");
  CHECK(paths[50] == "/" + i.dc + "/vm/vm49");
  CHECK(paths[51].empty());
}

TEST_CASE("a server before 4.1 refuses the whole query for a machine that is gone: without it") {
  Inventory i;
  esxvi::Session session(esxvi::sim::Transport(i.host), "https://esx01.example.test/sdk",
                         esxvi::Credentials{i.host.options().users.front().name, "esxvi"},
                         esxvi::SessionOptions{.api_version = "4.0"});
  std::vector<esxvi::Ref<vim::VirtualMachine>> const all{
      esxvi::Ref<vim::VirtualMachine>("vm-nonsense"), i.vm};
  auto const paths = esxvi::inventory_paths(session, all);
  REQUIRE(paths.size() == 2);
  CHECK(paths[0].empty());
  CHECK(paths[1] == "/" + i.dc + "/vm/a%2fb/web01");
}

TEST_CASE("a path that does not reach the root folder is none") {
  Inventory i;
  auto const datacenter = i.host.places().datacenter;
  auto const parent = i.host.get<vim::Datacenter>(datacenter)->parent;
  i.host.modify(datacenter, [](vim::Datacenter& d) { d.parent.reset(); });
  CHECK(esxvi::inventory_paths(i.session, std::vector{i.vm}) == std::vector<std::string>{""});
  CHECK_THROWS_AS(static_cast<void>(esxvi::inventory_path(i.session, i.vm)), esxvi::not_found);
  i.host.modify(datacenter, [&](vim::Datacenter& d) { d.parent = parent; });
}

TEST_CASE("objects that are not there, or nowhere") {
  Inventory i;
  CHECK_THROWS_AS(static_cast<void>(esxvi::inventory_path(
                      i.session, esxvi::Ref<vim::VirtualMachine>("vm-nonsense"))),
                  esxvi::fault);
  CHECK_THROWS_AS(static_cast<void>(esxvi::inventory_path(
                      i.session, i.session.opening_content().propertyCollector)),
                  esxvi::not_found);
}
