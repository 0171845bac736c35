// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Logging in and out. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/pages.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/SessionManager.hpp>
#include <esxvi/types/SessionManager_properties.hpp>
#include <esxvi/types/fault/InvalidLogin.hpp>
#include <esxvi/types/fault/InvalidState.hpp>
#include <esxvi/types/fault/NoClientCertificate.hpp>
#include <esxvi/types/fault/NotFound.hpp>

#include <algorithm>

namespace esxvi::sim {

namespace {

inline types::UserSession describe(HostSession const& session) {
  types::UserSession s;
  s.key = session.key;
  s.userName = session.user.name;
  s.fullName = session.user.full_name;
  s.loginTime = session.since;
  s.lastActiveTime = session.last_active_at;
  s.locale = "en";
  s.messageLocale = "en";
  s.extensionSession = false;
  s.ipAddress = session.address;
  s.userAgent = session.agent;
  s.callCount = session.calls;
  return s;
}

/// "httpPut" of a ticket's description, or "PUT", as requests say it.
inline std::string http_method(std::string_view described) {
  if (described.starts_with("http")) described.remove_prefix(4);
  std::string method(described.empty() ? "GET" : described);
  for (char& c : method)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return method;
}

/// What a request for this URL says behind its method. Clients name the host as they like.
inline std::string target_of(std::string_view url) {
  if (auto const scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    url.remove_prefix(std::min(url.find('/'), url.size()));
  }
  return std::string(url.substr(0, url.find('#')));
}

/// Whether a message has this token in its Security header.
inline bool holds_token(std::string_view message, std::string_view token) {
  message = message.substr(0, message.find("Body"));
  auto const security = message.find("Security");
  return !token.empty() && security != std::string_view::npos &&
         message.find(token, security) != std::string_view::npos;
}

}  // namespace

namespace detail {

void expect_silence(Host& host) {
  State& s = host.state();
  std::chrono::nanoseconds const idle = s.options.session_idle;
  if (idle.count() <= 0 || s.silence_ends) return;
  s.silence_ends = host.elapsed() + idle;
  // Simulated time does not run to the end of a session by itself: whoever moves it looks.
  if (s.options.time == TimeMode::real) host.after(idle, [&host] { end_silent_sessions(host); });
}

void end_silent_sessions(Host& host) {
  Host::Lock const hold(host);
  State& s = host.state();
  auto const now = host.elapsed();
  if (!s.silence_ends || now < *s.silence_ends) return;
  s.silence_ends.reset();
  std::chrono::nanoseconds const idle = s.options.session_idle;
  for (auto const& session : host.sessions()) {
    if (session->parked > 0) continue;
    auto const end = session->last_active + idle;
    if (end <= now)
      host.end_session(session->key);
    else
      s.silence_ends = std::min(end, s.silence_ends.value_or(end));
  }
  if (s.silence_ends && s.options.time == TimeMode::real)
    host.after(*s.silence_ends - now, [&host] { end_silent_sessions(host); });
}

}  // namespace detail

std::shared_ptr<HostSession> Host::session_of(WebRequest const& request) {
  Lock const hold(*this);
  detail::end_silent_sessions(*this);
  for (std::string const& value : cookies(request, "vmware_soap_session"))
    if (auto const found = state_->sessions.find(value); found != state_->sessions.end())
      return found->second;
  return nullptr;
}

std::shared_ptr<HostSession> Host::redeem_ticket(WebRequest const& request) {
  Lock const hold(*this);
  detail::end_silent_sessions(*this);
  auto& tickets = state_->service_tickets;
  for (std::string const& id : cookies(request, "vmware_cgi_ticket")) {
    auto const found = tickets.find(id);
    if (found == tickets.end() || found->second.method != request.method ||
        found->second.target != request.target)
      continue;
    auto const ticket = std::move(found->second);
    tickets.erase(found);
    for (auto const& session : sessions())
      if (session->key == ticket.session) return session;
  }
  return nullptr;
}

User const* Host::authenticate(std::string_view name, std::string_view password) {
  for (User const& user : state_->options.users)
    if (user.name == name && user.password == password) return &user;
  return nullptr;
}

std::shared_ptr<HostSession> Host::log_in(User const& user, WebRequest const& request) {
  Lock const hold(*this);
  auto session = std::make_shared<HostSession>();
  session->key = make_uuid();
  session->cookie = make_uuid();
  session->user = user;
  session->address = request.peer.empty() ? "127.0.0.1" : request.peer;
  if (auto const* agent = http::find_header(request.headers, "User-Agent")) session->agent = *agent;
  session->since = now();
  session->last_active = elapsed();
  session->last_active_at = session->since;
  state_->sessions[session->cookie] = session;
  detail::expect_silence(*this);
  return session;
}

void Host::end_session(std::string_view key) {
  Lock const hold(*this);
  detail::State& s = *state_;
  auto const found = std::find_if(s.sessions.begin(), s.sessions.end(),
                                  [&](auto const& one) { return one.second->key == key; });
  if (found == s.sessions.end()) return;
  auto const session = found->second;
  s.sessions.erase(found);
  session->ended = true;
  std::erase_if(s.clone_tickets, [&](auto const& t) { return t.second == session->key; });
  std::erase_if(s.service_tickets, [&](auto const& t) { return t.second.session == session->key; });
  detail::end_collectors(*this, *session);
  std::vector<untyped_ref> owned;
  for_each([&](Object const& object) {
    if (object.owner() == session->key) owned.push_back(object.ref());
  });
  for (untyped_ref const& ref : owned) remove(ref);
  for (auto const& act : s.session_ends) act(*session);
}

void Host::end_all_sessions() {
  for (auto const& session : sessions()) end_session(session->key);
}

std::vector<std::shared_ptr<HostSession>> Host::sessions() {
  Lock const hold(*this);
  std::vector<std::shared_ptr<HostSession>> all;
  for (auto const& [cookie, session] : state_->sessions) all.push_back(session);
  return all;
}

void Host::on_session_end(std::function<void(HostSession const&)> act) {
  Lock const hold(*this);
  state_->session_ends.push_back(std::move(act));
}

void add_session_methods(Host& host) {
  using namespace esxvi::types;
  auto const enter = [](Call& call, User const& user) {
    auto session = call.host().log_in(user, call.request());
    call.open_session(session, session->cookie);
    return describe(*session);
  };
  host.on<RetrieveServiceContent>([](Call& call, RetrieveServiceContent const& r) {
    return call.host().get<ServiceInstance>(*r.self)->content;
  });
  host.on<CurrentTime>([](Call& call, CurrentTime const&) { return call.host().now(); });
  host.on<Login>([enter](Call& call, Login const& r) {
    // A second login in one session is refused, as the first would be forgotten by nobody.
    if (call.session() != nullptr) throw fault(InvalidState(), "The session is already logged in.");
    User const* const user = call.host().authenticate(*r.userName, *r.password);
    if (user == nullptr) throw fault(InvalidLogin());
    return enter(call, *user);
  });
  host.on<LoginByToken>([enter](Call& call, LoginByToken const&) {
    if (call.session() != nullptr) throw fault(InvalidState(), "The session is already logged in.");
    for (User const& user : call.host().options().users)
      if (holds_token(call.request().body, user.token)) return enter(call, user);
    throw fault(InvalidLogin());
  });
  // Whoever serves this host asks for no certificates.
  host.on<LoginExtensionByCertificate>(
      [](Call&, LoginExtensionByCertificate const&) -> UserSession {
        throw fault(NoClientCertificate(), "The client did not present a certificate.");
      });
  host.on<Logout>([](Call& call, Logout const&) {
    call.host().end_session(call.session()->key);
    call.close_session();
  });
  host.on<TerminateSession>([](Call& call, TerminateSession const& r) {
    auto const all = call.host().sessions();
    for (std::string const& key : *r.sessionId) {
      if (std::none_of(all.begin(), all.end(), [&](auto const& s) { return s->key == key; }))
        throw fault(NotFound());
      if (key == call.session()->key)
        throw fault(InvalidState(), "A session cannot terminate itself.");
    }
    for (std::string const& key : *r.sessionId) call.host().end_session(key);
  });
  host.on<SessionIsActive>([](Call& call, SessionIsActive const& r) {
    auto const all = call.host().sessions();
    return std::any_of(all.begin(), all.end(), [&](auto const& s) {
      return s->key == *r.sessionID && s->user.name == *r.userName;
    });
  });
  host.on<AcquireCloneTicket>([](Call& call, AcquireCloneTicket const&) {
    std::string ticket = "cst-VCT-" + call.host().make_uuid();
    call.host().state().clone_tickets[ticket] = call.session()->key;
    return ticket;
  });
  host.on<CloneSession>([enter](Call& call, CloneSession const& r) {
    auto& tickets = call.host().state().clone_tickets;
    auto const ticket = tickets.find(*r.cloneTicket);
    if (ticket == tickets.end()) throw fault(InvalidLogin());
    for (auto const& session : call.host().sessions()) {
      if (session->key != ticket->second) continue;
      tickets.erase(ticket);  // good for one use
      return enter(call, session->user);
    }
    throw fault(InvalidLogin());
  });
  host.on<AcquireGenericServiceTicket>([](Call& call, AcquireGenericServiceTicket const& r) {
    if (call.session() == nullptr) call.require("System.View", call.self());
    auto const* const http = r.spec->as<SessionManagerHttpServiceRequestSpec>();
    if (http == nullptr) throw detail::bad_argument("spec");
    SessionManagerGenericServiceTicket ticket;
    ticket.id = call.host().make_uuid();
    ticket.hostName = call.host().options().name;
    ticket.ticketType = "HttpNfcServiceTicket";
    call.host().state().service_tickets[ticket.id] = {
        call.session()->key, http_method(http->method.value_or("")), target_of(http->url)};
    return ticket;
  });
  host.on<SetLocale>([](Call&, SetLocale const&) {});

  host.compute<SessionManager>([](Host& h, Call const* call, SessionManager& manager) {
    manager.sessionList.clear();
    for (auto const& session : h.sessions()) manager.sessionList.push_back(describe(*session));
    manager.currentSession.reset();
    if (call != nullptr && call->session() != nullptr)
      manager.currentSession = describe(*call->session());
  });
  host.compute<ServiceInstance>(
      [](Host& h, Call const*, ServiceInstance& instance) { instance.serverClock = h.now(); });
}

}  // namespace esxvi::sim
