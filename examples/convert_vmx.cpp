// Looks at a VMX file, changes it, and shows it as libvirt domain XML. No server is needed:
//
//   convert_vmx web.vmx > web.xml
#include <esxvi/vmx.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

namespace vmx = esxvi::vmx;

int main(int argc, char** argv) try {
  if (argc != 2) return std::cerr << "usage: convert_vmx FILE\n", 2;
  std::ifstream file(argv[1], std::ios::binary);
  auto document =
      vmx::Document::parse({std::istreambuf_iterator<char>(file), {}}, {.file = argv[1]});

  // What the file says, with the types of the things themselves.
  std::vector<vmx::diagnostic> findings;
  vmx::Machine machine = vmx::read(document, &findings);
  std::cerr << machine.identity.name.value_or("(no name)") << ": "
            << machine.memory.size.effective().count << " MiB\n";
  for (auto const& controller : machine.scsi)
    for (auto const& disk : controller.disks)
      if (disk.present.effective())
        std::cerr << "  disk " << controller.number << ':' << disk.number << ' '
                  << disk.file_name.value_or("") << '\n';
  for (auto const& finding : findings) std::cerr << to_string(finding, argv[1]) << '\n';

  // A change touches its own line of the file; comments, order and spelling of the others stay.
  machine.memory.size = vmx::Mebibytes{4096};
  machine.cpu.hot_add = true;
  std::cerr << vmx::apply(document, machine) << " lines changed\n";

  std::cout << vmx::to_domain_xml(document, {.file = argv[1]});
  return 0;
} catch (esxvi::error const& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
