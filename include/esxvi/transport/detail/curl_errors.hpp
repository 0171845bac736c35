// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <curl/curl.h>
#include <esxvi/error.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace esxvi::detail {

/// What an error of libcurl means to us. (Certificates: curl_trust.hpp.)
struct curl_meaning {
  CURLcode code;
  void (*raise)(error::context, delivery);
  std::string_view advice;
};

template <errc Code> [[noreturn]] void raise(error::context about, delivery sent) {
  throw failure<Code>(std::move(about), sent);
}

inline curl_meaning const& meaning_of(CURLcode code) {
  static constexpr std::string_view no_tls =
      "is this an https port, and does the server speak TLS 1.2 or newer?";
  static constexpr std::string_view lost =
      "look whether the call took effect before you repeat one that changes something";
  static constexpr std::array rows{
      curl_meaning{CURLE_URL_MALFORMAT, raise<errc::invalid_argument>, "check the URL"},
      curl_meaning{CURLE_UNSUPPORTED_PROTOCOL, raise<errc::transport_failed>,
                   "only http and https will do; does the server speak HTTP on this port?"},
      curl_meaning{CURLE_COULDNT_RESOLVE_HOST, raise<errc::host_not_found>, "check the host name"},
      curl_meaning{CURLE_COULDNT_RESOLVE_PROXY, raise<errc::host_not_found>, "check the proxy"},
      curl_meaning{CURLE_COULDNT_CONNECT, raise<errc::connection_refused>,
                   "is the host up and is this its port (443 by default)?"},
#if LIBCURL_VERSION_NUM >= 0x074900
      curl_meaning{CURLE_PROXY, raise<errc::connection_refused>,
                   "check the proxy: its address, type, user and password, and whether it can "
                   "reach the server"},
#endif
      curl_meaning{CURLE_SSL_CACERT_BADFILE, raise<errc::tls_failed>, "check ca_file and ca_path"},
      curl_meaning{CURLE_SSL_CERTPROBLEM, raise<errc::tls_failed>,
                   "check client_cert and client_key"},
      curl_meaning{CURLE_SSL_CONNECT_ERROR, raise<errc::tls_failed>, no_tls},
      curl_meaning{CURLE_SSL_CIPHER, raise<errc::tls_failed>, no_tls},
      curl_meaning{CURLE_OPERATION_TIMEDOUT, raise<errc::timeout>,
                   "is the host overloaded or cut off? A longer limit may help"},
      curl_meaning{CURLE_SEND_ERROR, raise<errc::connection_lost>, lost},
      curl_meaning{CURLE_RECV_ERROR, raise<errc::connection_lost>, lost},
      curl_meaning{CURLE_GOT_NOTHING, raise<errc::connection_lost>, lost},
      curl_meaning{CURLE_PARTIAL_FILE, raise<errc::connection_lost>, lost},
      curl_meaning{CURLE_HTTP2, raise<errc::connection_lost>, lost},
      curl_meaning{CURLE_HTTP2_STREAM, raise<errc::connection_lost>, lost},
      curl_meaning{CURLE_SEND_FAIL_REWIND, raise<errc::connection_lost>, lost},
  };
  static constexpr curl_meaning anything_else{CURLE_OK, raise<errc::transport_failed>, ""};
  auto const row = std::find_if(rows.begin(), rows.end(), [&](auto& r) { return r.code == code; });
  return row == rows.end() ? anything_else : *row;
}

}  // namespace esxvi::detail
