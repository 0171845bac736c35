// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The code of docs/tasks.md. check_snippets.cmake looks whether every block of it stands here.
#include "task/dialogue.hpp"

#include <esxvi/session/content.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/SessionManager.hpp>

#include <chrono>
#include <coroutine>
#include <exception>
#include <iostream>
#include <optional>
#include <sstream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
namespace vim = esxvi::types;

namespace {

using Machine = esxvi::Ref<vim::VirtualMachine>;

void start_and_wait(esxvi::Session& session, Machine const& vm) {
  esxvi::Task task{session, vim::PowerOnVM_Task{.self = vm}};
  task.wait();
}

void with_a_policy(esxvi::Session& session, Machine const& vm) {
  esxvi::Task<esxvi::AnswerDefault> task{session, vim::PowerOnVM_Task{.self = vm}};
  task.wait([](esxvi::Progress const& p) { std::cout << p.percent << " %\n"; }, 5min);
  for (auto const& [question, choice, before] : task.answered())
    std::cout << question.text << " -> " << choice.words() << '\n';
}

void typed_result(esxvi::Session& session, Machine const& vm) {
  esxvi::Task task{
      session, vim::CreateSnapshot_Task{
                   .self = vm, .name = "before the upgrade", .memory = false, .quiesce = false}};
  esxvi::Ref<vim::VirtualMachineSnapshot> const made = task.wait(10min);
  CHECK(made);
}

void in_one_line(esxvi::Session& session, vim::CreateSnapshot_Task const& request) {
  auto const made = esxvi::run_task(session, request, esxvi::AnswerById::harmless());
  CHECK(made);
}

void look_stop_cancel(esxvi::Session& session, Machine const& vm, std::stop_token const& stop) {
  esxvi::Task task{session, vim::PowerOnVM_Task{.self = vm}};
  if (!task.poll().ended()) std::cout << "not yet\n";  // one request

  try {
    task.wait(30s, stop);  // stop: a std::stop_token
  } catch (esxvi::task_timeout const& e) {
    // The task goes on. e.what() says: "... it is running at 42 % and goes on at the server ..."
    if (e.situation().percent > 90)
      task.wait();
    else
      task.cancel();
  } catch (esxvi::task_cancelled const& e) {
    if (e.situation().goes_on()) std::cout << "it cannot be cancelled, and was left behind\n";
  }
}

void go_on(esxvi::Session& session) {
  esxvi::Task<esxvi::AnswerDefault> task{session, esxvi::Ref<vim::Task>("haTask-42-42")};
  task.wait();
}

void several(esxvi::Session& session, std::vector<Machine> const& machines) {
  std::vector<esxvi::Task<esxvi::AnswerDefault>> tasks;
  for (auto const& machine : machines)
    tasks.emplace_back(session, vim::PowerOnVM_Task{.self = machine});
  wait_all(tasks);
}

struct Job {
  struct promise_type {
    static Job get_return_object() { return {}; }
    static std::suspend_never initial_suspend() noexcept { return {}; }
    static std::suspend_never final_suspend() noexcept { return {}; }
    static void return_void() {}
    static void unhandled_exception() { throw; }
  };
};

void coroutines(esxvi::Session& session, std::vector<Machine> const& machines) {
  esxvi::TaskLoop loop{session};
  auto const upgrade = [&](esxvi::Ref<vim::VirtualMachine> machine) -> Job {
    esxvi::Task off{session, vim::PowerOffVM_Task{.self = machine}};
    co_await loop(off);
    esxvi::Task on{session, vim::PowerOnVM_Task{.self = machine}, esxvi::AnswerDefault{}};
    co_await loop(on);
  };
  for (auto const& machine : machines) upgrade(machine);
  loop.run();
}

struct AppendToPorts {
  esxvi::Decision operator()(esxvi::Asked const& asked) const {
    return asked.question.is("msg.serial.file.open") ? asked.answer("Append")
                                                     : esxvi::Decision::pass();
  }
};

void own_policy(esxvi::Session& session, Machine const& vm) {
  using Careful = esxvi::FirstOf<AppendToPorts, esxvi::AnswerDefault>;
  esxvi::Task<Careful> task{session, vim::PowerOnVM_Task{.self = vm}};
  task.wait();
}

void asking(esxvi::Session& session, Machine const& vm) {
  esxvi::AskUser ask([](esxvi::Question const& question) -> std::optional<std::string> {
    std::cout << question.describe() << ' ' << std::flush;
    std::string words;
    if (!std::getline(std::cin, words) || words.empty()) return std::nullopt;
    return words;  // of a choice: its label, words or key
  });
  esxvi::Task task{session, vim::PowerOnVM_Task{.self = vm}, std::move(ask)};
  task.wait();
}

void pending(esxvi::Session& session, Machine const& vm) {
  try {
    esxvi::Task<esxvi::AnswerDefault> task{session, vim::PowerOnVM_Task{.self = vm}};
    task.wait();
  } catch (esxvi::task_pending const& e) {
    if (e.answered()) std::cout << "answered: " << e.answered()->choice.words() << '\n';
    for (esxvi::OtherTask const& other : e.others()) esxvi::Task<>(session, other.task).wait();
  }
}

}  // namespace

using namespace esxvi::test;

TEST_CASE("the snippets do what the page says") {
  Dialogue at;
  SUBCASE("start and wait") {
    at.started();
    at.updates({state_is(State::success)});
    at.destroy();
    start_and_wait(at.session, vm_1);
  }
  SUBCASE("policies") {
    for (auto* const f : {&with_a_policy, &own_policy, &asking}) {
      at.started();
      at.updates({state_is(State::running), asks(serial_question())});
      if (f == &asking) {
        std::istringstream typed("append\n");
        auto* const before = std::cin.rdbuf(typed.rdbuf());
        at.answer("50", "10");
        at.updates({state_is(State::success)});
        at.destroy();
        f(at.session, vm_1);
        std::cin.rdbuf(before);
      } else {
        at.answer("50", "10");
        at.updates({state_is(State::success)});
        at.destroy();
        f(at.session, vm_1);
      }
    }
  }
  SUBCASE("results") {
    for (int i = 0; i < 2; ++i) {
      at.look();
      at.start("CreateSnapshot_Task");
      at.watch();
      at.updates({state_is(State::success),
                  result_is(esxvi::Ref<vim::VirtualMachineSnapshot>("snapshot-1"))});
      at.destroy();
    }
    typed_result(at.session, vm_1);
    in_one_line(at.session, {.self = vm_1, .name = "s", .memory = false, .quiesce = false});
  }
  SUBCASE("look and stop") {
    at.look();
    at.start();
    at.look({{task_ref("task-1"), {{"info.state", State::running}}}});
    at.cancel();
    at.watch();
    at.updates({error_is<vim::RequestCanceled>("c"), state_is(State::error)});
    at.destroy();
    std::stop_source source;
    source.request_stop();
    look_stop_cancel(at.session, vm_1, source.get_token());
  }
  SUBCASE("by its reference") {
    at.watch();
    at.updates({state_is(State::success, "haTask-42-42")});
    at.destroy();
    go_on(at.session);
  }
  SUBCASE("several") {
    for (int i = 1; i <= 2; ++i) {
      at.look();
      at.start("PowerOnVM_Task", "task-" + std::to_string(i));
    }
    at.watch();
    at.updates({state_is(State::success, "task-1"), state_is(State::success, "task-2")});
    at.destroy();
    several(at.session, {vm_1, Machine("vm-2")});
  }
  SUBCASE("coroutines") {
    at.look();
    at.start("PowerOffVM_Task", "task-1");
    at.watch();
    at.updates({state_is(State::success, "task-1")});
    at.look();
    at.start("PowerOnVM_Task", "task-2");
    at.filter();
    at.updates({state_is(State::success, "task-2")});
    at.destroy();
    coroutines(at.session, {vm_1});
  }
  SUBCASE("pending") {
    at.look({asking_machine(serial_question()), recent_task("task-0", State::running)});
    at.answer("50", "10");
    at.watch();
    at.updates({state_is(State::success, "task-0")});
    at.destroy();
    pending(at.session, vm_1);
  }
  at.complete();
}
