// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What keeping a session alive takes of memory, day after day. The host's own does not count.
#include <esxvi/session/keep_alive.hpp>
#include <esxvi/sim.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

namespace sim = esxvi::sim;
using namespace std::chrono_literals;

namespace {

std::int64_t living = 0;  ///< blocks of the whole program
std::int64_t made = 0;    ///< blocks of the client
bool of_client = true;

/// The way to the host; what happens beyond it does not count.
struct Uncounted {
  sim::Transport host;

  struct Kept final : esxvi::http::BodySink {
    std::string text{};
    void begin(esxvi::http::Response const&) override {}
    void write(std::string_view piece) override { text += piece; }
  };
  esxvi::http::Response send(esxvi::http::Request const& request, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) {
    of_client = false;
    esxvi::http::Response head;
    {
      Kept body;
      head = host.send(request, body, context);
      of_client = true;
      sink.begin(head);
      sink.write(body.text);
    }
    return head;
  }
};

}  // namespace

void* operator new(std::size_t size) {
  ++living;
  if (of_client) ++made;
  if (void* const block = std::malloc(size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  if (block != nullptr) --living;
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

TEST_CASE("24 hours: each request takes as many blocks as the first, and none stays") {
  sim::Host host{{.time = sim::TimeMode::simulated}};
  esxvi::Session session{
      Uncounted{sim::Transport(host)}, "https://esx01.example/sdk", {"root", "esxvi"}};
  esxvi::KeepAlive::clock::time_point now{};
  esxvi::KeepAlive keeper(session, 10min, now);
  auto const tick = [&] {
    host.advance(10min);
    now += 10min;
    auto const before = made;
    REQUIRE(keeper.tick(now));
    return made - before;
  };
  for (int i = 0; i < 12; ++i) tick();  // two hours to warm up
  auto const blocks = tick();
  auto const after_warm_up = living;
  for (int i = 13; i < 24 * 6; ++i) CHECK(tick() == blocks);
  CHECK(living == after_warm_up);
  CHECK(session.generation() == 0);
  CHECK(host.calls("CurrentTime") == 24 * 6);
}
