// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// zeep of the system: a SOAP client that knows nothing of vSphere but what the served description
// says, which is the one that typegen writes.
#include <esxvi/sim/wsdl.hpp>

#include <doctest/doctest.h>

#include <string>

#include "clients.hpp"
#include "support/skip.hpp"

namespace {

using namespace esxvi;

TEST_CASE("zeep, with the description of the service") {
  if (test::run("/usr/bin/python3 -c 'import zeep'").first != 0)
    ESXVI_SKIP("there is no zeep (it needs python3-zeep)");
  sim::Host host{test::one_user()};
  test::furnish(host);
  sim::serve_wsdl(host, sim::read_wsdl_folder(ESXVI_WSDL));
  sim::Server server{host, {.threads = 2}};
  auto const [status, text] = test::run("/usr/bin/python3 " ESXVI_SOURCE_DIR
                                        "/tests/interop/sim/zeep_client.py " +
                                        std::to_string(server.port()) + " esxvi");
  INFO(text);
  CHECK(status == 0);
  for (char const* fact : {
           "product: VMware ESXi 8.0.3 build-24022510\n",
           "user: root\n",
           "name: test01\n",
           "memory: 1024\n",
           "disks: 16777216\n",
           "fault: The object has already been deleted or has not been completely created\n",
       }) {
    CAPTURE(fact);
    CHECK(text.find(fact) != std::string::npos);
  }
  server.stop();
  for (auto const& problem : host.check()) FAIL_CHECK(problem);
}

}  // namespace
