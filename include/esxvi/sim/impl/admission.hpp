// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What a call has to fulfil before its method sees it. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/admission.hpp>
#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/property_path.hpp>
#include <esxvi/soap/type_names.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace esxvi::sim::detail {

namespace {

/// What a method takes where the schema states nothing, or only what the manager takes through
/// which something else is changed. An empty kind: any; of several rows the first that fits counts.
struct method_privilege {
  std::string_view method;
  std::string_view kind;
  std::string_view privilege;
};
// clang-format off
constexpr method_privilege method_privileges[] = {
    {"AcquireTicket", "", "VirtualMachine.Interact.ConsoleInteract"},
    {"AddVirtualNic", "", "Host.Config.Network"},
    {"CancelTask", "", "Global.CancelTask"},
    {"CloneVM_Task", "", "VirtualMachine.Provisioning.Clone"},
    {"CloseInventoryViewFolder", "", "System.View"},
    {"CopyDatastoreFile_Task", "", "Datastore.FileManagement"},
    {"CopyVirtualDisk_Task", "", "Datastore.FileManagement"},
    {"CreateVirtualDisk_Task", "", "Datastore.FileManagement"},
    {"DeleteDatastoreFile_Task", "", "Datastore.FileManagement"},
    {"DeleteVirtualDisk_Task", "", "Datastore.FileManagement"},
    {"DestroyCollector", "", "System.View"},
    {"DestroyPropertyFilter", "", "System.View"},
    {"Destroy_Task", "VirtualMachine", "VirtualMachine.Inventory.Delete"},
    {"Destroy_Task", "Folder", "Folder.Delete"},
    {"Destroy_Task", "Datacenter", "Datacenter.Delete"},
    {"Destroy_Task", "Datastore", "Datastore.Delete"},
    {"Destroy_Task", "Network", "Network.Delete"},
    {"Destroy_Task", "ResourcePool", "Resource.DeletePool"},
    {"Destroy_Task", "HostSystem", "Host.Inventory.RemoveHostFromCluster"},
    {"Destroy_Task", "ComputeResource", "Host.Inventory.DeleteCluster"},
    {"ExtendVirtualDisk_Task", "", "Datastore.FileManagement"},
    {"MakeDirectory", "", "Datastore.FileManagement"},
    {"MigrateVM_Task", "", "Resource.HotMigrate"},
    {"ModifyListView", "", "System.View"},
    {"MoveDatastoreFile_Task", "", "Datastore.FileManagement"},
    {"MoveIntoFolder_Task", "", "Folder.Move"},
    {"MoveVirtualDisk_Task", "", "Datastore.FileManagement"},
    {"OpenInventoryViewFolder", "", "System.View"},
    {"ReadNextEvents", "", "System.View"},
    {"ReadNextTasks", "", "System.View"},
    {"ReadPreviousEvents", "", "System.View"},
    {"ReadPreviousTasks", "", "System.View"},
    {"ReconfigVM_Task", "", "VirtualMachine.Config.Settings"},
    {"Rename_Task", "VirtualMachine", "VirtualMachine.Config.Rename"},
    {"Rename_Task", "Folder", "Folder.Rename"},
    {"Rename_Task", "Datacenter", "Datacenter.Rename"},
    {"Rename_Task", "Datastore", "Datastore.Rename"},
    {"Rename_Task", "Network", "Network.Config"},
    {"Rename_Task", "ResourcePool", "Resource.RenamePool"},
    {"Rename_Task", "ComputeResource", "Host.Inventory.RenameCluster"},
    {"ResetCollector", "", "System.View"},
    {"ResetListView", "", "System.View"},
    {"ResetListViewFromView", "", "System.View"},
    {"RetrieveEntityPermissions", "", "System.Read"},
    {"RewindCollector", "", "System.View"},
    {"SearchDatastoreSubFolders_Task", "", "Datastore.Browse"},
    {"SearchDatastore_Task", "", "Datastore.Browse"},
    {"SetCollectorPageSize", "", "System.View"},
    {"SetVirtualDiskUuid", "", "Datastore.FileManagement"},
    {"UpdateNetworkConfig", "", "Host.Config.Network"},
    {"UpdateOptions", "", "System.View"},  // whose options they are decides: it asks by itself
    {"UpdateVirtualNic", "", "Host.Config.Network"},
    {"ZeroFillVirtualDisk_Task", "", "Datastore.FileManagement"},
};
// clang-format on

constexpr std::string_view of_administrators = "Global.Settings";

/// Methods that tell what of the things that they are given does not exist, or mean something by
/// it.
constexpr std::string_view may_refer_to_nothing[] = {
    "CloseInventoryViewFolder", "CreateCollectorForEvents", "CreateFilter", "CreateListView",
    "ModifyListView",           "OpenInventoryViewFolder",  "QueryEvents",  "ResetListView",
    "RetrieveProperties",       "RetrievePropertiesEx",
};

/// Goes through a value beside a blank one of the same type. References have one table for all
/// kinds of objects; which kind is declared shows in those of a blank value.
class ReferenceCheck {
 public:
  explicit ReferenceCheck(Host& host) : host_(host) {}

  /// `blank` is null where nothing is declared.
  void members(reflect::type_info const& type, void const* at, void* blank, std::size_t first) {
    for (std::size_t i = first; i < type.members.size(); ++i) {
      auto const& m = type.members[i];
      std::size_t const length = path_.size();
      if (length > 0) path_ += '.';
      path_ += m.name;
      value(*m.type, m.at(mutable_at(at)), blank != nullptr ? m.at(blank) : nullptr);
      path_.resize(length);
    }
  }

 private:
  void value(reflect::type_info const& type, void const* at, void* blank) {
    using reflect::kind;
    switch (type.what) {
      case kind::reference:
        check(*static_cast<untyped_ref const*>(at),
              blank != nullptr ? static_cast<untyped_ref const*>(blank)->type() : std::string());
        break;
      case kind::optional:
      case kind::array: {
        auto const all = type.elements(at);
        if (all.count == 0) break;
        void* const one = blank != nullptr ? type.emplace(blank) : nullptr;
        for (std::size_t i = 0; i < all.count; ++i)
          value(*type.element, element_at(type, all, i), one);
        break;
      }
      case kind::object:
        members(type, at, blank, 0);
        break;
      case kind::poly: {
        auto const& box = *static_cast<esxvi::detail::box const*>(at);
        if (box.object() != nullptr) content(box, type.held);
        break;
      }
      case kind::any: {
        auto const& box = static_cast<Any const*>(at)->content();
        if (box.object() != nullptr) content(box, nullptr);
        break;
      }
      default:
        break;
    }
  }

  void content(esxvi::detail::box const& box, reflect::held_type const* declared) {
    auto const& type = *box.type();
    auto const* const held = declared != nullptr && declared->type == &type
                                 ? declared
                                 : reflect::registry::find(type.name);
    if (type.what != reflect::kind::object || held == nullptr || held->type != &type)
      return value(type, box.object(), nullptr);
    std::unique_ptr<void, void (*)(void*) noexcept> const blank(held->create(), held->destroy);
    members(type, box.object(), blank.get(), 0);
  }

  void check(untyped_ref const& ref, std::string const& kind) const {
    Object const* const object = host_.find_object(ref);
    if (object == nullptr) {
      types::ManagedObjectNotFound why;
      why.obj = Ref<types::ManagedObject>(ref.type(), ref.value());
      throw fault(std::move(why));
    }
    if (!kind.empty() && !object->kind().is_a(kind)) throw bad_argument(path_);
  }

  Host& host_;
  std::string path_;
};

}  // namespace

std::string_view privilege_to_call(MethodFacts const& method, Kind const& object) {
  for (method_privilege const& row : method_privileges)
    if (row.method == method.name && (row.kind.empty() || object.is_a(row.kind)))
      return row.privilege;
  return method.privilege.empty() ? of_administrators : method.privilege;
}

std::vector<std::string_view> unstated_privileges() {
  std::vector<std::string_view> all;
  for (method_privilege const& row : method_privileges) all.push_back(row.privilege);
  return all;
}

void check_references(Host& host, Method const& method, void const* request) {
  if (std::ranges::find(may_refer_to_nothing, method.facts.name) != std::end(may_refer_to_nothing))
    return;
  auto const blank = method.make_request();
  // The first one is the object that the method is called on.
  ReferenceCheck(host).members(*method.request, request, blank.get(), 1);
}

}  // namespace esxvi::sim::detail
