// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What CurlTransport says of a certificate that it refuses: each reason is an error of its own.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "transport/curl_fixture.hpp"

using namespace test;
using esxvi::test::CertificateOptions;

namespace {

void echo(HttpRequest& request, HttpConnection& connection) { connection.reply(200, request.body); }

bool says(esxvi::error const& e, std::string_view text) {
  return std::string_view{e.what()}.find(text) != std::string_view::npos;
}

/// The error of a request to a server with this certificate; nothing of the request went out.
template <class E> E refused(Certificate const& certificate, CurlOptions options) {
  HttpServer server{echo, {.certificate = certificate}};
  CurlTransport curl{direct(std::move(options))};
  auto const e = thrown<E>(
      [&] { post(curl, server.url("/sdk"), "<password>5ecret", {.operation = "Login"}); });
  CHECK(e.delivered() == delivery::not_sent);
  CHECK(server.requests() == 0);
  CHECK(dynamic_cast<esxvi::tls_error const*>(&e) != nullptr);
  CHECK(says(e, "Login on https://127.0.0.1:"));
  CHECK(says(e, "esxctl trust"));
  CHECK_FALSE(says(e, "5ecret"));
  return e;
}

}  // namespace

TEST_CASE("curl trust: an expired certificate") {
  auto const old = Certificate::with({.name = "127.0.0.1", .from = -7200, .to = -3600});
  auto const e = refused<esxvi::certificate_expired>(old, {.ca_file = old.file()});
  CHECK(e.code() == esxvi::errc::certificate_expired);
  CHECK(says(e, "expired"));
  CHECK(says(e, "renew"));
}

TEST_CASE("curl trust: a certificate of the future") {
  auto const early = Certificate::with({.name = "127.0.0.1", .from = 3600, .to = 7200});
  auto const e = refused<esxvi::certificate_expired>(early, {.ca_file = early.file()});
  CHECK(says(e, "not yet valid"));
  CHECK(says(e, "clocks"));
}

TEST_CASE("curl trust: a certificate for another name") {
  for (auto const* name : {"esx.example", "127.0.0.2"}) {
    CAPTURE(name);
    auto const other = Certificate::make(name);
    auto const e = refused<esxvi::wrong_host_name>(other, {.ca_file = other.file()});
    CHECK(e.code() == esxvi::errc::wrong_host_name);
    CHECK(says(e, "127.0.0.1"));
    CHECK(says(e, "use a name that the certificate is for"));
  }
}

TEST_CASE("curl trust: a certificate that nobody known signed") {
  auto const ca = Certificate::make("ca.example");
  SUBCASE("signed by itself") {
    auto const e = refused<esxvi::unknown_authority>(Certificate::make("127.0.0.1"), {});
    CHECK(e.code() == esxvi::errc::unknown_authority);
    CHECK(says(e, "ca_file"));
    CHECK(says(e, "thumbprint="));
  }
  SUBCASE("signed by a CA that is not the one named") {
    auto const leaf = Certificate::with({.name = "127.0.0.1", .issuer_file = ca.file()});
    auto const other = Certificate::make("other.example");
    refused<esxvi::unknown_authority>(leaf, {.ca_file = other.file()});
  }
  SUBCASE("signed by the CA named: trusted") {
    HttpServer server{
        echo, {.certificate = Certificate::with({.name = "127.0.0.1", .issuer_file = ca.file()})}};
    CurlTransport curl{direct({.ca_file = ca.file()})};
    CHECK(post(curl, server.url("/"), "a") == "a");
  }
}

TEST_CASE("curl trust: a folder of CAs, by the hashes of their names") {
  auto const ca = Certificate::make("ca.example");
  HttpServer server{
      echo, {.certificate = Certificate::with({.name = "127.0.0.1", .issuer_file = ca.file()})}};
  auto const folder = std::filesystem::path{ca.file() + ".folder"};
  std::filesystem::create_directory(folder);
  {
    CurlTransport curl{direct({.ca_path = folder.string()})};
    CHECK_THROWS_AS(post(curl, server.url("/"), "a"), esxvi::unknown_authority);
    CHECK(server.requests() == 0);
  }
  std::filesystem::copy_file(ca.file(), folder / (ca.name_hash() + ".0"));
  {
    CurlTransport curl{direct({.ca_path = folder.string()})};
    CHECK(post(curl, server.url("/"), "a") == "a");
    // What is signed by none of them stays out.
    HttpServer stranger{echo, {.certificate = Certificate::make("127.0.0.1")}};
    CHECK_THROWS_AS(post(curl, stranger.url("/"), "a"), esxvi::unknown_authority);
    CHECK(stranger.requests() == 0);
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("curl trust: what is wrong with the chain counts before the name") {
  auto const old = Certificate::with({.name = "esx.example", .from = -7200, .to = -3600});
  refused<esxvi::certificate_expired>(old, {.ca_file = old.file()});
}

TEST_CASE("curl trust: no_verify warns once a transport") {
  std::vector<std::string> warnings;
  auto const warn = [&](std::string_view text) { warnings.emplace_back(text); };
  HttpServer server{echo, {.certificate = Certificate::make("127.0.0.1")}};
  SUBCASE("https without verification") {
    CurlTransport curl{direct({.verify = false, .warn = warn})};
    for (int i = 0; i < 3; ++i) CHECK(post(curl, server.url("/x?secret=1"), "a") == "a");
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].starts_with("the certificate of https://127.0.0.1:"));
    CHECK(warnings[0].find("secret") == std::string::npos);
    CHECK(warnings[0].find("no_verify") != std::string::npos);
  }
  SUBCASE("with verification it is silent") {
    CurlTransport curl{direct({.ca_file = server.ca_file(), .warn = warn})};
    post(curl, server.url("/"), "a");
    CHECK(warnings.empty());
  }
  SUBCASE("for http it is silent") {
    HttpServer plain{echo};
    CurlTransport curl{direct({.verify = false, .warn = warn})};
    post(curl, plain.url("/"), "a");
    CHECK(warnings.empty());
  }
}

TEST_CASE("curl trust: a server that wants a certificate of the client") {
  auto const ca = Certificate::make("ca.example");
  auto const mine = Certificate::with({.name = "me.example", .issuer_file = ca.file()});
  HttpServer server{echo, {.certificate = Certificate::make("127.0.0.1"), .client_ca = ca.file()}};
  CurlOptions options{.ca_file = server.ca_file()};
  SUBCASE("the right one") {
    options.client_cert = mine.file();
    options.client_key = mine.file();
    CurlTransport curl{direct(options)};
    CHECK(post(curl, server.url("/"), "a") == "a");
    CHECK(post(curl, server.url("/"), "b") == "b");
    CHECK(server.connections() == 1);
  }
  SUBCASE("none") {
    CurlTransport curl{direct(options)};
    auto const e = thrown<esxvi::tls_failed>([&] { post(curl, server.url("/"), "a"); });
    CHECK(says(e, "client_cert"));
    CHECK(server.requests() == 0);
  }
  SUBCASE("one of somebody else") {
    auto const other = Certificate::make("me.example");
    options.client_cert = other.file();
    options.client_key = other.file();
    CurlTransport curl{direct(options)};
    auto const e = thrown<esxvi::tls_failed>([&] { post(curl, server.url("/"), "a"); });
    CHECK(says(e, "client_cert"));
    CHECK(server.requests() == 0);
  }
  SUBCASE("a key that is not its own") {
    options.client_cert = mine.file();
    options.client_key = ca.file();
    CurlTransport curl{direct(options)};
    auto const e = thrown<esxvi::tls_failed>([&] { post(curl, server.url("/"), "a"); });
    CHECK(says(e, "client_key"));
  }
}
