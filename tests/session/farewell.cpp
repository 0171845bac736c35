// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// How long a session that could not be opened takes leave of the server: not long when somebody has
// waited long enough already.
#include "session/limits.hpp"
#include "session/server.hpp"

#include <esxvi/types/ServiceInstance.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stop_token>
#include <string>

using namespace esxvi::test;
using namespace std::chrono_literals;
namespace vim = esxvi::types;

namespace {

/// Whether a login succeeded cannot be known: its answer does not come.
struct Opening {
  std::shared_ptr<esxvi::ScriptedTransport> script = std::make_shared<esxvi::ScriptedTransport>();
  Noting noting{esxvi::any_transport(script)};
  esxvi::ScriptedTransport::Step* login = nullptr;

  Opening() {
    script->expect("RetrieveServiceContent")
        .reply(200, content_reply(), {{"Set-Cookie", cookie + "; Path=/; HttpOnly"}});
    login = &script->expect("Login");
    script->expect("Logout").reply(200, response("Logout", ""));
  }
  template <class E> void fails(esxvi::CallOptions limits) {
    esxvi::SessionOptions options;
    options.opening = limits;
    CHECK_THROWS_AS(Client(esxvi::any_transport(noting), service_url, {"root", password}, options),
                    E);
    script->verify();
  }
  [[nodiscard]] std::chrono::milliseconds logout() const { return noting.limits->at("Logout"); }
};

/// Stops while the reply is on its way.
auto stopping(std::stop_source stop, std::string reply) {
  return [stop, reply](auto const&) mutable {
    stop.request_stop();
    return esxvi::ScriptedTransport::Answer{200, reply, {}};
  };
}

}  // namespace

TEST_CASE("a login that somebody stopped: the logout is hasty") {
  Opening at;
  std::stop_source stop;
  at.login->reply(stopping(stop, login_reply()));
  at.fails<esxvi::cancelled>({.stop = stop.get_token()});
  CHECK(hasty(at.logout()));
}

TEST_CASE("a login that took longer than its deadline: the logout is hasty") {
  Opening at;
  at.login->silent();
  at.fails<esxvi::timeout>({.deadline = 2s});
  CHECK(hasty(at.logout()));
}

TEST_CASE("a login whose reply broke off: there is time to log out") {
  Opening at;
  at.login->reply(200, login_reply()).cut_after(300);
  at.fails<esxvi::connection_lost>({.deadline = 60s});
  CHECK(patient(at.logout()));
}

TEST_CASE("a login that took longer than the transport likes: there is time to log out") {
  Opening at;
  at.login->throws(esxvi::timeout({"", "", "no answer", ""}, esxvi::delivery::unknown));
  at.fails<esxvi::timeout>({});
  CHECK(patient(at.logout()));
}

TEST_CASE("a login in the middle of a call that somebody stopped: the logout is hasty") {
  Server const server;
  Noting const noting{esxvi::any_transport(server.script)};
  Client session(esxvi::any_transport(noting), service_url, esxvi::Credentials{"root", password},
                 esxvi::SessionOptions{});
  std::stop_source stop;
  std::string const refused = fault_reply("NotAuthenticated");
  server.script->expect("CurrentTime").reply(500, refused);
  server.script->expect("CurrentTime").reply(500, refused);
  server.script->expect("Login").reply([=](auto const&) mutable {
    stop.request_stop();
    return esxvi::ScriptedTransport::Answer{
        200, login_reply(), {{"Set-Cookie", cookie + "; Path=/; HttpOnly"}}};
  });
  vim::CurrentTime const ask{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")};
  CHECK_THROWS_AS(static_cast<void>(session.call(ask, {.stop = stop.get_token()})),
                  esxvi::cancelled);
  REQUIRE(noting.limits->contains("Logout"));
  CHECK(hasty(noting.limits->at("Logout")));
}
