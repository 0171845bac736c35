// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Directed graphs over 0 ... n-1.
#pragma once

#include <cstddef>
#include <vector>

namespace esxvi::typegen {

/// For each node the nodes that it needs.
using Graph = std::vector<std::vector<std::size_t>>;

/// For each node the number of its strongly connected component. A component has a higher number
/// than those it needs, so that sorting by number puts first what others need.
std::vector<std::size_t> strong_components(const Graph& graph);

/// For each node everything that can be reached from it, itself included, ascending.
std::vector<std::vector<std::size_t>> closures(const Graph& graph);

}  // namespace esxvi::typegen
