// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The generated headers. Each function adds files, by their path below the output folder.
#pragma once

#include <map>
#include <string>

#include "catalogue.hpp"
#include "cpp_types.hpp"
#include "layout.hpp"
#include "names.hpp"

namespace esxvi::typegen {

using Files = std::map<std::string, std::string>;

/// All that an emitter looks at.
struct Model {
  explicit Model(const Schema& schema)
      : catalogue(schema), names(schema), types(catalogue, names), layout(make_layout(catalogue)) {}
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const Schema& schema() const { return catalogue.schema(); }

  Catalogue catalogue;
  Names names;
  CppTypes types;
  Layout layout;
};

void emit_data(const Model& model, Files& files);       // data objects, faults, events, constants
void emit_forward(const Model& model, Files& files);    // fwd.hpp
void emit_objects(const Model& model, Files& files);    // properties and requests
void emit_hierarchy(const Model& model, Files& files);  // hierarchy.hpp
void emit_facts(const Model& model, Files& files);      // facts.hpp, secrets.hpp, versions.hpp
void emit_umbrellas(const Model& model, Files& files);  // all.hpp, catalogue, INDEX.md

/// All of them.
Files generate(const Model& model);

/// Include of another generated header.
inline std::string include_of(const std::string& path) { return "esxvi/types/" + path; }

/// The includes of a header that has descriptions, from paths of the layout.
std::set<std::string> includes_of(const std::set<std::string>& paths, bool long_description);

/// BOOST_DESCRIBE_STRUCT, or the long form where there are too many members for it.
std::string describe_struct(const std::string& name, const std::string& base,
                            const std::vector<std::string>& members);
std::string describe_enum(const std::string& name, const std::vector<std::string>& values);
bool is_long(std::size_t members);

/// "vim.TaskInfo; since 2.0; deprecated since 5.0"
template <class Facts> std::string describe_facts(const Facts& facts) {
  std::string out;
  const auto add = [&out](std::string_view text) {
    if (!out.empty()) out += "; ";
    out += text;
  };
  if constexpr (requires { facts.vmodl; })
    if (!facts.vmodl.empty()) add(facts.vmodl);
  if (!facts.since.empty()) add("since " + facts.since);
  if constexpr (requires { facts.secret; })
    if (facts.secret) add("secret");
  if constexpr (requires { facts.unlisted; })
    if (facts.unlisted) add("unlisted");
  if constexpr (requires { facts.priv; })
    if (!facts.priv.empty()) add("privilege " + facts.priv);
  if (facts.deprecated)
    add(facts.deprecated->empty() ? "deprecated" : "deprecated since " + *facts.deprecated);
  return out;
}

}  // namespace esxvi::typegen
