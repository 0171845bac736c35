// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/outage.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/task/detail/look.hpp>
#include <esxvi/task/detail/state.hpp>
#include <esxvi/task/errors.hpp>
#include <esxvi/task/policy.hpp>
#include <esxvi/task/status.hpp>
#include <esxvi/types/TaskInfo.hpp>
#include <esxvi/types/TaskReasonUser.hpp>
#include <esxvi/types/VirtualMachineQuestionInfo.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// A machine before something is started on it.
struct MachineLook {
  struct Recent : OtherTask {
    std::string description_id{};
    std::string user{};
  };
  std::optional<Question> question{};
  std::vector<Recent> recent{};

  [[nodiscard]] std::vector<OtherTask> unfinished() const {
    std::vector<OtherTask> open;
    for (Recent const& t : recent)
      if (t.state == types::TaskInfoState::queued || t.state == types::TaskInfoState::running)
        open.push_back(t);
    return open;
  }
};

inline void read_recent(MachineLook::Recent& recent, std::string_view path, Any const& value) {
  if (auto const* const text = value.as<std::string>()) {
    if (path == "info.name") recent.name = *text;
    if (path == "info.descriptionId") recent.description_id = *text;
  } else if (auto const* const state = value.as<Enum<types::TaskInfoState>>()) {
    recent.state = *state;
  } else if (auto const* const percent = value.as<std::int32_t>()) {
    recent.percent = *percent;
  } else if (auto const* const cancelable = value.as<bool>()) {
    recent.cancelable = *cancelable;
  } else if (auto const* const reason = value.as<types::TaskReasonUser>()) {
    recent.user = reason->userName;
  }
}

/// The question of a machine and its recent tasks: 1 request, however many there are. A task that
/// goes away meanwhile is left out by the server.
inline MachineLook look_at_machine(Session& session, Ref<types::VirtualMachine> const& vm,
                                   CallOptions const& call) {
  types::PropertyFilterSpec spec;
  spec.propSet.push_back(paths_of("VirtualMachine", {"runtime.question"}));
  spec.propSet.push_back(paths_of("Task", {"info.state", "info.name", "info.descriptionId",
                                           "info.progress", "info.cancelable", "info.reason"}));
  types::TraversalSpec recent;
  recent.type = "VirtualMachine";
  recent.path = "recentTask";
  recent.skip = false;
  add_object(spec, vm).selectSet.emplace_back(std::move(recent));

  MachineLook look;
  for (auto const& object : look_at(session, std::move(spec), call)) {
    if (object.obj.type() == "Task") {
      auto& task = look.recent.emplace_back();
      task.task = Ref<types::Task>(object.obj.type(), object.obj.value(), object.obj.server_guid());
      for (auto const& property : object.propSet) read_recent(task, property.name, property.val);
      if (task.name.empty()) task.name = task.description_id;
    } else {
      for (auto const& property : object.propSet)
        if (auto const* const info = property.val.as<types::VirtualMachineQuestionInfo>())
          look.question = Question::from(*info, vm);
    }
  }
  return look;
}

/// Starts a task, after a look at what goes on in its machine, and finds it again when the reply
/// is lost.
class Starter {
 public:
  using call_method = Ref<types::Task> (*)(Session&, void const* request, CallOptions const&);

  Starter(TaskState& state, MethodFacts const& method, TaskOptions const& options)
      : state_(state), method_(method), options_(options) {}

  void run(PolicyRef policy, call_method call, void const* request) {
    bool const looked = state_.vm && options_.look_first;
    if (looked) {
      before_ = look_at_machine(*state_.session, *state_.vm, options_.call);
      if (before_.question) answer_pending(policy);
      if (auto open = before_.unfinished(); !open.empty())
        throw task_pending(
            state_.situation(), std::move(open),
            state_.answered.empty() ? std::nullopt : std::optional(state_.answered.back()));
    }
    try {
      state_.status.task = call(*state_.session, request, options_.call);
    } catch (cancelled const&) {
      throw;
    } catch (fault const&) {
      throw;  // the server says that it did not act
    } catch (error const& e) {
      bool const reply_unreadable = dynamic_cast<protocol_error const*>(&e) != nullptr;
      if (e.delivered() == delivery::not_sent || (!passes(e) && !reply_unreadable)) throw;
      recover(looked, call, request, std::current_exception());
    }
  }

 private:
  void answer_pending(PolicyRef policy) {
    Question const& q = *before_.question;
    if (!policy.answers_pending) throw question_pending(state_.situation(), q);
    Decision const decision = policy.decide(policy.policy, {.question = q,
                                                            .times = state_.count(q),
                                                            .pending_before = true,
                                                            .stop = options_.call.stop});
    if (decision.what() != Decision::kind::answer)
      throw question_pending(state_.situation(), q, decision.why());
    try {
      state_.session->call(
          AnswerQuestion{.self = q.vm, .questionId = q.id, .answerChoice = decision.choice().key},
          options_.call);
    } catch (fault const&) {
      // Somebody else was faster, or the answer is not accepted: only the second is an error.
      auto const now = look_at_machine(*state_.session, *state_.vm, options_.call);
      if (now.question && now.question->id == q.id) throw;
      return;
    }
    state_.answered.push_back({q, decision.choice(), true});
  }

  void recover(bool looked, call_method call, void const* request, std::exception_ptr cause) {
    if (looked) {
      // The request may still be on its way through the server: a few looks, with time between.
      Outage between(std::chrono::seconds(1));
      for (int tries = 0; tries < 3; ++tries) {
        if (find_started(look_again(cause), cause)) return;
        if (tries < 2 && !between.wait(options_.call.stop)) break;
      }
    }
    if (!options_.idempotent)
      throw task_lost(state_.situation(),
                      looked ? "the reply was lost, and no task of this kind is to be found; "
                               "it was not started a second time"
                             : "the reply was lost; it was not started a second time",
                      std::move(cause));
    state_.status.task = call(*state_.session, request, options_.call);
  }

  MachineLook look_again(std::exception_ptr const& cause) {
    Outage outage(options_.outage);
    for (;;) try {
        return look_at_machine(*state_.session, *state_.vm, options_.call);
      } catch (error const& e) {
        if (!passes(e) || options_.call.stop.stop_requested() || !outage.wait(options_.call.stop))
          throw task_lost(state_.situation(), "the reply was lost, and so is the connection",
                          cause);
      }
  }

  bool find_started(MachineLook const& now, std::exception_ptr const& cause) {
    std::vector<MachineLook::Recent const*> found;
    for (auto const& t : now.recent) {
      bool const old = std::any_of(before_.recent.begin(), before_.recent.end(),
                                   [&](auto const& b) { return b.task == t.task; });
      if (!old && is_ours(t)) found.push_back(&t);
    }
    if (found.size() > 1)
      throw task_lost(state_.situation(),
                      "the reply was lost, and several tasks could be the one: " +
                          found[0]->task.value() + ", " + found[1]->task.value(),
                      cause);
    if (found.empty()) return false;
    state_.status.task = found[0]->task;
    return true;
  }

  [[nodiscard]] bool is_ours(MachineLook::Recent const& t) const {
    std::string const& me = state_.session->user().userName;
    if (!t.user.empty() && !me.empty() && t.user != me) return false;
    // Servers write "PowerOnVM_Task" or "vim.VirtualMachine.powerOn", some nothing at all.
    if (!t.name.empty() && t.name.find('.') == std::string::npos)
      return same_words(t.name, method_.name);
    std::string_view described = t.description_id.empty() ? t.name : t.description_id;
    if (described.starts_with("vim.")) described.remove_prefix(4);
    // "VirtualMachine.powerOn" belongs to PowerOnVM_Task, "...reconfigure" to ReconfigVM_Task:
    // the kind agrees, and the verb up to where one of them leaves off.
    auto const dot = described.find('.');
    if (dot == std::string_view::npos || described.substr(0, dot) != method_.object) return false;
    auto const verb = described.substr(dot + 1);
    auto name = method_.name.substr(0, method_.name.rfind("_Task"));
    if (name.ends_with("VM") || name.ends_with("Vm")) name.remove_suffix(2);
    auto const common = std::min(verb.size(), name.size());
    return common > 3 && same_words(verb.substr(0, common), name.substr(0, common));
  }

  TaskState& state_;
  MethodFacts const& method_;
  TaskOptions const& options_;
  MachineLook before_{};
};

}  // namespace esxvi::detail
