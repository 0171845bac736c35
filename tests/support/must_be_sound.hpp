// A simulated host must be sound when it goes: this stands behind it, and before its servers and
// sessions.
#pragma once

#include <esxvi/sim/host.hpp>

#include <doctest/doctest.h>

#include <string>

namespace esxvi::test {

class MustBeSound {
 public:
  explicit MustBeSound(sim::Host& host) : host_(host) {}
  MustBeSound(MustBeSound const&) = delete;
  MustBeSound& operator=(MustBeSound const&) = delete;
  ~MustBeSound() {
    for (std::string const& problem : host_.check()) FAIL_CHECK(problem);
  }

 private:
  sim::Host& host_;
};

}  // namespace esxvi::test
