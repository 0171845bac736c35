// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/async.hpp>
#include <esxvi/transport/curl_loop.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

namespace esxvi::test {

/// Makes an AsyncTransport of one that blocks, such as a script: each exchange is one turn of a
/// loop.
struct OnLoop {
  CurlLoop* loop;
  any_transport blocking;

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    return blocking.send(request, sink, context);
  }
  void start(http::Request const& request, http::BodySink& sink, http::CallContext const& context,
             http::Completion done) {
    loop->post([this, &request, &sink, context, done = std::move(done)] {
      http::Response response;
      std::exception_ptr failure;
      try {
        response = blocking.send(request, sink, context);
      } catch (...) {
        failure = std::current_exception();
      }
      done(failure, std::move(response));
    });
  }
  void later(std::chrono::milliseconds delay, std::stop_token stop, std::function<void()> act) {
    loop->after(delay, std::move(act), std::move(stop));
  }
};

/// A session whose calls are coroutines, with the face of one that blocks: with it the tests of
/// Session are tests of its asynchronous calls.
class AsyncClient {
 public:
  AsyncClient(any_transport blocking, std::string url, Credentials who, SessionOptions options)
      : session_(loop_->run(async_open(OnLoop{loop_.get(), std::move(blocking)}, std::move(url),
                                       LoginMeans(std::move(who)), std::move(options)))) {}

  template <soap::Request R>
  typename R::reply_type call(R const& request, CallOptions const& options = {}) {
    return loop_->run(session_.async_call(request, options));
  }
  http::Response fetch(std::string_view method, std::string_view target, http::BodySink& sink) {
    return session_.fetch(method, target, sink);
  }
  void log_in_again(std::uint64_t seen) { session_.log_in_again(seen); }
  [[nodiscard]] std::uint64_t generation() const { return session_.generation(); }
  [[nodiscard]] std::uint64_t requests() const { return session_.requests(); }
  [[nodiscard]] Session& session() { return session_; }
  [[nodiscard]] CurlLoop& loop() { return *loop_; }

 private:
  std::unique_ptr<CurlLoop> loop_ = std::make_unique<CurlLoop>();
  Session session_;
};

}  // namespace esxvi::test
