// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// sim::Server: clients that are broken, slow or hostile. None of it reaches the handler.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sim_server/fixture.hpp"

#include <esxvi/sim/host.hpp>
#include <esxvi/sim/machine.hpp>

using namespace test;

namespace {

std::string first_line(std::string const& reply) { return reply.substr(0, reply.find("\r\n")); }

/// What is no request.
constexpr std::string_view garbage[] = {
    std::string_view{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n", 27},
    std::string_view{"\0\0\0\0\r\n\r\n", 8},
    std::string_view{"GET\r\n\r\n"},
    std::string_view{"GET / HTTP/1.1\r\nBad Header: x\r\n\r\n"},
    std::string_view{"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"},
    std::string_view{"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n"},
    std::string_view{"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
    std::string_view{"POST / HTTP/1.1\r\nContent-Length: 3\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    std::string_view{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"},
    std::string_view{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "fffffffffffffffffff\r\n"},
};

/// What a client sends before it says nothing more.
constexpr std::string_view openings[] = {
    "",
    "POST /sdk HTT",
    "POST /sdk HTTP/1.1\r\nContent-Length: 1000\r\n\r\n<soapenv:Env",
    "PUT /folder/a HTTP/1.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
};

}  // namespace

TEST_CASE("sim server: garbage gets 400 and a closed connection") {
  Answering handler{echo};
  sim::Server server{handler};
  for (std::string_view const bytes : garbage) {
    CAPTURE(bytes);
    Raw client{server};
    CHECK(first_line(client.ask(bytes)) == "HTTP/1.1 400 Bad Request");
    CHECK(client.closed());
  }
  CHECK(Raw{server}.ask("GET / HTTP/1.1\nHost: x\n\n").starts_with("HTTP/1.1 505"));
  CHECK(first_line(Raw{server}.ask("GET / HTTP/3.0\r\n\r\n")).starts_with("HTTP/1.1 505"));
  CHECK(first_line(Raw{server}.ask("GET / HTTP/1.1\r\nExpect: the worst\r\n\r\n")) ==
        "HTTP/1.1 417 Expectation Failed");
  CHECK(server.statistics().requests == 0);
  CHECK(server.statistics().rejected == 13);
  CHECK(body_of(Raw{server}.ask(get("/"))) == "GET /\n");
}

TEST_CASE("sim server: random bytes never reach the handler as a request with a body") {
  Answering handler{echo};
  sim::Server server{handler, {.header_timeout = 200ms}};
  std::uint32_t random = 12345;
  for (int round = 0; round < 100; ++round) {
    std::string bytes = round % 2 == 0 ? "POST /sdk HTTP/1.1\r\n" : "";
    for (int i = 0; i < 300; ++i) {
      random = random * 1664525 + 1013904223;
      bytes += static_cast<char>(random >> 24);
    }
    Raw client{server};
    client.send(bytes + "\r\n\r\n");
    client.shut_down();
    client.rest();
  }
  CHECK(server.statistics().requests == 0);
  CHECK(eventually([&] { return server.statistics().open == 0; }));
}

TEST_CASE("sim server: headers that are too large or too many") {
  Answering handler{echo};
  sim::Server server{handler, {.header_limit = 8192}};
  {
    Raw client{server};
    client.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'a'));
    CHECK(first_line(client.reply()).starts_with("HTTP/1.1 431 "));
    CHECK(client.closed());
  }
  {
    Raw client{server};
    client.send("GET /" + std::string(20'000, 'a'));
    CHECK(first_line(client.reply()).starts_with("HTTP/1.1 431 "));
  }
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 1000; ++i) many += "A:b\r\n";
  CHECK(first_line(Raw{server}.ask(many + "\r\n")).starts_with("HTTP/1.1 431 "));
  CHECK(first_line(Raw{server}.ask(get("/" + std::string(7000, 'a')))) == "HTTP/1.1 200 OK");
}

TEST_CASE("sim server: bodies that are too large are refused before they are read") {
  Answering handler{echo};
  sim::Server server{handler, {.body_limit = 1000, .upload_limit = 5000}};
  {
    Raw client{server};
    client.send("POST / HTTP/1.1\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
    CHECK(first_line(client.reply()).starts_with("HTTP/1.1 413 "));
    CHECK(client.closed());
  }
  {
    // What the client goes on sending is swallowed, so that it gets to read the answer.
    Raw client{server};
    client.send("POST / HTTP/1.1\r\nContent-Length: 3000000\r\n\r\n" + std::string(3'000'000, 'x'));
    CHECK(first_line(client.reply()).starts_with("HTTP/1.1 413 "));
  }
  {
    Raw client{server};
    client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 11; ++i) client.send("64\r\n" + std::string(100, 'x') + "\r\n");
    CHECK(first_line(client.reply()).starts_with("HTTP/1.1 413 "));
  }
  CHECK(first_line(Raw{server}.ask(post("/", std::string(1000, 'x')))) == "HTTP/1.1 200 OK");
  CHECK(server.statistics().requests == 1);
  Raw client{server};
  client.send("PUT / HTTP/1.1\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x'));
  CHECK(first_line(client.reply()) == "HTTP/1.1 200 OK");
  CHECK(first_line(Raw{server}.ask("PUT / HTTP/1.1\r\nContent-Length: 5001\r\n\r\n"))
            .starts_with("HTTP/1.1 413 "));
}

TEST_CASE("sim server: slow clients are closed, however they are slow") {
  Answering handler{echo};
  sim::Server server{handler,
                     {.header_timeout = 400ms, .body_timeout = 400ms, .idle_timeout = 400ms}};
  SUBCASE("says nothing") {
    Raw client{server};
    CHECK(client.closed(3s));
  }
  SUBCASE("a byte of its header now and then") {
    Raw client{server};
    Stopwatch watch;
    auto const header = get("/" + std::string(1000, 'x'));
    std::string reply;
    for (char const c : header) {
      if (!client.send({&c, 1}) || !(reply = client.rest(10ms)).empty()) break;
    }
    CHECK(first_line(reply) == "HTTP/1.1 408 Request Timeout");
    CHECK(watch.elapsed() < 3s);
  }
  SUBCASE("a byte of its body now and then") {
    Raw client{server};
    client.send("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n");
    std::string reply;
    for (int i = 0; i < 1000; ++i) {
      if (!client.send("x") || !(reply = client.rest(10ms)).empty()) break;
    }
    CHECK(first_line(reply) == "HTTP/1.1 408 Request Timeout");
  }
  SUBCASE("is told to go on and does not") {
    Raw client{server};
    client.send("PUT / HTTP/1.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.reply() == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(first_line(client.reply()) == "HTTP/1.1 408 Request Timeout");
  }
  SUBCASE("keeps its connection for nothing") {
    Raw client{server};
    CHECK(first_line(client.ask(get("/"))) == "HTTP/1.1 200 OK");
    CHECK(client.closed(3s));
  }
  CHECK(eventually([&] { return server.statistics().open == 0; }));
}

TEST_CASE("sim server: a client that does not read its reply is closed") {
  Answering handler{[](sim::WebRequest const&) {
    return sim::WebResponse{.body = std::string(std::size_t{64} << 20, 'x')};
  }};
  sim::Server server{handler, {.write_timeout = 150ms}};
  Raw client{server, 4096};
  client.send(get("/"));
  REQUIRE(eventually([&] { return server.statistics().requests == 1; }));
  CHECK(eventually([&] { return server.statistics().open == 0; }));
}

TEST_CASE("sim server: more connections than allowed are closed as they come") {
  Parking handler;
  sim::Server server{handler, {.max_connections = 3}};
  std::vector<Raw> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server);
    clients.back().send(get("/"));
  }
  REQUIRE(eventually([&] { return handler.count() == 3; }));
  Raw fourth{server};
  CHECK(fourth.closed());
  CHECK(server.statistics().refused == 1);
  clients.clear();
  REQUIRE(eventually([&] { return server.statistics().open == 0; }));
  Raw fifth{server};
  fifth.send(get("/"));
  CHECK(eventually([&] { return handler.count() == 1; }));
}

TEST_CASE("sim server: promises of large bodies cost no memory") {
  sim::ServerOptions const options;
  sim::detail::server_parser parser{options};
  boost::system::error_code failed;
  std::string const head = "PUT / HTTP/1.1\r\nContent-Length: 67000000\r\n\r\n";
  CHECK(parser.put(boost::asio::buffer(head), failed) == head.size());
  CHECK_FALSE(failed);
  CHECK(parser.is_header_done());
  CHECK(parser.request().body.capacity() <= 65536);
}

TEST_CASE("sim server: a host behind it is none the worse for any of them") {
  sim::Host host;
  host.add_vm("web01");
  sim::Server server{host,
                     {.header_limit = 8192,
                      .body_limit = 10'000,
                      .header_timeout = 400ms,
                      .body_timeout = 400ms,
                      .idle_timeout = 400ms}};
  for (std::string_view const bytes : garbage) {
    CAPTURE(bytes);
    CHECK(first_line(Raw{server}.ask(bytes)) == "HTTP/1.1 400 Bad Request");
  }
  for (std::string_view const bytes : openings) {
    CAPTURE(bytes);
    Raw client{server};
    client.send(bytes);
    client.rest();
    CHECK(client.closed());
  }
  CHECK(first_line(Raw{server}.ask("POST /sdk HTTP/1.1\r\nContent-Length: 10001\r\n\r\n"))
            .starts_with("HTTP/1.1 413 "));
  CHECK(first_line(Raw{server}.ask(get("/" + std::string(20'000, 'a'))))
            .starts_with("HTTP/1.1 431 "));
  CHECK(host.calls() == 0);
  // Requests by HTTP that are none of the API.
  for (std::string const& body :
       {std::string(), std::string("garbage"), std::string(10'000, '<'), std::string(5000, '\0')})
    CHECK(first_line(Raw{server}.ask(post("/sdk", body))).starts_with("HTTP/1.1 500 "));
  CHECK(host.calls() == 4);
  CHECK(host.sessions().empty());
  CHECK(host.check() == std::vector<std::string>());
}
