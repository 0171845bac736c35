// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What a file says, as members of a Machine.
#include <esxvi/vmx/configuration.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace vmx = esxvi::vmx;

namespace {
vmx::Machine machine_of(std::string text, std::vector<vmx::diagnostic>* findings = nullptr) {
  return vmx::read(vmx::Document::parse(std::move(text)), findings);
}
}  // namespace

TEST_CASE("an entry is engaged when the file has its key, whatever the case") {
  auto const m = machine_of("MEMSIZE = \"4096\"\nnumVCPUs = \"4\"\n");
  CHECK(m.memory.size == vmx::Mebibytes{4096});
  CHECK(m.cpu.count == 4);
  CHECK_FALSE(m.cpu.cores_per_socket.has_value());
  CHECK(m.cpu.cores_per_socket.effective() == 1);
  CHECK(m.extra.empty());
}

TEST_CASE("devices are made by any of their keys and sorted by number") {
  auto const m = machine_of(
      "scsi1:5.fileName = \"b.vmdk\"\n"
      "scsi0.present = \"TRUE\"\n"
      "scsi0.virtualDev = \"PVSCSI\"\n"
      "scsi1:0.present = \"TRUE\"\n"
      "ethernet10.present = \"FALSE\"\n"
      "ethernet2.present = \"TRUE\"\n"
      "floppy0.present = \"FALSE\"\n"
      "usb_xhci:6.deviceType = \"hid\"\n"
      "sched.scsi1:0.shares = \"high\"\n");
  REQUIRE(m.scsi.size() == 2);
  CHECK(m.scsi[0].model == vmx::ScsiModel::pvscsi);
  CHECK(m.scsi[1].number == 1);
  REQUIRE(m.scsi[1].disks.size() == 2);
  CHECK(m.scsi[1].disks[0].number == 0);
  CHECK(m.scsi[1].disks[0].shares == vmx::Shares{vmx::Shares::level::high});
  CHECK(m.scsi[1].disks[1].file_name == "b.vmdk");
  REQUIRE(m.adapters.size() == 2);
  CHECK(m.adapters[0].number == 2);
  CHECK(m.adapters[1].present == false);
  CHECK(m.floppies.find(0)->present == false);
  CHECK(m.floppies.find(1) == nullptr);
  CHECK(m.xhci_devices.find(6)->device_type == "hid");
}

TEST_CASE("values are read the way people and products write them") {
  auto const m = machine_of(
      "mem.hotadd = \"yes\"\n"
      "vcpu.hotadd = 1\n"
      "memsize = \"512 \"\n"
      "sched.mem.max = \"unlimited\"\n"
      "sched.cpu.affinity = \" 0, 3 ,5-7\"\n"
      "sched.cpu.shares = \"2500\"\n"
      "uuid.bios = \"56 4d 01 02 03 04 05 06-07 08 09 0a 0b 0c 0d 0e\"\n"
      "ethernet0.generatedAddress = \"00:50:56:9A:00:01\"\n"
      "ethernet1.address = \"0-1-2-a-b-c\"\n"
      "scsi0:0.mode = \"independent-nonpersistent\"\n"
      "bios.bootOrder = \"cdrom, hdd,ethernet0\"\n"
      "bios.bootDelay = \"5000\"\n"
      "firmware = \"EFI\"\n"
      "displayName = \"50%25 |22off|22 %2f 3%\"\n"
      "annotation = \"one|0Atwo\"\n");
  CHECK(m.memory.hot_add == true);
  CHECK(m.cpu.hot_add == true);
  CHECK(m.memory.size == vmx::Mebibytes{512});
  CHECK(m.memory.limit->is_unlimited());
  CHECK(m.cpu.affinity->cpus == std::vector<std::uint32_t>{0, 3, 5, 6, 7});
  CHECK(m.cpu.shares == vmx::Shares{vmx::Shares::level::custom, 2500});
  CHECK(m.identity.uuid->to_string() == "564d0102-0304-0506-0708-090a0b0c0d0e");
  CHECK(m.adapters[0].generated_address->to_string() == "00:50:56:9a:00:01");
  CHECK(m.adapters[1].address->to_string() == "00:01:02:0a:0b:0c");
  CHECK(m.scsi[0].disks[0].mode == vmx::DiskMode::independent_nonpersistent);
  CHECK(m.firmware.boot_order->words == std::vector<std::string>{"cdrom", "hdd", "ethernet0"});
  CHECK(m.firmware.boot_delay == std::chrono::milliseconds(5000));
  CHECK(m.firmware.type == vmx::FirmwareType::efi);
  CHECK(m.identity.name == "50% \"off\" / 3%");
  CHECK(m.identity.annotation == "one\ntwo");
}

TEST_CASE("the first of several entries with one key counts") {
  auto const m = machine_of("memsize = \"4\"\nMemSize = \"8\"\nfoo = \"a\"\nFOO = \"b\"\n");
  CHECK(m.memory.size == vmx::Mebibytes{4});
  REQUIRE(m.extra.size() == 1);
  CHECK(m.extra[0].value == "a");
}

TEST_CASE("nothing is lost: keys without a member and values that do not fit stay as they are") {
  std::vector<vmx::diagnostic> findings;
  auto const m = machine_of(
      "guestinfo.role = \"db\"\n"
      "memsize = \"plenty\"\n"
      "ethernet0.virtualDev = \"flux\"\n"
      "ethernet00.present = \"TRUE\"\n"
      "scsi0:1x.present = \"TRUE\"\n"
      "ethernet99999999999.present = \"TRUE\"\n",
      &findings);
  REQUIRE(m.extra.size() == 6);
  CHECK(m.extra[0] == vmx::ExtraEntry{"guestinfo.role", "db"});
  CHECK(m.extra[1] == vmx::ExtraEntry{"memsize", "plenty"});
  CHECK_FALSE(m.memory.size.has_value());
  REQUIRE(findings.size() == 2);
  CHECK(to_string(findings[0], "a.vmx") ==
        "a.vmx:2: memsize = \"plenty\": not understood, kept as it is (expected an integer (MiB) "
        "or unlimited)");
  CHECK(findings[1].key == "ethernet0.virtualDev");
  CHECK(findings[1].expected.find("vmxnet3") != std::string::npos);
}

TEST_CASE("numbers out of range are not cut to fit") {
  std::vector<vmx::diagnostic> findings;
  auto const m = machine_of(
      "memsize = \"99999999999999999999\"\n"
      "numvcpus = \"0x10\"\n"
      "sched.cpu.affinity = \"0,16384\"\n"
      "sched.cpu.shares = \"-1\"\n"
      "uuid.bios = \"56 4d\"\n",
      &findings);
  CHECK(findings.size() == 5);
  CHECK(m.extra.size() == 5);
}

TEST_CASE("a crafted file does not make lists without end") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "ethernet" + std::to_string(i) + ".present = \"TRUE\"\n";
  auto const m = machine_of(std::move(text));
  CHECK(m.adapters.size() == 1024);
  CHECK(m.extra.size() == 5000 - 1024);
}

TEST_CASE("no finding shows a secret") {
  auto const document = vmx::Document::parse(
      "RemoteDisplay.vnc.password = \"hush\"\n"
      "remotedisplay.vnc.password = \"hush2\"\n"
      "RemoteDisplay.vnc.password.x = \"hush\" and more\n"
      "encryption.keySafe = \"hush\xFF\"\n");
  auto const found = document.diagnostics();
  CHECK(found.size() >= 3);
  for (auto const& finding : found)
    CHECK(to_string(finding, "a.vmx").find("hush") == std::string::npos);
}
