// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Headers that only include or list others: all.hpp, the catalogue in parts, the index.
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

#include "emit.hpp"
#include "graph.hpp"
#include "source.hpp"

namespace esxvi::typegen {
namespace {

/// A translation unit that instantiates something for each type of one part takes a few seconds;
/// for all of them in one unit it would take a compiler minutes and gigabytes.
constexpr std::size_t part_count = 16;

/// A header, as the catalogue sees it.
struct Unit {
  std::string path{};
  std::vector<std::string> structs{}, enums{}, arrays{}, requests{};
  std::size_t weight = 0;  // roughly what a compiler has to do for it
};

/// All headers of the layout and what each includes.
struct Units {
  std::vector<Unit> units{};
  Graph includes{};
};

/// Structs and enums of which the schema has arrays: only these come in a wrapper ArrayOfX.
std::set<std::string_view> array_items(const Schema& schema) {
  std::set<std::string_view> items;
  const auto look = [&](const TypeRef& type) {
    if (type.array && !type.reference) items.insert(type.name);
  };
  for (const Struct& structure : schema.structs)
    for (const Field& field : structure.fields) look(field.type);
  for (const Managed& object : schema.objects) {
    for (const Property& property : object.properties) look(property.type);
    for (const Method& method : object.methods)
      if (method.reply) look(method.reply->type);
  }
  return items;
}

Units make_units(const Model& model) {
  Units result;
  const std::set<std::string_view> items = array_items(model.schema());
  std::map<std::string, std::size_t> index;
  const auto add = [&](const std::string& path) -> Unit& {
    index.emplace(path, result.units.size());
    return result.units.emplace_back(Unit{.path = path});
  };
  for (const DataHeader& header : model.layout.data) {
    Unit& unit = add(header.path);
    for (const Enum* enumeration : header.enums) {
      unit.enums.push_back(model.names.type(enumeration->name));
      if (items.contains(enumeration->name)) unit.arrays.push_back(unit.enums.back());
      unit.weight += 2 + enumeration->values.size() / 4;
    }
    for (const Struct* structure : header.structs) {
      unit.structs.push_back(model.names.type(structure->name));
      if (items.contains(structure->name)) unit.arrays.push_back(unit.structs.back());
      unit.weight += 3 + structure->fields.size();
    }
  }
  for (const ObjectHeaders& headers : model.layout.objects) {
    add(headers.properties_path).weight = 3 + headers.object->properties.size();
    Unit& unit = add(headers.path);
    for (const Method& method : headers.object->methods) {
      unit.requests.push_back(model.names.request(method.name));
      unit.weight += 4 + method.parameters.size();
    }
  }
  result.includes.resize(result.units.size());
  const auto connect = [&](const std::string& path, const std::set<std::string>& includes) {
    for (const std::string& include : includes)
      result.includes[index.at(path)].push_back(index.at(include));
  };
  for (const DataHeader& header : model.layout.data) connect(header.path, header.includes);
  for (const ObjectHeaders& headers : model.layout.objects) {
    connect(headers.properties_path, headers.property_includes);
    connect(headers.path, headers.includes);
  }
  return result;
}

/// A part for each unit. Units that need much come first; each goes where it adds least to what
/// that part includes, as long as the part is not full.
std::vector<std::size_t> assign_parts(const Units& all) {
  const std::size_t count = all.units.size();
  const std::vector<std::vector<std::size_t>> closure = closures(all.includes);
  std::vector<std::size_t> closure_weight(count, 0);
  std::size_t total = 0;
  for (std::size_t unit = 0; unit < count; ++unit) {
    total += all.units[unit].weight;
    for (const std::size_t needed : closure[unit]) closure_weight[unit] += all.units[needed].weight;
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return std::pair(closure_weight[right], left) < std::pair(closure_weight[left], right);
  });
  const std::size_t capacity = total / part_count + total / (8 * part_count) + 1;
  std::vector<std::size_t> part(count, 0), own(part_count, 0), included(part_count, 0);
  std::vector<std::vector<bool>> has(part_count, std::vector<bool>(count, false));
  for (const std::size_t unit : order) {
    std::size_t best = part_count, best_cost = 0;
    for (std::size_t candidate = 0; candidate < part_count; ++candidate) {
      if (own[candidate] > 0 && own[candidate] + all.units[unit].weight > capacity) continue;
      std::size_t added = 0;
      for (const std::size_t needed : closure[unit])
        if (!has[candidate][needed]) added += all.units[needed].weight;
      // What a part includes already counts against it, so that none collects everything.
      const std::size_t cost = 3 * added + included[candidate] + own[candidate];
      if (best == part_count || cost < best_cost) {
        best = candidate;
        best_cost = cost;
      }
    }
    if (best == part_count)
      best = static_cast<std::size_t>(std::min_element(own.begin(), own.end()) - own.begin());
    part[unit] = best;
    own[best] += all.units[unit].weight;
    for (const std::size_t needed : closure[unit])
      if (!has[best][needed]) {
        has[best][needed] = true;
        included[best] += all.units[needed].weight;
      }
  }
  return part;
}

std::string two_digits(std::size_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

void emit_catalogue(const Model& model, Files& files) {
  const Units all = make_units(model);
  const std::vector<std::size_t> part_of = assign_parts(all);
  const std::string& release = model.schema().release;
  for (std::size_t part = 0; part < part_count; ++part) {
    std::set<std::string> includes{include_of("core.hpp")};
    std::vector<std::string> structs, enums, arrays, requests;
    const auto append = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    for (std::size_t i = 0; i < all.units.size(); ++i) {
      const Unit& unit = all.units[i];
      if (part_of[i] != part || unit.structs.size() + unit.enums.size() + unit.requests.size() == 0)
        continue;
      includes.insert(include_of(unit.path));
      append(structs, unit.structs);
      append(enums, unit.enums);
      append(arrays, unit.arrays);
      append(requests, unit.requests);
    }
    std::string body = "\n";
    const auto add = [&](const std::string& what, std::vector<std::string>& names) {
      std::sort(names.begin(), names.end());
      body +=
          source::alias("using " + what + '_' + two_digits(part) + " = TypeList<", names, ">;") +
          '\n';
    };
    add("structs", structs);
    add("enums", enums);
    add("arrays", arrays);
    add("requests", requests);
    files["catalogue/part_" + two_digits(part) + ".hpp"] =
        source::preamble(release, includes) + '\n' +
        source::in_namespace("esxvi::types::catalogue", body);
  }
  files["catalogue.hpp"] =
      source::preamble(release, {"cstddef"}) +
      "\n/// All structs, all enums that are the type of some member and all requests, each once, "
      "in\n"
      "/// esxvi/types/catalogue/part_NN.hpp as TypeLists structs_NN, enums_NN and requests_NN, "
      "and "
      "the\n"
      "/// structs and enums of which there are arrays as arrays_NN: for programs that do "
      "something "
      "for\n"
      "/// every type, one translation unit per part.\n" +
      source::in_namespace(
          "esxvi::types::catalogue",
          "\ninline constexpr std::size_t part_count = " + std::to_string(part_count) + ";\n\n");
}

void emit_all(const Model& model, Files& files) {
  std::set<std::string> includes;
  for (const DataHeader& header : model.layout.data) includes.insert(include_of(header.path));
  for (const ObjectHeaders& headers : model.layout.objects)
    includes.insert(include_of(headers.path));
  files["all.hpp"] = source::preamble(model.schema().release, includes);
}

void emit_index(const Model& model, Files& files) {
  std::string text =
      "# Index\n\nGenerated by typegen; do not edit. Which header has which type or request, below "
      "`esxvi/types/`.\n\n| name | header |\n| --- | --- |\n";
  for (const auto& [name, path] : model.layout.header_of)
    text += "| " + name + " | `" + path + "` |\n";
  files["INDEX.md"] = text;
}

}  // namespace

void emit_umbrellas(const Model& model, Files& files) {
  emit_all(model, files);
  emit_catalogue(model, files);
  emit_index(model, files);
}

}  // namespace esxvi::typegen
