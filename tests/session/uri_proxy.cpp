// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <esxvi/session/proxy.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using esxvi::Proxy;

namespace {

std::string refused(std::string_view text) {
  try {
    static_cast<void>(Proxy::parse(text));
  } catch (esxvi::invalid_argument const& e) {
    return e.what();
  }
  FAIL("accepted: ", text);
  return {};
}

}  // namespace

TEST_CASE("a proxy has a type, a host and a port; http and 1080 are the defaults") {
  struct {
    char const* text;
    Proxy::type kind;
    char const* url;
  } const cases[]{
      {"p", Proxy::type::http, "http://p:1080"},
      {"p:3128", Proxy::type::http, "http://p:3128"},
      {"http://p", Proxy::type::http, "http://p:1080"},
      {"http://p:3128/", Proxy::type::http, "http://p:3128"},
      {"https://p", Proxy::type::https, "https://p:443"},
      {"socks://p", Proxy::type::socks5, "socks5://p:1080"},
      {"socks5://p", Proxy::type::socks5, "socks5://p:1080"},
      {"socks5h://p:9050", Proxy::type::socks5h, "socks5h://p:9050"},
      {"socks4://p", Proxy::type::socks4, "socks4://p:1080"},
      {"socks4a://10.0.0.1", Proxy::type::socks4a, "socks4a://10.0.0.1:1080"},
      {"[2001:db8::1]", Proxy::type::http, "http://[2001:db8::1]:1080"},
      {"socks5://[::1]:1", Proxy::type::socks5, "socks5://[::1]:1"},
      {"u@p", Proxy::type::http, "http://u@p:1080"},
      {"u:5ecret@p:65535", Proxy::type::http, "http://u:5ecret@p:65535"},
      {"http://u%40d:s%3Ac%2F@[::1]", Proxy::type::http, "http://u%40d:s%3Ac%2F@[::1]:1080"},
      {"u:a@b@p", Proxy::type::http, "http://u:a%40b@p:1080"},
      {":5ecret@p", Proxy::type::http, "http://:5ecret@p:1080"},
  };
  for (auto const& each : cases) {
    CAPTURE(each.text);
    auto const proxy = Proxy::parse(each.text);
    CHECK(proxy.kind == each.kind);
    CHECK(proxy.url() == each.url);
    CHECK(Proxy::parse(proxy.to_string()) == proxy);
  }
}

TEST_CASE("user and password are decoded") {
  auto const proxy = Proxy::parse("http://u%40d:s%3Ac@p");
  CHECK(proxy.user == "u@d");
  CHECK(proxy.password == "s:c");
  CHECK(proxy.display() == "http://u%40d:...@p");
}

TEST_CASE("what is no proxy is refused, and not shown") {
  for (auto const* text : {"",          ":3128",      "http://",      "http://:1", "p:0",
                           "p:65536",   "p:x",        "p:",           "p:1x",      "p:-1",
                           "p:5ecret",  "5ecret://p", "SOCKS5://p",   "[::1",      "[5ecret]",
                           "::1",       "[::1]x",     "[::1]:",       "a b",       "p/5ecret",
                           "u:5ecret@", "u:%zz@p",    "%zz:5ecret@p", "p?5ecret",  "p%2f"}) {
    CAPTURE(text);
    auto const message = refused(text);
    CHECK(message.find("prox") != std::string::npos);
    CHECK(message.find("5ecret") == std::string::npos);
  }
}
