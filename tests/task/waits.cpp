// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Tasks that ask nothing: how they are started, waited for, looked at, cancelled.
#include "task/dialogue.hpp"

#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>
#include <vector>

using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {

/// The next poll is not answered, and a stop is asked for when it has come.
class StopWithinPoll {
 public:
  explicit StopWithinPoll(Dialogue& at) {
    at.script
        ->expect(
            "WaitForUpdatesEx",
            [this](auto const& r) { return r.operation == "WaitForUpdatesEx" && (polled_ = true); })
        .silent();
  }
  StopWithinPoll(StopWithinPoll const&) = delete;
  StopWithinPoll& operator=(StopWithinPoll const&) = delete;
  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  std::atomic<bool> polled_ = false;
  std::stop_source source_{};
  std::jthread stopper_{[this](std::stop_token const& end) {
    while (!polled_ && !end.stop_requested()) std::this_thread::sleep_for(1ms);
    source_.request_stop();
  }};
};

}  // namespace

TEST_CASE("power-on takes five requests and the polls") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), cancelable(false), asks_nothing()});
  at.updates({state_is(State::success)});
  at.destroy();
  auto const before = at.session.requests();
  esxvi::Task<> task{at.session, power_on()};
  task.wait();
  CHECK(at.session.requests() - before == 5 + 2);
  CHECK(task.status().succeeded());
  CHECK(task.reference().value() == "task-1");
  CHECK(task.answered().empty());
  static_cast<void>(task.wait());  // costs nothing any more
  static_cast<void>(task.poll());
  CHECK(at.session.requests() - before == 5 + 2);
  at.complete();

  // One filter for task and question, of a collector of its own.
  std::string const filter = at.body_of("CreateFilter");
  CHECK(has(filter, "collector-1</_this>"));
  CHECK(has(filter, "runtime.question"));
  CHECK(has(filter, "info.state"));
  CHECK_FALSE(has(filter, "info.progress"));
  CHECK(has(at.body_of("WaitForUpdatesEx"), "<maxWaitSeconds>30</maxWaitSeconds>"));
  CHECK(has(at.body_of("WaitForUpdatesEx"), "<version>1</version>"));
  CHECK(has(at.body_of("DestroyPropertyCollector"), "collector-1</_this>"));
}

TEST_CASE("without the look before it is one request less") {
  Dialogue at;
  at.start();
  at.watch();
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::run_task(at.session, power_on(), esxvi::ReportAndCancel{}, {}, {.look_first = false});
  CHECK(at.asked() ==
        "PowerOnVM_Task CreatePropertyCollector CreateFilter WaitForUpdatesEx "
        "DestroyPropertyCollector");
  at.complete();
}

TEST_CASE("the result has the type that the request promises") {
  vim::CreateSnapshot_Task const request{
      .self = vm_1, .name = "before", .memory = false, .quiesce = false};
  esxvi::Ref<vim::VirtualMachineSnapshot> const made("snapshot-7");
  SUBCASE("deduced") {
    Dialogue at;
    at.look();
    at.start("CreateSnapshot_Task");
    at.watch();
    at.updates({state_is(State::success), result_is(made)});
    at.destroy();
    esxvi::Task task{at.session, request};
    static_assert(std::is_same_v<decltype(task.wait()), esxvi::Ref<vim::VirtualMachineSnapshot>>);
    CHECK(task.wait() == made);
    CHECK(task.result() == made);
    at.complete();
  }
  SUBCASE("with a policy alone") {
    Dialogue at;
    at.look();
    at.start("CreateSnapshot_Task");
    at.watch();
    at.updates({state_is(State::success), result_is(made)});
    at.destroy();
    esxvi::Task<esxvi::AnswerDefault> task{at.session, request};
    static_assert(std::is_same_v<decltype(task.wait()), esxvi::Any>);
    CHECK_THROWS_AS(static_cast<void>(task.result()), esxvi::invalid_argument);
    CHECK(task.wait().type_name() == "ManagedObjectReference");
    CHECK(task.result_of<vim::CreateSnapshot_Task>() == made);
    at.complete();
  }
  SUBCASE("sent separately: one request more gets it") {
    Dialogue at;
    at.look();
    at.start("CreateSnapshot_Task");
    at.watch();
    at.updates({state_is(State::success)});
    at.look({{task_ref("task-1"), {{"info.result", made}}}});
    at.destroy();
    CHECK(esxvi::run_task(at.session, request) == made);
    at.complete();
  }
  SUBCASE("of another type, or none") {
    for (auto const& sent : {esxvi::Any(5), esxvi::Any()}) {
      Dialogue at;
      at.look();
      at.start("CreateSnapshot_Task");
      at.watch();
      at.updates({state_is(State::success), result_is(sent)});
      if (!sent) at.look({{task_ref("task-1"), {}}});
      at.destroy();
      esxvi::Task task{at.session, request};
      CHECK_THROWS_AS(static_cast<void>(task.wait()),
                      esxvi::failure<esxvi::errc::value_out_of_range>);
      CHECK(task.status().succeeded());
      at.complete();
    }
  }
}

TEST_CASE("a task that fails throws its fault") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running)});
  vim::InvalidPowerState wrong;
  wrong.requestedState = vim::VirtualMachinePowerState::poweredOn;
  wrong.existingState = vim::VirtualMachinePowerState::suspended;
  at.updates({error_is("It is suspended.", "task-1", wrong), state_is(State::error)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::task_failed>([&] { task.wait(); });
  CHECK(e.code() == esxvi::errc::task_failed);
  REQUIRE(e.as<vim::InvalidPowerState>() != nullptr);
  CHECK(e.as<vim::InvalidPowerState>()->existingState == vim::VirtualMachinePowerState::suspended);
  CHECK(e.server_message() == "It is suspended.");
  CHECK(e.situation().ended());
  check_context(e, "PowerOnVM_Task", "VirtualMachine vm-1");
  CHECK(has(e.what(), "InvalidPowerState: It is suspended."));
  CHECK_THROWS_AS(task.result(), esxvi::fault);  // the same again, without a request
  CHECK(task.status().failed());
  at.complete();
}

TEST_CASE("a server that refuses to start it throws the fault, and nothing is watched") {
  Dialogue at;
  at.look();
  at.script->expect("PowerOnVM_Task").reply(500, fault_reply("TaskInProgress"));
  CHECK(thrown<esxvi::fault>([&] {
          esxvi::Task<> const task(at.session, power_on());
        }).type_name() == "TaskInProgress");
  CHECK(at.asked() == "RetrievePropertiesEx PowerOnVM_Task");
}

TEST_CASE("progress is told once for each change") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::queued)});
  at.updates({state_is(State::running), progress_is(1)});
  at.updates({progress_is(1)});
  at.updates({progress_is(60)});
  at.updates({progress_is(250)});
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  std::string told;
  task.wait([&](esxvi::Progress const& p) {
    told += std::to_string(p.percent) + (p.queued() ? "q " : p.running() ? "r " : "e ");
    CHECK(p.elapsed >= 0ms);
  });
  CHECK(told == "0q 1r 60r 100r 100e ");
  CHECK(has(at.body_of("CreateFilter"), "info.progress"));
  at.complete();
}

TEST_CASE("what a progress function throws comes out, and nothing stays at the server") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  CHECK_THROWS_AS(task.wait([](esxvi::Progress const&) { throw std::logic_error("mine"); }),
                  std::logic_error);
  at.complete();
}

TEST_CASE("polls are bounded, and one without news is followed by another") {
  Dialogue at;
  at.started();
  at.no_news();
  at.no_news();
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  task.wait({.poll = 7s});
  CHECK(has(at.body_of("WaitForUpdatesEx"), "<maxWaitSeconds>7</maxWaitSeconds>"));
  CHECK(at.count("WaitForUpdatesEx") == 3);
  at.complete();
}

TEST_CASE("times may be as long as they like: a year is more than anybody waits") {
  Dialogue at;
  at.started();
  at.script->expect("WaitForUpdatesEx")
      .throws(esxvi::connection_lost({"WaitForUpdatesEx", "", "lost", ""}));
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  task.wait({.poll = std::chrono::seconds::max(),
             .settle = std::chrono::milliseconds::max(),
             .outage = std::chrono::milliseconds::max()});
  CHECK(has(at.body_of("WaitForUpdatesEx"), "<maxWaitSeconds>31536000</maxWaitSeconds>"));
  at.complete();
  CHECK(esxvi::Deadline(std::chrono::hours::min()).passed());
}

TEST_CASE("the deadline leaves the task alone and says how matters stand") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), cancelable(true)});
  at.script->expect("WaitForUpdatesEx").silent();
  at.look({{task_ref("task-1"), {{"info.state", State::running}, {"info.progress", 42}}},
           quiet_machine()});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const began = std::chrono::steady_clock::now();
  auto const e = thrown<esxvi::task_timeout>([&] { task.wait(1s); });
  auto const took = std::chrono::steady_clock::now() - began;
  CHECK(took >= 1s);
  CHECK(took < 30s);
  CHECK(e.code() == esxvi::errc::timeout);
  CHECK(e.situation().goes_on());
  CHECK(e.situation().percent == 42);
  CHECK(has(e.what(), "it is running at 42 % and goes on at the server"));
  check_context_and_advice(e, "PowerOnVM_Task", "task-1");
  at.complete();

  // It may be waited for again.
  at.watch();
  at.updates({state_is(State::success)});
  at.destroy();
  task.wait(5s);
  CHECK(task.status().succeeded());
  at.complete();
}

TEST_CASE("a task that ends while the deadline passes has ended") {
  Dialogue at;
  at.started();
  at.script->expect("WaitForUpdatesEx").silent();
  at.look({{task_ref("task-1"), {{"info.state", State::success}}}});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  CHECK_NOTHROW(task.wait(1s));
  at.complete();
}

TEST_CASE("the deadline may cancel the task") {
  Dialogue at;
  at.started();
  at.script->expect("WaitForUpdatesEx").silent();
  at.look({{task_ref("task-1"), {{"info.state", State::running}}}});
  at.cancel();
  at.updates({error_is<vim::RequestCanceled>("cancelled"), state_is(State::error)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::task_timeout>(
      [&] { task.wait({.deadline = 1s, .on_deadline = esxvi::Unfinished::cancel}); });
  CHECK(e.situation().ended());
  CHECK(e.situation().cancel_requested);
  at.complete();
}

TEST_CASE("a stop in the middle of a poll cancels the task and waits for its end") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), cancelable(true)});
  StopWithinPoll const stopped(at);
  at.cancel();
  at.updates({error_is<vim::RequestCanceled>("cancelled"), state_is(State::error)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::task_cancelled>([&] { task.wait({}, stopped.token()); });
  CHECK(e.code() == esxvi::errc::cancelled);
  CHECK(e.situation().ended());
  at.complete();
}

TEST_CASE("a task that cannot be cancelled is left behind, and the error says so") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), progress_is(10), cancelable(false)});
  StopWithinPoll const stopped(at);
  at.script->expect("CancelTask").reply(500, fault_reply("NotSupported"));
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::task_cancelled>([&] { task.wait({}, stopped.token()); });
  CHECK(e.situation().goes_on());
  CHECK(has(e.what(), "running at 10 %, cannot be cancelled and is left behind"));
  at.complete();
}

TEST_CASE("a cancelled task that does not end is left after a while") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running)});
  StopWithinPoll const stopped(at);
  at.cancel();
  at.script->expect("WaitForUpdatesEx").silent();
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const e =
      thrown<esxvi::task_cancelled>([&] { task.wait({.stop = stopped.token(), .settle = 1s}); });
  CHECK(e.situation().goes_on());
  CHECK(e.situation().cancel_requested);
  CHECK(has(e.what(), "asked to stop and did not yet"));
  at.complete();
}

TEST_CASE("a server that is silent after a stop is asked once, for as long as the end may take") {
  Dialogue at;
  at.started();
  StopWithinPoll const stopped(at);
  at.script->expect("CancelTask").silent();
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const e =
      thrown<esxvi::task_cancelled>([&] { task.wait({.stop = stopped.token(), .settle = 600ms}); });
  CHECK(e.situation().goes_on());
  CHECK(at.count("CancelTask") == 1);
  at.complete();
}

TEST_CASE("a stop while nothing is asked: the server is told that nobody watches") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  std::stop_source source;
  CHECK_THROWS_AS(task.wait([&](esxvi::Progress const&) { source.request_stop(); },
                            {.stop = source.get_token(), .on_stop = esxvi::Unfinished::leave}),
                  esxvi::task_cancelled);
  at.complete();
}

TEST_CASE("a stop may leave the task alone") {
  Dialogue at;
  at.look();
  at.start();
  esxvi::Task task{at.session, power_on()};
  std::stop_source source;
  source.request_stop();
  auto const e = thrown<esxvi::task_cancelled>(
      [&] { task.wait({.stop = source.get_token(), .on_stop = esxvi::Unfinished::leave}); });
  CHECK(e.situation().goes_on());
  CHECK_FALSE(e.situation().cancel_requested);
  at.complete();
}

TEST_CASE("a task that finishes although it was stopped has succeeded") {
  Dialogue at;
  at.look();
  at.start();
  at.cancel();
  at.watch();
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  std::stop_source source;
  source.request_stop();
  CHECK_NOTHROW(task.wait({}, source.get_token()));
  at.complete();
}

TEST_CASE("cancel() asks once and says whether that helps") {
  Dialogue at;
  at.look();
  at.start();
  at.cancel();
  at.script->expect("CancelTask").reply(500, fault_reply("InvalidState"));
  at.watch();
  at.updates({error_is<vim::RequestCanceled>("cancelled"), state_is(State::error)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  CHECK(task.cancel());
  CHECK_FALSE(task.cancel());
  CHECK_THROWS_AS(task.wait(), esxvi::task_cancelled);
  at.complete();
}

TEST_CASE("a task that somebody else cancelled has failed") {
  Dialogue at;
  at.started();
  at.updates({error_is<vim::RequestCanceled>("cancelled"), state_is(State::error)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  CHECK(thrown<esxvi::task_failed>([&] { task.wait(); }).type_name() == "RequestCanceled");
}

TEST_CASE("poll() is one request") {
  Dialogue at;
  at.look();
  at.start();
  at.look({{task_ref("task-1"), {{"info.state", State::running}, {"info.progress", 5}}}});
  at.look({{task_ref("task-1"), {{"info.state", State::success}}}});
  esxvi::Task task{at.session, power_on()};
  CHECK(task.poll().percent == 5);
  CHECK_FALSE(task.status().ended());
  CHECK(task.poll().succeeded());
  CHECK(task.poll().succeeded());
  CHECK_NOTHROW(task.result());
  at.complete();
}

TEST_CASE("an existing task: its machine is learned from it and watched as well") {
  Dialogue at;
  at.watch();
  at.updates({state_is(State::running),
              {task_ref("task-1"), "info.name", "PowerOnVM_Task"},
              {task_ref("task-1"), "info.entity",
               esxvi::Ref<vim::ManagedEntity>("VirtualMachine", "vm-1")}});
  at.filter();
  at.updates({asks(serial_question())});
  at.answer("50", "10");
  at.updates({asks_nothing(), state_is(State::success)});
  at.destroy();
  esxvi::Task<esxvi::AnswerDefault> task{at.session, esxvi::Ref<vim::Task>("task-1")};
  static_cast<void>(task.wait());
  REQUIRE(task.answered().size() == 1);
  CHECK(task.answered()[0].choice.key == "10");
  at.complete();
}

TEST_CASE("a machine that is destroyed by the task, and a task that is gone") {
  SUBCASE("the machine leaves the filter") {
    Dialogue at;
    at.started();
    auto set = update_set("1", {state_is(State::running)});
    auto& left = set.filterSet[0].objectSet.emplace_back();
    left.kind = vim::ObjectUpdateKind::leave;
    left.obj = esxvi::Ref<vim::ManagedObject>("VirtualMachine", "vm-1");
    at.script->expect("WaitForUpdatesEx")
        .reply(200, encoded("WaitForUpdatesEx", std::optional(set)));
    at.updates({state_is(State::success)});
    at.destroy();
    esxvi::Task task{at.session, power_on()};
    CHECK_NOTHROW(task.wait());
    at.complete();
  }
  SUBCASE("the machine is gone before the filter is made") {
    Dialogue at;
    at.look();
    at.start();
    at.script->expect("CreatePropertyCollector")
        .reply(200, encoded("CreatePropertyCollector",
                            esxvi::Ref<vim::PropertyCollector>("collector-1")));
    at.script->expect("CreateFilter")
        .reply(500, fault_reply("ManagedObjectNotFound", "gone",
                                "<obj type=\"VirtualMachine\">vm-1</obj>"));
    at.filter();
    at.updates({state_is(State::success)});
    at.destroy();
    esxvi::Task task{at.session, power_on()};
    CHECK_NOTHROW(task.wait());
    CHECK_FALSE(has(at.body_of("CreateFilter"), "vm-1"));
    at.complete();
  }
  SUBCASE("the machine, and the server refuses to tell anything because of that") {
    Dialogue at;
    at.started();
    at.updates({state_is(State::running)});
    at.script->expect("WaitForUpdatesEx")
        .reply(500, fault_reply("ManagedObjectNotFound", "gone",
                                "<obj type=\"VirtualMachine\">vm-1</obj>"));
    at.destroy();
    at.watch();
    at.updates({state_is(State::success)});
    at.destroy();
    esxvi::Task task{at.session, power_on()};
    CHECK_NOTHROW(task.wait());
    CHECK_FALSE(has(at.body_of("CreateFilter"), "vm-1"));
    at.complete();
  }
  SUBCASE("the task") {
    Dialogue at;
    at.look();
    at.start();
    at.script->expect("CreatePropertyCollector")
        .reply(200, encoded("CreatePropertyCollector",
                            esxvi::Ref<vim::PropertyCollector>("collector-1")));
    at.script->expect("CreateFilter")
        .reply(500,
               fault_reply("ManagedObjectNotFound", "gone", "<obj type=\"Task\">task-1</obj>"));
    at.destroy();
    esxvi::Task task{at.session, power_on()};
    CHECK(has(thrown<esxvi::task_lost>([&] { task.wait(); }).what(), "does not know the task"));
    at.complete();
  }
}

TEST_CASE("looks at a task whose machine it has destroyed, and at one that is gone") {
  Dialogue at;
  at.look();
  at.start("Destroy_Task");
  auto const gone = [&](std::string const& type, std::string const& id) {
    at.script->expect("RetrievePropertiesEx")
        .reply(500, fault_reply("ManagedObjectNotFound", "gone",
                                "<obj type=\"" + type + "\">" + id + "</obj>"));
  };
  esxvi::Task task{at.session, vim::Destroy_Task{.self = vm_1}};
  SUBCASE("poll(): the task alone is asked for") {
    gone("VirtualMachine", "vm-1");
    at.look({{task_ref("task-1"), {{"info.state", State::running}}}});
    CHECK_FALSE(task.poll().ended());
    at.look({{task_ref("task-1"), {{"info.state", State::success}}}});
    CHECK(task.poll().succeeded());
    CHECK_NOTHROW(task.result());
  }
  SUBCASE("poll(): of a task that is gone nothing can be learned") {
    gone("VirtualMachine", "vm-1");
    gone("Task", "task-1");
    CHECK_THROWS_AS(task.poll(), esxvi::task_lost);
  }
  SUBCASE("poll(): what somebody else misses is an error") {
    gone("Folder", "group-v");
    CHECK_THROWS_AS(task.poll(), esxvi::fault);
  }
  SUBCASE("the look of a deadline") {
    gone("VirtualMachine", "vm-1");
    at.look({{task_ref("task-1"), {{"info.state", State::success}}}});
    CHECK_NOTHROW(task.wait(0ms));
  }
  at.complete();
}

TEST_CASE("a server of API 4.0 is asked in intervals, with a filter of the session's collector") {
  Dialogue at("4.0");
  at.script->expect("RetrieveProperties").reply(200, response("RetrieveProperties", ""));
  at.start();
  at.filter();
  auto const check = [&](vim::UpdateSet set) {
    at.script->expect("CheckForUpdates")
        .reply(200, encoded("CheckForUpdates", std::optional(std::move(set))));
  };
  check(update_set("1", {state_is(State::running)}));
  at.script->expect("CheckForUpdates").reply(200, response("CheckForUpdates", ""));
  auto foreign = update_set("2", {state_is(State::error)});
  foreign.filterSet[0].filter = esxvi::Ref<vim::PropertyFilter>("filter-of-somebody-else");
  check(foreign);
  check(update_set("3", {state_is(State::success)}));
  at.script->expect("DestroyPropertyFilter").reply(200, response("DestroyPropertyFilter", ""));
  esxvi::Task task{at.session, power_on()};
  CHECK_NOTHROW(task.wait());
  at.complete();
}

TEST_CASE("a server that claims to be newer than it is") {
  Dialogue at;
  at.look();
  at.start();
  at.script->expect("CreatePropertyCollector").reply(500, fault_reply("NotImplemented"));
  at.filter();
  at.script->expect("CheckForUpdates")
      .reply(200, encoded("CheckForUpdates",
                          std::optional(update_set("1", {state_is(State::success)}))));
  at.script->expect("DestroyPropertyFilter").reply(200, response("DestroyPropertyFilter", ""));
  esxvi::Task task{at.session, power_on()};
  CHECK_NOTHROW(task.wait());
  at.complete();
}
