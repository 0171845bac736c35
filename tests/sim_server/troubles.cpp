// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// sim::Server: replies that go wrong because somebody asked for it, as the transport of the
// library sees them.
#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

#include "sim_server/fixture.hpp"

using namespace test;

namespace {

struct Outcome {
  std::string body{};
  std::string error{};
  esxvi::errc code{};
  esxvi::delivery delivered{};
};

Outcome ask(sim::Server const& server, esxvi::CurlOptions options = {}) {
  esxvi::CurlTransport curl{direct(std::move(options))};
  Collect sink;
  Outcome out;
  try {
    curl.send({.url = server.url("/sdk"), .body = "<a/>"}, sink, {});
  } catch (esxvi::error const& e) {
    out = {.error = e.what(), .code = e.code(), .delivered = e.delivered()};
  }
  out.body = sink.body;
  return out;
}

}  // namespace

TEST_CASE("sim server: dropped before the reply") {
  Answering handler{[](sim::WebRequest const&) { return sim::WebResponse{.drop = true}; }};
  for (bool const tls : {false, true}) {
    CAPTURE(tls);
    sim::Server server{handler, {.tls = tls}};
    auto const outcome = ask(server, {.verify = false});
    CHECK(outcome.code == esxvi::errc::connection_lost);
    CHECK(outcome.delivered == esxvi::delivery::unknown);
    CHECK(server.statistics().requests == 1);
  }
}

TEST_CASE("sim server: dropped after a while") {
  Answering handler{
      [](sim::WebRequest const&) { return sim::WebResponse{.drop = true, .delay = 100ms}; }};
  sim::Server server{handler};
  Stopwatch watch;
  CHECK(ask(server).code == esxvi::errc::connection_lost);
  CHECK(watch.elapsed() >= 95ms);
}

TEST_CASE("sim server: cut in the middle of the body") {
  for (bool const tls : {false, true}) {
    for (bool const chunked : {false, true}) {
      for (auto const cut : std::initializer_list<std::size_t>{0, 1, 1000, 99'999}) {
        CAPTURE(tls);
        CAPTURE(chunked);
        CAPTURE(cut);
        Answering handler{[&](sim::WebRequest const&) {
          sim::WebResponse out{.body = std::string(100'000, 'x'), .cut_after = cut};
          if (chunked) out.headers.push_back({"Transfer-Encoding", "chunked"});
          return out;
        }};
        sim::Server server{handler, {.tls = tls}};
        auto const outcome = ask(server, {.verify = false});
        CHECK(outcome.code == esxvi::errc::connection_lost);
        CHECK(outcome.body.size() == cut);
      }
    }
  }
}

TEST_CASE("sim server: a delay holds no thread") {
  Answering handler{[](sim::WebRequest const& request) {
    return sim::WebResponse{.body = "x", .delay = request.target == "/slow" ? 1s : 0ms};
  }};
  sim::Server server{handler, {.threads = 1}};
  Raw slow{server};
  Stopwatch watch;
  slow.send(get("/slow"));
  Raw quick{server};
  CHECK(body_of(quick.ask(get("/"))) == "x");
  CHECK(watch.elapsed() < 900ms);
  CHECK(body_of(slow.reply()) == "x");
  CHECK(watch.elapsed() >= 995ms);
  CHECK(body_of(slow.ask(get("/"))) == "x");  // and the connection goes on
}

TEST_CASE("sim server: a trickle keeps its rate and delivers everything") {
  Answering handler{[](sim::WebRequest const&) {
    return sim::WebResponse{.body = std::string(5000, 'x'), .bytes_per_second = 10'000};
  }};
  for (bool const tls : {false, true}) {
    sim::Server server{handler, {.tls = tls}};
    Stopwatch watch;
    auto const outcome = ask(server, {.verify = false});
    CHECK(outcome.error == "");
    CHECK(outcome.body == std::string(5000, 'x'));
    CHECK(watch.elapsed() >= 450ms);
    CHECK(watch.elapsed() < 5s);
  }
}

TEST_CASE("sim server: a trickle that is cut, and a client that goes away during one") {
  Answering handler{[](sim::WebRequest const& request) {
    if (request.target == "/cut") {
      return sim::WebResponse{
          .body = std::string(5000, 'x'), .cut_after = 500, .bytes_per_second = 10'000};
    }
    return sim::WebResponse{.body = std::string(5000, 'x'), .bytes_per_second = 1};
  }};
  sim::Server server{handler};
  Raw cut{server};
  cut.send(get("/cut"));
  CHECK(body_of(cut.rest()) == std::string(500, 'x'));
  {
    Raw client{server};
    client.send(get("/"));
    REQUIRE(eventually([&] { return server.statistics().requests == 2; }));
  }
  // Writing to nobody shows after a byte or two.
  CHECK(eventually([&] { return server.statistics().open == 0; }, 10s));
}
