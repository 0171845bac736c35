// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <esxvi/transport/scripted.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "collect.hpp"

using namespace std::chrono_literals;
using esxvi::ScriptedTransport;
using test::Collect;

static_assert(esxvi::Transport<ScriptedTransport>);

namespace {
esxvi::http::Response send(ScriptedTransport& script, std::string_view operation, Collect& sink,
                           esxvi::http::CallContext context = {}) {
  context.operation = operation;
  return script.send({.url = "https://root:pw@host/sdk?ticket=t0ps", .body = "<x/>"}, sink,
                     context);
}
}  // namespace

TEST_CASE("scripted: replies come in the order of the script") {
  auto script = std::make_shared<ScriptedTransport>();
  script->expect("Login").reply(200, "<a/>");
  script->expect("Logout").reply(500, "<fault/>", {{"Content-Type", "text/plain"}});
  esxvi::any_transport const transport{script};

  Collect first;
  CHECK(transport
            .send({.url = "https://host/sdk", .headers = {{"Cookie", "c"}}, .body = "<in/>"}, first,
                  {.operation = "Login"})
            .status == 200);
  CHECK(first.body == "<a/>");
  CHECK(first.begins == 1);
  CHECK(first.head.status == 200);
  CHECK(first.header("content-type") == "text/xml; charset=utf-8");
  CHECK_FALSE(script->done());
  CHECK_THROWS_AS(script->verify(), esxvi::invalid_argument);

  Collect second;
  CHECK(send(*script, "Logout", second).status == 500);
  CHECK(second.header("content-type") == "text/plain");
  CHECK(second.head.headers.size() == 1);
  CHECK(script->done());
  CHECK_NOTHROW(script->verify());

  auto const sent = script->requests();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].operation == "Login");
  CHECK(sent[0].method == "POST");
  CHECK(sent[0].url == "https://host/sdk");
  CHECK(sent[0].body == "<in/>");
  REQUIRE(sent[0].headers.size() == 1);
  CHECK(sent[0].headers[0].value == "c");
}

TEST_CASE("scripted: an unexpected request names both and is remembered") {
  ScriptedTransport script;
  script.expect("Login");
  Collect sink;
  try {
    send(script, "Logout", sink);
    FAIL("no error");
  } catch (esxvi::invalid_argument const& e) {
    std::string const what = e.what();
    CHECK(what.find("expects Login as step 1, got Logout") != what.npos);
    CHECK(what.find("pw@") == what.npos);
    CHECK(what.find("t0ps") == what.npos);
  }
  send(script, "Login", sink);
  CHECK(script.done());
  CHECK_THROWS_WITH_AS(script.verify(), doctest::Contains("got Logout"), esxvi::invalid_argument);
  CHECK_THROWS_WITH_AS(send(script, "Login", sink), doctest::Contains("no further request"),
                       esxvi::invalid_argument);
}

TEST_CASE("scripted: predicates, repetition, standing answers, computed replies") {
  ScriptedTransport script;
  script.expect("a GET", [](auto const& r) { return r.method == "GET"; }).reply(206, "part");
  script.expect("Poll").times(2).reply(200, "p");
  script.when("Echo").reply(
      [](auto const& r) { return ScriptedTransport::Answer{200, r.body, {}}; });
  auto const poll = [&] {
    Collect sink;
    send(script, "Poll", sink);
    return sink.body;
  };
  Collect get;
  script.send({.method = "GET", .url = "https://host/folder/a.vmx?dcPath=x"}, get, {});
  CHECK(get.body == "part");
  CHECK(script.requests().front().operation == "GET /folder/a.vmx");
  CHECK(poll() == "p");
  Collect echo;
  send(script, "Echo", echo);
  CHECK(echo.body == "<x/>");
  CHECK(poll() == "p");
  CHECK_THROWS_AS(poll(), esxvi::invalid_argument);
}

TEST_CASE("scripted: a body from a source is kept") {
  ScriptedTransport script;
  script.when("Put");
  test::Source source{std::string(10'000, 'z'), -1};
  Collect sink;
  script.send({.method = "PUT", .url = "https://h/x", .source = &source}, sink,
              {.operation = "Put"});
  CHECK(script.requests().front().body == std::string(10'000, 'z'));
}

TEST_CASE("scripted: pieces, cut replies and thrown errors") {
  ScriptedTransport script;
  script.expect("A").reply(200, "abcde").pieces(2);
  script.expect("B").reply(200, "abcde").pieces(1).cut_after(3);
  script.expect("C").throws(esxvi::host_not_found{{.problem = "no such host"}});
  Collect a;
  send(script, "A", a);
  CHECK(a.pieces == std::vector<std::string>{"ab", "cd", "e"});
  Collect b;
  try {
    send(script, "B", b);
    FAIL("no error");
  } catch (esxvi::connection_lost const& e) {
    CHECK(e.delivered() == esxvi::delivery::unknown);
  }
  CHECK(b.pieces == std::vector<std::string>{"a", "b", "c"});
  Collect c;
  CHECK_THROWS_AS(send(script, "C", c), esxvi::host_not_found);
  CHECK(c.begins == 0);
}

TEST_CASE("scripted: exceptions of the sink pass through") {
  ScriptedTransport script;
  script.when("A").reply(200, "abcde");
  Collect sink;
  sink.on_write = [](std::string_view) { throw std::runtime_error{"full"}; };
  CHECK_THROWS_WITH_AS(send(script, "A", sink), "full", std::runtime_error);
}

TEST_CASE("scripted: delays and silence obey the limits of the call") {
  ScriptedTransport script;
  script.when("Slow").delay(20ms);
  script.when("Silent").silent();
  Collect sink;
  auto const start = std::chrono::steady_clock::now();
  send(script, "Slow", sink);
  CHECK(std::chrono::steady_clock::now() - start >= 20ms);
  CHECK_THROWS_AS(send(script, "Slow", sink, {.total = 5ms}), esxvi::timeout);
  CHECK_THROWS_AS(send(script, "Silent", sink, {.total = 1h, .patience = 5ms}), esxvi::timeout);

  std::stop_source stop;
  std::jthread later{[&] {
    std::this_thread::sleep_for(20ms);
    stop.request_stop();
  }};
  CHECK_THROWS_AS(send(script, "Silent", sink, {.stop = stop.get_token()}), esxvi::cancelled);
  try {
    send(script, "Slow", sink, {.stop = stop.get_token()});
    FAIL("no error");
  } catch (esxvi::cancelled const& e) {
    CHECK(e.delivered() == esxvi::delivery::not_sent);
  }
}
