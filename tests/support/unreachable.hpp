// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Addresses that lead nowhere, whatever else runs on the machine and in its network.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace esxvi::test {

/// Part of a name has 63 characters at most: of this one no name server is asked.
inline std::string const no_such_host = std::string(64, 'x') + ".invalid";

/// A port of 127.0.0.1 that is taken, and refuses connections as nobody listens.
struct TakenPort {
  int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  socklen_t size = sizeof address;

  TakenPort() {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket, generic(), size) != 0 || ::getsockname(socket, generic(), &size) != 0) {
      ::close(socket);
      throw std::runtime_error("no port of 127.0.0.1");
    }
  }
  TakenPort(TakenPort const&) = delete;
  TakenPort& operator=(TakenPort const&) = delete;
  ~TakenPort() { ::close(socket); }

  [[nodiscard]] sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address); }
  [[nodiscard]] std::uint16_t port() const { return ntohs(address.sin_port); }
  /// "127.0.0.1:41234"
  [[nodiscard]] std::string authority() const { return "127.0.0.1:" + std::to_string(port()); }
};

}  // namespace esxvi::test
