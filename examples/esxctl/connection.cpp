#include "commands.hpp"

#include <cstdio>
#include <iostream>
#include <optional>
#include <stdexcept>

namespace esxctl {

void warn(std::string_view text) { std::cerr << "esxctl: " << text << '\n'; }

void flush_output() {
  if (!std::cout.flush() || std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw std::runtime_error("standard output cannot be written");
}

void Connection::add_uri(CLI::App& command) {
  command.add_option("uri", uri_behind, "instead of -c: sim://demo is a host inside this program");
}

esxvi::Alias Connection::target() const {
  std::string const& given = uri_behind.empty() ? uri : uri_behind;
  if (given.empty()) throw CLI::RequiredError("a URI or an alias (-c, or $ESXVI_URI)");
  return esxvi::resolve_connection(given);
}

esxvi::LoginMeans Connection::credentials(esxvi::Challenge const& challenge,
                                          esxvi::Alias const& target) const {
  // The host is in this process, and its password is in the documentation.
  if (challenge.scheme == "sim") return esxvi::fixed_password("esxvi")(challenge);
  // A password without a name on it is for the server that was named, not for the vCenter that this
  // one names.
  bool const named = challenge.scheme == target.uri.scheme && challenge.host == target.uri.host;
  std::string const& file = password_file.empty() ? target.password_file : password_file;
  auto const unnamed = [&](esxvi::Challenge const& c) -> std::optional<esxvi::Credentials> {
    if (!named) return std::nullopt;
    return file.empty() ? esxvi::environment()(c) : esxvi::password_file(file)(c);
  };
  return esxvi::ask(
      esxvi::first_of(unnamed, esxvi::auth_conf(), esxvi::netrc(), esxvi::ask_password), challenge);
}

esxvi::Connection Connection::open() const {
  auto const to = target();
  return esxvi::open_connection(
      to.uri, [&](esxvi::Challenge const& challenge) { return credentials(challenge, to); },
      {.curl = {.warn = warn}});
}

}  // namespace esxctl
