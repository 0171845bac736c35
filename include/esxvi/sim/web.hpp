// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/transport/transport.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// An ESX host in memory, for programs that test themselves against one.
namespace esxvi::sim {

/// One HTTP request as a simulated host sees it, whichever way it came in.
struct WebRequest {
  std::string method{};  ///< "POST"
  std::string target{};  ///< "/sdk", "/folder/a%20b?dcPath=...": as in the request line
  std::vector<http::header> headers{};
  std::string body{};
  std::string peer{};  ///< address of the client, for the list of sessions
  bool tls = false;
};

/// What is sent back, and what goes wrong on the way when somebody asked for that.
struct WebResponse {
  int status = 200;
  std::vector<http::header> headers{};
  std::string body{};

  /// The connection ends after this many bytes of the body.
  std::optional<std::size_t> cut_after{};
  /// The connection ends before the status line.
  bool drop = false;
  /// The reply waits this long although it is ready.
  std::chrono::milliseconds delay{0};
  /// The body trickles at this rate; zero: it does not.
  std::size_t bytes_per_second = 0;
};

/// Whoever answers requests: a host. Servers and the in-process transport call it.
class WebHandler {
 public:
  using Done = std::function<void(WebResponse)>;

  /// Calls `done` exactly once, before it returns or later from another thread: a long poll that
  /// waits for news holds no thread. `stop` says that the client went away; `done` is called then
  /// too, soon. `done` must not throw, and may be called while the host is locked: it must not
  /// call the handler.
  virtual void handle(WebRequest request, Done done, std::stop_token stop) = 0;

 protected:
  ~WebHandler() = default;
};

}  // namespace esxvi::sim
