// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// A transport that notes how long each request might have taken.
#pragma once

#include <esxvi/transport/transport.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::test {

/// What the requests of an operation were allowed, by its name; the last of them counts.
using Limits = std::map<std::string, std::chrono::milliseconds, std::less<>>;

class Noting {
 public:
  explicit Noting(any_transport inner) : inner_(std::move(inner)) {}

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    (*limits)[std::string(context.operation)] = context.total;
    if (*before) (*before)(context.operation);
    return inner_.send(request, sink, context);
  }

  std::shared_ptr<Limits> limits = std::make_shared<Limits>();
  /// Told of each operation before it is sent.
  std::shared_ptr<std::function<void(std::string_view)>> before =
      std::make_shared<std::function<void(std::string_view)>>();

 private:
  any_transport inner_;
};

/// Half a second, less what it took to get there.
inline bool hasty(std::chrono::milliseconds limit) {
  using namespace std::chrono_literals;
  return limit > 0ms && limit <= 500ms;
}
/// 10 s, the same.
inline bool patient(std::chrono::milliseconds limit) {
  using namespace std::chrono_literals;
  return limit > 5s && limit <= 10s;
}

}  // namespace esxvi::test
