// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A server that speaks nothing newer than TLS 1.1. OpenSSL is told by old_tls.cnf to put up with
// that ($OPENSSL_CONF, set by CTest), so that it is CurlTransport who refuses.
#include <doctest/doctest.h>

#include <arpa/inet.h>

#include <memory>
#include <string>

#include "support/skip.hpp"
#include "transport/curl_fixture.hpp"

using namespace test;

namespace {

HttpServer with_version(int version) {
  return HttpServer{[](HttpRequest& request, HttpConnection& to) { to.reply(200, request.body); },
                    {.certificate = Certificate::make("127.0.0.1"), .tls_version = version}};
}

/// Whether a client that has nothing against old versions gets through to the server.
bool others_get_through(HttpServer const& server) {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> const context{SSL_CTX_new(TLS_client_method()),
                                                             SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> const ssl{SSL_new(context.get()), SSL_free};
  int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(server.port());
  bool through =
      ::connect(socket, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
  SSL_set_fd(ssl.get(), socket);
  through = through && SSL_connect(ssl.get()) == 1;
  ::close(socket);
  ERR_clear_error();
  return through;
}

}  // namespace

TEST_CASE("old tls: a server without TLS 1.2 is refused, whatever the system allows") {
  for (int const version : {TLS1_VERSION, TLS1_1_VERSION}) {
    CAPTURE(version);
    auto const server = with_version(version);
    if (!others_get_through(server))
      ESXVI_SKIP("old tls: OpenSSL here has no TLS 1.0 and 1.1, or $OPENSSL_CONF is not ours");
    CurlTransport curl{direct({.ca_file = server.ca_file()})};
    auto const e = thrown<esxvi::tls_failed>([&] { post(curl, server.url("/"), "<password>"); });
    CHECK(e.delivered() == delivery::not_sent);
    CHECK(server.requests() == 0);
    // Nor by a pin, nor when nothing is verified.
    CurlTransport careless{direct({.verify = false, .warn = {}})};
    CHECK_THROWS_AS(get(careless, server.url("/")), esxvi::tls_failed);
    CHECK(server.requests() == 0);
    // Nor as a proxy.
    CurlTransport by_proxy{{.proxy = "https://127.0.0.1:" + std::to_string(server.port()),
                            .proxy_ca_file = server.ca_file()}};
    CHECK_THROWS_AS(get(by_proxy, "http://esx01.example.test/"), esxvi::tls_failed);
    CHECK(server.requests() == 0);
  }
}

TEST_CASE("old tls: TLS 1.2 and 1.3 are spoken") {
  for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    auto const server = with_version(version);
    CurlTransport curl{direct({.ca_file = server.ca_file()})};
    CHECK(post(curl, server.url("/"), "a") == "a");
  }
}
