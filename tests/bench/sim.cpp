// What the simulated host costs: building, reading, changing, waiting. Prints name, value, unit.
#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/task.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <string>

namespace sim = esxvi::sim;
namespace vim = esxvi::types;

namespace {

double cpu_seconds(clockid_t of = CLOCK_PROCESS_CPUTIME_ID) {
  timespec t{};
  clock_gettime(of, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double resident_mib() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * 4096 / 1048576;
}

void print(char const* name, double value, char const* unit) {
  std::printf("%s\t%.6g\t%s\n", name, value, unit);
}

/// The same with all that a Task does: a look, a collector, a filter, polls. The look is at the
/// machine's recent tasks, which the host forgets after ten minutes.
void run_tasks(char const* name, std::chrono::minutes between) {
  auto const host = std::make_shared<sim::Host>(sim::HostOptions{.time = sim::TimeMode::simulated});
  esxvi::Ref<vim::VirtualMachine> const vm = host->add_vm("one");
  esxvi::Session session(sim::Transport(host), "https://esx01/sdk", {"root", "esxvi"});
  constexpr int cycles = 200;
  double const begun = cpu_seconds();
  for (int i = 0; i < cycles; ++i) {
    host->advance(between);
    esxvi::run_task(session, vim::PowerOnVM_Task{.self = vm});
    esxvi::run_task(session, vim::PowerOffVM_Task{.self = vm});
  }
  print(name, (cpu_seconds() - begun) / (2 * cycles) * 1e6, "us");
}

/// What it costs to wait for a task of 10 seconds, which tells its progress once a second.
void wait_ten_seconds() {
  auto const host = std::make_shared<sim::Host>();
  esxvi::Ref<vim::VirtualMachine> const vm = host->add_vm("slow");
  host->plan_tasks([](auto const&, auto, sim::TaskPlan& plan) {
    plan.running = std::chrono::seconds(10);
    plan.progress = {10, 20, 30, 40, 50, 60, 70, 80, 90};
  });
  esxvi::Session session(sim::Transport(host), "https://esx01/sdk", {"root", "esxvi"});
  esxvi::Task task{session, vim::PowerOnVM_Task{.self = vm}};
  double const begun = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
  double const all = cpu_seconds();
  task.wait([](esxvi::Progress const&) {});
  print("task.wait_10s_client", (cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - begun) * 1e3, "ms");
  print("task.wait_10s_with_host", (cpu_seconds() - all) * 1e3, "ms");
}

}  // namespace

int main() {
  constexpr int machines = 10'000;
  double const empty = resident_mib();
  double begun = cpu_seconds();
  auto const host = std::make_shared<sim::Host>(sim::HostOptions{.time = sim::TimeMode::simulated});
  print("sim.empty_host", (cpu_seconds() - begun) * 1e3, "ms");
  begun = cpu_seconds();
  for (int i = 0; i < machines; ++i) host->add_vm("vm" + std::to_string(i)).memory(2048).cpus(2);
  print("sim.build_10000_machines", cpu_seconds() - begun, "s");
  print("sim.memory_10000_machines", resident_mib() - empty, "MiB");

  esxvi::Session session(sim::Transport(host), "https://esx01/sdk", {"root", "esxvi"});
  begun = cpu_seconds();
  std::size_t reads = 0;
  for (int i = 0; i < 10; ++i)
    reads +=
        session
            .retrieve<vim::VirtualMachine, "name", "runtime.powerState", "config.hardware.memoryMB",
                      "summary.quickStats.overallCpuUsage">({.page_size = 1000})
            .size() *
        3;
  print("sim.property_reads", static_cast<double>(reads) / (cpu_seconds() - begun), "1/s");
  begun = cpu_seconds();
  esxvi::Ref<vim::VirtualMachine> const one = host->add_vm("one");
  constexpr int single = 2'000;
  for (int i = 0; i < single; ++i)
    static_cast<void>(session.retrieve<vim::VirtualMachine, "name">({.objects = {one}}));
  print("sim.single_reads", single / (cpu_seconds() - begun), "1/s");

  // A filter over all machines: a change of one must not cost a look at all.
  auto const collector = session.opening_content().propertyCollector;
  vim::PropertyFilterSpec spec;
  vim::PropertySpec properties;
  properties.type = "VirtualMachine";
  properties.pathSet = {"name", "runtime.powerState"};
  spec.propSet.push_back(properties);
  vim::ObjectSpec root;
  auto const folder = host->places().vm_folder;
  root.obj = esxvi::Ref<vim::ManagedObject>(folder.type(), folder.value());
  vim::TraversalSpec children;
  children.type = "Folder";
  children.path = "childEntity";
  root.selectSet.emplace_back(children);
  spec.objectSet.push_back(root);
  session.call(vim::CreateFilter{.self = collector, .spec = spec, .partialUpdates = false});
  begun = cpu_seconds();
  auto set = session.call(vim::WaitForUpdatesEx{.self = collector});
  print("sim.first_update_10000", (cpu_seconds() - begun) * 1e3, "ms");
  constexpr int changes = 2'000;
  begun = cpu_seconds();
  for (int i = 0; i < changes; ++i) {
    host->modify(one, [&](vim::VirtualMachine& m) { m.config->name = std::to_string(i); });
    set = session.call(vim::WaitForUpdatesEx{.self = collector, .version = set->version});
  }
  print("sim.update_round_trip", (cpu_seconds() - begun) / changes * 1e6, "us");

  constexpr int cycles = 500;
  begun = cpu_seconds();
  for (int i = 0; i < cycles; ++i) {
    session.call(vim::PowerOnVM_Task{.self = one});
    host->advance(std::chrono::seconds(1));
    session.call(vim::PowerOffVM_Task{.self = one});
    host->advance(std::chrono::seconds(1));
  }
  print("sim.power_task_round_trip", (cpu_seconds() - begun) / (2 * cycles) * 1e6, "us");
  run_tasks("task.power_run_task", std::chrono::minutes(11));
  run_tasks("task.power_run_task_400_recent", std::chrono::minutes(0));
  wait_ten_seconds();
  begun = cpu_seconds();
  auto const problems = host->check();
  print("sim.check_10000", (cpu_seconds() - begun) * 1e3, "ms");
  for (auto const& p : problems) std::fprintf(stderr, "%s\n", p.c_str());
  return problems.empty() ? 0 : 1;
}
