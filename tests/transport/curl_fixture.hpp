// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/transport/curl.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "support/http_server.hpp"
#include "transport/collect.hpp"
#ifdef ESXVI_TEST_LOOP
  #include "transport/loop_client.hpp"
#endif

namespace test {

using esxvi::CurlOptions;
using esxvi::delivery;
using esxvi::test::Certificate;
using esxvi::test::HttpConnection;
using esxvi::test::HttpRequest;
using esxvi::test::HttpServer;
namespace http = esxvi::http;
#ifdef ESXVI_TEST_LOOP  // the same tests for exchanges of a loop
using CurlTransport = LoopClient;
#else
using esxvi::CurlTransport;
#endif

/// Independent of the proxies of the machine.
inline CurlOptions direct(CurlOptions options = {}) {
  if (options.no_proxy.empty()) options.no_proxy = "*";
  return options;
}

inline std::string get(CurlTransport& curl, std::string url,
                       http::CallContext const& context = {}) {
  Collect sink;
  curl.send({.method = "GET", .url = std::move(url)}, sink, context);
  return sink.body;
}
inline std::string post(CurlTransport& curl, std::string url, std::string_view body,
                        http::CallContext const& context = {}) {
  Collect sink;
  curl.send({.url = std::move(url), .body = body}, sink, context);
  return sink.body;
}

/// What `f` throws, as E; fails the test when it throws nothing or something else.
template <class E, class F> E thrown(F&& f) {
  std::string other = "nothing";
  try {
    f();
  } catch (E const& e) {
    return e;
  } catch (std::exception const& e) {
    other = e.what();
  }
  FAIL("expected another exception than: ", other);
  throw std::logic_error{other};
}

struct Stopwatch {
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  [[nodiscard]] std::chrono::milliseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 start);
  }
};

}  // namespace test
