// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/credentials.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/session/uri.hpp>
#include <esxvi/transport/curl.hpp>

#include <string_view>
#include <utility>

namespace esxvi {

/// Opens a session: `connect("esx://root@host/", ask_password)`.
///
/// 2 requests. `provider` is asked once, before anything is sent. Throws invalid_argument for a bad
/// URI, otherwise what Session's constructor and CurlTransport throw.
template <CredentialsProvider P>
[[nodiscard]] Session connect(ConnectionUri const& uri, P&& provider, SessionOptions options = {},
                              CurlOptions curl = {}) {
  Credentials const who = provider(Challenge{uri.host, uri.user});
  curl.verify = curl.verify && uri.verify;
  return Session(CurlTransport(std::move(curl)), uri.service_url(), who, std::move(options));
}

template <CredentialsProvider P>
[[nodiscard]] Session connect(std::string_view uri, P&& provider, SessionOptions options = {},
                              CurlOptions curl = {}) {
  return connect(ConnectionUri::parse(uri), std::forward<P>(provider), std::move(options),
                 std::move(curl));
}

}  // namespace esxvi
