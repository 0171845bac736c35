// Lists the virtual machines of an ESX(i) host or a vCenter:
//
//   list_domains 'esx://root@esx01.example/'              asks for the password
//   ESXVI_PASSWORD=... list_domains 'vpx://admin@vcenter.example/?no_verify=1'
#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <cstdlib>
#include <iostream>

namespace vim = esxvi::types;

esxvi::Credentials password(esxvi::Challenge const& challenge) {
  char const* given = std::getenv("ESXVI_PASSWORD");
  return given ? esxvi::Credentials{challenge.user_or_default(), given}
               : esxvi::ask_password(challenge);
}

int main(int argc, char** argv) try {
  if (argc != 2) return std::cerr << "usage: list_domains URI\n", 2;
  esxvi::Session session = esxvi::connect(argv[1], password);

  // The paths are checked, and the types of the values found, by the compiler.
  for (auto const& [vm, name, power, memory] :
       session.retrieve<vim::VirtualMachine, "name", "runtime.powerState",
                        "config.hardware.memoryMB">()) {
    std::cout << vm.value() << '\t' << name << '\t' << power << '\t' << memory.value_or(0)
              << " MiB\n";
  }
  return 0;
} catch (esxvi::error const& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
