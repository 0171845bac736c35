// What a host has before anybody changes it, and how things are found in it.
#include "sim/fixture.hpp"

#include <esxvi/query.hpp>
#include <esxvi/session/content.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/SearchIndex.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

using namespace esxvi::test;

namespace {

template <class T> std::size_t count(esxvi::Session& session) {
  auto const rows = session.retrieve<T, "name">();
  CHECK(rows.missing().empty());
  for (auto const& row : rows) CHECK_FALSE(std::get<1>(row).empty());
  return rows.size();
}

}  // namespace

TEST_CASE("an ESX host has one of each") {
  Simulated s;
  auto session = s.open();
  CHECK(count<vim::HostSystem>(session) == 1);
  CHECK(count<vim::ComputeResource>(session) == 1);
  CHECK(count<vim::ResourcePool>(session) == 1);
  CHECK(count<vim::Datacenter>(session) == 1);
  CHECK(count<vim::Datastore>(session) == 1);
  CHECK(count<vim::Network>(session) == 1);
  CHECK(count<vim::Folder>(session) == 5);
  CHECK(session.opening_content().rootFolder.value() == "ha-folder-root");
}

TEST_CASE("a vCenter has a cluster of hosts, and other names for everything") {
  Simulated s({.vcenter = true, .hosts = 3});
  esxvi::Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01");
  CHECK(vm.value().starts_with("vm-"));
  auto session = s.open();
  CHECK(session.about().apiType == "VirtualCenter");
  CHECK(count<vim::HostSystem>(session) == 3);
  CHECK(count<vim::ComputeResource>(session) == 1);
  CHECK(count<vim::Datastore>(session) == 1);
  CHECK(count<vim::Folder>(session) == 5);
  CHECK(session.opening_content().rootFolder.value() == "group-d1");
}

TEST_CASE("machines, data stores and networks know each other") {
  Simulated s;
  auto const store = s.host.add_datastore("fast", std::int64_t{1} << 40);
  auto const network = s.host.add_network("DMZ");
  esxvi::Ref<vim::VirtualMachine> const vm =
      s.host.add_vm("web01").datastore(store).network(network).disk(20).disk(40, false);
  auto session = s.open();
  auto const stores = session.retrieve<vim::Datastore, "name", "vm", "summary.type">();
  REQUIRE(stores.size() == 2);
  CHECK(std::get<2>(stores[1]) == std::vector{vm});
  auto const machine = s.host.get<vim::VirtualMachine>(vm);
  CHECK(machine->config->files.vmPathName == "[fast] web01/web01.vmx");
  CHECK(machine->summary.config.numVirtualDisks == 2);
  CHECK(machine->summary.config.numEthernetCards == 1);
  CHECK(machine->summary.storage->committed > std::int64_t{40} << 30);
}

TEST_CASE("a machine that refers to what is not there is not made, and says so") {
  Simulated s;
  esxvi::Ref<vim::ResourcePool> const gone("gone");
  CHECK_THROWS_AS(s.host.add_vm("web01").pool(gone), esxvi::sim::Failure);
  CHECK_THROWS_AS(
      static_cast<void>(esxvi::Ref<vim::VirtualMachine>(s.host.add_vm("web01").pool(gone))),
      esxvi::sim::Failure);
  // Nor is one that an exception comes in between of.
  CHECK_THROWS_AS(s.host.add_vm("web01").memory([]() -> int { throw std::runtime_error(""); }()),
                  std::runtime_error);
  CHECK(s.host.all<vim::VirtualMachine>().empty());
}

TEST_CASE("names are kept as servers keep them") {
  Simulated s;
  esxvi::Ref<vim::VirtualMachine> const vm = s.host.add_vm("50% a/b\\c <&>");
  auto session = s.open();
  CHECK(std::get<1>(session.retrieve<vim::VirtualMachine, "name">()[0]) == "50%25 a%2fb%5cc <&>");
}

TEST_CASE("two hosts from one seed are the same, from two they differ") {
  auto const uuid = [](std::uint64_t seed) {
    Simulated s({.seed = seed});
    esxvi::Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01");
    return s.host.get<vim::VirtualMachine>(vm)->config->uuid;
  };
  CHECK(uuid(1) == uuid(1));
  CHECK(uuid(1) != uuid(2));
}

TEST_CASE("the search index finds machines by what they are known by") {
  Simulated s;
  esxvi::Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01")
                                                 .uuid("564d0000-0000-4000-8000-00000000000a")
                                                 .ip("192.0.2.50")
                                                 .host_name("web01.example.test");
  auto session = s.open();
  auto const index = *session.content().searchIndex;
  auto const value = [](auto const& found) { return found ? found->value() : std::string(); };

  CHECK(value(session.call(
            vim::FindByUuid{.self = index,
                            .uuid = std::string("564D0000-0000-4000-8000-00000000000A"),
                            .vmSearch = true})) == vm.value());
  CHECK(value(session.call(vim::FindByUuid{
            .self = index,
            .datacenter = s.host.places().datacenter,
            .uuid = s.host.get<vim::VirtualMachine>(vm)->config->instanceUuid.value(),
            .vmSearch = true,
            .instanceUuid = true})) == vm.value());
  CHECK(value(session.call(
                  vim::FindByUuid{.self = index, .uuid = std::string("nothing"), .vmSearch = true}))
            .empty());
  CHECK(session
            .call(vim::FindAllByUuid{.self = index,
                                     .uuid = std::string("564d0000-0000-4000-8000-00000000000a"),
                                     .vmSearch = true})
            .size() == 1);
  CHECK(value(session.call(vim::FindByIp{
            .self = index, .ip = std::string("192.0.2.50"), .vmSearch = true})) == vm.value());
  CHECK(value(session.call(vim::FindByIp{
            .self = index, .ip = std::string("192.0.2.10"), .vmSearch = false})) == "ha-host");
  CHECK(value(session.call(vim::FindByDnsName{
            .self = index, .dnsName = std::string("web01.example.test"), .vmSearch = true})) ==
        vm.value());
  CHECK(value(session.call(vim::FindByInventoryPath{
            .self = index, .inventoryPath = std::string("ha-datacenter/vm/web01")})) == vm.value());
  CHECK(value(session.call(vim::FindByInventoryPath{
                  .self = index, .inventoryPath = std::string("ha-datacenter/vm/web02")}))
            .empty());
  CHECK(value(session.call(vim::FindByDatastorePath{
            .self = index,
            .datacenter = s.host.places().datacenter,
            .path = std::string("[datastore1] web01/web01.vmx")})) == vm.value());
  esxvi::Ref<vim::ManagedEntity> const folder(s.host.places().vm_folder.type(),
                                              s.host.places().vm_folder.value());
  CHECK(value(session.call(vim::FindChild{
            .self = index, .entity = folder, .name = std::string("web01")})) == vm.value());
}

TEST_CASE("the checker finds what is wrong") {
  esxvi::sim::Host host(simulated());
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("web01");
  CHECK(host.check().empty());
  host.remove(vm);
  CHECK(host.check().size() >= 4);  // folder, host, pool, data store, network still name it
  host.remove(host.places().network);
  auto const wrong = host.check();
  CHECK(std::ranges::count(wrong, "its network does not exist") == 1);
}
