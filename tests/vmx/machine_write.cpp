// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A Machine as a new file, as changes of an old one, and compared with another.
#include <esxvi/vmx/configuration.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace vmx = esxvi::vmx;

namespace {
vmx::Machine sample() {
  vmx::Machine m;
  m.hardware.config_version = 8;
  m.hardware.version = 19;
  m.identity.name = "web/1 \"blue\"";
  m.identity.annotation = "first\nsecond";
  m.memory.size = vmx::Mebibytes{2048};
  m.memory.limit = vmx::Mebibytes::unlimited();
  m.cpu.affinity = vmx::CpuSet{};
  auto& controller = m.scsi.add(0);
  controller.present = true;
  controller.model = vmx::ScsiModel::pvscsi;
  auto& disk = controller.disks.add(1);
  disk.present = true;
  disk.file_name = "web|1.vmdk";
  disk.shares = vmx::Shares{vmx::Shares::level::low};
  m.extra.push_back({"guestinfo.role", "web"});
  return m;
}
}  // namespace

TEST_CASE("a new file has one line for each entry, in the order of the description") {
  CHECK(vmx::write(sample()).text() ==
        ".encoding = \"UTF-8\"\n"
        "config.version = \"8\"\n"
        "virtualHW.version = \"19\"\n"
        "displayName = \"web%2f1 |22blue|22\"\n"
        "annotation = \"first|0Asecond\"\n"
        "memsize = \"2048\"\n"
        "sched.mem.max = \"unlimited\"\n"
        "sched.cpu.affinity = \"all\"\n"
        "scsi0.present = \"TRUE\"\n"
        "scsi0.virtualDev = \"pvscsi\"\n"
        "scsi0:1.present = \"TRUE\"\n"
        "scsi0:1.fileName = \"web|7C1.vmdk\"\n"
        "sched.scsi0:1.shares = \"low\"\n"
        "guestinfo.role = \"web\"\n");
}

TEST_CASE("what was written is read as the same machine") {
  CHECK(vmx::read(vmx::write(sample())) == sample());
}

TEST_CASE("devices can be asked to stand in another order") {
  vmx::Machine m;
  m.scsi.add(0).disks.add(0).present = true;
  m.ide.add(1).disks.add(0).present = true;
  m.floppies.add(0).present = true;
  std::vector<std::string> const order{"floppy0", "ide1:0", "scsi0:0"};
  CHECK(vmx::write(m, {.order = &order}).text() ==
        ".encoding = \"UTF-8\"\n"
        "floppy0.present = \"TRUE\"\n"
        "ide1:0.present = \"TRUE\"\n"
        "scsi0:0.present = \"TRUE\"\n");
}

namespace {
constexpr char const* file =
    "#!/usr/bin/vmware\r\n"
    "# hand-made\r\n"
    "DisplayName   =  \"old\"   # the name\r\n"
    "memSize = 1024\r\n"
    "\r\n"
    "ethernet0.present = \"true\"\r\n"
    "ethernet0.virtualDev = \"e1000\"\r\n"
    "ethernet0.secret = \"kept\"\r\n"
    "ethernet1.present = \"TRUE\"\r\n"
    "ethernet1.whatever = \"x\"\r\n"
    "not an entry\r\n"
    "guestinfo.a = \"1\"";
}

TEST_CASE("applying the machine that was read touches nothing") {
  auto document = vmx::Document::parse(std::string(file));
  CHECK(vmx::apply(document, vmx::read(document)) == 0);
  CHECK(document.text() == file);
}

TEST_CASE("applying a changed machine touches the lines that change, and no other") {
  auto document = vmx::Document::parse(std::string(file));
  auto m = vmx::read(document);
  m.memory.size = vmx::Mebibytes{2048};
  m.identity.name = "new";
  m.adapters.find(0)->model = vmx::AdapterModel::vmxnet3;
  m.adapters.find(0)->start_connected = false;
  m.adapters.remove(1);
  CHECK(vmx::apply(document, m) == 6);
  CHECK(document.text() ==
        "#!/usr/bin/vmware\r\n"
        "# hand-made\r\n"
        "DisplayName   =  \"new\"   # the name\r\n"
        "memSize = 2048\r\n"
        "\r\n"
        "ethernet0.present = \"true\"\r\n"
        "ethernet0.virtualDev = \"vmxnet3\"\r\n"
        "ethernet0.startConnected = \"FALSE\"\r\n"
        "ethernet0.secret = \"kept\"\r\n"
        "not an entry\r\n"
        "guestinfo.a = \"1\"");
  m.adapters.clear();
  vmx::apply(document, m);
  CHECK_FALSE(document.contains("ethernet0.secret"));
}

TEST_CASE("a value that could not be read stays, until its member is given one") {
  auto document = vmx::Document::parse("memsize = \"plenty\"\n");
  auto m = vmx::read(document);
  CHECK(vmx::apply(document, m) == 0);
  m.memory.size = vmx::Mebibytes{64};
  CHECK(vmx::apply(document, m) == 1);
  CHECK(document.text() == "memsize = \"64\"\n");
}

TEST_CASE("extra entries are changed, added and taken out by their key") {
  auto document = vmx::Document::parse("a.b = \"1\"\nc.d = \"2\"\n");
  auto m = vmx::read(document);
  m.extra[0].value = "3";
  m.extra[1] = {"e.f", "4"};
  CHECK(vmx::apply(document, m) == 3);
  CHECK(document.text() == "a.b = \"3\"\ne.f = \"4\"\n");
}

TEST_CASE("machines are compared by meaning") {
  auto const a =
      vmx::read(vmx::Document::parse("memsize = \"1024\"\nscsi0.present = "
                                     "\"true\"\nfloppy0.startConnected = \"TRUE\"\nx = \"1\"\n"));
  auto const b =
      vmx::read(vmx::Document::parse("X = \"1\"\nSCSI0.PRESENT = TRUE\nmemsize = "
                                     "\"2048\"\nnumvcpus = \"1\"\nnumvcpus = \"7\"\ny = \"2\"\n"));
  CHECK(vmx::differences(a, b) ==
        std::vector<vmx::Difference>{{"memsize", "1024", "2048"}, {"y", {}, "2"}});
  CHECK(vmx::differences(a, a).empty());
}
