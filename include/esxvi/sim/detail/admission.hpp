// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/host.hpp>
#include <esxvi/sim/on.hpp>

#include <string_view>
#include <vector>

/// What a call has to fulfil before its method sees it.
namespace esxvi::sim::detail {

/// The privilege that calling a method on an object takes. Never empty: what is not known to read
/// takes one that a read-only user does not have.
std::string_view privilege_to_call(MethodFacts const& method, Kind const& object);
/// Privileges that methods ask for although the schema does not state them.
std::vector<std::string_view> unstated_privileges();

/// Throws for the first argument that refers to nothing, or to an object of the wrong kind.
void check_references(Host& host, Method const& method, void const* request);

}  // namespace esxvi::sim::detail
