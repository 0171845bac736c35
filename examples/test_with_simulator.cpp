// Tests a program of one's own against a simulated ESX host: no server, no socket, no waiting.
#include <esxvi/session.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/implementation.hpp>  // in one source file of the program
#include <esxvi/sim/questions.hpp>
#include <esxvi/task.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <cstdlib>
#include <iostream>

namespace sim = esxvi::sim;
namespace vim = esxvi::types;

// What is tested: turns a machine on and answers what it asks.
void turn_on(esxvi::Session& session, esxvi::Ref<vim::VirtualMachine> const& vm) {
  esxvi::Task<esxvi::AnswerDefault> task{session, vim::PowerOnVM_Task{.self = vm}};
  task.wait([](esxvi::Progress const& p) { std::cout << p.percent << " %\n"; });
  for (auto const& [question, choice, before] : task.answered())
    std::cout << question.text << " -> " << choice.words() << '\n';
}

int main() {
  sim::Host host{{.time = sim::TimeMode::simulated}};
  esxvi::Ref<vim::VirtualMachine> const web = host.add_vm("web01").memory(2048).cpus(2);
  host.ask_on_power_on(web, sim::questions::serial_file_open("[datastore1] web01/serial.out"));

  esxvi::Session session(sim::Transport(host), "https://esx01.example/sdk", {"root", "esxvi"});
  turn_on(session, web);

  bool const on = host.get<vim::VirtualMachine>(web)->runtime.powerState ==
                  vim::VirtualMachinePowerState::poweredOn;
  std::cout << (on ? "it is on\n" : "it is off\n");

  // What goes wrong on purpose: the connection ends after the host has acted.
  host.cause({.method = "PowerOffVM_Task", .drop_after = true});
  esxvi::Task<> off{session, vim::PowerOffVM_Task{.self = web}};
  off.wait();  // the task is found again, and was started once
  auto const requests = host.calls("PowerOffVM_Task");
  std::cout << requests << " request to turn it off\n";
  return on && requests == 1 && host.check().empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}
