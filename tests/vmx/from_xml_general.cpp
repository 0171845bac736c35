// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Domain XML -> machine: name, memory, processors, system.
#include "vmx/from_xml_support.hpp"

using namespace from_xml;

TEST_CASE("a small domain gives a small file, in libvirt's order") {
  CHECK(entries(domain({}), as_peer()) ==
        lines{"config.version = 8", "virtualHW.version = 4", "guestOS = other-64",
              "uuid.bios = 01 02 03 04 05 06 07 08-09 0a 0b 0c 0d 0e 0f 10", "displayName = test",
              "memsize = 256", "numvcpus = 1", "floppy0.present = false",
              "floppy1.present = false"});
  CHECK(entries(domain({}), as_peer(9)).back() == "vmci0.present = true");
  CHECK(mentions(entries(domain({}), ours()), "virtualHW.version = 13"));
}

TEST_CASE("identity") {
  check_top({{"<description>a\nb</description>", {"annotation = a\nb"}},
             {"<description/>", {}},
             {"<title>x</title><genid>00000000-0000-0001-ffff-ffffffffffff</genid>", {}}},
            as_peer());
  check_top(
      {{"<genid>00000000-0000-0001-ffff-ffffffffffff</genid>", {"vm.genid = 1", "vm.genidX = -1"}},
       {"<genid/>", {}}},
      ours());
  std::string const nil =
      "<domain type='vmware'><name>a/b</name><memory>4096</memory><os><type>hvm</type></os>"
      "<uuid>00000000-0000-0000-0000-000000000000</uuid></domain>";
  CHECK(mentions(entries(nil, as_peer()), "uuid.action = create"));
  CHECK(mentions(entries(nil, as_peer()), "displayName = a/b"));
  // Without a UUID too: the same XML shall give the same file.
  std::string const none =
      "<domain type='vmware'><name>n</name><memory>4096</memory><os><type>hvm</type></os></domain>";
  for (auto const& options : {as_peer(), ours()}) {
    CHECK(mentions(entries(none, options), "uuid.action = create"));
    CHECK_FALSE(mentions(entries(none, options), "uuid.bios"));
  }
}

TEST_CASE("memory is in multiples of 4 MiB, as libvirt rounds it") {
  check_top({{"<memory>1</memory>", {"memsize = 4", "sched.mem.max = 1"}},
             {"<memory unit='MB'>1000</memory>", {"memsize = 956", "sched.mem.max = 954"}},
             {"<memory unit='g'>1</memory>", {"memsize = 1024"}},
             {"<memory unit='bytes'>4194305</memory>", {"memsize = 8", "sched.mem.max = 5"}},
             {"<memory unit='MiB'>8</memory><currentMemory>1</currentMemory>",
              {"memsize = 8", "sched.mem.max = 1"}},
             {"<memory unit='MiB'>8</memory><currentMemory unit='MiB'>9</currentMemory>",
              {"memsize = 8"}},
             {"<memory unit='MiB'>8</memory><currentMemory>0</currentMemory>", {"memsize = 8"}},
             {"<memtune><min_guarantee>1025</min_guarantee></memtune>", {"sched.mem.minSize = 2"}},
             {"<memtune><min_guarantee>0</min_guarantee></memtune>", {}}},
            as_peer());
}

TEST_CASE("memory: size and limit agree, and both reservations are written") {
  check_top({{"<memory unit='KiB'>1000000</memory>", {"memsize = 980"}},
             {"<memory unit='MiB'>10</memory><currentMemory unit='MiB'>5</currentMemory>",
              {"memsize = 12", "sched.mem.max = 5"}},
             {"<maxMemory unit='GiB'>4</maxMemory>", {"mem.hotadd = TRUE"}},
             {"<memtune><min_guarantee unit='MiB'>64</min_guarantee></memtune>",
              {"sched.mem.minSize = 64", "sched.mem.min = 64"}}},
            ours());
}

TEST_CASE("processors") {
  std::initializer_list<rule> const rules{
      {"<vcpu>3</vcpu>", {"numvcpus = 3"}},
      {"<vcpu cpuset='8,0-3,^2'>2</vcpu>", {"numvcpus = 2", "sched.cpu.affinity = 0,1,3,8"}},
      {"<vcpu placement='auto' cpuset='0-3'>1</vcpu>", {}},
      {"<vcpu>4</vcpu><cpu><topology sockets='2' cores='2' threads='1'/></cpu>",
       {"numvcpus = 4", "cpuid.coresPerSocket = 2"}},
      {"<cpu><topology sockets='1' dies='1' cores='1' threads='1'/></cpu>",
       {"cpuid.coresPerSocket = 1"}},
      {"<vcpu>2</vcpu><cputune><shares>1000</shares></cputune>",
       {"numvcpus = 2", "sched.cpu.shares = low"}},
      {"<cputune><shares>1000</shares></cputune>", {"sched.cpu.shares = normal"}},
      {"<cputune><shares>2000</shares></cputune>", {"sched.cpu.shares = high"}},
      {"<cputune><shares>2001</shares></cputune>", {"sched.cpu.shares = 2001"}}};
  check_top(rules, as_peer());
  check_top(rules, ours());
}

TEST_CASE("processors that libvirt's writer refuses") {
  check_top({{"<cpu mode='host-passthrough'/>", {}},
             {"<vcpu>8</vcpu><cpu mode='host-model'><topology sockets='2' cores='2' threads='2'/>"
              "<feature name='vmx' policy='require'/></cpu>",
              {"numvcpus = 8", "cpuid.coresPerSocket = 4", "vhv.enable = TRUE"}},
             {"<vcpu current='2'>4</vcpu>", {"numvcpus = 2", "maxvcpus = 4", "vcpu.hotadd = TRUE"}},
             {"<cputune><shares>1000000</shares></cputune>", {"sched.cpu.shares = 1000000"}}},
            ours());
  CHECK(mentions(findings({}, ours(), "<cpu mode='custom'><model>Penryn</model></cpu>"),
                 "cpu/model: "));
  CHECK(mentions(findings({}, ours(),
                          "<vcpu>2</vcpu><cpu><topology sockets='1' cores='1' threads='2'/></cpu>"),
                 "cpu/topology@threads: "));
}

TEST_CASE("system and firmware") {
  check_top({{"<os><type>hvm</type></os>", {"guestOS = other"}},
             {"<os firmware='efi'><type arch='i686'>hvm</type><smbios mode='host'/></os>",
              {"guestOS = other", "smbios.reflectHost = true", "firmware = efi"}},
             {"<os firmware='bios'><type arch='x86_64'>hvm</type><boot dev='hd'/>"
              "<smbios mode='emulate'/><loader secure='yes'>/x</loader></os>",
              {}}},
            as_peer());
  check_top(
      {{"<os><type arch='aarch64'>hvm</type></os>", {"guestOS = arm-other-64", "firmware = efi"}},
       {"<os firmware='efi'><type arch='x86_64'>hvm</type>"
        "<firmware><feature enabled='yes' name='secure-boot'/></firmware>"
        "<nvram>test.nvram</nvram><bootmenu enable='yes' timeout='3000'/>"
        "<bios rebootTimeout='500'/></os>",
        {"firmware = efi", "uefi.secureBoot.enabled = TRUE", "bios.bootDelay = 3000",
         "bios.bootRetry.enabled = TRUE", "bios.bootRetry.delay = 500", "nvram = test.nvram"}},
       {"<os><type arch='x86_64'>hvm</type><loader type='pflash' secure='yes'>/x</loader></os>",
        {"firmware = efi", "uefi.secureBoot.enabled = TRUE"}},
       {"<os><type arch='x86_64'>hvm</type><boot dev='cdrom'/><boot dev='network'/>"
        "<boot dev='hd'/><boot dev='fd'/></os>",
        {"bios.bootOrder = cdrom,ethernet0,hdd,floppy"}}},
      ours());
}

TEST_CASE("the system that libosinfo's metadata names") {
  auto const guest = [](std::string_view id, std::string_view arch = "x86_64") {
    std::string const top =
        "<metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os "
        "id='" +
        std::string(id) + "'/></l:libosinfo></metadata><os><type arch='" + std::string(arch) +
        "'>hvm</type></os>";
    auto const made = convert(domain({}, top), ours());
    return *made.machine.identity.guest_os;
  };
  CHECK(guest("http://redhat.com/rhel/9.2") == "rhel9-64");
  CHECK(guest("http://redhat.com/rhel/6.0", "i686") == "rhel6");
  CHECK(guest("http://centos.org/centos/6.5") == "centos-64");
  CHECK(guest("http://debian.org/debian/11") == "debian11-64");
  CHECK(guest("http://debian.org/debian/testing") == "debian12-64");
  CHECK(guest("http://microsoft.com/win/2k19") == "windows2019srv-64");
  CHECK(guest("http://microsoft.com/win/10", "i686") == "windows9");
  CHECK(guest("http://vmware.com/esxi/6.0") == "vmkernel6");
  CHECK(guest("http://ubuntu.com/ubuntu/22.04", "aarch64") == "arm-ubuntu-64");
  CHECK(guest("http://example.com/os/1") == "other-64");
}
