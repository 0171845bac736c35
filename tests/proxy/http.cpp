// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// CurlTransport through HTTP proxies: a squid, and some that misbehave.
#include <doctest/doctest.h>

#include <esxvi/transport/certificate.hpp>
#include <esxvi/transport/fetch_certificate.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "proxy/squid.hpp"
#include "support/skip.hpp"
#include "support/unreachable.hpp"
#include "transport/curl_fixture.hpp"

using namespace test;

namespace {

void echo(HttpRequest& request, HttpConnection& connection) {
  connection.reply(200, request.header("proxy-authorization") + request.body);
}

bool says(esxvi::error const& e, std::string_view text) {
  return std::string_view{e.what()}.find(text) != std::string_view::npos;
}

/// libcurl reads no_proxy of the environment unless it is told something.
CurlOptions through(std::string proxy, CurlOptions options = {}) {
  options.proxy = std::move(proxy);
  if (options.no_proxy.empty()) options.no_proxy = "none";
  return options;
}

}  // namespace

#define ESXVI_NEED_SQUID()                                                    \
  if (!Squid::is_here()) ESXVI_SKIP("no squid here (package squid-openssl)"); \
  Squid const squid

TEST_CASE("proxy http: https goes through a tunnel, with one handshake for many requests") {
  ESXVI_NEED_SQUID();
  HttpServer server{echo, {.certificate = Certificate::make("127.0.0.1")}};
  for (auto const* scheme : {"http", "https"}) {
    CAPTURE(scheme);
    CurlTransport curl{through(squid.address(scheme),
                               {.ca_file = server.ca_file(), .proxy_ca_file = squid.ca_file()})};
    auto const before = server.connections();
    for (int i = 0; i < 3; ++i) CHECK(post(curl, server.url("/"), "a") == "a");
    CHECK(server.connections() == before + 1);
    CHECK(curl.statistics().connections_opened == 1);
    CHECK(curl.statistics().reused == 2);
  }
}

TEST_CASE("proxy http: http goes through it, and the server sees nothing of the password") {
  ESXVI_NEED_SQUID();
  HttpServer server{echo};
  CurlTransport curl{through(squid.address())};
  CHECK(post(curl, server.url("/"), "a") == "a");
}

TEST_CASE("proxy http: a proxy that wants a password says so itself") {
  ESXVI_NEED_SQUID();
  HttpServer secure{echo, {.certificate = Certificate::make("127.0.0.1")}};
  HttpServer plain{echo};
  auto const wrong = "http://walt:5ecret@" + squid.authority("http");
  for (auto const& proxy : {squid.address_without_user(), wrong}) {
    for (auto const& url : {secure.url("/"), plain.url("/")}) {
      CAPTURE(url);
      CurlTransport curl{through(proxy)};
      auto const e = thrown<esxvi::connection_refused>([&] { post(curl, url, "a"); });
      CHECK(e.delivered() == delivery::not_sent);
      CHECK(says(e, "407"));
      CHECK(says(e, "the proxy wants a user and a password"));
      CHECK_FALSE(says(e, "5ecret"));
    }
  }
  CHECK(secure.connections() == 0);
  CHECK(plain.connections() == 0);
}

TEST_CASE("proxy http: what a proxy refuses, and where it comes no further") {
  ESXVI_NEED_SQUID();
  CurlTransport curl{through(squid.address())};
  auto const ask = [&](std::string url) {
    auto const e = thrown<esxvi::connection_refused>([&] { get(curl, std::move(url)); });
    CHECK(e.delivered() == delivery::not_sent);
    CHECK_FALSE(says(e, Squid::password));
    return e;
  };
  auto const forbidden = ask("https://" + std::string{Squid::forbidden} + "/sdk");
  CHECK(says(forbidden, "403"));
  CHECK(says(forbidden, "its rules forbid"));
  esxvi::test::TakenPort const silent;
  auto const unreachable = ask("https://" + silent.authority() + "/sdk");
  CHECK(says(unreachable, "503"));
  CHECK(says(unreachable, "cannot reach the server"));
}

TEST_CASE("proxy http: the certificate of an https proxy is checked on its own") {
  ESXVI_NEED_SQUID();
  HttpServer server{echo, {.certificate = Certificate::make("127.0.0.1")}};
  CurlOptions options{.verify = false, .warn = {}};
  CurlTransport curl{through(squid.address("https"), options)};
  auto const e = thrown<esxvi::tls_failed>([&] { get(curl, server.url("/")); });
  CHECK(says(e, "the certificate of the proxy"));
  CHECK(says(e, "proxy_ca_file"));
  CHECK(server.connections() == 0);
}

TEST_CASE("proxy http: thumbprints are those of the server behind it") {
  ESXVI_NEED_SQUID();
  HttpServer server{echo, {.certificate = Certificate::make("127.0.0.1")}};
  auto const options = [&](std::string_view scheme) {
    return through(squid.address(scheme), {.proxy_ca_file = squid.ca_file()});
  };
  auto const it = esxvi::fetch_certificate("127.0.0.1", server.port(), options("http"));
  CHECK(it.refused == esxvi::errc::unknown_authority);
  CHECK(server.requests() == 0);
  auto const of_proxy = esxvi::fetch_certificate("127.0.0.1", server.port(), options("https"));
  CHECK(of_proxy.sha256 == it.sha256);
  CHECK(of_proxy.refused.has_value());

  for (auto const* scheme : {"http", "https"}) {
    CAPTURE(scheme);
    auto right = options(scheme);
    right.thumbprint = it.sha256;
    CurlTransport curl{right};
    for (int i = 0; i < 2; ++i) CHECK(post(curl, server.url("/"), "a") == "a");
    CHECK(curl.statistics().connections_opened == 1);
    // Neither another certificate nor that of the proxy passes.
    auto wrong = right;
    auto const asked = server.requests();
    auto const another = Certificate::make("127.0.0.1");
    for (auto const& other : {another.file(), squid.ca_file()}) {
      std::ifstream file{other};
      wrong.thumbprint =
          esxvi::read_certificate(std::string{std::istreambuf_iterator<char>{file}, {}}).sha256;
      CurlTransport refusing{wrong};
      thrown<esxvi::thumbprint_mismatch>([&] { post(refusing, server.url("/"), "a"); });
    }
    CHECK(server.requests() == asked);
  }
}

TEST_CASE("proxy http: the bypass list") {
  // A proxy that answers everything itself.
  HttpServer proxy{[](HttpRequest& request, HttpConnection& connection) {
    connection.reply(200, "proxy for " + request.target);
  }};
  HttpServer server{
      [](HttpRequest&, HttpConnection& connection) { connection.reply(200, "direct"); }};
  auto const ask = [&](std::string list) {
    CurlTransport curl{through(proxy.url(""), {.no_proxy = std::move(list)})};
    return get(curl, server.url("/"));
  };
  CHECK(ask("example.org").starts_with("proxy for http://127.0.0.1"));
  CHECK(ask("127.0.0.1") == "direct");
  CHECK(ask("example.org,127.0.0.1") == "direct");
  CHECK(ask("example.org, 127.0.0.1") == "direct");
  CHECK(ask("*") == "direct");
}

TEST_CASE("proxy http: one that answers with a page of its own") {
  static constexpr std::string_view page = "<html><body>Log in to this network</body></html>";

  auto status = 200;
  HttpServer proxy{[&](HttpRequest&, HttpConnection& connection) {
    connection.reply(status, page, {"Content-Type: text/html"});
    connection.close();
  }};
  CurlTransport curl{through(proxy.url(""))};
  Collect sink;
  auto const ask = [&] {
    curl.send({.url = "https://esx.example/sdk", .body = "<password>"}, sink, {});
  };
  SUBCASE("as if the tunnel were there") {
    auto const e = thrown<esxvi::transport_error>(ask);
    CHECK(e.delivered() == delivery::not_sent);
  }
  SUBCASE("as a redirection") {
    status = 302;
    auto const e = thrown<esxvi::connection_refused>(ask);
    CHECK(says(e, "302"));
  }
  SUBCASE("as an error") {
    status = 502;
    auto const e = thrown<esxvi::connection_refused>(ask);
    CHECK(says(e, "502"));
    CHECK(says(e, "the proxy refused"));
  }
  CHECK(sink.begins == 0);
}
