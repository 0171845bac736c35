// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Adds to a WSDL's schema what only the text form has.
#include <algorithm>
#include <unordered_map>

#include "catalogue.hpp"
#include "text_form.hpp"
#include "wsdl.hpp"

namespace esxvi::typegen {
namespace {

template <class Entry> const Entry* find(const std::vector<Entry>& entries, std::string_view name) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

class Merger {
 public:
  Merger(const Schema& wsdl, const Schema& known, std::vector<std::string>& notes)
      : wsdl_(wsdl), known_(known), known_types_(known), notes_(notes) {
    for (const Managed& object : known.objects)
      for (const Method& method : object.methods) known_methods_.emplace(method.name, &method);
  }

  Schema run() {
    result_.file = wsdl_.file;
    result_.wire_namespace = wsdl_.wire_namespace;
    result_.release = wsdl_.release.empty() ? known_.release : wsdl_.release;
    result_.versions = known_.versions;
    for (const Version& version : wsdl_.versions)
      if (!find(result_.versions, version.name)) result_.versions.push_back(version);
    result_.primitives = known_.primitives;
    for (const Primitive& primitive : wsdl_.primitives)
      if (!find(result_.primitives, primitive.name)) result_.primitives.push_back(primitive);
    for (const Enum& enumeration : wsdl_.enums) result_.enums.push_back(merge(enumeration));
    for (const Struct& structure : wsdl_.structs) result_.structs.push_back(merge(structure));
    objects();
    check(result_);
    return std::move(result_);
  }

 private:
  /// Facts of something that the known schema has, or the release for what is new in something
  /// that is older.
  template <class Facts, class Entry>
  Facts facts_of(const Entry* known, bool inside_new = false) const {
    if (known) return known->facts;
    Facts facts;
    if (!inside_new) facts.since = wsdl_.release;
    return facts;
  }

  /// The WSDL has one type for all references, and no names for the kinds of strings.
  TypeRef refine(TypeRef type, const TypeRef* known) const {
    if (!known) return type;
    const bool same_kind = type.reference == known->reference;
    if (same_kind && type.reference && (type.name == "ManagedObject" || type.name == "Task"))
      type.name = known->name;
    if (same_kind && !type.reference && type.name == "string" && !xsd_of(known->name).empty() &&
        xsd_of(known->name) == xsd_of(type.name))
      type.name = known->name;
    return type;
  }

  std::string_view xsd_of(std::string_view name) const {
    const Primitive* primitive = find(known_.primitives, name);
    return primitive ? std::string_view(primitive->xsd) : std::string_view();
  }

  template <class Facts>
  std::vector<Member<Facts>> merge(const std::vector<Member<Facts>>& members,
                                   const std::vector<Member<Facts>>* known_members) const {
    std::vector<Member<Facts>> merged;
    for (const Member<Facts>& member : members) {
      const Member<Facts>* known = known_members ? find(*known_members, member.name) : nullptr;
      merged.push_back({member.name, refine(member.type, known ? &known->type : nullptr),
                        facts_of<Facts>(known, !known_members), member.line});
    }
    return merged;
  }

  /// Values that the model has but the WSDL of that very release does not list come from servers
  /// all the same: they stay where the known schema has them.
  Enum merge(const Enum& enumeration) const {
    const Enum* known = known_types_.enumeration(enumeration.name);
    Enum merged{enumeration.name, facts_of<TypeFacts>(known), {}, enumeration.line};
    for (const Value& value : enumeration.values) {
      const Value* known_value = known ? find(known->values, value.name) : nullptr;
      ValueFacts facts = facts_of<ValueFacts>(known_value, !known);
      facts.unlisted = false;
      merged.values.push_back({value.name, facts, value.line});
    }
    if (!known) return merged;
    for (std::size_t i = 0; i < known->values.size(); ++i) {
      const Value& value = known->values[i];
      if (!value.facts.unlisted || find(merged.values, value.name)) continue;
      // Behind the value that it follows in the known schema.
      auto at = merged.values.begin();
      for (std::size_t before = i; before > 0; --before) {
        const auto found = std::find_if(
            merged.values.begin(), merged.values.end(),
            [&](const Value& other) { return other.name == known->values[before - 1].name; });
        if (found == merged.values.end()) continue;
        at = found + 1;
        break;
      }
      merged.values.insert(at, value);
    }
    return merged;
  }

  Struct merge(const Struct& structure) const {
    const Struct* known = known_types_.structure(structure.name);
    return {structure.name, structure.base, facts_of<TypeFacts>(known),
            merge(structure.fields, known ? &known->fields : nullptr), structure.line};
  }

  Method merge(const Method& method, const Method* known) const {
    Method merged = method;
    merged.facts = facts_of<OperationFacts>(known);
    merged.parameters = merge(method.parameters, known ? &known->parameters : nullptr);
    if (merged.reply && known && known->reply) {
      merged.reply->type = refine(method.reply->type, &known->reply->type);
      merged.reply->facts = known->reply->facts;
      if (!exists(parse_type(merged.reply->facts.result))) merged.reply->facts.result.clear();
    }
    return merged;
  }

  /// Whether a type of the known schema is there, by the WSDL or as an object or a primitive.
  bool exists(const TypeRef& type) const {
    if (type.reference || find(result_.primitives, type.name) || type.name == "void") return true;
    return find(result_.structs, type.name) || find(result_.enums, type.name);
  }

  /// Objects and properties as known, methods as far as the WSDL has them; new methods belong to
  /// ManagedObject, because a WSDL does not say to what.
  void objects() {
    std::unordered_map<std::string_view, const Method*> methods;
    for (const Managed& object : wsdl_.objects)
      for (const Method& method : object.methods) methods.emplace(method.name, &method);
    for (const Managed& known : known_.objects) {
      Managed& object = result_.objects.emplace_back();
      object.name = known.name;
      object.base = known.base;
      object.facts = known.facts;
      for (const Property& property : known.properties)
        if (exists(property.type))
          object.properties.push_back(property);
        else
          notes_.push_back("property " + known.name + '.' + property.name +
                           " is left out: the WSDL has no " + property.type.name);
      for (const Method& method : known.methods)
        if (const auto found = methods.find(method.name); found != methods.end())
          object.methods.push_back(merge(*found->second, &method));
    }
    for (const Managed& unknown : wsdl_.objects) {
      auto object = std::find_if(result_.objects.begin(), result_.objects.end(),
                                 [&](const Managed& entry) { return entry.name == unknown.name; });
      if (object == result_.objects.end()) {
        result_.objects.push_back({.name = unknown.name, .base = unknown.base});
        object = result_.objects.end() - 1;
      }
      for (const Method& method : unknown.methods) {
        if (known_methods_.contains(method.name)) continue;
        object->methods.push_back(merge(method, nullptr));
        notes_.push_back("method " + method.name + " is new: on " + object->name +
                         ", until the schema says whose it is");
      }
    }
    std::sort(result_.objects.begin(), result_.objects.end(),
              [](const Managed& left, const Managed& right) { return left.name < right.name; });
  }

  const Schema& wsdl_;
  const Schema& known_;
  Catalogue known_types_;
  std::unordered_map<std::string_view, const Method*> known_methods_;
  std::vector<std::string>& notes_;
  Schema result_;
};

}  // namespace

Schema merge_facts(const Schema& wsdl, const Schema& known, std::vector<std::string>& notes) {
  return Merger(wsdl, known, notes).run();
}

}  // namespace esxvi::typegen
