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
#include <esxvi/types/EventManager.hpp>
#include <esxvi/types/EventManager_properties.hpp>
#include <esxvi/types/HostEventArgument.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ManagedEntityEventArgument.hpp>
#include <esxvi/types/ManagedEntity_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/VmEventArgument.hpp>
#include <esxvi/types/event/EventEx.hpp>
#include <esxvi/types/event/GeneralEvent.hpp>
#include <esxvi/types/event/VmEvent.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
  std::string_view event;
  Poly<types::Event> (*make)(Host&, Happening const&);
  std::string_view text;
};
template <class E>
constexpr event_row row(std::string_view operation, std::string_view text,
                        Poly<types::Event> (*make)(Host&, Happening const&) = &event_of<E>) {
  return {operation, reflect::type_name<E>(), make, text};
}
// clang-format off
constexpr event_row operation_events[] = {
    row<types::VmPoweredOnEvent>("VirtualMachine.powerOn", "%vm on %host in %dc is powered on"),
    row<types::VmPoweredOffEvent>("VirtualMachine.powerOff", "%vm on %host in %dc is powered off"),
    row<types::VmSuspendedEvent>("VirtualMachine.suspend", "%vm on %host in %dc is suspended"),
    row<types::VmResettingEvent>("VirtualMachine.reset", "%vm on %host in %dc is reset"),
    row<types::VmGuestShutdownEvent>("VirtualMachine.shutdownGuest", "Guest OS shut down for %vm on %host in %dc"),
    row<types::VmGuestRebootEvent>("VirtualMachine.rebootGuest", "Guest OS reboot for %vm on %host in %dc"),
    row<types::VmGuestStandbyEvent>("VirtualMachine.standbyGuest", "Guest OS standby for %vm on %host in %dc"),
    row<types::VmReconfiguredEvent>("VirtualMachine.reconfigure", "Reconfigured %vm on %host in %dc"),
    row<types::VmMigratedEvent>("VirtualMachine.migrate", "Migration of virtual machine %vm to %host in %dc completed", &moved_event<types::VmMigratedEvent>),
    row<types::VmRelocatedEvent>("VirtualMachine.relocate", "Completed the relocation of %vm to %host in %dc", &moved_event<types::VmRelocatedEvent>),
    row<types::VmClonedEvent>("VirtualMachine.clone", "%vm on %host in %dc is a clone", &cloned_event),
    row<types::VmRemovedEvent>("VirtualMachine.destroy", "Removed %vm on %host from %dc"),
    row<types::VmRemovedEvent>("VirtualMachine.unregister", "Removed %vm on %host from %dc"),
    row<types::VmCreatedEvent>("Folder.createVm", "Created virtual machine %vm on %host in %dc"),
    row<types::VmRegisteredEvent>("Folder.registerVm", "Registered %vm on %host in %dc"),
    row<types::VmRenamedEvent>("ManagedEntity.rename", "Renamed virtual machine to %vm in %dc", &renamed_event),
};
// clang-format on

inline event_row const* row_of(std::string_view operation) {
  for (auto const& row : operation_events)
    if (row.operation == operation) return &row;
  return nullptr;
}

}  // namespace

namespace {

inline Ref<types::EventManager> event_manager(Host& host) {
  return Ref<types::EventManager>(host.options().vcenter ? "EventManager" : "ha-eventmgr");
}

inline void put_in(std::string& text, std::string_view placeholder, std::string_view name) {
  if (auto const at = text.find(placeholder); at != std::string::npos)
    text.replace(at, placeholder.size(), name);
}

/// What clients put names into: "{vm.name} on {host.name} in {datacenter.name} is powered on".
inline std::string format_of(std::string_view text) {
  std::string format(text);
  put_in(format, "%vm", "{vm.name}");
  put_in(format, "%host", "{host.name}");
  put_in(format, "%dc", "{datacenter.name}");
  return format;
}

inline types::EventDescription event_description() {
  types::EventDescription out;
  for (std::string_view const category : {"info", "warning", "error", "user"})
    out.category.push_back(described(category, category));
  auto const add = [&](std::string_view event, std::string_view text) {
    if (std::ranges::count(out.eventInfo, event, &types::EventDescriptionEventDetail::key) > 0)
      return;
    types::EventDescriptionEventDetail d;
    d.key = event;
    d.description = split_words(event);
    d.category = EventLog::category_of(event);
    d.fullFormat = format_of(text);
    d.formatOnDatacenter = d.formatOnComputeResource = d.formatOnHost = d.formatOnVm = d.fullFormat;
    out.eventInfo.push_back(std::move(d));
  };
  for (event_row const& r : operation_events) add(r.event, r.text);
  add("VmMessageEvent", "Message on %vm on %host in %dc: {message}");
  add("GeneralUserEvent", "User logged event: {message}");
  add("EventEx", "{message}");
  return out;
}

}  // namespace

void log_event(Host& host, Poly<types::Event> event, std::string user) {
  if (!host.state().events) return;
  EventLog& log = *host.state().events;
  Places const& at = host.places();
  event->key = log.next++;
  event->chainId = event->key;
  event->createdTime = host.now();
  event->userName = user.empty() ? host.options().users.front().name : std::move(user);
  if (!event->datacenter)
    event->datacenter = argument_of(host.get<types::Datacenter>(at.datacenter)->name, at.datacenter,
                                    &types::DatacenterEventArgument::datacenter);
  if (!event->computeResource)
    event->computeResource =
        argument_of(host.get<types::ComputeResource>(at.compute_resource)->name,
                    at.compute_resource, &types::ComputeResourceEventArgument::computeResource);
  log.all.push_back(event);
  if (log.all.size() > EventLog::most) log.all.pop_front();
  host.modify(event_manager(host), [&](types::EventManager& m) { m.latestEvent = event; });
  show_latest(host, false);
}

void record(Host& host, Poly<types::Event> event, Ref<types::VirtualMachine> const& ref,
            types::VirtualMachine const& vm, std::string_view text, std::string user) {
  if (!host.state().events) return;
  event->vm = argument_of(vm.name, ref, &types::VmEventArgument::vm);
  if (vm.runtime.host) event->host = host_argument(host, *vm.runtime.host);
  std::string message(text);
  put_in(message, "%vm", vm.name);
  put_in(message, "%host", event->host ? event->host->name : std::string());
  put_in(message, "%dc", host.get<types::Datacenter>(host.places().datacenter)->name);
  event->fullFormattedMessage = std::move(message);
  log_event(host, std::move(event), std::move(user));
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
  manager.description = detail::event_description();
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
    auto found = log->find(*r.filter);
    auto const most = static_cast<std::size_t>(std::max(r.filter->maxCount.value_or(0), 0));
    if (most > 0 && found.size() > most)
      found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(most));
    return found;
  });
  host.on<LogUserEvent>([](Call& call, LogUserEvent const& r) {
    Host& h = call.host();
    call.require("Global.LogEvent", *r.entity);
    GeneralUserEvent event;
    event.message = *r.msg;
    ManagedEntityEventArgument about;
    about.name = h.get<ManagedEntity>(*r.entity)->name;
    about.entity = *r.entity;
    event.entity = std::move(about);
    std::string const text = "User logged event: " + *r.msg;
    if (auto const vm = h.find<VirtualMachine>(*r.entity))
      return detail::record(h, std::move(event), Ref<VirtualMachine>(r.entity->value()), *vm, text,
                            call.user());
    if (h.find<HostSystem>(*r.entity))
      event.host = detail::host_argument(h, Ref<HostSystem>(r.entity->value()));
    event.fullFormattedMessage = text;
    detail::log_event(h, std::move(event), call.user());
  });
  host.on<PostEvent>([](Call& call, PostEvent const& r) {
    Poly<Event> event = *r.eventToPost;
    if (auto const* const ex = event.as<EventEx>(); ex != nullptr && !event->fullFormattedMessage)
      event->fullFormattedMessage = ex->message;
    detail::log_event(call.host(), std::move(event), call.user());
  });
}

}  // namespace esxvi::sim
