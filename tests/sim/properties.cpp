// What a property collector gives, one case a rule.
#include "sim/fixture.hpp"

#include <esxvi/query.hpp>
#include <esxvi/session/content.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/SessionManager_properties.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>
#include <esxvi/types/fault/InvalidProperty.hpp>

#include <algorithm>

using namespace esxvi::test;

namespace {

vim::PropertyFilterSpec spec(std::string type, std::vector<std::string> paths,
                             esxvi::untyped_ref const& object) {
  vim::PropertyFilterSpec s;
  vim::PropertySpec p;
  p.type = std::move(type);
  p.pathSet = std::move(paths);
  s.propSet.push_back(std::move(p));
  vim::ObjectSpec o;
  o.obj = esxvi::Ref<vim::ManagedObject>(object.type(), object.value());
  s.objectSet.push_back(std::move(o));
  return s;
}

std::vector<vim::ObjectContent> read(esxvi::Session& session, vim::PropertyFilterSpec s) {
  return session.call(vim::RetrieveProperties{.self = session.opening_content().propertyCollector,
                                              .specSet = std::vector{std::move(s)}});
}

}  // namespace

TEST_CASE("paths lead through structs, optional members and boxes") {
  Simulated s;
  esxvi::Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01").memory(3072).cpus(2);
  auto session = s.open();
  auto const rows = session.retrieve<vim::VirtualMachine, "name", "config.hardware.memoryMB",
                                     "summary.config.numCpu", "runtime.powerState">();
  REQUIRE(rows.size() == 1);
  auto const& [ref, name, memory, cpus, power] = rows[0];
  CHECK(ref == vm);
  CHECK(name == "web01");
  CHECK(memory == 3072);
  CHECK(cpus == 2);
  CHECK(power == vim::VirtualMachinePowerState::poweredOff);
}

TEST_CASE("an element of a list is named by its key, with or without what is in it") {
  Simulated s;
  esxvi::Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01").disk(20);
  auto session = s.open();
  auto const all =
      read(session, spec("VirtualMachine",
                         {"config.hardware.device[2000]", "config.hardware.device[2000].unitNumber",
                          "config.hardware.device[999]"},
                         vm));
  REQUIRE(all.size() == 1);
  REQUIRE(all[0].propSet.size() == 2);  // there is no device 999
  auto const* disk = all[0].propSet[0].val.as<vim::VirtualDisk>();
  REQUIRE(disk != nullptr);
  CHECK(disk->capacityInKB == 20 << 20);
  CHECK(*all[0].propSet[1].val.as<std::int32_t>() == 0);
}

TEST_CASE("no path: the reference alone; all: every property that is set") {
  Simulated s;
  esxvi::Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01");
  auto session = s.open();
  auto const bare = read(session, spec("VirtualMachine", {}, vm));
  REQUIRE(bare.size() == 1);
  CHECK(bare[0].propSet.empty());

  auto everything = spec("ManagedEntity", {}, vm);
  everything.propSet[0].all = true;
  auto const full = read(session, everything);
  REQUIRE(full.size() == 1);
  CHECK(full[0].propSet.size() > 20);
  // Unset ones do not come, empty lists do.
  auto const has = [&](std::string_view name) {
    return std::any_of(full[0].propSet.begin(), full[0].propSet.end(),
                       [&](auto const& p) { return p.name == name; });
  };
  CHECK_FALSE(has("snapshot"));
  CHECK(has("recentTask"));
  CHECK(has("config"));
}

TEST_CASE("a property is looked up in the declared type; what that lacks is no property") {
  Simulated s;
  esxvi::Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01");
  auto session = s.open();
  auto const refused = [&](std::string type, std::string path) {
    try {
      read(session, spec(std::move(type), {std::move(path)}, vm));
      return std::string();
    } catch (esxvi::fault const& e) {
      auto const* why = e.as<vim::InvalidProperty>();
      return why != nullptr ? why->name : std::string(e.type_name());
    }
  };
  CHECK(refused("VirtualMachine", "noSuchProperty") == "noSuchProperty");
  CHECK(refused("VirtualMachine", "config.hardware.nothing") == "config.hardware.nothing");
  CHECK(refused("ManagedEntity", "config") == "config");
  CHECK(refused("VirtualMachine", "config.hardware.device[2000].capacityInKB") ==
        "config.hardware.device[2000].capacityInKB");
  CHECK(refused("VirtualMachine", "config.hardware.device.key") == "config.hardware.device.key");
  CHECK(refused("VirtualMachine", "name[0]") == "name[0]");
  CHECK(refused("VirtualMachine", "config.") == "config.");
  CHECK(refused("Nonsense", "name") == "InvalidArgument");
  CHECK(refused("VirtualMachine", "name").empty());
  // Also of kinds that the host has no object of.
  for (char const* kind :
       {"Alarm", "ClusterComputeResource", "ContainerView", "DistributedVirtualSwitch",
        "HttpNfcLease", "ListView", "Task", "VirtualApp", "VirtualMachineSnapshot"}) {
    CAPTURE(kind);
    CHECK(refused(kind, "nonsense") == "nonsense");
  }
  CHECK(refused("ClusterComputeResource", "summary.numHosts").empty());
  CHECK(refused("Alarm", "info.name").empty());
}

TEST_CASE("nothing that is there has a property that its kind does not have") {
  Simulated s({.vcenter = true});
  s.host.add_vm("web01");
  auto session = s.open();
  // With the managers of which the host knows only that they are there.
  auto const all = s.host.all<vim::ManagedObject>();
  CHECK(all.size() > 60);
  for (auto const& ref : all) {
    CAPTURE(ref);
    std::string const kind(ref.type());
    CHECK(fault_of([&] { read(session, spec(kind, {"noSuchThing"}, ref)); }) == "InvalidProperty");
    CHECK(fault_of([&] { read(session, spec(kind, {"value.noSuchThing[1]"}, ref)); }) ==
          "InvalidProperty");
  }
  // What such a kind does have may be asked for.
  auto const alarms = *session.content().alarmManager;
  CHECK(read(session, spec("AlarmManager", {"description"}, alarms)).size() == 1);
  CHECK(fault_of([&] { read(session, spec("AlarmManager", {"description.expr.none"}, alarms)); }) ==
        "InvalidProperty");
}

TEST_CASE("an object that does not exist is not found, unless that may be") {
  Simulated s;
  auto session = s.open();
  esxvi::Ref<vim::VirtualMachine> const gone("4711");
  CHECK(fault_of([&] { read(session, spec("VirtualMachine", {"name"}, gone)); }) ==
        "ManagedObjectNotFound");
  auto lenient = spec("VirtualMachine", {"name"}, gone);
  lenient.reportMissingObjectsInResults = true;
  CHECK(read(session, lenient).empty());
}

TEST_CASE("traversal goes by name, again and again, and each object comes once") {
  Simulated s;
  esxvi::Ref<vim::Folder> const folder = s.host.add_folder(s.host.places().vm_folder, "a/b");
  s.host.add_vm("top");
  s.host.add_vm("below").folder(folder);
  auto session = s.open();
  CHECK(session.retrieve<vim::VirtualMachine, "name">().size() == 2);
  auto const folders = session.retrieve<vim::Folder, "name">();
  CHECK(folders.size() == 6);
  CHECK(session.retrieve<vim::VirtualMachine, "name">({.below = {folder}}).size() == 1);
  CHECK(std::get<1>(session.retrieve<vim::Folder, "name">({.objects = {folder}})[0]) == "a%2fb");
}

TEST_CASE("a selection that names nothing is refused") {
  Simulated s;
  auto session = s.open();
  auto one = spec("Folder", {"name"}, s.host.places().root);
  vim::SelectionSpec nothing;
  nothing.name = "nothing";
  one.objectSet[0].selectSet.emplace_back(nothing);
  CHECK(fault_of([&] { read(session, one); }) == "InvalidArgument");
}

TEST_CASE("pages: as many objects as asked for, a token while there are more") {
  Simulated s;
  for (int i = 0; i < 25; ++i) s.host.add_vm("vm" + std::to_string(i));
  auto session = s.open();
  auto const before = session.requests();
  CHECK(session.retrieve<vim::VirtualMachine, "name">({.page_size = 10}).size() == 25);
  CHECK(session.requests() == before + 3);
  CHECK(s.host.calls("ContinueRetrievePropertiesEx") == 2);

  // Enough after the third: the rest is cancelled, and its token is worth nothing.
  int taken = 0;
  session.for_each<vim::VirtualMachine, "name">([&](auto const&) { return ++taken < 3; },
                                                {.page_size = 2});
  CHECK(s.host.calls("CancelRetrievePropertiesEx") == 1);
  CHECK(fault_of([&] {
          session.call(vim::ContinueRetrievePropertiesEx{
              .self = session.opening_content().propertyCollector, .token = std::string("x")});
        }) == "InvalidArgument");
}

TEST_CASE("what a reader may not see is missing, and says why") {
  Simulated s;
  auto session = s.open("viewer");
  auto const manager = *session.opening_content().sessionManager;
  auto const all = read(session, spec("SessionManager", {"defaultLocale", "sessionList"}, manager));
  REQUIRE(all.size() == 1);
  REQUIRE(all[0].propSet.size() == 1);
  REQUIRE(all[0].missingSet.size() == 1);
  CHECK(all[0].missingSet[0].path == "sessionList");
  CHECK(all[0].missingSet[0].fault.fault.type_name() == "NoPermission");
}

TEST_CASE("before a login the collector answers, but with little") {
  Simulated s;
  auto const [status, body] = s.post(envelope(
      "<RetrieveProperties xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">"
      "ha-property-collector</_this><specSet><propSet><type>SessionManager</type>"
      "<pathSet>defaultLocale</pathSet><pathSet>message</pathSet><pathSet>sessionList</pathSet>"
      "</propSet><objectSet><obj type=\"SessionManager\">ha-sessionmgr</obj></objectSet></specSet>"
      "</RetrieveProperties>"));
  CHECK(status == 200);
  CHECK(body.find("<name>defaultLocale</name><val xsi:type=\"xsd:string\">en</val>") !=
        std::string::npos);
  CHECK(body.find(
            "<missingSet><path>sessionList</path><fault><fault xsi:type=\"NotAuthenticated\">") !=
        std::string::npos);
}

TEST_CASE("lists come as ArrayOfX whose items say what they are") {
  Simulated s;
  esxvi::Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01");
  auto session = s.open();
  auto const [status, body] =
      s.post(envelope("<Fetch xmlns=\"urn:vim25\"><_this type=\"VirtualMachine\">" + vm.value() +
                      "</_this><prop>datastore</prop></Fetch>"),
             s.cookie());
  CHECK(status == 200);
  CHECK(body.find("<returnval xsi:type=\"ArrayOfManagedObjectReference\"><ManagedObjectReference "
                  "xsi:type=\"ManagedObjectReference\" type=\"Datastore\">") != std::string::npos);
}

TEST_CASE("one property by itself, also of what the host knows only that it is there") {
  Simulated s({.vcenter = true});
  auto session = s.open();
  auto const fetch = [&](std::string const& property, std::string const& cookie) {
    return s.post(envelope("<Fetch xmlns=\"urn:vim25\"><_this type=\"AlarmManager\">" +
                           session.content().alarmManager->value() + "</_this><prop>" + property +
                           "</prop></Fetch>"),
                  cookie);
  };
  auto const [status, body] = fetch("description", s.cookie());
  CHECK(status == 200);
  CHECK(body.find("<returnval") == std::string::npos);
  CHECK(fetch("nonsense", s.cookie()).second.find("InvalidProperty") != std::string::npos);
  CHECK(fetch("description", {}).second.find("NotAuthenticated") != std::string::npos);
}
