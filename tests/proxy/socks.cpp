// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// CurlTransport through SOCKS proxies: Dante for all versions, microsocks for a user.
#include <doctest/doctest.h>

#include <esxvi/transport/fetch_certificate.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "proxy/socks.hpp"
#include "support/skip.hpp"
#include "support/unreachable.hpp"
#include "transport/curl_fixture.hpp"

using namespace test;
using esxvi::test::find_program;
using esxvi::test::ServerProcess;

namespace {

void echo(HttpRequest& request, HttpConnection& connection) { connection.reply(200, request.body); }

bool says(esxvi::error const& e, std::string_view text) {
  return std::string_view{e.what()}.find(text) != std::string_view::npos;
}

CurlOptions through(std::string proxy, CurlOptions options = {}) {
  options.proxy = std::move(proxy);
  options.no_proxy = "none";
  return options;
}

}  // namespace

TEST_CASE("proxy socks: versions 4 and 5") {
  if (!find_program("danted")) ESXVI_SKIP("no danted here (package dante-server)");
  ServerProcess const proxy{*find_program("danted"), dante};
  HttpServer secure{echo, {.certificate = Certificate::make("127.0.0.1")}};
  HttpServer plain{echo};
  for (auto const* scheme : {"socks", "socks4", "socks5", "socks5h"}) {
    CAPTURE(scheme);
    auto const address = std::string{scheme} + "://127.0.0.1:" + std::to_string(proxy.port());
    CurlTransport curl{through(address, {.ca_file = secure.ca_file()})};
    for (int i = 0; i < 3; ++i) CHECK(post(curl, secure.url("/"), "a") == "a");
    CHECK(curl.statistics().connections_opened == 1);
    CHECK(post(curl, plain.url("/"), "b") == "b");
    // Two servers: two connections through the same proxy.
    CHECK(curl.statistics().connections_opened == 2);
  }
}

TEST_CASE("proxy socks: version 4a leaves the look-up to the proxy") {
  // Dante knows 4 and 5 only. This one is the proxy and the server behind it.
  std::string asked;
  HttpServer both{[](HttpRequest&, HttpConnection& connection) { connection.reply(200, "ok"); },
                  {.before = [&](HttpConnection& connection) {
                    for (int texts = 0; texts < 2 && connection.receive_exactly(asked, 1);) {
                      if (asked.size() > 8 && asked.back() == 0) ++texts;  // the user, the host
                    }
                    connection.send(std::string_view{"\0\x5a\0\0\0\0\0\0", 8});
                  }}};
  CurlTransport curl{through("socks4a://walt@127.0.0.1:" + std::to_string(both.port()))};
  CHECK(get(curl, "http://esx.invalid:8080/") == "ok");
  CHECK(asked == std::string{"\x04\x01\x1f\x90\0\0\0\x01walt\0esx.invalid\0", 25});
}

TEST_CASE("proxy socks: where the proxy comes no further") {
  if (!find_program("danted")) ESXVI_SKIP("no danted here (package dante-server)");
  ServerProcess const proxy{*find_program("danted"), dante};
  esxvi::test::TakenPort const silent;
  for (auto const* scheme : {"socks4", "socks5h"}) {
    CAPTURE(scheme);
    auto const address = std::string{scheme} + "://127.0.0.1:" + std::to_string(proxy.port());
    CurlTransport curl{through(address)};
    auto const e = thrown<esxvi::connection_refused>(
        [&] { get(curl, "https://" + silent.authority() + "/"); });
    CHECK(e.delivered() == delivery::not_sent);
    CHECK(says(e, "proxy"));
  }
}

TEST_CASE("proxy socks: user and password") {
  if (!find_program("microsocks")) ESXVI_SKIP("no microsocks here (package microsocks)");
  ServerProcess const proxy{*find_program("microsocks"), microsocks};
  auto const at = "@127.0.0.1:" + std::to_string(proxy.port());
  HttpServer server{echo, {.certificate = Certificate::make("127.0.0.1")}};
  for (std::string const scheme : {"socks5", "socks5h"}) {
    CAPTURE(scheme);
    auto const address = scheme + "://walt:5ecret-w0rd" + at;
    CurlTransport curl{through(address, {.ca_file = server.ca_file()})};
    for (int i = 0; i < 3; ++i) CHECK(post(curl, server.url("/"), "a") == "a");
    auto const it = esxvi::fetch_certificate("127.0.0.1", server.port(), through(address));
    CHECK(it.names == std::vector<std::string>{"127.0.0.1"});

    CurlTransport wrong{through(scheme + "://walt:5ecret" + at)};
    auto const e = thrown<esxvi::connection_refused>([&] { get(wrong, server.url("/")); });
    CHECK(e.delivered() == delivery::not_sent);
    CHECK(says(e, "check the proxy"));
    CHECK(says(e, "user"));
    CHECK_FALSE(says(e, "5ecret"));
    CurlTransport nobody{through(scheme + "://" + at.substr(1))};
    CHECK_THROWS_AS(get(nobody, server.url("/")), esxvi::connection_refused);
  }
  CHECK(server.requests() == 6);
}
