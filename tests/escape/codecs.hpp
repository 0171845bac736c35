// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What the tests ask of every codec alike.
#pragma once

#include <esxvi/escape.hpp>

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace esxvi::test {

/// Where the forms without a std::string write to, at compile time too: clang++ cannot evaluate
/// std::string of libstdc++ 12.
struct Buffer {
  std::array<char, 512> bytes{};
  std::size_t size = 0;

  constexpr void end_at(char const* end) { size = static_cast<std::size_t>(end - bytes.data()); }
  [[nodiscard]] constexpr std::string_view text() const { return {bytes.data(), size}; }
};

/// Calls `f.template operator()<Codec>()` for every codec.
template <class F> void for_each_codec(F f) {
  f.template operator()<escape::percent>();
  f.template operator()<escape::pipe>();
  f.template operator()<escape::vmxname>();
  f.template operator()<escape::uri>();
  f.template operator()<escape::uri_path>();
  f.template operator()<escape::vmbase64>();
  f.template operator()<escape::dsitem>();
  f.template operator()<escape::xml_entities>();
  f.template operator()<escape::windows1252>();
}

/// Texts in which what matters to a codec is frequent. The same ones every time.
class RandomTexts {
 public:
  /// Any bytes but NUL.
  std::string bytes() {
    static constexpr std::string_view frequent = "%|+-/\\\"7c25fF0A &<>;#x,._~:*?";
    std::string out;
    for (std::size_t left = random_() % 40; left > 0; --left) {
      auto const kind = random_() % 4;
      if (kind < 2)
        out += frequent[random_() % frequent.size()];
      else if (kind == 2)
        out += static_cast<char>('a' + random_() % 26);
      else
        out += static_cast<char>(1 + random_() % 255);
    }
    return out;
  }

  /// Characters of XML 1.0 in UTF-8.
  std::string characters() {
    static constexpr std::array<std::string_view, 8> some{
        "a", "%", "|", "\"", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "/"};
    std::string out;
    for (std::size_t left = random_() % 20; left > 0; --left) out += some[random_() % some.size()];
    return out;
  }

 private:
  std::mt19937 random_{20260101};
};

}  // namespace esxvi::test
