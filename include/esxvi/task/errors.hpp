// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/soap/fault.hpp>
#include <esxvi/task/question.hpp>
#include <esxvi/task/status.hpp>

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What can become of a task. All are of the family `error`; each knows what goes on at the server.
namespace esxvi {

/// How matters stand at the server when a task is given up.
struct TaskSituation {
  Ref<types::Task> task{};  ///< empty: none was started
  std::string operation{};  ///< "PowerOnVM_Task"
  untyped_ref object{};     ///< on what
  Enum<types::TaskInfoState> state{};
  std::optional<int> percent{};
  bool cancelable = false;
  bool cancel_requested = false;  ///< by this program, and accepted
  bool cancel_refused = false;    ///< it should have been cancelled, but cannot be

  [[nodiscard]] bool ended() const noexcept {
    return state == types::TaskInfoState::success || state == types::TaskInfoState::error;
  }
  /// The server still works on it, or is blocked in it.
  [[nodiscard]] bool goes_on() const noexcept { return task && !ended(); }

  /// "it is running at 42 % and goes on at the server"
  [[nodiscard]] std::string describe() const {
    if (!task) return "nothing was started";
    std::string out = ended() ? "it ended with " : "it is ";
    out.append(state.literal());
    if (ended()) return out;
    if (percent) out.append(" at ").append(std::to_string(*percent)).append(" %");
    if (cancel_refused) return out + ", cannot be cancelled and is left behind at the server";
    return out +
           (cancel_requested ? ", is asked to stop and did not yet" : " and goes on at the server");
  }
};

namespace detail {
class AboutTask {
 public:
  explicit AboutTask(TaskSituation situation) : situation_(std::move(situation)) {}
  [[nodiscard]] TaskSituation const& situation() const noexcept { return situation_; }

 protected:
  AboutTask(AboutTask const&) = default;
  AboutTask(AboutTask&&) = default;
  AboutTask& operator=(AboutTask const&) = default;
  AboutTask& operator=(AboutTask&&) = default;
  ~AboutTask() = default;

 private:
  TaskSituation situation_;
};

inline error::context context_of(TaskSituation const& s, std::string problem,
                                 std::string advice = {}) {
  std::string target = s.object ? s.object.type() + " " + s.object.value() : std::string();
  if (s.task) target.append(target.empty() ? "" : ", ").append(s.task.value());
  return {s.operation, std::move(target), std::move(problem), std::move(advice)};
}
}  // namespace detail

/// The machine asks, and the policy did not answer.
///
/// situation().task is empty when the question was there before and nothing was started; else the
/// task was cancelled if that was possible, and the situation says what became of it.
class question_pending : public failure<errc::question_pending>, public detail::AboutTask {
 public:
  question_pending(TaskSituation s, Question question, std::string const& why = {})
      : failure(detail::context_of(s,
                                   "the virtual machine asks: " + question.describe() + "; " +
                                       (why.empty() ? "" : why + "; ") + s.describe(),
                                   "answer it, or use a policy that does"),
                delivery::answered),
        AboutTask(std::move(s)),
        question_(std::move(question)) {}

  [[nodiscard]] Question const& question() const noexcept { return question_; }
  /// It belongs to a task of somebody else; nothing was started.
  [[nodiscard]] bool pending_before() const noexcept { return !situation().task; }

 private:
  Question question_;
};

/// Nothing was started, because the machine has unfinished tasks.
///
/// When a policy answered the question that blocked one of them, answered() says which and how;
/// others() are the tasks, to be waited for with a Task of their own.
class task_pending : public failure<errc::task_pending>, public detail::AboutTask {
 public:
  task_pending(TaskSituation s, std::vector<OtherTask> others, std::optional<Answered> answered)
      : failure(detail::context_of(s, text(others, answered),
                                   "wait for the others (Task takes their references), then start"),
                delivery::answered),
        AboutTask(std::move(s)),
        others_(std::move(others)),
        answered_(std::move(answered)) {}

  [[nodiscard]] std::vector<OtherTask> const& others() const noexcept { return others_; }
  [[nodiscard]] std::optional<Answered> const& answered() const noexcept { return answered_; }

 private:
  static std::string text(std::vector<OtherTask> const& others,
                          std::optional<Answered> const& answered) {
    std::string out;
    if (answered)
      out = "a question was pending and got the answer " + answered->choice.words() + "; ";
    out.append("not started, there are unfinished tasks:");
    for (OtherTask const& other : others)
      out.append(" ").append(other.task.value()).append(" (").append(other.name).append(")");
    return out;
  }
  std::vector<OtherTask> others_;
  std::optional<Answered> answered_;
};

/// The task ended with an error: as<vim::InvalidPowerState>() gives its fault object.
class task_failed : public fault, public detail::AboutTask {
 public:
  task_failed(TaskSituation s, content const& what)
      : fault(errc::task_failed, detail::context_of(s, text(what)), what),
        AboutTask(std::move(s)) {}

 private:
  static std::string text(content const& what) {
    std::string out(what.detail.type_name());
    if (out.empty()) out = "the task failed, and the server does not say why";
    if (!what.message.empty()) out.append(": ").append(what.message);
    if (what.detail)
      for (auto const& m : what.detail->faultMessage)
        if (m.message && *m.message != what.message) out.append("; ").append(*m.message);
    return out;
  }
};

/// The wait was stopped, or the task cancelled by this program; the situation tells whether the
/// server goes on.
class task_cancelled : public cancelled, public detail::AboutTask {
 public:
  explicit task_cancelled(TaskSituation s)
      : cancelled(detail::context_of(s, "cancelled; " + s.describe()), delivery::answered),
        AboutTask(std::move(s)) {}
};

/// The deadline of the wait passed. wait() may be called again.
class task_timeout : public timeout, public detail::AboutTask {
 public:
  explicit task_timeout(TaskSituation s, std::string const& more = {})
      : timeout(detail::context_of(s, "the deadline passed; " + s.describe() + more,
                                   s.goes_on() ? "wait again, or cancel it" : ""),
                delivery::answered),
        AboutTask(std::move(s)) {}
};

/// Nothing can be learned of the task any more, or it is not known whether it was started.
///
/// cause() is the error behind it. When situation().task is set the task goes on at the server, and
/// a Task made of that reference goes on with it.
class task_lost : public failure<errc::task_lost>, public detail::AboutTask {
 public:
  task_lost(TaskSituation s, std::string problem, std::exception_ptr cause = {},
            std::string advice = "look what the server did before you start it again")
      : failure(detail::context_of(s, std::move(problem) + said(cause), std::move(advice)),
                s.task ? delivery::answered : delivery::unknown),
        AboutTask(std::move(s)),
        cause_(std::move(cause)) {}

  [[nodiscard]] std::exception_ptr const& cause() const noexcept { return cause_; }

 private:
  static std::string said(std::exception_ptr const& cause) {
    if (!cause) return {};
    try {
      std::rethrow_exception(cause);
    } catch (std::exception const& e) {
      return std::string(": ") + e.what();
    } catch (...) {
      return {};
    }
  }
  std::exception_ptr cause_;
};

}  // namespace esxvi
