// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/detail/forget.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/transport.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace esxvi::detail {

/// What a decorator gets to see of an exchange while it passes. Not redacted.
class Observer {
 public:
  virtual void request_body(std::string_view piece) = 0;
  /// The body starts again from its beginning.
  virtual void request_again() = 0;
  virtual void response(http::Response const& head) = 0;
  virtual void response_body(std::string_view piece) = 0;
  virtual void finished() = 0;
  /// With the error of the transport, or null when the sink or the source threw something else.
  virtual void failed(error const* why) = 0;

 protected:
  ~Observer() = default;
};

class observed_source final : public http::BodySource {
 public:
  observed_source(http::BodySource& inner, Observer& observer)
      : inner_(inner), observer_(observer) {}
  std::size_t read(char* to, std::size_t size) override {
    auto const bytes = inner_.read(to, size);
    observer_.request_body({to, bytes});
    return bytes;
  }
  [[nodiscard]] std::int64_t size() const override { return inner_.size(); }
  bool rewind() override {
    if (!inner_.rewind()) return false;
    observer_.request_again();
    return true;
  }

 private:
  http::BodySource& inner_;
  Observer& observer_;
};

/// Sees each piece before the inner sink does: what a sink chokes on is seen as well.
class observed_sink final : public http::BodySink {
 public:
  observed_sink(http::BodySink& inner, Observer& observer) : inner_(inner), observer_(observer) {}
  void begin(http::Response const& head) override {
    observer_.response(head);
    inner_.begin(head);
  }
  void write(std::string_view piece) override {
    observer_.response_body(piece);
    inner_.write(piece);
  }

 private:
  http::BodySink& inner_;
  Observer& observer_;
};

/// Sends by `inner` and tells `observer`. Changes nothing.
template <class Inner>
http::Response send_observed(Inner& inner, http::Request const& request, http::BodySink& sink,
                             http::CallContext const& context, Observer& observer) {
  observed_sink seen{sink, observer};
  try {
    http::Response response;
    if (request.source == nullptr) {
      observer.request_body(request.body);
      response = inner.send(request, seen, context);
    } else {
      observed_source source{*request.source, observer};
      struct forgetful : http::Request {
        ~forgetful() { forget(headers); }
      } same{request};
      same.source = &source;
      response = inner.send(same, seen, context);
    }
    observer.finished();
    return response;
  } catch (error const& e) {
    observer.failed(&e);
    throw;
  } catch (...) {
    observer.failed(nullptr);
    throw;
  }
}

/// What a request is called: its operation, or method and path.
inline std::string name_of(http::Request const& request, http::CallContext const& context) {
  if (!context.operation.empty()) return std::string{context.operation};
  auto const url = redact::url(request.url);
  std::string_view path = url;
  if (auto const scheme = path.find("://"); scheme != path.npos) path.remove_prefix(scheme + 3);
  path.remove_prefix(std::min(path.find('/'), path.size()));
  return request.method + " " + std::string{path.substr(0, path.find('?'))};
}

}  // namespace esxvi::detail
