// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// parse() and to_string() undo each other, for URIs that were made from random numbers.
#include "session/uri_support.hpp"

#include <cstdint>
#include <string>

using namespace esxvi;
using namespace esxvi::test;

namespace {
constexpr std::uint32_t uris = 4000;
}

TEST_CASE("every URI that is made of members is read back from its text") {
  for (std::uint32_t seed = 1; seed <= uris; ++seed) {
    CAPTURE(seed);
    auto const uri = RandomUris(seed).uri();
    auto const text = uri.to_string();
    CAPTURE(text);
    auto const read = ConnectionUri::parse(text);
    REQUIRE(read == uri);
    REQUIRE(read.to_string() == text);
  }
}

TEST_CASE("a text comes back as it was written, whatever its spelling") {
  for (std::uint32_t seed = 1; seed <= uris; ++seed) {
    CAPTURE(seed);
    RandomUris random(seed);
    auto const uri = random.uri();
    auto const text = random.respelled(uri.to_string());
    CAPTURE(text);
    auto const read = ConnectionUri::parse(text);
    REQUIRE(read == uri);
    REQUIRE(read.to_string() == text);
  }
}

TEST_CASE("after a change of members the text says the new ones") {
  for (std::uint32_t seed = 1; seed <= uris; ++seed) {
    CAPTURE(seed);
    RandomUris random(seed);
    auto uri = ConnectionUri::parse(random.respelled(random.uri().to_string()));
    for (std::size_t i = 0; i <= random.below(3); ++i)
      random.change(uri, random.below(RandomUris::members));
    auto const text = uri.to_string();
    CAPTURE(text);
    REQUIRE(ConnectionUri::parse(text) == uri);
  }
}

TEST_CASE("only what belongs to a changed member is written anew") {
  constexpr std::string_view written =
      "ESX://ro%6Ft@Host:/%61?AUTO_answer=1&&no%5Fverify=%31&user_agent=me%20too&timeout=30s&";
  auto const after = [&](auto change) {
    auto uri = ConnectionUri::parse(written);
    change(uri);
    return uri.to_string();
  };
  CHECK(after([](auto&) {}) == written);
  CHECK(after([](auto& u) { u.user = "alice@lab"; }) ==
        "ESX://alice%40lab@Host:/%61?AUTO_answer=1&&no%5Fverify=%31&user_agent=me%20too&"
        "timeout=30s&");
  CHECK(after([](auto& u) { u.user.clear(); }) ==
        "ESX://Host:/%61?AUTO_answer=1&&no%5Fverify=%31&user_agent=me%20too&timeout=30s&");
  CHECK(after([](auto& u) { u.host = "::1"; }) ==
        "ESX://ro%6Ft@[::1]:/%61?AUTO_answer=1&&no%5Fverify=%31&user_agent=me%20too&timeout=30s&");
  CHECK(after([](auto& u) { u.port = 444; }) ==
        "ESX://ro%6Ft@Host:444/%61?AUTO_answer=1&&no%5Fverify=%31&user_agent=me%20too&"
        "timeout=30s&");
  CHECK(after([](auto& u) { u.verify = true; }) ==
        "ESX://ro%6Ft@Host:/%61?AUTO_answer=1&&user_agent=me%20too&timeout=30s&");
  CHECK(after([](auto& u) { u.timeout = std::chrono::milliseconds(1500); }) ==
        "ESX://ro%6Ft@Host:/%61?AUTO_answer=1&&no%5Fverify=%31&user_agent=me%20too&"
        "timeout=1500ms&");
  CHECK(after([](auto& u) { u.vcenter = "*"; }) == std::string(written) + "&vcenter=*");
  CHECK(after([](auto& u) {
          u.timeout = std::chrono::minutes(2), u.timeout = std::chrono::seconds(30);
        }) == written);
}

TEST_CASE("a URI without parameters loses its '?' only with the last of them") {
  auto uri = ConnectionUri::parse("esx://h/?no_verify=1");
  uri.verify = true;
  CHECK(uri.to_string() == "esx://h/");
  CHECK(ConnectionUri::parse("esx://h/?").to_string() == "esx://h/?");
}

TEST_CASE("members that no text can stand for are refused") {
  auto const bad = [](auto change) {
    ConnectionUri uri{.scheme = "esx", .host = "h"};
    change(uri);
    CHECK_THROWS_AS(static_cast<void>(uri.to_string()), invalid_argument);
  };
  bad([](auto& u) { u.scheme.clear(); });
  bad([](auto& u) { u.scheme = "http"; });
  bad([](auto& u) { u.scheme = "ESX"; });
  bad([](auto& u) { u.host.clear(); });
  bad([](auto& u) { u.host = "[::1]"; });
  bad([](auto& u) { u.host = "a/b"; });
  bad([](auto& u) { u.host = "a:b"; });
  bad([](auto& u) { u.port = 0; });
  bad([](auto& u) { u.path = "a"; });
  bad([](auto& u) { u.path = "/a b"; });
  bad([](auto& u) { u.path = "/a?no_verify=1"; });
  bad([](auto& u) { u.vcenter = "a b"; });
  bad([](auto& u) { u.user_agent = "a\r\nb"; });
  bad([](auto& u) { u.authfile = std::string("a\0b", 3); });
  bad([](auto& u) { u.timeout = std::chrono::milliseconds(0); });
  bad([](auto& u) { u.timeout = std::chrono::milliseconds(-5); });
  bad([](auto& u) { u.api_version = "newest"; });
  bad([](auto& u) { u.proxy = Proxy{}; });
  bad([](auto& u) { u.proxy = Proxy{.password = "5ecret", .host = "a/b"}; });
}

TEST_CASE("a refusal to write shows no password either") {
  ConnectionUri const uri{.scheme = "esx",
                          .host = "h",
                          .proxy = Proxy{.user = "u", .password = "5ecret", .host = "a/b"}};
  try {
    static_cast<void>(uri.to_string());
    FAIL("written");
  } catch (invalid_argument const& e) {
    CHECK(e.operation() == "writing the URI");
    CHECK_FALSE(has(e.what(), "5ecret"));
  }
}
