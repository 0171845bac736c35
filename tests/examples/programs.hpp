// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// esxctl and the tour as somebody starts them who has no settings, and hosts of `esxctl sim`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "session/credentials_support.hpp"
#include "support/program.hpp"

namespace esxvi::test {

/// The home folder of everything that is started here.
inline Folder const& home() {
  static Folder const folder;
  return folder;
}

/// Nothing of the user who runs the test counts; `more` goes before.
inline Environment settings(Environment more = {}) {
  more.insert({{"HOME", home().path()}, {"ESXVI_PASSWORD", "esxvi"}, {"no_proxy", "*"}});
  for (char const* name :
       {"XDG_CONFIG_HOME", "NETRC", "LIBVIRT_AUTH_FILE", "ESXVI_USER", "ESXVI_URI", "ESXVI_TRACE"})
    more.emplace(name, std::nullopt);
  return more;
}

inline std::vector<std::string> esxctl_with(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), ESXCTL);
  return arguments;
}
inline Finished esxctl(std::vector<std::string> arguments, Environment const& more = {}) {
  return run(esxctl_with(std::move(arguments)), settings(more));
}

/// The same with a redirection of the shell: ">/dev/full".
inline Finished redirected(std::string const& where, std::vector<std::string> arguments,
                           std::string_view input = {}) {
  arguments.insert(arguments.begin(), {"/bin/sh", "-c", "exec \"$0\" \"$@\" " + where});
  return run(arguments, settings(), input);
}

/// `esxctl sim` on a free port.
class Sim {
 public:
  explicit Sim(std::vector<std::string> more = {}, Environment const& environment = {})
      : program_(started(std::move(more)), settings(environment)), uri_(program_.line()) {}

  [[nodiscard]] std::string const& uri() const { return uri_; }
  /// "127.0.0.1:41873"
  [[nodiscard]] std::string authority() const {
    auto const from = uri_.find("127.0.0.1:");
    return uri_.substr(from, uri_.find('/', from) - from);
  }
  /// From now on it takes connections and requests, and answers none.
  void falls_silent() { program_.send(SIGSTOP); }
  Finished end() { return program_.end(SIGTERM); }

 private:
  static std::vector<std::string> started(std::vector<std::string> more) {
    more.insert(more.begin(), {ESXCTL, "sim", "--listen", "127.0.0.1:0"});
    return more;
  }
  Program program_;
  std::string uri_;
};

inline bool says(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

}  // namespace esxvi::test
