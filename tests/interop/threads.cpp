// One session, several threads.
#include "interop/vsphere.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace vim = esxvi::types;
using namespace esxvi::test;

TEST_CASE("four threads read through one session") {
  ESXVI_NEED_PEER();
  Peer const peer(vcenter);
  esxvi::Session session = open(peer);
  auto const before = session.requests();
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int round = 0; round < 5; ++round)
          if (session.retrieve<vim::VirtualMachine, "name", "summary">().size() == 6) ++right;
      });
  }
  CHECK(right == 20);
  CHECK(session.requests() == before + 20);
}
