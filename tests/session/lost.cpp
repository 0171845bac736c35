// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Sessions that the server forgets: logged in again once, and the call repeated.
#include "session/limits.hpp"
#include "session/server.hpp"

#include <esxvi/session/content.hpp>
#include <esxvi/soap/observer.hpp>
#include <esxvi/transport/trace.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace esxvi::test;
using namespace std::chrono_literals;
namespace vim = esxvi::types;

namespace {

std::string const now_reply =
    response("CurrentTime", "<returnval>2026-01-02T03:04:05Z</returnval>");
std::string const task_reply =
    response("PowerOnVM_Task", "<returnval type=\"Task\">task-1</returnval>");
std::string const second_cookie = "vmware_soap_session=second-5ecret";

vim::CurrentTime ask_time() {
  return {.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")};
}
vim::PowerOnVM_Task power_on() { return {.self = esxvi::Ref<vim::VirtualMachine>("vm-1")}; }

struct Sink final : esxvi::http::BodySink {
  std::string text{};
  void begin(esxvi::http::Response const&) override {}
  void write(std::string_view piece) override { text += piece; }
};

/// Wants no members that it does not know.
struct Choosy final : esxvi::soap::Observer {
  void unknown_member(std::string_view, std::string_view member) override {
    throw std::runtime_error(std::string(member));
  }
};

std::string cookie_of(esxvi::ScriptedTransport::Received const& request) {
  auto const* const found = esxvi::http::find_header(request.headers, "Cookie");
  return found == nullptr ? "none" : *found;
}

}  // namespace

TEST_CASE("NotAuthenticated: logged in again, and the call is repeated, whatever it does") {
  Server const server;
  auto session = server.open(esxvi::SessionOptions{});
  auto const generation = session.generation();
  server.script->expect("PowerOnVM_Task").reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("Login").reply(200, login_reply(), {{"Set-Cookie", second_cookie}});
  server.script->expect("PowerOnVM_Task").reply(200, task_reply);
  CHECK(session.call(power_on()).value() == "task-1");
  CHECK(session.generation() == generation + 1);
  auto const sent = server.script->requests();
  CHECK(cookie_of(sent.at(2)) == cookie);
  CHECK(cookie_of(sent.at(3)) == cookie);  // does the session live?
  CHECK(cookie_of(sent.at(4)) == "none");  // the old one would only confuse
  CHECK(cookie_of(sent.at(5)) == second_cookie);
  CHECK(has(sent.at(4).body, "5ecret&lt;&amp;&gt;word"));
}

TEST_CASE("a login in between has what is left of the call's deadline") {
  Server const server;
  Noting const noting{esxvi::any_transport(server.script)};
  Client session(esxvi::any_transport(noting), service_url, esxvi::Credentials{"root", password},
                 esxvi::SessionOptions{});
  server.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated")).delay(200ms);
  server.script->expect("Login").reply(200, login_reply());
  server.script->expect("CurrentTime").reply(200, now_reply);
  static_cast<void>(session.call(ask_time(), {.deadline = 60s}));
  CHECK(noting.limits->at("Login") <= 59'800ms);
  CHECK(noting.limits->at("Login") > 0ms);
}

TEST_CASE("a login again whose answer is lost is ended by the cookie that came with the refusal") {
  Server const server;
  esxvi::SessionOptions options;
  options.retry.attempts = 1;
  auto session = server.open(options);
  server.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("CurrentTime")
      .reply(500, fault_reply("NotAuthenticated"), {{"Set-Cookie", second_cookie}});
  server.script->expect("Login").throws(
      esxvi::connection_lost({"Login", "", "lost", ""}, esxvi::delivery::unknown));
  static_cast<void>(
      thrown<esxvi::connection_lost>([&] { static_cast<void>(session.call(ask_time())); }));
  REQUIRE(server.operations() ==
          "RetrieveServiceContent Login CurrentTime CurrentTime Login Logout ");
  auto const sent = server.script->requests();
  CHECK(cookie_of(sent.at(3)) == cookie);
  CHECK(cookie_of(sent.at(4)) == second_cookie);
  CHECK(cookie_of(sent.at(5)) == second_cookie);
}

TEST_CASE("servers say NotAuthenticated of what a user may not see: the session is left alone") {
  Server const server;
  auto session = server.open(esxvi::SessionOptions{});
  server.script->expect("PowerOnVM_Task").reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("CurrentTime").reply(200, now_reply);
  static_cast<void>(
      thrown<esxvi::not_authenticated>([&] { static_cast<void>(session.call(power_on())); }));
  CHECK(session.generation() == 0);
  CHECK(server.operations() == "RetrieveServiceContent Login PowerOnVM_Task CurrentTime ");
}

TEST_CASE("a call that is refused twice is refused") {
  Server const server;
  auto session = server.open(esxvi::SessionOptions{});
  server.script->expect("CurrentTime").times(2).reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("Login").reply(200, login_reply());
  server.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  static_cast<void>(
      thrown<esxvi::not_authenticated>([&] { static_cast<void>(session.call(ask_time())); }));
  CHECK(server.operations() ==
        "RetrieveServiceContent Login CurrentTime CurrentTime Login CurrentTime ");
}

TEST_CASE("a refused login is not tried again at once, for servers lock accounts") {
  for (std::string const refusal : {"InvalidLogin", "PasswordExpired"}) {
    CAPTURE(refusal);
    Server const server;
    auto session = server.open(esxvi::SessionOptions{});
    server.script->when("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
    server.script->expect("Login").reply(500, fault_reply(refusal));
    for (int i = 0; i < 5; ++i)
      static_cast<void>(
          thrown<esxvi::auth_error>([&] { static_cast<void>(session.call(ask_time())); }));
    CHECK(server.operations() ==
          "RetrieveServiceContent Login CurrentTime CurrentTime Login "
          "CurrentTime CurrentTime CurrentTime CurrentTime ");
  }
}

TEST_CASE("a login that fails for another reason is tried again by the next call") {
  Server const server;
  esxvi::SessionOptions options;
  options.retry.attempts = 1;
  auto session = server.open(options);
  server.script->expect("CurrentTime").times(2).reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("Login").throws(esxvi::connection_refused({"Login", "", "refused", ""}));
  static_cast<void>(
      thrown<esxvi::connection_refused>([&] { static_cast<void>(session.call(ask_time())); }));
  server.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("Login").reply(200, login_reply());
  server.script->expect("CurrentTime").reply(200, now_reply);
  CHECK_NOTHROW(static_cast<void>(session.call(ask_time())));
}

TEST_CASE("log_in_again() does nothing when somebody else has done it") {
  Server const server;
  auto session = server.open(esxvi::SessionOptions{});
  auto const seen = session.generation();
  server.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("Login").reply(200, login_reply());
  session.log_in_again(seen);
  session.log_in_again(seen);
  CHECK(session.generation() == seen + 1);
}

TEST_CASE("leaving a session that is lost does not open it again") {
  Server const server;
  {
    auto const session = server.open(esxvi::SessionOptions{});
    server.script->expect("Logout").reply(500, fault_reply("NotAuthenticated"));
  }
  CHECK(server.operations() == "RetrieveServiceContent Login Logout ");
}

TEST_CASE("a login whose answer is lost may have succeeded: it is ended") {
  Server server;
  server.script = std::make_shared<esxvi::ScriptedTransport>();
  server.script->expect("RetrieveServiceContent")
      .reply(200, content_reply(), {{"Set-Cookie", cookie}});
  server.script->expect("Login").throws(
      esxvi::connection_lost({"Login", "", "lost", ""}, esxvi::delivery::unknown));
  server.script->expect("Logout").reply(200, response("Logout", ""));
  static_cast<void>(thrown<esxvi::connection_lost>(
      [&] { static_cast<void>(server.open(esxvi::SessionOptions{})); }));
  CHECK(server.operations() == "RetrieveServiceContent Login Logout ");
  CHECK(cookie_of(server.script->requests().at(2)) == cookie);
}

TEST_CASE("a login whose answer breaks off: the cookie in its head is enough to end it") {
  Server server;
  server.script = std::make_shared<esxvi::ScriptedTransport>();
  server.script->expect("RetrieveServiceContent").reply(200, content_reply());
  server.script->expect("Login")
      .reply(200, login_reply(), {{"Set-Cookie", second_cookie}})
      .cut_after(300);
  server.script->expect("Logout").reply(200, response("Logout", ""));
  static_cast<void>(thrown<esxvi::connection_lost>(
      [&] { static_cast<void>(server.open(esxvi::SessionOptions{})); }));
  CHECK(cookie_of(server.script->requests().at(2)) == second_cookie);
}

TEST_CASE("a login whose answer an observer or a hook chokes on has succeeded: it is ended") {
  Server server;
  server.script = std::make_shared<esxvi::ScriptedTransport>();
  server.script->expect("RetrieveServiceContent")
      .reply(200, content_reply(), {{"Set-Cookie", cookie}});
  auto& login = server.script->expect("Login").reply(200, login_reply());
  server.script->expect("Logout").reply(200, response("Logout", ""));
  esxvi::any_transport transport = server.script;
  Choosy choosy;
  esxvi::SessionOptions options{.operation_id = ""};
  SUBCASE("the observer of what is decoded") {
    options.observer = &choosy;
    auto reply = login_reply();
    reply.insert(reply.find("<key>"), "<mine>1</mine>");
    login.reply(200, reply);
  }
  SUBCASE("the hook of a trace") {
    transport = esxvi::Trace(transport, [](esxvi::TraceEvent const& event) {
      if (event.operation == "Login" && event.kind == esxvi::TraceEvent::Kind::finished)
        throw std::runtime_error("mine");
    });
  }
  auto const open = [&] {
    Client const client(transport, service_url, esxvi::Credentials{"root", password}, options);
  };
  CHECK_THROWS_WITH_AS(open(), "mine", std::runtime_error);
  REQUIRE(server.operations() == "RetrieveServiceContent Login Logout ");
  CHECK(cookie_of(server.script->requests().at(2)) == cookie);
}

TEST_CASE("files: status 401 is a lost session, other statuses are errors") {
  Server const server;
  auto session = server.open(esxvi::SessionOptions{});
  Sink sink;
  server.script->expect("GET").reply(401, "who are you?");
  server.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("Login").reply(200, login_reply(), {{"Set-Cookie", second_cookie}});
  server.script->expect("GET").reply(200, "content");
  session.fetch("GET", "/folder/a%20b?dcPath=dc&dsName=ds", sink);
  CHECK(sink.text == "content");
  auto const last = server.script->requests().back();
  CHECK(last.url == "https://esx.example/folder/a%20b?dcPath=dc&dsName=ds");
  CHECK(cookie_of(last) == second_cookie);

  server.script->expect("GET").reply(404, "not here");
  auto const e = thrown<esxvi::wrong_path>([&] { session.fetch("GET", "/folder/c", sink); });
  CHECK(e.status() == 404);
  CHECK(sink.text == "content");  // the page of the error is no content
}

TEST_CASE("a session that the program has ended is not renewed") {
  Server const server;
  esxvi::Session session(esxvi::any_transport(server.script), service_url,
                         esxvi::Credentials{"root", password});
  session.logout();
  session.log_in_again(session.generation());
  CHECK(server.operations() == "RetrieveServiceContent Login Logout ");
}

TEST_CASE("files: the session's cookie goes to the session's host and port alone") {
  Server const server;
  auto session = server.open(esxvi::SessionOptions{});
  auto const so_far = session.requests();
  Sink sink;
  for (std::string_view const target :
       {".evil.example/x", ":8443/x", "@evil.example/x", "https://evil.example/x", "x", "?x", ""}) {
    CAPTURE(target);
    auto const e = thrown<esxvi::invalid_argument>([&] { session.fetch("GET", target, sink); });
    check_context_and_advice(e, "GET", "https://esx.example");
  }
  CHECK(session.requests() == so_far);
  // This one is a path.
  server.script->expect("GET").reply(200, "content");
  session.fetch("GET", "//evil.example/x", sink);
  CHECK(server.script->requests().back().url == "https://esx.example//evil.example/x");
}
