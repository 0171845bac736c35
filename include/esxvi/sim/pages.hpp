// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Small answers of the web server of an ESX host that have nothing to do with SOAP.
#pragma once

#include <esxvi/escape/uri.hpp>
#include <esxvi/sim/web.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

/// "Not Found" of 404.
[[nodiscard]] constexpr std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Request Entity Too Large";
    case 414:
      return "Request-URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Requested Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Unknown";
  }
}

/// The page a host sends instead of a file or an answer. 401 asks for Basic authentication.
[[nodiscard]] inline WebResponse error_page(int status) {
  auto const title = std::to_string(status) + " " + std::string{reason_phrase(status)};
  WebResponse out{.status = status,
                  .headers = {{"Content-Type", "text/html"}},
                  .body = "<HTML><BODY><H1>" + title + "</H1></BODY></HTML>"};
  if (status == 401) {
    out.headers.push_back({"WWW-Authenticate", "Basic realm=\"VMware HTTP server\""});
  }
  return out;
}

/// The parts of a request target: path and query as they came, still encoded.
struct SplitTarget {
  std::string_view path{};
  std::string_view query{};
};
[[nodiscard]] constexpr SplitTarget split_target(std::string_view target) noexcept {
  target = target.substr(0, target.find('#'));
  auto const mark = target.find('?');
  if (mark == target.npos) return {target, {}};
  return {target.substr(0, mark), target.substr(mark + 1)};
}

/// The decoded value of one query parameter; the first one wins. Nothing when it is absent;
/// an escape that is none stays as it is.
[[nodiscard]] inline std::optional<std::string> query_value(std::string_view target,
                                                            std::string_view name) {
  for (auto rest = split_target(target).query; !rest.empty();) {
    auto const end = rest.find('&');
    auto const one = rest.substr(0, end);
    rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
    auto const equals = one.find('=');
    if (one.substr(0, equals) != name) continue;
    if (equals == one.npos) return std::string{};
    return escape::uri::decode_lenient(one.substr(equals + 1));
  }
  return std::nullopt;
}

/// User and password of an `Authorization: Basic` header.
struct BasicLogin {
  std::string user{};
  std::string password{};
};
[[nodiscard]] inline std::optional<BasicLogin> basic_login(WebRequest const& request) {
  auto const* const header = http::find_header(request.headers, "Authorization");
  if (header == nullptr || header->size() < 6) return std::nullopt;
  std::string_view text{*header};
  for (auto const c : std::string_view{"basic "}) {
    auto const given =
        text.front() >= 'A' && text.front() <= 'Z' ? text.front() + 32 : text.front();
    if (given != c) return std::nullopt;
    text.remove_prefix(1);
  }
  std::string decoded;
  std::uint32_t bits = 0;
  int count = 0;
  for (char const c : text) {
    if (c == ' ') continue;
    if (c == '=') break;
    static constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    auto const digit = digits.find(c);
    if (digit == digits.npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      decoded += static_cast<char>((bits >> count) & 0xff);
    }
  }
  auto const colon = decoded.find(':');
  if (colon == decoded.npos) return std::nullopt;
  return BasicLogin{decoded.substr(0, colon), decoded.substr(colon + 1)};
}

/// The values of a cookie without the quotes that `vmware_soap_session` comes in. There may be
/// several, of different paths or from a client that adds to what it has.
[[nodiscard]] inline std::vector<std::string> cookies(WebRequest const& request,
                                                      std::string_view name) {
  std::vector<std::string> found;
  for (auto const& header : request.headers) {
    if (http::find_header({header}, "Cookie") == nullptr) continue;
    for (std::string_view rest{header.value}; !rest.empty();) {
      auto const end = rest.find(';');
      auto one = rest.substr(0, end);
      rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
      while (one.starts_with(' ')) one.remove_prefix(1);
      while (one.ends_with(' ')) one.remove_suffix(1);
      auto const equals = one.find('=');
      if (equals == one.npos || one.substr(0, equals) != name) continue;
      auto value = one.substr(equals + 1);
      if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
        value = value.substr(1, value.size() - 2);
      }
      found.emplace_back(value);
    }
  }
  return found;
}

/// `/sdk/vimServiceVersions.xml` of a server with this API version ("6.5", "8.0.1.0"): the first
/// thing pyVmomi asks for, without a session. The versions before it are those that released
/// servers list.
[[nodiscard]] inline WebResponse service_versions(std::string_view api_version) {
  static constexpr std::array<std::string_view, 31> released{
      "8.0.3.0", "8.0.2.0", "8.0.1.0", "8.0.0.2", "8.0.0.1",     "8.0.0.0", "7.0.3.2", "7.0.3.1",
      "7.0.3.0", "7.0.2.1", "7.0.2.0", "7.0.1.1", "7.0.1.0",     "7.0.0.2", "7.0.0.0", "6.9.1",
      "6.8.7",   "6.7.3",   "6.7.2",   "6.7.1",   "6.7",         "6.5",     "6.0",     "5.5",
      "5.1",     "5.0",     "4.1",     "4.0",     "2.5u2server", "2.5u2",   "2.5"};
  auto const numbers = [](std::string_view text) {
    std::array<int, 4> out{};
    for (auto& number : out) {
      auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || end == text.data() + text.size() || *end != '.') break;
      text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    }
    return out;
  };
  std::string body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<namespaces version=\"1.0\">\n"
      " <namespace>\n  <name>urn:vim25</name>\n  <version>";
  body.append(api_version).append("</version>\n  <priorVersions>\n");
  auto const own = numbers(api_version);
  for (auto const version : released) {
    if (version != api_version && numbers(version) <= own) {
      body.append("   <version>").append(version).append("</version>\n");
    }
  }
  body.append(
      "  </priorVersions>\n </namespace>\n <namespace>\n  <name>urn:vim2</name>\n"
      "  <version>2.0</version>\n </namespace>\n</namespaces>\n");
  return {.headers = {{"Content-Type", "text/xml"}}, .body = std::move(body)};
}

}  // namespace esxvi::sim
