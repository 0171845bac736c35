// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/host.hpp>
#include <esxvi/types/ElementDescription.hpp>
#include <esxvi/types/Event.hpp>
#include <esxvi/types/EventFilterSpec.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/event/EventEx.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::sim::detail {

/// Something that was done with a machine: what it was like before, and which one it is now.
struct Happening {
  std::string_view operation{};  ///< "VirtualMachine.powerOn"
  Ref<types::VirtualMachine> vm{};
  std::shared_ptr<types::VirtualMachine const> before{};  ///< of a clone: its source
  std::string user{};
};
/// Writes the event of an operation that ended well; nothing when there is none for it.
void record(Host& host, Happening const& what);

/// Writes an event about a machine, which may be gone. Key, time and place are filled in; `%vm`,
/// `%host` and `%dc` in the text stand for names.
void record(Host& host, Poly<types::Event> event, Ref<types::VirtualMachine> const& ref,
            types::VirtualMachine const& vm, std::string_view text, std::string user);

/// Writes any event. Key, time and, where they are missing, data center and cluster are filled in.
void log_event(Host& host, Poly<types::Event> event, std::string user);

/// The newest events.
struct EventLog {
  static constexpr std::size_t most = 1000;
  std::deque<Poly<types::Event>> all{};
  std::int32_t next = 1;

  static std::string_view category_of(std::string_view type) {
    return type == "GeneralUserEvent" ? "user" : "info";
  }
  static bool is_about(types::Event const& event, untyped_ref const& entity) {
    if (entity.type() == "VirtualMachine")
      return event.vm && event.vm->vm.value() == entity.value();
    if (entity.type() == "HostSystem")
      return event.host && event.host->host.value() == entity.value();
    return true;  // everything is in the one data center
  }
  static bool matches(types::EventFilterSpec const& filter, Poly<types::Event> const& event) {
    std::string_view const type = event.type_name();
    if (filter.entity && !is_about(*event, filter.entity->entity)) return false;
    if (filter.time && ((filter.time->beginTime && event->createdTime < *filter.time->beginTime) ||
                        (filter.time->endTime && *filter.time->endTime < event->createdTime)))
      return false;
    if (filter.userName && !filter.userName->userList.empty() &&
        std::ranges::count(filter.userName->userList, event->userName) == 0)
      return false;
    if (!filter.category.empty() && std::ranges::count(filter.category, category_of(type)) == 0)
      return false;
    auto const* const extended = event.as<types::EventEx>();
    auto const& ids = filter.eventTypeId.empty() ? filter.type : filter.eventTypeId;
    return ids.empty() || std::ranges::any_of(ids, [&](std::string_view id) {
             return id == type || id == "vim.event." + std::string(type) ||
                    (extended != nullptr && id == extended->eventTypeId);
           });
  }
  /// The oldest first.
  [[nodiscard]] std::vector<Poly<types::Event>> find(types::EventFilterSpec const& filter) const {
    std::vector<Poly<types::Event>> found;
    for (auto const& event : all)
      if (matches(filter, event)) found.push_back(event);
    return found;
  }
};

/// Brings the latest pages of collectors up to date: of tasks, or of events.
void show_latest(Host& host, bool of_tasks);

inline Poly<types::ElementDescription> described(std::string_view key, std::string_view label) {
  types::ElementDescription d;
  d.key = key;
  d.label = label;
  d.summary = label;
  return d;
}

/// "VmPoweredOnEvent" -> "Vm powered on event"
inline std::string split_words(std::string_view name) {
  std::string out;
  for (char const c : name) {
    bool const capital = c >= 'A' && c <= 'Z';
    if (capital && !out.empty()) out += ' ';
    bool const small = c >= 'a' && c <= 'z';
    if (out.empty() && small)
      out += static_cast<char>(c - 'a' + 'A');
    else
      out += capital && !out.empty() ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

}  // namespace esxvi::sim::detail
