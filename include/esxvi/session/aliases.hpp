// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/credentials/file.hpp>
#include <esxvi/session/detail/ini.hpp>
#include <esxvi/session/uri.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

/// A short name for a connection.
struct Alias {
  std::string name{};
  ConnectionUri uri{};
  std::string password_file{};  ///< for password_file(); may be empty
};

/// The connections that a user has given names, from `~/.config/esxvi/hosts.ini`:
///
///     [lab]
///     uri = esx://esx01.example/
///     user = root
///     password_file = ~/.secrets/lab
///     thumbprint = AA:BB:...
///
/// A section is a name. `uri` is needed; the other keys are `user`, `password_file` and every
/// parameter of a URI (uri_parameters()), which must not be in the URI as well. Paths may begin
/// with `~/`. There is no comment behind a value. Passwords are refused, also that of a proxy: this
/// file may be read by others. A value.
class Aliases {
 public:
  /// From the user's own file, $XDG_CONFIG_HOME/esxvi/hosts.ini or ~/.config/esxvi/hosts.ini; no
  /// aliases when there is none. Throws as read().
  [[nodiscard]] static Aliases load() {
    auto const path = default_path();
    auto const content = path.empty() ? std::nullopt : detail::read_secret_file(path);
    return content ? Aliases(content->reveal(), path) : Aliases();
  }
  /// Throws invalid_argument when there is no such file, malformed_file with the line.
  [[nodiscard]] static Aliases read(std::string const& path) {
    auto const content = detail::read_secret_file(path);
    if (!content) throw invalid_argument({"reading aliases", path, "there is no such file", {}});
    return {content->reveal(), path};
  }
  /// Empty when neither $XDG_CONFIG_HOME nor $HOME is set.
  [[nodiscard]] static std::string default_path() {
    return detail::configuration_file("esxvi/hosts.ini");
  }

  Aliases() = default;
  /// From the text of a file; `path` is for messages.
  Aliases(std::string_view text, std::string path) : path_(std::move(path)) {
    detail::Ini const file(text, path_);
    for (auto const& group : file.groups()) all_.push_back(alias(file, group));
  }

  [[nodiscard]] std::vector<Alias> const& all() const noexcept { return all_; }
  /// Null when there is none of that name.
  [[nodiscard]] Alias const* find(std::string_view name) const noexcept {
    auto const at = std::find_if(all_.begin(), all_.end(),
                                 [&](Alias const& each) { return each.name == name; });
    return at == all_.end() ? nullptr : &*at;
  }
  /// As find(); throws invalid_argument with the names there are.
  [[nodiscard]] Alias const& at(std::string_view name) const {
    if (auto const* const found = find(name)) return *found;
    std::string known;
    for (auto const& each : all_) known.append(known.empty() ? "" : ", ").append(each.name);
    throw invalid_argument({"looking for a host", "\"" + detail::without_secrets(name) + "\"",
                            "it is neither a URI nor an alias",
                            known.empty() ? "give a URI such as esx://root@host/, or name it in " +
                                                (path_.empty() ? default_path() : path_)
                                          : "known aliases are " + known});
  }

 private:
  static Alias alias(detail::Ini const& file, detail::IniGroup const& group) {
    Alias made{std::string(group.name), {}, {}};
    if (made.name.find("://") != std::string::npos)
      file.refuse(group.line, "the name of an alias looks like a URI");
    auto const* const uri = group.find("uri");
    if (uri == nullptr) file.refuse(group.line, "the alias \"" + made.name + "\" has no uri");
    // What the library says about a value, with the line it stands in.
    auto const located = [&](detail::IniEntry const& entry, auto const& act) {
      try {
        act();
      } catch (invalid_argument const& e) {
        std::string problem = std::string(entry.key) + " is not right";
        for (auto const* part : {&e.problem(), &e.target()})
          if (!part->empty()) problem.append(": ").append(*part);
        file.refuse(entry.line, std::move(problem), e.advice());
      }
    };
    located(*uri, [&] { made.uri = ConnectionUri::parse(uri->value); });
    for (auto const& entry : group.entries)
      if (&entry != uri) located(entry, [&] { set(made, file, uri->value, entry); });
    if (made.uri.proxy && !made.uri.proxy->password.empty())
      file.refuse(group.line, "the proxy of \"" + made.name + "\" has a password",
                  "this file is no place for passwords");
    return made;
  }

  /// Whether a URI gives a parameter, be it its default.
  static bool gives(std::string_view uri, UriParameter const& parameter) {
    auto const query = uri.find('?');
    if (query == uri.npos) return false;
    auto const pieces = detail::split_query(uri.substr(query + 1));
    return std::any_of(pieces.begin(), pieces.end(), [&](std::string_view piece) {
      return detail::split_parameter(piece).known == &parameter;
    });
  }

  static void set(Alias& alias, detail::Ini const& file, std::string_view uri,
                  detail::IniEntry const& entry) {
    std::string const key(entry.key);
    auto const only_once = [&](bool empty) {
      if (!empty) file.refuse(entry.line, "\"" + key + "\" is in the URI as well", "keep one");
    };
    if (key == "user") {
      only_once(alias.uri.user.empty());
      alias.uri.user = entry.value;
    } else if (key == "password_file") {
      alias.password_file = detail::from_home(std::string(entry.value));
    } else if (auto const* const parameter = detail::find_uri_parameter(key)) {
      only_once(!gives(uri, *parameter) && !parameter->write(alias.uri));
      parameter->read(alias.uri, parameter->is_file ? detail::from_home(std::string(entry.value))
                                                    : std::string(entry.value));
    } else if (key == "password") {
      file.refuse(entry.line, "this file is no place for a password",
                  "use password_file, auth.conf or netrc");
    } else {
      file.refuse(entry.line,
                  detail::looks_like_name(key, key) ? "the key \"" + key + "\" is not known"
                                                    : std::string("this is no key"),
                  "known are uri, user, password_file, " + detail::known_uri_parameters());
    }
  }

  std::string path_;
  std::vector<Alias> all_;
};

/// The connection that `text` means: a URI, else an alias of the user's file, which is read only
/// then. Throws as ConnectionUri::parse() and Aliases do.
[[nodiscard]] inline Alias resolve_connection(std::string_view text) {
  if (text.find("://") != text.npos) return {{}, ConnectionUri::parse(text), {}};
  return Aliases::load().at(text);
}

}  // namespace esxvi
