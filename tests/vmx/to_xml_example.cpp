// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// One machine as a whole: the order of the parts, and what is written for a machine that says
// nothing.
#include "vmx/to_xml_support.hpp"

using namespace esxvi;
using namespace esxvi::test;

namespace {
constexpr std::string_view machine = R"(.encoding = "windows-1252"
config.version = "8"
virtualHW.version = "9"
displayName = "mail%2fout |22B|22"
guestOS = "sles12-64"
uuid.bios = "56 4d 01 02 03 04 05 06-07 08 09 0a 0b 0c 0d 0e"
annotation = "two|0Alines"
memsize = "2048"
sched.mem.max = "unlimited"
numvcpus = "6"
cpuid.coresPerSocket = "3"
sched.cpu.shares = "low"
scsi1.present = "TRUE"
scsi1.virtualDev = "pvscsi"
scsi1:9.present = "TRUE"
scsi1:9.fileName = "mail.vmdk"
scsi1:9.writeThrough = "TRUE"
ide1:1.present = "TRUE"
ide1:1.deviceType = "atapi-cdrom"
ide1:1.fileName = "auto detect"
ethernet0.present = "TRUE"
ethernet0.virtualDev = "vmxnet"
ethernet0.features = "15"
ethernet0.networkName = "Mail"
ethernet0.addressType = "vpx"
ethernet0.generatedAddress = "00:50:56:9B:00:02"
serial1.present = "TRUE"
serial1.fileType = "network"
serial1.fileName = "tcp+ssl://[fe80::2]:7001"
serial1.network.endPoint = "client"
)";
}  // namespace

TEST_CASE("a machine as a whole, the same in both modes but for the invented controller") {
  std::string const expected = R"(<domain type='vmware'>
  <name>mail/out &quot;B&quot;</name>
  <uuid>564d0102-0304-0506-0708-090a0b0c0d0e</uuid>
  <description>two
lines</description>
  <memory unit='KiB'>2097152</memory>
  <currentMemory unit='KiB'>2097152</currentMemory>
  <vcpu placement='static'>6</vcpu>
  <cputune>
    <shares>3000</shares>
  </cputune>
  <os>
    <type arch='x86_64'>hvm</type>
  </os>
  <cpu>
    <topology sockets='2' dies='1' cores='3' threads='1'/>
  </cpu>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <driver cache='writethrough'/>
      <source file='[ds] vm/mail.vmdk'/>
      <target dev='sdx' bus='scsi'/>
      <address type='drive' controller='1' bus='0' target='0' unit='9'/>
    </disk>
    <disk type='block' device='cdrom'>
      <source startupPolicy='optional'/>
      <target dev='hdd' bus='ide'/>
      <readonly/>
      <address type='drive' controller='0' bus='1' target='0' unit='1'/>
    </disk>
    <controller type='scsi' index='0'/>
    <controller type='scsi' index='1' model='vmpvscsi'/>
    <controller type='ide' index='0'/>
    <interface type='bridge'>
      <mac address='00:50:56:9b:00:02' type='generated'/>
      <source bridge='Mail'/>
      <model type='vmxnet2'/>
    </interface>
    <serial type='tcp'>
      <source mode='connect' host='fe80::2' service='7001'/>
      <protocol type='tls'/>
      <target port='1'/>
    </serial>
    <console type='tcp'>
      <source mode='connect' host='fe80::2' service='7001'/>
      <protocol type='tls'/>
      <target type='serial' port='1'/>
    </console>
    <video>
      <model type='vmvga' vram='4096' primary='yes'/>
    </video>
  </devices>
</domain>
)";
  CHECK(convert_file(machine, true).xml == expected);
  std::string without = expected;
  constexpr std::string_view invented = "    <controller type='scsi' index='0'/>\n";
  without.erase(without.find(invented), invented.size());
  CHECK(convert_file(machine, false).xml == without);
}

TEST_CASE("what a machine has that says nothing") {
  auto const made = convert("", true);
  CHECK_FALSE(made.has("<name"));
  CHECK(made.has("<uuid>00000000-0000-0000-0000-000000000000</uuid>"));
  CHECK(made.has("<memory unit='KiB'>32768</memory>"));
  CHECK(made.has("<currentMemory unit='KiB'>32768</currentMemory>"));
  CHECK(made.has("<vcpu placement='static'>1</vcpu>"));
  CHECK(made.has("<type arch='i686'>hvm</type>"));
  CHECK(made.has("<model type='vmvga' vram='4096' primary='yes'/>"));
  for (auto const absent : {"<cpu>", "<genid", "<description", "<memtune", "<cputune", "<disk",
                            "<controller", "<interface", "<serial", "<graphics"})
    CHECK_FALSE(made.has(absent));
}

TEST_CASE("the datacenter and the object of the server come last, each only if it is known") {
  vmx::ToXmlOptions options;
  CHECK_FALSE(convert("", true, options).has("xmlns:vmware"));
  options.moref = "vm-42";
  auto const one = convert("", true, options);
  CHECK(one.has(
      "<domain type='vmware' xmlns:vmware='http://libvirt.org/schemas/domain/vmware/1.0'>"));
  CHECK(one.has("</devices>\n  <vmware:moref>vm-42</vmware:moref>\n</domain>"));
  options.datacenter_path = "a/b";
  CHECK(convert("", false, options)
            .has("  <vmware:datacenterpath>a/b</vmware:datacenterpath>\n"
                 "  <vmware:moref>vm-42</vmware:moref>\n</domain>"));
}
