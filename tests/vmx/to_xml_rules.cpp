// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The rules of libvirt's conversion for all but the disks.
#include "vmx/to_xml_support.hpp"

using namespace esxvi::test;

namespace {
void check_all(std::vector<rule> const& rules) {
  for (auto const& r : rules) check(r, true);
}
}  // namespace

TEST_CASE("identity") {
  check_all({
      {R"(displayName = "a%2fb%5cc%25")", {"<name>a/b\\c%</name>"}},
      {R"(displayName = "%7c22")", {"<name>&quot;</name>"}},
      {R"(vm.genid = "1"
          vm.genidX = "-2")",
       {"<genid>00000000-0000-0001-ffff-fffffffffffe</genid>"}},
      {R"(vm.genidx = "255")", {"<genid>00000000-0000-0000-0000-0000000000ff</genid>"}},
      {R"(vm.genid = "0")", {}, {"<genid"}},
      {R"(annotation = "")", {"<description/>"}},
      {R"(annotation = "50%|7c")", {"<description>50%|</description>"}},
      {R"(guestOS = "x-64")", {"arch='x86_64'"}},
      {R"(guestOS = "x-64 ")", {"arch='i686'"}},
      {R"(guestOS = "arm-debian12-64")", {"arch='x86_64'"}},
      {R"(smbios.reflectHost = "true")",
       {"<type arch='i686'>hvm</type>\n    <smbios mode='host'/>"}},
      {R"(firmware = "efi")", {"<os firmware='efi'>"}},
  });
}

TEST_CASE("memory") {
  check_all({
      {R"(memsize = "1024"
          sched.mem.max = "512")",
       {">1048576</memory>", ">524288</currentMemory>"}},
      {R"(memsize = "1024"
          sched.mem.max = "4096")",
       {">1048576</currentMemory>"}},
      {R"(memsize = "1024"
          sched.mem.max = "-5")",
       {">1048576</currentMemory>"}},
      {R"(memsize = "1024"
          sched.mem.max = "0")",
       {">1048576</currentMemory>"}},
      {R"(memsize = "1024"
          sched.mem.minsize = "256")",
       {"<memtune>\n    <min_guarantee unit='KiB'>262144</min_guarantee>\n  </memtune>"}},
      {R"(memsize = "1024"
          sched.mem.minsize = "2048")",
       {">1048576</min_guarantee>"}},
      {R"(sched.mem.minsize = "unlimited")", {}, {"<memtune"}},
      {R"(sched.mem.min = "16")", {}, {"<memtune"}},
  });
}

TEST_CASE("processors") {
  check_all({
      {R"(numvcpus = "6"
          cpuid.coresPerSocket = "4")",
       {"sockets='1' dies='1' cores='4'"}},
      {R"(numvcpus = "4"
          cpuid.coresPerSocket = "1")",
       {},
       {"<cpu>"}},
      {R"(cpuid.coresPerSocket = "unlimited")", {}, {"<cpu>"}},
      {R"(numvcpus = "2"
          sched.cpu.affinity = " 5, 0 ,1,1")",
       {"<vcpu placement='static' cpuset='0-1,5'>2</vcpu>"}},
      {R"(sched.cpu.affinity = "ALL")", {}, {"cpuset"}},
      {R"(numvcpus = "2"
          sched.cpu.shares = "High")",
       {"<shares>4000</shares>"}},
      {R"(numvcpus = "2"
          sched.cpu.shares = "normal")",
       {"<shares>2000</shares>"}},
      {R"(sched.cpu.shares = "7")", {"<shares>7</shares>"}},
      {R"(sched.cpu.shares = "-1")", {"<shares>18446744073709551615</shares>"}},
  });
}

TEST_CASE("shared folders") {
  constexpr std::string_view folder = R"(sharedFolder0.present = "true"
    sharedFolder0.enabled = "true"
    sharedFolder0.hostPath = "/srv/a b"
    sharedFolder0.guestName = "ab"
    )";
  auto const with = [&](std::string_view lines) { return std::string(folder).append(lines); };
  std::string const on = with(R"(isolation.tools.hgfs.disable = "false"
                                 sharedFolder.maxNum = "1")");
  std::string const writable = on + "\nsharedFolder0.writeAccess = \"true\"";
  std::string const none = with(R"(isolation.tools.hgfs.disable = "false"
                                   sharedFolder.maxNum = "0")");
  std::string const off = with("sharedFolder.maxNum = \"1\"");
  check_all({
      {on,
       {"<filesystem type='mount' accessmode='passthrough'>\n      <source dir='/srv/a b'/>\n"
        "      <target dir='ab'/>\n      <readonly/>"}},
      {writable, {"<target dir='ab'/>"}, {"<readonly/>"}},
      {none, {}, {"<filesystem"}},
      {off, {}, {"<filesystem"}},
  });
}

TEST_CASE("addresses and models of adapters") {
  std::string const present = "ethernet0.present = \"true\"\n";
  auto const of = [&](std::string_view lines) {
    return convert(present + std::string(lines), true);
  };
  CHECK(of("").has("<interface type='null'>\n      <mac address='00:00:00:00:00:00'/>"));
  CHECK(of(R"(ethernet0.generatedAddress = "0:C:29:1:2:3")")
            .has("<mac address='00:0c:29:01:02:03'/>"));
  CHECK(of(R"(ethernet0.addressType = "Generated"
              ethernet0.generatedAddress = "00:0c:29:01:02:03")")
            .has("<mac address='00:0c:29:01:02:03' type='generated'/>"));
  CHECK(of(R"(ethernet0.addressType = "static"
              ethernet0.generatedAddress = "not looked at"
              ethernet0.address = "00:50:56:01:02:03"
              ethernet0.checkMACAddress = "true")")
            .has("<mac address='00:50:56:01:02:03' type='static' check='yes'/>"));
  CHECK(of(R"(ethernet0.checkMACAddress = "TRUE")").has("check='no'"));
  CHECK(of(R"(ethernet0.virtualDev = "E1000E")").has("<model type='e1000e'/>"));
  CHECK(of(R"(ethernet0.virtualDev = "vmxnet")").has("<model type='vmxnet'/>"));
  CHECK(of(R"(ethernet0.virtualDev = "vmxnet3"
              ethernet0.features = "15")")
            .has("<model type='vmxnet3'/>"));
  CHECK_FALSE(convert("ethernet0.present = \"false\"\nethernet0.addressType = \"?\"", true)
                  .has("<interface"));
}

TEST_CASE("connections of adapters") {
  std::string const present = "ethernet3.present = \"true\"\nethernet3.networkName = \"N\"\n";
  auto const of = [&](std::string_view lines) {
    return convert(present + std::string(lines), true);
  };
  CHECK(of("").has("<source bridge='N'/>"));
  CHECK(of(R"(ethernet3.connectionType = "Bridged")").has("<source bridge='N'/>"));
  auto const custom = of(R"(ethernet3.connectionType = "custom"
                            ethernet3.vnet = "vmnet2")");
  CHECK(custom.has("<source bridge='N'/>\n      <target dev='vmnet2'/>"));
  for (auto const name : {"vnet2", "macvtap0", "macvlan1"})
    CHECK_FALSE(
        of("ethernet3.connectionType = \"custom\"\nethernet3.vnet = \"" + std::string(name) + "\"")
            .has("<target dev"));
  auto const nat = of(R"(ethernet3.connectionType = "nat")");
  CHECK(nat.has("<interface type='user'>"));
  CHECK_FALSE(nat.has("<source bridge"));
  CHECK(of(R"(ethernet3.connectionType = "whatever"
              ethernet3.dvs.switchId = "564d0102030405060708090a0b0c0d0e"
              ethernet3.dvs.portId = "-4"
              ethernet3.dvs.portgroupId = "dvportgroup-1"
              ethernet3.dvs.connectionId = "77")")
            .has("<interface type='vds'>\n      <mac address='00:00:00:00:00:00'/>\n"
                 "      <source switchid='564d0102-0304-0506-0708-090a0b0c0d0e' portid='-4' "
                 "portgroupid='dvportgroup-1' connectionid='77'/>"));
}

TEST_CASE("serial ports") {
  auto const of = [](std::string_view lines) {
    return convert("serial0.present = \"true\"\n" + std::string(lines), true);
  };
  CHECK(
      of(R"(serial0.fileName = "/dev/ttyS1")")
          .has("<serial type='dev'>\n      <source path='/dev/ttyS1'/>\n      <target port='0'/>"));
  CHECK(of(R"(serial0.fileType = "file"
              serial0.fileName = "out.log")")
            .has("<source path='[ds] vm/out.log'/>"));
  CHECK(of(R"(serial0.fileType = "pipe"
              serial0.fileName = "/tmp/p|22")")
            .has("<serial type='pipe'>\n      <source path='/tmp/p|22'/>"));
  struct uri {
    std::string_view text, protocol, host, service;
  };
  for (auto const& u : std::vector<uri>{{"tcp://h:1", "raw", "h", "1"},
                                        {"//h:1", "raw", "h", "1"},
                                        {"TCP4://h:1", "raw", "h", "1"},
                                        {"tcp6://[::1]:1", "raw", "::1", "1"},
                                        {"telnet://u@h:23/p?q#f", "telnet", "h", "23"},
                                        {"telnets://h:00024", "telnets", "h", "24"},
                                        {"ssl://h%2D1:70000", "tls", "h-1", "70000"},
                                        {"tcp+ssl://h:1", "tls", "h", "1"}}) {
    CAPTURE(u.text);
    auto const made =
        of("serial0.fileType = \"network\"\nserial0.fileName = \"" + std::string(u.text) + "\"");
    std::string const source = "<source mode='bind' host='" + std::string(u.host) + "' service='" +
                               std::string(u.service) + "'/>";
    CHECK(made.has(source + "\n      <protocol type='" + std::string(u.protocol) + "'/>"));
  }
  auto const two = convert(R"(serial2.present = "true"
                              serial3.present = "true"
                              serial4.present = "true")",
                           true);
  CHECK(two.has("<console type='dev'>\n      <target type='serial' port='2'/>"));
  CHECK(two.has("<target port='3'/>"));
  CHECK_FALSE(two.has("<target port='4'/>"));
}

TEST_CASE("parallel ports") {
  auto const made = convert(R"(parallel1.present = "true"
                               parallel1.fileType = "file"
                               parallel1.fileName = "out"
                               parallel2.present = "true"
                               parallel2.fileType = "device"
                               parallel2.fileName = "/dev/lp0"
                               parallel3.present = "true")",
                            true);
  CHECK(made.has(
      "<parallel type='file'>\n      <source path='[ds] vm/out'/>\n      <target port='1'/>"));
  CHECK(
      made.has("<parallel type='dev'>\n      <source path='/dev/lp0'/>\n      <target port='2'/>"));
  CHECK_FALSE(made.has("port='3'"));
}

TEST_CASE("the screen") {
  auto const vram = [](std::string_view bytes) {
    return convert("svga.vramSize = \"" + std::string(bytes) + "\"", true);
  };
  CHECK(vram("5000000").has("vram='8192'"));
  CHECK(vram("1").has("vram='1'"));
  CHECK(vram("0").has("vram='4096'"));
  CHECK(vram("-1").has("vram='4096'"));
  auto const vnc = [](std::string_view lines) {
    return convert("RemoteDisplay.vnc.enabled = \"TRUE\"\n" + std::string(lines), true);
  };
  CHECK(vnc("").has(
      "<graphics type='vnc' port='-1' autoport='yes'>\n      <listen type='address'/>"));
  CHECK(vnc(R"(RemoteDisplay.vnc.port = "0")").has("<graphics type='vnc' autoport='no'>"));
  CHECK(vnc(R"(RemoteDisplay.vnc.port = "5901"
               RemoteDisplay.vnc.ip = "10.0.0.1"
               RemoteDisplay.vnc.keymap = "fr"
               RemoteDisplay.vnc.password = "s3")")
            .has("<graphics type='vnc' port='5901' autoport='no' listen='10.0.0.1' keymap='fr' "
                 "passwd='s3'>\n      <listen type='address' address='10.0.0.1'/>"));
  CHECK_FALSE(convert(R"(RemoteDisplay.vnc.port = "5901")", true).has("<graphics"));
  esxvi::vmx::ToXmlOptions quiet;
  quiet.secrets = false;
  CHECK_FALSE(convert("RemoteDisplay.vnc.enabled = \"true\"\nRemoteDisplay.vnc.password = \"s3\"",
                      true, quiet)
                  .has("s3"));
}
