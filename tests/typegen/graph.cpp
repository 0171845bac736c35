// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <doctest/doctest.h>
#include <graph.hpp>

#include <numeric>

namespace esxvi::typegen {
namespace {

TEST_CASE("strong components: what others need has the lower number") {
  //  0 -> 1 -> 2 -> 1, 2 -> 3, 4 alone
  const Graph graph = {{1}, {2}, {1, 3}, {}, {}};
  const auto component = strong_components(graph);
  CHECK(component[1] == component[2]);
  CHECK(component[3] < component[2]);
  CHECK(component[1] < component[0]);
  CHECK(component[4] != component[0]);
}

TEST_CASE("strong components of a long chain do not need a deep stack") {
  Graph graph(200'000);
  for (std::size_t i = 0; i + 1 < graph.size(); ++i) graph[i].push_back(i + 1);
  graph.back().push_back(0);
  const auto component = strong_components(graph);
  CHECK(component.front() == component.back());
}

TEST_CASE("closures") {
  const Graph graph = {{1}, {2}, {1}, {2}};
  const auto reached = closures(graph);
  CHECK(reached[0] == std::vector<std::size_t>{0, 1, 2});
  CHECK(reached[2] == std::vector<std::size_t>{1, 2});
  CHECK(reached[3] == std::vector<std::size_t>{1, 2, 3});
}

}  // namespace
}  // namespace esxvi::typegen
