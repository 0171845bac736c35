// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Between configurations and the .vmx files of machines. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/OptionValue.hpp>
#include <esxvi/types/ParaVirtualSCSIController.hpp>
#include <esxvi/types/VirtualAHCIController.hpp>
#include <esxvi/types/VirtualBusLogicController.hpp>
#include <esxvi/types/VirtualCdrom.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualE1000.hpp>
#include <esxvi/types/VirtualE1000e.hpp>
#include <esxvi/types/VirtualEthernetCard.hpp>
#include <esxvi/types/VirtualFloppy.hpp>
#include <esxvi/types/VirtualIDEController.hpp>
#include <esxvi/types/VirtualLsiLogicController.hpp>
#include <esxvi/types/VirtualLsiLogicSASController.hpp>
#include <esxvi/types/VirtualNVMEController.hpp>
#include <esxvi/types/VirtualPCNet32.hpp>
#include <esxvi/types/VirtualParallelPort.hpp>
#include <esxvi/types/VirtualSCSIController.hpp>
#include <esxvi/types/VirtualSerialPort.hpp>
#include <esxvi/types/VirtualVmxnet2.hpp>
#include <esxvi/types/VirtualVmxnet3.hpp>
#include <esxvi/vmx.hpp>

#include <algorithm>
#include <charconv>

namespace esxvi::sim::detail {

namespace {

using Device = Poly<types::VirtualDevice>;

// ---- single values, in both directions by one list ----

// A guest's id is "debian12_64Guest" in the API and "debian12-64" in files.
struct guest_name {
  std::string_view api;
  std::string_view file;
};
constexpr guest_name guest_names[] = {
    {"otherLinux64Guest", "otherlinux-64"},
    {"otherLinuxGuest", "otherlinux"},
    {"otherGuest64", "other-64"},
    {"otherGuest", "other"},
    {"other3xLinux64Guest", "other3xlinux-64"},
    {"other4xLinux64Guest", "other4xlinux-64"},
    {"other5xLinux64Guest", "other5xlinux-64"},
    {"freebsd64Guest", "freebsd-64"},
    {"vmkernel65Guest", "vmkernel65"},
    {"dosGuest", "dos"},
};

inline std::string guest_in_file(std::string_view api) {
  for (auto const& known : guest_names)
    if (known.api == api) return std::string(known.file);
  bool const wide = api.ends_with("64Guest");
  if (api.ends_with("Guest")) api.remove_suffix(wide ? 7 : 5);
  if (wide && api.ends_with('_')) api.remove_suffix(1);
  return std::string(api) + (wide ? "-64" : "");
}

inline std::string guest_in_api(std::string_view file) {
  for (auto const& known : guest_names)
    if (known.file == file) return std::string(known.api);
  bool const wide = file.ends_with("-64");
  if (wide) file.remove_suffix(3);
  bool const apart = !file.empty() && (std::isdigit(static_cast<unsigned char>(file.back())) != 0 ||
                                       file.starts_with("windows"));
  return std::string(file) + (wide ? apart ? "_64Guest" : "64Guest" : "Guest");
}

template <class T> T& inside(std::optional<T>& value) { return value ? *value : value.emplace(); }
template <class T> T const& inside(std::optional<T> const& value) {
  static T const none{};
  return value ? *value : none;
}

inline std::optional<std::string> said(std::string const& v) {
  return v.empty() ? std::optional<std::string>() : v;
}
inline std::optional<std::string> said(bool v) { return v ? "TRUE" : "FALSE"; }
template <std::integral N> std::optional<std::string> said(N v) { return std::to_string(v); }
template <class E> std::optional<std::string> said(Enum<E> const& v) {
  return std::string(v.literal());
}
inline std::optional<std::string> said(types::SharesInfo const& v) {
  if (v.level == types::SharesLevel::custom) return std::to_string(v.shares);
  return std::string(v.level.literal());
}
template <class T> std::optional<std::string> said(std::optional<T> const& v) {
  return v ? said(*v) : std::nullopt;
}

inline void say(std::string& to, std::string_view text) { to = text; }
inline void say(bool& to, std::string_view text) { to = text == "TRUE"; }
template <std::integral N> void say(N& to, std::string_view text) {
  std::from_chars(text.data(), text.data() + text.size(), to);
}
inline void say(types::SharesInfo& to, std::string_view text) {
  to.level = Enum<types::SharesLevel>(text);
  if (to.level.known()) return;
  to.level = types::SharesLevel::custom;
  say(to.shares, text);
}
template <class T> void say(std::optional<T>& to, std::string_view text) {
  say(to.emplace(), text);
}

struct ToFile {
  template <class E> void set(E& entry, std::optional<std::string> const& text) const {
    using T = typename E::value_type;
    if (!text) return;
    if constexpr (requires(T v) { T{std::int64_t{1}}.count + 0; })
      entry = T{std::stoll(*text)};
    else if (auto v = vmx::detail::value<T>::read(*text, vmx::detail::style::vmware))
      entry = *std::move(v);
  }
  template <class E, class C> void operator()(E& entry, C const& value) const {
    set(entry, said(value));
  }
};

struct FromFile {
  template <class T> static std::string text_of(T const& v) {
    if constexpr (std::is_same_v<T, vmx::Uuid>)
      return v.to_string();
    else if constexpr (requires { v.count + 0; })
      return std::to_string(v.count);
    else
      return vmx::to_text(v);
  }
  template <class E, class C> void operator()(E const& entry, C& value) const {
    if (entry) say(value, text_of(*entry));
  }
};

template <class Way, class File, class Config> void link_values(Way way, File& f, Config& c) {
  way(f.identity.name, c.name);
  way(f.identity.annotation, c.annotation);
  way(f.identity.uuid, c.uuid);
  way(f.identity.instance_uuid, c.instanceUuid);
  way(f.memory.size, c.hardware.memoryMB);
  way(f.memory.hot_add, c.memoryHotAddEnabled);
  way(f.memory.limit, inside(c.memoryAllocation).limit);
  way(f.memory.reservation, inside(c.memoryAllocation).reservation);
  way(f.memory.shares, inside(c.memoryAllocation).shares);
  way(f.cpu.count, c.hardware.numCPU);
  way(f.cpu.cores_per_socket, c.hardware.numCoresPerSocket);
  way(f.cpu.limit, inside(c.cpuAllocation).limit);
  way(f.cpu.reservation, inside(c.cpuAllocation).reservation);
  way(f.cpu.shares, inside(c.cpuAllocation).shares);
  way(f.cpu.hot_add, c.cpuHotAddEnabled);
  way(f.cpu.hot_remove, c.cpuHotRemoveEnabled);
  way(f.cpu.nested, c.nestedHVEnabled);
  way(f.cpu.counters, c.vPMCEnabled);
  way(f.firmware.type, c.firmware);
  way(f.firmware.boot_delay, inside(c.bootOptions).bootDelay);
  way(f.firmware.enter_setup, inside(c.bootOptions).enterBIOSSetup);
  way(f.firmware.retry, inside(c.bootOptions).bootRetryEnabled);
  way(f.firmware.retry_delay, inside(c.bootOptions).bootRetryDelay);
  way(f.firmware.secure_boot, inside(c.bootOptions).efiSecureBootEnabled);
  way(f.files.disk_uuids, c.flags.diskUuidEnabled);
  way(f.tools.power_off, c.defaultPowerOps.powerOffType);
  way(f.tools.suspend, c.defaultPowerOps.suspendType);
  way(f.tools.reset, c.defaultPowerOps.resetType);
}

template <class Way, class File, class Config> void link_card(Way way, File& f, Config& c) {
  way(f.wake_on_lan, c.wakeOnLanEnabled);
  way(f.external_id, c.externalId);
}

template <class Way, class File, class Connection>
void link_connection(Way way, File& f, Connection& c) {
  way(f.start_connected, c.startConnected);
  way(f.allow_guest_control, c.allowGuestControl);
}

// ---- kinds of devices ----

template <class D> Device made() { return D(); }
template <class D> bool is_kind(Device const& d) { return d.is<D>(); }

/// A model of a kind of device: the word in the file, the type in the API.
template <class Word> struct model {
  Word word;
  Device (*make)();
  bool (*is)(Device const&);
};
template <class D, class Word> constexpr model<Word> model_of(Word word) {
  return {word, &made<D>, &is_kind<D>};
}

// The first is what a file without the word means; derived types come before their bases.
constexpr model<vmx::ScsiModel> scsi_models[] = {
    model_of<types::VirtualLsiLogicController>(vmx::ScsiModel::lsilogic),
    model_of<types::ParaVirtualSCSIController>(vmx::ScsiModel::pvscsi),
    model_of<types::VirtualLsiLogicSASController>(vmx::ScsiModel::lsisas1068),
    model_of<types::VirtualBusLogicController>(vmx::ScsiModel::buslogic),
};
constexpr model<vmx::AdapterModel> card_models[] = {
    model_of<types::VirtualPCNet32>(vmx::AdapterModel::vlance),
    model_of<types::VirtualVmxnet3>(vmx::AdapterModel::vmxnet3),
    model_of<types::VirtualE1000e>(vmx::AdapterModel::e1000e),
    model_of<types::VirtualE1000>(vmx::AdapterModel::e1000),
    model_of<types::VirtualVmxnet2>(vmx::AdapterModel::vmxnet2),
};

/// Numbers of the buses with slots: key of the first controller, of its first device, and how many
/// keys each has.
struct bus_keys {
  std::int32_t controller;
  std::int32_t device;
  std::int32_t each;
};
constexpr bus_keys scsi_keys{1000, 2000, 16};
constexpr bus_keys ide_keys{200, 3000, 2};
constexpr bus_keys sata_keys{15000, 16000, 30};
constexpr bus_keys nvme_keys{31000, 32000, 15};

/// Calls f(buses, keys, is, make) for each kind of bus with slots.
template <class File, class F> void for_each_bus(File& file, F&& f) {
  f(file.scsi, scsi_keys, is_kind<types::VirtualSCSIController>);
  f(file.ide, ide_keys, is_kind<types::VirtualIDEController>);
  f(file.sata, sata_keys, is_kind<types::VirtualSATAController>);
  f(file.nvme, nvme_keys, is_kind<types::VirtualNVMEController>);
}

// ---- names of files ----

// Beside the .vmx its plain name, elsewhere the path by which the host has mounted the datastore.
inline std::string name_in_file(Host& host, std::string const& path, DatastorePath const& vmx) {
  if (!path.starts_with('[')) return path;  // as path_of_name() found it in a file
  auto const at = datastore_path(path);
  if (at.datastore == vmx.datastore && at.directory() == vmx.directory())
    return at.path.substr(at.path.rfind('/') + 1);
  auto const store = host.get<types::Datastore>(find_datastore(host, at.datastore));
  return store->host.empty() ? "/vmfs/volumes/" + at.datastore + "/" + at.path
                             : store->host.front().mountInfo.path.value_or("") + "/" + at.path;
}

inline std::string path_of_name(Host& host, std::string const& name, DatastorePath const& vmx) {
  if (name.empty() || name.starts_with('[')) return name;
  if (!name.starts_with('/')) return vmx.beside(name).text();
  constexpr std::string_view volumes = "/vmfs/volumes/";
  if (!name.starts_with(volumes)) return name;
  auto const slash = std::min(name.find('/', volumes.size()), name.size());
  std::string const volume = name.substr(volumes.size(), slash - volumes.size());
  std::string const rest = slash < name.size() ? name.substr(slash + 1) : std::string();
  for (auto const& ref : host.all<types::Datastore>()) {
    auto const store = host.get<types::Datastore>(ref);
    bool const here = store->name == volume || store->summary.url.ends_with("/" + volume + "/");
    if (here) return DatastorePath{store->name, rest}.text();
  }
  return name;
}

// ---- devices, to the file ----

struct FileWriter {
  Host& host;
  types::VirtualMachineConfigInfo const& config;
  DatastorePath at;
  vmx::Machine file{};

  void controllers() {
    for_each_bus(file, [&](auto& buses, bus_keys const&, auto is) {
      for (auto const& d : config.hardware.device) {
        if (!is(d)) continue;
        auto const* c = d.as<types::VirtualController>();
        auto& bus = buses.add(static_cast<std::uint32_t>(c->busNumber));
        if constexpr (requires { bus.model; }) {
          for (auto const& m : scsi_models)
            if (m.is(d)) bus.model = m.word;
        }
        bool used = false;
        for (auto const& one : config.hardware.device)
          if (one->controllerKey == c->key && slot(bus, one)) used = true;
        // Channels without drives are not in files.
        if constexpr (std::is_same_v<std::decay_t<decltype(bus)>, vmx::IdeChannel>) {
          if (!used) buses.remove(bus.number);
        } else {
          bus.present = true;
        }
      }
    });
  }

  template <class Bus> bool slot(Bus& bus, Device const& d) {
    auto const* disk = d.as<types::VirtualDisk>();
    if (disk == nullptr && !d.is<types::VirtualCdrom>()) return false;
    bool const is_scsi = std::is_same_v<Bus, vmx::ScsiController>;
    auto& s = bus.disks.add(static_cast<std::uint32_t>(d->unitNumber.value_or(0)));
    s.present = true;
    if (disk != nullptr) {
      s.device_type = is_scsi ? vmx::DeviceType::scsi_hardDisk : vmx::DeviceType::disk;
      if (auto const* b = d->backing.as<types::VirtualDiskFlatVer2BackingInfo>()) {
        s.file_name = name_in_file(host, b->fileName, at);
        if (b->diskMode != "persistent") ToFile().set(s.mode, b->diskMode);
        if (b->writeThrough.value_or(false)) s.write_through = true;
      }
    } else if (auto const* iso = d->backing.as<types::VirtualCdromIsoBackingInfo>()) {
      s.device_type = vmx::DeviceType::cdrom_image;
      if (!iso->fileName.empty()) s.file_name = name_in_file(host, iso->fileName, at);
    } else {
      s.device_type = vmx::DeviceType::atapi_cdrom;
      s.file_name = "auto detect";
      s.client_device = true;
    }
    if (d->connectable) s.start_connected = d->connectable->startConnected;
    return true;
  }

  void cards() {
    std::uint32_t number = 0;
    for (auto const& d : config.hardware.device) {
      auto const* card = d.as<types::VirtualEthernetCard>();
      if (card == nullptr) continue;
      auto& a = file.adapters.add(number++);
      a.present = true;
      for (auto const& m : card_models)
        if (m.is(d)) a.model = m.word;
      if (auto const* b = d->backing.as<types::VirtualEthernetCardNetworkBackingInfo>())
        a.network = b->deviceName;
      auto const mac = vmx::MacAddress::parse(card->macAddress.value_or(""));
      bool const fixed = card->addressType == "manual";
      a.address_type = fixed                             ? vmx::AddressType::static_
                       : card->addressType == "assigned" ? vmx::AddressType::vpx
                                                         : vmx::AddressType::generated;
      if (mac && fixed) a.address = *mac;
      if (mac && !fixed) a.generated_address = *mac;
      link_card(ToFile(), a, *card);
      if (d->connectable) link_connection(ToFile(), a, *d->connectable);
    }
  }

  // Ports write to a file or belong to a device of the host.
  template <class FileBacking, class Ports> void port(Ports& ports, Device const& d, int first) {
    auto& p = ports.add(static_cast<std::uint32_t>(d->key - first));
    p.present = true;
    if (auto const* b = d->backing ? d->backing.as<FileBacking>() : nullptr) {
      p.backing = vmx::PortBacking::file;
      p.file_name = name_in_file(host, b->fileName, at);
    } else if (auto const* device =
                   d->backing ? d->backing.as<types::VirtualDeviceDeviceBackingInfo>() : nullptr) {
      p.backing = vmx::PortBacking::device;
      p.file_name = device->deviceName;
    } else if (auto const* pipe =
                   d->backing ? d->backing.as<types::VirtualDevicePipeBackingInfo>() : nullptr) {
      p.backing = vmx::PortBacking::pipe;
      p.file_name = pipe->pipeName;
    } else if (auto const* uri =
                   d->backing ? d->backing.as<types::VirtualDeviceURIBackingInfo>() : nullptr) {
      p.backing = vmx::PortBacking::network;
      p.file_name = uri->serviceURI;
    }
    if (d->connectable) link_connection(ToFile(), p, *d->connectable);
  }

  void rest() {
    for (auto const& d : config.hardware.device) {
      if (d.is<types::VirtualSerialPort>())
        port<types::VirtualSerialPortFileBackingInfo>(file.serial_ports, d, 9000);
      if (d.is<types::VirtualParallelPort>())
        port<types::VirtualParallelPortFileBackingInfo>(file.parallel_ports, d, 10000);
      if (!d.is<types::VirtualFloppy>()) continue;
      auto& floppy = file.floppies.add(static_cast<std::uint32_t>(d->key - 8000));
      floppy.present = true;
      if (auto const* b = d->backing.as<types::VirtualFloppyImageBackingInfo>()) {
        floppy.file_type = vmx::PortBacking::file;
        floppy.file_name = name_in_file(host, b->fileName, at);
      }
    }
    // Products take floppy0 to be there unless they are told.
    if (file.floppies.empty()) file.floppies.add(0).present = false;
    for (auto const& option : config.extraConfig)
      if (auto const* text = option->value.as<std::string>())
        file.extra.push_back({option->key, *text});
    // So that a file does not depend on who set what first.
    std::ranges::stable_sort(file.extra, {}, &vmx::ExtraEntry::key);
  }
};

// ---- devices, from the file ----

struct FileReader {
  Host& host;
  vmx::Machine const& file;
  DatastorePath const& at;
  types::VirtualMachineConfigInfo& config;

  types::VirtualDevice& add(Device d, std::int32_t key, std::int32_t controller,
                            std::int32_t unit) {
    d->key = key;
    d->controllerKey = controller;
    d->unitNumber = unit;
    describe_device(d);
    for (auto& c : config.hardware.device)
      if (c->key == controller)
        if (auto* owner = c.as<types::VirtualController>()) owner->device.push_back(key);
    return *config.hardware.device.emplace_back(std::move(d));
  }

  void controllers() {
    for_each_bus(file, [&](auto const& buses, bus_keys const& keys, auto) {
      using Bus = typename std::decay_t<decltype(buses)>::value_type;
      for (Bus const& bus : buses) {
        if (!bus.present.effective()) continue;
        auto const number = static_cast<std::int32_t>(bus.number);
        auto const key = keys.controller + number;
        Device d = made<types::VirtualAHCIController>();
        if constexpr (std::is_same_v<Bus, vmx::NvmeController>)
          d = made<types::VirtualNVMEController>();
        if constexpr (std::is_same_v<Bus, vmx::ScsiController>) {
          auto const word = bus.model.value_or(scsi_models[0].word);
          for (auto const& m : scsi_models)
            if (m.word == word) d = m.make();
          auto& scsi = *d.template as<types::VirtualSCSIController>();
          scsi.hotAddRemove = true;
          scsi.sharedBus = types::VirtualSCSISharing::noSharing;
          scsi.scsiCtlrUnitNumber = 7;
        }
        if constexpr (!std::is_same_v<Bus, vmx::IdeChannel>) {
          d.template as<types::VirtualController>()->busNumber = number;
          add(std::move(d), key, 100, 3 + number);
        }
        for (auto const& s : bus.disks)
          if (s.present.effective()) slot(s, key, keys.device + number * keys.each);
      }
    });
  }

  void slot(vmx::Disk const& s, std::int32_t controller, std::int32_t first) {
    auto const unit = static_cast<std::int32_t>(s.number);
    std::string const name = s.file_name.value_or(std::string());
    using T = vmx::DeviceType;
    auto const type = s.device_type.value_or(T::disk);
    if (type == T::cdrom_image || type == T::atapi_cdrom || type == T::cdrom_raw) {
      types::VirtualCdrom cd;
      auto& c = cd.connectable.emplace();
      c.startConnected = s.start_connected.effective();
      c.allowGuestControl = s.allow_guest_control.effective();
      c.status = "untried";
      if (type == T::cdrom_image) {
        types::VirtualCdromIsoBackingInfo iso;
        iso.fileName = path_of_name(host, name, at);
        cd.backing = std::move(iso);
      } else {
        types::VirtualCdromRemotePassthroughBackingInfo remote;
        remote.useAutoDetect = false;
        cd.backing = std::move(remote);
      }
      add(std::move(cd), first + unit, controller, unit);
      return;
    }
    types::VirtualDisk disk;
    types::VirtualDiskFlatVer2BackingInfo backing;
    backing.fileName = path_of_name(host, name, at);
    backing.diskMode = s.mode ? vmx::to_text(*s.mode) : "persistent";
    std::replace(backing.diskMode.begin(), backing.diskMode.end(), '-', '_');
    backing.split = false;
    backing.writeThrough = s.write_through.effective();
    backing.thinProvisioned = true;
    backing.uuid = host.make_uuid();
    auto const bytes = backing.fileName.starts_with('[') ? disk_size(host, backing.fileName) : 0;
    disk.capacityInBytes = bytes;
    disk.capacityInKB = bytes / 1024;
    disk.backing = std::move(backing);
    add(std::move(disk), first + unit, controller, unit);
  }

  void cards() {
    for (auto const& a : file.adapters) {
      if (!a.present.effective()) continue;
      Device d;
      auto const word = a.model.value_or(card_models[0].word);
      for (auto const& m : card_models)
        if (m.word == word) d = m.make();
      if (!d) d = card_models[0].make();
      auto& card = *d.as<types::VirtualEthernetCard>();
      types::VirtualEthernetCardNetworkBackingInfo backing;
      backing.deviceName = a.network.value_or(std::string());
      backing.useAutoDetect = false;
      card.backing = std::move(backing);
      bool const fixed = a.address_type == vmx::AddressType::static_;
      auto const& mac = fixed ? a.address.stated() : a.generated_address.stated();
      card.addressType = fixed                                     ? "manual"
                         : a.address_type == vmx::AddressType::vpx ? "assigned"
                                                                   : "generated";
      card.macAddress = mac ? mac->to_string() : new_mac(host);
      link_card(FromFile(), a, card);
      connect(card, a);
      auto const number = static_cast<std::int32_t>(a.number);
      add(std::move(d), 4000 + number, 100, 7 + number);
    }
  }

  template <class D, class F> void connect(D& device, F const& from) {
    auto& c = device.connectable.emplace();
    c.startConnected = from.start_connected.effective();
    c.allowGuestControl = from.allow_guest_control.effective();
    c.status = "untried";
  }

  template <class Port, class FileBacking, class DeviceBacking, class Ports>
  void ports(Ports const& all, std::int32_t first) {
    for (auto const& p : all) {
      if (!p.present.effective()) continue;
      Port port;
      std::string const name = p.file_name.value_or(std::string());
      if (p.backing.value_or(vmx::PortBacking::device) == vmx::PortBacking::file) {
        FileBacking backing;
        backing.fileName = path_of_name(host, name, at);
        port.backing = std::move(backing);
      } else {
        DeviceBacking backing;
        backing.deviceName = name;
        port.backing = std::move(backing);
      }
      connect(port, p);
      auto const number = static_cast<std::int32_t>(p.number);
      add(std::move(port), first + number, 400, number);
    }
  }
};

}  // namespace

std::string location_uuid(Host& host, std::string const& vmx_path) {
  // Of the host and the place, as products make it; 64 bits of a hash do.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (char const c : host.options().name + vmx_path)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  vmx::Uuid uuid;
  uuid.bytes[0] = 0x56;
  uuid.bytes[1] = 0x4d;
  for (std::size_t i = 0; i < 8; ++i)
    uuid.bytes[8 + i] = static_cast<std::uint8_t>(hash >> (8 * i) & 0xff);
  return uuid.to_string();
}

std::string vmx_text(Host& host, types::VirtualMachineConfigInfo const& config) {
  FileWriter out{host, config, datastore_path(config.files.vmPathName.value_or("[] "))};
  auto& f = out.file;
  f.hardware.config_version = 8;
  std::string_view version = config.version;
  if (version.starts_with("vmx-")) version.remove_prefix(4);
  std::int64_t number = 8;
  say(number, version);
  f.hardware.version = number;
  f.identity.guest_os = guest_in_file(config.guestId);
  link_values(ToFile(), f, config);
  // Hosts write only what is not the usual, and readers refuse "bios".
  if (config.firmware == "bios") f.firmware.type.reset();
  f.cpu.units = "mhz";
  f.identity.location_uuid =
      *vmx::Uuid::parse(location_uuid(host, config.files.vmPathName.value_or("")));
  out.controllers();
  out.cards();
  out.rest();
  return vmx::write(f).text();
}

void read_vmx(Host& host, vmx::Machine const& file, DatastorePath const& at,
              types::VirtualMachineConfigInfo& config) {
  link_values(FromFile(), file, config);
  if (auto const version = file.hardware.version.stated())
    config.version = (*version < 10 ? "vmx-0" : "vmx-") + std::to_string(*version);
  if (file.identity.guest_os) config.guestId = guest_in_api(*file.identity.guest_os);
  config.files.vmPathName = at.text();
  FileReader in{host, file, at, config};
  in.controllers();
  in.cards();
  in.ports<types::VirtualSerialPort, types::VirtualSerialPortFileBackingInfo,
           types::VirtualSerialPortDeviceBackingInfo>(file.serial_ports, 9000);
  in.ports<types::VirtualParallelPort, types::VirtualParallelPortFileBackingInfo,
           types::VirtualParallelPortDeviceBackingInfo>(file.parallel_ports, 10000);
  // Clients see keys without a property of their own as options.
  constexpr std::string_view options[] = {"nvram",   "uuid.action", "RemoteDisplay.",
                                          "svga.",   "pciBridge",   "vmci",
                                          "monitor", "isolation."};
  vmx::for_each_entry(file, [&](vmx::EntryView const& e) {
    auto const is_option =
        e.member.empty() || std::any_of(std::begin(options), std::end(options),
                                        [&](auto o) { return e.key.starts_with(o); });
    if (!is_option) return;
    types::OptionValue option;
    option.key = e.key;
    option.value = std::string(e.text);
    std::erase_if(config.extraConfig, [&](auto const& o) { return o->key == e.key; });
    config.extraConfig.emplace_back(std::move(option));
  });
}

}  // namespace esxvi::sim::detail
