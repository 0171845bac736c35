// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What happened to machines, as events. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/EventHistoryCollector.hpp>
#include <esxvi/types/EventHistoryCollector_properties.hpp>
#include <esxvi/types/EventManager.hpp>
#include <esxvi/types/EventManager_properties.hpp>
#include <esxvi/types/HistoryCollector.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
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

template <class E> Poly<types::Event> blank_event() { return E(); }

/// The event that ends an operation well.
struct event_row {
  std::string_view operation;
  Poly<types::Event> (*make)();
  std::string_view text;  ///< after the machine's name
};
inline event_row const operation_events[] = {
    {"VirtualMachine.powerOn", &blank_event<types::VmPoweredOnEvent>, "is powered on"},
    {"VirtualMachine.powerOff", &blank_event<types::VmPoweredOffEvent>, "is powered off"},
    {"VirtualMachine.suspend", &blank_event<types::VmSuspendedEvent>, "is suspended"},
    {"VirtualMachine.reset", &blank_event<types::VmResettingEvent>, "is reset"},
    {"VirtualMachine.reconfigure", &blank_event<types::VmReconfiguredEvent>, "is reconfigured"},
};

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

inline Ref<types::EventManager> event_manager(Host& host) {
  return Ref<types::EventManager>(host.options().vcenter ? "EventManager" : "ha-eventmgr");
}

inline void record(Host& host, EventLog& log, Ref<types::VirtualMachine> const& ref,
                   event_row const& row) {
  auto const vm = host.find<types::VirtualMachine>(ref);
  if (!vm) return;
  auto event = row.make();
  event->key = log.next++;
  event->chainId = event->key;
  event->createdTime = host.now();
  event->userName = host.options().users.front().name;
  types::VmEventArgument argument;
  argument.name = vm->name;
  argument.vm = ref;
  event->vm = std::move(argument);
  event->fullFormattedMessage =
      vm->name + " on " + host.options().name + " " + std::string(row.text);
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

}  // namespace
}  // namespace detail

void add_event_services(Host& host) {
  using namespace esxvi::types;
  auto const log = std::make_shared<detail::EventLog>();
  EventManager manager;
  manager.maxCollector = 1000;
  host.add(detail::event_manager(host), std::move(manager));
  host.plan_tasks([log](untyped_ref const& entity, std::string_view operation, TaskPlan& plan) {
    for (auto const& row : detail::operation_events)
      if (row.operation == operation)
        plan.finish = [log, &row, vm = Ref<VirtualMachine>(entity.value()),
                       act = std::move(plan.finish)](Host& h) {
          Any result = act ? act(h) : Any();
          detail::record(h, *log, vm, row);
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
