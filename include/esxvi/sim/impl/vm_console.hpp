// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Screens of virtual machines, their consoles and CD-ROMs, and what new ones may be like. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/host_pages.hpp>
#include <esxvi/sim/questions.hpp>
#include <esxvi/sim/screen.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/EnvironmentBrowser.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/InvalidState.hpp>

#include <algorithm>
#include <charconv>

namespace esxvi::sim {

namespace detail {

namespace {

constexpr Operation create_screenshot{"VirtualMachine.createScreenshot", when_on,
                                      types::VirtualMachinePowerState::poweredOn, 100};
constexpr Operation open_console{"VirtualMachine.acquireTicket", when_on,
                                 types::VirtualMachinePowerState::poweredOn, 0};

constexpr int oldest_hardware = 4;

inline std::string hardware_key(int number) {
  return (number < 10 ? "vmx-0" : "vmx-") + std::to_string(number);
}

template <class O>
O option_of(decltype(O::min) least, decltype(O::max) most, decltype(O::min) usual) {
  O o;
  o.min = least;
  o.max = most;
  o.defaultValue = usual;
  return o;
}

inline types::VirtualMachineConfigOption config_option(Host& host, int version) {
  using namespace types;
  VirtualMachineConfigOption out;
  out.version = hardware_key(version);
  out.description = "ESX virtual machine";
  for (auto const* id :
       {"otherGuest", "otherGuest64", "otherLinux64Guest", "debian11_64Guest", "debian12_64Guest",
        "ubuntu64Guest", "rhel8_64Guest", "rhel9_64Guest", "windows2019srv_64Guest"}) {
    GuestOsDescriptor g;
    g.id = id;
    g.fullName = guest_full_name(id);
    g.family = g.id.starts_with("windows") ? "windowsGuest"
               : g.id.starts_with("other") ? "otherGuestFamily"
                                           : "linuxGuest";
    g.supportedMaxCPUs = 128;
    g.supportedMinMemMB = least_memory_mb;
    g.supportedMaxMemMB = most_memory_mb;
    g.recommendedMemMB = 1024;
    g.recommendedColorDepth = 0;
    g.supportedDiskControllerList = {"ParaVirtualSCSIController", "VirtualLsiLogicController",
                                     "VirtualLsiLogicSASController", "VirtualIDEController",
                                     "VirtualAHCIController"};
    g.recommendedSCSIController = "ParaVirtualSCSIController";
    g.recommendedDiskController = "ParaVirtualSCSIController";
    g.recommendedCdromController = "VirtualAHCIController";
    g.supportedNumDisks = 64;
    g.recommendedDiskSizeMB = 16384;
    g.supportedEthernetCard = {"VirtualE1000", "VirtualE1000e", "VirtualVmxnet3"};
    g.recommendedEthernetCard = "VirtualVmxnet3";
    g.supportsWakeOnLan = true;
    g.supportedFirmware = {"bios", "efi"};
    g.recommendedFirmware = "bios";
    g.supportedForCreate = true;
    out.guestOSDescriptor.push_back(std::move(g));
  }
  out.guestOSDefaultIndex = 2;
  auto& h = out.hardwareOptions;
  h.hwVersion = version;
  h.deviceListReadonly = false;
  for (int n = 1; n <= 128; ++n) h.numCPU.push_back(n);
  h.numCpuReadonly = false;
  h.memoryMB = option_of<LongOption>(least_memory_mb, most_memory_mb, 1024);
  h.numPCIControllers = option_of<IntOption>(1, 1, 1);
  h.numIDEControllers = option_of<IntOption>(2, 2, 2);
  h.numUSBControllers = option_of<IntOption>(0, 1, 0);
  h.numSIOControllers = option_of<IntOption>(1, 1, 1);
  h.numPS2Controllers = option_of<IntOption>(1, 1, 1);
  auto const machines = host.all<VirtualMachine>();
  if (!machines.empty()) out.capabilities = host.get<VirtualMachine>(machines.front())->capability;
  out.supportedMonitorType = {"release", "debug", "stats"};
  return out;
}

inline types::ConfigTarget config_target(Host& host) {
  using namespace types;
  ConfigTarget out;
  auto const on = host.get<HostSystem>(host.places().host);
  if (on->hardware) {
    out.numCpus = on->hardware->cpuInfo.numCpuThreads;
    out.numCpuCores = on->hardware->cpuInfo.numCpuCores;
    out.numNumaNodes = on->hardware->numaInfo ? on->hardware->numaInfo->numNodes : 1;
    out.maxMemMBOptimalPerf = static_cast<std::int32_t>(on->hardware->memorySize >> 20);
  }
  for (auto const& ref : on->datastore) {
    auto const d = host.get<Datastore>(ref);
    VirtualMachineDatastoreInfo info;
    info.name = d->name;
    info.datastore = d->summary;
    info.capability = d->capability;
    info.maxFileSize = d->info ? d->info->maxFileSize : 0;
    info.mode = "readWrite";
    out.datastore.push_back(std::move(info));
  }
  for (auto const& ref : on->network) {
    auto const n = host.get<Network>(ref);
    VirtualMachineNetworkInfo info;
    info.name = n->name;
    info.network = n->summary;
    out.network.push_back(std::move(info));
  }
  return out;
}

inline types::VirtualMachineTicket ticket_of(Host& host, Ref<types::VirtualMachine> const& vm,
                                             std::string_view kind) {
  if (auto why = refusal(host, vm, open_console)) throw *std::move(why);
  types::VirtualMachineTicket t;
  t.ticket = host.make_uuid();
  t.cfgFile = host.get<types::VirtualMachine>(vm)->config->files.vmPathName.value_or("");
  t.host = host.options().name;
  t.port = kind == "webmks" ? 443 : 902;
  if (kind == "webmks") t.url = "wss://" + *t.host + ":443/ticket/" + t.ticket;
  return t;
}

// The answer waits for the answer to the question, as on a real host.
inline void unmount_tools(std::shared_ptr<Call> const& call, Ref<types::VirtualMachine> const& vm) {
  Host& host = call->host();
  if (auto why = refusal(host, vm, open_console)) throw *std::move(why);
  auto const unmount = [call, vm](Host& h) {
    h.modify(vm, [](types::VirtualMachine& m) { m.runtime.toolsInstallerMounted = false; });
    call->reply_text({});
  };
  if (machine_services(host).locked_cds.count(vm.value()) == 0) return unmount(host);
  Question q = questions::cdrom_locked();
  q.answered = [call, unmount, act = q.answered](Host& h, std::string_view key) {
    auto why = act(h, key);
    if (why)
      call->fail(*why);
    else
      unmount(h);
    return why;
  };
  call->park([] {});
  host.ask(vm, std::move(q));
}

}  // namespace

int newest_hardware(Host& host) {
  constexpr std::pair<std::string_view, int> of_versions[] = {
      {"8.0.3", 21}, {"8.0.2", 21}, {"8.", 20},  {"7.0.3", 19},
      {"7.", 17},    {"6.7", 14},   {"6.5", 13}, {"6.", 11}};
  for (auto const& [version, number] : of_versions)
    if (std::string_view(host.options().version).starts_with(version)) return number;
  return 10;
}

}  // namespace detail

void add_console_methods(Host& host) {
  using namespace types;
  using namespace detail;
  host.on_path("/screen", [&host](WebRequest const& request, WebHandler::Done const& done,
                                  std::stop_token const&) {
    if (split_target(request.target).path != "/screen") return done(error_page(404));
    auto const access = web_access(host, request, false);
    if (access != 200) return done(error_page(access));
    done(screen_page(request, [&host](std::string const& vm) { return screen_of(host, vm); }));
  });
  host.on<CreateScreenshot_Task>([](Call& call, CreateScreenshot_Task const& r) {
    Ref<VirtualMachine> const vm = *r.self;
    return start(call.host(), vm, create_screenshot, call.user(), [vm](Host& h) -> Any {
      auto const at =
          datastore_path(h.get<VirtualMachine>(vm)->config->files.vmPathName.value_or("[] "));
      auto const files = files_as_they_are(h, at.datastore);
      std::string const stem = at.path.substr(0, at.path.rfind('.'));
      int number = 0;
      while (files->exists(stem + "-" + std::to_string(number) + ".png")) ++number;
      DatastorePath const picture{at.datastore, stem + "-" + std::to_string(number) + ".png"};
      write_file(h, picture, draw_screen(screen_of(h, vm.value()).value()).png());
      return picture.text();
    });
  });
  host.on<AcquireTicket>([](Call& call, AcquireTicket const& r) {
    constexpr std::string_view kinds[] = {"mks", "device", "guestControl", "webmks"};
    if (std::find(std::begin(kinds), std::end(kinds), *r.ticketType) == std::end(kinds)) {
      InvalidArgument why;
      why.invalidProperty = "ticketType";
      throw fault(std::move(why));
    }
    return ticket_of(call.host(), *r.self, *r.ticketType);
  });
  host.on<AcquireMksTicket>([](Call& call, AcquireMksTicket const& r) {
    auto const ticket = ticket_of(call.host(), *r.self, "mks");
    VirtualMachineMksTicket out;
    out.ticket = ticket.ticket;
    out.cfgFile = ticket.cfgFile;
    out.host = ticket.host;
    out.port = ticket.port;
    return out;
  });
  host.on<MountToolsInstaller>([](Call& call, MountToolsInstaller const& r) {
    if (auto why = refusal(call.host(), *r.self, open_console)) throw *std::move(why);
    call.host().modify(*r.self, [](VirtualMachine& m) { m.runtime.toolsInstallerMounted = true; });
  });
  host.on_call<UnmountToolsInstaller>(
      [](std::shared_ptr<Call> const& call, UnmountToolsInstaller const& r) {
        unmount_tools(call, *r.self);
      });
  host.on<RefreshStorageInfo>([](Call&, RefreshStorageInfo const&) {});
  host.on<QueryConfigOption>([](Call& call, QueryConfigOption const& r) {
    int version = newest_hardware(call.host());
    if (r.key && r.key->starts_with("vmx-"))
      std::from_chars(r.key->data() + 4, r.key->data() + r.key->size(), version);
    return std::optional(config_option(call.host(), version));
  });
  host.on<QueryConfigOptionEx>([](Call& call, QueryConfigOptionEx const&) {
    return std::optional(config_option(call.host(), newest_hardware(call.host())));
  });
  host.on<QueryConfigOptionDescriptor>([](Call& call, QueryConfigOptionDescriptor const&) {
    std::vector<VirtualMachineConfigOptionDescriptor> all;
    int const newest = newest_hardware(call.host());
    for (int version = oldest_hardware; version <= newest; ++version) {
      VirtualMachineConfigOptionDescriptor d;
      d.key = hardware_key(version);
      d.host = {call.host().places().host};
      d.createSupported = version > oldest_hardware;
      d.defaultConfigOption = version == newest;
      d.runSupported = true;
      d.upgradeSupported = true;
      all.push_back(std::move(d));
    }
    return all;
  });
  host.on<QueryConfigTarget>([](Call& call, QueryConfigTarget const&) {
    return std::optional(config_target(call.host()));
  });
}

}  // namespace esxvi::sim
