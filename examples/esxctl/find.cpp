// esxctl find: objects of the inventory by their path.
#include "commands.hpp"
#include "table.hpp"

#include <esxvi/query/find.hpp>
#include <esxvi/session.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace esxctl {

namespace {

struct Options {
  std::vector<std::string> patterns{};
  std::string format = "table";
};

int find(Connection const& connection, Options const& options) {
  esxvi::Connection const opened = connection.open();
  auto const below = opened.scope().below();
  esxvi::FindOptions const where{.from = below.empty() ? esxvi::untyped_ref() : below.front()};
  Table table({"kind", "path", "id"});
  int status = 0;
  for (std::string const& pattern : options.patterns) {
    try {
      auto const found = esxvi::find(opened.session(), pattern, where);
      if (found.empty()) {
        std::cerr << "esxctl: nothing matches " << pattern << '\n';
        status = 1;
      }
      for (auto const& f : found) table.add({{f.kind()}, {f.path}, {f.object.value()}});
    } catch (esxvi::not_found const& e) {
      std::cerr << "esxctl: " << e.what() << '\n';
      status = 1;
    }
  }
  table.print(std::cout, options.format);
  return status;
}

}  // namespace

void add_find(CLI::App& app, Connection const& connection, int& status) {
  auto* const command = app.add_subcommand(
      "find",
      "Find objects by their path: /dc/vm/web*, /vm/** on a host; *, ?, [a-z], **. Without the "
      "first / it begins at the part of the server that the URI names");
  auto const options = std::make_shared<Options>();
  command->add_option("patterns", options->patterns, "paths; / in a name is written %2f")
      ->required();
  command->add_option("--format", options->format, "table, json or tsv")
      ->check(CLI::IsMember({"table", "json", "tsv"}))
      ->capture_default_str();
  command->callback([&connection, &status, options] { status = find(connection, *options); });
}

}  // namespace esxctl
