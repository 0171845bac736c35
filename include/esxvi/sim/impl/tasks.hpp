// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Tasks, and the questions that hold them up. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/events.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ChoiceOption.hpp>
#include <esxvi/types/ElementDescription.hpp>
#include <esxvi/types/ManagedEntity_properties.hpp>
#include <esxvi/types/RuntimeFault.hpp>
#include <esxvi/types/Task.hpp>
#include <esxvi/types/TaskManager.hpp>
#include <esxvi/types/TaskManager_properties.hpp>
#include <esxvi/types/TaskReasonUser.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/event/VmEvent.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/InvalidState.hpp>
#include <esxvi/types/fault/NotSupported.hpp>
#include <esxvi/types/fault/RequestCanceled.hpp>
#include <esxvi/types/fault/Timedout.hpp>

#include <algorithm>

namespace esxvi::sim {

namespace detail {

/// A task that has not ended.
struct RunningTask {
  Ref<types::Task> ref;
  untyped_ref entity;
  TaskPlan plan;
  std::size_t next_question = 0;
  std::size_t next_progress = 0;
  std::uint64_t timer = 0;
  std::string question;    // that it waits for
  bool by_client = false;  // which says how it goes
};

namespace {

/// How long the lists of recent tasks keep one that ended.
constexpr std::chrono::minutes remembered{10};

inline Ref<types::TaskManager> task_manager(Host& host) {
  return Ref<types::TaskManager>(host.options().vcenter ? "TaskManager" : "ha-taskmgr");
}

template <class F> void change_entity(Host& host, untyped_ref const& entity, F&& change) {
  Object* const object = host.find_object(entity);
  if (object == nullptr || !object->kind().is_a("ManagedEntity")) return;
  change(*static_cast<types::ManagedEntity*>(object->writable()));
  host.changed(*object);
}

inline void forget(Host& host, Ref<types::Task> const& task, untyped_ref const& entity) {
  change_entity(host, entity, [&](types::ManagedEntity& e) { std::erase(e.recentTask, task); });
  host.modify(task_manager(host), [&](types::TaskManager& m) { std::erase(m.recentTask, task); });
  if (host.exists(task)) host.remove(task);
}

inline void set_question(Host& host, untyped_ref const& vm,
                         std::optional<types::VirtualMachineQuestionInfo> question) {
  host.modify(Ref<types::VirtualMachine>(vm.value()), [&](types::VirtualMachine& machine) {
    machine.runtime.question = std::move(question);
  });
}

/// Takes a question back, or takes it for answered; the machine asks the next one.
inline AskedQuestion take_question(Host& host, untyped_ref const& vm, std::string_view id) {
  auto& all = host.state().questions;
  AskedQuestion taken;
  if (auto const found = std::ranges::find(all, id, &AskedQuestion::id); found != all.end()) {
    taken = std::move(*found);
    all.erase(found);
  }
  auto const machine = host.find<types::VirtualMachine>(vm);
  if (!machine || !machine->runtime.question || machine->runtime.question->id != id) return taken;
  set_question(host, vm, std::nullopt);
  auto const next = std::ranges::find(all, vm.value(), &AskedQuestion::vm);
  if (next != all.end()) std::function(next->show)();
  return taken;
}

inline void end(Host& host, std::shared_ptr<RunningTask> const& task, types::TaskInfoState state,
                Any result, std::optional<Failure> const& why, bool cancelled) {
  host.state().tasks.erase(task->ref.value());
  std::erase(host.state().held, task);
  if (task->timer != 0) host.cancel(task->timer);
  if (!task->question.empty()) take_question(host, task->entity, task->question);
  host.modify(task->ref, [&](types::Task& t) {
    t.info.state = state;
    t.info.result = std::move(result);
    t.info.progress.reset();
    t.info.cancelled = cancelled;
    t.info.cancelable = false;
    if (!t.info.startTime) t.info.startTime = host.now();
    t.info.completeTime = host.now();
    if (why) t.info.error = why->localized();
  });
  host.after(remembered,
             [&host, ref = task->ref, entity = task->entity] { forget(host, ref, entity); });
}

inline void fail(Host& host, std::shared_ptr<RunningTask> const& task, Failure const& why) {
  end(host, task, types::TaskInfoState::error, {}, why, false);
}

inline void hold_back(Host& host, std::shared_ptr<RunningTask> const& task) {
  host.state().held.push_back(task);
  if (task->plan.patience.count() > 0)
    task->timer = host.after(task->plan.patience, [&host, task] {
      task->timer = 0;
      fail(host, task, fault(types::Timedout(), "Operation timed out."));
    });
}

/// One step of a task. Whatever a plan throws is the end of its task, not of the program.
template <class F>
void take_step(Host& host, std::shared_ptr<RunningTask> const& task, F const& step) {
  try {
    step();
  } catch (...) {
    Failure const why = current_failure();
    if (host.state().tasks.contains(task->ref.value())) fail(host, task, why);
  }
}

inline void finish(Host& host, std::shared_ptr<RunningTask> const& task) {
  task->timer = 0;
  if (task->plan.failure) return fail(host, task, *task->plan.failure);
  take_step(host, task, [&] {
    if (task->plan.ready && !task->plan.ready(host)) return hold_back(host, task);
    Any result = task->plan.finish ? task->plan.finish(host) : Any();
    end(host, task, types::TaskInfoState::success, std::move(result), std::nullopt, false);
  });
}

void go_on(Host& host, std::shared_ptr<RunningTask> const& task);

/// Puts a question to a machine, behind those that it asks already; `answered` is called with the
/// key of the choice.
inline std::string put_question(Host& host, untyped_ref const& vm, Question const& question,
                                std::function<void(std::string_view)> answered) {
  types::VirtualMachineQuestionInfo info;
  info.id = std::to_string(host.state().next_question++);
  info.text = question.message_id + ":" + question.text;
  for (Choice const& choice : question.choices) {
    types::ElementDescription d;
    d.key = choice.key;
    d.label = choice.label;
    d.summary = choice.summary;
    info.choice.choiceInfo.emplace_back(std::move(d));
  }
  if (question.default_index) info.choice.defaultIndex = *question.default_index;
  types::VirtualMachineMessage message;
  message.id = question.message_id;
  message.text = question.text;
  info.message.push_back(std::move(message));
  std::string const id = info.id;
  Ref<types::VirtualMachine> const machine(vm.value());
  auto const show = [&host, machine, info = std::move(info)] {
    set_question(host, machine, info);
    types::VmMessageEvent event;
    event.message = info.text;
    record(host, std::move(event), machine, *host.get<types::VirtualMachine>(machine),
           "Message on %vm on %host in %dc: " + info.text, {});
  };
  bool const is_first = !host.get<types::VirtualMachine>(machine)->runtime.question;
  // Before anybody can see it, so that an answer cannot come too early.
  host.state().questions.push_back({id, vm.value(), show, std::move(answered)});
  if (is_first) show();
  return id;
}

inline void ask_next(Host& host, std::shared_ptr<RunningTask> const& task) {
  Question const& question = task->plan.questions[task->next_question];
  if (!host.find<types::VirtualMachine>(task->entity))
    throw system_error("only virtual machines ask questions, and " + task->entity.type() + " " +
                       task->entity.value() + " is none");
  auto const answered = [&host, task](std::string_view key) {
    task->question.clear();
    take_step(host, task, [&] {
      Question const& q = task->plan.questions[task->next_question];
      if (q.answered)
        if (auto const why = q.answered(host, key)) return fail(host, task, *why);
      if (!q.again || !q.again(host, key)) ++task->next_question;
      go_on(host, task);
    });
  };
  if (auto const key = answer_in_advance(host, task->entity, question)) return answered(*key);
  task->question = put_question(host, task->entity, question, answered);
}

inline void go_on(Host& host, std::shared_ptr<RunningTask> const& task) {
  task->timer = 0;
  if (task->next_question < task->plan.questions.size())
    return take_step(host, task, [&] { ask_next(host, task); });
  auto const& steps = task->plan.progress;
  // The time is shared between what comes before, between and after the steps.
  auto const share = task->plan.running / static_cast<int>(steps.size() + 1);
  if (task->next_progress < steps.size()) {
    task->timer = host.after(share, [&host, task] {
      int const percent = task->plan.progress[task->next_progress++];
      host.modify(task->ref, [&](types::Task& t) { t.info.progress = percent; });
      go_on(host, task);
    });
    return;
  }
  if (task->plan.endless) return;
  task->timer = host.after(share, [&host, task] { finish(host, task); });
}

inline void begin(Host& host, std::shared_ptr<RunningTask> const& task) {
  task->timer = 0;
  bool may = true;
  take_step(host, task, [&] {
    may = false;
    if (task->plan.begin)
      if (auto const why = task->plan.begin(host)) return fail(host, task, *why);
    may = true;
  });
  if (!may) return;
  host.modify(task->ref, [&](types::Task& t) {
    t.info.state = types::TaskInfoState::running;
    t.info.startTime = host.now();
    if (!task->plan.progress.empty()) t.info.progress = 0;
  });
  go_on(host, task);
}

inline std::shared_ptr<RunningTask> task_of_client(Call& call, Ref<types::Task> const& ref) {
  auto const& all = call.host().state().tasks;
  auto const found = all.find(ref.value());
  if (found == all.end() || !found->second->by_client)
    throw fault(types::InvalidState(), "The operation is not allowed in the current state.");
  return found->second;
}

/// A task that a client does, and says how far it is.
inline types::TaskInfo create_task(Call& call, types::CreateTask const& r) {
  Host& host = call.host();
  auto const ref =
      host.start_task(*r.obj, *r.taskTypeId, {.cancelable = *r.cancelable, .endless = true},
                      r.initiatedBy.value_or(call.user()));
  if (auto const found = host.state().tasks.find(ref.value()); found != host.state().tasks.end())
    found->second->by_client = true;
  host.modify(ref, [&](types::Task& t) {
    t.info.name.reset();
    t.info.state = types::TaskInfoState::queued;
    t.info.startTime.reset();
    t.info.parentTaskKey = r.parentTaskKey;
    t.info.activationId = r.activationId;
  });
  return host.get<types::Task>(ref)->info;
}

inline void set_task_state(Call& call, types::SetTaskState const& r) {
  using types::TaskInfoState;
  Host& host = call.host();
  auto const task = task_of_client(call, *r.self);
  if (*r.state == TaskInfoState::success)
    return end(host, task, TaskInfoState::success, r.result, std::nullopt, false);
  if (*r.state == TaskInfoState::error) {
    if (!r.fault) throw bad_argument("fault");
    std::optional<std::string> const text = r.fault->localizedMessage;
    return fail(host, task, Failure(r.fault->fault, text.value_or(std::string())));
  }
  if (*r.state != TaskInfoState::running) throw bad_argument("state");
  host.modify(*r.self, [&](types::Task& t) {
    t.info.state = TaskInfoState::running;
    if (!t.info.startTime) t.info.startTime = host.now();
  });
}

}  // namespace

void look_at_held_tasks(Host& host) {
  auto const held = host.state().held;
  for (auto const& task : held) {
    // Another's end may have been its end.
    if (!host.state().tasks.contains(task->ref.value())) continue;
    bool ready = false;
    take_step(host, task, [&] { ready = task->plan.ready(host); });
    if (!ready) continue;
    std::erase(host.state().held, task);
    if (task->timer != 0) host.cancel(std::exchange(task->timer, 0));
    finish(host, task);
  }
}

}  // namespace detail

Ref<types::Task> Host::start_task(untyped_ref const& entity, std::string_view operation,
                                  TaskPlan plan, std::string_view user) {
  using namespace types;
  Lock const hold(*this);
  detail::State& s = *state_;
  for (auto const& hook : s.plan_hooks) hook(entity, operation, plan);
  auto const number = std::to_string(s.next_task++);
  Ref<Task> const ref(s.options.vcenter ? "task-" + number
                                        : "haTask-" + entity.value() + "-vim." +
                                              std::string(operation) + "-" + number);
  Task task;
  TaskInfo& info = task.info;
  info.key = ref.value();
  info.task = ref;
  if (s.serving != nullptr) info.name = std::string(s.serving->method());
  info.descriptionId = operation;
  info.entity = Ref<ManagedEntity>(entity.type(), entity.value());
  if (auto const properties = find<ManagedEntity>(entity)) info.entityName = properties->name;
  info.state = TaskInfoState::queued;
  info.cancelable = plan.cancelable;
  info.queueTime = now();
  info.eventChainId = static_cast<std::int32_t>(s.next_task);
  TaskReasonUser reason;
  reason.userName = user.empty() && s.serving != nullptr ? s.serving->user() : std::string(user);
  info.reason = std::move(reason);
  add(ref, std::move(task));
  detail::change_entity(*this, entity, [&](ManagedEntity& e) { e.recentTask.push_back(ref); });
  modify(detail::task_manager(*this), [&](TaskManager& m) { m.recentTask.push_back(ref); });

  auto const running = std::make_shared<detail::RunningTask>();
  running->ref = ref;
  running->entity = entity;
  running->plan = std::move(plan);
  s.tasks[ref.value()] = running;
  if (running->plan.queued.count() > 0)
    running->timer =
        after(running->plan.queued, [this, running] { detail::begin(*this, running); });
  else
    detail::begin(*this, running);
  return ref;
}

void Host::plan_tasks(std::function<void(untyped_ref const&, std::string_view, TaskPlan&)> hook) {
  Lock const hold(*this);
  state_->plan_hooks.push_back(std::move(hook));
}

void Host::answer(Ref<types::VirtualMachine> const& vm, std::string_view question,
                  std::string_view choice) {
  Lock const hold(*this);
  auto const machine = get<types::VirtualMachine>(vm);
  auto const& pending = machine->runtime.question;
  types::InvalidArgument why;
  if (!pending || pending->id != question) {
    why.invalidProperty = "questionId";
    throw fault(std::move(why));
  }
  auto const& all = pending->choice.choiceInfo;
  if (std::none_of(all.begin(), all.end(), [&](auto const& c) { return c->key == choice; })) {
    why.invalidProperty = "answerChoice";
    throw fault(std::move(why));
  }
  auto const act = detail::take_question(*this, vm, question).answered;
  if (act) act(choice);
}

void Host::ask(Ref<types::VirtualMachine> const& vm, Question question) {
  Lock const hold(*this);
  auto const answered = [this, vm, question](std::string_view key) {
    if (question.answered) static_cast<void>(question.answered(*this, key));
    if (question.again && question.again(*this, key)) ask(vm, question);
  };
  if (auto const key = detail::answer_in_advance(*this, vm, question)) return answered(*key);
  detail::put_question(*this, vm, question, answered);
}

void Host::cancel_task(Ref<types::Task> const& task) {
  Lock const hold(*this);
  auto const found = state_->tasks.find(task.value());
  if (found == state_->tasks.end()) {
    static_cast<void>(get<types::Task>(task));
    throw fault(types::InvalidState(), "The operation is not allowed in the current state.");
  }
  auto const running = found->second;
  if (!running->plan.cancelable) throw fault(types::NotSupported());
  detail::end(*this, running, types::TaskInfoState::error, {}, fault(types::RequestCanceled()),
              true);
}

void add_task_methods(Host& host) {
  using namespace esxvi::types;
  host.on<CancelTask>([](Call& call, CancelTask const& r) { call.host().cancel_task(*r.self); });
  host.on<AnswerVM>([](Call& call, AnswerVM const& r) {
    call.host().answer(*r.self, *r.questionId, *r.answerChoice);
  });
  host.on<CreateTask>([](Call& call, CreateTask const& r) { return detail::create_task(call, r); });
  host.on<SetTaskState>([](Call& call, SetTaskState const& r) { detail::set_task_state(call, r); });
  host.on<UpdateProgress>([](Call& call, UpdateProgress const& r) {
    if (*r.percentDone < 0 || *r.percentDone > 100) throw detail::bad_argument("percentDone");
    if (call.host().get<Task>(*r.self)->info.state != TaskInfoState::running)
      throw fault(InvalidState(), "The operation is not allowed in the current state.");
    static_cast<void>(detail::task_of_client(call, *r.self));
    call.host().modify(*r.self, [&](Task& t) { t.info.progress = *r.percentDone; });
  });
  host.on<SetTaskDescription>([](Call& call, SetTaskDescription const& r) {
    call.host().modify(r.self.value, [&](Task& t) { t.info.description = *r.description; });
  });
}

}  // namespace esxvi::sim
