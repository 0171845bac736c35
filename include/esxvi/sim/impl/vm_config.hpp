// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Reconfiguring virtual machines. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/detail/property_path.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/sim/questions.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ManagedEntity_properties.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/VirtualCdrom.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/fault/ConcurrentAccess.hpp>
#include <esxvi/types/fault/DuplicateName.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/InvalidState.hpp>
#include <esxvi/types/fault/VmConfigFault.hpp>

#include <algorithm>

namespace esxvi::sim {

namespace detail {

namespace {

constexpr Operation reconfigure_machine{"VirtualMachine.reconfigure", at_any_time, {}, 150};

// Members of a ConfigSpec that a ConfigInfo has under another name or in another place.
struct renamed {
  std::string_view spec;
  std::string_view hardware;  ///< member of config.hardware
  std::string_view config;
};
constexpr renamed renamed_members[] = {
    {"numCPUs", "numCPU", {}},
    {"memoryMB", "memoryMB", {}},
    {"numCoresPerSocket", "numCoresPerSocket", {}},
    {"virtualICH7MPresent", "virtualICH7MPresent", {}},
    {"virtualSMCPresent", "virtualSMCPresent", {}},
    {"motherboardLayout", "motherboardLayout", {}},
    {"simultaneousThreads", "simultaneousThreads", {}},
    {"powerOpInfo", {}, "defaultPowerOps"},
    // Not to be taken over as they are.
    {"changeVersion", {}, {}},
    {"name", {}, {}},
    {"deviceChange", {}, {}},
    {"extraConfig", {}, {}},
    {"cpuFeatureMask", {}, {}},
    {"vAppConfig", {}, {}},
};

// What stays as it is while the machine runs.
constexpr std::string_view only_when_off[] = {"version",
                                              "uuid",
                                              "guestId",
                                              "firmware",
                                              "numCoresPerSocket",
                                              "cpuHotAddEnabled",
                                              "cpuHotRemoveEnabled",
                                              "memoryHotAddEnabled",
                                              "nestedHVEnabled",
                                              "vPMCEnabled"};

/// Copies what is set: an object member by member, as a server understands a change.
inline void take_over(reflect::type_info const& type, void const* from,
                      reflect::type_info const& to_type, void* to) {
  using reflect::kind;
  if (type.what == kind::optional) {
    auto const all = type.elements(from);
    if (all.count > 0) take_over(*type.element, all.first, to_type, to);
    return;
  }
  if (to_type.what == kind::optional && type.what != kind::array) {
    auto const all = to_type.elements(to);
    return take_over(type, from, *to_type.element,
                     all.count > 0 ? mutable_at(all.first) : to_type.emplace(to));
  }
  switch (type.what) {
    case kind::object:
      for (auto const& m : type.members)
        if (auto const there = member_index(to_type, m.name)) {
          auto const& target = to_type.members[*there];
          take_over(*m.type, m.at(mutable_at(from)), *target.type, target.at(to));
        }
      break;
    case kind::poly:
    case kind::any:
      if (auto const& box = *static_cast<esxvi::detail::box const*>(from);
          type.what == to_type.what && box.object() != nullptr)
        *static_cast<esxvi::detail::box*>(to) = box;
      break;
    case kind::array:
    case kind::dynamic:
    case kind::raw:
      break;
    case kind::text:
      if (to_type.what == type.what)
        *static_cast<std::string*>(to) = *static_cast<std::string const*>(from);
      break;
    case kind::enumeration:
      if (to_type.what == type.what)
        to_type.set_literal(to, type.get_literal(from));
      else if (to_type.what == kind::text)
        *static_cast<std::string*>(to) = type.get_literal(from);
      break;
    case kind::reference:
      if (to_type.what == type.what)
        *static_cast<untyped_ref*>(to) = *static_cast<untyped_ref const*>(from);
      break;
    default:
      if (soap::is_scalar(type.what) && soap::is_scalar(to_type.what)) {
        std::string text;
        soap::print_scalar(type, from, text);
        static_cast<void>(soap::parse_scalar(to_type, text, to));
      }
  }
}

inline void take_over_all(types::VirtualMachineConfigSpec const& spec,
                          types::VirtualMachineConfigInfo& config) {
  auto const& from = *reflect::type_of<types::VirtualMachineConfigSpec>();
  auto const& to = *reflect::type_of<types::VirtualMachineConfigInfo>();
  auto const& hardware = *reflect::type_of<types::VirtualHardware>();
  for (auto const& m : from.members) {
    auto const other = std::find_if(std::begin(renamed_members), std::end(renamed_members),
                                    [&](renamed const& r) { return r.spec == m.name; });
    bool const is_renamed = other != std::end(renamed_members);
    bool const in_hardware = is_renamed && !other->hardware.empty();
    auto const& table = in_hardware ? hardware : to;
    auto const name = in_hardware ? other->hardware : is_renamed ? other->config : m.name;
    auto const index = member_index(table, name);
    if (!index) continue;
    void* const object = in_hardware ? static_cast<void*>(&config.hardware) : &config;
    take_over(*m.type, m.at(mutable_at(&spec)), *table.members[*index].type,
              table.members[*index].at(object));
  }
  if (spec.bootOptions && !spec.bootOptions->bootOrder.empty())
    config.bootOptions->bootOrder = spec.bootOptions->bootOrder;
}

[[noreturn]] inline void wrong_argument(std::string property) {
  types::InvalidArgument why;
  why.invalidProperty = std::move(property);
  throw fault(std::move(why));
}

/// What is asked for, with what stays as it is.
inline void check_allocation(std::optional<types::ResourceAllocationInfo> const& now,
                             std::optional<types::ResourceAllocationInfo> const& wanted,
                             std::string property) {
  if (!wanted) return;
  auto const value = [&](std::optional<std::int64_t> types::ResourceAllocationInfo::* member,
                         std::int64_t otherwise) {
    return ((*wanted).*member).value_or(now ? ((*now).*member).value_or(otherwise) : otherwise);
  };
  auto const limit = value(&types::ResourceAllocationInfo::limit, -1);
  auto const reservation = value(&types::ResourceAllocationInfo::reservation, 0);
  if (limit < -1 || reservation < 0 || (limit >= 0 && reservation > limit))
    wrong_argument(std::move(property));
}

inline void check_sizes(Host& host, types::VirtualMachineConfigInfo const& config,
                        types::VirtualMachineConfigSpec const& spec) {
  if (spec.memoryMB && (*spec.memoryMB < least_memory_mb || *spec.memoryMB > most_memory_mb ||
                        *spec.memoryMB % 4 != 0))
    wrong_argument("configSpec.memoryMB");
  if (spec.numCPUs && (*spec.numCPUs < 1 || *spec.numCPUs > most_cpus(host)))
    wrong_argument("configSpec.numCPUs");
  check_allocation(config.cpuAllocation, spec.cpuAllocation, "configSpec.cpuAllocation");
  check_allocation(config.memoryAllocation, spec.memoryAllocation, "configSpec.memoryAllocation");
}

inline void check_running(types::VirtualMachineConfigInfo const& config,
                          types::VirtualMachineConfigSpec const& spec) {
  auto const& type = *reflect::type_of<types::VirtualMachineConfigSpec>();
  for (std::string_view const name : only_when_off) {
    auto const& m = type.members[member_index(type, name).value()];
    if (is_set({m.type, m.at(mutable_at(&spec))}))
      throw wrong_power(types::VirtualMachinePowerState::poweredOn,
                        types::VirtualMachinePowerState::poweredOff);
  }
  if (spec.numCPUs && *spec.numCPUs != config.hardware.numCPU &&
      !(*spec.numCPUs > config.hardware.numCPU ? config.cpuHotAddEnabled
                                               : config.cpuHotRemoveEnabled)
           .value_or(false))
    throw fault(types::CpuHotPlugNotSupported(),
                "CPU hot plug is not supported for this virtual machine.");
  if (spec.memoryMB && *spec.memoryMB != config.hardware.memoryMB &&
      (*spec.memoryMB < config.hardware.memoryMB || !config.memoryHotAddEnabled.value_or(false)))
    throw fault(types::MemoryHotPlugNotSupported(),
                "Memory hot plug is not supported for this virtual machine.");
}

// A level stands for so many shares of each CPU or MB.
inline void work_out_shares(std::optional<types::ResourceAllocationInfo>& allocation,
                            std::int64_t count, int normal) {
  if (!allocation || !allocation->shares) return;
  auto& shares = *allocation->shares;
  auto const each = shares.level == types::SharesLevel::low      ? normal / 2
                    : shares.level == types::SharesLevel::normal ? normal
                    : shares.level == types::SharesLevel::high   ? normal * 2
                                                                 : 0;
  if (each > 0) shares.shares = static_cast<std::int32_t>(each * count);
}

/// A guest's CD-ROM that a change takes away.
inline bool takes_locked_cd(Host& host, Ref<types::VirtualMachine> const& vm,
                            types::VirtualMachineConfigSpec const& spec) {
  auto const machine = host.get<types::VirtualMachine>(vm);
  if (machine_services(host).locked_cds.count(vm.value()) == 0 || !machine->config ||
      machine->runtime.powerState != types::VirtualMachinePowerState::poweredOn)
    return false;
  for (auto const& change : spec.deviceChange)
    for (auto const& d : machine->config->hardware.device) {
      if (!change->device || d->key != change->device->key || !d.is<types::VirtualCdrom>())
        continue;
      bool const warns = !d->backing.is<types::VirtualCdromIsoBackingInfo>() ||
                         extra_value(*machine->config, "cdrom.showIsoLockWarning") != "FALSE";
      if (warns && d->connectable && d->connectable->connected) return true;
    }
  return false;
}

}  // namespace

std::string guest_full_name(std::string_view id) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"otherLinux64Guest", "Other Linux (64-bit)"},
      {"otherGuest64", "Other (64-bit)"},
      {"otherGuest", "Other (32-bit)"},
      {"debian11_64Guest", "Debian GNU/Linux 11 (64-bit)"},
      {"debian12_64Guest", "Debian GNU/Linux 12 (64-bit)"},
      {"ubuntu64Guest", "Ubuntu Linux (64-bit)"},
      {"rhel8_64Guest", "Red Hat Enterprise Linux 8 (64-bit)"},
      {"rhel9_64Guest", "Red Hat Enterprise Linux 9 (64-bit)"},
      {"windows2019srv_64Guest", "Microsoft Windows Server 2019 (64-bit)"},
  };
  for (auto const& [known, name] : names)
    if (known == id) return std::string(name);
  return std::string(id);
}

int most_cpus(Host& host) {
  auto const most = host.get<types::HostSystem>(host.places().host)->capability;
  return most ? most->maxSupportedVcpus.value_or(128) : 128;
}

void reconfigure(Host& host, types::VirtualMachineConfigInfo& config, bool is_on,
                 types::VirtualMachineConfigSpec const& spec) {
  if (spec.changeVersion && !spec.changeVersion->empty() &&
      *spec.changeVersion != config.changeVersion)
    throw fault(types::ConcurrentAccess(),
                "The virtual machine was changed by somebody else in the meantime.");
  check_sizes(host, config, spec);
  if (is_on) check_running(config, spec);
  if (spec.name) {
    require_entity_name(*spec.name);
    std::string const name = server_name(*spec.name);
    require_free_name(host, name, config.name);
    config.name = name;
  }
  take_over_all(spec, config);
  if (spec.guestId) config.guestFullName = guest_full_name(*spec.guestId);
  work_out_shares(config.cpuAllocation, config.hardware.numCPU, 1000);
  work_out_shares(config.memoryAllocation, config.hardware.memoryMB, 10);
  for (auto const& option : spec.extraConfig) {
    auto const* text = option->value.as<std::string>();
    std::erase_if(config.extraConfig, [&](auto const& o) { return o->key == option->key; });
    if (text == nullptr || !text->empty()) config.extraConfig.push_back(option);
  }
  change_devices(host, config, is_on, spec);
  config.modified = host.now();
  config.changeVersion = host.now().to_string() + "-" + std::to_string(host.next_number() % 10000);
}

std::optional<Failure> duplicate_name(Host& host, std::vector<untyped_ref> const& among,
                                      std::string_view name, untyped_ref const& but) {
  for (auto const& ref : among)
    if (auto const there = host.find<types::ManagedEntity>(ref);
        there && ref != but && there->name == name) {
      types::DuplicateName why;
      why.name = name;
      why.object = Ref<types::ManagedObject>(ref.type(), ref.value());
      return fault(std::move(why), "The name '" + std::string(name) + "' already exists.");
    }
  return std::nullopt;
}

void require_free_name(Host& host, std::vector<untyped_ref> const& among, std::string_view name) {
  if (auto why = duplicate_name(host, among, name)) throw *std::move(why);
}

void require_free_name_beside(Host& host, untyped_ref const& entity, std::string_view name) {
  auto const parent = host.get<types::ManagedEntity>(entity)->parent;
  if (!parent) return;
  std::vector<untyped_ref> among;
  if (auto const folder = host.find<types::Folder>(*parent))
    among.assign(folder->childEntity.begin(), folder->childEntity.end());
  else if (auto const pool = host.find<types::ResourcePool>(*parent))
    among.assign(pool->resourcePool.begin(), pool->resourcePool.end());
  if (auto why = duplicate_name(host, among, name, entity)) throw *std::move(why);
}

void require_free_name(Host& host, std::string_view name, std::string_view but) {
  if (name == but) return;
  auto const all = host.all<types::VirtualMachine>();
  require_free_name(host, {all.begin(), all.end()}, name);
}

}  // namespace detail

void add_configuration_methods(Host& host) {
  using namespace types;
  host.on<ReconfigVM_Task>([](Call& call, ReconfigVM_Task const& r) {
    Ref<VirtualMachine> const vm = *r.self;
    auto const effect = [vm, spec = *r.spec](Host& h) {
      auto const machine = h.get<VirtualMachine>(vm);
      if (!machine->config) throw fault(InvalidState());
      detail::save_machine(h, vm.value());  // new disks are named by what is there
      auto config = *machine->config;
      detail::FileChanges files(h);
      detail::reconfigure(h, config,
                          machine->runtime.powerState == VirtualMachinePowerState::poweredOn, spec);
      files.keep();
      h.modify(vm, [&](VirtualMachine& m) { m.config = std::move(config); });
      detail::relink(h, vm);
      return Any();
    };
    std::vector<Question> asked;
    if (detail::takes_locked_cd(call.host(), vm, *r.spec))
      asked.push_back(questions::cdrom_locked());
    return detail::start(call.host(), vm, detail::reconfigure_machine, call.user(), effect,
                         std::move(asked));
  });
}

}  // namespace esxvi::sim
