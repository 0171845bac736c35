// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/version.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace esxvi {

/// How a CurlTransport behaves. A limit of zero is no limit.
struct CurlOptions {
  bool verify = true;         ///< check the certificate of the server and the name in it
  std::string ca_file{};      ///< PEM file of CAs to trust; empty: those of the system
  std::string ca_path{};      ///< folder of hashed CA certificates
  std::string client_cert{};  ///< PEM file
  std::string client_key{};   ///< PEM file
  /// "http://proxy:3128", "socks5h://proxy", ...; empty: the environment (`https_proxy`) decides.
  std::string proxy{};
  std::string no_proxy{};  ///< "host,.domain" that need no proxy; "*": never use one
  std::string user_agent{"esxvi/" ESXVI_VERSION_STRING};
  std::chrono::milliseconds connect_timeout{15'000};  ///< name look-up, TCP and TLS
  std::chrono::milliseconds total_timeout{0};         ///< the whole exchange
  /// Fewer than low_speed_limit bytes a second for so long, both directions taken together.
  std::chrono::milliseconds low_speed_time{60'000};
  std::size_t low_speed_limit = 1;
  bool http2 = true;                                 ///< over https, where the server offers it
  std::size_t buffer_size = std::size_t{64} * 1024;  ///< the largest piece a sink gets
  std::size_t max_idle_handles = 16;  ///< handles, with their connections, kept for later
};

/// What a CurlTransport did so far. Bytes are those of HTTP, before TLS.
struct CurlStatistics {
  std::uint64_t requests = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;   ///< as they came, compressed
  std::uint64_t body_bytes = 0;       ///< as sinks got them, decompressed
  std::chrono::nanoseconds total{0};  ///< sum over all exchanges
};

}  // namespace esxvi
