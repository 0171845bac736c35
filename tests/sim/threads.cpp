// Many clients at once, in real time.
#include "sim/fixture.hpp"

#include <esxvi/query.hpp>
#include <esxvi/sim/host_files.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace esxvi::test;
using namespace std::chrono_literals;
namespace sim = esxvi::sim;

namespace {

vim::PropertyFilterSpec name_of(esxvi::Ref<vim::VirtualMachine> const& vm) {
  vim::PropertyFilterSpec s;
  vim::PropertySpec p;
  p.type = "VirtualMachine";
  p.pathSet = {"name"};
  s.propSet.push_back(p);
  vim::ObjectSpec o;
  o.obj = esxvi::Ref<vim::ManagedObject>(vm.type(), vm.value());
  s.objectSet.push_back(o);
  return s;
}

esxvi::Session open(sim::Host& host) {
  return esxvi::Session(sim::Transport(host), "https://esx01/sdk", {"root", "esxvi"});
}

}  // namespace

TEST_CASE("long polls of many clients all see a change, without a thread of the host each") {
  Checked checked;
  sim::Host& host = checked.host;
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("web01");
  constexpr int clients = 20;
  std::atomic<int> waiting{0};
  std::atomic<int> told{0};
  std::vector<std::jthread> all;
  for (int i = 0; i < clients; ++i)
    all.emplace_back([&] {
      auto session = open(host);
      auto const collector = session.opening_content().propertyCollector;
      session.call(
          vim::CreateFilter{.self = collector, .spec = name_of(vm), .partialUpdates = false});
      auto const first = session.call(vim::WaitForUpdatesEx{.self = collector});
      ++waiting;
      auto const second =
          session.call(vim::WaitForUpdatesEx{.self = collector, .version = first->version});
      if (second && second->filterSet[0].objectSet.size() == 1) ++told;
    });
  while (waiting < clients) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(20ms);
  host.modify(vm, [](vim::VirtualMachine& m) { m.config->name = "changed"; });
  all.clear();
  CHECK(told == clients);
  CHECK(host.sessions().empty());
}

TEST_CASE("readers and writers side by side") {
  Checked checked;
  sim::Host& host = checked.host;
  std::vector<esxvi::Ref<vim::VirtualMachine>> machines;
  for (int i = 0; i < 10; ++i) machines.push_back(host.add_vm("vm" + std::to_string(i)));
  std::vector<std::jthread> all;
  for (int i = 0; i < 4; ++i)
    all.emplace_back([&, i] {
      auto session = open(host);
      for (int n = 0; n < 20; ++n) {
        CHECK(session.retrieve<vim::VirtualMachine, "name", "config.annotation">().size() >= 10);
        host.modify(machines[static_cast<std::size_t>(i)],
                    [&](vim::VirtualMachine& m) { m.config->annotation = std::to_string(n); });
        if (n % 10 == 0) host.add_vm("new" + std::to_string(i) + "-" + std::to_string(n));
      }
    });
  all.clear();
  CHECK(host.all<vim::VirtualMachine>().size() == 18);
}

TEST_CASE("tasks end by themselves in real time") {
  Checked checked;
  sim::Host& host = checked.host;
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("web01");
  auto session = open(host);
  auto const task = session.call(vim::PowerOnVM_Task{.self = vm});
  auto const until = std::chrono::steady_clock::now() + 30s;
  while (host.get<vim::VirtualMachine>(vm)->runtime.powerState !=
             vim::VirtualMachinePowerState::poweredOn &&
         std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(10ms);
  CHECK(host.get<vim::VirtualMachine>(vm)->runtime.powerState ==
        vim::VirtualMachinePowerState::poweredOn);
}

TEST_CASE("a wait that its caller gives up leaves nothing behind") {
  Checked checked;
  sim::Host& host = checked.host;
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("web01");
  auto session = open(host);
  auto const collector = session.opening_content().propertyCollector;
  session.call(vim::CreateFilter{.self = collector, .spec = name_of(vm), .partialUpdates = false});
  auto const first = session.call(vim::WaitForUpdatesEx{.self = collector});
  vim::WaitForUpdatesEx const wait{.self = collector, .version = first->version};
  CHECK_THROWS_AS(session.call(wait, {.deadline = 50ms}), esxvi::timeout);
  std::stop_source stop;
  std::jthread const other([&] {
    std::this_thread::sleep_for(50ms);
    stop.request_stop();
  });
  CHECK_THROWS_AS(session.call(wait, {.stop = stop.get_token()}), esxvi::cancelled);
  CHECK(session.retrieve<vim::VirtualMachine, "name">().size() == 1);
}

TEST_CASE("files that are written beside machines that are turned on") {
  Checked checked;
  sim::Host& host = checked.host;
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("web01");
  std::vector<std::jthread> all;
  std::atomic<int> written{0};
  for (int i = 0; i < 2; ++i)
    all.emplace_back([&, i] {
      for (int n = 0; n < 300; ++n) {
        sim::WebRequest request{.method = "PUT",
                                .target = "/folder/file" + std::to_string(i) +
                                          "?dcPath=ha-datacenter&dsName=datastore1",
                                .headers = {{"Authorization", "Basic cm9vdDplc3h2aQ=="}},
                                .body = "content"};
        host.handle(std::move(request),
                    [&](sim::WebResponse const& r) {
                      if (r.status < 300) ++written;
                    },
                    {});
      }
    });
  all.emplace_back([&] {
    auto session = open(host);
    for (int n = 0; n < 30; ++n) {
      vim::VirtualMachineConfigSpec spec;
      spec.annotation = std::to_string(n);
      session.call(vim::ReconfigVM_Task{.self = vm, .spec = spec});
      host.modify(vm, [](vim::VirtualMachine& m) { m.config->annotation = "changed"; });
      static_cast<void>(sim::files_of(host, host.places().datastore)->exists("web01/web01.vmx"));
      host.add_vm("new" + std::to_string(n));
    }
  });
  all.clear();
  CHECK(written == 600);
}

TEST_CASE("a stop is heard while a reply takes its time") {
  Checked checked;
  sim::Host& host = checked.host;
  auto session = open(host);
  host.cause({.method = "CurrentTime", .delay = 10min});
  std::stop_source stop;
  std::jthread const other([&] {
    std::this_thread::sleep_for(50ms);
    stop.request_stop();
  });
  CHECK_THROWS_AS(
      session.call(vim::CurrentTime{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")},
                   {.stop = stop.get_token(), .deadline = 20min}),
      esxvi::cancelled);
}
