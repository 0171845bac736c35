// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What else a physical host is and does: firewall, services, options, devices, licences,
// maintenance. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/host_parts.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/BoolOption.hpp>
#include <esxvi/types/HostFirewallSystem.hpp>
#include <esxvi/types/HostFirewallSystem_properties.hpp>
#include <esxvi/types/HostServiceSystem.hpp>
#include <esxvi/types/HostServiceSystem_properties.hpp>
#include <esxvi/types/HostSystem.hpp>
#include <esxvi/types/LongOption.hpp>
#include <esxvi/types/OptionManager.hpp>
#include <esxvi/types/OptionManager_properties.hpp>
#include <esxvi/types/ServiceInstance_properties.hpp>
#include <esxvi/types/StringOption.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/InvalidName.hpp>
#include <esxvi/types/fault/InvalidState.hpp>
#include <esxvi/types/fault/NotFound.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::sim {

namespace detail {

namespace {

/// A service, and the firewall rule set that lets it through.
struct service_row {
  std::string_view key;
  std::string_view label;
  std::string_view ruleset;
  bool running;
  std::string_view policy;
};
constexpr service_row host_services[] = {
    {"DCUI", "Direct Console UI", "", true, "on"},
    {"TSM", "ESXi Shell", "", false, "off"},
    {"TSM-SSH", "SSH", "sshServer", false, "off"},
    {"ntpd", "NTP Daemon", "ntpClient", true, "on"},
    {"snmpd", "SNMP Server", "snmp", false, "off"},
    {"vpxa", "VMware vCenter Agent", "vpxHeartbeats", false, "off"},
};

struct ruleset_row {
  std::string_view key;
  std::string_view label;
  int port;
  bool inbound;
  std::string_view protocol;
  bool enabled;
  std::string_view service;
};
constexpr ruleset_row host_rulesets[] = {
    {"sshServer", "SSH Server", 22, true, "tcp", false, "TSM-SSH"},
    {"sshClient", "SSH Client", 22, false, "tcp", false, ""},
    {"nfsClient", "NFS Client", 2049, false, "tcp", false, ""},
    {"iSCSI", "Software iSCSI Client", 3260, false, "tcp", true, ""},
    {"ntpClient", "NTP Client", 123, false, "udp", true, "ntpd"},
    {"snmp", "SNMP Server", 161, true, "udp", false, "snmpd"},
    {"syslog", "syslog", 514, false, "udp", false, ""},
    {"vMotion", "vMotion", 8000, true, "tcp", true, ""},
    {"vSphereClient", "vSphere Web Client", 902, true, "tcp", true, ""},
    {"vpxHeartbeats", "VMware vCenter Agent", 902, false, "udp", true, "vpxa"},
    {"webAccess", "vSphere Web Access", 80, true, "tcp", true, ""},
};

// As signed as the schema wants them.
struct device_row {
  std::string_view id;
  int device_class;
  int vendor;
  int device;
  std::string_view vendor_name;
  std::string_view device_name;
};
constexpr device_row host_devices[] = {
    {"0000:00:00.0", 0x0600, 0x8086, 0x2020, "Intel Corporation", "Sky Lake-E DMI3 Registers"},
    {"0000:00:1f.2", 0x0106, 0x8086, 0xa182, "Intel Corporation", "Lewisburg SATA AHCI Controller"},
    {"0000:02:00.0", 0x0200, 0x8086, 0x1563, "Intel Corporation", "Ethernet Controller X550"},
    {"0000:02:00.1", 0x0200, 0x8086, 0x1563, "Intel Corporation", "Ethernet Controller X550"},
    {"0000:02:00.2", 0x0200, 0x8086, 0x1563, "Intel Corporation", "Ethernet Controller X550"},
    {"0000:02:00.3", 0x0200, 0x8086, 0x1563, "Intel Corporation", "Ethernet Controller X550"},
    {"0000:03:00.0", 0x0300, 0x102b, 0x0536, "Matrox Electronics Systems Ltd.",
     "Integrated Matrox G200eW3 Graphics Controller"},
};

inline types::HostPciDevice pci_device(device_row const& row) {
  types::HostPciDevice d;
  auto const digits = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (char const c : row.id.substr(at, count))
      value = value * 16 + (c <= '9' ? c - '0' : c - 'a' + 10);
    return static_cast<std::int8_t>(value);
  };
  d.id = row.id;
  d.bus = digits(5, 2);
  d.slot = digits(8, 2);
  d.function = digits(11, 1);
  d.classId = static_cast<std::int16_t>(row.device_class);
  d.vendorId = static_cast<std::int16_t>(row.vendor);
  d.deviceId = static_cast<std::int16_t>(row.device);
  d.subVendorId = d.vendorId;
  d.subDeviceId = d.deviceId;
  d.vendorName = row.vendor_name;
  d.deviceName = row.device_name;
  return d;
}

inline types::HostFirewallInfo firewall() {
  types::HostFirewallInfo info;
  info.defaultPolicy.incomingBlocked = true;
  info.defaultPolicy.outgoingBlocked = true;
  for (ruleset_row const& row : host_rulesets) {
    types::HostFirewallRuleset set;
    set.key = row.key;
    set.label = row.label;
    set.required = false;
    set.enabled = row.enabled;
    if (!row.service.empty()) set.service = row.service;
    types::HostFirewallRule rule;
    rule.port = row.port;
    rule.direction = row.inbound ? types::HostFirewallRuleDirection::inbound
                                 : types::HostFirewallRuleDirection::outbound;
    rule.portType = types::HostFirewallRulePortType::dst;
    rule.protocol = row.protocol;
    set.rule.push_back(std::move(rule));
    set.allowedHosts.emplace().allIp = true;
    info.ruleset.push_back(std::move(set));
  }
  return info;
}

inline types::HostServiceInfo services_of_host() {
  types::HostServiceInfo info;
  for (service_row const& row : host_services) {
    types::HostService s;
    s.key = row.key;
    s.label = row.label;
    s.running = row.running;
    s.policy = row.policy;
    if (!row.ruleset.empty()) s.ruleset = {std::string(row.ruleset)};
    info.service.push_back(std::move(s));
  }
  return info;
}

/// How values of this kind may be: what describes an option.
inline Poly<types::OptionType> option_type(Any const& value) {
  if (auto const* flag = value.as<bool>()) {
    types::BoolOption type;
    type.supported = true;
    type.defaultValue = *flag;
    return type;
  }
  if (auto const* number = value.as<std::int64_t>()) {
    types::LongOption type;
    type.max = std::numeric_limits<std::int32_t>::max();
    type.defaultValue = *number;
    return type;
  }
  types::StringOption type;
  if (auto const* text = value.as<std::string>()) type.defaultValue = *text;
  return type;
}

inline types::OptionManager options(std::vector<std::pair<std::string, Any>> all) {
  types::OptionManager manager;
  for (auto& [key, value] : all) {
    types::OptionDef d;
    d.key = key;
    d.label = key.substr(key.rfind('.') + 1);
    d.summary = d.label;
    d.optionType = option_type(value);
    manager.supportedOption.push_back(std::move(d));
    types::OptionValue option;
    option.key = std::move(key);
    option.value = std::move(value);
    manager.setting.emplace_back(std::move(option));
  }
  return manager;
}

inline types::OptionManager options_of_host(Host& host) {
  return options({{"Annotations.WelcomeMessage", std::string()},
                  {"Config.HostAgent.log.level", std::string("info")},
                  {"Misc.HostName", host.options().name},
                  {"UserVars.SuppressShellWarning", std::int64_t{0}},
                  {"VMkernel.Boot.hyperthreading", true}});
}

/// Settings of the service itself.
inline types::OptionManager options_of_service(Host& host) {
  if (host.options().vcenter)
    return options({{"VirtualCenter.InstanceName", host.options().name},
                    {"config.log.level", std::string("info")},
                    {"event.maxAge", std::int64_t{30}},
                    {"event.maxAgeEnabled", true},
                    {"task.maxAge", std::int64_t{30}},
                    {"task.maxAgeEnabled", true}});
  return options({{"Config.HostAgent.plugins.solo.webServer.enableWebUI", true},
                  {"Vpx.Vpxa.config.log.level", std::string("info")}});
}

template <class F>
void change_ruleset(Call& call, untyped_ref const& system, std::string const& id, F&& change) {
  auto const at = Ref<types::HostFirewallSystem>(system.type(), system.value());
  auto const now = call.host().get<types::HostFirewallSystem>(at);
  auto const& all = now->firewallInfo->ruleset;
  auto const found = std::ranges::find(all, id, &types::HostFirewallRuleset::key);
  if (found == all.end()) throw fault(types::NotFound());
  auto const index = static_cast<std::size_t>(found - all.begin());
  call.host().modify(at,
                     [&](types::HostFirewallSystem& f) { change(f.firewallInfo->ruleset[index]); });
}

template <class F>
void change_service(Call& call, untyped_ref const& system, std::string const& id, F&& change) {
  auto const at = Ref<types::HostServiceSystem>(system.type(), system.value());
  auto const now = call.host().get<types::HostServiceSystem>(at);
  auto const& all = now->serviceInfo.service;
  auto const found = std::ranges::find(all, id, &types::HostService::key);
  if (found == all.end()) throw fault(types::NotFound());
  auto const index = static_cast<std::size_t>(found - all.begin());
  call.host().modify(at,
                     [&](types::HostServiceSystem& s) { change(s.serviceInfo.service[index]); });
}
inline void set_service(Call& call, untyped_ref const& system, std::string const& id,
                        bool running) {
  change_service(call, system, id, [running](types::HostService& s) { s.running = running; });
}

inline void add_security_methods(Host& host) {
  using namespace esxvi::types;
  host.on<EnableRuleset>([](Call& call, EnableRuleset const& r) {
    change_ruleset(call, *r.self, *r.id, [](HostFirewallRuleset& s) { s.enabled = true; });
  });
  host.on<DisableRuleset>([](Call& call, DisableRuleset const& r) {
    change_ruleset(call, *r.self, *r.id, [](HostFirewallRuleset& s) { s.enabled = false; });
  });
  host.on<UpdateRuleset>([](Call& call, UpdateRuleset const& r) {
    change_ruleset(call, *r.self, *r.id,
                   [&](HostFirewallRuleset& s) { s.allowedHosts = r.spec->allowedHosts; });
  });
  host.on<UpdateDefaultPolicy>([](Call& call, UpdateDefaultPolicy const& r) {
    call.host().modify(*r.self, [&](HostFirewallSystem& f) {
      auto& policy = f.firewallInfo->defaultPolicy;
      auto const& wanted = *r.defaultPolicy;
      if (wanted.incomingBlocked) policy.incomingBlocked = wanted.incomingBlocked;
      if (wanted.outgoingBlocked) policy.outgoingBlocked = wanted.outgoingBlocked;
    });
  });
  host.on<UpdateServicePolicy>([](Call& call, UpdateServicePolicy const& r) {
    constexpr std::string_view known[] = {"on", "off", "automatic"};
    if (std::ranges::count(known, *r.policy) == 0) {
      InvalidArgument why;
      why.invalidProperty = "policy";
      throw fault(std::move(why));
    }
    change_service(call, *r.self, *r.id, [&](HostService& s) { s.policy = *r.policy; });
  });
  host.on<RefreshServices>([](Call&, RefreshServices const&) {});
  host.on<RefreshFirewall>([](Call&, RefreshFirewall const&) {});
  host.on<StartService>(
      [](Call& call, StartService const& r) { set_service(call, *r.self, *r.id, true); });
  host.on<RestartService>(
      [](Call& call, RestartService const& r) { set_service(call, *r.self, *r.id, true); });
  host.on<StopService>(
      [](Call& call, StopService const& r) { set_service(call, *r.self, *r.id, false); });
}

inline void add_option_methods(Host& host) {
  using namespace esxvi::types;
  host.on<types::QueryOptions>([](Call& call, types::QueryOptions const& r) {
    std::vector<Poly<OptionValue>> found;
    auto const manager = call.host().get<OptionManager>(*r.self);
    // A name that ends with a dot is of all below it.
    for (auto const& option : manager->setting)
      if (!r.name || option->key == *r.name ||
          (r.name->ends_with('.') && option->key.starts_with(*r.name)))
        found.push_back(option);
    if (found.empty() && r.name) {
      InvalidName why;
      why.name = *r.name;
      throw fault(std::move(why), "The name '" + *r.name + "' is invalid.");
    }
    return found;
  });
  host.on<UpdateOptions>([](Call& call, UpdateOptions const& r) {
    auto const own = call.host().get<ServiceInstance>(Ref<ServiceInstance>("ServiceInstance"));
    call.require(own->content.setting == *r.self ? "Global.Settings" : "Host.Config.AdvancedConfig",
                 *r.self);
    call.host().modify(r.self.value, [&](OptionManager& manager) {
      for (auto const& changed : *r.changedValue) {
        auto const found = std::ranges::find_if(
            manager.setting, [&](auto const& o) { return o->key == changed->key; });
        if (found == manager.setting.end())
          manager.setting.push_back(changed);
        else
          *found = changed;
      }
    });
  });
}

inline bool anything_runs(Host& host, Ref<types::HostSystem> const& on) {
  auto const h = host.get<types::HostSystem>(on);
  return std::ranges::any_of(h->vm, [&](auto const& vm) {
    auto const m = host.find<types::VirtualMachine>(vm);
    return m && m->runtime.powerState == types::VirtualMachinePowerState::poweredOn;
  });
}

inline Ref<types::Task> maintenance_task(Call& call, Ref<types::HostSystem> const& ref, bool enter,
                                         std::int32_t timeout) {
  TaskPlan plan;
  plan.progress = {15, 50};
  plan.finish = [ref, enter](Host& host) {
    host.modify(ref, [&](types::HostSystem& h) { h.runtime.inMaintenanceMode = enter; });
    return Any();
  };
  bool const is = call.host().get<types::HostSystem>(ref)->runtime.inMaintenanceMode;
  if (is == enter) {
    plan.failure =
        fault(types::InvalidState(), "The operation is not allowed in the current state.");
  } else if (enter) {
    // It waits until somebody has moved or stopped the machines.
    plan.ready = [ref](Host& host) { return !anything_runs(host, ref); };
    plan.patience = std::chrono::seconds(std::max(timeout, 0));
  }
  return call.host().start_task(
      ref, enter ? "HostSystem.enterMaintenanceMode" : "HostSystem.exitMaintenanceMode",
      std::move(plan), call.user());
}

inline Ref<types::Task> power_task(Call& call, Ref<types::HostSystem> const& ref, bool force,
                                   std::string_view operation, bool comes_back) {
  TaskPlan plan;
  if (!force && !call.host().get<types::HostSystem>(ref)->runtime.inMaintenanceMode)
    plan.failure =
        fault(types::InvalidState(), "The operation is not allowed in the current state.");
  plan.cancelable = false;
  plan.finish = [ref, comes_back](Host& host) {
    host.modify(ref, [&](types::HostSystem& h) {
      if (comes_back)
        h.runtime.bootTime = host.now();
      else
        h.runtime.powerState = types::HostSystemPowerState::poweredOff;
    });
    // Its sessions do not survive it; whoever asked still gets the answer.
    host.state().afterwards.push_back([&host] { host.end_all_sessions(); });
    return Any();
  };
  return call.host().start_task(ref, operation, std::move(plan), call.user());
}

inline void add_host_methods(Host& host) {
  using namespace esxvi::types;
  host.on<EnterMaintenanceMode_Task>([](Call& call, EnterMaintenanceMode_Task const& r) {
    return maintenance_task(call, *r.self, true, *r.timeout);
  });
  host.on<ExitMaintenanceMode_Task>([](Call& call, ExitMaintenanceMode_Task const& r) {
    return maintenance_task(call, *r.self, false, *r.timeout);
  });
  host.on<RebootHost_Task>([](Call& call, RebootHost_Task const& r) {
    return power_task(call, *r.self, *r.force, "HostSystem.reboot", true);
  });
  host.on<ShutdownHost_Task>([](Call& call, ShutdownHost_Task const& r) {
    return power_task(call, *r.self, *r.force, "HostSystem.shutdown", false);
  });
}

}  // namespace
}  // namespace detail

void add_host_services(Host& host) {
  using namespace esxvi::types;
  for (auto const& ref : host.all<HostSystem>()) {
    auto const managers = host.get<HostSystem>(ref)->configManager;
    if (managers.firewallSystem) {
      HostFirewallSystem system;
      system.firewallInfo = detail::firewall();
      host.add(*managers.firewallSystem, std::move(system));
    }
    if (managers.serviceSystem) {
      HostServiceSystem system;
      system.serviceInfo = detail::services_of_host();
      host.add(*managers.serviceSystem, std::move(system));
    }
    if (managers.advancedOption) {
      host.add(*managers.advancedOption, detail::options_of_host(host));
    }
    host.modify(ref, [](HostSystem& h) {
      if (h.hardware)
        for (detail::device_row const& row : detail::host_devices)
          h.hardware->pciDevice.push_back(detail::pci_device(row));
    });
  }
  host.add(Ref<OptionManager>(host.options().vcenter ? "VpxSettings" : "HostAgentSettings"),
           detail::options_of_service(host));
  detail::add_security_methods(host);
  detail::add_option_methods(host);
  detail::add_host_methods(host);
}

}  // namespace esxvi::sim
