// Machines, VMX files and domain XML from random numbers. The same seed makes the same.
#pragma once

#include <esxvi/vmx/detail/description.hpp>
#include <esxvi/vmx/machine.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::test {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

class Random {
 public:
  explicit Random(std::uint32_t seed) : bits_(seed) {}
  std::size_t below(std::size_t n) { return bits_() % n; }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(high - low + 1));
  }
  /// So often in a thousand.
  bool chance(unsigned of_1000) { return bits_() % 1000 < of_1000; }
  template <class T> T const& one_of(std::vector<T> const& all) { return all[below(all.size())]; }
  std::string pick(std::initializer_list<std::string_view> all) {
    return std::string(*(all.begin() + static_cast<std::ptrdiff_t>(below(all.size()))));
  }
  /// Now and then one of `odd`.
  std::string usually(unsigned odd_of_1000, std::initializer_list<std::string_view> usual,
                      std::initializer_list<std::string_view> odd) {
    return chance(odd_of_1000) ? pick(odd) : pick(usual);
  }
  std::string number(std::int64_t low, std::int64_t high) {
    return std::to_string(between(low, high));
  }
  std::string digits(std::string_view alphabet, std::size_t count) {
    std::string out;
    while (out.size() < count) out += alphabet[below(alphabet.size())];
    return out;
  }
  std::string hex(std::size_t count) {
    return digits(chance(700) ? "0123456789abcdef" : "0123456789ABCDEF", count);
  }
  std::string word() {
    return digits("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
                  1 + below(12));
  }
  std::uint64_t operator()() { return bits_(); }

 private:
  std::mt19937_64 bits_;
};

// ---- values -------------------------------------------------------------------------------------

/// Characters that some step on the way treats in its own way; UTF-8.
inline std::string hostile_text(Random& random) {
  constexpr std::array<std::string_view, 36> pieces{"\"",
                                                    "|",
                                                    "|22",
                                                    "|7c",
                                                    "|7C",
                                                    "|zz",
                                                    "|2",
                                                    "%",
                                                    "%25",
                                                    "%2f",
                                                    "%5C",
                                                    "%41",
                                                    "'",
                                                    "<",
                                                    ">",
                                                    "&",
                                                    "&amp;",
                                                    "]]>",
                                                    "\xC3\xA9",
                                                    "\xE6\x96\x87",
                                                    "\xF0\x9F\x96\xA5",
                                                    "\xEF\xBF\xBD",
                                                    "\x01",
                                                    "\x1B",
                                                    "\x7F",
                                                    "\t",
                                                    "\n",
                                                    "\r",
                                                    "\r\n",
                                                    "\\",
                                                    "/",
                                                    "#",
                                                    ";",
                                                    "=",
                                                    " ",
                                                    "\xC2\x85"};
  std::string out;
  for (std::size_t i = random.below(6); i != 0; --i) {
    if (random.chance(400)) out += random.word();
    out += pieces[random.below(pieces.size())];
  }
  if (random.chance(30)) out.append(3000 + random.below(3000), 'x');
  if (random.chance(20)) out += '\0';
  return out;
}
inline std::string plain_text(Random& random) {
  return random.pick({"web", "db server", "VM Network", "a", "production, old", "x86 (64-bit)",
                      "Windows Server 2019",
                      "\xC3\x9C"
                      "bung",
                      "/var/log/x", "it's"});
}

// ---- machines -----------------------------------------------------------------------------------

/// Fills a machine by its tables alone: every member that Machine has, or will have, is reached.
class MachineMaker {
 public:
  explicit MachineMaker(std::uint32_t seed) : random_(seed) {}

  vmx::Machine make() {
    vmx::Machine machine;
    fullness_ = random_.pick({"50", "200", "500", "1000"});
    for (auto const& g : vmx::detail::all_groups()) {
      if (g.section != nullptr) {
        fill(g, g.section(&machine), false);
        continue;
      }
      if (g.parent == vmx::detail::group::none) {
        add_devices(g, &machine);
        continue;
      }
      auto const& parent = vmx::detail::groups.all[g.parent];
      for (std::size_t i = 0, n = parent.size(&machine); i < n; ++i)
        add_devices(g, parent.at(&machine, i));
    }
    add_extra(machine);
    return machine;
  }

  /// Gives some entries of a machine another value or none, adds and removes devices.
  void change(vmx::Machine& machine) {
    for (auto const& g : vmx::detail::all_groups()) {
      if (g.section != nullptr) {
        change(g, g.section(&machine), false);
      } else if (g.parent == vmx::detail::group::none) {
        change_devices(g, &machine);
      } else {
        auto const& parent = vmx::detail::groups.all[g.parent];
        for (std::size_t i = 0, n = parent.size(&machine); i < n; ++i)
          change_devices(g, parent.at(&machine, i));
      }
    }
  }

 private:
  using group = vmx::detail::group;
  using row = vmx::detail::row;

  void fill(group const& g, void* object, bool at_least_one) {
    unsigned const of_1000 = static_cast<unsigned>(std::stoul(fullness_));
    for (row const& r : g.rows)
      if (random_.chance(of_1000) || (at_least_one && &r == g.rows.data())) set(r, object);
  }
  void change(group const& g, void* object, bool is_device) {
    for (row const& r : g.rows) {
      if (random_.chance(900)) continue;
      bool const keeps_device = is_device && &r == g.rows.data();
      if (random_.chance(400) && !keeps_device)
        clear(r, object);
      else
        set(r, object);
    }
  }
  void add_devices(group const& g, void* owner) {
    for (std::size_t i = random_.below(4); i != 0; --i) {
      auto const number = random_.chance(900) ? random_.below(4) : random_.below(70);
      fill(g, g.find(owner, static_cast<std::uint32_t>(number), true), true);
    }
  }
  void change_devices(group const& g, void* owner) {
    for (std::size_t i = 0, n = g.size(owner); i < n; ++i) change(g, g.at(owner, i), true);
    if (random_.chance(200)) add_devices(g, owner);
  }
  void clear(row const& r, void* object) {
    auto fresh = fresh_;
    r.operations->assign(r.address(object), r.address(empty_of(r, object, fresh)));
  }
  // An entry of a machine in which nothing is set; for devices, of one that is made for it.
  static void* empty_of(row const& r, void* object, vmx::Machine& fresh) {
    static_cast<void>(object);
    for (auto const& g : vmx::detail::all_groups()) {
      if (&r < g.rows.data() || &r >= g.rows.data() + g.rows.size()) continue;
      if (g.section != nullptr) return g.section(&fresh);
      void* owner = &fresh;
      if (g.parent != group::none) owner = vmx::detail::groups.all[g.parent].find(owner, 0, true);
      return g.find(owner, 0, true);
    }
    return nullptr;
  }

  void set(row const& r, void* object) {
    auto const& how = *r.operations;
    auto const expected = how.expected();
    for (int attempt = 0; attempt < 200; ++attempt)
      if (how.read(r.address(object), text_for(how.form, expected), vmx::detail::style::vmware))
        return;
  }
  std::string text_for(vmx::detail::shape form, std::string const& expected) {
    if (form == vmx::detail::shape::boolean) return random_.pick({"TRUE", "FALSE"});
    if (form == vmx::detail::shape::number) {
      bool const can_be_unlimited = expected.find("unlimited") != std::string::npos;
      if (can_be_unlimited && random_.chance(100)) return "unlimited";
      if (!can_be_unlimited && random_.chance(100)) return random_.number(-5000, -1);
      return random_.chance(900) ? random_.number(0, 4096) : "9223372036854775807";
    }
    if (expected == "text")
      return random_.chance(500) ? hostile_text(random_) : plain_text(random_);
    switch (random_.below(6)) {
      case 0:
        return random_.hex(32);
      case 1:
        return mac();
      case 2:
        return random_.number(0, 100000);
      case 3:
        return random_.pick({"0", "0,1,2", "all", "5-9", "16383,1", "a", "cdrom,hdd"});
      default:
        return literal(expected);
    }
  }
  std::string mac() {
    std::string out = random_.hex(2);
    for (int i = 0; i < 5; ++i) out += ":" + random_.hex(2);
    return out;
  }
  // One of the words in "this, that or other".
  std::string literal(std::string_view expected) {
    std::vector<std::string> words;
    while (!expected.empty()) {
      auto const comma = std::min(expected.find(", "), expected.size());
      auto const last = std::min(expected.find(" or "), expected.size());
      auto const end = std::min(comma, last);
      words.emplace_back(expected.substr(0, end));
      expected.remove_prefix(std::min(expected.size(), end + (comma < last ? 2U : 4U)));
    }
    return random_.one_of(words);
  }
  void add_extra(vmx::Machine& machine) {
    for (std::size_t i = random_.below(5); i != 0; --i) {
      // Distinct by their number, whatever the case.
      auto const key = random_.pick({"guestinfo.", "_odd", "isolation.tools.x", "ethernet0.odd",
                                     "9p", "a/b", "log.keepOld", "scsi0:77:9."}) +
                       std::to_string(i);
      machine.extra.push_back({key, hostile_text(random_)});
    }
  }

  Random random_;
  std::string fullness_ = "200";
  vmx::Machine fresh_{};
};

inline vmx::Machine random_machine(std::uint32_t seed) { return MachineMaker(seed).make(); }

// ---- VMX files ----------------------------------------------------------------------------------

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

// ---- domain XML ---------------------------------------------------------------------------------

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

// ---- files of a size ----------------------------------------------------------------------------

/// A file as ESX 6 writes it, with this many entries (at least 48).
inline std::string esx_file(std::size_t entries) {
  std::vector<std::string> lines{".encoding = \"UTF-8\"",
                                 "config.version = \"8\"",
                                 "virtualHW.version = \"11\"",
                                 "nvram = \"web.nvram\"",
                                 "pciBridge0.present = \"TRUE\"",
                                 "svga.present = \"TRUE\"",
                                 "pciBridge4.present = \"TRUE\"",
                                 "pciBridge4.virtualDev = \"pcieRootPort\"",
                                 "pciBridge4.functions = \"8\"",
                                 "vmci0.present = \"TRUE\"",
                                 "hpet0.present = \"TRUE\"",
                                 "displayName = \"web\"",
                                 "extendedConfigFile = \"web.vmxf\"",
                                 "svga.vramSize = \"8388608\"",
                                 "memSize = \"2048\"",
                                 "numvcpus = \"2\"",
                                 "sched.cpu.units = \"mhz\"",
                                 "powerType.powerOff = \"default\"",
                                 "powerType.suspend = \"default\"",
                                 "powerType.reset = \"default\"",
                                 "scsi0.virtualDev = \"lsilogic\"",
                                 "scsi0.present = \"TRUE\"",
                                 "scsi0:0.deviceType = \"scsi-hardDisk\"",
                                 "scsi0:0.fileName = \"web.vmdk\"",
                                 "scsi0:0.present = \"TRUE\"",
                                 "ide1:0.startConnected = \"FALSE\"",
                                 "ide1:0.deviceType = \"atapi-cdrom\"",
                                 "ide1:0.clientDevice = \"TRUE\"",
                                 "ide1:0.fileName = \"CD/DVD drive 0\"",
                                 "ide1:0.present = \"TRUE\"",
                                 "ethernet0.virtualDev = \"e1000\"",
                                 "ethernet0.networkName = \"VM Network\"",
                                 "ethernet0.addressType = \"vpx\"",
                                 "ethernet0.generatedAddress = \"00:50:56:8b:2f:63\"",
                                 "ethernet0.present = \"TRUE\"",
                                 "guestOS = \"rhel6-64\"",
                                 "toolScripts.afterPowerOn = \"TRUE\"",
                                 "toolScripts.afterResume = \"TRUE\"",
                                 "toolScripts.beforeSuspend = \"TRUE\"",
                                 "toolScripts.beforePowerOff = \"TRUE\"",
                                 "tools.syncTime = \"FALSE\"",
                                 "uuid.bios = \"42 0b 5b 1c 26 71 9a 3d-7e 0f 66 1c 27 e1 5d 11\"",
                                 "vc.uuid = \"50 0b 1f 52 9d 07 16 5e-72 0c 4b 3f 0d 91 6a 22\"",
                                 "sched.cpu.min = \"0\"",
                                 "sched.cpu.shares = \"normal\"",
                                 "sched.mem.min = \"0\"",
                                 "sched.mem.minSize = \"0\"",
                                 "sched.mem.shares = \"normal\""};
  auto const add = [&](std::string line) {
    if (lines.size() < entries) lines.push_back(std::move(line));
  };
  for (int c = 0; c < 4; ++c) {
    auto const name = "scsi" + std::to_string(c);
    if (c != 0) {
      add(name + ".virtualDev = \"lsilogic\"");
      add(name + ".present = \"TRUE\"");
    }
    for (int i = c == 0 ? 1 : 0; i < 2; ++i) {
      auto const p = name + ":" + std::to_string(i) + ".";
      add(p + "deviceType = \"scsi-hardDisk\"");
      add(p + "fileName = \"web_" + std::to_string(2 * c + i) + ".vmdk\"");
      add(p + "present = \"TRUE\"");
      add("sched." + p + "shares = \"normal\"");
      add("sched." + p + "throughputCap = \"off\"");
      add(p + "redo = \"\"");
    }
  }
  for (int i = 1; i < 4; ++i) {
    auto const p = "ethernet" + std::to_string(i) + ".";
    add(p + "virtualDev = \"vmxnet3\"");
    add(p + "networkName = \"Storage " + std::to_string(i) + "\"");
    add(p + "addressType = \"vpx\"");
    add(p + "generatedAddress = \"00:50:56:8b:2f:7" + std::to_string(i) + "\"");
    add(p + "uptCompatibility = \"TRUE\"");
    add(p + "pciSlotNumber = \"" + std::to_string(192 + 32 * i) + "\"");
    add(p + "present = \"TRUE\"");
  }
  for (int i = 5; i < 8; ++i) {
    auto const p = "pciBridge" + std::to_string(i) + ".";
    add(p + "present = \"TRUE\"");
    add(p + "virtualDev = \"pcieRootPort\"");
    add(p + "functions = \"8\"");
    add(p + "pciSlotNumber = \"" + std::to_string(17 + i) + "\"");
  }
  for (char const* const line :
       {"scsi0.pciSlotNumber = \"16\"", "vmci0.id = \"-1022542523\"",
        "uuid.location = \"56 4d 11 5a 0e 28 d8 39-dd f8 77 1a c3 50 66 03\"",
        "cleanShutdown = \"FALSE\"", "replay.supported = \"FALSE\"",
        "sched.swap.derivedName = \"/vmfs/volumes/ds/web/web-1.vswp\"",
        "tools.remindInstall = \"FALSE\"", "floppy0.present = \"FALSE\"",
        "monitor.phys_bits_used = \"42\"", "softPowerOff = \"FALSE\"",
        "vmotion.checkpointFBSize = \"8388608\"", "migrate.hostlog = \"./web-1.hlog\"",
        "annotation = \"web front end|0Aask the team\"", "cpuid.coresPerSocket = \"1\"",
        "sched.cpu.latencySensitivity = \"normal\"", "disk.EnableUUID = \"TRUE\"",
        "tools.upgrade.policy = \"manual\"", "usb.present = \"TRUE\"", "ehci.present = \"TRUE\""})
    add(line);
  for (int i = 0; lines.size() < entries; ++i)
    lines.push_back("guestinfo.setting" + std::to_string(i) + " = \"value " + std::to_string(i) +
                    "\"");
  std::string out;
  for (auto const& line : lines) out += line + "\n";
  return out;
}

}  // namespace esxvi::test
