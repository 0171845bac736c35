// A test case that cannot run here says so and why, and is counted as skipped instead of passed.
#pragma once

#include <doctest/doctest.h>

#include <iostream>
#include <string_view>

namespace esxvi::test {

inline unsigned& skipped_cases() {
  static unsigned count = 0;
  return count;
}

inline void note_skip(std::string_view reason) {
  ++skipped_cases();
  std::cout << "[skipped] " << reason << '\n';
}

}  // namespace esxvi::test

/// Leaves the test case: it needs something that is not here. At most once in a case, before its
/// first SUBCASE.
#define ESXVI_SKIP(reason)            \
  do {                                \
    ::esxvi::test::note_skip(reason); \
    return;                           \
  } while (false)
