// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/detail/forget.hpp>
#include <esxvi/transport/transport.hpp>

#include <chrono>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::detail {

/// `co_await Exchange(transport, keep, request, sink, context)`: one exchange, which gives the head
/// of the reply or throws what send() would have thrown.
///
/// The coroutine may be destroyed while it waits: then the sink gets nothing more, and the exchange
/// is stopped. The request has to outlive that; `keep` holds it.
class Exchange {
 public:
  Exchange(any_transport const& transport, std::shared_ptr<void const> keep,
           http::Request const& request, http::BodySink& sink, http::CallContext const& context)
      : transport_(transport),
        request_(request),
        context_(context),
        flight_(std::make_shared<Flight>(std::move(keep), sink)) {
    context_.stop = flight_->stop.get_token();
    link_.emplace(context.stop, [stop = flight_->stop]() mutable { stop.request_stop(); });
  }
  Exchange(Exchange const&) = delete;
  Exchange& operator=(Exchange const&) = delete;
  ~Exchange() {
    if (!flight_->waiting) return;
    flight_->waiting = nullptr;
    flight_->sink = nullptr;
    flight_->stop.request_stop();
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> next) {
    flight_->waiting = next;
    try {
      transport_.start(request_, *flight_, context_,
                       [flight = flight_](std::exception_ptr failure, http::Response response) {
                         flight->failure = std::move(failure);
                         flight->response = std::move(response);
                         if (flight->waiting) std::exchange(flight->waiting, nullptr).resume();
                       });
    } catch (...) {
      flight_->waiting = nullptr;
      throw;
    }
  }
  http::Response await_resume() {
    if (flight_->failure) std::rethrow_exception(flight_->failure);
    return std::move(flight_->response);
  }

 private:
  /// What the transport holds on to until it is done.
  struct Flight final : http::BodySink {
    Flight(std::shared_ptr<void const> kept, http::BodySink& to)
        : keep(std::move(kept)), sink(&to) {}
    Flight(Flight const&) = delete;
    Flight& operator=(Flight const&) = delete;
    ~Flight() { forget(response.headers); }
    void begin(http::Response const& head) override { receiver().begin(head); }
    void write(std::string_view piece) override { receiver().write(piece); }
    [[nodiscard]] http::BodySink& receiver() const {
      if (sink == nullptr) throw cancelled({{}, {}, "nobody waits for the reply any more", {}});
      return *sink;
    }

    std::shared_ptr<void const> keep;
    http::BodySink* sink;  ///< null: the coroutine is gone
    std::stop_source stop{};
    std::coroutine_handle<> waiting{};
    std::exception_ptr failure{};
    http::Response response{};
  };

  any_transport const& transport_;
  http::Request const& request_;
  http::CallContext context_;
  std::shared_ptr<Flight> flight_;
  std::optional<std::stop_callback<std::function<void()>>> link_{};
};

/// `co_await Later(transport, delay, stop)`: goes on after the delay, or as soon as a stop is
/// requested (from any thread), where completions run. Anything with a later() will do.
template <class T> class Later {
 public:
  Later(T& timers, std::chrono::milliseconds delay, std::stop_token stop)
      : timers_(timers),
        delay_(delay),
        stop_(std::move(stop), [end = end_]() mutable { end.request_stop(); }) {}
  Later(Later const&) = delete;
  Later& operator=(Later const&) = delete;
  ~Later() {
    if (!waiting_ || !*waiting_) return;
    *waiting_ = nullptr;
    end_.request_stop();  // the timer has no use any more
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> next) {
    waiting_ = std::make_shared<std::coroutine_handle<>>(next);
    timers_.later(delay_, end_.get_token(), [waiting = waiting_] {
      if (*waiting) std::exchange(*waiting, nullptr).resume();
    });
  }
  void await_resume() const noexcept {}

 private:
  T& timers_;
  std::chrono::milliseconds delay_;
  std::stop_source end_{};
  std::stop_callback<std::function<void()>> stop_;
  std::shared_ptr<std::coroutine_handle<>> waiting_{};
};

}  // namespace esxvi::detail
