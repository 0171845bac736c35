// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <curl/curl.h>
#include <esxvi/error.hpp>
#include <esxvi/transport/certificate.hpp>
#include <esxvi/transport/curl_options.hpp>
#include <esxvi/transport/detail/curl_exchange.hpp>
#include <esxvi/transport/detail/curl_failure.hpp>
#include <esxvi/transport/detail/curl_setup.hpp>
#include <esxvi/transport/detail/curl_trust.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

namespace detail {

/// A TLS connection over which nothing is sent.
class certificate_probe {
 public:
  certificate_probe(std::string url, CurlOptions const& options)
      : url_(std::move(url)), options_(options), easy_(curl_easy_init()) {
    if (easy_ == nullptr) throw std::bad_alloc{};
  }

  CURLcode connect(bool verify) {
    auto* const easy = easy_.get();
    text_[0] = 0;
    curl_easy_reset(easy);
    curl_set(easy, CURLOPT_ERRORBUFFER, text_.data());
    curl_set(easy, CURLOPT_URL, url_.c_str());
    curl_set(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_set(easy, CURLOPT_CERTINFO, 1L);
    curl_set(easy, CURLOPT_FRESH_CONNECT, 1L);
    set_up_tls(easy, options_, verify);
    set_up_way(easy, options_);
    curl_set(easy, CURLOPT_TIMEOUT_MS, curl_milliseconds(options_.total_timeout));
    return curl_easy_perform(easy);
  }
  [[nodiscard]] std::string certificate() const { return leaf_certificate(easy_.get()); }
  [[nodiscard]] distrust const& why() const {
    long verdict = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_SSL_VERIFYRESULT, &verdict);
    return distrust_of(verdict, text_.data());
  }
  [[nodiscard]] std::string text(CURLcode code) const {
    return text_[0] != 0 ? text_.data() : curl_easy_strerror(code);
  }
  [[noreturn]] void fail(CURLcode code) const {
    raise_curl_failure(
        easy_.get(), code,
        {.operation = "looking at the certificate", .target = url_, .problem = text(code)},
        delivery::not_sent);
  }

 private:
  std::string url_;
  CurlOptions const& options_;
  std::array<char, CURL_ERROR_SIZE> text_{};
  std::unique_ptr<CURL, curl_easy_deleter> easy_;
};

}  // namespace detail

/// The certificate that `host` (a name or an address, IPv6 with or without brackets) shows on
/// `port`, and whether it would be trusted with these options; a thumbprint in them plays no part.
///
/// Two connections at most, over which no request is sent; a proxy gets its own user and password.
/// Throws invalid_argument for a host that is none, otherwise what CurlTransport throws when there
/// is no connection, or no TLS.
[[nodiscard]] inline ServerCertificate fetch_certificate(std::string_view host,
                                                         std::uint16_t port = 443,
                                                         CurlOptions const& options = {}) {
  using namespace std::string_view_literals;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of("/?#@[]\\ \t\r\n\0"sv) != host.npos) {
    throw invalid_argument{{.operation = "looking at the certificate",
                            .problem = "the host is neither a name nor an address",
                            .advice = "esx01.example, 192.0.2.7 and 2001:db8::7 are examples"}};
  }
  std::string url = "https://";
  if (host.find(':') == host.npos) {
    url.append(host);
  } else {
    url.append("[").append(host);
    if (auto const zone = url.find('%'); zone != url.npos) url.replace(zone, 1, "%25");
    url.append("]");
  }
  url.append(":").append(std::to_string(port)).append("/");

  detail::init_curl();
  detail::certificate_probe probe{std::move(url), options};
  auto const verified = probe.connect(true);
  if (verified == CURLE_OK) return read_certificate(probe.certificate());
  // Behind an https proxy, libcurl 7.88 reports a refused certificate as a failed handshake.
  if (!detail::refuses_certificate(verified) && verified != CURLE_SSL_CONNECT_ERROR)
    probe.fail(verified);
  auto const why = probe.why().code;
  auto because = probe.text(verified);
  if (auto const again = probe.connect(false); again != CURLE_OK) probe.fail(again);
  auto found = read_certificate(probe.certificate());
  found.refused = why;
  found.refused_because = std::move(because);
  return found;
}

}  // namespace esxvi
