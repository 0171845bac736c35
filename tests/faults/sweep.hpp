// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Breaks one scenario at many places.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/options.hpp>
#include <esxvi/transport/curl_options.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/fault_proxy.hpp"

namespace esxvi::test {

using namespace std::chrono_literals;

/// Ours, through no proxy of the machine's, and never patient: whatever happens ends soon.
inline CurlOptions impatient(CurlOptions curl = {}) {
  curl.no_proxy = "*";
  curl.warn = {};  // certificates are not checked here, hundreds of times
  curl.connect_timeout = 5s;
  curl.total_timeout = 5s;
  return curl;
}

/// Pauses that no test notices, and requests that have the same length each time.
inline SessionOptions brisk() {
  SessionOptions options;
  options.retry = {.attempts = 3, .first_pause = 1ms, .longest_pause = 2ms};
  options.operation_id = "";
  return options;
}

/// What `f` ended with: nothing, or an error of the library. Anything else goes on.
template <class F> std::optional<error> error_of(F&& f) {
  try {
    std::forward<F>(f)();
    return std::nullopt;
  } catch (error const& e) {
    return e;
  }
}

/// Whether every place is tried (ESXVI_FAULTS=all), or a sample of them, the same each time.
inline bool everywhere() {
  char const* const wanted = std::getenv("ESXVI_FAULTS");
  return wanted != nullptr && std::string_view(wanted) == "all";
}

/// The offsets 0 ... size, or `sample` of them, with both ends.
inline std::vector<std::uint64_t> places(std::size_t size, std::size_t sample) {
  std::vector<std::uint64_t> all;
  for (std::size_t at = 0; at <= size; ++at) all.push_back(at);
  if (everywhere() || all.size() <= sample) return all;
  std::mt19937 dice(4711);  // NOLINT(cert-msc*): the same each time
  std::shuffle(all.begin() + 1, all.end() - 1, dice);
  std::swap(all[1], all.back());
  all.resize(sample);
  return all;
}

/// One scenario: a server of its own behind a proxy, and what is done with it for each fault.
class Scenario {
 public:
  virtual ~Scenario() = default;
  virtual FaultProxy& proxy() = 0;
  /// Does it once, with whatever is armed.
  virtual void run() = 0;
  /// What is wrong after a run and the end of the fault; empty: nothing.
  virtual std::string judge() = 0;
};

/// Breaks `scenario` at each of its places, in both ways, with an orderly end and with a reset.
/// Several side by side, for most of the time is spent waiting.
inline void sweep(std::function<std::unique_ptr<Scenario>()> const& make, std::size_t sample) {
  // What passes when nothing breaks.
  std::size_t sizes[2] = {};
  {
    auto const clean = make();
    clean->proxy().arm(std::vector<Fault>{});
    clean->run();
    for (Way const way : {Way::request, Way::reply})
      sizes[way == Way::reply] = clean->proxy().seen(way).size();
    CHECK(clean->judge() == "");
  }
  REQUIRE(sizes[0] > 100);
  REQUIRE(sizes[1] > 100);

  std::vector<Fault> faults;
  for (Way const way : {Way::request, Way::reply})
    for (Act const act : {Act::close, Act::reset})
      for (auto const after : places(sizes[way == Way::reply], sample))
        faults.push_back({.act = act, .way = way, .after = after});

  std::mutex mutex;
  std::size_t next = 0;
  std::vector<std::string> wrong;
  std::size_t happened = 0;
  auto const work = [&] {
    std::unique_ptr<Scenario> scenario;
    for (int runs = 0;; ++runs) {
      if (runs % 200 == 0) scenario = make();  // hosts remember their tasks
      auto& proxy = scenario->proxy();
      Fault fault;
      {
        std::lock_guard const lock(mutex);
        if (next == faults.size() || wrong.size() > 20) return;
        fault = faults[next++];
      }
      std::string problem;
      proxy.arm(fault);
      try {
        scenario->run();
      } catch (std::exception const& e) {
        problem = std::string("an exception: ") + e.what();
      }
      int const fired = proxy.fired();
      proxy.lift();
      if (!proxy.settle()) problem += " the server hangs on to a broken connection";
      if (problem.empty()) problem = scenario->judge();
      std::lock_guard const lock(mutex);
      happened += static_cast<std::size_t>(fired);
      if (!problem.empty())
        wrong.push_back(std::string(fault.act == Act::close ? "end" : "reset") + " after " +
                        std::to_string(fault.after) + " bytes of the " +
                        (fault.way == Way::request ? "request" : "reply") + ": " + problem);
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) workers.emplace_back(work);
  for (auto& worker : workers) worker.join();
  for (auto const& one : wrong) FAIL_CHECK(one);
  MESSAGE(faults.size(), " faults of ", sizes[0], " + ", sizes[1], " bytes");
  // The last bytes may not come: a task that is faster than the last time needs fewer polls.
  CHECK(happened * 4 >= faults.size() * 3);
}

}  // namespace esxvi::test
