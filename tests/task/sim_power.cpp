// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Tasks of the simulated host: questions, cancellation, outages, in simulated time.
#include "sim/fixture.hpp"

#include <esxvi/session.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/task.hpp>
#include <esxvi/types/PropertyFilter.hpp>
#include <esxvi/types/SessionManager.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/InvalidState.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace vim = esxvi::types;
namespace sim = esxvi::sim;
using namespace std::chrono_literals;

namespace {

constexpr auto on = vim::VirtualMachinePowerState::poweredOn;
constexpr auto off = vim::VirtualMachinePowerState::poweredOff;

struct Simulated : esxvi::test::Checked {
  Simulated() : Checked({.time = sim::TimeMode::simulated}) {}
  esxvi::Ref<vim::VirtualMachine> quiet = host.add_vm("quiet");
  esxvi::Ref<vim::VirtualMachine> asking =
      host.add_vm("asking").serial_file("[datastore1] asking/serial.log");
  esxvi::Session session{sim::Transport(host), "https://esx01.example.test/sdk", {"root", "esxvi"}};

  [[nodiscard]] auto power_of(esxvi::Ref<vim::VirtualMachine> const& vm) {
    return host.get<vim::VirtualMachine>(vm)->runtime.powerState.value();
  }
  [[nodiscard]] bool asked(esxvi::Ref<vim::VirtualMachine> const& vm) {
    return host.get<vim::VirtualMachine>(vm)->runtime.question.has_value();
  }
  /// Filters and collectors that clients left behind.
  [[nodiscard]] std::size_t left_behind() {
    return host.all<vim::PropertyFilter>().size() + host.calls("CreatePropertyCollector") -
           host.calls("DestroyPropertyCollector");
  }
  void plan(auto change) {
    host.plan_tasks([change](auto const&, auto, sim::TaskPlan& p) { change(p); });
  }
};

sim::Question yes_or_no(std::string id) {
  return {.message_id = std::move(id),
          .text = "Go on?",
          .choices = {{"y", "button.yes", "_Yes"}, {"n", "button.no", "_No"}},
          .default_index = 0};
}

}  // namespace

TEST_CASE("power on and off: five requests and the polls") {
  Simulated at;
  auto const before = at.session.requests();
  esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.quiet});
  MESSAGE("power on: ", at.session.requests() - before, " requests");
  CHECK(at.session.requests() - before <= 5 + 2);
  CHECK(at.power_of(at.quiet) == on);
  std::string told;
  esxvi::Task task{at.session, vim::PowerOffVM_Task{.self = at.quiet}};
  task.wait([&](esxvi::Progress const& p) { told += std::to_string(p.percent) + " "; });
  CHECK(at.power_of(at.quiet) == off);
  CHECK(told.ends_with("100 "));
  CHECK(at.left_behind() == 0);
}

TEST_CASE("a question: answered, chosen, reported and left behind") {
  Simulated at;
  SUBCASE("answered by default") {
    esxvi::Task task{at.session, vim::PowerOnVM_Task{.self = at.asking}, esxvi::AnswerDefault{}};
    task.wait();
    REQUIRE(task.answered().size() == 1);
    CHECK(task.answered()[0].choice.words() == "Append");
    CHECK(at.power_of(at.asking) == on);
  }
  SUBCASE("by a table of harmless answers") {
    esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.asking},
                    esxvi::AnswerById::harmless());
    CHECK(at.power_of(at.asking) == on);
  }
  SUBCASE("the answer that ends the task") {
    esxvi::AskUser cancel([](esxvi::Question const&) { return "Cancel"; });
    CHECK_THROWS_AS(
        esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.asking}, std::move(cancel)),
        esxvi::task_failed);
    CHECK(at.power_of(at.asking) == off);
  }
  SUBCASE("reported: power-on cannot be cancelled and stays blocked") {
    esxvi::Task task{at.session, vim::PowerOnVM_Task{.self = at.asking}};
    try {
      task.wait();
      FAIL("no question");
    } catch (esxvi::question_pending const& e) {
      CHECK(e.question().is("msg.serial.file.open"));
      CHECK(e.question().default_choice()->words() == "Append");
      CHECK(e.situation().goes_on());
    }
    CHECK(at.asked(at.asking));
    // The next one is told, and starts nothing; with answering the blocked one goes on.
    auto const starts = at.host.calls("PowerOnVM_Task");
    CHECK_THROWS_AS(esxvi::Task<>(at.session, vim::PowerOnVM_Task{.self = at.asking}),
                    esxvi::question_pending);
    try {
      esxvi::Task<esxvi::AnswerDefault> const second{at.session,
                                                     vim::PowerOnVM_Task{.self = at.asking}};
      FAIL("started");
    } catch (esxvi::task_pending const& e) {
      REQUIRE(e.others().size() == 1);
      CHECK(e.others()[0].task == task.reference());
      CHECK(e.answered().has_value());
    }
    CHECK(at.host.calls("PowerOnVM_Task") == starts);
    task.wait();
    CHECK(at.power_of(at.asking) == on);
  }
  SUBCASE("reported: what can be cancelled is") {
    at.plan([](sim::TaskPlan& p) { p.cancelable = true; });
    esxvi::Task task{at.session, vim::PowerOnVM_Task{.self = at.asking}};
    try {
      task.wait();
      FAIL("no question");
    } catch (esxvi::question_pending const& e) {
      CHECK(e.situation().ended());
    }
    CHECK_FALSE(at.asked(at.asking));
  }
  CHECK(at.left_behind() == 0);
}

TEST_CASE("several questions in a row, one without default, one without choices") {
  Simulated at;
  SUBCASE("in a row") {
    at.plan([](sim::TaskPlan& p) { p.questions = {yes_or_no("msg.a"), yes_or_no("msg.b")}; });
    esxvi::Task task{at.session, vim::PowerOnVM_Task{.self = at.quiet}, esxvi::AnswerDefault{}};
    task.wait();
    CHECK(task.answered().size() == 2);
  }
  SUBCASE("without default") {
    at.plan([](sim::TaskPlan& p) {
      auto q = yes_or_no("msg.a");
      q.default_index.reset();
      p.questions = {q};
      p.cancelable = true;
    });
    CHECK_THROWS_AS(
        esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.quiet}, esxvi::AnswerDefault{}),
        esxvi::question_pending);
  }
  SUBCASE("without choices") {
    at.plan([](sim::TaskPlan& p) {
      p.questions = {{.message_id = "msg.hbacommon.locklost", .text = "Lost."}};
      p.cancelable = true;
    });
    CHECK_THROWS_AS(
        esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.quiet}, esxvi::AnswerDefault{}),
        esxvi::question_pending);
  }
  SUBCASE("for ever") {
    at.plan([](sim::TaskPlan& p) {
      p.questions.assign(20, yes_or_no("msg.hbacommon.outofspace"));
      p.cancelable = true;
    });
    esxvi::Task task{at.session, vim::PowerOnVM_Task{.self = at.quiet}, esxvi::AnswerDefault{}};
    CHECK_THROWS_AS(task.wait(), esxvi::question_pending);
    CHECK(task.answered().size() == 5);
  }
  CHECK(at.left_behind() == 0);
}

TEST_CASE("a task that fails, one that is queued, one that never ends") {
  Simulated at;
  SUBCASE("fails") {
    at.plan([](sim::TaskPlan& p) { p.failure = sim::fault(vim::InvalidState{}, "No."); });
    esxvi::Task task{at.session, vim::PowerOnVM_Task{.self = at.quiet}};
    CHECK_THROWS_AS(task.wait(), esxvi::task_failed);
  }
  SUBCASE("a wrong power state") {
    esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.quiet});
    try {
      esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.quiet});
      FAIL("it is on already");
    } catch (esxvi::fault const& e) {
      CHECK(e.as<vim::InvalidPowerState>() != nullptr);
    }
  }
  SUBCASE("queued for an hour") {
    at.plan([](sim::TaskPlan& p) { p.queued = 1h; });
    bool queued = false;
    esxvi::Task task{at.session, vim::PowerOnVM_Task{.self = at.quiet}};
    task.wait([&](esxvi::Progress const& p) { queued = queued || p.queued(); });
    CHECK(queued);
    CHECK(at.host.elapsed() >= 1h);
  }
  SUBCASE("endless") {
    at.plan([](sim::TaskPlan& p) { p.endless = p.cancelable = true; });
    esxvi::Task task{at.session, vim::PowerOnVM_Task{.self = at.quiet}};
    CHECK_THROWS_AS(task.wait(100ms), esxvi::task_timeout);
    CHECK(task.cancel());
    CHECK_THROWS_AS(task.wait(), esxvi::task_cancelled);
  }
  CHECK(at.left_behind() == 0);
}

TEST_CASE("a connection that breaks before or after the server acted") {
  Simulated at;
  SUBCASE("after the start: found again") {
    at.host.cause({.method = "PowerOnVM_Task", .drop_after = true});
    esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.quiet});
    CHECK(at.power_of(at.quiet) == on);
    CHECK(at.host.calls("PowerOnVM_Task") == 1);
  }
  SUBCASE("before the start: not started, and not started again") {
    at.host.cause({.method = "PowerOnVM_Task", .drop_before = true});
    CHECK_THROWS_AS(esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.quiet}),
                    esxvi::task_lost);
    CHECK(at.power_of(at.quiet) == off);
  }
  SUBCASE("in a poll") {
    at.host.cause({.method = "WaitForUpdatesEx", .times = 2, .drop_after = true});
    esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.quiet});
    CHECK(at.power_of(at.quiet) == on);
  }
  SUBCASE("in the middle of a poll's reply") {
    at.host.cause({.method = "WaitForUpdatesEx", .times = 1, .cut_after = 400});
    esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.quiet});
    CHECK(at.power_of(at.quiet) == on);
  }
  SUBCASE("in an answer") {
    at.host.cause({.method = "AnswerVM", .drop_after = true});
    unsigned asked_for = 0;
    esxvi::Task task{at.session, vim::PowerOnVM_Task{.self = at.asking},
                     esxvi::AskUser([&](esxvi::Question const& q) {
                       ++asked_for;
                       return q.default_choice();
                     })};
    task.wait();
    CHECK(at.power_of(at.asking) == on);
    CHECK(asked_for == 1);
    CHECK(at.host.calls("AnswerVM") == 1);
    CHECK(task.answered().size() == 1);
  }
  SUBCASE("the session is lost in the wait") {
    at.host.cause({.method = "WaitForUpdatesEx", .skip = 1, .end_session = true});
    auto const before = at.session.generation();
    esxvi::run_task(at.session, vim::PowerOnVM_Task{.self = at.quiet});
    CHECK(at.session.generation() == before + 1);
    CHECK(at.power_of(at.quiet) == on);
  }
  CHECK(at.host.all<vim::PropertyFilter>().empty());
}

TEST_CASE("a hundred machines are switched on together") {
  Simulated at;
  std::vector<esxvi::Task<>> tasks;
  for (int i = 0; i < 100; ++i) {
    esxvi::Ref<vim::VirtualMachine> const vm = at.host.add_vm("vm" + std::to_string(i));
    tasks.emplace_back(at.session, vim::PowerOnVM_Task{.self = vm});
  }
  auto const before = at.session.requests();
  wait_all(tasks);
  CHECK(at.session.requests() - before <= 3 + 1 + 100);  // simulated time ends them one by one
  for (auto const& task : tasks) CHECK(task.status().succeeded());
  CHECK(at.left_behind() == 0);
}
