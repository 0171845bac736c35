// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Every reason for which libvirt refuses a file refuses it in its mode, in the order in which it
// looks; and none does in ours.
#include "vmx/to_xml_support.hpp"

using namespace esxvi;
using namespace esxvi::test;

namespace {
struct refusal {
  std::string_view text;      ///< a whole file
  std::string_view about;     ///< what target() must have
  std::string_view expected;  ///< what advice() must have
};

constexpr std::string_view head = "config.version = \"8\"\nvirtualHW.version = \"10\"\n";

void check_refused(refusal const& r, bool whole = false) {
  CAPTURE(r.text);
  std::string const text = whole ? std::string(r.text) : std::string(head) + std::string(r.text);
  try {
    auto const made = convert_file(text, true);
    FAIL_CHECK("not refused: " << made.xml);
  } catch (not_convertible const& e) {
    CAPTURE(e.what());
    CHECK(e.target().starts_with("vm.vmx:"));
    CHECK(e.target().find(r.about) != std::string::npos);
    CHECK(e.advice().find(r.expected) != std::string::npos);
    bool const stated = e.target().find(" = \"") != std::string::npos;
    CHECK((e.line() != 0) == stated);
  }
  CHECK_NOTHROW(convert_file(text, false));
}
}  // namespace

TEST_CASE("versions") {
  for (auto const& r : std::vector<refusal>{
           {"virtualHW.version = \"8\"", "config.version", ""},
           {"config.version = \"8\"", "virtualHW.version", ""},
           {"config.version = \"7\"\nvirtualHW.version = \"8\"", "config.version = \"7\"", "8"},
           {"config.version = \"8\"\nvirtualHW.version = \"3\"", "virtualHW.version = \"3\"", "4"},
           {"config.version = \"8\"\nvirtualHW.version = \"x\"", "virtualHW.version = \"x\"",
            "integer"},
       })
    check_refused(r, true);
}

TEST_CASE("the machine") {
  for (auto const& r : std::vector<refusal>{
           {"ethernet.x = \"1\"", "ethernet.x", "number"},
           {"ethernetX.present = \"1\"", "ethernetX.present", "number"},
           {"ethernet-1.present = \"1\"", "ethernet-1.present", "number"},
           {"ETHERNET0 = \"1\"", "ETHERNET0", "number"},
           {"ethernet2147483648.x = \"1\"", "ethernet2147483648.x", "number"},
           {"uuid.bios = \"56 4d\"", "uuid.bios = \"56 4d\"", "UUID"},
           {"displayName = \"50% done\"", "displayName", ""},
           {"displayName = \"|2\"", "displayName", ""},
           {"annotation = \"|zz\"", "annotation", ""},
           {"vm.genid = \"x\"", "vm.genid = \"x\"", "integer"},
           {"memsize = \"6\"", "memsize = \"6\"", "multiple of 4"},
           {"memsize = \"0\"", "memsize", "multiple of 4"},
           {"memsize = \"64 \"", "memsize", "integer"},
           {"memsize = \"18014398509481984\"", "memsize", ""},
           {"sched.mem.max = \"x\"", "sched.mem.max", "integer"},
           {"sched.mem.minsize = \"\"", "sched.mem.min", "integer"},
           {"numvcpus = \"0\"", "numvcpus = \"0\"", "above 0"},
           {"numvcpus = \"2\"\ncpuid.coresPerSocket = \"4\"", "cpuid.coresPerSocket = \"4\"",
            "numvcpus"},
           {"numvcpus = \"2\"\nsched.cpu.affinity = \"1\"", "sched.cpu.affinity", "at least 2"},
           {"sched.cpu.affinity = \"0-3\"", "sched.cpu.affinity", "list"},
           {"sched.cpu.affinity = \"16384\"", "sched.cpu.affinity", "list"},
           {"sched.cpu.affinity = \" all\"", "sched.cpu.affinity", "list"},
           {"sched.cpu.shares = \"much\"", "sched.cpu.shares", "low, normal, high"},
           {"smbios.reflectHost = \"1\"", "smbios.reflect", "TRUE or FALSE"},
           {"RemoteDisplay.vnc.enabled = \"yes\"", "RemoteDisplay.vnc.enabled", "TRUE or FALSE"},
           {"svga.vramSize = \"big\"", "svga.vramSize", "integer"},
           {"firmware = \"bios\"", "firmware = \"bios\"", "efi"},
           {"firmware = \"EFI\"", "firmware = \"EFI\"", "efi"},
       })
    check_refused(r);
}

TEST_CASE("disks") {
  auto const slot = [](std::string_view name, std::string_view lines) {
    std::string out = "scsi0.present = \"true\"\n" + std::string(name) + ".present = \"true\"\n";
    return out.append(lines);
  };
  struct row {
    std::string_view slot, lines, about, expected;
  };
  for (auto const& r : std::vector<row>{
           {"scsi0", "scsi0.virtualDev = \"vmpvscsi\"", "scsi0.virtualDev", "pvscsi"},
           {"scsi0", "scsi0.virtualDev = \"\"", "scsi0.virtualDev", "lsilogic"},
           {"scsi0:0", "scsi0:0.fileName = \"a.vmdk\"\nscsi0:0.deviceType = \"ata-hardDisk\"",
            "scsi0:0.deviceType", "scsi-hardDisk"},
           {"ide0:0", "ide0:0.fileName = \"a.vmdk\"\nide0:0.deviceType = \"rawDisk\"",
            "ide0:0.deviceType", "ata-hardDisk"},
           {"ide0:0", "ide0:0.fileName = \"a.iso\"\nide0:0.deviceType = \"atapi-cdrom\"",
            "ide0:0.deviceType", "cdrom-image"},
           {"ide0:0", "ide0:0.fileName = \"emptyBackingString\"\nide0:0.deviceType = \"disk\"",
            "ide0:0.deviceType", "cdrom-image"},
           {"ide0:0", "ide0:0.fileName = \"a.img\"", "ide0:0.fileName = \"a.img\"", ""},
           {"ide0:0", "", "ide0:0.fileName", ""},
           {"ide0:0", "ide0:0.fileName = \"\"", "ide0:0.fileName", ""},
           {"scsi0:0", "scsi0:0.fileName = \"/dev/sg0\"\nscsi0:0.deviceType = \"scsi-passthru\"",
            "scsi0:0.fileName", ""},
           {"scsi0:0", "scsi0:0.fileName = \"gone.vmdk\"", "scsi0:0.fileName", "file"},
           {"floppy0", "", "floppy0.fileType", "device or file"},
           {"floppy0", "floppy0.fileType = \"file\"\nfloppy0.fileName = \"gone.flp\"",
            "floppy0.fileName", "file"},
       })
    check_refused({slot(r.slot, r.lines), r.about, r.expected});
  check_refused({"ide0:0.startConnected = \"0\"", "ide0:0.startConnected", "TRUE or FALSE"});
  check_refused({"ide0:0.present = \"1\"", "ide0:0.present", "TRUE or FALSE"});
}

TEST_CASE("the functions for file names refuse in both modes") {
  std::string const file =
      std::string(head) + "ide0:0.present = \"true\"\nide0:0.fileName = \"bad/a.vmdk\"\n";
  for (bool const peer : {true, false}) {
    try {
      static_cast<void>(convert_file(file, peer));
      FAIL_CHECK("not refused");
    } catch (not_convertible const& e) {
      CHECK(e.problem() == "no such datastore");
    }
  }
}

TEST_CASE("adapters") {
  std::string const present = "ethernet0.present = \"true\"\n";
  struct row {
    std::string_view lines, about, expected;
  };
  for (auto const& r : std::vector<row>{
           {"ethernet0.addressType = \"\"", "ethernet0.addressType", "generated"},
           {"ethernet0.generatedAddress = \"00-0c-29-01-02-03\"", "ethernet0.generatedAddress",
            "MAC"},
           {"ethernet0.virtualDev = \"vmxnet2\"", "ethernet0.virtualDev", "e1000"},
           {"ethernet0.virtualDev = \"ne2000\"", "ethernet0.virtualDev", "vlance"},
           {"ethernet0.connectionType = \"bridged\"", "ethernet0.networkName", ""},
           {"ethernet0.connectionType = \"custom\"\nethernet0.networkName = \"N\"",
            "ethernet0.vnet", ""},
           {"ethernet0.connectionType = \"hostonly\"", "ethernet0.connectionType", "nat"},
           {"ethernet0.connectionType = \"\"", "ethernet0.connectionType", "bridged"},
           {"ethernet0.dvs.switchId = \"x\"", "ethernet0.dvs.switchId", "UUID"},
           {"ethernet0.dvs.switchId = \"564d0102030405060708090a0b0c0d0e\"", "ethernet0.dvs.portId",
            ""},
           {"ethernet0.dvs.switchId = \"564d0102030405060708090a0b0c0d0e\"\nethernet0.dvs.portId = "
            "\"c-1\"",
            "ethernet0.dvs.portId", "integer"},
       })
    check_refused({present + std::string(r.lines), r.about, r.expected});
}

TEST_CASE("ports and folders") {
  struct row {
    std::string_view device, lines, about, expected;
  };
  for (auto const& r : std::vector<row>{
           {"serial0", "serial0.fileType = \"thinprint\"", "serial0.fileType", "pipe"},
           {"serial0", "serial0.fileType = \"network\"", "serial0.fileName", "HOST:PORT"},
           {"serial0", "serial0.fileType = \"network\"\nserial0.fileName = \"telnet://h\"",
            "serial0.fileName", "PORT"},
           {"serial0", "serial0.fileType = \"network\"\nserial0.fileName = \"telnet://:5\"",
            "serial0.fileName", "HOST"},
           {"serial0", "serial0.fileType = \"network\"\nserial0.fileName = \"h:5\"",
            "serial0.fileName", "SCHEME"},
           {"serial0", "serial0.fileType = \"network\"\nserial0.fileName = \"http://h:5\"",
            "serial0.fileName", "telnets"},
           {"serial0",
            "serial0.fileType = \"network\"\nserial0.fileName = "
            "\"tcp://h:5\"\nserial0.network.endPoint = \"\"",
            "serial0.network.endPoint", "server"},
           {"serial0", "serial0.fileType = \"file\"", "serial0.fileName", "file"},
           {"parallel0", "parallel0.fileName = \"p\"", "parallel0.fileType", ""},
           {"parallel0", "parallel0.fileType = \"device\"", "parallel0.fileName", ""},
           {"parallel0", "parallel0.fileType = \"pipe\"\nparallel0.fileName = \"p\"",
            "parallel0.fileType", "device or file"},
           {"sharedFolder0",
            "isolation.tools.hgfs.disable = \"false\"\nsharedFolder.maxNum = "
            "\"1\"\nsharedFolder0.enabled = \"true\"",
            "sharedFolder0.hostPath", ""},
       }) {
    std::string const present = std::string(r.device) + ".present = \"true\"\n";
    check_refused({present + std::string(r.lines), r.about, r.expected});
  }
}

TEST_CASE("of several faults the one is reported that libvirt meets first") {
  // In the order of evaluation; each file has all faults from one on.
  constexpr std::string_view faults[][2] = {
      {"ethernet.x = \"1\"", "ethernet.x"},
      {"uuid.bios = \"x\"", "uuid.bios"},
      {"displayName = \"%\"", "displayName"},
      {"vm.genid = \"x\"", "vm.genid"},
      {"annotation = \"|\"", "annotation"},
      {"sched.mem.max = \"x\"", "sched.mem.max"},
      {"numvcpus = \"0\"", "numvcpus"},
      {"cpuid.coresPerSocket = \"x\"", "cpuid.coresPerSocket"},
      {"sched.cpu.affinity = \"x\"", "sched.cpu.affinity"},
      {"sched.cpu.shares = \"x\"", "sched.cpu.shares"},
      {"smbios.reflectHost = \"x\"", "smbios.reflect"},
      {"RemoteDisplay.vnc.enabled = \"x\"", "RemoteDisplay.vnc.enabled"},
      {"scsi1.present = \"x\"", "scsi1.present"},
      {"sata0.present = \"x\"", "sata0.present"},
      {"ide0:0.present = \"x\"", "ide0:0.present"},
      {"floppy0.present = \"x\"", "floppy0.present"},
      {"isolation.tools.hgfs.disable = \"x\"", "isolation.tools.hgfs.disable"},
      {"ethernet1.present = \"x\"", "ethernet1.present"},
      {"svga.vramSize = \"x\"", "svga.vramSize"},
      {"serial0.present = \"x\"", "serial0.present"},
      {"parallel0.present = \"x\"", "parallel0.present"},
      {"firmware = \"x\"", "firmware"},
      {"memsize = \"18014398509481984\"", "memsize"},
  };
  std::string text;
  for (auto at = std::rbegin(faults); at != std::rend(faults); ++at) {
    text.append((*at)[0]).append("\n");
    check_refused({text, (*at)[1], ""});
  }
}
