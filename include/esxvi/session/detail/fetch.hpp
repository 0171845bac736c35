// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/detail/conversation.hpp>
#include <esxvi/session/detail/session_state.hpp>
#include <esxvi/session/http_status.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/transport.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// One request for a file, a picture or a document, with the same rules as a method call.
class Fetching {
 public:
  Fetching(SessionState& session, std::string_view method, std::string_view target,
           http::BodySink& sink, http::BodySource* source, std::vector<http::header> headers,
           CallOptions const& options)
      : session_(session),
        method_(method),
        rules_(session, method_, options, call_kind::file),
        headers_(std::move(headers)),
        judge_(*this, sink) {
    // What begins otherwise would go on with the host's name or its port: ".evil.example/x".
    if (!target.starts_with('/'))
      throw invalid_argument({method_, std::string(session.authority()),
                              "the target of the request does not begin with '/'",
                              "give the path on the server, without scheme and host"});
    message_.method = method_;
    message_.url = std::string(session.authority()).append(target);
    message_.source = source;
  }
  ~Fetching() { SessionState::forget_cookie(message_); }
  Fetching(Fetching const&) = delete;
  Fetching& operator=(Fetching const&) = delete;

  void send(any_transport const& transport) {
    auto const& request = message();
    response_ = transport.send(request, sink(), context());
  }

  [[nodiscard]] http::Request const& message() {
    rules_.begin();
    SessionState::forget_cookie(message_);
    message_.headers = headers_;
    session_.carry_cookie(message_);
    used_ = message_.source != nullptr;
    return message_;
  }
  [[nodiscard]] http::BodySink& sink() noexcept { return judge_; }
  [[nodiscard]] http::CallContext context() const { return rules_.context(); }
  [[nodiscard]] CallRules const& rules() const noexcept { return rules_; }
  [[nodiscard]] http::Response& response() noexcept { return response_; }

  [[nodiscard]] step after(std::exception_ptr const& failure) {
    if (!failure) return step::done;
    step const next = rules_.after(failure, !judge_.begun);
    // A body that cannot be sent from its start again ends the matter with the first failure.
    if (used_ && !message_.source->rewind()) std::rethrow_exception(failure);
    return next;
  }

 private:
  struct Judge final : http::BodySink {
    Judge(Fetching const& fetching, http::BodySink& to) : self(fetching), inner(to) {}
    void begin(http::Response const& head) override {
      if (head.status < 200 || head.status > 299)
        throw_status(head, self.method_, redact::url(self.message_.url));
      begun = true;
      inner.begin(head);
    }
    void write(std::string_view piece) override { inner.write(piece); }
    Fetching const& self;
    http::BodySink& inner;
    bool begun = false;
  };

  SessionState& session_;
  std::string method_;
  CallRules rules_;
  std::vector<http::header> headers_;
  Judge judge_;
  http::Request message_{};
  http::Response response_{};
  bool used_ = false;
};

}  // namespace esxvi::detail
