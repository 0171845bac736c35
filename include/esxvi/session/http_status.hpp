// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/transport.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace esxvi::detail {

/// What a status means where a SOAP reply was expected.
struct status_meaning {
  int from;
  int to;
  errc code;
  std::string_view advice;
};
inline constexpr status_meaning status_meanings[] = {
    {300, 399, errc::redirected, "use the address that the server names"},
    {401, 401, errc::unauthorized, "is a proxy asking for credentials?"},
    {403, 403, errc::forbidden, "the server's lock-down mode or a firewall may refuse this client"},
    {404, 404, errc::wrong_path, "is this the address of a vSphere server's /sdk?"},
    {502, 504, errc::unavailable, "the server or its proxy is starting or overloaded: try later"},
    {500, 599, errc::server_failed, "see the server's logs"},
    {0, 999, errc::unexpected_status, "is this the address of a vSphere server?"},
};

template <errc Code> [[noreturn]] void throw_status(int status, error::context about) {
  failure<Code> e(std::move(about), delivery::answered);
  e.set_status(status);
  throw e;
}

/// Throws the http_error for a status that no SOAP reply has.
[[noreturn]] inline void throw_status(http::Response const& head, std::string operation,
                                      std::string target) {
  status_meaning meaning{};
  for (status_meaning const& m : status_meanings) {
    if (head.status < m.from || head.status > m.to) continue;
    meaning = m;
    break;
  }
  error::context about{std::move(operation), std::move(target),
                       "the server answered HTTP status " + std::to_string(head.status),
                       std::string(meaning.advice)};
  if (auto const* to = http::find_header(head.headers, "Location"); to != nullptr)
    about.problem.append(" and names ").append(redact::url(*to));
  switch (meaning.code) {
    case errc::redirected:
      throw_status<errc::redirected>(head.status, std::move(about));
    case errc::unauthorized:
      throw_status<errc::unauthorized>(head.status, std::move(about));
    case errc::forbidden:
      throw_status<errc::forbidden>(head.status, std::move(about));
    case errc::wrong_path:
      throw_status<errc::wrong_path>(head.status, std::move(about));
    case errc::unavailable:
      throw_status<errc::unavailable>(head.status, std::move(about));
    case errc::server_failed:
      throw_status<errc::server_failed>(head.status, std::move(about));
    default:
      throw_status<errc::unexpected_status>(head.status, std::move(about));
  }
}

}  // namespace esxvi::detail
