// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

namespace esxvi::escape {

/// A set of byte values. Usable as a template argument.
struct byte_set {
  std::array<std::uint64_t, 4> bits{};

  constexpr byte_set() = default;
  constexpr explicit byte_set(std::string_view members) {
    for (char const c : members) add(static_cast<unsigned char>(c));
  }
  /// The bytes `first` to `last`, both included.
  [[nodiscard]] static constexpr byte_set range(unsigned char first, unsigned char last) {
    byte_set set;
    for (unsigned c = first; c <= last; ++c) set.add(static_cast<unsigned char>(c));
    return set;
  }

  [[nodiscard]] static constexpr byte_set only(char c) { return byte_set({&c, 1}); }

  [[nodiscard]] constexpr bool contains(char c) const noexcept {
    auto const at = static_cast<unsigned char>(c);
    return (bits[at / 64U] >> (at % 64U) & 1U) != 0;
  }
  [[nodiscard]] friend constexpr byte_set operator|(byte_set a, byte_set const& b) noexcept {
    for (std::size_t i = 0; i < 4; ++i) a.bits[i] |= b.bits[i];
    return a;
  }
  [[nodiscard]] friend constexpr byte_set operator~(byte_set a) noexcept {
    for (auto& word : a.bits) word = ~word;
    return a;
  }
  [[nodiscard]] friend constexpr bool operator==(byte_set const&, byte_set const&) = default;

 private:
  constexpr void add(unsigned char c) noexcept { bits[c / 64U] |= std::uint64_t{1} << (c % 64U); }
};

inline constexpr byte_set non_ascii = byte_set::range(0x80, 0xFF);
inline constexpr byte_set letters_and_digits =
    byte_set::range('A', 'Z') | byte_set::range('a', 'z') | byte_set::range('0', '9');

namespace detail {

// Eight bytes at once: a word whose byte is 0x80 where the byte of the text is in the set. Names
// are short and mostly plain, so this beats both a table and wider blocks.
using word = std::uint64_t;
inline constexpr word ones = 0x0101010101010101U;
inline constexpr word tops = ones * 0x80U;

struct byte_range {
  unsigned first = 0;
  unsigned last = 0;
};

/// The ASCII part of a set as ranges; of its complement when that has fewer.
struct byte_ranges {
  std::array<byte_range, 64> items{};
  std::size_t size = 0;
  bool of_complement = false;

  static constexpr byte_ranges of(byte_set const& set) {
    byte_ranges found;
    for (unsigned c = 0; c < 128; ++c) {
      if (!set.contains(static_cast<char>(c))) continue;
      if (found.size != 0 && found.items[found.size - 1].last + 1 == c)
        found.items[found.size - 1].last = c;
      else
        found.items[found.size++] = {c, c};
    }
    return found;
  }
  static constexpr byte_ranges fewest(byte_set const& set) {
    auto direct = of(set);
    auto inverse = of(~set);
    inverse.of_complement = true;
    return inverse.size < direct.size ? inverse : direct;
  }
};

/// `low` has seven bits a byte. Adding cannot carry into the next byte; bit 7 is the answer.
template <byte_range Range> constexpr word in_range(word low) noexcept {
  if constexpr (Range.first == Range.last)
    return ~((low ^ ones * Range.first) + ones * 0x7FU);
  else if constexpr (Range.first == 0)
    return ~(low + ones * (0x7FU - Range.last));
  else if constexpr (Range.last == 0x7F)
    return low + ones * (0x80U - Range.first);
  else
    return (low + ones * (0x80U - Range.first)) & ~(low + ones * (0x7FU - Range.last));
}

template <byte_set Set> constexpr word matches(word bytes) noexcept {
  constexpr auto ranges = byte_ranges::fewest(Set);
  constexpr bool high = Set.contains(static_cast<char>(0x80));
  static_assert((Set | non_ascii) == Set ? high : (Set | ~non_ascii) == ~non_ascii,
                "the bytes above 0x7F must be all in the set, or none");
  word const low = bytes & ~tops;
  word found = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (word{0} | ... | in_range<ranges.items[I]>(low));
  }(std::make_index_sequence<ranges.size>());
  if constexpr (ranges.of_complement) found = ~found;
  return (high ? found | bytes : found & ~bytes) & tops;
}

inline word load(char const* from) noexcept {
  word value = 0;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// Index of the first byte that matches() marked; not for 0.
constexpr std::size_t first_match(word found) noexcept {
  if constexpr (std::endian::native == std::endian::little)
    return static_cast<std::size_t>(std::countr_zero(found)) / 8;
  else
    return static_cast<std::size_t>(std::countl_zero(found)) / 8;
}

}  // namespace detail

/// Index of the first byte of `text` at or after `from` that is in Set; text.size() if none is.
template <byte_set Set>
[[nodiscard]] constexpr std::size_t find_first(std::string_view text,
                                               std::size_t from = 0) noexcept {
  std::size_t at = from;
  if (!std::is_constant_evaluated()) {
    for (; text.size() - at >= 8; at += 8) {
      auto const found = detail::matches<Set>(detail::load(text.data() + at));
      if (found != 0) return at + detail::first_match(found);
    }
  }
  while (at < text.size() && !Set.contains(text[at])) ++at;
  return at;
}

/// How many bytes of `text` are in Set.
template <byte_set Set> [[nodiscard]] constexpr std::size_t count(std::string_view text) noexcept {
  std::size_t at = 0;
  std::size_t total = 0;
  if (!std::is_constant_evaluated()) {
    for (; text.size() - at >= 8; at += 8) {
      auto const found = detail::matches<Set>(detail::load(text.data() + at));
      total += static_cast<std::size_t>((found >> 7) * detail::ones >> 56);
    }
  }
  for (; at < text.size(); ++at) total += Set.contains(text[at]) ? 1 : 0;
  return total;
}

}  // namespace esxvi::escape
