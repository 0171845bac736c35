#include "commands.hpp"

#include <esxvi/session/connect.hpp>

#include <iostream>
#include <optional>
#include <utility>

namespace esxctl {

esxvi::LoginMeans Connection::credentials(esxvi::Challenge challenge,
                                          esxvi::Alias const& target) const {
  // The host is in this process, and its password is in the documentation.
  if (challenge.scheme == "sim") return esxvi::fixed_password("esxvi")(challenge);
  challenge.warn = [](std::string const& text) { std::cerr << "esxctl: " << text << '\n'; };
  std::string const& file = password_file.empty() ? target.password_file : password_file;
  auto const from_file = [&](esxvi::Challenge const& c) -> std::optional<esxvi::Credentials> {
    if (file.empty()) return std::nullopt;
    return esxvi::password_file(file)(c);
  };
  return esxvi::ask(esxvi::first_of(from_file, esxvi::environment(), esxvi::auth_conf(),
                                    esxvi::netrc(), esxvi::ask_password),
                    challenge);
}

esxvi::Session Connection::open() const {
  auto const to = target();
  return esxvi::connect(
      to.uri, [&](esxvi::Challenge const& challenge) { return credentials(challenge, to); });
}

}  // namespace esxctl
