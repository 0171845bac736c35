// Lists the virtual machines of many hosts, all on one thread:
//
//   ESXVI_PASSWORD=... inventory_many 'esx://root@esx01.example/' 'esx://root@esx02.example/' ...
//
// Each host is a coroutine, of which at most 200 are at work at the same time.
#include <esxvi/query.hpp>
#include <esxvi/query/async.hpp>
#include <esxvi/session.hpp>
#include <esxvi/session/async.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace vim = esxvi::types;

esxvi::Credentials password(esxvi::Challenge const& challenge) {
  char const* given = std::getenv("ESXVI_PASSWORD");
  return {challenge.user_or_default(), given ? given : ""};
}

/// False when the host could not be asked.
esxvi::Async<bool> list(esxvi::CurlLoop& loop, std::string uri) {
  try {
    esxvi::Session session = co_await esxvi::async_connect(loop, uri, password);
    auto const rows =
        co_await session.async_retrieve<vim::VirtualMachine, "name", "runtime.powerState">();
    for (auto const& [vm, name, power] : rows)
      std::cout << uri << '\t' << vm.value() << '\t' << name << '\t' << power << '\n';
    co_await esxvi::async_logout(session);
    co_return true;
  } catch (esxvi::error const& e) {
    std::cerr << e.what() << '\n';
    co_return false;
  }
}

int main(int argc, char** argv) {
  esxvi::CurlLoop loop;
  std::vector<esxvi::Async<bool>> hosts;
  for (int i = 1; i < argc; ++i) hosts.push_back(list(loop, argv[i]));
  auto const asked = loop.run(esxvi::when_all(std::move(hosts), 200));
  return std::all_of(asked.begin(), asked.end(), [](bool fine) { return fine; }) ? 0 : 1;
}
