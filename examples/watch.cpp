// Watches the virtual machines of an ESX(i) host or a vCenter, and tells what happens to them:
//
//   watch 'esx://root@esx01.example/'
#include <esxvi/query.hpp>
#include <esxvi/query/watch.hpp>
#include <esxvi/session.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <iostream>

namespace vim = esxvi::types;

struct Machine {
  esxvi::Ref<vim::VirtualMachine> vm{};
  std::string name{};
  esxvi::Enum<vim::VirtualMachinePowerState> power{};
};
BOOST_DESCRIBE_STRUCT(Machine, (), (vm, name, power))
template <>
struct esxvi::projection<Machine>
    : esxvi::project<vim::VirtualMachine, "name", "runtime.powerState"> {};

int main(int argc, char** argv) try {
  if (argc != 2) return std::cerr << "usage: watch URI\n", 2;
  esxvi::Session session = esxvi::connect(argv[1], esxvi::ask_password);

  esxvi::Watch<Machine> machines{session};
  while (true) {
    // The first poll adds everything; each other one is one request that the server holds until
    // something happens. A lost session or connection is taken up again.
    for (auto const& change : machines.poll()) {
      if (!change.before)
        std::cout << change.now->name << " is there, " << change.now->power << '\n';
      else if (change.now == nullptr)
        std::cout << change.before->name << " is gone\n";
      else if (change.before->power != change.now->power)
        std::cout << change.now->name << " is " << change.now->power << " now\n";
    }
    std::cout << machines.size() << " machines\n";
  }
} catch (esxvi::error const& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
