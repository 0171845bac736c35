// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Tables of literals.
#include <esxvi/reflect/describe.hpp>
#include <esxvi/reflect/enum.hpp>
#include <esxvi/types/PropertyCollector_types.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace esxvi;

namespace sample {
enum class Mood { good = 3, linux_, bad = -7 };
BOOST_DESCRIBE_ENUM(Mood, good, linux_, bad)

// clang-format off
#define TEN(p) p##0, p##1, p##2, p##3, p##4, p##5, p##6, p##7, p##8, p##9
enum class Long : int { TEN(a), TEN(b), TEN(c), TEN(d), TEN(e), TEN(f), TEN(g) };
ESXVI_DESCRIBE_LONG_ENUM(Long, (a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9,
                                c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9),
                         (e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9),
                         (g0, g1, g2, g3, g4, g5, g6, g7, g8, g9))
#undef TEN
// clang-format on
}  // namespace sample

using sample::Mood;

TEST_CASE("literals come in the order of their declaration, under their wire names") {
  auto const all = reflect::literals_of<Mood>;
  REQUIRE(all.size() == 3);
  CHECK(all[0].name == "good");
  CHECK(all[1].name == "linux");
  CHECK(all[2].name == "bad");
  CHECK(all[1].value == 4);
  CHECK(all[2].value == -7);
}

TEST_CASE("literals are found by their whole name and by their value") {
  auto const all = reflect::literals_of<Mood>;
  REQUIRE(reflect::find_literal(all, "bad") != nullptr);
  CHECK(reflect::find_literal(all, "bad")->value == -7);
  CHECK(reflect::find_literal(all, "ba") == nullptr);
  CHECK(reflect::find_literal(all, "badd") == nullptr);
  CHECK(reflect::find_literal(all, "Bad") == nullptr);
  CHECK(reflect::find_literal(all, "") == nullptr);
  CHECK(reflect::literal_name(all, 3) == "good");
  CHECK(reflect::literal_name(all, 0).empty());
}

TEST_CASE("the unknown literal is none of an enum of the API") {
  for (auto const& l : reflect::literals_of<types::PropertyChangeOp>)
    CHECK(static_cast<types::PropertyChangeOp>(l.value) !=
          reflect::unknown_literal<types::PropertyChangeOp>);
}

TEST_CASE("a plain enum takes literals by name and gives them back") {
  auto const& table = reflect::descriptor<Mood>::info;
  CHECK(table.name == "Mood");
  Mood mood{};
  table.set_literal(&mood, "linux");
  CHECK(mood == Mood::linux_);
  CHECK(table.get_literal(&mood) == "linux");
  table.set_literal(&mood, "indifferent");
  CHECK(mood == reflect::unknown_literal<Mood>);
  CHECK(table.get_literal(&mood).empty());
}

TEST_CASE("an enum longer than the macros of Boost.Describe is described whole") {
  auto const all = reflect::literals_of<sample::Long>;
  REQUIRE(all.size() == 70);
  std::set<std::string> names;
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].value == static_cast<int>(i));
    CHECK(all[i].name ==
          std::string{static_cast<char>('a' + i / 10), static_cast<char>('0' + i % 10)});
    names.emplace(all[i].name);
  }
  CHECK(names.size() == 70);
}
