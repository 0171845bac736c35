// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Roles, and who has them. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/admission.hpp>
#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/AuthorizationManager.hpp>
#include <esxvi/types/AuthorizationManager_properties.hpp>
#include <esxvi/types/ElementDescription.hpp>
#include <esxvi/types/facts.hpp>
#include <esxvi/types/fault/NotFound.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::sim {

namespace detail {

namespace {

/// Roles that every server has. Of the users of a simulated host each has one of the first two.
struct role_row {
  std::int32_t id;
  std::string_view name;
  std::string_view label;
  std::vector<std::string_view> privileges;  ///< none: all that there are
};
inline role_row const system_roles[] = {
    {-1, "Admin", "Administrator", {}},
    {-2, "ReadOnly", "Read-only", {"System.Anonymous", "System.Read", "System.View"}},
    {-3, "View", "View", {"System.Anonymous", "System.View"}},
    {-4, "Anonymous", "Anonymous", {"System.Anonymous"}},
};

constexpr std::int32_t role_of(Role role) { return role == Role::administrator ? -1 : -2; }

/// All that a method or a property of the API asks for.
inline std::vector<std::string> all_privileges() {
  namespace facts = types::detail::facts;
  std::vector<std::string> all;
  for (std::size_t i = 0; i < std::size(facts::privilege_positions); ++i)
    if (auto const name = facts::texts_at(facts::privilege_positions[i], facts::privilege_sizes[i]);
        !name.empty())
      all.emplace_back(name);
  for (std::string_view const name : unstated_privileges()) all.emplace_back(name);
  std::ranges::sort(all);
  auto const [first, last] = std::ranges::unique(all);
  all.erase(first, last);
  return all;
}

inline types::AuthorizationManager authorization() {
  using namespace types;
  AuthorizationManager out;
  auto const all = all_privileges();
  for (std::string const& id : all) {
    auto const dot = id.rfind('.');
    AuthorizationPrivilege p;
    p.privId = id;
    p.name = id.substr(dot + 1);
    p.privGroupName = id.substr(0, dot);
    ElementDescription d;
    d.key = id;
    d.label = p.name;
    d.summary = p.name;
    out.privilegeList.push_back(std::move(p));
    out.description.privilege.emplace_back(std::move(d));
  }
  for (role_row const& row : system_roles) {
    AuthorizationRole role;
    role.roleId = row.id;
    role.system = true;
    role.name = row.name;
    Description about;
    about.label = row.label;
    about.summary = row.label;
    role.info = std::move(about);
    role.privilege.assign(row.privileges.begin(), row.privileges.end());
    if (role.privilege.empty()) role.privilege = all;
    out.roleList.push_back(std::move(role));
  }
  return out;
}

/// Roles are given at the root, for everything below it.
inline std::vector<types::Permission> permissions(Host& host) {
  std::vector<types::Permission> all;
  for (User const& user : host.options().users) {
    types::Permission p;
    p.entity = Ref<types::ManagedEntity>(host.places().root.type(), host.places().root.value());
    p.principal = user.name;
    p.roleId = role_of(user.role);
    p.propagate = true;
    all.push_back(std::move(p));
  }
  return all;
}

inline types::EntityPrivilege granted(HostSession const& session, untyped_ref const& entity,
                                      std::vector<std::string> const& wanted) {
  types::EntityPrivilege out;
  out.entity = Ref<types::ManagedEntity>(entity.type(), entity.value());
  for (std::string const& id : wanted) {
    types::PrivilegeAvailability one;
    one.privId = id;
    one.isGranted = !refusal(&session, entity, id);
    out.privAvailability.push_back(std::move(one));
  }
  return out;
}

}  // namespace
}  // namespace detail

void add_authorization_services(Host& host) {
  using namespace esxvi::types;
  host.add(
      Ref<AuthorizationManager>(host.options().vcenter ? "AuthorizationManager" : "ha-authmgr"),
      detail::authorization());
  host.on<RetrieveAllPermissions>(
      [](Call& call, RetrieveAllPermissions const&) { return detail::permissions(call.host()); });
  host.on<RetrieveEntityPermissions>([](Call& call, RetrieveEntityPermissions const& r) {
    call.require("System.Read", *r.entity);
    bool const here = *r.inherited || r.entity->value() == call.host().places().root.value();
    return here ? detail::permissions(call.host()) : std::vector<Permission>();
  });
  host.on<RetrieveRolePermissions>([](Call& call, RetrieveRolePermissions const& r) {
    auto const known = [&](detail::role_row const& row) { return row.id == *r.roleId; };
    if (std::ranges::none_of(detail::system_roles, known)) throw fault(NotFound());
    auto all = detail::permissions(call.host());
    std::erase_if(all, [&](Permission const& p) { return p.roleId != *r.roleId; });
    return all;
  });
  host.on<HasPrivilegeOnEntities>([](Call& call, HasPrivilegeOnEntities const& r) {
    std::vector<EntityPrivilege> out;
    for (auto const& session : call.host().sessions()) {
      if (session->key != *r.sessionId) continue;
      for (auto const& entity : *r.entity)
        out.push_back(detail::granted(*session, entity, r.privId));
    }
    return out;
  });
}

}  // namespace esxvi::sim
