// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/credentials.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/session/uri.hpp>
#include <esxvi/transport/curl.hpp>
#include <esxvi/transport/trace_environment.hpp>

#include <string_view>
#include <utility>

namespace esxvi {

namespace detail {

/// Set before main by <esxvi/sim/connect.hpp>: opens the simulated host that sim://NAME names.
using SimulatedOpener = any_transport (*)(std::string_view name);
inline constinit SimulatedOpener open_simulated = nullptr;

}  // namespace detail

/// What a URI says about the connection, over what `curl` says.
[[nodiscard]] inline CurlOptions curl_options_for(ConnectionUri const& uri, CurlOptions curl = {}) {
  curl.verify = curl.verify && uri.verify;
  if (uri.thumbprint) curl.thumbprint = uri.thumbprint;
  if (!uri.ca_file.empty()) curl.ca_file = uri.ca_file;
  if (uri.proxy) curl.proxy = uri.proxy->url();
  if (!uri.user_agent.empty()) curl.user_agent = uri.user_agent;
  if (uri.timeout) curl.connect_timeout = curl.low_speed_time = *uri.timeout;
  return curl;
}

/// The way to the server that a URI names, traced as ESXVI_TRACE says. Throws invalid_argument for
/// sim:// in a program without the simulator.
[[nodiscard]] inline any_transport transport_for(ConnectionUri const& uri, CurlOptions curl = {}) {
  if (uri.scheme == "sim") {
    if (detail::open_simulated == nullptr)
      throw invalid_argument({"connecting", "sim://" + uri.host,
                              "this program was built without the simulated host",
                              "include <esxvi/sim/connect.hpp> in one of its source files, or link "
                              "esxvi::sim_uri"});
    return traced(detail::open_simulated(uri.host));
  }
  return traced(CurlTransport(curl_options_for(uri, std::move(curl))));
}

/// What a provider is asked for the server of a URI. It warns where `curl` does.
[[nodiscard]] inline Challenge challenge_of(ConnectionUri const& uri,
                                            CurlOptions const& curl = {}) {
  return {.host = uri.host,
          .user = uri.user,
          .scheme = uri.scheme,
          .authfile = uri.authfile,
          .warn = curl.warn};
}

namespace detail {

/// What a URI may ask of open_connection() alone must not get lost.
inline void refuse_scope(ConnectionUri const& uri) {
  bool const path = uri.scheme != "https" && !uri.path_names().empty();
  if (!path && uri.vcenter.empty()) return;
  throw invalid_argument({"connecting", uri.display(),
                          path ? "the path names a part of the server, and a session has all of it"
                               : "vcenter= names a second server",
                          "use open_connection() of <esxvi/host.hpp>, or leave it out"});
}

template <CredentialsProvider P>
[[nodiscard]] Session connect_to(ConnectionUri const& uri, P&& provider, SessionOptions options,
                                 CurlOptions curl) {
  LoginMeans means = ask(provider, challenge_of(uri, curl));
  if (!uri.api_version.empty()) options.api_version = uri.api_version;
  return Session(transport_for(uri, std::move(curl)), uri.service_url(), std::move(means),
                 std::move(options));
}

}  // namespace detail

/// Opens a session: `connect("esx://root@host/", ask_password)`.
///
/// 2 requests. `provider` is asked once, before anything is sent. Throws invalid_argument for a bad
/// URI, for one with a path or `vcenter=` (see open_connection()), or when the provider knows
/// nothing, otherwise what Session's constructor and CurlTransport
/// throw. What the URI says goes before `options` and `curl`.
template <CredentialsProvider P>
[[nodiscard]] Session connect(ConnectionUri const& uri, P&& provider, SessionOptions options = {},
                              CurlOptions curl = {}) {
  detail::refuse_scope(uri);
  return detail::connect_to(uri, provider, std::move(options), std::move(curl));
}

template <CredentialsProvider P>
[[nodiscard]] Session connect(std::string_view uri, P&& provider, SessionOptions options = {},
                              CurlOptions curl = {}) {
  return connect(ConnectionUri::parse(uri), std::forward<P>(provider), std::move(options),
                 std::move(curl));
}

}  // namespace esxvi
