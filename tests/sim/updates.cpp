// What changed since a client last asked.
#include "sim/fixture.hpp"

#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/PropertyFilter.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/InvalidCollectorVersion.hpp>

#include <algorithm>
#include <stdexcept>
#include <thread>

using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {

using Machine = esxvi::Ref<vim::VirtualMachine>;

vim::PropertyFilterSpec machines_below(esxvi::Ref<vim::Folder> const& folder,
                                       std::vector<std::string> paths) {
  vim::PropertyFilterSpec s;
  vim::PropertySpec p;
  p.type = "VirtualMachine";
  p.pathSet = std::move(paths);
  s.propSet.push_back(std::move(p));
  vim::ObjectSpec o;
  o.obj = esxvi::Ref<vim::ManagedObject>(folder.type(), folder.value());
  o.skip = true;
  vim::TraversalSpec step;
  step.name = "down";
  step.type = "Folder";
  step.path = "childEntity";
  vim::SelectionSpec again;
  again.name = "down";
  step.selectSet.emplace_back(again);
  o.selectSet.emplace_back(step);
  s.objectSet.push_back(std::move(o));
  return s;
}

/// A session that watches the machines of the host.
struct Watch : Simulated {
  esxvi::Session session = open();
  esxvi::Ref<vim::PropertyCollector> collector = session.opening_content().propertyCollector;
  std::string version{};

  esxvi::Ref<vim::PropertyFilter> watch(std::vector<std::string> paths, bool partial = false) {
    return session.call(vim::CreateFilter{.self = collector,
                                          .spec = machines_below(host.places().vm_folder, paths),
                                          .partialUpdates = partial});
  }
  /// The next updates of the only filter; nothing after `seconds`.
  std::vector<vim::ObjectUpdate> next(int seconds = 0, int most = 0) {
    vim::WaitOptions options;
    options.maxWaitSeconds = seconds;
    if (most > 0) options.maxObjectUpdates = most;
    auto const set = session.call(
        vim::WaitForUpdatesEx{.self = collector, .version = version, .options = options});
    if (!set) return {};
    version = set->version;
    truncated = set->truncated.value_or(false);
    REQUIRE(set->filterSet.size() == 1);
    return set->filterSet[0].objectSet;
  }
  bool truncated = false;
};

}  // namespace

TEST_CASE("first everything enters, then nothing until something changes") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  w.watch({"name", "runtime.powerState"});
  auto const entered = w.next();
  REQUIRE(entered.size() == 1);
  CHECK(entered[0].kind == vim::ObjectUpdateKind::enter);
  CHECK(entered[0].obj.value() == vm.value());
  CHECK(entered[0].changeSet.size() == 2);
  CHECK(w.next().empty());

  w.host.modify(vm, [](vim::VirtualMachine& m) { m.config->name = "web02"; });
  auto const changed = w.next();
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].kind == vim::ObjectUpdateKind::modify);
  REQUIRE(changed[0].changeSet.size() == 1);
  CHECK(changed[0].changeSet[0].name == "name");
  CHECK(changed[0].changeSet[0].op == vim::PropertyChangeOp::assign);
  CHECK(*changed[0].changeSet[0].val.as<std::string>() == "web02");
}

TEST_CASE("a change that no wanted property shows is no update") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  w.watch({"name"});
  w.next();
  w.host.modify(vm, [](vim::VirtualMachine& m) { m.config->annotation = "changed"; });
  CHECK(w.next().empty());
}

TEST_CASE("two changes between two looks are one, and one that was taken back is none") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  w.watch({"name"});
  w.next();
  auto const rename = [&](char const* name) {
    w.host.modify(vm, [&](vim::VirtualMachine& m) { m.config->name = name; });
  };
  rename("a");
  rename("b");
  auto const changed = w.next();
  REQUIRE(changed.size() == 1);
  CHECK(*changed[0].changeSet[0].val.as<std::string>() == "b");
  rename("c");
  rename("b");
  CHECK(w.next().empty());
}

TEST_CASE("objects enter and leave with the folder that holds them") {
  Watch w;
  Machine const first = w.host.add_vm("first");
  w.watch({"name"});
  w.next();
  Machine const second = w.host.add_vm("second");
  auto const entered = w.next();
  REQUIRE(entered.size() == 1);
  CHECK(entered[0].kind == vim::ObjectUpdateKind::enter);
  CHECK(entered[0].obj.value() == second.value());

  w.host.modify(w.host.places().vm_folder, [&](vim::Folder& f) {
    std::erase_if(f.childEntity, [&](auto const& c) { return c.value() == first.value(); });
  });
  auto const left = w.next();
  REQUIRE(left.size() == 1);
  CHECK(left[0].kind == vim::ObjectUpdateKind::leave);
  CHECK(left[0].obj.value() == first.value());
  w.host.modify(w.host.places().vm_folder,
                [&](vim::Folder& f) { f.childEntity.emplace_back(first.type(), first.value()); });
  CHECK(w.next().size() == 1);
}

TEST_CASE("a property that is unset is removed, one inside of it indirectly") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  w.host.modify(vm, [](vim::VirtualMachine& m) { m.snapshot.emplace(); });
  w.watch({"snapshot", "runtime.bootTime", "config.annotation", "config.hardware.memoryMB"});
  w.next();
  w.host.modify(vm, [](vim::VirtualMachine& m) { m.snapshot.reset(); });
  auto changed = w.next();
  REQUIRE(changed.size() == 1);
  REQUIRE(changed[0].changeSet.size() == 1);
  CHECK(changed[0].changeSet[0].name == "snapshot");
  CHECK(changed[0].changeSet[0].op == vim::PropertyChangeOp::remove);
  CHECK_FALSE(changed[0].changeSet[0].val.has_value());

  auto const kept = w.host.get<vim::VirtualMachine>(vm)->config;
  w.host.modify(vm, [](vim::VirtualMachine& m) { m.config.reset(); });
  changed = w.next();
  REQUIRE(changed.size() == 1);
  REQUIRE(changed[0].changeSet.size() == 2);
  CHECK(changed[0].changeSet[0].op == vim::PropertyChangeOp::indirectRemove);
  w.host.modify(vm, [&](vim::VirtualMachine& m) { m.config = kept; });
}

TEST_CASE("partial updates name the innermost property, and elements of lists by their keys") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  w.watch({"config"}, true);
  w.next();
  w.host.modify(vm, [](vim::VirtualMachine& m) {
    m.config->hardware.memoryMB = 4096;
    m.config->hardware.device.pop_back();  // the network adapter
    m.config->hardware.device[0]->unitNumber = 3;
  });
  auto const changed = w.next();
  REQUIRE(changed.size() == 1);
  auto const find = [&](std::string_view name) -> vim::PropertyChange const* {
    for (auto const& c : changed[0].changeSet)
      if (c.name == name) return &c;
    return nullptr;
  };
  REQUIRE(find("config.hardware.memoryMB") != nullptr);
  CHECK(*find("config.hardware.memoryMB")->val.as<std::int32_t>() == 4096);
  REQUIRE(find("config.hardware.device[4000]") != nullptr);
  CHECK(find("config.hardware.device[4000]")->op == vim::PropertyChangeOp::remove);
  REQUIRE(find("config.hardware.device[200]") != nullptr);
  CHECK(find("config.hardware.device[200]")->op == vim::PropertyChangeOp::assign);
  CHECK(changed[0].changeSet.size() == 3);
}

TEST_CASE("without partial updates the wanted property comes whole") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  w.watch({"config.hardware"});
  w.next();
  w.host.modify(vm, [](vim::VirtualMachine& m) { m.config->hardware.memoryMB = 4096; });
  auto const changed = w.next();
  REQUIRE(changed.size() == 1);
  REQUIRE(changed[0].changeSet.size() == 1);
  CHECK(changed[0].changeSet[0].name == "config.hardware");
  REQUIRE(changed[0].changeSet[0].val.as<vim::VirtualHardware>() != nullptr);
}

TEST_CASE("no more objects than asked for, and truncated while there are more") {
  Watch w;
  for (int i = 0; i < 5; ++i) w.host.add_vm("vm" + std::to_string(i));
  w.watch({"name"});
  CHECK(w.next(0, 2).size() == 2);
  CHECK(w.truncated);
  CHECK(w.next(0, 2).size() == 2);
  CHECK(w.truncated);
  CHECK(w.next(0, 2).size() == 1);
  CHECK_FALSE(w.truncated);
  CHECK(w.next().empty());
}

TEST_CASE("a version that is not the last one is refused; none at all begins anew") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  w.watch({"name"});
  w.next();
  std::string const old = w.version;
  w.host.modify(vm, [](vim::VirtualMachine& m) { m.config->name = "b"; });
  w.next();
  w.version = old;
  CHECK(fault_of([&] { w.next(); }) == "InvalidCollectorVersion");
  w.version = "nonsense";
  CHECK(fault_of([&] { w.next(); }) == "InvalidCollectorVersion");
  w.version.clear();
  auto const again = w.next();
  REQUIRE(again.size() == 1);
  CHECK(again[0].kind == vim::ObjectUpdateKind::enter);
}

TEST_CASE("a wait ends when its time is up, and that takes no time") {
  Watch w;
  w.host.add_vm("web01");
  w.watch({"name"});
  w.next();
  auto const begun = w.host.elapsed();
  CHECK(w.next(60).empty());
  CHECK(w.host.elapsed() - begun == 60s);
}

TEST_CASE("a wait ends when something happens") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  w.watch({"name"});
  w.next();
  auto const begun = w.host.elapsed();
  w.host.after(
      7s, [&] { w.host.modify(vm, [](vim::VirtualMachine& m) { m.config->name = "later"; }); });
  CHECK(w.next(60).size() == 1);
  CHECK(w.host.elapsed() - begun == 7s);
}

TEST_CASE("CancelWaitForUpdates, and the end of the session, end a wait") {
  Watch w;
  w.host.add_vm("web01");
  w.watch({"name"});
  w.next();
  // What happens while the host is locked is answered after that: nobody waits for it here.
  w.host.after(1s, [&] {
    w.host.handle({.method = "POST",
                   .target = "/sdk",
                   .headers = {{"Cookie", "vmware_soap_session=" + w.cookie()}},
                   .body = envelope("<CancelWaitForUpdates xmlns=\"urn:vim25\"><_this "
                                    "type=\"PropertyCollector\">ha-property-collector</_this>"
                                    "</CancelWaitForUpdates>")},
                  [](esxvi::sim::WebResponse const&) {}, {});
  });
  CHECK(fault_of([&] { w.next(60); }) == "RequestCanceled");
  w.host.after(1s, [&] { w.host.end_all_sessions(); });
  // It is not authenticated, logs in again, and its collector is another one.
  CHECK(fault_of([&] { w.next(60); }) == "InvalidCollectorVersion");
  CHECK(w.host.calls("Login") == 2);
}

TEST_CASE("WaitForUpdates and CheckForUpdates are the same without limits") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  w.watch({"name"});
  auto const first = w.session.call(vim::WaitForUpdates{.self = w.collector});
  CHECK(first.filterSet.size() == 1);
  CHECK_FALSE(w.session.call(vim::CheckForUpdates{.self = w.collector, .version = first.version}));
  w.host.after(5s,
               [&] { w.host.modify(vm, [](vim::VirtualMachine& m) { m.config->name = "x"; }); });
  auto const second =
      w.session.call(vim::WaitForUpdates{.self = w.collector, .version = first.version});
  CHECK(second.filterSet.size() == 1);
}

TEST_CASE("a destroyed filter says nothing, and is no object any more") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  auto const filter = w.watch({"name"});
  w.next();
  CHECK(w.host.exists(filter));
  w.session.call(vim::DestroyPropertyFilter{.self = filter});
  CHECK_FALSE(w.host.exists(filter));
  w.host.modify(vm, [](vim::VirtualMachine& m) { m.config->name = "x"; });
  CHECK(w.next(1).empty());
  CHECK(fault_of([&] { w.session.call(vim::DestroyPropertyFilter{.self = filter}); }) ==
        "ManagedObjectNotFound");
}

TEST_CASE("a collector of one's own has its own filters and versions") {
  Watch w;
  w.host.add_vm("web01");
  w.watch({"name"});
  w.next();
  auto const own = w.session.call(vim::CreatePropertyCollector{.self = w.collector});
  vim::WaitOptions now;
  now.maxWaitSeconds = 0;
  CHECK_FALSE(w.session.call(vim::WaitForUpdatesEx{.self = own, .options = now}));
  w.session.call(vim::CreateFilter{.self = own,
                                   .spec = machines_below(w.host.places().vm_folder, {"name"}),
                                   .partialUpdates = false});
  CHECK(w.session.call(vim::WaitForUpdatesEx{.self = own, .options = now})->filterSet.size() == 1);
  w.session.call(vim::DestroyPropertyCollector{.self = own});
  CHECK(fault_of([&] { w.session.call(vim::WaitForUpdatesEx{.self = own, .options = now}); }) ==
        "ManagedObjectNotFound");
}

TEST_CASE("filters end with their session") {
  Watch w;
  w.host.add_vm("web01");
  auto const before = w.host.object_count();
  {
    auto other = w.open();
    other.call(vim::CreateFilter{.self = w.collector,
                                 .spec = machines_below(w.host.places().vm_folder, {"name"}),
                                 .partialUpdates = false});
    CHECK(w.host.object_count() == before + 1);
  }
  CHECK(w.host.object_count() == before);
}

TEST_CASE("an object that is not there is told of with the first updates, if that was asked for") {
  Watch w;
  vim::PropertyFilterSpec spec;
  vim::PropertySpec wanted;
  wanted.type = "VirtualMachine";
  wanted.pathSet = {"name"};
  spec.propSet.push_back(wanted);
  vim::ObjectSpec gone;
  gone.obj = esxvi::Ref<vim::ManagedObject>("VirtualMachine", "4711");
  spec.objectSet.push_back(gone);
  spec.reportMissingObjectsInResults = true;
  w.session.call(vim::CreateFilter{.self = w.collector, .spec = spec, .partialUpdates = false});
  vim::WaitOptions at_once;
  at_once.maxWaitSeconds = 0;
  for (int round = 0; round < 2; ++round) {
    auto const set = w.session.call(vim::WaitForUpdatesEx{.self = w.collector, .options = at_once});
    REQUIRE(set);
    REQUIRE(set->filterSet.size() == 1);
    CHECK(set->filterSet[0].objectSet.empty());
    REQUIRE(set->filterSet[0].missingSet.size() == 1);
    CHECK(set->filterSet[0].missingSet[0].obj == gone.obj);
    CHECK(set->filterSet[0].missingSet[0].fault.fault.type_name() == "ManagedObjectNotFound");
    CHECK_FALSE(w.session.call(
        vim::WaitForUpdatesEx{.self = w.collector, .version = set->version, .options = at_once}));
  }
}

TEST_CASE("a rule of the program's that throws is asked again at the next change") {
  Simulated s;
  Machine const vm = s.host.add_vm("web01");
  bool fails = true;
  int asked = 0;
  s.host.derive<vim::VirtualMachine>([&](esxvi::sim::Host&, vim::VirtualMachine&) {
    ++asked;
    if (fails) throw std::runtime_error("oops");
  });
  auto const touch = [&] { s.host.modify(vm, [](vim::VirtualMachine&) {}); };
  CHECK_THROWS_WITH_AS(touch(), "oops", std::runtime_error);
  fails = false;
  touch();
  CHECK(asked == 2);
}

TEST_CASE("what a rule throws at reading ends the wait of who reads, who then starts over") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  bool fails = false;
  w.host.compute<vim::VirtualMachine>(
      [&](esxvi::sim::Host&, esxvi::sim::Call const*, vim::VirtualMachine&) {
        if (fails) throw std::runtime_error("oops");
      });
  w.watch({"name"});
  w.next();
  w.host.after(1s, [&] {
    fails = true;
    w.host.modify(vm, [](vim::VirtualMachine& m) { m.config->name = "a"; });
  });
  CHECK(fault_of([&] { w.next(60); }) == "SystemError");
  fails = false;
  CHECK(fault_of([&] { w.next(); }) == "InvalidCollectorVersion");
  w.version.clear();
  auto const all = w.next();
  REQUIRE(all.size() == 1);
  CHECK(*all[0].changeSet[0].val.as<std::string>() == "a");
}

TEST_CASE("who waits is told at the time of a change, not at the end of what passes") {
  Watch w;
  Machine const vm = w.host.add_vm("web01");
  w.watch({"name"});
  w.next();
  std::string told;
  std::chrono::nanoseconds when{};
  w.host.handle({.method = "POST",
                 .target = "/sdk",
                 .headers = {{"Cookie", "vmware_soap_session=\"" + w.cookie() + "\""}},
                 .body = envelope("<WaitForUpdatesEx xmlns=\"urn:vim25\">"
                                  "<_this type=\"PropertyCollector\">" +
                                  w.collector.value() + "</_this><version>" + w.version +
                                  "</version><options><maxWaitSeconds>30</maxWaitSeconds>"
                                  "</options></WaitForUpdatesEx>")},
                [&](esxvi::sim::WebResponse r) {
                  told = r.body;
                  when = w.host.elapsed();
                },
                {});
  auto const begun = w.host.elapsed();
  w.host.after(
      10s, [&] { w.host.modify(vm, [](vim::VirtualMachine& m) { m.config->name = "renamed"; }); });
  w.host.advance(1min);
  CHECK(told.find("renamed") != std::string::npos);
  CHECK(when - begun == 10s);
  CHECK(w.host.elapsed() - begun == 1min);
}
