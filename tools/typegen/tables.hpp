// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Constant tables in generated headers: text in few large literals, numbers in plain arrays. They
// need no relocation, no constructor, and cost a compiler some hundredths of a second, where
// an array of thousands of std::string_view costs seconds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::typegen {

/// Texts, each once, in blocks below the length of literal that every compiler takes.
class TextPool {
 public:
  /// Where `text` stands: block in the upper 16 bits, offset in the lower ones.
  std::uint32_t add(std::string_view text);

  /// `struct { char block_0[n]; ... } NAME` with the texts, and a function
  /// `constexpr std::string_view NAME_at(std::uint32_t position, std::size_t size)`.
  std::string definition(std::string_view name) const;

 private:
  struct Block {
    std::vector<std::string> texts{};
    std::size_t size = 0;
  };
  std::vector<Block> blocks_;
  std::map<std::string, std::uint32_t, std::less<>> positions_;
};

/// `inline constexpr TYPE NAME[] = {1, 2, 3};`
std::string number_table(std::string_view type, std::string_view name,
                         const std::vector<std::uint32_t>& numbers);

}  // namespace esxvi::typegen
