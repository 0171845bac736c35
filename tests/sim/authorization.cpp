// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Roles and who has them, and the settings of a server.
#include "sim/fixture.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/AuthorizationManager.hpp>
#include <esxvi/types/AuthorizationManager_properties.hpp>
#include <esxvi/types/LongOption.hpp>
#include <esxvi/types/OptionManager.hpp>
#include <esxvi/types/OptionManager_properties.hpp>
#include <esxvi/types/OptionValue.hpp>

#include <algorithm>

using namespace esxvi::test;
using esxvi::Ref;

namespace {
Ref<vim::AuthorizationManager> const manager("ha-authmgr");
}

TEST_CASE("the roles of a system and the privileges in them") {
  Simulated s;
  auto session = s.open("viewer");
  auto const rows = session.retrieve<vim::AuthorizationManager, "roleList", "privilegeList">(
      {.objects = {manager}});
  REQUIRE(rows.size() == 1);
  auto const& roles = std::get<1>(rows[0]);
  auto const& privileges = std::get<2>(rows[0]);
  REQUIRE(roles.size() == 4);
  CHECK(roles[0].roleId == -1);
  CHECK(roles[0].privilege.size() == privileges.size());
  CHECK(roles[1].name == "ReadOnly");
  CHECK(roles[1].privilege.size() == 3);
  for (char const* id : {"VirtualMachine.Interact.PowerOn", "Datastore.FileManagement",
                         "System.Read", "Host.Config.Network"})
    CHECK(std::any_of(privileges.begin(), privileges.end(),
                      [&](auto const& p) { return p.privId == id; }));
}

TEST_CASE("permissions are given at the root, and hold below it") {
  Simulated s;
  Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01");
  auto session = s.open();
  auto const all = session.call(vim::RetrieveAllPermissions{.self = manager});
  REQUIRE(all.size() == 2);
  CHECK(all[0].principal == "root");
  CHECK(all[0].roleId == -1);
  CHECK(all[1].roleId == -2);
  CHECK(all[1].propagate);
  Ref<vim::ManagedEntity> const entity(vm.type(), vm.value());
  auto const of = [&](bool inherited) {
    return session
        .call(vim::RetrieveEntityPermissions{
            .self = manager, .entity = entity, .inherited = inherited})
        .size();
  };
  CHECK(of(true) == 2);
  CHECK(of(false) == 0);
  CHECK(session.call(vim::RetrieveRolePermissions{.self = manager, .roleId = -2}).size() == 1);
  CHECK(fault_of([&] {
          session.call(vim::RetrieveRolePermissions{.self = manager, .roleId = 7});
        }) == "NotFound");
}

TEST_CASE("what a session may do is what it is allowed") {
  Simulated s;
  Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01");
  auto session = s.open();
  auto viewer = s.open("viewer");
  auto const answers = [&](std::string key) {
    auto const got = session.call(vim::HasPrivilegeOnEntities{
        .self = manager,
        .entity = std::vector{Ref<vim::ManagedEntity>(vm.type(), vm.value())},
        .sessionId = std::move(key),
        .privId = {"System.Read", "VirtualMachine.Interact.PowerOn"}});
    std::string out;
    for (auto const& one : got)
      for (auto const& p : one.privAvailability) out += p.isGranted ? "yes " : "no ";
    return out;
  };
  CHECK(answers(session.user().key) == "yes yes ");
  CHECK(answers(viewer.user().key) == "yes no ");
  CHECK(answers("nobody") == "");
}

TEST_CASE("settings of the service are options, with descriptions") {
  for (bool const vcenter : {false, true}) {
    Simulated s({.vcenter = vcenter});
    auto session = s.open();
    Ref<vim::OptionManager> const setting(vcenter ? "VpxSettings" : "HostAgentSettings");
    auto const all = session.call(vim::QueryOptions{.self = setting});
    auto const described = s.host.get<vim::OptionManager>(setting)->supportedOption;
    CHECK(all.size() == described.size());
    CHECK(all.size() >= 2);
    vim::OptionValue changed;
    changed.key = all[0]->key;
    changed.value = std::string("other");
    session.call(vim::UpdateOptions{
        .self = setting, .changedValue = std::vector<esxvi::Poly<vim::OptionValue>>{changed}});
    auto const now = session.call(vim::QueryOptions{.self = setting, .name = all[0]->key});
    REQUIRE(now.size() == 1);
    CHECK(*now[0]->value.as<std::string>() == "other");
    auto viewer = s.open("viewer");
    CHECK(fault_of([&] {
            viewer.call(vim::UpdateOptions{
                .self = setting,
                .changedValue = std::vector<esxvi::Poly<vim::OptionValue>>{changed}});
          }) == "NoPermission");
  }
}
