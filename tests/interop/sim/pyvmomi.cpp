// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// pyvmomi of the system. It is strict: what its version of the API does not have, it refuses.
#include <doctest/doctest.h>

#include <string>

#include "clients.hpp"
#include "support/skip.hpp"

namespace {

using namespace esxvi;

TEST_CASE("pyvmomi") {
  if (test::run("/usr/bin/python3 -c 'import pyVmomi'").first != 0)
    ESXVI_SKIP("there is no pyvmomi (it needs python3-pyvmomi)");
  sim::Host host{test::one_user()};
  test::furnish(host);
  sim::Server server{host, {.tls = true, .threads = 2}};
  auto const [status, text] = test::run("env no_proxy='*' /usr/bin/python3 " ESXVI_SOURCE_DIR
                                        "/tests/interop/sim/pyvmomi_client.py " +
                                        std::to_string(server.port()));
  INFO(text);
  CHECK(status == 0);
  for (char const* fact : {
           "product: VMware ESXi 8.0.3 build-24022510\n",
           "machines: db01 idle01 test01 web01\n",
           "memory: 1024\n",
           "datastores: datastore1 fast%2fssd images\n",
           "port groups: Management Network, VM Network\n",
           "firewall: True\n",
           "services: True\n",
           "adapters: vmhba0 vmhba64\n",
           "pci: True\n",
           "licence: Evaluation Mode\n",
           "host name: esx01.example.test\n",
           "disks: db01.vmdk idle01.vmdk test01.vmdk web01.vmdk\n",
           "twice: [datastore1] a/b\n",
           "counters: True\n",
           "samples: 3\n",
           "question: Append\n",
           "power on: success asked=True poweredOn\n",
           "event: vim.event.VmPoweredOnEvent test01\n",
           "cycled: poweredOff\n",
           "reconfigured: 3072\n",
           "snapshot: one\n",
           "snapshots left: False\n",
           "lab: [7]\n",
           "switch twice: lab\n",
           "networks: VM Network\n",
       }) {
    CAPTURE(fact);
    CHECK(text.find(fact) != std::string::npos);
  }
  server.stop();
  for (auto const& problem : host.check()) FAIL_CHECK(problem);
}

}  // namespace
