// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>

#include <termios.h>
#include <unistd.h>

#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

namespace esxvi {

struct Credentials {
  std::string user{};
  std::string password{};
};

/// What somebody who knows passwords is asked.
struct Challenge {
  std::string host{};
  std::string user{};  ///< from the URI; empty: the provider chooses
};

/// Anything that answers a Challenge, asked once a login.
template <class P>
concept CredentialsProvider = requires(P& provider, Challenge const& challenge) {
  { provider(challenge) } -> std::convertible_to<Credentials>;
};

/// Asks on the terminal, without echo. Throws invalid_argument when there is none.
inline Credentials ask_password(Challenge const& challenge) {
  std::FILE* const terminal = std::fopen("/dev/tty", "r+");
  if (terminal == nullptr)
    throw invalid_argument({"asking for a password", challenge.host, "there is no terminal",
                            "give it by a file, the environment or netrc"});
  struct closer {
    std::FILE* file;
    termios saved{};
    bool changed = false;
    ~closer() {
      if (changed) tcsetattr(fileno(file), TCSAFLUSH, &saved);
      std::fclose(file);
    }
  } guard{terminal};
  auto const line = [&] {
    std::string text;
    for (int c = std::fgetc(terminal); c != EOF && c != '\n'; c = std::fgetc(terminal))
      text += static_cast<char>(c);
    return text;
  };

  Credentials answer{challenge.user, {}};
  if (answer.user.empty()) {
    std::fprintf(terminal, "User for %s: ", challenge.host.c_str());
    std::fflush(terminal);
    answer.user = line();
  }
  if (tcgetattr(fileno(terminal), &guard.saved) == 0) {
    termios silent = guard.saved;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    guard.changed = tcsetattr(fileno(terminal), TCSAFLUSH, &silent) == 0;
  }
  std::fprintf(terminal, "Password of %s at %s: ", answer.user.c_str(), challenge.host.c_str());
  std::fflush(terminal);
  answer.password = line();
  std::fputc('\n', terminal);
  return answer;
}

/// The same answer for every challenge; the user of the URI comes first.
[[nodiscard]] inline auto fixed_password(std::string password, std::string user = "root") {
  return [password = std::move(password), user = std::move(user)](Challenge const& challenge) {
    return Credentials{challenge.user.empty() ? user : challenge.user, password};
  };
}

/// First line of a file that holds nothing but the password.
[[nodiscard]] inline auto password_file(std::string path) {
  return [path = std::move(path)](Challenge const& challenge) {
    std::ifstream file(path);
    Credentials answer{challenge.user.empty() ? "root" : challenge.user, {}};
    if (!std::getline(file, answer.password))
      throw invalid_argument({"reading the password", path, "the file is missing or empty", {}});
    if (answer.password.ends_with('\r')) answer.password.pop_back();
    return answer;
  };
}

/// `machine HOST login USER password SECRET` in ~/.netrc (or `path`); `default` serves any host.
/// False when the file has no entry for the challenge.
[[nodiscard]] inline bool find_in_netrc(Challenge const& challenge, Credentials& answer,
                                        std::string path = {}) {
  if (path.empty()) {
    char const* home = std::getenv("HOME");
    if (home == nullptr) return false;
    path = std::string(home) + "/.netrc";
  }
  std::ifstream file(path);
  std::string word;
  Credentials found;
  bool matches = false;
  auto const accept = [&] {
    if (!matches || found.password.empty() ||
        (!challenge.user.empty() && !found.user.empty() && found.user != challenge.user))
      return false;
    answer = {challenge.user.empty() ? found.user : challenge.user, found.password};
    return true;
  };
  while (file >> word) {
    if (word == "machine" || word == "default") {
      if (accept()) return true;
      found = {};
      matches = word == "default";
      if (!matches && file >> word) matches = word == challenge.host;
    } else if (word == "login") {
      file >> found.user;
    } else if (word == "password") {
      file >> found.password;
    } else if (word == "macdef") {
      for (std::string line; std::getline(file, line) && !line.empty();) {
      }
    } else if (word.starts_with('#')) {
      std::getline(file, word);
    }
  }
  return accept();
}

}  // namespace esxvi
