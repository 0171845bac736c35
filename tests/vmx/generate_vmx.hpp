// Texts of VMX files from random numbers. The same seed makes the same.
#pragma once

#include "vmx/generate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::test {

/// Texts of VMX files: most could be from a product, some have a few odd values, some many.
class VmxMaker {
 public:
  explicit VmxMaker(std::uint32_t seed) : random_(seed) {}

  std::string make() {
    auto const kind = random_.below(100);
    odd_values_ = kind < 50 ? 0 : kind < 90 ? 8 : 80;
    odd_lines_ = kind < 70 ? 0 : kind < 92 ? 4 : 40;
    wrong_ = kind < 40 ? 2 : kind < 90 ? 20 : 200;
    head();
    if (random_.chance(850)) memory_and_processors();
    if (random_.chance(300)) vnc();
    disks();
    if (random_.chance(300)) folders();
    if (random_.chance(850)) adapters();
    if (random_.chance(500)) ports();
    if (random_.chance(400)) others();
    arrange();
    return text();
  }

 private:
  struct entry {
    std::string key;
    std::string value;
  };

  void put(std::string key, std::string value) {
    if (random_.chance(odd_values_)) value = odd(value);
    entries_.push_back({std::move(key), std::move(value)});
  }
  void maybe(unsigned of_1000, std::string key, std::string value) {
    if (random_.chance(of_1000)) put(std::move(key), std::move(value));
  }
  std::string odd(std::string const& value) {
    switch (random_.below(12)) {
      case 0:
        return {};
      case 1:
        return " " + value;
      case 2:
        return value + " ";
      case 3:
        return value + "x";
      case 4:
        return random_.pick({"0", "1", "-1", "2", "3", "4", "7", "8", "12", "31", "33", "64"});
      case 5:
        return random_.pick({"yes",
                             "no",
                             "on",
                             "TRUE",
                             "false",
                             "unlimited",
                             "Unlimited",
                             "0x10",
                             "+5",
                             "+-5",
                             "1.5",
                             "007",
                             "4294967297",
                             "4294967296",
                             "2147483648",
                             "65536",
                             "9223372036854775807",
                             "9223372036854775808",
                             "-9223372036854775808",
                             "99999999999999999999"});
      case 6:
      case 7: {
        std::string text = hostile_text(random_);
        if (random_.chance(800))
          std::erase_if(text,
                        [](char c) { return c == '"' || c == '\n' || c == '\r' || c == '\0'; });
        return text;
      }
      case 8: {
        std::string out = value;
        for (char& c : out)
          c = c >= 'a' && c <= 'z'   ? static_cast<char>(c - 32)
              : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32)
                                     : c;
        return out;
      }
      case 9:
        return random_.word();
      case 10:
        return random_.pick({"a.vmdk", "B.ISO", "missing.iso", "/vmfs/volumes/missing/a.vmdk",
                             "auto detect", "Auto Detect", "emptyBackingString",
                             "EMPTYBACKINGSTRING", "/vmfs/devices/cdrom/x", "rel/a.vmdk",
                             "C:\\vm\\a.vmdk", "/dev/sdb", ".vmdk", "a.vmdk.iso", "a.img"});
      default:
        return plain_text(random_);
    }
  }
  std::string yes() { return random_.pick({"TRUE", "TRUE", "TRUE", "true", "True"}); }
  std::string no() { return random_.pick({"FALSE", "FALSE", "false"}); }
  std::string flag(unsigned of_1000 = 500) { return random_.chance(of_1000) ? yes() : no(); }

  void head() {
    if (random_.chance(500))
      put(".encoding", random_.pick({"UTF-8", "UTF-8", "utf-8", "UTF-8", "windows-1252", "GBK",
                                     "Shift_JIS", "windows-949-2000", "windows-936-2000",
                                     "US-ASCII", "ISO-8859-1", "ISO-8859-15"}));
    if (odd_values_ != 0 && random_.chance(10))
      put(".encoding", random_.pick({"nonsense", "", "UTF-16", "UTF8"}));
    if (!random_.chance(odd_values_ / 4)) put("config.version", "8");
    hardware_ =
        static_cast<int>(random_.chance(wrong_) ? random_.between(3, 21) : random_.between(4, 21));
    if (!random_.chance(odd_values_ / 4)) put("virtualHW.version", std::to_string(hardware_));
    maybe(800, "displayName", random_.chance(800) ? plain_text(random_) : name());
    maybe(200, "annotation",
          random_.pick({"", "a note", "two|0Alines", "quote |22x|22", "tab|09", "a|7cb", "x|C3|A9",
                        "<b>&amp;", "\xC3\xA9t\xC3\xA9"}));
    maybe(900, "guestOS",
          random_.pick({"other", "other-64", "rhel7-64", "windows9", "ubuntu-64", "OTHER-64", "",
                        "arm-ubuntu-64", "vmkernel6", "-64"}));
    maybe(600, "uuid.bios", uuid());
    maybe(100, "vm.genid",
          random_.pick({"0", "1", "-1", "-8536558906697291691", "8987940", "9223372036854775807",
                        "-9223372036854775808"}));
    maybe(100, "vm.genidX", random_.pick({"0", "-5", "77", "1234567890123456789"}));
    maybe(200, "smbios.reflecthost", flag());
    maybe(40, "firmware", random_.usually(wrong_, {"efi"}, {"bios", "EFI"}));
    maybe(300, "nvram", "x.nvram");
    maybe(300, "uuid.location", uuid());
  }
  std::string name() {
    return random_.usually(
        wrong_ * 2,
        {"a%2fb", "a%25", "x %5cy", "|22quoted|22", "a|7cb", "50|25", "%41", "\xC3\xA9", "%7c22",
         "a&b", "<x>", "", "a/b", "a\\b", "'", "%C3%A9", "tab|09", "|e2|82|ac"},
        {"50% done", "|2", "|zz", "\xE9", "%2", "%zz"});
  }
  std::string uuid() {
    switch (random_.below(4)) {
      case 0:
        return "00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00";
      case 1:
        return random_.hex(8) + "-" + random_.hex(4) + "-" + random_.hex(4) + "-" + random_.hex(4) +
               "-" + random_.hex(12);
      default: {
        std::string out;
        for (int i = 0; i < 16; ++i) {
          if (i != 0) out += i == 8 ? '-' : ' ';
          out += random_.hex(2);
        }
        return out;
      }
    }
  }
  void memory_and_processors() {
    maybe(900, "memsize",
          random_.chance(1000 - wrong_) ? std::to_string(4 * random_.between(1, 4096))
                                        : random_.pick({"33", "0", "-4", "4", "unlimited",
                                                        "18014398509481984", "1073741824"}));
    maybe(200, "sched.mem.max",
          random_.pick({"unlimited", "0", "-1", "512", "100000", "1000", "3"}));
    maybe(200, "sched.mem.minsize", random_.pick({"0", "-1", "128", "999999", "unlimited"}));
    maybe(100, "sched.mem.min", "64");
    maybe(100, "sched.mem.shares", "normal");
    auto const count =
        random_.chance(1000 - wrong_) ? random_.between(1, 8) : random_.between(-1, 130);
    maybe(700, "numvcpus", std::to_string(count));
    maybe(300, "cpuid.coresPerSocket",
          random_.chance(wrong_ * 3)
              ? random_.pick({"2", "3", "4", "0", "-1", "unlimited", "64"})
              : std::to_string(random_.between(1, std::max<std::int64_t>(1, count))));
    if (random_.chance(150)) {
      std::string list = random_.usually(
          wrong_ * 2,
          {"all", "ALL", "0, 1 ,2,3,4,5,6,7", "1,1,1,1,1,1,1,1,1", "16383,2,1,0,9,7,4,5",
           " 7,6,5,4,3,2,1,0"},
          {"0-7", "0,,1", "", "16384,1,2,3,4,5,6,7", "x", "0,1,2,3,4,5,6,7,", "5", "0,1,2,3",
           "4294967296,1,2,3,4,5,6,7", "-1,2,3,4,5,6,7,8", "+1,2,3,4,5,6,7,8", "1;2", "all,1"});
      put("sched.cpu.affinity", list);
    }
    maybe(200, "sched.cpu.shares",
          random_.usually(wrong_ * 2, {"low", "normal", "high", "HIGH", "1234", "0"},
                          {"-1", " 5", "18446744073709551615", "18446744073709551616", "medium",
                           "5 ", "+7", "-18446744073709551616"}));
    maybe(100, "sched.cpu.min", "500");
  }
  void vnc() {
    maybe(950, "RemoteDisplay.vnc.enabled", flag(800));
    maybe(700, "RemoteDisplay.vnc.port",
          random_.pick(
              {"5900", "5964", "5965", "1", "0", "-1", "unlimited", "65536", "4294967297", "-7"}));
    maybe(300, "RemoteDisplay.vnc.ip", random_.pick({"0.0.0.0", "192.168.1.1", "::1", "", "host"}));
    maybe(300, "RemoteDisplay.vnc.keymap", random_.pick({"de", "us", "", "xx&y"}));
    maybe(300, "RemoteDisplay.vnc.password", random_.pick({"secret", "a<b", "|22", ""}));
  }
  std::string disk_name() {
    return random_.pick({"disk.vmdk", "disk-000001.vmdk", "/vmfs/volumes/ds1/x/x.vmdk",
                         "/vmfs/volumes/ds 1/y.VMDK", "/abs/z.vmdk", "a b.vmdk", "\xC3\xA4.vmdk",
                         "a&b'.vmdk", "q|22.vmdk"});
  }
  void disk(std::string const& p, std::string_view bus) {
    maybe(960, p + "present", random_.chance(900) ? yes() : no());
    if (random_.chance(700)) {  // a hard disk
      maybe(600, p + "deviceType",
            bus == "scsi"  ? random_.usually(wrong_, {"scsi-hardDisk", "disk", "scsi-harddisk"},
                                             {"ata-hardDisk"})
            : bus == "ide" ? random_.usually(wrong_, {"ata-hardDisk", "disk"}, {"scsi-hardDisk"})
                           : random_.pick({"disk", "ata-hardDisk", "scsi-hardDisk", "anything"}));
      put(p + "fileName", disk_name());
      maybe(100, p + "writeThrough", flag());
      maybe(100, p + "mode",
            random_.pick({"persistent", "independent-nonpersistent", "INDEPENDENT-nonpersistent",
                          "independent-persistent", "undoable"}));
    } else {
      switch (random_.below(7)) {
        case 0:
          put(p + "deviceType", "cdrom-image");
          put(p + "fileName", random_.pick({"a.iso", "/vmfs/volumes/ds1/A.ISO", "missing.iso",
                                            "/vmfs/volumes/missing/a.iso", "emptyBackingString",
                                            "/usr/lib/linux.iso", "/vmfs/volumes/x/missing.iso"}));
          break;
        case 1:
          put(p + "deviceType", "atapi-cdrom");
          maybe(900, p + "fileName",
                random_.pick(
                    {"auto detect", "Auto Detect", "/dev/scd0", "", "emptyBackingString", "D:"}));
          break;
        case 2:
          put(p + "deviceType", "cdrom-raw");
          maybe(900, p + "fileName",
                random_.pick(
                    {"auto detect", "/dev/cdrom", "", "/vmfs/devices/cdrom/mpx.vmhba32:C0:T0:L0"}));
          break;
        case 3:
          put(p + "deviceType", "scsi-passthru");
          maybe(900, p + "fileName",
                random_.usually(wrong_ * 3, {"/vmfs/devices/cdrom/mpx.vmhba32:C0:T0:L0"},
                                {"/vmfs/devices/generic/x", "a.vmdk"}));
          break;
        case 4:
          put(p + "fileName", random_.pick({"a.iso", "emptyBackingString", "a.vmdk"}));
          break;
        case 5:
          put(p + "deviceType", random_.pick({"cdrom-image", "atapi-cdrom", "cdrom-raw"}));
          put(p + "fileName", disk_name());
          break;
        default:
          put(p + "clientDevice", flag(900));
          maybe(800, p + "deviceType", random_.pick({"atapi-cdrom", "cdrom-raw", "disk"}));
          maybe(800, p + "fileName", random_.pick({"CD/DVD drive 0", "Floppy 0", ""}));
          break;
      }
    }
    maybe(200, p + "startConnected", flag());
    maybe(50, p + "redo", "");
    maybe(50, p + "clientDevice", flag(200));
    maybe(50, p + "autodetect", flag());
  }
  void disks() {
    auto const slots = [&](std::string const& name, std::int64_t limit) {
      for (std::size_t i = random_.below(4); i != 0; --i)
        disk(name + ":" + random_.number(0, random_.chance(850) ? 6 : limit) + ".",
             name.substr(0, name.find_first_of("0123456789")));
    };
    if (random_.chance(800))
      for (std::size_t i = 1 + random_.below(2); i != 0; --i) {
        auto const name = "scsi" + random_.number(0, random_.chance(700) ? 0 : 4);
        maybe(980, name + ".present", flag(970));
        maybe(600, name + ".virtualDev",
              random_.pick({"lsilogic", "buslogic", "lsisas1068", "pvscsi", "PVSCSI", "LsiLogic"}));
        maybe(wrong_, name + ".virtualDev", random_.pick({"vmpvscsi", "ahci", ""}));
        maybe(200, name + ".sharedBus", "none");
        slots(name, random_.chance(500) ? 15 : 66);
      }
    if (random_.chance(250))
      for (std::size_t i = 1 + random_.below(2); i != 0; --i) {
        auto const name = "sata" + random_.number(0, random_.chance(700) ? 0 : 4);
        maybe(980, name + ".present", flag(950));
        slots(name, 31);
      }
    if (random_.chance(400))
      for (std::size_t i = 1 + random_.below(2); i != 0; --i)
        disk("ide" + random_.number(0, random_.chance(900) ? 1 : 2) + ":" +
                 random_.number(0, random_.chance(900) ? 1 : 2) + ".",
             "ide");
    if (random_.chance(100)) {
      put("nvme0.present", yes());
      disk("nvme0:0.", "nvme");
    }
    if (random_.chance(300)) {
      auto const p = "floppy" + random_.number(0, random_.chance(900) ? 1 : 2) + ".";
      maybe(980, p + "present", flag(700));
      maybe(1000 - wrong_ * 2, p + "fileType", random_.pick({"file", "device", "FILE", "Device"}));
      maybe(850, p + "fileName",
            random_.usually(wrong_ * 3, {"a.flp", "/dev/fd0", "/vmfs/volumes/ds1/f.img", "x.FLP"},
                            {"", "/vmfs/volumes/missing/f.flp", "a/b"}));
      maybe(100, p + "startConnected", flag());
      maybe(50, p + "clientDevice", flag());
    }
  }
  void folders() {
    maybe(950, "isolation.tools.hgfs.disable", flag(150));
    maybe(950, "sharedFolder.maxNum", random_.pick({"1", "2", "3", "0", "-1"}));
    for (int i = 0; i < 3; ++i) {
      auto const p = "sharedFolder" + std::to_string(i) + ".";
      if (!random_.chance(700)) continue;
      maybe(950, p + "present", flag(900));
      maybe(950, p + "enabled", flag(900));
      maybe(500, p + "readAccess", flag());
      maybe(600, p + "writeAccess", flag());
      maybe(1000 - wrong_ * 2, p + "hostPath", random_.pick({"/shared", "C:\\x", "|22", "/a&b"}));
      maybe(1000 - wrong_ * 2, p + "guestName", random_.pick({"shared", "a b", "\xC3\xBC"}));
    }
  }
  std::string mac() {
    std::string out = random_.pick({"00:0c:29:", "00:50:56:", "00:0C:29:", "52:54:00:"}) +
                      random_.hex(2) + ":" + random_.hex(2) + ":" + random_.hex(2);
    if (random_.chance(20))
      out = random_.pick(
          {"0:c:29:1:2:3", "00:00:00:00:00:00", "00:0c:29:01:02:03 ", "ff:ff:ff:ff:ff:ff"});
    if (random_.chance(wrong_))
      out = random_.pick({"0:c:29:1:2:3", "00-0c-29-01-02-03", "", "00:0c:29:01:02:03 ",
                          "00:0c:29:01:02", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff",
                          "00:0c:29:01:02:03:04", "01:00:5e:00:00:01", " 00:0c:29:01:02:03"});
    return out;
  }
  void adapters() {
    for (std::size_t i = random_.below(4) + 1; i != 0; --i) {
      auto const p = "ethernet" + random_.number(0, random_.chance(900) ? 3 : 12) + ".";
      maybe(970, p + "present", flag(950));
      maybe(600, p + "virtualDev",
            random_.pick({"e1000", "vlance", "vmxnet", "vmxnet3", "e1000e", "E1000", "VmxNet3"}));
      maybe(wrong_, p + "virtualDev", random_.pick({"vmxnet2", "pcnet32", ""}));
      maybe(80, p + "features", random_.pick({"15", "1", "0"}));
      switch (random_.below(8)) {
        case 0:
          put(p + "connectionType", random_.pick({"nat", "NAT"}));
          break;
        case 1:
          put(p + "connectionType", "bridged");
          maybe(1000 - wrong_ * 2, p + "networkName", random_.pick({"VM Network", "a|22b", "x&y"}));
          break;
        case 2:
          put(p + "connectionType", "custom");
          maybe(1000 - wrong_ * 2, p + "networkName", "VM Network");
          maybe(1000 - wrong_ * 2, p + "vnet",
                random_.pick({"vmnet7", "vnet2", "/dev/vmnet2", "macvtap0", "macvlan1", ""}));
          break;
        case 3:
          put(p + "dvs.switchId", uuid());
          maybe(1000 - wrong_ * 2, p + "dvs.portId",
                random_.usually(wrong_, {"100", "-1", "0"}, {"c-12", "18446744073709551615"}));
          maybe(1000 - wrong_ * 2, p + "dvs.portgroupId",
                random_.pick({"dvportgroup-1", "a&b", "<"}));
          maybe(1000 - wrong_ * 2, p + "dvs.connectionId",
                random_.pick({"1", "-77", "1234567890"}));
          maybe(wrong_ * 2, p + "connectionType",
                random_.pick({"custom", "hostonly", "bridged", "x"}));
          break;
        case 4:
          maybe(wrong_ * 2, p + "connectionType", random_.pick({"hostonly", "", "pvn"}));
          break;
        default:
          maybe(900, p + "networkName",
                random_.pick({"VM Network", "net|7c", "", "\xC3\xA4", "a'b"}));
          break;
      }
      switch (random_.below(5)) {
        case 0:
          put(p + "addressType", random_.pick({"static", "STATIC"}));
          maybe(900, p + "address", mac());
          break;
        case 1:
          put(p + "addressType", "vpx");
          maybe(950, p + "generatedAddress", mac());
          break;
        case 2:
          maybe(100, p + "generatedAddress", mac());
          break;
        default:
          put(p + "addressType", random_.pick({"generated", "Generated"}));
          maybe(900, p + "generatedAddress", mac());
          maybe(500, p + "generatedAddressOffset", "0");
          break;
      }
      maybe(wrong_, p + "addressType", random_.pick({"", "other"}));
      maybe(150, p + "checkMACAddress", random_.pick({"true", "false", "TRUE", "1", ""}));
      maybe(150, p + "startConnected", flag());
      maybe(100, p + "wakeOnPcktRcv", flag());
      maybe(100, p + "linkStatePropagation.enable", flag());
    }
    if (random_.chance(odd_lines_))
      put(random_.pick({"ethernet.x", "ethernetX.present", "ethernet-1.present", "ethernet0",
                        "ethernet00.present", "ethernet2147483648.x", "ethernet1x.present",
                        "ethernet01.present", "ethernet 0.x", "Ethernet7.foo", "ethernet+3.x"}),
          "TRUE");
  }
  void ports() {
    for (std::size_t i = random_.below(3); i != 0; --i) {
      auto const p = "serial" + random_.number(0, random_.chance(900) ? 3 : 5) + ".";
      maybe(970, p + "present", flag(950));
      maybe(100, p + "startConnected", flag());
      switch (random_.below(6)) {
        case 0:
          maybe(500, p + "fileType", random_.pick({"device", "DEVICE"}));
          maybe(900, p + "fileName", random_.pick({"/dev/ttyS0", "COM1", ""}));
          break;
        case 1:
          put(p + "fileType", "file");
          maybe(1000 - wrong_ * 2, p + "fileName",
                random_.usually(wrong_, {"s.txt", "/vmfs/volumes/ds1/s.log", "/a"}, {"x/y", ""}));
          break;
        case 2:
          put(p + "fileType", "pipe");
          maybe(950, p + "fileName", random_.pick({"\\\\.\\pipe\\x", "/tmp/p", ""}));
          maybe(600, p + "pipe.endPoint", random_.pick({"client", "server"}));
          maybe(400, p + "tryNoRxLoss", flag());
          break;
        case 3:
        case 4:
          put(p + "fileType", random_.pick({"network", "Network"}));
          put(p + "fileName", uri());
          maybe(700, p + "network.endPoint",
                random_.usually(wrong_, {"client", "server", "CLIENT"}, {"x", ""}));
          maybe(50, p + "vspc", "telnet://h:1");
          break;
        default:
          put(p + "fileType", random_.usually(wrong_ * 2, {"device"}, {"thinprint", "", "file"}));
          break;
      }
    }
    for (std::size_t i = random_.below(3); i != 0; --i) {
      auto const p = "parallel" + random_.number(0, random_.chance(900) ? 2 : 3) + ".";
      maybe(970, p + "present", flag(950));
      maybe(1000 - wrong_, p + "fileType", random_.pick({"device", "file", "FILE", "Device"}));
      maybe(
          1000 - wrong_, p + "fileName",
          random_.usually(wrong_, {"/dev/parport0", "p.txt", "/vmfs/volumes/ds1/p"}, {"", "a/b"}));
      maybe(100, p + "startConnected", flag());
      maybe(100, p + "bidirectional", flag());
    }
  }
  std::string uri() {
    if (random_.chance(1000 - wrong_ * 5))
      return random_.pick({"tcp", "telnet", "telnets", "ssl", "tcp+ssl", "tcp4", "tcp6", "tcp4+ssl",
                           "tcp6+ssl", "TELNET", "Tcp"}) +
             "://" +
             random_.pick({"", "host", "192.168.0.1", "[fe80::1]", "[::]", "h.example.org"}) + ":" +
             random_.usually(wrong_, {"1", "4999", "65535", "70000"}, {"0", ""});
    return random_.pick({"telnet://h",
                         "h:5",
                         "://h:5",
                         "telnet://:5",
                         "",
                         "http://h:1",
                         "tcp://h:5/path?x=1",
                         "tcp://user@h:5",
                         "tcp://u:p@h:5",
                         "tcp:h:5",
                         "//h:5",
                         "tcp://h:5x",
                         "tcp://h:-5",
                         "tcp://[::1:5",
                         "tcp://h:99999999999",
                         "a b",
                         "tcp://h%20x:5",
                         "/dev/x",
                         "tcp://a b:5",
                         "tcp://h:5#f",
                         "tcp://h:05",
                         "tcp://h: 5",
                         "tcp://\xC3\xA4:5",
                         "tcp://fe80::1:5"});
  }
  void others() {
    maybe(700, "svga.vramSize",
          random_.pick({"4194304", "8388608", "5000000", "0", "-1", "1", "unlimited", "134217728",
                        "4194305", "2199023255552"}));
    maybe(300, "sound.present", flag());
    maybe(300, "usb.present", flag());
    maybe(300, "tools.syncTime", flag());
    maybe(300, "guestinfo.x", hostile_for_value());
    maybe(300, "hpet0.present", flag());
    maybe(300, "migrate.hostLog", "./x.hlog");
    maybe(200, "sched.scsi0:0.shares", "normal");
  }
  std::string hostile_for_value() {
    std::string text = hostile_text(random_);
    std::erase_if(text, [](char c) { return c == '"' || c == '\n' || c == '\r' || c == '\0'; });
    return text;
  }

  // Order, case and repetitions of the keys.
  void arrange() {
    if (random_.chance(300))
      for (std::size_t i = entries_.size(); i > 1; --i)
        std::swap(entries_[i - 1], entries_[random_.below(i)]);
    if (random_.chance(200)) {
      for (entry& e : entries_) {
        if (random_.chance(700)) continue;
        for (char& c : e.key)
          if (random_.chance(300))
            c = c >= 'a' && c <= 'z'   ? static_cast<char>(c - 32)
                : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32)
                                       : c;
      }
    }
    if (random_.chance(100))
      for (std::size_t i = 1 + random_.below(3); i != 0; --i) {
        entry again = random_.one_of(entries_);
        if (random_.chance(500)) again.value = random_.one_of(entries_).value;
        entries_.insert(
            entries_.begin() + static_cast<std::ptrdiff_t>(random_.below(entries_.size() + 1)),
            again);
      }
  }

  std::string text() {
    std::string const end = random_.pick({"\n", "\n", "\n", "\n", "\r\n", "\r\n", "\r"});
    bool const mixed = random_.chance(30);
    bool const spaced = random_.chance(150);
    bool const commented = random_.chance(200);
    std::string out;
    if (random_.chance(odd_lines_))
      out += random_.pick({"\xEF\xBB\xBF", "\xFF\xFE", " ", "\n\n", "\t\r\n"});
    if (random_.chance(100)) out += "#!/usr/bin/vmware" + end;
    for (entry const& e : entries_) {
      auto const line_end = mixed ? random_.pick({"\n", "\r\n", "\r"}) : end;
      if (commented && random_.chance(80))
        out += random_.pick({"# a comment", "  # x = \"1\"", "#", "", "   ", "\t#\xC3\xA9"}) +
               line_end;
      if (random_.chance(odd_lines_)) {
        out += odd_line() + line_end;
        if (random_.chance(500)) continue;
      }
      auto const blank = [&] {
        return spaced && random_.chance(300) ? random_.pick({"", "  ", "\t", " \t "}) : " "s;
      };
      if (spaced) out += random_.pick({"", "", "  ", "\t"});
      out += e.key + blank() + "=" + blank();
      bool const other_quotes = random_.chance(odd_lines_) || (spaced && random_.chance(10));
      auto const quote = other_quotes ? random_.pick({"'", "\"\"\"", ""}) : "\""s;
      out += quote + e.value + quote;
      if (spaced) out += random_.pick({"", "", " ", "\t ", " # more", "#more"});
      if (spaced && random_.chance(30))
        out += " ; ";
      else
        out += line_end;
    }
    if (random_.chance(60) && out.ends_with("\n")) out.pop_back();
    return out;
  }
  std::string odd_line() {
    return random_.pick({"garbage",
                         "a b = \"1\"",
                         "_x = \"1\"",
                         "1x = \"1\"",
                         "a/b = \"1\"",
                         "x = 1",
                         "x = ",
                         "x = abc",
                         "x = [ \"a\" ]",
                         "= \"1\"",
                         "x \"1\"",
                         "x = \"1\" y",
                         "x = \"1\"; y = \"2\"",
                         "x = \"1\" ;",
                         ".x = \"1\"",
                         "-x = \"1\"",
                         "x. = \"1\"",
                         "x- = \"1\"",
                         "x:y-z_9.Q = \"1\"",
                         "x = \"a",
                         "x = 'a'",
                         "x = 'a\"b'",
                         "x = \"\"\"a\"\"\"",
                         "x = \"\"",
                         "x = ''",
                         "x == \"1\"",
                         "x = \"1\"\"2\"",
                         "\xC3\xA9 = \"1\"",
                         "x = \"1\" # c",
                         "x=\"1\"",
                         "x\f= \"1\"",
                         "\v",
                         ";",
                         "; x = \"1\"",
                         "x = \"1\" \"2\"",
                         "x$ = \"1\"",
                         "x[0] = \"1\"",
                         "x = \"\"\"a\nb\"\"\"",
                         "x = -5",
                         "x = +5",
                         "x = \"a\\\"b\"",
                         "x = true",
                         "x.y. = \"1\"",
                         ". = \"1\"",
                         "x = \"\"\"a\"b\"\"\"",
                         "x@y = \"1\"",
                         "x = 'a",
                         "x+y = \"1\""});
  }

  Random random_;
  std::vector<entry> entries_{};
  int hardware_ = 8;
  unsigned odd_values_ = 0;  // of 1000: something else than the key expects
  unsigned odd_lines_ = 0;   // of 1000: grammar
  unsigned wrong_ = 0;       // of 1000: what libvirt is likely to refuse
};

inline std::string random_vmx(std::uint32_t seed) { return VmxMaker(seed).make(); }

}  // namespace esxvi::test
