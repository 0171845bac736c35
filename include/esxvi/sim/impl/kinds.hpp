// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Kinds of objects that clients may ask for while a host has none, or knows no more of than that
// they are there. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/state.hpp>
#include <esxvi/types/AlarmManager_properties.hpp>
#include <esxvi/types/Alarm_properties.hpp>
#include <esxvi/types/CertificateManager_properties.hpp>
#include <esxvi/types/ClusterComputeResource_properties.hpp>
#include <esxvi/types/ClusterEVCManager_properties.hpp>
#include <esxvi/types/ClusterProfileManager_properties.hpp>
#include <esxvi/types/ClusterProfile_properties.hpp>
#include <esxvi/types/ContainerView_properties.hpp>
#include <esxvi/types/CryptoManagerHostKMS_properties.hpp>
#include <esxvi/types/CryptoManagerHost_properties.hpp>
#include <esxvi/types/CryptoManagerKmip_properties.hpp>
#include <esxvi/types/CryptoManager_properties.hpp>
#include <esxvi/types/CustomFieldsManager_properties.hpp>
#include <esxvi/types/CustomizationSpecManager_properties.hpp>
#include <esxvi/types/DatastoreNamespaceManager_properties.hpp>
#include <esxvi/types/DiagnosticManager_properties.hpp>
#include <esxvi/types/DistributedVirtualPortgroup_properties.hpp>
#include <esxvi/types/DistributedVirtualSwitchManager_properties.hpp>
#include <esxvi/types/DistributedVirtualSwitch_properties.hpp>
#include <esxvi/types/EnvironmentBrowser_properties.hpp>
#include <esxvi/types/EventHistoryCollector_properties.hpp>
#include <esxvi/types/ExtensibleManagedObject_properties.hpp>
#include <esxvi/types/ExtensionManager_properties.hpp>
#include <esxvi/types/FailoverClusterConfigurator_properties.hpp>
#include <esxvi/types/FailoverClusterManager_properties.hpp>
#include <esxvi/types/FileManager_properties.hpp>
#include <esxvi/types/GuestAliasManager_properties.hpp>
#include <esxvi/types/GuestAuthManager_properties.hpp>
#include <esxvi/types/GuestFileManager_properties.hpp>
#include <esxvi/types/GuestOperationsManager_properties.hpp>
#include <esxvi/types/GuestProcessManager_properties.hpp>
#include <esxvi/types/GuestWindowsRegistryManager_properties.hpp>
#include <esxvi/types/HealthUpdateManager_properties.hpp>
#include <esxvi/types/HistoryCollector_properties.hpp>
#include <esxvi/types/HostAccessManager_properties.hpp>
#include <esxvi/types/HostActiveDirectoryAuthentication_properties.hpp>
#include <esxvi/types/HostAssignableHardwareManager_properties.hpp>
#include <esxvi/types/HostAuthenticationManager_properties.hpp>
#include <esxvi/types/HostAuthenticationStore_properties.hpp>
#include <esxvi/types/HostBootDeviceSystem_properties.hpp>
#include <esxvi/types/HostCacheConfigurationManager_properties.hpp>
#include <esxvi/types/HostCertificateManager_properties.hpp>
#include <esxvi/types/HostCpuSchedulerSystem_properties.hpp>
#include <esxvi/types/HostDatastoreBrowser_properties.hpp>
#include <esxvi/types/HostDateTimeSystem_properties.hpp>
#include <esxvi/types/HostDiagnosticSystem_properties.hpp>
#include <esxvi/types/HostDirectoryStore_properties.hpp>
#include <esxvi/types/HostEsxAgentHostManager_properties.hpp>
#include <esxvi/types/HostFirmwareSystem_properties.hpp>
#include <esxvi/types/HostGraphicsManager_properties.hpp>
#include <esxvi/types/HostHealthStatusSystem_properties.hpp>
#include <esxvi/types/HostImageConfigManager_properties.hpp>
#include <esxvi/types/HostKernelModuleSystem_properties.hpp>
#include <esxvi/types/HostLocalAccountManager_properties.hpp>
#include <esxvi/types/HostLocalAuthentication_properties.hpp>
#include <esxvi/types/HostMemorySystem_properties.hpp>
#include <esxvi/types/HostNvdimmSystem_properties.hpp>
#include <esxvi/types/HostPatchManager_properties.hpp>
#include <esxvi/types/HostPciPassthruSystem_properties.hpp>
#include <esxvi/types/HostPowerSystem_properties.hpp>
#include <esxvi/types/HostProfileManager_properties.hpp>
#include <esxvi/types/HostProfile_properties.hpp>
#include <esxvi/types/HostSnmpSystem_properties.hpp>
#include <esxvi/types/HostSpecificationManager_properties.hpp>
#include <esxvi/types/HostVFlashManager_properties.hpp>
#include <esxvi/types/HostVMotionSystem_properties.hpp>
#include <esxvi/types/HostVStorageObjectManager_properties.hpp>
#include <esxvi/types/HostVirtualNicManager_properties.hpp>
#include <esxvi/types/HostVsanInternalSystem_properties.hpp>
#include <esxvi/types/HostVsanSystem_properties.hpp>
#include <esxvi/types/HttpNfcLease_properties.hpp>
#include <esxvi/types/InventoryView_properties.hpp>
#include <esxvi/types/IoFilterManager_properties.hpp>
#include <esxvi/types/IpPoolManager_properties.hpp>
#include <esxvi/types/IscsiManager_properties.hpp>
#include <esxvi/types/ListView_properties.hpp>
#include <esxvi/types/LocalizationManager_properties.hpp>
#include <esxvi/types/ManagedObjectView_properties.hpp>
#include <esxvi/types/MessageBusProxy_properties.hpp>
#include <esxvi/types/OpaqueNetwork_properties.hpp>
#include <esxvi/types/OverheadMemoryManager_properties.hpp>
#include <esxvi/types/OvfManager_properties.hpp>
#include <esxvi/types/ProfileComplianceManager_properties.hpp>
#include <esxvi/types/ProfileManager_properties.hpp>
#include <esxvi/types/Profile_properties.hpp>
#include <esxvi/types/PropertyFilter_properties.hpp>
#include <esxvi/types/ResourcePlanningManager_properties.hpp>
#include <esxvi/types/ScheduledTaskManager_properties.hpp>
#include <esxvi/types/ScheduledTask_properties.hpp>
#include <esxvi/types/SearchIndex_properties.hpp>
#include <esxvi/types/ServiceManager_properties.hpp>
#include <esxvi/types/SimpleCommand_properties.hpp>
#include <esxvi/types/SiteInfoManager_properties.hpp>
#include <esxvi/types/StoragePod_properties.hpp>
#include <esxvi/types/StorageQueryManager_properties.hpp>
#include <esxvi/types/StorageResourceManager_properties.hpp>
#include <esxvi/types/TaskHistoryCollector_properties.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/TenantTenantManager_properties.hpp>
#include <esxvi/types/UserDirectory_properties.hpp>
#include <esxvi/types/VStorageObjectManagerBase_properties.hpp>
#include <esxvi/types/VcenterVStorageObjectManager_properties.hpp>
#include <esxvi/types/View_properties.hpp>
#include <esxvi/types/VirtualApp_properties.hpp>
#include <esxvi/types/VirtualDiskManager_properties.hpp>
#include <esxvi/types/VirtualMachineCompatibilityChecker_properties.hpp>
#include <esxvi/types/VirtualMachineGuestCustomizationManager_properties.hpp>
#include <esxvi/types/VirtualMachineProvisioningChecker_properties.hpp>
#include <esxvi/types/VirtualMachineSnapshot_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/VirtualizationManager_properties.hpp>
#include <esxvi/types/VmwareDistributedVirtualSwitch_properties.hpp>
#include <esxvi/types/VsanUpgradeSystem_properties.hpp>

namespace esxvi::sim::detail {

namespace {

template <class... T> void add_tables(State& state) {
  for (auto const* table : {reflect::type_of<T>()...})
    for (auto const* t = table; t != nullptr; t = t->base) state.tables.emplace(t->name, t);
}

}  // namespace

/// What is wrong with a property path must not depend on which objects there are just now.
void add_kinds(State& state) {
  using namespace esxvi::types;
  add_tables<
      Alarm, AlarmManager, CertificateManager, ClusterComputeResource, ClusterEVCManager,
      ClusterProfile, ClusterProfileManager, ContainerView, CryptoManager, CryptoManagerHost,
      CryptoManagerHostKMS, CryptoManagerKmip, CustomFieldsManager, CustomizationSpecManager,
      DatastoreNamespaceManager, DiagnosticManager, DistributedVirtualPortgroup,
      DistributedVirtualSwitch, DistributedVirtualSwitchManager, EnvironmentBrowser,
      EventHistoryCollector, ExtensibleManagedObject, ExtensionManager, FailoverClusterConfigurator,
      FailoverClusterManager, FileManager, GuestAliasManager, GuestAuthManager, GuestFileManager,
      GuestOperationsManager, GuestProcessManager, GuestWindowsRegistryManager, HealthUpdateManager,
      HistoryCollector, HostAccessManager, HostActiveDirectoryAuthentication,
      HostAssignableHardwareManager, HostAuthenticationManager, HostAuthenticationStore,
      HostBootDeviceSystem, HostCacheConfigurationManager, HostCertificateManager,
      HostCpuSchedulerSystem, HostDatastoreBrowser, HostDateTimeSystem, HostDiagnosticSystem,
      HostDirectoryStore, HostEsxAgentHostManager, HostFirmwareSystem, HostGraphicsManager,
      HostHealthStatusSystem, HostImageConfigManager, HostKernelModuleSystem,
      HostLocalAccountManager, HostLocalAuthentication, HostMemorySystem, HostNvdimmSystem,
      HostPatchManager, HostPciPassthruSystem, HostPowerSystem, HostProfile, HostProfileManager,
      HostSnmpSystem, HostSpecificationManager, HostVFlashManager, HostVMotionSystem,
      HostVStorageObjectManager, HostVirtualNicManager, HostVsanInternalSystem, HostVsanSystem,
      HttpNfcLease, InventoryView, IoFilterManager, IpPoolManager, IscsiManager, ListView,
      LocalizationManager, ManagedObjectView, MessageBusProxy, OpaqueNetwork, OverheadMemoryManager,
      OvfManager, Profile, ProfileComplianceManager, ProfileManager, PropertyFilter,
      ResourcePlanningManager, ScheduledTask, ScheduledTaskManager, SearchIndex, ServiceManager,
      SimpleCommand, SiteInfoManager, StoragePod, StorageQueryManager, StorageResourceManager, Task,
      TaskHistoryCollector, TenantTenantManager, UserDirectory, VStorageObjectManagerBase,
      VcenterVStorageObjectManager, View, VirtualApp, VirtualDiskManager, VirtualMachine,
      VirtualMachineCompatibilityChecker, VirtualMachineGuestCustomizationManager,
      VirtualMachineProvisioningChecker, VirtualMachineSnapshot, VirtualizationManager,
      VmwareDistributedVirtualSwitch, VsanUpgradeSystem>(state);
}

}  // namespace esxvi::sim::detail
