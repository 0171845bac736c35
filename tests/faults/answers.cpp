// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Something between the client and the server answers by itself: proxies, captive portals, and
// whoever means harm. No such answer is taken for the server's, and the next call is right.
#include "faults/either.hpp"

#include <esxvi/types/ServiceInstance.hpp>

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>

#include <initializer_list>

#include "support/http_server.hpp"

using namespace esxvi::test;
using esxvi::errc;

namespace {

std::string const soap =
    "<?xml version=\"1.0\"?><Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body>"
    "<CurrentTimeResponse xmlns=\"urn:vim25\"><returnval>2001-02-03T04:05:06Z</returnval>"
    "</CurrentTimeResponse></Body></Envelope>";
std::string const html = "<!DOCTYPE html><html><body><h1>Sign in to Hotel Wi-Fi</h1></body></html>";

std::string head(std::string status, std::initializer_list<std::string> headers) {
  std::string text = "HTTP/1.1 " + std::move(status) + "\r\n";
  for (auto const& h : headers) text += h + "\r\n";
  return text + "\r\n";
}
std::string length(std::size_t size) { return "Content-Length: " + std::to_string(size); }
std::string const xml = "Content-Type: text/xml; charset=utf-8";

auto now_of(esxvi::Session& session, esxvi::CallOptions const& options = {}) {
  return session.call(vim::CurrentTime{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")},
                      options);
}

/// The text was taken for the server's reply.
constexpr errc taken{-1};

/// A session, and what a call of it makes of an answer that is given to every request.
struct Portal {
  AnySite at{};
  esxvi::Session session = at.open();
  esxvi::DateTime const told = esxvi::DateTime::parse("2001-02-03T04:05:06Z").value();

  errc answered(Fault answer, std::chrono::milliseconds deadline = 5s) {
    answer.act = Act::answer;
    answer.way = Way::request;
    answer.times = -1;
    at.proxy.arm(answer);
    auto const calls = at.calls();
    esxvi::DateTime said{};
    auto const e = error_of([&] { said = now_of(session, {.deadline = deadline}); });
    CHECK((e || said == told));
    CHECK(at.calls() == calls);
    at.proxy.lift();
    CHECK(now_of(session) != told);  // and it goes on with the server
    if (!e) return taken;
    INFO(e->what());
    CHECK(e->operation() == "CurrentTime");
    return e->code();
  }
  errc answered(std::string text) { return answered(Fault{.text = std::move(text)}); }
};

std::string gzip(std::size_t size) {
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  std::string const block(1 << 16, ' ');
  boost::beast::zlib::deflate_stream deflate;
  boost::crc_32_type sum;
  std::array<char, 1 << 16> piece{};
  for (std::size_t done = 0; done < size; done += block.size()) {
    bool const last = done + block.size() >= size;
    sum.process_bytes(block.data(), block.size());
    boost::beast::zlib::z_params z{};
    z.next_in = block.data();
    z.avail_in = block.size();
    boost::system::error_code error;
    do {
      z.next_out = piece.data();
      z.avail_out = piece.size();
      deflate.write(z, last ? boost::beast::zlib::Flush::finish : boost::beast::zlib::Flush::none,
                    error);
      out.append(piece.data(), piece.size() - z.avail_out);
    } while (z.avail_out == 0);
  }
  for (auto number : {static_cast<std::uint32_t>(sum.checksum()), static_cast<std::uint32_t>(size)})
    for (int i = 0; i < 4; ++i, number >>= 8U) out += static_cast<char>(number & 0xffU);
  return out;
}

}  // namespace

TEST_CASE("answers: pages of proxies and portals") {
  ESXVI_NEED_SITE();
  Portal at;
  std::string const page = "Content-Type: text/html";
  auto const with = [&](std::string status, std::string type) {
    return at.answered(head(std::move(status), {std::move(type), length(html.size())}) + html);
  };
  CHECK(with("200 OK", page) == errc::wrong_content_type);
  CHECK(with("200 OK", "Content-Type: text/plain") == errc::wrong_content_type);
  CHECK(with("403 Forbidden", page) == errc::forbidden);
  CHECK(with("404 Not Found", page) == errc::wrong_path);
  CHECK(with("407 Proxy Authentication Required", page) == errc::connection_refused);
  CHECK(with("500 Internal Server Error", page) == errc::server_failed);
  CHECK(with("502 Bad Gateway", page) == errc::unavailable);
  CHECK(with("503 Service Unavailable", page) == errc::unavailable);
  CHECK(with("504 Gateway Timeout", page) == errc::unavailable);
  CHECK(with("511 Network Authentication Required", page) == errc::server_failed);
  SUBCASE("that claim to be XML") { CHECK(with("200 OK", xml) == errc::not_soap); }
  SUBCASE("whose fault is none") {
    CHECK(with("500 Internal Server Error", xml) == errc::not_soap);
  }
}

TEST_CASE("answers: a redirect is an error, and nobody is told anything") {
  ESXVI_NEED_SITE();
  HttpServer elsewhere{
      [](HttpRequest&, HttpConnection& connection) { connection.reply(200, soap, {xml}); }};
  Portal at;
  for (std::string const status :
       {"301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"}) {
    CAPTURE(status);
    CHECK(at.answered(head(status, {"Location: " + elsewhere.url("/sdk"), length(0)})) ==
          errc::redirected);
  }
  SUBCASE("not even while logging in") {
    Fault const away{
        .act = Act::answer,
        .way = Way::request,
        .times = -1,
        .text = head("307 Temporary", {"Location: " + elsewhere.url("/sdk"), length(0)})};
    at.at.proxy.arm(away);
    auto const e = error_of([&] { at.at.open().logout(); });
    REQUIRE(e.has_value());
    CHECK(e->code() == errc::redirected);
    CHECK(std::string(e->what()).find(elsewhere.url("/sdk")) != std::string::npos);
  }
  CHECK(elsewhere.connections() == 0);
}

TEST_CASE("answers: lengths that are wrong") {
  ESXVI_NEED_SITE();
  Portal at;
  SUBCASE("too long, and then the end") {
    CHECK(at.answered(head("200 OK", {xml, length(soap.size() + 10)}) + soap) ==
          errc::connection_lost);
  }
  SUBCASE("too long, and then nothing") {
    CHECK(at.answered(Fault{.text = head("200 OK", {xml, length(soap.size() + 10)}) + soap,
                            .and_close = false},
                      200ms) == errc::timeout);
  }
  SUBCASE("too short: what is left over is not the next answer") {
    for (std::size_t const missing : {std::size_t{1}, std::size_t{30}, soap.size()}) {
      CAPTURE(missing);
      auto const found = at.answered(Fault{
          .text = head("200 OK", {xml, length(soap.size() - missing)}) + soap, .and_close = false});
      CHECK((found == errc::truncated_reply || found == errc::empty_reply));
    }
  }
  SUBCASE("no number") {
    for (std::string const wrong : {"-1", "x", "99999999999999999999999999"}) {
      CAPTURE(wrong);
      auto const found = at.answered(head("200 OK", {xml, "Content-Length: " + wrong}) + soap);
      // Up to the end of the connection it is a whole reply; anything else is an error.
      CHECK((found == taken || found == errc::transport_failed || found == errc::connection_lost));
    }
  }
  SUBCASE("nothing at all") {
    CHECK(at.answered(head("200 OK", {xml, length(0)})) == errc::empty_reply);
    CHECK(at.answered(head("204 No Content", {})) == errc::unexpected_status);
  }
}

TEST_CASE("answers: other forms of HTTP") {
  ESXVI_NEED_SITE();
  Portal at;
  auto const chunked = [](std::string_view text) {
    std::string out = head("200 OK", {xml, "Transfer-Encoding: chunked"});
    for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(7, text.size())))
      out.append(text.size() < 7 ? std::to_string(text.size()) : "7")
          .append("\r\n")
          .append(text.substr(0, 7))
          .append("\r\n");
    return out;
  };
  SUBCASE("right ones are understood") {
    CHECK(at.answered("HTTP/1.0 200 OK\r\n" + xml + "\r\n\r\n" + soap) == taken);
    CHECK(at.answered(chunked(soap) + "0\r\n\r\n") == taken);
    CHECK(at.answered(chunked(soap) + "0\r\nX-Trailer: 1\r\n\r\n") == taken);
    CHECK(at.answered("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" +
                      head("200 OK", {xml, length(soap.size())}) + soap) == taken);
  }
  SUBCASE("HTTP/1.0 that ends early is no reply") {
    for (std::size_t size = 0; size < soap.size(); ++size) {
      CAPTURE(size);
      auto const found =
          at.answered("HTTP/1.0 200 OK\r\n" + xml + "\r\n\r\n" + soap.substr(0, size));
      CHECK((found == errc::truncated_reply || found == errc::empty_reply));
    }
  }
  SUBCASE("chunks that are wrong") {
    std::string const start = head("200 OK", {xml, "Transfer-Encoding: chunked"});
    for (std::string const wrong : {"zz\r\n", "-5\r\n", "FFFFFFFFFFFFFFFFFF\r\n",
                                    "5\r\n<?xml  7\r\n", "\r\n", "7FFFFFFFFFFFFFFF\r\n<?xml"}) {
      CAPTURE(wrong);
      auto const found = at.answered(start + wrong);
      CHECK((found == errc::connection_lost || found == errc::transport_failed));
    }
    CHECK(at.answered(chunked(soap)) == errc::connection_lost);  // without the last one
  }
  SUBCASE("no HTTP") {
    for (std::string const text :
         {"SSH-2.0-OpenSSH_9.2\r\n", "\x15\x03\x01\x00\x02\x02\x46", "\r\n\r\n\r\n"}) {
      CAPTURE(text);
      auto const found = at.answered(text);
      CHECK((found == errc::transport_failed || found == errc::connection_lost));
    }
  }
}

TEST_CASE("answers: heads that are too large") {
  ESXVI_NEED_SITE();
  Portal at;
  SUBCASE("a header of a megabyte") {
    auto const found = at.answered(
        head("200 OK", {"X-Large: " + std::string(1 << 20, 'x'), xml, length(soap.size())}) + soap);
    CHECK((found == errc::limit_exceeded || found == errc::transport_failed));
  }
  SUBCASE("a head without an end") {
    auto const found = at.answered(Fault{.text = "HTTP/1.1 200 OK\r\n",
                                         .again = "X-More: " + std::string(1000, 'x') + "\r\n"});
    CHECK((found == errc::limit_exceeded || found == errc::transport_failed));
  }
  SUBCASE("a header line without an end") {
    auto const found =
        at.answered(Fault{.text = "HTTP/1.1 200 OK\r\nX-More: ", .again = std::string(1000, 'x')});
    CHECK((found == errc::limit_exceeded || found == errc::transport_failed));
  }
  SUBCASE("interim answers without an end") {
    auto const found = at.answered(Fault{.text = {}, .again = "HTTP/1.1 100 Continue\r\n\r\n"});
    CHECK((found == errc::limit_exceeded || found == errc::transport_failed));
  }
}

TEST_CASE("answers: a small reply that becomes a large one") {
  constexpr std::size_t size = std::size_t{16} << 20;
  auto const bomb = gzip(size);
  REQUIRE(bomb.size() < size / 500);
  ESXVI_NEED_SITE();
  AnySite at{};
  auto options = brisk();
  options.limits.document = 1 << 20;
  auto const curl = std::make_shared<esxvi::CurlTransport>(impatient());
  esxvi::Session session{curl, at.url(), at.who(), options};
  at.proxy.arm(
      {.act = Act::answer,
       .way = Way::request,
       .text = head("200 OK", {xml, "Content-Encoding: gzip", length(bomb.size())}) + bomb});
  auto const before = curl->statistics().body_bytes;
  auto const e = error_of([&] { now_of(session); });
  REQUIRE(e.has_value());
  CHECK(e->code() == errc::limit_exceeded);
  CHECK(curl->statistics().body_bytes - before < (2 << 20));  // it ended there
  now_of(session);
}

TEST_CASE("answers: one too many is not taken for the next") {
  ESXVI_NEED_SITE();
  AnySite at{};
  auto session = at.open();
  auto const list = [&] { return session.retrieve<vim::VirtualMachine, "name">().size(); };
  at.proxy.arm(std::vector<Fault>{});
  CHECK(list() == 3);
  auto const size = at.proxy.seen(Way::reply).size();
  for (int i = 0; i < 20; ++i) {
    at.proxy.arm({.act = Act::say,
                  .way = Way::reply,
                  .after = size,
                  .text = head("200 OK", {xml, length(soap.size())}) + soap});
    CHECK(list() == 3);
    while (at.proxy.fired() == 0) std::this_thread::yield();
    // Bytes that come only after the next request has gone out nobody can tell from its reply: then
    // that is an error, and the connection is not used again.
    std::size_t found = 0;
    auto const e = error_of([&] { found = list(); });
    CHECK((e ? e->code() == errc::not_soap : found == 3));
    CHECK(list() == 3);
  }
}
