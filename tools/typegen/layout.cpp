// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "layout.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "graph.hpp"
#include "text_form.hpp"

namespace esxvi::typegen {
namespace {

/// Below these a header is a family, not a type.
struct FamilyRoot {
  std::string_view name;
  std::string_view folder;
};
constexpr FamilyRoot family_roots[] = {{"MethodFault", "fault/"},
                                       {"RuntimeFault", "fault/"},
                                       {"VimFault", "fault/"},
                                       {"Event", "event/"}};

const FamilyRoot* family_root(std::string_view name) {
  const auto* found = std::find_if(std::begin(family_roots), std::end(family_roots),
                                   [&](const FamilyRoot& root) { return root.name == name; });
  return found == std::end(family_roots) ? nullptr : found;
}

/// "vim.vm.ConfigSpec" of "vim.vm.ConfigSpec.CpuIdInfo": up to the first capital component.
std::string_view outermost_class(std::string_view vmodl) {
  for (std::size_t begin = 0; begin < vmodl.size();) {
    const std::size_t end = std::min(vmodl.find('.', begin), vmodl.size());
    if (std::isupper(static_cast<unsigned char>(vmodl[begin]))) return vmodl.substr(0, end);
    begin = end + 1;
  }
  return vmodl;
}

class Builder {
 public:
  explicit Builder(const Catalogue& catalogue)
      : catalogue_(catalogue), schema_(catalogue.schema()) {}

  Layout build() {
    index_vmodl();
    mark_used_enums();
    for (const Enum& enumeration : schema_.enums)
      if (used_enums_.contains(enumeration.name))
        add(enumeration.name, group_path(enumeration.name, enumeration.facts.vmodl));
    for (const Struct& structure : schema_.structs) add(structure.name, struct_path(structure));
    connect();
    merge();
    add_constants();
    add_objects();
    check_paths();
    return std::move(layout_);
  }

 private:
  void index_vmodl() {
    const auto add_all = [this](const auto& declarations) {
      for (const auto& declaration : declarations)
        if (!declaration.facts.vmodl.empty())
          by_vmodl_.emplace(declaration.facts.vmodl, declaration.name);
    };
    add_all(schema_.enums);
    add_all(schema_.structs);
    add_all(schema_.objects);
  }

  void use(const TypeRef& type) {
    if (catalogue_.enumeration(type.name)) used_enums_.insert(type.name);
  }

  void mark_used_enums() {
    for (const Struct& structure : schema_.structs)
      for (const Field& field : structure.fields) use(field.type);
    for (const Managed& object : schema_.objects) {
      for (const Property& property : object.properties) use(property.type);
      for (const Method& method : object.methods) {
        for (const Parameter& parameter : method.parameters) use(parameter.type);
        if (!method.reply) continue;
        use(method.reply->type);
        use(parse_type(method.reply->facts.result));
      }
    }
  }

  /// Path of the header of a struct: that of its family, or that of its VMODL class.
  std::string struct_path(const Struct& structure) const {
    if (!family_root(structure.name))
      for (const Struct* at = &structure; at; at = catalogue_.structure(at->base))
        if (const FamilyRoot* root = family_root(at->base))
          return std::string(root->folder) + at->name + ".hpp";
    return group_path(structure.name, structure.facts.vmodl);
  }

  std::string group_path(const std::string& name, std::string_view vmodl) const {
    const std::string_view outermost = outermost_class(vmodl);
    if (outermost == vmodl) return name + ".hpp";
    const auto declared = by_vmodl_.find(outermost);
    if (declared == by_vmodl_.end())
      return std::string(outermost.substr(outermost.rfind('.') + 1)) + "_types.hpp";
    if (const Struct* structure = catalogue_.structure(declared->second))
      return struct_path(*structure);
    return std::string(declared->second) +
           (catalogue_.kind(declared->second) == Kind::object ? "_types.hpp" : ".hpp");
  }

  void add(const std::string& type, const std::string& path) {
    const auto [found, is_new] = group_by_path_.try_emplace(path, paths_.size());
    if (is_new) paths_.push_back(path);
    group_of_.emplace(type, found->second);
  }

  /// The structs and enums that a struct needs declared: its base, and those of its members. The
  /// static type of a polymorphic member counts, because the codec needs it complete.
  template <class Visitor> void for_each_need(const Struct& structure, Visitor visit) const {
    if (catalogue_.cpp_base(structure)) visit(structure.base);
    for (const Field& field : structure.fields)
      if (catalogue_.is_declared(field.type)) visit(field.type.name);
  }

  void connect() {
    edges_.resize(paths_.size());
    for (const Struct& structure : schema_.structs) {
      const std::size_t from = group_of_.at(structure.name);
      for_each_need(structure, [&](const std::string& name) {
        const std::size_t to = group_of_.at(name);
        if (from != to) edges_[from].push_back(to);
      });
    }
  }

  void merge() {
    const std::vector<std::size_t> component = strong_components(edges_);
    std::vector<std::vector<std::size_t>> members(paths_.size());
    for (std::size_t group = 0; group < paths_.size(); ++group)
      members[component[group]].push_back(group);
    std::vector<std::string> final_path(paths_.size());
    for (const std::vector<std::size_t>& groups : members) {
      if (groups.empty()) continue;
      const std::size_t leader = *std::min_element(
          groups.begin(), groups.end(), [this](std::size_t left, std::size_t right) {
            return std::pair(paths_[left].size(), std::string_view(paths_[left])) <
                   std::pair(paths_[right].size(), std::string_view(paths_[right]));
          });
      for (const std::size_t group : groups) {
        final_path[group] = paths_[leader];
        if (group != leader) layout_.forwards.emplace(paths_[group], paths_[leader]);
      }
    }
    std::map<std::string, DataHeader> headers;
    for (std::size_t group = 0; group < paths_.size(); ++group) {
      DataHeader& header = headers[final_path[group]];
      header.path = final_path[group];
      for (const std::size_t target : edges_[group])
        if (final_path[target] != header.path) header.includes.insert(final_path[target]);
    }
    const auto place = [&](const std::string& type) -> DataHeader& {
      const std::string& path = final_path[group_of_.at(type)];
      layout_.header_of.emplace(type, path);
      return headers[path];
    };
    for (const Enum& enumeration : schema_.enums)
      if (used_enums_.contains(enumeration.name))
        place(enumeration.name).enums.push_back(&enumeration);
    for (const Struct& structure : schema_.structs)
      place(structure.name).structs.push_back(&structure);
    for (auto& [path, header] : headers) {
      header.structs = in_dependency_order(header.structs);
      layout_.data.push_back(std::move(header));
    }
  }

  /// Sorted by name, save that what another one needs comes before it. Where types need each
  /// other, what must be complete comes first, then what an array holds (a vector of an
  /// incomplete type is fine as a member, but has its limits), then static types of boxes.
  std::vector<const Struct*> in_dependency_order(const std::vector<const Struct*>& structs) const {
    std::unordered_map<std::string_view, std::size_t> index;
    for (std::size_t i = 0; i < structs.size(); ++i) index.emplace(structs[i]->name, i);
    Graph complete(structs.size()), value(structs.size()), all(structs.size());
    for (std::size_t i = 0; i < structs.size(); ++i) {
      const auto need = [&](const std::string& name, std::initializer_list<Graph*> graphs) {
        const auto found = index.find(name);
        if (found == index.end() || found->second == i) return;
        for (Graph* graph : graphs) (*graph)[i].push_back(found->second);
      };
      need(structs[i]->base, {&complete, &value, &all});
      for (const Field& field : structs[i]->fields) {
        if (field.type.reference) continue;
        if (catalogue_.has_subtypes(field.type.name))
          need(field.type.name, {&all});
        else if (field.type.array)
          need(field.type.name, {&value, &all});
        else if (catalogue_.contains(field.type.name, structs[i]->name))
          need(field.type.name, {&all});
        else
          need(field.type.name, {&complete, &value, &all});
      }
    }
    // A need counts where it makes no circle with others of its kind.
    const std::vector<std::size_t> in_value = strong_components(value),
                                   in_all = strong_components(all);
    std::vector<const Struct*> ordered;
    std::vector<bool> placed(structs.size(), false);
    const auto place = [&](auto& self, std::size_t at) -> void {
      if (placed[at]) return;
      placed[at] = true;
      for (const std::size_t target : sorted(complete[at])) self(self, target);
      for (const std::size_t target : sorted(value[at]))
        if (in_value[target] != in_value[at]) self(self, target);
      for (const std::size_t target : sorted(all[at]))
        if (in_all[target] != in_all[at]) self(self, target);
      ordered.push_back(structs[at]);
    };
    for (std::size_t i = 0; i < structs.size(); ++i) place(place, i);
    return ordered;
  }

  static std::vector<std::size_t> sorted(std::vector<std::size_t> nodes) {
    std::sort(nodes.begin(), nodes.end());
    return nodes;
  }

  void add_constants() {
    for (const Enum& enumeration : schema_.enums) {
      if (used_enums_.contains(enumeration.name)) continue;
      layout_.constants.push_back(&enumeration);
      layout_.header_of.emplace(enumeration.name, "constants/" + enumeration.name + ".hpp");
    }
  }

  void add_objects() {
    for (const Managed& object : schema_.objects) {
      ObjectHeaders headers;
      headers.object = &object;
      headers.properties_path = object.name + "_properties.hpp";
      headers.path = object.name + ".hpp";
      layout_.header_of.emplace(object.name, headers.path);
      const auto need = [this](std::set<std::string>& includes, const TypeRef& type) {
        if (catalogue_.is_declared(type)) includes.insert(layout_.header_of.at(type.name));
      };
      if (!object.base.empty()) headers.property_includes.insert(object.base + "_properties.hpp");
      for (const Property& property : object.properties)
        need(headers.property_includes, property.type);
      headers.includes.insert(headers.properties_path);
      // What one calls on an object is often declared by its base: Destroy_Task, Rename_Task.
      if (!object.base.empty()) headers.includes.insert(object.base + ".hpp");
      for (const Method& method : object.methods) {
        layout_.header_of.emplace(method.name, headers.path);
        for (const Parameter& parameter : method.parameters) need(headers.includes, parameter.type);
        if (!method.reply) continue;
        need(headers.includes, method.reply->type);
        need(headers.includes, parse_type(method.reply->facts.result));
      }
      layout_.objects.push_back(std::move(headers));
    }
  }

  /// Two headers of one name would overwrite each other, and on some systems case is not enough.
  void check_paths() const {
    std::map<std::string, std::string> seen;
    const auto add = [&](const std::string& path) {
      std::string lower = path;
      for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      const auto [found, is_new] = seen.emplace(lower, path);
      if (!is_new)
        throw std::runtime_error("the headers " + found->second + " and " + path +
                                 " would be one file");
    };
    for (const DataHeader& header : layout_.data) add(header.path);
    for (const auto& [path, target] : layout_.forwards) add(path);
    for (const Enum* constants : layout_.constants) add("constants/" + constants->name + ".hpp");
    for (const ObjectHeaders& headers : layout_.objects) {
      add(headers.properties_path);
      add(headers.path);
    }
    for (const char* own : {"all.hpp", "catalogue.hpp", "core.hpp", "facts.hpp", "fwd.hpp",
                            "hierarchy.hpp", "secrets.hpp", "versions.hpp"})
      add(own);
  }

  const Catalogue& catalogue_;
  const Schema& schema_;
  Layout layout_;
  std::map<std::string_view, std::string_view> by_vmodl_;
  std::set<std::string_view> used_enums_;
  std::vector<std::string> paths_;  // of the groups, before they are merged
  std::map<std::string, std::size_t> group_by_path_;
  std::unordered_map<std::string, std::size_t> group_of_;
  Graph edges_;
};

}  // namespace

Layout make_layout(const Catalogue& catalogue) { return Builder(catalogue).build(); }

}  // namespace esxvi::typegen
