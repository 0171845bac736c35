// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Domain XML -> machine: ports, screen, shared folders, other devices, the hardware version.
#include "vmx/from_xml_support.hpp"

using namespace from_xml;

namespace {
std::string serial(std::string_view type, std::string_view more) {
  return "<serial type='" + std::string(type) + "'>" + std::string(more) + "</serial>";
}
}  // namespace

TEST_CASE("serial ports") {
  auto const device = serial("dev", "<source path='/dev/ttyS0'/>");
  auto const file = serial("file", "<source path='/f' append='on'/><target port='3'/>");
  auto const pipe = serial("pipe", "<source path='p'/>");
  auto const client = serial("tcp",
                             "<source mode='connect' host='h' service='23'/>"
                             "<protocol type='telnets'/>");
  auto const server = serial("tcp",
                             "<source mode='bind' host='fe80::1' service='x'/>"
                             "<protocol type='tls'/>");
  check_devices(
      {{device,
        {"serial0.present = true", "serial0.fileType = device", "serial0.fileName = /dev/ttyS0",
         "serial0.yieldOnMsrRead = true"}},
       {file,
        {"serial3.present = true", "serial3.fileType = file", "serial3.fileName = /f",
         "serial3.yieldOnMsrRead = true"}},
       {pipe,
        {"serial0.present = true", "serial0.fileType = pipe", "serial0.pipe.endPoint = client",
         "serial0.tryNoRxLoss = false", "serial0.fileName = p", "serial0.yieldOnMsrRead = true"}},
       {client,
        {"serial0.present = true", "serial0.fileType = network",
         "serial0.fileName = telnets://h:23", "serial0.network.endPoint = client",
         "serial0.yieldOnMsrRead = true"}},
       {server,
        {"serial0.present = true", "serial0.fileType = network",
         "serial0.fileName = ssl://fe80::1:x", "serial0.network.endPoint = server",
         "serial0.yieldOnMsrRead = true"}}},
      as_peer());
  CHECK(mentions(added(server, ours()), "serial0.fileName = ssl://[fe80::1]:x"));
  auto const socket = serial("unix", "<source mode='bind' path='/run/s'/>");
  CHECK(mentions(added(socket, ours()), "serial0.pipe.endPoint = server"));
  auto const many = serial("dev", "<source path='/d'/><target port='31'/>");
  CHECK(mentions(added(many, ours()), "serial31.fileName = /d"));
}

TEST_CASE("numbers of ports") {
  auto const a = serial("dev", "<source path='a'/>");
  auto const first = serial("dev", "<source path='b'/><target port='0'/>");
  CHECK(convert(domain(a + first), as_peer()).order ==
        lines{"floppy0", "floppy1", "serial1", "serial0"});
  // Two of one number: what libvirt writes is read as the first.
  auto const again = serial("file", "<source path='c'/><target port='0'/>");
  CHECK(mentions(added(first + again, as_peer()), "serial0.fileName = b"));
  CHECK(mentions(refused(first + again, ours()), "two serial ports have the number 0"));
  auto const console = "<console type='file'><source path='/c'/><target port='5'/></console>";
  CHECK(mentions(added(console, as_peer()), "serial0.fileName = /c"));
  CHECK_FALSE(mentions(added(a + console, as_peer()), "/c"));
  CHECK(added("<console type='pty'><target type='virtio'/></console>", as_peer()).empty());
}

TEST_CASE("parallel ports") {
  check_devices(
      {{"<parallel type='dev'><source path='/dev/lp0'/></parallel>"
        "<parallel type='file'><source path='/f'/></parallel>",
        {"parallel0.present = true", "parallel0.fileType = device", "parallel0.fileName = /dev/lp0",
         "parallel1.present = true", "parallel1.fileType = file", "parallel1.fileName = /f"}}},
      as_peer());
}

TEST_CASE("the screen over VNC") {
  constexpr std::string_view on = "RemoteDisplay.vnc.enabled = true";
  check_devices({{"<video/><graphics type='vnc'/>", {std::string(on), "svga.vramSize = 4194304"}},
                 {"<graphics type='vnc' port='5901' autoport='no' keymap='de' passwd='p'>"
                  "<listen type='address' address='1.2.3.4'/></graphics>",
                  {std::string(on), "RemoteDisplay.vnc.port = 5901",
                   "RemoteDisplay.vnc.ip = 1.2.3.4", "RemoteDisplay.vnc.keymap = de",
                   "RemoteDisplay.vnc.password = p", "svga.vramSize = 4194304"}},
                 {"<video/><graphics type='vnc' autoport='no'/>",
                  {std::string(on), "RemoteDisplay.vnc.port = 0", "svga.vramSize = 4194304"}},
                 {"<video/><graphics type='vnc' port='5901' autoport='yes'/>",
                  {std::string(on), "svga.vramSize = 4194304"}}},
                as_peer());
  CHECK(added("<graphics type='spice'/>", ours()).empty());
  CHECK(mentions(findings("<graphics type='spice'/>", ours()), "devices/graphics@type: "));
  CHECK(mentions(findings("<graphics type='vnc' port='80'/>", ours()), "ESX opens for VNC"));
}

TEST_CASE("video") {
  check_devices({{"<video/>", {"svga.vramSize = 4194304"}},
                 {"<video><model vram='5000'/></video>", {"svga.vramSize = 8388608"}},
                 {"<video><model type='vmvga' vram='1'/></video>", {"svga.vramSize = 65536"}}},
                as_peer());
  check_devices({{"<video><model type='vmvga' vram='8192' heads='2'><acceleration accel3d='yes'/>"
                  "<resolution x='800' y='600'/></model></video>",
                  {"svga.vramSize = 8388608", "svga.numDisplays = 2", "svga.maxWidth = 800",
                   "svga.maxHeight = 600", "mks.enable3d = TRUE"}},
                 {"<video><model type='none'/></video>", {"svga.present = FALSE"}},
                 {"<video><model type='qxl'/></video><video/>", {"svga.vramSize = 4194304"}}},
                ours());
}

TEST_CASE("shared folders") {
  check_devices({{"<filesystem type='mount'><source dir='/a'/><target dir='x'/></filesystem>"
                  "<filesystem><source dir='/b'/><target dir='y'/><readonly/></filesystem>",
                  {"isolation.tools.hgfs.disable = false", "sharedFolder.maxNum = 2",
                   "sharedFolder0.present = true", "sharedFolder0.enabled = true",
                   "sharedFolder0.readAccess = true", "sharedFolder0.writeAccess = true",
                   "sharedFolder0.hostPath = /a", "sharedFolder0.guestName = x",
                   "sharedFolder1.present = true", "sharedFolder1.enabled = true",
                   "sharedFolder1.readAccess = true", "sharedFolder1.writeAccess = false",
                   "sharedFolder1.hostPath = /b", "sharedFolder1.guestName = y"}}},
                as_peer());
}

TEST_CASE("devices that only esxvi writes") {
  constexpr std::string_view sound = "<sound model='ich6'/>";
  constexpr std::string_view usb =
      "<controller type='usb' model='ehci'/>"
      "<controller type='usb' index='1' model='qemu-xhci'/>"
      "<controller type='usb' index='2' model='none'/>";
  constexpr std::string_view tpm =
      "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>";
  constexpr std::string_view pci =
      "<hostdev mode='subsystem' type='pci'><source>"
      "<address domain='0x0000' bus='0x1f' slot='0x0a' function='0x1'/></source></hostdev>";
  check_devices({{sound,
                  {"sound.present = TRUE", "sound.virtualDev = hdaudio", "sound.fileName = -1",
                   "sound.autoDetect = TRUE"}},
                 {usb, {"ehci.present = TRUE", "usb_xhci.present = TRUE"}},
                 {tpm, {"virtualHW.version = 14", "vtpm.present = TRUE"}},
                 {pci, {"pciPassthru0.present = TRUE", "pciPassthru0.id = 00000:031:10.1"}}},
                ours());
  for (auto const xml : {sound, usb, tpm, pci}) CHECK(added(xml, as_peer()).empty());
}

TEST_CASE("bridges for the controllers of a hardware version") {
  CHECK(mentions(entries(domain({}), as_peer(7)), "vmci0"));
  CHECK_FALSE(mentions(entries(domain({}), as_peer(7)), "pciBridge"));
  CHECK_FALSE(mentions(entries(domain({}), as_peer(6)), "vmci0"));
  auto const disk = "<disk device='cdrom'><target dev='sda'/></disk>";
  auto const made = entries(domain(disk), as_peer(7));
  CHECK(mentions(made, "pciBridge0.present = true"));
  CHECK(mentions(made, "pciBridge4.functions = 8"));
  CHECK(mentions(made, "pciBridge7.virtualDev = pcieRootPort"));
  CHECK(mentions(entries(domain({}), ours()), "pciBridge7.virtualDev = pcieRootPort"));
}

TEST_CASE("the hardware version is the oldest that has what is asked for") {
  auto const version = [](std::string_view top) {
    return *convert(domain({}, top), ours()).machine.hardware.version;
  };
  CHECK(version("") == 13);
  CHECK(version("<vcpu>128</vcpu>") == 13);
  CHECK(version("<vcpu>129</vcpu>") == 15);
  CHECK(version("<vcpu>257</vcpu>") == 18);
  CHECK(version("<memory unit='TiB'>12</memory>") == 18);
  auto old = ours();
  old.hardware_version = 8;
  CHECK(mentions(findings("<controller type='nvme'/>", old), "no NVMe at hardware version 8"));
  CHECK(mentions(findings({}, old, "<vcpu>33</vcpu>"), "at hardware version 8"));
  CHECK(*convert(domain("<controller type='nvme'/>"), old).machine.hardware.version == 8);
}

TEST_CASE("what is left out is told, what every machine has is not") {
  CHECK(findings("<emulator>/x</emulator><input type='mouse' bus='ps2'/>", ours(),
                 "<features><acpi/><apic/></features><clock offset='utc'/>"
                 "<on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot>")
            .empty());
  auto const said = findings("<rng model='virtio'/>", ours(),
                             "<title>t</title><clock offset='localtime'/><memtune><hard_limit>9"
                             "</hard_limit></memtune><on_crash>preserve</on_crash>");
  for (std::string_view const path :
       {"title: ", "clock@offset: ", "memtune/hard_limit: ", "devices/rng: ", "on_crash: "})
    CHECK(mentions(said, path));
}
