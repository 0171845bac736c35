// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/reflect/path.hpp>
#include <esxvi/session/api_version.hpp>
#include <esxvi/session/credentials/means.hpp>
#include <esxvi/session/detail/conversation.hpp>
#include <esxvi/session/detail/farewell.hpp>
#include <esxvi/session/detail/fetch.hpp>
#include <esxvi/session/detail/login.hpp>
#include <esxvi/session/detail/session_state.hpp>
#include <esxvi/session/opening.hpp>
#include <esxvi/session/options.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/transport/detail/forget.hpp>
#include <esxvi/transport/detail/pause.hpp>
#include <esxvi/transport/transport.hpp>
#include <esxvi/types/SessionManager.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace esxvi {

template <class T> class Async;
template <class Row> class Rows;
template <class T> struct QueryOptions;
template <class Row> struct projection;

/// A struct that queries can fill: it has a projection.
template <class Row>
concept ProjectedRow = requires { typename projection<Row>::object; };

namespace detail {
struct SessionAccess;
}

/// A logged-in connection to an ESX(i) host or a vCenter.
///
/// On the wire: opening takes 2 requests (RetrieveServiceContent, Login; one more for a server
/// whose API version is not known here), destruction 1 (Logout). Nothing is asked before a call to
/// find out whether the session still lives.
///
/// **A lost session**: when the server answers NotAuthenticated, one of the calling threads asks
/// something that any session may ask (servers say the same of objects that a user may not see),
/// and logs in again while the others wait for it; the calls are repeated, for they were not
/// executed. A login that is refused is not tried again for a while, because servers lock accounts;
/// the calls in between throw its error. What belongs to a session on the server (filters, views)
/// is gone with it: see generation().
///
/// **A lost connection**: a request that the server cannot have seen, or that only reads, is
/// repeated with pauses (SessionOptions::retry). Any other error comes out; delivered() tells
/// whether the server can have acted.
///
/// **Thread safety**: call(), fetch() and the queries may be used from several threads at once;
/// moving may not. Not copyable: the one who holds it ends the session on the server.
class Session {
 public:
  /// Logs in over a transport of the caller's choice; connect() does it for a URI. The credentials
  /// are kept, in memory that is wiped, for logging in again.
  ///
  /// Throws auth_error for a wrong password, transport_error, http_error and protocol_error for
  /// what their names say. A failed login leaves nothing behind on the server.
  Session(any_transport transport, std::string service_url, LoginMeans means,
          SessionOptions options = {})
      : self_(std::make_unique<detail::SessionState>()) {
    detail::prepare(*self_, std::move(transport), std::move(service_url), std::move(means),
                    std::move(options));
    detail::Opening opening(*self_);
    greet(opening);
    if (opening.greeted()) {
      try {
        auto head = fetch("GET", detail::Opening::versions_target, opening.versions(),
                          opening.limits_of_list());
        detail::forget(head.headers);
        opening.listed();
      } catch (error const&) {  // NOLINT(bugprone-empty-catch): then without the list
      }
    }
    log_in_or_leave_nothing_behind(opening.limits());
  }
  Session(any_transport transport, std::string service_url, Credentials who,
          SessionOptions options = {})
      : Session(std::move(transport), std::move(service_url), LoginMeans(std::move(who)),
                std::move(options)) {}

  Session(Session&&) noexcept = default;
  Session& operator=(Session&& other) noexcept {
    close();
    self_ = std::move(other.self_);
    return *this;
  }
  ~Session() { close(); }

  /// Sends a method of the API and returns its result.
  ///
  /// Throws fault (with the server's fault object) when the server refuses, and the other errors
  /// of <esxvi/error.hpp>; delivered() tells whether the server can have acted.
  template <soap::Request R>
  typename R::reply_type call(R const& request, CallOptions const& options = {}) {
    using reply_type = soap::Reply<typename R::reply_type>;
    reply_type reply;
    exchange({R::facts.name,
              *reflect::type_of<R>(),
              &request,
              {reflect::type_of<reply_type>(), &reply},
              &detail::renew<reply_type>},
             options);
    if constexpr (!std::is_void_v<typename R::reply_type>) return std::move(reply.returnval);
  }

  /// call() without types: what all calls come down to.
  void exchange(detail::Invocation const& what, CallOptions const& options = {}) {
    converse(self_->version, what, options, detail::call_kind::ordinary);
  }

  /// GET, HEAD, PUT or DELETE of what the server keeps beside the API, with the session's cookie:
  /// `fetch("GET", "/screen?id=vm-42", sink)`. `target` begins with '/' (else invalid_argument) and
  /// is percent-encoded.
  ///
  /// Logs in again like call(); GET and HEAD are repeated like it as long as the sink has got
  /// nothing. A status that is not 2xx is thrown as http_error, before the sink is told anything.
  /// 1 request.
  http::Response fetch(std::string_view method, std::string_view target, http::BodySink& sink,
                       CallOptions const& options = {}, http::BodySource* source = nullptr,
                       std::vector<http::header> headers = {}) {
    detail::Fetching fetching(*self_, method, target, sink, source, std::move(headers), options);
    drive(fetching);
    return std::move(fetching.response());
  }

  /// Tells the server that somebody is there, so that the session does not end for idleness (after
  /// 30 minutes on most servers). 1 request.
  void keep_alive(CallOptions const& options = {}) {
    detail::OpeningRequest const request;
    soap::Reply<DateTime> reply;
    exchange({"CurrentTime",
              *reflect::type_of<detail::OpeningRequest>(),
              &request,
              {reflect::type_of<decltype(reply)>(), &reply}},
             options);
  }

  /// How often this session has logged in again. What belonged to the session on the server
  /// (property filters, views, collectors) ended when this number changes.
  [[nodiscard]] std::uint64_t generation() const { return self_->gate.generation(); }
  /// Logs in again unless somebody has done so since `seen`, or the session lives after all: for
  /// callers that notice a lost session in another way than by a NotAuthenticated fault. 2 requests
  /// at most. Does nothing without SessionOptions::log_in_again, and after logout().
  void log_in_again(std::uint64_t seen, CallOptions const& options = {}) {
    if (!self_->may_log_in_again()) return;
    detail::CallRules const rules(*self_, "Login", options, detail::call_kind::ordinary);
    log_in_again(seen, rules);
  }

  /// Name, version and kind of the server.
  [[nodiscard]] types::AboutInfo const& about() const noexcept {
    return self_->first_content.about;
  }
  /// "8.0.3.0": the version of the API that is spoken, the newest that both sides know.
  [[nodiscard]] std::string_view api_version() const noexcept { return self_->version; }
  [[nodiscard]] std::string const& service_url() const noexcept { return self_->url; }
  /// Where to find the server's managers; include <esxvi/session/content.hpp> to use it. The first
  /// use costs one request, which has these limits.
  template <std::same_as<types::ServiceContent> Content = types::ServiceContent>
  [[nodiscard]] Content const& content(CallOptions const& options = {});
  /// The few that every query needs: no request.
  [[nodiscard]] detail::OpeningContent const& opening_content() const noexcept {
    return self_->first_content;
  }
  /// Who is logged in, as of the first login.
  [[nodiscard]] types::UserSession const& user() const noexcept { return self_->user(); }
  /// Requests sent so far.
  [[nodiscard]] std::uint64_t requests() const noexcept { return self_->requests; }

  /// What its transport did so far: bytes, connections, time. Zeros where the transport does not
  /// count. Copies of a transport count together.
  [[nodiscard]] TransportStatistics statistics() const { return self_->transport.statistics(); }

  /// Ends the session now and reports what goes wrong, which the destructor does not. 1 request.
  void logout(CallOptions const& options = {.deadline = detail::farewell_limit}) {
    if (!self_ || !self_->logged_in.exchange(false)) return;
    log_out(options);
  }

  /// call() as a coroutine: defined in <esxvi/session/async.hpp>.
  template <soap::Request R>
  Async<typename R::reply_type> async_call(R request, CallOptions options = {});

  /// @name Queries: declared here, defined in <esxvi/query.hpp>.
  /// @{
  template <class T, reflect::fixed_string... Path>
    requires(!ProjectedRow<T>)
  [[nodiscard]] auto retrieve(QueryOptions<T> const& options = {});
  template <ProjectedRow Row>
  [[nodiscard]] Rows<Row> retrieve(
      QueryOptions<typename projection<Row>::object> const& options = {});
  template <class T, reflect::fixed_string... Path, class F>
    requires(!ProjectedRow<T>)
  void for_each(F&& take, QueryOptions<T> const& options = {});
  template <ProjectedRow Row, class F>
  void for_each(F&& take, QueryOptions<typename projection<Row>::object> const& options = {});
  // In <esxvi/query/async.hpp>:
  template <class T, reflect::fixed_string... Path>
    requires(!ProjectedRow<T>)
  auto async_retrieve(QueryOptions<T> options = {});
  template <ProjectedRow Row>
  Async<Rows<Row>> async_retrieve(QueryOptions<typename projection<Row>::object> options = {});
  /// @}

 private:
  friend detail::SessionAccess;

  explicit Session(std::unique_ptr<detail::SessionState> logged_in) : self_(std::move(logged_in)) {}

  /// Drives one call to its end: the blocking form of what detail::step says.
  template <class Call> void drive(Call& call) {
    for (auto next = detail::step::send; next != detail::step::done;) {
      detail::CallRules const& rules = call.rules();
      if (next == detail::step::log_in && !log_in_again(rules.generation(), rules))
        std::rethrow_exception(rules.refusal());
      if (next == detail::step::pause)
        detail::pause_until(detail::CallRules::clock::now() + rules.pause(), rules.options().stop);
      std::exception_ptr failure;
      try {
        call.send(self_->transport);
      } catch (...) {
        failure = std::current_exception();
      }
      next = call.after(failure);
    }
  }

  void converse(std::string_view version, detail::Invocation const& what,
                CallOptions const& options, detail::call_kind kind) {
    detail::Conversation call(*self_, version, what, options, kind);
    drive(call);
  }

  void greet(detail::Opening& opening) {
    for (auto const version : detail::opening_versions) try {
        converse(version, opening.greeting(), opening.limits(), detail::call_kind::internal);
        return;
      } catch (fault const& e) {
        if (version == detail::opening_versions.back() || !detail::refuses_version(e)) throw;
      }
  }

  void log_in(CallOptions const& options) {
    detail::LoginCall login(*self_);
    converse(self_->version, login.invocation(), options, detail::call_kind::internal);
    login.done();
  }

  /// False: the session lives, and what was refused is refused to this user.
  bool log_in_again(std::uint64_t seen, detail::CallRules const& rules) {
    using entry = detail::LoginGate::entry;
    auto const& options = rules.options();
    while (true) {
      auto const found = self_->gate.enter(seen, options.stop, rules.until());
      if (found == entry::passed) return true;
      if (found == entry::leader) break;
    }
    bool lives = false;
    try {
      auto const dead = self_->cookie();
      lives = is_alive(rules.for_login());
      if (!lives) {
        self_->drop_cookie(dead);
        log_in_or_leave_nothing_behind(rules.for_login());
      }
    } catch (...) {
      self_->gate.leave(std::current_exception(), options.deadline.count() > 0);
      throw;
    }
    if (lives)
      self_->gate.leave_as_it_was();
    else
      self_->gate.leave(nullptr);
    return !lives;
  }

  bool is_alive(CallOptions const& options) {
    if (!self_->has_cookie()) return false;
    detail::Probe probe;
    try {
      converse(self_->version, probe.invocation(), options, detail::call_kind::internal);
      return true;
    } catch (not_authenticated const&) {
      return false;
    }
  }

  void log_in_or_leave_nothing_behind(CallOptions const& options) {
    try {
      log_in(options);
    } catch (fault const&) {
      throw;  // refused
    } catch (error const& e) {
      if (e.delivered() != delivery::not_sent)
        leave_nothing_behind(detail::farewell(options, std::current_exception()));
      throw;
    } catch (...) {  // of an observer or a hook, while the answer came
      leave_nothing_behind(detail::farewell(options, std::current_exception()));
      throw;
    }
  }

  void log_out(CallOptions const& options) {
    detail::LogoutCall end(*self_);
    converse(self_->version, end.invocation(), options, detail::call_kind::farewell);
  }

  // A login whose answer was lost may have succeeded.
  void leave_nothing_behind(CallOptions const& limits) noexcept {
    if (self_->has_cookie()) detail::quietly([&] { log_out(limits); });
  }

  void close() noexcept {
    detail::quietly([this] { logout(); });  // the server drops idle sessions by itself
  }

  std::unique_ptr<detail::SessionState> self_;
};

}  // namespace esxvi
