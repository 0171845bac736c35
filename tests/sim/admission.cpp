// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Calls that must not reach the state of a host: arguments that refer to nothing, users who may
// not, places where things do not belong.
#include "sim/vm_fixture.hpp"

#include <esxvi/session/content.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostDatastoreSystem.hpp>
#include <esxvi/types/ManagedEntity.hpp>
#include <esxvi/types/ResourcePool.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>
#include <esxvi/types/SearchIndex.hpp>
#include <esxvi/types/fault/SecurityError.hpp>

#include <map>
#include <memory>
#include <utility>
#include <vector>

using namespace esxvi::test;
namespace sim = esxvi::sim;
namespace reflect = esxvi::reflect;

namespace {

struct Raw : Machines {
  using Machines::Machines;

  /// What a call of that text comes to: "ok", or the fault with the parameter that it names.
  std::string outcome(std::string const& call) {
    auto const [status, text] = post(envelope(call), cookie());
    if (status == 200) return "ok";
    auto const part = [&, &body = text](std::string_view from, char to) {
      auto const at = body.find(from);
      if (at == std::string::npos) return std::string();
      return body.substr(at + from.size(), body.find(to, at + from.size()) - at - from.size());
    };
    auto const property = part("<invalidProperty>", '<');
    return part("xsi:type=\"", '"') + (property.empty() ? "" : " " + property);
  }
};

std::string ref(std::string_view tag, std::string_view type, std::string_view id) {
  return "<" + std::string(tag) + " type=\"" + std::string(type) + "\">" + std::string(id) + "</" +
         std::string(tag) + ">";
}
std::string call(std::string_view method, std::string const& arguments) {
  return "<" + std::string(method) + " xmlns=\"urn:vim25\">" + arguments + "</" +
         std::string(method) + ">";
}
std::string card(std::string const& network) {
  return "<deviceChange><operation>add</operation><device xsi:type=\"VirtualVmxnet3\"><key>-1</key>"
         "<backing xsi:type=\"VirtualEthernetCardNetworkBackingInfo\"><deviceName>VM Network"
         "</deviceName>" +
         network + "</backing></device></deviceChange>";
}

}  // namespace

TEST_CASE(
    "an argument that refers to nothing, or to the wrong kind, is refused and leaves nothing") {
  Raw s;
  MachineRef const vm = s.host.add_vm("web01");
  std::string const folder = ref("_this", "Folder", "ha-folder-vm");
  std::string const config =
      "<config><name>new</name><files><vmPathName>[datastore1]</vmPathName></files></config>";
  std::string const pool = ref("pool", "ResourcePool", "ha-root-pool");
  std::string const machine = ref("_this", "VirtualMachine", vm.value());
  std::string const path =
      "<path>[datastore1] web01/web01.vmx</path><asTemplate>false</asTemplate>";
  std::string const statistics = ref("_this", "PerformanceManager", "ha-perfmgr");
  struct row {
    std::string call;
    std::string outcome;
  };
  row const rows[] = {
      {call("CreateVM_Task", folder + config + ref("pool", "HostSystem", "ha-host")),
       "InvalidArgument pool"},
      {call("CreateVM_Task", folder + config + ref("pool", "ResourcePool", "none")),
       "ManagedObjectNotFound"},
      {call("CreateVM_Task", folder + config + ref("pool", "ResourcePool", "")),
       "ManagedObjectNotFound"},
      {call("CreateVM_Task", folder + config), "InvalidRequest"},
      {call("CreateVM_Task", folder + config + pool + ref("host", "HostSystem", "none")),
       "ManagedObjectNotFound"},
      {call("RegisterVM_Task", folder + path + ref("pool", "ResourcePool", "none")),
       "ManagedObjectNotFound"},
      {call("CreateVM_Task", folder + "<config><name>new</name>" +
                                 card(ref("network", "Network", "none")) + "</config>" + pool),
       "ManagedObjectNotFound"},
      {call("ReconfigVM_Task",
            machine + "<spec>" + card(ref("network", "Network", "none")) + "</spec>"),
       "ManagedObjectNotFound"},
      {call("ReconfigVM_Task",
            machine + "<spec>" + card(ref("network", "HostSystem", "ha-host")) + "</spec>"),
       "InvalidArgument spec.deviceChange.device.backing.network"},
      {call("QueryPerf",
            statistics + "<querySpec>" + ref("entity", "VirtualMachine", "none") + "</querySpec>"),
       "ManagedObjectNotFound"},
      {call("QueryAvailablePerfMetric", statistics + ref("entity", "VirtualMachine", "none")),
       "ManagedObjectNotFound"},
      {call("FindByUuid", ref("_this", "SearchIndex", "ha-searchindex") +
                              ref("datacenter", "Folder", "ha-folder-vm") +
                              "<uuid>1</uuid><vmSearch>true</vmSearch>"),
       "InvalidArgument datacenter"},
      {call("MoveIntoFolder_Task", folder + ref("list", "ResourcePool", "none")),
       "ManagedObjectNotFound"},
      {call("MoveIntoFolder_Task", folder + ref("list", "SessionManager", "ha-sessionmgr")),
       "InvalidArgument list"},
      // A view tells which objects there are not.
      {call("CreateListView",
            ref("_this", "ViewManager", "ViewManager") + ref("obj", "VirtualMachine", "none")),
       "ok"},
      {call("ReconfigVM_Task", machine + "<spec>" +
                                   card(ref("network", "Network", "HaNetwork-VM Network")) +
                                   "</spec>"),
       "ok"},
  };
  for (row const& one : rows) {
    CAPTURE(one.call);
    CHECK(s.outcome(one.call) == one.outcome);
    s.host.advance(std::chrono::seconds(5));
    CHECK(s.host.all<vim::VirtualMachine>().size() == 1);
    CHECK(s.host.check() == std::vector<std::string>());
  }
}

TEST_CASE("a machine whose place goes before its task ends is not made") {
  Raw s({.vcenter = true, .hosts = 2});
  auto const folder = s.host.add_folder(s.host.places().vm_folder, "doomed");
  vim::VirtualMachineConfigSpec config;
  config.name = "new";
  config.files.emplace().vmPathName = "[datastore1]";
  auto const task = s.session.call(
      vim::CreateVM_Task{.self = folder, .config = config, .pool = s.host.places().pool});
  s.session.call(vim::Destroy_Task{.self = esxvi::Ref<vim::ManagedEntity>(folder)});
  s.host.advance(std::chrono::seconds(5));
  CHECK(s.end_of(task) == "ManagedObjectNotFound");
  CHECK(s.host.all<vim::VirtualMachine>().empty());
}

TEST_CASE("things are moved to where they belong only") {
  Raw s;
  MachineRef const vm = s.host.add_vm("web01");
  auto const& at = s.host.places();
  auto const outer = s.host.add_folder(at.vm_folder, "outer");
  auto const inner = s.host.add_folder(outer, "inner");
  auto const twin = s.host.add_folder(at.vm_folder, "inner");
  struct row {
    esxvi::untyped_ref what;
    esxvi::Ref<vim::Folder> into;
    std::string outcome;
  };
  row const rows[] = {
      {at.vm_folder, at.vm_folder, "InvalidFolder"},
      {outer, outer, "InvalidFolder"},
      {outer, inner, "InvalidFolder"},
      {at.root, at.vm_folder, "InvalidFolder"},
      {at.datacenter, at.vm_folder, "InvalidFolder"},
      {at.datacenter, at.root, "success"},  // it is there already
      {at.vm_folder, at.root, "NotSupported"},
      {at.datastore, at.vm_folder, "NotSupported"},
      {at.host, at.host_folder, "NotSupported"},
      {vm, at.datastore_folder, "NotSupported"},
      {vm, at.root, "NotSupported"},
      {outer, at.datastore_folder, "NotSupported"},
      {twin, outer, "DuplicateName"},
      {vm, inner, "success"},
      {vm, outer, "success"},
      {inner, at.vm_folder, "DuplicateName"},
      {outer, at.vm_folder, "success"},
  };
  for (row const& one : rows) {
    CAPTURE(one.what);
    CAPTURE(one.into);
    auto const done = s.does(vim::MoveIntoFolder_Task{
        .self = one.into,
        .list = std::vector{esxvi::Ref<vim::ManagedEntity>(one.what.type(), one.what.value())}});
    CHECK(done == one.outcome);
    CHECK(s.host.check() == std::vector<std::string>());
  }
  CHECK(s.at(vm)->parent->value() == outer.value());
  // All of a list, or nothing.
  CHECK(s.does(vim::MoveIntoFolder_Task{
            .self = inner,
            .list = std::vector{esxvi::Ref<vim::ManagedEntity>(vm.type(), vm.value()),
                                esxvi::Ref<vim::ManagedEntity>(outer.type(), outer.value())}}) ==
        "InvalidFolder");
  CHECK(s.at(vm)->parent->value() == outer.value());
  // And the search ends.
  CHECK_FALSE(s.session.call(vim::FindByDatastorePath{.self = *s.session.content().searchIndex,
                                                      .datacenter = at.datacenter,
                                                      .path = std::string("[datastore1] no")}));
}

TEST_CASE("two things in one place do not get one name") {
  Raw s;
  auto const& at = s.host.places();
  auto const outer = s.host.add_folder(at.vm_folder, "outer");
  auto const inner = s.host.add_folder(outer, "inner");
  auto const second = s.host.add_folder(outer, "second");
  auto const pool = s.session.call(vim::CreateResourcePool{
      .self = at.pool, .name = "lab", .spec = s.host.get<vim::ResourcePool>(at.pool)->config});
  static_cast<void>(s.session.call(vim::CreateResourcePool{
      .self = at.pool, .name = "office", .spec = s.host.get<vim::ResourcePool>(at.pool)->config}));
  auto const rename = [&](esxvi::untyped_ref const& what, std::string name) {
    return s.does(vim::Rename_Task{
        .self = esxvi::Ref<vim::ManagedEntity>(what.type(), what.value()), .newName = name});
  };
  CHECK(rename(inner, "second") == "DuplicateName");
  CHECK(rename(pool, "office") == "DuplicateName");
  CHECK(s.host.get<vim::Folder>(inner)->name == "inner");
  CHECK(s.host.get<vim::ResourcePool>(pool)->name == "lab");
  CHECK(rename(inner, "inner") == "success");  // its own name
  CHECK(rename(inner, "outer") == "success");  // of something elsewhere
  CHECK(rename(second, "a/b") == "success");
  CHECK(rename(inner, "a/b") == "DuplicateName");
  CHECK(rename(inner, "a%2fb") == "success");  // sent as it is, the percent sign is escaped
}

TEST_CASE("two of one name do not come into one folder, not even together") {
  Raw s;
  auto const& at = s.host.places();
  auto const one = s.host.add_folder(s.host.add_folder(at.vm_folder, "a"), "twin");
  auto const two = s.host.add_folder(s.host.add_folder(at.vm_folder, "b"), "twin");
  auto const target = s.host.add_folder(at.vm_folder, "target");
  auto const move = [&](std::vector<esxvi::Ref<vim::ManagedEntity>> list) {
    return s.does(vim::MoveIntoFolder_Task{.self = target, .list = std::move(list)});
  };
  esxvi::Ref<vim::ManagedEntity> const first(one.type(), one.value());
  esxvi::Ref<vim::ManagedEntity> const second(two.type(), two.value());
  CHECK(move({first, second}) == "DuplicateName");
  CHECK(s.host.get<vim::Folder>(target)->childEntity.empty());
  CHECK(move({first, first}) == "success");
  CHECK(s.host.get<vim::Folder>(target)->childEntity == std::vector{first});
}

TEST_CASE("nothing gets a name that none can have") {
  Raw s;
  auto const& at = s.host.places();
  vim::HostNasVolumeSpec nas;
  nas.remoteHost = "192.0.2.50";
  nas.remotePath = "/srv/vm";
  nas.accessMode = "readWrite";
  for (std::string const& name : {std::string(81, 'n'), std::string("two\nlines")}) {
    CAPTURE(name);
    CHECK(fault_of([&] {
            s.session.call(vim::CreateFolder{.self = at.vm_folder, .name = name});
          }) == "InvalidName");
    CHECK(fault_of([&] {
            s.session.call(
                vim::CreateResourcePool{.self = at.pool,
                                        .name = name,
                                        .spec = s.host.get<vim::ResourcePool>(at.pool)->config});
          }) == "InvalidName");
    nas.localPath = name;
    CHECK(fault_of([&] {
            s.session.call(vim::CreateNasDatastore{
                .self = esxvi::Ref<vim::HostDatastoreSystem>("ha-datastoresystem"), .spec = nas});
          }) == "InvalidName");
  }
  CHECK(fault_of([&] { s.session.call(vim::CreateFolder{.self = at.vm_folder, .name = ""}); }) ==
        "InvalidName");
  CHECK(s.host.all<vim::Folder>().size() == 5);
  CHECK(s.host.all<vim::Datastore>().size() == 1);
}

TEST_CASE("machines are made in folders for machines") {
  Raw s;
  auto const& at = s.host.places();
  vim::VirtualMachineConfigSpec config;
  config.name = "new";
  for (auto const& folder : {at.root, at.datastore_folder, at.host_folder, at.network_folder}) {
    CHECK(s.does(vim::CreateVM_Task{.self = folder, .config = config, .pool = at.pool}) ==
          "refused: NotSupported");
    CHECK(s.does(vim::RegisterVM_Task{.self = folder,
                                      .path = std::string("[datastore1] new/new.vmx"),
                                      .asTemplate = false,
                                      .pool = at.pool}) == "refused: NotSupported");
  }
}

TEST_CASE("a file that is no configuration is not registered") {
  Raw s;
  auto const files = s.host_files();
  REQUIRE(files->make_directory("bad") == sim::FileResult::ok);
  std::string const texts[] = {"", "\n\n", "no entry here\nnor here\n",
                               std::string("a = \"b\"\n\0\1\2\3", 12)};
  for (std::string const& text : texts) {
    CAPTURE(text);
    files->write("bad/bad.vmx", text);
    CHECK(s.does(vim::RegisterVM_Task{.self = s.host.places().vm_folder,
                                      .path = std::string("[datastore1] bad/bad.vmx"),
                                      .asTemplate = false,
                                      .pool = s.host.places().pool}) == "InvalidVmConfig");
    CHECK(s.host.all<vim::VirtualMachine>().empty());
  }
}

TEST_CASE("the checker finds cycles, and things where they do not belong") {
  sim::Host host(simulated());
  auto const outer = host.add_folder(host.places().vm_folder, "outer");
  auto const inner = host.add_folder(outer, "inner");
  host.modify(outer, [&](vim::Folder& f) {
    f.parent = esxvi::Ref<vim::ManagedEntity>(inner.type(), inner.value());
  });
  host.modify(inner,
              [&](vim::Folder& f) { f.childEntity.emplace_back(outer.type(), outer.value()); });
  auto const has = [&](std::string_view text) {
    for (auto const& problem : host.check())
      if (problem.find(text) != std::string::npos) return true;
    return false;
  };
  CHECK(has("cycle"));
  CHECK_FALSE(has("kinds that it takes"));
  host.modify(host.places().datastore_folder, [&](vim::Folder& f) {
    f.childEntity.emplace_back("Datacenter", host.places().datacenter.value());
  });
  CHECK(has("kinds that it takes"));
  // A machine without a place is told of, too.
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("web01");
  host.modify(vm, [](vim::VirtualMachine& m) {
    m.resourcePool = esxvi::Ref<vim::ResourcePool>("HostSystem", "ha-host");
    m.datastore.emplace_back("none");
    m.network.emplace_back("none");
  });
  CHECK(has("its pool does not have it"));
  CHECK(has("a datastore does not have it"));
}

namespace {

/// Methods that only read, or change nothing but what is the caller's own.
constexpr std::string_view reading[] = {
    "AcquireCloneTicket",
    "AcquireGenericServiceTicket",
    "CancelRetrievePropertiesEx",
    "CancelWaitForUpdates",
    "CheckForUpdates",
    "CloneSession",
    "CloseInventoryViewFolder",
    "ContinueRetrievePropertiesEx",
    "CreateCollectorForEvents",
    "CreateCollectorForTasks",
    "CreateContainerView",
    "CreateFilter",
    "CreateInventoryView",
    "CreateListView",
    "CreateListViewFromView",
    "CreatePropertyCollector",
    "CurrentTime",
    "DestroyCollector",
    "DestroyPropertyCollector",
    "DestroyPropertyFilter",
    "DestroyView",
    "Fetch",
    "FindAllByDnsName",
    "FindAllByIp",
    "FindAllByUuid",
    "FindByDatastorePath",
    "FindByDnsName",
    "FindByInventoryPath",
    "FindByIp",
    "FindByUuid",
    "FindChild",
    "HasPrivilegeOnEntities",
    "Login",
    "LoginByToken",
    "LoginExtensionByCertificate",
    "Logout",
    "ModifyListView",
    "OpenInventoryViewFolder",
    "QueryAssignedLicenses",
    "QueryAvailablePerfMetric",
    "QueryConfigOption",
    "QueryConfigOptionDescriptor",
    "QueryConfigOptionEx",
    "QueryConfigTarget",
    "QueryEvents",
    "QueryOptions",
    "QueryPerf",
    "QueryPerfCounter",
    "QueryPerfProviderSummary",
    "QueryVirtualDiskUuid",
    "ReadNextEvents",
    "ReadNextTasks",
    "ReadPreviousEvents",
    "ReadPreviousTasks",
    "RefreshDatastore",
    "RefreshDatastoreStorageInfo",
    "RefreshStorageInfo",
    "Reload",
    "ResetCollector",
    "ResetListView",
    "ResetListViewFromView",
    "RetrieveAllPermissions",
    "RetrieveDiskPartitionInfo",
    "RetrieveEntityPermissions",
    "RetrieveProperties",
    "RetrievePropertiesEx",
    "RetrieveRolePermissions",
    "RetrieveServiceContent",
    "RewindCollector",
    "SetCollectorPageSize",
    "SetLocale",
    "ValidateMigration",
    "WaitForUpdates",
    "WaitForUpdatesEx",
};

bool only_reads(std::string_view method) {
  return std::find(std::begin(reading), std::end(reading), method) != std::end(reading);
}

/// Gives every argument that a call cannot do without something: objects of the host, one element.
struct Filler {
  sim::Host& host;

  esxvi::untyped_ref some(std::string_view kind) const {
    esxvi::untyped_ref found;
    host.for_each([&](sim::Object const& object) {
      if (!found && object.kind().is_a(kind)) found = object.ref();
    });
    return found;
  }
  void fill(reflect::type_info const& type, void* at, bool outermost) const {
    for (auto const& m : type.members) {
      void* const place = m.at(at);
      if (outermost && m.type->what == reflect::kind::array)
        value(*m.type->element, m.type->emplace(place));
      else
        value(*m.type, place);
    }
  }
  void value(reflect::type_info const& type, void* at) const {
    switch (type.what) {
      case reflect::kind::reference: {
        auto& ref = *static_cast<esxvi::untyped_ref*>(at);
        if (auto const known = some(ref.type())) ref = known;
        break;
      }
      case reflect::kind::enumeration:
        type.set_literal(at, type.literals.front().name);
        break;
      case reflect::kind::poly:
        value(*type.held->type, static_cast<esxvi::detail::box*>(at)->emplace(*type.held));
        break;
      case reflect::kind::object:
        fill(type, at, false);
        break;
      default:
        break;
    }
  }
  std::string request(sim::detail::Method const& method) const {
    auto const request = method.make_request();
    fill(*method.request, request.get(), true);
    auto& self = *static_cast<esxvi::untyped_ref*>(method.request->members[0].at(request.get()));
    self = some(method.facts.object);
    INFO(method.facts.name);
    CHECK(static_cast<bool>(self));
    std::string out;
    esxvi::soap::append_message(out, method.facts.name, *method.request, request.get());
    return out;
  }
};

/// Which objects there are, and how often they have changed.
std::map<std::string, std::uint64_t> versions(sim::Host& host) {
  std::map<std::string, std::uint64_t> all;
  host.for_each([&](sim::Object const& object) {
    all[object.ref().type() + " " + object.ref().value()] = object.version();
  });
  return all;
}

}  // namespace

TEST_CASE("a user who may only read changes nothing, by whatever method") {
  for (bool const vcenter : {false, true}) {
    CAPTURE(vcenter);
    Simulated s({.vcenter = vcenter});
    MachineRef const vm = s.host.add_vm("web01").snapshot("before");
    auto const task = s.host.start_task(vm, "VirtualMachine.suspend", {.endless = true});
    auto viewer = s.open("viewer");
    auto const methods = s.host.methods();
    for (std::string_view const name : reading)
      CHECK(std::find(methods.begin(), methods.end(), name) != methods.end());
    auto const before = versions(s.host);
    std::size_t denied = 0;
    for (std::string const& name : methods) {
      if (only_reads(name)) continue;
      auto const& method = s.host.state().methods.find(name)->second;
      auto const [status, text] = s.post(Filler{s.host}.request(method), s.cookie());
      CAPTURE(name);
      CAPTURE(text);
      CHECK(text.find("xsi:type=\"NoPermission\"") != std::string::npos);
      ++denied;
    }
    CHECK(denied > 80);
    CHECK(versions(s.host) == before);
    s.host.cancel_task(task);
  }
}

TEST_CASE("what a method takes goes by what it is called on") {
  Simulated s;
  MachineRef const vm = s.host.add_vm("web01");
  auto viewer = s.open("viewer");
  auto const needs = [&](auto request) {
    try {
      viewer.call(std::move(request));
      return std::string();
    } catch (esxvi::fault const& e) {
      auto const* why = e.as<vim::NoPermission>();
      return why != nullptr ? why->privilegeId.value_or("") : std::string(e.type_name());
    }
  };
  esxvi::Ref<vim::ManagedEntity> const machine(vm.type(), vm.value());
  esxvi::Ref<vim::ManagedEntity> const folder(s.host.places().vm_folder.type(),
                                              s.host.places().vm_folder.value());
  CHECK(needs(vim::Destroy_Task{.self = machine}) == "VirtualMachine.Inventory.Delete");
  CHECK(needs(vim::Destroy_Task{.self = folder}) == "Folder.Delete");
  CHECK(needs(vim::Rename_Task{.self = machine, .newName = std::string("x")}) ==
        "VirtualMachine.Config.Rename");
  CHECK(needs(vim::ReconfigVM_Task{.self = vm, .spec = vim::VirtualMachineConfigSpec()}) ==
        "VirtualMachine.Config.Settings");
}
