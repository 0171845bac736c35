// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/credentials/file.hpp>
#include <esxvi/session/credentials/means.hpp>
#include <esxvi/session/detail/ini.hpp>

#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

namespace detail {

inline std::optional<Credentials> find_in_auth_conf(std::string_view text, std::string const& path,
                                                    Challenge const& challenge) {
  Ini const file(text, path);
  auto const* group = file.find("auth-esx-" + challenge.host);
  if (group == nullptr) group = file.find("auth-esx-default");
  if (group == nullptr) return std::nullopt;
  auto const* const label = group->find("credentials");
  if (label == nullptr)
    file.refuse(group->line, "the group has no \"credentials\"",
                "name the group [credentials-NAME] with credentials=NAME");
  auto const* const named = file.find("credentials-" + std::string(label->value));
  if (named == nullptr)
    file.refuse(label->line, "the group that \"credentials\" names is missing",
                "add a group [credentials-NAME] with username and password");
  auto const* const user = named->find("username");
  auto const* const password = named->find("password");
  std::string const name(user == nullptr ? std::string_view() : user->value);
  if (password == nullptr || !challenge.accepts(name)) return std::nullopt;
  return Credentials{challenge.user.empty() && !name.empty() ? name : challenge.user_or_default(),
                     password->value};
}

}  // namespace detail

/// Credentials from the file in libvirt's format that its other tools use as well:
///
///     [auth-esx-esx01.example]      or [auth-esx-default]; "esx" for vCenters, too
///     credentials=lab
///
///     [credentials-lab]
///     username=root
///     password=...
///
/// The file is `path`, else the first there is of: $LIBVIRT_AUTH_FILE, the `authfile` of the URI,
/// $XDG_CONFIG_HOME/libvirt/auth.conf (~/.config/...), /etc/libvirt/auth.conf. No answer without a
/// file, a group for the host, a password, or when the entry's user is not the one of the URI.
/// Throws invalid_argument when a file that was named is missing, malformed_file with the line.
[[nodiscard]] inline auto auth_conf(std::string path = {}) {
  return [path = std::move(path)](Challenge const& challenge) -> std::optional<Credentials> {
    std::string from = path;
    if (from.empty()) from = detail::environment_value("LIBVIRT_AUTH_FILE").value_or("");
    if (from.empty()) from = detail::from_home(challenge.authfile);
    bool const named = !from.empty();
    if (!named) from = detail::configuration_file("libvirt/auth.conf");
    auto content = from.empty() ? std::nullopt : detail::read_secret_file(from, challenge.warn);
    if (!content && named)
      throw invalid_argument({"reading credentials", from, "there is no such file",
                              "check $LIBVIRT_AUTH_FILE and the URI's authfile"});
    if (!content) {
      from = "/etc/libvirt/auth.conf";
      if (::access(from.c_str(), R_OK) == 0)
        content = detail::read_secret_file(from, challenge.warn);
    }
    if (!content) return std::nullopt;
    return detail::find_in_auth_conf(content->reveal(), from, challenge);
  };
}

}  // namespace esxvi
