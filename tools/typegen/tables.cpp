// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "tables.hpp"

#include "source.hpp"

namespace esxvi::typegen {
namespace {

/// ISO C++ asks a compiler for 65,536 characters in a literal, one popular compiler stops there.
constexpr std::size_t block_limit = 32000;

}  // namespace

std::uint32_t TextPool::add(std::string_view text) {
  if (const auto found = positions_.find(text); found != positions_.end()) return found->second;
  if (blocks_.empty() || blocks_.back().size + text.size() > block_limit) blocks_.emplace_back();
  Block& block = blocks_.back();
  const auto position = static_cast<std::uint32_t>((blocks_.size() - 1) << 16 | block.size);
  block.texts.emplace_back(text);
  block.size += text.size();
  positions_.emplace(text, position);
  return position;
}

std::string TextPool::definition(std::string_view name) const {
  std::string members, values, choice;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const std::string block = "block_" + std::to_string(i);
    members += "  char " + block + '[' + std::to_string(blocks_[i].size + 1) + "];\n";
    values += i == 0 ? "" : ",\n";
    bool first = true;
    std::string line;
    const auto flush = [&] {
      values.append(first ? "    \"" : "\n    \"").append(line).append(1, '"');
      line.clear();
      first = false;
    };
    for (const std::string& text : blocks_[i].texts) {
      if (!line.empty() && 4 + line.size() + text.size() + 3 > source::columns) flush();
      line += text;
    }
    flush();
    choice += i + 1 < blocks_.size() ? "position >> 16 == " + std::to_string(i) + " ? " : "";
    choice += std::string(name) + '.' + block;
    if (i + 1 < blocks_.size()) choice += "\n                      : ";
  }
  std::string out = "struct Texts_" + std::string(name) + " {\n" + members + "};\n";
  out += "inline constexpr Texts_" + std::string(name) + ' ' + std::string(name) + " = {\n" +
         values + "};\n";
  out += "constexpr std::string_view " + std::string(name) +
         "_at(std::uint32_t position, std::size_t size) {\n  const char* block = " + choice +
         ";\n  return {block + (position & 0xffff), size};\n}\n";
  return out;
}

std::string number_table(std::string_view type, std::string_view name,
                         const std::vector<std::uint32_t>& numbers) {
  std::vector<std::string> items;
  items.reserve(numbers.size());
  for (const std::uint32_t number : numbers) items.push_back(std::to_string(number));
  std::string head = "inline constexpr ";
  head.append(type).append(1, ' ').append(name).append("[] = {\n    ");
  return source::list(head, items, "};");
}

}  // namespace esxvi::typegen
