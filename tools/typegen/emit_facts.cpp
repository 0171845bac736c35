// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// facts.hpp, secrets.hpp, versions.hpp: what is known of types and members besides their types.
#include <algorithm>
#include <stdexcept>

#include "emit.hpp"
#include "source.hpp"
#include "tables.hpp"

namespace esxvi::typegen {
namespace {

constexpr std::string_view version_functions = R"(
/// Position of a version in api_versions, by which versions are compared: later is higher. The
/// size of the list for a name that is none of them, which makes the unknown the newest.
constexpr std::size_t version_order(std::string_view name) {
  for (std::size_t i = 0; i < std::size(api_versions); ++i)
    if (api_versions[i].name == name) return i;
  return std::size(api_versions);
}
)";

constexpr std::string_view row_type = R"(
struct Row {
  std::uint32_t name;
  std::uint8_t size;
  std::uint8_t since;       // place in api_versions, `none` if not stated
  std::uint8_t deprecated;  // the same, `some` if the version is not known
  bool secret;
  std::uint16_t privilege;     // place in privileges
  std::uint16_t first_member;  // of a type: place in members; they end where the next type's begin
};
inline constexpr std::uint8_t none = 255, some = 254;
)";

constexpr std::string_view fact_functions = R"(
constexpr const Row* find(const Row* begin, const Row* end, std::string_view name) {
  while (begin < end) {
    const Row* middle = begin + (end - begin) / 2;
    const int order = texts_at(middle->name, middle->size).compare(name);
    if (order == 0) return middle;
    if (order < 0)
      begin = middle + 1;
    else
      end = middle;
  }
  return nullptr;
}

constexpr std::string_view version_name(std::uint8_t version) {
  return version < some ? api_versions[version].name : std::string_view();
}
)";

constexpr std::string_view public_functions = R"(
/// What is known of a type, a method, or a member of one.
struct Facts {
  std::string_view since{};       // first API version with it
  bool is_deprecated = false;
  std::string_view deprecated{};  // since when, if that is known
  bool secret = false;            // a password or a ticket; of a method: its reply is one
  std::string_view privilege{};   // that the server checks, where one is stated
};

/// By wire names: of a struct, enum, managed object or method, and of a field, value, property or
/// parameter that it declares itself (ask for an inherited one with the base's name). A member of
/// which nothing is stated has its type's `since`, and so has a name that is no member. Nothing
/// for a type that the schema does not have.
constexpr std::optional<Facts> facts_of(std::string_view type, std::string_view member = {}) {
  namespace tables = detail::facts;
  const tables::Row* own = tables::find(std::begin(tables::types), std::end(tables::types) - 1, type);
  if (!own) return std::nullopt;
  const tables::Row* row = own;
  if (!member.empty()) {
    row = tables::find(tables::members + own->first_member,
                       tables::members + own[1].first_member, member);
    if (!row) return Facts{.since = tables::version_name(own->since)};
  }
  return Facts{
      .since = tables::version_name(row->since == tables::none ? own->since : row->since),
      .is_deprecated = row->deprecated != tables::none,
      .deprecated = tables::version_name(row->deprecated),
      .secret = row->secret,
      .privilege = tables::texts_at(tables::privilege_positions[row->privilege],
                                    tables::privilege_sizes[row->privilege])};
}
)";

/// One row of the tables, before the texts have places.
struct Row {
  std::string name{};
  std::string since{};
  std::optional<std::string> deprecated{};
  bool secret = false;
  std::string privilege{};
  std::vector<Row> members{};

  bool says_something() const {
    return !since.empty() || deprecated || secret || !privilege.empty();
  }
};

template <class Entry> Row row_of(const Entry& entry) {
  Row row{.name = entry.name, .since = entry.facts.since};
  row.deprecated = entry.facts.deprecated;
  if constexpr (requires { entry.facts.secret; }) row.secret = entry.facts.secret;
  if constexpr (requires { entry.facts.priv; }) row.privilege = entry.facts.priv;
  return row;
}

template <class Entries> void add_members(Row& row, const Entries& entries) {
  for (const auto& entry : entries)
    if (Row member = row_of(entry); member.says_something())
      row.members.push_back(std::move(member));
}

void sort_by_name(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(),
            [](const Row& left, const Row& right) { return left.name < right.name; });
}

std::vector<Row> all_rows(const Schema& schema) {
  std::vector<Row> rows;
  for (const Enum& enumeration : schema.enums)
    add_members(rows.emplace_back(row_of(enumeration)), enumeration.values);
  for (const Struct& structure : schema.structs)
    add_members(rows.emplace_back(row_of(structure)), structure.fields);
  for (const Managed& object : schema.objects) {
    add_members(rows.emplace_back(row_of(object)), object.properties);
    for (const Method& method : object.methods) {
      Row& row = rows.emplace_back(row_of(method));
      if (row.since.empty()) row.since = object.facts.since;
      row.secret = method.reply && method.reply->facts.secret;
      add_members(row, method.parameters);
    }
  }
  for (Row& row : rows) sort_by_name(row.members);
  sort_by_name(rows);
  return rows;
}

class FactTables {
 public:
  explicit FactTables(const Schema& schema) : schema_(schema) {
    privilege("");
    for (const Row& row : all_rows(schema)) {
      types_.push_back(cells(row, members_.size()));
      for (const Row& member : row.members) members_.push_back(cells(member, 0));
    }
    types_.push_back(cells({}, members_.size()));  // where the last type's members end
    if (members_.empty()) members_.push_back(cells({}, 0));
  }

  std::string text() const {
    return std::string(row_type) + "\n" + pool_.definition("texts") + "\n" +
           number_table("std::uint32_t", "privilege_positions", privilege_positions_) +
           number_table("std::uint8_t", "privilege_sizes", privilege_sizes_) + "\n" +
           table("types", types_) + "\n" + table("members", members_) +
           std::string(fact_functions) + "\n";
  }

 private:
  static std::string table(const std::string& name, const std::vector<std::string>& rows) {
    return source::list("inline constexpr Row " + name + "[] = {\n    ", rows, "};");
  }

  std::size_t version(const std::string& name) const {
    for (std::size_t i = 0; i < schema_.versions.size(); ++i)
      if (schema_.versions[i].name == name) {
        if (i >= 254) throw std::runtime_error("more API versions than facts.hpp can number");
        return i;
      }
    return 255;
  }

  std::size_t privilege(const std::string& name) {
    const auto [found, is_new] = privileges_.emplace(name, privileges_.size());
    if (is_new) {
      privilege_positions_.push_back(pool_.add(name));
      privilege_sizes_.push_back(static_cast<std::uint32_t>(name.size()));
    }
    return found->second;
  }

  std::string cells(const Row& row, std::size_t first_member) {
    if (row.name.size() > 255 || first_member > 0xffff)
      throw std::runtime_error("more facts than facts.hpp can hold");
    const std::size_t deprecated = !row.deprecated           ? 255
                                   : row.deprecated->empty() ? 254
                                                             : version(*row.deprecated);
    std::string out = "{";
    const auto add = [&out](std::size_t number) { out += std::to_string(number) + ", "; };
    add(pool_.add(row.name));
    add(row.name.size());
    add(version(row.since));
    add(deprecated);
    out += row.secret ? "true, " : "false, ";
    add(privilege(row.privilege));
    return out + std::to_string(first_member) + '}';
  }

  const Schema& schema_;
  TextPool pool_;
  std::map<std::string, std::size_t> privileges_;
  std::vector<std::uint32_t> privilege_positions_, privilege_sizes_;
  std::vector<std::string> types_, members_;
};

std::string quoted(const std::string& text) { return '"' + text + '"'; }

void emit_versions(const Schema& schema, Files& files) {
  std::string body =
      "\n/// A version of the API, the oldest first.\n"
      "struct ApiVersion {\n"
      "  std::string_view name;            // as in MethodFacts::since\n"
      "  std::string_view wire_namespace;  // \"vim25\" of urn:vim25\n"
      "  std::string_view wire_version;    // what SOAPAction names: urn:vim25/8.0.3.0\n"
      "  bool unnumbered;                  // what a SOAPAction without a version means\n"
      "};\n\n";
  if (schema.versions.empty())
    body += "inline constexpr ApiVersion api_versions[] = {{\"\", \"vim25\", \"\", true}};\n";
  else {
    body += "inline constexpr ApiVersion api_versions[] = {\n";
    for (const Version& version : schema.versions)
      body += "    {" + quoted(version.name) + ", " + quoted(version.wire_namespace) + ", " +
              quoted(version.wire_version) + (version.unnumbered ? ", true},\n" : ", false},\n");
    body += "};\n";
  }
  files["versions.hpp"] =
      source::preamble(schema.release, {"cstddef", "iterator", "string_view"}) + '\n' +
      source::in_namespace("esxvi::types", body + std::string(version_functions) + '\n');
}

void emit_secrets(const Schema& schema, Files& files) {
  std::set<std::string> names;
  const auto add = [&names](const auto& members) {
    for (const auto& member : members)
      if (member.facts.secret) names.insert(member.name);
  };
  for (const Struct& structure : schema.structs) add(structure.fields);
  for (const Managed& object : schema.objects) {
    add(object.properties);
    for (const Method& method : object.methods) {
      add(method.parameters);
      if (method.reply && method.reply->facts.secret) names.insert(method.name + "Response");
    }
  }
  std::vector<std::string> items;
  for (const std::string& name : names) items.push_back(quoted(name));
  std::string body =
      "\n/// Wire names of elements that carry a password or a ticket, sorted: members and "
      "parameters by their\n/// own name, a reply by the name of its element. A name may mean "
      "something harmless elsewhere;\n/// facts_of (facts.hpp) tells which type's member it is.\n";
  body += items.empty()
              ? "inline constexpr std::string_view secret_members[] = {{}};\n"
              : source::list("inline constexpr std::string_view secret_members[] = {\n    ", items,
                             "};");
  files["secrets.hpp"] = source::preamble(schema.release, {"string_view"}) + '\n' +
                         source::in_namespace("esxvi::types", body + '\n');
}

}  // namespace

void emit_facts(const Model& model, Files& files) {
  emit_versions(model.schema(), files);
  emit_secrets(model.schema(), files);
  files["facts.hpp"] =
      source::preamble(model.schema().release, {"cstddef", "cstdint", "iterator", "optional",
                                                "string_view", include_of("versions.hpp")}) +
      '\n' +
      source::in_namespace(
          "esxvi::types",
          "\n" + source::in_namespace("detail::facts", FactTables(model.schema()).text()) +
              std::string(public_functions) + '\n');
}

Files generate(const Model& model) {
  Files files;
  for (const auto emit :
       {emit_data, emit_forward, emit_objects, emit_hierarchy, emit_facts, emit_umbrellas})
    emit(model, files);
  return files;
}

}  // namespace esxvi::typegen
