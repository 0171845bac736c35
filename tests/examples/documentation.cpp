// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The code of docs/simulator.md, run. A test compares this file with the page.
#include <esxvi/session.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/demo_host.hpp>
#include <esxvi/sim/save.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/sim/wsdl.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "session/credentials_support.hpp"

namespace sim = esxvi::sim;

TEST_CASE("docs/simulator.md: a client of the server") {
  using namespace esxvi;
  test::Variable const direct("no_proxy", "*");
  sim::Host host;
  // clang-format off
sim::Server server{host, {.tls = true}};
Session session = connect("esx://root@" + server.authority() + "/?no_verify=1", fixed_password("esxvi"));
  // clang-format on
  CHECK(host.sessions().size() == 1);
}

TEST_CASE("docs/simulator.md: a state is saved and loaded") {
  esxvi::test::Folder const folder;
  auto const before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  auto const made = sim::demo_host("demo");
  sim::Host& host = *made;
  std::string const password = "another";
  // clang-format off
sim::save_state(host, "lab.xml");                                  // the old file or the new one at any time
std::unique_ptr<sim::Host> again = sim::load_state("lab.xml", {.users = {{"root", password}}});
  // clang-format on
  std::filesystem::current_path(before);
  CHECK(again->check().empty());
  CHECK_NOTHROW(
      esxvi::Session(sim::Transport(*again), "https://esx01.example/sdk", {"root", "another"}));
}
