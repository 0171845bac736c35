// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The session's cookie: once its request has been sent and its reply has been read, no memory of
// this library is given back with it. (The copies of libcurl are not looked at.)
#include "session/freed_memory.hpp"
#include "session/server.hpp"
#include "support/http_server.hpp"

#include <esxvi/session/async.hpp>
#include <esxvi/session/download.hpp>
#include <esxvi/transport/curl.hpp>
#include <esxvi/transport/recording.hpp>
#include <esxvi/transport/trace.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace esxvi::test;

namespace {

/// Sets the cookie with its first reply and with that to Login, as servers of all ages do, and
/// counts the requests that carry it.
class Host {
 public:
  [[nodiscard]] std::string url() const { return server_.url("/sdk"); }
  [[nodiscard]] int with_cookie() const { return with_cookie_; }
  /// The reply to the login breaks off.
  void break_off() { breaks_off_ = true; }

 private:
  void answer(HttpRequest const& request, HttpConnection& connection) {
    auto const cookie = "vmware_soap_session=" + whole();
    if (request.header("cookie") == cookie) ++with_cookie_;
    std::vector<std::string> head{"Content-Type: text/xml"};
    if (has(request.body, "<RetrieveServiceContent ") || has(request.body, "<Login ") ||
        request.target.starts_with("/folder/"))
      head.push_back("Set-Cookie: " + cookie + "; Path=/");
    if (request.method != "POST") {
      connection.reply(200, "content", head);
    } else if (has(request.body, "<RetrieveServiceContent ")) {
      connection.reply(200, content_reply(), head);
    } else if (has(request.body, "<Login ") && breaks_off_) {
      head.push_back("Content-Length: 9999");
      connection.head(200, head);
      connection.send("<?xml");
      connection.close();
    } else if (has(request.body, "<Login ")) {
      connection.reply(200, login_reply(), head);
    } else {
      connection.reply(200, response("Logout", ""), head);
    }
  }

  std::atomic<int> with_cookie_ = 0;
  std::atomic<bool> breaks_off_ = false;
  HttpServer server_{
      [this](HttpRequest& request, HttpConnection& connection) { answer(request, connection); }};
};

esxvi::CurlOptions direct() { return {.no_proxy = "*"}; }

struct Nowhere final : esxvi::http::BodySink {
  void begin(esxvi::http::Response const&) override {}
  void write(std::string_view) override {}
};

/// A body that is not in memory.
struct Letters final : esxvi::http::BodySource {
  std::size_t left = 10;
  std::size_t read(char* to, std::size_t size) override {
    size = std::min(size, left);
    std::memset(to, 'a', size);
    left -= size;
    return size;
  }
};

/// Opens, reads a file, writes one, and ends.
int leaks_of_session(Host const& host, esxvi::any_transport transport) {
  return leaks_of([&] {
    esxvi::Session session(std::move(transport), host.url(), {"root", "x"});
    Nowhere sink;
    Letters letters;
    session.fetch("GET", "/file", sink);
    session.fetch("PUT", "/file", sink, {}, &letters);
    esxvi::download(session, "[datastore1] file", sink);
  });
}

esxvi::Async<void> open_and_leave(esxvi::any_transport transport, std::string url) {
  esxvi::Credentials who{"root", "x"};
  auto session = co_await esxvi::async_open(std::move(transport), std::move(url), std::move(who));
  co_await esxvi::async_logout(session);
}

}  // namespace

TEST_CASE("the watch over memory finds a cookie that is left behind") {
  CHECK(leaks_of([] { esxvi::http::Response const head{200, {{"Set-Cookie", whole()}}}; }) > 0);
}

TEST_CASE("CurlTransport and what wraps it leave the cookie nowhere") {
  Host const host;
  esxvi::any_transport transport{esxvi::CurlTransport{direct()}};
  auto const folder = std::filesystem::temp_directory_path() /
                      ("esxvi_secret_cookie_" + std::to_string(::getpid()));
  SUBCASE("by itself") {}
  SUBCASE("with a trace") {
    transport = esxvi::Trace(transport, [](esxvi::TraceEvent const&) {});
  }
  SUBCASE("with a recording") { transport = esxvi::Recording(transport, folder); }
  CHECK(leaks_of_session(host, std::move(transport)) == 0);
  CHECK(host.with_cookie() == 5);
  std::filesystem::remove_all(folder);
}

TEST_CASE("CurlLoopTransport and a trace of it leave the cookie nowhere") {
  Host const host;
  bool traced = false;
  SUBCASE("by itself") {}
  SUBCASE("with a trace") { traced = true; }
  CHECK(leaks_of([&] {
          esxvi::CurlLoop loop;
          esxvi::CurlLoopTransport const curl{loop, direct()};
          esxvi::any_transport transport{curl};
          if (traced) transport = esxvi::Trace(curl, [](esxvi::TraceEvent const&) {});
          loop.run(open_and_leave(std::move(transport), host.url()));
        }) == 0);
  CHECK(host.with_cookie() == 2);
}

TEST_CASE("a reply that breaks off leaves the cookie of its head nowhere") {
  Host host;
  host.break_off();
  esxvi::SessionOptions const once{.retry = {.attempts = 1}};
  CHECK(leaks_of([&] {
          CHECK_THROWS_AS(esxvi::Session(esxvi::CurlTransport{direct()}, host.url(),
                                         esxvi::Credentials{"root", "x"}, once),
                          esxvi::connection_lost);
        }) == 0);
  CHECK(host.with_cookie() == 2);
}
