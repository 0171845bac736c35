// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What happened to machines, as events. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/events.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ComputeResourceEventArgument.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/DatacenterEventArgument.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/EventHistoryCollector.hpp>
#include <esxvi/types/EventHistoryCollector_properties.hpp>
#include <esxvi/types/EventManager.hpp>
#include <esxvi/types/EventManager_properties.hpp>
#include <esxvi/types/HistoryCollector.hpp>
#include <esxvi/types/HostEventArgument.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/VmEventArgument.hpp>
#include <esxvi/types/event/VmEvent.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

namespace detail {

namespace {

template <class E> Poly<types::Event> event_of(Host&, Happening const&) { return E(); }

template <class Argument, class P>
Argument argument_of(std::string name, Ref<P> ref, Ref<P> Argument::* member) {
  Argument out;
  out.name = std::move(name);
  out.*member = std::move(ref);
  return out;
}

inline types::HostEventArgument host_argument(Host& host, Ref<types::HostSystem> const& ref) {
  auto const found = host.find<types::HostSystem>(ref);
  return argument_of(found ? found->name : std::string(), ref, &types::HostEventArgument::host);
}

/// Migrated and relocated machines came from a host.
template <class E> Poly<types::Event> moved_event(Host& host, Happening const& what) {
  E event;
  if (what.before->runtime.host) event.sourceHost = host_argument(host, *what.before->runtime.host);
  return event;
}

inline Poly<types::Event> renamed_event(Host& host, Happening const& what) {
  types::VmRenamedEvent event;
  event.oldName = what.before->name;
  event.newName = host.get<types::VirtualMachine>(what.vm)->name;
  return event;
}

inline Poly<types::Event> cloned_event(Host&, Happening const& what) {
  types::VmClonedEvent event;
  event.sourceVm = argument_of(what.before->name, what.before->summary.vm.value_or(what.vm),
                               &types::VmEventArgument::vm);
  return event;
}

/// The event that ends an operation well.
struct event_row {
  std::string_view operation;
  Poly<types::Event> (*make)(Host&, Happening const&);
  std::string_view text;
};
// clang-format off
inline event_row const operation_events[] = {
    {"VirtualMachine.powerOn", &event_of<types::VmPoweredOnEvent>, "%vm on %host in %dc is powered on"},
    {"VirtualMachine.powerOff", &event_of<types::VmPoweredOffEvent>, "%vm on %host in %dc is powered off"},
    {"VirtualMachine.suspend", &event_of<types::VmSuspendedEvent>, "%vm on %host in %dc is suspended"},
    {"VirtualMachine.reset", &event_of<types::VmResettingEvent>, "%vm on %host in %dc is reset"},
    {"VirtualMachine.shutdownGuest", &event_of<types::VmGuestShutdownEvent>, "Guest OS shut down for %vm on %host in %dc"},
    {"VirtualMachine.rebootGuest", &event_of<types::VmGuestRebootEvent>, "Guest OS reboot for %vm on %host in %dc"},
    {"VirtualMachine.standbyGuest", &event_of<types::VmGuestStandbyEvent>, "Guest OS standby for %vm on %host in %dc"},
    {"VirtualMachine.reconfigure", &event_of<types::VmReconfiguredEvent>, "Reconfigured %vm on %host in %dc"},
    {"VirtualMachine.migrate", &moved_event<types::VmMigratedEvent>, "Migration of virtual machine %vm to %host in %dc completed"},
    {"VirtualMachine.relocate", &moved_event<types::VmRelocatedEvent>, "Completed the relocation of %vm to %host in %dc"},
    {"VirtualMachine.clone", &cloned_event, "%vm on %host in %dc is a clone"},
    {"VirtualMachine.destroy", &event_of<types::VmRemovedEvent>, "Removed %vm on %host from %dc"},
    {"VirtualMachine.unregister", &event_of<types::VmRemovedEvent>, "Removed %vm on %host from %dc"},
    {"Folder.createVm", &event_of<types::VmCreatedEvent>, "Created virtual machine %vm on %host in %dc"},
    {"Folder.registerVm", &event_of<types::VmRegisteredEvent>, "Registered %vm on %host in %dc"},
    {"ManagedEntity.rename", &renamed_event, "Renamed virtual machine to %vm in %dc"},
};
// clang-format on

inline event_row const* row_of(std::string_view operation) {
  for (auto const& row : operation_events)
    if (row.operation == operation) return &row;
  return nullptr;
}

}  // namespace

/// The newest events, and how far collectors have read.
struct EventLog {
  static constexpr std::size_t most = 1000;
  std::deque<Poly<types::Event>> all{};
  std::int32_t next = 1;
  struct Reader {
    types::EventFilterSpec filter{};
    std::int32_t next = 0;  ///< key of the first event that was not read
  };
  std::map<std::string, Reader, std::less<>> readers{};

  static bool matches(types::EventFilterSpec const& filter, types::Event const& event,
                      std::string_view type) {
    if (filter.entity && event.vm && filter.entity->entity.type() == "VirtualMachine" &&
        filter.entity->entity.value() != event.vm->vm.value())
      return false;
    if (filter.time && ((filter.time->beginTime && event.createdTime < *filter.time->beginTime) ||
                        (filter.time->endTime && *filter.time->endTime < event.createdTime)))
      return false;
    auto const& ids = filter.eventTypeId.empty() ? filter.type : filter.eventTypeId;
    return ids.empty() || std::ranges::any_of(ids, [&](std::string_view id) {
             return id == type || id == "vim.event." + std::string(type);
           });
  }
  [[nodiscard]] std::vector<Poly<types::Event>> find(types::EventFilterSpec const& filter,
                                                     std::int32_t from, std::size_t count) const {
    std::vector<Poly<types::Event>> found;
    for (auto const& event : all)
      if (event->key >= from && found.size() < count && matches(filter, *event, event.type_name()))
        found.push_back(event);
    return found;
  }
};

namespace {

inline Ref<types::EventManager> event_manager(Host& host) {
  return Ref<types::EventManager>(host.options().vcenter ? "EventManager" : "ha-eventmgr");
}

inline void put_in(std::string& text, std::string_view placeholder, std::string_view name) {
  if (auto const at = text.find(placeholder); at != std::string::npos)
    text.replace(at, placeholder.size(), name);
}

}  // namespace

void record(Host& host, Poly<types::Event> event, Ref<types::VirtualMachine> const& ref,
            types::VirtualMachine const& vm, std::string_view text, std::string user) {
  if (!host.state().events) return;
  EventLog& log = *host.state().events;
  Places const& at = host.places();
  event->key = log.next++;
  event->chainId = event->key;
  event->createdTime = host.now();
  event->userName = user.empty() ? host.options().users.front().name : std::move(user);
  event->vm = argument_of(vm.name, ref, &types::VmEventArgument::vm);
  event->datacenter = argument_of(host.get<types::Datacenter>(at.datacenter)->name, at.datacenter,
                                  &types::DatacenterEventArgument::datacenter);
  event->computeResource =
      argument_of(host.get<types::ComputeResource>(at.compute_resource)->name, at.compute_resource,
                  &types::ComputeResourceEventArgument::computeResource);
  if (vm.runtime.host) event->host = host_argument(host, *vm.runtime.host);
  std::string message(text);
  put_in(message, "%vm", vm.name);
  put_in(message, "%host", event->host ? event->host->name : std::string());
  put_in(message, "%dc", event->datacenter->name);
  event->fullFormattedMessage = std::move(message);
  log.all.push_back(event);
  if (log.all.size() > EventLog::most) log.all.pop_front();
  host.modify(event_manager(host), [&](types::EventManager& m) { m.latestEvent = event; });
  for (auto const& [id, reader] : log.readers) {
    if (!EventLog::matches(reader.filter, *event, event.type_name())) continue;
    host.modify(Ref<types::EventHistoryCollector>(id), [&](types::EventHistoryCollector& c) {
      c.latestPage.insert(c.latestPage.begin(), event);
      if (c.latestPage.size() > 10) c.latestPage.pop_back();
    });
  }
}

void record(Host& host, Happening const& what) {
  auto const* const row = row_of(what.operation);
  auto const now = host.find<types::VirtualMachine>(what.vm);
  auto const& vm = now ? now : what.before;
  if (row != nullptr && vm) record(host, row->make(host, what), what.vm, *vm, row->text, what.user);
}

}  // namespace detail

void add_event_services(Host& host) {
  using namespace esxvi::types;
  auto const log = std::make_shared<detail::EventLog>();
  host.state().events = log;
  EventManager manager;
  manager.maxCollector = 1000;
  host.add(detail::event_manager(host), std::move(manager));
  host.plan_tasks([&host](untyped_ref const& entity, std::string_view operation, TaskPlan& plan) {
    auto const* const row = detail::row_of(operation);
    if (row == nullptr) return;
    auto const* const call = host.state().serving;
    plan.finish = [row, entity, user = call != nullptr ? call->user() : std::string(),
                   act = std::move(plan.finish)](Host& h) {
      auto const before = h.find<VirtualMachine>(entity);
      Any result = act ? act(h) : Any();
      // What makes a machine returns it; the rest happens to the one that it was asked of.
      auto const* const made = result.as<untyped_ref>();
      detail::record(h, {.operation = row->operation,
                         .vm = Ref<VirtualMachine>((made != nullptr ? *made : entity).value()),
                         .before = before,
                         .user = user});
      return result;
    };
  });
  host.on<QueryEvents>([log](Call&, QueryEvents const& r) {
    return log->find(*r.filter, 0, detail::EventLog::most);
  });
  host.on<CreateCollectorForEvents>([log](Call& call, CreateCollectorForEvents const& r) {
    Ref<EventHistoryCollector> const ref("session[" + call.session()->key + "]" +
                                         call.host().make_uuid());
    EventHistoryCollector collector;
    collector.filter = *r.filter;
    collector.initialized = true;
    collector.latestPage = log->find(*r.filter, log->next - 10, 10);
    std::ranges::reverse(collector.latestPage);
    log->readers[ref.value()] = {*r.filter, 0};
    call.host().add(ref, std::move(collector), call.session()->key);
    return Ref<EventHistoryCollector>(ref);
  });
  host.on<ReadNextEvents>([log](Call&, ReadNextEvents const& r) {
    auto& reader = log->readers[r.self->value()];
    auto found = log->find(reader.filter, reader.next,
                           static_cast<std::size_t>(std::clamp(*r.maxCount, 0, 1000)));
    if (!found.empty()) reader.next = found.back()->key + 1;
    return found;
  });
  host.on<RewindCollector>([log](Call&, RewindCollector const& r) {
    if (auto const at = log->readers.find(r.self->value()); at != log->readers.end())
      at->second.next = 0;
  });
  host.on<DestroyCollector>([log](Call& call, DestroyCollector const& r) {
    log->readers.erase(r.self->value());
    call.host().remove(*r.self);
  });
  host.on_session_end([log](HostSession const& session) {
    std::erase_if(log->readers, [&](auto const& reader) {
      return reader.first.starts_with("session[" + session.key + "]");
    });
  });
}

}  // namespace esxvi::sim
