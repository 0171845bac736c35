// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/credentials/file.hpp>
#include <esxvi/session/credentials/means.hpp>

#include <optional>
#include <string>
#include <utility>

namespace esxvi {

/// Names of variables.
struct EnvironmentNames {
  std::string user = "ESXVI_USER";
  std::string password = "ESXVI_PASSWORD";
};

/// The password from the environment, when there is one. Where the user's variable is set, the
/// password is that user's: a URI with another user gets no answer.
[[nodiscard]] inline auto environment(EnvironmentNames names = {}) {
  return [names = std::move(names)](Challenge const& challenge) -> std::optional<Credentials> {
    auto password = detail::environment_value(names.password);
    if (!password) return std::nullopt;
    Secret secret(*std::move(password));
    auto const user = detail::environment_value(names.user).value_or(std::string());
    if (!challenge.accepts(user)) return std::nullopt;
    return Credentials{challenge.user.empty() && !user.empty() ? user : challenge.user_or_default(),
                       std::move(secret)};
  };
}

}  // namespace esxvi
