// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Devices of virtual machines: added, changed, taken out. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/deltas.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Description.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/VirtualCdrom.hpp>
#include <esxvi/types/VirtualDeviceConfigSpec.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualEthernetCard.hpp>
#include <esxvi/types/VirtualFloppy.hpp>
#include <esxvi/types/VirtualIDEController.hpp>
#include <esxvi/types/VirtualMachineSnapshot_properties.hpp>
#include <esxvi/types/VirtualNVMEController.hpp>
#include <esxvi/types/VirtualParallelPort.hpp>
#include <esxvi/types/VirtualSATAController.hpp>
#include <esxvi/types/VirtualSCSIController.hpp>
#include <esxvi/types/VirtualSCSIPassthrough.hpp>
#include <esxvi/types/VirtualSerialPort.hpp>
#include <esxvi/types/VirtualUSBController.hpp>
#include <esxvi/types/VirtualUSBXHCIController.hpp>
#include <esxvi/types/fault/FileFault.hpp>
#include <esxvi/types/fault/VmConfigFault.hpp>

#include <algorithm>
#include <cstdio>
#include <map>

namespace esxvi::sim::detail {

namespace {

using AnyDevice = Poly<types::VirtualDevice>;
using Configuration = types::VirtualMachineConfigInfo;

/// What goes for all devices of a kind.
struct device_kind {
  bool (*is)(AnyDevice const&);
  std::string_view label;
  std::int32_t first_key;
  std::int32_t counted_from;  ///< in labels
  std::int32_t controller;    ///< that it is behind unless it is told; 0: it must be
  std::int32_t first_unit;
  bool hot_plug;
  std::int32_t most = 0;     ///< of them in one machine, where that is limited
  std::int32_t per_bus = 0;  ///< of a controller with slots: keys of devices, and how many
  std::int32_t slot_keys = 0;
};

template <class D> bool is_of(AnyDevice const& d) { return d.is<D>(); }

// clang-format off
constexpr device_kind device_kinds[] = {
    {is_of<types::VirtualSCSIController>, "SCSI controller ", 1000, 0, 100, 3, true, 4, 16, 2000},
    {is_of<types::VirtualIDEController>, "IDE ", 200, 0, 0, 0, false, 2, 2, 3000},
    {is_of<types::VirtualSATAController>, "SATA controller ", 15000, 0, 100, 24, true, 4, 30, 16000},
    {is_of<types::VirtualNVMEController>, "NVME controller ", 31000, 0, 100, 30, true, 4, 15, 32000},
    {is_of<types::VirtualUSBXHCIController>, "USB xHCI controller ", 14000, 0, 100, 23, true, 1},
    {is_of<types::VirtualUSBController>, "USB controller ", 7000, 0, 100, 22, true, 1},
    {is_of<types::VirtualDisk>, "Hard disk ", 2000, 1, 0, 0, true},
    {is_of<types::VirtualCdrom>, "CD/DVD drive ", 3000, 1, 0, 0, false},
    {is_of<types::VirtualEthernetCard>, "Network adapter ", 4000, 1, 100, 7, true},
    {is_of<types::VirtualFloppy>, "Floppy drive ", 8000, 1, 400, 0, false},
    {is_of<types::VirtualSerialPort>, "Serial port ", 9000, 1, 400, 0, false},
    {is_of<types::VirtualParallelPort>, "Parallel port ", 10000, 1, 400, 0, false},
    {is_of<types::VirtualDevice>, "Device ", 11000, 1, 100, 40, false},
};
// clang-format on

inline device_kind const& kind_of_device(AnyDevice const& d) {
  return *std::find_if(std::begin(device_kinds), std::end(device_kinds),
                       [&](device_kind const& k) { return k.is(d); });
}

inline AnyDevice* find_device(Configuration& config, std::int32_t key) {
  for (auto& d : config.hardware.device)
    if (d->key == key) return &d;
  return nullptr;
}

template <class F>
[[noreturn]] void refuse_device(F why, std::size_t index, std::string property,
                                std::string message) {
  why.property = "virtualDeviceSpec." + property;
  why.deviceIndex = static_cast<std::int32_t>(index);
  throw fault(std::move(why), std::move(message));
}

[[noreturn]] inline void refuse_spec(std::size_t index, std::string property) {
  refuse_device(types::InvalidDeviceSpec(), index, std::move(property),
                "Invalid configuration for device '" + std::to_string(index) + "'.");
}
[[noreturn]] inline void refuse_operation(std::size_t index) {
  refuse_device(types::InvalidDeviceOperation(), index, "device",
                "The operation on device '" + std::to_string(index) + "' is not valid.");
}

template <class F> [[noreturn]] void refuse_file(F why, std::string file, std::string message) {
  why.file = std::move(file);
  throw fault(std::move(why), std::move(message));
}

inline bool unit_taken(Configuration const& config, std::int32_t controller, std::int32_t unit) {
  return std::any_of(
      config.hardware.device.begin(), config.hardware.device.end(),
      [&](auto const& d) { return d->controllerKey == controller && d->unitNumber == unit; });
}

/// Changes of one ConfigSpec, one after the other.
struct DeviceChanges {
  Host& host;
  Configuration& config;
  bool is_on;
  std::map<std::int32_t, std::int32_t> given{};  // keys that the client made up, to real ones

  /// What its controller is like: one with slots is for drives, and one without for the others.
  device_kind const& bus_of(AnyDevice& d, std::size_t index) {
    if (!d->controllerKey)
      refuse_device(types::MissingController(), index, "device.controllerKey",
                    "The device '" + std::to_string(index) +
                        "' is referring to a nonexisting controller ''.");
    // One that is added along with the device has a key that the client made up.
    if (auto const known = given.find(*d->controllerKey); known != given.end())
      d->controllerKey = known->second;
    AnyDevice const* const owner = find_device(config, *d->controllerKey);
    bool const drive = d.is<types::VirtualDisk>() || d.is<types::VirtualCdrom>() ||
                       d.is<types::VirtualSCSIPassthrough>();
    bool const fits = owner != nullptr && owner->is<types::VirtualController>() &&
                      drive == (kind_of_device(*owner).per_bus > 0);
    if (!fits) {
      types::InvalidController why;
      why.controllerKey = *d->controllerKey;
      refuse_device(std::move(why), index, "device.controllerKey",
                    "The device '" + std::to_string(index) +
                        "' is referring to a nonexisting controller '" +
                        std::to_string(*d->controllerKey) + "'.");
    }
    return kind_of_device(*owner);
  }

  void require_slot(AnyDevice const& d, device_kind const& bus, std::size_t index) const {
    auto const unit = d->unitNumber.value_or(-1);
    bool const is_there = unit >= 0 && (bus.per_bus == 0 || unit < bus.per_bus);
    if (!is_there || is_controllers_own(bus, unit) || unit_taken(config, *d->controllerKey, unit))
      refuse_spec(index, "device.unitNumber");
  }
  static bool is_controllers_own(device_kind const& bus, std::int32_t unit) {
    return bus.slot_keys == 2000 && unit == 7;
  }

  [[nodiscard]] std::int32_t free_key(AnyDevice const& d, device_kind const& bus) const {
    auto key = kind_of_device(d).first_key;
    if (bus.per_bus > 0)
      key = bus.slot_keys + (*d->controllerKey - bus.first_key) * bus.per_bus + *d->unitNumber;
    while (find_device(config, key) != nullptr) ++key;
    return key;
  }

  void place(AnyDevice& d, std::size_t index) {
    device_kind const& kind = kind_of_device(d);
    if (!d->controllerKey && kind.controller != 0) d->controllerKey = kind.controller;
    device_kind const& bus = bus_of(d, index);
    auto unit = d->unitNumber.value_or(-1);
    if (unit < 0 || (kind.controller != 0 && unit_taken(config, *d->controllerKey, unit))) {
      unit = kind.first_unit;
      while (unit_taken(config, *d->controllerKey, unit) || is_controllers_own(bus, unit)) ++unit;
    }
    d->unitNumber = unit;
    require_slot(d, bus, index);
    if (kind.most > 0 && std::ranges::count_if(config.hardware.device, kind.is) >= kind.most)
      refuse_spec(index, "device");
    auto const asked = d->key;
    d->key = free_key(d, bus);
    given[asked] = d->key;
    if (auto* controller = d.as<types::VirtualController>())
      controller->busNumber = d->key - kind.first_key;
  }

  void join(AnyDevice const& d, bool add) {
    AnyDevice* const owner = d->controllerKey ? find_device(config, *d->controllerKey) : nullptr;
    auto* const controller = owner != nullptr ? owner->as<types::VirtualController>() : nullptr;
    if (controller == nullptr) return;
    std::erase(controller->device, d->key);
    if (add) controller->device.push_back(d->key);
  }

  void complete_disk(types::VirtualDisk& disk, std::size_t index, bool create) {
    auto* const backing = disk.backing.as<types::VirtualDiskFlatVer2BackingInfo>();
    if (backing == nullptr) return;
    auto const vmx = datastore_path(config.files.vmPathName.value_or("[] "));
    DatastorePath at = backing->fileName.empty() ? vmx : datastore_path(backing->fileName);
    if (at.path.empty() || backing->fileName.empty()) {
      std::string stem = vmx.path.substr(vmx.path.rfind('/') + 1);
      stem = stem.substr(0, stem.rfind('.'));
      at.path = vmx.beside(stem + ".vmdk").path;
      for (int i = 1; file_exists(host, at.text()); ++i)
        at.path = vmx.beside(stem + "_" + std::to_string(i) + ".vmdk").path;
    }
    backing->fileName = at.text();
    backing->datastore = find_datastore(host, at.datastore);
    if (!backing->uuid) backing->uuid = host.make_uuid();
    if (backing->diskMode.empty()) backing->diskMode = "persistent";
    if (create) {
      if (file_exists(host, backing->fileName))
        refuse_file(types::FileAlreadyExists(), backing->fileName,
                    "Cannot complete the operation because the file or folder " +
                        backing->fileName + " already exists");
      auto const bytes = disk.capacityInBytes.value_or(bytes_of(disk.capacityInKB));
      if (!is_disk_size(bytes))
        refuse_device(types::InvalidDeviceSpec(), index, "device.capacityInKB",
                      "Invalid configuration for device '" + std::to_string(index) + "'.");
      auto const files = files_as_they_are(host, at.datastore);
      bool const thin = backing->thinProvisioned.value_or(false);
      if (!thin && static_cast<std::uint64_t>(bytes) > files->free_space()) {
        types::NoDiskSpace why;
        why.datastore = at.datastore;
        refuse_file(std::move(why), backing->fileName,
                    "Insufficient disk space on datastore '" + at.datastore + "'.");
      }
      disk.capacityInBytes = bytes;
      write_disk(host, backing->fileName, bytes, thin);
    } else if (!file_exists(host, backing->fileName)) {
      refuse_file(types::FileNotFound(), backing->fileName,
                  "File " + backing->fileName + " was not found");
    } else {
      disk.capacityInBytes = disk_size(host, backing->fileName);
    }
    disk.capacityInKB = *disk.capacityInBytes / 1024;
  }

  void complete_card(types::VirtualEthernetCard& card, std::size_t index) {
    if (card.addressType == "manual" && card.macAddress.value_or("").empty())
      refuse_spec(index, "device.macAddress");
    if (card.macAddress.value_or("").empty()) card.macAddress = new_mac(host);
    if (card.addressType.value_or("").empty())
      card.addressType = host.options().vcenter ? "assigned" : "generated";
    if (!card.wakeOnLanEnabled) card.wakeOnLanEnabled = true;
  }

  static std::string file_of(AnyDevice const& d) {
    auto const* const file =
        d->backing ? d->backing.as<types::VirtualDeviceFileBackingInfo>() : nullptr;
    return file != nullptr ? file->fileName : std::string();
  }
  /// Throws InvalidDatastorePath when its file can be on no datastore.
  void find_file(AnyDevice& d) {
    auto* const file = d->backing ? d->backing.as<types::VirtualDeviceFileBackingInfo>() : nullptr;
    if (file != nullptr && !file->fileName.empty())
      file->datastore = find_datastore(host, datastore_path(file->fileName).datastore);
  }

  void complete(AnyDevice& d, std::size_t index, bool create) {
    if (auto* disk = d.as<types::VirtualDisk>()) complete_disk(*disk, index, create);
    if (auto* card = d.as<types::VirtualEthernetCard>()) complete_card(*card, index);
    find_file(d);
    bool const connects = d->connectable || d.is<types::VirtualEthernetCard>() ||
                          d.is<types::VirtualCdrom>() || d.is<types::VirtualSerialPort>();
    if (connects && !d->connectable) {
      auto& c = d->connectable.emplace();
      c.startConnected = true;
      c.allowGuestControl = true;
      c.connected = is_on;
    }
    if (d->connectable) {
      if (!is_on) d->connectable->connected = false;
      d->connectable->status = d->connectable->connected ? "ok" : "untried";
    }
    describe_device(d);
  }

  void add(types::VirtualDeviceConfigSpec const& change, std::size_t index) {
    AnyDevice d = change.device;
    if (is_on && !kind_of_device(d).hot_plug)
      refuse_device(types::DeviceHotPlugNotSupported(), index, "device",
                    "Device hot-plug is not supported for this device.");
    place(d, index);
    complete(d, index,
             change.fileOperation &&
                 *change.fileOperation != types::VirtualDeviceConfigSpecFileOperation::destroy);
    config.hardware.device.push_back(d);
    join(d, true);
  }

  void edit(types::VirtualDeviceConfigSpec const& change, std::size_t index) {
    AnyDevice& old = found(change.device->key, index);
    AnyDevice now = change.device;
    if (now.type_name() != old.type_name()) refuse_spec(index, "device");
    // What the client leaves out stays.
    if (!now->backing) now->backing = old->backing;
    if (!now->deviceInfo || now->backing.type_name() != old->backing.type_name())
      now->deviceInfo = old->deviceInfo;
    if (!now->connectable) now->connectable = old->connectable;
    if (!now->controllerKey) now->controllerKey = old->controllerKey;
    if (!now->unitNumber) now->unitNumber = old->unitNumber;
    if (file_of(now) != file_of(old)) find_file(now);
    auto* const disk = now.as<types::VirtualDisk>();
    auto const* const was = old.as<types::VirtualDisk>();
    if (disk != nullptr && was != nullptr) {
      auto const bytes = std::max(disk->capacityInBytes.value_or(0), bytes_of(disk->capacityInKB));
      auto const before = was->capacityInBytes.value_or(bytes_of(was->capacityInKB));
      if (bytes != 0 && (bytes < before || bytes > std::max(before, largest_disk)))
        refuse_device(types::InvalidDeviceSpec(), index, "device.capacityInKB",
                      "Invalid configuration for device '" + std::to_string(index) + "'.");
      disk->capacityInBytes = std::max(bytes, before);
      disk->capacityInKB = *disk->capacityInBytes / 1024;
      auto* const file = disk->backing.as<types::VirtualDiskFlatVer2BackingInfo>();
      auto const* const known = was->backing.as<types::VirtualDiskFlatVer2BackingInfo>();
      if (file != nullptr && known != nullptr && !file->parent && file->fileName == known->fileName)
        file->parent = known->parent;
      if (known != nullptr && bytes > before) {
        // What it stands on is a snapshot's, and stays as small as it is.
        if (known->parent) refuse_operation(index);
        grow_disk(host, known->fileName, bytes, known->thinProvisioned.value_or(false));
      }
    }
    if (auto* card = now.as<types::VirtualEthernetCard>()) {
      auto const* const before = old.as<types::VirtualEthernetCard>();
      if (before != nullptr && !card->macAddress) card->macAddress = before->macAddress;
      if (before != nullptr && !card->addressType) card->addressType = before->addressType;
      complete_card(*card, index);
    }
    if (auto* controller = now.as<types::VirtualController>())
      if (auto const* before = old.as<types::VirtualController>()) {
        controller->device = before->device;
        controller->busNumber = before->busNumber;  // it goes with the key
      }
    if (now->connectable && !is_on) now->connectable->connected = false;
    bool const moves =
        now->controllerKey != old->controllerKey || now->unitNumber != old->unitNumber;
    if (moves) {
      take_slot(old, now, index);
      join(old, false);
    }
    old = std::move(now);
    if (moves) join(old, true);
  }

  void take_slot(AnyDevice const& old, AnyDevice& now, std::size_t index) {
    device_kind const& bus = bus_of(now, index);
    // Nothing is behind itself.
    if (*now->controllerKey == old->key) refuse_spec(index, "device.controllerKey");
    if (now->controllerKey == old->controllerKey && now->unitNumber == old->unitNumber) return;
    require_slot(now, bus, index);
    if (bus.per_bus > 0) now->key = free_key(now, bus);
  }

  void remove(types::VirtualDeviceConfigSpec const& change, std::size_t index) {
    AnyDevice const old = found(change.device->key, index);
    if (is_on && !kind_of_device(old).hot_plug)
      refuse_device(types::DeviceHotPlugNotSupported(), index, "device",
                    "Device hot-plug is not supported for this device.");
    if (auto const* c = old.as<types::VirtualController>(); c != nullptr && !c->device.empty())
      refuse_operation(index);
    if (change.fileOperation == types::VirtualDeviceConfigSpecFileOperation::destroy)
      if (auto const* b =
              old->backing ? old->backing.as<types::VirtualDeviceFileBackingInfo>() : nullptr)
        remove_disk(host, b->fileName);
    join(old, false);
    std::erase_if(config.hardware.device, [&](auto const& d) { return d->key == old->key; });
  }

  AnyDevice& found(std::int32_t key, std::size_t index) {
    AnyDevice* const device = find_device(config, key);
    if (device == nullptr) refuse_spec(index, "device.key");
    return *device;
  }
};

}  // namespace

void describe_device(AnyDevice& device) {
  if (device->deviceInfo) return;
  device_kind const& kind = kind_of_device(device);
  types::Description about;
  auto number = device->key - kind.first_key;
  // CD drives and disks are numbered over all controllers; their keys are far apart.
  if (kind.controller == 0 && number >= 100) number = number % 1000;
  about.label = std::string(kind.label) + std::to_string(number + kind.counted_from);
  about.summary = about.label;
  if (auto const* card = device.as<types::VirtualEthernetCard>())
    if (auto const* b = card->backing.as<types::VirtualEthernetCardNetworkBackingInfo>())
      about.summary = b->deviceName;
  if (auto const* disk = device.as<types::VirtualDisk>())
    about.summary = std::to_string(disk->capacityInKB) + " KB";
  device->deviceInfo = std::move(about);
}

std::string new_mac(Host& host) {
  auto const random = host.next_number();
  bool const vcenter = host.options().vcenter;
  char mac[18];
  std::snprintf(mac, sizeof mac, "%s:%02x:%02x:%02x", vcenter ? "00:50:56" : "00:0c:29",
                static_cast<unsigned>(random & (vcenter ? 0x3f : 0xff)) | (vcenter ? 0x80U : 0U),
                static_cast<unsigned>(random >> 8 & 0xff),
                static_cast<unsigned>(random >> 16 & 0xff));
  return mac;
}

void change_devices(Host& host, Configuration& config, bool is_on,
                    types::VirtualMachineConfigSpec const& spec) {
  using Op = types::VirtualDeviceConfigSpecOperation;
  DeviceChanges changes{host, config, is_on};
  for (std::size_t i = 0; i < spec.deviceChange.size(); ++i) {
    auto const& change = *spec.deviceChange[i];
    if (!change.device) refuse_spec(i, "device");
    switch (change.operation ? change.operation->value() : Op::edit) {
      case Op::add:
        changes.add(change, i);
        break;
      case Op::remove:
        changes.remove(change, i);
        break;
      default:
        changes.edit(change, i);
    }
  }
}

void renew_identity(Host& host, Configuration& config) {
  config.uuid = host.make_uuid();
  config.instanceUuid = host.make_uuid();
  for (auto& d : config.hardware.device)
    if (auto* card = d.as<types::VirtualEthernetCard>(); card && card->addressType != "manual")
      card->macAddress = new_mac(host);
}

namespace {

// Keeps the lists on both sides of a relation between machines and what they use.
template <class T, class F>
void relate(Host& host, Ref<types::VirtualMachine> const& vm, std::vector<Ref<T>> const& before,
            std::vector<Ref<T>> const& now, F&& list) {
  for (auto const& ref : before)
    if (host.exists(ref) && std::find(now.begin(), now.end(), ref) == now.end())
      host.modify(ref, [&](T& t) { std::erase(list(t), vm); });
  for (auto const& ref : now)
    host.modify(ref, [&](T& t) {
      if (std::find(list(t).begin(), list(t).end(), vm) == list(t).end()) list(t).push_back(vm);
    });
}

template <class T> void add_once(std::vector<Ref<T>>& all, Ref<T> const& ref) {
  if (std::find(all.begin(), all.end(), ref) == all.end()) all.push_back(ref);
}

}  // namespace

void relink(Host& host, Ref<types::VirtualMachine> const& vm) {
  using namespace types;
  std::vector<Ref<Network>> networks;
  std::vector<Ref<Datastore>> stores;
  auto const before = host.get<VirtualMachine>(vm);
  auto const all_networks = host.get<Datacenter>(host.places().datacenter)->network;
  host.modify(vm, [&](VirtualMachine& m) {
    auto& config = *m.config;
    auto const vmx = datastore_path(config.files.vmPathName.value_or("[] "));
    add_once(stores, find_datastore(host, vmx.datastore));
    auto& layout = m.layoutEx ? *m.layoutEx : m.layoutEx.emplace();
    layout.file.clear();
    layout.timestamp = host.now();
    auto const file = [&](std::string const& path, char const* type, std::int64_t size) {
      VirtualMachineFileLayoutExFileInfo f;
      f.key = static_cast<std::int32_t>(layout.file.size());
      f.name = path;
      f.type = type;
      f.size = size;
      f.uniqueSize = size;
      f.accessible = true;
      layout.file.push_back(std::move(f));
    };
    file(vmx.text(), "config", 3072);
    if (auto const nvram = extra_value(config, "nvram"))
      file(vmx.beside(*nvram).text(), "nvram", 8684);
    for (auto& d : config.hardware.device) {
      if (auto* b = d->backing ? d->backing.as<VirtualEthernetCardNetworkBackingInfo>() : nullptr) {
        b->network.reset();
        for (auto const& n : all_networks)
          if (host.get<Network>(n)->name == b->deviceName) {
            b->network = n;
            add_once(networks, n);
          }
      }
      if (auto* b = d->backing ? d->backing.as<VirtualDeviceFileBackingInfo>() : nullptr;
          b != nullptr && b->fileName.starts_with('[')) {
        b->datastore = find_datastore(host, datastore_path(b->fileName).datastore);
        add_once(stores, *b->datastore);
        auto const* const disk = d.as<VirtualDisk>();
        auto const* flat = d->backing.as<VirtualDiskFlatVer2BackingInfo>();
        // What stands on another file is as small as what is different.
        for (; disk != nullptr && flat != nullptr && flat->parent; flat = &*flat->parent)
          file(flat->fileName, "diskDescriptor", 0);
        if (disk != nullptr)
          file(flat != nullptr ? flat->fileName : b->fileName, "diskDescriptor",
               disk->capacityInBytes.value_or(0));
      }
    }
    // What a snapshot needs is in use as well.
    for (auto const& snapshot : snapshots_of(m))
      for (auto const& d : host.get<VirtualMachineSnapshot>(snapshot)->config.hardware.device)
        if (auto const* b = d->backing ? d->backing.as<VirtualDeviceFileBackingInfo>() : nullptr;
            b != nullptr && b->fileName.starts_with('['))
          add_once(stores, find_datastore(host, datastore_path(b->fileName).datastore));
    m.network = networks;
    m.datastore = stores;
  });
  relate(host, vm, before->network, networks, [](Network& n) -> auto& { return n.vm; });
  relate(host, vm, before->datastore, stores, [](Datastore& d) -> auto& { return d.vm; });
}

}  // namespace esxvi::sim::detail
