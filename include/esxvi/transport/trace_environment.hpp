// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/trace.hpp>
#include <esxvi/transport/transport.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

namespace detail {

/// A transport without its asynchronous half.
struct blocking_transport {
  any_transport inner;
  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    return inner.send(request, sink, context);
  }
  [[nodiscard]] TransportStatistics statistics() const { return inner.statistics(); }
};

}  // namespace detail

/// Writes what goes over `transport` to `out`, as `level` says: "headers" or "bodies" (then with
/// the first bytes of the bodies). Empty: nothing, and the transport is returned as it is. Secrets
/// are left out. Throws invalid_argument for another level.
[[nodiscard]] inline any_transport traced(any_transport transport, std::string_view level,
                                          std::ostream& out = std::clog) {
  if (level.empty()) return transport;
  if (level != "headers" && level != "bodies") {
    throw invalid_argument({"tracing",
                            {},
                            "the level is \"" + std::string(level.substr(0, 32)) + "\"",
                            "ESXVI_TRACE and --trace take headers or bodies"});
  }
  TraceOptions const options{.bodies = level == "bodies"};
  if (transport.is_async()) return Trace{std::move(transport), TraceLog{out}, options};
  return Trace{detail::blocking_transport{std::move(transport)}, TraceLog{out}, options};
}

/// As the environment says: `ESXVI_TRACE=headers` or `ESXVI_TRACE=bodies`, to standard error.
[[nodiscard]] inline any_transport traced(any_transport transport) {
  char const* const level = std::getenv("ESXVI_TRACE");
  return traced(std::move(transport), level == nullptr ? std::string_view{} : level);
}

}  // namespace esxvi
