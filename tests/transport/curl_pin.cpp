// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Thumbprints: the server's certificate has to be one certain certificate, and nothing is sent to
// any other.
#include <doctest/doctest.h>

#include <esxvi/transport/certificate.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/http2.hpp"
#include "transport/curl_fixture.hpp"

using namespace test;
using esxvi::Thumbprint;

namespace {

void echo(HttpRequest& request, HttpConnection& connection) {
  if (request.target == "/close") connection.close();
  connection.reply(200, request.body);
}

esxvi::ServerCertificate facts(Certificate const& certificate) {
  std::ifstream file{certificate.file()};
  return esxvi::read_certificate(std::string{std::istreambuf_iterator<char>{file}, {}});
}

CurlOptions pinned(Thumbprint const& thumbprint) {
  return direct({.thumbprint = thumbprint, .warn = {}});
}

bool says(esxvi::error const& e, std::string_view text) {
  return std::string_view{e.what()}.find(text) != std::string_view::npos;
}

}  // namespace

TEST_CASE("curl pin: the thumbprint alone decides") {
  for (auto const& certificate :
       {Certificate::make("127.0.0.1"), Certificate::make("another.example"),
        Certificate::with({.name = "127.0.0.1", .from = -7200, .to = -3600})}) {
    auto const it = facts(certificate);
    HttpServer server{echo, {.certificate = certificate}};
    for (auto const& thumbprint : {it.sha1, it.sha256}) {
      CurlTransport curl{pinned(thumbprint)};
      for (int i = 0; i < 3; ++i) CHECK(post(curl, server.url("/"), "a") == "a");
      CHECK(curl.statistics().connections_opened == 1);
      CHECK(curl.statistics().reused == 2);
    }
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("curl pin: another certificate gets nothing, and the error shows both thumbprints") {
  auto const expected = facts(Certificate::make("127.0.0.1"));
  auto const certificate = Certificate::make("127.0.0.1");
  auto const actual = facts(certificate);
  auto two = [](HttpConnection& connection) { esxvi::test::serve_http2(connection, "<two/>"); };
  auto options = CurlOptions{};
  SUBCASE("SHA-256") { options = pinned(expected.sha256); }
  SUBCASE("SHA-1") { options = pinned(expected.sha1); }
  SUBCASE("also with a CA that vouches for it, and without verification") {
    options = pinned(expected.sha256);
    options.ca_file = certificate.file();
    options.verify = false;
  }
  for (bool const http2 : {false, true}) {
    CAPTURE(http2);
    HttpServer server{echo, {.certificate = certificate}};
    HttpServer server2{echo, {.certificate = certificate, .http2 = two}};
    auto& at = http2 ? server2 : server;
    CurlTransport curl{options};
    for (int i = 0; i < 3; ++i) {
      auto const e = thrown<esxvi::thumbprint_mismatch>(
          [&] { post(curl, at.url("/"), "<password>5ecret", {.operation = "Login"}); });
      CHECK(e.delivered() == delivery::not_sent);
      CHECK(e.operation() == "Login");
      auto const sha1 = options.thumbprint->kind() == Thumbprint::algorithm::sha1;
      CHECK(says(e, options.thumbprint->to_string()));
      CHECK(says(e, (sha1 ? actual.sha1 : actual.sha256).to_string()));
      CHECK(says(e, "esxctl trust"));
    }
    CHECK(at.connections() == 3);
    CHECK(at.requests() == 0);
  }
}

TEST_CASE("curl pin: over HTTP/2") {
  auto const certificate = Certificate::make("127.0.0.1");
  HttpServer server{echo, {.certificate = certificate, .http2 = [](HttpConnection& connection) {
                             esxvi::test::serve_http2(connection, "<two/>");
                           }}};
  CurlTransport curl{pinned(facts(certificate).sha256)};
  for (int i = 0; i < 3; ++i) CHECK(post(curl, server.url("/"), "a") == "<two/>");
  CHECK(server.connections() == 1);
}

TEST_CASE("curl pin: every new connection is looked at") {
  auto const certificate = Certificate::make("127.0.0.1");
  HttpServer server{echo, {.certificate = certificate}};
  CurlTransport curl{pinned(facts(certificate).sha256)};
  CHECK(post(curl, server.url("/"), "a") == "a");
  CHECK(post(curl, server.url("/close"), "b") == "b");
  while (server.closed() == 0) std::this_thread::yield();
  CHECK(post(curl, server.url("/close"), "c") == "c");
  while (server.closed() == 1) std::this_thread::yield();
  CHECK(server.connections() == 2);
  CHECK(server.resumed() == 0);  // a resumed session need not show its certificate

  server.change(Certificate::make("127.0.0.1"));
  auto const asked = server.requests();
  thrown<esxvi::thumbprint_mismatch>([&] { get(curl, server.url("/")); });
  CHECK(server.requests() == asked);

  server.change(certificate);
  CHECK(post(curl, server.url("/"), "d") == "d");
}

TEST_CASE("curl pin: a connection that was opened without it does not count as looked at") {
  // One pool of connections for exchanges that trust differently.
  auto const certificate = Certificate::make("127.0.0.1");
  HttpServer server{echo, {.certificate = certificate}};
  auto const ask = [&](esxvi::detail::curl_lane& lane, CurlOptions const& options) {
    static esxvi::detail::curl_share share;
    Collect sink;
    http::Request const request{.method = "GET", .url = server.url("/")};
    http::CallContext const context{};
    esxvi::detail::curl_exchange exchange{request, sink, context, options};
    exchange.run(lane, share.get());
    esxvi::CurlStatistics sum;
    exchange.count(sum);
    return sum.connections_opened;
  };
  esxvi::detail::curl_lane lane;
  auto const anything = direct({.verify = false, .warn = {}});
  auto const right = pinned(facts(certificate).sha256);
  auto const also_right = pinned(facts(certificate).sha1);
  auto const wrong = pinned(facts(Certificate::make("127.0.0.1")).sha256);
  CHECK(ask(lane, anything) == 1);
  CHECK(ask(lane, anything) == 0);
  CHECK(ask(lane, right) == 1);
  CHECK_THROWS_AS(ask(lane, wrong), esxvi::thumbprint_mismatch);
  CHECK_THROWS_AS(ask(lane, wrong), esxvi::thumbprint_mismatch);
  CHECK(ask(lane, right) == 0);
  CHECK(ask(lane, also_right) == 1);
  CHECK(ask(lane, anything) == 0);
  CHECK(server.requests() == 6);
}

TEST_CASE("curl pin: http has no certificate to look at") {
  HttpServer server{echo};
  CurlTransport curl{pinned(facts(Certificate::make("127.0.0.1")).sha256)};
  auto const e = thrown<esxvi::invalid_argument>([&] { get(curl, server.url("/")); });
  CHECK(says(e, "https"));
  CHECK(server.connections() == 0);
}
