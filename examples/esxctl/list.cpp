// esxctl list: the virtual machines of a server.
#include "commands.hpp"
#include "table.hpp"

#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <iostream>
#include <memory>

namespace vim = esxvi::types;

namespace esxctl {

namespace {

struct Row {
  esxvi::Ref<vim::VirtualMachine> vm{};
  std::string name{};
  esxvi::Enum<vim::VirtualMachinePowerState> power{};
  std::optional<std::int32_t> cpus{};
  std::optional<std::int32_t> memory{};
  std::optional<std::string> guest{};
};
BOOST_DESCRIBE_STRUCT(Row, (), (vm, name, power, cpus, memory, guest))

}  // namespace

}  // namespace esxctl

template <>
struct esxvi::projection<esxctl::Row>
    : esxvi::project<vim::VirtualMachine, "name", "runtime.powerState", "config.hardware.numCPU",
                     "config.hardware.memoryMB", "config.guestFullName"> {};

namespace esxctl {

namespace {

template <class T> Cell number(std::optional<T> const& value) {
  return {value ? std::to_string(*value) : "", true};
}

int list(Connection const& connection, std::string const& format) {
  esxvi::Connection const opened = connection.open();
  auto const rows = opened.scope().retrieve<Row>();
  Table table({"id", "name", "power", "cpus", "memory_mib", "guest"});
  for (Row const& row : rows)
    table.add({{row.vm.value()},
               {row.name},
               {std::string(row.power.literal())},
               number(row.cpus),
               number(row.memory),
               {row.guest.value_or("")}});
  table.print(std::cout, format);
  for (esxvi::Missing const& m : rows.missing())
    std::cerr << "esxctl: " << m.object << " " << m.path << ": " << m.fault.fault.type_name()
              << '\n';
  return 0;
}

}  // namespace

void add_list(CLI::App& app, Connection& connection, int& status) {
  auto* const command = app.add_subcommand(
      "list", "List the virtual machines of the part of a server that the URI names");
  auto const format = std::make_shared<std::string>("table");
  command->add_option("--format", *format, "table, json or tsv")
      ->check(CLI::IsMember({"table", "json", "tsv"}))
      ->capture_default_str();
  connection.add_uri(*command);
  command->callback([&connection, &status, format] { status = list(connection, *format); });
}

}  // namespace esxctl
