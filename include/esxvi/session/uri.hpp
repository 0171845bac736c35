// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

/// Where a connection goes: `esx://root@host:443/?no_verify=1`.
///
/// | scheme  | server            | default port          |
/// |---------|-------------------|-----------------------|
/// | `esx`   | one ESX(i) host   | 443 (80 with `http`)  |
/// | `vpx`   | a vCenter         | 443 (80 with `http`)  |
/// | `https` | either            | 443                   |
///
/// Parameters: `no_verify=0|1` (accept any certificate), `transport=https|http`,
/// `auto_answer=0|1` (how driver-level calls treat blocking questions).
struct ConnectionUri {
  std::string scheme{};
  std::string user{};  ///< decoded; empty: ask
  std::string host{};  ///< an IPv6 address without brackets
  std::uint16_t port = 443;
  std::string path{};  ///< as written: `%2f` inside a name stays what it is
  bool tls = true;
  bool verify = true;
  bool auto_answer = false;

  /// Throws invalid_argument that names what is wrong. A password in the URI is refused: it would
  /// end up in logs and process lists.
  [[nodiscard]] static ConnectionUri parse(std::string_view text);

  /// "https://host:port/sdk"
  [[nodiscard]] std::string service_url() const {
    bool const literal6 = host.find(':') != std::string::npos;
    std::string url = tls ? "https://" : "http://";
    url.append(literal6 ? "[" : "").append(host).append(literal6 ? "]" : "");
    if (port != (tls ? 443 : 80)) url.append(":").append(std::to_string(port));
    return url.append("/sdk");
  }
};

namespace detail {

[[noreturn]] inline void bad_uri(
    std::string_view text, std::string problem,
    std::string advice = "esx://root@host/?no_verify=1 is an example") {
  // What stands before the last '@' may hold a password, whatever else is wrong.
  std::string shown(text);
  auto const scheme = shown.find("://");
  auto const from = scheme == std::string::npos ? 0 : scheme + 3;
  auto const at = shown.rfind('@');
  if (at != std::string::npos && at > from) shown.replace(from, at - from, "...");
  throw invalid_argument(
      {"parsing the URI", "\"" + shown + "\"", std::move(problem), std::move(advice)});
}

inline bool uri_flag(std::string_view text, std::string_view name, std::string_view value) {
  if (value != "0" && value != "1")
    bad_uri(text, std::string(name) + " is \"" + std::string(value) + "\"", "0 or 1 is expected");
  return value == "1";
}

}  // namespace detail

inline ConnectionUri ConnectionUri::parse(std::string_view text) {
  auto const parsed = boost::urls::parse_uri(boost::core::string_view(text.data(), text.size()));
  if (!parsed) detail::bad_uri(text, "this is no URI: " + parsed.error().message());
  boost::urls::url_view const url = *parsed;

  ConnectionUri uri;
  uri.scheme = url.scheme();
  std::transform(uri.scheme.begin(), uri.scheme.end(), uri.scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (uri.scheme != "esx" && uri.scheme != "vpx" && uri.scheme != "https")
    detail::bad_uri(text, "the scheme \"" + uri.scheme + "\" is not known",
                    "use esx, vpx or https");
  if (url.has_password())
    detail::bad_uri(text, "it holds a password", "leave it out; it is asked for separately");
  uri.user = url.user();
  uri.host = url.host_address();
  if (uri.host.empty()) detail::bad_uri(text, "it names no host");
  // "good%2Fevil" must not become a path, a port or a user of the service URL.
  if (url.host_type() == boost::urls::host_type::name &&
      std::any_of(uri.host.begin(), uri.host.end(), [](char c) {
        return (c >= 0 && c <= ' ') || c == 127 ||
               std::string_view("/?#@:\\%[]").find(c) != std::string_view::npos;
      }))
    detail::bad_uri(text, "the host holds a character that no host name has");
  uri.path = url.encoded_path();
  // Boost.URL takes "host:x" for an empty port and a path without its slash.
  if (!uri.path.empty() && uri.path[0] != '/') detail::bad_uri(text, "the port is no number");
  if (url.has_fragment())
    detail::bad_uri(text, "it holds a '#'", "write it as %23, also within the user's name");

  std::vector<std::string> seen;
  for (auto const& parameter : url.params()) {
    std::string const name = parameter.key;
    std::string const value = parameter.value;
    if (name.empty() && !parameter.has_value) continue;  // "?" with nothing behind it
    if (std::find(seen.begin(), seen.end(), name) != seen.end())
      detail::bad_uri(text, "the parameter \"" + name + "\" is repeated");
    seen.push_back(name);
    if (name == "no_verify") {
      uri.verify = !detail::uri_flag(text, name, value);
    } else if (name == "auto_answer") {
      uri.auto_answer = detail::uri_flag(text, name, value);
    } else if (name == "transport") {
      if (value != "http" && value != "https")
        detail::bad_uri(text, "transport is \"" + value + "\"", "http or https is expected");
      uri.tls = value == "https";
    } else {
      detail::bad_uri(text, "the parameter \"" + name + "\" is not known",
                      "known are no_verify, auto_answer and transport");
    }
  }
  uri.port = uri.tls ? 443 : 80;
  if (url.has_port() && !url.port().empty()) {
    if (url.port_number() == 0) detail::bad_uri(text, "the port is out of range", "1 to 65535");
    uri.port = url.port_number();
  }
  return uri;
}

}  // namespace esxvi
