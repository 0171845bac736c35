// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/credentials/means.hpp>
#include <esxvi/session/detail/login_gate.hpp>
#include <esxvi/session/opening.hpp>
#include <esxvi/session/options.hpp>
#include <esxvi/transport/secret.hpp>
#include <esxvi/transport/transport.hpp>
#include <esxvi/types/SessionManager.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::detail {

/// What Session::content() has, or is waiting for. Asked for under the mutex, which is not held
/// meanwhile.
struct FullContent {
  std::mutex mutex{};
  std::condition_variable_any changed{};
  bool asking = false;
  std::shared_ptr<void> value{};  ///< a types::ServiceContent
};

/// What all calls of a session share.
struct SessionState {
  any_transport transport{};
  std::string url{};
  SessionOptions options{};
  LoginMeans means{};
  std::string version{};
  OpeningContent first_content{};
  LoginGate gate{};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> calls{0};
  std::atomic<bool> logged_in{false};

  FullContent content{};

  SessionState() = default;
  ~SessionState() { wipe(user_.key); }
  SessionState(SessionState const&) = delete;
  SessionState& operator=(SessionState const&) = delete;

  /// Whether a session that the server forgot is to be renewed: not one that the program ended.
  [[nodiscard]] bool may_log_in_again() const { return options.log_in_again && logged_in; }

  [[nodiscard]] bool has_cookie() const {
    std::lock_guard const lock(mutex_);
    return !cookie_.empty();
  }
  [[nodiscard]] Secret cookie() const {
    std::lock_guard const lock(mutex_);
    return cookie_;
  }
  void set_cookie(Secret cookie) {
    std::lock_guard const lock(mutex_);
    cookie_ = std::move(cookie);
  }
  /// Forgets the cookie of a session that is gone, and not one that the server has given since.
  void drop_cookie(Secret const& dead) {
    std::lock_guard const lock(mutex_);
    if (cookie_ == dead) cookie_.clear();
  }
  /// Adds the cookie to a request, and says whether there is one. See forget_cookie().
  bool carry_cookie(http::Request& request) const {
    std::lock_guard const lock(mutex_);
    if (cookie_.empty()) return false;
    request.headers.push_back({"Cookie", std::string(cookie_.reveal())});
    return true;
  }
  /// Overwrites and removes what carry_cookie() has added.
  static void forget_cookie(http::Request& request) noexcept {
    if (request.headers.empty() || request.headers.back().name != "Cookie") return;
    wipe(request.headers.back().value);
    request.headers.pop_back();
  }
  /// Who is logged in. Kept when somebody logs in again, for callers hold references.
  [[nodiscard]] types::UserSession const& user() const noexcept { return user_; }
  void set_user(types::UserSession user) {
    std::lock_guard const lock(mutex_);
    if (!logged_in.exchange(true)) user_ = std::move(user);
    wipe(user.key);  // on some servers it is what the cookie says
  }

  /// A part of the service URL in front of its path: "https://host:port".
  [[nodiscard]] std::string_view authority() const {
    auto const scheme = url.find("://");
    auto const end = url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
    return std::string_view(url).substr(0, end);
  }

  [[nodiscard]] Ref<types::SessionManager> manager() const {
    if (!first_content.sessionManager)
      throw failure<errc::not_soap>(
          {"Login", url, "the server names no session manager", "is this a vSphere server?"},
          delivery::answered);
    return *first_content.sessionManager;
  }

  /// The id of the next call; empty when none are wanted.
  [[nodiscard]] std::string next_id() {
    if (id_prefix_.empty()) return {};
    return id_prefix_ + std::to_string(++calls);
  }
  void name_requests() {
    if (options.operation_id && options.operation_id->empty()) return;
    id_prefix_ = options.operation_id ? *options.operation_id : made_up();
    id_prefix_ += '-';
  }

 private:
  static std::string made_up() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "esxvi-";
    std::random_device source;
    for (auto bits = source(), i = 0U; i < 8; ++i, bits >>= 4U) text += digits[bits & 15U];
    return text;
  }

  mutable std::mutex mutex_{};
  Secret cookie_{};
  types::UserSession user_{};
  std::string id_prefix_{};
};

}  // namespace esxvi::detail
