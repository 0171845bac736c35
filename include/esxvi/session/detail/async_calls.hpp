// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/detail/conversation.hpp>
#include <esxvi/session/detail/farewell.hpp>
#include <esxvi/session/detail/fetch.hpp>
#include <esxvi/session/detail/login.hpp>
#include <esxvi/session/detail/login_gate.hpp>
#include <esxvi/session/detail/session_state.hpp>
#include <esxvi/session/options.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/transport/async.hpp>
#include <esxvi/transport/detail/async_wait.hpp>
#include <esxvi/transport/detail/forget.hpp>
#include <esxvi/transport/detail/pause.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The calls of a session without waiting in them. What is to be done is decided by the same
/// objects as for the blocking calls; here is only the order of it.
namespace esxvi::detail {

inline Async<bool> log_in_again(SessionState& session, std::uint64_t seen, CallRules const& rules);

/// Drives one call to its end. The call is held until its last request is over, also when the
/// coroutine is destroyed.
template <class Call> Async<void> drive(SessionState& session, std::shared_ptr<Call> call) {
  for (auto next = step::send; next != step::done;) {
    CallRules const& rules = call->rules();
    if (next == step::log_in) {
      bool const again = co_await log_in_again(session, rules.generation(), rules);
      if (!again) std::rethrow_exception(rules.refusal());
    }
    if (next == step::pause) co_await Later(session.transport, rules.pause(), rules.options().stop);
    std::exception_ptr failure;
    try {
      auto const& request = call->message();
      auto head =
          co_await Exchange(session.transport, call, request, call->sink(), call->context());
      forget(head.headers);  // the sink has taken what counts
    } catch (...) {
      failure = std::current_exception();
    }
    next = call->after(failure);
  }
}

inline Async<void> converse(SessionState& session, std::string_view version, Invocation what,
                            CallOptions options, call_kind kind) {
  co_await drive(session, std::make_shared<Conversation>(session, version, what, options, kind));
}

inline Async<void> log_in(SessionState& session, CallOptions options) {
  LoginCall login(session);
  co_await converse(session, session.version, login.invocation(), std::move(options),
                    call_kind::internal);
  login.done();
}

/// Whoever is to log in tells the others how it went, also when its coroutine is destroyed.
class Leading {
 public:
  Leading(LoginGate& gate, bool in_haste) : gate_(gate), in_haste_(in_haste) {}
  Leading(Leading const&) = delete;
  Leading& operator=(Leading const&) = delete;
  ~Leading() {
    if (lives_)
      gate_.leave_as_it_was();
    else
      gate_.leave(outcome_, in_haste_);
  }
  void ended(std::exception_ptr failure) { outcome_ = std::move(failure); }
  void session_lives() noexcept { lives_ = true; }

 private:
  LoginGate& gate_;
  bool in_haste_;
  bool lives_ = false;
  std::exception_ptr outcome_ =
      std::make_exception_ptr(cancelled({"Login", {}, "nobody waits for it any more", {}}));
};

inline Async<bool> is_alive(SessionState& session, CallOptions options) {
  if (!session.has_cookie()) co_return false;
  Probe probe;
  try {
    co_await converse(session, session.version, probe.invocation(), std::move(options),
                      call_kind::internal);
    co_return true;
  } catch (not_authenticated const&) {
  }
  co_return false;
}

/// Waits until somebody else's attempt to log in has ended. False: not within the limits.
inline Async<bool> opens(SessionState& session, std::stop_token opened, std::stop_token stop,
                         CallRules::clock::time_point until) {
  using std::chrono::milliseconds;
  std::stop_source awake;
  std::stop_callback const first(opened, [&] { awake.request_stop(); });
  std::stop_callback const second(stop, [&] { awake.request_stop(); });
  auto const now = CallRules::clock::now();
  auto const left = std::min(until, now + std::chrono::hours(24)) - now;
  co_await Later(session.transport, std::chrono::ceil<milliseconds>(left), awake.get_token());
  co_return opened.stop_requested();
}

inline Async<void> log_out(SessionState& session, CallOptions limits) {
  LogoutCall end(session);
  co_await converse(session, session.version, end.invocation(), std::move(limits),
                    call_kind::farewell);
}

/// What is to be done when a coroutine is destroyed before it said ended(): no `catch` sees that.
template <class F> class IfDestroyed {
 public:
  explicit IfDestroyed(F act) : act_(std::move(act)) {}
  IfDestroyed(IfDestroyed const&) = delete;
  IfDestroyed& operator=(IfDestroyed const&) = delete;
  ~IfDestroyed() {
    if (!ended_) quietly(act_);
  }
  void ended() noexcept { ended_ = true; }

 private:
  F act_;
  bool ended_ = false;
};

/// Ends a login that nobody waits for any more, while nothing else on the loop is called. The
/// server may still be at it: then there is nobody to log out yet.
inline void end_login(SessionState& session) {
  using std::chrono::milliseconds;
  auto const until = CallRules::clock::now() + hasty_farewell_limit;
  for (milliseconds pause(10);; pause *= 2) {
    auto const left = std::chrono::ceil<milliseconds>(until - CallRules::clock::now());
    LogoutCall end(session);
    Conversation call(session, session.version, end.invocation(),
                      {.deadline = std::max(left, milliseconds(1))}, call_kind::farewell);
    try {
      call.send(session.transport);
      static_cast<void>(call.after(nullptr));
      return;
    } catch (not_authenticated const&) {
      if (CallRules::clock::now() + pause >= until) throw;
    }
    pause_until(CallRules::clock::now() + pause, {});
  }
}

/// A login whose answer was lost may have succeeded: then it is ended.
inline Async<void> log_in_or_leave_nothing_behind(SessionState& session, CallOptions options) {
  IfDestroyed login([&session] {
    if (session.has_cookie()) end_login(session);
  });
  std::exception_ptr failure;
  bool may_have_succeeded = false;
  try {
    co_await log_in(session, options);
  } catch (fault const&) {
    failure = std::current_exception();
  } catch (error const& e) {
    failure = std::current_exception();
    may_have_succeeded = e.delivered() != delivery::not_sent;
  } catch (...) {  // of an observer or a hook, while the answer came
    failure = std::current_exception();
    may_have_succeeded = true;
  }
  if (may_have_succeeded && session.has_cookie()) {
    CallOptions const limits = farewell(options, failure);
    try {
      co_await log_out(session, limits);
    } catch (...) {  // NOLINT(bugprone-empty-catch): the server drops idle sessions by itself
    }
  }
  login.ended();
  if (failure) std::rethrow_exception(failure);
}

/// False: the session lives, and what was refused is refused to this user. The rules are those of
/// the call that waits for it.
inline Async<bool> log_in_again(SessionState& session, std::uint64_t seen, CallRules const& rules) {
  using entry = LoginGate::entry;
  auto const& stop = rules.options().stop;
  while (true) {
    std::stop_source opened;
    auto const found = session.gate.enter(seen, [opened]() mutable { opened.request_stop(); });
    if (found == entry::passed) co_return true;
    if (found == entry::leader) break;
    if (!co_await opens(session, opened.get_token(), stop, rules.until()))
      LoginGate::still_closed(stop);
    if (session.gate.generation() == seen)
      if (auto const failure = session.gate.failure()) std::rethrow_exception(failure);
  }
  Leading leading(session.gate, rules.options().deadline.count() > 0);
  std::exception_ptr failure;
  try {
    auto const dead = session.cookie();
    // What is left of the deadline, each time anew.
    CallOptions const for_probe = rules.for_login();
    bool const lives = co_await is_alive(session, for_probe);
    if (lives) {
      leading.session_lives();
      co_return false;
    }
    session.drop_cookie(dead);
    CallOptions const for_login = rules.for_login();
    co_await log_in_or_leave_nothing_behind(session, for_login);
  } catch (...) {
    failure = std::current_exception();
  }
  leading.ended(failure);
  if (failure) std::rethrow_exception(failure);
  co_return true;
}

inline Async<void> greet(SessionState& session, Opening& opening) {
  for (auto const version : opening_versions) {
    CallOptions const limits = opening.limits();
    try {
      co_await converse(session, version, opening.greeting(), limits, call_kind::internal);
      co_return;
    } catch (fault const& e) {
      if (version == opening_versions.back() || !refuses_version(e)) throw;
    }
  }
}

/// Session's constructor.
inline Async<std::unique_ptr<SessionState>> open(any_transport transport, std::string url,
                                                 LoginMeans means, SessionOptions options) {
  auto session = std::make_unique<SessionState>();
  prepare(*session, std::move(transport), std::move(url), std::move(means), std::move(options));
  Opening opening(*session);
  co_await greet(*session, opening);
  if (opening.greeted()) {
    CallOptions const limits = opening.limits_of_list();
    auto const list =
        std::make_shared<Fetching>(*session, "GET", Opening::versions_target, opening.versions(),
                                   nullptr, std::vector<http::header>(), limits);
    try {
      co_await drive(*session, list);
      opening.listed();
    } catch (error const&) {  // NOLINT(bugprone-empty-catch): then without the list
    }
  }
  CallOptions const limits = opening.limits();
  co_await log_in_or_leave_nothing_behind(*session, limits);
  co_return session;
}

}  // namespace esxvi::detail
