// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>
#include <esxvi/sim/fault.hpp>
#include <esxvi/sim/web.hpp>
#include <esxvi/types/core/ref.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace esxvi::sim {

class Host;
struct HostSession;
namespace detail {
struct Method;
}

/// A method call that is being served. Handlers that answer later keep it.
class Call : public std::enable_shared_from_this<Call> {
 public:
  Call(Host& on, WebRequest request, WebHandler::Done done, std::stop_token stop);
  ~Call();
  Call(Call const&) = delete;
  Call& operator=(Call const&) = delete;

  [[nodiscard]] Host& host() const noexcept { return *host_; }
  [[nodiscard]] WebRequest const& request() const noexcept { return request_; }
  [[nodiscard]] std::string_view method() const noexcept { return method_; }
  /// The object that the method is called on.
  [[nodiscard]] untyped_ref const& self() const noexcept { return self_; }
  /// Position in types::api_versions of the one that the client speaks.
  [[nodiscard]] std::size_t version() const noexcept { return version_; }
  /// Null before a login.
  [[nodiscard]] HostSession* session() const noexcept { return session_.get(); }
  [[nodiscard]] std::shared_ptr<HostSession> const& shared_session() const noexcept {
    return session_;
  }
  /// Name of the user; empty before a login.
  [[nodiscard]] std::string user() const;
  /// Throws NotAuthenticated or NoPermission unless the user has `privilege` on `object`.
  void require(std::string_view privilege, untyped_ref const& object) const;

  /// @name Answers: one of them, once. The host must be locked, as it is while a handler runs.
  /// @{
  /// The members of a soap::Reply<T>.
  void reply(reflect::type_info const& type, void const* value);
  /// What stands between the tags of <METHODResponse>.
  void reply_text(std::string_view content);
  void fail(Failure const& why);
  void respond(WebResponse response);
  /// @}
  [[nodiscard]] bool answered() const noexcept { return answered_; }

  /// Keeps the call, and with it the session, although there is no answer yet: `gone` is called,
  /// with the host locked, when the client goes away.
  void park(std::function<void()> gone);

 private:
  friend class Host;
  Host* host_;
  WebRequest request_;
  WebHandler::Done done_;
  std::stop_token stop_;
  std::string method_;
  std::size_t version_ = 0;
  untyped_ref self_;
  std::shared_ptr<HostSession> session_;
  std::string cookie_;  // to be set by the reply
  WebResponse shape_;   // what goes wrong with the reply
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
  std::function<void()> gone_;
  bool answered_ = false;
  bool parked_ = false;

 public:
  /// Sets the session of a client that just logged in.
  void open_session(std::shared_ptr<HostSession> session, std::string cookie);
  void close_session() { session_.reset(); }
};

}  // namespace esxvi::sim
