// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// sim::Server over TLS, and the certificate it makes.
#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "sim_server/fixture.hpp"

using namespace test;

namespace {

/// A file with the PEM text that goes away with it.
struct PemFile {
  explicit PemFile(std::string const& pem) {
    auto pattern = (std::filesystem::temp_directory_path() / "esxvi-sim-XXXXXX").string();
    int const descriptor = ::mkstemp(pattern.data());
    REQUIRE(descriptor >= 0);
    ::close(descriptor);
    path = pattern;
    std::ofstream{path} << pem;
  }
  ~PemFile() { std::filesystem::remove(path); }
  std::string path{};
};

std::string with_host(sim::Server const& server, std::string const& host) {
  return "https://" + host + ":" + std::to_string(server.port()) + "/sdk";
}

}  // namespace

TEST_CASE("sim tls: a client that trusts the certificate connects by each of its names") {
  Answering handler{[](sim::WebRequest const& request) {
    return sim::WebResponse{.body = request.tls ? "tls" : "plain"};
  }};
  sim::Server server{handler, {.tls = true}};
  CHECK(server.url() == "https://127.0.0.1:" + std::to_string(server.port()));
  PemFile const ca{server.certificate_pem()};
  esxvi::CurlTransport curl{direct({.ca_file = ca.path})};
  for (int i = 0; i < 5; ++i) {
    Collect sink;
    curl.send({.url = server.url("/sdk"), .body = "<a/>"}, sink, {});
    CHECK(sink.body == "tls");
  }
  CHECK(curl.statistics().connections_opened == 1);
  Collect by_name;
  curl.send({.url = with_host(server, "localhost"), .body = "<a/>"}, by_name, {});
  CHECK(by_name.body == "tls");
}

TEST_CASE("sim tls: a client that does not trust it, or knows it by another name, does not") {
  Answering handler{echo};
  sim::Server server{handler, {.tls = true}};
  auto const ask = [&](esxvi::CurlOptions options) {
    esxvi::CurlTransport curl{direct(std::move(options))};
    Collect sink;
    curl.send({.url = server.url("/"), .body = "<a/>"}, sink, {});
  };
  CHECK_THROWS_AS(ask({}), esxvi::unknown_authority);
  PemFile const other{sim::Certificate::make().certificate_pem()};
  CHECK_THROWS_AS(ask({.ca_file = other.path}), esxvi::unknown_authority);
  CHECK_NOTHROW(ask({.verify = false}));

  auto const named = sim::Certificate::make({.names = {"esx01.example.test"}});
  sim::Server elsewhere{handler, {.tls = true, .certificate = named}};
  PemFile const ca{elsewhere.certificate_pem()};
  esxvi::CurlTransport curl{direct({.ca_file = ca.path})};
  Collect sink;
  CHECK_THROWS_AS(curl.send({.url = elsewhere.url("/"), .body = "<a/>"}, sink, {}),
                  esxvi::wrong_host_name);
}

TEST_CASE("sim tls: thumbprints are those of the certificate that clients see") {
  Answering handler{echo};
  sim::Server server{handler, {.tls = true}};
  Raw raw{server};
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> const context{SSL_CTX_new(TLS_client_method()),
                                                             SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> const ssl{SSL_new(context.get()), SSL_free};
  static constexpr unsigned char offered[] = "\x02h2\x08http/1.1";
  SSL_set_alpn_protos(ssl.get(), offered, sizeof offered - 1);
  SSL_set_fd(ssl.get(), raw.descriptor());
  REQUIRE(SSL_connect(ssl.get()) == 1);
  CHECK(SSL_version(ssl.get()) >= TLS1_2_VERSION);
  unsigned char const* protocol = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(ssl.get(), &protocol, &length);
  CHECK(std::string(reinterpret_cast<char const*>(protocol), length) == "http/1.1");

  std::unique_ptr<X509, void (*)(X509*)> const peer{SSL_get1_peer_certificate(ssl.get()),
                                                    X509_free};
  auto const print = [&](EVP_MD const* digest) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    X509_digest(peer.get(), digest, bytes.data(), &size);
    std::string out;
    for (unsigned int i = 0; i < size; ++i) {
      std::array<char, 4> text{};
      std::snprintf(text.data(), text.size(), "%s%02X", i == 0 ? "" : ":", bytes[i]);
      out += text.data();
    }
    return out;
  };
  CHECK(server.sha1_thumbprint() == print(EVP_sha1()));
  CHECK(server.sha256_thumbprint() == print(EVP_sha256()));
  CHECK(server.sha1_thumbprint().size() == 59);

  auto const request = get("/raw");
  REQUIRE(SSL_write(ssl.get(), request.data(), static_cast<int>(request.size())) > 0);
  std::array<char, 1000> reply{};
  REQUIRE(SSL_read(ssl.get(), reply.data(), static_cast<int>(reply.size())) > 0);
  CHECK(std::string_view{reply.data()}.starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("sim tls: certificates can be kept, and bad ones are refused") {
  auto const first = sim::Certificate::make();
  auto const second = sim::Certificate::make();
  CHECK(first.certificate_pem() != second.certificate_pem());
  auto const again = sim::Certificate::from_pem(first.certificate_pem(), first.key_pem());
  CHECK(again.sha256_thumbprint() == first.sha256_thumbprint());
  CHECK_THROWS_AS((void)sim::Certificate::from_pem(first.certificate_pem(), second.key_pem()),
                  esxvi::tls_failed);
  CHECK_THROWS_AS((void)sim::Certificate::from_pem("", ""), esxvi::tls_failed);
  CHECK_THROWS_AS((void)sim::Certificate::make({.names = {"a,DNS:evil"}}), esxvi::invalid_argument);
  CHECK_THROWS_AS((void)sim::Certificate::make({.names = {"1.2.3"}}), esxvi::tls_failed);
}

TEST_CASE("sim tls: who does not speak TLS, or does not finish the handshake, is closed") {
  Answering handler{echo};
  sim::Server server{handler, {.tls = true, .header_timeout = 150ms}};
  Raw plain{server};
  plain.send(get("/"));
  plain.rest();
  CHECK(plain.closed());
  Raw silent{server};
  CHECK(silent.closed(3s));
  CHECK(eventually([&] { return server.statistics().open == 0; }));
  CHECK(server.statistics().rejected == 2);
  CHECK(server.statistics().requests == 0);
}

TEST_CASE("sim tls: too large a body gets its answer") {
  Answering handler{echo};
  sim::Server server{handler, {.tls = true, .body_limit = 1000}};
  esxvi::CurlTransport curl{direct({.verify = false})};
  Collect sink;
  std::string const body(2'000'000, 'x');
  auto const response = curl.send({.url = server.url("/"), .body = body}, sink, {});
  CHECK(response.status == 413);
}

TEST_CASE("sim tls: large bodies in both directions") {
  Answering handler{
      [](sim::WebRequest const& request) { return sim::WebResponse{.body = request.body}; }};
  sim::Server server{handler, {.tls = true}};
  std::string body(std::size_t{5} << 20, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 7);
  esxvi::CurlTransport curl{direct({.verify = false})};
  Collect sink;
  curl.send({.method = "PUT", .url = server.url("/"), .body = body}, sink, {});
  CHECK(sink.body == body);
}
