// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Connections and sessions that go away while a task is waited for. Whatever happens, no filter
// stays at the server.
#include "task/dialogue.hpp"

#include <chrono>
#include <string>

using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {

esxvi::connection_lost lost(std::string what = "the connection broke") {
  return esxvi::connection_lost({"WaitForUpdatesEx", "", std::move(what), ""},
                                esxvi::delivery::unknown);
}
}  // namespace

TEST_CASE("a connection that breaks in a poll: the same version is asked for again") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), asks_nothing()});
  SUBCASE("no reply") {
    at.script->expect("WaitForUpdatesEx").throws(lost());
    at.script->expect("WaitForUpdatesEx")
        .throws(esxvi::connection_refused({"WaitForUpdatesEx", "", "refused", ""}));
  }
  SUBCASE("half a reply") { at.updates({state_is(State::success)}).cut_after(500); }
  SUBCASE("cut XML") {
    at.script->expect("WaitForUpdatesEx")
        .reply(200, response("WaitForUpdatesEx", "").substr(0, 300));
  }
  SUBCASE("a proxy's error") { at.script->expect("WaitForUpdatesEx").reply(502, "bad gateway"); }
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  CHECK_NOTHROW(task.wait());
  CHECK(has(at.body_of("WaitForUpdatesEx"), "<version>1</version>"));
  CHECK(at.count("CreateFilter") == 1);
  at.complete();
}

TEST_CASE(
    "a connection that does not come back: the error has the task, which can be gone on with") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running)});
  auto& broken = at.script->when("WaitForUpdatesEx").throws(lost());
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::task_lost>([&] { task.wait({.outage = 150ms}); });
  CHECK(e.situation().task.value() == "task-1");
  CHECK(e.situation().goes_on());
  CHECK(e.delivered() == esxvi::delivery::answered);
  CHECK(has(e.what(), "the connection broke"));
  CHECK_THROWS_AS(std::rethrow_exception(e.cause()), esxvi::connection_lost);
  CHECK_FALSE(e.advice().empty());
  CHECK(at.count("DestroyPropertyCollector") == 1);
  at.complete();
  static_cast<void>(broken);

  at.watch();
  at.updates({state_is(State::success)});
  at.destroy();
  CHECK_NOTHROW(task.wait());
  at.complete();
}

TEST_CASE("the connection breaks while the watch is made, or ended") {
  Dialogue at;
  at.look();
  at.start();
  at.script->expect("CreatePropertyCollector").throws(lost());
  at.script->expect("CreatePropertyCollector")
      .reply(200, encoded("CreatePropertyCollector", esxvi::Ref<vim::PropertyCollector>("c")));
  at.script->expect("CreateFilter").throws(lost());
  at.filter();
  at.updates({state_is(State::success)});
  at.script->expect("DestroyPropertyCollector").throws(lost());
  esxvi::Task task{at.session, power_on()};
  CHECK_NOTHROW(task.wait());
  at.complete();
}

TEST_CASE("the connection breaks while a question is answered: the same answer again") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), asks(serial_question())});
  at.answer("50", "10").throws(lost());
  Object const running{task_ref("task-1"), {{"info.state", State::running}}};
  SUBCASE("it had not arrived") {
    at.look({running, asking_machine(serial_question())});
    at.answer("50", "10");
    at.updates({asks_nothing(), state_is(State::success)});
  }
  SUBCASE("... and it is not known whether the second did, until nothing is asked any more") {
    at.look({running, asking_machine(serial_question())});
    at.answer("50", "10").throws(lost());
    at.look().throws(lost());
    at.look({running, quiet_machine()});
    at.updates({state_is(State::success)});
  }
  SUBCASE("... and the second cannot be sent") {
    at.look({running, asking_machine(serial_question())});
    at.answer("50", "10").throws(esxvi::connection_refused({"AnswerVM", "", "refused", ""}));
    at.look({running, asking_machine(serial_question())});
    at.answer("50", "10");
    at.updates({asks_nothing(), state_is(State::success)});
  }
  SUBCASE("... but late: the second is refused") {
    at.look({running, asking_machine(serial_question())});
    at.script->expect("AnswerVM").reply(500, fault_reply("InvalidArgument"));
    at.look({running, quiet_machine()});
    at.updates({state_is(State::success)});
  }
  SUBCASE("it had") {
    at.look({running, quiet_machine()});
    at.updates({state_is(State::success)});
  }
  SUBCASE("it had, and the task has ended") {
    at.look({{task_ref("task-1"), {{"info.state", State::success}}}, quiet_machine()});
  }
  at.destroy();
  unsigned asked_for = 0;
  unsigned times = 0;
  esxvi::Task task{at.session, power_on(), [&](esxvi::Asked const& asked) {
                     ++asked_for;
                     times = asked.times;
                     return asked.answer_default();
                   }};
  CHECK_NOTHROW(task.wait());
  CHECK(asked_for == 1);  // nobody decides twice
  CHECK(times == 1);
  REQUIRE(task.answered().size() == 1);
  CHECK(task.answered()[0].choice.key == "10");
  at.complete();
}

TEST_CASE("the connection breaks while it is cancelled: asked again") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running), asks(serial_question())});
  at.script->expect("CancelTask").throws(lost());
  at.cancel();
  at.updates({error_is<vim::RequestCanceled>("c"), state_is(State::error)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  CHECK_THROWS_AS(task.wait(), esxvi::question_pending);
  at.complete();
}

TEST_CASE("the session is lost: without a way to log in that is the error") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running)});
  at.script->expect("WaitForUpdatesEx").reply(500, fault_reply("NotAuthenticated"));
  at.script->expect("DestroyPropertyCollector").reply(500, fault_reply("NotAuthenticated"));
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::task_lost>([&] { task.wait(); });
  CHECK(e.situation().goes_on());
  CHECK_THROWS_AS(std::rethrow_exception(e.cause()), esxvi::not_authenticated);
  at.complete();
}

TEST_CASE("the session is lost: logged in again, watched anew") {
  Dialogue at{esxvi::SessionOptions{}};
  at.started();
  at.updates({state_is(State::running)});
  at.script->expect("WaitForUpdatesEx").reply(500, fault_reply("NotAuthenticated"));
  at.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  at.script->expect("Login").reply(200, login_reply());
  at.collector_gone();
  at.watch();
  at.updates({state_is(State::running)});
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  CHECK_NOTHROW(task.wait());
  CHECK(at.count("PowerOnVM_Task") == 1);
  CHECK(at.count("CancelTask") == 0);
  at.complete();
}

TEST_CASE("a session that is lost again and again ends the wait") {
  Dialogue at{esxvi::SessionOptions{}};
  at.started();
  at.script->when("CreatePropertyCollector")
      .reply(200, encoded("CreatePropertyCollector", esxvi::Ref<vim::PropertyCollector>("c")));
  at.script->when("CreateFilter")
      .reply(200, encoded("CreateFilter", esxvi::Ref<vim::PropertyFilter>("f")));
  at.script->when("WaitForUpdatesEx").reply(500, fault_reply("NotAuthenticated"));
  at.script->when("Login").reply(200, login_reply());
  at.script->when("DestroyPropertyCollector").reply(200, response("DestroyPropertyCollector", ""));
  esxvi::Task task{at.session, power_on()};
  CHECK_THROWS_AS(task.wait(), esxvi::task_lost);
  CHECK(at.count("Login") < 10);
}

TEST_CASE("a login that is refused: contact is lost, and the error says why") {
  Dialogue at{esxvi::SessionOptions{}};
  at.started();
  at.script->expect("WaitForUpdatesEx").reply(500, fault_reply("NotAuthenticated"));
  at.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  at.script->expect("Login").reply(500, fault_reply("InvalidLogin"));
  at.script->expect("DestroyPropertyCollector").reply(500, fault_reply("NotAuthenticated"));
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::task_lost>([&] { task.wait(); });
  CHECK_THROWS_AS(std::rethrow_exception(e.cause()), esxvi::auth_error);
  CHECK(at.count("Login") == 1 + 1);  // accounts get locked by more
  at.complete();
}

TEST_CASE("the server forgot the version, or the collector") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::running)});
  SUBCASE("version") {
    at.script->expect("WaitForUpdatesEx").reply(500, fault_reply("InvalidCollectorVersion"));
    at.updates({state_is(State::success)});
    at.destroy();
    esxvi::Task task{at.session, power_on()};
    CHECK_NOTHROW(task.wait());
    CHECK_FALSE(has(at.body_of("WaitForUpdatesEx"), "<version>"));
  }
  SUBCASE("collector") {
    at.collector_gone();
    at.watch();
    at.updates({state_is(State::success)});
    at.destroy();
    esxvi::Task task{at.session, power_on()};
    CHECK_NOTHROW(task.wait());
  }
  SUBCASE("the wait was cancelled by the server") {
    at.script->expect("WaitForUpdatesEx").reply(500, fault_reply("RequestCanceled"));
    at.updates({state_is(State::success)});
    at.destroy();
    esxvi::Task task{at.session, power_on()};
    CHECK_NOTHROW(task.wait());
  }
  at.complete();
}

TEST_CASE("a fault that no second attempt changes ends the wait, and the watch is destroyed") {
  Dialogue at;
  at.look();
  at.start();
  at.script->expect("CreatePropertyCollector")
      .reply(200, encoded("CreatePropertyCollector", esxvi::Ref<vim::PropertyCollector>("c")));
  at.script->expect("CreateFilter").reply(500, fault_reply("NoPermission", "No."));
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  auto const e = thrown<esxvi::task_lost>([&] { task.wait(); });
  CHECK(has(e.what(), "NoPermission"));
  at.complete();
}

TEST_CASE("a reply that is not what the protocol promises ends the wait at once") {
  Dialogue at;
  at.started();
  at.script->expect("WaitForUpdatesEx").reply(200, envelope("<Other/>"));
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  CHECK_THROWS_AS(std::rethrow_exception(thrown<esxvi::task_lost>([&] { task.wait(); }).cause()),
                  esxvi::protocol_error);
  at.complete();
}

TEST_CASE("a task that is destroyed asks nothing of the server") {
  Dialogue at;
  at.look();
  at.start();
  {
    esxvi::Task const task{at.session, power_on()};
  }
  CHECK(at.asked() == "RetrievePropertiesEx PowerOnVM_Task");
  at.complete();
}

TEST_CASE("a task that was moved is the same task") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::Task first{at.session, power_on()};
  esxvi::Task second = std::move(first);
  CHECK_NOTHROW(second.wait());
  at.complete();
}

TEST_CASE("a server that is not to hold the poll is not asked without a pause either") {
  Dialogue at;
  at.started();
  at.updates({state_is(State::success)});
  at.destroy();
  esxvi::Task task{at.session, power_on()};
  task.wait({.poll = 0s});
  CHECK(has(at.body_of("WaitForUpdatesEx"), "<maxWaitSeconds>1</maxWaitSeconds>"));
  at.complete();
}
