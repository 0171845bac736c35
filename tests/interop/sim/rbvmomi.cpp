// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// rbvmomi of the system. It knows an old version of the API and sends that.
#include <doctest/doctest.h>

#include <string>

#include "clients.hpp"
#include "support/skip.hpp"

namespace {

using namespace esxvi;

TEST_CASE("rbvmomi") {
  if (test::run("/usr/bin/ruby -e 'require \"rbvmomi\"'").first != 0)
    ESXVI_SKIP("there is no rbvmomi (it needs ruby-rbvmomi)");
  sim::Host host{test::one_user()};
  test::furnish(host);
  sim::Server server{host, {.tls = true, .threads = 2}};
  auto const [status, text] = test::run("env no_proxy='*' /usr/bin/ruby " ESXVI_SOURCE_DIR
                                        "/tests/interop/sim/rbvmomi_client.rb " +
                                        std::to_string(server.port()));
  INFO(text);
  CHECK(status == 0);
  for (char const* fact : {
           "product: VMware ESXi 8.0.3 build-24022510\n",
           "datacenter: ha-datacenter\n",
           "machines: db01 idle01 test01 web01\n",
           "address: 192.0.2.81\n",
           "memory: db01=4096 idle01=1024 test01=1024 web01=2048\n",
           "host: esx01.example.test\n",
           "datastores: datastore1 fast%2fssd images\n",
           "port groups: Management Network, VM Network\n",
           "roles: Admin ReadOnly View Anonymous\n",
           "question: Append\n",
           "power: poweredOff poweredOn\n",
           "twice: InvalidPowerState\n",
           "suspended: suspended\n",
           "power: poweredOff\n",
           "reconfigured: 3072 2\n",
           "extra: b\n",
           "snapshot: one [datastore1] test01/test01-000001.vmdk\n",
           "parent: [datastore1] test01/test01.vmdk\n",
           "snapshots left: false\n",
           "gone: ManagedObjectNotFound\n",
           "created: made\n",
           "events: VmCreatedEvent VmRemovedEvent\n",
       }) {
    CAPTURE(fact);
    CHECK(text.find(fact) != std::string::npos);
  }
  server.stop();
  for (auto const& problem : host.check()) FAIL_CHECK(problem);
}

}  // namespace
