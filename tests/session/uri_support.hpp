// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// URIs that are refused, and URIs of random numbers.
#pragma once

#include <esxvi/session/uri.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::test {

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The message with which `text` is refused.
inline std::string refused(std::string_view text) {
  try {
    static_cast<void>(ConnectionUri::parse(text));
  } catch (invalid_argument const& e) {
    CHECK(e.operation() == "parsing the URI");
    CHECK_FALSE(e.problem().empty());
    return e.what();
  }
  FAIL("accepted: ", text);
  return {};
}

/// Members and texts that a seed decides.
class RandomUris {
 public:
  explicit RandomUris(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t end) { return random_() % end; }
  bool coin() { return below(2) == 0; }
  template <class T, std::size_t N> T one_of(std::array<T, N> const& all) { return all[below(N)]; }

  /// Any bytes but NUL and control characters, often those that mean something in a URI.
  std::string text(std::size_t longest = 12) {
    constexpr std::string_view special = "%/\\?#&=+:@[]* ;,.~'\"<>{}|^`";
    std::string out;
    for (std::size_t i = 1 + below(longest); i > 0; --i) {
      std::size_t const kind = below(4);
      if (kind == 0)
        out += special[below(special.size())];
      else if (kind == 1)
        out += "\xC3\xA4";
      else
        out += static_cast<char>('a' + below(26));
    }
    return out;
  }
  std::string host() {
    constexpr std::array<char const*, 7> hosts{"h",
                                               "esx01.example",
                                               "10.0.0.1",
                                               "2001:db8::1",
                                               "::1",
                                               "HOST",
                                               "b\xC3\xBC"
                                               "cher"};
    return one_of(hosts);
  }
  Thumbprint thumbprint() {
    std::vector<unsigned char> bytes(coin() ? 20 : 32);
    for (auto& byte : bytes) byte = static_cast<unsigned char>(below(256));
    return Thumbprint::of_digest(bytes);
  }
  Proxy proxy() {
    constexpr std::array types{Proxy::type::http,    Proxy::type::https,  Proxy::type::socks4,
                               Proxy::type::socks4a, Proxy::type::socks5, Proxy::type::socks5h};
    Proxy made{.kind = one_of(types), .host = host()};
    if (coin()) made.user = text();
    if (coin()) made.password = text();
    if (coin()) made.port = static_cast<std::uint16_t>(1 + below(65535));
    return made;
  }
  std::string path() {
    std::vector<std::string> names(below(4));
    for (auto& name : names) name = text();
    auto made = ConnectionUri::path_of(names);
    if (coin()) made += '/';
    return made;
  }

  /// Changes one member, perhaps to the value that it has.
  void change(ConnectionUri& uri, std::size_t member) {
    constexpr std::array schemes{"esx", "gsx", "vpx", "https"};
    switch (member) {
      case 0:
        uri.scheme = one_of(schemes);
        break;
      case 1:
        uri.user = coin() ? text() : "";
        break;
      case 2:
        uri.host = host();
        break;
      case 3:
        uri.port.reset();
        if (coin()) uri.port = static_cast<std::uint16_t>(1 + below(65535));
        break;
      case 4:
        uri.path = path();
        break;
      case 5:
        uri.tls = coin();
        break;
      case 6:
        uri.verify = coin();
        break;
      case 7:
        uri.auto_answer = coin();
        break;
      case 8:
        uri.vcenter = coin() ? (coin() ? "*" : host()) : "";
        break;
      case 9:
        uri.proxy.reset();
        if (coin()) uri.proxy = proxy();
        break;
      case 10:
        uri.authfile = coin() ? text() : "";
        break;
      case 11:
        uri.ca_file = coin() ? text() : "";
        break;
      case 12:
        uri.thumbprint.reset();
        if (coin()) uri.thumbprint = thumbprint();
        break;
      case 13:
        uri.timeout.reset();
        if (coin()) uri.timeout = std::chrono::milliseconds(1 + below(1'000'000));
        break;
      case 14:
        uri.api_version = coin() ? "8.0.3.0" : "";
        break;
      default:
        uri.user_agent = coin() ? text() : "";
        break;
    }
  }
  static constexpr std::size_t members = 16;

  ConnectionUri uri() {
    ConnectionUri made{.scheme = "esx", .host = "h"};
    for (std::size_t member = 0; member < members; ++member)
      if (coin()) change(made, member);
    return made;
  }

  /// The same URI in other words: needless escapes, other case, empty parameters.
  std::string respelled(std::string_view canonical) {
    std::string out;
    auto const query = canonical.find('?');
    bool in_name = false;
    for (std::size_t i = 0; i < canonical.size(); ++i) {
      char const c = canonical[i];
      if (i < 3) {
        out += coin() ? c : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
        continue;
      }
      bool const behind = i > query;
      if (c == '?' || (behind && c == '&')) {
        out += c;
        if (below(4) == 0) out += "&";
        in_name = true;
      } else if (behind && in_name && c == '=') {
        out += c;
        in_name = false;
      } else if (behind && c >= 'a' && c <= 'z' && canonical[i - 1] != '%' &&
                 (i < 2 || canonical[i - 2] != '%') && below(3) == 0) {
        constexpr std::string_view digits = "0123456789abcdef";
        out.append("%").append(1, digits[static_cast<unsigned>(c) >> 4U]);
        out.append(1, digits[static_cast<unsigned>(c) & 15U]);
      } else if (behind && in_name && c >= 'a' && c <= 'z' && coin()) {
        out += static_cast<char>(c - 32);
      } else {
        out += c;
      }
    }
    if (query == canonical.npos && coin()) out += "?";
    return out;
  }

 private:
  std::mt19937 random_;
};

}  // namespace esxvi::test
