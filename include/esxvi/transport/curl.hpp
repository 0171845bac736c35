// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <curl/curl.h>
#include <esxvi/transport/curl_options.hpp>
#include <esxvi/transport/detail/curl_exchange.hpp>
#include <esxvi/transport/transport.hpp>

#include <memory>
#include <mutex>
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
/// **Errors**: host_not_found, connection_refused, untrusted_certificate, tls_failed, timeout,
/// connection_lost, cancelled, transport_failed; invalid_argument for a URL or header that is none;
/// and whatever the sink or the source threw. The handle of a failed call is thrown away: the next
/// call starts clean.
///
/// Signals are left alone (no SIGALRM handler). With libcurl before 7.87 programs should ignore
/// SIGPIPE.
class CurlTransport {
 public:
  using Options = CurlOptions;
  using Statistics = CurlStatistics;

  explicit CurlTransport(CurlOptions options = {})
      : self_((init(), std::make_unique<shared>(std::move(options)))) {}

  http::Response send(http::Request const& request, http::BodySink& sink,
                      http::CallContext const& context) {
    detail::curl_exchange exchange{request, sink, context, self_->options};
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

    CurlOptions const options;
    detail::curl_share share{};  // outlives the lanes
    std::mutex mutex{};
    std::vector<lane_pointer> idle{};
    CurlStatistics statistics{};
  };

  static void init() {
    static auto const code = curl_global_init(CURL_GLOBAL_DEFAULT);  // never undone
    if (code != CURLE_OK) {
      throw transport_failed{
          {.operation = "curl_global_init", .problem = curl_easy_strerror(code)}};
    }
  }

  std::unique_ptr<shared> self_;
};

static_assert(Transport<CurlTransport>);

}  // namespace esxvi
