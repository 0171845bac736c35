// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The committed headers, as their users see them.
#include <doctest/doctest.h>
#include <boost/describe/bases.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <esxvi/types/HostCapability.hpp>
#include <esxvi/types/Task.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/catalogue.hpp>
#include <esxvi/types/constants/VirtualMachineGuestOsIdentifier.hpp>
#include <esxvi/types/facts.hpp>
#include <esxvi/types/hierarchy.hpp>
#include <esxvi/types/secrets.hpp>
#include <esxvi/types/versions.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "support.hpp"

namespace vim = esxvi::types;

namespace {

using namespace esxvi::typegen;

template <class T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public>;

TEST_CASE("designated initialisers, and long descriptions") {
  const vim::TaskInfo info{.key = "task-1", .cancelable = true};
  CHECK(info.key == "task-1");
  CHECK(!info.cancelled);
  CHECK(boost::mp11::mp_size<members_of<vim::HostCapability>>::value == 152);
  CHECK(boost::mp11::mp_front<members_of<vim::HostCapability>>::name ==
        std::string_view("recursiveResourcePoolsSupported"));
  CHECK(boost::mp11::mp_size<boost::describe::describe_bases<
            vim::VirtualDisk, boost::describe::mod_any_access>>::value == 1);
  CHECK(boost::mp11::mp_size<boost::describe::describe_enumerators<
            vim::VirtualMachineGuestOsIdentifier_::VirtualMachineGuestOsIdentifier>>::value == 204);
}

TEST_CASE("hierarchy.hpp agrees with the schema") {
  static_assert(vim::type_count == 2935);
  static_assert(vim::base_of("VirtualDisk") == "VirtualDevice");
  static_assert(vim::base_of("DynamicData").empty());
  static_assert(vim::find_type("NoSuchType") == vim::type_count);
  for (std::size_t i = 1; i < vim::type_count; ++i)
    REQUIRE(vim::type_name(i - 1) < vim::type_name(i));
  for (const Struct& structure : test::full_schema().structs) {
    CAPTURE(structure.name);
    CHECK(vim::type_name(vim::find_type(structure.name)) == structure.name);
    CHECK(vim::base_of(structure.name) == structure.base);
    CHECK(vim::object_base_of(structure.name).empty());
  }
  for (const Managed& object : test::full_schema().objects) {
    CAPTURE(object.name);
    CHECK(vim::object_base_of(object.name) == object.base);
    CHECK(vim::base_of(object.name).empty());
  }
}

template <class Members>
void check_members(std::string_view type, std::string_view type_since, const Members& members) {
  for (const auto& member : members) {
    CAPTURE(type);
    CAPTURE(member.name);
    const auto facts = vim::facts_of(type, member.name);
    REQUIRE(facts);
    CHECK(facts->since == (member.facts.since.empty() ? type_since : member.facts.since));
    CHECK(facts->is_deprecated == member.facts.deprecated.has_value());
    CHECK(facts->deprecated == member.facts.deprecated.value_or(""));
    if constexpr (requires { member.facts.secret; }) CHECK(facts->secret == member.facts.secret);
    if constexpr (requires { member.facts.priv; }) CHECK(facts->privilege == member.facts.priv);
  }
}

TEST_CASE("facts.hpp agrees with the schema") {
  static_assert(vim::facts_of("TaskInfo", "activationId")->since == "6.0");
  static_assert(vim::facts_of("Login", "password")->secret);
  static_assert(!vim::facts_of("NoSuchType"));
  for (const Enum& enumeration : test::full_schema().enums)
    check_members(enumeration.name, enumeration.facts.since, enumeration.values);
  for (const Struct& structure : test::full_schema().structs) {
    CHECK(vim::facts_of(structure.name)->since == structure.facts.since);
    check_members(structure.name, structure.facts.since, structure.fields);
  }
  for (const Managed& object : test::full_schema().objects) {
    check_members(object.name, object.facts.since, object.properties);
    for (const Method& method : object.methods) {
      CAPTURE(method.name);
      const std::string& since =
          method.facts.since.empty() ? object.facts.since : method.facts.since;
      CHECK(vim::facts_of(method.name)->since == since);
      CHECK(vim::facts_of(method.name)->privilege == method.facts.priv);
      check_members(method.name, since, method.parameters);
    }
  }
}

TEST_CASE("versions, secrets, catalogue") {
  static_assert(vim::version_order("2.5") < vim::version_order("2.5u2"));
  static_assert(vim::version_order("8.0.3.0") + 1 == std::size(vim::api_versions));
  static_assert(vim::version_order("99") == std::size(vim::api_versions));
  CHECK(std::is_sorted(std::begin(vim::secret_members), std::end(vim::secret_members)));
  for (const char* name : {"password", "AcquireCloneTicketResponse", "cloneTicket", "chapSecret"})
    CHECK(std::binary_search(std::begin(vim::secret_members), std::end(vim::secret_members),
                             std::string_view(name)));
  static_assert(vim::catalogue::part_count == 16);
}

}  // namespace
