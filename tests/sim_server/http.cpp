// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// sim::Server: well-behaved clients.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sim_server/fixture.hpp"

using namespace test;

TEST_CASE("sim server: replies with status, headers and a counted body") {
  Answering handler{[](sim::WebRequest const& request) {
    CHECK(request.method == "POST");
    CHECK(request.target == "/sdk?a=%20");
    CHECK(request.body == "<soap/>");
    CHECK(request.peer == "127.0.0.1");
    CHECK(!request.tls);
    REQUIRE(http::find_header(request.headers, "soapaction") != nullptr);
    CHECK(*http::find_header(request.headers, "soapaction") == "urn:vim25/8.0");
    return sim::WebResponse{.status = 500,
                            .headers = {{"Content-Type", "text/xml"},
                                        {"Set-Cookie", "vmware_soap_session=\"1\""},
                                        {"Content-Length", "7777"},
                                        {"Connection", "upgrade"},
                                        {"X-Injected", "a\r\nX-Evil: yes"}},
                            .body = "<fault/>"};
  }};
  sim::Server server{handler};
  CHECK(server.url("/sdk") == "http://127.0.0.1:" + std::to_string(server.port()) + "/sdk");
  CHECK(server.certificate_pem().empty());
  Raw client{server};
  auto const reply = client.ask(
      "POST /sdk?a=%20 HTTP/1.1\r\nHost: x\r\nSOAPAction: urn:vim25/8.0\r\n"
      "Content-Length: 7\r\n\r\n<soap/>");
  CHECK(reply.starts_with("HTTP/1.1 500 Internal Server Error\r\nDate: "));
  CHECK(reply.find("\r\nContent-Type: text/xml\r\n") != reply.npos);
  CHECK(reply.find("\r\nSet-Cookie: vmware_soap_session=\"1\"\r\n") != reply.npos);
  CHECK(reply.find("\r\nContent-Length: 8\r\n") != reply.npos);
  CHECK(reply.find("7777") == reply.npos);
  CHECK(reply.find("onnection") == reply.npos);
  CHECK(reply.find("X-Evil") == reply.npos);
  CHECK(body_of(reply) == "<fault/>");
}

TEST_CASE("sim server: connections are kept, and requests of one are answered in order") {
  Answering handler{echo};
  sim::Server server{handler};
  Raw client{server};
  for (int i = 0; i < 50; ++i) {
    auto const n = std::to_string(i);
    CHECK(body_of(client.ask(post("/" + n, "body " + n))) == "POST /" + n + "\nbody " + n);
  }
  std::string many;
  for (int i = 0; i < 200; ++i) many += post("/" + std::to_string(i), std::string(100, 'x'));
  client.send(many);
  for (int i = 0; i < 200; ++i) {
    REQUIRE(body_of(client.reply()).starts_with("POST /" + std::to_string(i) + "\n"));
  }
  auto const last = client.ask("GET /end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(last.find("\r\nConnection: close\r\n") != last.npos);
  CHECK(client.closed());
  CHECK(server.statistics().accepted == 1);
  CHECK(server.statistics().requests == 251);
  CHECK(eventually([&] { return server.statistics().open == 0; }));
}

TEST_CASE("sim server: HTTP/1.0, with and without keep-alive, and a client that has said it all") {
  Answering handler{echo};
  sim::Server server{handler};
  {
    Raw client{server};
    CHECK(body_of(client.ask("GET /a HTTP/1.0\r\n\r\n")) == "GET /a\n");
    CHECK(client.closed());
  }
  Raw client{server};
  auto const reply = client.ask("GET /b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(reply.find("\r\nConnection: keep-alive\r\n") != reply.npos);
  client.send("GET /c HTTP/1.0\r\n\r\n");
  client.shut_down();
  CHECK(body_of(client.reply()) == "GET /c\n");
  CHECK(client.closed());
}

TEST_CASE("sim server: HEAD has the length of the body and no body") {
  Answering handler{[](sim::WebRequest const& request) {
    if (request.target == "/own") return sim::WebResponse{.headers = {{"Content-Length", "123"}}};
    return sim::WebResponse{.body = "12345"};
  }};
  sim::Server server{handler};
  Raw client{server};
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nHEAD /own HTTP/1.1\r\nHost: x\r\n\r\n" +
              get("/then"));
  std::string all;
  REQUIRE(eventually([&] {
    all += client.rest(1ms);
    return all.ends_with("12345");
  }));
  CHECK(all.find("Content-Length: 5\r\n\r\nHTTP/1.1 200") != all.npos);
  CHECK(all.find("Content-Length: 123\r\n\r\nHTTP/1.1 200") != all.npos);
}

TEST_CASE("sim server: 204 and 304 have neither body nor length") {
  Answering handler{[](sim::WebRequest const&) {
    return sim::WebResponse{.status = 204, .body = "not to be seen"};
  }};
  sim::Server server{handler};
  Raw client{server};
  auto const reply = client.ask(get("/"));
  CHECK(reply.starts_with("HTTP/1.1 204 No Content\r\n"));
  CHECK(reply.find("Content-Length") == reply.npos);
  CHECK(client.ask(get("/")).starts_with("HTTP/1.1 204"));
}

TEST_CASE("sim server: chunks, both ways") {
  Answering handler{[](sim::WebRequest const& request) {
    return sim::WebResponse{.headers = {{"Transfer-Encoding", "chunked"}},
                            .body = request.body + std::string(20'000, 'z')};
  }};
  sim::Server server{handler};
  Raw client{server};
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("5;ext=1\r\nhello\r\n");
  client.send("6\r\n world\r\n0\r\nTrailer: x\r\n\r\n");
  esxvi::CurlTransport curl{direct()};
  Collect sink;
  curl.send({.url = server.url("/"), .body = "abc"}, sink, {});
  CHECK(sink.body == "abc" + std::string(20'000, 'z'));
  std::string raw;
  REQUIRE(eventually([&] {
    raw += client.rest(1ms);
    return raw.ends_with("\r\n0\r\n\r\n");
  }));
  CHECK(raw.find("\r\n2000\r\nhello worldzzz") != raw.npos);
  // A client of HTTP/1.0 does not know them.
  Raw old{server};
  auto const reply = old.ask("GET / HTTP/1.0\r\n\r\n");
  CHECK(reply.find("chunked") == reply.npos);
  CHECK(body_of(reply).size() == 20'000);
}

TEST_CASE("sim server: a client that waits to be told to go on is told so") {
  Answering handler{echo};
  sim::Server server{handler};
  Raw client{server};
  client.send("PUT /f HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CHECK(client.reply() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  CHECK(body_of(client.reply()) == "PUT /f\nhello");
  // The body that is there already needs no permission.
  auto const all = client.ask(
      "PUT /f HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
  CHECK(all.starts_with("HTTP/1.1 200"));
}

TEST_CASE("sim server: large bodies in both directions") {
  Answering handler{
      [](sim::WebRequest const& request) { return sim::WebResponse{.body = request.body}; }};
  sim::Server server{handler};
  std::string body(std::size_t{20} << 20, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 >> 7);
  esxvi::CurlTransport curl{direct()};
  Collect sink;
  curl.send({.method = "PUT", .url = server.url("/"), .body = body}, sink, {});
  CHECK(sink.body == body);
}

TEST_CASE("sim server: IPv6, all addresses, addresses that are none, a port that is taken") {
  Answering handler{echo};
  try {
    sim::Server server{handler, {.address = "::1"}};
    CHECK(server.url("/x") == "http://[::1]:" + std::to_string(server.port()) + "/x");
    Raw client{server};
    CHECK(body_of(client.ask(get("/six"))) == "GET /six\n");
  } catch (esxvi::transport_failed const&) {
    MESSAGE("no IPv6 on this machine");
  }
  sim::Server all{handler, {.address = "0.0.0.0"}};
  CHECK(all.authority() == "127.0.0.1:" + std::to_string(all.port()));
  CHECK(body_of(Raw{all}.ask(get("/all"))) == "GET /all\n");
  CHECK_THROWS_AS((sim::Server{handler, {.address = "localhost"}}), esxvi::invalid_argument);
  CHECK_THROWS_AS((sim::Server{handler, {.port = all.port()}}), esxvi::transport_failed);
}

TEST_CASE("sim server: the transport of the library keeps its connection") {
  Answering handler{echo};
  sim::Server server{handler};
  esxvi::CurlTransport curl{direct()};
  for (int i = 0; i < 20; ++i) {
    Collect sink;
    auto const response = curl.send({.url = server.url("/sdk"), .body = "<a/>"}, sink, {});
    CHECK(response.status == 200);
    CHECK(sink.body == "POST /sdk\n<a/>");
  }
  CHECK(curl.statistics().connections_opened == 1);
}

TEST_CASE("sim server: an exception of the handler is a 500, and costs no connection") {
  Answering handler{[](sim::WebRequest const& request) -> sim::WebResponse {
    if (request.target == "/throw") throw std::runtime_error("secret");
    return {.body = "fine"};
  }};
  sim::Server server{handler};
  Raw client{server};
  auto const reply = client.ask(get("/throw"));
  CHECK(reply.starts_with("HTTP/1.1 500 "));
  CHECK(reply.find("secret") == reply.npos);
  CHECK(body_of(client.ask(get("/"))) == "fine");
}
