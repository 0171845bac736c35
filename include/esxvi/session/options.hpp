// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/soap/observer.hpp>
#include <esxvi/xml/limits.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace esxvi {

/// Limits of one call.
struct CallOptions {
  std::stop_token stop{};
  /// For the whole call, with what it takes to repeat it or to log in again; zero: the transport's
  /// own limit for each request.
  std::chrono::milliseconds deadline{0};
  std::chrono::milliseconds patience{0};  ///< how long the server may think (long polls)
};

/// When a request is sent once more: only if the server has not seen it, or if it only reads (see
/// only_reads()).
///
/// The pauses double from `first_pause` to `longest_pause`, and are shortened at random by up to a
/// half, so that many clients do not come back together.
struct RetryOptions {
  int attempts = 3;  ///< altogether; 1: never repeat
  std::chrono::milliseconds first_pause{100};
  std::chrono::milliseconds longest_pause{5'000};
};

/// For all calls of a session.
struct SessionOptions {
  xml::Limits limits{};
  /// Told what the server sends besides what this program knows. Called by the threads that call;
  /// it has to outlive the session.
  soap::Observer* observer = nullptr;
  std::string locale{};  ///< of messages, "en"; empty: the server's choice
  /// "7.0.3.0": speak this version of the API; empty: the newest that both sides know.
  std::string api_version{};
  /// Log in once more when the server has forgotten the session, and repeat the call.
  bool log_in_again = true;
  RetryOptions retry{};
  /// Limits of opening, all its requests taken together. (A login later has those of its call.)
  CallOptions opening{};
  /// Each request is numbered: "esxvi-5e2f91c0-17" is what servers write into their logs as opID,
  /// and what errors name. This is the part before the number. Not set: made up for the session;
  /// empty: no ids.
  std::optional<std::string> operation_id{};
};

}  // namespace esxvi
