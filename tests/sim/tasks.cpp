// Tasks over simulated time, and questions in their way.
#include "sim/fixture.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/Task.hpp>
#include <esxvi/types/TaskManager_properties.hpp>
#include <esxvi/types/TaskReasonUser.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/InvalidState.hpp>

#include <algorithm>
#include <stdexcept>

using namespace esxvi::test;
using namespace std::chrono_literals;
namespace sim = esxvi::sim;

namespace {

using Machine = esxvi::Ref<vim::VirtualMachine>;
using Task = esxvi::Ref<vim::Task>;

vim::TaskInfo info(sim::Host& host, Task const& task) { return host.get<vim::Task>(task)->info; }

bool is(sim::Host& host, Machine const& vm, vim::VirtualMachinePowerState state) {
  return host.get<vim::VirtualMachine>(vm)->runtime.powerState == state;
}

}  // namespace

TEST_CASE("a machine is on when its task succeeded, not before") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01");
  auto session = s.open();
  auto const task = session.call(vim::PowerOnVM_Task{.self = vm});
  CHECK(task.value().starts_with("haTask-" + vm.value() + "-vim.VirtualMachine.powerOn-"));
  auto running = info(s.host, task);
  CHECK(running.state == vim::TaskInfoState::running);
  CHECK(running.descriptionId == "VirtualMachine.powerOn");
  CHECK(running.name == "PowerOnVM_Task");
  CHECK(running.entityName == "web01");
  CHECK(running.reason.as<vim::TaskReasonUser>()->userName == "root");
  CHECK(is(s.host, vm, vim::VirtualMachinePowerState::poweredOff));
  s.host.advance(300ms);
  CHECK(info(s.host, task).progress == 50);
  s.host.advance(1s);
  auto const done = info(s.host, task);
  CHECK(done.state == vim::TaskInfoState::success);
  CHECK(done.completeTime > done.startTime);
  CHECK(is(s.host, vm, vim::VirtualMachinePowerState::poweredOn));
  CHECK(s.host.get<vim::VirtualMachine>(vm)->runtime.bootTime.has_value());
}

TEST_CASE("a machine that is on cannot be turned on: the task fails and says so") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01").powered_on();
  auto session = s.open();
  auto const failed = info(s.host, session.call(vim::PowerOnVM_Task{.self = vm}));
  CHECK(failed.state == vim::TaskInfoState::error);
  REQUIRE(failed.error.has_value());
  auto const* why = failed.error->fault.as<vim::InvalidPowerState>();
  REQUIRE(why != nullptr);
  CHECK(why->existingState == vim::VirtualMachinePowerState::poweredOn);
  CHECK(failed.error->localizedMessage ==
        "The attempted operation cannot be performed in the current state (Powered on).");
}

TEST_CASE("one task at a time on a machine") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01");
  auto session = s.open();
  session.call(vim::PowerOnVM_Task{.self = vm});
  auto const second = info(s.host, session.call(vim::PowerOnVM_Task{.self = vm}));
  REQUIRE(second.error.has_value());
  CHECK(second.error->fault.type_name() == "TaskInProgress");
}

TEST_CASE("recent tasks are listed with the machine and with the task manager, for a while") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01");
  auto session = s.open();
  auto const task = session.call(vim::PowerOnVM_Task{.self = vm});
  CHECK(s.host.get<vim::VirtualMachine>(vm)->recentTask.size() == 1);
  CHECK(s.host.get<vim::TaskManager>(esxvi::untyped_ref("TaskManager", "ha-taskmgr"))
            ->recentTask.size() == 1);
  s.host.advance(5min);
  CHECK(s.host.exists(task));
  s.host.advance(6min);
  CHECK_FALSE(s.host.exists(task));
  CHECK(s.host.get<vim::VirtualMachine>(vm)->recentTask.empty());
}

TEST_CASE("a serial port that writes to a file: the machine asks before it starts") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01").serial_file("[datastore1] web01/serial.log");
  auto session = s.open();
  auto const task = session.call(vim::PowerOnVM_Task{.self = vm});
  s.host.advance(20min);
  CHECK(info(s.host, task).state == vim::TaskInfoState::running);
  auto const rows = session.retrieve<vim::VirtualMachine, "runtime.question">();
  REQUIRE(rows.size() == 1);
  auto const& question = std::get<1>(rows[0]);
  REQUIRE(question.has_value());
  CHECK(question->message[0].id == "msg.serial.file.open");
  CHECK(question->text.starts_with("msg.serial.file.open:"));
  CHECK(question->choice.choiceInfo.size() == 3);
  CHECK(question->choice.defaultIndex == 0);

  auto const answer = [&](std::string id, std::string key) {
    return fault_of(
        [&] { session.call(vim::AnswerVM{.self = vm, .questionId = id, .answerChoice = key}); });
  };
  CHECK(answer("x", "0") == "InvalidArgument");
  CHECK(answer(question->id, "9") == "InvalidArgument");
  CHECK(answer(question->id, "0").empty());
  CHECK(answer(question->id, "0") == "InvalidArgument");
  CHECK_FALSE(s.host.get<vim::VirtualMachine>(vm)->runtime.question.has_value());
  s.host.advance(1s);
  CHECK(info(s.host, task).state == vim::TaskInfoState::success);
}

TEST_CASE("an answer may end the task") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01").serial_file("[datastore1] web01/serial.log");
  auto session = s.open();
  auto const task = session.call(vim::PowerOnVM_Task{.self = vm});
  auto const id = s.host.get<vim::VirtualMachine>(vm)->runtime.question->id;
  session.call(vim::AnswerVM{.self = vm, .questionId = id, .answerChoice = std::string("2")});
  CHECK(info(s.host, task).state == vim::TaskInfoState::error);
  CHECK(is(s.host, vm, vim::VirtualMachinePowerState::poweredOff));
}

TEST_CASE("questions follow one another, each with an id of its own") {
  Simulated s;
  sim::Question const one{"msg.uuid.altered",
                          "Moved or copied?",
                          {{"0", "button.uuid.cancel", "Cancel"},
                           {"1", "button.uuid.movedTheVM", "I _Moved It"},
                           {"2", "button.uuid.copiedTheVM", "I Co_pied It"}},
                          2};
  sim::Question const two{"msg.nothing", "No choice, no default", {}, {}};
  Machine const vm = s.host.add_vm("web01").asks(one).asks(two);
  auto session = s.open();
  auto const task = session.call(vim::PowerOnVM_Task{.self = vm});
  auto const first = s.host.get<vim::VirtualMachine>(vm)->runtime.question->id;
  s.host.answer(vm, first, "1");
  auto const second = *s.host.get<vim::VirtualMachine>(vm)->runtime.question;
  CHECK(second.id != first);
  CHECK(second.choice.choiceInfo.empty());
  CHECK_FALSE(second.choice.defaultIndex.has_value());
  CHECK(info(s.host, task).state == vim::TaskInfoState::running);
}

TEST_CASE("what cannot be cancelled says so, what can ends with RequestCanceled") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01");
  auto session = s.open();
  auto const power = session.call(vim::PowerOnVM_Task{.self = vm});
  CHECK(fault_of([&] { session.call(vim::CancelTask{.self = power}); }) == "NotSupported");
  auto const endless = s.host.start_task(vm, "VirtualMachine.clone", {.endless = true});
  s.host.advance(24h);
  CHECK(info(s.host, endless).state == vim::TaskInfoState::running);
  session = s.open();
  CHECK(fault_of([&] { session.call(vim::CancelTask{.self = endless}); }).empty());
  auto const ended = info(s.host, endless);
  CHECK(ended.state == vim::TaskInfoState::error);
  CHECK(ended.cancelled);
  CHECK(ended.error->fault.type_name() == "RequestCanceled");
  CHECK(fault_of([&] { session.call(vim::CancelTask{.self = endless}); }) == "InvalidState");
}

TEST_CASE("plans can be changed before they run: queued, failing, slow") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01");
  s.host.plan_tasks([](auto const&, std::string_view operation, sim::TaskPlan& plan) {
    if (operation != "VirtualMachine.powerOn") return;
    plan.queued = 10s;
    plan.failure = sim::fault(vim::InvalidState(), "No.");
  });
  auto session = s.open();
  auto const task = session.call(vim::PowerOnVM_Task{.self = vm});
  CHECK(info(s.host, task).state == vim::TaskInfoState::queued);
  s.host.advance(9s);
  CHECK(info(s.host, task).state == vim::TaskInfoState::queued);
  s.host.advance(2s);
  CHECK(info(s.host, task).state == vim::TaskInfoState::error);
  CHECK(info(s.host, task).error->localizedMessage == "No.");
  CHECK(is(s.host, vm, vim::VirtualMachinePowerState::poweredOff));
}

TEST_CASE("what a plan throws is the end of its task") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01");
  struct row {
    char const* what;
    sim::TaskPlan plan;
  };
  auto const failing = [](auto const&...) -> bool { throw std::runtime_error("oops"); };
  auto const failing_later = [failing, first = true](sim::Host&) mutable {
    return std::exchange(first, false) ? false : failing();
  };
  sim::Question const ask{.message_id = "msg.x", .text = "x", .choices = {{"0", "a", "b"}}};
  sim::Question answered = ask;
  answered.answered = [failing](sim::Host&, std::string_view) -> std::optional<sim::Failure> {
    failing();
    return {};
  };
  sim::Question again = ask;
  again.again = failing;
  for (row const& r : {
           row{"finish", {.finish = [failing](sim::Host&) -> esxvi::Any { return failing(); }}},
           row{"begin, queued",
               {.queued = 1s,
                .begin = [failing](sim::Host&) -> std::optional<sim::Failure> {
                  failing();
                  return {};
                }}},
           row{"ready", {.ready = failing}},
           row{"ready, the second time", {.ready = failing_later}},
           row{"answered", {.questions = {answered}}},
           row{"again", {.questions = {again}}},
       }) {
    CAPTURE(r.what);
    auto const task = s.host.start_task(vm, "VirtualMachine.reconfigure", r.plan);
    if (auto const question = s.host.get<vim::VirtualMachine>(vm)->runtime.question)
      s.host.answer(vm, question->id, "0");
    s.host.advance(10s);
    auto const done = info(s.host, task);
    REQUIRE(done.state == vim::TaskInfoState::error);
    CHECK(done.error->fault.type_name() == "SystemError");
    CHECK(done.error->localizedMessage == "A general system error occurred: oops");
  }
  // A question for something that is no machine has nobody to be put to.
  for (auto const queued : {0s, 1s}) {
    auto const task = s.host.start_task(s.host.places().host, "HostSystem.reboot",
                                        {.queued = queued, .questions = {ask}});
    s.host.advance(10s);
    auto const done = info(s.host, task);
    REQUIRE(done.state == vim::TaskInfoState::error);
    CHECK(done.error->fault.type_name() == "SystemError");
  }
}

TEST_CASE("of tasks that wait for something one may end another") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01");
  bool now = false;
  auto const ready = [&](sim::Host&) { return now; };
  esxvi::Ref<vim::Task> second;
  auto const first = s.host.start_task(vm, "VirtualMachine.reconfigure",
                                       {.ready = ready, .finish = [&](sim::Host& host) {
                                          host.cancel_task(second);
                                          return esxvi::Any();
                                        }});
  second =
      s.host.start_task(vm, "VirtualMachine.reconfigure", {.cancelable = true, .ready = ready});
  s.host.advance(1s);
  now = true;
  s.host.advance(1s);
  CHECK(info(s.host, first).state == vim::TaskInfoState::success);
  CHECK(info(s.host, second).state == vim::TaskInfoState::error);
  CHECK(info(s.host, second).error->fault.type_name() == "RequestCanceled");
}

TEST_CASE("what is due and throws is told by check(), and what a hook throws by a fault") {
  sim::Host host(simulated());
  host.after(1s, [] { throw std::runtime_error("oops"); });
  host.advance(2s);
  CHECK(host.check() ==
        std::vector<std::string>{"what was due threw: A general system error occurred: oops"});
  Simulated s;
  Machine const vm = s.host.add_vm("web01");
  s.host.plan_tasks([](auto const&, auto, auto&) { throw std::runtime_error("oops"); });
  auto session = s.open();
  CHECK(fault_of([&] { session.call(vim::PowerOnVM_Task{.self = vm}); }) == "SystemError");
}

TEST_CASE("trouble: lost before, lost after, a fault, each as often as asked for") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01");
  // One that repeats nothing: what the host does is to be seen.
  esxvi::Session session(sim::Transport(s.host), "https://esx01.example.test/sdk",
                         {"root", "esxvi"}, {.log_in_again = false, .retry = {.attempts = 1}});
  auto const power_on = [&] { return session.call(vim::PowerOnVM_Task{.self = vm}); };
  s.host.cause({.method = "PowerOnVM_Task", .drop_before = true});
  CHECK_THROWS_AS(power_on(), esxvi::connection_lost);
  CHECK(s.host.get<vim::VirtualMachine>(vm)->recentTask.empty());
  s.host.cause({.method = "PowerOnVM_Task", .fault = sim::fault(vim::InvalidState())});
  CHECK(fault_of(power_on) == "InvalidState");
  s.host.cause({.method = "PowerOnVM_Task", .drop_after = true});
  CHECK_THROWS_AS(power_on(), esxvi::connection_lost);
  CHECK(s.host.get<vim::VirtualMachine>(vm)->recentTask.size() == 1);
  s.host.cause({.method = "RetrievePropertiesEx", .cut_after = 100});
  CHECK_THROWS_AS(static_cast<void>(session.retrieve<vim::VirtualMachine, "name">()),
                  esxvi::connection_lost);
  s.host.cause({.method = "RetrievePropertiesEx", .delay = 10s});
  auto const begun = s.host.elapsed();
  CHECK(session.retrieve<vim::VirtualMachine, "name">().size() == 1);
  CHECK(s.host.elapsed() - begun == 10s);
  s.host.cause({.method = "RetrievePropertiesEx", .end_session = true});
  CHECK(fault_of([&] { static_cast<void>(session.retrieve<vim::VirtualMachine, "name">()); }) ==
        "NotAuthenticated");
}
