// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Power of virtual machines. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/events.hpp>
#include <esxvi/sim/detail/machines.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ClusterPowerOnVmResult.hpp>
#include <esxvi/types/Datacenter.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/fault/InvalidState.hpp>
#include <esxvi/types/fault/NotSupported.hpp>
#include <esxvi/types/fault/TaskInProgress.hpp>
#include <esxvi/types/fault/ToolsUnavailable.hpp>

namespace esxvi::sim {

namespace detail {

namespace {

using Power = types::VirtualMachinePowerState;

/// What a method makes of the power of a machine.
struct PowerMethod {
  Operation task;  ///< of the guest's own: there is none, it does it after the reply
  Power to;
  bool restarts = false;
};

// clang-format off
constexpr PowerMethod power_on{{"VirtualMachine.powerOn", when_off | when_suspended, Power::poweredOn, 500, true, false, true}, Power::poweredOn};
constexpr PowerMethod power_off{{"VirtualMachine.powerOff", when_on | when_suspended, Power::poweredOff, 200}, Power::poweredOff};
constexpr PowerMethod suspend{{"VirtualMachine.suspend", when_on, Power::suspended, 400, true}, Power::suspended};
constexpr PowerMethod reset{{"VirtualMachine.reset", when_on, Power::poweredOn, 200}, Power::poweredOn, true};
constexpr PowerMethod shut_down_guest{{"VirtualMachine.shutdownGuest", when_on, Power::poweredOff, 3000}, Power::poweredOff};
constexpr PowerMethod reboot_guest{{"VirtualMachine.rebootGuest", when_on, Power::poweredOn, 3000}, Power::poweredOn, true};
constexpr PowerMethod stand_by_guest{{"VirtualMachine.standbyGuest", when_on, Power::suspended, 3000}, Power::suspended};
// clang-format on

inline std::string_view words_of(Power state) {
  switch (state) {
    case Power::poweredOn:
      return "Powered on";
    case Power::suspended:
      return "Suspended";
    default:
      return "Powered off";
  }
}

inline unsigned bit_of(Power state) {
  switch (state) {
    case Power::poweredOn:
      return when_on;
    case Power::suspended:
      return when_suspended;
    default:
      return when_off;
  }
}

inline void carry_out(Host& host, Ref<types::VirtualMachine> const& vm, PowerMethod const& what) {
  host.modify(vm, [&](types::VirtualMachine& m) {
    if (what.restarts) m.runtime.bootTime.reset();
    set_power(host, m, what.to);
  });
}

/// A task, or a word to the guest, which does it a little later if nothing came in between.
template <class R> void serve_power(Host& host, PowerMethod const& what) {
  host.on<R>([&what](Call& call, R const& r) {
    Host& h = call.host();
    Ref<types::VirtualMachine> const vm = *r.self;
    auto const effect = [vm, &what](Host& at) {
      carry_out(at, vm, what);
      return Any();
    };
    if constexpr (!std::is_void_v<typename R::reply_type>) {
      auto questions = &what == &power_on ? power_on_questions(h, vm) : std::vector<Question>();
      return start(h, vm, what.task, call.user(), effect, std::move(questions));
    } else {
      if (auto why = refusal(h, vm, what.task)) throw *std::move(why);
      auto const machine = h.get<types::VirtualMachine>(vm);
      if (!machine->guest || machine->guest->toolsRunningStatus != "guestToolsRunning")
        throw fault(types::ToolsUnavailable(),
                    "Cannot complete operation because VMware Tools is not running in this "
                    "virtual machine.");
      record(h, {what.task.name, vm, machine, call.user()});
      h.after(std::chrono::milliseconds(what.task.milliseconds), [&h, vm, &what] {
        if (!h.exists(vm) || refusal(h, vm, what.task)) return;
        carry_out(h, vm, what);
        if (what.to == Power::poweredOff) record(h, {power_off.task.name, vm, {}, {}});
      });
    }
  });
}

}  // namespace

Failure wrong_power(Power is, std::optional<Power> wanted) {
  types::InvalidPowerState why;
  why.existingState = is;
  if (wanted) why.requestedState = *wanted;
  return fault(std::move(why),
               "The attempted operation cannot be performed in the current state (" +
                   std::string(words_of(is)) + ").");
}

std::optional<Failure> refusal(Host& host, Ref<types::VirtualMachine> const& vm,
                               Operation const& what) {
  auto const machine = host.get<types::VirtualMachine>(vm);
  // A host does one thing at a time with a machine.
  for (auto const& task : machine->recentTask)
    if (auto const t = host.find<types::Task>(task);
        t && t->info.state == types::TaskInfoState::running) {
      types::TaskInProgress why;
      why.task = task;
      return fault(std::move(why));
    }
  if (machine->runtime.question) {
    types::QuestionPending why;
    why.text = machine->runtime.question->text;
    std::string message = why.text;
    return fault(std::move(why), std::move(message));
  }
  Power const is = machine->runtime.powerState.value();
  if ((bit_of(is) & what.allowed) == 0) return wrong_power(is, what.wanted);
  if (what.needs_host && machine->config && machine->config->template_)
    return fault(types::NotSupported(), "A template cannot be powered on.");
  auto const on = machine->runtime.host ? host.find<types::HostSystem>(*machine->runtime.host)
                                        : std::shared_ptr<types::HostSystem const>();
  if (what.needs_host && on && on->runtime.inMaintenanceMode) {
    types::InvalidHostState why;
    why.host = machine->runtime.host;
    return fault(std::move(why),
                 "The operation is not allowed in the current state of the host: it is in "
                 "maintenance mode.");
  }
  return std::nullopt;
}

TaskPlan plan_of(Operation const& what, std::function<Any(Host&)> effect) {
  TaskPlan plan;
  plan.running = std::chrono::milliseconds(what.milliseconds);
  if (what.shows_progress) plan.progress = {17, 50, 95};
  plan.cancelable = what.cancelable;
  plan.finish = std::move(effect);
  return plan;
}

Ref<types::Task> start(Host& host, Ref<types::VirtualMachine> const& vm, Operation const& what,
                       std::string_view user, std::function<Any(Host&)> effect,
                       std::vector<Question> questions) {
  TaskPlan plan = plan_of(what, std::move(effect));
  plan.questions = std::move(questions);
  plan.begin = [vm, what](Host& h) { return refusal(h, vm, what); };
  return host.start_task(vm, what.name, std::move(plan), user);
}

}  // namespace detail

void add_power_methods(Host& host) {
  using namespace types;
  using namespace detail;
  serve_power<PowerOnVM_Task>(host, power_on);
  serve_power<PowerOffVM_Task>(host, power_off);
  serve_power<SuspendVM_Task>(host, suspend);
  serve_power<ResetVM_Task>(host, reset);
  serve_power<ShutdownGuest>(host, shut_down_guest);
  serve_power<RebootGuest>(host, reboot_guest);
  serve_power<StandbyGuest>(host, stand_by_guest);
  // Nothing is behind the objects that could be read again.
  host.on<Reload>([](Call&, Reload const&) {});
  host.on<TerminateVM>([](Call& call, TerminateVM const& r) {
    Host& h = call.host();
    auto const before = h.get<VirtualMachine>(*r.self);
    if (before->runtime.powerState == Power::poweredOff)
      throw wrong_power(Power::poweredOff, Power::poweredOn);
    carry_out(h, *r.self, power_off);
    record(h, {power_off.task.name, *r.self, before, call.user()});
  });
  host.on<PowerOnMultiVM_Task>([](Call& call, PowerOnMultiVM_Task const& r) {
    for (auto const& vm : *r.vm) call.require("VirtualMachine.Interact.PowerOn", vm);
    TaskPlan plan;
    // Each machine has a task of its own, which is in the result.
    plan.finish = [all = *r.vm, user = call.user()](Host& h) -> Any {
      ClusterPowerOnVmResult out;
      for (auto const& vm : all) {
        ClusterAttemptedVmInfo one;
        one.vm = vm;
        one.task = start(
            h, vm, power_on.task, user,
            [vm](Host& at) {
              carry_out(at, vm, power_on);
              return Any();
            },
            power_on_questions(h, vm));
        out.attempted.push_back(std::move(one));
      }
      return out;
    };
    return call.host().start_task(*r.self, "Datacenter.powerOnVm", std::move(plan), call.user());
  });
}

}  // namespace esxvi::sim
