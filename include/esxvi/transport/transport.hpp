// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// What a session needs from the network. One page to read before writing a transport of one's own.
namespace esxvi::http {

struct header {
  std::string name;
  std::string value;
};

/// Case-insensitive look-up; nullptr when absent. The first one wins.
[[nodiscard]] inline std::string const* find_header(std::vector<header> const& headers,
                                                    std::string_view name) {
  auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (auto const& h : headers) {
    if (h.name.size() != name.size()) continue;
    std::size_t i = 0;
    while (i < name.size() && lower(h.name[i]) == lower(name[i])) ++i;
    if (i == name.size()) return &h.value;
  }
  return nullptr;
}

/// Where the bytes of a streamed request body come from: fills [to, to + size), returns how many;
/// 0 ends the body.
class BodySource {
 public:
  virtual std::size_t read(char* to, std::size_t size) = 0;
  /// Total size when known, else -1 (sent chunked).
  [[nodiscard]] virtual std::int64_t size() const { return -1; }
  /// Back to the start, for a request that has to be sent again; false when that is impossible.
  virtual bool rewind() { return false; }

 protected:
  ~BodySource() = default;
};

struct Request {
  std::string method = "POST";
  std::string url{};  ///< absolute; carries no user and no password
  std::vector<header> headers{};
  std::string_view body{};       ///< valid until send() returns
  BodySource* source = nullptr;  ///< used instead of `body` when not null
};

struct Response {
  int status = 0;
  std::vector<header> headers{};
};

/// Receives a reply piece by piece. An exception thrown here ends the transfer and leaves send().
class BodySink {
 public:
  /// Once, when the final status line and headers are known, before the first piece.
  virtual void begin(Response const& head) = 0;
  virtual void write(std::string_view piece) = 0;

 protected:
  ~BodySink() = default;
};

/// Limits of one call. Zero means: the transport's own default.
struct CallContext {
  std::string_view operation{};  ///< for messages: "Login"
  std::stop_token stop{};
  std::chrono::milliseconds total{0};  ///< the whole exchange
  /// The server may stay silent this long before the first byte of its reply (long polls); zero:
  /// the low-speed limit of the transport.
  std::chrono::milliseconds patience{0};
};

/// What became of an exchange that was started: the error, or null and the head of the reply.
using Completion = std::function<void(std::exception_ptr, Response)>;

}  // namespace esxvi::http

namespace esxvi {

/// A transport moves one HTTP request and streams its reply.
///
/// send() may be called from several threads at once. It returns after the whole body went into the
/// sink, throws a transport_error (which says in delivered() whether the server can have seen the
/// request), or whatever the sink threw. It neither follows redirects nor keeps cookies nor judges
/// the status: that is the session's business.
template <class T>
concept Transport = requires(T& transport, http::Request const& request, http::BodySink& sink,
                             http::CallContext const& context) {
  { transport.send(request, sink, context) } -> std::same_as<http::Response>;
};

/// A transport that also works without a thread for each exchange; CurlLoopTransport is one.
///
/// start() begins what send() does and returns at once. The completion is called exactly once, and
/// never from within start(); `request` and `sink`, and what the context points at, must live until
/// then. Whoever gives up requests a stop through the context and still gets the completion, with
/// `cancelled`. later() calls a function after a delay, or as soon as a stop is requested, from
/// where completions are called; it may be used from any thread.
template <class T>
concept AsyncTransport =
    requires(T& transport, http::Request const& request, http::BodySink& sink,
             http::CallContext const& context, http::Completion done,
             std::chrono::milliseconds delay, std::stop_token stop, std::function<void()> act) {
      { transport.start(request, sink, context, std::move(done)) } -> std::same_as<void>;
      { transport.later(delay, stop, std::move(act)) } -> std::same_as<void>;
    };

/// What a transport did so far. Bytes are those of HTTP, before TLS.
struct TransportStatistics {
  std::uint64_t requests = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t reused = 0;  ///< requests that went over a connection that was open already
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;  ///< as they came, compressed
  std::uint64_t body_bytes = 0;      ///< as sinks got them, decompressed
  // Sums over all exchanges:
  std::chrono::nanoseconds connecting{0};  ///< name look-up, TCP, proxy and TLS
  std::chrono::nanoseconds waiting{0};     ///< from there to the first byte of the reply
  std::chrono::nanoseconds total{0};
};

/// A transport that counts, or a decorator of one.
template <class T>
concept CountingTransport = requires(T const& transport) {
  { transport.statistics() } -> std::same_as<TransportStatistics>;
};

/// Any transport behind one virtual call, so that neither Session nor generated code becomes a
/// template of it. Copies share the transport.
class any_transport {
 public:
  any_transport() = default;

  template <class T>
    requires(!std::same_as<std::remove_cvref_t<T>, any_transport> &&
             Transport<std::remove_cvref_t<T>>)
  explicit(false) any_transport(T&& transport)
      : self_(std::make_shared<model<std::remove_cvref_t<T>>>(std::forward<T>(transport))) {}

  /// Shares a transport that the caller goes on using (a recording to be read, a replay to check).
  template <Transport T>
  explicit(false) any_transport(std::shared_ptr<T> transport)
      : self_(std::make_shared<model<pointer<T>>>(pointer<T>{std::move(transport)})) {}

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) const {
    return self_->send(request, sink, context);
  }

  /// Whether start() and later() work: the transport is an AsyncTransport.
  [[nodiscard]] bool is_async() const noexcept { return self_ != nullptr && self_->is_async(); }
  /// Throws invalid_argument when it is none.
  void start(http::Request const& request, http::BodySink& sink, http::CallContext const& context,
             http::Completion done) const {
    self_->start(request, sink, context, std::move(done));
  }
  void later(std::chrono::milliseconds delay, std::stop_token stop,
             std::function<void()> act) const {
    self_->later(delay, std::move(stop), std::move(act));
  }

  /// Zeros for a transport that does not count.
  [[nodiscard]] TransportStatistics statistics() const {
    return self_ == nullptr ? TransportStatistics{} : self_->statistics();
  }

  explicit operator bool() const noexcept { return self_ != nullptr; }

 private:
  struct base {
    virtual ~base() = default;
    virtual http::Response send(http::Request const&, http::BodySink&,
                                http::CallContext const&) = 0;
    [[nodiscard]] virtual bool is_async() const noexcept = 0;
    [[nodiscard]] virtual TransportStatistics statistics() const = 0;
    virtual void start(http::Request const&, http::BodySink&, http::CallContext const&,
                       http::Completion) = 0;
    virtual void later(std::chrono::milliseconds, std::stop_token, std::function<void()>) = 0;
  };
  template <class T> struct model final : base {
    explicit model(T value) : transport(std::move(value)) {}
    http::Response send(http::Request const& request, http::BodySink& sink,
                        http::CallContext const& context) override {
      return transport.send(request, sink, context);
    }
    [[nodiscard]] bool is_async() const noexcept override { return AsyncTransport<T>; }
    [[nodiscard]] TransportStatistics statistics() const override {
      if constexpr (CountingTransport<T>)
        return transport.statistics();
      else
        return {};
    }
    void start(http::Request const& request, http::BodySink& sink, http::CallContext const& context,
               http::Completion done) override {
      if constexpr (AsyncTransport<T>)
        transport.start(request, sink, context, std::move(done));
      else
        blocking_only(std::string(context.operation));
    }
    void later(std::chrono::milliseconds delay, std::stop_token stop,
               std::function<void()> act) override {
      if constexpr (AsyncTransport<T>)
        transport.later(delay, std::move(stop), std::move(act));
      else
        blocking_only({});
    }
    T transport;
  };
  [[noreturn]] static void blocking_only(std::string operation) {
    throw invalid_argument({std::move(operation),
                            {},
                            "this transport cannot be used asynchronously",
                            "use one of a loop: CurlLoopTransport"});
  }
  template <class T> struct pointer {
    std::shared_ptr<T> transport;
    http::Response send(http::Request const& request, http::BodySink& sink,
                        http::CallContext const& context) {
      return transport->send(request, sink, context);
    }
    [[nodiscard]] TransportStatistics statistics() const
      requires CountingTransport<T>
    {
      return transport->statistics();
    }
    void start(http::Request const& request, http::BodySink& sink, http::CallContext const& context,
               http::Completion done)
      requires AsyncTransport<T>
    {
      transport->start(request, sink, context, std::move(done));
    }
    void later(std::chrono::milliseconds delay, std::stop_token stop, std::function<void()> act)
      requires AsyncTransport<T>
    {
      transport->later(delay, std::move(stop), std::move(act));
    }
  };

  std::shared_ptr<base> self_;
};

}  // namespace esxvi
