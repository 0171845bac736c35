// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/query/detail/abilities.hpp>
#include <esxvi/query/detail/glob.hpp>
#include <esxvi/query/detail/inventory_tree.hpp>
#include <esxvi/query/inventory_path.hpp>
#include <esxvi/query/traversal.hpp>
#include <esxvi/session/session.hpp>
#include <esxvi/types/SearchIndex.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace esxvi::detail {

struct FoundObject {
  untyped_ref object{};
  std::string path{};
};

/// Where the children of an object are.
struct Containment {
  std::string_view from;
  std::string_view path;
  std::string_view leads_to;
  std::string_view name{};  ///< that the child always has
};
inline constexpr std::array<Containment, 9> containments{{
    {"Folder", "childEntity", "ManagedEntity"},
    {"Datacenter", "vmFolder", "Folder", "vm"},
    {"Datacenter", "hostFolder", "Folder", "host"},
    {"Datacenter", "datastoreFolder", "Folder", "datastore"},
    {"Datacenter", "networkFolder", "Folder", "network"},
    {"ComputeResource", "host", "HostSystem"},
    {"ComputeResource", "resourcePool", "ResourcePool"},
    {"ResourcePool", "resourcePool", "ResourcePool"},
    {"VirtualApp", "vm", "VirtualMachine"},
}};

/// One search for a path; without types.
class Finder {
 public:
  /// `kind`: only objects of it count.
  Finder(Session& session, std::string_view kind, CallOptions const& call)
      : session_(session), kind_(kind), call_(call) {}

  std::vector<FoundObject> run(std::string_view text, untyped_ref const& from) {
    PathPattern pattern(text);
    what_ = text;
    bool const relative = !pattern.absolute && from;
    FoundObject start{session_.opening_content().rootFolder, {}};
    if (relative)
      start = {from, base_path(from)};
    else
      name_data_center(pattern);

    std::span<PathPattern::Segment const> rest = pattern.segments;
    auto const first_glob =
        std::find_if(rest.begin(), rest.end(), [](auto const& s) { return !s.literal(); });
    auto const fixed = static_cast<std::size_t>(first_glob - rest.begin());
    start = descend(start, rest.first(fixed));
    rest = rest.subspan(fixed);
    if (!rest.empty()) return search(start, rest);
    if (!is_kind_of(start.object.type(), kind_))
      fail("it is a " + start.object.type() + ", not a " + std::string(kind_));
    if (start.path.empty()) start.path = "/";
    return {start};
  }

 private:
  using Segment = PathPattern::Segment;
  using Node = InventoryTree::Node;

  [[noreturn]] void fail(std::string problem) const {
    throw not_found({"find", what_, std::move(problem), {}});
  }

  std::string base_path(untyped_ref const& from) {
    auto path = inventory_path(session_, from, call_);
    return path == "/" ? std::string() : path;
  }

  // A host has one data center, whose name need not be said.
  void name_data_center(PathPattern& pattern) const {
    if (session_.about().apiType != "HostAgent" || pattern.segments.empty()) return;
    Segment const& first = pattern.segments.front();
    bool const below =
        first.literal() && std::any_of(containments.begin(), containments.end(),
                                       [&](auto const& c) { return first.glob.name() == c.name; });
    if (below)
      pattern.segments.insert(pattern.segments.begin(),
                              {"ha-datacenter", Glob("ha-datacenter"), false});
  }

  // ---- names ----

  FoundObject descend(FoundObject const& start, std::span<Segment const> names) {
    if (names.empty()) return start;
    FoundObject end{{}, start.path};
    for (Segment const& s : names) end.path += "/" + escape::percent::encode(s.glob.name());
    if (auto const& index = session_.opening_content().searchIndex) {
      try {
        if (auto const found = session_.call(
                types::FindByInventoryPath{.self = *index, .inventoryPath = end.path.substr(1)},
                call_)) {
          end.object = *found;
          return end;
        }
      } catch (fault const& e) {
        if (!lacks_method(e)) throw;
      }
    }
    return walk(start, names);
  }

  // Step by step: for servers that write names in another way than we do, and to say what is
  // missing. 1 request a name.
  FoundObject walk(FoundObject at, std::span<Segment const> names) {
    for (Segment const& s : names) {
      // What is passed on the way may be of any kind.
      auto const [tree, all] = read_below(at, std::span(&s, 1), "ManagedEntity");
      auto const below = all.find(at.object.value());
      auto const children = below == all.end() ? std::vector<Node const*>() : below->second;
      auto const found = std::find_if(children.begin(), children.end(),
                                      [&](Node const* n) { return s.matches(n->name); });
      if (found == children.end()) {
        std::string const where = at.path.empty() ? "/" : at.path;
        fail("no '" + s.glob.name() + "' in " + where + "; " + list_of_names(children));
      }
      at = {(*found)->object, at.path + "/" + escape::percent::encode((*found)->name)};
    }
    return at;
  }
  static std::string list_of_names(std::vector<Node const*> const& children) {
    if (children.empty()) return "it is empty";
    constexpr std::size_t most = 8;
    std::string text = "there are: ";
    for (std::size_t i = 0; i < children.size() && i < most; ++i)
      text.append(i > 0 ? ", " : "").append(children[i]->name);
    if (children.size() > most) text += " and " + std::to_string(children.size() - most) + " more";
    return text;
  }

  // ---- patterns ----

  std::vector<FoundObject> search(FoundObject const& start, std::span<Segment const> rest) {
    auto const [tree, children] = read_below(start, rest, kind_);
    Matching matching{kind_, children, rest, start.object.value(), {}, {}, {}};
    matching.visit(start.object, 0, start.path);
    std::sort(matching.found.begin(), matching.found.end(),
              [](auto const& a, auto const& b) { return a.path < b.path; });
    return std::move(matching.found);
  }

  using Children = std::unordered_map<std::string, std::vector<Node const*>>;

  struct Matching {
    std::string_view kind;
    Children const& children;
    std::span<Segment const> pattern;
    std::string start;
    std::vector<FoundObject> found;
    std::set<std::pair<std::string, std::size_t>> visited;
    std::set<std::string> taken;

    /// `object` has matched the first `done` segments.
    void visit(untyped_ref const& object, std::size_t done, std::string const& path) {
      if (!visited.emplace(object.value(), done).second) return;
      if (done == pattern.size()) {
        if (object.value() != start && is_kind_of(object.type(), kind) &&
            taken.insert(object.value()).second)
          found.push_back({object, path});
        return;
      }
      Segment const& next = pattern[done];
      if (next.any_depth) visit(object, done + 1, path);
      auto const below = children.find(object.value());
      if (below == children.end()) return;
      for (Node const* child : below->second)
        if (next.matches(child->name))
          visit(child->object, next.any_depth ? done : done + 1,
                path + "/" + escape::percent::encode(child->name));
    }
  };

  /// The objects of a kind that can match below `start`, and who is in whom, by name.
  std::pair<InventoryTree, Children> read_below(FoundObject const& start,
                                                std::span<Segment const> pattern,
                                                std::string_view kind) {
    types::PropertyFilterSpec spec;
    auto& root = add_object(spec, start.object);
    bool const deep =
        std::any_of(pattern.begin(), pattern.end(), [](Segment const& s) { return s.any_depth; });
    // Also from the root folder: paths go through folders that its short cuts leave out.
    root.selectSet = deep ? selection_for(kind, false) : steps_down(pattern, kind);
    std::pair<InventoryTree, Children> all;
    auto& [tree, children] = all;
    tree.read(session_, std::move(spec), call_);
    for (auto const& [id, node] : tree.nodes()) {
      auto const in = [&](auto const& parent) {
        if (parent && *parent) children[parent->value()].push_back(&node);
      };
      in(node.parent);
      in(node.parentVApp);
      in(node.parentFolder);
    }
    for (auto& [parent, below] : children)
      std::sort(below.begin(), below.end(),
                [](Node const* a, Node const* b) { return a->name < b->name; });
    return all;
  }

  /// Steps of one level lead to those of the next.
  static std::vector<Poly<types::SelectionSpec>> steps_down(std::span<Segment const> pattern,
                                                            std::string_view kind) {
    std::vector<Poly<types::SelectionSpec>> all;
    for (std::size_t level = 0; level < pattern.size(); ++level)
      for (Containment const& c : containments) {
        if (!useful(c, level, pattern, kind)) continue;
        auto step = traversal_step(name_of(c, level), c.from, c.path);
        for (Containment const& next : containments)
          if (level + 1 < pattern.size() && useful(next, level + 1, pattern, kind))
            step.selectSet.emplace_back(types::SelectionSpec{.name = name_of(next, level + 1)});
        all.emplace_back(std::move(step));
      }
    return all;
  }
  static std::string name_of(Containment const& c, std::size_t level) {
    return std::to_string(level) + " " + std::string(c.from) + "." + std::string(c.path);
  }
  static bool useful(Containment const& c, std::size_t level, std::span<Segment const> pattern,
                     std::string_view kind) {
    if (!c.name.empty() && !pattern[level].matches(c.name)) return false;
    return level + 1 < pattern.size() || is_kind_of(c.leads_to, kind) ||
           is_kind_of(kind, c.leads_to);
  }

  Session& session_;
  std::string_view kind_;
  CallOptions call_;
  std::string what_{};
};

}  // namespace esxvi::detail
