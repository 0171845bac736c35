// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Sessions without waiting: one thread serves many hosts.
///
/// ```cpp
/// esxvi::Async<void> show(esxvi::CurlLoop& loop, std::string uri) {
///   esxvi::Session session = co_await async_connect(loop, uri, password);
///   vim::CurrentTime const request{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")};
///   std::cout << (co_await session.async_call(request)).to_string() << '\n';
///   co_await async_logout(session);
/// }
/// ```

#include <esxvi/session/connect.hpp>
#include <esxvi/session/credentials.hpp>
#include <esxvi/session/detail/async_calls.hpp>
#include <esxvi/session/detail/farewell.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/session/uri.hpp>
#include <esxvi/transport/async.hpp>
#include <esxvi/transport/curl_loop.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace esxvi {

namespace detail {

struct SessionAccess {
  static SessionState& state(Session& session) { return *session.self_; }
  static Session made_of(std::unique_ptr<SessionState> state) { return Session(std::move(state)); }
};

// The request lives in the coroutine.
template <soap::Request R>
Async<typename R::reply_type> call(SessionState& session, R request, CallOptions options) {
  using reply_type = soap::Reply<typename R::reply_type>;
  reply_type reply;
  Invocation const what{R::facts.name,
                        *reflect::type_of<R>(),
                        &request,
                        {reflect::type_of<reply_type>(), &reply},
                        &renew<reply_type>};
  co_await converse(session, session.version, what, std::move(options), call_kind::ordinary);
  if constexpr (!std::is_void_v<typename R::reply_type>) co_return std::move(reply.returnval);
}

}  // namespace detail

/// call() as a coroutine, over an AsyncTransport. Everything that call() promises holds, also that
/// one login serves all the calls that found the session lost.
///
/// The session must live until the coroutine has ended. Errors come out of the `co_await`.
///
/// g++ 12 destroys aggregates twice that are written within a `co_await` expression. Where that
/// compiler has to do, give the request (and the options) a name first:
/// `vim::PowerOnVM_Task const request{.self = vm}; co_await session.async_call(request);`
template <soap::Request R>
Async<typename R::reply_type> Session::async_call(R request, CallOptions options) {
  return detail::call<R>(*self_, std::move(request), std::move(options));
}

/// Session's constructor as a coroutine: 2 requests. The transport has to be an AsyncTransport.
inline Async<Session> async_open(any_transport transport, std::string service_url, LoginMeans means,
                                 SessionOptions options) {
  auto state = co_await detail::open(std::move(transport), std::move(service_url), std::move(means),
                                     std::move(options));
  co_return detail::SessionAccess::made_of(std::move(state));
}
// No default arguments: they would be aggregates within the caller's `co_await`, see async_call().
inline Async<Session> async_open(any_transport transport, std::string service_url,
                                 LoginMeans means) {
  return async_open(std::move(transport), std::move(service_url), std::move(means),
                    SessionOptions());
}

/// connect() as a coroutine on a loop. `provider` is asked when it begins.
template <CredentialsProvider P>
Async<Session> async_connect(CurlLoop& loop, ConnectionUri uri, P provider, SessionOptions options,
                             CurlOptions curl) {
  if (uri.scheme == "sim")
    throw invalid_argument({"connecting", "sim://" + uri.host,
                            "simulated hosts cannot be used asynchronously",
                            "serve one by sim::Server or `esxctl sim`"});
  detail::refuse_scope(uri);
  LoginMeans means = ask(provider, challenge_of(uri, curl));
  if (!uri.api_version.empty()) options.api_version = uri.api_version;
  auto transport = traced(CurlLoopTransport(loop, curl_options_for(uri, std::move(curl))));
  co_return co_await async_open(std::move(transport), uri.service_url(), std::move(means),
                                std::move(options));
}
template <CredentialsProvider P>
Async<Session> async_connect(CurlLoop& loop, std::string_view uri, P provider,
                             SessionOptions options, CurlOptions curl) {
  return async_connect(loop, ConnectionUri::parse(uri), std::move(provider), std::move(options),
                       std::move(curl));
}
template <CredentialsProvider P>
Async<Session> async_connect(CurlLoop& loop, std::string_view uri, P provider) {
  return async_connect(loop, uri, std::move(provider), SessionOptions(), CurlOptions());
}

/// logout() as a coroutine. 1 request. Without it, or when it is destroyed before it has ended, the
/// session's destructor logs out, while nothing else on the loop is called.
inline Async<void> async_logout(Session& session) {
  auto& state = detail::SessionAccess::state(session);
  if (!state.logged_in.exchange(false)) co_return;
  detail::IfDestroyed request([&state] { state.logged_in = true; });  // the destructor's turn
  std::exception_ptr failure;
  CallOptions const limits = detail::farewell();
  try {
    co_await detail::log_out(state, limits);
  } catch (...) {
    failure = std::current_exception();
  }
  request.ended();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace esxvi
