// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Questions that come while a task runs.
#include "task/dialogue.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

using namespace esxvi::test;
using namespace std::chrono_literals;

TEST_CASE("reported: the task is cancelled, its end awaited, and the error holds the question") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), cancelable(true), asks(serial_question())});
  at.cancel();
  at.updates({asks_nothing(), error_is<vim::RequestCanceled>("c"), state_is(State::error)});
  at.destroy();
  auto const before = at.session.requests();
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::question_pending>([&] { task.wait(); });
  CHECK(at.session.requests() - before == 5 + 2 + 1);
  CHECK(e.code() == esxvi::errc::question_pending);
  CHECK(e.question().message_id() == "msg.serial.file.open");
  CHECK(e.question().choices.size() == 3);
  CHECK(e.question().default_choice()->words() == "Append");
  CHECK(e.question().vm == vm_1);
  CHECK_FALSE(e.pending_before());
  CHECK(e.situation().ended());
  CHECK(has(e.what(), "Replace it or append to it? (Append [default], Replace, Cancel)"));
  check_context_and_advice(e, "PowerOnVM_Task", "VirtualMachine vm-1, task-1");
  CHECK_THROWS_AS(task.result(), esxvi::question_pending);
  at.complete();
}

TEST_CASE("reported, and the task cannot be cancelled: it is left behind knowingly") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), cancelable(false), asks(serial_question())});
  at.script->expect("CancelTask").reply(500, fault_reply("NotSupported"));
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::question_pending>([&] { task.wait(); });
  CHECK(e.situation().goes_on());
  CHECK(has(e.what(), "it is running, cannot be cancelled and is left behind at the server"));
  at.complete();
}

TEST_CASE(
    "left behind and waited for again: the question is reported again, then another answered") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), asks(serial_question())});
  at.script->expect("CancelTask").reply(500, fault_reply("NotSupported"));
  at.destroy();
  bool answering = false;
  esxvi::Task task{at.session, power_on(), [&](esxvi::Asked const& asked) {
                     return answering ? asked.answer_default() : esxvi::Decision::report("later");
                   }};
  CHECK(has(thrown<esxvi::question_pending>([&] { task.wait(); }).what(), "later"));
  at.watch();
  at.updates({state_is(State::running), asks(serial_question())});
  at.script->expect("CancelTask").reply(500, fault_reply("NotSupported"));
  at.destroy();
  CHECK_THROWS_AS(task.wait(), esxvi::question_pending);
  answering = true;
  at.watch();
  at.updates({state_is(State::running), asks(copied_question())});
  at.answer("51", "2");
  at.updates({asks_nothing(), error_is<vim::InvalidState>("no"), state_is(State::error)});
  at.destroy();
  CHECK_THROWS_AS(task.wait(), esxvi::task_failed);  // not for the question
  at.complete();
}

TEST_CASE("reported, but somebody answers before the cancellation: the task has succeeded") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), asks(serial_question())});
  at.cancel();
  at.updates({asks_nothing(), state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  CHECK_NOTHROW(task.wait());
  at.complete();
}

TEST_CASE("answered by default: the key of the choice that is marked") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running)});
  at.updates({asks(serial_question())});
  at.answer("50", "10");
  at.updates({asks(serial_question())});  // a server may show it a little longer
  at.updates({asks_nothing()});
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on(), esxvi::AnswerDefault{}};
  task.wait();
  REQUIRE(task.answered().size() == 1);
  CHECK(task.answered()[0].choice.words() == "Append");
  CHECK(task.answered()[0].question.id == "50");
  CHECK_FALSE(task.answered()[0].pending_before);
  at.complete();
}

TEST_CASE("several questions in a row, each as it comes") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), asks(serial_question("50"))});
  at.answer("50", "10");
  at.updates({asks(copied_question("51"))});
  at.answer("51", "2");
  at.updates({asks_nothing()});
  at.updates({asks(serial_question("50"))});  // the same number is another question after a pause
  at.answer("50", "10");
  at.updates({asks_nothing(), state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on(), esxvi::AnswerDefault{}};
  task.wait();
  CHECK(task.answered().size() == 3);
  at.complete();
}

TEST_CASE("the same question again and again: AnswerDefault ends it") {
  Dialogue at;
  at.started();
  for (int i = 0; i < 5; ++i) {
    at.updates({state_is(State::running), asks(serial_question(std::to_string(i)))});
    at.answer(std::to_string(i), "10");
  }
  at.updates({asks(serial_question("5"))});
  at.cancel();
  at.updates({error_is<vim::RequestCanceled>("c"), state_is(State::error)});
  at.destroy();
  esxvi::Task task{at.session, power_on(), esxvi::AnswerDefault{}};
  auto const e = thrown<esxvi::question_pending>([&] { task.wait(); });
  CHECK(has(e.what(), "it came again after 5 answers"));
  CHECK(task.answered().size() == 5);
  at.complete();
}

TEST_CASE("no choices, no default: AnswerDefault reports") {
  auto without_default = serial_question();
  without_default.choice.defaultIndex.reset();
  auto without_choices = serial_question();
  without_choices.choice.choiceInfo.clear();
  for (auto const& [info, why] : {std::pair{without_default, "it has no default"},
                                  std::pair{without_choices, "it has no choices"}}) {
    Dialogue at;
    at.started();
    at.updates({state_is(State::running), asks(info)});
    at.cancel();
    at.updates({error_is<vim::RequestCanceled>("c"), state_is(State::error)});
    at.destroy();
    esxvi::Task task{at.session, power_on(), esxvi::AnswerDefault{}};
    CHECK(has(thrown<esxvi::question_pending>([&] { task.wait(); }).what(), why));
    at.complete();
  }
}

TEST_CASE("somebody else was faster: no error, the question is read again") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), asks(serial_question())});
  at.answer("50", "10").reply(500, fault_reply("ConcurrentAccess"));
  SUBCASE("it is gone") {
    at.look({{task_ref("task-1"), {{"info.state", State::running}}}, quiet_machine()});
    at.updates({asks_nothing()});
  }
  SUBCASE("the next one is there") {
    at.look({{task_ref("task-1"), {{"info.state", State::running}}},
             asking_machine(copied_question())});
    at.answer("51", "2");
  }
  at.updates({asks_nothing(), state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on(), esxvi::AnswerDefault{}};
  CHECK_NOTHROW(task.wait());
  at.complete();
}

TEST_CASE("an answer that the server does not accept is reported with its reason") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), asks(serial_question())});
  at.answer("50", "10").reply(500, fault_reply("InvalidArgument", "No such choice."));
  at.look(
      {{task_ref("task-1"), {{"info.state", State::running}}}, asking_machine(serial_question())});
  at.cancel();
  at.updates({error_is<vim::RequestCanceled>("c"), state_is(State::error)});
  at.destroy();
  esxvi::Task task{at.session, power_on(), esxvi::AnswerDefault{}};
  auto const e = thrown<esxvi::question_pending>([&] { task.wait(); });
  CHECK(has(e.what(), "the answer was refused"));
  CHECK(has(e.what(), "No such choice."));
  CHECK(task.answered().empty());
  at.complete();
}

TEST_CASE("a question of a user's own policy, with what it may see") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), asks(serial_question("1"))});
  at.answer("1", "11");
  at.updates({asks(serial_question("2"))});
  at.answer("2", "11");
  at.updates({asks_nothing(), state_is(State::success)});
  at.destroy();
  unsigned last = 0;
  auto const policy = [&](esxvi::Asked const& asked) {
    CHECK(asked.times == ++last);
    CHECK_FALSE(asked.pending_before);
    REQUIRE(asked.remaining.has_value());
    CHECK(*asked.remaining <= 1h);
    CHECK(*asked.remaining > 30min);
    return asked.answer("Replace");
  };
  esxvi::Task task{at.session, power_on(), policy};
  task.wait(1h);
  CHECK(last == 2);
  at.complete();
}

TEST_CASE("what a policy throws comes out, also an error of the library, and the task goes on") {
  for (bool const ours : {false, true}) {
    Dialogue at;
    at.started();
    at.updates({state_is(State::running), asks(serial_question())});
    at.destroy();
    auto const policy = [&](esxvi::Asked const&) -> esxvi::Decision {
      if (ours) throw esxvi::connection_lost({"my policy", "", "mine", ""});
      throw std::logic_error("mine");
    };
    esxvi::Task task{at.session, power_on(), policy};
    if (ours)
      CHECK_THROWS_AS(task.wait(), esxvi::connection_lost);
    else
      CHECK_THROWS_AS(task.wait(), std::logic_error);
    CHECK(at.count("CancelTask") == 0);
    at.complete();
  }
}

TEST_CASE("a question in poll()") {
  Dialogue at;
  at.look();
  at.start();
  at.look(
      {{task_ref("task-1"), {{"info.state", State::running}}}, asking_machine(serial_question())});
  SUBCASE("answered") {
    at.answer("50", "10");
    at.look({{task_ref("task-1"), {{"info.state", State::success}}}, quiet_machine()});
    esxvi::Task task{at.session, power_on(), esxvi::AnswerDefault{}};
    CHECK_FALSE(task.poll().ended());
    CHECK(task.poll().succeeded());
    CHECK(task.answered().size() == 1);
  }
  SUBCASE("reported") {
    at.cancel();
    at.look({{task_ref("task-1"), {{"info.state", State::error}}}, quiet_machine()});
    at.look({{task_ref("task-1"), {{"info", esxvi::Any()}}}});
    esxvi::Task task{at.session, power_on()};
    auto const e = thrown<esxvi::question_pending>([&] { static_cast<void>(task.poll()); });
    CHECK(e.situation().cancel_requested);
    CHECK(task.poll().failed());
    CHECK_THROWS_AS(task.result(), esxvi::question_pending);
  }
  SUBCASE("reported and not to be cancelled") {
    at.script->expect("CancelTask").reply(500, fault_reply("NotSupported"));
    esxvi::Task task{at.session, power_on()};
    auto const e = thrown<esxvi::question_pending>([&] { static_cast<void>(task.poll()); });
    CHECK(has(e.what(), "left behind"));
  }
  at.complete();
}

TEST_CASE("the deadline of a wait for a cancelled task") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), asks(serial_question())});
  at.cancel();
  at.script->expect("WaitForUpdatesEx").silent();
  at.look(
      {{task_ref("task-1"), {{"info.state", State::running}}}, asking_machine(serial_question())});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::question_pending>([&] { task.wait(1s); });
  CHECK(e.situation().goes_on());
  CHECK(has(e.what(), "asked to stop and did not yet"));
  at.complete();
}
