// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A server with a proxy in front of it that breaks connections, whichever server it is.
#pragma once

#include <esxvi/session.hpp>
#include <esxvi/transport/curl.hpp>

#include <cstdint>
#include <string>
#include <utility>

#include "faults/sweep.hpp"

namespace esxvi::test {

namespace vim = esxvi::types;

class Site {
 public:
  FaultProxy proxy;

  [[nodiscard]] std::string url() const { return proxy.url("/sdk", tls_ ? "https" : "http"); }
  [[nodiscard]] Credentials const& who() const { return who_; }
  /// `options` of the session; brisk() unless a test wants others.
  Session open(CurlOptions curl = {}, SessionOptions options = brisk()) const {
    curl.verify = false;
    return {CurlTransport(impatient(std::move(curl))), url(), who(), std::move(options)};
  }

 protected:
  Site(std::uint16_t port, bool tls, Credentials who)
      : proxy(port), tls_(tls), who_(std::move(who)) {}
  Site(Site const&) = delete;
  Site& operator=(Site const&) = delete;
  ~Site() = default;

 private:
  bool tls_;
  Credentials who_;
};

}  // namespace esxvi::test
