// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/percent.hpp>
#include <esxvi/escape/uri.hpp>
#include <esxvi/session/detail/host_name.hpp>
#include <esxvi/session/proxy.hpp>
#include <esxvi/transport/secret.hpp>
#include <esxvi/transport/thumbprint.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi {

// Include <esxvi/session/uri.hpp>, which has the definitions as well.

/// Where a connection goes: `esx://root@host:443/?no_verify=1`.
///
/// | scheme  | server                                      | default port (with `transport=http`) |
/// |---------|---------------------------------------------|--------------------------------------|
/// | `esx`   | one ESX(i) host                             | 443 (80)                             |
/// | `gsx`   | a VMware Server 2 or GSX server             | 8333 (8222)                          |
/// | `vpx`   | a vCenter; the path chooses a part of it    | 443 (80)                             |
/// | `https` | either                                      | 443 (80)                             |
/// | `sim`   | a simulated host, by its name; takes no port| -                                    |
///
/// The members hold what the text says; uri_parameters() lists its parameters. A value.
struct ConnectionUri {
  std::string scheme{};                 ///< in lower case
  std::string user{};                   ///< decoded; empty: ask
  std::string host{};                   ///< an IPv6 address without brackets
  std::optional<std::uint16_t> port{};  ///< empty: default_port()
  std::string path{};                   ///< as written: `%2f` inside a name stays what it is
  bool tls = true;
  bool verify = true;
  bool auto_answer = false;
  std::string vcenter{};  ///< name or address (IPv6 without brackets), "*": the one that manages
  std::optional<Proxy> proxy{};
  std::string authfile{};
  std::string ca_file{};
  std::optional<Thumbprint> thumbprint{};
  std::optional<std::chrono::milliseconds> timeout{};
  std::string api_version{};
  std::string user_agent{};

  /// The text that parse() read, for to_string(). May hold the password of a proxy; does not count
  /// for `==`.
  struct Written {
    Secret text{};
    [[nodiscard]] friend bool operator==(Written const&, Written const&) noexcept { return true; }
  } written{};

  /// Throws invalid_argument that names what is wrong: an unknown or repeated parameter, a bad
  /// value, a scheme, host or port that cannot be. The password of the user is refused: it would
  /// end up in logs and process lists. That of a proxy is taken, and never part of a message.
  [[nodiscard]] static ConnectionUri parse(std::string_view text);

  /// The URI as text: exactly what parse() read, as long as no member has changed. What belongs to
  /// a changed member is written anew in its place (a parameter that was not there, at the end),
  /// all else stays as it was written. `parse(uri.to_string()) == uri` for every uri; throws
  /// invalid_argument for members that no text can stand for.
  ///
  /// Holds the password of the proxy, if there is one: show display() instead.
  [[nodiscard]] std::string to_string() const;

  /// to_string() with "..." for the password of the proxy.
  [[nodiscard]] std::string display() const;

  [[nodiscard]] std::uint16_t default_port() const noexcept {
    if (scheme == "gsx") return tls ? 8333 : 8222;
    return tls ? 443 : 80;
  }
  [[nodiscard]] std::uint16_t port_or_default() const noexcept {
    return port.value_or(default_port());
  }

  /// "https://host:port/sdk"
  [[nodiscard]] std::string service_url() const {
    std::string url = tls ? "https://" : "http://";
    url.append(detail::bracketed(host));
    if (port_or_default() != (tls ? 443 : 80))
      url.append(":").append(std::to_string(port_or_default()));
    return url.append("/sdk");
  }

  /// The names in the path, decoded after it was split: "/dc%2fone/cluster%20a" has the two names
  /// "dc/one" and "cluster a". Compare them with is_name_of().
  [[nodiscard]] std::vector<std::string> path_names() const;
  /// The path of these names.
  [[nodiscard]] static std::string path_of(std::span<std::string const> names);

  [[nodiscard]] friend bool operator==(ConnectionUri const&, ConnectionUri const&) = default;
};

/// Whether `name`, from path_names(), means the object whose property `name` is `stored`.
///
/// Servers store `/`, `\` and `%` in a name as `%2f`, `%5c` and `%25`. Both the name that people
/// see and the stored one are understood: "a/b" (in a URI `a%2fb`) and "a%2fb" (in a URI `a%252fb`,
/// all that the C driver understands) mean the object that is stored as "a%2fb".
[[nodiscard]] inline bool is_name_of(std::string_view name, std::string_view stored) {
  return name == stored || name == escape::percent::decode_lenient(stored);
}

/// A parameter of a ConnectionUri, as data: parse(), to_string(), messages and documents use it.
struct UriParameter {
  std::string_view name{};     ///< compared without regard to case
  std::string_view values{};   ///< what it takes
  std::string_view meaning{};  ///< in a sentence
  /// Sets the member; throws invalid_argument whose problem() says why a value is not taken.
  void (*read)(ConnectionUri& uri, std::string_view value) = nullptr;
  /// The value; nothing when the member has its default.
  std::optional<std::string> (*write)(ConnectionUri const& uri) = nullptr;
  bool is_file = false;    ///< the value is the path of a file
  bool is_secret = false;  ///< the value may hold a secret and is shown nowhere
};

/// All parameters, in the order in which to_string() writes them.
[[nodiscard]] std::span<UriParameter const> uri_parameters();

inline std::vector<std::string> ConnectionUri::path_names() const {
  std::vector<std::string> names;
  std::string_view rest = path;
  while (!rest.empty()) {
    auto const end = std::min(rest.find('/'), rest.size());
    if (end != 0) names.push_back(escape::uri::decode(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return names;
}

inline std::string ConnectionUri::path_of(std::span<std::string const> names) {
  std::string path;
  for (auto const& name : names) path.append("/").append(escape::uri::encode(name));
  return path;
}

}  // namespace esxvi
