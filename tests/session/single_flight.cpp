// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// A session that ends while many threads use it: one of them logs in, for all.
#include "session/server.hpp"

#include <esxvi/types/ServiceInstance.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

constexpr int threads = 8;

/// A server with one session at a time, which it can forget. It answers a login only when so many
/// calls have been refused for want of one: so all of them need it at the same time.
struct Forgetful {
  struct State {
    std::mutex mutex{};
    std::condition_variable changed{};
    int session = 0;  ///< number of the one that lives; 0: none
    int refused = 0;  ///< calls
    int awaited = 0;  ///< refusals that a login waits for
    bool lets_in = true;
    int logins = 0;
    int probes = 0;
    int answered = 0;
  };
  std::shared_ptr<State> state = std::make_shared<State>();

  void forget(int awaited, bool lets_in = true) const {
    std::lock_guard const lock(state->mutex);
    state->session = 0;
    state->refused = 0;
    state->awaited = awaited;
    state->lets_in = lets_in;
  }

  esxvi::http::Response send(esxvi::http::Request const& request, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) const {
    esxvi::http::Response head{200, {{"Content-Type", "text/xml"}}};
    std::string const body = reply(context.operation, request, head);
    sink.begin(head);
    sink.write(body);
    return head;
  }

 private:
  static std::string cookie_of(int number) {
    return "vmware_soap_session=5ecret-" + std::to_string(number);
  }
  std::string refuse(esxvi::http::Response& head, std::string_view fault) const {
    head.status = 500;
    return fault_reply(fault);
  }
  std::string reply(std::string_view operation, esxvi::http::Request const& request,
                    esxvi::http::Response& head) const {
    std::unique_lock lock(state->mutex);
    State& s = *state;
    if (operation == "RetrieveServiceContent") return content_reply();
    if (operation == "Logout") return response("Logout", "");
    if (operation == "Login") {
      ++s.logins;
      s.changed.wait(lock, [&] { return s.refused >= s.awaited; });
      if (!s.lets_in) return refuse(head, "InvalidLogin");
      s.session = s.logins;
      head.headers.push_back({"Set-Cookie", cookie_of(s.session) + "; Path=/"});
      return login_reply();
    }
    auto const* const cookie = esxvi::http::find_header(request.headers, "Cookie");
    bool const known = s.session != 0 && cookie != nullptr && *cookie == cookie_of(s.session);
    bool const probe = operation == "CurrentTime";
    if (probe) ++s.probes;
    if (known && !probe) {
      ++s.answered;
      return response("SessionIsActive", "<returnval>true</returnval>");
    }
    if (known) return response("CurrentTime", "<returnval>2026-01-02T03:04:05Z</returnval>");
    if (!probe) ++s.refused;
    s.changed.notify_all();
    return refuse(head, "NotAuthenticated");
  }
};

/// How many calls succeed, and how many end with the refused login, when all threads call at once.
struct Outcome {
  int succeeded = 0;
  int refused = 0;
};
Outcome call_from_all(esxvi::Session& session) {
  std::atomic<int> succeeded = 0;
  std::atomic<int> refused = 0;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < threads; ++t)
      all.emplace_back([&] {
        vim::SessionIsActive const request{
            .self = esxvi::Ref<vim::SessionManager>("m"), .sessionID = "s", .userName = "root"};
        try {
          if (session.call(request)) ++succeeded;
        } catch (esxvi::auth_error const& e) {
          if (e.code() == esxvi::errc::wrong_credentials && !has(e.what(), password)) ++refused;
        } catch (esxvi::error const&) {  // NOLINT(bugprone-empty-catch): counts as neither
        }
      });
  }
  return {succeeded, refused};
}

}  // namespace

TEST_CASE("a session that ended under eight threads: one login, and all calls succeed") {
  Forgetful const server;
  esxvi::Session session(Forgetful(server), service_url, {"root", password});
  for (int round = 1; round <= 20; ++round) {
    CAPTURE(round);
    server.forget(threads);
    auto const outcome = call_from_all(session);
    CHECK(outcome.succeeded == threads);
    CHECK(server.state->logins == 1 + round);
    CHECK(server.state->refused == threads);
    CHECK(session.generation() == static_cast<std::uint64_t>(round));
  }
  CHECK(server.state->answered == 20 * threads);
  CHECK(server.state->probes == 20);
}

TEST_CASE("a password that is refused meanwhile: one login, and all get its error") {
  Forgetful const server;
  esxvi::Session session(Forgetful(server), service_url, {"root", password});
  server.forget(threads, false);
  auto const outcome = call_from_all(session);
  CHECK(outcome.succeeded == 0);
  CHECK(outcome.refused == threads);
  CHECK(server.state->logins == 2);
  CHECK(session.generation() == 0);
}
