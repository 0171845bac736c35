// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/vmx/detail/ascii.hpp>
#include <esxvi/vmx/detail/line.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace esxvi::vmx::detail {

/// Eight letters at once in lower case; only ASCII letters change. (Bit 7 of each byte tells
/// whether the byte is in the range; no addition carries into the next byte.)
constexpr std::uint64_t lower(std::uint64_t bytes) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101U;
  std::uint64_t const low = bytes & ones * 0x7FU;
  std::uint64_t const from_a = low + ones * (0x80U - 'A');
  std::uint64_t const past_z = low + ones * (0x7FU - 'Z');
  return bytes | ((from_a ^ past_z) & ~bytes & ones * 0x80U) >> 2U;
}

template <class Word> std::uint64_t word_at(char const* from) noexcept {
  Word value = 0;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// The first and the last bytes of a text shorter than eight as one word, all of them in it.
inline std::uint64_t short_word(char const* at, std::size_t size) noexcept {
  if (size >= 4) return word_at<std::uint32_t>(at) | word_at<std::uint32_t>(at + size - 4) << 32U;
  if (size == 0) return 0;
  auto const byte = [&](std::size_t i) { return word_at<std::uint8_t>(at + i); };
  return byte(0) | byte(size / 2) << 8U | byte(size - 1) << 16U;
}

/// Whether two keys are one: ASCII letters compare without regard to case.
inline bool same_key(std::string_view a, std::string_view b) noexcept {
  std::size_t const size = a.size();
  if (size != b.size()) return false;
  if (size < 8) return lower(short_word(a.data(), size)) == lower(short_word(b.data(), size));
  for (std::size_t at = 0; at + 8 < size; at += 8)
    if (lower(word_at<std::uint64_t>(a.data() + at)) !=
        lower(word_at<std::uint64_t>(b.data() + at)))
      return false;
  return lower(word_at<std::uint64_t>(a.data() + size - 8)) ==
         lower(word_at<std::uint64_t>(b.data() + size - 8));
}

/// Whether `key` begins with `prefix`, likewise.
inline bool has_prefix(std::string_view key, std::string_view prefix) noexcept {
  return key.size() >= prefix.size() && same_key(key.substr(0, prefix.size()), prefix);
}

inline bool key_less(std::string_view a, std::string_view b) noexcept {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return static_cast<unsigned char>(lower(x)) < static_cast<unsigned char>(lower(y));
  });
}

inline std::uint32_t hash_of(std::string_view key) noexcept {
  constexpr std::uint64_t factor = 0x9E3779B97F4A7C15U;
  auto const mix = [](std::uint64_t h, std::uint64_t word) {
    h = (h ^ word) * factor;
    return h ^ h >> 32U;
  };
  std::size_t const size = key.size();
  std::uint64_t h = size;
  if (size < 8) {
    h = mix(h, lower(short_word(key.data(), size)));
  } else {
    for (std::size_t at = 0; at + 8 < size; at += 8)
      h = mix(h, lower(word_at<std::uint64_t>(key.data() + at)));
    h = mix(h, lower(word_at<std::uint64_t>(key.data() + size - 8)));
  }
  h *= factor;
  return static_cast<std::uint32_t>(h >> 32U);
}

/// Finds the first line with a key: a hash table with open addressing.
///
/// There is no secret in the hash, so a file can be made whose keys all collide. As soon as one
/// key needs more than `patience` steps the table gives way to the lines sorted by key.
class Index {
 public:
  static constexpr std::uint32_t npos = 0xFFFF'FFFFU;

  [[nodiscard]] std::uint32_t find(std::string_view key, char const* pool,
                                   std::span<Line const> lines) const noexcept {
    if (is_sorted_) {
      auto const at = lower_bound(key, pool, lines);
      if (at != sorted_.end() && same_key(text(lines[*at], pool), key)) return *at;
      return npos;
    }
    if (slots_.empty()) return npos;
    std::uint32_t const hash = hash_of(key);
    std::size_t const mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    for (std::size_t steps = 0; steps <= patience; ++steps, at = (at + 1) & mask) {
      Slot const slot = slots_[at];
      if (slot.line == 0) return npos;
      if (slot.hash == hash && same_key(text(lines[slot.line - 1], pool), key))
        return slot.line - 1;
    }
    return npos;
  }

  /// Adds the line at `place`; false when an earlier one has its key.
  bool add(std::uint32_t place, char const* pool, std::span<Line const> lines) {
    auto const key = text(lines[place], pool);
    if (is_sorted_) {
      auto const at = lower_bound(key, pool, lines);
      if (at != sorted_.end() && same_key(text(lines[*at], pool), key)) return false;
      sorted_.insert(at, place);
      return true;
    }
    if (slots_.size() < (used_ + 1) * 2) grow();
    return put(place, hash_of(key), pool, lines);
  }
  /// Whether add() gave up: only build() helps.
  [[nodiscard]] bool crowded() const noexcept { return crowded_; }

  /// Starts anew with all `lines`, and marks those that repeat an earlier one's key.
  void build(char const* pool, std::span<Line> lines) {
    if (!is_sorted_ && !crowded_) {
      slots_.assign(std::bit_ceil(lines.size() * 2 + 2), {});
      used_ = 0;
      // A big table is not in the cache: some slots are asked for before the first is looked at.
      std::array<std::uint32_t, 16> hashes{};
      for (std::size_t i = 0; i < lines.size() && !crowded_; i += hashes.size()) {
        std::size_t const count = std::min(hashes.size(), lines.size() - i);
        for (std::size_t j = 0; j < count; ++j) {
          hashes[j] = hash_of(text(lines[i + j], pool));
          prefetch(&slots_[hashes[j] & (slots_.size() - 1)]);
        }
        for (std::size_t j = 0; j < count; ++j)
          lines[i + j].repeated = !put(static_cast<std::uint32_t>(i + j), hashes[j], pool, lines);
      }
    }
    if (is_sorted_ || crowded_) sort(pool, lines);
  }

  /// The lines from `place` on have moved back by one to make room for another.
  void make_room(std::uint32_t place) noexcept {
    for (auto& slot : slots_) slot.line += slot.line > place ? 1U : 0U;
    for (auto& line : sorted_) line += line >= place ? 1U : 0U;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t line = 0;  // counted from 1; 0: free
  };
  static constexpr std::size_t patience = 128;

  static void prefetch([[maybe_unused]] void const* at) noexcept {
#if defined(__GNUC__)
    __builtin_prefetch(at, 1);
#endif
  }

  bool put(std::uint32_t place, std::uint32_t hash, char const* pool, std::span<Line const> lines) {
    auto const key = text(lines[place], pool);
    std::size_t const mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    for (std::size_t steps = 0; steps <= patience; ++steps, at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.line == 0) {
        slot = {hash, place + 1};
        ++used_;
        return true;
      }
      if (slot.hash == hash && same_key(text(lines[slot.line - 1], pool), key)) return false;
    }
    crowded_ = true;
    return true;
  }

  static std::string_view text(Line const& line, char const* pool) noexcept {
    return {pool + line.key.begin, line.key.size};
  }

  [[nodiscard]] std::vector<std::uint32_t>::const_iterator lower_bound(
      std::string_view key, char const* pool, std::span<Line const> lines) const noexcept {
    return std::lower_bound(sorted_.begin(), sorted_.end(), key,
                            [&](std::uint32_t line, std::string_view wanted) {
                              return key_less(text(lines[line], pool), wanted);
                            });
  }

  void grow() {
    std::vector<Slot> old(std::max<std::size_t>(slots_.size() * 2, 16));
    old.swap(slots_);
    std::size_t const mask = slots_.size() - 1;
    for (Slot const slot : old) {
      if (slot.line == 0) continue;
      std::size_t at = slot.hash & mask;
      std::size_t steps = 0;
      while (slots_[at].line != 0 && steps++ < patience) at = (at + 1) & mask;
      if (slots_[at].line != 0) {
        crowded_ = true;
        return;
      }
      slots_[at] = slot;
    }
  }

  void sort(char const* pool, std::span<Line> lines) {
    std::vector<Slot>().swap(slots_);
    is_sorted_ = true;
    crowded_ = false;
    sorted_.resize(lines.size());
    std::iota(sorted_.begin(), sorted_.end(), 0U);
    std::sort(sorted_.begin(), sorted_.end(), [&](std::uint32_t a, std::uint32_t b) {
      auto const x = text(lines[a], pool);
      auto const y = text(lines[b], pool);
      return same_key(x, y) ? a < b : key_less(x, y);
    });
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
      lines[sorted_[i]].repeated =
          i != 0 && same_key(text(lines[sorted_[i - 1]], pool), text(lines[sorted_[i]], pool));
    }
    std::erase_if(sorted_, [&](std::uint32_t i) { return lines[i].repeated; });
  }

  std::vector<Slot> slots_{};
  std::vector<std::uint32_t> sorted_{};
  std::size_t used_ = 0;
  bool is_sorted_ = false;
  bool crowded_ = false;
};

}  // namespace esxvi::vmx::detail
