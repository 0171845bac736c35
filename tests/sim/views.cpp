// Views, and property collectors that start from them.
#include "sim/fixture.hpp"

#include <esxvi/session/content.hpp>
#include <esxvi/types/ContainerView_properties.hpp>
#include <esxvi/types/InventoryView.hpp>
#include <esxvi/types/InventoryView_properties.hpp>
#include <esxvi/types/ListView.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/View.hpp>
#include <esxvi/types/ViewManager.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <algorithm>
#include <vector>

using namespace esxvi::test;

namespace {

struct Viewer : Simulated {
  using Simulated::Simulated;
  esxvi::Session session = open();
  esxvi::Ref<vim::ViewManager> manager = *session.content().viewManager;

  esxvi::Ref<vim::ContainerView> container(std::vector<std::string> types, bool recursive = true) {
    return session.call(vim::CreateContainerView{
        .self = manager,
        .container =
            esxvi::Ref<vim::ManagedEntity>(host.places().root.type(), host.places().root.value()),
        .type = std::move(types),
        .recursive = recursive});
  }
  vim::PropertyFilterSpec through(esxvi::untyped_ref const& view) {
    vim::PropertyFilterSpec s;
    vim::PropertySpec p;
    p.type = "VirtualMachine";
    p.pathSet = {"name"};
    s.propSet.push_back(p);
    vim::ObjectSpec o;
    o.obj = esxvi::Ref<vim::ManagedObject>(view.type(), view.value());
    o.skip = true;
    vim::TraversalSpec step;
    step.type = view.type();
    step.path = "view";
    o.selectSet.emplace_back(step);
    s.objectSet.push_back(o);
    return s;
  }
  std::vector<vim::ObjectContent> read(esxvi::untyped_ref const& view) {
    return session.call(vim::RetrieveProperties{.self = session.opening_content().propertyCollector,
                                                .specSet = std::vector{through(view)}});
  }
};

esxvi::Ref<vim::View> view_of(esxvi::untyped_ref const& ref) { return {ref.type(), ref.value()}; }

}  // namespace

TEST_CASE("a container view holds everything of a kind, and follows the inventory") {
  Viewer v;
  v.host.add_vm("a");
  auto const view = v.container({"VirtualMachine"});
  CHECK(v.read(view).size() == 1);
  v.host.add_vm("b");
  CHECK(v.read(view).size() == 2);
  CHECK(v.host.get<vim::ContainerView>(view)->view.size() == 2);
}

TEST_CASE("no kind: all; not recursive: what is right below; unknown: refused") {
  Viewer v;
  v.host.add_vm("a");
  auto const all = v.container({});
  CHECK(v.host.get<vim::ContainerView>(all)->view.size() >= 10);
  auto const top = v.container({}, false);
  CHECK(v.host.get<vim::ContainerView>(top)->view.size() == 1);
  auto const base = v.container({"ManagedEntity"});
  CHECK(v.host.get<vim::ContainerView>(base)->view.size() ==
        v.host.get<vim::ContainerView>(all)->view.size());
  CHECK(fault_of([&] { v.container({"Nonsense"}); }) == "InvalidArgument");
}

TEST_CASE("a filter through a view tells of machines that come") {
  Viewer v;
  v.host.add_vm("a");
  auto const view = v.container({"VirtualMachine"});
  auto const collector = v.session.opening_content().propertyCollector;
  v.session.call(
      vim::CreateFilter{.self = collector, .spec = v.through(view), .partialUpdates = false});
  auto const first = v.session.call(vim::WaitForUpdatesEx{.self = collector});
  REQUIRE(first);
  v.host.after(std::chrono::seconds(3), [&] { v.host.add_vm("b"); });
  auto const second =
      v.session.call(vim::WaitForUpdatesEx{.self = collector, .version = first->version});
  REQUIRE(second);
  REQUIRE(second->filterSet[0].objectSet.size() == 1);
  CHECK(second->filterSet[0].objectSet[0].kind == vim::ObjectUpdateKind::enter);
}

TEST_CASE("a list view holds what it is given") {
  Viewer v;
  esxvi::Ref<vim::VirtualMachine> const a = v.host.add_vm("a");
  esxvi::Ref<vim::VirtualMachine> const b = v.host.add_vm("b");
  using Any = esxvi::Ref<vim::ManagedObject>;
  auto const view =
      v.session.call(vim::CreateListView{.self = v.manager, .obj = {Any(a.type(), a.value())}});
  CHECK(v.read(view).size() == 1);
  auto const missing = v.session.call(
      vim::ModifyListView{.self = view,
                          .add = {Any(b.type(), b.value()), Any("VirtualMachine", "4711")},
                          .remove = {Any(a.type(), a.value())}});
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].value() == "4711");
  auto const rest = v.read(view);
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].obj.value() == b.value());
  v.session.call(vim::DestroyView{.self = view});
  CHECK(fault_of([&] { v.read(view); }) == "ManagedObjectNotFound");
}

TEST_CASE("an inventory view opens folder by folder") {
  Viewer v;
  auto const view = v.session.call(vim::CreateInventoryView{.self = v.manager});
  auto const& at = v.host.places();
  esxvi::Ref<vim::VirtualMachine> const vm = v.host.add_vm("a");
  auto const entity = [](esxvi::untyped_ref const& ref) {
    return esxvi::Ref<vim::ManagedEntity>(ref.type(), ref.value());
  };
  auto const seen = [&] {
    auto list = v.host.get<vim::InventoryView>(view)->view;
    std::sort(list.begin(), list.end(),
              [](auto const& a, auto const& b) { return a.value() < b.value(); });
    return list;
  };
  auto const sees = [&](esxvi::untyped_ref const& ref) {
    auto const list = seen();
    return std::find(list.begin(), list.end(), ref) != list.end();
  };
  auto const at_first = seen();
  CHECK(sees(at.datacenter));
  CHECK_FALSE(sees(at.vm_folder));
  auto const open = [&](esxvi::untyped_ref const& folder) {
    return v.session.call(
        vim::OpenInventoryViewFolder{.self = view, .entity = std::vector{entity(folder)}});
  };
  CHECK(open(at.datacenter).empty());
  CHECK(sees(at.vm_folder));
  CHECK_FALSE(sees(vm));
  CHECK(open(at.vm_folder).empty());
  CHECK(sees(vm));
  CHECK(open({"Folder", "none"}).size() == 1);
  // A list of the same objects, now or later.
  auto const list =
      v.session.call(vim::CreateListViewFromView{.self = v.manager, .view = view_of(view)});
  CHECK(v.read(list).size() == 1);
  // Closed with what was opened below it.
  auto const missing = v.session.call(vim::CloseInventoryViewFolder{
      .self = view, .entity = std::vector{entity(at.datacenter), entity({"Folder", "none"})}});
  CHECK(missing.size() == 1);
  CHECK(seen() == at_first);
  CHECK(v.read(list).size() == 1);
  v.session.call(vim::ResetListViewFromView{.self = list, .view = view_of(view)});
  CHECK(v.read(list).empty());
}

TEST_CASE("views end with their session") {
  Simulated s;
  auto const before = s.host.object_count();
  {
    auto session = s.open();
    session.call(vim::CreateListView{.self = *session.content().viewManager});
    CHECK(s.host.object_count() == before + 1);
  }
  CHECK(s.host.object_count() == before);
}
