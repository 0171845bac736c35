// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/credentials/file.hpp>
#include <esxvi/session/credentials/means.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

namespace detail {

/// The words of a netrc file; one in double quotes may hold blanks and \" \\ \n \r \t.
class NetrcWords {
 public:
  explicit NetrcWords(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  /// Nothing at the end of the file.
  std::optional<Secret> next() {
    auto const from = rest_.find_first_not_of(blanks);
    if (from == rest_.npos) return std::nullopt;
    rest_.remove_prefix(from);
    Secret word;
    if (rest_[0] != '"') {
      auto const end = std::min(rest_.find_first_of(blanks), rest_.size());
      word = rest_.substr(0, end);
      rest_.remove_prefix(end);
      return word;
    }
    word.reserve(std::min(rest_.find('"', 1), rest_.size()));
    for (rest_.remove_prefix(1); !rest_.empty() && rest_[0] != '"'; rest_.remove_prefix(1)) {
      if (rest_[0] == '\\' && rest_.size() > 1) {
        rest_.remove_prefix(1);
        auto const at = std::string_view("nrt").find(rest_[0]);
        word.push_back(at == std::string_view::npos ? rest_[0] : "\n\r\t"[at]);
      } else {
        word.push_back(rest_[0]);
      }
    }
    if (!rest_.empty()) rest_.remove_prefix(1);
    return word;
  }
  void skip_line() { rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size())); }
  /// A macro ends with an empty line.
  void skip_macro() {
    skip_line();
    while (!rest_.empty()) {
      rest_.remove_prefix(1);  // the end of the line before
      auto const line = rest_.substr(0, rest_.find('\n'));
      skip_line();
      if (line.empty() || line == "\r") return;
    }
  }

 private:
  static constexpr std::string_view blanks = " \t\r\n\f\v";
  std::string_view rest_;
};

inline std::optional<Credentials> find_in_netrc(std::string_view text, Challenge const& challenge) {
  NetrcWords words(text);
  Credentials found;
  bool matches = false;
  auto const accepted = [&] {
    return matches && !found.password.empty() && challenge.accepts(found.user);
  };
  auto const value = [&] { return words.next().value_or(Secret()); };
  while (auto const word = words.next()) {
    std::string_view const name = word->reveal();
    if (name == "machine" || name == "default") {
      if (accepted()) break;
      found = {};
      matches = name == "default" || value().reveal() == challenge.host;
    } else if (name == "login") {
      found.user = value().reveal();
    } else if (name == "password") {
      found.password = value();
    } else if (name == "account") {
      static_cast<void>(value());
    } else if (name == "macdef") {
      words.skip_macro();
    } else if (name.starts_with('#')) {
      words.skip_line();
    }
  }
  if (!accepted()) return std::nullopt;
  if (!challenge.user.empty() || found.user.empty()) found.user = challenge.user_or_default();
  return found;
}

}  // namespace detail

/// `machine HOST login USER password SECRET` in `path`, else in $NETRC, else in ~/.netrc; `default`
/// serves any host, and the first entry that suits the user of the URI wins. No answer without an
/// entry or a file.
[[nodiscard]] inline auto netrc(std::string path = {}) {
  return [path = std::move(path)](Challenge const& challenge) -> std::optional<Credentials> {
    auto const content = detail::read_secret_file(
        path.empty() ? detail::environment_value("NETRC").value_or(detail::from_home("~/.netrc"))
                     : path,
        challenge.warn);
    if (!content) return std::nullopt;
    return detail::find_in_netrc(content->reveal(), challenge);
  };
}

/// As netrc(path); false when it has no answer.
[[nodiscard]] inline bool find_in_netrc(Challenge const& challenge, Credentials& answer,
                                        std::string path = {}) {
  auto found = netrc(std::move(path))(challenge);
  if (found) answer = *std::move(found);
  return found.has_value();
}

}  // namespace esxvi
