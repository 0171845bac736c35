// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Random texts come back unchanged, and random edits do what they do to a list of keys.
#include "vmx/document_support.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;
using vmx::Document;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t limit) {
  return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
}

std::string random_text(Random& random) {
  constexpr std::string_view pieces[] = {"a",
                                         "b.c",
                                         "scsi0:1.x",
                                         " = ",
                                         "=",
                                         "\"",
                                         "'",
                                         "\"x\"",
                                         "\n",
                                         "\r\n",
                                         "\r",
                                         "#",
                                         " ",
                                         "\t",
                                         "|22",
                                         "|",
                                         "\xC3\xA9",
                                         "\xE9",
                                         ".encoding = \"GBK\"\n",
                                         "\xEF\xBB\xBF",
                                         ";",
                                         "\"\"\"",
                                         "12"};
  std::string out;
  for (std::size_t n = below(random, 60); n != 0; --n) {
    if (below(random, 20) == 0)
      out += static_cast<char>(below(random, 255) + 1);
    else
      out += pieces[below(random, std::size(pieces))];
  }
  return out;
}

/// Keys and values in file order, without duplicates.
using Model = std::vector<std::pair<std::string, std::string>>;

Model model_of(Document const& document) {
  Model out;
  std::string scratch;
  for (auto const& entry : document.entries())
    if (!entry.duplicate()) out.emplace_back(document.key(entry), document.value(entry, scratch));
  return out;
}

Model sorted(Model model) {
  std::sort(model.begin(), model.end());
  return model;
}

}  // namespace

TEST_CASE("any text comes back, and means the same after an edit that changes nothing") {
  Random random(20260401);
  for (int i = 0; i < 20'000; ++i) {
    auto const text = random_text(random);
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) continue;
    CAPTURE(text);
    auto const d = Document::parse(text);
    REQUIRE(d.text() == text);
    try {
      auto const p = Document::parse(text, {.rules = vmx::grammar::peer});
      REQUIRE(p.text() == text);
    } catch (malformed_file const&) {
    }
    auto edited = d;
    edited.append("zzz.new", "1");
    REQUIRE(edited.erase("zzz.new"));
    REQUIRE(model_of(edited) == model_of(d));
    REQUIRE(model_of(Document::parse(edited.text())) == model_of(d));
  }
}

TEST_CASE("edits do what they do to a list of keys and values") {
  constexpr std::string_view keys[] = {
      "memsize",           "scsi0.present",     "scsi0:0.fileName", "scsi0:1.present",
      "ethernet0.present", "ethernet1.address", "annotation",       "x",
      "uuid.bios"};
  constexpr std::string_view values[] = {"",           "1",    "two words", "a|b\"c",
                                         "\xC3\xA9\n", "TRUE", "it's",      "#"};
  constexpr std::string_view starts[] = {"", "memsize = 1\r\nx = 'y'\r\n",
                                         "# c\nscsi0.present = \"TRUE\"\nX =\n# end",
                                         "ethernet0.present = \"cut\njunk\nx = \"1\"\nx = \"2\""};
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    auto d = Document::parse(starts[below(random, std::size(starts))]);
    auto model = model_of(d);
    auto const find = [&](std::string_view key) {
      return std::find_if(model.begin(), model.end(),
                          [&](auto const& each) { return vmx::detail::same_key(each.first, key); });
    };
    for (int step = 0; step < 60; ++step) {
      std::string const key(keys[below(random, std::size(keys))]);
      std::string const value(values[below(random, std::size(values))]);
      std::string const other(keys[below(random, std::size(keys))]);
      switch (below(random, 6)) {
        case 0:
        case 1:
        case 2: {
          if (below(random, 2) == 0)
            d.set(key, value);
          else
            d.set(key, value, other);
          if (auto const at = find(key); at != model.end())
            at->second = value;
          else
            model.emplace_back(key, value);
          break;
        }
        case 3: {
          auto const at = find(key);
          REQUIRE(d.erase(key) == (at != model.end()));
          if (at != model.end()) model.erase(at);
          break;
        }
        case 4: {
          auto const prefix = key.substr(0, below(random, key.size()) + 1);
          d.erase_prefix(prefix);
          std::erase_if(
              model, [&](auto const& each) { return vmx::detail::has_prefix(each.first, prefix); });
          break;
        }
        default:
          d = Document::parse(d.text());
      }
      REQUIRE(sorted(model_of(d)) == sorted(model));
      auto const again = Document::parse(d.text());
      REQUIRE(model_of(again) == model_of(d));
      // Line numbers stay those of the text.
      REQUIRE(again.entries().size() == d.entries().size());
      for (std::size_t i = 0; i < d.entries().size(); ++i)
        REQUIRE(again.entries()[i].line() == d.entries()[i].line());
      for (auto const& [k, v] : model) REQUIRE(value_of(d, k) == v);
    }
  }
}
