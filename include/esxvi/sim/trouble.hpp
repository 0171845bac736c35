// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/fault.hpp>
#include <esxvi/types/core/ref.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace esxvi::sim {

/// Something that goes wrong on purpose with calls that fit.
struct Trouble {
  std::string method{};  ///< "PowerOnVM_Task"; empty: any
  untyped_ref object{};  ///< empty: any
  /// "/folder": requests whose path begins so, and no method calls; `method` is then that of HTTP,
  /// "GET". There are no faults for them.
  std::string path{};
  int skip = 0;   ///< so many calls that fit go well first
  int times = 1;  ///< then so many do not; -1: all
  /// How probable it is for each of those; drawn from the seed of the host, so that it happens to
  /// the same calls again. One that went well does not count for `times`.
  double chance = 1;

  std::optional<Failure> fault{};  ///< the method is not run, this is the answer
  bool drop_before = false;        ///< the connection ends, the method is not run
  bool drop_after = false;         ///< the method runs, then the connection ends
  bool end_session = false;        ///< the session is gone when the call arrives
  std::chrono::milliseconds delay{0};
  std::optional<std::size_t> cut_after{};  ///< the reply ends after so many bytes
  std::size_t bytes_per_second = 0;
  std::optional<int> status{};  ///< an HTTP status without SOAP, such as 503
};

}  // namespace esxvi::sim
