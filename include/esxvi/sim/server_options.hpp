// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/certificate.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace esxvi::sim {

/// How a Server listens, and what it puts up with.
struct ServerOptions {
  std::string address{"127.0.0.1"};          ///< IPv4 or IPv6; "::" takes both
  std::uint16_t port = 0;                    ///< 0: a free one
  bool tls = false;                          ///< HTTPS
  std::optional<Certificate> certificate{};  ///< with tls: absent, one is made for this server
  /// The handler runs on these. Waiting costs no thread, so few are enough.
  unsigned threads = 2;

  std::size_t max_connections = 20'000;  ///< more are closed as they come
  std::uint32_t header_limit = 64 * 1024;
  std::uint64_t body_limit = std::uint64_t{8} << 20;     ///< SOAP and everything else
  std::uint64_t upload_limit = std::uint64_t{64} << 20;  ///< PUT

  /// For TLS and the first header, and for each further header from its first byte on.
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{120'000};  ///< from the end of the header
  std::chrono::milliseconds idle_timeout{120'000};  ///< between two requests
  std::chrono::milliseconds write_timeout{30'000};  ///< the client takes nothing for so long
  /// Requests in progress when the server stops get so long to be answered.
  std::chrono::milliseconds stop_grace{100};
};

/// What a Server did so far.
struct ServerStatistics {
  std::uint64_t accepted = 0;  ///< connections
  std::uint64_t refused = 0;   ///< connections over the limit
  std::uint64_t requests = 0;  ///< that reached the handler
  std::uint64_t rejected = 0;  ///< malformed, too large or too slow
  std::size_t open = 0;        ///< connections now
  std::size_t waiting = 0;     ///< requests that the handler has not answered yet
};

}  // namespace esxvi::sim
