// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Domain XML -> machine: disks and their controllers.
#include "vmx/from_xml_support.hpp"

#include <optional>

using namespace from_xml;

namespace {
std::string drive(std::string_view device, std::string_view source, std::string_view target,
                  std::string_view more = {}) {
  bool const block = mentions(source, "dev=") || mentions(source, "startupPolicy");
  std::string out = "<disk type='";
  out.append(block ? "block" : "file").append("' device='").append(device).append("'>");
  if (!source.empty()) out.append("<source ").append(source).append("/>");
  return out.append("<target ").append(target).append("/>").append(more).append("</disk>");
}
std::string disk(std::string_view target, std::string_view more = {}) {
  return drive("disk", "file='/v/a.vmdk'", target, more);
}
}  // namespace

TEST_CASE("hard disks, CD-ROMs, LUNs") {
  auto const hard = disk("dev='sda'");
  auto const ide = disk("dev='hdd' bus='ide'", "<driver cache='none'/><transient/>");
  auto const image = drive("cdrom", "file='/v/a.ISO'", "dev='hda'");
  auto const empty = drive("cdrom", {}, "dev='hda'");
  auto const host = drive("cdrom", "dev='/dev/sr0'", "dev='hda'");
  auto const any = drive("cdrom", "startupPolicy='optional'", "dev='hda'");
  auto const lun = drive("lun", "dev='/vmfs/devices/cdrom/x'", "dev='sdb'");
  auto const raw = drive("lun", "dev='/dev/sr0'", "dev='sdb'");
  std::initializer_list<rule> const rules{
      {hard,
       {"scsi0.present = true", "scsi0:0.present = true", "scsi0:0.deviceType = scsi-hardDisk",
        "scsi0:0.fileName = /v/a.vmdk"}},
      {ide,
       {"ide1:1.present = true", "ide1:1.deviceType = ata-hardDisk", "ide1:1.fileName = /v/a.vmdk",
        "ide1:1.mode = independent-nonpersistent"}},
      {image,
       {"ide0:0.present = true", "ide0:0.deviceType = cdrom-image", "ide0:0.fileName = /v/a.ISO"}},
      {empty,
       {"ide0:0.present = true", "ide0:0.deviceType = cdrom-image",
        "ide0:0.fileName = emptyBackingString"}},
      {host,
       {"ide0:0.present = true", "ide0:0.deviceType = atapi-cdrom", "ide0:0.fileName = /dev/sr0"}},
      {any,
       {"ide0:0.present = true", "ide0:0.deviceType = atapi-cdrom", "ide0:0.autodetect = true",
        "ide0:0.fileName = auto detect"}},
      {lun,
       {"scsi0.present = true", "scsi0:1.present = true", "scsi0:1.deviceType = scsi-passthru",
        "scsi0:1.fileName = /vmfs/devices/cdrom/x"}},
      {raw,
       {"scsi0.present = true", "scsi0:1.present = true", "scsi0:1.deviceType = cdrom-raw",
        "scsi0:1.fileName = /dev/sr0"}}};
  check_devices(rules, as_peer());
}

TEST_CASE("the slot follows from the name of the target, as in libvirt") {
  auto const slot = [](std::string const& target) {
    return added(disk("dev='" + target + "'"), as_peer()).back();
  };
  CHECK(slot("sdg") == "scsi0:6.fileName = /v/a.vmdk");
  CHECK(slot("sdh") == "scsi0:8.fileName = /v/a.vmdk");
  CHECK(slot("sdo") == "scsi0:15.fileName = /v/a.vmdk");
  CHECK(slot("sdp") == "scsi1:0.fileName = /v/a.vmdk");
  CHECK(slot("sdbh3") == "scsi3:15.fileName = /v/a.vmdk");
  CHECK(slot("hdc") == "ide1:0.fileName = /v/a.vmdk");
}

TEST_CASE("floppies, and those that are not there") {
  check_devices(
      {{"<disk device='floppy'><source file='/f.flp'/><target dev='fdb'/></disk>",
        {"floppy1.present = true", "floppy1.fileType = file", "floppy1.fileName = /f.flp"}},
       {"<disk type='block' device='floppy'><source dev='/dev/fd0'/><target dev='fda'/>"
        "</disk><disk device='floppy'><target dev='fdb'/></disk>",
        {"floppy0.present = true", "floppy0.fileType = device", "floppy0.fileName = /dev/fd0",
         "floppy1.present = true", "floppy1.fileType = file"}}},
      as_peer());
}

TEST_CASE("controllers and their models") {
  auto const on = [](std::string_view controller, std::string_view more = {}) {
    return disk("dev='sda' bus='scsi'", more) + std::string(controller);
  };
  auto const model = [](std::string const& devices, vmx::FromXmlOptions const& options) {
    auto const made = convert(domain(devices), options);
    auto const& stated = made.machine.scsi.at(0).model;
    return stated ? vmx::to_text(*stated) : "none";
  };
  auto const peer = as_peer();
  CHECK(model(on(""), peer) == "none");
  CHECK(model(on("<controller type='scsi' index='0' model='vmpvscsi'/>"), peer) == "pvscsi");
  CHECK(model(on("<controller type='scsi' model='buslogic'/>"), peer) == "buslogic");
  CHECK(model(on("", "<driver name='LsiSas1068'/>"), peer) == "lsisas1068");
  // libvirt finds the controller by its index, whatever it is.
  std::string const ide_first = "<controller type='ide' index='0'/>";
  CHECK(model(ide_first + on("", "<driver name='lsilogic'/>"), peer) == "none");
  CHECK(model(ide_first + on("", "<driver name='lsilogic'/>"), ours()) == "lsilogic");

  auto const automatic = on("<controller type='scsi' index='0' model='auto'/>");
  CHECK(mentions(refused(automatic, peer), "no SCSI controller of the model auto"));
  CHECK(model(automatic, ours()) == "lsilogic");
  auto asked = as_peer();
  asked.controller_model = [](vmx::DiskOnController const& disk) -> std::optional<std::string> {
    CHECK(disk.source == "/v/a.vmdk");
    return disk.unit == 0 ? "buslogic" : "lsilogic";
  };
  CHECK(model(automatic, asked) == "buslogic");
  CHECK(mentions(refused(automatic + disk("dev='sdb' bus='scsi'"), asked), "another one on it"));
}

TEST_CASE("libvirt writes the disks by bus, the floppies that are not there last") {
  auto const order = [](std::string const& devices) {
    return convert(domain(devices), as_peer()).order;
  };
  std::string const floppy = "<disk device='floppy'><target dev='fda' bus='fdc'/></disk>";
  CHECK(order(disk("dev='hdb' bus='ide'") + floppy + disk("dev='sdb' bus='scsi'") +
              disk("dev='hda' bus='ide'") + disk("dev='sda' bus='scsi'")) ==
        lines{"ide0:0", "ide0:1", "floppy0", "scsi0:0", "scsi0:1", "floppy1"});
  // The bus counts as it is written: three groups.
  CHECK(order(disk("dev='sdb' bus='scsi'") + disk("dev='hda'") + disk("dev='sda'")) ==
        lines{"scsi0:1", "ide0:0", "scsi0:0", "floppy0", "floppy1"});
}

TEST_CASE("disks on every bus of VMware") {
  auto const at = [](std::string_view where) {
    return "<address type='drive' " + std::string(where) + "/>";
  };
  auto const sata = disk("dev='sdb' bus='sata'", at("controller='1' unit='29'"));
  auto const nvme = disk("dev='nvme0n2' bus='nvme'");
  auto const wide = disk("dev='x' bus='scsi'", at("controller='2' unit='64'"));
  auto const ide = disk("dev='whatever' bus='ide'", at("bus='1' unit='1'"));
  check_devices({{sata,
                  {"sata1.present = TRUE", "sata1:29.present = TRUE",
                   "sata1:29.deviceType = ata-hardDisk", "sata1:29.fileName = /v/a.vmdk"}},
                 {nvme,
                  {"nvme0.present = TRUE", "nvme0:1.present = TRUE", "nvme0:1.deviceType = disk",
                   "nvme0:1.fileName = /v/a.vmdk"}},
                 {ide,
                  {"ide1:1.present = TRUE", "ide1:1.deviceType = ata-hardDisk",
                   "ide1:1.fileName = /v/a.vmdk"}},
                 {"<controller type='scsi' index='3' model='vmpvscsi'/><controller type='sata'/>",
                  {"scsi3.present = TRUE", "scsi3.virtualDev = pvscsi", "sata0.present = TRUE"}}},
                ours());
  CHECK(mentions(refused(wide, ours()), "no such slot"));
  auto const on_63 = disk("dev='x' bus='scsi'", at("controller='2' unit='63'")) +
                     "<controller type='scsi' index='2' model='vmpvscsi'/>";
  CHECK(mentions(added(on_63, ours()), "scsi2:63.present = TRUE"));
  CHECK(mentions(added(on_63, ours()), "virtualHW.version = 14"));
}

TEST_CASE("slots without an address: by name while it is free, then the next one") {
  auto const first = disk("dev='x' bus='sata'", "<address type='drive' unit='0'/>");
  auto const both = disk("dev='sda' bus='sata'") + first;
  CHECK(mentions(added(both, ours()), "sata0:1.present = TRUE"));
  CHECK(mentions(refused(first + first, ours()), "two disks stand in the slot sata0:0"));
  CHECK(mentions(added(disk("dev='cdrom-of-anna' bus='scsi'"), ours()), "scsi0:0.present = TRUE"));
}

TEST_CASE("what only esxvi writes about disks") {
  auto const raw = drive("disk", "dev='/vmfs/devices/disks/naa.1'", "dev='sda'");
  auto const null = drive("cdrom", "startupPolicy='mandatory'", "dev='hda'");
  auto const tuned = disk("dev='hda'",
                          "<shareable/><driver cache='writethrough'/>"
                          "<iotune><total_iops_sec>500</total_iops_sec></iotune>");
  auto const odd = drive("cdrom", "file='/v/image.bin'", "dev='hda'");
  check_devices({{raw,
                  {"scsi0.present = TRUE", "scsi0:0.present = TRUE", "scsi0:0.deviceType = rawDisk",
                   "scsi0:0.fileName = /vmfs/devices/disks/naa.1"}},
                 {null,
                  {"ide0:0.present = TRUE", "ide0:0.deviceType = cdrom-image",
                   "ide0:0.fileName = emptyBackingString"}},
                 {tuned,
                  {"ide0:0.present = TRUE", "ide0:0.deviceType = ata-hardDisk",
                   "ide0:0.fileName = /v/a.vmdk", "ide0:0.writeThrough = TRUE",
                   "ide0:0.sharing = multi-writer", "sched.ide0:0.throughputCap = 500"}},
                 {odd,
                  {"ide0:0.present = TRUE", "ide0:0.deviceType = cdrom-image",
                   "ide0:0.fileName = /v/image.bin"}}},
                ours());
  // libvirt puts a null pointer into words.
  CHECK(added(null, as_peer()).back() == "ide0:0.fileName = (null)");
  CHECK(mentions(findings(disk("dev='sda'", "<driver cache='unsafe'/>"), ours()),
                 "devices/disk/driver@cache: "));
  CHECK(mentions(refused(disk("dev='sda'", "<driver type='qcow2'/>"), ours()), "of this format"));
  auto const ordered = disk("dev='sda'", "<boot order='2'/>") +
                       disk("dev='sdb'", "<boot order='3'/>") +
                       "<interface type='user'><boot order='1'/></interface>";
  CHECK(mentions(added(ordered, ours()), "bios.bootOrder = ethernet0,hdd"));
  CHECK(mentions(added(ordered, ours()), "bios.hddOrder = scsi0:0,scsi0:1"));
}

TEST_CASE("names of images are translated, names of devices are not") {
  auto options = as_peer();
  options.files.from_source = [](std::string_view source) -> std::string {
    if (source == "bad.vmdk") throw std::runtime_error("no such store");
    return "<" + std::string(source) + ">";
  };
  CHECK(added(disk("dev='hda'"), options).back() == "ide0:0.fileName = </v/a.vmdk>");
  CHECK(added(drive("cdrom", "dev='/dev/sr0'", "dev='hda'"), options).back() ==
        "ide0:0.fileName = /dev/sr0");
  CHECK(mentions(refused(drive("disk", "file='bad.vmdk'", "dev='hda'"), options), "no such store"));
}
