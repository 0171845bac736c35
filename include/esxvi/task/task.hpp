// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/session.hpp>
#include <esxvi/soap/envelope.hpp>
#include <esxvi/task/detail/result.hpp>
#include <esxvi/task/detail/start.hpp>
#include <esxvi/task/detail/state.hpp>
#include <esxvi/task/detail/waiting.hpp>
#include <esxvi/task/errors.hpp>
#include <esxvi/task/policy.hpp>
#include <esxvi/task/status.hpp>
#include <esxvi/types/Task.hpp>

#include <chrono>
#include <concepts>
#include <coroutine>
#include <exception>
#include <memory>
#include <span>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

namespace esxvi {

/// A described request that starts a task: vim::PowerOnVM_Task, vim::CreateSnapshot_Task, ...
template <class R>
concept TaskRequest = soap::Request<R> && std::same_as<typename R::reply_type, Ref<types::Task>> &&
                      requires(R const& request) {
                        typename R::result_type;
                        { *request.self } -> std::convertible_to<untyped_ref const&>;
                      };

namespace detail {
struct TaskAccess;
}

/// A task of the server, together with what is done when its virtual machine asks something.
///
///     esxvi::Task<esxvi::AnswerDefault> task{session, vim::PowerOnVM_Task{.self = vm}};
///     task.wait([](esxvi::Progress p) { draw(p.percent); }, 5min);
///
///     esxvi::Task snapshot{session, vim::CreateSnapshot_Task{...}};  // ReportAndCancel
///     esxvi::Ref<vim::VirtualMachineSnapshot> made = snapshot.wait();
///
/// The type of the result follows from the request where the compiler deduces it (second form);
/// where only the policy is written, result() is an Any, and result<T>() and result_of<Request>()
/// give it typed.
///
/// Threads: one at a time, but for cancel(), which any may call while another waits. The session
/// has to stay at its place as long as the task.
///
/// Destruction does nothing on the wire: the task goes on at the server. The property filter of a
/// wait is destroyed before wait() returns or throws.
template <QuestionPolicy P = ReportAndCancel, class Result = Any> class Task {
 public:
  using result_type = Result;

  /// Starts a task.
  ///
  /// 2 requests: a look at the machine's question and recent tasks, and the request itself.
  /// (Without the look 1; and 1 more for an answer to a pending question.)
  ///
  /// Throws question_pending when the machine asks already and the policy does not answer,
  /// task_pending when it has unfinished tasks (one of which the policy may just have unblocked):
  /// in both cases nothing was started. fault, when the server refuses. A lost reply is looked
  /// after: the task is found again, or task_lost says that it was not; it is never started twice
  /// unless TaskOptions::idempotent allows it.
  template <TaskRequest R>
    requires std::same_as<Result, Any> || std::same_as<Result, typename R::result_type>
  Task(Session& session, R const& request, P policy = {}, TaskOptions const& options = {})
      : Task(session, std::move(policy)) {
    state_->operation = R::facts.name;
    state_->object = *request.self;
    state_->vm = options.vm;
    state_->expects_result = !detail::may_lack_result<Result>;
    // Destroy_Task and Rename_Task belong to any entity: what counts is which one it is.
    if (!state_->vm && state_->object.type() == "VirtualMachine")
      state_->vm = Ref<types::VirtualMachine>(state_->object.type(), state_->object.value(),
                                              state_->object.server_guid());
    detail::Starter(*state_, R::facts, options)
        .run(
            detail::PolicyRef::to(policy_),
            [](Session& s, void const* r, CallOptions const& call) {
              return s.call(*static_cast<R const*>(r), call);
            },
            &request);
  }

  /// Goes on with a task that is there already. No request; questions of its machine count as
  /// questions of this task. Which machine that is the first look at it tells.
  Task(Session& session, Ref<types::Task> task, P policy = {}, TaskOptions const& options = {})
      : Task(session, std::move(policy)) {
    state_->status.task = std::move(task);
    state_->vm = options.vm;
    state_->expects_result = !detail::may_lack_result<Result>;
  }

  /// Waits for the end and gives the result.
  ///
  /// 3 requests and the polls, of which one is held by the server until something changes (at most
  /// WaitOptions::poll): CreatePropertyCollector, CreateFilter, WaitForUpdatesEx...,
  /// DestroyPropertyCollector. A task whose machine becomes known only by looking at it (not a
  /// method of VirtualMachine) takes one filter more. An answer is 1 request, a cancellation 1.
  ///
  /// Throws task_failed (with the server's fault), question_pending, task_cancelled (a
  /// transport-family `cancelled`), task_timeout (a `timeout`), task_lost; and what the policy and
  /// the progress function throw. After all but the first two wait() may be called again.
  Result wait(WaitOptions const& options = {}) { return wait_with({}, options); }

  /// The same with a function that is called whenever percentage or state change, on this thread:
  /// `task.wait([](Progress p) {...}, 5min, stop)`. Each change is one more poll.
  template <std::invocable<Progress const&> F>
  Result wait(F&& progress, WaitOptions const& options) {
    return wait_with(std::ref(progress), options);
  }
  template <std::invocable<Progress const&> F>
  Result wait(F&& progress, Deadline deadline = {}, std::stop_token stop = {}) {
    return wait_with(std::ref(progress), {.deadline = deadline, .stop = std::move(stop)});
  }
  Result wait(Deadline deadline, std::stop_token stop = {}) {
    return wait_with({}, {.deadline = deadline, .stop = std::move(stop)});
  }

  /// One look, without waiting: 1 request, none after the end. A question goes to the policy (1
  /// request more for its answer); when that reports it, the task is cancelled if possible and
  /// question_pending thrown. A task that failed does not throw here but in result().
  TaskStatus const& poll() {
    if (state_->status.ended()) return state_->status;
    WaitOptions const options;
    detail::Waiting look(*state_->session, options);
    auto const& member = look.add(*state_, policy_ref());
    look.look_once();
    if (member.error && !state_->status.ended()) std::rethrow_exception(member.error);
    if (member.settle_until)
      throw question_pending(state_->situation(), *state_->reported, state_->reported_why);
    return state_->status;
  }

  /// Asks the server to end the task, and does not wait for that: 1 request, from any thread.
  /// False: it cannot be cancelled (any more).
  bool cancel() {
    ++state_->cancelling;  // and so it stays when the reply is lost: the server may have acted
    try {
      state_->session->call(types::CancelTask{.self = state_->status.task});
    } catch (not_authenticated const&) {
      --state_->cancelling;
      throw;
    } catch (fault const&) {
      --state_->cancelling;
      return false;
    }
    state_->cancel_requested = true;
    return true;
  }

  /// Of a task that has ended: no request. Throws its failure, and invalid_argument before the end.
  Result result() const { return result<Result>(); }
  template <class T> T result() const { return result_in<T>(*state_); }
  /// The result that the request R promises.
  template <TaskRequest R> typename R::result_type result_of() const {
    return result<typename R::result_type>();
  }

  [[nodiscard]] Ref<types::Task> const& reference() const noexcept { return state_->status.task; }
  /// As of the last look.
  [[nodiscard]] TaskStatus const& status() const noexcept { return state_->status; }
  /// The questions that were answered for this task, in order.
  [[nodiscard]] std::vector<Answered> const& answered() const noexcept { return state_->answered; }
  [[nodiscard]] P& policy() noexcept { return policy_; }

  /// `co_await task` suspends until the task has ended and gives its result or throws. There is no
  /// executor and no thread behind it: the coroutine is resumed by and within the call that notices
  /// the end, that is wait(), poll() or wait_all() of this task by somebody else. TaskLoop drives
  /// coroutines that own their tasks. A coroutine that is destroyed while it waits is forgotten; a
  /// second one that waits for the same task gets invalid_argument.
  [[nodiscard]] auto operator co_await() & noexcept {
    struct awaiter {
      detail::TaskState& state;  // stays where it is when the task is moved
      detail::Suspension suspension{};

      explicit awaiter(detail::TaskState& s) noexcept : state(s) {}
      [[nodiscard]] bool await_ready() const noexcept { return state.status.ended(); }
      void await_suspend(std::coroutine_handle<> next) { suspension.enter(state, next); }
      Result await_resume() const { return taken(state); }
    };
    return awaiter(*state_);
  }

 private:
  friend detail::TaskAccess;

  Task(Session& session, P policy)
      : state_(std::make_unique<detail::TaskState>()), policy_(std::move(policy)) {
    state_->session = &session;
  }

  [[nodiscard]] detail::PolicyRef policy_ref() noexcept { return detail::PolicyRef::to(policy_); }

  Result wait_with(detail::Waiting::progress_function progress, WaitOptions const& options) {
    if (!state_->status.ended()) {
      detail::Waiting waiting(*state_->session, options);
      auto const& member = waiting.add(*state_, policy_ref(), std::move(progress));
      waiting.run();
      if (member.error) std::rethrow_exception(member.error);
    }
    return result();
  }
  // For who was suspended: also the error that left the task unfinished.
  static Result taken(detail::TaskState const& state) {
    if (state.await_failure) std::rethrow_exception(state.await_failure);
    return result_in<Result>(state);
  }
  template <class T> static T result_in(detail::TaskState const& state) {
    if (state.failure) std::rethrow_exception(state.failure);
    if (!state.status.ended())
      throw invalid_argument(detail::context_of(state.situation(), "the task has not ended",
                                                "wait for it, or ask poll() first"));
    return detail::task_result<T>::of(state);
  }

  std::unique_ptr<detail::TaskState> state_;
  [[no_unique_address]] P policy_;
};

template <TaskRequest R> Task(Session&, R const&) -> Task<ReportAndCancel, typename R::result_type>;
template <TaskRequest R, QuestionPolicy P>
Task(Session&, R const&, P) -> Task<P, typename R::result_type>;
template <TaskRequest R, QuestionPolicy P>
Task(Session&, R const&, P, TaskOptions const&) -> Task<P, typename R::result_type>;
Task(Session&, Ref<types::Task>) -> Task<ReportAndCancel, Any>;
template <QuestionPolicy P> Task(Session&, Ref<types::Task>, P) -> Task<P, Any>;

/// Starts a task, waits for it and gives its result.
template <TaskRequest R, QuestionPolicy P = ReportAndCancel>
typename R::result_type run_task(Session& session, R const& request, P policy = {},
                                 WaitOptions const& wait = {}, TaskOptions const& start = {}) {
  return Task<P, typename R::result_type>(session, request, std::move(policy), start).wait(wait);
}

namespace detail {
struct TaskAccess {
  template <class P, class R> static TaskState& state(Task<P, R>& task) noexcept {
    return *task.state_;
  }
  template <class P, class R> static PolicyRef policy(Task<P, R>& task) noexcept {
    return task.policy_ref();
  }
  template <class P, class R> static R taken(TaskState const& state) {
    return Task<P, R>::taken(state);
  }
};
}  // namespace detail

}  // namespace esxvi
