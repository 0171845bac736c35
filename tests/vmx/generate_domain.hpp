// Domain XML from random numbers. The same seed makes the same.
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

/// Domain XML that somebody could write for VMware: most of it sensible, some values odd.
class DomainMaker {
 public:
  explicit DomainMaker(std::uint32_t seed) : random_(seed) {}

  std::string make() {
    auto const kind = random_.below(100);
    odd_ = kind < 50 ? 0 : kind < 92 ? 4 : 40;
    wrong_ = kind < 40 ? 2 : kind < 92 ? 12 : 100;
    if (random_.chance(50)) out_ += "<?xml version='1.0' encoding='UTF-8'?>\n";
    if (random_.chance(20)) out_ += "<!-- made -->\n";
    bool const has_namespace = random_.chance(50);
    out_ += "<domain";
    attribute("type", random_.chance(wrong_ / 2)
                          ? random_.pick({"kvm", "qemu", "xen", "VMWARE", ""})
                          : "vmware");
    if (random_.chance(30)) attribute("id", "5");
    if (has_namespace) out_ += " xmlns:vmware='http://libvirt.org/schemas/domain/vmware/1.0'";
    out_ += ">\n";
    machine();
    open("devices", [&] { devices(); });
    if (has_namespace) {
      leaf("vmware:datacenterpath", "folder/dc");
      leaf("vmware:moref", "vm-5");
    }
    out_ += "</domain>\n";
    return out_;
  }

 private:
  std::string odd_text() {
    std::string text = hostile_text(random_);
    std::erase_if(text, [](char c) { return c == '\0' || c == '\x01' || c == '\x1B'; });
    return text;
  }
  std::string odd(std::string const& value) {
    switch (random_.below(8)) {
      case 0:
        return {};
      case 1:
        return " " + value;
      case 2:
        return value + " ";
      case 3:
        return random_.pick({"0", "1", "-1", "2", "3", "4", "7", "8", "16", "64", "100000",
                             "4294967296", "4294967297", "99999999999999999999", "0x10", "+1",
                             "1.5"});
      case 4:
        return odd_text();
      case 5:
        return random_.word();
      case 6:
        return value + "x";
      default: {
        std::string out = value;
        for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        return out;
      }
    }
  }
  void escaped(std::string_view text, char quote) {
    bool const numbers = random_.chance(50);
    for (char const c : text) {
      if (c == '<')
        out_ += numbers ? "&#60;" : "&lt;";
      else if (c == '&')
        out_ += numbers ? "&#x26;" : "&amp;";
      else if (c == '>' && random_.chance(900))
        out_ += "&gt;";
      else if (c == '>')
        out_ += "&#62;";
      else if (c == quote)
        out_ += c == '"' ? "&quot;" : "&apos;";
      else if ((c == '\n' || c == '\r' || c == '\t') && random_.chance(700))
        out_ += c == '\n' ? "&#10;" : c == '\r' ? "&#13;" : "&#9;";
      else
        out_ += c;
    }
  }
  void attribute(std::string_view name, std::string value) {
    if (random_.chance(odd_)) {
      if (random_.chance(150)) return;
      value = odd(value);
    }
    char const quote = random_.chance(900) ? '\'' : '"';
    out_.append(" ").append(name).append("=").append(1, quote);
    escaped(value, quote);
    out_ += quote;
  }
  void leaf(std::string_view name, std::string value) {
    if (random_.chance(odd_)) value = odd(value);
    out_.append("<").append(name).append(">");
    escaped(value, '<');
    out_.append("</").append(name).append(">\n");
  }
  void between(std::string_view name, std::string const& value) {  // after attributes
    out_ += ">";
    escaped(random_.chance(odd_) ? odd(value) : value, '<');
    out_.append("</").append(name).append(">\n");
  }
  template <class F> void open(std::string_view name, F content) {
    out_.append("<").append(name).append(">\n");
    content();
    out_.append("</").append(name).append(">\n");
  }
  using pairs = std::vector<std::pair<std::string, std::string>>;
  void element(std::string_view name, pairs const& attributes) {
    out_.append("<").append(name);
    for (auto const& [key, value] : attributes) attribute(key, value);
    out_ += random_.chance(950) ? "/>\n" : std::string("></").append(name).append(">\n");
  }
  std::string uuid() {
    return random_.chance(50) ? "00000000-0000-0000-0000-000000000000"
                              : random_.hex(8) + "-" + random_.hex(4) + "-" + random_.hex(4) + "-" +
                                    random_.hex(4) + "-" + random_.hex(12);
  }

  void machine() {
    if (!random_.chance(odd_))
      leaf("name", random_.chance(800)
                       ? plain_name()
                       : random_.pick({"a/b", "a\\b", "50% off", "x|y", "\"q\"", "\xC3\xA9", "a&b",
                                       "%41", " lead", "trail ", "tab\tx"}));
    if (!random_.chance(30)) leaf("uuid", uuid());
    if (random_.chance(50)) leaf("title", "a title");
    if (random_.chance(50)) leaf("genid", uuid());
    if (random_.chance(200))
      leaf("description",
           random_.pick({"", "a note", "two\nlines", "\"quoted\"", "a|b", "\xC3\xA9t\xC3\xA9",
                         "%25", "  blanks  ", "tab\t", "cr\r"}));
    if (random_.chance(50))
      out_ += random_.pick({"<!-- c -->", "<metadata><x xmlns='urn:x'>1</x></metadata>\n",
                            "<?pi x?>", "<metadata/>"});
    if (!random_.chance(wrong_)) {
      out_ += "<memory";
      auto const unit = random_.below(4);
      if (unit == 0) attribute("unit", "KiB");
      if (unit == 2) {
        attribute("unit", random_.usually(
                              wrong_ * 3,
                              {"b", "bytes", "KB", "k", "MB", "M", "MiB", "kib", "mib", "Kb", "mb"},
                              {"EiB", "PiB", "P", "E", "x", "B", "GB", "G", "GiB", "TiB", "TB"}));
        between("memory", random_.pick({"1", "4", "1024", "1000000", "123456", "1048576", "3"}));
      } else {
        between("memory",
                random_.chance(600)
                    ? std::to_string(4096 * random_.between(1, 4096))
                    : random_.usually(wrong_, {"1000000", "1", "4095", "4097", "1048577", "524288"},
                                      {"0", "18446744073709551615", "9007199254740991"}));
      }
    }
    if (random_.chance(500)) {
      out_ += "<currentMemory";
      if (random_.chance(300)) attribute("unit", random_.pick({"KiB", "MiB", "b"}));
      between("currentMemory",
              random_.pick({"1000000", "4096", "1", "0", "1048576", "99999999", "262144"}));
    }
    if (random_.chance(150))
      open("memtune", [&] {
        if (random_.chance(800)) {
          out_ += "<min_guarantee";
          if (random_.chance(500)) attribute("unit", random_.pick({"KiB", "MiB"}));
          between("min_guarantee", random_.pick({"0", "1024", "524288", "1", "1000"}));
        }
        if (random_.chance(200)) leaf("hard_limit", "4194304");
      });
    vcpus_ = random_.between(1, 8);
    if (random_.chance(850)) {
      out_ += "<vcpu";
      if (random_.chance(300)) attribute("placement", random_.pick({"static", "static", "auto"}));
      if (random_.chance(150))
        attribute(
            "cpuset",
            random_.usually(wrong_ * 3, {"0-7", "0,1,2,3,4,5,6,7", "1-15,^5", "0-16", " 8-15"},
                            {"0", "3-5,1", "^1,0-3", "0-7,^7", "", "a", "7-0", "0-7,", "0-20000"}));
      if (random_.chance(50))
        attribute("current", random_.chance(1000 - wrong_ * 5)
                                 ? std::to_string(vcpus_)
                                 : random_.pick({"1", "2", "9", "0"}));
      between("vcpu", std::to_string(vcpus_));
    } else {
      vcpus_ = 1;
    }
    if (random_.chance(200))
      open("cputune", [&] {
        if (random_.chance(900))
          leaf("shares", random_.usually(
                             wrong_ * 2,
                             {"1000", "2000", "500", "4000", "2", "262144", "1234", "3000", "6000"},
                             {"1", "0", "262145", "-5"}));
        if (random_.chance(100)) element("vcpupin", {{"vcpu", "0"}, {"cpuset", "0"}});
      });
    if (!random_.chance(wrong_ / 2)) {
      out_ += "<os";
      if (random_.chance(60)) attribute("firmware", random_.pick({"efi", "efi", "bios"}));
      out_ += ">\n<type";
      if (random_.chance(850))
        attribute("arch", random_.chance(wrong_ / 2) ? random_.pick({"aarch64", "ppc64", "amd64"})
                                                     : random_.pick({"i686", "x86_64"}));
      if (random_.chance(30)) attribute("machine", "pc");
      between("type", random_.chance(wrong_ / 3) ? random_.pick({"linux", "xen", "exe"}) : "hvm");
      if (random_.chance(100))
        element("smbios", {{"mode", random_.usually(wrong_ * 3, {"host", "host", "emulate"},
                                                    {"sysinfo", "none"})}});
      if (random_.chance(60))
        element("boot", {{"dev", random_.pick({"hd", "cdrom", "network", "fd"})}});
      if (random_.chance(20)) element("bootmenu", {{"enable", "yes"}});
      out_ += "</os>\n";
    }
    if (random_.chance(60)) out_ += "<features><acpi/><apic/></features>\n";
    if (random_.chance(200)) {
      out_ += "<cpu";
      if (random_.chance(150))
        attribute("mode", random_.usually(wrong_ * 3, {"custom"},
                                          {"host-model", "host-passthrough", "maximum"}));
      if (random_.chance(30)) attribute("match", "exact");
      out_ += ">";
      if (random_.chance(wrong_)) out_ += "<model>Haswell</model>";
      if (random_.chance(1000 - wrong_ * 2)) {
        auto cores = vcpus_ % 2 == 0 && random_.chance(600) ? 2 : vcpus_;
        if (random_.chance(wrong_)) cores = 3;
        pairs attributes{{"sockets", std::to_string(vcpus_ / cores)}};
        if (random_.chance(300))
          attributes.emplace_back("dies", random_.chance(1000 - wrong_) ? "1" : "2");
        attributes.emplace_back("cores", std::to_string(cores));
        attributes.emplace_back("threads", random_.chance(1000 - wrong_) ? "1" : "2");
        element("topology", attributes);
      }
      out_ += "</cpu>\n";
    }
    if (random_.chance(200)) element("clock", {{"offset", random_.pick({"utc", "localtime"})}});
    for (std::string_view const event : {"on_poweroff"sv, "on_reboot"sv, "on_crash"sv})
      if (random_.chance(150)) leaf(event, event == "on_reboot" ? "restart" : "destroy");
  }
  std::string plain_name() {
    return random_.pick({"web", "db server", "x86 (64-bit)", "a", "Fedora11", "a.b_c-d"});
  }

  std::string image(std::string_view suffix) {
    return random_.usually(60,
                           {"[datastore] directory/x", "[ds1] y", "[ds 1]z", "/abs/file", "[a&b] c",
                            "[ds]   blanks/x", "[ds] \xC3\xA9", "[ds] a'b"},
                           {"[ds] a\"b", "[ds] a|b", "[ds] a|22", "[ds] a\nb"}) +
           std::string(suffix);
  }
  void disk() {
    bool const random_target = random_.chance(wrong_);
    std::string bus = random_.pick({"scsi", "scsi", "scsi", "ide", "ide", "fdc"});
    if (random_.chance(wrong_)) bus = random_.pick({"sata", "virtio", "usb", "nvme", "xen"});
    auto const most = bus == "ide" ? 4 : bus == "fdc" ? 2 : random_.chance(850) ? 8 : 62;
    auto index = random_.below(static_cast<std::size_t>(most));
    if (!random_.chance(wrong_)) index = next_free(bus, index);
    if (bus == "ide" && index > 3 && !random_.chance(wrong_)) return;
    if (bus == "fdc" && index > 1 && !random_.chance(wrong_)) return;
    std::string target = bus == "ide" ? "hd" : bus == "fdc" ? "fd" : "sd";
    target += letters(index);
    if (random_.chance(20)) target += "1";
    if (random_target)
      target = random_.pick({"vda", "xvda", "hda", "sda", "sd", "fda", "hde", "sdzz", "sdA", "",
                             "hdd", "nvme0n1", "ubda"});

    std::string type = "file";
    std::string device = bus == "fdc"          ? "floppy"
                         : random_.chance(650) ? "disk"
                                               : random_.pick({"cdrom", "cdrom", "cdrom", "lun"});
    if (bus == "fdc" && random_.chance(300)) type = "block";
    if (device == "cdrom" && random_.chance(600)) type = "block";
    if (device == "lun") type = "block";
    if (random_.chance(wrong_ / 2)) type = random_.pick({"block", "network", "dir", "volume"});
    if (random_.chance(wrong_ / 2)) device = random_.pick({"disk", "cdrom", "lun", "floppy"});

    out_ += "<disk";
    if (type != "file" || random_.chance(900)) attribute("type", type);
    if (device != "disk" || random_.chance(900)) attribute("device", device);
    if (random_.chance(20)) attribute("snapshot", "no");
    out_ += ">\n";
    if (random_.chance(80)) {
      pairs attributes;
      if (random_.chance(wrong_ * 5))
        attributes.emplace_back("name", random_.pick({"lsilogic", "buslogic", "qemu", "LSILOGIC",
                                                      "vmpvscsi", "lsisas1068"}));
      if (random_.chance(800))
        attributes.emplace_back(
            "cache", random_.usually(wrong_ * 3, {"writethrough", "writethrough", "default"},
                                     {"none", "writeback"}));
      if (random_.chance(50)) attributes.emplace_back("type", "raw");
      element("driver", attributes);
    }
    bool const needs_source = device == "disk" || device == "floppy";
    if (random_.chance(needs_source ? 1000 - wrong_ : 700)) {
      pairs attributes;
      if (type == "file") {
        auto const suffix = device == "disk"    ? random_.pick({".vmdk", ".vmdk", ".vmdk", ".VMDK"})
                            : device == "cdrom" ? random_.pick({".iso", ".iso", ".ISO"})
                                                : ".flp"s;
        auto name = image(suffix);
        if (random_.chance(wrong_))
          name = random_.pick({"x.vmdk", "[] x.vmdk", "[ds.vmdk", "[ds]", "/a.img", "",
                               "[ds] a.vmdk", "rel/x.iso"});
        attributes.emplace_back("file", name);
      } else {
        attributes.emplace_back(
            "dev", random_.pick({"/dev/scd0", "auto detect",
                                 "/vmfs/devices/cdrom/mpx.vmhba32:C0:T0:L0", "D:", "/dev/fd0"}));
      }
      if (random_.chance(device == "disk" || device == "lun" ? wrong_ : 100))
        attributes.emplace_back("startupPolicy",
                                random_.pick({"optional", "mandatory", "requisite"}));
      element("source", attributes);
    } else if (type == "block" && random_.chance(device == "lun" ? wrong_ : 700)) {
      element("source", {{"startupPolicy", random_.pick({"optional", "optional", "optional",
                                                         "requisite", "mandatory"})}});
    }
    if (!random_.chance(odd_ / 2)) {
      pairs attributes{{"dev", target}};
      if (random_.chance(850) || bus == "sata") attributes.emplace_back("bus", bus);
      element("target", attributes);
    }
    if (random_.chance(100)) out_ += "<readonly/>\n";
    if (random_.chance(60)) out_ += "<transient/>\n";
    if (random_.chance(20)) out_ += "<shareable/>\n";
    if (random_.chance(500)) {
      auto const per = bus == "scsi" ? 15U : bus == "ide" ? 4U : bus == "sata" ? 6U : 2U;
      auto controller = index / per;
      auto channel = bus == "ide" ? index % 4 / 2 : 0;
      auto unit = bus == "ide"    ? index % 2
                  : bus == "scsi" ? index % 15 + (index % 15 >= 7 ? 1 : 0)
                                  : index % per;
      if (random_.chance(wrong_)) unit = random_.below(17);
      if (random_.chance(wrong_ / 2)) controller = random_.below(5);
      element("address", {{"type", random_.chance(1000 - wrong_) ? "drive" : "pci"},
                          {"controller", std::to_string(controller)},
                          {"bus", std::to_string(channel)},
                          {"target", "0"},
                          {"unit", std::to_string(unit)}});
    }
    out_ += "</disk>\n";
  }
  static std::string letters(std::size_t index) {
    std::string out;
    for (++index; index != 0; index = (index - 1) / 26)
      out.insert(out.begin(), static_cast<char>('a' + (index - 1) % 26));
    return out;
  }
  std::size_t next_free(std::string const& bus, std::size_t index) {
    while (std::ranges::find(taken_, bus + std::to_string(index)) != taken_.end()) ++index;
    taken_.push_back(bus + std::to_string(index));
    return index;
  }

  void controller() {
    auto const type = random_.chance(900) ? "scsi"s
                                          : random_.usually(wrong_ * 3, {"ide", "sata", "fdc"},
                                                            {"usb", "virtio-serial", "pci", "xyz"});
    pairs attributes{{"type", type}};
    if (random_.chance(900))
      attributes.emplace_back(
          "index", std::to_string(random_.chance(wrong_ * 3) ? random_.below(5) : controllers_++));
    if (type == "scsi" && random_.chance(700))
      attributes.emplace_back(
          "model", random_.chance(1000 - wrong_ * 3)
                       ? random_.pick({"buslogic", "lsilogic", "lsisas1068", "vmpvscsi", "auto"})
                       : random_.pick({"virtio-scsi", "ibmvscsi", "lsisas1078", "pvscsi", ""}));
    element("controller", attributes);
  }
  std::string mac() {
    auto const last = random_.hex(2) + ":" + random_.hex(2);
    auto const out =
        random_.pick(
            {"00:0c:29:", "00:0C:29:", "00:50:56:", "00:50:56:", "52:54:00:", "00:05:69:"}) +
        random_.hex(2) + ":" + last;
    return random_.chance(960) ? out
           : random_.chance(1000 - wrong_ * 20)
               ? random_.pick({"00:50:56:3f:ff:ff", "00:50:56:40:00:00", "00:50:56:80:00:00",
                               "00:50:56:bf:ff:ff", "00:50:56:c0:00:00", "00:50:56:00:00:00",
                               "00:50:56:7f:ff:ff"})
               : random_.pick({"00:00:00:00:00:00", "01:00:5e:00:00:01", "0:c:29:1:2:3",
                               "00-0c-29-01-02-03", "", "ff:ff:ff:ff:ff:ff", "00:50:56:3f:ff:ff",
                               "00:50:56:40:00:00", "00:50:56:80:00:00", "00:50:56:bf:ff:ff",
                               "00:50:56:c0:00:00", "00:50:56:00:00:00"});
  }
  void interface() {
    auto const type = random_.chance(1000 - wrong_ * 2)
                          ? random_.pick({"bridge", "bridge", "bridge", "user", "vds", "null"})
                          : random_.pick({"network", "direct", "ethernet", "hostdev", "internal",
                                          "vhostuser", "udp", ""});
    out_ += "<interface";
    attribute("type", type);
    out_ += ">\n";
    if (random_.chance(960)) {
      pairs attributes{{"address", mac()}};
      if (random_.chance(200))
        attributes.emplace_back("type", random_.pick({"generated", "static"}));
      if (random_.chance(150)) attributes.emplace_back("check", random_.pick({"yes", "no"}));
      element("mac", attributes);
    }
    if (type == "bridge") {
      if (random_.chance(1000 - wrong_))
        element("source", {{"bridge", random_.usually(60, {"VM Network", "br0", "\xC3\xA9", "a&b"},
                                                      {"a\"b", "x|y"})}});
    } else if (type == "network") {
      element("source", {{"network", "default"}});
    } else if (type == "direct") {
      element("source", {{"dev", "eth0"}, {"mode", "bridge"}});
    } else if (type == "vds") {
      pairs attributes{{"switchid", uuid()}};
      if (random_.chance(1000 - wrong_))
        attributes.emplace_back("portid", random_.pick({"1", "100", "-5"}));
      if (random_.chance(1000 - wrong_))
        attributes.emplace_back(
            "portgroupid", random_.usually(60, {"dvportgroup-1", "x'y"}, {"a\"b", "a&b", "<"}));
      if (random_.chance(1000 - wrong_))
        attributes.emplace_back("connectionid", random_.pick({"1", "1234567"}));
      element("source", attributes);
    }
    if (random_.chance(150))
      element("target", {{"dev", random_.pick({"vmnet7", "vnet3", "/dev/vmnet2", "macvtap0", "tap0",
                                               "macvlan3"})}});
    if (random_.chance(600))
      element(
          "model",
          {{"type",
            random_.chance(1000 - wrong_ * 2)
                ? random_.pick({"e1000", "vlance", "vmxnet", "vmxnet2", "vmxnet3", "e1000e"})
                : random_.pick({"virtio", "rtl8139", "netfront", "xyz", "", "E1000", "VMXNET3"})}});
    if (random_.chance(50)) element("link", {{"state", random_.pick({"up", "down"})}});
    if (random_.chance(20)) element("boot", {{"order", "1"}});
    out_ += "</interface>\n";
  }
  void port(std::string_view name) {
    auto const type =
        random_.chance(1000 - wrong_ * 2)
            ? (name == "parallel" ? random_.usually(wrong_, {"dev", "file"}, {"tcp", "pipe"})
                                  : random_.pick({"dev", "file", "pipe", "tcp", "tcp"}))
            : random_.pick({"pty", "udp", "unix", "null", "vc", "stdio", ""});
    out_.append("<").append(name);
    if (random_.chance(990)) attribute("type", type);
    out_ += ">\n";
    if (type == "tcp") {
      pairs attributes;
      if (random_.chance(950)) attributes.emplace_back("mode", random_.pick({"bind", "connect"}));
      if (random_.chance(1000 - wrong_))
        attributes.emplace_back(
            "host", random_.pick({"0.0.0.0", "host", "fe80::1", "", "[::1]", "h.example.org"}));
      if (random_.chance(1000 - wrong_))
        attributes.emplace_back("service", random_.pick({"4999", "1", "telnet", "70000"}));
      element("source", attributes);
      if (random_.chance(700))
        element("protocol", {{"type", random_.chance(1000 - wrong_)
                                          ? random_.pick({"raw", "telnet", "telnets", "tls"})
                                          : "http"}});
    } else if (random_.chance(1000 - wrong_)) {
      pairs attributes{
          {"path", type == "file"
                       ? image(".log")
                       : random_.usually(60, {"/dev/ttyS0", "/tmp/pipe", "COM1", "\\\\.\\pipe\\x"},
                                         {"/a\"b"})}};
      if (random_.chance(40)) attributes.emplace_back("append", "on");
      element("source", attributes);
    }
    if (random_.chance(850))
      element("target", {{"port", random_.chance(1000 - wrong_ * 3)
                                      ? std::to_string(port_++)
                                      : random_.pick({"0", "3", "4", "-1", "1"})}});
    out_.append("</").append(name).append(">\n");
  }
  void devices() {
    for (std::size_t i = random_.below(5); i != 0; --i) disk();
    for (std::size_t i = random_.below(3); i != 0; --i) controller();
    if (random_.chance(150))
      for (std::size_t i = 1 + random_.below(2); i != 0; --i) {
        out_ += "<filesystem";
        if (random_.chance(900))
          attribute("type", random_.chance(1000 - wrong_)
                                ? "mount"
                                : random_.pick({"block", "file", "template", "bind", "ram"}));
        if (random_.chance(500))
          attribute("accessmode", random_.pick({"passthrough", "mapped", "squash"}));
        out_ += ">\n";
        if (random_.chance(1000 - wrong_))
          element("source",
                  {{"dir", random_.usually(60, {"/shared", "C:\\x", "/\xC3\xA9"}, {"/a\"b"})}});
        if (random_.chance(1000 - wrong_))
          element("target", {{"dir", random_.usually(60, {"shared", "a b"}, {"x|y"})}});
        if (random_.chance(400)) out_ += "<readonly/>\n";
        out_ += "</filesystem>\n";
      }
    for (std::size_t i = random_.chance(wrong_ / 2) ? 11 : random_.below(5); i != 0; --i)
      interface();
    port_ = 0;
    for (std::size_t i = random_.chance(300) ? 1 + random_.below(2) : 0; i != 0; --i)
      port("serial");
    port_ = 0;
    for (std::size_t i = random_.chance(150) ? 1 + random_.below(2) : 0; i != 0; --i)
      port("parallel");
    port_ = 0;
    if (random_.chance(50)) port("console");
    if (random_.chance(250))
      for (std::size_t i = random_.chance(980) ? 1 : 2; i != 0; --i) {
        out_ += "<graphics";
        attribute("type", random_.chance(1000 - wrong_ * 2)
                              ? "vnc"
                              : random_.pick({"sdl", "spice", "rdp", "desktop"}));
        if (random_.chance(700))
          attribute("port", random_.pick({"5900", "5901", "-1", "1", "6000", "0"}));
        if (random_.chance(400)) attribute("autoport", random_.pick({"yes", "no"}));
        if (random_.chance(200)) attribute("listen", random_.pick({"0.0.0.0", "::1", "host"}));
        if (random_.chance(200)) attribute("keymap", random_.usually(100, {"de"}, {"a\"b"}));
        if (random_.chance(200)) attribute("passwd", random_.usually(100, {"secret"}, {"a|b\"c"}));
        if (random_.chance(200))
          out_ += random_.pick({"><listen type='address' address='10.0.0.1'/></graphics>\n",
                                "><listen type='address'/></graphics>\n",
                                "><listen type='network' network='x'/></graphics>\n",
                                "><listen type='none'/></graphics>\n"});
        else
          out_ += "/>\n";
      }
    if (random_.chance(300))
      for (std::size_t i = random_.chance(1000 - wrong_) ? 1 : 2; i != 0; --i) {
        out_ += "<video>";
        if (random_.chance(950)) {
          pairs attributes;
          if (random_.chance(950))
            attributes.emplace_back("type",
                                    random_.chance(1000 - wrong_)
                                        ? "vmvga"
                                        : random_.pick({"cirrus", "qxl", "vga", "none", "bochs"}));
          if (random_.chance(700))
            attributes.emplace_back(
                "vram", random_.pick({"4096", "8192", "5000", "0", "1", "65536", "131072", "100"}));
          if (random_.chance(100))
            attributes.emplace_back("heads", random_.usually(wrong_ * 3, {"1"}, {"2", "0"}));
          if (random_.chance(100)) attributes.emplace_back("primary", "yes");
          if (random_.chance(200)) {
            out_ += "<model";
            for (auto const& [key, value] : attributes) attribute(key, value);
            out_ += "><acceleration accel3d='yes'/></model>";
          } else {
            element("model", attributes);
          }
        }
        out_ += "</video>\n";
      }
    if (random_.chance(60))
      out_ += random_.pick(
          {"<sound model='es1370'/>\n", "<input type='mouse' bus='ps2'/>\n",
           "<memballoon model='none'/>\n", "<emulator>/x</emulator>\n",
           "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product "
           "id='0x2'/></source></hostdev>\n",
           "<rng model='virtio'><backend model='random'>/dev/random</backend></rng>\n",
           "<unknown><x/></unknown>\n", "<!-- c -->", "text", "<watchdog model='i6300esb'/>\n"});
  }

  Random random_;
  std::string out_{};
  std::vector<std::string> taken_{};
  std::int64_t vcpus_ = 1;
  std::size_t port_ = 0;
  std::size_t controllers_ = 0;
  unsigned odd_ = 0;    // of 1000: something else than the attribute expects
  unsigned wrong_ = 0;  // of 1000: what libvirt is likely to refuse
};

inline std::string random_domain_xml(std::uint32_t seed) { return DomainMaker(seed).make(); }

}  // namespace esxvi::test
