// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/hex.hpp>
#include <esxvi/escape/percent.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Patterns of inventory paths.
namespace esxvi::detail {

/// One character of UTF-8, or one byte of what is none.
inline std::string_view first_character(std::string_view text) {
  auto const lead = static_cast<unsigned char>(text[0]);
  std::size_t const size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  return text.substr(0, std::min(size, text.size()));
}

/// A name with `*` (anything), `?` (a character), `[a-z]` and `[!a-z]` (one of a set), in the form
/// of paths: `%2f` is a `/` in the name, `%2a` a `*` that means itself. Names are compared in their
/// plain form.
class Glob {
 public:
  explicit Glob(std::string_view pattern) {
    while (!pattern.empty()) take(pattern);
  }

  /// It is a plain name.
  [[nodiscard]] bool literal() const noexcept {
    return std::all_of(tokens_.begin(), tokens_.end(),
                       [](Token const& t) { return t.what == token::one; });
  }
  /// The plain name that a literal is.
  [[nodiscard]] std::string name() const {
    std::string all;
    for (Token const& t : tokens_) all += t.text;
    return all;
  }

  [[nodiscard]] bool matches(std::string_view name) const {
    // On a mismatch the last star takes one character more.
    std::size_t at = 0;
    std::size_t star = tokens_.size();
    std::string_view after_star;
    while (true) {
      if (at < tokens_.size() && tokens_[at].what == token::any) {
        star = at++;
        after_star = name;
      } else if (at == tokens_.size() && name.empty()) {
        return true;
      } else if (at < tokens_.size() && !name.empty() && tokens_[at].fits(first_character(name))) {
        name.remove_prefix(first_character(name).size());
        ++at;
      } else if (star < tokens_.size() && !after_star.empty()) {
        after_star.remove_prefix(first_character(after_star).size());
        name = after_star;
        at = star + 1;
      } else {
        return false;
      }
    }
  }

 private:
  enum class token { one, some, set, any };
  struct Token {
    token what;
    std::string text{};  // of one
    std::vector<std::pair<std::string, std::string>> ranges{};
    bool inverted = false;

    // By bytes, which is the order of code points.
    [[nodiscard]] bool fits(std::string_view character) const {
      if (what == token::one) return character == text;
      if (what == token::some) return true;
      return inverted != std::any_of(ranges.begin(), ranges.end(), [&](auto const& r) {
               return character >= r.first && character <= r.second;
             });
    }
  };

  // A character that means itself, with its escape undone.
  static std::string take_literal(std::string_view& pattern) {
    std::string_view whole = first_character(pattern);
    if (pattern.size() >= 3 && pattern[0] == '%' && escape::detail::hex_digit(pattern[1]) >= 0 &&
        escape::detail::hex_digit(pattern[2]) >= 0)
      whole = pattern.substr(0, 3);
    pattern.remove_prefix(whole.size());
    return escape::percent::decode_lenient(whole);
  }

  void take(std::string_view& pattern) {
    if (pattern[0] == '*') {
      pattern.remove_prefix(1);
      if (tokens_.empty() || tokens_.back().what != token::any) tokens_.push_back({token::any});
    } else if (pattern[0] == '?') {
      pattern.remove_prefix(1);
      tokens_.push_back({token::some});
    } else if (pattern[0] == '[' && closes(pattern)) {
      take_set(pattern);
    } else {
      std::string text = take_literal(pattern);
      // Several escapes may be the bytes of one character.
      for (std::string_view rest = text; !rest.empty();) {
        auto const c = first_character(rest);
        append(c);
        rest.remove_prefix(c.size());
      }
    }
  }
  // Bytes that continue a character which came as escapes are put together with it.
  void append(std::string_view c) {
    bool const continues = (static_cast<unsigned char>(c[0]) & 0xC0U) == 0x80;
    if (continues && !tokens_.empty() && tokens_.back().what == token::one)
      tokens_.back().text += c;
    else
      tokens_.push_back({token::one, std::string(c)});
  }

  // Whether the set at the beginning has an end; a ']' that stands first means itself.
  static bool closes(std::string_view pattern) {
    bool const inverts = pattern.size() > 1 && (pattern[1] == '!' || pattern[1] == '^');
    return pattern.find(']', inverts ? 3 : 2) != std::string_view::npos;
  }
  void take_set(std::string_view& pattern) {
    Token set{token::set};
    pattern.remove_prefix(1);
    if (pattern[0] == '!' || pattern[0] == '^') {
      set.inverted = true;
      pattern.remove_prefix(1);
    }
    do {  // a ']' that stands first means itself
      std::string from = take_literal(pattern);
      std::string to = from;
      if (pattern.size() >= 2 && pattern[0] == '-' && pattern[1] != ']') {
        pattern.remove_prefix(1);
        to = take_literal(pattern);
      }
      set.ranges.emplace_back(std::move(from), std::move(to));
    } while (!pattern.empty() && pattern[0] != ']');
    if (!pattern.empty()) pattern.remove_prefix(1);
    tokens_.push_back(std::move(set));
  }

  std::vector<Token> tokens_{};
};

/// A path cut at its slashes; `**` is any number of names.
struct PathPattern {
  struct Segment {
    std::string text;  ///< as it was written
    Glob glob;
    bool any_depth;
    [[nodiscard]] bool literal() const { return !any_depth && glob.literal(); }
    [[nodiscard]] bool matches(std::string_view name) const {
      return any_depth || glob.matches(name);
    }
  };

  explicit PathPattern(std::string_view path) : absolute(path.starts_with('/')) {
    while (!path.empty()) {
      auto const part = path.substr(0, path.find('/'));
      path.remove_prefix(std::min(part.size() + 1, path.size()));
      if (!part.empty() && part != ".")
        segments.push_back({std::string(part), Glob(part), part == "**"});
    }
  }
  [[nodiscard]] bool literal() const {
    return std::all_of(segments.begin(), segments.end(),
                       [](Segment const& s) { return s.literal(); });
  }

  bool absolute;
  std::vector<Segment> segments{};
};

}  // namespace esxvi::detail
