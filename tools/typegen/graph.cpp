// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "graph.hpp"

#include <algorithm>

namespace esxvi::typegen {

std::vector<std::size_t> strong_components(const Graph& graph) {
  // Tarjan's algorithm with a stack of its own: a chain of types may be as long as it likes.
  constexpr std::size_t none = static_cast<std::size_t>(-1);
  struct Visit {
    std::size_t node;
    std::size_t next_edge;
  };
  std::vector<std::size_t> component(graph.size(), none), order(graph.size(), none),
      low(graph.size(), none), open;
  std::vector<Visit> visits;
  std::size_t counter = 0, components = 0;
  for (std::size_t root = 0; root < graph.size(); ++root) {
    if (order[root] != none) continue;
    visits.push_back({root, 0});
    while (!visits.empty()) {
      auto& [node, next_edge] = visits.back();
      if (next_edge == 0) {
        order[node] = low[node] = counter++;
        open.push_back(node);
      }
      bool descended = false;
      while (next_edge < graph[node].size()) {
        const std::size_t target = graph[node][next_edge++];
        if (order[target] == none) {
          visits.push_back({target, 0});
          descended = true;
          break;
        }
        if (component[target] == none) low[node] = std::min(low[node], order[target]);
      }
      if (descended) continue;
      const std::size_t done = node;
      if (low[done] == order[done]) {
        std::size_t member = none;
        do {
          member = open.back();
          open.pop_back();
          component[member] = components;
        } while (member != done);
        ++components;
      }
      visits.pop_back();
      if (!visits.empty()) low[visits.back().node] = std::min(low[visits.back().node], low[done]);
    }
  }
  return component;
}

std::vector<std::vector<std::size_t>> closures(const Graph& graph) {
  std::vector<std::vector<std::size_t>> result(graph.size());
  std::vector<std::size_t> seen_by(graph.size(), graph.size());
  for (std::size_t root = 0; root < graph.size(); ++root) {
    std::vector<std::size_t>& reached = result[root];
    reached.push_back(root);
    seen_by[root] = root;
    for (std::size_t i = 0; i < reached.size(); ++i)
      for (const std::size_t target : graph[reached[i]])
        if (seen_by[target] != root) {
          seen_by[target] = root;
          reached.push_back(target);
        }
    std::sort(reached.begin(), reached.end());
  }
  return result;
}

}  // namespace esxvi::typegen
