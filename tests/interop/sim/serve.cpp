// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Serves the host of these tests until standard input ends, and prints its port: for trying a
// client by hand.
#include <iostream>
#include <string>

#include "clients.hpp"

int main() {
  esxvi::sim::Host host{esxvi::test::one_user()};
  esxvi::test::furnish(host);
  esxvi::sim::Server server{host, {.tls = true, .threads = 2}};
  std::cout << server.port() << std::endl;  // flushed: somebody waits
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  server.stop();
  auto const problems = host.check();
  for (auto const& problem : problems) std::cerr << problem << '\n';
  return problems.empty() ? 0 : 1;
}
