// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The selections that queries send, carried out on an inventory: they find every object of a kind.
#include <esxvi/query/traversal.hpp>
#include <esxvi/types/hierarchy.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vim = esxvi::types;

namespace {

bool is_a(std::string_view kind, std::string_view base) {
  while (!kind.empty() && kind != base) kind = vim::object_base_of(kind);
  return !kind.empty();
}

/// Objects by name, and where their properties lead.
class Inventory {
 public:
  using names = std::vector<std::string>;

  std::string add(std::string kind, std::string const& name) {
    REQUIRE(objects_.try_emplace(name, object{std::move(kind), {}}).second);
    return name;
  }
  void link(std::string const& from, std::string const& path, std::string const& to) {
    objects_.at(from).links[path].push_back(to);
  }
  std::string child(std::string const& parent, std::string kind, std::string const& name,
                    std::string const& path = "childEntity") {
    add(std::move(kind), name);
    link(parent, path, name);
    link(name, "parent", parent);
    return name;
  }
  [[nodiscard]] std::string const& kind(std::string const& name) const {
    return objects_.at(name).kind;
  }
  [[nodiscard]] names follow(std::string const& from, std::string const& path) const {
    auto const& links = objects_.at(from).links;
    auto const found = links.find(path);
    return found != links.end() ? found->second : names();
  }
  /// All of a kind, or of its descendants, whose name begins so.
  [[nodiscard]] std::set<std::string> all(std::string_view kind, std::string_view prefix = {}) const {
    std::set<std::string> found;
    for (auto const& [name, o] : objects_)
      if (is_a(o.kind, kind) && name.starts_with(prefix)) found.insert(name);
    return found;
  }

 private:
  struct object {
    std::string kind;
    std::map<std::string, names> links;
  };
  std::map<std::string, object> objects_;
};

/// Two data centers, one of them in folders, each with machines in nested folders and in vApps in
/// vApps, a host of its own and a cluster, pools in pools, stores in a pod, networks in a folder.
Inventory everything() {
  Inventory i;
  i.add("Folder", "root");
  i.child("root", "Folder", "dcs");
  i.child("dcs", "Folder", "dcs/inner");
  i.child("dcs/inner", "Folder", "dcs/inner/empty");
  for (auto const& [parent, center] : {std::pair{"root", "A"}, {"dcs/inner", "B"}}) {
    std::string const dc = i.child(parent, "Datacenter", center);
    auto const in = [&dc](auto name) { return dc + "/" + name; };

    std::string const hosts = i.child(dc, "Folder", in("host"), "hostFolder");
    std::string const alone = i.child(hosts, "ComputeResource", in("alone"));
    std::string const inner = i.child(hosts, "Folder", in("host/inner"));
    std::string const cluster = i.child(inner, "ClusterComputeResource", in("cluster"));
    i.child(alone, "HostSystem", in("h0"), "host");
    for (auto const* h : {"h1", "h2"}) i.child(cluster, "HostSystem", in(h), "host");
    std::string const pool0 = i.child(alone, "ResourcePool", in("pool0"), "resourcePool");
    std::string const pool = i.child(cluster, "ResourcePool", in("pool"), "resourcePool");
    std::string const p1 = i.child(pool, "ResourcePool", in("pool/1"), "resourcePool");
    std::string const p2 = i.child(p1, "ResourcePool", in("pool/1/2"), "resourcePool");
    std::string const vapp = i.child(p1, "VirtualApp", in("vapp"), "resourcePool");
    std::string const nested = i.child(vapp, "VirtualApp", in("vapp/vapp"), "resourcePool");
    std::string const deep = i.child(nested, "VirtualApp", in("vapp/vapp/vapp"), "resourcePool");

    std::string const vms = i.child(dc, "Folder", in("vm"), "vmFolder");
    std::string const vms1 = i.child(vms, "Folder", in("vm/1"));
    std::string const vms2 = i.child(vms1, "Folder", in("vm/1/2"));
    i.link(vms2, "childEntity", vapp);
    // Machines: where they are listed, which pool and host they have.
    for (auto const& [name, folder, owner, host] :
         {std::array<std::string, 4>{in("m0"), vms, pool0, in("h0")},
          {in("m1"), vms1, pool, in("h1")},
          {in("m2"), vms2, p1, in("h1")},
          {in("m3"), vms2, p2, in("h2")},
          {in("m4"), "", vapp, in("h2")},
          {in("m5"), "", nested, in("h2")},
          {in("m6"), "", deep, in("h1")}}) {
      i.add("VirtualMachine", name);
      if (!folder.empty()) i.link(folder, "childEntity", name);
      i.link(owner, "vm", name);
      i.link(host, "vm", name);
      i.link(name, "resourcePool", owner);
    }

    std::string const stores = i.child(dc, "Folder", in("datastore"), "datastoreFolder");
    i.child(stores, "Datastore", in("ds1"));
    std::string const pods = i.child(stores, "Folder", in("datastore/pods"));
    std::string const pod = i.child(pods, "StoragePod", in("pod"));
    i.child(pod, "Datastore", in("ds2"));
    std::string const nets = i.child(dc, "Folder", in("network"), "networkFolder");
    i.child(nets, "Network", in("net"));
    std::string const inner_nets = i.child(nets, "Folder", in("network/inner"));
    i.child(inner_nets, "VmwareDistributedVirtualSwitch", in("dvs"));
    i.child(inner_nets, "DistributedVirtualPortgroup", in("dvpg"));

    // Ways that lead around in circles.
    for (auto const* store : {"ds1", "ds2"}) {
      i.link(dc, "datastore", in(store));
      i.link(cluster, "datastore", in(store));
      for (auto const* h : {"h0", "h1", "h2"}) {
        i.link(in(h), "datastore", in(store));
        i.link(in(store), "host", in(h));
      }
      for (auto const& m : i.all("VirtualMachine", in("m"))) i.link(in(store), "vm", m);
    }
    for (auto const* net : {"net", "dvpg"}) {
      i.link(dc, "network", in(net));
      for (auto const* h : {"h0", "h1", "h2"}) {
        i.link(in(h), "network", in(net));
        i.link(in(net), "host", in(h));
      }
      i.link(cluster, "network", in(net));
      for (auto const& m : i.all("VirtualMachine", in("m"))) {
        i.link(in(net), "vm", m);
        i.link(m, "network", in(net));
      }
    }
  }
  return i;
}

/// A property collector at work.
struct Walk {
  Inventory const& inventory;
  bool by_type;  ///< a step is taken from objects of its kind only, as vSphere does
  std::map<std::string, vim::TraversalSpec const*> named{};
  std::set<std::string> selected{};
  std::set<std::pair<std::string, std::string>> done{};
  int steps = 0;

  std::set<std::string> run(std::string_view kind, std::string const& root, bool whole) {
    auto const selection = esxvi::detail::selection_for(kind, whole);
    for (auto const& one : selection) {
      auto const* const step = one.as<vim::TraversalSpec>();
      REQUIRE(step != nullptr);
      REQUIRE(step->name.has_value());
      CHECK(step->skip == false);
      CHECK_MESSAGE(named.emplace(*step->name, step).second, "named twice: ", *step->name);
    }
    selected.insert(root);
    for (auto const& one : selection) take(*one.as<vim::TraversalSpec>(), root);
    std::set<std::string> found;
    for (auto const& name : selected)
      if (is_a(inventory.kind(name), kind)) found.insert(name);
    return found;
  }

  void take(vim::TraversalSpec const& step, std::string const& from) {
    REQUIRE_MESSAGE(++steps < 100'000, "this does not end");
    if (by_type && !is_a(inventory.kind(from), step.type)) return;
    // vSphere does not take the same step twice; the simulator does.
    if (by_type && !done.emplace(*step.name, from).second) return;
    for (auto const& next : inventory.follow(from, step.path)) {
      selected.insert(next);
      for (auto const& also : step.selectSet) {
        REQUIRE(also->name.has_value());
        auto const found = named.find(*also->name);
        REQUIRE_MESSAGE(found != named.end(), "no such step: ", *also->name);
        take(*found->second, next);
      }
    }
  }
};

constexpr std::string_view kinds[] = {
    "VirtualMachine", "HostSystem",   "Datastore",  "Network",
    "ComputeResource", "ResourcePool", "Folder",     "Datacenter",
    "VirtualApp",      "StoragePod",   "ManagedEntity", "ClusterComputeResource",
    "DistributedVirtualSwitch", "DistributedVirtualPortgroup"};

}  // namespace

TEST_CASE("from the root folder every object of a kind is found, and no other") {
  Inventory const inventory = everything();
  for (std::string_view const kind : kinds) {
    CAPTURE(std::string(kind));
    REQUIRE(inventory.all(kind).size() >= 2);
    CHECK(Walk{inventory, true}.run(kind, "root", true) == inventory.all(kind));
  }
}

TEST_CASE("a server that does not look at the kinds of objects finds the same, and ends") {
  Inventory const inventory = everything();
  for (std::string_view const kind : kinds) {
    CAPTURE(std::string(kind));
    Walk walk{inventory, false};
    CHECK(walk.run(kind, "root", true) == inventory.all(kind));
    CHECK(walk.steps < 2'000);
  }
}

TEST_CASE("below a data center everything in it is found, and nothing of another one") {
  Inventory const inventory = everything();
  for (std::string_view const kind : kinds) {
    CAPTURE(std::string(kind));
    auto expected = inventory.all(kind, "A/");
    if (is_a("Datacenter", kind)) expected.insert("A");
    CHECK(Walk{inventory, true}.run(kind, "A", false) == expected);
    CHECK(Walk{inventory, false}.run(kind, "A", false) == expected);
  }
}

TEST_CASE("below a host, a cluster, a pool, a vApp, a folder: what they hold") {
  Inventory const inventory = everything();
  using found = std::set<std::string>;
  struct {
    std::string_view kind;
    char const* root;
    found expected;
  } const table[] = {
      {"VirtualMachine", "A/h1", {"A/m1", "A/m2", "A/m6"}},
      {"VirtualMachine", "A/m1", {"A/m1"}},
      {"VirtualMachine", "A/alone", {"A/m0"}},
      {"VirtualMachine", "A/cluster", {"A/m1", "A/m2", "A/m3", "A/m4", "A/m5", "A/m6"}},
      {"VirtualMachine", "A/pool/1/2", {"A/m3"}},
      {"VirtualMachine", "A/pool/1", {"A/m2", "A/m3", "A/m4", "A/m5", "A/m6"}},
      {"VirtualMachine", "A/vapp", {"A/m4", "A/m5", "A/m6"}},
      {"VirtualMachine", "A/host", inventory.all("VirtualMachine", "A/")},
      {"VirtualMachine", "dcs", inventory.all("VirtualMachine", "B/")},
      {"HostSystem", "A/cluster", {"A/h1", "A/h2"}},
      {"HostSystem", "A/h0", {"A/h0"}},
      {"HostSystem", "B/host/inner", {"B/h1", "B/h2"}},
      {"ResourcePool", "A/pool/1", {"A/pool/1", "A/pool/1/2", "A/vapp", "A/vapp/vapp",
                                    "A/vapp/vapp/vapp"}},
      {"ResourcePool", "A/alone", {"A/pool0"}},
      {"Datastore", "A/datastore", {"A/ds1", "A/ds2"}},
      {"Datastore", "A/pod", {"A/ds2"}},
      {"Network", "A/network", {"A/net", "A/dvpg"}},
      {"Datastore", "A/h1", {"A/ds1", "A/ds2"}},
      {"Datastore", "A/cluster", {"A/ds1", "A/ds2"}},
      {"Network", "A/h1", {"A/net", "A/dvpg"}},
      {"Network", "B/cluster", {"B/net", "B/dvpg"}},
      {"Folder", "A/vm/1", {"A/vm/1", "A/vm/1/2"}},
      {"Datacenter", "dcs", {"B"}},
  };
  for (auto const& row : table) {
    CAPTURE(std::string(row.kind));
    CAPTURE(std::string(row.root));
    CHECK(Walk{inventory, true}.run(row.kind, row.root, false) == row.expected);
    // A machine has a property resourcePool, too: only the kind keeps a walk from going there.
    if (inventory.kind(row.root) != "VirtualMachine")
      CHECK(Walk{inventory, false}.run(row.kind, row.root, false) == row.expected);
  }
}

TEST_CASE("below a vm folder: the machines in it and in the vApps in it") {
  Inventory const inventory = everything();
  auto const found = Walk{inventory, true}.run("VirtualMachine", "A/vm/1", false);
  // vApps in vApps are in no folder, so their machines are found from the pools.
  for (auto const* name : {"A/m1", "A/m2", "A/m3", "A/m4"}) CHECK(found.contains(name));
  CHECK_FALSE(found.contains("A/m0"));
}

TEST_CASE("every step's kind and property exist") {
  for (auto const& step : esxvi::detail::traversals()) {
    CAPTURE(std::string(step.name));
    CHECK(is_a(step.from, "ManagedEntity"));
    CHECK_FALSE(step.path.empty());
  }
  for (auto const& reach : esxvi::detail::reaches()) CHECK(is_a(reach.kind, "ManagedEntity"));
}
