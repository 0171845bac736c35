// Power of virtual machines, and the questions that hold it up.
#include "sim/vm_fixture.hpp"

#include <esxvi/types/Task.hpp>
#include <esxvi/types/VirtualCdrom.hpp>
#include <esxvi/types/fault/InvalidState.hpp>

using namespace esxvi::test;
using namespace std::chrono_literals;
namespace questions = esxvi::sim::questions;

namespace {

struct Row {
  char const* method;
  std::string from_off;
  std::string from_on;
  std::string from_suspended;
};

template <class R> void check_rules(Row const& expected, Power goes_to) {
  CAPTURE(expected.method);
  std::pair<Power, std::string> const rows[] = {{Power::poweredOff, expected.from_off},
                                                {Power::poweredOn, expected.from_on},
                                                {Power::suspended, expected.from_suspended}};
  for (auto const& [from, end] : rows) {
    Machines s;
    auto builder = s.host.add_vm("web01");
    if (from == Power::poweredOn) builder.powered_on();
    if (from == Power::suspended) builder.suspended();
    MachineRef const vm = builder;
    CAPTURE(static_cast<int>(from));
    if constexpr (std::is_void_v<typename R::reply_type>) {
      CHECK(fault_of([&] { s.session.call(R{.self = vm}); }) == end);
      s.host.advance(10s);
      if (end.empty()) CHECK(s.power(vm) == goes_to);
    } else {
      CHECK(s.does(R{.self = vm}) == end);
      if (end == "success") CHECK(s.power(vm) == goes_to);
    }
    if (end == "InvalidPowerState") CHECK(s.power(vm) == from);
  }
}

/// Takes away what is in the drive.
vim::VirtualMachineConfigSpec without_cd(Machines& s, MachineRef const& vm) {
  vim::VirtualMachineConfigSpec spec;
  vim::VirtualDeviceConfigSpec change;
  change.operation = vim::VirtualDeviceConfigSpecOperation::edit;
  for (auto const& d : s.at(vm)->config->hardware.device)
    if (d.is<vim::VirtualCdrom>()) change.device = d;
  change.device->connectable->connected = false;
  spec.deviceChange.emplace_back(change);
  return spec;
}

}  // namespace

TEST_CASE("each power operation is allowed in some states and refused in the others") {
  std::string const ok = "success";
  std::string const no = "InvalidPowerState";
  check_rules<vim::PowerOnVM_Task>({"PowerOnVM_Task", ok, no, ok}, Power::poweredOn);
  check_rules<vim::PowerOffVM_Task>({"PowerOffVM_Task", no, ok, ok}, Power::poweredOff);
  check_rules<vim::SuspendVM_Task>({"SuspendVM_Task", no, ok, no}, Power::suspended);
  check_rules<vim::ResetVM_Task>({"ResetVM_Task", no, ok, no}, Power::poweredOn);
  check_rules<vim::ShutdownGuest>({"ShutdownGuest", no, "", no}, Power::poweredOff);
  check_rules<vim::RebootGuest>({"RebootGuest", no, "", no}, Power::poweredOn);
  check_rules<vim::StandbyGuest>({"StandbyGuest", no, "", no}, Power::suspended);
}

TEST_CASE("a template is not powered on until it is a machine again") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  s.session.call(vim::MarkAsTemplate{.self = vm});
  CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "NotSupported");
  CHECK(s.power(vm) == Power::poweredOff);
  s.session.call(vim::MarkAsVirtualMachine{.self = vm, .pool = s.host.places().pool});
  CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "success");
}

TEST_CASE("without tools a guest cannot be told anything") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").powered_on();
  s.host.modify(
      vm, [](vim::VirtualMachine& m) { m.guest->toolsRunningStatus = "guestToolsNotRunning"; });
  CHECK(fault_of([&] { s.session.call(vim::ShutdownGuest{.self = vm}); }) == "ToolsUnavailable");
  CHECK(s.power(vm) == Power::poweredOn);
}

TEST_CASE("power-on cannot be cancelled, and nothing else begins meanwhile") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  auto const task = s.session.call(vim::PowerOnVM_Task{.self = vm});
  CHECK(fault_of([&] { s.session.call(vim::CancelTask{.self = task}); }) == "NotSupported");
  CHECK(s.does(vim::PowerOffVM_Task{.self = vm}) == "TaskInProgress");
  CHECK(s.end_of(task) == "success");
}

TEST_CASE("a serial port asks when its file exists, and the answer lets the task go on") {
  Machines s;
  MachineRef const vm = s.host.add_vm("serial01").serial_file("[datastore1] serial01/out.txt");
  auto const task = s.session.call(vim::PowerOnVM_Task{.self = vm});
  CHECK(s.end_of(task) == "running");
  REQUIRE(s.question(vm) == "msg.serial.file.open");
  auto const asked = *s.at(vm)->runtime.question;
  CHECK(asked.choice.choiceInfo.size() == 3);
  CHECK(asked.choice.defaultIndex == 0);
  CHECK(asked.text.starts_with("msg.serial.file.open:Serial port output file \"[datastore1]"));
  CHECK(fault_of([&] {
          s.session.call(vim::AnswerVM{.self = vm, .questionId = "77", .answerChoice = "0"});
        }) == "InvalidArgument");
  CHECK(fault_of([&] { s.answer(vm, "9"); }) == "InvalidArgument");
  CHECK(s.question(vm) == "msg.serial.file.open");
  s.answer(vm, "0");
  CHECK(s.end_of(task) == "success");
  CHECK(s.power(vm) == Power::poweredOn);
  // Somebody was faster: the question is not there any more.
  CHECK(fault_of([&] {
          s.session.call(vim::AnswerVM{.self = vm, .questionId = asked.id, .answerChoice = "0"});
        }) == "InvalidArgument");
}

TEST_CASE("an answer may end the task") {
  Machines s;
  MachineRef const vm = s.host.add_vm("serial01").serial_file("[datastore1] serial01/out.txt");
  auto const task = s.session.call(vim::PowerOnVM_Task{.self = vm});
  s.run(task);
  s.answer(vm, "2");
  CHECK(s.end_of(task) == "GenericVmConfigFault");
  CHECK(s.power(vm) == Power::poweredOff);
}

TEST_CASE("several questions follow one another, each with an id of its own") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  s.host.ask_on_power_on(vm, questions::no_device("sata0:1"));
  s.host.ask_on_power_on(vm, questions::duplicate_disk_uuid());
  s.host.ask_on_power_on(vm, questions::disk_full(vm, "web01.vmdk", 2));
  auto const task = s.session.call(vim::PowerOnVM_Task{.self = vm});
  s.run(task);
  std::vector<std::string> seen;
  std::set<std::string> ids;
  for (int i = 0; i < 10 && !s.question(vm).empty(); ++i) {
    seen.push_back(s.question(vm));
    ids.insert(s.at(vm)->runtime.question->id);
    s.answer(vm, "0");
  }
  CHECK(seen == std::vector<std::string>{"msg.noAutodetectBackingQuestion",
                                         "msg.disk.duplicateUUID", "msg.hbacommon.outofspace",
                                         "msg.hbacommon.outofspace", "msg.hbacommon.outofspace"});
  CHECK(ids.size() == 5);
  CHECK(s.end_of(task) == "success");
}

TEST_CASE("each power-on is asked as often as the first one") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  s.host.ask_on_power_on(vm, questions::disk_full(vm, "web01.vmdk", 2));
  for (int round = 0; round < 3; ++round) {
    CAPTURE(round);
    auto const task = s.session.call(vim::PowerOnVM_Task{.self = vm});
    int asked = 0;
    for (; asked < 10 && !s.question(vm).empty(); ++asked) s.answer(vm, "0");
    CHECK(asked == 3);
    CHECK(s.end_of(task) == "success");
    CHECK(s.does(vim::PowerOffVM_Task{.self = vm}) == "success");
  }
}

TEST_CASE("a running machine asks without a task, and others are told so") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").powered_on();
  s.host.ask(vm, questions::disk_full(vm, "web01.vmdk", 1));
  CHECK(s.does(vim::SuspendVM_Task{.self = vm}) == "QuestionPending");
  s.answer(vm, "0");
  CHECK(s.question(vm) == "msg.hbacommon.outofspace");
  s.answer(vm, "1");
  CHECK(s.question(vm).empty());
  CHECK(s.power(vm) == Power::poweredOff);
}

TEST_CASE("a machine that asks already asks the next thing when it has its answer") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").powered_on();
  s.host.ask(vm, questions::no_device("sata0:1"));
  s.host.ask(vm, questions::disk_full(vm, "web01.vmdk", 1));
  s.host.ask(vm, questions::duplicate_disk_uuid());
  CHECK(s.host.check().empty());
  std::vector<std::string> seen;
  for (int i = 0; i < 10 && !s.question(vm).empty(); ++i) {
    seen.push_back(s.question(vm));
    s.answer(vm, "0");
  }
  // What is to be tried again comes last.
  CHECK(seen == std::vector<std::string>{"msg.noAutodetectBackingQuestion",
                                         "msg.hbacommon.outofspace", "msg.disk.duplicateUUID",
                                         "msg.hbacommon.outofspace"});
}

TEST_CASE("a task that ends takes its question along, and the next one is asked") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").powered_on();
  auto const task =
      s.host.start_task(vm, "VirtualMachine.clone", {.questions = {questions::no_device("a")}});
  auto const other =
      s.host.start_task(vm, "VirtualMachine.clone", {.questions = {questions::no_device("b")}});
  s.host.ask(vm, questions::duplicate_disk_uuid());
  s.host.cancel_task(other);
  s.host.cancel_task(task);
  CHECK(s.question(vm) == "msg.disk.duplicateUUID");
}

TEST_CASE("check() tells of a question that clients cannot see") {
  esxvi::sim::Host host(simulated());
  MachineRef const vm = host.add_vm("web01").powered_on();
  host.ask(vm, questions::duplicate_disk_uuid());
  host.modify(vm, [](vim::VirtualMachine& m) { m.runtime.question.reset(); });
  CHECK(host.check().size() == 1);
}

TEST_CASE("a question may have no choices, or no default") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  s.host.ask_on_power_on(vm, questions::without_choices());
  s.run(s.session.call(vim::PowerOnVM_Task{.self = vm}));
  CHECK(s.at(vm)->runtime.question->choice.choiceInfo.empty());
  CHECK_FALSE(s.at(vm)->runtime.question->choice.defaultIndex.has_value());
  CHECK(fault_of([&] { s.answer(vm, "0"); }) == "InvalidArgument");
}

TEST_CASE("answers can be given in advance") {
  for (auto const& [key, value] :
       {std::pair("answer.msg.serial.file.open", "append"), std::pair("msg.autoAnswer", "TRUE")}) {
    Machines s;
    MachineRef const vm = s.host.add_vm("serial01").serial_file("[datastore1] serial01/out.txt");
    vim::VirtualMachineConfigSpec spec;
    spec.extraConfig.push_back(option(key, value));
    CHECK(s.reconfigure(vm, spec) == "success");
    CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "success");
  }
}

TEST_CASE("a copied machine asks, and gets a new identity when it was copied") {
  for (std::string const choice : {"1", "2"}) {
    Machines s;
    MachineRef const source = s.host.add_vm("web01");
    auto const text = s.file("web01/web01.vmx");
    REQUIRE_FALSE(text.empty());
    s.host_files()->make_directory("copy");
    s.host_files()->write("copy/copy.vmx", text);
    auto const ended =
        s.run(s.session.call(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                                  .path = "[datastore1] copy/copy.vmx",
                                                  .name = std::string("copy"),
                                                  .asTemplate = false,
                                                  .pool = s.host.places().pool}));
    REQUIRE(ended->info.state == vim::TaskInfoState::success);
    MachineRef const vm(ended->info.result.as<esxvi::untyped_ref>()->value());
    CHECK(s.at(vm)->config->uuid == s.at(source)->config->uuid);
    auto const task = s.session.call(vim::PowerOnVM_Task{.self = vm});
    s.run(task);
    REQUIRE(s.question(vm) == "msg.uuid.altered");
    s.answer(vm, choice);
    CHECK(s.end_of(task) == "success");
    CHECK((s.at(vm)->config->uuid == s.at(source)->config->uuid) == (choice == "1"));
    // It is known now.
    CHECK(s.does(vim::PowerOffVM_Task{.self = vm}) == "success");
    CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "success");
  }
}

TEST_CASE("a locked CD-ROM asks when it is changed") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").cdrom("[datastore1] iso/debian.iso").powered_on();
  questions::lock_cdrom(s.host, vm);
  auto const spec = without_cd(s, vm);
  auto const connected = [&] {
    for (auto const& d : s.at(vm)->config->hardware.device)
      if (d.is<vim::VirtualCdrom>()) return d->connectable->connected;
    return false;
  };
  auto task = s.session.call(vim::ReconfigVM_Task{.self = vm, .spec = spec});
  CHECK(s.end_of(task) == "running");
  REQUIRE(s.question(vm) == "msg.cdromdisconnect.locked");
  s.answer(vm, "1");
  CHECK(s.end_of(task) == "GenericVmConfigFault");
  CHECK(connected());
  task = s.session.call(vim::ReconfigVM_Task{.self = vm, .spec = spec});
  s.run(task);
  s.answer(vm, "0");
  CHECK(s.end_of(task) == "success");
  CHECK_FALSE(connected());
}

TEST_CASE("while a machine asks about its CD-ROM nobody unmounts the tools' installer") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01").cdrom("[datastore1] iso/debian.iso").powered_on();
  questions::lock_cdrom(s.host, vm);
  auto const task = s.session.call(vim::ReconfigVM_Task{.self = vm, .spec = without_cd(s, vm)});
  REQUIRE(s.end_of(task) == "running");
  CHECK(fault_of([&] { s.session.call(vim::UnmountToolsInstaller{.self = vm}); }) ==
        "TaskInProgress");
  s.answer(vm, "0");
  CHECK(s.end_of(task) == "success");
}

TEST_CASE("tasks fail, queue and last as a test wants") {
  Machines s;
  MachineRef const vm = s.host.add_vm("web01");
  enum { fails, queues, lasts } mode = fails;
  s.host.plan_tasks(
      [&](esxvi::untyped_ref const&, std::string_view operation, esxvi::sim::TaskPlan& plan) {
        if (operation != "VirtualMachine.powerOn") return;
        if (mode == fails) plan.failure = esxvi::sim::fault(vim::InvalidState(), "no");
        if (mode == queues) plan.queued = 1h;
        if (mode == lasts) plan.endless = true, plan.cancelable = true;
      });
  CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "InvalidState");
  mode = lasts;
  auto const task = s.session.call(vim::PowerOnVM_Task{.self = vm});
  CHECK(s.end_of(task) == "running");
  s.host.cancel_task(task);
  CHECK(s.end_of(task) == "RequestCanceled");
  mode = queues;
  CHECK(s.does(vim::PowerOnVM_Task{.self = vm}) == "queued");
}
