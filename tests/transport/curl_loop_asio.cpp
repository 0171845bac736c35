// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A CurlLoop in somebody else's event loop: the code of docs/connections.md.
#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <esxvi/transport/curl_loop.hpp>

#include <unistd.h>

#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <utility>

#include "transport/curl_fixture.hpp"

using namespace test;
using namespace std::chrono_literals;

TEST_CASE("loop in Asio: exchanges and timers of both run side by side") {
  HttpServer server{[](HttpRequest& request, HttpConnection& c) { c.reply(200, request.target); }};
  esxvi::CurlLoop loop;
  esxvi::CurlLoopTransport curl{loop, direct()};
  Collect sink;
  http::Request const request{.method = "GET", .url = server.url("/a")};
  int completions = 0;
  curl.start(request, sink, {}, [&](std::exception_ptr, http::Response) { ++completions; });
  bool timer_of_loop = false;
  loop.after(20ms, [&] { timer_of_loop = true; });

  boost::asio::io_context io;
  bool timer_of_asio = false;
  boost::asio::steady_timer other{io, 5ms};
  other.async_wait([&](auto) { timer_of_asio = true; });

  // As docs/connections.md has it.
  boost::asio::posix::stream_descriptor readable{io, ::dup(loop.fd())};
  boost::asio::steady_timer timer{io};
  std::function<void()> const serve = [&] {
    loop.poll();
    if (!loop.has_work()) return;  // call serve() again after new work
    timer.expires_after(loop.timeout());
    timer.async_wait([&](auto error) {
      if (!error) readable.cancel();
    });
    readable.async_wait(readable.wait_read, [&](auto) {
      timer.cancel();
      serve();
    });
  };
  serve();
  auto const turns = io.run();  // of handlers
  CHECK(completions == 1);
  CHECK(sink.body == "/a");
  CHECK(timer_of_loop);
  CHECK(timer_of_asio);
  CHECK(turns < 1000);  // it waits instead of spinning
}
