// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A program that uses govmomi of the system (govmomi/main.go).
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "clients.hpp"
#include "support/skip.hpp"

namespace {

using namespace esxvi;

TEST_CASE("govmomi") {
  if (!std::filesystem::exists(ESXVI_GOVMOMI_CLIENT))
    ESXVI_SKIP(
        "the govmomi client is not built (it needs golang-go and "
        "golang-github-vmware-govmomi-dev)");
  sim::Host host{test::one_user()};
  test::furnish(host);
  sim::Server server{host, {.tls = true, .threads = 2}};
  auto const [status, text] =
      test::run("env no_proxy='*' " ESXVI_GOVMOMI_CLIENT " " + std::to_string(server.port()));
  INFO(text);
  CHECK(status == 0);
  for (char const* fact : {
           "product: VMware ESXi 8.0.3 build-24022510\n",
           "machines: db01 idle01 test01 web01\n",
           "datacenter: /ha-datacenter\n",
           "file: web01.vmx\n",
           "gone: true\n",
           "disk id: 47\n",
           "cycled: poweredOff\n",
           "now: poweredOn 4\n",
           "snapshot: one\n",
           "network: /ha-datacenter/network/lab\n",
           "ssh: true\n",
           "option: esx01.example.test\n",
       }) {
    CAPTURE(fact);
    CHECK(text.find(fact) != std::string::npos);
  }
  server.stop();
  for (auto const& problem : host.check()) FAIL_CHECK(problem);
}

}  // namespace
