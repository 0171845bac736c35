// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Virtual hardware that gets newer, guests that are customized. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/CustomizationFixedName.hpp>
#include <esxvi/types/CustomizationLinuxPrep.hpp>
#include <esxvi/types/CustomizationVirtualMachineName.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/fault/AlreadyUpgraded.hpp>
#include <esxvi/types/fault/CustomizationFault.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/NotSupported.hpp>

#include <charconv>

namespace esxvi::sim {

namespace detail {

namespace {

// clang-format off
constexpr Operation upgrade{"VirtualMachine.upgradeVirtualHardware", when_off, types::VirtualMachinePowerState::poweredOff, 300};
constexpr Operation customize{"VirtualMachine.customize", when_off, types::VirtualMachinePowerState::poweredOff, 500, true};
constexpr Operation export_machine{"VirtualMachine.exportVm", when_off, types::VirtualMachinePowerState::poweredOff, 0};
// clang-format on

inline int hardware_number(std::string_view key) {
  int number = 0;
  if (key.starts_with("vmx-")) std::from_chars(key.data() + 4, key.data() + key.size(), number);
  return number;
}

inline Any upgrade_hardware(Host& host, Ref<types::VirtualMachine> const& vm,
                            std::string const& version) {
  int const now = hardware_number(host.get<types::VirtualMachine>(vm)->config->version);
  int const wanted = hardware_number(version);
  if (wanted == now) throw fault(types::AlreadyUpgraded(), "The virtual machine is up to date.");
  if (wanted < now || wanted > newest_hardware(host)) {
    types::InvalidArgument why;
    why.invalidProperty = "version";
    throw fault(std::move(why));
  }
  host.modify(vm, [&](types::VirtualMachine& m) { m.config->version = version; });
  return {};
}

/// The name that a guest of Linux is to have.
inline std::string host_name_of(types::CustomizationSpec const& spec,
                                types::VirtualMachine const& vm) {
  auto const* const linux_prep = spec.identity.as<types::CustomizationLinuxPrep>();
  if (linux_prep == nullptr) return {};
  std::string name;
  if (auto const* fixed = linux_prep->hostName.as<types::CustomizationFixedName>())
    name = fixed->name;
  else if (linux_prep->hostName.is<types::CustomizationVirtualMachineName>())
    name = vm.name;
  return name.empty() || linux_prep->domain.empty() ? name : name + "." + linux_prep->domain;
}

inline void check_customization(Call& call, Ref<types::VirtualMachine> const& vm,
                                types::CustomizationSpec const& spec) {
  if (!call.host().options().vcenter) throw fault(types::NotSupported());
  auto const machine = call.host().get<types::VirtualMachine>(vm);
  bool const is_linux = machine->guest && machine->guest->guestFamily == "linuxGuest";
  if (!is_linux && spec.identity.is<types::CustomizationLinuxPrep>()) {
    types::UncustomizableGuest why;
    why.uncustomizableGuestOS = machine->config ? machine->config->guestFullName : std::string();
    throw fault(std::move(why), "Customization of the guest operating system is not supported.");
  }
}

}  // namespace
}  // namespace detail

void add_provisioning_methods(Host& host) {
  using namespace types;
  using namespace detail;
  host.on<UpgradeVM_Task>([](Call& call, UpgradeVM_Task const& r) {
    Ref<VirtualMachine> const vm = *r.self;
    std::string const version =
        r.version.value_or("vmx-" + std::to_string(newest_hardware(call.host())));
    return start(call.host(), vm, upgrade, call.user(),
                 [vm, version](Host& h) { return upgrade_hardware(h, vm, version); });
  });
  host.on<CheckCustomizationSpec>([](Call& call, CheckCustomizationSpec const& r) {
    check_customization(call, *r.self, *r.spec);
  });
  host.on<CustomizeVM_Task>([](Call& call, CustomizeVM_Task const& r) {
    Ref<VirtualMachine> const vm = *r.self;
    check_customization(call, vm, *r.spec);
    return start(call.host(), vm, customize, call.user(), [vm, spec = *r.spec](Host& h) {
      h.modify(vm, [&](VirtualMachine& m) {
        auto const name = host_name_of(spec, m);
        if (m.guest && !name.empty()) m.guest->hostName = name;
      });
      return Any();
    });
  });
  // There is no service that would carry the disks.
  host.on<ExportVm>([](Call& call, ExportVm const& r) -> Ref<HttpNfcLease> {
    if (auto why = refusal(call.host(), *r.self, export_machine)) throw *std::move(why);
    throw fault(NotSupported());
  });
}

}  // namespace esxvi::sim
