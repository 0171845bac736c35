// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// CurlLoop: order, timers, threads, nested sending, other loops. What an exchange does is tested by
// the files of CurlTransport, compiled with ESXVI_TEST_LOOP.
#include <doctest/doctest.h>
#include <esxvi/transport/curl_loop.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#if ESXVI_DETAIL_EPOLL
  #include <poll.h>
  #include <sys/wait.h>
  #include <unistd.h>
#endif

#include "support/unreachable.hpp"
#include "transport/curl_fixture.hpp"

using namespace test;
using namespace std::chrono_literals;
using esxvi::CurlLoop;
using esxvi::CurlLoopTransport;

namespace {

void echo(HttpRequest& request, HttpConnection& connection) {
  if (request.target == "/silent") return connection.wait_for_close();
  connection.reply(200, request.target);
}

/// An exchange and what came of it.
struct Job {
  Job(CurlLoopTransport& curl, std::string url, http::CallContext const& context = {})
      : request{.method = "GET", .url = std::move(url)} {
    curl.start(request, sink, context, [this](std::exception_ptr e, http::Response head) {
      ++completions;
      failure = std::move(e);
      status = head.status;
      if (then) then();
    });
  }
  Job(Job const&) = delete;
  Job& operator=(Job const&) = delete;
  template <class E> bool failed_with() const {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (E const&) {
      return true;
    } catch (...) {
    }
    return false;
  }
  http::Request request;
  Collect sink{};
  std::function<void()> then{};
  int completions = 0;
  int status = 0;
  std::exception_ptr failure{};
};

}  // namespace

TEST_CASE("loop: many exchanges at a time on one thread, and their connections are used again") {
  HttpServer server{echo};
  CurlLoop loop;
  CurlLoopTransport curl{loop, direct()};
  for (int round = 0; round < 2; ++round) {
    std::vector<std::unique_ptr<Job>> jobs;
    for (int i = 0; i < 50; ++i)
      jobs.push_back(std::make_unique<Job>(curl, server.url("/" + std::to_string(i))));
    for (auto const& job : jobs) CHECK(job->completions == 0);
    loop.run();
    for (int i = 0; i < 50; ++i) {
      auto const& job = *jobs.at(static_cast<std::size_t>(i));
      CHECK(job.completions == 1);
      CHECK(job.status == 200);
      CHECK(job.sink.body == "/" + std::to_string(i));
    }
  }
  auto const statistics = curl.statistics();
  CHECK(statistics.requests == 100);
  CHECK(statistics.connections_opened == 50);
  CHECK(statistics.reused == 50);
}

TEST_CASE("loop: run() returns when nothing is left") {
  CurlLoop loop;
  CHECK_FALSE(loop.has_work());
  loop.run();
  CHECK_FALSE(loop.run_one());
  CHECK(loop.poll() == 0);
}

TEST_CASE("loop: functions and timers are called in the order of their time") {
  CurlLoop loop;
  std::string order;
  loop.after(300ms, [&] { order += 'd'; });
  loop.after(50ms, [&] { order += 'c'; });
  loop.post([&] {
    order += 'a';
    loop.post([&] { order += 'b'; });
  });
  CHECK(order.empty());
  loop.run();
  CHECK(order == "abcd");
}

TEST_CASE("loop: run_one() calls one thing or more, run() goes on with the rest") {
  CurlLoop loop;
  int count = 0;
  loop.after(1ms, [&] { ++count; });
  loop.after(20ms, [&] { ++count; });
  CHECK(loop.run_one());
  CHECK(count >= 1);
  loop.run();
  CHECK(count == 2);
}

TEST_CASE("loop: a stop ends a timer at once") {
  CurlLoop loop;
  std::stop_source stop;
  Stopwatch watch;
  bool called = false;
  loop.after(1h, [&] { called = true; }, stop.get_token());
  loop.after(1ms, [&] { stop.request_stop(); });
  loop.run();
  CHECK(called);
  CHECK(watch.elapsed() < 1min);

  loop.after(1h, [&] { called = false; }, stop.get_token());  // also when it came before
  loop.run();
  CHECK_FALSE(called);
}

TEST_CASE("loop: an exception leaves run(), which may go on") {
  CurlLoop loop;
  bool other = false;
  loop.post([] { throw std::runtime_error("mine"); });
  loop.post([&] { other = true; });
  CHECK_THROWS_WITH_AS(loop.run(), "mine", std::runtime_error);
  loop.run();
  CHECK(other);
}

TEST_CASE("loop: stop() and post() from other threads") {
  CurlLoop loop;
  loop.after(1h, [] {});
  std::atomic<int> calls = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i)
        loop.post([&] {
          if (++calls == 4000) loop.stop();
        });
    });
  }
  loop.run();
  CHECK(calls == 4000);
  CHECK(loop.has_work());  // the timer
}

TEST_CASE("loop: a stop before run() ends that run(), and only that") {
  CurlLoop loop;
  loop.after(1h, [] {});
  loop.stop();
  SUBCASE("run()") { loop.run(); }
  SUBCASE("run_one()") { CHECK_FALSE(loop.run_one()); }
  SUBCASE("run() of a job") { CHECK_THROWS_AS(loop.run(loop.sleep(1h)), esxvi::cancelled); }
  SUBCASE("after a poll(), which does not use it up") {
    CHECK(loop.poll() == 0);
    CHECK(loop.timeout() > 0ms);
    loop.run();
  }
  CHECK(loop.has_work());  // the timer

  bool called = false;
  loop.post([&] { called = true; });
  CHECK(loop.run_one());
  CHECK(called);
}

TEST_CASE("loop: a stop is not lost, whenever it comes") {
  for (int i = 0; i < 200; ++i) {
    CurlLoop loop;
    loop.after(1h, [] {});
    std::jthread const other([&] { loop.run(); });
    loop.stop();
  }
}

TEST_CASE("loop: stops from other threads cancel many exchanges") {
  HttpServer server{echo};
  CurlLoop loop;
  CurlLoopTransport curl{loop, direct()};
  std::stop_source stop;
  std::vector<std::unique_ptr<Job>> jobs;
  for (int i = 0; i < 20; ++i)
    jobs.push_back(std::make_unique<Job>(curl, server.url("/silent"),
                                         http::CallContext{.stop = stop.get_token()}));
  std::jthread const other([&] {
    while (server.requests() < 20) std::this_thread::yield();
    stop.request_stop();
  });
  loop.run();
  for (auto const& job : jobs) {
    CHECK(job->completions == 1);
    CHECK(job->failed_with<esxvi::cancelled>());
  }
}

TEST_CASE("loop: what cannot begin is told by the completion, not by start()") {
  CurlLoop loop;
  CurlLoopTransport curl{loop, direct()};
  Job bad(curl, "http://user@host/");
  std::stop_source stop;
  stop.request_stop();
  Job late(curl, "http://127.0.0.1:1/", {.stop = stop.get_token()});
  CHECK(bad.completions + late.completions == 0);
  loop.run();
  CHECK(bad.failed_with<esxvi::invalid_argument>());
  CHECK(late.failed_with<esxvi::cancelled>());
}

TEST_CASE("loop: a completion may start the next exchange") {
  HttpServer server{echo};
  CurlLoop loop;
  CurlLoopTransport curl{loop, direct()};
  std::unique_ptr<Job> second;
  Job first(curl, server.url("/1"));
  first.then = [&] { second = std::make_unique<Job>(curl, server.url("/2")); };
  loop.run();
  REQUIRE(second);
  CHECK(second->sink.body == "/2");
  CHECK(curl.statistics().connections_opened == 1);
}

TEST_CASE("loop: send() serves the others' bytes, but calls nobody else") {
  HttpServer server{echo};
  CurlLoop loop;
  CurlLoopTransport curl{loop, direct()};
  Job other(curl, server.url("/other"));
  int timers = 0;
  loop.after(0ms, [&] { ++timers; });
  Collect sink;
  while (other.sink.body.empty()) {
    sink = {};
    curl.send({.method = "GET", .url = server.url("/mine")}, sink, {});
  }
  CHECK(sink.body == "/mine");
  CHECK(other.completions == 0);
  CHECK(timers == 0);
  loop.run();
  CHECK(other.completions == 1);
  CHECK(timers == 1);
}

TEST_CASE("loop: send() from within a completion") {
  HttpServer server{echo};
  CurlLoop loop;
  CurlLoopTransport curl{loop, direct()};
  Collect sink;
  std::vector<std::unique_ptr<Job>> jobs;
  for (int i = 0; i < 10; ++i) {
    jobs.push_back(std::make_unique<Job>(curl, server.url("/")));
    jobs.back()->then = [&] { curl.send({.method = "GET", .url = server.url("/x")}, sink, {}); };
  }
  loop.run();
  CHECK(sink.begins == 10);
}

TEST_CASE("loop: send() from within a sink is refused") {
  HttpServer server{echo};
  CurlLoop loop;
  CurlLoopTransport curl{loop, direct()};
  Job job(curl, server.url("/"));
  job.sink.on_write = [&](auto) {
    Collect inner;
    curl.send({.method = "GET", .url = server.url("/")}, inner, {});
  };
  loop.run();
  CHECK(job.failed_with<esxvi::invalid_argument>());
  CHECK(server.requests() == 1);
}

TEST_CASE("loop: no more exchanges at a time than max_connections") {
  HttpServer server{echo};
  CurlLoop loop;
  auto options = direct();
  options.max_connections = 2;
  options.total_timeout = std::chrono::milliseconds::max();
  CurlLoopTransport curl{loop, options};
  std::vector<std::unique_ptr<Job>> jobs;
  for (int i = 0; i < 20; ++i) jobs.push_back(std::make_unique<Job>(curl, server.url("/")));
  loop.run();
  for (auto const& job : jobs) CHECK(job->status == 200);
  CHECK(curl.statistics().connections_opened == 2);
}

TEST_CASE("loop: waiting for a free connection has the limits of the call") {
  HttpServer server{echo};
  CurlLoop loop;
  auto options = direct();
  options.max_connections = 1;
  CurlLoopTransport curl{loop, options};
  std::stop_source first;
  std::stop_source second;
  Job busy(curl, server.url("/silent"), {.stop = first.get_token()});
  Job late(curl, server.url("/"), {.total = 30ms});
  Job stopped(curl, server.url("/"), {.stop = second.get_token()});
  Job patient(curl, server.url("/"));
  late.then = [&] { second.request_stop(); };
  stopped.then = [&] { first.request_stop(); };
  loop.run();
  CHECK(late.failed_with<esxvi::timeout>());
  CHECK(stopped.failed_with<esxvi::cancelled>());
  CHECK(busy.failed_with<esxvi::cancelled>());
  CHECK(patient.status == 200);
}

TEST_CASE("loop: its end completes what is on its way") {
  HttpServer server{echo};
  std::unique_ptr<Job> job;
  std::unique_ptr<Job> never_begun;
  bool called = false;
  std::unique_ptr<CurlLoopTransport> curl;
  {
    CurlLoop loop;
    curl = std::make_unique<CurlLoopTransport>(loop, direct());
    job = std::make_unique<Job>(*curl, server.url("/silent"));
    while (server.requests() == 0) loop.poll();
    never_begun = std::make_unique<Job>(*curl, server.url("/"));
    loop.post([&] { called = true; });
  }
  CHECK(job->completions == 1);
  CHECK(job->failed_with<esxvi::cancelled>());
  CHECK(never_begun->failed_with<esxvi::cancelled>());
  CHECK_FALSE(called);
  // A transport that outlives it still sends, for sessions that end late.
  Collect sink;
  CHECK(curl->send({.method = "GET", .url = server.url("/late")}, sink, {}).status == 200);
  CHECK_THROWS_AS(Job(*curl, server.url("/")), esxvi::invalid_argument);
}

TEST_CASE("loop: its end drops timers and functions whose captures use it once more") {
  HttpServer server{echo};
  auto const farewell = [&](CurlLoopTransport& curl) {
    return std::shared_ptr<void>(&curl, [&server](void* with) {
      Collect sink;
      auto& transport = *static_cast<CurlLoopTransport*>(with);
      CHECK(transport.send({.method = "GET", .url = server.url("/bye")}, sink, {}).status == 200);
    });
  };
  std::stop_source stopped;
  std::unique_ptr<CurlLoopTransport> curl;
  {
    CurlLoop loop;
    curl = std::make_unique<CurlLoopTransport>(loop, direct());
    for (int i = 0; i < 3; ++i) {
      loop.after(1ms, [held = farewell(*curl)] { FAIL("called"); });
      loop.after(1h, [held = farewell(*curl)] { FAIL("called"); }, stopped.get_token());
    }
    static_cast<void>(loop.timeout());  // takes them over
    for (int i = 0; i < 3; ++i)
      loop.post([held = std::shared_ptr<void>(nullptr, [&loop](void*) { loop.post([] {}); }),
                 bye = farewell(*curl)] { FAIL("called"); });
    std::this_thread::sleep_for(10ms);  // the first ones are due
    stopped.request_stop();
  }
  CHECK(server.requests() == 9);
}

#if ESXVI_DETAIL_EPOLL
TEST_CASE("loop: rests although a forked process holds what the resolver wakes it with") {
  CurlLoop loop;
  CurlLoopTransport curl{loop, direct()};
  Job const job(curl, "http://" + esxvi::test::no_such_host + "/");
  loop.poll();
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  auto const child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[1]);
    char c = 0;
    ::_exit(::read(ends[0], &c, 1) == 0 ? 0 : 1);  // until the test has ended
  }
  loop.run();
  CHECK(job.failed_with<esxvi::host_not_found>());
  loop.poll();
  loop.poll();
  pollfd at{.fd = loop.fd(), .events = POLLIN, .revents = 0};
  CHECK(::poll(&at, 1, 0) == 0);
  ::close(ends[0]);
  ::close(ends[1]);
  ::waitpid(child, nullptr, 0);
}

TEST_CASE("loop: driven by another loop through fd() and timeout()") {
  HttpServer server{echo};
  CurlLoop loop;
  CurlLoopTransport curl{loop, direct()};
  Job job(curl, server.url("/other"));
  bool timer = false;
  loop.after(5ms, [&] { timer = true; });
  std::jthread const thread([&] { loop.post([&] { loop.post([] {}); }); });
  int waits = 0;
  while (loop.has_work()) {
    pollfd waiting{.fd = loop.fd(), .events = POLLIN, .revents = 0};
    ::poll(&waiting, 1, static_cast<int>(loop.timeout().count()));
    loop.poll();
    ++waits;
  }
  CHECK(job.sink.body == "/other");
  CHECK(timer);
  CHECK(waits < 1000);  // it waits instead of spinning
}
#endif
