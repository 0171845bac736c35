// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// CurlTransport and replies made to do harm: bombs, lengths that lie, redirections.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "transport/curl_fixture.hpp"

using namespace test;

namespace {

/// 1 + 258 * `repeats` equal bytes as gzip (RFC 1951: one block with fixed codes), 13 bits for 258
/// bytes. It has no end: nobody is to come so far.
std::string bomb(std::size_t repeats) {
  std::string out{"\x1f\x8b\x08\0\0\0\0\0\0\x03", 10};
  unsigned held = 0;
  unsigned count = 0;
  auto const put = [&](std::string_view bits) {
    for (char const bit : bits) {
      held |= static_cast<unsigned>(bit - '0') << count;
      if (++count < 8) continue;
      out.push_back(static_cast<char>(held));
      held = count = 0;
    }
  };
  put("110");                                                      // the last block, fixed codes
  put("00110000");                                                 // a zero
  for (std::size_t i = 0; i < repeats; ++i) put("1100010100000");  // 258 bytes from 1 byte ago
  return out;
}

}  // namespace

TEST_CASE("curl hostile: a gzip bomb comes in pieces, and the sink can end it at its limit") {
  auto const packed = bomb(250'000);  // 400 KB of 64 MB
  HttpServer server{[&](HttpRequest&, HttpConnection& connection) {
    connection.reply(200, packed, {"Content-Encoding: gzip", "Content-Type: text/xml"});
  }};
  CurlTransport curl{direct()};

  struct Limited final : http::BodySink {
    void begin(http::Response const&) override {}
    void write(std::string_view piece) override {
      bytes += piece.size();
      largest = std::max(largest, piece.size());
      if (bytes > 1'000'000) throw esxvi::limit_exceeded{{.problem = "too large"}};
    }
    std::size_t bytes = 0;
    std::size_t largest = 0;
  } sink;
  thrown<esxvi::limit_exceeded>(
      [&] { curl.send({.method = "GET", .url = server.url("/")}, sink, {}); });
  CHECK(sink.largest <= 64 * 1024);
  CHECK(sink.bytes <= 1'000'000 + 64 * 1024);
  CHECK(curl.statistics().body_bytes == sink.bytes);
}

TEST_CASE("curl hostile: what follows a body is not taken for the next reply") {
  HttpServer server{[](HttpRequest& request, HttpConnection& connection) {
    if (request.number == 1) {
      connection.send(
          "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrue"
          "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
    } else {
      connection.reply(200, "asked for");
    }
  }};
  CurlTransport curl{direct()};
  CHECK(get(curl, server.url("/")) == "true");
  // Either it notices, or it takes another connection; the forged one it never takes.
  CHECK(get(curl, server.url("/")) == "asked for");
}

TEST_CASE("curl hostile: lengths that are none") {
  std::string length;
  HttpServer server{[&](HttpRequest&, HttpConnection& connection) {
    connection.head(200, {length});
    connection.send("body");
    connection.close();
  }};
  CurlTransport curl{direct()};
  for (auto const* text : {"Content-Length: -1", "Content-Length: four",
                           "Content-Length: 99999999999999999999999", "Content-Length: 5"}) {
    CAPTURE(text);
    length = text;
    std::string body;
    try {
      body = get(curl, server.url("/"));
    } catch (esxvi::transport_error const& e) {
      CHECK(e.delivered() == delivery::unknown);
      continue;
    }
    CHECK(body == "body");  // some are taken for no length at all; never less than what came
    CHECK(length != "Content-Length: 5");
  }
}

TEST_CASE("curl hostile: a redirection is an answer, and nobody else gets the request") {
  std::atomic<int> got = 0;
  HttpServer elsewhere{[&](HttpRequest&, HttpConnection& connection) {
    ++got;
    connection.reply(200, "");
  }};
  auto status = 0;
  HttpServer server{[&](HttpRequest&, HttpConnection& connection) {
    connection.reply(status, "", {"Location: " + elsewhere.url("/steal")});
  }};
  CurlTransport curl{direct()};
  for (int const code : {301, 302, 303, 307, 308}) {
    status = code;
    for (auto const* method : {"GET", "POST"}) {
      Collect sink;
      CHECK(curl.send({.method = method,
                       .url = server.url("/"),
                       .headers = {{"Cookie", "vmware_soap_session=5ecret"}},
                       .body = std::string_view{method} == "POST" ? "<password>" : ""},
                      sink, {})
                .status == code);
    }
  }
  CHECK(elsewhere.connections() == 0);
  CHECK(got == 0);
}
