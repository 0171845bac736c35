// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/entry.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <string>

/// @file
/// The devices of a virtual machine as a VMX file describes them.
///
/// A device counts when its `present` is TRUE; files also keep devices that were taken out, with
/// FALSE, and so do these structs. Values that are not listed in an enum here stay in
/// Machine::extra.

namespace esxvi::vmx {

// ---- words --------------------------------------------------------------------------------------

// clang-format off
BOOST_DEFINE_ENUM_CLASS(ScsiModel, buslogic, lsilogic, lsisas1068, pvscsi)
BOOST_DEFINE_ENUM_CLASS(SharedBus, none, virtual_, physical)
BOOST_DEFINE_ENUM_CLASS(DeviceType, scsi_hardDisk, ata_hardDisk, disk, atapi_cdrom, cdrom_raw, cdrom_image,
                        scsi_passthru, plainDisk, rawDisk)
BOOST_DEFINE_ENUM_CLASS(DiskMode, persistent, independent_persistent, independent_nonpersistent, nonpersistent,
                        undoable, append)
BOOST_DEFINE_ENUM_CLASS(DiskSharing, none, multi_writer)
BOOST_DEFINE_ENUM_CLASS(AdapterModel, vlance, vmxnet, vmxnet2, vmxnet3, vmxnet3vrdma, e1000, e1000e, pcnet32, sriov)
BOOST_DEFINE_ENUM_CLASS(AddressType, generated, vpx, static_)
BOOST_DEFINE_ENUM_CLASS(ConnectionType, bridged, nat, hostonly, custom, pvn)
BOOST_DEFINE_ENUM_CLASS(PortBacking, device, file, pipe, network, thinprint)
BOOST_DEFINE_ENUM_CLASS(EndPoint, server, client)
BOOST_DEFINE_ENUM_CLASS(SoundModel, sb16, es1371, hdaudio)
// clang-format on

// ---- storage ------------------------------------------------------------------------------------

/// A hard disk, CD-ROM or floppy: what stands in one slot of a controller.
struct Disk {
  std::uint32_t number = 0;  ///< unit on the controller; the number of a floppy drive

  Entry<bool, "present", false> present;
  Entry<DeviceType, "deviceType"> device_type;
  Entry<PortBacking, "fileType"> file_type;     ///< floppies: device or file
  Entry<bool, "autodetect", false> autodetect;  ///< take whatever drive the host has
  Entry<std::string, "fileName"> file_name;  ///< image, device, "auto detect", "emptyBackingString"
  Entry<bool, "writeThrough", false> write_through;
  Entry<DiskMode, "mode", DiskMode::persistent> mode;
  Entry<DiskSharing, "sharing", DiskSharing::none> sharing;  ///< since hardware version 8
  Entry<bool, "startConnected", true> start_connected;
  Entry<bool, "clientDevice", false> client_device;  ///< the drive of a remote console
  Entry<bool, "allowGuestConnectionControl", true> allow_guest_control;
  Entry<std::string, "redo"> redo;  ///< redo log, written by the product
  Entry<bool, "ctkEnabled", false> change_tracking;
  Entry<bool, "virtualSSD", false> solid_state;
  Entry<Shares, "sched.*.shares"> shares;
  Entry<std::string, "sched.*.throughputCap"> throughput_cap;  ///< IOPS, or "off"
  friend bool operator==(Disk const&, Disk const&) = default;
};
BOOST_DESCRIBE_STRUCT(Disk, (),
                      (number, present, device_type, file_type, autodetect, file_name,
                       write_through, mode, sharing, start_connected, client_device,
                       allow_guest_control, redo, change_tracking, solid_state, shares,
                       throughput_cap))

struct ScsiController {
  std::uint32_t number = 0;  ///< 0 to 3
  Entry<bool, "present", false> present;
  Entry<ScsiModel, "virtualDev"> model;  ///< without one: what suits the guest OS
  Entry<SharedBus, "sharedBus", SharedBus::none> sharing;
  Entry<std::int64_t, "pciSlotNumber"> pci_slot;
  Entry<std::string, "sasWWID"> wwid;
  Devices<Disk, "scsi#:#"> disks;
  friend bool operator==(ScsiController const&, ScsiController const&) = default;
};
BOOST_DESCRIBE_STRUCT(ScsiController, (), (number, present, model, sharing, pci_slot, wwid, disks))

/// Since hardware version 10.
struct SataController {
  std::uint32_t number = 0;  ///< 0 to 3
  Entry<bool, "present", false> present;
  Entry<std::int64_t, "pciSlotNumber"> pci_slot;
  Devices<Disk, "sata#:#"> disks;
  friend bool operator==(SataController const&, SataController const&) = default;
};
BOOST_DESCRIBE_STRUCT(SataController, (), (number, present, pci_slot, disks))

struct IdeChannel {
  std::uint32_t number = 0;  ///< 0 or 1
  Entry<bool, "present", true> present;
  Devices<Disk, "ide#:#"> disks;
  friend bool operator==(IdeChannel const&, IdeChannel const&) = default;
};
BOOST_DESCRIBE_STRUCT(IdeChannel, (), (number, present, disks))

/// Since hardware version 13.
struct NvmeController {
  std::uint32_t number = 0;  ///< 0 to 3
  Entry<bool, "present", false> present;
  Entry<SharedBus, "sharedBus", SharedBus::none> sharing;
  Entry<std::int64_t, "pciSlotNumber"> pci_slot;
  Entry<std::string, "subnqnUUID"> subsystem;
  Devices<Disk, "nvme#:#"> disks;
  friend bool operator==(NvmeController const&, NvmeController const&) = default;
};
BOOST_DESCRIBE_STRUCT(NvmeController, (), (number, present, sharing, pci_slot, subsystem, disks))

// ---- network ------------------------------------------------------------------------------------

struct Adapter {
  std::uint32_t number = 0;
  Entry<bool, "present", false> present;
  Entry<AdapterModel, "virtualDev"> model;
  Entry<std::int64_t, "features", 0> features;  ///< vmxnet with 15 is vmxnet2
  Entry<std::string, "networkName"> network;    ///< port group or virtual switch
  Entry<ConnectionType, "connectionType"> connection;
  Entry<std::string, "vnet"> vnet;               ///< device of a custom connection
  Entry<std::string, "dvs.switchId"> switch_id;  ///< distributed switch: its UUID, in VMX form
  Entry<std::string, "dvs.portId"> port_id;
  Entry<std::string, "dvs.portgroupId"> portgroup_id;
  Entry<std::string, "dvs.connectionId"> connection_id;
  Entry<AddressType, "addressType"> address_type;
  Entry<MacAddress, "generatedAddress"> generated_address;
  Entry<std::int64_t, "generatedAddressOffset"> generated_address_offset;
  Entry<MacAddress, "address"> address;
  Entry<bool, "checkMACAddress"> check_address;  ///< false: any address is taken
  Entry<bool, "startConnected", true> start_connected;
  Entry<bool, "allowGuestConnectionControl", true> allow_guest_control;
  Entry<bool, "wakeOnPcktRcv", true> wake_on_lan;
  Entry<bool, "linkStatePropagation.enable", false> propagate_link_state;
  Entry<bool, "uptCompatibility", false> direct_path;  ///< vmxnet3 with UPT
  Entry<std::string, "opaqueNetwork.id"> opaque_id;    ///< NSX
  Entry<std::string, "opaqueNetwork.type"> opaque_type;
  Entry<std::string, "externalId"> external_id;
  Entry<std::string, "pvnID"> private_network;
  Entry<std::string, "displayName"> display_name;
  Entry<std::int64_t, "pciSlotNumber"> pci_slot;
  Entry<Shares, "shares"> shares;
  Entry<KibitsPerSecond, "rxbw.limit"> receive_limit;
  Entry<KibitsPerSecond, "txbw.limit"> send_limit;
  Entry<std::string, "pciPassthru.id"> passthrough_id;  ///< SR-IOV: the physical function
  friend bool operator==(Adapter const&, Adapter const&) = default;
};
BOOST_DESCRIBE_STRUCT(Adapter, (),
                      (number, present, model, features, network, connection, vnet, switch_id,
                       port_id, portgroup_id, connection_id, address_type, generated_address,
                       generated_address_offset, address, check_address, start_connected,
                       allow_guest_control, wake_on_lan, propagate_link_state, direct_path,
                       opaque_id, opaque_type, external_id, private_network, display_name, pci_slot,
                       shares, receive_limit, send_limit, passthrough_id))

// ---- ports --------------------------------------------------------------------------------------

struct SerialPort {
  std::uint32_t number = 0;  ///< 0 to 3, since hardware version 13 to 31
  Entry<bool, "present", false> present;
  Entry<PortBacking, "fileType", PortBacking::device> backing;
  Entry<EndPoint, "pipe.endPoint", EndPoint::server> pipe_end;
  Entry<bool, "tryNoRxLoss", false> no_receive_loss;
  Entry<std::string, "fileName"> file_name;  ///< device, file, pipe or URI
  Entry<EndPoint, "network.endPoint", EndPoint::server> network_end;
  Entry<std::string, "vspc"> concentrator;  ///< URI of a virtual serial port concentrator
  Entry<bool, "startConnected", true> start_connected;
  Entry<bool, "allowGuestConnectionControl", true> allow_guest_control;
  Entry<bool, "autodetect", false> autodetect;
  Entry<bool, "hardwareFlowControl"> hardware_flow_control;
  Entry<bool, "yieldOnMsrRead", false> yield_on_poll;
  friend bool operator==(SerialPort const&, SerialPort const&) = default;
};
BOOST_DESCRIBE_STRUCT(SerialPort, (),
                      (number, present, backing, pipe_end, no_receive_loss, file_name, network_end,
                       concentrator, start_connected, allow_guest_control, autodetect,
                       hardware_flow_control, yield_on_poll))

struct ParallelPort {
  std::uint32_t number = 0;  ///< 0 to 2
  Entry<bool, "present", false> present;
  Entry<PortBacking, "fileType", PortBacking::device> backing;
  Entry<std::string, "fileName"> file_name;
  Entry<bool, "startConnected", true> start_connected;
  Entry<bool, "allowGuestConnectionControl", true> allow_guest_control;
  Entry<bool, "autodetect", false> autodetect;
  Entry<bool, "bidirectional", true> bidirectional;
  friend bool operator==(ParallelPort const&, ParallelPort const&) = default;
};
BOOST_DESCRIBE_STRUCT(ParallelPort, (),
                      (number, present, backing, file_name, start_connected, allow_guest_control,
                       autodetect, bidirectional))

/// A device on a USB controller.
struct UsbDevice {
  std::uint32_t number = 0;
  Entry<bool, "present", false> present;
  Entry<std::string, "deviceType"> device_type;  ///< "hub", "mouse", "hid", "video"...
  Entry<std::int64_t, "port"> port;
  Entry<std::string, "parent"> parent;  ///< "-1": the root hub
  Entry<std::int64_t, "speed"> speed;
  friend bool operator==(UsbDevice const&, UsbDevice const&) = default;
};
BOOST_DESCRIBE_STRUCT(UsbDevice, (), (number, present, device_type, port, parent, speed))

// ---- other --------------------------------------------------------------------------------------

/// A folder of the host that the guest sees (Workstation and Fusion).
struct SharedFolder {
  std::uint32_t number = 0;
  Entry<bool, "present", false> present;
  Entry<bool, "enabled", false> enabled;
  Entry<bool, "readAccess", false> readable;
  Entry<bool, "writeAccess", false> writable;
  Entry<std::string, "hostPath"> host_path;
  Entry<std::string, "guestName"> guest_name;
  Entry<std::string, "expiration"> expiration;  ///< "never", "session", "poweroff"
  friend bool operator==(SharedFolder const&, SharedFolder const&) = default;
};
BOOST_DESCRIBE_STRUCT(SharedFolder, (),
                      (number, present, enabled, readable, writable, host_path, guest_name,
                       expiration))

/// A physical PCI device given to the guest.
struct PciPassthrough {
  std::uint32_t number = 0;
  Entry<bool, "present", false> present;
  Entry<std::string, "id"> id;               ///< PCI address "00000:003:00.0"
  Entry<std::string, "deviceId"> device_id;  ///< "0x10fb"
  Entry<std::string, "vendorId"> vendor_id;
  Entry<std::string, "systemId"> system_id;  ///< the host that has the device
  Entry<std::string, "vgpu"> vgpu_profile;   ///< a profile of a shared graphics device
  Entry<std::int64_t, "pciSlotNumber"> pci_slot;
  friend bool operator==(PciPassthrough const&, PciPassthrough const&) = default;
};
BOOST_DESCRIBE_STRUCT(PciPassthrough, (),
                      (number, present, id, device_id, vendor_id, system_id, vgpu_profile,
                       pci_slot))

struct PciBridge {
  std::uint32_t number = 0;
  Entry<bool, "present", false> present;
  Entry<std::string, "virtualDev"> model;  ///< "pcieRootPort"
  Entry<std::int64_t, "functions"> functions;
  Entry<std::int64_t, "pciSlotNumber"> pci_slot;
  friend bool operator==(PciBridge const&, PciBridge const&) = default;
};
BOOST_DESCRIBE_STRUCT(PciBridge, (), (number, present, model, functions, pci_slot))

}  // namespace esxvi::vmx
