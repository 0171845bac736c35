// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <curl/curl.h>
#include <esxvi/error.hpp>
#include <esxvi/transport/secret.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::detail {

/// A proxy as libcurl is told of it: the user apart from the address, because libcurl quotes the
/// address in messages.
struct curl_proxy {
  std::string address{};  ///< "socks5h://proxy:1080"
  std::string user{};     ///< decoded; empty: none
  std::string password{};
};

/// Reads "[type://][user[:password]@]host[:port]". Throws invalid_argument, which shows nothing of
/// the text, for a password may be anywhere in it.
inline curl_proxy parse_proxy(std::string_view text) {
  struct url_deleter {
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
  };
  static constexpr std::string_view example =
      "http://proxy:3128 and socks5h://user:password@proxy:1080 are examples";
  auto const refuse = [](std::string problem, std::string_view advice) {
    throw invalid_argument{
        {"reading the address of the proxy", {}, std::move(problem), std::string{advice}}};
  };

  std::unique_ptr<CURLU, url_deleter> const url{curl_url()};
  if (url == nullptr) throw std::bad_alloc{};
  std::string full;
  full.reserve(text.size() + 8);
  full.append(text.find("://") == text.npos ? "http://" : "").append(text);
  auto const read = curl_url_set(url.get(), CURLUPART_URL, full.c_str(), CURLU_NON_SUPPORT_SCHEME);
  wipe(full);
  if (read != CURLUE_OK) refuse("it is no address", example);
  auto const part = [&](CURLUPart what, unsigned flags = 0) {
    char* found = nullptr;
    auto const code = curl_url_get(url.get(), what, &found, flags);
    std::unique_ptr<char, decltype(&curl_free)> const owned{found, curl_free};
    if (code == CURLUE_OUT_OF_MEMORY) throw std::bad_alloc{};
    if (code == CURLUE_URLDECODE) refuse("its user or password holds a control character", example);
    return code == CURLUE_OK ? std::string{found} : std::string{};
  };

  auto scheme = part(CURLUPART_SCHEME);
  if (scheme == "socks") scheme = "socks5";  // as libvirt's driver reads it
  static constexpr std::array<std::string_view, 6> known{"http",    "https",  "socks4",
                                                         "socks4a", "socks5", "socks5h"};
  if (std::find(known.begin(), known.end(), scheme) == known.end())
    refuse("its type is not known", "use http, https, socks4, socks4a, socks5 or socks5h");
  auto const path = part(CURLUPART_PATH);
  if ((!path.empty() && path != "/") || !part(CURLUPART_QUERY).empty() ||
      !part(CURLUPART_FRAGMENT).empty())
    refuse("something follows the host and the port",
           "write / ? # as %2F %3F %23 within a user or a password");
  auto const host = part(CURLUPART_HOST);
  if (host.empty()) refuse("it names no host", example);

  curl_proxy out;
  out.address.append(scheme).append("://").append(host);
  if (auto const port = part(CURLUPART_PORT); !port.empty()) out.address.append(":").append(port);
  out.user = part(CURLUPART_USER, CURLU_URLDECODE);
  out.password = part(CURLUPART_PASSWORD, CURLU_URLDECODE);
  return out;
}

/// What to do about a proxy that answered CONNECT with this status.
inline std::string_view advice_for_proxy(long status) {
  if (status == 407)
    return "the proxy wants a user and a password that it knows: write them into its address, "
           "http://user:password@proxy:3128";
  if (status == 403 || status == 405)
    return "the proxy refused: its rules forbid this host or port";
  if (status >= 500) return "the proxy refused: it cannot reach the server, or is out of order";
  return "the proxy refused: is this the address of an HTTP proxy?";
}

[[noreturn]] inline void refused_by_proxy(long status, error::context about) {
  about.advice = advice_for_proxy(status);
  throw connection_refused{std::move(about), delivery::not_sent};
}

}  // namespace esxvi::detail
