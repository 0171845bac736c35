// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/host/scope.hpp>
#include <esxvi/session/connect.hpp>
#include <esxvi/session/credentials.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/session/uri.hpp>
#include <esxvi/task/policy.hpp>
#include <esxvi/task/task.hpp>
#include <esxvi/transport/curl_options.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi {

/// How open_connection() connects, besides what the URI says.
struct OpenOptions {
  SessionOptions session{};
  CurlOptions curl{};
  /// All about the vCenter of an `esx` connection: port, user, thumbprint. Absent: what `vcenter=`
  /// in the URI names, with `transport`, `no_verify`, `ca_file`, `proxy`, `timeout`, `authfile` and
  /// `user_agent` of the URI; which user that is the provider says.
  std::optional<ConnectionUri> vcenter{};
};

namespace detail {

/// Throws invalid_argument when a scheme names another kind of server.
inline void check_kind(ConnectionUri const& uri, Session const& session) {
  auto const& about = session.about();
  bool const vcenter = about.apiType == "VirtualCenter";
  auto const wrong = [&](std::string_view advice) {
    throw invalid_argument({"opening", uri.display(),
                            "the scheme is " + uri.scheme + ", and the server is " + about.fullName,
                            std::string(advice)});
  };
  if (uri.scheme == "vpx" && !vcenter) wrong("use esx:// for a host");
  if ((uri.scheme == "esx" || uri.scheme == "gsx") && vcenter) wrong("use vpx:// for a vCenter");
  if (uri.scheme == "esx" && about.productLineId == "gsx") wrong("use gsx://");
  if (uri.scheme == "gsx" && about.productLineId != "gsx") wrong("use esx://");
}

/// The vCenter of a connection to a host; nothing when none is asked for.
inline std::optional<ConnectionUri> vcenter_of(ConnectionUri const& uri, Scope const& scope,
                                               OpenOptions const& options) {
  if (options.vcenter) return options.vcenter;
  if (uri.vcenter.empty()) return std::nullopt;
  ConnectionUri vcenter;
  vcenter.scheme = "vpx";
  vcenter.host = uri.vcenter == "*" ? scope.manager_address() : uri.vcenter;
  if (vcenter.host.empty())
    throw not_found({"opening", uri.display(), "no vCenter manages this host",
                     "leave vcenter=* out, or name the vCenter"});
  // Whoever it is on the host, the vCenter has users of its own.
  vcenter.tls = uri.tls;
  vcenter.verify = uri.verify;
  vcenter.proxy = uri.proxy;
  vcenter.authfile = uri.authfile;
  vcenter.ca_file = uri.ca_file;
  vcenter.timeout = uri.timeout;
  vcenter.user_agent = uri.user_agent;
  return vcenter;
}

}  // namespace detail

/// What a program opens by a URI: a server, the part of it that it looks at, and perhaps the
/// vCenter that manages the host.
///
/// Movable: sessions and scopes stay where they are. The end of it logs out, of the vCenter first:
/// 1 request each.
class Connection {
 public:
  /// See open_connection().
  template <CredentialsProvider P>
  Connection(ConnectionUri uri, P& provider, OpenOptions const& options)
      : uri_(std::move(uri)),
        session_(std::make_unique<Session>(
            detail::connect_to(uri_, provider, options.session, options.curl))) {
    detail::check_kind(uri_, *session_);
    auto const path = uri_.path_names();
    if (session_->about().apiType == "VirtualCenter") {
      scope_ = std::make_unique<Scope>(Scope::at(*session_, path));
      return;
    }
    if (!path.empty())
      throw invalid_argument({"opening", uri_.display(), "a host has no path",
                              "leave \"" + uri_.path + "\" out; vpx:// takes a path"});
    scope_ = std::make_unique<Scope>(Scope::of_host(*session_));
    auto const vcenter = detail::vcenter_of(uri_, *scope_, options);
    if (!vcenter) return;
    vcenter_ = std::make_unique<Session>(
        detail::connect_to(*vcenter, provider, options.session, options.curl));
    detail::check_kind(*vcenter, *vcenter_);
    vcenter_scope_ =
        std::make_unique<Scope>(Scope::of_host_with(*vcenter_, scope_->host_uuid(), uri_.host));
  }

  [[nodiscard]] ConnectionUri const& uri() const noexcept { return uri_; }
  [[nodiscard]] Session& session() const noexcept { return *session_; }
  [[nodiscard]] Scope const& scope() const noexcept { return *scope_; }
  /// The vCenter that manages the host of session(); null without one.
  [[nodiscard]] Session* vcenter() const noexcept { return vcenter_.get(); }
  /// That host in the vCenter; null without one.
  [[nodiscard]] Scope const* vcenter_scope() const noexcept { return vcenter_scope_.get(); }

  /// What is done with questions of virtual machines: `auto_answer` of the URI. The calls that
  /// start tasks use it; for a task of your own on another session: `Task{*connection.vcenter(),
  /// request, connection.questions()}`.
  [[nodiscard]] AutoAnswer questions() const noexcept { return AutoAnswer(uri_.auto_answer); }
  /// Starts a task of session(), as Task does. The connection has to outlive it.
  template <TaskRequest R>
  [[nodiscard]] Task<AutoAnswer, typename R::result_type> start(
      R const& request, TaskOptions const& options = {}) const {
    return {*session_, request, questions(), options};
  }
  /// Starts a task, waits for its end and gives its result: see Task::wait().
  template <TaskRequest R>
  typename R::result_type run(R const& request, WaitOptions const& wait = {},
                              TaskOptions const& options = {}) const {
    return start(request, options).wait(wait);
  }

  /// Logs out of all now, and throws the first error that this brings, which the destructor does
  /// not.
  void close() {
    std::exception_ptr first;
    for (Session* const session : {vcenter_.get(), session_.get()}) try {
        if (session != nullptr) session->logout();
      } catch (error const&) {
        if (!first) first = std::current_exception();
      }
    if (first) std::rethrow_exception(first);
  }

 private:
  // Declared in this order: the vCenter goes first.
  ConnectionUri uri_{};
  std::unique_ptr<Session> session_{};
  std::unique_ptr<Scope> scope_{};
  std::unique_ptr<Session> vcenter_{};
  std::unique_ptr<Scope> vcenter_scope_{};
};

/// Opens what a URI names: `esx://root@host/?vcenter=*`, `vpx://admin@vc/dc/cluster/host`.
///
/// | URI                                       | requests |
/// |-------------------------------------------|----------|
/// | `esx://host`                              | 3        |
/// | `esx://host/?vcenter=NAME` or `vcenter=*` | 6        |
/// | `vpx://vcenter/dc/cluster/host`           | 3        |
/// | `vpx://vcenter/`                          | 2        |
///
/// (One more for each server whose API version is not known here.) `provider` is asked once for
/// each server. The vCenter of a host is the one that `vcenter=` names, or, with `*`, the one that
/// the host names; the host is found in it by its UUID.
///
/// Throws what connect() throws, not_found for a path, host or vCenter that is not there, and
/// invalid_argument for a server that is of another kind than the scheme says, and for a path on a
/// host. Whatever it throws, no session is left on a server.
template <CredentialsProvider P>
[[nodiscard]] Connection open_connection(ConnectionUri const& uri, P&& provider,
                                         OpenOptions const& options = {}) {
  return Connection(uri, provider, options);
}

template <CredentialsProvider P>
[[nodiscard]] Connection open_connection(std::string_view uri, P&& provider,
                                         OpenOptions const& options = {}) {
  return open_connection(ConnectionUri::parse(uri), std::forward<P>(provider), options);
}

}  // namespace esxvi
