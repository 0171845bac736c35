// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What is there before a task starts, and starts whose reply is lost.
#include "task/dialogue.hpp"

#include <esxvi/types/VirtualMachineSnapshot.hpp>

#include <chrono>
#include <string>
#include <type_traits>

using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {
struct Mine {
  static constexpr bool answers_pending = true;
  esxvi::Decision operator()(esxvi::Asked const& asked) const {
    CHECK(asked.pending_before);
    CHECK(asked.times == 1);
    return asked.answer("Cancel");
  }
};
}  // namespace

TEST_CASE("a pending question is reported, and nothing is started") {
  Dialogue at;
  at.look({asking_machine(serial_question()), recent_task("task-0", State::running)});
  auto const e =
      thrown<esxvi::question_pending>([&] { esxvi::Task<> const task(at.session, power_on()); });
  CHECK(e.pending_before());
  CHECK_FALSE(e.situation().task);
  CHECK(e.question().text == "Replace it or append to it?");
  CHECK(e.question().find("Replace") != nullptr);
  CHECK(e.question().default_choice()->key == "10");
  CHECK(has(e.what(), "nothing was started"));
  check_context_and_advice(e, "PowerOnVM_Task", "VirtualMachine vm-1");
  CHECK(at.asked() == "RetrievePropertiesEx");
}

TEST_CASE("a pending question is answered, and the blocked task told apart from the wanted one") {
  Dialogue at;
  at.look({asking_machine(serial_question()), recent_task("task-0", State::running)});
  at.answer("50", "10");
  auto const e = thrown<esxvi::task_pending>(
      [&] { esxvi::Task<esxvi::AnswerDefault> const task(at.session, power_on()); });
  CHECK(e.code() == esxvi::errc::task_pending);
  REQUIRE(e.answered().has_value());
  CHECK(e.answered()->question.id == "50");
  CHECK(e.answered()->choice.words() == "Append");
  CHECK(e.answered()->pending_before);
  REQUIRE(e.others().size() == 1);
  CHECK(e.others()[0].task.value() == "task-0");
  CHECK(e.others()[0].name == "PowerOnVM_Task");
  CHECK(e.others()[0].cancelable);
  CHECK_FALSE(e.situation().task);
  CHECK(has(e.what(), "got the answer Append; not started, there are unfinished tasks: task-0"));
  CHECK(at.asked() == "RetrievePropertiesEx AnswerVM");

  // The blocked one can be waited for.
  at.watch();
  at.updates({state_is(State::success, "task-0")});
  at.destroy();
  CHECK_NOTHROW(
      static_cast<void>(esxvi::Task<>(at.session, e.others()[0].task, {}, {.vm = vm_1}).wait()));
  at.complete();
}

TEST_CASE("a pending question of no task is answered, and the wanted task started") {
  Dialogue at;
  at.look({asking_machine(serial_question()), recent_task("task-0", State::success)});
  at.answer("50", "10");
  at.start();
  esxvi::Task<esxvi::AnswerDefault> const task(at.session, power_on());
  CHECK(task.reference().value() == "task-1");
  REQUIRE(task.answered().size() == 1);
  CHECK(task.answered()[0].pending_before);
  at.complete();
}

TEST_CASE("a policy that did not say so does not see what belongs to others") {
  Dialogue at;
  at.look({asking_machine(serial_question())});
  auto const policy = [](esxvi::Asked const& asked) {
    FAIL_CHECK("it was asked");
    return asked.answer_default();
  };
  CHECK_THROWS_AS(esxvi::Task(at.session, power_on(), policy), esxvi::question_pending);
  at.complete();
}

TEST_CASE("a policy that says so does") {
  Dialogue at;
  at.look({asking_machine(serial_question())});
  at.answer("50", "12");
  at.start();
  esxvi::Task const task(at.session, power_on(), Mine{});
  at.complete();
}

TEST_CASE("somebody else answered the pending question; or the answer is not accepted") {
  Dialogue at;
  at.look({asking_machine(serial_question())});
  at.answer("50", "10").reply(500, fault_reply("InvalidArgument"));
  SUBCASE("gone") {
    at.look();
    at.start();
    CHECK_NOTHROW(esxvi::Task<esxvi::AnswerDefault>(at.session, power_on()));
  }
  SUBCASE("still there") {
    at.look({asking_machine(serial_question())});
    CHECK(thrown<esxvi::fault>([&] {
            esxvi::Task<esxvi::AnswerDefault> const task(at.session, power_on());
          }).operation() == "AnswerVM");
  }
  at.complete();
}

TEST_CASE("unfinished tasks of the machine: nothing is started") {
  Dialogue at;
  at.look({quiet_machine(), recent_task("task-0", State::success),
           recent_task("task-5", State::queued, "ReconfigVM_Task"),
           recent_task("task-6", State::error)});
  auto const e =
      thrown<esxvi::task_pending>([&] { esxvi::Task<> const task(at.session, power_on()); });
  CHECK_FALSE(e.answered().has_value());
  REQUIRE(e.others().size() == 1);
  CHECK(e.others()[0].name == "ReconfigVM_Task");
  CHECK(has(e.what(), "task-5 (ReconfigVM_Task)"));
  CHECK(at.asked() == "RetrievePropertiesEx");
}

TEST_CASE("a method of any entity counts as one of the machine when it is one") {
  Dialogue at;
  at.look({asking_machine(serial_question())});
  vim::Destroy_Task const request{.self = vm_1};
  CHECK_THROWS_AS(esxvi::Task<> const task(at.session, request), esxvi::question_pending);
  CHECK(at.asked() == "RetrievePropertiesEx");
}

TEST_CASE("a method of another object is looked at only when the machine is given") {
  vim::RemoveSnapshot_Task const request{
      .self = esxvi::Ref<vim::VirtualMachineSnapshot>("snapshot-1"), .removeChildren = false};
  Dialogue at;
  at.start("RemoveSnapshot_Task");
  esxvi::Task const first(at.session, request);
  at.look({asking_machine(serial_question())});
  CHECK_THROWS_AS(esxvi::Task(at.session, request, esxvi::ReportAndCancel{}, {.vm = vm_1}),
                  esxvi::question_pending);
  at.complete();
}

// ---- lost replies ----

namespace {
esxvi::connection_lost lost() {
  return esxvi::connection_lost({"PowerOnVM_Task", "", "the connection broke", ""},
                                esxvi::delivery::unknown);
}
}  // namespace

TEST_CASE("the reply to the start is lost: the task is found again, not started again") {
  Dialogue at;
  at.look({quiet_machine(), recent_task("task-0", State::success)});
  SUBCASE("broken") { at.script->expect("PowerOnVM_Task").throws(lost()); }
  SUBCASE("in the middle of the reply") { at.start().cut_after(300); }
  SUBCASE("an empty one") { at.script->expect("PowerOnVM_Task").reply(200, ""); }
  SUBCASE("half of one") {
    at.script->expect("PowerOnVM_Task").reply(200, response("PowerOnVM_Task", "").substr(0, 200));
  }
  SUBCASE("a proxy's") { at.script->expect("PowerOnVM_Task").reply(503, "no"); }
  at.script->expect("RetrievePropertiesEx").throws(lost());  // and it lasts a little
  at.look({quiet_machine(), recent_task("task-0", State::success),
           recent_task("task-9", State::running)});
  esxvi::Task<> const task(at.session, power_on());
  CHECK(task.reference().value() == "task-9");
  CHECK(at.count("PowerOnVM_Task") == 1);
  at.complete();
}

TEST_CASE("... also by its description, where the server gives no name") {
  Dialogue at;
  at.look();
  at.script->expect("PowerOnVM_Task").throws(lost());
  auto const described = [](std::string id, std::string what) {
    return Object{task_ref(std::move(id)),
                  {{"info.state", State::running}, {"info.descriptionId", std::move(what)}}};
  };
  at.look({quiet_machine(), described("task-7", "VirtualMachine.powerOff"),
           described("task-8", "ResourcePool.powerOn"),
           described("task-9", "VirtualMachine.powerOn")});
  CHECK(esxvi::Task<>(at.session, power_on()).reference().value() == "task-9");
  at.complete();
}

TEST_CASE("the server did not act, or it cannot be known: never a second start") {
  Dialogue at;
  SUBCASE("no such task is found") {
    at.look({quiet_machine(), recent_task("task-0", State::success)});
    at.script->expect("PowerOnVM_Task").throws(lost());
    for (int i = 0; i < 3; ++i)
      at.look({quiet_machine(), recent_task("task-0", State::success),
               recent_task("task-7", State::running, "ReconfigVM_Task")});
    auto const e =
        thrown<esxvi::task_lost>([&] { esxvi::Task<> const task(at.session, power_on()); });
    CHECK(e.code() == esxvi::errc::task_lost);
    CHECK(e.delivered() == esxvi::delivery::unknown);
    CHECK(has(e.what(), "not started a second time"));
    CHECK(has(e.what(), "the connection broke"));
    CHECK_THROWS_AS(std::rethrow_exception(e.cause()), esxvi::connection_lost);
    check_context_and_advice(e, "PowerOnVM_Task", "VirtualMachine vm-1");
  }
  SUBCASE("it is somebody else's") {
    at.look();
    at.script->expect("PowerOnVM_Task").throws(lost());
    auto other = recent_task("task-7", State::running);
    vim::TaskReasonUser reason;
    reason.userName = "somebody";
    other.properties.back().second = reason;
    for (int i = 0; i < 3; ++i) at.look({quiet_machine(), other});
    CHECK_THROWS_AS(esxvi::Task<>(at.session, power_on()), esxvi::task_lost);
  }
  SUBCASE("several could be it") {
    at.look();
    at.script->expect("PowerOnVM_Task").throws(lost());
    at.look({quiet_machine(), recent_task("task-7", State::running),
             recent_task("task-8", State::error)});
    auto const e =
        thrown<esxvi::task_lost>([&] { esxvi::Task<> const task(at.session, power_on()); });
    CHECK(has(e.what(), "several tasks could be the one: task-7, task-8"));
  }
  SUBCASE("nothing was looked at before") {
    at.script->expect("PowerOnVM_Task").throws(lost());
    CHECK_THROWS_AS(esxvi::Task<>(at.session, power_on(), {}, {.look_first = false}),
                    esxvi::task_lost);
  }
  SUBCASE("the connection does not come back") {
    at.look();
    at.script->expect("PowerOnVM_Task").throws(lost());
    at.script->when("RetrievePropertiesEx").throws(lost());
    auto const e = thrown<esxvi::task_lost>(
        [&] { esxvi::Task<> const task(at.session, power_on(), {}, {.outage = 200ms}); });
    CHECK(has(e.what(), "and so is the connection"));
  }
  CHECK(at.count("PowerOnVM_Task") == 1);
  at.complete();
}

TEST_CASE("an idempotent operation is repeated, and only when no task is found") {
  Dialogue at;
  at.look();
  at.script->expect("PowerOnVM_Task").throws(lost());
  SUBCASE("none is found") {
    for (int i = 0; i < 3; ++i) at.look();
    at.start("PowerOnVM_Task", "task-2");
    esxvi::Task<> const task(at.session, power_on(), {}, {.idempotent = true});
    CHECK(task.reference().value() == "task-2");
  }
  SUBCASE("one is found") {
    at.look({quiet_machine(), recent_task("task-9", State::running)});
    esxvi::Task<> const task(at.session, power_on(), {}, {.idempotent = true});
    CHECK(task.reference().value() == "task-9");
  }
  at.complete();
}

TEST_CASE("a request that was never sent is the caller's to repeat") {
  Dialogue at;
  at.look();
  at.script->expect("PowerOnVM_Task")
      .throws(esxvi::connection_refused({"PowerOnVM_Task", "", "refused", ""}));
  CHECK_THROWS_AS(esxvi::Task<>(at.session, power_on()), esxvi::connection_refused);
  at.complete();
}

TEST_CASE("a start that is stopped says what it knows") {
  Dialogue at;
  std::stop_source source;
  source.request_stop();
  CHECK_THROWS_AS(esxvi::Task<>(at.session, power_on(), {}, {.call = {.stop = source.get_token()}}),
                  esxvi::cancelled);
}
