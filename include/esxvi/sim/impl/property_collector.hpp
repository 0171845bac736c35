// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Selection and reading of properties. Part of <esxvi/sim/implementation.hpp>.
#pragma once

#include <esxvi/sim/detail/property_collector.hpp>
#include <esxvi/sim/detail/state.hpp>
#include <esxvi/types/facts.hpp>
#include <esxvi/types/fault/InvalidArgument.hpp>
#include <esxvi/types/fault/InvalidProperty.hpp>
#include <esxvi/types/fault/ManagedObjectNotFound.hpp>
#include <esxvi/types/fault/SecurityError.hpp>
#include <esxvi/types/hierarchy.hpp>
#include <esxvi/xml/writer.hpp>

#include <algorithm>
#include <unordered_map>

namespace esxvi::sim::detail {

Failure invalid_property(std::string name) {
  types::InvalidProperty why;
  why.name = std::move(name);
  return fault(std::move(why));
}

Failure bad_argument(std::string name) {
  types::InvalidArgument why;
  why.invalidProperty = std::move(name);
  return fault(std::move(why));
}

// The privilege of a property, stated where it is declared.
std::string_view privilege_of(reflect::type_info const& kind, std::string_view member) {
  for (auto const* t = &kind; t != nullptr; t = t->base)
    if (auto const facts = types::facts_of(t->name, member); facts && !facts->privilege.empty())
      return facts->privilege;
  return "System.Read";
}

bool is_known_kind(std::string_view name) {
  return name == "ManagedObject" || types::facts_of(name).has_value();
}

Plan::Plan(Host& host, types::PropertyFilterSpec const& spec)
    : host_(host), lenient_(spec.reportMissingObjectsInResults.value_or(false)) {
  for (types::PropertySpec const& wanted : spec.propSet) add_wanted(wanted);
  for (types::ObjectSpec const& object : spec.objectSet) {
    if (host.find_object(object.obj) == nullptr) {
      missing_.push_back(object.obj);
      if (lenient_) continue;
      types::ManagedObjectNotFound why;
      why.obj = object.obj;
      throw fault(std::move(why));
    }
    roots_.push_back({object.obj, object.skip.value_or(false), add_steps(object.selectSet)});
  }
  for (std::size_t i = 0; i < steps_.size(); ++i)
    for (std::string const& name : steps_[i].next_names) steps_[i].next.push_back(step_named(name));
}

void Plan::add_wanted(types::PropertySpec const& spec) {
  if (!is_known_kind(spec.type)) throw bad_argument("specSet.propSet.type");
  Wanted& wanted = wanted_.emplace_back(Wanted{spec.type, spec.all.value_or(false), {}});
  if (wanted.all) return;
  auto const table = host_.state().tables.find(spec.type);
  for (std::string const& text : spec.pathSet) {
    // Of a kind that the host has no object of nothing can be asked for.
    if (table == host_.state().tables.end()) continue;
    auto path = find_path(*table->second, text);
    if (!path) throw invalid_property(text);
    wanted.paths.push_back(std::move(*path));
  }
}

std::size_t Plan::step_named(std::string const& name) const {
  for (std::size_t i = 0; i < steps_.size(); ++i)
    if (steps_[i].name == name) return i;
  throw bad_argument("specSet.objectSet.selectSet.name");
}

std::vector<std::size_t> Plan::add_steps(std::vector<Poly<types::SelectionSpec>> const& set) {
  std::vector<std::size_t> here;
  std::vector<std::string> later;
  for (auto const& selection : set) {
    auto const* const traversal = selection.as<types::TraversalSpec>();
    if (traversal == nullptr) {
      later.push_back(selection->name.value_or(std::string()));
      continue;
    }
    std::size_t const index = steps_.size();
    here.push_back(index);
    Step step{traversal->name.value_or(std::string()),
              traversal->type,
              traversal->path,
              traversal->skip.value_or(false),
              {},
              {},
              {}};
    if (!is_known_kind(step.kind)) throw bad_argument("specSet.objectSet.selectSet.type");
    auto const table = host_.state().tables.find(step.kind);
    if (table != host_.state().tables.end() && !find_path(*table->second, step.path))
      throw invalid_property(step.path);
    steps_.push_back(std::move(step));
    for (auto const& next : traversal->selectSet)
      if (!next.is<types::TraversalSpec>())
        steps_[index].next_names.push_back(next->name.value_or(std::string()));
    std::vector<Poly<types::SelectionSpec>> nested;
    for (auto const& next : traversal->selectSet)
      if (next.is<types::TraversalSpec>()) nested.push_back(next);
    auto const inner = add_steps(nested);
    steps_[index].next.insert(steps_[index].next.end(), inner.begin(), inner.end());
  }
  // Names are of the whole specification, also those that stand further behind: a step of its own
  // that only refers to them would be too much for the few that stand beside an object.
  for (std::string const& name : later) here.push_back(step_named(name));
  return here;
}

bool Plan::leads_on(Kind const& kind) const {
  return std::any_of(steps_.begin(), steps_.end(),
                     [&](Step const& step) { return kind.is_a(step.kind); });
}

std::vector<Plan::Found> Plan::select(Call const* call) {
  update_views(host_);
  std::vector<Found> found;
  std::unordered_map<Object*, std::size_t> places;
  std::set<std::pair<Object*, std::size_t>> walked;
  std::vector<std::pair<Object*, std::vector<std::size_t> const*>> todo;
  auto const meet = [&](untyped_ref const& ref, bool skip, std::vector<std::size_t> const& steps) {
    Object* const object = host_.find_object(ref);
    if (object == nullptr) return;
    auto const [place, fresh] = places.emplace(object, found.size());
    if (fresh) found.push_back({object, false});
    found[place->second].reported |= !skip;
    if (!steps.empty()) todo.emplace_back(object, &steps);
  };
  for (Root const& root : roots_) {
    meet(root.object, root.skip, root.steps);
    while (!todo.empty()) {
      auto const [object, steps] = todo.back();
      todo.pop_back();
      for (std::size_t const index : *steps) {
        Step& step = steps_[index];
        if (!object->kind().is_a(step.kind) || !walked.emplace(object, index).second) continue;
        auto [path, fresh] = step.paths.try_emplace(&object->type());
        if (fresh) path->second = find_path(object->type(), step.path);
        if (!path->second) continue;
        host_.refresh(*object, call);
        auto const properties = object->properties();
        Value const value = read(object->type(), properties.get(), *path->second);
        if (value.at == nullptr) continue;
        visit_references(*value.type, value.at,
                         [&](untyped_ref const& ref) { meet(ref, step.skip, step.next); });
      }
    }
  }
  return found;
}

std::vector<Plan::Column> const* Plan::columns(Object const& object) {
  auto const [place, fresh] = columns_.try_emplace(&object.kind());
  if (!fresh) return place->second ? &*place->second : nullptr;
  std::vector<Column> all;
  bool wanted_at_all = false;
  auto const add = [&](Path const& path) {
    for (Column const& c : all)
      if (c.path.text == path.text) return;
    all.push_back({path, {}, false});
  };
  for (Wanted const& wanted : wanted_) {
    if (!object.kind().is_a(wanted.kind)) continue;
    wanted_at_all = true;
    for (Path const& path : wanted.paths) add(path);
    if (!wanted.all) continue;
    std::vector<std::string_view> names;
    for (auto const& m : object.type().members) names.push_back(m.name);
    std::sort(names.begin(), names.end());
    for (std::string_view const name : names)
      add({std::string(name), {{*member_index(object.type(), name), false, {}}}});
  }
  for (Column& c : all) {
    std::string_view const first(c.path.text.data(),
                                 std::min(c.path.text.find_first_of(".["), c.path.text.size()));
    c.privilege = privilege_of(object.type(), first);
    c.unknown = !find_path(object.type(), c.path.text);
  }
  if (wanted_at_all) place->second = std::move(all);
  return place->second ? &*place->second : nullptr;
}

std::optional<Failure> refusal(HostSession const* session, untyped_ref const& object,
                               std::string_view privilege) {
  if (privilege == "System.Anonymous") return std::nullopt;
  auto const fill = [&](auto why) {
    why.object = Ref<types::ManagedObject>(object.type(), object.value());
    why.privilegeId = privilege;
    return fault(std::move(why));
  };
  if (session == nullptr) return fill(types::NotAuthenticated());
  if (session->user.role == Role::administrator || privilege.empty() ||
      privilege == "System.View" || privilege == "System.Read")
    return std::nullopt;
  return fill(types::NoPermission());
}

void write_reference(std::string& out, std::string_view tag, untyped_ref const& ref) {
  soap::Encoder(out, Speaking::dialect(), true)
      .element(tag, reflect::descriptor<untyped_ref>::info, &ref);
}

void write_missing(std::string& out, std::string_view path, Failure const& why) {
  out += "<missingSet><path>";
  xml::append_escaped(out, path);
  out += "</path>";
  types::LocalizedMethodFault const wrapped = why.localized();
  soap::Encoder(out, Speaking::dialect(), true)
      .element("fault", *reflect::type_of<types::LocalizedMethodFault>(), &wrapped);
  out += "</missingSet>";
}

void write_missing(std::string& out, untyped_ref const& object) {
  types::ManagedObjectNotFound why;
  why.obj = Ref<types::ManagedObject>(object.type(), object.value());
  types::LocalizedMethodFault const wrapped = fault(std::move(why)).localized();
  out += "<missingSet>";
  write_reference(out, "obj", object);
  soap::Encoder(out, Speaking::dialect(), true)
      .element("fault", *reflect::type_of<types::LocalizedMethodFault>(), &wrapped);
  out += "</missingSet>";
}

void write_content(std::string& out, Host& host, Call const* call, Object& object,
                   std::vector<Plan::Column> const& columns) {
  host.refresh(object, call);
  write_reference(out, "obj", object.ref());
  auto const properties = object.properties();
  HostSession const* const session = call != nullptr ? call->session() : nullptr;
  std::string missing;
  for (Plan::Column const& column : columns) {
    if (column.unknown || !is_known(object.type(), column.path)) continue;
    if (auto const why = refusal(session, object.ref(), column.privilege)) {
      write_missing(missing, column.path.text, *why);
      continue;
    }
    Value const value = read(object.type(), properties.get(), column.path);
    if (!is_set(value)) continue;
    out += "<propSet><name>";
    xml::append_escaped(out, column.path.text);
    out += "</name>";
    write_value(out, "val", value);
    out += "</propSet>";
  }
  out += missing;
}

}  // namespace esxvi::sim::detail
