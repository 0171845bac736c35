// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The rules of libvirt's conversion for disks, and its ways with their names and addresses.
#include "vmx/to_xml_support.hpp"

using namespace esxvi::test;

namespace {
/// One disk in one slot.
conversion in_slot(std::string_view slot, std::string_view lines, std::string_view version = "10",
                   bool peer = true) {
  std::string text = "virtualHW.version = \"" + std::string(version) + "\"\n";
  std::string const controller(slot.substr(0, slot.find(':')));
  text += controller + ".present = \"true\"\n" + std::string(slot) + ".present = \"true\"\n";
  for (std::size_t at = 0; at < lines.size();) {
    std::size_t const end = std::min(lines.find('\n', at), lines.size());
    text += std::string(slot) + "." + std::string(lines.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return convert(text, peer);
}
}  // namespace

TEST_CASE("what a slot becomes") {
  struct row {
    std::string_view slot, lines, has;
  };
  for (auto const& r : std::vector<row>{
           {"scsi0:0", "fileName = \"a.VMDK\"",
            "<disk type='file' device='disk'>\n      <source file='[ds] vm/a.VMDK'/>"},
           {"scsi0:0", "fileName = \"a.vmdk\"\ndeviceType = \"SCSI-harddisk\"", "device='disk'"},
           {"ide0:0", "fileName = \"a.vmdk\"\ndeviceType = \"ata-hardDisk\"", "device='disk'"},
           {"sata0:0", "fileName = \"a.vmdk\"\ndeviceType = \"anything\"", "device='disk'"},
           {"scsi0:0", "fileName = \"a.vmdk\"\nwriteThrough = \"true\"",
            "<driver cache='writethrough'/>"},
           {"scsi0:0", "fileName = \"a.vmdk\"\nmode = \"Independent-nonpersistent\"",
            "<transient/>"},
           {"ide0:0", "fileName = \"a.ISO\"",
            "<disk type='file' device='cdrom'>\n      <source file='[ds] vm/a.ISO'/>"},
           {"sata0:0", "fileName = \"gone.iso\"",
            "<disk type='file' device='cdrom'>\n      <target"},
           {"ide0:0", "fileName = \"emptyBackingString\"\ndeviceType = \"cdrom-image\"",
            "<disk type='file' device='cdrom'>\n      <target"},
           {"ide0:0", "deviceType = \"atapi-cdrom\"",
            "<disk type='block' device='cdrom'>\n      <target"},
           {"ide0:0", "deviceType = \"atapi-cdrom\"\nfileName = \"Auto Detect\"",
            "<source startupPolicy='optional'/>"},
           {"ide0:0", "deviceType = \"atapi-cdrom\"\nfileName = \"\"", "<source dev=''/>"},
           {"ide0:0", "deviceType = \"cdrom-raw\"\nfileName = \"/dev/sr0\"",
            "<disk type='block' device='lun'>\n      <source dev='/dev/sr0'/>"},
           {"scsi0:0", "deviceType = \"scsi-passthru\"\nfileName = \"/vmfs/devices/cdrom/c0\"",
            "device='lun'>\n      <source dev='/vmfs/devices/cdrom/c0'/>"},
       }) {
    CAPTURE(r.slot);
    CAPTURE(r.lines);
    auto const made = in_slot(r.slot, r.lines);
    CAPTURE(made.xml);
    CHECK(made.has(r.has));
    CHECK(made.has("<readonly/>") == !made.has("device='disk'"));
  }
}

TEST_CASE("slots that vanish") {
  CHECK_FALSE(
      in_slot("ide0:0", "fileName = \"a.vmdk\"\ndeviceType = \"cdrom-image\"").has("<disk"));
  CHECK_FALSE(in_slot("scsi0:0", "deviceType = \"scsi-passthru\"").has("<disk"));
  CHECK_FALSE(in_slot("scsi0:0", "fileName = \"?\"\nclientDevice = \"true\"").has("<disk"));
  for (auto const slot :
       {"scsi0:7", "scsi0:16", "scsi4:0", "sata0:30", "sata4:0", "ide2:0", "ide0:2", "nvme0:0"})
    CHECK_FALSE(in_slot(slot, "fileName = \"?\"").has("<disk"));
  CHECK_FALSE(in_slot("scsi0:64", "fileName = \"?\"", "13").has("<disk"));
  CHECK(in_slot("scsi0:63", "fileName = \"a.vmdk\"", "13").has("<disk"));
  CHECK_FALSE(convert(R"(scsi0:0.present = "true"
                         scsi0:0.fileName = "?")",
                      true)
                  .has("<disk"));
}

TEST_CASE("libvirt takes the address from the name") {
  struct row {
    std::string_view slot, version, target, controller, bus, unit;
  };
  for (auto const& r : std::vector<row>{{"scsi0:8", "10", "sdh", "0", "0", "8"},
                                        {"scsi1:0", "10", "sdp", "1", "0", "0"},
                                        {"scsi3:15", "10", "sdbh", "3", "0", "15"},
                                        {"scsi1:0", "13", "sdp", "0", "0", "16"},
                                        {"scsi0:63", "13", "sdbk", "0", "0", "63"},
                                        {"sata0:5", "10", "sdf", "0", "0", "5"},
                                        {"sata0:6", "10", "sdg", "1", "0", "0"},
                                        {"sata1:0", "10", "sdae", "5", "0", "0"},
                                        {"ide1:1", "10", "hdd", "0", "1", "1"}}) {
    CAPTURE(r.slot);
    CAPTURE(r.version);
    auto const made = in_slot(r.slot, "fileName = \"a.vmdk\"", r.version);
    CAPTURE(made.xml);
    CHECK(made.has("<target dev='" + std::string(r.target) + "'"));
    CHECK(made.has("controller='" + std::string(r.controller) + "' bus='" + std::string(r.bus) +
                   "' target='0' unit='" + std::string(r.unit) + "'"));
  }
}

TEST_CASE("controllers are those that the addresses need") {
  auto const made = convert(R"(scsi0.present = "true"
                               scsi0.virtualDev = "BusLogic"
                               scsi2.present = "true"
                               scsi2:1.present = "true"
                               scsi2:1.fileName = "a.vmdk"
                               scsi3.present = "true"
                               scsi3.virtualDev = "pvscsi"
                               sata0.present = "true"
                               sata0:6.present = "true"
                               sata0:6.fileName = "b.vmdk"
                               floppy1.present = "true"
                               floppy1.fileType = "file"
                               ide1:0.present = "true"
                               ide1:0.fileName = "c.iso")",
                            true);
  CHECK(
      made.has("    <controller type='scsi' index='0' model='buslogic'/>\n"
               "    <controller type='scsi' index='1'/>\n"
               "    <controller type='scsi' index='2'/>\n"
               "    <controller type='sata' index='0'/>\n"
               "    <controller type='sata' index='1'/>\n"
               "    <controller type='fdc' index='0'/>\n"
               "    <controller type='ide' index='0'/>\n"));
  CHECK_FALSE(made.has("index='3'"));
}

TEST_CASE("floppies") {
  auto const made = convert(R"(floppy0.present = "true"
                               floppy0.fileType = "Device"
                               floppy0.fileName = "/dev/fd0"
                               floppy1.present = "true"
                               floppy1.fileType = "file"
                               floppy1.fileName = "b.flp"
                               floppy2.present = "true")",
                            true);
  CHECK(
      made.has("<disk type='block' device='floppy'>\n      <source dev='/dev/fd0'/>\n"
               "      <target dev='fda' bus='fdc'/>\n"
               "      <address type='drive' controller='0' bus='0' target='0' unit='0'/>"));
  CHECK(
      made.has("<disk type='file' device='floppy'>\n      <source file='[ds] vm/b.flp'/>\n"
               "      <target dev='fdb' bus='fdc'/>"));
  CHECK_FALSE(made.has("fdc'/>\n    <disk"));
  CHECK_FALSE(convert(R"(floppy0.fileType = "device")", true).has("<disk"));
}

TEST_CASE("without functions for file names they stay as they are") {
  auto const document = esxvi::vmx::Document::parse(
      std::string_view("ide0:0.present = \"TRUE\"\nide0:0.fileName = \"dir/a.vmdk\"\n"));
  esxvi::vmx::detail::reading in;
  in.document = &document;
  esxvi::vmx::detail::read_into(in);
  CHECK(esxvi::vmx::detail::make_domain(in, {}).str().find("<source file='dir/a.vmdk'/>") !=
        std::string::npos);
}
