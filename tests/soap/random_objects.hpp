// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Fills any object with random content, driven by nothing but its tables, and sends it round.
#pragma once

#include "soap/support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace esxvi::test {

class Filler {
 public:
  /// `types`: what boxes may hold besides their declared type.
  explicit Filler(std::uint32_t seed, std::vector<reflect::held_type const*> types = {})
      : random_(seed), types_(std::move(types)) {}

  void fill(reflect::type_info const& type, void* at, int depth = 0) {
    using reflect::kind;
    switch (type.what) {
      case kind::boolean:
        *static_cast<bool*>(at) = below(2) == 1;
        break;
      case kind::int8:
        *static_cast<std::int8_t*>(at) = static_cast<std::int8_t>(random_());
        break;
      case kind::int16:
        *static_cast<std::int16_t*>(at) = static_cast<std::int16_t>(random_());
        break;
      case kind::int32:
        *static_cast<std::int32_t*>(at) = static_cast<std::int32_t>(random_());
        break;
      case kind::int64:
        *static_cast<std::int64_t*>(at) = static_cast<std::int64_t>(random_());
        break;
      case kind::float32:
        *static_cast<float*>(at) = std::bit_cast<float>(static_cast<std::uint32_t>(random_()));
        break;
      case kind::float64:
        *static_cast<double*>(at) = std::bit_cast<double>(random_());
        break;
      case kind::text:
        *static_cast<std::string*>(at) = word();
        break;
      case kind::date_time:
        *static_cast<DateTime*>(at) =
            DateTime::instant(std::chrono::nanoseconds(static_cast<std::int64_t>(random_() / 4)));
        break;
      case kind::binary:
        static_cast<Binary*>(at)->bytes.assign(below(6), static_cast<std::uint8_t>(random_()));
        break;
      case kind::enumeration:
        type.set_literal(
            at, below(10) == 0 ? "aNewLiteral" : type.literals[below(type.literals.size())].name);
        break;
      case kind::reference:
        *static_cast<untyped_ref*>(at) = untyped_ref("Kind" + std::to_string(below(3)), word(),
                                                     below(5) == 0 ? word() : std::string());
        break;
      case kind::object:
        object(type, at, depth);
        break;
      case kind::poly:
        if (below(3) != 0 && depth < deepest)
          box(*static_cast<detail::box*>(at), *type.held, depth);
        break;
      case kind::any:
        if (below(3) != 0) value(*static_cast<Any*>(at), depth);
        break;
      case kind::optional:
        if (below(2) == 0 && depth < deepest) fill(*type.element, type.emplace(at), depth + 1);
        break;
      case kind::array:
        if (depth < deepest)
          for (auto n = below(3); n > 0; --n) fill(*type.element, type.emplace(at), depth + 1);
        break;
      default:
        FAIL("no value of the API is of this kind");
    }
  }

 private:
  static constexpr int deepest = 8;

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  std::string word() {
    static constexpr std::string_view letters[] = {"a",  "B",  "7",   " ",        "<",
                                                   "&",  ">",  "\"",  "'",        "\n",
                                                   "\t", "\r", "]]>", "\xC2\xB5", "\xE2\x84\x83"};
    std::string out;
    for (auto n = below(8); n > 0; --n) out += letters[below(std::size(letters))];
    return out;
  }

  void object(reflect::type_info const& type, void* at, int depth) {
    for (auto const& m : type.members) fill(*m.type, m.at(at), depth + 1);
    if (type.extra == nullptr || below(8) != 0) return;
    Extra& extra = *type.extra(at);
    extra.add_attribute(" versionId=\"5\"");
    auto const place = static_cast<std::uint32_t>(below(type.members.size() + 1));
    extra.text_before(place) += "<fromTheFuture a=\"&lt;\">x<y/></fromTheFuture>";
  }

  void box(detail::box& to, reflect::held_type const& declared, int depth) {
    std::vector<reflect::held_type const*> fitting{&declared};
    for (auto const* t : types_)
      if (reflect::is_a(t->type, declared.type)) fitting.push_back(t);
    auto const& type = *fitting[below(fitting.size())];
    object(*type.type, to.emplace(type), depth + 1);
  }

  void value(Any& any, int depth) {
    switch (below(types_.empty() || depth >= deepest ? 6 : 8)) {
      case 0:
        any = static_cast<std::int32_t>(random_());
        break;
      case 1:
        any = word();
        break;
      case 2:
        any = std::vector<std::string>{word(), word()};
        break;
      case 3:
        any = std::vector<std::int64_t>();
        break;
      case 4:
        any = untyped_ref("HostSystem", word());
        break;
      case 5:
        any = RawValue{"FromTheFuture", " a=\"1\"", "<x>1</x>"};
        break;
      default: {
        auto const& type = *types_[below(types_.size())];
        object(*type.type, any.content().emplace(type), depth + 1);
      }
    }
  }

  std::mt19937_64 random_;
  std::vector<reflect::held_type const*> types_;
};

template <class... T> std::vector<reflect::held_type const*> types_named() {
  return {&reflect::held<T>()...};
}

/// T, filled from some seeds, is the same text after text -> object -> text.
template <class T>
void check_round_trips(int seeds, std::vector<reflect::held_type const*> types = {}) {
  std::size_t longest = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    T object{};
    Filler(static_cast<std::uint32_t>(seed), types).fill(*reflect::type_of<T>(), &object);
    auto const text = encode(object);
    longest = std::max(longest, text.size());
    auto const back = decode<T>(text);
    auto const again = encode(back);
    auto const differ =
        std::mismatch(text.begin(), text.end(), again.begin(), again.end()).first - text.begin();
    auto const from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(differ - 80, 0));
    INFO("written:    ", text.substr(from, 200));
    INFO("and again: ", again.substr(std::min(from, again.size()), 200));
    REQUIRE((text == again));
    // A copy is the same as well.
    T const copy = back;
    REQUIRE((encode(copy) == text));
    if (text.size() < 3000) REQUIRE((encode(decode<T>(text, {.piece = 1})) == text));
  }
  CHECK(longest > 0);
}

}  // namespace esxvi::test
