// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Storage adapters, their disks, and where datastores come from. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/host_parts.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/host_storage.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostBlockHba.hpp>
#include <esxvi/types/HostDatastoreSystem.hpp>
#include <esxvi/types/HostDatastoreSystem_properties.hpp>
#include <esxvi/types/HostInternetScsiHba.hpp>
#include <esxvi/types/HostInternetScsiTargetTransport.hpp>
#include <esxvi/types/HostScsiDisk.hpp>
#include <esxvi/types/HostStorageSystem.hpp>
#include <esxvi/types/HostStorageSystem_properties.hpp>
#include <esxvi/types/NasDatastoreInfo.hpp>
#include <esxvi/types/VmfsDatastoreInfo.hpp>
#include <esxvi/types/VmfsDatastoreOption.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/NotFound.hpp>
#include <esxvi/types/fault/ResourceInUse.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::sim {

namespace detail {

namespace {

constexpr std::string_view local_adapter = "vmhba0";
constexpr std::string_view iscsi_adapter = "vmhba64";

inline std::string storage_key(std::string_view kind, std::string_view name) {
  return "key-vim.host." + std::string(kind) + "-" + std::string(name);
}

inline types::HostScsiDisk scsi_disk(std::string const& name, std::string const& number,
                                     std::int64_t bytes, bool local) {
  types::HostScsiDisk disk;
  disk.uuid = "02000000" + number + "564d77617265";  // "VMware"
  disk.key = storage_key("ScsiDisk", disk.uuid);
  disk.deviceName = "/vmfs/devices/disks/" + name;
  disk.deviceType = "disk";
  disk.devicePath = disk.deviceName;
  disk.canonicalName = name;
  disk.displayName = (local ? "Local Disk (" : "iSCSI Disk (") + name + ")";
  disk.lunType = "disk";
  disk.vendor = local ? "ATA     " : "FreeNAS ";
  disk.model = local ? "Simulated SSD   " : "iSCSI Disk      ";
  disk.revision = "0001";
  disk.scsiLevel = 6;
  disk.operationalState = {"ok"};
  disk.capacity.blockSize = 512;
  disk.capacity.block = bytes / 512;
  disk.ssd = local;
  disk.localDisk = local;
  return disk;
}

inline types::HostStorageDeviceInfo devices(Host& host) {
  using namespace types;
  HostStorageDeviceInfo out;
  HostBlockHba block;
  block.device = local_adapter;
  block.key = storage_key("BlockHba", local_adapter);
  block.status = "unknown";
  block.model = "Simulated AHCI Controller";
  block.driver = "vmw_ahci";
  block.pci = "0000:00:1f.2";
  HostInternetScsiHba iscsi;
  iscsi.device = iscsi_adapter;
  iscsi.key = storage_key("InternetScsiHba", iscsi_adapter);
  iscsi.bus = 0;
  iscsi.status = "online";
  iscsi.model = "iSCSI Software Adapter";
  iscsi.driver = "iscsi_vmk";
  iscsi.isSoftwareBased = true;
  iscsi.discoveryProperties.staticTargetDiscoveryEnabled = true;
  iscsi.discoveryProperties.sendTargetsDiscoveryEnabled = true;
  iscsi.iScsiName =
      "iqn.1998-01.com.vmware:" + host.options().name.substr(0, host.options().name.find('.')) +
      "-5d2a7c1e";
  auto const disk =
      scsi_disk("mpx.vmhba0:C0:T0:L0", "0000000000000001", std::int64_t{2} << 40, true);
  auto& topology = out.scsiTopology.emplace();
  auto const add = [&](HostHostBusAdapter const& hba) -> HostScsiTopologyInterface& {
    HostScsiTopologyInterface i;
    i.key = storage_key("ScsiTopology.Interface", hba.device);
    i.adapter = hba.key.value_or(std::string());
    topology.adapter.push_back(std::move(i));
    return topology.adapter.back();
  };
  auto& local = add(block);
  HostScsiTopologyTarget target;
  target.key = storage_key("ScsiTopology.Target", "vmhba0:0:0");
  target.lun.push_back({storage_key("ScsiTopology.Lun", *disk.canonicalName),
                        0,
                        disk.key.value_or(std::string()),
                        {}});
  local.target.push_back(std::move(target));
  add(iscsi);
  out.scsiLun.emplace_back(disk);
  out.softwareInternetScsiEnabled = true;
  out.hostBusAdapter.emplace_back(std::move(block));
  out.hostBusAdapter.emplace_back(std::move(iscsi));
  return out;
}

inline void follow_storage(Host& host, types::HostSystem& h) {
  if (h.config && h.config->storageDevice && h.configManager.storageSystem)
    mirror(host, *h.configManager.storageSystem, &types::HostStorageSystem::storageDeviceInfo,
           *h.config->storageDevice);
}

inline void add_target(types::HostStorageDeviceInfo& info, IscsiTarget const& what) {
  using namespace types;
  std::string adapter;
  for (auto& hba : info.hostBusAdapter)
    if (auto* const iscsi = hba.as<HostInternetScsiHba>()) {
      adapter = iscsi->key.value_or(std::string());
      HostInternetScsiHbaStaticTarget target;
      target.address = what.address;
      target.port = what.port;
      target.iScsiName = what.name;
      target.discoveryMethod = "staticMethod";
      iscsi->configuredStaticTarget.push_back(std::move(target));
    }
  for (auto& i : info.scsiTopology->adapter) {
    if (i.adapter != adapter) continue;
    HostScsiTopologyTarget target;
    target.target = static_cast<std::int32_t>(i.target.size());
    target.key = storage_key("ScsiTopology.Target", i.key + ":" + std::to_string(target.target));
    HostInternetScsiTargetTransport transport;
    transport.iScsiName = what.name;
    transport.address = {what.address + ":" + std::to_string(what.port)};
    target.transport = std::move(transport);
    for (std::size_t n = 0; n < what.disks.size(); ++n) {
      auto number = std::to_string(info.scsiLun.size() + 1);
      number.insert(0, 16 - number.size(), '0');
      auto disk = scsi_disk("naa.6589cfc" + number + "00000000", number, what.disks[n], false);
      target.lun.push_back({storage_key("ScsiTopology.Lun", *disk.canonicalName),
                            static_cast<std::int32_t>(n),
                            disk.key.value_or(std::string()),
                            {}});
      info.scsiLun.emplace_back(std::move(disk));
    }
    i.target.push_back(std::move(target));
  }
}

/// Changes the iSCSI adapter with this name.
template <class F>
void change_iscsi(Call& call, untyped_ref const& system, std::string const& device, F&& change) {
  auto const on = host_of(call.host(), system);
  auto storage = *call.host().get<types::HostSystem>(on)->config->storageDevice;
  auto const found = std::ranges::find_if(storage.hostBusAdapter,
                                          [&](auto const& hba) { return hba->device == device; });
  auto* const iscsi = found != storage.hostBusAdapter.end()
                          ? found->template as<types::HostInternetScsiHba>()
                          : nullptr;
  if (iscsi == nullptr) throw fault(types::NotFound());
  change(*iscsi);
  call.host().modify(on,
                     [&](types::HostSystem& h) { h.config->storageDevice = std::move(storage); });
}

inline bool same_address(types::HostInternetScsiHbaSendTarget const& a,
                         types::HostInternetScsiHbaSendTarget const& b) {
  return a.address == b.address && a.port.value_or(3260) == b.port.value_or(3260);
}

inline void add_send_target_methods(Host& host) {
  using namespace esxvi::types;
  host.on<AddInternetScsiSendTargets>([](Call& call, AddInternetScsiSendTargets const& r) {
    change_iscsi(call, *r.self, *r.iScsiHbaDevice, [&](HostInternetScsiHba& hba) {
      for (auto const& target : *r.targets) {
        auto& all = hba.configuredSendTarget;
        std::erase_if(all, [&](auto const& t) { return same_address(t, target); });
        all.push_back(target);
      }
    });
  });
  host.on<RemoveInternetScsiSendTargets>([](Call& call, RemoveInternetScsiSendTargets const& r) {
    change_iscsi(call, *r.self, *r.iScsiHbaDevice, [&](HostInternetScsiHba& hba) {
      for (auto const& target : *r.targets)
        if (std::erase_if(hba.configuredSendTarget,
                          [&](auto const& t) { return same_address(t, target); }) == 0)
          throw fault(NotFound());
    });
  });
  host.on<UpdateSoftwareInternetScsiEnabled>([](Call& call,
                                                UpdateSoftwareInternetScsiEnabled const& r) {
    change_iscsi(call, *r.self, std::string(iscsi_adapter),
                 [&](HostInternetScsiHba& hba) { hba.status = *r.enabled ? "online" : "offline"; });
    call.host().modify(host_of(call.host(), *r.self), [&](HostSystem& h) {
      h.config->storageDevice->softwareInternetScsiEnabled = *r.enabled;
    });
  });
}

inline void add_storage_methods(Host& host) {
  using namespace esxvi::types;
  add_send_target_methods(host);
  // What there is has been found already.
  host.on<RescanAllHba>([](Call&, RescanAllHba const&) {});
  host.on<RescanVmfs>([](Call&, RescanVmfs const&) {});
  host.on<RefreshStorageSystem>([](Call&, RefreshStorageSystem const&) {});
  host.on<RescanHba>([](Call& call, RescanHba const& r) {
    auto const h = call.host().get<HostSystem>(host_of(call.host(), *r.self));
    auto const& all = h->config->storageDevice->hostBusAdapter;
    if (std::ranges::none_of(all, [&](auto const& a) { return a->device == *r.hbaDevice; }))
      throw fault(NotFound());
  });
  host.on<AddInternetScsiStaticTargets>([](Call& call, AddInternetScsiStaticTargets const& r) {
    call.host().modify(host_of(call.host(), *r.self), [&](HostSystem& h) {
      for (auto const& target : *r.targets)
        add_target(*h.config->storageDevice,
                   {target.address, target.iScsiName, {}, target.port.value_or(3260)});
    });
  });
}

/// The disks of a host that hold no datastore.
inline std::vector<types::HostScsiDisk> free_disks(Host& host, Ref<types::HostSystem> const& on) {
  std::vector<types::HostScsiDisk> found;
  for (auto const& lun : host.get<types::HostSystem>(on)->config->storageDevice->scsiLun) {
    auto const* const disk = lun.as<types::HostScsiDisk>();
    if (disk == nullptr) continue;
    bool used = false;
    for (auto const& ref : host.get<types::HostSystem>(on)->datastore)
      if (auto const* info = host.get<types::Datastore>(ref)->info.as<types::VmfsDatastoreInfo>();
          info != nullptr && info->vmfs)
        for (auto const& extent : info->vmfs->extent)
          used = used || extent.diskName == disk->canonicalName;
    if (!used) found.push_back(*disk);
  }
  return found;
}

/// The one partition that a disk has, or would have, for a datastore; nothing: none.
inline types::HostDiskPartitionInfo partitions(types::HostScsiDisk const& disk, bool with_vmfs) {
  constexpr std::int64_t first = 2048;
  types::HostDiskPartitionInfo out;
  out.deviceName = disk.devicePath;
  out.spec.partitionFormat = "gpt";
  out.spec.totalSectors = disk.capacity.block;
  out.layout.total = disk.capacity;
  if (!with_vmfs) return out;
  types::HostDiskPartitionBlockRange range;
  range.partition = 1;
  range.type = "vmfs";
  range.start.blockSize = range.end.blockSize = disk.capacity.blockSize;
  range.start.block = first;
  range.end.block = disk.capacity.block - 1;
  out.layout.partition = {range};
  types::HostDiskPartitionAttributes attributes;
  attributes.partition = 1;
  attributes.type = "vmfs";
  attributes.startSector = first;
  attributes.endSector = range.end.block;
  out.spec.partition = {std::move(attributes)};
  return out;
}

inline types::HostScsiDisk disk_named(Host& host, Ref<types::HostSystem> const& on,
                                      std::string const& path) {
  for (auto const& lun : host.get<types::HostSystem>(on)->config->storageDevice->scsiLun)
    if (auto const* const disk = lun.as<types::HostScsiDisk>();
        disk != nullptr && (disk->devicePath == path || disk->canonicalName == path))
      return *disk;
  throw fault(types::NotFound());
}

inline bool is_free(Host& host, Ref<types::HostSystem> const& on, types::HostScsiDisk const& disk) {
  return std::ranges::any_of(free_disks(host, on),
                             [&](auto const& d) { return d.canonicalName == disk.canonicalName; });
}

inline std::vector<types::VmfsDatastoreOption> vmfs_options(
    Host& host, Ref<types::HostSystem> const& on, types::QueryVmfsDatastoreCreateOptions const& r) {
  auto const disk = disk_named(host, on, *r.devicePath);
  if (!is_free(host, on, disk)) return {};
  auto const whole = partitions(disk, true);
  types::VmfsDatastoreAllExtentOption info;
  info.layout = whole.layout;
  info.partitionFormatChange = false;
  info.vmfsExtent = whole.layout.partition.front();
  types::VmfsDatastoreCreateSpec spec;
  spec.diskUuid = disk.uuid;
  spec.partition = whole.spec;
  spec.vmfs.majorVersion = r.vmfsMajorVersion.value_or(6);
  spec.vmfs.extent.diskName = disk.canonicalName.value_or(std::string());
  spec.vmfs.extent.partition = 1;
  types::VmfsDatastoreOption option;
  option.info = std::move(info);
  option.spec = std::move(spec);
  return {option};
}

inline Ref<types::Datastore> create_vmfs(Host& host, Ref<types::HostSystem> const& on,
                                         types::VmfsDatastoreCreateSpec const& spec) {
  require_datastore_name(spec.vmfs.volumeName);
  require_free_datastore_name(host, spec.vmfs.volumeName);
  auto const disks = free_disks(host, on);
  auto const disk = std::ranges::find_if(
      disks, [&](auto const& d) { return d.canonicalName == spec.vmfs.extent.diskName; });
  if (disk == disks.end()) {
    types::InvalidArgument why;
    why.invalidProperty = "spec.vmfs.extent.diskName";
    throw fault(std::move(why));
  }
  auto const ref =
      host.add_datastore(spec.vmfs.volumeName, disk->capacity.block * disk->capacity.blockSize);
  host.modify(ref, [&](types::Datastore& d) {
    if (auto* info = d.info.as<types::VmfsDatastoreInfo>(); info != nullptr && info->vmfs) {
      info->vmfs->extent = {spec.vmfs.extent};
      info->vmfs->majorVersion = spec.vmfs.majorVersion;
      info->vmfs->local = disk->localDisk.value_or(false);
    }
  });
  return ref;
}

inline void add_datastore_system_methods(Host& host) {
  using namespace esxvi::types;
  host.on<QueryAvailableDisksForVmfs>([](Call& call, QueryAvailableDisksForVmfs const& r) {
    return free_disks(call.host(), host_of(call.host(), *r.self));
  });
  host.on<QueryVmfsDatastoreCreateOptions>(
      [](Call& call, QueryVmfsDatastoreCreateOptions const& r) {
        return vmfs_options(call.host(), host_of(call.host(), *r.self), r);
      });
  host.on<RetrieveDiskPartitionInfo>([](Call& call, RetrieveDiskPartitionInfo const& r) {
    Host& h = call.host();
    auto const on = host_of(h, *r.self);
    std::vector<HostDiskPartitionInfo> out;
    for (auto const& path : *r.devicePath) {
      auto const disk = disk_named(h, on, path);
      out.push_back(partitions(disk, !is_free(h, on, disk)));
    }
    return out;
  });
  host.on<CreateVmfsDatastore>([](Call& call, CreateVmfsDatastore const& r) {
    return create_vmfs(call.host(), host_of(call.host(), *r.self), *r.spec);
  });
  host.on<CreateNasDatastore>([](Call& call, CreateNasDatastore const& r) {
    auto const& spec = *r.spec;
    std::pair<char const*, std::string const*> const needed[] = {
        {"spec.remoteHost", &spec.remoteHost},
        {"spec.remotePath", &spec.remotePath},
        {"spec.localPath", &spec.localPath}};
    for (auto const& [name, value] : needed)
      if (value->empty()) {
        InvalidArgument why;
        why.invalidProperty = name;
        throw fault(std::move(why));
      }
    require_datastore_name(spec.localPath);
    require_free_datastore_name(call.host(), spec.localPath);
    return add_nas_datastore(call.host(), spec.localPath, spec.remoteHost, spec.remotePath,
                             std::int64_t{1} << 40);
  });
  host.on<RemoveDatastore>([](Call& call, RemoveDatastore const& r) {
    Host& h = call.host();
    auto const ref = *r.datastore;
    auto const datastore = h.get<Datastore>(ref);
    if (!datastore->vm.empty()) {
      ResourceInUse why;
      why.type = "Datastore";
      why.name = datastore->name;
      throw fault(std::move(why), "The resource '" + datastore->name + "' is in use.");
    }
    Places const& at = h.places();
    take_from_folder(h, ref);
    h.modify(at.datacenter, [&](Datacenter& d) { std::erase(d.datastore, ref); });
    h.modify(at.compute_resource, [&](ComputeResource& c) { std::erase(c.datastore, ref); });
    for (auto const& on : h.all<HostSystem>())
      h.modify(on, [&](HostSystem& x) { std::erase(x.datastore, ref); });
    h.remove(datastore->browser);
    h.remove(ref);
    hand_over(h, &Places::datastore, ref);
  });
}

}  // namespace
}  // namespace detail

void add_iscsi_target(Host& host, IscsiTarget const& target) {
  auto const hold = host.lock();
  for (auto const& ref : host.all<types::HostSystem>())
    host.modify(
        ref, [&](types::HostSystem& h) { detail::add_target(*h.config->storageDevice, target); });
}

Ref<types::Datastore> add_nas_datastore(Host& host, std::string name, std::string remote_host,
                                        std::string remote_path, std::int64_t capacity_bytes) {
  using namespace types;
  auto const hold = host.lock();
  auto const ref = host.add_datastore(std::move(name), capacity_bytes);
  host.modify(ref, [&](Datastore& d) {
    d.summary.type = "NFS";
    d.summary.multipleHostAccess = true;
    NasDatastoreInfo info;
    auto& nas = info.nas.emplace();
    nas.type = "NFS";
    nas.capacity = capacity_bytes;
    nas.remoteHost = remote_host;
    nas.remotePath = remote_path;
    nas.remoteHostNames = {std::move(remote_host)};
    d.info = std::move(info);
  });
  return ref;
}

void add_storage_services(Host& host) {
  using namespace esxvi::types;
  host.derive<HostSystem>(&detail::follow_storage);
  for (auto const& ref : host.all<HostSystem>()) {
    auto const parts = host.get<HostSystem>(ref)->configManager;
    if (parts.storageSystem) host.add(*parts.storageSystem, HostStorageSystem());
    if (parts.datastoreSystem) {
      HostDatastoreSystem system;
      system.capabilities.nfsMountCreationRequired = true;
      system.capabilities.nfsMountCreationSupported = true;
      system.capabilities.localDatastoreSupported = false;
      host.add(*parts.datastoreSystem, std::move(system));
    }
    host.modify(ref, [&](HostSystem& h) { h.config->storageDevice = detail::devices(host); });
  }
  detail::add_storage_methods(host);
  detail::add_datastore_system_methods(host);
}

}  // namespace esxvi::sim
