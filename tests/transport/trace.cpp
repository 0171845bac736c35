// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <esxvi/transport/scripted.hpp>
#include <esxvi/transport/trace.hpp>
#include <esxvi/transport/trace_environment.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "transport/collect.hpp"

using esxvi::any_transport;
using esxvi::ScriptedTransport;
using esxvi::Trace;
using esxvi::TraceEvent;
using esxvi::TraceLog;
using esxvi::TraceOptions;
using test::Collect;
using test::Source;
using Kind = TraceEvent::Kind;

namespace {

esxvi::http::Request const login{
    .url = "https://root:5ecret@esx.example/sdk?token=5ecret",
    .headers = {{"Content-Type", "text/xml"}, {"Cookie", "vmware_soap_session=\"5ecret\""}},
    .body = "<Login>\n<password>5ecret</password></Login>"};
std::string const reply = "<LoginResponse><returnval><key>5ecret</key></returnval></LoginResponse>";

/// An event with its own copies.
struct Seen {
  TraceEvent event;
  std::string operation, method, url, body, problem;
  std::vector<esxvi::http::header> headers;
  explicit Seen(TraceEvent const& e)
      : event(e),
        operation(e.operation),
        method(e.method),
        url(e.url),
        body(e.body),
        problem(e.problem) {
    if (e.headers != nullptr) headers = *e.headers;
  }
};

struct Tracer {
  std::shared_ptr<ScriptedTransport> script = std::make_shared<ScriptedTransport>();
  std::vector<Seen> events{};
  any_transport transport;
  explicit Tracer(TraceOptions options = {})
      : transport(Trace{any_transport{script},
                        [this](TraceEvent const& e) { events.emplace_back(e); }, options}) {}
  std::vector<Kind> kinds() const {
    std::vector<Kind> out;
    out.reserve(events.size());
    for (auto const& e : events) out.push_back(e.event.kind);
    return out;
  }
};

}  // namespace

TEST_CASE("trace: the events of an exchange") {
  Tracer tracer{{.bodies = true}};
  tracer.script->when("Login").reply(200, reply, {{"Set-Cookie", "a=5ecret; Path=/"}}).pieces(3);
  Collect sink;
  CHECK(tracer.transport.send(login, sink, {.operation = "Login"}).status == 200);
  CHECK(sink.body == reply);
  CHECK(tracer.script->requests()[0].body == login.body);
  REQUIRE(tracer.kinds() == std::vector{Kind::sent, Kind::answered, Kind::finished});
  auto const& [sent, answered, finished] =
      std::tie(tracer.events[0], tracer.events[1], tracer.events[2]);
  CHECK(sent.event.exchange == 1);
  CHECK(sent.operation == "Login");
  CHECK(sent.method == "POST");
  CHECK(sent.url == "https://esx.example/sdk?token=[redacted]");
  CHECK(sent.body == "<Login>\n<password>[redacted]</password></Login>");
  CHECK(sent.event.request_bytes == login.body.size());
  CHECK(sent.headers[1].value == "vmware_soap_session=[redacted]");
  CHECK(answered.event.status == 200);
  CHECK(answered.headers[0].value == "a=[redacted]; Path=/");
  CHECK(answered.body.empty());
  CHECK(finished.body ==
        "<LoginResponse><returnval><key>[redacted]</key></returnval></LoginResponse>");
  CHECK_FALSE(finished.event.cut);
  CHECK(finished.event.request_bytes == login.body.size());
  CHECK(finished.event.response_bytes == reply.size());
  CHECK(finished.headers.empty());

  Collect again;
  tracer.transport.send(login, again, {.operation = "Login"});
  CHECK(tracer.events.back().event.exchange == 2);
}

TEST_CASE("trace: bodies are left out or cut as told") {
  Collect sink;
  SUBCASE("none") {
    Tracer tracer;
    tracer.script->when("Login").reply(200, reply);
    tracer.transport.send(login, sink, {.operation = "Login"});
    for (auto const& e : tracer.events) {
      CHECK(e.body.empty());
      CHECK_FALSE(e.event.cut);
    }
    CHECK(tracer.events.back().event.response_bytes == reply.size());
  }
  SUBCASE("cut") {
    Tracer tracer{{.bodies = true, .body_limit = 10}};
    tracer.script->when("Login").reply(200, std::string(50'000, 'x')).pieces(7);
    tracer.transport.send(login, sink, {.operation = "Login"});
    CHECK(tracer.events[0].body == login.body.substr(0, 10));
    CHECK(tracer.events[0].event.cut);
    CHECK(tracer.events[2].body == std::string(10, 'x'));
    CHECK(tracer.events[2].event.cut);
    CHECK(tracer.events[2].event.response_bytes == 50'000);
  }
  SUBCASE("streamed requests show their size") {
    Tracer tracer{{.bodies = true}};
    tracer.script->when("Put").reply(201, "");
    Source source{std::string(5000, 'u'), -1};
    tracer.transport.send({.method = "PUT", .url = "https://h/x", .source = &source}, sink,
                          {.operation = "Put"});
    CHECK(tracer.events[0].event.request_bytes == 0);
    CHECK(tracer.events[2].event.request_bytes == 5000);
  }
}

TEST_CASE("trace: failures") {
  Tracer tracer{{.bodies = true}};
  tracer.script->when("Lost").reply(200, "<a>bcd").cut_after(4);
  tracer.script->when("Mine").reply(200, "<a/>");
  Collect sink;
  CHECK_THROWS_AS(tracer.transport.send(login, sink, {.operation = "Lost"}),
                  esxvi::connection_lost);
  REQUIRE(tracer.kinds() == std::vector{Kind::sent, Kind::answered, Kind::failed});
  CHECK(tracer.events[2].body == "<a>b");
  CHECK(tracer.events[2].problem.find("closed before the reply was complete") != std::string::npos);
  CHECK(tracer.events[2].problem.find("5ecret") == std::string::npos);
  sink.on_write = [](auto) { throw std::runtime_error{"5ecret"}; };
  CHECK_THROWS_AS(tracer.transport.send(login, sink, {.operation = "Mine"}), std::runtime_error);
  CHECK(tracer.events.back().event.kind == Kind::failed);
  CHECK(tracer.events.back().problem.find("threw an exception") != std::string::npos);
}

TEST_CASE("trace: the log") {
  std::ostringstream out;
  auto script = std::make_shared<ScriptedTransport>();
  script->when("Login").reply(200, reply + "\nend", {{"Content-Type", "text/xml"}});
  script->when("Get").reply(200, std::string("a\0b", 3));
  script->when("Lost").throws(esxvi::connection_lost{{.operation = "Lost", .problem = "gone"}});
  any_transport const transport{
      Trace{any_transport{script}, TraceLog{out}, {.bodies = true, .body_limit = 80}}};
  Collect sink;
  transport.send(login, sink, {.operation = "Login"});
  transport.send({.method = "GET", .url = "https://h/x"}, sink, {.operation = "Get"});
  CHECK_THROWS(transport.send(login, sink, {.operation = "Lost"}));
  std::string text = out.str();
  for (std::size_t at = 0; (at = text.find(" ms", at)) != text.npos; at += 3) {  // times differ
    auto const from = text.find_last_of(' ', at - 1);
    text.replace(from + 1, at - from - 1, "0");
    at = from + 2;
  }
  CHECK(text ==
        "[1] > POST https://esx.example/sdk?token=[redacted] (Login)\n"
        "[1] > Content-Type: text/xml\n"
        "[1] > Cookie: vmware_soap_session=[redacted]\n"
        "[1] > <Login>\n"
        "[1] > <password>[redacted]</password></Login>\n"
        "[1] < 200 after 0 ms\n"
        "[1] < Content-Type: text/xml\n"
        "[1] < <LoginResponse><returnval><key>[redacted]</key></returnval></LoginResponse>\n"
        "[1] < end\n"
        "[1] = 43 bytes sent, 75 received in 0 ms\n"
        "[2] > GET https://h/x (Get)\n"
        "[2] < 200 after 0 ms\n"
        "[2] < Content-Type: text/xml; charset=utf-8\n"
        "[2] < (not text)\n"
        "[2] = 0 bytes sent, 3 received in 0 ms\n"
        "[3] > POST https://esx.example/sdk?token=[redacted] (Lost)\n"
        "[3] > Content-Type: text/xml\n"
        "[3] > Cookie: vmware_soap_session=[redacted]\n"
        "[3] > <Login>\n"
        "[3] > <password>[redacted]</password></Login>\n"
        "[3] ! Lost: gone (after 0 ms)\n");
}

TEST_CASE("trace: the log says when a body goes on") {
  std::ostringstream out;
  auto script = std::make_shared<ScriptedTransport>();
  script->when("Get").reply(200, std::string(1000, 'x'));
  any_transport const transport{
      Trace{any_transport{script}, TraceLog{out}, {.bodies = true, .body_limit = 5}}};
  Collect sink;
  transport.send({.method = "GET", .url = "https://h/x"}, sink, {.operation = "Get"});
  CHECK(out.str().find("[1] < xxxxx\n[1] < ... of 1000 bytes\n") != std::string::npos);
}

TEST_CASE("trace: lines of one event stay together when threads send at once") {
  std::ostringstream out;
  auto script = std::make_shared<ScriptedTransport>();
  script->when("Get").reply(200, "1\n2\n3\n4\n");
  any_transport const transport{Trace{any_transport{script}, TraceLog{out}, {.bodies = true}}};
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 25; ++n) {
          Collect sink;
          transport.send({.method = "GET", .url = "https://h/x"}, sink, {.operation = "Get"});
        }
      });
    }
  }
  auto const text = out.str();
  for (int i = 1; i <= 100; ++i) {
    auto const mark = "[" + std::to_string(i) + "] ";
    std::string expected;
    for (auto const* line : {"< 1\n", "< 2\n", "< 3\n", "< 4\n", "= 0 bytes sent, 8 received"})
      expected += mark + line;
    CHECK((text.find(expected) != text.npos));
  }
}

TEST_CASE("trace: the level of the environment") {
  auto const told = [](char const* level) {
    auto const script = std::make_shared<ScriptedTransport>();
    script->when("Login").reply(200, reply);
    std::ostringstream out;
    auto const traced = esxvi::traced(any_transport{script}, level, out);
    CHECK_FALSE(traced.is_async());
    Collect sink;
    traced.send(login, sink, {.operation = "Login"});
    CHECK(sink.body == reply);
    CHECK(out.str().find("5ecret") == std::string::npos);
    return out.str();
  };
  CHECK(told("").empty());
  auto const headers = told("headers");
  CHECK(headers.find("Content-Type: text/xml") != headers.npos);
  CHECK(headers.find("<Login>") == headers.npos);
  auto const bodies = told("bodies");
  CHECK(bodies.find("Content-Type: text/xml") != bodies.npos);
  CHECK(bodies.find("<Login>") != bodies.npos);
  CHECK(bodies.find("<LoginResponse>") != bodies.npos);
  CHECK_THROWS_AS(told("everything"), esxvi::invalid_argument);
}

namespace {

/// Completes what was started when the test says so.
struct Later {
  struct state {
    esxvi::http::Request request{};
    esxvi::http::BodySink* sink = nullptr;
    esxvi::http::Completion done{};
  };
  std::shared_ptr<state> self = std::make_shared<state>();

  esxvi::http::Response send(esxvi::http::Request const&, esxvi::http::BodySink&,
                             esxvi::http::CallContext const&) {
    return {};
  }
  void start(esxvi::http::Request const& request, esxvi::http::BodySink& sink,
             esxvi::http::CallContext const&, esxvi::http::Completion done) {
    *self = {request, &sink, std::move(done)};
  }
  void later(std::chrono::milliseconds, std::stop_token, std::function<void()> act) { act(); }
};

}  // namespace

TEST_CASE("trace: what was started is traced until it is complete") {
  Later inner;
  auto const state = inner.self;
  std::ostringstream out;
  auto const traced = esxvi::traced(any_transport{inner}, "bodies", out);
  CHECK(traced.is_async());
  Collect sink;
  std::exception_ptr failure;
  auto completions = 0;
  traced.start(login, sink, {.operation = "Login"},
               [&](std::exception_ptr why, esxvi::http::Response) {
                 ++completions;
                 failure = std::move(why);
               });
  CHECK(out.str().starts_with("[1] > POST https://"));
  state->sink->begin({.status = 200});
  state->sink->write(reply);
  CHECK(completions == 0);
  SUBCASE("well") {
    std::exchange(state->done, {})(nullptr, {.status = 200});
    CHECK_FALSE(failure);
    CHECK(out.str().find("[1] = ") != std::string::npos);
  }
  SUBCASE("with an error") {
    std::exchange(state->done, {})(
        std::make_exception_ptr(esxvi::connection_lost({.problem = "the line is cut"})), {});
    CHECK(failure);
    CHECK(out.str().find("[1] ! the line is cut") != std::string::npos);
  }
  CHECK(completions == 1);
  CHECK(sink.body == reply);
  CHECK(out.str().find("5ecret") == std::string::npos);
  auto called = false;
  traced.later({}, {}, [&] { called = true; });
  CHECK(called);
}
