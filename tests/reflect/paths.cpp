// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Property paths, checked while this file is compiled.
#include <esxvi/reflect/path.hpp>
#include <esxvi/types/core.hpp>

#include <doctest/doctest.h>

#include <type_traits>

using namespace esxvi;
using reflect::path_problem;
using reflect::property;
using reflect::property_t;
using reflect::PropertyPath;

namespace sample {
enum class Color { red };
BOOST_DESCRIBE_ENUM(Color, red)

struct Backing {
  std::string fileName{};
  Extra extra{};
};
BOOST_DESCRIBE_STRUCT(Backing, (), (fileName))
struct FileBacking : Backing {
  std::int32_t size{};
};
BOOST_DESCRIBE_STRUCT(FileBacking, (Backing), (size))

struct Device {
  std::int32_t key{};
  Poly<Backing> backing{};
  std::vector<Device> children{};
  Extra extra{};
};
BOOST_DESCRIBE_STRUCT(Device, (), (key, backing, children))

struct Hardware {
  std::int32_t memoryMB{};
  std::vector<Poly<Device>> device{};
  std::vector<std::string> label{};
  std::optional<std::vector<std::string>> odd{};
};
BOOST_DESCRIBE_STRUCT(Hardware, (), (memoryMB, device, label, odd))

struct Config {
  std::string name{};
  bool template_{};
  Hardware hardware{};
  std::optional<Hardware> spare{};
  Any anything{};
  Enum<Color> color{};
  DateTime changed{};
};
BOOST_DESCRIBE_STRUCT(Config, (), (name, template_, hardware, spare, anything, color, changed))

struct Entity {
  std::string name{};
  Ref<Entity> parent{};
};
BOOST_DESCRIBE_STRUCT(Entity, (), (name, parent))

struct Machine : Entity {
  Config summary{};
  std::optional<Config> config{};
};
BOOST_DESCRIBE_STRUCT(Machine, (Entity), (summary, config))
}  // namespace sample

using namespace sample;

namespace {
template <reflect::fixed_string Path, class Type>
constexpr bool leads_to = std::is_same_v<property_t<Machine, Path>, Type>;
template <reflect::fixed_string Path>
constexpr path_problem problem = property<Machine, Path>::problem;
}  // namespace

TEST_CASE("a path gives the declared type, through bases and structs") {
  static_assert(leads_to<"name", std::string>);
  static_assert(leads_to<"parent", Ref<Entity>>);
  static_assert(leads_to<"summary", Config>);
  static_assert(leads_to<"summary.name", std::string>);
  static_assert(leads_to<"summary.hardware.memoryMB", std::int32_t>);
  static_assert(leads_to<"summary.color", Enum<Color>>);
  static_assert(leads_to<"summary.changed", DateTime>);
  CHECK(PropertyPath<Machine, "summary.hardware">);
}

TEST_CASE("a keyword is written as on the wire") {
  static_assert(leads_to<"summary.template", bool>);
  CHECK(problem<"summary.template_"> == path_problem::no_such_member);
}

TEST_CASE("what stands behind something optional is optional, once") {
  static_assert(leads_to<"config", std::optional<Config>>);
  static_assert(leads_to<"config.name", std::optional<std::string>>);
  static_assert(leads_to<"config.spare.memoryMB", std::optional<std::int32_t>>);
  static_assert(leads_to<"summary.spare", std::optional<Hardware>>);
  static_assert(leads_to<"summary.hardware.label", std::vector<std::string>>);
  static_assert(leads_to<"config.hardware.label", std::optional<std::vector<std::string>>>);
  static_assert(leads_to<"summary.hardware.odd", std::optional<std::vector<std::string>>>);
  CHECK(PropertyPath<Machine, "config.hardware.label">);
}

TEST_CASE("a box needs no optional: it can be empty itself") {
  static_assert(leads_to<"summary.anything", Any>);
  static_assert(leads_to<"config.anything", Any>);
  static_assert(leads_to<"config.hardware.device[4000]", Poly<Device>>);
  static_assert(leads_to<"config.hardware.device[4000].backing", Poly<Backing>>);
  CHECK(PropertyPath<Machine, "config.anything">);
}

TEST_CASE("a key picks an element, which may be missing") {
  static_assert(leads_to<"summary.hardware.device", std::vector<Poly<Device>>>);
  static_assert(leads_to<"summary.hardware.device[4000].key", std::optional<std::int32_t>>);
  static_assert(leads_to<"summary.hardware.label[2]", std::optional<std::string>>);
  static_assert(
      leads_to<"summary.hardware.device[1].children[2].key", std::optional<std::int32_t>>);
  static_assert(
      leads_to<"summary.hardware.device[1].children", std::optional<std::vector<Device>>>);
  static_assert(leads_to<"summary.hardware.odd[1]", std::optional<std::string>>);
  CHECK(PropertyPath<Machine, "summary.hardware.label[0]">);
}

TEST_CASE("a key in quotes may hold dots and brackets") {
  static_assert(leads_to<"summary.hardware.device[\"a.b\"].key", std::optional<std::int32_t>>);
  static_assert(leads_to<"summary.hardware.device[\"a]b[\"].key", std::optional<std::int32_t>>);
  static_assert(leads_to<"summary.hardware.device[key-vim.host.PhysicalNic-vmnic0].key",
                         std::optional<std::int32_t>>);
  CHECK(problem<"summary.hardware.device[\"a]"> == path_problem::open_bracket);
}

TEST_CASE("a path sees the members of the declared type only, as a server does") {
  static_assert(
      leads_to<"summary.hardware.device[1].backing.fileName", std::optional<std::string>>);
  CHECK(problem<"summary.hardware.device[1].backing.size"> == path_problem::no_such_member);
}

TEST_CASE("each mistake in a path has a name") {
  CHECK(problem<"summary.name"> == path_problem::none);
  CHECK(problem<"summery"> == path_problem::no_such_member);
  CHECK(problem<"Name"> == path_problem::no_such_member);
  CHECK(problem<"nam"> == path_problem::no_such_member);
  CHECK(problem<"summary.hardware.memory"> == path_problem::no_such_member);
  CHECK(problem<"extra"> == path_problem::no_such_member);
  CHECK(problem<"name.length"> == path_problem::not_a_structure);
  CHECK(problem<"parent.name"> == path_problem::not_a_structure);
  CHECK(problem<"summary.color.red"> == path_problem::not_a_structure);
  CHECK(problem<"summary.changed.year"> == path_problem::not_a_structure);
  CHECK(problem<"summary.anything.name"> == path_problem::not_a_structure);
  CHECK(problem<"summary.hardware.label[0].size"> == path_problem::not_a_structure);
  CHECK(problem<"summary.hardware.device.key"> == path_problem::array_without_key);
  CHECK(problem<"config.hardware.label.size"> == path_problem::array_without_key);
  CHECK(problem<"name[1]"> == path_problem::key_without_array);
  CHECK(problem<"config[1].name"> == path_problem::key_without_array);
  CHECK(problem<"summary.hardware.device[4000"> == path_problem::open_bracket);
  CHECK(problem<"summary.hardware.device[1]key"> == path_problem::open_bracket);
  CHECK(problem<"summary.hardware.device[1][2]"> == path_problem::open_bracket);
  CHECK(problem<""> == path_problem::empty);
  CHECK(problem<"."> == path_problem::empty);
  CHECK(problem<".name"> == path_problem::empty);
  CHECK(problem<"name."> == path_problem::empty);
  CHECK(problem<"summary."> == path_problem::empty);
  CHECK(problem<"summary..name"> == path_problem::empty);
  CHECK(problem<"[1]"> == path_problem::empty);
  CHECK(problem<" name"> == path_problem::no_such_member);
}

TEST_CASE("what is no path to a property does not satisfy the concept") {
  CHECK_FALSE(PropertyPath<Machine, "nothing">);
  CHECK_FALSE(PropertyPath<Machine, "">);
  CHECK_FALSE(PropertyPath<std::string, "size">);
}
