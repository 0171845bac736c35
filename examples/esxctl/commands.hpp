// The commands of esxctl, one file each.
#pragma once

#include <esxvi/session/credentials.hpp>

#include <CLI/CLI.hpp>

#include <string>

namespace esxctl {

/// What every command that talks to a server is told.
struct Connection {
  std::string uri{};
  std::string password_file{};

  /// Password file, $ESXVI_PASSWORD, netrc, a prompt on the terminal: the first that has one.
  [[nodiscard]] esxvi::Credentials credentials(esxvi::Challenge const& challenge) const;
};

void add_escape(CLI::App& app, int& status);
void add_list(CLI::App& app, Connection const& connection, int& status);
void add_sim(CLI::App& app, Connection const& connection, int& status);
void add_wire(CLI::App& app, int& status);
void add_vmx(CLI::App& app, int& status);

}  // namespace esxctl
