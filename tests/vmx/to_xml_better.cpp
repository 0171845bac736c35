// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What the default mode says that libvirt's conversion drops, invents or refuses.
#include "vmx/to_xml_support.hpp"

using namespace esxvi::test;
using namespace std::string_literals;

namespace {
void check_all(std::vector<rule> const& rules) {
  for (auto const& r : rules) check(r, false);
}
}  // namespace

TEST_CASE("a machine without a name gets one") {
  esxvi::vmx::ToXmlOptions options;
  auto const unnamed = convert("", false, options);
  CHECK(unnamed.has("<name>unnamed</name>"));
  CHECK(unnamed.found("displayName", "made up"));
  options.file = "/vmfs/volumes/ds/web.01/web.01.vmx";
  CHECK(convert("displayName = \"\"", false, options).has("<name>web.01</name>"));
  options.file = "C:\\machines\\db.vmx";
  CHECK(convert("", false, options).has("<name>db</name>"));
  options.default_name = "given";
  CHECK(convert("", false, options).has("<name>given</name>"));
  CHECK(convert("displayName = \"own\"", false, options).has("<name>own</name>"));
}

TEST_CASE("identity and firmware") {
  check_all({
      {R"(displayName = "50% done|2")", {"<name>50% done|2</name>"}},
      {R"(guestOS = "arm-ubuntu-64")", {"arch='aarch64'"}},
      {R"(guestOS = "vmkernel6")", {"arch='x86_64'"}},
      {R"(guestOS = "windows9_64Guest")", {"arch='x86_64'"}},
      {R"(guestOS = "winxppro")", {"arch='i686'"}},
      {R"(firmware = "EFI")", {"<os firmware='efi'>"}},
      {R"(firmware = "bios")", {"<os>"}},
      {R"(firmware = "efi"
          uefi.secureBoot.enabled = "TRUE")",
       {"<firmware>\n      <feature enabled='yes' name='secure-boot'/>\n    </firmware>"}},
      {R"(uefi.secureBoot.enabled = "TRUE")", {}, {"secure-boot"}},
      {R"(bios.bootOrder = "CDROM, ethernet1,ethernet0,hdd")",
       {"<boot dev='cdrom'/>\n    <boot dev='network'/>\n    <boot dev='hd'/>"},
       {"<boot dev='network'/>\n    <boot dev='network'/>"}},
      {R"(smbios.reflectHost = 1)", {"<smbios mode='host'/>"}},
  });
  CHECK(convert("bios.bootOrder = \"usb\"", false).found("bios.bootOrder", "nothing for"));
}

TEST_CASE("memory and processors") {
  check_all({
      {R"(memsize = 513)", {">525312</memory>"}},
      {R"(memsize = "-4")", {">32768</memory>"}},
      {R"(memsize = "1024"
          sched.mem.min = "64"
          sched.mem.minSize = "32")",
       {">65536</min_guarantee>"}},
      {R"(numvcpus = "0")", {"<vcpu placement='static'>1</vcpu>"}},
      {R"(numvcpus = "4294967297")", {"<vcpu placement='static'>1</vcpu>"}},
      {R"(numvcpus = "4"
          sched.cpu.affinity = "0-2,7")",
       {"cpuset='0-2,7'"}},
      {R"(numvcpus = "3"
          sched.cpu.affinity = "0,1,1")",
       {},
       {"cpuset"}},
      {R"(sched.cpu.shares = "1000000")", {}, {"<cputune>"}},
      {R"(vhv.enable = "TRUE")",
       {"<cpu mode='host-model'>\n    <feature policy='require' name='vmx'/>\n  </cpu>"}},
  });
  auto const odd = convert("numvcpus = \"6\"\ncpuid.coresPerSocket = \"4\"", false);
  CHECK_FALSE(odd.has("<topology"));
  CHECK(odd.found("cpuid.coresPerSocket", "multiple"));
}

TEST_CASE("addresses are slots, and names differ") {
  std::string text = "virtualHW.version = \"14\"\n";
  for (auto const slot : {"scsi0:0", "scsi0:16", "scsi1:0", "scsi1:63", "sata0:0", "sata0:6",
                          "sata1:2", "ide1:0", "nvme1:2"}) {
    std::string const name = slot;
    text += name.substr(0, name.find(':')) + ".present = \"TRUE\"\n" + name +
            ".present = \"TRUE\"\n" + name + ".fileName = \"" + name + ".vmdk\"\n";
  }
  auto const made = convert(text, false);
  CAPTURE(made.xml);
  struct row {
    std::string_view slot, dev, bus, controller, channel, unit;
  };
  for (auto const& r : std::vector<row>{{"scsi0:0", "sda", "scsi", "0", "0", "0"},
                                        {"scsi0:16", "sdbi", "scsi", "0", "0", "16"},
                                        {"scsi1:0", "sdp", "scsi", "1", "0", "0"},
                                        {"scsi1:63", "sdez", "scsi", "1", "0", "63"},
                                        {"sata0:0", "sdis", "sata", "0", "0", "0"},
                                        {"sata0:6", "sdg", "sata", "0", "0", "6"},
                                        {"sata1:2", "sdag", "sata", "1", "0", "2"},
                                        {"ide1:0", "hdc", "ide", "0", "1", "0"},
                                        {"nvme1:2", "nvme1n3", "nvme", "1", "0", "2"}}) {
    CAPTURE(r.slot);
    CHECK(made.has("<source file='[ds] vm/"s.append(r.slot)
                       .append(".vmdk'/>\n      <target dev='")
                       .append(r.dev)
                       .append("' bus='")
                       .append(r.bus)
                       .append("'/>\n      <address type='drive' controller='")
                       .append(r.controller)
                       .append("' bus='")
                       .append(r.channel)
                       .append("' target='0' unit='")
                       .append(r.unit)
                       .append("'/>")));
  }
}

TEST_CASE("the controllers of the file") {
  auto const made = convert(R"(scsi1.present = "TRUE"
                               scsi1.virtualDev = "pvscsi"
                               scsi2.virtualDev = "lsilogic"
                               scsi3.present = "TRUE"
                               scsi3.virtualDev = "future"
                               sata0.present = "TRUE"
                               nvme0.present = "TRUE"
                               usb.present = "TRUE"
                               ehci.present = "FALSE"
                               usb_xhci.present = "TRUE")",
                            false);
  CHECK(
      made.has("    <controller type='scsi' index='1' model='vmpvscsi'/>\n"
               "    <controller type='scsi' index='3'/>\n"
               "    <controller type='sata' index='0'/>\n"
               "    <controller type='nvme' index='0'/>\n"
               "    <controller type='usb' index='0' model='piix3-uhci'/>\n"
               "    <controller type='usb' index='1' model='qemu-xhci'/>\n"));
  CHECK_FALSE(made.has("index='2'"));
  CHECK(made.found("scsi3.virtualDev", "not understood"));
}

TEST_CASE("disks that libvirt refuses or passes over") {
  auto const of = [](std::string_view lines) {
    return convert("scsi0.present = \"TRUE\"\nscsi0:0.present = \"TRUE\"\n" + std::string(lines),
                   false);
  };
  CHECK(of(R"(scsi0:0.fileName = "a.dsk")")
            .has("<disk type='file' device='disk'>\n      <source file='[ds] vm/a.dsk'/>"));
  CHECK(of(R"(scsi0:0.fileName = "a.vmdk"
              scsi0:0.deviceType = "rawDisk")")
            .has("<disk type='file' device='disk'>"));
  CHECK(of(R"(scsi0:0.fileName = "/vmfs/devices/disks/naa.1"
              scsi0:0.deviceType = "rawDisk")")
            .has("<disk type='block' device='disk'>\n      <source "
                 "dev='/vmfs/devices/disks/naa.1'/>"));
  CHECK(of(R"(scsi0:0.fileName = "\\.\PhysicalDrive1")")
            .has("<source dev='\\\\.\\PhysicalDrive1'/>"));
  CHECK(of(R"(scsi0:0.fileName = "a.vmdk"
              scsi0:0.deviceType = "cdrom-image")")
            .has("<disk type='file' device='cdrom'>\n      <source file='[ds] vm/a.vmdk'/>"));
  CHECK(of(R"(scsi0:0.fileName = "a.iso"
              scsi0:0.deviceType = "atapi-cdrom")")
            .has("<disk type='file' device='cdrom'>"));
  CHECK(of(R"(scsi0:0.deviceType = "atapi-cdrom"
              scsi0:0.fileName = ""
              scsi0:0.autodetect = "TRUE")")
            .has("<disk type='block' device='cdrom'>\n      <source startupPolicy='optional'/>"));
  CHECK(of(R"(scsi0:0.deviceType = "atapi-cdrom"
              scsi0:0.clientDevice = "TRUE")")
            .has("<disk type='file' device='cdrom'>\n      <target"));
  CHECK(of(R"(scsi0:0.deviceType = "scsi-passthru"
              scsi0:0.fileName = "/dev/sg1")")
            .has("<disk type='block' device='lun'>\n      <source dev='/dev/sg1'/>"));
  CHECK(of(R"(scsi0:0.fileName = "a.vmdk"
              scsi0:0.mode = "nonpersistent")")
            .has("<transient/>"));
  CHECK(of(R"(scsi0:0.fileName = "a.vmdk"
              scsi0:0.sharing = "multi-writer")")
            .has("<shareable/>"));
  CHECK(of(R"(scsi0:0.fileName = "a.vmdk"
              scsi0.sharedBus = "virtual")")
            .has("<shareable/>"));
  CHECK(of(R"(scsi0:0.fileName = "a.vmdk"
              scsi0.sharedBus = "none")")
            .xml.find("<shareable/>") == std::string::npos);
  auto const none = of("");
  CHECK_FALSE(none.has("<disk"));
  CHECK(none.found("scsi0:0.fileName", "without a file"));
  auto const gone = of(R"(scsi0:0.fileName = "gone.vmdk")");
  CHECK_FALSE(gone.has("<disk"));
  CHECK(gone.found("scsi0:0.fileName", "no such file"));
}

TEST_CASE("the first floppy drive is there unless the file says otherwise") {
  CHECK(convert(R"(floppy0.fileName = "a.flp")", false).has("<disk type='file' device='floppy'>"));
  CHECK(convert(R"(floppy0.autodetect = "TRUE")", false)
            .has("<disk type='block' device='floppy'>\n      <source startupPolicy='optional'/>"));
  CHECK_FALSE(convert(R"(floppy0.present = "FALSE")", false).has("floppy"));
  CHECK_FALSE(convert(R"(floppy1.fileName = "a.flp")", false).has("floppy"));
  CHECK_FALSE(convert("", false).has("floppy"));
}

TEST_CASE("adapters") {
  auto const of = [](std::string_view lines) {
    return convert("ethernet2.present = \"TRUE\"\n" + std::string(lines), false);
  };
  auto const bridged = of(R"(ethernet2.connectionType = "bridged")");
  CHECK(bridged.has("<interface type='bridge'>\n      <source bridge='VMnet0'/>"));
  CHECK(bridged.found("ethernet2.connectionType", "VMnet0"));
  CHECK(of(R"(ethernet2.connectionType = "hostonly")").has("<source bridge='VMnet1'/>"));
  CHECK(of(R"(ethernet2.connectionType = "custom"
              ethernet2.vnet = "vnet3")")
            .has("<source bridge='vnet3'/>\n      <target dev='vnet3'/>"));
  CHECK(of(R"(ethernet2.connectionType = "custom")").has("<interface type='null'/>"));
  CHECK(of(R"(ethernet2.connectionType = "strange")").has("<interface type='null'/>"));
  CHECK(of(R"(ethernet2.opaqueNetwork.id = "seg-1"
              ethernet2.opaqueNetwork.type = "nsx.LogicalSwitch")")
            .has("<interface type='network'>\n      <source network='seg-1'/>"));
  CHECK(of(R"(ethernet2.connectionType = "pvn"
              ethernet2.pvnID = "52 01")")
            .has("<source network='52 01'/>"));
  CHECK(of(R"(ethernet2.dvs.switchId = "56 4d 01 02 03 04 05 06-07 08 09 0a 0b 0c 0d 0e"
              ethernet2.dvs.portId = "c-12"
              ethernet2.dvs.portgroupId = "dvportgroup-7")")
            .has("<interface type='network'>\n      <source network='56 4d 01 02 03 04 05 06-07 08 "
                 "09 0a 0b 0c 0d 0e' portgroup='dvportgroup-7'/>"));
  CHECK(of(R"(ethernet2.addressType = "generated")").has("<interface type='null'/>"));
  CHECK(of(R"(ethernet2.generatedAddress = "00-0c-29-01-02-03"
              ethernet2.checkMACAddress = "TRUE")")
            .has("<mac address='00:0c:29:01:02:03' check='yes'/>"));
  CHECK(of(R"(ethernet2.virtualDev = "vmxnet2")").has("<model type='vmxnet2'/>"));
  CHECK(of(R"(ethernet2.virtualDev = "pcnet32")").has("<model type='vlance'/>"));
  auto const rdma = of(R"(ethernet2.virtualDev = "vmxnet3vrdma")");
  CHECK_FALSE(rdma.has("<model type='vmxnet3"));
  CHECK(rdma.found("ethernet2.virtualDev", "nothing for"));
  CHECK(of(R"(ethernet2.startConnected = "FALSE")").has("<link state='down'/>"));
  CHECK(convert("ethernet.x = \"1\"", false).has("</domain>"));
}

TEST_CASE("ports") {
  auto const of = [](std::string_view lines) {
    return convert("serial9.present = \"TRUE\"\n" + std::string(lines), false);
  };
  CHECK(of(R"(serial9.fileName = "/dev/ttyS9")").has("<target port='9'/>"));
  for (auto const type : {"device", "file", "pipe"}) {
    auto const unnamed = of("serial9.fileType = \""s.append(type).append("\""));
    CHECK_FALSE(unnamed.has("<serial"));
    CHECK(unnamed.found("serial9.fileName", "named"));
  }
  auto const printer = of(R"(serial9.fileType = "thinprint")");
  CHECK_FALSE(printer.has("<serial"));
  CHECK(printer.found("serial9.fileType", "left out"));
  CHECK(of(R"(serial9.fileType = "network"
              serial9.fileName = "telnet://:2000")")
            .has("<source mode='bind' host='0.0.0.0' service='2000'/>"));
  auto const nowhere = of(R"(serial9.fileType = "network"
                             serial9.fileName = "telnet://:2000"
                             serial9.network.endPoint = "client")");
  CHECK_FALSE(nowhere.has("<serial"));
  CHECK(nowhere.found("serial9.fileName", "no host"));
  CHECK_FALSE(of(R"(serial9.fileType = "network"
                    serial9.fileName = "telnet://h:70000")")
                  .has("<serial"));
}

TEST_CASE("devices that libvirt's conversion does not know") {
  check_all({
      {R"(sound.present = "TRUE"
          sound.virtualDev = "hdaudio")",
       {"<sound model='ich9'/>"}},
      {R"(sound.present = "TRUE")", {"<sound model='es1370'/>"}},
      {R"(vtpm.present = "TRUE")",
       {"<tpm model='tpm-crb'>\n      <backend type='emulator' version='2.0'/>\n    </tpm>"}},
      {R"(svga.numDisplays = "2"
          mks.enable3d = "TRUE")",
       {"<model type='vmvga' vram='4096' heads='2' primary='yes'>\n        <acceleration "
        "accel3d='yes'/>"}},
      {R"(svga.present = "FALSE")", {"<model type='none'/>"}},
      {R"(pciPassthru0.present = "TRUE"
          pciPassthru0.id = "00000:065:16.1")",
       {"<hostdev mode='subsystem' type='pci' managed='yes'>\n      <source>\n        <address "
        "domain='0x0000' bus='0x41' slot='0x10' function='0x1'/>"}},
      {R"(pciPassthru0.present = "TRUE"
          pciPassthru0.id = "0a:1f.7")",
       {"bus='0x0a' slot='0x1f' function='0x7'"}},
      {R"(pciPassthru0.present = "TRUE"
          pciPassthru0.id = "00000:300:00.0")",
       {},
       {"<hostdev"}},
      {R"(isolation.tools.hgfs.disable = "FALSE"
          sharedFolder7.present = "TRUE"
          sharedFolder7.enabled = "TRUE"
          sharedFolder7.hostPath = "/a"
          sharedFolder7.guestName = "a")",
       {"<source dir='/a'/>"}},
      {R"(RemoteDisplay.vnc.enabled = "TRUE"
          RemoteDisplay.vnc.port = "4294967296")",
       {"port='-1' autoport='yes'"}},
  });
}

TEST_CASE("values that nobody understands are told about") {
  auto const made = convert("memsize = \"much\"\ndisplayName = \"x\"", false);
  REQUIRE(made.findings.size() == 1);
  CHECK(made.found("memsize", "not understood"));
  CHECK(made.findings[0].line == 3);
  CHECK(made.findings[0].value == "much");
}
