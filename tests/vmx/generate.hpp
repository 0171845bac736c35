// Machines from random numbers, and what all such generators need. The same seed makes the same.
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
