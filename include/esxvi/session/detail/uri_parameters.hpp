// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/connection_uri.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {
namespace detail {

using UriValue = std::optional<std::string>;

/// The parser adds which parameter it was, and of which URI.
[[noreturn]] inline void bad_value(std::string expected) {
  throw invalid_argument({"reading a URI parameter", {}, {}, std::move(expected)});
}

inline bool uri_flag(std::string_view value) {
  if (value != "0" && value != "1") bad_value("0 or 1 is expected");
  return value == "1";
}

template <bool ConnectionUri::* Member, bool IfOne>
inline constexpr UriParameter flag_parameter{
    .read = [](ConnectionUri& uri,
               std::string_view value) { uri.*Member = uri_flag(value) == IfOne; },
    .write = [](ConnectionUri const& uri) -> UriValue {
      if (uri.*Member == IfOne) return "1";
      return std::nullopt;
    }};

/// A text that Check takes.
template <std::string ConnectionUri::* Member, auto Check>
inline constexpr UriParameter text_parameter{
    .read = [](ConnectionUri& uri, std::string_view value) { uri.*Member = Check(value); },
    .write = [](ConnectionUri const& uri) -> UriValue {
      if ((uri.*Member).empty()) return std::nullopt;
      return uri.*Member;
    }};

inline std::string file_name(std::string_view value) {
  if (value.empty()) bad_value("the path of a file is expected");
  return std::string(value);
}

inline std::string vcenter_name(std::string_view value) {
  if (value.size() > 2 && value.front() == '[' && value.back() == ']')
    value = value.substr(1, value.size() - 2);
  if (value != "*" && !is_host_name(value) && !is_ipv6(value))
    bad_value(
        "the name or address of a vCenter is expected, or * for the one that manages the "
        "host");
  return std::string(value);
}

/// "8.0.3.0", "6.7.3", "2.5u2"
inline std::string api_version_name(std::string_view value) {
  bool digit_needed = true;
  bool update = false;
  int dots = 0;
  for (char const c : value) {
    bool const digit = c >= '0' && c <= '9';
    dots += c == '.' ? 1 : 0;
    if (!digit && (digit_needed || update || (c != '.' && c != 'u') || dots > 3))
      bad_value("an API version such as 8.0.3.0 or 6.7 is expected");
    digit_needed = !digit;
    update = update || c == 'u';
  }
  if (digit_needed) bad_value("an API version such as 8.0.3.0 or 6.7 is expected");
  return std::string(value);
}

inline std::string user_agent_name(std::string_view value) {
  bool const fits = !value.empty() && std::none_of(value.begin(), value.end(), [](char c) {
    return (c >= 0 && c < ' ') || c == 127;
  });
  if (!fits) bad_value("a text without control characters is expected");
  return std::string(value);
}

inline std::chrono::milliseconds duration_value(std::string_view value) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> units{
      {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60'000}}};
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max());
  std::uint64_t number = 0;
  auto const [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
  auto const unit = std::find_if(units.begin(), units.end(), [&](auto const& each) {
    return each.first ==
           std::string_view(end, static_cast<std::size_t>(value.data() + value.size() - end));
  });
  if (code != std::errc() || unit == units.end() || number == 0 || number > most / unit->second)
    bad_value("a time from 1ms to 24 days is expected, such as 30 (seconds), 500ms, 30s or 2m");
  return std::chrono::milliseconds(number * unit->second);
}

inline std::string duration_text(std::chrono::milliseconds time) {
  auto const count = time.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) : std::to_string(count) + "ms";
}

/// The functions of `how`, under a name.
constexpr UriParameter described(std::string_view name, std::string_view values,
                                 std::string_view meaning, UriParameter how) {
  how.name = name;
  how.values = values;
  how.meaning = meaning;
  return how;
}

constexpr UriParameter file_parameter(UriParameter how) {
  how.is_file = true;
  return how;
}

// clang-format off
inline constexpr std::array all_uri_parameters{
    described("transport", "`https` or `http`",
              "How the server is spoken to; `http` has no protection at all.",
              {.read = [](ConnectionUri& uri, std::string_view value) {
                 if (value != "http" && value != "https") bad_value("http or https is expected");
                 uri.tls = value == "https";
               },
               .write = [](ConnectionUri const& uri) -> UriValue {
                 if (!uri.tls) return "http";
                 return std::nullopt;
               }}),
    described("vcenter", "a name, an address or `*`",
              "The vCenter that manages the host; `*`: the one that the host names.",
              text_parameter<&ConnectionUri::vcenter, vcenter_name>),
    described("no_verify", "`0` or `1`",
              "1: accept any certificate, from anybody.",
              flag_parameter<&ConnectionUri::verify, false>),
    described("auto_answer", "`0` or `1`",
              "1: questions of the server that block a task get their default answer.",
              flag_parameter<&ConnectionUri::auto_answer, true>),
    described("proxy", "`[type://][user[:password]@]host[:port]`",
              "The proxy to use; type is http, https, socks (= socks5), socks5, socks5h, socks4 or "
              "socks4a, http if left out; the port is 1080, 443 for https.",
              {.read = [](ConnectionUri& uri, std::string_view value) {
                 uri.proxy = Proxy::parse(value);
               },
               .write = [](ConnectionUri const& uri) -> UriValue {
                 if (uri.proxy) return uri.proxy->to_string();
                 return std::nullopt;
               },
               .is_secret = true}),
    described("authfile", "a path",
              "A file with credentials, in the format of libvirt's auth.conf.",
              file_parameter(text_parameter<&ConnectionUri::authfile, file_name>)),
    described("ca_file", "a path",
              "A PEM file with the certificates that vouch for the server.",
              file_parameter(text_parameter<&ConnectionUri::ca_file, file_name>)),
    described("thumbprint", "SHA-256 or SHA-1 in hexadecimal",
              "The one certificate that is accepted.",
              {.read = [](ConnectionUri& uri, std::string_view value) {
                 uri.thumbprint = Thumbprint::parse(value);
               },
               .write = [](ConnectionUri const& uri) -> UriValue {
                 if (uri.thumbprint) return uri.thumbprint->to_string();
                 return std::nullopt;
               }}),
    described("timeout", "seconds, or `500ms`, `30s`, `2m`",
              "How long connecting may take, and how long the server may be silent.",
              {.read = [](ConnectionUri& uri, std::string_view value) {
                 uri.timeout = duration_value(value);
               },
               .write = [](ConnectionUri const& uri) -> UriValue {
                 if (uri.timeout) return duration_text(*uri.timeout);
                 return std::nullopt;
               }}),
    described("api_version", "such as `6.7` or `8.0.3.0`",
              "The version of the API to speak, instead of the newest that both sides know.",
              text_parameter<&ConnectionUri::api_version, api_version_name>),
    described("user_agent", "a text",
              "What the server's session list shows as the client.",
              text_parameter<&ConnectionUri::user_agent, user_agent_name>),
};
// clang-format on

[[nodiscard]] inline UriParameter const* find_uri_parameter(std::string_view name) noexcept {
  auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  auto const* const at = std::find_if(
      all_uri_parameters.begin(), all_uri_parameters.end(), [&](UriParameter const& each) {
        return std::equal(name.begin(), name.end(), each.name.begin(), each.name.end(),
                          [&](char a, char b) { return lower(a) == b; });
      });
  return at == all_uri_parameters.end() ? nullptr : at;
}

/// "transport, vcenter, ..."
[[nodiscard]] inline std::string known_uri_parameters() {
  std::string names;
  for (auto const& each : all_uri_parameters)
    names.append(names.empty() ? "" : ", ").append(each.name);
  return names;
}

}  // namespace detail

inline std::span<UriParameter const> uri_parameters() { return detail::all_uri_parameters; }

}  // namespace esxvi
