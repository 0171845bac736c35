// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// CurlTransport when the server is slow or silent: limits, patience, cancellation.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>

#include "transport/curl_fixture.hpp"

using namespace test;
using namespace std::chrono_literals;

namespace {

/// What the path says. Requests to "/" are answered at once.
void slow(HttpRequest& request, HttpConnection& connection) {
  if (request.target == "/silent") {
    connection.wait_for_close();
  } else if (request.target == "/late") {
    std::this_thread::sleep_for(300ms);
    connection.reply(200, "late");
  } else if (request.target == "/stops") {
    connection.head(200, {"Content-Length: 100"});
    connection.send("only this");
    connection.wait_for_close();
  } else if (request.target == "/drips") {
    connection.head(200, {"Transfer-Encoding: chunked"});
    for (int i = 0; i < 12; ++i) {
      std::this_thread::sleep_for(80ms);
      if (!connection.chunk("x")) return connection.close();
    }
    connection.last_chunk();
  } else {
    connection.reply(200, "ok");
  }
}

struct Slow {
  HttpServer server{slow};
  CurlTransport curl;
  Stopwatch watch{};
  explicit Slow(CurlOptions options = {}) : curl(direct(std::move(options))) {}
  ~Slow() {
    CHECK(get(curl, server.url("/"), {.total = 1min, .patience = 1min}) == "ok");
  }  // nothing is left behind
};

}  // namespace

TEST_CASE("curl limits: the whole exchange") {
  SUBCASE("of the call") {
    Slow test;
    auto const e = thrown<esxvi::timeout>(
        [&] { post(test.curl, test.server.url("/silent"), "<a/>", {.total = 500ms}); });
    CHECK(e.delivered() == delivery::unknown);
    CHECK(test.watch.elapsed() >= 500ms);
    CHECK(test.watch.elapsed() < 30s);
  }
  SUBCASE("of the transport") {
    Slow test{{.total_timeout = 150ms}};
    thrown<esxvi::timeout>([&] { get(test.curl, test.server.url("/silent")); });
    CHECK(test.watch.elapsed() < 30s);
  }
  SUBCASE("none") {
    constexpr auto forever = std::chrono::milliseconds::max();
    Slow test{{.total_timeout = forever, .low_speed_time = forever}};
    CHECK(get(test.curl, test.server.url("/late")) == "late");
    CHECK(get(test.curl, test.server.url("/late"), {.total = forever, .patience = forever}) ==
          "late");
  }
  SUBCASE("the call overrides the transport") {
    Slow test{{.total_timeout = 150ms}};
    CHECK(get(test.curl, test.server.url("/late"), {.total = 1min}) == "late");
  }
  SUBCASE("in the middle of a body") {
    Slow test;
    Collect sink;
    auto const e = thrown<esxvi::timeout>([&] {
      test.curl.send({.method = "GET", .url = test.server.url("/stops")}, sink,
                     {.operation = "Download", .total = 500ms});
    });
    CHECK(sink.body == "only this");
    CHECK(std::string{e.what()}.starts_with("Download on http://127.0.0.1:"));
  }
}

TEST_CASE("curl limits: low speed") {
  SUBCASE("silence before the reply") {
    Slow test{{.low_speed_time = 500ms}};
    auto const e = thrown<esxvi::timeout>([&] { get(test.curl, test.server.url("/silent")); });
    CHECK(e.delivered() == delivery::unknown);
    CHECK(std::string{e.what()}.find("500 ms") != std::string::npos);
    CHECK(test.watch.elapsed() >= 500ms);
    CHECK(test.watch.elapsed() < 30s);
  }
  SUBCASE("silence within the reply") {
    Slow test{{.low_speed_time = 150ms}};
    thrown<esxvi::timeout>([&] { get(test.curl, test.server.url("/stops")); });
  }
  SUBCASE("too slow") {
    Slow test{{.low_speed_time = 300ms, .low_speed_limit = 1'000'000}};
    thrown<esxvi::timeout>([&] { get(test.curl, test.server.url("/drips")); });
  }
  SUBCASE("slow but not too slow") {
    Slow test{{.low_speed_time = 800ms}};
    CHECK(get(test.curl, test.server.url("/drips")) == std::string(12, 'x'));
    CHECK(test.watch.elapsed() >= 960ms);
  }
  SUBCASE("no limit") {
    Slow test{{.low_speed_time = 0ms}};
    CHECK(get(test.curl, test.server.url("/late")) == "late");
  }
}

TEST_CASE("curl limits: a slow sink is not the fault of the server") {
  std::atomic<bool> slept = false;
  HttpServer server{[&](HttpRequest&, HttpConnection& connection) {
    connection.head(200, {"Transfer-Encoding: chunked"});
    std::this_thread::sleep_for(50ms);  // the window of the reply has begun
    connection.chunk("1");
    while (!slept) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(100ms);
    connection.chunk(std::string(1000, '2'));
    connection.last_chunk();
  }};
  CurlTransport curl{direct({.low_speed_time = 700ms, .low_speed_limit = 1000})};
  Collect sink;
  sink.on_write = [&](auto) {
    if (sink.body != "1") return;
    std::this_thread::sleep_for(900ms);
    slept = true;
  };
  CHECK_NOTHROW(curl.send({.method = "GET", .url = server.url("/")}, sink, {}));
  slept = true;
  CHECK(sink.body.size() == 1001);
}

TEST_CASE("curl limits: patience outlasts the low-speed limit, but only until the reply begins") {
  Slow test{{.low_speed_time = 150ms}};
  CHECK(get(test.curl, test.server.url("/late"), {.patience = 30s}) == "late");
  Stopwatch watch;
  thrown<esxvi::timeout>([&] { get(test.curl, test.server.url("/silent")); });
  thrown<esxvi::timeout>([&] { get(test.curl, test.server.url("/stops"), {.patience = 30s}); });
  CHECK(watch.elapsed() < 20s);
  Stopwatch again;
  auto const e = thrown<esxvi::timeout>(
      [&] { get(test.curl, test.server.url("/silent"), {.patience = 200ms}); });
  CHECK(std::string{e.what()}.find("200 ms") != std::string::npos);
  CHECK(again.elapsed() >= 200ms);
}

TEST_CASE("curl limits: a stop token ends a call at once") {
  std::stop_source stop;
  auto const after = [&](std::chrono::milliseconds time) {
    return std::jthread{[&stop, time] {
      std::this_thread::sleep_for(time);
      stop.request_stop();
    }};
  };
  SUBCASE("while the server is silent") {
    Slow test;
    // After the timers that libcurl sets for the beginning of a transfer.
    auto const thread = after(400ms);
    auto const e = thrown<esxvi::cancelled>([&] {
      post(test.curl, test.server.url("/silent"), "<a/>",
           {.operation = "Wait", .stop = stop.get_token()});
    });
    CHECK(e.delivered() == delivery::unknown);
    CHECK(e.operation() == "Wait");
    CHECK(test.watch.elapsed() < 30s);
  }
  SUBCASE("in the middle of a reply") {
    Slow test;
    auto const thread = after(50ms);
    thrown<esxvi::cancelled>(
        [&] { get(test.curl, test.server.url("/stops"), {.stop = stop.get_token()}); });
    CHECK(test.watch.elapsed() < 30s);
  }
  SUBCASE("from within the sink") {
    HttpServer server{[](HttpRequest&, HttpConnection& connection) {
      connection.reply(200, std::string(1'000'000, 'x'));
    }};
    CurlTransport curl{direct()};
    Collect sink;
    sink.on_write = [&](auto) { stop.request_stop(); };
    thrown<esxvi::cancelled>([&] {
      curl.send({.method = "GET", .url = server.url("/")}, sink, {.stop = stop.get_token()});
    });
    CHECK(sink.pieces.size() == 1);
  }
  SUBCASE("before it began") {
    Slow test;
    stop.request_stop();
    auto const e = thrown<esxvi::cancelled>(
        [&] { get(test.curl, test.server.url("/"), {.stop = stop.get_token()}); });
    CHECK(e.delivered() == delivery::not_sent);
    CHECK(test.server.requests() == 0);
  }
  SUBCASE("after it ended it does nothing") {
    Slow test;
    CHECK(get(test.curl, test.server.url("/"), {.stop = stop.get_token()}) == "ok");
    stop.request_stop();
  }
  SUBCASE("while the TLS handshake hangs") {
    // A server that accepts and never answers the handshake.
    HttpServer plain{[](HttpRequest&, HttpConnection&) {}};
    CurlTransport curl{direct()};
    auto const thread = after(50ms);
    auto url = plain.url("/");
    url.insert(4, "s");
    auto const e = thrown<esxvi::cancelled>([&] { get(curl, url, {.stop = stop.get_token()}); });
    CHECK(e.delivered() == delivery::not_sent);
  }
}

TEST_CASE("curl limits: connecting") {
  HttpServer plain{[](HttpRequest&, HttpConnection&) {}};
  CurlTransport curl{direct({.connect_timeout = 150ms})};
  auto url = plain.url("/");
  url.insert(4, "s");
  Stopwatch watch;
  auto const e = thrown<esxvi::timeout>([&] { post(curl, url, "<a/>"); });
  CHECK(e.delivered() == delivery::not_sent);
  CHECK(watch.elapsed() >= 150ms);
  CHECK(watch.elapsed() < 10s);
}
