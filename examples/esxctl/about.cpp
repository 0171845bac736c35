// esxctl about: what is at the other end.
#include "commands.hpp"

#include <iomanip>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace esxctl {

void add_about(CLI::App& app, Connection& connection, int& status) {
  auto* const command = app.add_subcommand(
      "about", "Shows the server's product and version, who is logged in and what is spoken");
  connection.add_uri(*command);
  command->callback([&connection, &status] {
    esxvi::Connection const opened = connection.open();
    esxvi::Session const& session = opened.session();
    auto const& about = session.about();
    std::pair<std::string_view, std::string> const lines[] = {
        {"product", about.fullName},
        {"kind", about.apiType == "VirtualCenter" ? "vCenter" : "host"},
        {"build", about.build},
        {"instance", about.instanceUuid.value_or("")},
        {"API of the server", about.apiVersion},
        {"API spoken", std::string(session.api_version())},
        {"address", session.service_url()},
        {"user", session.user().userName},
        {"looks at", opened.scope().path()},
        {"vCenter", opened.vcenter() != nullptr ? opened.vcenter()->service_url() : ""},
        {"requests", std::to_string(session.requests())},
    };
    for (auto const& [name, value] : lines)
      if (!value.empty()) std::cout << std::left << std::setw(18) << name << ' ' << value << '\n';
    status = 0;
  });
}

}  // namespace esxctl
