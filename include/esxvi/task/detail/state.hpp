// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/task/errors.hpp>
#include <esxvi/task/policy.hpp>
#include <esxvi/task/status.hpp>
#include <esxvi/types/TaskInfo.hpp>
#include <esxvi/types/VirtualMachineQuestionInfo.hpp>
#include <esxvi/types/core.hpp>

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::detail {

inline bool same_object(untyped_ref const& a, untyped_ref const& b) noexcept {
  return a.value() == b.value() && a.type() == b.type();
}

/// Why a task is being cancelled.
enum class giving_up { no, question, stop, deadline };

struct TaskState;

/// A coroutine that waits for a task. Either of the two may end first (with `co_await task`; a
/// TaskLoop's coroutines own their tasks).
class Suspension {
 public:
  Suspension() = default;
  Suspension(Suspension const&) = delete;
  Suspension& operator=(Suspension const&) = delete;
  ~Suspension();

  /// Throws invalid_argument if a coroutine waits for the task already.
  void enter(TaskState& task, std::coroutine_handle<> next);

 private:
  friend struct TaskState;
  TaskState* task_ = nullptr;
  std::coroutine_handle<> next_{};
};

/// All that is known of one task; what Task<P> points to.
///
/// Only `cancel_requested` and `cancelling` may be touched by another thread than the one that
/// waits.
struct TaskState {
  Session* session = nullptr;
  std::string operation{};
  untyped_ref object{};
  std::optional<Ref<types::VirtualMachine>> vm{};
  bool vm_gone = false;
  bool expects_result = false;
  TaskStatus status{};
  std::vector<Answered> answered{};
  std::exception_ptr failure{};  // of a task that has ended
  std::atomic<bool> cancel_requested{false};
  // Requests on their way: the effect of one may be seen before its reply.
  std::atomic<int> cancelling{0};

  giving_up why = giving_up::no;
  bool cancel_refused = false;
  std::optional<Question> reported{};  // the question for which it is given up ...
  std::string reported_why{};          // ... and what the policy said

  std::optional<Answered> unsure{};  // sent, and its reply was lost
  std::string settled{};  // id of the question that was answered; servers show it a little longer
  std::string counted{};  // id of the question that `times` knows
  std::map<std::string, unsigned> times{};  // by message id
  std::exception_ptr await_failure{};
  Suspension* suspended = nullptr;

  TaskState() = default;
  TaskState(TaskState const&) = delete;
  TaskState& operator=(TaskState const&) = delete;
  ~TaskState() { static_cast<void>(take_suspended()); }

  /// Who waits for this, no longer: to be resumed.
  [[nodiscard]] std::coroutine_handle<> take_suspended() noexcept {
    Suspension* const waiter = std::exchange(suspended, nullptr);
    if (waiter == nullptr) return {};
    waiter->task_ = nullptr;
    return waiter->next_;
  }

  [[nodiscard]] TaskSituation situation() const {
    return {status.task,    operation,         object,           status.state,
            status.percent, status.cancelable, cancel_requested, cancel_refused};
  }
  [[nodiscard]] bool concerns(untyped_ref const& other) const noexcept {
    return same_object(other, status.task) || (vm && same_object(other, *vm));
  }

  /// One property of the task or of its machine, as a property collector gives it.
  void apply(untyped_ref const& of, std::string_view path, Any const& value) {
    if (same_object(of, status.task))
      apply_info(path, value);
    else if (vm && same_object(of, *vm) && path == "runtime.question")
      apply_question(value);
  }

  void apply_question(Any const& value) {
    auto const* const info = value.as<types::VirtualMachineQuestionInfo>();
    if (info == nullptr) {
      status.question.reset();
      settled.clear();
      counted.clear();
      return;
    }
    status.question = Question::from(*info, *vm);
  }

  /// After a look: an answer whose reply was lost has arrived when its question is gone. (When the
  /// task is cancelled, its question goes as well.)
  void confirm_answer() {
    if (!unsure) return;
    auto const& now = status.question;
    if (!status.ended() && now && now->id == unsure->question.id) return;
    if (!cancel_requested) answered.push_back(std::move(*unsure));
    unsure.reset();
  }

  /// The question that a policy has to see now.
  [[nodiscard]] bool asks() const noexcept {
    return status.question && status.question->id != settled && why == giving_up::no;
  }

  /// How often this message came, each asking counted once.
  unsigned count(Question const& q) {
    std::string key(q.message_ids.empty() ? std::string_view(q.text) : q.message_id());
    for (char& c : key) c = lower(c);
    unsigned& n = times[key];
    if (counted != q.id || n == 0) ++n;
    counted = q.id;
    return n;
  }

 private:
  void apply_info(std::string_view path, Any const& value) {
    if (path == "info") {
      if (auto const* const info = value.as<types::TaskInfo>()) apply_whole(*info);
    } else if (path == "info.state") {
      apply_state(value);
    } else if (path == "info.progress") {
      auto const* const percent = value.as<std::int32_t>();
      status.percent = percent != nullptr ? std::optional<int>(*percent) : std::nullopt;
    } else if (path == "info.cancelable") {
      if (auto const* const b = value.as<bool>()) status.cancelable = *b;
    } else if (path == "info.cancelled") {
      if (auto const* const b = value.as<bool>()) status.cancelled = *b;
    } else if (path == "info.error") {
      auto const* const error = value.as<types::LocalizedMethodFault>();
      status.error =
          error != nullptr ? std::optional<types::LocalizedMethodFault>(*error) : std::nullopt;
    } else if (path == "info.result") {
      status.result = value;
    } else if (path == "info.entity") {
      apply_entity(value.as<Ref<types::ManagedEntity>>());
    } else if (path == "info.name" && operation.empty()) {
      if (auto const* const name = value.as<std::string>()) operation = *name;
    }
  }
  void apply_state(Any const& value) {
    // Kept as the server's text when it is a state that nobody knew in 2026.
    if (auto const* const state = value.as<Enum<types::TaskInfoState>>())
      status.state = *state;
    else if (auto const* const text = value.as<std::string>())
      status.state = Enum<types::TaskInfoState>(*text);
  }
  void apply_entity(untyped_ref const* entity) {
    if (entity == nullptr) return;
    if (!object) object = *entity;
    if (!vm && entity->type() == "VirtualMachine")
      vm = Ref<types::VirtualMachine>(entity->type(), entity->value(), entity->server_guid());
  }
  void apply_whole(types::TaskInfo const& info) {
    status.state = info.state;
    status.percent = info.progress;
    status.cancelable = info.cancelable;
    status.cancelled = info.cancelled;
    status.error = info.error;
    status.result = info.result;
    if (info.entity) apply_entity(&*info.entity);
    if (operation.empty()) operation = info.name.value_or(info.descriptionId);
  }
};

inline Suspension::~Suspension() {
  if (task_ != nullptr) task_->suspended = nullptr;
}

inline void Suspension::enter(TaskState& task, std::coroutine_handle<> next) {
  if (task.suspended != nullptr)
    throw invalid_argument(context_of(task.situation(), "a coroutine waits for it already",
                                      "let one wait and tell the others"));
  task.suspended = this;
  task_ = &task;
  next_ = next;
}

}  // namespace esxvi::detail
