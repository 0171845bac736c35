// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "catalogue.hpp"

#include <algorithm>

#include "graph.hpp"

namespace esxvi::typegen {

Catalogue::Catalogue(const Schema& schema)
    : schema_(&schema), has_subtypes_(schema.structs.size(), false) {
  const auto add = [this](Kind kind, const auto& declarations) {
    for (std::size_t i = 0; i < declarations.size(); ++i)
      entries_.try_emplace(declarations[i].name, Entry{kind, i});
  };
  add(Kind::primitive, schema.primitives);
  add(Kind::enumeration, schema.enums);
  add(Kind::structure, schema.structs);
  add(Kind::object, schema.objects);
  for (const Struct& structure : schema.structs)
    if (const Entry* base = find(structure.base); base && base->kind == Kind::structure)
      has_subtypes_[base->index] = true;
  find_recursion();
}

const Catalogue::Entry* Catalogue::find(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

Kind Catalogue::kind(std::string_view name) const {
  const Entry* entry = find(name);
  return entry ? entry->kind : Kind::none;
}

const Enum* Catalogue::enumeration(std::string_view name) const {
  const Entry* entry = find(name);
  return entry && entry->kind == Kind::enumeration ? &schema_->enums[entry->index] : nullptr;
}

const Struct* Catalogue::structure(std::string_view name) const {
  const Entry* entry = find(name);
  return entry && entry->kind == Kind::structure ? &schema_->structs[entry->index] : nullptr;
}

const Managed* Catalogue::object(std::string_view name) const {
  const Entry* entry = find(name);
  return entry && entry->kind == Kind::object ? &schema_->objects[entry->index] : nullptr;
}

bool Catalogue::has_subtypes(std::string_view structure) const {
  const Entry* entry = find(structure);
  return entry && entry->kind == Kind::structure && has_subtypes_[entry->index];
}

bool Catalogue::derives(std::string_view name, std::string_view ancestor) const {
  // Bounded, because `check` asks before it knows that there is no cycle.
  for (std::size_t steps = 0; steps <= schema_->structs.size(); ++steps) {
    if (name == ancestor) return true;
    const Struct* at = structure(name);
    if (!at) return false;
    name = at->base;
  }
  return false;
}

bool Catalogue::contains(std::string_view type, std::string_view owner) const {
  const Entry* inner = find(type);
  const Entry* outer = find(owner);
  return inner && outer && inner->kind == Kind::structure && outer->kind == Kind::structure &&
         component_[inner->index] == component_[outer->index];
}

void Catalogue::find_recursion() {
  Graph complete(schema_->structs.size());
  for (std::size_t i = 0; i < schema_->structs.size(); ++i) {
    const auto need = [&](std::string_view name) {
      if (const Entry* entry = find(name); entry && entry->kind == Kind::structure)
        complete[i].push_back(entry->index);
    };
    need(schema_->structs[i].base);
    for (const Field& field : schema_->structs[i].fields)
      if (!field.type.reference && !field.type.array && !has_subtypes(field.type.name))
        need(field.type.name);
  }
  component_ = strong_components(complete);
}

}  // namespace esxvi::typegen
