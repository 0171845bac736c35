// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/credentials/file.hpp>
#include <esxvi/session/credentials/means.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

/// The same password for every challenge. The user: that of the URI, else `user`, else the
/// challenge's default_user().
[[nodiscard]] inline auto fixed_password(Secret password, std::string user = {}) {
  return [password = std::move(password), user = std::move(user)](Challenge const& challenge) {
    bool const ours = challenge.user.empty() && !user.empty();
    return Credentials{ours ? user : challenge.user_or_default(), password};
  };
}

/// First line of a file (or pipe) that holds nothing but the password, as it is but for its line
/// end. Read when asked. Throws invalid_argument when there is none.
[[nodiscard]] inline auto password_file(std::string path) {
  return [path = std::move(path)](Challenge const& challenge) {
    std::optional<Secret> const content = detail::read_secret_file(path, challenge.warn);
    if (!content || content->empty())
      throw invalid_argument({"reading the password",
                              path,
                              content ? "the file is empty" : "there is no such file",
                              {}});
    std::string_view line = content->reveal();
    line = line.substr(0, line.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return Credentials{challenge.user_or_default(), line};
  };
}

}  // namespace esxvi
