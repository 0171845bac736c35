// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/devices.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace esxvi::vmx {

// clang-format off
BOOST_DEFINE_ENUM_CLASS(FirmwareType, bios, efi)
BOOST_DEFINE_ENUM_CLASS(UuidAction, create, keep, change, ask)
BOOST_DEFINE_ENUM_CLASS(LatencySensitivity, low, normal, medium, high)
BOOST_DEFINE_ENUM_CLASS(ToolsUpgrade, manual, upgradeAtPowerCycle, useGlobal)
BOOST_DEFINE_ENUM_CLASS(PowerAction, soft, hard, default_, preset)
// clang-format on

/// The version of the file and of the virtual hardware.
struct Hardware {
  Entry<std::int64_t, "config.version"> config_version;                ///< 8
  Entry<std::int64_t, "virtualHW.version"> version;                    ///< 3 to 21 and newer
  Entry<std::string, "virtualHW.productCompatibility"> compatibility;  ///< "hosted", "esx"
  friend bool operator==(Hardware const&, Hardware const&) = default;
};
BOOST_DESCRIBE_STRUCT(Hardware, (), (config_version, version, compatibility))

/// What the machine is called, and by what it is known.
struct Identity {
  Entry<std::string, "guestOS"> guest_os;  ///< the product's identifier, "rhel9-64"
  Entry<std::string, "guestOSAltName"> guest_os_text;
  Entry<std::string, "guestOS.detailed.data"> guest_os_details;
  Entry<bool, "smbios.reflectHost", false> reflect_host;  ///< the guest sees the host's SMBIOS
  Entry<UuidAction, "uuid.action"> uuid_action;
  Entry<Uuid, "uuid.bios"> uuid;
  Entry<std::string, "displayName", no_default{}, spelling::name> name;
  Entry<std::string, "annotation", no_default{}, spelling::annotation> annotation;
  Entry<Uuid, "uuid.location"> location_uuid;
  Entry<Uuid, "vc.uuid"> instance_uuid;
  Entry<std::int64_t, "vm.genid", 0> generation_id;  ///< first half, as a signed number
  Entry<std::int64_t, "vm.genidX", 0> generation_id_x;
  Entry<std::int64_t, "vm.createDate"> created;  ///< microseconds since 1970
  Entry<std::string, "smbios.assetTag"> asset_tag;
  friend bool operator==(Identity const&, Identity const&) = default;
};
BOOST_DESCRIBE_STRUCT(Identity, (),
                      (guest_os, guest_os_text, guest_os_details, reflect_host, uuid_action, uuid,
                       name, annotation, location_uuid, instance_uuid, generation_id,
                       generation_id_x, created, asset_tag))

struct Memory {
  Entry<Mebibytes, "memsize", 32> size;  ///< a multiple of 4
  Entry<Mebibytes, "sched.mem.max"> limit;
  Entry<Mebibytes, "sched.mem.minSize"> min_size;  ///< reservation, as libvirt reads it
  Entry<Mebibytes, "sched.mem.min"> reservation;   ///< reservation, as the products write it
  Entry<Shares, "sched.mem.shares"> shares;
  Entry<bool, "sched.mem.pin"> locked;
  Entry<bool, "sched.mem.pshare.enable", true> page_sharing;
  Entry<bool, "mem.hotadd", false> hot_add;
  Entry<bool, "prefvmx.useRecommendedLockedMemSize"> recommended_lock;
  Entry<std::int64_t, "MemTrimRate"> trim_rate;
  Entry<bool, "MemAllowAutoScaleDown"> auto_scale_down;
  friend bool operator==(Memory const&, Memory const&) = default;
};
BOOST_DESCRIBE_STRUCT(Memory, (),
                      (size, limit, min_size, reservation, shares, locked, page_sharing, hot_add,
                       recommended_lock, trim_rate, auto_scale_down))

struct Cpu {
  Entry<std::int64_t, "numvcpus", 1> count;
  Entry<std::int64_t, "cpuid.coresPerSocket", 1> cores_per_socket;
  Entry<CpuSet, "sched.cpu.affinity"> affinity;
  Entry<Shares, "sched.cpu.shares"> shares;
  Entry<Megahertz, "sched.cpu.min"> reservation;
  Entry<Megahertz, "sched.cpu.max"> limit;
  Entry<std::string, "sched.cpu.units"> units;  ///< of the two above: "mhz"
  Entry<LatencySensitivity, "sched.cpu.latencySensitivity", LatencySensitivity::normal> latency;
  Entry<std::int64_t, "maxvcpus"> most;
  Entry<bool, "vcpu.hotadd", false> hot_add;
  Entry<bool, "vcpu.hotremove", false> hot_remove;
  Entry<bool, "vhv.enable", false> nested;     ///< the guest may run machines of its own
  Entry<bool, "vpmc.enable", false> counters;  ///< performance counters
  Entry<bool, "vvtd.enable", false> iommu;
  Entry<std::int64_t, "numa.autosize.vcpu.maxPerVirtualNode"> per_numa_node;
  Entry<std::string, "numa.nodeAffinity"> numa_affinity;
  Entry<std::int64_t, "monitor.phys_bits_used"> physical_bits;
  friend bool operator==(Cpu const&, Cpu const&) = default;
};
BOOST_DESCRIBE_STRUCT(Cpu, (),
                      (count, cores_per_socket, affinity, shares, reservation, limit, units,
                       latency, most, hot_add, hot_remove, nested, counters, iommu, per_numa_node,
                       numa_affinity, physical_bits))

/// The screen over VNC.
struct Vnc {
  Entry<bool, "RemoteDisplay.vnc.enabled", false> enabled;
  Entry<std::int64_t, "RemoteDisplay.vnc.port"> port;
  Entry<std::string, "RemoteDisplay.vnc.ip"> address;
  Entry<std::string, "RemoteDisplay.vnc.keymap"> keymap;
  Entry<std::string, "RemoteDisplay.vnc.password"> password;  ///< a secret
  Entry<std::string, "RemoteDisplay.vnc.key"> key;            ///< a secret: the scrambled password
  Entry<std::int64_t, "RemoteDisplay.maxConnections"> most_connections;
  friend bool operator==(Vnc const&, Vnc const&) = default;
};
BOOST_DESCRIBE_STRUCT(Vnc, (), (enabled, port, address, keymap, password, key, most_connections))

/// Switches of the shared folders.
struct FolderSharing {
  Entry<bool, "isolation.tools.hgfs.disable", true> disabled;
  Entry<std::int64_t, "sharedFolder.maxNum", 0> count;
  Entry<bool, "hgfs.mapRootShare"> map_root;
  Entry<bool, "hgfs.linkRootShare"> link_root;
  friend bool operator==(FolderSharing const&, FolderSharing const&) = default;
};
BOOST_DESCRIBE_STRUCT(FolderSharing, (), (disabled, count, map_root, link_root))

struct Video {
  Entry<bool, "svga.present", true> present;
  Entry<Bytes, "svga.vramSize", 4194304> memory;
  Entry<bool, "svga.autodetect"> autodetect;
  Entry<std::int64_t, "svga.numDisplays"> displays;
  Entry<std::int64_t, "svga.maxWidth"> max_width;
  Entry<std::int64_t, "svga.maxHeight"> max_height;
  Entry<Kibibytes, "svga.graphicsMemoryKB"> graphics_memory;
  Entry<bool, "mks.enable3d", false> accelerate_3d;
  Entry<std::string, "mks.use3dRenderer"> renderer;  ///< "automatic", "hardware", "software"
  Entry<bool, "svga.guestBackedPrimaryAware"> guest_backed_primary;
  friend bool operator==(Video const&, Video const&) = default;
};
BOOST_DESCRIBE_STRUCT(Video, (),
                      (present, memory, autodetect, displays, max_width, max_height,
                       graphics_memory, accelerate_3d, renderer, guest_backed_primary))

struct Firmware {
  Entry<FirmwareType, "firmware", FirmwareType::bios> type;
  Entry<bool, "uefi.secureBoot.enabled", false> secure_boot;  ///< since hardware version 13
  Entry<WordList, "bios.bootOrder"> boot_order;  ///< "cdrom", "hdd", "floppy", "ethernet0"
  Entry<WordList, "bios.hddOrder"> disk_order;   ///< "scsi0:0", ...
  Entry<std::chrono::milliseconds, "bios.bootDelay"> boot_delay;
  Entry<bool, "bios.bootRetry.enabled", false> retry;
  Entry<std::chrono::milliseconds, "bios.bootRetry.delay"> retry_delay;
  Entry<bool, "bios.forceSetupOnce", false> enter_setup;
  Entry<std::string, "nvram"> nvram;
  friend bool operator==(Firmware const&, Firmware const&) = default;
};
BOOST_DESCRIBE_STRUCT(Firmware, (),
                      (type, secure_boot, boot_order, disk_order, boot_delay, retry, retry_delay,
                       enter_setup, nvram))

/// Since hardware version 14; needs an encrypted machine.
struct Tpm {
  Entry<bool, "vtpm.present", false> present;
  Entry<std::string, "vtpm.ekCSR"> signing_request;
  Entry<std::string, "vtpm.ekCRT"> certificate;
  Entry<bool, "managedVM.autoAddVTPM"> automatic;
  friend bool operator==(Tpm const&, Tpm const&) = default;
};
BOOST_DESCRIBE_STRUCT(Tpm, (), (present, signing_request, certificate, automatic))

/// The USB controllers.
struct Usb {
  Entry<bool, "usb.present", false> uhci;
  Entry<std::int64_t, "usb.pciSlotNumber"> uhci_slot;
  Entry<bool, "ehci.present", false> ehci;
  Entry<std::int64_t, "ehci.pciSlotNumber"> ehci_slot;
  Entry<bool, "usb_xhci.present", false> xhci;  ///< since hardware version 8
  Entry<std::int64_t, "usb_xhci.pciSlotNumber"> xhci_slot;
  Entry<bool, "usb.generic.allowHID"> pass_input_devices;
  Entry<bool, "usb.vbluetooth.startConnected"> bluetooth;
  friend bool operator==(Usb const&, Usb const&) = default;
};
BOOST_DESCRIBE_STRUCT(Usb, (),
                      (uhci, uhci_slot, ehci, ehci_slot, xhci, xhci_slot, pass_input_devices,
                       bluetooth))

struct Sound {
  Entry<bool, "sound.present", false> present;
  Entry<SoundModel, "sound.virtualDev"> model;
  Entry<std::string, "sound.fileName"> file_name;  ///< the host's device; "-1": the default one
  Entry<bool, "sound.autoDetect"> autodetect;
  Entry<bool, "sound.startConnected", true> start_connected;
  Entry<std::int64_t, "sound.pciSlotNumber"> pci_slot;
  friend bool operator==(Sound const&, Sound const&) = default;
};
BOOST_DESCRIBE_STRUCT(Sound, (), (present, model, file_name, autodetect, start_connected, pci_slot))

/// VMware Tools, and what power operations do.
struct Tools {
  Entry<bool, "tools.syncTime", false> sync_time;
  Entry<ToolsUpgrade, "tools.upgrade.policy", ToolsUpgrade::manual> upgrade;
  Entry<bool, "tools.remindInstall"> remind;
  Entry<bool, "toolScripts.afterPowerOn", true> scripts_after_power_on;
  Entry<bool, "toolScripts.afterResume", true> scripts_after_resume;
  Entry<bool, "toolScripts.beforeSuspend", true> scripts_before_suspend;
  Entry<bool, "toolScripts.beforePowerOff", true> scripts_before_power_off;
  Entry<PowerAction, "powerType.powerOff"> power_off;
  Entry<PowerAction, "powerType.powerOn"> power_on;
  Entry<PowerAction, "powerType.suspend"> suspend;
  Entry<PowerAction, "powerType.reset"> reset;
  Entry<bool, "hpet0.present"> hpet;
  friend bool operator==(Tools const&, Tools const&) = default;
};
BOOST_DESCRIBE_STRUCT(Tools, (),
                      (sync_time, upgrade, remind, scripts_after_power_on, scripts_after_resume,
                       scripts_before_suspend, scripts_before_power_off, power_off, power_on,
                       suspend, reset, hpet))

/// Where the product keeps what belongs to the machine.
struct Files {
  Entry<std::string, "extendedConfigFile"> extended_config;  ///< .vmxf
  Entry<std::string, "checkpoint.vmState"> suspend_state;    ///< .vmss while suspended
  Entry<std::string, "workingDir"> working_directory;
  Entry<std::string, "log.fileName"> log;
  Entry<bool, "logging", true> logging;
  Entry<std::string, "sched.swap.derivedName"> swap;
  Entry<std::string, "sched.swap.dir"> swap_directory;
  Entry<std::string, "vmxstats.filename"> statistics;
  Entry<std::string, "snapshot.action"> snapshot_action;  ///< "autoRevert", "keep"...
  Entry<bool, "snapshot.disabled", false> no_snapshots;
  Entry<bool, "disk.EnableUUID", false> disk_uuids;
  Entry<bool, "cleanShutdown"> clean_shutdown;
  friend bool operator==(Files const&, Files const&) = default;
};
BOOST_DESCRIBE_STRUCT(Files, (),
                      (extended_config, suspend_state, working_directory, log, logging, swap,
                       swap_directory, statistics, snapshot_action, no_snapshots, disk_uuids,
                       clean_shutdown))

/// The channel between guest and host.
struct Vmci {
  std::uint32_t number = 0;
  Entry<bool, "present", false> present;
  Entry<std::int64_t, "id"> id;
  Entry<std::int64_t, "pciSlotNumber"> pci_slot;
  friend bool operator==(Vmci const&, Vmci const&) = default;
};
BOOST_DESCRIBE_STRUCT(Vmci, (), (number, present, id, pci_slot))

/// A key that has no member of its own ("guestinfo.role"), or whose value its member cannot hold.
struct ExtraEntry {
  std::string key{};
  std::string value{};
  friend bool operator==(ExtraEntry const&, ExtraEntry const&) = default;
};
BOOST_DESCRIBE_STRUCT(ExtraEntry, (), (key, value))

/// The configuration of a virtual machine: all that a VMX file says.
///
/// These members, those of their types and the declarations of their Entry members are the one
/// description from which files are read, written, changed and compared (vmx/configuration.hpp).
/// Their order is the order of a new file. Value type; const objects may be used by many threads.
struct Machine {
  Hardware hardware;
  Identity identity;
  Memory memory;
  Cpu cpu;
  Vnc vnc;
  Devices<ScsiController, "scsi#"> scsi;
  Devices<SataController, "sata#"> sata;
  Devices<IdeChannel, "ide#"> ide;
  Devices<NvmeController, "nvme#"> nvme;
  Devices<Disk, "floppy#"> floppies;  ///< products assume that floppy0 is present unless told
  FolderSharing folder_sharing;
  Devices<SharedFolder, "sharedFolder#"> folders;
  Devices<Adapter, "ethernet#"> adapters;
  Video video;
  Devices<SerialPort, "serial#"> serial_ports;
  Devices<ParallelPort, "parallel#"> parallel_ports;
  Firmware firmware;
  Devices<PciBridge, "pciBridge#"> pci_bridges;
  Devices<Vmci, "vmci#"> vmci;
  Tpm tpm;
  Usb usb;
  Devices<UsbDevice, "usb:#"> uhci_devices;
  Devices<UsbDevice, "ehci:#"> ehci_devices;
  Devices<UsbDevice, "usb_xhci:#"> xhci_devices;
  Sound sound;
  Devices<PciPassthrough, "pciPassthru#"> passthrough;
  Tools tools;
  Files files;
  std::vector<ExtraEntry> extra;  ///< in the order of the file
  friend bool operator==(Machine const&, Machine const&) = default;
};
BOOST_DESCRIBE_STRUCT(Machine, (),
                      (hardware, identity, memory, cpu, vnc, scsi, sata, ide, nvme, floppies,
                       folder_sharing, folders, adapters, video, serial_ports, parallel_ports,
                       firmware, pci_bridges, vmci, tpm, usb, uhci_devices, ehci_devices,
                       xhci_devices, sound, passthrough, tools, files, extra))

}  // namespace esxvi::vmx
