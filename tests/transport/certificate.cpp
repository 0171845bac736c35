// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Certificates as a person gets to see them: what is read from PEM, and what a server shows.
#include <doctest/doctest.h>

#include <esxvi/transport/certificate.hpp>
#include <esxvi/transport/fetch_certificate.hpp>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/unreachable.hpp"
#include "transport/curl_fixture.hpp"

using namespace test;
using namespace std::string_view_literals;
using esxvi::fetch_certificate;
using esxvi::read_certificate;
using esxvi::Thumbprint;

namespace {

std::string pem_of(Certificate const& certificate) {
  std::ifstream file{certificate.file()};
  return {std::istreambuf_iterator<char>{file}, {}};
}

Thumbprint openssl_thumbprint(Certificate const& certificate, EVP_MD const* algorithm) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file{
      std::fopen(certificate.file().c_str(), "r"), std::fclose};
  std::unique_ptr<X509, void (*)(X509*)> const x{
      PEM_read_X509(file.get(), nullptr, nullptr, nullptr), X509_free};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  REQUIRE(X509_digest(x.get(), algorithm, digest.data(), &size) == 1);
  return Thumbprint::of_digest(std::span{digest}.first(size));
}

/// Counts what a client sends after the handshake.
void nothing_expected(HttpRequest&, HttpConnection&) { FAIL_CHECK("a request was sent"); }

}  // namespace

TEST_CASE("certificate: what is read from PEM") {
  auto const certificate =
      Certificate::with({.name = "esx01.example",
                         .other_names = "DNS:esx01,IP:192.0.2.7,IP:2001:db8::7",
                         .common_name = "esx01, \x1b[31m \xc3\xbc"});
  auto const it = read_certificate(pem_of(certificate));
  CHECK(it.subject == R"(CN=esx01\, \1B[31m \C3\BC)");
  CHECK(it.issuer == it.subject);
  CHECK(it.names ==
        std::vector<std::string>{"esx01.example", "esx01", "192.0.2.7", "2001:db8:0:0:0:0:0:7"});
  CHECK(it.not_after - it.not_before == std::chrono::hours{2});
  CHECK(std::chrono::abs(it.not_before + std::chrono::hours{1} - std::chrono::system_clock::now()) <
        std::chrono::minutes{10});
  CHECK(it.sha1 == openssl_thumbprint(certificate, EVP_sha1()));
  CHECK(it.sha256 == openssl_thumbprint(certificate, EVP_sha256()));
  CHECK_FALSE(it.refused);
}

TEST_CASE("certificate: a date after 2049 is written in another form") {
  auto const it = read_certificate(pem_of(Certificate::with({.name = "a", .to = 2'000'000'000})));
  CHECK(it.not_after - it.not_before == std::chrono::seconds{2'000'003'600});
}

TEST_CASE("certificate: the issuer is another") {
  auto const ca = Certificate::make("ca.example");
  auto const it =
      read_certificate(pem_of(Certificate::with({.name = "esx", .issuer_file = ca.file()})));
  CHECK(it.subject == "CN=esx");
  CHECK(it.issuer == "CN=ca.example");
}

TEST_CASE("certificate: what is none is refused, wherever it is cut or damaged") {
  using esxvi::tls_failed;
  CHECK_THROWS_AS(static_cast<void>(read_certificate("")), tls_failed);
  CHECK_THROWS_AS(static_cast<void>(read_certificate("-----BEGIN CERTIFICATE-----\nMIIB")),
                  tls_failed);
  auto const pem = pem_of(Certificate::with({.name = "a.example", .other_names = "IP:::1"}));
  CHECK_THROWS_AS(static_cast<void>(read_certificate("-----BEGIN CERTIFICATE-----\n%%%%\n"
                                                     "-----END CERTIFICATE-----\n")),
                  tls_failed);
  namespace x509 = esxvi::detail::x509;
  auto const der = x509::of_pem(pem);
  for (std::size_t size = 0; size < der.size(); ++size)
    CHECK_THROWS_AS(x509::read(std::span{der}.first(size)), tls_failed);
  // Any byte changed: read or refused, never anything else.
  unsigned refused = 0;
  for (std::size_t at = 0; at < der.size(); ++at) {
    for (unsigned const flip : {0x01U, 0x80U, 0xffU}) {
      auto damaged = der;
      damaged[at] = static_cast<std::uint8_t>(damaged[at] ^ flip);
      try {
        static_cast<void>(x509::read(damaged));
      } catch (tls_failed const&) {
        ++refused;
      }
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("fetch_certificate: what a server shows, and why it would be refused") {
  auto const ca = Certificate::make("ca.example");
  auto const look = [&](Certificate const& certificate) {
    HttpServer server{nothing_expected, {.certificate = certificate}};
    auto const it = fetch_certificate("127.0.0.1", server.port(), direct({.ca_file = ca.file()}));
    CHECK(it.sha256 == openssl_thumbprint(certificate, EVP_sha256()));
    CHECK(read_certificate(it.pem).sha1 == it.sha1);
    CHECK(it.refused.has_value() != it.refused_because.empty());
    CHECK(server.requests() == 0);
    return it;
  };
  auto const by_ca = [&](int from, int to, std::string name) {
    return Certificate::with(
        {.name = std::move(name), .from = from, .to = to, .issuer_file = ca.file()});
  };
  using esxvi::errc;
  CHECK_FALSE(look(by_ca(-3600, 3600, "127.0.0.1")).refused);
  CHECK(look(by_ca(-7200, -3600, "127.0.0.1")).refused == errc::certificate_expired);
  CHECK(look(by_ca(-3600, 3600, "esx.example")).refused == errc::wrong_host_name);
  CHECK(look(Certificate::make("127.0.0.1")).refused == errc::unknown_authority);
}

TEST_CASE("fetch_certificate: by IPv6, with and without brackets") {
  auto const certificate = Certificate::make("::1");
  HttpServer server{nothing_expected, {.certificate = certificate, .ipv6 = true}};
  for (auto const* host : {"::1", "[::1]"}) {
    auto const it = fetch_certificate(host, server.port(), direct({.ca_file = server.ca_file()}));
    CHECK_FALSE(it.refused);
    CHECK(it.names == std::vector<std::string>{"0:0:0:0:0:0:0:1"});
  }
}

TEST_CASE("fetch_certificate: no server, no TLS, no host") {
  esxvi::test::TakenPort const silent;
  CHECK_THROWS_AS(static_cast<void>(fetch_certificate("127.0.0.1", silent.port(), direct())),
                  esxvi::connection_refused);
  HttpServer talks{[](HttpRequest&, HttpConnection&) {}, {.greeting = "220 smtp ready\r\n"}};
  CHECK_THROWS_AS(static_cast<void>(fetch_certificate("127.0.0.1", talks.port(), direct())),
                  esxvi::tls_failed);
  // libcurl would read no further than a zero, and take the port of the scheme.
  for (auto const host :
       {""sv, "user@127.0.0.1"sv, "127.0.0.1/x"sv, "a b"sv, "a\\b"sv, "127.0.0.1\0x"sv}) {
    CAPTURE(std::string(host));
    CHECK_THROWS_AS(static_cast<void>(fetch_certificate(host, silent.port(), direct())),
                    esxvi::invalid_argument);
  }
}

TEST_CASE("fetch_certificate: a server that wants a certificate of the client shows its own") {
  auto const ca = Certificate::make("ca.example");
  HttpServer server{nothing_expected,
                    {.certificate = Certificate::make("127.0.0.1"), .client_ca = ca.file()}};
  CHECK(fetch_certificate("127.0.0.1", server.port(), direct()).subject == "CN=127.0.0.1");
}
