// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Which virtual machines start and stop with their host. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/HostAutoStartManager.hpp>
#include <esxvi/types/HostAutoStartManager_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>

#include <algorithm>

namespace esxvi::sim {

namespace detail {

namespace {

template <class T> void set_if_given(std::optional<T>& to, std::optional<T> const& from) {
  if (from) to = from;
}

/// Switches the machines on, or off, that have this action, in their order.
inline void start_or_stop(Host& host, Ref<types::HostAutoStartManager> const& manager, bool on) {
  auto all = host.get<types::HostAutoStartManager>(manager)->config.powerInfo;
  std::stable_sort(all.begin(), all.end(),
                   [](auto const& a, auto const& b) { return a.startOrder < b.startOrder; });
  if (!on) std::reverse(all.begin(), all.end());
  auto const to =
      on ? types::VirtualMachinePowerState::poweredOn : types::VirtualMachinePowerState::poweredOff;
  for (auto const& info : all) {
    std::string action = on ? info.startAction : info.stopAction;
    for (char& c : action) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    auto const machine = host.find<types::VirtualMachine>(info.key);
    bool const wanted = on ? action == "poweron" : !action.empty() && action != "none";
    if (!machine || !wanted || machine->runtime.powerState == to) continue;
    host.modify(info.key, [&](types::VirtualMachine& m) { set_power(host, m, to); });
  }
}

}  // namespace
}  // namespace detail

void add_autostart_methods(Host& host) {
  using namespace types;
  for (auto const& ref : host.all<HostSystem>()) {
    auto const manager = host.get<HostSystem>(ref)->configManager.autoStartManager;
    if (!manager) continue;
    HostAutoStartManager properties;
    auto& defaults = properties.config.defaults.emplace();
    defaults.enabled = false;
    defaults.startDelay = 120;
    defaults.stopDelay = 120;
    defaults.waitForHeartbeat = false;
    defaults.stopAction = "PowerOff";
    host.add(*manager, std::move(properties));
  }
  host.on<ReconfigureAutostart>([](Call& call, ReconfigureAutostart const& r) {
    Host& h = call.host();
    for (auto const& info : r.spec->powerInfo) {
      bool const known = h.find<VirtualMachine>(info.key) != nullptr;
      if (known && info.startOrder >= -1 && info.startOrder != 0) continue;
      InvalidArgument why;
      why.invalidProperty = known ? "spec.powerInfo.startOrder" : "spec.powerInfo.key";
      throw fault(std::move(why));
    }
    h.modify(*r.self, [&](HostAutoStartManager& m) {
      if (auto const& given = r.spec->defaults) {
        auto& defaults = m.config.defaults ? *m.config.defaults : m.config.defaults.emplace();
        detail::set_if_given(defaults.enabled, given->enabled);
        detail::set_if_given(defaults.startDelay, given->startDelay);
        detail::set_if_given(defaults.stopDelay, given->stopDelay);
        detail::set_if_given(defaults.waitForHeartbeat, given->waitForHeartbeat);
        detail::set_if_given(defaults.stopAction, given->stopAction);
      }
      for (auto const& info : r.spec->powerInfo) {
        auto const at =
            std::find_if(m.config.powerInfo.begin(), m.config.powerInfo.end(),
                         [&](AutoStartPowerInfo const& known) { return known.key == info.key; });
        if (at != m.config.powerInfo.end())
          *at = info;
        else
          m.config.powerInfo.push_back(info);
      }
    });
  });
  host.on<AutoStartPowerOn>([](Call& call, AutoStartPowerOn const& r) {
    detail::start_or_stop(call.host(), *r.self, true);
  });
  host.on<AutoStartPowerOff>([](Call& call, AutoStartPowerOff const& r) {
    detail::start_or_stop(call.host(), *r.self, false);
  });
}

}  // namespace esxvi::sim
