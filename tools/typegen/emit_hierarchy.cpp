// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// hierarchy.hpp: which struct, and which managed object, derives from which.
#include <algorithm>

#include "emit.hpp"
#include "source.hpp"
#include "tables.hpp"

namespace esxvi::typegen {
namespace {

constexpr std::string_view functions = R"(
/// Structs that the schema declares, sorted by wire name.
inline constexpr std::size_t type_count = detail::hierarchy::struct_count;

/// Wire name of a struct by its number, below type_count.
constexpr std::string_view type_name(std::size_t type) {
  return detail::hierarchy::name_of(type);
}

/// Number of the struct with that wire name; type_count if the schema has none.
constexpr std::size_t find_type(std::string_view name) {
  return detail::hierarchy::find(name, 0, type_count, type_count);
}

/// Wire name of what a struct derives from; empty if it derives from nothing or is unknown.
constexpr std::string_view base_of(std::string_view name) {
  return detail::hierarchy::base_name(find_type(name), type_count);
}

/// Wire name of the kind that a kind of managed object derives from; empty likewise.
constexpr std::string_view object_base_of(std::string_view name) {
  constexpr std::size_t end = detail::hierarchy::entry_count;
  return detail::hierarchy::base_name(detail::hierarchy::find(name, type_count, end, end), end);
}
)";

constexpr std::string_view details = R"(
inline constexpr std::uint16_t no_base = 0xffff;

constexpr std::string_view name_of(std::size_t entry) {
  return texts_at(positions[entry], sizes[entry]);
}

/// Binary search among the entries from `begin` to before `end`.
constexpr std::size_t find(std::string_view name, std::size_t begin, std::size_t end,
                           std::size_t none) {
  while (begin < end) {
    const std::size_t middle = begin + (end - begin) / 2;
    const int order = name_of(middle).compare(name);
    if (order == 0) return middle;
    if (order < 0)
      begin = middle + 1;
    else
      end = middle;
  }
  return none;
}

constexpr std::string_view base_name(std::size_t entry, std::size_t none) {
  if (entry == none || bases[entry] == no_base) return {};
  return name_of(bases[entry]);
}
)";

}  // namespace

void emit_hierarchy(const Model& model, Files& files) {
  constexpr std::uint32_t no_base = 0xffff;
  struct Entry {
    std::string_view name;
    std::string_view base;
  };
  std::vector<Entry> entries;
  const auto append = [&entries](const auto& declarations) {
    const auto begin = static_cast<std::ptrdiff_t>(entries.size());
    for (const auto& declaration : declarations)
      entries.push_back({declaration.name, declaration.base});
    std::sort(entries.begin() + begin, entries.end(),
              [](const Entry& left, const Entry& right) { return left.name < right.name; });
  };
  append(model.schema().structs);
  append(model.schema().objects);

  std::map<std::string_view, std::uint32_t> index;
  for (std::size_t i = 0; i < entries.size(); ++i)
    index.emplace(entries[i].name, static_cast<std::uint32_t>(i));
  TextPool pool;
  std::vector<std::uint32_t> positions, sizes, bases;
  for (const Entry& entry : entries) {
    positions.push_back(pool.add(entry.name));
    sizes.push_back(static_cast<std::uint32_t>(entry.name.size()));
    bases.push_back(entry.base.empty() ? no_base : index.at(entry.base));
  }
  const std::string tables =
      "\n" + pool.definition("texts") +
      "\n// The structs, sorted by name, and behind them the managed objects, sorted likewise.\n" +
      "inline constexpr std::size_t struct_count = " +
      std::to_string(model.schema().structs.size()) + ";\n" +
      "inline constexpr std::size_t entry_count = " + std::to_string(entries.size()) + ";\n" +
      number_table("std::uint32_t", "positions", positions) +
      number_table("std::uint8_t", "sizes", sizes) + number_table("std::uint16_t", "bases", bases) +
      std::string(details) + '\n';
  files["hierarchy.hpp"] =
      source::preamble(model.schema().release, {"cstddef", "cstdint", "string_view"}) + '\n' +
      source::in_namespace(
          "esxvi::types",
          "\n" + source::in_namespace("detail::hierarchy", tables) + std::string(functions) + '\n');
}

}  // namespace esxvi::typegen
