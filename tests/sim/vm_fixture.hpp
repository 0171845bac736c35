// Virtual machines of a simulated host, and what tests do with them.
#pragma once

#include "sim/fixture.hpp"

#include <esxvi/sim/host_files.hpp>
#include <esxvi/sim/questions.hpp>
#include <esxvi/types/Folder.hpp>
#include <esxvi/types/OptionValue.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <memory>
#include <set>
#include <string>
#include <utility>

namespace esxvi::test {

using Power = vim::VirtualMachinePowerState;
using MachineRef = Ref<vim::VirtualMachine>;

struct Machines : Simulated {
  using Simulated::Simulated;
  Session session = open();

  /// Lets time pass until the task has ended or waits for an answer.
  std::shared_ptr<vim::Task const> run(Ref<vim::Task> const& task) {
    using namespace std::chrono_literals;
    for (int i = 0; i < 100; ++i) {
      auto const now = host.get<vim::Task>(task);
      if (now->info.state == vim::TaskInfoState::success ||
          now->info.state == vim::TaskInfoState::error)
        return now;
      host.advance(100ms);
    }
    return host.get<vim::Task>(task);
  }
  /// Name of the fault that the task ends in; "success", or the state that it stays in.
  std::string end_of(Ref<vim::Task> const& task) {
    auto const ended = run(task);
    if (ended->info.error) return std::string(ended->info.error->fault.type_name());
    return std::string(ended->info.state.literal());
  }
  template <class R> std::string does(R request) {
    try {
      return end_of(session.call(std::move(request)));
    } catch (fault const& e) {
      return "refused: " + std::string(e.type_name());
    }
  }
  std::shared_ptr<vim::VirtualMachine const> at(MachineRef const& vm) {
    return host.get<vim::VirtualMachine>(vm);
  }
  Power power(MachineRef const& vm) { return at(vm)->runtime.powerState.value(); }
  std::string reconfigure(MachineRef const& vm, vim::VirtualMachineConfigSpec spec) {
    return does(vim::ReconfigVM_Task{.self = vm, .spec = std::move(spec)});
  }
  std::string file(std::string const& path) {
    auto const content = host_files()->read(path);
    return content ? content->text() : std::string();
  }
  std::shared_ptr<sim::DatastoreFiles> host_files() {
    return sim::files_of(host, host.places().datastore);
  }
  /// Message of the question that is pending; empty: none.
  std::string question(MachineRef const& vm) {
    auto const& q = at(vm)->runtime.question;
    return q ? q->message.at(0).id : std::string();
  }
  void answer(MachineRef const& vm, std::string choice) {
    session.call(vim::AnswerVM{
        .self = vm, .questionId = at(vm)->runtime.question->id, .answerChoice = choice});
  }
};

inline Poly<vim::OptionValue> option(std::string key, std::string value) {
  vim::OptionValue o;
  o.key = std::move(key);
  o.value = std::move(value);
  return o;
}

template <class D> D const* device(vim::VirtualMachine const& vm, int number = 0) {
  for (auto const& d : vm.config->hardware.device)
    if (auto const* found = d.as<D>(); found != nullptr && number-- == 0) return found;
  return nullptr;
}

inline vim::VirtualMachineConfigSpec with_device(Poly<vim::VirtualDevice> d, bool create = false) {
  vim::VirtualDeviceConfigSpec change;
  change.operation = vim::VirtualDeviceConfigSpecOperation::add;
  if (create) change.fileOperation = vim::VirtualDeviceConfigSpecFileOperation::create;
  change.device = std::move(d);
  vim::VirtualMachineConfigSpec spec;
  spec.deviceChange.emplace_back(std::move(change));
  return spec;
}

inline vim::VirtualDisk new_disk(std::int64_t gigabytes, std::int32_t controller = 1000) {
  vim::VirtualDisk disk;
  disk.key = -1;
  disk.controllerKey = controller;
  disk.capacityInKB = gigabytes << 20;
  vim::VirtualDiskFlatVer2BackingInfo backing;
  backing.thinProvisioned = true;
  disk.backing = std::move(backing);
  return disk;
}

}  // namespace esxvi::test
