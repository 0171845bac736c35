// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// CurlTransport over TLS: whom it trusts, and HTTP/2.
#include <doctest/doctest.h>

#include <string>

#include "support/http2.hpp"
#include "transport/curl_fixture.hpp"

using namespace test;

namespace {

void echo(HttpRequest& request, HttpConnection& connection) {
  connection.reply(200, request.version + " " + request.body);
}

Certificate const& local() {
  static auto const certificate = Certificate::make("127.0.0.1");
  return certificate;
}

}  // namespace

TEST_CASE("curl tls: trust") {
  HttpServer server{echo, {.certificate = local()}};
  SUBCASE("a CA that was named") {
    CurlTransport curl{direct({.ca_file = server.ca_file()})};
    for (int i = 0; i < 5; ++i) CHECK(post(curl, server.url("/"), "<a/>") == "HTTP/1.1 <a/>");
    CHECK(server.connections() == 1);
  }
  SUBCASE("an unknown CA") {
    CurlTransport curl{direct()};
    auto const e =
        thrown<esxvi::unknown_authority>([&] { post(curl, server.url("/"), "<password>"); });
    CHECK(e.delivered() == delivery::not_sent);
    CHECK(std::string{e.what()}.find("no_verify=1") != std::string::npos);
    CHECK(server.requests() == 0);
  }
  SUBCASE("the certificate of another server") {
    HttpServer other{echo, {.certificate = Certificate::make("127.0.0.1")}};
    CurlTransport curl{direct({.ca_file = other.ca_file()})};
    CHECK_THROWS_AS(get(curl, server.url("/")), esxvi::tls_error);
    CHECK(get(curl, other.url("/")) == "HTTP/1.1 ");
  }
  SUBCASE("anything, when told so") {
    CurlTransport curl{direct({.verify = false, .warn = {}})};
    CHECK(get(curl, server.url("/")) == "HTTP/1.1 ");
  }
  SUBCASE("a CA file that is not there") {
    CurlTransport curl{direct({.ca_file = "/nonexistent/ca.pem"})};
    auto const e = thrown<esxvi::tls_failed>([&] { get(curl, server.url("/")); });
    CHECK(std::string{e.what()}.find("ca_file") != std::string::npos);
  }
  SUBCASE("a client certificate that is not there") {
    CurlTransport curl{direct({.ca_file = server.ca_file(), .client_cert = "/nonexistent/me.pem"})};
    auto const e = thrown<esxvi::tls_failed>([&] { get(curl, server.url("/")); });
    CHECK(std::string{e.what()}.find("client_cert") != std::string::npos);
  }
}

TEST_CASE("curl tls: a port that speaks no TLS") {
  HttpServer talks{[](HttpRequest&, HttpConnection&) {}, {.greeting = "220 smtp ready\r\n"}};
  CurlTransport curl{direct()};
  auto url = talks.url("/");
  url.insert(4, "s");
  auto const e = thrown<esxvi::tls_failed>([&] { get(curl, url); });
  CHECK(e.delivered() == delivery::not_sent);
  CHECK(std::string{e.what()}.find("is this an https port") != std::string::npos);
}

TEST_CASE("curl tls: replies that are cut") {
  HttpServer server{[](HttpRequest&, HttpConnection& connection) {
                      connection.head(200, {"Content-Length: 100"});
                      connection.send("short");
                      connection.reset();
                    },
                    {.certificate = local()}};
  CurlTransport curl{direct({.ca_file = server.ca_file()})};
  auto const e = thrown<esxvi::connection_lost>([&] { post(curl, server.url("/"), "<a/>"); });
  CHECK(e.delivered() == delivery::unknown);
}

TEST_CASE("curl tls: HTTP/2 where the server offers it") {
  auto cut = false;
  HttpServer server{echo, {.certificate = local(), .http2 = [&](HttpConnection& connection) {
                             esxvi::test::serve_http2(connection, "<two/>", cut);
                           }}};
  auto options = direct({.ca_file = server.ca_file()});
  SUBCASE("by default") {
    CurlTransport curl{options};
    for (int i = 0; i < 3; ++i) {
      Collect sink;
      CHECK(curl.send({.url = server.url("/"), .body = "<a/>"}, sink, {}).status == 200);
      CHECK(sink.begins == 1);
      CHECK(sink.body == "<two/>");
      CHECK(sink.header("content-type") == "text/xml");
    }
    CHECK(server.connections() == 1);
    CHECK(server.requests() == 0);  // none came as HTTP/1.1
    CHECK(curl.statistics().bytes_sent > 3 * 50);
  }
  SUBCASE("a streamed body") {
    CurlTransport curl{options};
    Source source{std::string(50'000, 'x'), -1};
    Collect sink;
    curl.send({.method = "PUT", .url = server.url("/"), .source = &source}, sink, {});
    CHECK(sink.body == "<two/>");
  }
  SUBCASE("cut") {
    cut = true;
    CurlTransport curl{options};
    auto const e = thrown<esxvi::connection_lost>([&] { post(curl, server.url("/"), "<a/>"); });
    CHECK(e.delivered() == delivery::unknown);
  }
  SUBCASE("not when it is switched off") {
    options.http2 = false;
    CurlTransport curl{options};
    CHECK(post(curl, server.url("/"), "<a/>") == "HTTP/1.1 <a/>");
  }
}
