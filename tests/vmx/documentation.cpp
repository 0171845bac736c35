// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// docs/vmx.md lists every key with its member and its default.
#include <esxvi/vmx/detail/description.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace detail = esxvi::vmx::detail;

TEST_CASE("the document has a row for every key, with its member and its default") {
  std::ifstream file(ESXVI_SOURCE_DIR "/docs/vmx.md");
  std::string const text{std::istreambuf_iterator<char>(file), {}};
  REQUIRE_FALSE(text.empty());
  std::size_t rows = 0;
  for (auto const& g : detail::all_groups()) {
    for (auto const& r : g.rows) {
      std::string key;
      detail::spell_pattern(g, r, [&](char c) { key += c; });
      std::string usual;
      r.default_text(usual);
      std::string member;
      if (g.parent != detail::group::none)
        member.append(detail::all_groups()[g.parent].member).append("[].");
      member.append(g.member).append(g.prefix.empty() ? "." : "[].").append(r.member);
      std::string row = "| `" + key + "` | `" + member + "` | ";
      if (!usual.empty()) row += "`" + usual + "`";
      INFO(row);
      CHECK(text.find(row + " | ") != std::string::npos);
      ++rows;
    }
  }
  CHECK(rows > 250);
}
