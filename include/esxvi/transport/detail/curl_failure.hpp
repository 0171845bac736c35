// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <curl/curl.h>
#include <esxvi/error.hpp>
#include <esxvi/transport/detail/curl_errors.hpp>
#include <esxvi/transport/detail/curl_proxy.hpp>
#include <esxvi/transport/detail/curl_trust.hpp>

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::detail {

/// Whether the connection was closed or reset in the middle of the TLS handshake: libcurl has one
/// code for all that can go wrong there. The words are those of its OpenSSL and GnuTLS parts.
inline bool is_cut_handshake(CURLcode code, std::string_view problem) {
  return code == CURLE_SSL_CONNECT_ERROR &&
         (problem.find("SSL_ERROR_SYSCALL") != problem.npos ||
          problem.find("onnection reset") != problem.npos ||
          problem.find("unexpected eof") != problem.npos ||
          problem.find("non-properly terminated") != problem.npos);
}

/// Throws what a transfer ended with. `about` has the words of libcurl as its problem. `sent` is
/// also right for a handshake that failed: when a connection that was used before breaks, libcurl
/// opens a new one, and the request may have gone out over the old one.
[[noreturn]] inline void raise_curl_failure(CURL* easy, CURLcode code, error::context about,
                                            delivery sent) {
  auto const number = [&](CURLINFO what) {
    long value = 0;
    curl_easy_getinfo(easy, what, &value);
    return value;
  };
  if (code == CURLE_OUT_OF_MEMORY) {
    // Its word for a line in the head of a reply that is longer than 100 KB, too.
    if (sent == delivery::not_sent) throw std::bad_alloc{};
    about.problem = "a line in the head of the reply is too long, or memory is exhausted";
    throw failure<errc::limit_exceeded>{std::move(about), sent};
  }
  curl_off_t connected = 0;
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
  if (auto const answer = number(CURLINFO_HTTP_CONNECTCODE); answer >= 300 && connected == 0)
    refused_by_proxy(answer, std::move(about));
  // libcurl quotes the whole address, which may hold a password.
  if (about.problem.starts_with("Unsupported proxy"))
    about.problem = "the address of the proxy is none (see http_proxy, https_proxy, all_proxy)";
  if (refuses_certificate(code)) {
    if (number(CURLINFO_PROXY_SSL_VERIFYRESULT) != 0) {
      about.problem.insert(0, "the certificate of the proxy is refused: ");
      about.advice = "pass the certificate of its CA (proxy_ca_file)";
      throw tls_failed{std::move(about), sent};
    }
    auto const& why = distrust_of(number(CURLINFO_SSL_VERIFYRESULT), about.problem);
    about.advice = why.advice;
    why.raise(std::move(about), sent);
  }
  if (is_refused_by_server(code, about.problem)) {
    about.problem.insert(0, "the server does not accept us without a certificate that it knows: ");
    about.advice = "check client_cert and client_key";
    throw tls_failed{std::move(about)};  // it may come after the request, which it refuses as well
  }
  if (is_cut_handshake(code, about.problem)) {
    about.advice = "is this an https port? If it is, its server is overloaded or just starting";
    throw connection_lost{std::move(about), sent};
  }
  auto const& meaning = meaning_of(code);
  about.advice = meaning.advice;
  meaning.raise(std::move(about), sent);
  std::terminate();  // raise() always throws
}

}  // namespace esxvi::detail
