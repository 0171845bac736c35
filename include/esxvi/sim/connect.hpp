// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

/// Makes `connect("sim://NAME")` work in the program that includes this in any of its source files:
///
///     Session session = connect("sim://demo", fixed_password("esxvi"));
///
/// NAME is one of sim::demo_hosts(). Connections to the same name share the host for as long as one
/// of them is open; see sim::shared_demo_host(). With CMake, linking `esxvi::sim_uri` does the same
/// without an include.
#include <esxvi/session/connect.hpp>
#include <esxvi/sim/demo_host.hpp>
#include <esxvi/sim/transport.hpp>

#include <string_view>

namespace esxvi::sim::detail {

inline any_transport open_demo_host(std::string_view name) {
  return any_transport(Transport(shared_demo_host(name)));
}

inline bool const sim_scheme_opens = [] {
  esxvi::detail::open_simulated = &open_demo_host;
  return true;
}();

}  // namespace esxvi::sim::detail
