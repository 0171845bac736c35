// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <curl/curl.h>
#include <esxvi/error.hpp>
#include <esxvi/transport/curl_options.hpp>
#include <esxvi/transport/detail/curl_errors.hpp>
#include <esxvi/transport/detail/curl_setup.hpp>
#include <esxvi/transport/detail/x509.hpp>
#include <esxvi/transport/redact.hpp>
#include <esxvi/transport/thumbprint.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>

#include <string>
#include <string_view>
#include <vector>

/// Whether a server is the right one.
namespace esxvi::detail {

// ---- what libcurl found ----

/// Why a certificate is refused, with what to do about it.
struct distrust {
  errc code;
  void (*raise)(error::context, delivery);
  std::string_view advice;
};
inline constexpr distrust distrusts[] = {
    {errc::untrusted_certificate, raise<errc::untrusted_certificate>,
     "look at it with `esxctl trust HOST`; pass its CA (ca_file) or its thumbprint, or no_verify=1 "
     "if you accept any certificate"},
    {errc::certificate_expired, raise<errc::certificate_expired>,
     "renew the server's certificate, and look whether the clocks of both sides are right; until "
     "then its thumbprint can be pinned (`esxctl trust HOST` shows it)"},
    {errc::wrong_host_name, raise<errc::wrong_host_name>,
     "use a name that the certificate is for, or have it made for this one; `esxctl trust HOST` "
     "shows its names, and the thumbprint that you can pin instead"},
    {errc::unknown_authority, raise<errc::unknown_authority>,
     "hosts make their own certificates: look at it with `esxctl trust HOST` and pin its "
     "thumbprint (thumbprint=...), or pass the certificate of its CA (ca_file); no_verify=1 "
     "accepts "
     "any certificate"},
};

/// `verdict` is CURLINFO_SSL_VERIFYRESULT: a number of OpenSSL's (x509_vfy.h, where they are part
/// of the documented interface). 0 and 1 say nothing: another TLS library, or only the name is
/// wrong.
inline distrust const& distrust_of(long verdict, std::string_view text) {
  auto const is_one_of = [](long value, auto... numbers) { return ((value == numbers) || ...); };
  auto code = errc::untrusted_certificate;
  if (is_one_of(verdict, 9, 10)) {  // not yet valid, has expired
    code = errc::certificate_expired;
  } else if (is_one_of(verdict, 62, 64) ||  // host name, address
             (verdict <= 1 &&
              (text.find("host name") != text.npos || text.find("hostname") != text.npos ||
               text.find("subject name") != text.npos))) {
    code = errc::wrong_host_name;
  } else if (is_one_of(verdict, 2, 18, 19, 20, 21, 27)) {  // no issuer, self-signed, no trust
    code = errc::unknown_authority;
  }
  return *std::find_if(std::begin(distrusts), std::end(distrusts),
                       [&](auto& row) { return row.code == code; });
}

/// Whether the server refused our certificate or missed one. With TLS 1.3 it says so when our side
/// is ready already, as an alert in place of a reply.
inline bool is_refused_by_server(CURLcode code, std::string_view text) {
#if LIBCURL_VERSION_NUM >= 0x074d00
  if (code == CURLE_SSL_CLIENTCERT) return true;
#endif
  auto const in_tls =
      code == CURLE_SSL_CONNECT_ERROR || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR;
  auto const alert = text.find("alert ");
  return in_tls && alert != text.npos &&
         (text.find("certificate", alert) != text.npos ||
          text.find("unknown ca", alert) != text.npos);
}

inline bool refuses_certificate(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR ||
         code == CURLE_SSL_INVALIDCERTSTATUS;
}

/// Says once that a server is not verified at all.
class unverified_warning {
 public:
  void warn(CurlOptions const& options, std::string_view url) {
    if (options.verify || options.thumbprint || !options.warn || !url.starts_with("https:")) return;
    std::call_once(once_, [&] {
      options.warn("the certificate of " + redact::url(url.substr(0, url.find('/', 8))) +
                   " is not checked (no_verify): anybody in between can read the password; pin its "
                   "thumbprint instead (`esxctl trust HOST` shows it)");
    });
  }

 private:
  std::once_flag once_{};
};

// ---- pinning ----

/// The certificate that the server showed on the connection that this transfer opened, PEM; empty
/// when it opened none.
inline std::string leaf_certificate(CURL* easy) {
  curl_certinfo const* chain = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == nullptr ||
      chain->num_of_certs == 0)
    return {};
  constexpr std::string_view label = "Cert:";
  for (auto const* row = chain->certinfo[0]; row != nullptr; row = row->next)
    if (std::string_view{row->data}.starts_with(label))
      return std::string{row->data + label.size()};
  return {};
}

/// Has the certificate looked at when the handshake is over and before anything is sent:
/// `approve` (for CURLOPT_PREREQFUNCTION) has to call approve_connection().
///
/// Connections that pass can be used again without a look, so nobody else's connection may pass for
/// one: those that did not pass are closed, and libcurl keeps connections of different CAPATH
/// apart, which has no other meaning without verification.
using curl_approval = int (*)(void*, char*, char*, int, int);
inline void pin(CURL* easy, Thumbprint const& expected, curl_approval approve, void* self) {
#if LIBCURL_VERSION_NUM >= 0x075000
  curl_set(easy, CURLOPT_PREREQFUNCTION, approve);
  curl_set(easy, CURLOPT_PREREQDATA, self);
  curl_set(easy, CURLOPT_CERTINFO, 1L);
  curl_set(easy, CURLOPT_CAINFO, static_cast<char const*>(nullptr));
  curl_set(easy, CURLOPT_CAPATH, ("/dev/null/" + expected.to_string()).c_str());
  curl_set(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);  // a resumed session may show no certificate
  curl_set(easy, CURLOPT_FORBID_REUSE, 1L);         // until it was approved
#else
  static_cast<void>(easy), static_cast<void>(approve), static_cast<void>(self);
  throw transport_failed{{.operation = "preparing a request",
                          .problem = "thumbprint " + expected.to_string() + " cannot be checked",
                          .advice = "compile with libcurl 7.80 or newer, or use ca_file"}};
#endif
}

/// What is wrong with the connection; empty: nothing, and it may be used again.
inline std::string refusal_of_connection(CURL* easy, Thumbprint const& expected) {
  // libcurl may ask again within one transfer, for another connection.
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  long opened = 1;
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
  auto const pem = leaf_certificate(easy);
  if (!pem.empty()) {
    auto const actual = x509::thumbprint_like(expected, x509::of_pem(pem));
    if (actual != expected)
      return "the server's certificate has the " + std::string{actual.algorithm_name()} +
             " thumbprint " + actual.to_string() + " instead of the expected " +
             expected.to_string();
  } else if (opened != 0) {
    return "libcurl does not show the server's certificate, so its thumbprint cannot be compared";
  }
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 0L);
  return {};
}
inline constexpr std::string_view advice_for_mismatch =
    "was the host installed again, or its certificate renewed? If so, take the new thumbprint "
    "(`esxctl trust HOST`); if not, somebody may be listening in between";

}  // namespace esxvi::detail
