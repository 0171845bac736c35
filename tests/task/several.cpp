// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Several tasks together, and coroutines.
#include "task/dialogue.hpp"

#include <chrono>
#include <coroutine>
#include <deque>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {

esxvi::untyped_ref const machine_2("VirtualMachine", "vm-2");

template <class P = esxvi::ReportAndCancel> std::vector<esxvi::Task<P>> three_tasks(Dialogue& at) {
  std::vector<esxvi::Task<P>> tasks;
  for (int i = 1; i <= 3; ++i) {
    std::string const n = std::to_string(i);
    at.start("PowerOnVM_Task", "task-" + n);
    tasks.emplace_back(at.session,
                       vim::PowerOnVM_Task{.self = esxvi::Ref<vim::VirtualMachine>("vm-" + n)}, P{},
                       esxvi::TaskOptions{.look_first = false});
  }
  return tasks;
}

/// The least that a coroutine can be: runs at once, and keeps what it threw.
struct Job {
  struct promise_type {
    std::shared_ptr<std::exception_ptr> failure = std::make_shared<std::exception_ptr>();
    Job get_return_object() {
      return {failure, std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_never final_suspend() noexcept { return {}; }
    static void return_void() {}
    void unhandled_exception() { *failure = std::current_exception(); }
  };
  std::shared_ptr<std::exception_ptr> failure;
  std::coroutine_handle<promise_type> frame;
};

}  // namespace

TEST_CASE("wait_all: one filter, one poll for all") {
  Dialogue at;
  auto tasks = three_tasks(at);
  at.watch();
  at.updates({state_is(State::running, "task-1"), state_is(State::success, "task-2"),
              state_is(State::running, "task-3")});
  at.updates({state_is(State::success, "task-1")});
  at.updates({progress_is(50, "task-3")});
  at.updates({state_is(State::success, "task-3")});
  at.destroy();
  auto const before = at.session.requests();
  std::string told;
  esxvi::WaitAllOptions options;
  options.progress = [&](std::size_t which, esxvi::Progress const& p) {
    told += std::to_string(which) + ":" + std::to_string(p.percent) + " ";
  };
  wait_all(tasks, options);
  CHECK(at.session.requests() - before == 3 + 4);
  for (auto const& task : tasks) CHECK(task.status().succeeded());
  CHECK(told == "0:0 1:100 2:0 0:100 2:50 2:100 ");
  std::string const filter = at.body_of("CreateFilter");
  for (char const* id : {"task-1", "task-2", "task-3", "vm-1", "vm-2", "vm-3"})
    CHECK(has(filter, id));
  at.complete();
}

TEST_CASE("wait_all: one fails, the others come to their end, then its error is thrown") {
  Dialogue at;
  auto tasks = three_tasks(at);
  at.watch();
  at.updates({state_is(State::running, "task-1")});
  at.updates(
      {error_is<vim::InvalidState>("It failed.", "task-2"), state_is(State::error, "task-2")});
  at.updates({state_is(State::success, "task-3")});
  at.updates({state_is(State::success, "task-1")});
  at.destroy();
  auto const e = thrown<esxvi::task_failed>([&] { wait_all(tasks); });
  CHECK(e.situation().task.value() == "task-2");
  CHECK_NOTHROW(static_cast<void>(tasks[0].result()));
  CHECK_THROWS_AS(static_cast<void>(tasks[1].result()), esxvi::task_failed);
  CHECK_NOTHROW(static_cast<void>(tasks[2].result()));
  at.complete();
}

TEST_CASE("wait_all: each task keeps its own policy") {
  Dialogue at;
  at.start("PowerOnVM_Task", "task-1");
  esxvi::Task first{at.session, power_on(), esxvi::AnswerDefault{}, {.look_first = false}};
  at.start("CreateSnapshot_Task", "task-2");
  esxvi::Task second{at.session,
                     vim::CreateSnapshot_Task{.self = esxvi::Ref<vim::VirtualMachine>("vm-2"),
                                              .name = "s",
                                              .memory = false,
                                              .quiesce = false},
                     esxvi::ReportAndCancel{},
                     {.look_first = false}};
  at.watch();
  at.updates({state_is(State::running, "task-1"), state_is(State::running, "task-2"),
              asks(serial_question()), asks(copied_question(), machine_2)});
  at.answer("50", "10");
  at.cancel();
  at.updates({asks_nothing(), state_is(State::success, "task-1")});
  at.updates({asks_nothing(machine_2), error_is<vim::RequestCanceled>("c", "task-2"),
              state_is(State::error, "task-2")});
  at.destroy();
  auto const e = thrown<esxvi::question_pending>([&] { wait_all(first, second); });
  CHECK(e.situation().task.value() == "task-2");
  CHECK(has(at.body_of("CancelTask"), "task-2"));
  CHECK_NOTHROW(first.result());
  at.complete();
}

TEST_CASE("wait_all: deadline, one task that is gone, tasks that have ended, none at all") {
  Dialogue at;
  std::vector<esxvi::Task<>> tasks;
  CHECK_NOTHROW(wait_all(tasks));
  tasks = three_tasks(at);
  SUBCASE("deadline") {
    at.watch();
    at.updates({state_is(State::success, "task-1")});
    at.script->expect("WaitForUpdatesEx").silent();
    at.look({{task_ref("task-2"), {{"info.state", State::running}}},
             {task_ref("task-3"), {{"info.state", State::success}}}});
    at.destroy();
    esxvi::WaitAllOptions options;
    options.deadline = 1s;
    auto const e = thrown<esxvi::task_timeout>([&] { wait_all(tasks, options); });
    CHECK(e.situation().task.value() == "task-2");
    CHECK(tasks[2].status().succeeded());
  }
  SUBCASE("gone") {
    at.script->expect("CreatePropertyCollector")
        .reply(200, encoded("CreatePropertyCollector", esxvi::Ref<vim::PropertyCollector>("c")));
    at.script->expect("CreateFilter")
        .reply(500, fault_reply("ManagedObjectNotFound", "x", "<obj type=\"Task\">task-1</obj>"));
    at.filter();
    at.updates({state_is(State::success, "task-2"), state_is(State::success, "task-3")});
    at.destroy();
    CHECK_THROWS_AS(wait_all(tasks), esxvi::task_lost);
  }
  SUBCASE("the machine of one that has ended, and the server refuses because of that") {
    at.watch();
    at.updates({state_is(State::success, "task-1"), state_is(State::success, "task-2"),
                state_is(State::running, "task-3")});
    at.script->expect("WaitForUpdatesEx")
        .reply(500, fault_reply("ManagedObjectNotFound", "x",
                                "<obj type=\"VirtualMachine\">vm-1</obj>"));
    at.destroy();
    at.watch();
    at.updates({state_is(State::success, "task-3")});
    at.destroy();
    wait_all(tasks);
  }
  SUBCASE("ended") {
    at.watch();
    at.updates({state_is(State::success, "task-1"), state_is(State::success, "task-2"),
                state_is(State::success, "task-3")});
    at.destroy();
    wait_all(tasks);
    wait_all(tasks);
  }
  at.complete();
}

TEST_CASE("wait_all: tasks of two sessions are refused") {
  Dialogue at;
  Dialogue other;
  at.start();
  other.start();
  esxvi::TaskOptions const blind{.look_first = false};
  esxvi::Task first{at.session, power_on(), esxvi::ReportAndCancel{}, blind};
  esxvi::Task second{other.session, power_on(), esxvi::ReportAndCancel{}, blind};
  CHECK_THROWS_AS(wait_all(first, second), esxvi::invalid_argument);
}

TEST_CASE("co_await: resumed by the call that notices the end") {
  Dialogue at;
  at.look();
  at.start();
  esxvi::Task task{at.session, power_on()};
  std::string seen;
  auto const follow = [&]() -> Job {
    seen += "before ";
    co_await task;
    seen += "after ";
  };
  SUBCASE("wait()") {
    static_cast<void>(follow());
    CHECK(seen == "before ");
    at.watch();
    at.updates({state_is(State::success)});
    at.destroy();
    task.wait();
    CHECK(seen == "before after ");
    static_cast<void>(follow());  // it has ended: not even suspended
    CHECK(seen == "before after before after ");
  }
  SUBCASE("poll()") {
    static_cast<void>(follow());
    at.look({{task_ref("task-1"), {{"info.state", State::running}}}});
    task.poll();
    CHECK(seen == "before ");
    at.look({{task_ref("task-1"), {{"info.state", State::success}}}});
    task.poll();
    CHECK(seen == "before after ");
  }
  SUBCASE("the failure is thrown into the coroutine") {
    Job const job = follow();
    at.watch();
    at.updates({error_is<vim::InvalidState>("no"), state_is(State::error)});
    at.destroy();
    CHECK_THROWS_AS(task.wait(), esxvi::task_failed);
    REQUIRE(*job.failure);
    CHECK_THROWS_AS(std::rethrow_exception(*job.failure), esxvi::task_failed);
  }
  SUBCASE("a coroutine that is destroyed is forgotten") {
    Job const doomed = follow();
    doomed.frame.destroy();
    at.watch();
    at.updates({state_is(State::success)});
    at.destroy();
    task.wait();
    CHECK(seen == "before ");
  }
  SUBCASE("a second one is told that it cannot wait; the first is resumed") {
    static_cast<void>(follow());
    Job const late = follow();
    REQUIRE(*late.failure);
    CHECK_THROWS_AS(std::rethrow_exception(*late.failure), esxvi::invalid_argument);
    esxvi::TaskLoop loop{at.session};
    auto const by_loop = [&]() -> Job { co_await loop(task); };
    Job const too_late = by_loop();
    REQUIRE(*too_late.failure);
    CHECK_THROWS_AS(std::rethrow_exception(*too_late.failure), esxvi::invalid_argument);
    at.watch();
    at.updates({state_is(State::success)});
    at.destroy();
    task.wait();
    CHECK(seen == "before before after ");
  }
  at.complete();
}

TEST_CASE("co_await: the task may be moved meanwhile") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::success)});
  at.destroy();
  std::vector<esxvi::Task<>> tasks;
  tasks.emplace_back(at.session, power_on());
  bool resumed = false;
  auto const job = [&]() -> Job {
    co_await tasks[0];
    resumed = true;
  };
  static_cast<void>(job());
  tasks.reserve(tasks.capacity() + 1);  // moves it
  CHECK_FALSE(resumed);
  tasks[0].wait();
  CHECK(resumed);
  at.complete();
}

TEST_CASE("co_await: the task may go before the coroutine that waits for it") {
  Dialogue at;
  at.look();
  at.start();
  auto task = std::make_unique<esxvi::Task<esxvi::ReportAndCancel, void>>(at.session, power_on());
  auto const follow = [&]() -> Job { co_await *task; };
  Job const waiting = follow();
  task.reset();
  waiting.frame.destroy();
  at.complete();
}

TEST_CASE("wait_all: an answer is for all tasks of the machine") {
  Dialogue at;
  at.start("PowerOnVM_Task", "task-1");
  esxvi::Task first{at.session, power_on(), esxvi::AnswerDefault{}, {.look_first = false}};
  at.start("PowerOnVM_Task", "task-2");
  esxvi::Task second{at.session, power_on(), esxvi::ReportAndCancel{}, {.look_first = false}};
  at.watch();
  at.updates({state_is(State::running, "task-1"), state_is(State::running, "task-2"),
              asks(serial_question())});
  at.answer("50", "10");
  at.updates({asks_nothing(), state_is(State::success, "task-1")});
  at.updates({state_is(State::success, "task-2")});
  at.destroy();
  CHECK_NOTHROW(wait_all(first, second));
  CHECK(first.answered().size() == 1);
  CHECK(second.answered().empty());
  at.complete();
}

TEST_CASE("TaskLoop: coroutines that own their tasks, one collector for all") {
  bool in_steps = false;
  SUBCASE("run") {}
  SUBCASE("in a loop of the program's own") { in_steps = true; }
  CAPTURE(in_steps);
  Dialogue at;
  esxvi::TaskLoop loop{at.session};
  std::string seen;
  esxvi::TaskOptions const blind{.look_first = false};
  auto const job = [&](std::string n, bool second) -> Job {
    vim::PowerOnVM_Task const on{.self = esxvi::Ref<vim::VirtualMachine>("vm-" + n)};
    {
      esxvi::Task task{at.session, on, esxvi::ReportAndCancel{}, blind};
      co_await loop(task);
      seen += n + " ";
    }
    if (!second) co_return;
    vim::CreateSnapshot_Task const snapshot{.self = esxvi::Ref<vim::VirtualMachine>("vm-" + n),
                                            .name = "s",
                                            .memory = false,
                                            .quiesce = false};
    esxvi::Task task{at.session, snapshot, esxvi::ReportAndCancel{}, blind};
    auto const made = co_await loop(task);
    seen += made.value() + " ";
  };
  at.start("PowerOnVM_Task", "task-1");
  at.start("PowerOnVM_Task", "task-2");
  at.watch();
  at.updates({state_is(State::running, "task-1"), state_is(State::success, "task-2")});
  at.start("CreateSnapshot_Task", "task-3");
  at.filter();
  at.updates({state_is(State::success, "task-1")});
  at.updates({state_is(State::success, "task-3"),
              result_is(esxvi::Ref<vim::VirtualMachineSnapshot>("snapshot-1"), "task-3")});
  Job const first = job("1", false);
  Job const other = job("2", true);
  if (in_steps)
    while (loop.step()) {
    }
  else
    loop.run();
  CHECK(seen == "2 1 snapshot-1 ");
  CHECK_FALSE(*first.failure);
  CHECK_FALSE(*other.failure);
  at.complete();
  at.destroy();  // with the loop
}

TEST_CASE("TaskLoop: a step that ends the last task still starts the next of its coroutine") {
  Dialogue at;
  {
    esxvi::TaskLoop loop{at.session};
    esxvi::TaskOptions const blind{.look_first = false};
    auto const job = [&]() -> Job {
      for (int i = 0; i < 2; ++i) {
        esxvi::Task task{at.session, power_on(), esxvi::ReportAndCancel{}, blind};
        co_await loop(task);
      }
    };
    at.start("PowerOnVM_Task", "task-1");
    at.watch();
    at.updates({state_is(State::success, "task-1")});
    at.start("PowerOnVM_Task", "task-2");
    at.filter();
    at.updates({state_is(State::success, "task-2")});
    Job const two = job();
    while (loop.step()) {
    }
    CHECK_FALSE(*two.failure);
    at.complete();
    at.destroy();  // with the loop
  }
  at.complete();
}

TEST_CASE("TaskLoop: what a policy throws comes out once; a lost connection later is bridged") {
  Dialogue at;
  esxvi::TaskLoop loop{at.session};
  int asked = 0;
  auto const policy = [&](esxvi::Asked const& question) {
    if (++asked == 1) throw std::runtime_error("nobody at the console");
    return question.answer_default();
  };
  auto const job = [&]() -> Job {
    esxvi::Task task{at.session, power_on(), policy, {.look_first = false}};
    co_await loop(task);
  };
  at.start();
  at.watch();
  at.updates({state_is(State::running), asks(serial_question())});
  Job const one = job();
  CHECK_THROWS_WITH_AS(loop.run(), "nobody at the console", std::runtime_error);
  at.answer("50", "10");
  at.script->expect("WaitForUpdatesEx")
      .throws(
          esxvi::connection_lost({"WaitForUpdatesEx", "", "lost", ""}, esxvi::delivery::unknown));
  at.updates({state_is(State::success), asks_nothing()});
  loop.run();
  CHECK(asked == 2);
  CHECK_FALSE(*one.failure);
  at.complete();
  at.destroy();  // with the loop
}

TEST_CASE("TaskLoop: its deadline is that of all that wait, also of who comes late") {
  Dialogue at;
  esxvi::TaskLoop loop{at.session, {.deadline = 0ms}};
  esxvi::TaskOptions const blind{.look_first = false};
  int timed_out = 0;
  auto const job = [&](int again) -> Job {
    for (int i = 0; i <= again; ++i) {
      esxvi::Task task{at.session, power_on(), esxvi::ReportAndCancel{}, blind};
      try {
        co_await loop(task);
      } catch (esxvi::task_timeout const&) {
        ++timed_out;
      }
    }
  };
  at.start();
  at.look({{task_ref("task-1"), {{"info.state", State::running}}}});
  at.start();
  static_cast<void>(job(1));
  loop.run();
  CHECK(timed_out == 2);
  at.complete();
}

TEST_CASE("TaskLoop: errors go into their coroutine, and one that is destroyed is forgotten") {
  Dialogue at;
  {
    esxvi::TaskLoop loop{at.session};
    esxvi::TaskOptions const blind{.look_first = false};
    auto const job = [&](std::string n) -> Job {
      vim::PowerOnVM_Task const on{.self = esxvi::Ref<vim::VirtualMachine>("vm-" + n)};
      esxvi::Task task{at.session, on, esxvi::ReportAndCancel{}, blind};
      co_await loop(task);
    };
    at.start("PowerOnVM_Task", "task-1");
    at.start("PowerOnVM_Task", "task-2");
    at.watch();
    at.updates({state_is(State::running, "task-1"), state_is(State::running, "task-2")});
    at.updates({asks(serial_question())});
    at.cancel();
    at.updates({error_is<vim::RequestCanceled>("c"), state_is(State::error)});
    at.destroy();
    Job const first = job("1");
    Job const doomed = job("2");
    CHECK(loop.step());
    doomed.frame.destroy();
    loop.run();
    REQUIRE(*first.failure);
    CHECK_THROWS_AS(std::rethrow_exception(*first.failure), esxvi::question_pending);
    CHECK_FALSE(*doomed.failure);
  }
  at.complete();
}
