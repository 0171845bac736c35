// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/transport/curl_loop.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace test {

/// A transport on a loop of its own that looks like a blocking one: start(), and the loop runs
/// until the completion came. With it the tests of CurlTransport are tests of the loop.
class LoopClient {
 public:
  explicit LoopClient(esxvi::CurlOptions options = {}) : curl_(loop_, std::move(options)) {}

  esxvi::http::Response send(esxvi::http::Request const& request, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) {
    std::optional<esxvi::http::Response> response;
    std::exception_ptr failure;
    curl_.start(request, sink, context, [&](std::exception_ptr e, esxvi::http::Response head) {
      failure = std::move(e);
      response = std::move(head);
    });
    while (!response) loop_.run_one();
    if (failure) std::rethrow_exception(failure);
    return std::move(*response);
  }
  [[nodiscard]] esxvi::CurlStatistics statistics() const { return curl_.statistics(); }
  [[nodiscard]] esxvi::CurlOptions const& options() const { return curl_.options(); }

 private:
  esxvi::CurlLoop loop_{};
  esxvi::CurlLoopTransport curl_;
};

}  // namespace test
