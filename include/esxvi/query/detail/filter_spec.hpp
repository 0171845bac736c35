// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/types/PropertyCollector_types.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>
#include <esxvi/types/hierarchy.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

/// Pieces of what a property collector is asked.
namespace esxvi::detail {

/// By the schema: a VirtualApp is a ResourcePool.
inline bool is_kind_of(std::string_view kind, std::string_view base) {
  while (!kind.empty() && kind != base) kind = types::object_base_of(kind);
  return !kind.empty();
}

inline types::PropertySpec paths_of(std::string_view kind,
                                    std::initializer_list<std::string_view> paths) {
  types::PropertySpec spec{.type = std::string(kind), .all = false};
  for (auto const path : paths) spec.pathSet.emplace_back(path);
  return spec;
}

inline types::ObjectSpec& add_object(types::PropertyFilterSpec& spec, untyped_ref const& object) {
  auto& added = spec.objectSet.emplace_back();
  added.obj = Ref<types::ManagedObject>(object.type(), object.value(), object.server_guid());
  added.skip = false;
  return added;
}

/// A step that is described where it begins; `next` are names of steps to go on with.
inline types::TraversalSpec traversal_step(std::string_view name, std::string_view from,
                                           std::string_view path,
                                           std::initializer_list<std::string_view> next = {}) {
  types::TraversalSpec spec;
  spec.name = name;
  spec.type = from;
  spec.path = path;
  spec.skip = false;
  for (auto const n : next)
    spec.selectSet.emplace_back(types::SelectionSpec{.name = std::string(n)});
  return spec;
}

}  // namespace esxvi::detail
