// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/percent.hpp>
#include <esxvi/query/collect.hpp>
#include <esxvi/query/detail/filter_spec.hpp>
#include <esxvi/query/row.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/types/core.hpp>
#include <esxvi/types/fwd.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace esxvi::detail {

/// Names and parents of objects, as far as they were read.
class InventoryTree {
 public:
  struct Node {
    untyped_ref object{};
    std::string name{};  ///< plain
    std::optional<Ref<types::ManagedEntity>> parent{};
    std::optional<Ref<types::ManagedEntity>> parentVApp{};  ///< of a machine in a vApp
    std::optional<Ref<types::Folder>> parentFolder{};       ///< of a vApp, besides its pool
    bool hidden = false;  ///< the user may not see its name or parent

    /// Where its path goes on: a machine of a vApp is in no folder.
    [[nodiscard]] untyped_ref up() const {
      if (parent && *parent) return *parent;
      return parentVApp ? untyped_ref(*parentVApp) : untyped_ref();
    }
  };

  /// Reads what `spec` selects; its propSet is filled in here. 1 request (or more when the server
  /// pages).
  void read(Session& session, types::PropertyFilterSpec spec, CallOptions const& call,
            bool existing = false) {
    spec.propSet = {paths_of("ManagedEntity", {"name", "parent"}),
                    paths_of("VirtualMachine", {"parentVApp"}),
                    paths_of("VirtualApp", {"parentFolder"})};
    run(session, {.objects = {},
                  .roots = {},
                  .page_size = 0,
                  .call = call,
                  .spec = std::move(spec),
                  .existing = existing});
  }
  /// The same; objects of `spec` that do not exist are left out.
  void read_existing(Session& session, types::PropertyFilterSpec spec, CallOptions const& call) {
    if (speaks(session, "4.1")) spec.reportMissingObjectsInResults = true;
    read(session, std::move(spec), call, true);
  }
  /// The same of these objects alone.
  void read_objects(Session& session, std::vector<untyped_ref> const& objects,
                    CallOptions const& call) {
    types::PropertyFilterSpec spec;
    for (auto const& object : objects) add_object(spec, object);
    read_existing(session, std::move(spec), call);
  }

  [[nodiscard]] Node const* find(untyped_ref const& object) const {
    auto const found = nodes_.find(object.value());
    return found == nodes_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::unordered_map<std::string, Node> const& nodes() const noexcept {
    return nodes_;
  }

  /// From the object up to what has no parent here; nearest first, without the object.
  [[nodiscard]] std::vector<Node const*> above(Node const& node) const {
    std::vector<Node const*> all;
    for (Node const* at = find(node.up()); at != nullptr && all.size() < 1000; at = find(at->up()))
      all.push_back(at);
    return all;
  }
  /// "/dc/vm/web01"; "/" of the root folder; empty when not all above the object was read.
  [[nodiscard]] std::string path_of(Node const& node) const {
    std::string path;
    Node const* last = &node;
    bool whole = !node.hidden;
    for (Node const* at : above(node)) {
      path.insert(0, "/" + escape::percent::encode(last->name));
      last = at;
      whole = whole && !at->hidden;
    }
    // Only the root folder is in nothing.
    if (!whole || last->object.type() != "Folder" || last->up()) return {};
    return path.empty() ? "/" : path;
  }

 private:
  struct Columns {
    template <auto Member> static void* at(void* row) {
      return &(static_cast<Node*>(row)->*Member);
    }
    static constexpr std::array<column, 4> all{
        column{"name", reflect::type_of<std::string>(), &at<&Node::name>},
        column{"parent", reflect::type_of<std::optional<Ref<types::ManagedEntity>>>(),
               &at<&Node::parent>},
        column{"parentVApp", reflect::type_of<std::optional<Ref<types::ManagedEntity>>>(),
               &at<&Node::parentVApp>},
        column{"parentFolder", reflect::type_of<std::optional<Ref<types::Folder>>>(),
               &at<&Node::parentFolder>}};
    static constexpr row_layout layout{"ManagedEntity", all, [](void* row) -> untyped_ref* {
                                         return &static_cast<Node*>(row)->object;
                                       }};
  };
  struct Taker final : RowTaker {
    explicit Taker(InventoryTree& t) : tree(t) {}
    void* next() override { return &(row = {}); }
    bool taken(untyped_ref const& object) override {
      row.name = escape::percent::decode_lenient(row.name);
      tree.nodes_.insert_or_assign(object.value(), std::move(row));
      return true;
    }
    void missing(Missing what) override {
      if (what.path == "name" || what.path == "parent") row.hidden = true;
    }
    void take_back() override {}
    bool restart() override { return true; }
    InventoryTree& tree;
    Node row{};
  };

  void run(Session& session, Collection what) {
    Taker taker(*this);
    Collector(session, Columns::layout, taker, std::move(what)).run();
  }

  std::unordered_map<std::string, Node> nodes_{};
};

/// Adds the steps from an object to everything above it.
inline void select_parents(types::ObjectSpec& object) {
  object.selectSet.emplace_back(traversal_step("up", "ManagedEntity", "parent", {"up", "vapp"}));
  object.selectSet.emplace_back(
      traversal_step("vapp", "VirtualMachine", "parentVApp", {"up", "vapp"}));
}

}  // namespace esxvi::detail
