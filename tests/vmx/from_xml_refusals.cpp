// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Domain XML that no machine can be made of: where it stands, what stands there, what was expected.
#include "vmx/from_xml_support.hpp"

using namespace from_xml;

namespace {
constexpr std::string_view source = "<source file='/a.vmdk'/>";
std::string disk(std::string_view inside) { return "<disk>" + std::string(inside) + "</disk>"; }
std::string with_source(std::string_view inside) {
  return disk(std::string(source) + std::string(inside));
}
}  // namespace

TEST_CASE("a refusal names file, line, place, value and expectation") {
  auto const said =
      refused("\n\n<disk><source file='/a.vmdk'/><target dev='sdx' bus='x'/></disk>", ours());
  CHECK(said ==
        "test.xml:9: devices/disk/target@bus = \"x\": unknown bus | expected scsi, sata, "
        "ide, nvme or fdc");
  CHECK_THROWS_AS(static_cast<void>(convert(domain("<disk/>"), ours())), not_convertible);
}

TEST_CASE("not a domain for VMware, in both modes") {
  std::string const rest = "<name>n</name><memory>4096</memory><os><type>hvm</type></os>";
  auto const root = [&](std::string const& tag, std::string const& end) {
    return "<" + tag + ">" + rest + "</" + end + ">";
  };
  for (auto const& options : {as_peer(), ours()}) {
    CHECK(refusal(root("domain type='vmware'", "domain"), options).empty());
    CHECK(mentions(refusal(root("network type='vmware'", "network"), options), "no domain"));
    CHECK(mentions(refusal(root("domain", "domain"), options), "domain@type: "));
    CHECK(mentions(refusal(root("domain type='kvm'", "domain"), options), "expected vmware"));
    CHECK(mentions(refusal(root("domain type='vmware' xmlns='urn:x'", "domain"), options),
                   "no namespace"));
    CHECK(mentions(refusal("<x:domain xmlns:x='urn:x'/>", options), "no domain"));
    CHECK(mentions(refusal("<domain type='vmware'><name/></domain>", options), "domain"));
    std::string const nameless =
        "<domain type='vmware'><os><type>hvm</type></os><memory>1</memory></domain>";
    CHECK(mentions(refusal(nameless, options), "the domain has no name"));
    std::string const small =
        "<domain type='vmware'><os><type>hvm</type></os><name>n</name></domain>";
    CHECK(mentions(refusal(small, options), "the domain has no memory"));
  }
}

TEST_CASE("outside of the devices, in both modes") {
  std::initializer_list<fault> const faults{
      {"<os><type>xen</type></os>", "expected hvm"},
      {"<os><type arch='ppc64'>hvm</type></os>", "os/type@arch = \"ppc64\""},
      {"<os firmware='EFI'><type>hvm</type></os>", "expected efi or bios"},
      {"<os><type>hvm</type><smbios mode='x'/></os>", "os/smbios@mode = \"x\""},
      {"<os><type>hvm</type><boot dev='x'/></os>", "os/boot@dev = \"x\""},
      {"<genid>x</genid>", "not a UUID"},
      {"<memory>x</memory>", "memory = \"x\": not a number"},
      {"<memory>0</memory>", "no memory"},
      {"<memory unit='YiB'>1</memory>", "unknown unit"},
      {"<memory unit='EiB'>9</memory>", "too large"},
      {"<memory>-1</memory>", "not a number"},
      {"<currentMemory>x</currentMemory>", "currentMemory = \"x\""},
      {"<memtune><min_guarantee>x</min_guarantee></memtune>", "memtune/min_guarantee"},
      {"<vcpu>0</vcpu>", "expected an integer of 1 or more"},
      {"<vcpu>4294967295</vcpu>", "do not exist"},
      {"<vcpu>x</vcpu>", "vcpu = \"x\""},
      {"<vcpu current='3'>2</vcpu>", "expected a number from 1 to 2"},
      {"<vcpu cpuset='0'>2</vcpu>", "expected at least 2"},
      {"<vcpu cpuset='3-1'>1</vcpu>", "not a list"},
      {"<vcpu cpuset=''>1</vcpu>", "not a list"},
      {"<vcpu cpuset='0-16384'>1</vcpu>", "not a list"},
      {"<vcpu>4</vcpu><cpu><topology sockets='2' cores='1' threads='1'/></cpu>",
       "the number of processors, 4"},
      {"<cpu><topology sockets='4294967295' cores='4294967295' threads='1'/></cpu>",
       "the number of processors, 1"},
      {"<cpu><topology sockets='0' cores='1' threads='1'/></cpu>", "cpu/topology@sockets"},
      {"<cputune><shares>x</shares></cputune>", "cputune/shares"}};
  check_refused(faults, as_peer(), false);
  check_refused(faults, ours(), false);
}

TEST_CASE("outside of the devices, as libvirt refuses") {
  check_refused({{"<os><type arch='aarch64'>hvm</type></os>", "expected i686 or x86_64"},
                 {"<os/>", "the kind of machine"},
                 {"<os><type>hvm</type><smbios mode='sysinfo'/></os>", "expected emulate or host"},
                 {"<vcpu current='1'>2</vcpu>", "vcpu@current"},
                 {"<cpu/>", "<topology>"},
                 {"<cpu mode='host-model'/>", "expected custom"},
                 {"<vcpu>2</vcpu><cpu><topology sockets='1' cores='1' threads='2'/></cpu>",
                  "topology@threads"},
                 {"<vcpu>2</vcpu><cpu><topology sockets='1' dies='2' cores='1' threads='1'/></cpu>",
                  "topology@dies"},
                 {"<cputune><shares>1</shares></cputune>", "expected 2 to 262144"},
                 {"<cputune><shares>262145</shares></cputune>", "expected 2 to 262144"},
                 {"<maxMemory>9</maxMemory>", "maxMemory"}},
                as_peer(), false);
  check_refused(
      {{"<memory unit='MiB'>4</memory><memtune><min_guarantee unit='MiB'>5</min_guarantee>"
        "</memtune>",
        "expected at most 4 MiB"},
       {"<os><type>hvm</type><loader secure='yes'/></os>", "secure boot without EFI"}},
      ours(), false);
}

TEST_CASE("disks, in both modes") {
  auto const target = [](std::string_view attributes) {
    return with_source("<target " + std::string(attributes) + "/>");
  };
  auto const address = [](std::string_view attributes) {
    return with_source("<target dev='sda' bus='scsi'/><address " + std::string(attributes) + "/>");
  };
  std::string const no_target = with_source("");
  std::string const no_source = disk("<target dev='sda'/>");
  std::string const vd = target("dev='vda'");
  std::string const odd = target("dev='anna'");
  std::string const usb = target("dev='sda' bus='usb'");
  std::string const fdc = target("dev='fda'");
  std::string const wrong = address("type='drive' controller='4'");
  std::string const seven = address("type='drive' unit='7'");
  std::string const text = address("type='drive' unit='x'");
  std::string const untyped = address("unit='0'");
  std::initializer_list<fault> const faults{
      {no_target, "expected <target dev='sda'/>"},
      {no_source, "the disk has no source"},
      {vd, "no disks on the bus virtio"},
      {odd, "does not tell the bus"},
      {usb, "no disks on the bus usb"},
      {fdc, "only floppies"},
      {wrong, "devices/disk/address"},
      {seven, "devices/disk/address"},
      {text, "devices/disk/address@unit = \"x\""},
      {untyped, "devices/disk/address@type"},
      {"<disk device='tape'/>", "expected disk, cdrom, floppy or lun"},
      {"<disk type='volume'><source volume='x'/><target dev='sda'/></disk>",
       "expected file or block"},
      {"<disk device='lun'><target dev='sda'/></disk>", "expected block"},
      {"<disk device='floppy'><target dev='sda' bus='scsi'/></disk>", "stands on the bus fdc"},
      {"<controller type='scsi' model='x'/>", "unknown model of SCSI controller"},
      {"<controller type='scsi' index='0'/><controller type='scsi' index='0'/>",
       "two scsi controllers"},
      {"<controller/>", "devices/controller@type"}};
  check_refused(faults, as_peer());
  check_refused(faults, ours());
  auto const twice = with_source("<target dev='sda'/>") + with_source("<target dev='sda'/>");
  CHECK(mentions(refused(twice, as_peer()), "has the same target"));
  auto const conflict = with_source("<driver name='lsilogic'/><target dev='sda'/>") +
                        "<controller type='scsi' index='0' model='buslogic'/>";
  for (auto const& options : {as_peer(), ours()})
    CHECK(mentions(refused(conflict, options), "controller of this disk is a buslogic"));
}

TEST_CASE("disks, as libvirt refuses") {
  auto const target = [](std::string_view attributes, std::string_view more = {}) {
    return with_source("<target " + std::string(attributes) + "/>" + std::string(more));
  };
  std::string const sata = target("dev='sda' bus='sata'");
  std::string const prefix = target("dev='hda' bus='scsi'");
  std::string const far = target("dev='sdbi'");
  std::string const hde = target("dev='hde'");
  std::string const mismatch = target("dev='sda'", "<address type='drive' unit='1'/>");
  std::string const pci = target("dev='sda'", "<address type='pci'/>");
  std::string const driver = target("dev='sda'", "<driver name='qemu'/>");
  std::string const cache = target("dev='sda'", "<driver cache='none'/>");
  std::string const partition = target("dev='sda'") + target("dev='sda1'");
  std::string const model =
      target("dev='sda'") + "<controller type='scsi' index='0' model='virtio-scsi'/>";
  check_refused(
      {{sata, "no disks on the bus sata"},
       {prefix, "not the name of a target on this bus"},
       {far, "controller 0 to 3"},
       {hde, "bus 0 or 1"},
       {mismatch, "the address 0:0:1 is not that of the target sda"},
       {pci, "expected drive"},
       {driver, "not the model of a SCSI controller"},
       {cache, "expected writethrough or default"},
       {partition, "the same address"},
       {model,
        "no SCSI controller of the model virtio-scsi | expected buslogic, lsilogic, "
        "lsisas1068 or vmpvscsi"},
       {"<disk><source file='/a.raw'/><target dev='sda'/></disk>", "expected .vmdk"},
       {"<disk device='cdrom'><source file='/a.img'/><target dev='hda'/></disk>", "expected .iso"},
       {"<disk type='block'><source dev='/dev/sdb'/><target dev='sda'/></disk>", "expected file"}},
      as_peer());
}

TEST_CASE("other devices, in both modes") {
  std::initializer_list<fault> const faults{
      {"<interface type='x'/>", "devices/interface@type = \"x\""},
      {"<interface type='bridge'/>", "<source bridge=...>"},
      {"<interface type='vds'/>", "<source switchid=...>"},
      {"<interface type='vds'><source switchid='x'/></interface>", "not a UUID"},
      {"<interface type='vds'><source switchid='0102030405060708090a0b0c0d0e0f10'/></interface>",
       "source@portid: the attribute is missing"},
      {"<interface><mac address='x'/></interface>", "not a MAC address"},
      {"<interface><mac address='01:00:00:00:00:01'/></interface>", "multicast"},
      {"<interface><mac address='02:00:00:00:00:01' type='x'/></interface>",
       "expected generated or static"},
      {"<interface><mac address='02:00:00:00:00:01' check='x'/></interface>", "expected yes or no"},
      {"<interface><model type='virtio'/></interface>", "no such network adapter"},
      {"<serial type='pty'/>", "ports of the type pty"},
      {"<serial type='dev'><source path='x'/><target port='32'/></serial>", "no serial port 32"},
      {"<serial type='dev'><source path='x'/><target port='x'/></serial>", "target@port = \"x\""},
      {"<serial type='file'/>", "<source path=...>"},
      {"<serial type='tcp'/>", "<source host= service=>"},
      {"<serial type='tcp'><source host='h'/></serial>", "source@service"},
      {"<serial type='tcp'><source service='1'/></serial>", "source@host"},
      {"<serial type='tcp'><source mode='x' host='h' service='1'/></serial>",
       "expected connect or bind"},
      {"<serial type='tcp'><source host='h' service='1'/><protocol type='x'/></serial>",
       "expected raw, telnet, telnets or tls"},
      {"<parallel type='pipe'><source path='x'/></parallel>", "expected dev or file"},
      {"<parallel type='dev'><source path='x'/><target port='3'/></parallel>", "0 to 2"},
      {"<console type='pty'/>", "VMware has no"},
      {"<graphics/>", "devices/graphics@type"},
      {"<graphics type='vnc' port='x'/>", "devices/graphics@port = \"x\""},
      {"<graphics type='vnc' listen='a'><listen type='address' address='b'/></graphics>",
       "the attribute listen= says a"},
      {"<video><model type='x'/></video>", "unknown type of video card"},
      {"<video><model vram='x'/></video>", "model@vram = \"x\""},
      {"<video><model vram='2147483649'/></video>", "too much video memory"},
      {"<filesystem type='ram'><source dir='/a'/><target dir='b'/></filesystem>", "expected mount"},
      {"<filesystem><target dir='b'/></filesystem>", "<source dir=...>"},
      {"<filesystem><source dir='/a'/></filesystem>", "<target dir=...>"}};
  check_refused(faults, as_peer());
  check_refused(faults, ours());
}

TEST_CASE("other devices, as libvirt refuses") {
  check_refused({{"<interface type='network'><source network='n'/></interface>", "interface@type"},
                 {"<interface type='direct'><source dev='n'/></interface>", "interface@type"},
                 {"<interface><model type='sriov'/></interface>", "no such network adapter"},
                 {"<serial type='unix'><source path='p'/></serial>", "ports of the type unix"},
                 {"<serial type='dev'><source path='x'/><target port='4'/></serial>", "0 to 3"},
                 {"<serial type='dev'/>", "<source path=...>"},
                 {"<console type='file'><source path='x'/></console><console type='null'/>",
                  "only the first console"},
                 {"<graphics type='sdl'/>", "expected vnc"},
                 {"<video/><video/>", "one video card"},
                 {"<video><model type='cirrus'/></video>", "expected vmvga"},
                 {"<video><model type='vmvga' heads='2'/></video>", "model@heads"}},
                as_peer());
  check_refused({{"<graphics type='vnc' port='70000'/>", "expected a number from 0 to 65535"},
                 {"<hostdev type='pci'><source><address bus='0x100'/></source></hostdev>",
                  "address@bus = \"0x100\""}},
                ours());
}
