// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Methods of the API: results, faults, limits.
#include "session/server.hpp"

#include <esxvi/session/content.hpp>
#include <esxvi/types/RuntimeFault.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/fault/InvalidState.hpp>

#include <chrono>
#include <stop_token>
#include <thread>

namespace vim = esxvi::types;
using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {

vim::CurrentTime const ask{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")};
std::string const time_reply =
    response("CurrentTime", "<returnval>2026-01-02T03:04:05Z</returnval>");

/// Notes the limits with which it is called.
struct Noting {
  std::shared_ptr<esxvi::ScriptedTransport> script;
  std::shared_ptr<esxvi::http::CallContext> last;
  esxvi::http::Response send(esxvi::http::Request const& request, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) {
    *last = context;
    return script->send(request, sink, context);
  }
};

}  // namespace

TEST_CASE("a call gives the typed result, and counts as one request") {
  Server const server;
  esxvi::Session session = server.open();
  server.script->expect("CurrentTime").reply(200, time_reply);
  CHECK(session.call(ask) == *esxvi::DateTime::parse("2026-01-02T03:04:05Z"));
  CHECK(session.requests() == 3);
}

TEST_CASE("a reply may come in pieces of one byte") {
  Server const server;
  esxvi::Session session = server.open();
  server.script->expect("CurrentTime").reply(200, "\xEF\xBB\xBF" + time_reply).pieces(1);
  CHECK(session.call(ask) == *esxvi::DateTime::parse("2026-01-02T03:04:05Z"));
}

TEST_CASE("the server's fault is an object: as<T>() gives the one it is, and its bases") {
  Server const server;
  esxvi::Session session = server.open();
  server.script->expect("CurrentTime")
      .reply(500, fault_reply("InvalidPowerState", "Not in this state.",
                              "<requestedState>poweredOn</requestedState>"
                              "<existingState>poweredOff</existingState>"));
  auto const e = thrown<esxvi::fault>([&] { session.call(ask); });
  CHECK(e.code() == esxvi::errc::server_fault);
  CHECK(e.delivered() == esxvi::delivery::answered);
  CHECK(e.type_name() == "InvalidPowerState");
  CHECK(e.server_message() == "Not in this state.");
  CHECK(e.server_code() == "ServerFaultCode");
  REQUIRE(e.as<vim::InvalidState>() != nullptr);
  REQUIRE(e.as<vim::InvalidPowerState>() != nullptr);
  CHECK(e.as<vim::InvalidPowerState>()->existingState == vim::VirtualMachinePowerState::poweredOff);
  CHECK(e.as<vim::RuntimeFault>() == nullptr);
  check_context(e, "CurrentTime", "ServiceInstance ServiceInstance at " + service_url);
  CHECK(has(e.what(), "InvalidPowerState: Not in this state."));
}

TEST_CASE("a fault of a type that nobody knows keeps its name and is its nearest known base") {
  Server const server;
  esxvi::Session session = server.open();
  server.script->expect("CurrentTime").reply(500, fault_reply("FaultOfTheFuture"));
  auto const e = thrown<esxvi::fault>([&] { session.call(ask); });
  CHECK(e.type_name() == "FaultOfTheFuture");
  CHECK(e.as<vim::MethodFault>() != nullptr);
  CHECK(e.as<vim::InvalidState>() == nullptr);
}

TEST_CASE("a fault without a detail still has its message") {
  Server const server;
  esxvi::Session session = server.open();
  server.script->expect("CurrentTime")
      .reply(500, envelope("<soapenv:Fault><faultcode>ServerFaultCode</faultcode>"
                           "<faultstring>no more</faultstring></soapenv:Fault>"));
  auto const e = thrown<esxvi::fault>([&] { session.call(ask); });
  CHECK(e.type_name().empty());
  CHECK(has(e.what(), "no more"));
}

TEST_CASE("a session that ended is not_authenticated") {
  Server const server;
  esxvi::Session session = server.open();
  server.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  auto const e = thrown<esxvi::not_authenticated>([&] { session.call(ask); });
  CHECK(e.code() == esxvi::errc::not_authenticated);
  check_context_and_advice(e, "CurrentTime", service_url);
}

TEST_CASE("content() is asked once a session, and again only when that failed") {
  Server const server;
  esxvi::Session session = server.open();
  server.script->expect("RetrieveServiceContent").reply(503, "");
  server.script->expect("RetrieveServiceContent").reply(200, content_reply());
  CHECK_THROWS_AS(static_cast<void>(session.content()), esxvi::unavailable);
  auto const& content = session.content();
  CHECK(content.rootFolder.value() == "ha-folder-root");
  CHECK(&session.content() == &content);
  CHECK(session.requests() == 4);
}

TEST_CASE("the limits of a call reach the transport") {
  Server const server;
  auto const last = std::make_shared<esxvi::http::CallContext>();
  esxvi::Session session(Noting{server.script, last}, service_url, {"root", password});
  server.script->when("CurrentTime").reply(200, time_reply);
  session.call(ask);
  CHECK(last->operation == "CurrentTime");
  CHECK(last->total == 0ms);
  CHECK(last->patience == 0ms);
  std::stop_source source;
  session.call(ask, {.stop = source.get_token(), .deadline = 7s, .patience = 3s});
  CHECK(last->total == 7s);
  CHECK(last->patience == 3s);
  CHECK(last->stop == source.get_token());
}

TEST_CASE("a call ends by its deadline and by its stop token, and the session goes on") {
  Server const server;
  esxvi::Session session = server.open();
  server.script->expect("CurrentTime").silent();
  server.script->expect("CurrentTime").reply(200, time_reply);
  auto const late = thrown<esxvi::timeout>([&] { session.call(ask, {.deadline = 300ms}); });
  CHECK(late.delivered() == esxvi::delivery::unknown);
  std::stop_source source;
  source.request_stop();
  auto const stopped =
      thrown<esxvi::cancelled>([&] { session.call(ask, {.stop = source.get_token()}); });
  CHECK(stopped.delivered() == esxvi::delivery::not_sent);
  CHECK_NOTHROW(session.call(ask));
}

TEST_CASE("content() has the limits of its caller, also while another thread asks") {
  Server const server;
  esxvi::Session session = server.open();
  server.script->expect("RetrieveServiceContent").silent();
  server.script->expect("RetrieveServiceContent").reply(200, content_reply());
  std::stop_source first;
  std::jthread const other([&] {
    auto const e = thrown<esxvi::cancelled>(
        [&] { static_cast<void>(session.content({.stop = first.get_token()})); });
    CHECK(e.operation() == "RetrieveServiceContent");
  });
  while (session.requests() < 3) std::this_thread::yield();
  auto const late =
      thrown<esxvi::timeout>([&] { static_cast<void>(session.content({.deadline = 10ms})); });
  CHECK(late.problem() == "another thread asks for it, and has no answer yet");
  std::stop_source second;
  second.request_stop();
  static_cast<void>(thrown<esxvi::cancelled>(
      [&] { static_cast<void>(session.content({.stop = second.get_token()})); }));
  first.request_stop();
  CHECK(session.content().rootFolder.value() == "ha-folder-root");
  CHECK(session.requests() == 4);
}

TEST_CASE("what XML cannot carry is refused before it is sent, by a message that says where") {
  Server const server;
  esxvi::Session session = server.open();
  vim::UpdateServiceMessage const request{.self = esxvi::Ref<vim::SessionManager>("m"),
                                          .message = "bell \a"};
  auto const e = thrown<esxvi::invalid_argument>([&] { session.call(request); });
  check_context_and_advice(e, "UpdateServiceMessage", "SessionManager m at " + service_url);
  CHECK(e.delivered() == esxvi::delivery::not_sent);
  CHECK(session.requests() == 2);
}

TEST_CASE("attempt() turns errors of the library, and only those, into values") {
  Server const server;
  esxvi::Session session = server.open();
  server.script->expect("CurrentTime").reply(404, "");
  server.script->expect("CurrentTime").reply(200, time_reply);
  auto const refused = esxvi::attempt([&] { return session.call(ask); });
  REQUIRE(refused.has_error());
  CHECK_THROWS_AS(std::rethrow_exception(refused.error()), esxvi::wrong_path);
  CHECK(esxvi::attempt([&] { return session.call(ask); }).has_value());
  CHECK_THROWS_AS(static_cast<void>(esxvi::attempt([] { throw std::logic_error("mine"); })),
                  std::logic_error);
}
