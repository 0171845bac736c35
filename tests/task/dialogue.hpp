// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Dialogues about tasks that a ScriptedTransport plays. The replies are written by the library's
// own encoder, from the API's types.
#pragma once

#include "query/objects.hpp"

#include <esxvi/task.hpp>
#include <esxvi/types/TaskReasonUser.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/fault/ConcurrentAccess.hpp>
#include <esxvi/types/fault/InvalidState.hpp>
#include <esxvi/types/fault/RequestCanceled.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::test {

namespace vim = esxvi::types;
using State = vim::TaskInfoState;

/// The content of METHODResponse, encoded.
template <class T> std::string encoded(std::string_view method, T value) {
  soap::Reply<T> const reply{std::move(value)};
  std::string out;
  soap::append_message(out, std::string(method) + "Response", *reflect::type_of<soap::Reply<T>>(),
                       &reply);
  return out;
}

// ---- questions ----

struct Option {
  std::string key, label, summary;
};

inline vim::VirtualMachineQuestionInfo question(std::string id, std::string message_id,
                                                std::string text, std::vector<Option> options,
                                                std::optional<std::int32_t> default_index = {}) {
  vim::VirtualMachineQuestionInfo q;
  q.id = std::move(id);
  q.text = message_id + ":" + text;
  for (Option& o : options) {
    vim::ElementDescription choice;
    choice.key = std::move(o.key);
    choice.label = std::move(o.label);
    choice.summary = std::move(o.summary);
    q.choice.choiceInfo.emplace_back(std::move(choice));
  }
  q.choice.defaultIndex = default_index;
  vim::VirtualMachineMessage part;
  part.id = std::move(message_id);
  part.text = std::move(text);
  q.message.push_back(std::move(part));
  return q;
}
/// The serial port's question. Its keys are not its places.
inline vim::VirtualMachineQuestionInfo serial_question(std::string id = "50") {
  return question(std::move(id), "msg.serial.file.open", "Replace it or append to it?",
                  {{"10", "button.serial.file.append", "_Append"},
                   {"11", "button.serial.file.overwrite", "_Replace"},
                   {"12", "button.cancel", "Cancel"}},
                  0);
}
inline vim::VirtualMachineQuestionInfo copied_question(std::string id = "51") {
  return question(std::move(id), "msg.uuid.altered", "Moved or copied?",
                  {{"0", "button.uuid.cancel", "Cancel"},
                   {"1", "button.uuid.movedTheVM", "I _Moved It"},
                   {"2", "button.uuid.copiedTheVM", "I Co_pied It"}},
                  2);
}

// ---- properties ----

struct Change {
  untyped_ref object;
  std::string path;
  Any value{};  ///< none: the property is not set any more
};

inline untyped_ref const machine_1("VirtualMachine", "vm-1");
inline Ref<vim::VirtualMachine> const vm_1("vm-1");

inline untyped_ref task_ref(std::string id) { return {"Task", std::move(id)}; }
inline Change state_is(State state, std::string task = "task-1") {
  return {task_ref(std::move(task)), "info.state", state};
}
inline Change progress_is(std::int32_t percent, std::string task = "task-1") {
  return {task_ref(std::move(task)), "info.progress", percent};
}
inline Change cancelable(bool can, std::string task = "task-1") {
  return {task_ref(std::move(task)), "info.cancelable", can};
}
inline Change result_is(Any value, std::string task = "task-1") {
  return {task_ref(std::move(task)), "info.result", std::move(value)};
}
template <class Fault>
Change error_is(std::string message, std::string task = "task-1", Fault fault = {}) {
  vim::LocalizedMethodFault error;
  error.fault = std::move(fault);
  error.localizedMessage = std::move(message);
  return {task_ref(std::move(task)), "info.error", std::move(error)};
}
inline Change asks(vim::VirtualMachineQuestionInfo q, untyped_ref vm = machine_1) {
  return {std::move(vm), "runtime.question", std::move(q)};
}
inline Change asks_nothing(untyped_ref vm = machine_1) {
  return {std::move(vm), "runtime.question"};
}

inline vim::UpdateSet update_set(std::string version, std::vector<Change> changes) {
  vim::UpdateSet set;
  set.version = std::move(version);
  auto& filter = set.filterSet.emplace_back();
  filter.filter = Ref<vim::PropertyFilter>("filter-1");
  for (Change& c : changes) {
    auto& object = filter.objectSet.emplace_back();
    object.kind = vim::ObjectUpdateKind::modify;
    object.obj = Ref<vim::ManagedObject>(c.object.type(), c.object.value());
    auto& change = object.changeSet.emplace_back();
    change.name = std::move(c.path);
    change.op = c.value ? vim::PropertyChangeOp::assign : vim::PropertyChangeOp::remove;
    change.val = std::move(c.value);
  }
  return set;
}

/// An object of a RetrievePropertiesEx reply.
struct Object {
  untyped_ref object;
  std::vector<std::pair<std::string, Any>> properties{};
};
inline std::string look_reply(std::vector<Object> objects) {
  vim::RetrieveResult result;
  for (Object& o : objects) {
    auto& object = result.objects.emplace_back();
    object.obj = Ref<vim::ManagedObject>(o.object.type(), o.object.value());
    for (auto& [name, value] : o.properties) {
      auto& property = object.propSet.emplace_back();
      property.name = std::move(name);
      property.val = std::move(value);
    }
  }
  return encoded("RetrievePropertiesEx", std::optional(std::move(result)));
}
/// A machine that asks nothing.
inline Object quiet_machine() { return {machine_1, {}}; }
inline Object asking_machine(vim::VirtualMachineQuestionInfo q) {
  return {machine_1, {{"runtime.question", std::move(q)}}};
}
inline Object recent_task(std::string id, State state, std::string name = "PowerOnVM_Task") {
  vim::TaskReasonUser reason;
  reason.userName = "root";
  return {task_ref(std::move(id)),
          {{"info.state", state},
           {"info.name", std::move(name)},
           {"info.descriptionId", "VirtualMachine.powerOn"},
           {"info.cancelable", true},
           {"info.reason", std::move(reason)}}};
}

// ---- the dialogue ----

struct Dialogue : Opened {
  using Opened::Opened;
  int version = 0;

  ScriptedTransport::Step& look(std::vector<Object> objects = {quiet_machine()}) {
    return script->expect("RetrievePropertiesEx").reply(200, look_reply(std::move(objects)));
  }
  ScriptedTransport::Step& start(std::string const& method = "PowerOnVM_Task",
                                 std::string task = "task-1") {
    return script->expect(method).reply(200, encoded(method, Ref<vim::Task>(std::move(task))));
  }
  /// The two requests before a wait.
  void watch() {
    script->expect("CreatePropertyCollector")
        .reply(200, encoded("CreatePropertyCollector", Ref<vim::PropertyCollector>("collector-1")));
    filter();
  }
  void filter() {
    script->expect("CreateFilter")
        .reply(200, encoded("CreateFilter", Ref<vim::PropertyFilter>("filter-1")));
  }
  ScriptedTransport::Step& updates(std::vector<Change> changes) {
    return script->expect("WaitForUpdatesEx")
        .reply(200, encoded("WaitForUpdatesEx", std::optional(update_set(std::to_string(++version),
                                                                         std::move(changes)))));
  }
  void collector_gone() {
    script->expect("WaitForUpdatesEx")
        .reply(500, fault_reply("ManagedObjectNotFound", "gone",
                                "<obj type=\"PropertyCollector\">collector-1</obj>"));
  }
  /// A long poll that ends without news.
  ScriptedTransport::Step& no_news() {
    return script->expect("WaitForUpdatesEx").reply(200, response("WaitForUpdatesEx", ""));
  }
  ScriptedTransport::Step& answer(std::string_view id, std::string_view key) {
    return script
        ->expect("AnswerVM with " + std::string(key),
                 [id = "<questionId>" + std::string(id) + "</questionId>",
                  key = "<answerChoice>" + std::string(key) + "</answerChoice>"](auto const& r) {
                   return r.operation == "AnswerVM" && has(r.body, id) && has(r.body, key);
                 })
        .reply(200, response("AnswerVM", ""));
  }
  ScriptedTransport::Step& cancel() {
    return script->expect("CancelTask").reply(200, response("CancelTask", ""));
  }
  void destroy() {
    script->expect("DestroyPropertyCollector").reply(200, response("DestroyPropertyCollector", ""));
  }
  /// Everything up to the wait.
  void started() {
    look();
    start();
    watch();
  }
  /// Every request of the script came, and no other.
  void complete() const { CHECK_NOTHROW(script->verify()); }
  [[nodiscard]] int count(std::string_view operation) const {
    int n = 0;
    for (auto const& r : script->requests()) n += r.operation == operation ? 1 : 0;
    return n;
  }
  [[nodiscard]] std::string body_of(std::string_view operation) const {
    std::string body;
    for (auto const& r : script->requests())
      if (r.operation == operation) body = r.body;
    return body;
  }
};

inline vim::PowerOnVM_Task power_on() { return {.self = vm_1}; }

}  // namespace esxvi::test
