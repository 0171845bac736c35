// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/reflect/path.hpp>
#include <esxvi/session/credentials.hpp>
#include <esxvi/session/opening.hpp>
#include <esxvi/session/reply_sink.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/soap/observer.hpp>
#include <esxvi/transport/transport.hpp>
#include <esxvi/types/SessionManager.hpp>
#include <esxvi/types/versions.hpp>
#include <esxvi/xml/limits.hpp>

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace esxvi {

template <class Row> class Rows;
template <class T> struct QueryOptions;
template <class Row> struct projection;

/// A struct that queries can fill: it has a projection.
template <class Row>
concept ProjectedRow = requires { typename projection<Row>::object; };

/// Limits of one call.
struct CallOptions {
  std::stop_token stop{};
  std::chrono::milliseconds deadline{0};  ///< for the whole call; zero: the transport's own limit
  std::chrono::milliseconds patience{0};  ///< how long the server may think (long polls)
};

/// For all calls of a session.
struct SessionOptions {
  xml::Limits limits{};
  /// Told what the server sends besides what this program knows. Called by the threads that call;
  /// it has to outlive the session.
  soap::Observer* observer = nullptr;
  std::string locale{};  ///< of messages, "en"; empty: the server's choice
};

/// The newest known API version that a server of `api_version` ("6.7.3", "8.0.3.0") understands.
[[nodiscard]] inline std::string_view choose_api_version(std::string_view api_version) {
  auto const numbers = [](std::string_view text) {
    std::array<int, 4> parts{};
    for (std::size_t i = 0; i < parts.size() && !text.empty(); ++i) {
      auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), parts[i]);
      text.remove_prefix(static_cast<std::size_t>(end - text.data()));
      if (code != std::errc() || !text.starts_with('.')) break;
      text.remove_prefix(1);
    }
    return parts;
  };
  std::string_view chosen = "2.5";
  for (auto const& known : types::api_versions) {
    bool const numbered = known.name.find('u') == std::string_view::npos;
    if (known.wire_namespace == "vim25" && numbered && numbers(known.name) <= numbers(api_version))
      chosen = known.name;
  }
  return chosen;
}

/// A logged-in connection to an ESX(i) host or a vCenter.
///
/// On the wire: opening takes 2 requests (RetrieveServiceContent, Login), destruction 1 (Logout).
/// call() and the queries may be used from several threads at once; moving may not.
/// Not copyable: the one who holds it ends the session on the server.
class Session {
 public:
  /// Logs in over a transport of the caller's choice; connect() does it for a URI.
  ///
  /// Throws auth_error for a wrong password, transport_error, http_error and protocol_error for
  /// what their names say. A failed login leaves nothing behind on the server.
  Session(any_transport transport, std::string service_url, Credentials const& who,
          SessionOptions options = {})
      : self_(std::make_unique<state>()) {
    self_->transport = std::move(transport);
    self_->url = std::move(service_url);
    self_->options = std::move(options);
    self_->first_content = first_content();
    self_->version = choose_api_version(self_->first_content.about.apiVersion);
    login(who);
  }

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
    soap::Reply<typename R::reply_type> reply;
    exchange(R::facts.name, *reflect::type_of<R>(), &request,
             {reflect::type_of<decltype(reply)>(), &reply}, options);
    if constexpr (!std::is_void_v<typename R::reply_type>) return std::move(reply.returnval);
  }

  /// call() without types: what all calls come down to. `reply` takes the content of the response.
  void exchange(std::string_view method, reflect::type_info const& type, void const* request,
                reflect::place reply, CallOptions const& options = {}) {
    exchange_as(self_->version, method, type, request, reply, options);
  }

  /// Name, version and kind of the server.
  [[nodiscard]] types::AboutInfo const& about() const noexcept {
    return self_->first_content.about;
  }
  /// "8.0.3.0": the version of the API that is spoken, the newest that both sides know.
  [[nodiscard]] std::string_view api_version() const noexcept { return self_->version; }
  [[nodiscard]] std::string const& service_url() const noexcept { return self_->url; }
  /// Where to find the server's managers; include <esxvi/session/content.hpp> to use it. The first
  /// use costs one request.
  template <std::same_as<types::ServiceContent> Content = types::ServiceContent>
  [[nodiscard]] Content const& content();
  /// The few that every query needs: no request.
  [[nodiscard]] detail::OpeningContent const& opening_content() const noexcept {
    return self_->first_content;
  }
  /// Who is logged in.
  [[nodiscard]] types::UserSession const& user() const noexcept { return self_->user; }
  /// Requests sent so far.
  [[nodiscard]] std::uint64_t requests() const noexcept { return self_->requests; }

  /// Ends the session now and reports what goes wrong, which the destructor does not. 1 request.
  void logout() {
    if (!self_ || !std::exchange(self_->logged_in, false)) return;
    call(types::Logout{.self = manager()}, {.deadline = std::chrono::seconds(10)});
  }

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
  /// @}

 private:
  struct state {
    any_transport transport;
    std::string url;
    SessionOptions options;
    std::string_view version;
    detail::OpeningContent first_content;
    types::UserSession user;
    std::mutex content_mutex;
    std::shared_ptr<void> full_content;  // a types::ServiceContent
    std::mutex cookie_mutex;
    std::string cookie;
    std::atomic<std::uint64_t> requests{0};
    bool logged_in = false;
  };

  // The oldest version that current servers still list; all have what opening needs.
  static constexpr std::string_view opening_version = "4.0";

  [[nodiscard]] Ref<types::SessionManager> manager() const {
    if (!self_->first_content.sessionManager)
      throw failure<errc::not_soap>(
          {"Login", self_->url, "the server names no session manager", "is this a vSphere server?"},
          delivery::answered);
    return *self_->first_content.sessionManager;
  }

  detail::OpeningContent first_content() {
    detail::OpeningRequest request;
    soap::Reply<detail::OpeningContent> reply;
    exchange_as(opening_version, "RetrieveServiceContent", *reflect::type_of<decltype(request)>(),
                &request, {reflect::type_of<decltype(reply)>(), &reply}, {});
    return std::move(reply.returnval);
  }

  void login(Credentials const& who) {
    types::Login request{.self = manager(), .userName = who.user, .password = who.password};
    if (!self_->options.locale.empty()) request.locale = self_->options.locale;
    self_->user = call(request);
    self_->logged_in = true;
  }

  void close() noexcept {
    try {
      logout();
    } catch (...) {  // NOLINT(bugprone-empty-catch): the server drops idle sessions by itself
    }
  }

  void exchange_as(std::string_view version, std::string_view method,
                   reflect::type_info const& type, void const* request, reflect::place reply,
                   CallOptions const& options) {
    std::string body;
    try {
      soap::append_message(body, method, type, request);
    } catch (invalid_argument const& e) {
      throw invalid_argument(
          {std::string(method), target_of(type, request), e.problem(), e.advice()});
    }
    http::Request message{.url = self_->url, .body = body};
    message.headers = {{"Content-Type", "text/xml; charset=UTF-8"},
                       {"SOAPAction", "\"urn:vim25/" + std::string(version) + "\""}};
    {
      std::lock_guard const lock(self_->cookie_mutex);
      if (!self_->cookie.empty()) message.headers.push_back({"Cookie", self_->cookie});
    }
    detail::ReplySink sink(std::string(method) + "Response", reply,
                           {std::string(method), target_of(type, request)}, self_->options.observer,
                           self_->options.limits);
    ++self_->requests;
    self_->transport.send(message, sink,
                          {.operation = method,
                           .stop = options.stop,
                           .total = options.deadline,
                           .patience = options.patience});
    sink.finish();
    if (!sink.cookie().empty()) {
      std::lock_guard const lock(self_->cookie_mutex);
      self_->cookie = sink.cookie();
    }
  }

  // "VirtualMachine vm-42 at https://host/sdk", from the request's first member.
  [[nodiscard]] std::string target_of(reflect::type_info const& type, void const* request) const {
    std::string text;
    if (!type.members.empty() && type.members[0].type->what == reflect::kind::reference) {
      auto const& self = *static_cast<untyped_ref const*>(
          type.members[0].at(const_cast<void*>(request)));  // NOLINT(*-const-cast)
      text.append(self.type()).append(" ").append(self.value()).append(" at ");
    }
    return text.append(self_->url);
  }

  std::unique_ptr<state> self_;
};

}  // namespace esxvi
