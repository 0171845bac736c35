// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The part of a server that a connection looks at, and what is found in it; requests are counted.
#include <esxvi/host.hpp>
#include <esxvi/query.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Network_properties.hpp>

#include <algorithm>
#include <vector>

#include "host/center.hpp"
#include "support/must_be_sound.hpp"

using namespace esxvi::test;
using esxvi::Scope;

namespace {

using Path = std::vector<std::string>;

struct InCenter : Center {
  explicit InCenter(std::string api_version = {})
      : session(esxvi::sim::Transport(host), "https://vc/sdk",
                esxvi::Credentials{"administrator@vsphere.local", "esxvi"},
                {.api_version = std::move(api_version)}) {}
  esxvi::Session session;

  /// `f`, which may take so many requests.
  template <class F> auto within(std::uint64_t most, F&& f) {
    auto const before = session.requests();
    auto result = f();
    CHECK(session.requests() - before <= most);
    return result;
  }
  Scope at(Path const& path) {
    return within(1, [&] { return Scope::at(session, path); });
  }
  std::string names(Scope const& scope) {
    auto all = within(1, [&] { return scope.machines(); });
    std::vector<std::string> sorted;
    for (auto const& vm : all) sorted.push_back(vm.name);
    std::sort(sorted.begin(), sorted.end());
    std::string text;
    for (auto const& name : sorted) text += name + " ";
    CHECK(within(1, [&] { return scope.count(); }) == all.size());
    return text;
  }
  std::string refusal(Path const& path) {
    try {
      static_cast<void>(Scope::at(session, path));
      return "nothing";
    } catch (esxvi::not_found const& e) {
      return e.what();
    }
  }
};

bool has(std::string const& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("scope: everything, a datacenter, a cluster, a host") {
  InCenter in;
  auto const everything = Scope::at(in.session, {});
  CHECK(everything.kind() == Scope::Kind::everything);
  CHECK(everything.path() == "/");
  CHECK(everything.below().empty());
  CHECK_FALSE(everything.datacenter().has_value());
  CHECK(in.names(everything) == "a/b web01 ");

  auto const datacenter = in.at({"Datacenter"});
  CHECK(datacenter.kind() == Scope::Kind::datacenter);
  CHECK(datacenter.path() == "/Datacenter");
  CHECK(datacenter.datacenter() == in.host.places().datacenter);
  CHECK_FALSE(datacenter.compute_resource().has_value());
  CHECK(in.names(datacenter) == "a/b web01 ");

  auto const cluster = in.at({"Datacenter", "Cluster"});
  CHECK(cluster.kind() == Scope::Kind::cluster);
  CHECK(cluster.path() == "/Datacenter/Cluster");
  CHECK(cluster.compute_resource() == in.host.places().compute_resource);
  CHECK(cluster.pool() == in.host.places().pool);
  CHECK_FALSE(cluster.host().has_value());
  CHECK(in.names(cluster) == "a/b web01 ");

  auto const host = in.at({"Datacenter", "Cluster", "esx01.example.test"});
  CHECK(host.kind() == Scope::Kind::host);
  CHECK(host.path() == "/Datacenter/Cluster/esx01.example.test");
  CHECK(host.host() == in.hosts(0));
  CHECK(host.pool() == in.host.places().pool);
  CHECK(host.datacenter() == in.host.places().datacenter);
  CHECK(in.names(host) == "web01 ");
  CHECK(in.names(in.at({"Datacenter", "Cluster", "esx02.example.test"})) == "a/b ");
}

TEST_CASE("scope: folders, escaped names, and hosts that are in no cluster") {
  InCenter in;
  auto const berlin = in.at({"Europe", "Berlin"});
  CHECK(berlin.kind() == Scope::Kind::datacenter);
  CHECK(berlin.path() == "/Europe/Berlin");
  CHECK(in.names(berlin) == "");
  for (Path const& path :
       {Path{"Datacenter", "Rack 1", "esx/a"}, Path{"Datacenter", "Rack 1", "esx%2fa"},
        Path{"Datacenter", "Rack 1", "esx/a", "esx/a"}}) {
    auto const lone = in.at(path);
    CHECK(lone.kind() == Scope::Kind::host);
    CHECK(lone.host() == in.lone);
    CHECK(lone.path() == "/Datacenter/Rack 1/esx%2fa/esx%2fa");
    CHECK(in.names(lone) == "");
  }
}

TEST_CASE("scope: a wrong path says which name leads nowhere, and what is there") {
  InCenter in;
  auto const nowhere = in.refusal({"Datacentre", "Cluster"});
  CHECK(has(nowhere, "no datacenter or folder \"Datacentre\" in the root folder"));
  CHECK(has(nowhere, "datacenter \"Datacenter\""));
  CHECK(has(nowhere, "folder \"Europe\""));
  auto const no_cluster = in.refusal({"Datacenter", "Clutser"});
  CHECK(has(no_cluster, "no cluster, host or folder \"Clutser\" in datacenter /Datacenter"));
  CHECK(has(no_cluster, "cluster \"Cluster\""));
  CHECK(has(no_cluster, "folder \"Rack 1\""));
  auto const no_host = in.refusal({"Datacenter", "Cluster", "esx03"});
  CHECK(has(no_host, "no host \"esx03\" in cluster /Datacenter/Cluster"));
  CHECK(has(no_host, "host \"esx02.example.test\""));
  CHECK(has(in.refusal({"Datacenter", "Cluster", "esx01.example.test", "more"}),
            "nothing is below a host"));
  CHECK(has(in.refusal({"Europe"}), "is a folder"));
  CHECK(has(in.refusal({"Europe"}), "datacenter \"Berlin\""));
  CHECK(has(in.refusal({"Datacenter", "Rack 1"}), "host \"esx/a\""));
  CHECK(has(in.refusal({"Europe", "Berlin", "x"}), "nothing is there"));
}

TEST_CASE("scope: the host that an ESX server is") {
  esxvi::sim::Host host;
  MustBeSound const host_is_sound{host};
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("web01");
  host.modify(host.places().host,
              [](vim::HostSystem& h) { h.summary.managementServerIp = "192.0.2.9"; });
  esxvi::Session session{esxvi::sim::Transport(host), "https://esx/sdk", {"root", "esxvi"}};
  auto const before = session.requests();
  auto const scope = Scope::of_host(session);
  CHECK(session.requests() - before == 1);
  CHECK(scope.kind() == Scope::Kind::host);
  CHECK(scope.host() == host.places().host);
  CHECK(scope.compute_resource() == host.places().compute_resource);
  CHECK(scope.datacenter() == host.places().datacenter);
  CHECK(scope.pool() == host.places().pool);
  CHECK(scope.manager_address() == "192.0.2.9");
  CHECK_FALSE(scope.host_uuid().empty());
  CHECK(scope.below().empty());
  CHECK(scope.machines().size() == 1);
  CHECK(scope.find_name("web01") == vm);
}

TEST_CASE("scope: machines by UUID, by name, and their properties") {
  InCenter in;
  auto const first = in.host.get<vim::VirtualMachine>(in.on_first);
  auto const uuid = first->config->uuid;
  auto const instance = first->config->instanceUuid.value();
  REQUIRE(uuid != instance);
  std::string upper = uuid;
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'f' ? c - 32 : c);
  for (Path const& path : {Path{}, Path{"Datacenter"}, Path{"Datacenter", "Cluster"},
                           Path{"Datacenter", "Cluster", "esx01.example.test"}}) {
    CAPTURE(path.size());
    auto const scope = Scope::at(in.session, path);
    auto const by = [&](std::string const& id) {
      return in.within(2, [&] { return scope.find_uuid(id); });
    };
    CHECK(by(uuid) == in.on_first);
    CHECK(by(upper) == in.on_first);
    CHECK(by(instance) == in.on_first);
    CHECK_FALSE(by("00000000-0000-0000-0000-000000000000").has_value());
    CHECK(in.within(1, [&] { return scope.find_name("web01"); }) == in.on_first);
    CHECK_FALSE(in.within(1, [&] { return scope.find_name("web"); }).has_value());
  }
  auto const other = in.at({"Datacenter", "Cluster", "esx02.example.test"});
  CHECK_FALSE(other.find_uuid(uuid).has_value());  // it is somewhere else
  CHECK_FALSE(other.find_name("web01").has_value());
  CHECK_FALSE(in.at({"Europe", "Berlin"}).find_uuid(uuid).has_value());
  CHECK(other.find_name("a/b") == in.on_second);
  CHECK(other.find_name("a%2fb") == in.on_second);
  auto const rows =
      in.within(1, [&] { return other.retrieve<vim::VirtualMachine, "name", "runtime.host">(); });
  REQUIRE(rows.size() == 1);
  CHECK(std::get<1>(rows[0]) == "a%2fb");
}

TEST_CASE("scope: machines by UUID on a server that knows no instance UUIDs") {
  InCenter in("2.5");
  auto const config = in.host.get<vim::VirtualMachine>(in.on_first)->config;
  for (Path const& path : {Path{}, Path{"Datacenter"}, Path{"Datacenter", "Cluster"},
                           Path{"Datacenter", "Cluster", "esx01.example.test"}}) {
    CAPTURE(path.size());
    auto const scope = Scope::at(in.session, path);
    CHECK(scope.find_uuid(config->uuid) == in.on_first);
    CHECK_FALSE(scope.find_uuid(config->instanceUuid.value()).has_value());
    CHECK_FALSE(scope.find_uuid("00000000-0000-0000-0000-000000000000").has_value());
  }
  CHECK_FALSE(in.at({"Europe", "Berlin"}).find_uuid(config->uuid).has_value());
  CHECK(in.host.calls("FindAllByUuid") == 0);
}

TEST_CASE("scope: a UUID that several machines have is not one of them by chance") {
  InCenter in;
  auto const uuid = in.host.get<vim::VirtualMachine>(in.on_first)->config->uuid;
  auto const copied = in.host.add_vm("copy").ref();
  in.host.modify(copied, [&](vim::VirtualMachine& vm) { vm.config.value().uuid = uuid; });
  auto const place = in.host.get<vim::VirtualMachine>(in.on_first)->runtime.host;
  in.host.modify(copied, [&](vim::VirtualMachine& vm) { vm.runtime.host = place; });
  for (Path const& path : {Path{}, Path{"Datacenter"}}) {
    CAPTURE(path.size());
    try {
      static_cast<void>(Scope::at(in.session, path).find_uuid(uuid));
      FAIL("one of them was found");
    } catch (esxvi::invalid_argument const& e) {
      std::string const text = e.what();
      CHECK(text.find("2 machines have this UUID") != text.npos);
      CHECK(text.find(copied.value()) != text.npos);
    }
  }
}

TEST_CASE("scope: the datastores and networks of a host and a cluster") {
  InCenter in;
  for (Path const& path : {Path{}, Path{"Datacenter"}, Path{"Datacenter", "Cluster"},
                           Path{"Datacenter", "Cluster", "esx01.example.test"}}) {
    CAPTURE(path.size());
    auto const scope = Scope::at(in.session, path);
    auto const stores = in.within(1, [&] { return scope.retrieve<vim::Datastore, "name">(); });
    REQUIRE(stores.size() == 1);
    CHECK(std::get<0>(stores[0]) == in.host.places().datastore);
    CHECK(in.within(1, [&] { return scope.retrieve<vim::Network, "name">(); }).size() >= 1);
  }
  auto const lone = in.at({"Datacenter", "Rack 1", "esx/a"});
  CHECK(lone.retrieve<vim::Datastore, "name">().size() == 0);
}

TEST_CASE("scope: a name that several machines have") {
  InCenter in;
  in.host.add_vm("web01").ref();
  auto const everything = Scope::at(in.session, {});
  CHECK_THROWS_AS(static_cast<void>(everything.find_name("web01")), esxvi::invalid_argument);
  // What people see of one is how the other is stored.
  esxvi::Ref<vim::VirtualMachine> const odd = in.host.add_vm("a%2fb");
  CHECK(in.host.get<vim::VirtualMachine>(odd)->name == "a%252fb");
  CHECK(everything.find_name("a%2fb") == in.on_second);
  CHECK(everything.find_name("a%252fb") == odd);
}
