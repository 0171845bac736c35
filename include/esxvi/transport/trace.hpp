// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/detail/forget.hpp>
#include <esxvi/transport/detail/observe.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/transport.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi {

/// One thing that happened to a request. Holds no secrets: everything in it was redacted. Valid
/// while the hook runs.
struct TraceEvent {
  enum class Kind {
    sent,      ///< about to be sent: request, headers, body unless it is streamed
    answered,  ///< status and headers of the reply are there
    finished,  ///< the reply is complete: its body, the sizes
    failed,    ///< an exception ends the call: problem, and the body as far as it came
  };
  Kind kind = Kind::sent;
  std::uint64_t exchange = 0;  ///< counts requests, from 1; the events of one carry the same number
  std::string_view operation{};
  std::string_view method{};
  std::string_view url{};
  int status = 0;
  std::vector<http::header> const* headers = nullptr;  ///< null: none with this kind
  std::string_view body{};          ///< cut to TraceOptions::body_limit; empty without `bodies`
  bool cut = false;                 ///< the body goes on
  std::uint64_t request_bytes = 0;  ///< size of the body so far, not cut
  std::uint64_t response_bytes = 0;
  std::chrono::microseconds elapsed{0};  ///< since `sent`
  std::string_view problem{};
};

struct TraceOptions {
  bool bodies = false;
  std::size_t body_limit = 4096;  ///< bytes of each body
};

/// Tells a hook about every exchange of another transport.
///
/// ```cpp
/// esxvi::any_transport transport{
///     esxvi::Trace{esxvi::CurlTransport{}, esxvi::TraceLog{std::clog}, {.bodies = true}}};
/// ```
///
/// The hook is called on the thread that sends (of an AsyncTransport: that of the loop), and from
/// several threads at once when several send. What it throws leaves send(), or ends the exchange.
template <Transport Inner, std::invocable<TraceEvent const&> Hook> class Trace {
 public:
  explicit Trace(Inner inner, Hook hook, TraceOptions options = {})
      : self_(std::make_shared<state>(std::move(inner), std::move(hook), options)) {}

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    watcher seen{*self_, request, context};
    seen.sent(request);
    return detail::send_observed(self_->inner, request, sink, context, seen);
  }

  [[nodiscard]] TransportStatistics statistics() const
    requires CountingTransport<Inner>
  {
    return self_->inner.statistics();
  }

  void start(http::Request const& request, http::BodySink& sink, http::CallContext const& context,
             http::Completion done)
    requires AsyncTransport<Inner>
  {
    auto const one = std::make_shared<exchange>(self_, request, sink, context);
    one->seen.sent(request);
    if (request.source == nullptr) one->seen.request_body(request.body);
    self_->inner.start(one->request, one->sink, context,
                       [one, done = std::move(done)](std::exception_ptr why, http::Response head) {
                         try {
                           if (why) std::rethrow_exception(why);
                           one->seen.finished();
                         } catch (...) {
                           why = std::current_exception();
                           one->failed(why);
                         }
                         done(std::move(why), std::move(head));
                       });
  }
  void later(std::chrono::milliseconds delay, std::stop_token stop, std::function<void()> act)
    requires AsyncTransport<Inner>
  {
    self_->inner.later(delay, std::move(stop), std::move(act));
  }

 private:
  struct state {
    state(Inner i, Hook h, TraceOptions o) : inner(std::move(i)), hook(std::move(h)), options(o) {}
    Inner inner;
    Hook hook;
    TraceOptions const options;
    std::atomic<std::uint64_t> count{0};
  };

  class watcher final : public detail::Observer {
   public:
    watcher(state& self, http::Request const& request, http::CallContext const& context)
        : self_(self),
          operation_(detail::name_of(request, context)),
          method_(request.method),
          url_(redact::url(request.url)) {
      event_.exchange = ++self.count;
      event_.operation = operation_;
      event_.method = method_;
      event_.url = url_;
    }

    void sent(http::Request const& request) {
      if (request.source == nullptr) {
        event_.request_bytes = request.body.size();
        add(request.body);
        end();
      }
      fire(TraceEvent::Kind::sent, &request.headers);
      event_.request_bytes = 0;  // counted as it goes
      event_.cut = false;
      body_.clear();
    }

    void request_body(std::string_view piece) override { event_.request_bytes += piece.size(); }
    void request_again() override { event_.request_bytes = 0; }
    void response(http::Response const& head) override {
      event_.status = head.status;
      fire(TraceEvent::Kind::answered, &head.headers);
    }
    void response_body(std::string_view piece) override {
      event_.response_bytes += piece.size();
      add(piece);
    }
    void finished() override {
      end();
      fire(TraceEvent::Kind::finished, nullptr);
    }
    void failed(error const* why) override {
      auto const problem = why == nullptr ? std::string{"the receiver of the reply or the source of "
                                                        "the request threw an exception"}
                                          : redact::text(why->what());
      event_.problem = problem;
      fire(TraceEvent::Kind::failed, nullptr);
    }

   private:
    [[nodiscard]] std::size_t limit() const {
      return self_.options.bodies ? self_.options.body_limit : 0;
    }
    void add(std::string_view piece) {
      while (body_.size() < limit() && !piece.empty()) {
        // No more than can be shown: a large piece would be redacted in vain.
        auto const part = piece.substr(0, 4096);
        piece.remove_prefix(part.size());
        body_ += redactor_.feed(part);
      }
      event_.cut = event_.cut || !piece.empty();
    }
    void end() {
      auto const held = redactor_.finish();
      if (!event_.cut) body_ += held;
    }
    void fire(TraceEvent::Kind kind, std::vector<http::header> const* headers) {
      std::vector<http::header> shown;
      if (headers != nullptr) {
        for (auto const& h : *headers) shown.push_back({h.name, redact::header(h.name, h.value)});
        event_.headers = &shown;
      }
      event_.kind = kind;
      event_.body = std::string_view{body_}.substr(0, limit());
      event_.cut = self_.options.bodies && (event_.cut || body_.size() > limit());
      event_.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
          std::chrono::steady_clock::now() - start_);
      self_.hook(std::as_const(event_));
      event_.headers = nullptr;
    }

    state& self_;
    std::string operation_;
    std::string method_;
    std::string url_;
    std::string body_{};
    redact::Redactor redactor_{};
    TraceEvent event_{};
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  };

  /// One that was started, until it is complete.
  struct exchange {
    exchange(std::shared_ptr<state> all, http::Request const& given, http::BodySink& to,
             http::CallContext const& context)
        : self(std::move(all)), request(given), seen(*self, given, context), sink(to, seen) {
      if (given.source != nullptr) request.source = &source.emplace(*given.source, seen);
    }
    exchange(exchange const&) = delete;
    exchange& operator=(exchange const&) = delete;
    ~exchange() { detail::forget(request.headers); }
    /// What a hook throws here has nowhere to go: the exchange has failed already.
    void failed(std::exception_ptr const& why) noexcept {
      try {
        try {
          std::rethrow_exception(why);
        } catch (error const& e) {
          seen.failed(&e);
        } catch (...) {
          seen.failed(nullptr);
        }
      } catch (...) {  // NOLINT(bugprone-empty-catch)
      }
    }

    std::shared_ptr<state> self;
    http::Request request;
    watcher seen;
    detail::observed_sink sink;
    std::optional<detail::observed_source> source{};
  };

  std::shared_ptr<state> self_;
};

/// A hook that writes to a stream, one line for each thing, with the number of the request in
/// front:
///
/// ```
/// [7] > POST https://esx.example/sdk (Login)
/// [7] > Cookie: vmware_soap_session=[redacted]
/// [7] < 200 after 12 ms
/// [7] < Content-Type: text/xml; charset=utf-8
/// [7] = 412 bytes sent, 980 received in 14 ms
/// ```
///
/// Lines of one event stay together. Copies share the lock; the stream has to outlive them.
class TraceLog {
 public:
  explicit TraceLog(std::ostream& out) : out_(&out), mutex_(std::make_shared<std::mutex>()) {}

  void operator()(TraceEvent const& event) const {
    auto const mark = "[" + std::to_string(event.exchange) + "] ";
    auto const time = std::to_string(event.elapsed.count() / 1000) + " ms";
    std::string text;
    switch (event.kind) {
      case TraceEvent::Kind::sent:
        text.append(mark).append("> ").append(event.method).append(" ").append(event.url);
        text.append(" (").append(event.operation).append(")\n");
        rest(text, mark + "> ", event);
        break;
      case TraceEvent::Kind::answered:
        text.append(mark).append("< ").append(std::to_string(event.status));
        text.append(" after ").append(time).append("\n");
        rest(text, mark + "< ", event);
        break;
      case TraceEvent::Kind::finished:
        rest(text, mark + "< ", event);
        text.append(mark).append("= ").append(std::to_string(event.request_bytes));
        text.append(" bytes sent, ").append(std::to_string(event.response_bytes));
        text.append(" received in ").append(time).append("\n");
        break;
      case TraceEvent::Kind::failed:
        rest(text, mark + "< ", event);
        text.append(mark).append("! ").append(event.problem);
        text.append(" (after ").append(time).append(")\n");
        break;
    }
    std::lock_guard const lock{*mutex_};
    out_->write(text.data(), static_cast<std::streamsize>(text.size())).flush();
  }

 private:
  /// Headers and body, each line with `mark` in front.
  static void rest(std::string& to, std::string const& mark, TraceEvent const& event) {
    if (event.headers != nullptr) {
      for (auto const& h : *event.headers) {
        to.append(mark).append(h.name).append(": ").append(h.value).append("\n");
      }
    }
    auto body = event.body;
    auto const binary = std::any_of(body.begin(), body.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n';
    });
    if (binary) body = "(not text)";
    while (!body.empty()) {
      auto const line = body.substr(0, body.find('\n'));
      body.remove_prefix(std::min(line.size() + 1, body.size()));
      to.append(mark).append(line).append("\n");
    }
    if (event.cut) {
      auto const size =
          event.kind == TraceEvent::Kind::sent ? event.request_bytes : event.response_bytes;
      to.append(mark).append("... of ").append(std::to_string(size)).append(" bytes\n");
    }
  }

  std::ostream* out_;
  std::shared_ptr<std::mutex> mutex_;
};

}  // namespace esxvi
