// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/sim/host.hpp>
#include <esxvi/sim/web.hpp>
#include <esxvi/transport/detail/pause.hpp>
#include <esxvi/transport/transport.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace esxvi::sim {

/// The way to a Host without a socket: `Session(sim::Transport(host), "https://esx01/sdk", who)`.
///
/// The host has to outlive it. Where the host's time is simulated, a call that has to wait moves it
/// on instead; limits of the call then count in that time.
class Transport {
 public:
  explicit Transport(Host& host) : host_(&host) {}
  /// Shares the host.
  explicit Transport(std::shared_ptr<Host> host) : shared_(std::move(host)), host_(shared_.get()) {}

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    auto const exchange = std::make_shared<Exchange>();
    std::stop_source gone;
    std::stop_callback const stopped(context.stop, [&] { exchange->wake(); });
    check(context, delivery::not_sent);
    auto const begun = host_->elapsed();
    host_->handle(
        web_request(request),
        [exchange](WebResponse response) { exchange->answer(std::move(response)); },
        gone.get_token());
    try {
      wait(*exchange, context, begun);
    } catch (...) {
      gone.request_stop();
      throw;
    }
    return deliver(std::move(*exchange->response), sink, context, begun);
  }

 private:
  // Outlives a call that was given up.
  struct Exchange {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<WebResponse> response;

    void answer(WebResponse given) {
      {
        std::lock_guard const lock(mutex);
        response = std::move(given);
      }
      changed.notify_all();
    }
    void wake() {
      {
        std::lock_guard const lock(mutex);
      }
      changed.notify_all();
    }
    [[nodiscard]] bool answered() {
      std::lock_guard const lock(mutex);
      return response.has_value();
    }
  };

  [[nodiscard]] bool simulated() const { return host_->options().time == TimeMode::simulated; }

  static WebRequest web_request(http::Request const& request) {
    WebRequest web{.method = request.method, .headers = request.headers};
    std::string_view url = request.url;
    web.tls = url.starts_with("https:");
    if (auto const scheme = url.find("://"); scheme != std::string_view::npos)
      url.remove_prefix(scheme + 3);
    url.remove_prefix(std::min(url.find_first_of("/?"), url.size()));
    web.target = url.empty() ? "/" : std::string(url);
    web.body = request.body;
    if (request.source != nullptr) {
      char buffer[16384];
      web.body.clear();
      while (std::size_t const count = request.source->read(buffer, sizeof buffer))
        web.body.append(buffer, count);
    }
    web.peer = "127.0.0.1";
    return web;
  }

  static void check(http::CallContext const& context, delivery sent) {
    if (context.stop.stop_requested())
      throw cancelled({std::string(context.operation), {}, "the caller gave up", {}}, sent);
  }

  [[noreturn]] static void out_of_time(http::CallContext const& context) {
    throw timeout({std::string(context.operation), {}, "no answer in time", {}}, delivery::unknown);
  }

  void wait(Exchange& exchange, http::CallContext const& context, std::chrono::nanoseconds begun) {
    using clock = std::chrono::steady_clock;
    auto const real_end = clock::now() + context.total;
    bool const limited = context.total.count() > 0;
    while (!exchange.answered()) {
      check(context, delivery::unknown);
      if (simulated()) {
        auto const end = limited ? begun + context.total : std::chrono::nanoseconds::max();
        if (host_->step(end)) continue;
        if (limited) {
          if (host_->elapsed() < end) host_->advance(end - host_->elapsed());
          if (!exchange.answered()) out_of_time(context);
          continue;
        }
      }
      // Until an answer, a stop, or the end; in simulated time another thread may bring timers.
      std::unique_lock lock(exchange.mutex);
      auto const ready = [&] {
        return exchange.response.has_value() || context.stop.stop_requested();
      };
      if (simulated()) {
        exchange.changed.wait_for(lock, std::chrono::milliseconds(1), ready);
      } else if (!limited) {
        exchange.changed.wait(lock, ready);
      } else if (!exchange.changed.wait_until(lock, real_end, ready)) {
        lock.unlock();
        out_of_time(context);
      }
    }
  }

  void pause(std::chrono::nanoseconds time, http::CallContext const& context,
             std::chrono::nanoseconds begun) {
    bool const late = context.total.count() > 0 && host_->elapsed() + time > begun + context.total;
    if (late)
      time = std::max(std::chrono::nanoseconds(0), begun + context.total - host_->elapsed());
    if (simulated())
      host_->advance(time);
    else
      esxvi::detail::pause_until(
          std::chrono::steady_clock::now() +
              std::chrono::duration_cast<std::chrono::steady_clock::duration>(time),
          context.stop);
    check(context, delivery::unknown);
    if (late) out_of_time(context);
  }

  http::Response deliver(WebResponse response, http::BodySink& sink,
                         http::CallContext const& context, std::chrono::nanoseconds begun) {
    auto const lost = [&](std::string problem) {
      throw connection_lost({std::string(context.operation), {}, std::move(problem), {}},
                            delivery::unknown);
    };
    if (response.delay.count() > 0) pause(response.delay, context, begun);
    if (response.drop) lost("the connection ended before the answer");
    http::Response const head{response.status, response.headers};
    sink.begin(head);
    std::string_view body = response.body;
    bool const cut = response.cut_after && *response.cut_after < body.size();
    if (cut) body = body.substr(0, *response.cut_after);
    if (response.bytes_per_second > 0) {
      // In pieces of a tenth of a second.
      std::size_t const piece = std::max<std::size_t>(1, response.bytes_per_second / 10);
      for (; !body.empty(); body.remove_prefix(std::min(piece, body.size()))) {
        pause(std::chrono::milliseconds(100), context, begun);
        sink.write(body.substr(0, piece));
      }
    } else {
      sink.write(body);
    }
    if (cut) lost("the connection ended in the middle of the answer");
    return head;
  }

  std::shared_ptr<Host> shared_;
  Host* host_;
};

}  // namespace esxvi::sim
