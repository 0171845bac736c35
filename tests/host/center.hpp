// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A vCenter with folders, names that have to be escaped, two datacenters, a cluster and a host that
// is in none.
#pragma once

#include <esxvi/sim.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "support/must_be_sound.hpp"

namespace esxvi::test {

namespace vim = esxvi::types;

inline sim::HostOptions as_vcenter() {
  sim::HostOptions options;
  options.vcenter = true;
  options.hosts = 2;
  return options;
}

/// Below the root:
///
///     Datacenter/host/Cluster/{esx01.example.test, esx02.example.test}    (from the simulator)
///     Datacenter/host/Rack 1/esx%2fa/esx%2fa                              in no cluster
///     Europe/Berlin/host                                                  a datacenter in a folder
struct Center {
  sim::Host host{as_vcenter()};
  MustBeSound const host_is_sound{host};
  Ref<vim::HostSystem> lone{};
  Ref<vim::VirtualMachine> on_first = host.add_vm("web01").host(hosts(0));
  Ref<vim::VirtualMachine> on_second = host.add_vm("a/b").host(hosts(1));

  Center() {
    auto const& at = host.places();
    auto const rack = host.add_folder(at.host_folder, "Rack 1");
    lone = add_lone_host(rack, "esx%2fa");
    auto const europe = host.add_folder(at.root, "Europe");
    add_datacenter(europe, "Berlin");
  }
  Center(Center const&) = delete;
  Center& operator=(Center const&) = delete;

  [[nodiscard]] Ref<vim::HostSystem> hosts(std::size_t i) {
    return host.get<vim::ComputeResource>(host.places().compute_resource)->host.at(i);
  }

 private:
  template <class T, class Parent> T entity(std::string name, Ref<Parent> const& parent) {
    T made;
    made.name = std::move(name);
    made.parent = Ref<vim::ManagedEntity>(parent.type(), parent.value());
    return made;
  }
  void into(Ref<vim::Folder> const& folder, untyped_ref const& child) {
    host.modify(folder,
                [&](vim::Folder& f) { f.childEntity.emplace_back(child.type(), child.value()); });
  }
  Ref<vim::HostSystem> add_lone_host(Ref<vim::Folder> const& folder, std::string const& name) {
    Ref<vim::ComputeResource> const compute("domain-s100");
    Ref<vim::HostSystem> const ref("host-101");
    auto c = entity<vim::ComputeResource>(name, folder);
    c.host = {ref};
    host.add(compute, std::move(c));
    into(folder, compute);
    auto h = entity<vim::HostSystem>(name, compute);
    h.summary.hardware.emplace().uuid = "00000000-1111-2222-3333-444444444444";
    host.add(ref, std::move(h));
    return ref;
  }
  void add_datacenter(Ref<vim::Folder> const& folder, std::string const& name) {
    Ref<vim::Datacenter> const ref("datacenter-200");
    Ref<vim::Folder> const host_folder("group-h201");
    auto d = entity<vim::Datacenter>(name, folder);
    d.hostFolder = host_folder;
    host.add(ref, std::move(d));
    into(folder, ref);
    host.add(host_folder, entity<vim::Folder>("host", ref));
  }
};

}  // namespace esxvi::test
