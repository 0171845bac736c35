// The commands of esxctl, one file each.
#pragma once

#include <esxvi/host/connection.hpp>
#include <esxvi/session/aliases.hpp>
#include <esxvi/session/credentials.hpp>

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>

namespace esxctl {

/// What every command that talks to a server is told.
struct Connection {
  std::string uri{};         ///< or an alias of ~/.config/esxvi/hosts.ini
  std::string uri_behind{};  ///< the same behind a command; goes before `uri`
  std::string password_file{};

  /// Lets a command be given the URI as its argument, too.
  void add_uri(CLI::App& command);
  /// The URI and what the alias says besides. Without one it is bad usage.
  [[nodiscard]] esxvi::Alias target() const;
  /// The first that has an answer of: --password-file or the alias's password_file,
  /// $ESXVI_PASSWORD, auth.conf, netrc, a prompt on the terminal.
  [[nodiscard]] esxvi::LoginMeans credentials(esxvi::Challenge const& challenge,
                                              esxvi::Alias const& target) const;
  /// Logs in, and finds the part of the server that the URI means.
  [[nodiscard]] esxvi::Connection open() const;
};

/// A line on standard error.
void warn(std::string_view text);
/// Throws when what was written to standard output does not get there.
void flush_output();

void add_about(CLI::App& app, Connection& connection, int& status);
void add_escape(CLI::App& app, int& status);
void add_find(CLI::App& app, Connection const& connection, int& status);
void add_list(CLI::App& app, Connection& connection, int& status);
void add_sim(CLI::App& app, Connection const& connection, int& status);
void add_trust(CLI::App& app, Connection const& connection, int& status);
void add_watch(CLI::App& app, Connection const& connection, int& status);
void add_wire(CLI::App& app, int& status);
void add_vmx(CLI::App& app, int& status);

}  // namespace esxctl
