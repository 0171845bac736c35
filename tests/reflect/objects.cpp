// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Tables of members.
#include <esxvi/reflect/object.hpp>
#include <esxvi/types/HostCapability.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualMachineConfigInfo.hpp>
#include <esxvi/types/VirtualMachineSnapshotTree.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

using namespace esxvi;
namespace vim = esxvi::types;
using reflect::kind;
using reflect::type_of;

namespace sample {
struct Base {
  std::string first{};
  std::optional<std::int32_t> second{};
  Extra extra{};
};
BOOST_DESCRIBE_STRUCT(Base, (), (first, second))
struct Derived : Base {
  std::vector<std::string> third{};
  bool template_{};
  Any fourth{};
};
BOOST_DESCRIBE_STRUCT(Derived, (Base), (third, template_, fourth))
struct Bare {
  std::int64_t only{};
};
BOOST_DESCRIBE_STRUCT(Bare, (), (only))
}  // namespace sample

namespace {

std::vector<std::string> names_of(reflect::type_info const& type) {
  std::vector<std::string> names;
  for (auto const& m : type.members) names.emplace_back(m.name);
  return names;
}

// Every member lies in the object, no two at the same place, and their order is that of the fields.
template <class T> void check_places() {
  T object{};
  auto const* const begin = reinterpret_cast<char const*>(&object);
  char const* last = begin - 1;
  std::set<std::string_view> names;
  for (auto const& m : type_of<T>()->members) {
    CAPTURE(m.name);
    auto const* const at = static_cast<char const*>(m.at(&object));
    CHECK(at > last);
    CHECK(at < begin + sizeof(T));
    CHECK(m.type != nullptr);
    CHECK(names.insert(m.name).second);
    last = at;
  }
}

}  // namespace

TEST_CASE("members of the bases come first, then the own ones, in their order") {
  CHECK(names_of(*type_of<sample::Derived>()) ==
        std::vector<std::string>{"first", "second", "third", "template", "fourth"});
  CHECK(type_of<sample::Derived>()->base == type_of<sample::Base>());
  CHECK(type_of<sample::Base>()->base == nullptr);
  check_places<sample::Derived>();
}

TEST_CASE("required is what can neither be absent nor empty") {
  std::vector<bool> required;
  for (auto const& m : type_of<sample::Derived>()->members) required.push_back(m.required);
  CHECK(required == std::vector<bool>{true, false, false, true, false});
}

TEST_CASE("a member is reached through the table of a descendant") {
  sample::Derived object;
  auto const members = type_of<sample::Derived>()->members;
  *static_cast<std::string*>(members[0].at(&object)) = "one";
  *static_cast<bool*>(members[3].at(&object)) = true;
  CHECK(object.first == "one");
  CHECK(object.template_);
}

TEST_CASE("only a struct with a member `extra` keeps what is unknown") {
  sample::Derived object;
  REQUIRE((type_of<sample::Derived>()->extra != nullptr));
  CHECK(type_of<sample::Derived>()->extra(&object) == &object.extra);
  CHECK((type_of<sample::Bare>()->extra == nullptr));
}

TEST_CASE("is_a follows the chain of bases, upwards only") {
  CHECK(reflect::is_a(type_of<sample::Derived>(), type_of<sample::Base>()));
  CHECK(reflect::is_a(type_of<sample::Base>(), type_of<sample::Base>()));
  CHECK_FALSE(reflect::is_a(type_of<sample::Base>(), type_of<sample::Derived>()));
  CHECK_FALSE(reflect::is_a(type_of<sample::Bare>(), type_of<sample::Base>()));
  CHECK_FALSE(reflect::is_a(nullptr, type_of<sample::Base>()));
  CHECK(reflect::is_a(type_of<vim::VirtualDisk>(), type_of<vim::VirtualDevice>()));
}

TEST_CASE("structs longer than the macros of Boost.Describe are described whole") {
  CHECK(type_of<vim::HostCapability>()->members.size() == 152);
  CHECK(type_of<vim::HostCapability>()->members.front().name == "recursiveResourcePoolsSupported");
  check_places<vim::HostCapability>();
  CHECK(type_of<vim::VirtualMachineConfigInfo>()->members.size() > 52);
  check_places<vim::VirtualMachineConfigInfo>();
}

TEST_CASE("members named like keywords have their wire names") {
  auto const names = names_of(*type_of<vim::VirtualMachineConfigInfo>());
  CHECK(std::count(names.begin(), names.end(), "template") == 1);
  CHECK(std::count(names.begin(), names.end(), "template_") == 0);
}

TEST_CASE("a disk has the members of a device, then its own") {
  auto const disk = names_of(*type_of<vim::VirtualDisk>());
  auto const device = names_of(*type_of<vim::VirtualDevice>());
  REQUIRE(disk.size() > device.size());
  CHECK(std::vector<std::string>(
            disk.begin(), disk.begin() + static_cast<std::ptrdiff_t>(device.size())) == device);
  CHECK(disk[device.size()] == "capacityInKB");
}

TEST_CASE("a struct may hold itself in an array") {
  auto const& tree = *type_of<vim::VirtualMachineSnapshotTree>();
  for (auto const& m : tree.members)
    if (m.name == "childSnapshotList") {
      CHECK(m.type->what == kind::array);
      CHECK(m.type->element == &tree);
    }
}

TEST_CASE("a struct may hold itself in a box") {
  auto const& backing = *type_of<vim::VirtualDiskFlatVer2BackingInfo>();
  bool found = false;
  for (auto const& m : backing.members) {
    if (m.name != "parent") continue;
    found = true;
    CHECK(m.type->what == kind::poly);
    CHECK(m.type->held->type == &backing);
    CHECK_FALSE(m.required);
  }
  CHECK(found);
}

TEST_CASE("containers make elements and show them") {
  std::optional<std::int32_t> one;
  auto const& optional = *type_of<std::optional<std::int32_t>>();
  CHECK(optional.elements(&one).count == 0);
  *static_cast<std::int32_t*>(optional.emplace(&one)) = 5;
  CHECK(one == 5);
  CHECK(optional.elements(&one).count == 1);
  CHECK(optional.elements(&one).first == &*one);

  std::vector<std::string> many;
  auto const& array = *type_of<std::vector<std::string>>();
  *static_cast<std::string*>(array.emplace(&many)) = "a";
  *static_cast<std::string*>(array.emplace(&many)) = "b";
  CHECK(many == std::vector<std::string>{"a", "b"});
  CHECK(array.elements(&many).count == 2);
  CHECK(array.stride == sizeof(std::string));
}
