// The commands of esxctl, one file each.
#pragma once

#include <esxvi/session/aliases.hpp>
#include <esxvi/session/credentials.hpp>

#include <CLI/CLI.hpp>

#include <string>

namespace esxvi {
class Session;
}

namespace esxctl {

/// What every command that talks to a server is told.
struct Connection {
  std::string uri{};  ///< or an alias of ~/.config/esxvi/hosts.ini
  std::string password_file{};

  /// The URI and what the alias says besides.
  [[nodiscard]] esxvi::Alias target() const { return esxvi::resolve_connection(uri); }
  /// The first that has an answer of: --password-file or the alias's password_file,
  /// $ESXVI_PASSWORD, auth.conf, netrc, a prompt on the terminal.
  [[nodiscard]] esxvi::LoginMeans credentials(esxvi::Challenge challenge,
                                              esxvi::Alias const& target) const;
  /// Logs in.
  [[nodiscard]] esxvi::Session open() const;
};

void add_about(CLI::App& app, Connection const& connection, int& status);
void add_escape(CLI::App& app, int& status);
void add_find(CLI::App& app, Connection const& connection, int& status);
void add_list(CLI::App& app, Connection const& connection, int& status);
void add_sim(CLI::App& app, Connection const& connection, int& status);
void add_trust(CLI::App& app, int& status);
void add_watch(CLI::App& app, Connection const& connection, int& status);
void add_wire(CLI::App& app, int& status);
void add_vmx(CLI::App& app, int& status);

}  // namespace esxctl
