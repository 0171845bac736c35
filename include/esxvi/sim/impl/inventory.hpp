// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What a host, or a vCenter, consists of before it has virtual machines. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/host_parts.hpp>
#include <esxvi/sim/detail/property_path.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ClusterComputeResource_properties.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/NasDatastoreInfo.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/PropertyCollector_properties.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/ServiceInstance_properties.hpp>
#include <esxvi/types/SessionManager_properties.hpp>
#include <esxvi/types/TaskManager_properties.hpp>
#include <esxvi/types/ViewManager_properties.hpp>
#include <esxvi/types/VmfsDatastoreInfo.hpp>

#include <algorithm>
#include <array>

namespace esxvi::sim {

namespace {

/// A member that refers to a manager, and the manager's id on either kind of server; an empty id:
/// that kind has none.
struct manager {
  std::string_view member;
  std::string_view esx;
  std::string_view vcenter;
};

constexpr manager managers[] = {
    {"rootFolder", "ha-folder-root", "group-d1"},
    {"propertyCollector", "ha-property-collector", "propertyCollector"},
    {"viewManager", "ViewManager", "ViewManager"},
    {"setting", "HostAgentSettings", "VpxSettings"},
    {"userDirectory", "ha-user-directory", "UserDirectory"},
    {"sessionManager", "ha-sessionmgr", "SessionManager"},
    {"authorizationManager", "ha-authmgr", "AuthorizationManager"},
    {"serviceManager", "ha-servicemanager", "ServiceMgr"},
    {"perfManager", "ha-perfmgr", "PerfMgr"},
    {"scheduledTaskManager", "", "ScheduledTaskManager"},
    {"alarmManager", "", "AlarmManager"},
    {"eventManager", "ha-eventmgr", "EventManager"},
    {"taskManager", "ha-taskmgr", "TaskManager"},
    {"extensionManager", "", "ExtensionManager"},
    {"customizationSpecManager", "", "CustomizationSpecManager"},
    {"customFieldsManager", "", "CustomFieldsManager"},
    {"accountManager", "ha-localacctmgr", ""},
    {"diagnosticManager", "ha-diagnosticmgr", "DiagMgr"},
    {"licenseManager", "ha-license-manager", "LicenseManager"},
    {"searchIndex", "ha-searchindex", "SearchIndex"},
    {"fileManager", "ha-nfc-file-manager", "FileManager"},
    {"datastoreNamespaceManager", "ha-datastore-namespace-manager", "DatastoreNamespaceManager"},
    {"virtualDiskManager", "ha-vdiskmanager", "virtualDiskManager"},
    {"snmpSystem", "", "SnmpSystem"},
    {"vmProvisioningChecker", "", "ProvChecker"},
    {"vmCompatibilityChecker", "", "CompatChecker"},
    {"ovfManager", "ha-ovf-manager", "OvfManager"},
    {"ipPoolManager", "", "IpPoolManager"},
    {"dvSwitchManager", "ha-dvsmanager", "DVSManager"},
    {"hostProfileManager", "", "HostProfileManager"},
    {"clusterProfileManager", "", "ClusterProfileManager"},
    {"complianceManager", "", "MoComplianceManager"},
    {"localizationManager", "ha-l10n-manager", "LocalizationManager"},
    {"storageResourceManager", "ha-storage-resource-manager", "StorageResourceManager"},
    {"guestOperationsManager", "ha-guest-operations-manager", "guestOperationsManager"},
    {"overheadMemoryManager", "", "OverheadMemoryManager"},
    {"certificateManager", "", "certificateManager"},
    {"ioFilterManager", "", "IoFilterManager"},
};

// Of a host; a vCenter appends "-9" for host-9.
constexpr manager host_managers[] = {
    {"cpuScheduler", "cpuSchedulerSystem", "cpuScheduler"},
    {"datastoreSystem", "ha-datastoresystem", "datastoreSystem"},
    {"memoryManager", "memoryManagerSystem", "memorySystem"},
    {"storageSystem", "storageSystem", "storageSystem"},
    {"networkSystem", "networkSystem", "networkSystem"},
    {"vmotionSystem", "ha-vmotion-system", "vmotionSystem"},
    {"virtualNicManager", "ha-vnic-mgr", "virtualNicManager"},
    {"serviceSystem", "serviceSystem", "serviceSystem"},
    {"firewallSystem", "firewallSystem", "firewallSystem"},
    {"advancedOption", "ha-adv-options", "EsxHostAdvSettings"},
    {"diagnosticSystem", "diagnosticsystem", "diagnosticSystem"},
    {"autoStartManager", "ha-autostart-mgr", "autoStartManager"},
    {"snmpSystem", "ha-snmp-agent", "snmpSystem"},
    {"dateTimeSystem", "dateTimeSystem", "dateTimeSystem"},
    {"patchManager", "ha-host-patch-manager", "patchManager"},
    {"imageConfigManager", "ha-image-config-manager", "imageConfigManager"},
    {"firmwareSystem", "ha-firmwareSystem", "firmwareSystem"},
    {"healthStatusSystem", "healthStatusSystem", "healthStatusSystem"},
    {"pciPassthruSystem", "ha-pcipassthrusystem", "pciPassthruSystem"},
    {"kernelModuleSystem", "kernelModuleSystem", "kernelModuleSystem"},
    {"authenticationManager", "ha-auth-manager", "authenticationManager"},
    {"powerSystem", "ha-power-system", "powerSystem"},
    {"iscsiManager", "iscsiManager", "iscsiManager"},
    {"graphicsManager", "ha-graphics-manager", "graphicsManager"},
    {"certificateManager", "ha-certificate-manager", "ha-certificate-manager"},
};

/// Sets references as a table says, and makes the objects of which nothing more is known.
template <std::size_t N>
inline void refer(Host& host, reflect::type_info const& type, void* object,
                  manager const (&table)[N], std::string const& suffix) {
  for (manager const& m : table) {
    auto const index = detail::member_index(type, m.member);
    std::string const id(host.options().vcenter ? m.vcenter : m.esx);
    if (!index || id.empty()) continue;
    auto const& member = type.members[*index];
    void* place = member.at(object);
    if (member.type->what == reflect::kind::optional) place = member.type->emplace(place);
    auto& ref = *static_cast<untyped_ref*>(place);
    ref.assign_value(id + suffix);
    if (!host.exists(ref))
      host.add(Ref<types::ManagedObject>(ref.type(), ref.value()), types::ManagedObject());
  }
}

inline types::AboutInfo about(Host& host) {
  HostOptions const& o = host.options();
  types::AboutInfo a;
  a.name = o.vcenter ? "VMware vCenter Server" : "VMware ESXi";
  a.fullName = a.name + " " + o.version + " build-" + o.build;
  a.vendor = "VMware, Inc.";
  a.version = o.version;
  a.patchLevel = "0";
  a.build = o.build;
  a.localeVersion = "INTL";
  a.localeBuild = "000";
  a.osType = o.vcenter ? "linux-x64" : "vmnix-x86";
  a.productLineId = o.vcenter ? "vpx" : "embeddedEsx";
  a.apiType = o.vcenter ? "VirtualCenter" : "HostAgent";
  a.apiVersion = o.api_version;
  if (o.vcenter) a.instanceUuid = host.make_uuid();
  a.licenseProductName = o.vcenter ? "VMware VirtualCenter Server" : "VMware ESX Server";
  a.licenseProductVersion = o.version.substr(0, o.version.find('.')) + ".0";
  return a;
}

template <class T, class P> T entity(std::string name, Ref<P> const& parent) {
  T e;
  e.name = std::move(name);
  if (parent) e.parent = Ref<types::ManagedEntity>(parent.type(), parent.value());
  e.overallStatus = types::ManagedEntityStatus::green;
  e.configStatus = types::ManagedEntityStatus::green;
  e.effectiveRole = {-1};
  return e;
}

// Features by which clients tell that guests of 64 bits run.
inline std::vector<types::HostCpuIdInfo> cpu_features() {
  auto const leaf = [](std::int32_t level, char const* eax, char const* ebx, char const* ecx,
                       char const* edx) {
    types::HostCpuIdInfo i;
    i.level = level;
    i.eax = eax;
    i.ebx = ebx;
    i.ecx = ecx;
    i.edx = edx;
    return i;
  };
  constexpr char const* zero = "0000:0000:0000:0000:0000:0000:0000:0000";
  return {
      leaf(0, "0000:0000:0000:0000:0000:0000:0001:0110", "0111:0101:0110:1110:0110:0101:0100:0111",
           "0110:1100:0110:0101:0111:0100:0110:1110", "0100:1001:0110:0101:0110:1110:0110:1001"),
      leaf(1, "0000:0000:0000:0101:0000:0110:0101:0100", zero,
           "0111:0111:1111:1110:1111:1011:1111:1111", "1011:1111:1110:1011:1111:1011:1111:1111"),
      leaf(-2147483647 - 1, "1000:0000:0000:0000:0000:0000:0000:1000", zero, zero, zero),
      leaf(-2147483647, zero, zero, "0000:0000:0000:0000:0000:0001:0010:0001",
           "0010:1100:0001:0000:0000:1000:0000:0000")};
}

inline types::HostHardwareInfo hardware(Host& host) {
  HostOptions const& o = host.options();
  constexpr std::int64_t hz = 2'400'000'000;
  auto const cores = static_cast<std::int16_t>(o.cpu_packages * o.cores_per_package);
  types::HostHardwareInfo h;
  h.systemInfo.vendor = "esxvi";
  h.systemInfo.model = "Simulated Server";
  h.systemInfo.uuid = host.make_uuid();
  h.cpuInfo.numCpuPackages = static_cast<std::int16_t>(o.cpu_packages);
  h.cpuInfo.numCpuCores = cores;
  h.cpuInfo.numCpuThreads = static_cast<std::int16_t>(cores * 2);
  h.cpuInfo.hz = hz;
  h.memorySize = o.memory_bytes;
  for (int i = 0; i < o.cpu_packages; ++i) {
    types::HostCpuPackage p;
    p.index = static_cast<std::int16_t>(i);
    p.vendor = "intel";
    p.hz = hz;
    p.busHz = 100'000'000;
    p.description = "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz";
    for (int t = 0; t < o.cores_per_package * 2; ++t)
      p.threadId.push_back(static_cast<std::int16_t>(i * o.cores_per_package * 2 + t));
    h.cpuPkg.push_back(std::move(p));
  }
  auto& numa = h.numaInfo.emplace();
  numa.type = "NUMA";
  numa.numNodes = o.cpu_packages;
  h.cpuFeature = cpu_features();
  auto& bios = h.biosInfo.emplace();
  bios.biosVersion = "1.0";
  return h;
}

inline types::HostConfigInfo configuration(Host& host, Ref<types::HostSystem> const& self,
                                           types::AboutInfo const& product) {
  types::HostConfigInfo c;
  c.host = self;
  c.product = product;
  auto& network = c.network.emplace();
  types::HostDnsConfig dns;
  std::string const& name = host.options().name;
  auto const dot = std::min(name.find('.'), name.size());
  dns.hostName = name.substr(0, dot);
  dns.domainName = name.substr(std::min(dot + 1, name.size()));
  dns.address = {"192.0.2.1"};
  network.dnsConfig = std::move(dns);
  types::HostIpRouteConfig route;
  route.defaultGateway = "192.0.2.1";
  network.ipRouteConfig = std::move(route);
  network.ipV6Enabled = false;
  types::PhysicalNic nic;
  nic.key = "key-vim.host.PhysicalNic-vmnic0";
  nic.device = "vmnic0";
  nic.pci = "0000:02:00.0";
  nic.driver = "ixgben";
  nic.linkSpeed = types::PhysicalNicLinkInfo{10000, true, {}};
  nic.wakeOnLanSupported = false;
  nic.mac = "00:50:56:00:00:01";
  network.pnic.push_back(std::move(nic));
  types::HostVirtualSwitch vswitch;
  vswitch.name = "vSwitch0";
  vswitch.key = "key-vim.host.VirtualSwitch-vSwitch0";
  vswitch.numPorts = 2560;
  vswitch.numPortsAvailable = 2550;
  vswitch.mtu = 1500;
  vswitch.pnic = {"key-vim.host.PhysicalNic-vmnic0"};
  vswitch.spec.numPorts = 128;
  network.vswitch.push_back(std::move(vswitch));
  types::HostVirtualNic vmk;
  vmk.device = "vmk0";
  vmk.key = "key-vim.host.VirtualNic-vmk0";
  vmk.portgroup = "Management Network";
  auto& ip = vmk.spec.ip.emplace();
  ip.dhcp = false;
  ip.ipAddress = "192.0.2.10";
  ip.subnetMask = "255.255.255.0";
  vmk.spec.mac = "00:50:56:00:00:01";
  vmk.spec.mtu = 1500;
  network.vnic.push_back(std::move(vmk));
  return c;
}

inline void follow_host(Host& host, types::HostSystem& h) {
  auto& s = h.summary;
  s.runtime = h.runtime;
  s.overallStatus = h.overallStatus;
  s.config.name = h.name;
  s.config.port = 443;
  if (!h.hardware) return;
  auto& hardware = s.hardware ? *s.hardware : s.hardware.emplace();
  hardware.vendor = h.hardware->systemInfo.vendor;
  hardware.model = h.hardware->systemInfo.model;
  hardware.uuid = h.hardware->systemInfo.uuid;
  hardware.memorySize = h.hardware->memorySize;
  if (!h.hardware->cpuPkg.empty()) hardware.cpuModel = h.hardware->cpuPkg[0].description;
  hardware.cpuMhz = static_cast<std::int32_t>(h.hardware->cpuInfo.hz / 1'000'000);
  hardware.numCpuPkgs = h.hardware->cpuInfo.numCpuPackages;
  hardware.numCpuCores = h.hardware->cpuInfo.numCpuCores;
  hardware.numCpuThreads = h.hardware->cpuInfo.numCpuThreads;
  hardware.numNics =
      h.config && h.config->network ? static_cast<std::int32_t>(h.config->network->pnic.size()) : 0;
  static_cast<void>(host);
}

inline void follow_datastore(Host&, types::Datastore& d) {
  d.summary.name = d.name;
  if (!d.info) return;
  d.info->name = d.name;
  d.info->freeSpace = d.summary.freeSpace;
  d.info->url = d.summary.url;
  if (auto* const vmfs = d.info.as<types::VmfsDatastoreInfo>(); vmfs != nullptr && vmfs->vmfs)
    vmfs->vmfs->name = d.name;
  if (auto* const nas = d.info.as<types::NasDatastoreInfo>(); nas != nullptr && nas->nas)
    nas->nas->name = d.name;
}

inline Ref<types::HostSystem> add_host(Host& host, Ref<types::HostSystem> const& ref,
                                       std::string const& name, types::AboutInfo product,
                                       untyped_ref const& parent) {
  using namespace types;
  auto h = entity<HostSystem>(name, Ref<ManagedEntity>(parent.type(), parent.value()));
  if (host.options().vcenter) {
    product.name = "VMware ESXi";
    product.fullName = "VMware ESXi " + product.version + " build-" + product.build;
    product.productLineId = "embeddedEsx";
    product.osType = "vmnix-x86";
    product.apiType = "HostAgent";
    product.instanceUuid.reset();
  }
  h.runtime.connectionState = HostSystemConnectionState::connected;
  h.runtime.powerState = HostSystemPowerState::poweredOn;
  h.runtime.standbyMode = "none";
  h.runtime.inMaintenanceMode = false;
  h.runtime.bootTime = host.now();
  h.hardware = hardware(host);
  auto& capability = h.capability.emplace();
  capability.vmotionSupported = true;
  capability.recursiveResourcePoolsSupported = true;
  capability.cpuMemoryResourceConfigurationSupported = true;
  capability.rebootSupported = true;
  capability.shutdownSupported = true;
  capability.maintenanceModeSupported = true;
  capability.screenshotSupported = true;
  capability.datastorePrincipalSupported = false;
  capability.maxSupportedVcpus = 128;
  capability.maxSupportedVMs = 1024;
  capability.maxRunningVMs = 1024;
  h.config = configuration(host, ref, product);
  h.summary.host = ref;
  h.summary.config.product = std::move(product);
  h.summary.config.vmotionEnabled = false;
  h.summary.quickStats.overallCpuUsage = 120;
  h.summary.quickStats.overallMemoryUsage = 4096;
  h.summary.quickStats.uptime = 3600;
  std::string const suffix =
      host.options().vcenter ? ref.value().substr(ref.value().rfind('-')) : std::string();
  refer(host, *reflect::type_of<HostConfigManager>(), &h.configManager, host_managers, suffix);
  h.datastoreBrowser = Ref<HostDatastoreBrowser>("ha-host-datastorebrowser" + suffix);
  host.add(h.datastoreBrowser, ManagedObject());
  host.add(ref, std::move(h));
  return ref;
}

inline Ref<types::ResourcePool> add_pool(Host& host, Ref<types::ResourcePool> const& ref,
                                         Ref<types::ComputeResource> const& owner) {
  using namespace types;
  auto pool = entity<ResourcePool>("Resources", owner);
  pool.owner = owner;
  pool.config.entity = Ref<ManagedEntity>(ref.type(), ref.value());
  HostOptions const& o = host.options();
  auto const mhz = std::int64_t{2400} * o.cpu_packages * o.cores_per_package;
  auto const fill = [](ResourceAllocationInfo& a, std::int64_t all) {
    a.reservation = all;
    a.expandableReservation = false;
    a.limit = all;
    SharesInfo shares;
    shares.shares = 4000;
    shares.level = SharesLevel::normal;
    a.shares = shares;
  };
  fill(pool.config.cpuAllocation, mhz);
  fill(pool.config.memoryAllocation, o.memory_bytes >> 20);
  pool.runtime.cpu.maxUsage = mhz;
  pool.runtime.cpu.unreservedForVm = mhz;
  pool.runtime.cpu.unreservedForPool = mhz;
  pool.runtime.memory.maxUsage = o.memory_bytes;
  pool.runtime.memory.unreservedForVm = o.memory_bytes;
  pool.runtime.memory.unreservedForPool = o.memory_bytes;
  pool.runtime.overallStatus = ManagedEntityStatus::green;
  ResourcePoolSummary summary;
  summary.name = pool.name;
  summary.config = pool.config;
  summary.runtime = pool.runtime;
  pool.summary = std::move(summary);
  host.add(ref, std::move(pool));
  return ref;
}

template <class Summary> Summary compute_summary(HostOptions const& o, int hosts) {
  Summary s;
  auto const cores = o.cpu_packages * o.cores_per_package * hosts;
  s.totalCpu = 2400 * cores;
  s.totalMemory = o.memory_bytes * hosts;
  s.numCpuCores = static_cast<std::int16_t>(cores);
  s.numCpuThreads = static_cast<std::int16_t>(cores * 2);
  s.effectiveCpu = s.totalCpu;
  s.effectiveMemory = s.totalMemory >> 20;
  s.numHosts = hosts;
  s.numEffectiveHosts = hosts;
  s.overallStatus = types::ManagedEntityStatus::green;
  return s;
}

}  // namespace

void build_inventory(Host& host) {
  using namespace types;
  bool const vc = host.options().vcenter;
  Places& at = host.state().places;
  auto const id = [vc](char const* esx, char const* vcenter) {
    return std::string(vc ? vcenter : esx);
  };
  host.derive<HostSystem>(&follow_host);
  host.derive<Datastore>(&follow_datastore);

  ServiceInstance instance;
  instance.content.about = about(host);
  instance.capability.provisioningSupported = true;
  instance.capability.multiHostSupported = vc;
  instance.capability.userShellAccessSupported = !vc;

  at.root = Ref<Folder>(id("ha-folder-root", "group-d1"));
  at.datacenter = Ref<Datacenter>(id("ha-datacenter", "datacenter-2"));
  at.vm_folder = Ref<Folder>(id("ha-folder-vm", "group-v3"));
  at.host_folder = Ref<Folder>(id("ha-folder-host", "group-h4"));
  at.datastore_folder = Ref<Folder>(id("ha-folder-datastore", "group-s5"));
  at.network_folder = Ref<Folder>(id("ha-folder-network", "group-n6"));
  at.compute_resource = vc ? Ref<ComputeResource>("ClusterComputeResource", "domain-c7")
                           : Ref<ComputeResource>("ha-compute-res");
  at.pool = Ref<ResourcePool>(id("ha-root-pool", "resgroup-8"));
  at.host = Ref<HostSystem>(id("ha-host", "host-9"));
  host.state().next_id = vc ? 9 : 1;

  auto const folder = [&](Ref<Folder> const& ref, std::string name, untyped_ref const& parent,
                          std::vector<std::string> types, untyped_ref const& child) {
    auto f = entity<Folder>(std::move(name), Ref<ManagedEntity>(parent.type(), parent.value()));
    if (!parent) f.parent.reset();
    f.childType = std::move(types);
    if (child) f.childEntity.emplace_back(child.type(), child.value());
    host.add(ref, std::move(f));
  };
  folder(at.root, vc ? "Datacenters" : "ha-folder-root", {}, {"Folder", "Datacenter"},
         at.datacenter);
  folder(at.vm_folder, "vm", at.datacenter, {"Folder", "VirtualMachine", "VirtualApp"}, {});
  folder(at.host_folder, "host", at.datacenter, {"Folder", "ComputeResource"}, at.compute_resource);
  folder(at.datastore_folder, "datastore", at.datacenter, {"Folder", "Datastore", "StoragePod"},
         {});
  folder(at.network_folder, "network", at.datacenter,
         {"Folder", "Network", "DistributedVirtualSwitch"}, {});
  auto dc = entity<Datacenter>(vc ? "Datacenter" : "ha-datacenter", at.root);
  dc.vmFolder = at.vm_folder;
  dc.hostFolder = at.host_folder;
  dc.datastoreFolder = at.datastore_folder;
  dc.networkFolder = at.network_folder;
  host.add(at.datacenter, std::move(dc));

  // The managers whose properties are served; the rest of the table follows as placeholders.
  host.add(Ref<PropertyCollector>(id("ha-property-collector", "propertyCollector")),
           PropertyCollector());
  SessionManager sessions;
  sessions.defaultLocale = "en";
  sessions.messageLocaleList = {"en"};
  sessions.supportedLocaleList = {"en"};
  host.add(Ref<SessionManager>(id("ha-sessionmgr", "SessionManager")), std::move(sessions));
  host.add(Ref<ViewManager>("ViewManager"), ViewManager());
  TaskManager tasks;
  tasks.maxCollector = 32;
  host.add(Ref<TaskManager>(id("ha-taskmgr", "TaskManager")), std::move(tasks));

  Ref<EnvironmentBrowser> const browser(id("ha-compute-res-env", "envbrowser-7"));
  host.add(browser, ManagedObject());
  int const count = vc ? std::max(1, host.options().hosts) : 1;
  std::vector<Ref<HostSystem>> hosts;
  for (int i = 0; i < count; ++i) {
    Ref<HostSystem> const ref(vc ? host.make_id("host") : "ha-host");
    std::string name = host.options().name;
    if (vc)
      name = "esx0" + std::to_string(i + 1) + name.substr(std::min(name.find('.'), name.size()));
    hosts.push_back(add_host(host, ref, name, instance.content.about, at.compute_resource));
  }
  auto const fill = [&](auto& compute) {
    compute.resourcePool = at.pool;
    compute.host = hosts;
    compute.environmentBrowser = browser;
    ComputeResourceConfigInfo config;
    config.vmSwapPlacement = "vmDirectory";
    compute.configurationEx = std::move(config);
  };
  if (vc) {
    auto cluster = entity<ClusterComputeResource>("Cluster", at.host_folder);
    fill(cluster);
    cluster.summary = compute_summary<ClusterComputeResourceSummary>(host.options(), count);
    host.add(at.compute_resource, std::move(cluster));
  } else {
    auto compute = entity<ComputeResource>(host.options().name, at.host_folder);
    fill(compute);
    compute.summary = compute_summary<ComputeResourceSummary>(host.options(), count);
    host.add(at.compute_resource, std::move(compute));
  }
  add_pool(host, at.pool, at.compute_resource);
  host.add_datastore("datastore1", std::int64_t{1} << 40);
  host.add_network("VM Network");

  refer(host, *reflect::type_of<ServiceContent>(), &instance.content, managers, {});
  host.add(Ref<ServiceInstance>("ServiceInstance"), std::move(instance));
}

Ref<types::Datastore> Host::add_datastore(std::string name, std::int64_t capacity_bytes) {
  using namespace types;
  Lock const hold(*this);
  Places const& at = places();
  std::string const uuid = make_uuid();
  Ref<Datastore> const ref(options().vcenter ? make_id("datastore") : uuid);
  std::string const mount = "/vmfs/volumes/" + uuid;
  auto d = entity<Datastore>(server_name(name), at.datastore_folder);
  d.summary.datastore = ref;
  d.summary.url = "ds://" + mount + "/";
  d.summary.capacity = capacity_bytes;
  d.summary.freeSpace = capacity_bytes - capacity_bytes / 10;
  d.summary.accessible = true;
  d.summary.multipleHostAccess = options().vcenter;
  d.summary.type = "VMFS";
  d.summary.maintenanceMode = "normal";
  VmfsDatastoreInfo info;
  info.maxFileSize = std::int64_t{64} << 40;
  auto& vmfs = info.vmfs.emplace();
  vmfs.type = "VMFS";
  vmfs.capacity = capacity_bytes;
  vmfs.blockSizeMb = 1;
  vmfs.majorVersion = 6;
  vmfs.version = "6.82";
  vmfs.uuid = uuid;
  vmfs.local = true;
  vmfs.extent.push_back({"mpx.vmhba0:C0:T0:L0", 3, {}});
  d.info = std::move(info);
  d.capability.directoryHierarchySupported = true;
  d.capability.rawDiskMappingsSupported = true;
  d.capability.perFileThinProvisioningSupported = true;
  d.browser =
      Ref<HostDatastoreBrowser>((options().vcenter ? "datastoreBrowser-" : "ha-") + ref.value());
  auto const compute = get<ComputeResource>(at.compute_resource);
  for (auto const& h : compute->host) {
    DatastoreHostMount m;
    m.key = h;
    m.mountInfo.path = mount;
    m.mountInfo.accessMode = "readWrite";
    m.mountInfo.mounted = true;
    m.mountInfo.accessible = true;
    d.host.push_back(std::move(m));
  }
  add(d.browser, ManagedObject());
  add(ref, std::move(d));
  modify(at.datastore_folder,
         [&](Folder& f) { f.childEntity.emplace_back(ref.type(), ref.value()); });
  modify(at.datacenter, [&](Datacenter& x) { x.datastore.push_back(ref); });
  modify(at.compute_resource, [&](ComputeResource& x) { x.datastore.push_back(ref); });
  for (auto const& h : compute->host) modify(h, [&](HostSystem& x) { x.datastore.push_back(ref); });
  if (!at.datastore) state_->places.datastore = ref;
  return ref;
}

Ref<types::Network> Host::add_network(std::string name) {
  Lock const hold(*this);
  return detail::make_network(*this, name,
                              get<types::ComputeResource>(places().compute_resource)->host);
}

Ref<types::Network> detail::make_network(Host& host, std::string const& name,
                                         std::vector<Ref<types::HostSystem>> const& on) {
  using namespace types;
  Places& at = host.state().places;
  std::string const kept = server_name(name);
  Ref<Network> ref(host.options().vcenter ? host.make_id("network") : "HaNetwork-" + kept);
  // One that was renamed keeps the id that its first name gave it.
  for (int i = 1; !host.options().vcenter; ++i) {
    auto const there = host.find<Network>(ref);
    if (!there || there->name == kept) break;
    ref.assign_value("HaNetwork-" + kept + "-" + std::to_string(i));
  }
  auto n = entity<Network>(kept, at.network_folder);
  NetworkSummary summary;
  summary.network = ref;
  summary.name = kept;
  summary.accessible = true;
  n.summary = std::move(summary);
  n.host = on;
  host.add(ref, std::move(n));
  host.modify(at.network_folder,
              [&](Folder& f) { f.childEntity.emplace_back(ref.type(), ref.value()); });
  host.modify(at.datacenter, [&](Datacenter& x) { x.network.push_back(ref); });
  host.modify(at.compute_resource, [&](ComputeResource& x) { x.network.push_back(ref); });
  for (auto const& h : on) host.modify(h, [&](HostSystem& x) { x.network.push_back(ref); });
  if (!at.network) at.network = ref;
  return ref;
}

Ref<types::Folder> Host::add_folder(Ref<types::Folder> const& parent, std::string name) {
  using namespace types;
  Lock const hold(*this);
  Ref<Folder> const ref("group-v" + std::to_string(state_->next_id++));
  auto f = entity<Folder>(server_name(name), parent);
  f.childType = get<Folder>(parent)->childType;
  add(ref, std::move(f));
  modify(parent, [&](Folder& x) { x.childEntity.emplace_back(ref.type(), ref.value()); });
  return ref;
}

}  // namespace esxvi::sim
