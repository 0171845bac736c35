// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/escape/uri.hpp>
#include <esxvi/session/detail/host_name.hpp>
#include <esxvi/transport/secret.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace esxvi {

/// A proxy: `[type://][user[:password]@]host[:port]`, an IPv6 host in brackets.
///
/// | type              | meaning                                      | default port |
/// |-------------------|----------------------------------------------|--------------|
/// | `http` (default)  | HTTP proxy                                   | 1080         |
/// | `https`           | HTTP proxy that is spoken to over TLS        | 443          |
/// | `socks4`          | SOCKS 4                                      | 1080         |
/// | `socks4a`         | SOCKS 4, names are resolved by the proxy     | 1080         |
/// | `socks5`, `socks` | SOCKS 5                                      | 1080         |
/// | `socks5h`         | SOCKS 5, names are resolved by the proxy     | 1080         |
///
/// The ports are those of the C driver and of libcurl. A value.
struct Proxy {
  enum class type : unsigned char { http, https, socks4, socks4a, socks5, socks5h };

  type kind = type::http;
  std::string user{};                   ///< decoded
  Secret password{};                    ///< decoded
  std::string host{};                   ///< an IPv6 address without brackets
  std::optional<std::uint16_t> port{};  ///< empty: the default of the type

  /// Throws invalid_argument; the message shows nothing of the text, which may hold a password.
  [[nodiscard]] static Proxy parse(std::string_view text);

  [[nodiscard]] std::uint16_t port_or_default() const noexcept {
    return port.value_or(kind == type::https ? 443 : 1080);
  }
  /// What libcurl takes: "socks5://user:password@[::1]:1080". Holds the password.
  [[nodiscard]] std::string url() const { return text(password.reveal(), port_or_default()); }
  /// What parse() reads back. Holds the password.
  [[nodiscard]] std::string to_string() const { return text(password.reveal(), port); }
  /// For messages: as to_string() with "..." for the password.
  [[nodiscard]] std::string display() const { return text(password.empty() ? "" : "...", port); }

  [[nodiscard]] friend bool operator==(Proxy const&, Proxy const&) = default;

 private:
  struct type_name {
    std::string_view name;
    type kind;
  };
  // The first name of a type is the one that is written.
  static constexpr std::array<type_name, 7> names{{{"http", type::http},
                                                   {"https", type::https},
                                                   {"socks4", type::socks4},
                                                   {"socks4a", type::socks4a},
                                                   {"socks5", type::socks5},
                                                   {"socks5h", type::socks5h},
                                                   {"socks", type::socks5}}};

  [[noreturn]] static void refuse(std::string problem, std::string advice = {}) {
    if (advice.empty()) advice = "[type://][user[:password]@]host[:port] is expected";
    throw invalid_argument({"reading a proxy", {}, std::move(problem), std::move(advice)});
  }

  template <class Out> static Out decoded(std::string_view text, char const* what) {
    Out plain;
    auto const done = escape::uri::decode_to(text, std::back_inserter(plain));
    if (!done)
      refuse(std::string("the ") + what + " of the proxy holds a '%' that is no escape",
             "write % as %25, or as %2525 within a URI");
    return plain;
  }

  [[nodiscard]] std::string text(std::string_view shown_password,
                                 std::optional<std::uint16_t> shown_port) const {
    auto const* const form = std::find_if(names.begin(), names.end(),
                                          [&](type_name const& each) { return each.kind == kind; });
    std::string const who = escape::uri::encode(user);
    std::string where = detail::bracketed(host);
    if (shown_port) where.append(":").append(std::to_string(*shown_port));
    std::string out;
    // One that grows leaves copies of the password behind.
    out.reserve(form->name.size() + who.size() + escape::uri::encoded_size(shown_password) +
                where.size() + std::string_view("://:@").size());
    out.append(form->name).append("://").append(who);
    if (!shown_password.empty()) {
      out.push_back(':');
      escape::uri::encode_to(shown_password, std::back_inserter(out));
    }
    if (!who.empty() || !shown_password.empty()) out.push_back('@');
    out.append(where);
    return out;
  }
};

inline Proxy Proxy::parse(std::string_view text) {
  Proxy made;
  if (auto const end = text.find("://"); end != text.npos) {
    auto const known = std::find_if(names.begin(), names.end(), [&](type_name const& each) {
      return each.name == text.substr(0, end);
    });
    if (known == names.end())
      refuse("the type of the proxy is not known",
             "http, https, socks, socks4, socks4a, socks5 or socks5h is expected");
    made.kind = known->kind;
    text.remove_prefix(end + 3);
  }
  if (auto const at = text.rfind('@'); at != text.npos) {
    auto const login = text.substr(0, at);
    auto const colon = std::min(login.find(':'), login.size());
    made.user = decoded<std::string>(login.substr(0, colon), "user");
    if (colon < login.size()) made.password = decoded<Secret>(login.substr(colon + 1), "password");
    text.remove_prefix(at + 1);
  }
  if (text.ends_with('/')) text.remove_suffix(1);  // "http://proxy:3128/"

  // An address in brackets may hold colons; nothing else may.
  std::size_t end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (text.starts_with('[')) {
    if (end == text.npos) refuse("the ']' after the address of the proxy is missing");
    made.host = text.substr(1, end++ - 1);
    if (!detail::is_ipv6(made.host)) refuse("what stands in brackets is no IPv6 address");
  } else {
    end = std::min(end, text.size());
    made.host = text.substr(0, end);
    if (made.host.empty()) refuse("the proxy has no host");
    if (!detail::is_host_name(made.host))
      refuse("the host of the proxy holds a character that no host name has");
  }
  text.remove_prefix(end);
  if (text.empty()) return made;
  unsigned port = 0;
  auto const [stop, code] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
  if (text[0] != ':' || code != std::errc() || stop != text.data() + text.size() || port < 1 ||
      port > 65535)
    refuse("the port of the proxy is no number from 1 to 65535",
           "an IPv6 address stands in brackets");
  made.port = static_cast<std::uint16_t>(port);
  return made;
}

}  // namespace esxvi
