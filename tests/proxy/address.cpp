// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Addresses of proxies: what they may look like, and that messages show no password.
#include <doctest/doctest.h>

#include <esxvi/transport/detail/curl_proxy.hpp>

#include <cstdlib>
#include <string>
#include <string_view>

#include "support/unreachable.hpp"
#include "transport/curl_fixture.hpp"

using esxvi::detail::parse_proxy;

namespace {

void check(std::string const& text, std::string_view address, std::string_view user = "",
           std::string_view password = "") {
  CAPTURE(text);
  auto const proxy = parse_proxy(text);
  CHECK(proxy.address == address);
  CHECK(proxy.user == user);
  CHECK(proxy.password == password);
}

/// No message of the library or of libcurl may hold it.
constexpr std::string_view secret = "5ecret-w0rd";

}  // namespace

TEST_CASE("proxy address: the forms it may have") {
  check("proxy", "http://proxy");
  check("proxy:3128", "http://proxy:3128");
  check("http://proxy:3128/", "http://proxy:3128");
  check("https://proxy", "https://proxy");
  check("socks4://proxy", "socks4://proxy");
  check("socks4a://proxy", "socks4a://proxy");
  check("socks5://proxy:1", "socks5://proxy:1");
  check("socks5h://proxy:65535", "socks5h://proxy:65535");
  check("socks://proxy", "socks5://proxy");
  check("SOCKS5H://proxy", "socks5h://proxy");
  check("[2001:db8::1]:3128", "http://[2001:db8::1]:3128");
}

TEST_CASE("proxy address: the user is kept apart, and decoded") {
  check("http://walt:pass@proxy:3128", "http://proxy:3128", "walt", "pass");
  check("walt:pass@proxy:3128", "http://proxy:3128", "walt", "pass");
  check("http://walt@proxy", "http://proxy", "walt", "");
  check("http://a%40b:%2F%3a%25@proxy", "http://proxy", "a@b", "/:%");
}

TEST_CASE("proxy address: what is none is refused without being shown") {
  for (std::string const form :
       {"http://", "://x", "ftp://walt:$@proxy", "gopher://walt:$@proxy", "http://walt:$@proxy:0x",
        "http://walt:$@proxy:99999", "http://walt:$@", "http://walt:$@proxy/path",
        "http://walt:$@proxy?x=1", "http://walt:$@proxy#x", "http://walt:$/x@proxy",
        "http://walt:$%00@proxy", "http://walt:$ @proxy x", "walt:$"}) {
    auto text = form;
    if (auto const at = text.find('$'); at != text.npos) text.replace(at, 1, secret);
    CAPTURE(text);
    esxvi::test::HttpServer server{
        [](esxvi::test::HttpRequest&, esxvi::test::HttpConnection& c) { c.reply(200, ""); }};
    test::CurlTransport curl{{.proxy = text, .no_proxy = "none"}};
    auto const e = test::thrown<esxvi::invalid_argument>([&] { test::get(curl, server.url("/")); });
    CHECK(std::string_view{e.what()}.find("proxy") != std::string_view::npos);
    CHECK(std::string_view{e.what()}.find(secret) == std::string_view::npos);
    CHECK(server.connections() == 0);
  }
}

TEST_CASE("proxy address: one of the environment that is none is not shown either") {
  auto const bad = "http://walt:" + std::string{secret} + "@proxy:99999";
  ::setenv("http_proxy", bad.c_str(), 1);
  test::CurlTransport curl{{.no_proxy = "none"}};
  std::string said;
  try {
    test::get(curl, "http://esx.invalid/");
  } catch (esxvi::error const& e) {
    said = e.what();
  }
  ::unsetenv("http_proxy");
  CHECK(said.find("proxy") != said.npos);
  CHECK(said.find(secret) == said.npos);
}

TEST_CASE("proxy address: no message about a proxy shows its password") {
  esxvi::test::TakenPort const silent;
  for (std::string const scheme : {"http", "https", "socks4", "socks4a", "socks5", "socks5h"}) {
    for (auto const& where : {silent.authority(), esxvi::test::no_such_host}) {
      CAPTURE(scheme);
      test::CurlTransport curl{
          {.proxy = scheme + "://walt:" + std::string{secret} + "@" + where, .no_proxy = "none"}};
      auto const e =
          test::thrown<esxvi::transport_error>([&] { test::get(curl, "https://127.0.0.1:1/"); });
      CHECK(e.delivered() == esxvi::delivery::not_sent);
      CHECK(std::string_view{e.what()}.find(secret) == std::string_view::npos);
    }
  }
}
