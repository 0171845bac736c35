// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// CurlTransport when the way to the server breaks, and what it says about it.
#include <doctest/doctest.h>

#include <atomic>
#include <string>

#include "support/unreachable.hpp"
#include "transport/curl_fixture.hpp"

using namespace test;
using esxvi::test::no_such_host;
using esxvi::test::TakenPort;

namespace {
std::string what_of(std::exception const& e) { return e.what(); }
std::string large() {
  std::string out;
  out.resize(20'000'000, 'u');
  return out;
}
bool says(std::exception const& e, std::string_view text) {
  return what_of(e).find(text) != std::string::npos;
}
}  // namespace

TEST_CASE("curl broken: nobody there") {
  TakenPort const silent;
  auto const url = "http://" + silent.authority() + "/sdk?secret=5ecret";
  CurlTransport curl{direct()};
  auto const e =
      thrown<esxvi::connection_refused>([&] { post(curl, url, "<a/>", {.operation = "Login"}); });
  CHECK(e.delivered() == delivery::not_sent);
  CHECK(what_of(e).starts_with("Login on http://127.0.0.1:"));
  CHECK(says(e, "is the host up"));
  CHECK_FALSE(says(e, "5ecret"));
}

TEST_CASE("curl broken: no such host") {
  CurlTransport curl{direct()};
  auto const e =
      thrown<esxvi::host_not_found>([&] { get(curl, "https://" + no_such_host + "/sdk"); });
  CHECK(e.delivered() == delivery::not_sent);
  CHECK(says(e, no_such_host));
}

TEST_CASE("curl broken: proxies") {
  std::atomic<int> status = 403;
  HttpServer proxy{[&](HttpRequest& request, HttpConnection& connection) {
    connection.reply(status, request.method + " " + request.target, {"X-Proxy: 1"});
  }};
  auto const address = proxy.url("");
  SUBCASE("one that refuses to connect") {
    CurlTransport curl{{.proxy = address, .no_proxy = "none"}};
    Collect sink;
    auto const e = thrown<esxvi::connection_refused>(
        [&] { curl.send({.url = "https://esx.example/sdk", .body = "<a/>"}, sink, {}); });
    CHECK(sink.begins == 0);
    CHECK(e.delivered() == delivery::not_sent);
    CHECK(says(e, "403"));
    CHECK(says(e, "the proxy refused"));
  }
  SUBCASE("one that answers itself") {
    status = 200;
    CurlTransport curl{{.proxy = address, .no_proxy = "none"}};
    CHECK(get(curl, "http://esx.example/x") == "GET http://esx.example/x");
  }
  SUBCASE("none where no_proxy says so") {
    CurlTransport curl{{.proxy = address, .no_proxy = "127.0.0.1"}};
    HttpServer server{
        [](HttpRequest&, HttpConnection& connection) { connection.reply(200, "direct"); }};
    CHECK(get(curl, server.url("/x")) == "direct");
  }
  SUBCASE("one that is not there") {
    CurlTransport curl{{.proxy = "http://" + no_such_host + ":3128", .no_proxy = "none"}};
    auto const e = thrown<esxvi::host_not_found>([&] { get(curl, "http://esx.example/x"); });
    CHECK(says(e, "proxy"));
  }
}

TEST_CASE("curl broken: replies that are cut") {
  HttpServer server{[](HttpRequest& request, HttpConnection& connection) {
    auto const& path = request.target;
    if (path == "/nothing") {
    } else if (path == "/reset") {
      return connection.reset();
    } else if (path == "/status") {
      connection.send("HTTP/1.1 20");
    } else if (path == "/head") {
      connection.send("HTTP/1.1 200 OK\r\nContent-Le");
    } else if (path == "/short") {
      connection.head(200, {"Content-Length: 100"});
      connection.send("not all of it");
    } else if (path == "/chunk") {
      connection.head(200, {"Transfer-Encoding: chunked"});
      connection.chunk("whole");
      connection.send("10\r\npart");
    } else if (path == "/no-last-chunk") {
      connection.head(200, {"Transfer-Encoding: chunked"});
      connection.chunk("whole");
    } else {
      connection.send("\x15\x03\x01 this is no HTTP\r\n\r\n");
    }
    connection.close();
  }};
  CurlTransport curl{direct()};
  Collect sink;
  auto const lost = [&](std::string path) {
    CAPTURE(path);
    auto const e = thrown<esxvi::connection_lost>([&] {
      curl.send({.url = server.url(path), .body = "<a/>"}, sink, {.operation = "PowerOnVM_Task"});
    });
    CHECK(e.delivered() == delivery::unknown);
    CHECK(says(e, "look whether the call took effect"));
  };
  SUBCASE("no byte") {
    lost("/nothing");
    CHECK(sink.begins == 0);
    CHECK(server.requests() == 1);
  }
  SUBCASE("a reset") {
    lost("/reset");
    CHECK(server.requests() == 1);
  }
  SUBCASE("the body") {
    lost("/short");
    CHECK(sink.begins == 1);
    CHECK(sink.body == "not all of it");
  }
  SUBCASE("a chunk") {
    lost("/chunk");
    CHECK(sink.body == "wholepart");
  }
  SUBCASE("the last chunk") {
    lost("/no-last-chunk");
    CHECK(sink.body == "whole");
  }
  SUBCASE("the status line or the head") {
    for (auto const* path : {"/status", "/head"}) {
      auto const e = thrown<esxvi::connection_lost>([&] { post(curl, server.url(path), "<a/>"); });
      CHECK(e.delivered() == delivery::unknown);
    }
  }
  SUBCASE("no HTTP at all") {
    auto const e = thrown<esxvi::transport_failed>([&] { post(curl, server.url("/tls"), "<a/>"); });
    CHECK(e.delivered() == delivery::unknown);
    CHECK(says(e, "does the server speak HTTP"));
  }
}

TEST_CASE("curl broken: a connection that the server closed while it was idle is replaced") {
  HttpServer server{[](HttpRequest& request, HttpConnection& connection) {
    connection.reply(200, std::to_string(request.connection));
    connection.close();  // without having said so
  }};
  CurlTransport curl{direct()};
  for (int i = 1; i <= 3; ++i) {
    CHECK(post(curl, server.url("/"), "<a/>") == std::to_string(i));
    while (server.closed() < static_cast<std::size_t>(i)) std::this_thread::yield();
  }
  CHECK(server.requests() == 3);
}

TEST_CASE("curl broken: what is sent again when a used connection breaks without an answer") {
  std::atomic<int> taken = 0;  // the second request goes unanswered
  HttpServer server{[&](HttpRequest& request, HttpConnection& connection) {
    if (request.number != 2) {
      connection.reply(200, request.body);
    } else {
      ++taken;
      connection.close();
    }
  }};
  CurlTransport curl{direct()};
  post(curl, server.url("/"), "first");
  Collect sink;
  SUBCASE("GET is") {
    get(curl, server.url("/"));
    CHECK(taken == 1);
    CHECK(server.requests() == 3);
  }
  SUBCASE("PUT is, with its whole body") {
    CHECK(
        curl.send({.method = "PUT", .url = server.url("/"), .body = "content"}, sink, {}).status ==
        200);
    CHECK(taken == 1);
    CHECK(sink.body == "content");
  }
  SUBCASE("PUT from a source is, when it can rewind") {
    Source source{"content", 7};
    curl.send({.method = "PUT", .url = server.url("/"), .source = &source}, sink, {});
    CHECK(source.rewinds == 1);
    CHECK(sink.body == "content");
  }
  SUBCASE("POST is not: the server may have executed it") {
    auto const e =
        thrown<esxvi::connection_lost>([&] { post(curl, server.url("/"), "PowerOnVM_Task"); });
    CHECK(e.delivered() == delivery::unknown);
    CHECK(says(e, "cannot be repeated safely"));
    CHECK(taken == 1);
    CHECK(server.requests() == 2);
  }
  // And none of it spoils the next call.
  CHECK(post(curl, server.url("/"), "next") == "next");
}

TEST_CASE("curl broken: a server that goes away during an upload") {
  HttpServer server{[](HttpRequest&, HttpConnection& connection) { connection.reset(); },
                    {.lazy_body = true}};
  CurlTransport curl{direct()};
  Source source{large(), 20'000'000};
  source.step = 100'000;
  Collect sink;
  auto const e = thrown<esxvi::connection_lost>(
      [&] { curl.send({.method = "PUT", .url = server.url("/"), .source = &source}, sink, {}); });
  CHECK(e.delivered() == delivery::unknown);
  CHECK(source.at < source.text.size());
}

TEST_CASE("curl broken: a refusal in the middle of an upload arrives") {
  HttpServer server{[](HttpRequest&, HttpConnection& connection) {
                      connection.reply(401, "no", {"Connection: close"});
                      connection.wait_for_close();
                    },
                    {.lazy_body = true}};
  CurlTransport curl{direct()};
  Source source{large(), 20'000'000};
  Collect sink;
  CHECK(curl.send({.method = "PUT", .url = server.url("/"), .source = &source}, sink, {}).status ==
        401);
  CHECK(sink.body == "no");
}
