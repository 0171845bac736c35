// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/outage.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/task/detail/look.hpp>
#include <esxvi/task/detail/state.hpp>
#include <esxvi/task/detail/watch.hpp>
#include <esxvi/task/errors.hpp>
#include <esxvi/task/policy.hpp>
#include <esxvi/task/status.hpp>
#include <esxvi/transport/detail/pause.hpp>
#include <esxvi/types/Task.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>
#include <esxvi/types/fault/RequestCanceled.hpp>

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <exception>
#include <functional>
#include <list>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// Waits for any number of tasks with one watch: what wait(), wait_all() and TaskLoop are made of.
///
/// step() does one exchange with the server and what follows from it. Everything is done by the
/// thread that calls it.
class Waiting {
 public:
  using clock = Deadline::clock;
  using progress_function = std::function<void(Progress const&)>;

  struct Member {
    TaskState* task;
    PolicyRef policy;
    progress_function progress{};
    bool watched = false;     // part of a filter
    bool vm_watched = false;  // the same of its machine
    bool done = false;
    std::exception_ptr error{};
    std::optional<clock::time_point> settle_until{};
    bool asked_to_end = false;
    std::optional<Progress> told{};
  };

  /// Whether members stay in the list when they are done.
  enum class keep { all, open };

  Waiting(Session& session, WaitOptions const& options, keep which = keep::all)
      : session_(session),
        options_(options),
        keep_(which),
        watch_(session),
        outage_(options.outage),
        began_(clock::now()) {}

  Member& add(TaskState& task, PolicyRef policy, progress_function progress = {}) {
    task.await_failure = nullptr;
    // Who waits again wants to hear of a question again.
    task.why = giving_up::no;
    task.cancel_refused = false;
    task.status.question.reset();  // of an earlier wait; the first poll tells what is asked now
    members_.push_back({.task = &task, .policy = policy, .progress = std::move(progress)});
    Member& m = members_.back();
    if (task.status.ended()) finish(m);
    return m;
  }
  [[nodiscard]] std::list<Member> const& members() const noexcept { return members_; }
  /// For who waits no longer, because it is destroyed.
  void forget(TaskState const* task) noexcept {
    for (Member& m : members_)
      if (m.task == task) {
        m.done = true;
        m.task = nullptr;
      }
  }

  /// False when nothing is left to wait for.
  bool step() {
    resume_done();
    observe_limits();
    if (all_done()) return false;
    try {
      handle_questions();
      if (all_done()) return false;
      watch_new();
      if (auto const updates = poll()) apply(*updates);
      outage_.over();
      reopened_ = 0;
      handle_questions();
    } catch (error const& e) {
      if (std::exchange(in_policy_, false)) throw;  // the user's, not the server's
      recover(e);
    } catch (...) {
      in_policy_ = false;  // a policy may throw anything
      throw;
    }
    report();
    return !all_done();
  }
  /// Resumes who waited for what has ended, which may add others: false when nothing is left.
  bool resume() {
    resume_done();
    return !all_done();
  }
  void run() {
    while (step() || resume()) {
    }
  }

  /// One look without a filter: 1 request, and one for each answer.
  void look_once() {
    refresh({.deadline = call_limit});
    handle_questions();
    report();
    resume_done();
  }

 private:
  static constexpr std::chrono::seconds call_limit{30};  // of a request that is answered at once

  [[nodiscard]] bool all_done() const {
    return std::all_of(members_.begin(), members_.end(), [](Member const& m) { return m.done; });
  }
  template <class F> void each_open(F&& f) {
    for (Member& m : members_)
      if (!m.done) f(m);
  }

  /// Those that were not given up.
  template <class F> void each_waiting(F&& f) {
    for (Member& m : members_)
      if (!m.done && !m.settle_until) f(m);
  }

  // ---- limits of the caller ----

  void observe_limits() {
    if (options_.stop.stop_requested()) {
      stopped_ = true;
      each_waiting([&](Member& m) {
        if (options_.on_stop == Unfinished::cancel)
          give_up(m, giving_up::stop);
        else
          close(m, std::make_exception_ptr(task_cancelled(m.task->situation())));
      });
    }
    if (options_.deadline.passed()) {
      if (!std::exchange(expired_, true)) last_look();
      each_waiting([&](Member& m) {
        if (options_.on_deadline == Unfinished::cancel)
          give_up(m, giving_up::deadline);
        else
          close(m, std::make_exception_ptr(
                       task_timeout(m.task->situation(), asked(m.task->status.question))));
      });
    }
    // After all of them know how long they have: a silent server takes its time for each.
    each_open([&](Member& m) {
      if (m.settle_until && !m.asked_to_end) ask_to_end(m);
    });
    auto const now = clock::now();
    each_open([&](Member& m) {
      if (m.settle_until && now >= *m.settle_until) close(m, given_up(*m.task));
    });
  }
  static std::string asked(std::optional<Question> const& q) {
    return q ? "; the virtual machine asks: " + q->describe() : std::string();
  }
  // A deadline's message says how matters stand now and not at the last change that was watched.
  void last_look() {
    try {
      refresh({.stop = stop(), .deadline = std::chrono::seconds(2)});
    } catch (error const&) {  // NOLINT(bugprone-empty-catch): then it says what was known
    }
  }

  [[nodiscard]] std::stop_token stop() const {
    return stopped_ ? std::stop_token() : options_.stop;
  }
  [[nodiscard]] clock::time_point limit() const {
    auto at = expired_ ? clock::time_point::max() : options_.deadline.at();
    for (Member const& m : members_)
      if (!m.done && m.settle_until) at = std::min(at, *m.settle_until);
    return at;
  }
  [[nodiscard]] CallOptions call(std::chrono::milliseconds longest) const {
    auto const at = limit();
    auto time = longest;
    if (at != clock::time_point::max())
      time = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(at - clock::now()),
                        std::chrono::milliseconds(1), longest);
    return {.stop = stop(), .deadline = time, .patience = longest};
  }

  // ---- the watch ----

  void watch_new() {
    types::PropertyFilterSpec spec;
    std::vector<std::string> machines;
    bool progress = false;
    bool tasks = false;
    bool entity = false;
    each_open([&](Member& m) {
      TaskState const& t = *m.task;
      if (!m.watched) {
        add_object(spec, t.status.task);
        tasks = true;
        progress = progress || m.progress;
        entity = entity || !t.vm || t.operation.empty();
      }
      if (!m.vm_watched && t.vm && !t.vm_gone &&
          std::find(machines.begin(), machines.end(), t.vm->value()) == machines.end()) {
        add_object(spec, *t.vm);
        machines.push_back(t.vm->value());
      }
    });
    if (spec.objectSet.empty()) return;
    if (tasks) {
      auto paths = paths_of("Task", {"info.state", "info.cancelable", "info.error", "info.result"});
      // Each percent is an update, and an update an exchange: only for those who look at it.
      if (progress) paths.pathSet.emplace_back("info.progress");
      if (entity) paths.pathSet.insert(paths.pathSet.end(), {"info.entity", "info.name"});
      spec.propSet.push_back(std::move(paths));
    }
    if (!machines.empty()) spec.propSet.push_back(paths_of("VirtualMachine", {"runtime.question"}));
    watch_.add(std::move(spec), call(call_limit));
    each_open([](Member& m) {
      m.watched = true;
      m.vm_watched = m.task->vm.has_value();
    });
  }

  std::optional<types::UpdateSet> poll() {
    using std::chrono::seconds;
    // Of a server that is to answer at once there would be no end of asking.
    auto hold = std::max(bounded(options_.poll), seconds(1));
    if (auto const at = limit(); at != clock::time_point::max())
      hold = std::clamp(std::chrono::floor<seconds>(at - clock::now()), seconds(1), hold);
    return watch_.next(hold, call(hold + call_limit));
  }

  void apply(types::UpdateSet const& updates) {
    for (auto const& filter : updates.filterSet) {
      for (auto const& object : filter.objectSet) apply(object);
      for (auto const& missing : filter.missingSet) gone(missing.obj);
    }
    finish_ended();
  }
  void apply(types::ObjectUpdate const& object) {
    if (object.kind == types::ObjectUpdateKind::leave) {
      gone(object.obj);
      return;
    }
    each_open([&](Member& m) {
      if (!m.task->concerns(object.obj)) return;
      for (auto const& change : object.changeSet) {
        bool const set = change.op == types::PropertyChangeOp::assign ||
                         change.op == types::PropertyChangeOp::add;
        m.task->apply(object.obj, change.name, set ? change.val : Any());
      }
    });
  }
  void gone(untyped_ref const& object) {
    each_open([&](Member& m) {
      TaskState& t = *m.task;
      if (t.vm && same_object(object, *t.vm)) {
        t.vm_gone = true;  // a machine that is destroyed asks nothing any more
        t.status.question.reset();
      }
      if (!same_object(object, t.status.task) || t.status.ended()) return;
      TaskSituation s = t.situation();
      close(m, std::make_exception_ptr(
                   task_lost(std::move(s),
                             "the server does not know the task any more; it has ended, and "
                             "how cannot be learned")));
    });
  }

  /// The same properties without a filter. Of what is gone the server does not leave out the
  /// object but refuses all: each time one object is left out here.
  void refresh(CallOptions const& call) {
    for (;;) try {
        return refresh_once(call);
      } catch (fault const& e) {
        auto const* const missing = e.as<types::ManagedObjectNotFound>();
        bool const known =
            missing != nullptr &&
            std::any_of(members_.begin(), members_.end(), [&](Member const& m) {
              if (m.done || !m.task->concerns(missing->obj)) return false;
              return same_object(missing->obj, m.task->status.task) || !m.task->vm_gone;
            });
        if (!known) throw;
        gone(missing->obj);
      }
  }
  void refresh_once(CallOptions const& call) {
    types::PropertyFilterSpec spec;
    spec.propSet.push_back(
        paths_of("Task", {"info.state", "info.cancelable", "info.error", "info.result",
                          "info.progress", "info.entity", "info.name"}));
    spec.propSet.push_back(paths_of("VirtualMachine", {"runtime.question"}));
    each_open([&](Member& m) {
      add_object(spec, m.task->status.task);
      if (m.task->vm && !m.task->vm_gone) add_object(spec, *m.task->vm);
    });
    if (spec.objectSet.empty()) return;
    for (auto const& object : look_at(session_, std::move(spec), call))
      each_open([&](Member& m) {
        if (!m.task->concerns(object.obj)) return;
        for (auto const& p : object.propSet) m.task->apply(object.obj, p.name, p.val);
        // What is not set is not sent.
        if (std::none_of(object.propSet.begin(), object.propSet.end(),
                         [](auto const& p) { return p.name == "runtime.question"; }))
          m.task->apply(object.obj, "runtime.question", Any());
      });
    finish_ended();
  }

  // ---- questions ----

  void handle_questions() {
    each_open([&](Member& m) {
      if (m.settle_until) ask_to_end(m);  // the first request for it may have been lost
      while (!m.done && m.task->asks()) handle_question(m);
    });
  }
  void handle_question(Member& m) {
    TaskState& t = *m.task;
    Question const q = *t.status.question;
    std::optional<Choice> given;  // and the reply was lost: nobody is asked a second time
    if (t.unsure && t.unsure->question.id == q.id) {
      refresh(call(call_limit));  // if it has arrived, the question is gone
      if (m.done || !t.unsure) return;
      given = t.unsure->choice;
    }
    auto const decision = given ? Decision::answer(*given) : decide(m, q);
    if (decision.what() != Decision::kind::answer) {
      report_question(m, q, decision.why());
      return;
    }
    std::string refused;
    try {
      session_.call(
          AnswerQuestion{.self = q.vm, .questionId = q.id, .answerChoice = decision.choice().key},
          call(call_limit));
    } catch (not_authenticated const&) {
      throw;  // a matter of the session, not of the answer
    } catch (fault const& e) {
      refused = e.what();
    } catch (error const& e) {
      if (e.delivered() != delivery::not_sent) t.unsure = Answered{q, decision.choice(), false};
      throw;
    }
    if (refused.empty()) {
      t.unsure.reset();
      t.answered.push_back({q, decision.choice(), false});
      each_open([&](Member& other) {  // of the same machine: it is their question as well
        if (other.task->vm && same_object(q.vm, *other.task->vm)) other.task->settled = q.id;
      });
      return;
    }
    // Somebody else answered first, or this answer is not accepted: the question itself tells.
    refresh(call(call_limit));
    if (m.done || !t.status.question || t.status.question->id != q.id) return;
    t.unsure.reset();
    report_question(m, q, "the answer was refused: " + refused);
  }
  Decision decide(Member& m, Question const& q) {
    in_policy_ = true;
    auto decision = m.policy.decide(m.policy.policy, {.question = q,
                                                      .times = m.task->count(q),
                                                      .remaining = options_.deadline.remaining(),
                                                      .pending_before = false,
                                                      .stop = options_.stop});
    in_policy_ = false;
    return decision;
  }
  void report_question(Member& m, Question const& q, std::string why) {
    m.task->reported = q;
    m.task->reported_why = std::move(why);
    give_up(m, giving_up::question);
    ask_to_end(m);
  }

  // ---- ends ----

  /// From now on the task is to come to its end, for which it has to be asked.
  void give_up(Member& m, giving_up why) {
    TaskState& t = *m.task;
    if (t.why == giving_up::no) t.why = why;
    auto const until = clock::now() + bounded(options_.settle);
    m.settle_until =
        why == giving_up::deadline || expired_ ? until : std::min(until, options_.deadline.at());
  }
  void ask_to_end(Member& m) {
    TaskState& t = *m.task;
    bool const again = std::exchange(m.asked_to_end, true);
    if (!t.cancel_requested && !t.cancel_refused && (!again || clock::now() < *m.settle_until))
      cancel(t, *m.settle_until);
    if (t.cancel_refused) close(m, given_up(t));
  }
  void cancel(TaskState& t, clock::time_point until) {
    try {
      // A server that is silent gets no longer for this than for the end of the task.
      auto const limit = std::clamp<std::chrono::milliseconds>(
          std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()), hasty_farewell_limit,
          call_limit);
      session_.call(types::CancelTask{.self = t.status.task}, {.deadline = limit});
      t.cancel_requested = true;
    } catch (fault const& e) {
      // InvalidState: it just ended, which the next look tells.
      if (e.type_name() == "InvalidState")
        t.cancel_requested = true;
      else
        t.cancel_refused = true;
    } catch (error const&) {  // NOLINT(bugprone-empty-catch): tried again with the next step
    }
  }
  /// The error of a task that did not end although it was given up.
  static std::exception_ptr given_up(TaskState const& t) {
    switch (t.why) {
      case giving_up::question:
        return std::make_exception_ptr(
            question_pending(t.situation(), *t.reported, t.reported_why));
      case giving_up::deadline:
        return std::make_exception_ptr(task_timeout(t.situation()));
      default:
        return std::make_exception_ptr(task_cancelled(t.situation()));
    }
  }

  void finish_ended() {
    each_open([&](Member& m) {
      m.task->confirm_answer();
      if (m.task->status.ended()) finish(m);
    });
  }
  void finish(Member& m) {
    TaskState& t = *m.task;
    if (t.status.failed() && !t.failure) {
      fill_in(t);
      t.failure = failure_of(t);
    } else if (t.status.succeeded() && t.expects_result && !t.status.result) {
      fill_in(t);
    }
    close(m, t.failure);
  }
  // Servers send state, error and result together; where one does not, a look gets the rest.
  void fill_in(TaskState& t) {
    if (t.status.failed() ? t.status.error.has_value() : t.status.result.has_value()) return;
    types::PropertyFilterSpec spec;
    spec.propSet.push_back(paths_of("Task", {"info"}));
    add_object(spec, t.status.task);
    try {
      for (auto const& object : look_at(session_, std::move(spec), {.deadline = call_limit}))
        for (auto const& p : object.propSet) t.apply(object.obj, p.name, p.val);
    } catch (error const&) {  // NOLINT(bugprone-empty-catch): the end itself is known
    }
  }
  static std::exception_ptr failure_of(TaskState const& t) {
    fault::content what{.code = {}, .message = {}, .detail = {}};
    if (t.status.error) {
      what.message = t.status.error->localizedMessage.value_or("");
      what.detail = t.status.error->fault;
    }
    if (t.reported && t.cancel_requested)
      return std::make_exception_ptr(question_pending(t.situation(), *t.reported, t.reported_why));
    if ((t.cancel_requested || t.cancelling > 0) &&
        (what.detail.is<types::RequestCanceled>() || t.status.cancelled)) {
      if (t.why == giving_up::deadline)
        return std::make_exception_ptr(task_timeout(t.situation(), ", cancelled"));
      return std::make_exception_ptr(task_cancelled(t.situation()));
    }
    return std::make_exception_ptr(task_failed(t.situation(), what));
  }
  static void close(Member& m, std::exception_ptr error) {
    m.done = true;
    m.error = std::move(error);
    m.task->await_failure = m.error;
  }

  // ---- what goes wrong on the way ----

  void recover(error const& e) {
    if (e.code() == errc::cancelled && options_.stop.stop_requested() && !stopped_) return;
    if (e.code() == errc::timeout && clock::now() + std::chrono::milliseconds(20) >= limit())
      return;
    auto const cause = std::current_exception();
    if (auto const* const refused = dynamic_cast<fault const*>(&e)) {
      if (reopen(*refused)) return;
    } else if (passes(e) && outage_.wait(stop(), limit())) {
      return;
    }
    each_open([&](Member& m) {
      TaskSituation s = m.task->situation();
      close(m, std::make_exception_ptr(
                   task_lost(std::move(s), "contact with the task is lost", cause,
                             "it goes on at the server: wait again, or make a Task of " +
                                 m.task->status.task.value())));
    });
  }
  /// What the server says when it dropped our watch, our session or one of the objects.
  bool reopen(fault const& e) {
    std::string_view const type = e.type_name();
    if (type == "RequestCanceled") return outage_.wait(stop(), limit());
    if (++reopened_ > 3 + members_.size()) return false;
    if (type == "InvalidCollectorVersion") {
      watch_.start_over();
      return true;
    }
    auto const* const missing = e.as<types::ManagedObjectNotFound>();
    if (missing == nullptr) return false;
    // Also one that has ended meanwhile: its filter names it still.
    bool const ours = std::any_of(members_.begin(), members_.end(), [&](Member const& m) {
      return m.task != nullptr && m.task->concerns(missing->obj);
    });
    bool const in_filter = std::any_of(members_.begin(), members_.end(), [&](Member const& m) {
      return m.task != nullptr && m.task->concerns(missing->obj) &&
             (same_object(missing->obj, m.task->status.task) ? m.watched : m.vm_watched);
    });
    if (ours) gone(missing->obj);
    if (in_filter) watch_.close();  // some servers refuse each poll while a filter names it
    // Not ours: the collector or the filter went with an earlier session.
    if (in_filter || !ours) unwatch();
    return true;
  }
  void unwatch() {
    watch_.forget();
    each_open([](Member& m) { m.watched = m.vm_watched = false; });
  }

  // ---- who wants to know ----

  void report() {
    for (Member& m : members_) {
      if (!m.progress || m.task == nullptr) continue;
      TaskStatus const& s = m.task->status;
      Progress now{
          .percent = s.succeeded() ? 100 : std::clamp(s.percent.value_or(0), 0, 100),
          .state = s.state,
          .elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - began_)};
      if (m.told && m.told->percent == now.percent && m.told->state == now.state) continue;
      m.told = now;
      m.progress(now);
    }
  }
  void resume_done() {
    for (auto m = members_.begin(); m != members_.end();) {
      std::coroutine_handle<> next{};
      if (m->done && m->task != nullptr) next = m->task->take_suspended();
      // What is resumed may destroy its task, and add others.
      if (keep_ == keep::open && m->done)
        m = members_.erase(m);
      else
        ++m;
      if (next) next.resume();
    }
  }

  Session& session_;
  WaitOptions const& options_;
  keep keep_;
  Watch watch_;
  Outage outage_;
  clock::time_point began_;
  std::list<Member> members_{};
  bool stopped_ = false;
  bool expired_ = false;
  bool in_policy_ = false;
  std::size_t reopened_ = 0;
};

}  // namespace esxvi::detail
