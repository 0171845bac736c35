// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/transport/secret.hpp>
#include <esxvi/transport/thumbprint.hpp>
#include <esxvi/transport/transport.hpp>
#include <esxvi/version.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace esxvi {

/// One line on standard error: what CurlOptions::warn does unless told otherwise.
inline void warn_on_stderr(std::string_view text) {
  std::fprintf(stderr, "esxvi: %.*s\n", static_cast<int>(text.size()), text.data());
}

/// How a CurlTransport behaves. A limit of zero is no limit.
struct CurlOptions {
  bool verify = true;  ///< check the certificate of the server and the name in it
  /// The server's own certificate must be this one. Then neither CA nor name nor dates matter, nor
  /// `verify`; nothing is sent to a server with another one. https only. Needs libcurl 7.80.
  std::optional<Thumbprint> thumbprint{};
  std::string ca_file{};      ///< PEM file of CAs to trust; empty: those of the system
  std::string ca_path{};      ///< folder of hashed CA certificates
  std::string client_cert{};  ///< PEM file
  std::string client_key{};   ///< PEM file
  /// "[type://][user:password@]host[:port]": http, https, socks4, socks4a, socks5 or socks5h; port
  /// 1080 (https: 443) unless given. Empty: the environment (`https_proxy`, ...) decides. HTTP
  /// proxies get the password by the method Basic.
  Secret proxy{};
  std::string no_proxy{};       ///< "host,.domain" that need no proxy; "*": never use one
  std::string proxy_ca_file{};  ///< PEM file of CAs for https proxies; empty: those of the system
  std::string user_agent{"esxvi/" ESXVI_VERSION_STRING};
  std::chrono::milliseconds connect_timeout{15'000};  ///< name look-up, TCP and TLS
  std::chrono::milliseconds total_timeout{0};         ///< the whole exchange
  /// Fewer than low_speed_limit bytes a second for so long, both directions taken together.
  std::chrono::milliseconds low_speed_time{60'000};
  std::size_t low_speed_limit = 1;
  bool http2 = true;                                 ///< over https, where the server offers it
  std::size_t buffer_size = std::size_t{64} * 1024;  ///< the largest piece a sink gets
  std::size_t max_idle_handles = 16;  ///< handles, with their connections, kept for later
  std::size_t max_connections = 0;    ///< calls at the same time; more of them wait for their turn
  /// Told, once a transport, that `verify` is off. Empty: nobody is. Called on a thread that sends.
  std::function<void(std::string_view)> warn = warn_on_stderr;
};

/// What a CurlTransport did so far.
using CurlStatistics = TransportStatistics;

}  // namespace esxvi
