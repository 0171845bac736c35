// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Virtual machines as a host has them. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/OptionValue.hpp>
#include <esxvi/types/ParaVirtualSCSIController.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/VirtualCdrom.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualEthernetCard.hpp>
#include <esxvi/types/VirtualIDEController.hpp>
#include <esxvi/types/VirtualKeyboard.hpp>
#include <esxvi/types/VirtualMachineVideoCard.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/VirtualPCIController.hpp>
#include <esxvi/types/VirtualPS2Controller.hpp>
#include <esxvi/types/VirtualPointingDevice.hpp>
#include <esxvi/types/VirtualSIOController.hpp>
#include <esxvi/types/VirtualSerialPort.hpp>
#include <esxvi/types/VirtualVmxnet3.hpp>
#include <esxvi/types/fault/InvalidDatastore.hpp>

#include <algorithm>
#include <cstdio>

namespace esxvi::sim {

std::string server_name(std::string_view name) {
  std::string out;
  for (char const c : name) {
    if (c == '%')
      out += "%25";
    else if (c == '/')
      out += "%2f";
    else if (c == '\\')
      out += "%5c";
    else
      out += c;
  }
  return out;
}

namespace detail {

namespace {

template <class D> D device(std::int32_t key, std::string label, std::string summary) {
  D d;
  d.key = key;
  types::Description about;
  about.label = std::move(label);
  about.summary = std::move(summary);
  d.deviceInfo = std::move(about);
  return d;
}

template <class C> C controller(std::int32_t key, std::int32_t bus, std::string label) {
  C c = device<C>(key, label, label);
  c.busNumber = bus;
  return c;
}

template <class D> inline D behind(std::int32_t controller_key, std::int32_t unit, D d) {
  d.controllerKey = controller_key;
  d.unitNumber = unit;
  return d;
}

inline types::VirtualDeviceConnectInfo connection(bool at_start, bool now) {
  types::VirtualDeviceConnectInfo c;
  c.startConnected = at_start;
  c.allowGuestControl = true;
  c.connected = now;
  c.status = now ? "ok" : "untried";
  return c;
}

inline types::ResourceAllocationInfo shares_of(int count, types::SharesLevel level) {
  types::ResourceAllocationInfo a;
  a.reservation = 0;
  a.expandableReservation = false;
  a.limit = -1;
  types::SharesInfo s;
  s.shares = count;
  s.level = level;
  a.shares = s;
  return a;
}

// The devices that every machine has, made once.
inline std::vector<Poly<types::VirtualDevice>> standing_devices() {
  using namespace types;
  std::vector<Poly<VirtualDevice>> all;
  all.emplace_back(controller<VirtualIDEController>(200, 0, "IDE 0"));
  all.emplace_back(controller<VirtualIDEController>(201, 1, "IDE 1"));
  auto ps2 = controller<VirtualPS2Controller>(300, 0, "PS2 controller 0");
  ps2.device = {600, 700};
  all.emplace_back(std::move(ps2));
  auto pci = controller<VirtualPCIController>(100, 0, "PCI controller 0");
  pci.device = {500, 1000};
  all.emplace_back(std::move(pci));
  all.emplace_back(controller<VirtualSIOController>(400, 0, "SIO controller 0"));
  all.emplace_back(behind(300, 0, device<VirtualKeyboard>(600, "Keyboard", "Keyboard")));
  auto mouse = behind(
      300, 1, device<VirtualPointingDevice>(700, "Pointing device", "Pointing device; Device"));
  VirtualPointingDeviceDeviceBackingInfo autodetect;
  autodetect.useAutoDetect = false;
  autodetect.hostPointingDevice = "autodetect";
  mouse.backing = std::move(autodetect);
  all.emplace_back(std::move(mouse));
  auto video = behind(100, 0, device<VirtualMachineVideoCard>(500, "Video card ", "Video card"));
  video.videoRamSizeInKB = 4096;
  video.numDisplays = 1;
  video.useAutoDetect = false;
  video.enable3DSupport = false;
  all.emplace_back(std::move(video));
  auto scsi = behind(100, 3, controller<ParaVirtualSCSIController>(1000, 0, "SCSI controller 0"));
  scsi.deviceInfo->summary = "VMware paravirtual SCSI";
  scsi.hotAddRemove = true;
  scsi.sharedBus = VirtualSCSISharing::noSharing;
  scsi.scsiCtlrUnitNumber = 7;
  all.emplace_back(std::move(scsi));
  return all;
}

inline std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3;) text.insert(i -= 3, 1, ',');
  return text;
}

inline types::VirtualDisk disk(Host& host, MachineDescription::Disk const& what, int number,
                               Ref<types::Datastore> const& store, std::string const& path) {
  auto const unit = number >= 7 ? number + 1 : number;
  auto d = behind(1000, unit,
                  device<types::VirtualDisk>(2000 + unit, "Hard disk " + std::to_string(number + 1),
                                             with_commas(what.gigabytes << 20) + " KB"));
  d.capacityInKB = what.gigabytes << 20;
  d.capacityInBytes = what.gigabytes << 30;
  types::VirtualDiskFlatVer2BackingInfo backing;
  backing.fileName = path + (number > 0 ? "_" + std::to_string(number) : "") + ".vmdk";
  backing.datastore = store;
  backing.diskMode = "persistent";
  backing.split = false;
  backing.writeThrough = false;
  backing.thinProvisioned = what.thin;
  backing.uuid = host.make_uuid();
  backing.digestEnabled = false;
  backing.sharing = "sharingNone";
  d.backing = std::move(backing);
  return d;
}

inline types::VirtualVmxnet3 nic(Host& host, Ref<types::Network> const& network, int number,
                                 bool on) {
  auto const found = host.get<types::Network>(network);
  auto d = behind(100, 7 + number,
                  device<types::VirtualVmxnet3>(
                      4000 + number, "Network adapter " + std::to_string(number + 1), found->name));
  types::VirtualEthernetCardNetworkBackingInfo backing;
  backing.deviceName = found->name;
  backing.useAutoDetect = false;
  backing.network = network;
  d.backing = std::move(backing);
  d.connectable = connection(true, on);
  auto const random = host.next_number();
  bool const vcenter = host.options().vcenter;
  char mac[18];
  std::snprintf(mac, sizeof mac, "%s:%02x:%02x:%02x", vcenter ? "00:50:56" : "00:0c:29",
                static_cast<unsigned>(random & (vcenter ? 0x3f : 0xff)) | (vcenter ? 0x80U : 0U),
                static_cast<unsigned>(random >> 8 & 0xff),
                static_cast<unsigned>(random >> 16 & 0xff));
  d.macAddress = mac;
  d.addressType = vcenter ? "assigned" : "generated";
  d.wakeOnLanEnabled = true;
  d.uptCompatibilityEnabled = true;
  return d;
}

/// The datastore of a file; of one that is on none, the machine's own.
inline Ref<types::Datastore> store_of(Host& host, std::string_view file,
                                      Ref<types::Datastore> const& own) {
  auto const end = file.find(']');
  if (file.starts_with('[') && end != file.npos)
    for (auto const& ref : host.get<types::Datacenter>(host.places().datacenter)->datastore)
      if (host.get<types::Datastore>(ref)->name == file.substr(1, end - 1)) return ref;
  return own;
}

inline types::VirtualCdrom cdrom(Host& host, std::optional<std::string> const& iso,
                                 Ref<types::Datastore> const& store, bool on) {
  auto d = behind(
      201, 0,
      device<types::VirtualCdrom>(3002, "CD/DVD drive 1", iso ? "ISO " + *iso : "Remote device"));
  if (iso) {
    types::VirtualCdromIsoBackingInfo backing;
    backing.fileName = *iso;
    backing.datastore = store_of(host, *iso, store);
    d.backing = std::move(backing);
  } else {
    types::VirtualCdromRemotePassthroughBackingInfo backing;
    backing.useAutoDetect = false;
    d.backing = std::move(backing);
  }
  d.connectable = connection(iso.has_value(), on && iso.has_value());
  return d;
}

inline types::VirtualSerialPort serial_port(Host& host, std::string const& file, int number,
                                            Ref<types::Datastore> const& store, bool on) {
  auto d = behind(400, number,
                  device<types::VirtualSerialPort>(
                      9000 + number, "Serial port " + std::to_string(number + 1), "File " + file));
  types::VirtualSerialPortFileBackingInfo backing;
  backing.fileName = file;
  backing.datastore = store_of(host, file, store);
  d.backing = std::move(backing);
  d.connectable = connection(true, on);
  d.yieldOnPoll = true;
  return d;
}

inline types::VirtualMachineCapability usual_capability() {
  types::VirtualMachineCapability c;
  for (auto const& m : reflect::type_of<types::VirtualMachineCapability>()->members)
    if (m.type->what == reflect::kind::boolean) *static_cast<bool*>(m.at(&c)) = true;
  c.disableSnapshotsSupported = false;
  c.lockSnapshotsSupported = false;
  c.toolsAutoUpdateSupported = false;
  c.changeTrackingSupported = true;
  c.multipleCoresPerSocketSupported = true;
  c.secureBootSupported = true;
  return c;
}

/// What VMware Tools tell of the adapters while they run. The address is the first one's.
inline void follow_guest_network(types::VirtualMachine& vm) {
  auto& guest = *vm.guest;
  guest.net.clear();
  if (!vm.config || guest.toolsRunningStatus != "guestToolsRunning") return;
  for (auto const& d : vm.config->hardware.device) {
    auto const* const card = d.as<types::VirtualEthernetCard>();
    if (card == nullptr) continue;
    types::GuestNicInfo nic;
    if (auto const* b = d->backing.as<types::VirtualEthernetCardNetworkBackingInfo>())
      nic.network = b->deviceName;
    nic.macAddress = card->macAddress;
    nic.connected = card->connectable && card->connectable->connected;
    nic.deviceConfigId = card->key;
    if (guest.net.empty() && guest.ipAddress) {
      nic.ipAddress = {*guest.ipAddress};
      types::NetIpConfigInfoIpAddress address;
      address.ipAddress = *guest.ipAddress;
      address.prefixLength = guest.ipAddress->find(':') == std::string::npos ? 24 : 64;
      address.state = "preferred";
      nic.ipConfig.emplace().ipAddress.push_back(std::move(address));
    }
    guest.net.push_back(std::move(nic));
  }
}

// What follows from the other properties of a machine.
inline void follow_machine(Host&, types::VirtualMachine& vm) {
  auto& s = vm.summary;
  s.runtime = vm.runtime;
  s.overallStatus = vm.overallStatus;
  if (vm.guest) {
    follow_guest_network(vm);
    if (!s.guest) s.guest.emplace();
    s.guest->guestId = vm.guest->guestId;
    s.guest->guestFullName = vm.guest->guestFullName;
    s.guest->toolsStatus = vm.guest->toolsStatus;
    s.guest->toolsVersionStatus = vm.guest->toolsVersionStatus;
    s.guest->toolsVersionStatus2 = vm.guest->toolsVersionStatus2;
    s.guest->toolsRunningStatus = vm.guest->toolsRunningStatus;
    s.guest->hostName = vm.guest->hostName;
    s.guest->ipAddress = vm.guest->ipAddress;
  }
  if (!vm.config) return;
  auto const& c = *vm.config;
  vm.name = c.name;
  s.config.name = c.name;
  s.config.template_ = c.template_;
  s.config.vmPathName = c.files.vmPathName.value_or(std::string());
  s.config.memorySizeMB = c.hardware.memoryMB;
  s.config.numCpu = c.hardware.numCPU;
  s.config.uuid = c.uuid;
  s.config.instanceUuid = c.instanceUuid;
  s.config.guestId = c.guestId;
  s.config.guestFullName = c.guestFullName;
  s.config.annotation = c.annotation;
  s.config.hwVersion = c.version;
  std::int32_t cards = 0;
  std::int32_t disks = 0;
  for (auto const& d : c.hardware.device) {
    if (d.is<types::VirtualEthernetCard>()) ++cards;
    if (d.is<types::VirtualDisk>()) ++disks;
  }
  s.config.numEthernetCards = cards;
  s.config.numVirtualDisks = disks;
  if (c.cpuAllocation)
    s.config.cpuReservation = static_cast<std::int32_t>(c.cpuAllocation->reservation.value_or(0));
  if (c.memoryAllocation)
    s.config.memoryReservation =
        static_cast<std::int32_t>(c.memoryAllocation->reservation.value_or(0));
  if (vm.resourceConfig && c.cpuAllocation) vm.resourceConfig->cpuAllocation = *c.cpuAllocation;
  if (vm.resourceConfig && c.memoryAllocation)
    vm.resourceConfig->memoryAllocation = *c.memoryAllocation;
}

}  // namespace

/// Puts a machine into a power state, with all that goes with it.
void set_power(Host& host, types::VirtualMachine& vm, types::VirtualMachinePowerState state) {
  using types::VirtualMachinePowerState;
  bool const on = state == VirtualMachinePowerState::poweredOn;
  vm.runtime.powerState = state;
  vm.runtime.suspendTime.reset();
  if (state == VirtualMachinePowerState::suspended) vm.runtime.suspendTime = host.now();
  if (on && !vm.runtime.bootTime) vm.runtime.bootTime = host.now();
  if (state == VirtualMachinePowerState::poweredOff) vm.runtime.bootTime.reset();
  if (on)
    vm.runtime.cleanPowerOff.reset();
  else
    vm.runtime.cleanPowerOff = state == VirtualMachinePowerState::poweredOff;
  vm.guestHeartbeatStatus =
      on ? types::ManagedEntityStatus::green : types::ManagedEntityStatus::gray;
  vm.summary.quickStats.guestHeartbeatStatus = vm.guestHeartbeatStatus;
  if (vm.guest) {
    vm.guest->guestState = on ? "running" : "notRunning";
    vm.guest->toolsStatus = on ? types::VirtualMachineToolsStatus::toolsOk
                               : types::VirtualMachineToolsStatus::toolsNotRunning;
    vm.guest->toolsRunningStatus = on ? "guestToolsRunning" : "guestToolsNotRunning";
    vm.guest->toolsVersionStatus2 = "guestToolsUnmanaged";
    vm.guest->guestOperationsReady = on;
    vm.guest->interactiveGuestOperationsReady = false;
  }
  if (vm.config)
    for (auto& d : vm.config->hardware.device)
      if (d->connectable) {
        d->connectable->connected = on && d->connectable->startConnected;
        d->connectable->status = d->connectable->connected ? "ok" : "untried";
      }
}

void add_machine_rules(Host& host) { host.derive<types::VirtualMachine>(&follow_machine); }

}  // namespace detail

MachineBuilder Host::add_vm(std::string name) { return MachineBuilder(*this, std::move(name)); }

Ref<types::VirtualMachine> const& MachineBuilder::ref() {
  tried_ = true;
  if (!made_) made_ = make_machine(*host_, what_);
  return *made_;
}

Ref<types::VirtualMachine> make_machine(Host& host, MachineDescription const& what) {
  using namespace types;
  auto const hold = host.lock();
  static std::vector<Poly<VirtualDevice>> const devices = detail::standing_devices();
  static VirtualMachineCapability const capability = detail::usual_capability();
  Places const& at = host.places();
  auto const store = what.datastore.value_or(at.datastore);
  if (!store) throw fault(InvalidDatastore(), "There is no datastore.");
  auto const folder = what.folder.value_or(at.vm_folder);
  auto const pool = what.pool.value_or(at.pool);
  auto const on_host = what.host.value_or(at.host);
  // First of all, so that nothing is half made when one is missing.
  static_cast<void>(host.get<Folder>(folder));
  static_cast<void>(host.get<ResourcePool>(pool));
  static_cast<void>(host.get<HostSystem>(on_host));
  for (auto const& network : what.networks) static_cast<void>(host.get<Network>(network));
  Ref<VirtualMachine> const ref(host.make_id("vm"));
  std::string const name = server_name(what.name);
  auto const store_name = host.get<Datastore>(store)->name;
  std::string const path = "[" + store_name + "] " + name + "/" + name;

  VirtualMachine vm;
  vm.parent = Ref<ManagedEntity>(folder.type(), folder.value());
  vm.overallStatus = ManagedEntityStatus::green;
  vm.configStatus = ManagedEntityStatus::green;
  vm.effectiveRole = {-1};
  vm.name = name;
  vm.capability = capability;
  vm.resourcePool = pool;
  vm.environmentBrowser = Ref<EnvironmentBrowser>(
      host.options().vcenter ? "envbrowser-" + ref.value().substr(3) : ref.value());
  vm.datastore = {store};

  auto& c = vm.config.emplace();
  c.changeVersion = host.now().to_string();
  c.modified = host.now();
  c.name = name;
  c.guestFullName = what.guest_name;
  c.version = what.hardware_version;
  c.uuid = what.uuid.empty() ? host.make_uuid() : what.uuid;
  c.instanceUuid = host.make_uuid();
  c.createDate = host.now();
  c.guestId = what.guest_id;
  c.alternateGuestName = "";
  c.annotation = what.annotation;
  c.files.vmPathName = path + ".vmx";
  c.files.snapshotDirectory = "[" + store_name + "] " + name + "/";
  c.files.suspendDirectory = c.files.snapshotDirectory;
  c.files.logDirectory = c.files.snapshotDirectory;
  c.hardware.numCPU = what.cpus;
  c.hardware.numCoresPerSocket = what.cores_per_socket;
  c.hardware.memoryMB = what.memory_mb;
  c.hardware.virtualICH7MPresent = false;
  c.hardware.virtualSMCPresent = false;
  c.hardware.device = devices;
  auto& scsi = *c.hardware.device.back().as<ParaVirtualSCSIController>();
  auto const disks = what.disks.empty() ? std::vector<MachineDescription::Disk>(1) : what.disks;
  for (int i = 0; i < static_cast<int>(disks.size()); ++i) {
    auto disk = detail::disk(host, disks[static_cast<std::size_t>(i)], i, store, path);
    scsi.device.push_back(disk.key);
    c.hardware.device.emplace_back(std::move(disk));
  }
  c.hardware.device.emplace_back(detail::cdrom(host, what.iso, store, what.on));
  vm.network = what.networks;
  if (vm.network.empty() && at.network) vm.network = {at.network};
  for (int i = 0; i < static_cast<int>(vm.network.size()); ++i)
    c.hardware.device.emplace_back(
        detail::nic(host, vm.network[static_cast<std::size_t>(i)], i, what.on));
  for (int i = 0; i < static_cast<int>(what.serial_files.size()); ++i)
    c.hardware.device.emplace_back(detail::serial_port(
        host, what.serial_files[static_cast<std::size_t>(i)], i, store, what.on));
  for (auto const& d : c.hardware.device)
    if (auto const* b = d->backing ? d->backing.as<VirtualDeviceFileBackingInfo>() : nullptr;
        b != nullptr && b->datastore &&
        std::find(vm.datastore.begin(), vm.datastore.end(), *b->datastore) == vm.datastore.end())
      vm.datastore.push_back(*b->datastore);
  c.cpuAllocation = detail::shares_of(1000 * what.cpus, SharesLevel::normal);
  c.memoryAllocation = detail::shares_of(10 * what.memory_mb, SharesLevel::normal);
  c.memoryHotAddEnabled = false;
  c.cpuHotAddEnabled = false;
  c.cpuHotRemoveEnabled = false;
  c.firmware = "bios";
  c.maxMksConnections = 40;
  c.swapPlacement = "inherit";
  c.flags.enableLogging = true;
  c.flags.snapshotDisabled = false;
  c.flags.snapshotLocked = false;
  c.flags.diskUuidEnabled = false;
  c.flags.snapshotPowerOffBehavior = "powerOff";
  c.defaultPowerOps.powerOffType = "soft";
  c.defaultPowerOps.suspendType = "hard";
  c.defaultPowerOps.resetType = "soft";
  c.defaultPowerOps.defaultPowerOffType = "soft";
  c.defaultPowerOps.defaultSuspendType = "hard";
  c.defaultPowerOps.defaultResetType = "soft";
  c.defaultPowerOps.standbyAction = "checkpoint";
  auto const option = [&](std::string key, std::string value) {
    OptionValue o;
    o.key = std::move(key);
    o.value = std::move(value);
    c.extraConfig.emplace_back(std::move(o));
  };
  option("nvram", name + ".nvram");
  option("pciBridge0.present", "TRUE");
  option("svga.present", "TRUE");

  auto& resources = vm.resourceConfig.emplace();
  resources.entity = Ref<ManagedEntity>(ref.type(), ref.value());
  vm.runtime.host = on_host;
  vm.runtime.connectionState = VirtualMachineConnectionState::connected;
  vm.runtime.maxCpuUsage = 2400 * what.cpus;
  vm.runtime.maxMemoryUsage = what.memory_mb;
  vm.runtime.recordReplayState = VirtualMachineRecordReplayState::inactive;
  vm.runtime.faultToleranceState = VirtualMachineFaultToleranceState::notConfigured;
  vm.runtime.consolidationNeeded = false;
  vm.runtime.toolsInstallerMounted = false;
  auto& guest = vm.guest.emplace();
  guest.guestId = what.guest_id;
  guest.guestFullName = what.guest_name;
  guest.guestFamily = "linuxGuest";
  guest.toolsVersion = "12352";
  if (!what.host_name.empty()) guest.hostName = what.host_name;
  if (!what.ip_address.empty()) guest.ipAddress = what.ip_address;
  detail::set_power(host, vm,
                    what.on          ? VirtualMachinePowerState::poweredOn
                    : what.suspended ? VirtualMachinePowerState::suspended
                                     : VirtualMachinePowerState::poweredOff);
  vm.summary.vm = ref;
  auto& layout = vm.layoutEx.emplace();
  layout.timestamp = host.now();
  auto const file = [&](std::string file_path, std::string type, std::int64_t size) {
    VirtualMachineFileLayoutExFileInfo f;
    f.key = static_cast<std::int32_t>(layout.file.size());
    f.name = std::move(file_path);
    f.type = std::move(type);
    f.size = size;
    f.uniqueSize = size;
    f.accessible = true;
    layout.file.push_back(std::move(f));
  };
  file(path + ".vmx", "config", 3072);
  file(path + ".nvram", "nvram", 8684);
  std::int64_t committed = 11756;
  std::int64_t uncommitted = 0;
  for (auto const& d : disks) {
    committed += d.thin ? 0 : d.gigabytes << 30;
    uncommitted += d.thin ? d.gigabytes << 30 : 0;
  }
  auto& storage = vm.storage.emplace();
  storage.timestamp = host.now();
  storage.perDatastoreUsage.push_back({store, committed, uncommitted, committed, {}});
  vm.summary.storage.emplace(
      VirtualMachineStorageSummary{committed, uncommitted, committed, host.now(), {}});
  auto const networks = vm.network;
  auto const stores = vm.datastore;
  host.add(ref, std::move(vm));
  if (!host.exists(untyped_ref("EnvironmentBrowser", ref.value())))
    host.add(Ref<EnvironmentBrowser>(host.options().vcenter ? "envbrowser-" + ref.value().substr(3)
                                                            : ref.value()),
             ManagedObject());

  host.modify(folder, [&](Folder& f) { f.childEntity.emplace_back(ref.type(), ref.value()); });
  host.modify(on_host, [&](HostSystem& h) { h.vm.push_back(ref); });
  host.modify(pool, [&](ResourcePool& p) { p.vm.push_back(ref); });
  for (auto const& used : stores) host.modify(used, [&](Datastore& d) { d.vm.push_back(ref); });
  for (auto const& network : networks)
    host.modify(network, [&](Network& n) {
      if (std::find(n.vm.begin(), n.vm.end(), ref) == n.vm.end()) n.vm.push_back(ref);
    });
  if (!what.questions.empty()) host.state().power_on_questions[ref.value()] = what.questions;
  for (auto const& snapshot : what.snapshots)
    static_cast<void>(detail::take_snapshot(host, ref, snapshot, {}, false, false));
  return ref;
}

}  // namespace esxvi::sim
