// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/task/detail/waiting.hpp>
#include <esxvi/task/task.hpp>

#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace esxvi {

/// How several tasks are waited for: WaitOptions, and a function that is told which of them moved.
struct WaitAllOptions : WaitOptions {
  std::function<void(std::size_t which, Progress const&)> progress{};
};

namespace detail {

class AllTasks {
 public:
  explicit AllTasks(WaitAllOptions const& options) : options_(options) {}

  template <class P, class R> void add(Task<P, R>& task) {
    TaskState& state = TaskAccess::state(task);
    if (!waiting_) waiting_.emplace(*state.session, options_);
    if (session_ != nullptr && session_ != state.session)
      throw invalid_argument({"wait_all", state.operation, "the tasks belong to different sessions",
                              "wait for those of each session on a thread of its own"});
    session_ = state.session;
    Waiting::progress_function told;
    if (options_.progress)
      told = [this, which = count_](Progress const& p) { options_.progress(which, p); };
    ++count_;
    waiting_->add(state, TaskAccess::policy(task), std::move(told));
  }
  void run() {
    if (!waiting_) return;
    waiting_->run();
    for (auto const& member : waiting_->members())
      if (member.error) std::rethrow_exception(member.error);
  }

 private:
  WaitAllOptions const& options_;
  Session* session_ = nullptr;
  std::size_t count_ = 0;
  std::optional<Waiting> waiting_{};
};

template <class T> inline constexpr bool is_task = false;
template <class P, class R> inline constexpr bool is_task<Task<P, R>> = true;

}  // namespace detail

/// Waits until all tasks of a range have ended, with one filter and one long poll for them
/// together: 3 requests and the polls, however many tasks.
///
/// Each task keeps its own policy; while one policy thinks, the others' questions wait. When all
/// have ended (or were given up) the error of the first that failed is thrown; result() of each
/// tells its own. All have to be of one session.
template <std::ranges::forward_range Tasks>
  requires detail::is_task<std::remove_cvref_t<std::ranges::range_reference_t<Tasks>>>
void wait_all(Tasks&& tasks, WaitAllOptions const& options = {}) {
  detail::AllTasks all(options);
  for (auto& task : tasks) all.add(task);
  all.run();
}

/// The same for tasks of different types: `wait_all(start, snapshot, clone)`.
template <class... Tasks>
  requires(sizeof...(Tasks) > 0 && (detail::is_task<Tasks> && ...))
void wait_all(Tasks&... tasks) {
  wait_all(WaitAllOptions{}, tasks...);
}
template <class... Tasks>
  requires(sizeof...(Tasks) > 0 && (detail::is_task<Tasks> && ...))
void wait_all(WaitAllOptions const& options, Tasks&... tasks) {
  detail::AllTasks all(options);
  (all.add(tasks), ...);
  all.run();
}

/// Drives coroutines that wait for tasks, all on the thread that calls run().
///
///     esxvi::TaskLoop loop{session};
///     auto job = [&](esxvi::Ref<vim::VirtualMachine> vm) -> Job {
///       esxvi::Task task{session, vim::PowerOnVM_Task{.self = vm}};
///       co_await loop(task);
///     };
///     job(first); job(second);
///     loop.run();
///
/// One collector and one long poll for all that wait; each task that joins later is 1 request (its
/// filter). `Job` is any coroutine type; the loop only keeps handles and owns no frame. A
/// coroutine that is destroyed while it waits is forgotten. Not thread-safe.
class TaskLoop {
 public:
  explicit TaskLoop(Session& session, WaitOptions options = {})
      : options_(std::move(options)), waiting_(session, options_, detail::Waiting::keep::open) {}
  TaskLoop(TaskLoop const&) = delete;
  TaskLoop& operator=(TaskLoop const&) = delete;

  /// `co_await loop(task)`: its result; throws what wait() throws. The task must not be moved
  /// meanwhile, for its policy is in it.
  template <class P, class R> [[nodiscard]] auto operator()(Task<P, R>& task) noexcept {
    struct awaiter {
      detail::Waiting& waiting;
      detail::TaskState& state;  // stays where it is when the task is moved
      detail::PolicyRef policy;
      bool joined = false;
      detail::Suspension suspension{};

      awaiter(detail::Waiting& w, Task<P, R>& t) noexcept
          : waiting(w),
            state(detail::TaskAccess::state(t)),
            policy(detail::TaskAccess::policy(t)) {}
      awaiter(awaiter const&) = delete;
      awaiter& operator=(awaiter const&) = delete;
      ~awaiter() {
        if (joined) waiting.forget(&state);
      }
      [[nodiscard]] bool await_ready() const noexcept { return state.status.ended(); }
      void await_suspend(std::coroutine_handle<> next) {
        suspension.enter(state, next);
        joined = true;
        waiting.add(state, policy);
      }
      R await_resume() { return detail::TaskAccess::taken<P, R>(state); }
    };
    return awaiter(waiting_, task);
  }

  /// Until no coroutine waits any more. Coroutines are resumed in here.
  void run() { waiting_.run(); }
  /// One exchange with the server; false when nothing is left. For loops of your own.
  bool step() { return waiting_.step() || waiting_.resume(); }

 private:
  WaitOptions options_;
  detail::Waiting waiting_;
};

}  // namespace esxvi
