// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Collectors of events and tasks. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/events.hpp>
#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/EventHistoryCollector.hpp>
#include <esxvi/types/EventHistoryCollector_properties.hpp>
#include <esxvi/types/EventManager.hpp>
#include <esxvi/types/HistoryCollector.hpp>
#include <esxvi/types/ManagedEntity_properties.hpp>
#include <esxvi/types/TaskFilterSpec.hpp>
#include <esxvi/types/TaskHistoryCollector.hpp>
#include <esxvi/types/TaskHistoryCollector_properties.hpp>
#include <esxvi/types/TaskManager.hpp>
#include <esxvi/types/TaskManager_properties.hpp>
#include <esxvi/types/TaskReasonUser.hpp>
#include <esxvi/types/Task_properties.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

namespace detail {

namespace {

// What descriptionId of a task may be.
constexpr std::string_view task_operations[] = {
    "Datacenter.powerOnVm",
    "FileManager.copyFile",
    "FileManager.deleteFile",
    "FileManager.moveFile",
    "Folder.createVm",
    "Folder.destroy",
    "Folder.moveInto",
    "Folder.registerVm",
    "HostSystem.enterMaintenanceMode",
    "HostSystem.exitMaintenanceMode",
    "HostSystem.reboot",
    "HostSystem.shutdown",
    "ManagedEntity.rename",
    "ResourcePool.destroy",
    "VirtualDiskManager.copyVirtualDisk",
    "VirtualDiskManager.createVirtualDisk",
    "VirtualDiskManager.deleteVirtualDisk",
    "VirtualDiskManager.extendVirtualDisk",
    "VirtualDiskManager.moveVirtualDisk",
    "VirtualDiskManager.zeroFillVirtualDisk",
    "VirtualMachine.clone",
    "VirtualMachine.consolidateDisks",
    "VirtualMachine.createScreenshot",
    "VirtualMachine.createSnapshot",
    "VirtualMachine.customize",
    "VirtualMachine.destroy",
    "VirtualMachine.exportVm",
    "VirtualMachine.migrate",
    "VirtualMachine.powerOff",
    "VirtualMachine.powerOn",
    "VirtualMachine.reconfigure",
    "VirtualMachine.reloadFromPath",
    "VirtualMachine.relocate",
    "VirtualMachine.removeAllSnapshots",
    "VirtualMachine.reset",
    "VirtualMachine.revertToCurrentSnapshot",
    "VirtualMachine.suspend",
    "VirtualMachine.unregister",
    "VirtualMachine.upgradeVirtualHardware",
};

inline types::TaskDescription task_description() {
  types::TaskDescription out;
  for (std::string_view const key : task_operations)
    out.methodInfo.push_back(described(key, split_words(key.substr(key.find('.') + 1))));
  for (std::string_view const state : {"queued", "running", "success", "error"})
    out.state.push_back(described(state, split_words(state)));
  return out;
}

inline bool is_below(Host& host, untyped_ref const& entity,
                     types::TaskFilterSpecByEntity const& of) {
  using Recursion = types::TaskFilterSpecRecursionOption;
  if (of.recursion != Recursion::children && entity.value() == of.entity.value()) return true;
  if (of.recursion == Recursion::self) return false;
  auto at = host.find<types::ManagedEntity>(entity);
  while (at && at->parent) {
    if (at->parent->value() == of.entity.value()) return true;
    if (of.recursion == Recursion::children) return false;
    at = host.find<types::ManagedEntity>(*at->parent);
  }
  return false;
}

inline bool is_within(types::TaskInfo const& info, types::TaskFilterSpecByTime const& time) {
  using Option = types::TaskFilterSpecTimeOption;
  auto const& when = time.timeType == Option::startedTime     ? info.startTime
                     : time.timeType == Option::completedTime ? info.completeTime
                                                              : std::optional(info.queueTime);
  return when && !(time.beginTime && *when < *time.beginTime) &&
         !(time.endTime && *time.endTime < *when);
}

inline bool matches(Host& host, types::TaskFilterSpec const& filter, types::TaskInfo const& info) {
  if (filter.entity && !(info.entity && is_below(host, *info.entity, *filter.entity))) return false;
  if (filter.time && !is_within(info, *filter.time)) return false;
  if (!filter.state.empty() && std::ranges::count(filter.state, info.state) == 0) return false;
  if (!filter.eventChainId.empty() &&
      std::ranges::count(filter.eventChainId, info.eventChainId) == 0)
    return false;
  if (!filter.userName || filter.userName->userList.empty()) return true;
  auto const* const user = info.reason.as<types::TaskReasonUser>();
  return user != nullptr && std::ranges::count(filter.userName->userList, user->userName) > 0;
}

// The items of a collector, the oldest first.

inline std::vector<Poly<types::Event>> items_of(Host& host,
                                                Ref<types::EventHistoryCollector> const& ref) {
  auto const collector = host.get<types::EventHistoryCollector>(ref);
  return host.state().events->find(*collector->filter.as<types::EventFilterSpec>());
}
inline std::int32_t key_of(Poly<types::Event> const& event) { return event->key; }

/// A host remembers its tasks for a while.
inline std::vector<types::TaskInfo> items_of(Host& host,
                                             Ref<types::TaskHistoryCollector> const& ref) {
  auto const collector = host.get<types::TaskHistoryCollector>(ref);
  auto const& filter = *collector->filter.as<types::TaskFilterSpec>();
  std::vector<types::TaskInfo> found;
  for (auto const& task : host.all<types::Task>())
    if (auto const t = host.find<types::Task>(task); t && matches(host, filter, t->info))
      found.push_back(t->info);
  return found;
}
inline std::int32_t key_of(types::TaskInfo const& task) { return task.eventChainId; }

template <class List> void keep_first(List& list, std::size_t count) {
  if (list.size() > count)
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(count), list.end());
}

template <class C> void show_page(Host& host, Ref<C> const& ref, HistoryReader const& reader) {
  auto page = items_of(host, ref);
  std::ranges::reverse(page);
  keep_first(page, reader.page);
  host.modify(ref, [&](C& c) { c.latestPage = std::move(page); });
}

inline void show_page(Host& host, std::string const& id, HistoryReader const& reader) {
  if (reader.of_tasks)
    show_page(host, Ref<types::TaskHistoryCollector>(id), reader);
  else
    show_page(host, Ref<types::EventHistoryCollector>(id), reader);
}

inline std::size_t checked_count(std::int32_t count) {
  if (count <= 0) throw bad_argument("maxCount");
  return static_cast<std::size_t>(std::min(count, 1000));
}

inline HistoryReader& reader_of(Call& call) {
  return call.host().state().histories.at(call.self().value());
}

/// The next items, or those before; the nearest first.
template <class C> auto read_on(Call& call, Ref<C> const& ref, std::int32_t count, bool older) {
  HistoryReader& reader = reader_of(call);
  auto found = items_of(call.host(), ref);
  if (older) std::ranges::reverse(found);
  std::erase_if(found, [&](auto const& one) { return older == (key_of(one) >= reader.next); });
  keep_first(found, checked_count(count));
  if (!found.empty()) reader.next = key_of(found.back()) + (older ? 0 : 1);
  return found;
}

template <class C, class Spec> Ref<C> make_collector(Call& call, Spec const& filter) {
  Host& host = call.host();
  Ref<C> const ref("session[" + call.session()->key + "]" + host.make_uuid());
  C collector;
  collector.filter = filter;
  if constexpr (requires { collector.initialized; }) collector.initialized = true;
  host.add(ref, std::move(collector), call.session()->key);
  auto& reader = host.state().histories[ref.value()];
  reader.of_tasks = ref.type() == "TaskHistoryCollector";
  show_page(host, ref, reader);
  return ref;
}

}  // namespace

void show_latest(Host& host, bool of_tasks) {
  for (auto const& [id, reader] : host.state().histories)
    if (reader.of_tasks == of_tasks) show_page(host, id, reader);
}

}  // namespace detail

void add_history_methods(Host& host) {
  using namespace esxvi::types;
  host.modify(Ref<TaskManager>(host.options().vcenter ? "TaskManager" : "ha-taskmgr"),
              [](TaskManager& m) { m.description = detail::task_description(); });
  host.derive<Task>([](Host& h, Task const&) { detail::show_latest(h, true); });
  host.on<CreateCollectorForEvents>([](Call& call, CreateCollectorForEvents const& r) {
    return detail::make_collector<EventHistoryCollector>(call, *r.filter);
  });
  host.on<CreateCollectorForTasks>([](Call& call, CreateCollectorForTasks const& r) {
    return detail::make_collector<TaskHistoryCollector>(call, *r.filter);
  });
  host.on<ReadNextEvents>([](Call& call, ReadNextEvents const& r) {
    return detail::read_on(call, *r.self, *r.maxCount, false);
  });
  host.on<ReadPreviousEvents>([](Call& call, ReadPreviousEvents const& r) {
    return detail::read_on(call, *r.self, *r.maxCount, true);
  });
  host.on<ReadNextTasks>([](Call& call, ReadNextTasks const& r) {
    return detail::read_on(call, *r.self, *r.maxCount, false);
  });
  host.on<ReadPreviousTasks>([](Call& call, ReadPreviousTasks const& r) {
    return detail::read_on(call, *r.self, *r.maxCount, true);
  });
  // Before the oldest, and behind the newest.
  host.on<RewindCollector>(
      [](Call& call, RewindCollector const&) { detail::reader_of(call).next = 0; });
  host.on<ResetCollector>([](Call& call, ResetCollector const&) {
    auto& reader = detail::reader_of(call);
    auto const& s = call.host().state();
    reader.next = reader.of_tasks ? static_cast<std::int32_t>(s.next_task) + 1 : s.events->next;
  });
  host.on<SetCollectorPageSize>([](Call& call, SetCollectorPageSize const& r) {
    auto& reader = detail::reader_of(call);
    reader.page = detail::checked_count(*r.maxCount);
    detail::show_page(call.host(), r.self->value(), reader);
  });
  host.on<DestroyCollector>([](Call& call, DestroyCollector const& r) {
    call.host().state().histories.erase(r.self->value());
    call.host().remove(*r.self);
  });
  host.on_session_end([&host](HostSession const& session) {
    std::erase_if(host.state().histories, [&](auto const& one) {
      return one.first.starts_with("session[" + session.key + "]");
    });
  });
}

}  // namespace esxvi::sim
