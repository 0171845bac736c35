// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/session/options.hpp>

#include <chrono>
#include <exception>

namespace esxvi::detail {

/// How long a server that may not answer is told to end what it keeps for us; what it is not told
/// ends with the session.
inline constexpr std::chrono::seconds farewell_limit{10};
/// The same when the caller has waited long enough: somebody asked to stop, or a deadline is over.
inline constexpr std::chrono::milliseconds hasty_farewell_limit{500};

/// Limits of a request that only cleans up after a call, which ended with this error; null: none.
inline CallOptions farewell(CallOptions const& call = {}, std::exception_ptr const& ended = {}) {
  bool in_haste = call.stop.stop_requested();
  if (ended && call.deadline.count() > 0) try {
      std::rethrow_exception(ended);
    } catch (error const& e) {
      in_haste = in_haste || e.code() == errc::timeout;
    } catch (...) {  // NOLINT(bugprone-empty-catch): of the caller's own
    }
  if (in_haste) return {.deadline = hasty_farewell_limit};
  return {.stop = call.stop, .deadline = farewell_limit};
}

/// Does what cleans up. Its errors are nobody's concern: another one is to be reported, or none.
template <class F> void quietly(F const& end) noexcept {
  try {
    end();
  } catch (...) {  // NOLINT(bugprone-empty-catch): see above
  }
}

}  // namespace esxvi::detail
