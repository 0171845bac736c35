// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Collectors of events and of tasks, events that clients write, tasks that clients do.
#include "sim/vm_fixture.hpp"

#include <esxvi/types/EventHistoryCollector.hpp>
#include <esxvi/types/EventHistoryCollector_properties.hpp>
#include <esxvi/types/EventManager.hpp>
#include <esxvi/types/EventManager_properties.hpp>
#include <esxvi/types/HistoryCollector.hpp>
#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/Task.hpp>
#include <esxvi/types/TaskHistoryCollector.hpp>
#include <esxvi/types/TaskHistoryCollector_properties.hpp>
#include <esxvi/types/TaskManager.hpp>
#include <esxvi/types/TaskManager_properties.hpp>
#include <esxvi/types/event/EventEx.hpp>
#include <esxvi/types/event/GeneralEvent.hpp>
#include <esxvi/types/fault/InvalidState.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::Ref;

namespace {

struct History : Machines {
  using Machines::Machines;
  Ref<vim::EventManager> events{"ha-eventmgr"};
  Ref<vim::TaskManager> tasks{"ha-taskmgr"};
  MachineRef vm = host.add_vm("web01");

  template <class R> void on_collector(auto const& ref, auto... more) {
    session.call(R{Ref<vim::HistoryCollector>(ref.type(), ref.value()), more...});
  }
  void log(std::string text) {
    session.call(vim::LogUserEvent{.self = events,
                                   .entity = Ref<vim::ManagedEntity>(vm.type(), vm.value()),
                                   .msg = std::move(text)});
  }
  /// "one two three" of user events.
  static std::string text_of(std::vector<esxvi::Poly<vim::Event>> const& all) {
    std::string out;
    for (auto const& e : all)
      out += (out.empty() ? "" : " ") + e.as<vim::GeneralUserEvent>()->message;
    return out;
  }
  static std::string text_of(std::vector<vim::TaskInfo> const& all) {
    std::string out;
    for (auto const& t : all) out += (out.empty() ? "" : " ") + t.descriptionId.substr(15);
    return out;
  }
};

}  // namespace

TEST_CASE_FIXTURE(History,
                  "a collector of events is read forwards, backwards, and from either end") {
  for (char const* text : {"one", "two", "three", "four", "five"}) log(text);
  auto const c =
      session.call(vim::CreateCollectorForEvents{.self = events, .filter = vim::EventFilterSpec{}});
  auto const next = [&](int count) {
    return text_of(session.call(vim::ReadNextEvents{.self = c, .maxCount = count}));
  };
  auto const previous = [&](int count) {
    return text_of(session.call(vim::ReadPreviousEvents{.self = c, .maxCount = count}));
  };
  CHECK(previous(2) == "");
  CHECK(next(2) == "one two");
  CHECK(next(2) == "three four");
  CHECK(previous(3) == "four three two");
  CHECK(next(10) == "two three four five");
  CHECK(next(10) == "");
  log("six");
  CHECK(next(10) == "six");
  on_collector<vim::ResetCollector>(c);
  CHECK(next(1) == "");
  CHECK(previous(2) == "six five");
  on_collector<vim::RewindCollector>(c);
  CHECK(next(1) == "one");
  CHECK(fault_of([&] { static_cast<void>(next(0)); }) == "InvalidArgument");
}

TEST_CASE_FIXTURE(History, "the latest page is as long as asked for, the newest first") {
  for (char const* text : {"one", "two", "three"}) log(text);
  auto const c =
      session.call(vim::CreateCollectorForEvents{.self = events, .filter = vim::EventFilterSpec{}});
  auto const page = [&] { return text_of(host.get<vim::EventHistoryCollector>(c)->latestPage); };
  CHECK(page() == "three two one");
  on_collector<vim::SetCollectorPageSize>(c, 2);
  CHECK(page() == "three two");
  log("four");
  CHECK(page() == "four three");
  on_collector<vim::DestroyCollector>(c);
  CHECK_FALSE(host.exists(c));
  log("five");
}

TEST_CASE_FIXTURE(History,
                  "events that clients write are found by kind, user, category and object") {
  log("hello");
  vim::EventEx own;
  own.eventTypeId = "test.backup.done";
  own.message = "All saved";
  session.call(vim::PostEvent{.self = events, .eventToPost = own});
  auto const find = [&](vim::EventFilterSpec const& filter) {
    std::string out;
    for (auto const& e : session.call(vim::QueryEvents{.self = events, .filter = filter}))
      out += (out.empty() ? "" : ", ") + e->fullFormattedMessage.value_or("");
    return out;
  };
  CHECK(find({}) == "User logged event: hello, All saved");
  CHECK(find({.eventTypeId = {"test.backup.done"}}) == "All saved");
  CHECK(find({.category = {"user"}}) == "User logged event: hello");
  CHECK(find({.maxCount = 1}) == "All saved");
  vim::EventFilterSpec about;
  about.entity.emplace().entity = Ref<vim::ManagedEntity>(vm.type(), vm.value());
  CHECK(find(about) == "User logged event: hello");
  vim::EventFilterSpec by;
  by.userName.emplace().userList = {"somebody"};
  CHECK(find(by) == "");
  by.userName->userList = {"root"};
  CHECK(find(by) == "User logged event: hello, All saved");
  auto viewer = open("viewer");
  CHECK(fault_of([&] {
          viewer.call(vim::LogUserEvent{.self = events,
                                        .entity = Ref<vim::ManagedEntity>(vm.type(), vm.value()),
                                        .msg = std::string("x")});
        }) == "NoPermission");
}

TEST_CASE_FIXTURE(History, "events and tasks are described") {
  auto const& infos = host.get<vim::EventManager>(events)->description.eventInfo;
  bool found = false;
  for (auto const& d : infos)
    if (d.key == "VmPoweredOnEvent") {
      found = true;
      CHECK(d.category == "info");
      CHECK(d.fullFormat == "{vm.name} on {host.name} in {datacenter.name} is powered on");
    }
  CHECK(found);
  CHECK(does(vim::PowerOnVM_Task{.self = vm}) == "success");
  auto const& methods = host.get<vim::TaskManager>(tasks)->description.methodInfo;
  bool known = false;
  for (auto const& m : methods)
    if (m->key == "VirtualMachine.powerOn") known = m->label == "Power on";
  CHECK(known);
}

TEST_CASE_FIXTURE(History, "a collector of tasks has those that fit, and sees new ones") {
  CHECK(does(vim::PowerOnVM_Task{.self = vm}) == "success");
  CHECK(does(vim::PowerOnVM_Task{.self = vm}) == "InvalidPowerState");
  vim::TaskFilterSpec failed;
  failed.state = {vim::TaskInfoState::error};
  auto const all =
      session.call(vim::CreateCollectorForTasks{.self = tasks, .filter = vim::TaskFilterSpec{}});
  auto const errors = session.call(vim::CreateCollectorForTasks{.self = tasks, .filter = failed});
  CHECK(text_of(host.get<vim::TaskHistoryCollector>(errors)->latestPage) == "powerOn");
  CHECK(does(vim::PowerOffVM_Task{.self = vm}) == "success");
  auto const next = [&](auto const& c) {
    return text_of(session.call(vim::ReadNextTasks{.self = c, .maxCount = 10}));
  };
  CHECK(next(all) == "powerOn powerOn powerOff");
  CHECK(next(errors) == "powerOn");
  CHECK(text_of(session.call(vim::ReadPreviousTasks{.self = all, .maxCount = 1})) == "powerOff");
  CHECK(text_of(host.get<vim::TaskHistoryCollector>(all)->latestPage) ==
        "powerOff powerOn powerOn");
  CHECK(host.get<vim::TaskHistoryCollector>(all)->latestPage.front().state ==
        vim::TaskInfoState::success);
  auto const count = [&](vim::TaskFilterSpecRecursionOption recursion) {
    vim::TaskFilterSpec below;
    auto& entity = below.entity.emplace();
    auto const& root = host.places().root;
    entity.entity = Ref<vim::ManagedEntity>(root.type(), root.value());
    entity.recursion = recursion;
    auto const c = session.call(vim::CreateCollectorForTasks{.self = tasks, .filter = below});
    return session.call(vim::ReadNextTasks{.self = c, .maxCount = 10}).size();
  };
  CHECK(count(vim::TaskFilterSpecRecursionOption::all) == 3);
  CHECK(count(vim::TaskFilterSpecRecursionOption::self) == 0);
  host.end_all_sessions();
  CHECK_FALSE(host.exists(all));
}

TEST_CASE_FIXTURE(History, "a task that a client does goes as the client says") {
  auto const create = [&] {
    return session.call(vim::CreateTask{.self = tasks,
                                        .obj = Ref<vim::ManagedObject>(vm.type(), vm.value()),
                                        .taskTypeId = std::string("test.backup"),
                                        .cancelable = true});
  };
  auto const info = create();
  CHECK(info.state == vim::TaskInfoState::queued);
  CHECK(info.descriptionId == "test.backup");
  Ref<vim::Task> const task = info.task;
  auto const now = [&] { return host.get<vim::Task>(task)->info; };
  auto const progress = [&](int percent) {
    return fault_of(
        [&] { session.call(vim::UpdateProgress{.self = task, .percentDone = percent}); });
  };
  CHECK(progress(5) == "InvalidState");
  session.call(vim::SetTaskState{.self = task, .state = vim::TaskInfoState::running});
  CHECK(now().startTime.has_value());
  CHECK(progress(50) == "");
  CHECK(progress(101) == "InvalidArgument");
  CHECK(now().progress == 50);
  session.call(vim::SetTaskState{
      .self = task, .state = vim::TaskInfoState::success, .result = esxvi::Any(std::string("ok"))});
  CHECK(now().state == vim::TaskInfoState::success);
  CHECK(*now().result.as<std::string>() == "ok");
  CHECK(progress(60) == "InvalidState");
  Ref<vim::Task> const second = create().task;
  vim::LocalizedMethodFault why;
  why.fault = vim::InvalidState();
  why.localizedMessage = "The tape is full.";
  session.call(vim::SetTaskState{.self = second, .state = vim::TaskInfoState::error, .fault = why});
  CHECK(host.get<vim::Task>(second)->info.error->localizedMessage == "The tape is full.");
  // What the host does is not for clients to end.
  auto const own = host.start_task(vm, "VirtualMachine.clone", {.endless = true});
  CHECK(fault_of([&] {
          session.call(vim::SetTaskState{.self = own, .state = vim::TaskInfoState::success});
        }) == "InvalidState");
}
