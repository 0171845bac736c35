// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/credentials/means.hpp>

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace esxvi {

/// Asks on the terminal, without echo. Throws invalid_argument when there is none, and `cancelled`
/// on Ctrl-C: while the password is typed that is no signal, which would leave the terminal without
/// echo.
inline Credentials ask_password(Challenge const& challenge) {
  std::FILE* const terminal = std::fopen("/dev/tty", "r+");
  if (terminal == nullptr)
    throw invalid_argument({"asking for a password", challenge.host, "there is no terminal",
                            "give it by a file, the environment or netrc"});
  std::setvbuf(terminal, nullptr, _IONBF, 0);  // no buffer keeps a copy of the password
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
    Secret text;
    int c = std::fgetc(terminal);
    if (c == EOF)
      throw invalid_argument({"asking for a password", challenge.host, "no answer was given", {}});
    for (; c != EOF && c != '\n'; c = std::fgetc(terminal)) {
      if (guard.changed && c == guard.saved.c_cc[VINTR])
        throw cancelled({"asking for a password", challenge.host, "no answer was given", {}});
      text.push_back(static_cast<char>(c));
    }
    return text;
  };

  Credentials answer{challenge.user, {}};
  if (answer.user.empty()) {
    std::string const offered(challenge.default_user());
    std::fprintf(terminal, "User for %s [%s]: ", challenge.host.c_str(), offered.c_str());
    std::fflush(terminal);
    answer.user = line().reveal();
    if (answer.user.empty()) answer.user = offered;
  }
  if (tcgetattr(fileno(terminal), &guard.saved) == 0) {
    termios silent = guard.saved;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    silent.c_cc[VEOL] = guard.saved.c_cc[VINTR];  // ends the line, as the key is expected to
    guard.changed = tcsetattr(fileno(terminal), TCSAFLUSH, &silent) == 0;
  }
  std::fprintf(terminal, "Password of %s at %s: ", answer.user.c_str(), challenge.host.c_str());
  std::fflush(terminal);
  answer.password = line();
  std::fputc('\n', terminal);
  return answer;
}

}  // namespace esxvi
