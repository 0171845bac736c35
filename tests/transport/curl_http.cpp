// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// CurlTransport against a well-behaved server: connections, bodies both ways, headers, exceptions.
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "transport/curl_fixture.hpp"

using namespace test;

namespace {

void echo(HttpRequest& request, HttpConnection& connection) {
  connection.reply(200, request.method + " " + request.target + " " + request.body);
}

/// A valid gzip file that does not compress.
std::string gzip(std::string_view text) {
  std::uint32_t crc = 0xffffffffu;
  for (char const c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1u) != 0 ? (crc >> 1u) ^ 0xedb88320u : crc >> 1u;
  }
  auto const little = [](std::uint32_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xffu));
    return out;
  };
  auto const size = static_cast<std::uint32_t>(text.size());
  return std::string{"\x1f\x8b\x08\0\0\0\0\0\0\x03\x01", 11} + little(size, 2) + little(~size, 2) +
         std::string{text} + little(~crc, 4) + little(size, 4);
}

}  // namespace

TEST_CASE("curl: one connection for many requests") {
  HttpServer server{echo};
  CurlTransport curl{direct()};
  for (int i = 0; i < 20; ++i) {
    CHECK(post(curl, server.url("/sdk"), "<a/>") == "POST /sdk <a/>");
    CHECK(get(curl, server.url("/folder/a")) == "GET /folder/a ");
  }
  CHECK(server.connections() == 1);
  CHECK(server.requests() == 40);
  auto const statistics = curl.statistics();
  CHECK(statistics.requests == 40);
  CHECK(statistics.connections_opened == 1);
  CHECK(statistics.body_bytes == 20 * 14 + 20 * 14);
  CHECK(statistics.bytes_sent > 2000);
  CHECK(statistics.bytes_received > statistics.body_bytes + 800);
  CHECK(statistics.total.count() > 0);
}

TEST_CASE("curl: what goes out") {
  HttpRequest seen;
  HttpServer server{[&](HttpRequest& request, HttpConnection& connection) {
    seen = request;
    connection.reply(200, "");
  }};
  CurlTransport curl{direct({.user_agent = "agent/1"})};
  Collect sink;
  curl.send({.url = server.url("/sdk/../a?b=c"),
             .headers = {{"Content-Type", "text/xml"}, {"SOAPAction", ""}, {"Cookie", "k=v"}},
             .body = std::string(5000, 'x')},
            sink, {});
  CHECK(seen.method == "POST");
  CHECK(seen.version == "HTTP/1.1");
  CHECK(seen.target == "/sdk/../a?b=c");
  CHECK(seen.header("content-type") == "text/xml");
  CHECK(seen.header("cookie") == "k=v");
  CHECK(seen.header("user-agent") == "agent/1");
  CHECK(seen.header("content-length") == "5000");
  CHECK(seen.header("accept-encoding").find("gzip") != std::string::npos);
  auto const has = [&](std::string const& name) {
    return std::any_of(seen.headers.begin(), seen.headers.end(),
                       [&](auto const& h) { return h.first == name; });
  };
  CHECK(has("soapaction"));
  CHECK_FALSE(has("expect"));
  CHECK_FALSE(has("authorization"));

  SUBCASE("a body without a type gets none") {
    post(curl, server.url("/"), "x");
    CHECK_FALSE(has("content-type"));
  }
  SUBCASE("an empty POST says so") {
    post(curl, server.url("/"), "");
    CHECK(seen.method == "POST");
    CHECK(seen.header("content-length") == "0");
  }
  SUBCASE("no cookie is kept") {
    HttpServer cookies{[&](HttpRequest& request, HttpConnection& connection) {
      seen = request;
      connection.reply(200, "", {"Set-Cookie: a=b"});
    }};
    get(curl, cookies.url("/"));
    get(curl, cookies.url("/"));
    CHECK_FALSE(has("cookie"));
  }
  SUBCASE("DELETE") {
    curl.send({.method = "DELETE", .url = server.url("/x")}, sink, {});
    CHECK(seen.method == "DELETE");
    CHECK(seen.body.empty());
    get(curl, server.url("/"));
    CHECK(seen.method == "GET");
  }
}

TEST_CASE("curl: the reply reaches the sink") {
  HttpServer server{[](HttpRequest& request, HttpConnection& connection) {
    if (request.target == "/empty") {
      connection.reply(201, "", {"X-A: 1"});
    } else if (request.target == "/none") {
      connection.head(204);
    } else if (request.target == "/continue") {
      connection.send("HTTP/1.1 100 Continue\r\nX-B: no\r\n\r\n");
      connection.send("HTTP/1.1 103 Early Hints\r\nX-B: no\r\n\r\n");
      connection.reply(200, "late", {"X-A:  padded  "});
    } else if (request.target == "/chunks") {
      connection.head(200, {"Transfer-Encoding: chunked"});
      for (char const c : std::string{"byte by byte"}) connection.chunk({&c, 1});
      connection.send("0\r\nX-Trailer: t\r\n\r\n");
    } else if (request.target == "/head") {
      connection.head(200, {"Content-Length: 5"});
    } else if (request.target == "/moved") {
      connection.reply(301, "moved", {"Location: /elsewhere"});
    } else if (request.target == "/close") {
      connection.head(200, {"Connection: close"});
      connection.send("until the end");
      connection.close();
    } else {
      connection.reply(500, "fault", {"Content-Type: text/xml"});
    }
  }};
  CurlTransport curl{direct()};
  Collect sink;
  auto const ask = [&](std::string const& path, std::string method = "GET") {
    auto const response =
        curl.send({.method = std::move(method), .url = server.url(path)}, sink, {});
    CHECK(response.status == sink.head.status);
    CHECK(response.headers.size() == sink.head.headers.size());
    CHECK(sink.begins == 1);
    CHECK_FALSE(sink.early);
    return response.status;
  };
  SUBCASE("empty") {
    CHECK(ask("/empty") == 201);
    CHECK(sink.header("x-a") == "1");
    CHECK(sink.pieces.empty());
  }
  SUBCASE("no content") { CHECK(ask("/none") == 204); }
  SUBCASE("interim answers are not the answer") {
    CHECK(ask("/continue") == 200);
    CHECK(sink.body == "late");
    CHECK(sink.header("X-B").empty());
    CHECK(sink.header("X-A") == "padded");
  }
  SUBCASE("chunks and a trailer") {
    CHECK(ask("/chunks") == 200);
    CHECK(sink.body == "byte by byte");
    CHECK(sink.header("X-Trailer").empty());
  }
  SUBCASE("HEAD") {
    CHECK(ask("/head", "HEAD") == 200);
    CHECK(sink.header("Content-Length") == "5");
    CHECK(sink.pieces.empty());
  }
  SUBCASE("redirects are not followed") {
    CHECK(ask("/moved") == 301);
    CHECK(sink.body == "moved");
    CHECK(sink.header("Location") == "/elsewhere");
    CHECK(server.requests() == 1);
  }
  SUBCASE("a body that ends with the connection") {
    CHECK(ask("/close") == 200);
    CHECK(sink.body == "until the end");
  }
  SUBCASE("a status is not judged") {
    CHECK(ask("/fault", "POST") == 500);
    CHECK(sink.body == "fault");
  }
}

TEST_CASE("curl: compressed replies") {
  std::string const text(30'000, 'a');
  HttpServer server{[&](HttpRequest& request, HttpConnection& connection) {
    if (request.header("accept-encoding").find("gzip") != std::string::npos) {
      auto const packed = request.target == "/bad" ? std::string{"no gzip"} : gzip(text);
      connection.reply(200, packed, {"Content-Encoding: gzip", "X-A: 1"});
    } else {
      connection.reply(200, "plain", {"Content-Encoding: identity"});
    }
  }};
  CurlTransport curl{direct()};
  Collect sink;
  curl.send({.method = "GET", .url = server.url("/")}, sink, {});
  CHECK(sink.body == text);
  CHECK(sink.header("X-A") == "1");
  CHECK(sink.header("Content-Encoding").empty());
  CHECK(sink.header("Content-Length").empty());
  CHECK(curl.statistics().body_bytes == text.size());

  Collect plain;
  curl.send({.method = "GET", .url = server.url("/"), .headers = {{"Accept-Encoding", "identity"}}},
            plain, {});
  CHECK(plain.body == "plain");
  CHECK(plain.header("Content-Length") == "5");

  Collect raw;
  curl.send({.method = "GET", .url = server.url("/"), .headers = {{"Accept-Encoding", "gzip"}}},
            raw, {});
  CHECK(raw.body == gzip(text));
  CHECK(raw.header("Content-Encoding") == "gzip");

  auto const e = thrown<esxvi::transport_failed>([&] { get(curl, server.url("/bad")); });
  CHECK(e.delivered() == delivery::unknown);
}

TEST_CASE("curl: large bodies in both directions stay in pieces") {
  std::string const big(3'000'000, 'b');
  HttpServer server{[&](HttpRequest& request, HttpConnection& connection) {
    connection.reply(200, request.body);
  }};
  CurlTransport curl{direct({.buffer_size = 32'768})};
  Collect sink;
  curl.send({.url = server.url("/"), .body = big}, sink, {});
  CHECK(sink.body == big);
  CHECK(sink.pieces.size() > 10);
  CHECK(std::all_of(sink.pieces.begin(), sink.pieces.end(),
                    [](auto& p) { return p.size() <= 32'768; }));
}

TEST_CASE("curl: a streamed body") {
  HttpRequest seen;
  HttpServer server{[&](HttpRequest& request, HttpConnection& connection) {
    seen = request;
    connection.reply(201, "");
  }};
  CurlTransport curl{direct()};
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i);
  Collect sink;
  SUBCASE("of known size") {
    Source source{text, static_cast<std::int64_t>(text.size())};
    CHECK(
        curl.send({.method = "PUT", .url = server.url("/f"), .source = &source}, sink, {}).status ==
        201);
    CHECK(seen.method == "PUT");
    CHECK(seen.header("content-length") == std::to_string(text.size()));
    CHECK(seen.header("expect").empty());
    CHECK(seen.body == text);
    CHECK(curl.statistics().bytes_sent > text.size());
  }
  SUBCASE("of unknown size") {
    Source source{text, -1};
    curl.send({.method = "PUT", .url = server.url("/f"), .source = &source}, sink, {});
    CHECK(seen.header("transfer-encoding") == "chunked");
    CHECK(seen.header("content-length").empty());
    CHECK(seen.body == text);
  }
  SUBCASE("by POST") {
    Source source{text, static_cast<std::int64_t>(text.size())};
    curl.send({.url = server.url("/f"), .source = &source}, sink, {});
    CHECK(seen.method == "POST");
    CHECK(seen.body == text);
  }
  SUBCASE("empty") {
    Source source{"", 0};
    curl.send({.method = "PUT", .url = server.url("/f"), .source = &source}, sink, {});
    CHECK(seen.header("content-length") == "0");
    Source unknown{"", -1};
    curl.send({.method = "PUT", .url = server.url("/f"), .source = &unknown}, sink, {});
    CHECK(seen.header("transfer-encoding") == "chunked");
    CHECK(seen.body.empty());
  }
  SUBCASE("longer than announced is cut, shorter is an error") {
    Source longer{text, 100};
    curl.send({.method = "PUT", .url = server.url("/f"), .source = &longer}, sink, {});
    CHECK(seen.body == text.substr(0, 100));
    Source shorter{"abc", 100};
    auto const e = thrown<esxvi::invalid_argument>([&] {
      curl.send({.method = "PUT", .url = server.url("/f"), .source = &shorter}, sink, {});
    });
    CHECK(std::string{e.what()}.find("97 bytes before") != std::string::npos);
  }
}

TEST_CASE("curl: exceptions of sink and source end the call and leave it as they are") {
  std::string const big(2'000'000, 'b');
  HttpServer server{[&](HttpRequest&, HttpConnection& connection) { connection.reply(200, big); }};
  CurlTransport curl{direct()};
  struct my_error {
    int value;
  };
  auto const survives = [&] { CHECK(get(curl, server.url("/")).size() == big.size()); };
  SUBCASE("begin") {
    Collect sink;
    sink.on_begin = [](auto&) { throw my_error{1}; };
    CHECK_THROWS_AS(curl.send({.method = "GET", .url = server.url("/")}, sink, {}), my_error);
    CHECK(sink.begins == 1);
    CHECK(sink.pieces.empty());
    survives();
  }
  SUBCASE("write") {
    Collect sink;
    sink.on_write = [&](auto) {
      if (sink.pieces.size() == 3) throw std::runtime_error{"disk full"};
    };
    CHECK_THROWS_WITH_AS(curl.send({.method = "GET", .url = server.url("/")}, sink, {}),
                         "disk full", std::runtime_error);
    CHECK(sink.pieces.size() == 3);
    survives();
  }
  SUBCASE("source") {
    Source source{big, -1};
    source.on_read = [&] {
      if (source.at > 100'000) throw my_error{2};
    };
    Collect sink;
    CHECK_THROWS_AS(
        curl.send({.method = "PUT", .url = server.url("/"), .source = &source}, sink, {}),
        my_error);
    survives();
  }
}

#ifndef ESXVI_TEST_LOOP  // which refuses that
TEST_CASE("curl: a call within a sink") {
  HttpServer server{echo};
  CurlTransport curl{direct()};
  Collect sink;
  std::string inner;
  sink.on_write = [&](auto) { inner = get(curl, server.url("/inner")); };
  curl.send({.method = "GET", .url = server.url("/outer")}, sink, {});
  CHECK(sink.body == "GET /outer ");
  CHECK(inner == "GET /inner ");
}
#endif

TEST_CASE("curl: what is no request is refused before anything is sent") {
  HttpServer server{echo};
  CurlTransport curl{direct()};
  Collect sink;
  auto const refused = [&](http::Request const& request) {
    auto const e = thrown<esxvi::invalid_argument>([&] { curl.send(request, sink, {}); });
    CHECK(e.delivered() == delivery::not_sent);
    return std::string{e.what()};
  };
  auto const user = refused({.url = "http://root:5ecret@127.0.0.1/"});
  CHECK(user.find("5ecret") == user.npos);
  CHECK(user.find("carries a user") != user.npos);
  refused({.url = server.url("/"), .headers = {{"X-A", "1\r\nX-B: 2"}}});
  refused({.url = server.url("/"), .headers = {{"X A", "1"}}});
  refused({.method = "GET /x HTTP/1.1\r\nX-B:", .url = server.url("/")});
  refused({.url = "http://"});
  refused({.url = ""});
  CHECK_THROWS_AS(curl.send({.method = "GET", .url = "ftp://127.0.0.1/"}, sink, {}),
                  esxvi::transport_failed);
  CHECK_THROWS_AS(curl.send({.method = "GET", .url = "file:///etc/hostname"}, sink, {}),
                  esxvi::transport_failed);
  CHECK(server.requests() == 0);
}
