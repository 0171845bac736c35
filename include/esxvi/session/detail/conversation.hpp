// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/detail/session_state.hpp>
#include <esxvi/session/reply_sink.hpp>
#include <esxvi/session/retry.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/transport/detail/forget.hpp>
#include <esxvi/transport/detail/pause.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::detail {

/// What a call needs from the one that drives it, after a request has ended.
enum class step {
  done,
  send,    ///< send message() (again)
  log_in,  ///< log in through the session's gate (generation() is what this call has seen), then
           ///< send
  pause,   ///< wait for pause(), then send
};

/// Whether a call may log in again, and under which conditions it is repeated.
enum class call_kind {
  ordinary,
  file,      ///< one that says by status 401 that the session is lost
  internal,  ///< a part of logging in
  farewell,  ///< logging out: tried once
};

/// Decides for one call, whatever its requests are, when it is over. Does no input or output: the
/// blocking and the asynchronous session drive the same rules.
class CallRules {
 public:
  using clock = std::chrono::steady_clock;

  CallRules(SessionState& session, std::string_view method, CallOptions const& options,
            call_kind kind)
      : session_(session),
        method_(method),
        options_(options),
        kind_(kind),
        id_(session.next_id()),
        until_(options.deadline.count() > 0 && options.deadline < longest_wait
                   ? clock::now() + options.deadline
                   : clock::time_point::max()) {
    options_.patience = std::min<std::chrono::milliseconds>(options_.patience, longest_wait);
  }

  [[nodiscard]] std::string const& id() const noexcept { return id_; }
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
  [[nodiscard]] std::chrono::milliseconds pause() const noexcept { return pause_; }
  [[nodiscard]] clock::time_point until() const noexcept { return until_; }
  [[nodiscard]] CallOptions const& options() const noexcept { return options_; }

  /// To be called before each request. Throws timeout when the deadline has passed.
  void begin() {
    if (clock::now() >= until_)
      throw timeout({std::string(method_), session_.url, "the deadline passed before it was sent",
                     "nothing was done"});
    generation_ = session_.gate.generation();
    ++attempts_;
    ++session_.requests;
  }

  [[nodiscard]] http::CallContext context() const {
    http::CallContext context{
        .operation = method_, .stop = options_.stop, .patience = options_.patience};
    if (until_ != clock::time_point::max())
      context.total = std::max(std::chrono::milliseconds(1),
                               std::chrono::ceil<std::chrono::milliseconds>(until_ - clock::now()));
    return context;
  }

  /// After a request that failed: what to do next, or the error, with the id of the call in it.
  /// `intact`: nothing of a reply has reached the caller, or it can be taken back.
  [[nodiscard]] step after(std::exception_ptr const& failure, bool intact) {
    try {
      std::rethrow_exception(failure);
    } catch (error& e) {
      if (intact && may_log_in(e)) {
        logged_in_again_ = true;
        e.set_request(id_);
        refusal_ = failure;
        return step::log_in;
      }
      if (intact && may_repeat(e)) return step::pause;
      e.set_request(id_);
      throw;
    }
  }

  /// Why there is to be a login: what the call ends with if the session turns out to live.
  [[nodiscard]] std::exception_ptr const& refusal() const noexcept { return refusal_; }
  /// What is left for a login in between.
  [[nodiscard]] CallOptions for_login() const {
    CallOptions limits{.stop = options_.stop};
    if (until_ != clock::time_point::max()) limits.deadline = context().total;
    return limits;
  }

 private:
  [[nodiscard]] bool may_log_in(error const& e) const {
    bool const lost = e.code() == errc::not_authenticated
                          ? kind_ == call_kind::ordinary
                          : e.code() == errc::unauthorized && kind_ == call_kind::file;
    return lost && session_.may_log_in_again() && !logged_in_again_;
  }

  [[nodiscard]] bool may_repeat(error const& e) {
    auto const& retry = session_.options.retry;
    if (kind_ == call_kind::farewell || attempts_ >= retry.attempts || !passes(e)) return false;
    if (e.delivered() != delivery::not_sent && !only_reads(method_)) return false;
    auto const longest = bounded(retry.longest_pause);
    auto pause = bounded(retry.first_pause);
    for (int i = 1; i < attempts_ && pause < longest; ++i) pause *= 2;
    pause = std::min(pause, longest);
    static thread_local std::minstd_rand dice{std::random_device{}()};
    pause_ = pause - std::chrono::milliseconds(
                         std::uniform_int_distribution<std::int64_t>(0, pause.count() / 2)(dice));
    return clock::now() + pause_ < until_;
  }

  // Whether the same request may fare better soon.
  [[nodiscard]] static bool passes(error const& e) noexcept {
    switch (e.code()) {
      case errc::connection_refused:
      case errc::connection_lost:
      case errc::unavailable:
      case errc::empty_reply:
      case errc::truncated_reply:
        return true;
      default:
        return false;
    }
  }

  SessionState& session_;
  std::string_view method_;
  CallOptions options_;
  call_kind kind_;
  std::string id_;
  clock::time_point until_;
  std::uint64_t generation_ = 0;
  int attempts_ = 0;
  bool logged_in_again_ = false;
  std::exception_ptr refusal_{};
  std::chrono::milliseconds pause_{0};
};

/// A method of the API, without types: what a call sends and where its reply goes.
struct Invocation {
  std::string_view method;
  reflect::type_info const& type;
  void const* request;
  reflect::place reply;
  /// Makes the reply as it was before the call; false, or null: it cannot be taken back.
  bool (*reset)(void*) = nullptr;
  std::string_view security{};  ///< content of a wsse:Security header, XML
};

/// Invocation::reset of a reply that is an object.
template <class Reply> bool renew(void* reply) {
  *static_cast<Reply*>(reply) = {};
  return true;
}

/// One method call on its way: its message, and what follows from each answer.
///
/// ```cpp
/// for (step next = step::send; next != step::done;) {
///   // step::pause: sleep; step::log_in: log in
///   try { transport.send(call.message(), call.sink(), call.context()); next = call.after(nullptr);
///   } catch (...) { next = call.after(std::current_exception()); }
/// }
/// ```
class Conversation {
 public:
  Conversation(SessionState& session, std::string_view version, Invocation const& what,
               CallOptions const& options, call_kind kind)
      : session_(session),
        what_(what),
        rules_(session, what.method, options, kind),
        secret_(kind == call_kind::internal),
        target_(target_of(what, session.url)),
        response_(std::string(what.method) + "Response") {
    // A string that grows leaves copies of a password behind.
    if (secret_) body_.reserve(4096 + 2 * what.security.size());
    try {
      soap::append_message(body_, what.method, what.type, what.request,
                           {.operation_id = rules_.id(), .security = what.security});
    } catch (invalid_argument const& e) {
      throw invalid_argument({std::string(what.method), target_, e.problem(), e.advice()});
    }
    message_ = {.url = session.url, .body = body_};
    message_.headers = {{"Content-Type", "text/xml; charset=UTF-8"},
                        {"SOAPAction", "\"urn:vim25/" + std::string(version) + "\""}};
  }
  ~Conversation() {
    if (secret_) wipe(body_);
    SessionState::forget_cookie(message_);
  }
  Conversation(Conversation const&) = delete;
  Conversation& operator=(Conversation const&) = delete;

  /// The next request, with the session's cookie as it is now. Makes a new sink().
  [[nodiscard]] http::Request const& message() {
    rules_.begin();
    SessionState::forget_cookie(message_);
    carried_ = session_.carry_cookie(message_);
    sink_.emplace(response_, what_.reply, xml::Origin{std::string(what_.method), target_},
                  session_.options.observer, limits());
    return message_;
  }
  [[nodiscard]] ReplySink& sink() { return *sink_; }
  [[nodiscard]] http::CallContext context() const { return rules_.context(); }
  [[nodiscard]] CallRules const& rules() const noexcept { return rules_; }

  /// The blocking way.
  void send(any_transport const& transport) {
    auto const& request = message();
    auto head = transport.send(request, sink(), context());
    forget(head.headers);  // the sink has taken what counts
  }

  /// `failure` is what sending threw, null when the reply is whole. Throws the error that the call
  /// ends with.
  [[nodiscard]] step after(std::exception_ptr failure) {
    if (!failure) {
      try {
        sink_->finish();
        take_cookie(carried_ && rules_.generation() == session_.gate.generation());
        return step::done;
      } catch (...) {
        failure = std::current_exception();
      }
    }
    // The login may have succeeded, though its reply broke off: then there is something to end.
    take_cookie(false);
    // A fault leaves the reply as it was.
    bool const touched = sink_ && sink_->reached_reply();
    bool const intact = !touched || (what_.reset != nullptr && what_.reset(what_.reply.address));
    return rules_.after(failure, intact);
  }

 private:
  // What answers before the login is small, whoever it is.
  [[nodiscard]] xml::Limits limits() const {
    constexpr std::uint64_t opening_document = std::uint64_t{16} << 20U;
    auto limits = session_.options.limits;
    if (secret_) limits.document = std::min<std::uint64_t>(limits.document, opening_document);
    return limits;
  }

  // One that comes with another reply than a login's counts as long as it continues our session.
  void take_cookie(bool ours) {
    if (sink_ && !sink_->cookie().empty() && (secret_ || ours))
      session_.set_cookie(sink_->cookie());
  }

  // "VirtualMachine vm-42 at https://host/sdk", from the request's first member.
  static std::string target_of(Invocation const& what, std::string const& url) {
    std::string text;
    if (!what.type.members.empty() && what.type.members[0].type->what == reflect::kind::reference) {
      auto const& self = *static_cast<untyped_ref const*>(
          what.type.members[0].at(const_cast<void*>(what.request)));  // NOLINT(*-const-cast)
      text.append(self.type()).append(" ").append(self.value()).append(" at ");
    }
    return text.append(url);
  }

  SessionState& session_;
  Invocation what_;
  CallRules rules_;
  bool secret_;
  bool carried_ = false;  // a cookie
  std::string target_;
  std::string response_;
  std::string body_{};
  http::Request message_{};
  std::optional<ReplySink> sink_{};
};

}  // namespace esxvi::detail
