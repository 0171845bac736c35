// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/inventory_tree.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/types/core.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

/// Where objects are in the inventory.
///
/// A path is "/dc/vm/folder/web01": names in the form that servers use, `/`, `\` and `%` in a name
/// as %2f, %5c and %25, without the name of the root folder, whose path is "/". The path of a
/// machine goes through its folders, that of a vApp through the pools; a machine in a vApp is below
/// that.
namespace esxvi {

/// An object above another one.
struct Ancestor {
  untyped_ref object{};
  std::string name{};  ///< plain: "a/b" and not "a%2fb"
};

namespace detail {

inline InventoryTree read_parents(Session& session, std::span<untyped_ref const> objects,
                                  CallOptions const& call) {
  InventoryTree tree;
  types::PropertyFilterSpec spec;
  for (auto const& object : objects) select_parents(add_object(spec, object));
  tree.read(session, std::move(spec), call);
  return tree;
}

inline InventoryTree::Node const& known(InventoryTree const& tree, untyped_ref const& object) {
  if (auto const* const node = tree.find(object)) return *node;
  throw not_found({"inventory path",
                   object.type() + " " + object.value(),
                   "the server does not show the object, or it has no place in the inventory",
                   {}});
}

}  // namespace detail

/// Everything above an object, nearest first; the last one is the root folder. 1 request.
///
/// Throws not_found for what is no entity of the inventory, fault (ManagedObjectNotFound) for what
/// does not exist.
[[nodiscard]] inline std::vector<Ancestor> parents(Session& session, untyped_ref const& object,
                                                   CallOptions const& call = {}) {
  auto const tree = detail::read_parents(session, {&object, 1}, call);
  std::vector<Ancestor> all;
  for (auto const* const node : tree.above(detail::known(tree, object)))
    all.push_back({node->object, node->name});
  return all;
}

/// "/dc/vm/folder/web01". 1 request. Throws as parents() does, and not_found when the user may not
/// see all that is above the object.
[[nodiscard]] inline std::string inventory_path(Session& session, untyped_ref const& object,
                                                CallOptions const& call = {}) {
  auto const tree = detail::read_parents(session, {&object, 1}, call);
  auto path = tree.path_of(detail::known(tree, object));
  if (path.empty())
    throw not_found({"inventory path", object.type() + " " + object.value(),
                     "the server does not show everything above the object",
                     "has the user a role on the objects above it?"});
  return path;
}

/// The same of many, in their order; empty for those that are gone or have no path. 2 requests,
/// however many there are.
[[nodiscard]] inline std::vector<std::string> inventory_paths(Session& session,
                                                              std::span<untyped_ref const> objects,
                                                              CallOptions const& call = {}) {
  if (objects.empty()) return {};
  detail::InventoryTree tree;
  tree.read_objects(session, {objects.begin(), objects.end()}, call);
  // Many objects have few parents, which are asked for together with all above them.
  types::PropertyFilterSpec spec;
  std::unordered_set<std::string> asked;
  for (auto const& [id, node] : tree.nodes())
    if (auto const up = node.up();
        up && tree.find(up) == nullptr && asked.insert(up.value()).second)
      detail::select_parents(detail::add_object(spec, up));
  if (!spec.objectSet.empty()) tree.read_existing(session, std::move(spec), call);
  std::vector<std::string> paths;
  for (auto const& object : objects) {
    auto const* const node = tree.find(object);
    paths.push_back(node != nullptr ? tree.path_of(*node) : std::string());
  }
  return paths;
}
template <class T>
[[nodiscard]] std::vector<std::string> inventory_paths(Session& session,
                                                       std::vector<Ref<T>> const& objects,
                                                       CallOptions const& call = {}) {
  return inventory_paths(session, std::vector<untyped_ref>(objects.begin(), objects.end()), call);
}

}  // namespace esxvi
