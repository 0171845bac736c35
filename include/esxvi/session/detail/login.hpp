// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/api_version.hpp>
#include <esxvi/session/credentials/means.hpp>
#include <esxvi/session/detail/conversation.hpp>
#include <esxvi/session/detail/session_state.hpp>
#include <esxvi/soap/fault.hpp>
#include <esxvi/transport/detail/pause.hpp>
#include <esxvi/transport/transport.hpp>
#include <esxvi/types/SessionManager.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace esxvi::detail {

// The oldest version that current servers still list, then that of servers which are older; both
// have what opening needs.
inline constexpr std::array<std::string_view, 2> opening_versions{"4.0", "2.5"};

/// Whether a server refused the version of a request. (The text is not translated.)
[[nodiscard]] inline bool refuses_version(fault const& e) {
  return e.server_message().find("Unsupported version") != std::string::npos;
}

inline void prepare(SessionState& state, any_transport transport, std::string url, LoginMeans means,
                    SessionOptions options) {
  state.transport = std::move(transport);
  state.url = std::move(url);
  state.means = std::move(means);
  state.options = std::move(options);
  state.name_requests();
}

struct OpeningRequest {
  Ref<types::ServiceInstance> self{"ServiceInstance"};
};
BOOST_DESCRIBE_STRUCT(OpeningRequest, (), (self))

/// What comes before the login: who the server is, and which versions of the API it speaks.
class Opening {
 public:
  explicit Opening(SessionState& state) : state_(state) {
    auto const deadline = state.options.opening.deadline;
    if (deadline.count() > 0 && deadline < longest_wait)
      until_ = CallRules::clock::now() + deadline;
  }

  /// What is left of SessionOptions::opening.
  [[nodiscard]] CallOptions limits() const {
    using std::chrono::milliseconds;
    auto limits = state_.options.opening;
    if (until_ != CallRules::clock::time_point::max())
      limits.deadline = std::max(milliseconds(1),
                                 std::chrono::ceil<milliseconds>(until_ - CallRules::clock::now()));
    return limits;
  }
  /// The list of versions is not worth more than that.
  [[nodiscard]] CallOptions limits_of_list() const {
    constexpr std::chrono::milliseconds longest = std::chrono::seconds(30);
    auto limits = this->limits();
    limits.deadline = limits.deadline.count() > 0 ? std::min(limits.deadline, longest) : longest;
    return limits;
  }

  [[nodiscard]] Invocation greeting() {
    return {"RetrieveServiceContent",
            *reflect::type_of<OpeningRequest>(),
            &request_,
            {reflect::type_of<decltype(reply_)>(), &reply_},
            &renew<decltype(reply_)>};
  }
  /// True: the version is one that is not known here, so ask for versions_target.
  [[nodiscard]] bool greeted() {
    state_.first_content = std::move(reply_.returnval);
    auto const& offered = state_.first_content.about.apiVersion;
    auto const& wanted = state_.options.api_version;
    state_.version = wanted.empty() ? choose_api_version(offered) : wanted;
    return wanted.empty() && !offered.empty() && !is_known_api_version(offered);
  }

  static constexpr std::string_view versions_target = "/sdk/vimServiceVersions.xml";
  [[nodiscard]] http::BodySink& versions() { return list_; }
  /// A server without that list, or with one that says nothing, has told enough already.
  void listed() {
    try {
      if (auto const found = choose_from_service_versions(list_.text); !found.empty())
        state_.version = found;
    } catch (error const&) {  // NOLINT(bugprone-empty-catch)
    }
  }

 private:
  struct List final : http::BodySink {
    std::string text{};
    void begin(http::Response const&) override { text.clear(); }
    void write(std::string_view piece) override {
      constexpr std::size_t more_than_any = std::size_t{1} << 20U;
      if (text.size() < more_than_any) text += piece;
    }
  };

  SessionState& state_;
  CallRules::clock::time_point until_ = CallRules::clock::time_point::max();
  OpeningRequest request_{};
  soap::Reply<OpeningContent> reply_{};
  List list_{};
};

/// A small question that only a living session gets an answer to: the time of the server.
class Probe {
 public:
  [[nodiscard]] Invocation invocation() {
    return {"CurrentTime",
            *reflect::type_of<OpeningRequest>(),
            &request_,
            {reflect::type_of<decltype(reply_)>(), &reply_},
            &renew<decltype(reply_)>};
  }

 private:
  OpeningRequest request_{};
  soap::Reply<DateTime> reply_{};
};

/// Ends the session on the server.
class LogoutCall {
 public:
  explicit LogoutCall(SessionState const& state) : request_{.self = state.manager()} {}
  [[nodiscard]] Invocation invocation() {
    return {"Logout",
            *reflect::type_of<types::Logout>(),
            &request_,
            {reflect::type_of<decltype(reply_)>(), &reply_}};
  }

 private:
  types::Logout request_;
  soap::Reply<void> reply_{};
};

/// The method that the session's means call for. Wipes what it copied of them.
class LoginCall {
 public:
  explicit LoginCall(SessionState& state) : state_(state) {
    auto const manager = state.manager();
    std::optional<std::string> locale;
    if (!state.options.locale.empty()) locale = state.options.locale;
    if (auto const* const who = std::get_if<Credentials>(&state.means)) {
      request_ = types::Login{
          .self = manager, .userName = who->user, .password = std::string(), .locale = locale};
      // Only here, for a short string that is moved leaves its text behind.
      std::get<types::Login>(request_).password.value = who->password.reveal();
    } else if (auto const* const clone = std::get_if<CloneTicket>(&state.means)) {
      request_ = types::CloneSession{.self = manager, .cloneTicket = std::string()};
      std::get<types::CloneSession>(request_).cloneTicket.value = clone->ticket.reveal();
    } else if (std::holds_alternative<SamlToken>(state.means)) {
      request_ = types::LoginByToken{.self = manager, .locale = locale};
    } else {
      request_ = types::LoginExtensionByCertificate{
          .self = manager,
          .extensionKey = std::get<ExtensionCertificate>(state.means).extension_key,
          .locale = locale};
    }
  }
  ~LoginCall() {
    if (auto* const login = std::get_if<types::Login>(&request_)) wipe(login->password.value);
    if (auto* const clone = std::get_if<types::CloneSession>(&request_))
      wipe(clone->cloneTicket.value);
    wipe(reply_.returnval.key);
  }
  LoginCall(LoginCall const&) = delete;
  LoginCall& operator=(LoginCall const&) = delete;

  [[nodiscard]] Invocation invocation() {
    auto const* const token = std::get_if<SamlToken>(&state_.means);
    return std::visit(
        [&]<class R>(R const& request) -> Invocation {
          if constexpr (std::is_same_v<R, std::monostate>) {
            std::terminate();
          } else {
            return {R::facts.name, *reflect::type_of<R>(),
                    &request,      {reflect::type_of<decltype(reply_)>(), &reply_},
                    nullptr,       token != nullptr ? token->token.reveal() : std::string_view()};
          }
        },
        request_);
  }
  void done() { state_.set_user(std::move(reply_.returnval)); }

 private:
  SessionState& state_;
  std::variant<std::monostate, types::Login, types::CloneSession, types::LoginByToken,
               types::LoginExtensionByCertificate>
      request_{};
  soap::Reply<types::UserSession> reply_{};
};

}  // namespace esxvi::detail
