// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Views: lists of objects that property collectors start from. Part of
// <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/sim/services.hpp>
#include <esxvi/types/ContainerView.hpp>
#include <esxvi/types/ContainerView_properties.hpp>
#include <esxvi/types/InventoryView.hpp>
#include <esxvi/types/InventoryView_properties.hpp>
#include <esxvi/types/ListView.hpp>
#include <esxvi/types/ListView_properties.hpp>
#include <esxvi/types/View.hpp>
#include <esxvi/types/ViewManager.hpp>

#include <algorithm>
#include <unordered_set>

namespace esxvi::sim {

namespace detail {

namespace {

/// Where the children of an object are.
struct containment {
  std::string_view kind;
  std::string_view property;
};
constexpr containment containments[] = {
    {"Folder", "childEntity"},
    {"Datacenter", "vmFolder"},
    {"Datacenter", "hostFolder"},
    {"Datacenter", "datastoreFolder"},
    {"Datacenter", "networkFolder"},
    {"ComputeResource", "host"},
    {"ComputeResource", "resourcePool"},
    {"ResourcePool", "resourcePool"},
    {"ResourcePool", "vm"},
    {"HostSystem", "vm"},
};

}  // namespace

void for_each_child(Host& host, Object const& object,
                    std::function<void(Object const&)> const& visit) {
  auto const properties = object.properties();
  for (containment const& c : containments) {
    if (!object.kind().is_a(c.kind)) continue;
    auto const path = find_path(object.type(), c.property);
    if (!path) continue;
    Value const v = read(object.type(), properties.get(), *path);
    if (v.at != nullptr)
      visit_references(*v.type, v.at, [&](untyped_ref const& ref) {
        if (Object* const child = host.find_object(ref)) visit(*child);
      });
  }
}

namespace {

inline std::vector<Ref<types::ManagedObject>> members_of_view(Host& host,
                                                              types::ContainerView const& view) {
  std::vector<Ref<types::ManagedObject>> found;
  std::unordered_set<Object const*> met;
  std::vector<Object const*> todo;
  if (Object const* const top = host.find_object(view.container)) todo.push_back(top);
  for (std::size_t i = 0; i < todo.size(); ++i) {
    if (i > 0 && !view.recursive) break;
    for_each_child(host, *todo[i], [&](Object const& child) {
      if (!met.insert(&child).second) return;
      todo.push_back(&child);
      bool const wanted =
          view.type.empty() || std::any_of(view.type.begin(), view.type.end(),
                                           [&](auto const& t) { return child.kind().is_a(t); });
      if (wanted) found.emplace_back(child.ref().type(), child.ref().value());
    });
  }
  return found;
}

}  // namespace

bool is_container(Kind const& kind) {
  return kind.is_a("Folder") || kind.is_a("ComputeResource") || kind.is_a("Datacenter") ||
         kind.is_a("ResourcePool") || kind.is_a("HostSystem");
}

void update_views(Host& host) {
  State& s = host.state();
  if (s.container_views.empty() || s.viewed == s.structure) return;
  s.viewed = s.structure;
  for (untyped_ref const& ref : std::vector(s.container_views)) {
    auto const view = host.find<types::ContainerView>(ref);
    if (!view) continue;
    auto members = members_of_view(host, *view);
    if (members == view->view) continue;
    host.modify(Ref<types::ContainerView>(ref.value()),
                [&](types::ContainerView& v) { v.view = std::move(members); });
  }
}

}  // namespace detail

void add_view_methods(Host& host) {
  using namespace esxvi::types;
  auto const add = [](Call& call, auto view) {
    using View = decltype(view);
    Ref<View> const ref("session[" + call.session()->key + "]" + call.host().make_uuid());
    call.host().add(ref, std::move(view), call.session()->key);
    return ref;
  };
  auto const known = [](Host& h, std::vector<Ref<ManagedObject>> const& objects,
                        std::vector<Ref<ManagedObject>>& missing) {
    std::vector<Ref<ManagedObject>> there;
    for (auto const& o : objects) (h.exists(o) ? there : missing).push_back(o);
    return there;
  };
  host.on<CreateContainerView>([add](Call& call, CreateContainerView const& r) {
    static_cast<void>(call.host().get<ManagedEntity>(*r.container));
    ContainerView view;
    view.container = *r.container;
    view.type = r.type;
    view.recursive = *r.recursive;
    for (auto const& type : r.type)
      if (!detail::is_known_kind(type)) throw detail::bad_argument("type");
    view.view = detail::members_of_view(call.host(), view);
    auto const ref = add(call, std::move(view));
    call.host().state().container_views.push_back(ref);
    return ref;
  });
  host.on<CreateListView>([add, known](Call& call, CreateListView const& r) {
    ListView view;
    std::vector<Ref<ManagedObject>> missing;
    view.view = known(call.host(), r.obj, missing);
    return add(call, std::move(view));
  });
  host.on<CreateListViewFromView>([add](Call& call, CreateListViewFromView const& r) {
    ListView view;
    view.view = call.host().get<ManagedObjectView>(*r.view)->view;
    return add(call, std::move(view));
  });
  host.on<ModifyListView>([known](Call& call, ModifyListView const& r) {
    std::vector<Ref<ManagedObject>> missing;
    auto const added = known(call.host(), r.add, missing);
    call.host().modify(r.self.value, [&](ListView& view) {
      for (auto const& gone : r.remove)
        if (std::erase(view.view, gone) == 0) missing.push_back(gone);
      for (auto const& one : added)
        if (std::find(view.view.begin(), view.view.end(), one) == view.view.end())
          view.view.push_back(one);
    });
    return missing;
  });
  host.on<ResetListView>([known](Call& call, ResetListView const& r) {
    std::vector<Ref<ManagedObject>> missing;
    auto there = known(call.host(), r.obj, missing);
    call.host().modify(r.self.value, [&](ListView& view) { view.view = std::move(there); });
    return missing;
  });
  host.on<ResetListViewFromView>([](Call& call, ResetListViewFromView const& r) {
    auto const from = call.host().get<ManagedObjectView>(*r.view);
    call.host().modify(r.self.value, [&](ListView& view) { view.view = from->view; });
  });
  // An inventory view begins with the root and what is right below it; folders open one by one.
  auto const open = [](Host& h, InventoryView& view, untyped_ref const& folder) {
    Object const* const object = h.find_object(folder);
    if (object == nullptr) return false;
    detail::for_each_child(h, *object, [&](Object const& child) {
      Ref<ManagedObject> const ref(child.ref().type(), child.ref().value());
      if (std::find(view.view.begin(), view.view.end(), ref) == view.view.end())
        view.view.push_back(ref);
    });
    return true;
  };
  host.on<CreateInventoryView>([add, open](Call& call, CreateInventoryView const&) {
    InventoryView view;
    untyped_ref const root = call.host().places().root;
    view.view.emplace_back(root.type(), root.value());
    open(call.host(), view, root);
    return add(call, std::move(view));
  });
  host.on<OpenInventoryViewFolder>([open](Call& call, OpenInventoryViewFolder const& r) {
    std::vector<Ref<ManagedEntity>> missing;
    call.host().modify(r.self.value, [&](InventoryView& view) {
      for (auto const& folder : *r.entity)
        if (!open(call.host(), view, folder)) missing.push_back(folder);
    });
    return missing;
  });
  // With what was opened below it.
  auto const close = [](Host& h, InventoryView& view, untyped_ref const& folder) {
    Object const* const closed = h.find_object(folder);
    if (closed == nullptr) return false;
    for (std::vector<Object const*> todo{closed}; !todo.empty();) {
      Object const* const object = todo.back();
      todo.pop_back();
      detail::for_each_child(h, *object, [&](Object const& child) {
        if (std::erase(view.view, Ref<ManagedObject>(child.ref().type(), child.ref().value())) > 0)
          todo.push_back(&child);
      });
    }
    return true;
  };
  host.on<CloseInventoryViewFolder>([close](Call& call, CloseInventoryViewFolder const& r) {
    std::vector<Ref<ManagedEntity>> missing;
    call.host().modify(r.self.value, [&](InventoryView& view) {
      for (auto const& folder : *r.entity)
        if (!close(call.host(), view, folder)) missing.push_back(folder);
    });
    return missing;
  });
  host.on<DestroyView>([](Call& call, DestroyView const& r) {
    std::erase_if(call.host().state().container_views,
                  [&](untyped_ref const& v) { return v == r.self.value; });
    call.host().remove(r.self.value);
  });
  host.on_session_end([&host](HostSession const&) {
    std::erase_if(host.state().container_views,
                  [&](untyped_ref const& v) { return !host.exists(v); });
  });
}

}  // namespace esxvi::sim
