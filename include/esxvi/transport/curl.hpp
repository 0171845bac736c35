// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <curl/curl.h>
#include <esxvi/transport/curl_options.hpp>
#include <esxvi/transport/detail/curl_exchange.hpp>
#include <esxvi/transport/detail/pause.hpp>
#include <esxvi/transport/transport.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

namespace esxvi {

/// HTTP and HTTPS by libcurl (7.68 or newer): the transport of real servers.
///
/// ```cpp
/// auto curl = std::make_shared<esxvi::CurlTransport>(esxvi::CurlOptions{.ca_file = "esx.pem"});
/// esxvi::any_transport transport{curl};
/// ...
/// std::cout << curl->statistics().connections_opened << '\n';
/// ```
///
/// **Connections** stay open and are used again; each call that runs at the same time has one of
/// its own. HTTP/2 where an https server offers it, else HTTP/1.1 with keep-alive. Replies come
/// compressed where the server can; the sink gets them decompressed, without the Content-Encoding
/// and Content-Length of the compressed form. A request that brings its own Accept-Encoding gets
/// the reply as it is.
///
/// **Thread safety**: send() and statistics() from any thread at any time. A call ends as soon as
/// its stop token says so, also while the server is silent. Only a name look-up in progress cannot
/// be cut short.
///
/// **Repeating**: a connection that the server closed while it was idle is noticed before use and
/// replaced. When it breaks during a request before any byte of the reply came, libcurl sends GET,
/// HEAD, PUT and DELETE once more (if the source of the body can rewind). A POST is only repeated
/// when nothing of its body went out, for the server may have executed it: that is connection_lost
/// with delivery::unknown.
///
/// **Errors**: host_not_found, connection_refused (also for what a proxy refuses), timeout,
/// connection_lost, cancelled, transport_failed; the tls_errors certificate_expired,
/// wrong_host_name, unknown_authority, thumbprint_mismatch, untrusted_certificate, tls_failed;
/// invalid_argument for a URL, header or proxy that is none; and whatever the sink or the source
/// threw. The handle of a failed call is thrown away: the next call starts clean.
///
/// Signals are left alone (no SIGALRM handler). With libcurl before 7.87 programs should ignore
/// SIGPIPE.
class CurlTransport {
 public:
  using Options = CurlOptions;
  using Statistics = CurlStatistics;

  explicit CurlTransport(CurlOptions options = {})
      : self_((detail::init_curl(), std::make_unique<shared>(std::move(options)))) {}

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    detail::curl_exchange exchange{request, sink, context, self_->options};
    self_->unverified.warn(self_->options, request.url);
    shared::place const place{*self_, context};
    auto lane = self_->take();
    struct tally {
      shared& all;
      detail::curl_exchange const& one;
      ~tally() {
        std::lock_guard lock{all.mutex};
        one.count(all.statistics);
      }
    };
    http::Response response;
    {
      tally const counted{*self_, exchange};
      response = exchange.run(*lane, self_->share.get());
    }
    self_->give_back(std::move(lane));
    return response;
  }

  [[nodiscard]] CurlStatistics statistics() const {
    std::lock_guard lock{self_->mutex};
    return self_->statistics;
  }

  [[nodiscard]] CurlOptions const& options() const noexcept { return self_->options; }

 private:
  using lane_pointer = std::unique_ptr<detail::curl_lane>;

  struct shared {
    explicit shared(CurlOptions given) : options(std::move(given)) {}

    lane_pointer take() {
      {
        std::lock_guard lock{mutex};
        if (!idle.empty()) {
          auto lane = std::move(idle.back());  // the warmest
          idle.pop_back();
          return lane;
        }
      }
      return std::make_unique<detail::curl_lane>();
    }
    void give_back(lane_pointer lane) {
      curl_easy_reset(lane->easy.get());  // forgets the exchange, keeps the connection
      std::lock_guard lock{mutex};
      if (idle.size() < options.max_idle_handles) idle.push_back(std::move(lane));
    }

    /// One of the calls that CurlOptions::max_connections allows at the same time.
    class place {
     public:
      /// Waits for it, but no longer than the call may take.
      place(shared& all, http::CallContext const& context) : all_(all) {
        auto const most = all.options.max_connections;
        std::unique_lock lock{all.mutex};
        auto const free = [&] { return most == 0 || all.running < most; };
        auto const limit = context.total.count() > 0 ? context.total : all.options.total_timeout;
        if (limit.count() > 0) {
          if (!all.left.wait_for(lock, context.stop, detail::bounded(limit), free))
            detail::give_up_queue(context);
        } else if (!all.left.wait(lock, context.stop, free)) {
          detail::give_up_queue(context);
        }
        ++all.running;
      }
      ~place() {
        {
          std::lock_guard const lock{all_.mutex};
          --all_.running;
        }
        all_.left.notify_one();
      }
      place(place const&) = delete;
      place& operator=(place const&) = delete;

     private:
      shared& all_;
    };

    CurlOptions const options;
    detail::unverified_warning unverified{};
    detail::curl_share share{};  // outlives the lanes
    std::mutex mutex{};
    std::condition_variable_any left{};
    std::size_t running = 0;  ///< calls
    std::vector<lane_pointer> idle{};
    CurlStatistics statistics{};
  };

  std::unique_ptr<shared> self_;
};

static_assert(Transport<CurlTransport>);

}  // namespace esxvi
