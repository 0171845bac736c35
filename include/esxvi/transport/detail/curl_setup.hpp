// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <curl/curl.h>
#include <esxvi/error.hpp>
#include <esxvi/transport/curl_options.hpp>
#include <esxvi/transport/detail/curl_proxy.hpp>
#include <esxvi/transport/transport.hpp>

#include <algorithm>
#include <chrono>
#include <climits>
#include <cstdint>
#include <new>
#include <string>
#include <utility>

/// Those options of a handle that say how a server is reached and whom to trust.
namespace esxvi::detail {

/// Once a program, before anything else of libcurl.
inline void init_curl() {
  static auto const code = curl_global_init(CURL_GLOBAL_DEFAULT);  // never undone
  if (code != CURLE_OK) {
    throw transport_failed{{.operation = "curl_global_init", .problem = curl_easy_strerror(code)}};
  }
}

/// Throws transport_failed when this libcurl cannot do it.
template <class T> void curl_set(CURL* easy, CURLoption option, T value) {
  auto const code = curl_easy_setopt(easy, option, value);
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc{};
  if (code != CURLE_OK) {
    throw transport_failed{{.operation = "preparing a request",
                            .problem = "libcurl refuses option " + std::to_string(option) + ": " +
                                       curl_easy_strerror(code),
                            .advice = "this libcurl is too old or was built without the feature"}};
  }
}
inline void curl_set_path(CURL* easy, CURLoption option, std::string const& value) {
  if (!value.empty()) curl_set(easy, option, value.c_str());
}
inline long curl_milliseconds(std::chrono::milliseconds time) {
  return static_cast<long>(std::clamp<std::int64_t>(time.count(), 0, LONG_MAX));
}

/// Ends a call that could not begin because of CurlOptions::max_connections.
[[noreturn]] inline void give_up_queue(http::CallContext const& context) {
  error::context about{.operation = std::string{context.operation}};
  if (context.stop.stop_requested()) {
    about.problem = "cancelled";
    throw cancelled{std::move(about)};
  }
  about.problem = "all connections were busy until the time was up";
  about.advice = "a larger max_connections or a longer limit may help";
  throw timeout{std::move(about)};
}

/// `verify`: whether libcurl checks the server's certificate against CAs and name.
inline void set_up_tls(CURL* easy, CurlOptions const& options, bool verify) {
  curl_set(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  curl_set(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  curl_set(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  if (verify && (!options.ca_file.empty() || !options.ca_path.empty())) {
    // instead of those of the system
    auto const or_none = [](std::string const& s) { return s.empty() ? nullptr : s.c_str(); };
    curl_set(easy, CURLOPT_CAINFO, or_none(options.ca_file));
    curl_set(easy, CURLOPT_CAPATH, or_none(options.ca_path));
  }
  curl_set_path(easy, CURLOPT_SSLCERT, options.client_cert);
  curl_set_path(easy, CURLOPT_SSLKEY, options.client_key);
}

inline void set_up_way(CURL* easy, CurlOptions const& options) {
  curl_set(easy, CURLOPT_NOSIGNAL, 1L);
  if (!options.proxy.empty()) {
    auto proxy = parse_proxy(options.proxy.reveal());
    curl_set(easy, CURLOPT_PROXY, proxy.address.c_str());
    curl_set_path(easy, CURLOPT_PROXYUSERNAME, proxy.user);
    curl_set_path(easy, CURLOPT_PROXYPASSWORD, proxy.password);
    wipe(proxy.password);
  }
  curl_set_path(easy, CURLOPT_NOPROXY, options.no_proxy);
  curl_set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTPS_PROXY) {
    curl_set(easy, CURLOPT_PROXY_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    curl_set_path(easy, CURLOPT_PROXY_CAINFO, options.proxy_ca_file);
  }
  // libcurl takes zero as its own default of five minutes.
  curl_set(easy, CURLOPT_CONNECTTIMEOUT_MS,
           options.connect_timeout.count() > 0 ? curl_milliseconds(options.connect_timeout)
                                               : long{INT_MAX});
}

}  // namespace esxvi::detail
