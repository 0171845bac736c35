// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::detail {

struct IniEntry {
  std::string_view key{};
  std::string_view value{};
  std::size_t line = 0;
};

struct IniGroup {
  std::string_view name{};
  std::vector<IniEntry> entries{};
  std::size_t line = 0;

  [[nodiscard]] IniEntry const* find(std::string_view key) const noexcept {
    auto const at = std::find_if(entries.begin(), entries.end(),
                                 [&](IniEntry const& each) { return each.key == key; });
    return at == entries.end() ? nullptr : &*at;
  }
};

/// The content of an INI file ("[group]", "key = value", comments after # or ; at the start of a
/// line) as views into the text, which has to outlive it: a secret is not copied by reading.
///
/// Blanks around names and values do not count; values have no quotes. A byte order mark and CRLF
/// are taken. What repeats a group adds to it.
class Ini {
 public:
  /// Throws malformed_file with the line, never with its content.
  Ini(std::string_view text, std::string path) : path_(std::move(path)) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::size_t group = npos;
    for (std::size_t number = 1; !text.empty(); ++number) {
      auto const end = std::min(text.find('\n'), text.size());
      auto const line = trimmed(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.empty() || line[0] == '#' || line[0] == ';') continue;
      if (line[0] == '[')
        group = open(line, number);
      else
        add(group, line, number);
    }
  }

  [[nodiscard]] std::vector<IniGroup> const& groups() const noexcept { return groups_; }
  [[nodiscard]] IniGroup const* find(std::string_view name) const noexcept {
    auto const at = std::find_if(groups_.begin(), groups_.end(),
                                 [&](IniGroup const& each) { return each.name == name; });
    return at == groups_.end() ? nullptr : &*at;
  }

  [[noreturn]] void refuse(std::size_t line, std::string problem, std::string advice = {}) const {
    malformed_file thrown({"reading a configuration file", path_ + ":" + std::to_string(line),
                           std::move(problem), std::move(advice)});
    thrown.set_line(line);
    throw thrown;
  }

 private:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  static std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\f\v";
    auto const from = text.find_first_not_of(blanks);
    if (from == text.npos) return {};
    return text.substr(from, text.find_last_not_of(blanks) - from + 1);
  }

  std::size_t open(std::string_view line, std::size_t number) {
    if (!line.ends_with(']')) refuse(number, "the ']' that ends the name of a group is missing");
    auto const name = trimmed(line.substr(1, line.size() - 2));
    if (name.empty()) refuse(number, "a group has no name");
    auto const* const known = find(name);
    if (known != nullptr) return static_cast<std::size_t>(known - groups_.data());
    groups_.push_back({name, {}, number});
    return groups_.size() - 1;
  }

  void add(std::size_t group, std::string_view line, std::size_t number) {
    if (group == npos) refuse(number, "something stands before the first [group]");
    auto const equals = line.find('=');
    if (equals == line.npos) refuse(number, "neither [group], \"key = value\" nor a comment");
    auto const key = trimmed(line.substr(0, equals));
    if (key.empty()) refuse(number, "a value has no key");
    if (auto const* const first = groups_[group].find(key))
      refuse(number, "the key of line " + std::to_string(first->line) + " is repeated",
             "keep one of them");
    groups_[group].entries.push_back({key, trimmed(line.substr(equals + 1)), number});
  }

  std::string path_;
  std::vector<IniGroup> groups_;
};

}  // namespace esxvi::detail
