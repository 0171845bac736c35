// Rows of machines that tests watch, and what polls tell of them.
#pragma once

#include <esxvi/query.hpp>
#include <esxvi/query/watch.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <map>
#include <string>

namespace esxvi::test {

namespace vim = esxvi::types;

struct MachineRow {
  Ref<vim::VirtualMachine> vm{};
  std::string name{};
  Enum<vim::VirtualMachinePowerState> power{};
  std::optional<std::int32_t> memory{};
};
BOOST_DESCRIBE_STRUCT(MachineRow, (), (vm, name, power, memory))

}  // namespace esxvi::test

template <>
struct esxvi::projection<esxvi::test::MachineRow>
    : esxvi::project<esxvi::types::VirtualMachine, "name", "runtime.powerState",
                     "config.hardware.memoryMB"> {};

namespace esxvi::test {

using MachineRef = Ref<vim::VirtualMachine>;

/// What there is at once.
inline PollOptions const now{.wait = std::chrono::seconds(0)};

/// "+web01 ~web02>web03 -web04", sorted: what a poll changed in the column after the reference.
template <class Changes> std::string told(Changes const& changes) {
  std::map<std::string, int> sorted;
  auto const name = [](auto const& row) {
    if constexpr (requires { row.name; })
      return row.name;
    else
      return std::get<1>(row);
  };
  for (auto const& c : changes) {
    if (c.kind == ChangeKind::added) ++sorted["+" + name(*c.now)];
    if (c.kind == ChangeKind::changed) ++sorted["~" + name(*c.before) + ">" + name(*c.now)];
    if (c.kind == ChangeKind::removed) ++sorted["-" + name(*c.before)];
  }
  std::string text;
  for (auto const& [one, count] : sorted)
    for (int i = 0; i < count; ++i) text += (text.empty() ? "" : " ") + one;
  return text;
}

}  // namespace esxvi::test
