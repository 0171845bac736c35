// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/hex.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace esxvi::escape {

namespace detail {

// Base64 (RFC 4648 4) with a comma for the slash and without padding.
inline constexpr std::string_view vmbase64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
inline constexpr byte_set vmbase64_digits{vmbase64_alphabet};
inline constexpr byte_set vmbase64_special = ~(letters_and_digits | byte_set("'(),._- "));

inline constexpr auto vmbase64_values = [] {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < vmbase64_alphabet.size(); ++i)
    table[static_cast<unsigned char>(vmbase64_alphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}();

/// Encodes what is put into it and hands it on; finish() comes last.
template <class Sink> class vmbase64_sink {
 public:
  constexpr explicit vmbase64_sink(Sink& out) : out_(out) {}

  /// `run` has normal bytes only.
  constexpr void append_normal(std::string_view run) {
    if (run.empty()) return;
    if (in_run_) {
      flush();
      out_.put('-');
      in_run_ = false;
    }
    out_.append(run);
  }
  constexpr void put_special(char c) {
    if (!in_run_) out_.put('+');
    in_run_ = true;
    group_ = group_ << 8U | static_cast<unsigned char>(c);
    if (++bytes_ == 3) flush();
  }
  /// The end of the text ends a run; it needs no `-`.
  constexpr void finish() { flush(); }

 private:
  constexpr void flush() {
    if (bytes_ == 0) return;
    group_ <<= 8U * (3 - bytes_);
    for (unsigned i = 0; i <= bytes_; ++i)
      out_.put(vmbase64_alphabet[group_ >> (18U - 6U * i) & 63U]);
    group_ = 0;
    bytes_ = 0;
  }

  Sink& out_;
  std::uint32_t group_ = 0;
  unsigned bytes_ = 0;
  bool in_run_ = false;
};

/// Encodes `text`, of whose special bytes `treat` decides what is put.
template <class Sink, class Treat>
constexpr void vmbase64_encode(std::string_view text, Sink& sink, Treat treat) {
  vmbase64_sink<Sink> encoded(sink);
  for (std::size_t at = 0;; ++at) {
    std::size_t const next = find_first<vmbase64_special>(text, at);
    encoded.append_normal(text.substr(at, next - at));
    if (next == text.size()) break;
    treat(encoded, text[next]);
    at = next;
  }
  encoded.finish();
}

template <mode Mode> class vmbase64_reader {
 public:
  constexpr explicit vmbase64_reader(std::string_view text) noexcept : text_(text) {}

  constexpr int next() noexcept {
    if (at_ == run_end_) {
      if (at_ == text_.size()) return end_of_text;
      if (text_[at_] != '+') return literal();
      // Stretches overlap in malformed text, `+xxx+xxx+xxx`: each is searched once.
      if (stretch_end_ <= at_) stretch_end_ = find_first<~vmbase64_digits>(text_, at_ + 1);
      std::size_t const length = stretch_end_ - (at_ + 1);
      if (length == 0 || length % 4 == 1) {
        if constexpr (Mode == mode::lenient) return literal();
        why_ = {at_, length + 1, "'+' and two, three or a multiple of four more base64 digits"};
        return malformed;
      }
      ++at_;
      run_end_ = stretch_end_;
    }
    while (bits_ < 8) {
      group_ = (group_ << 6U | vmbase64_values[static_cast<unsigned char>(text_[at_++])]) & 0xFFFFU;
      bits_ += 6;
    }
    bits_ -= 8;
    int const byte = static_cast<int>(group_ >> bits_ & 0xFFU);
    if (bits_ + 6 * (run_end_ - at_) < 8) {
      at_ = run_end_;
      bits_ = 0;
      if (at_ < text_.size() && text_[at_] == '-') run_end_ = ++at_;
    }
    return byte;
  }
  [[nodiscard]] constexpr std::size_t position() const noexcept { return at_; }
  [[nodiscard]] constexpr fault why() const noexcept { return why_; }

 private:
  constexpr int literal() noexcept {
    run_end_ = at_ + 1;
    return static_cast<unsigned char>(text_[at_++]);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t run_end_ = 0;  // of the sequence that is being decoded; at_ when there is none
  std::size_t stretch_end_ = 0;
  std::uint32_t group_ = 0;
  std::size_t bits_ = 0;
  fault why_{};
};

}  // namespace detail

/// File names as VMware's products make them of names of machines and disks: letters, digits,
/// blanks and `'(),._-` stay, each run of other bytes becomes `+`, base64, `-`; at the end of the
/// text the `-` is left out.
///
/// decode() takes what such a name can be read as; try_decode_canonical() what encode() writes.
/// Names that nobody encoded, such as `c++`, can be malformed.
struct vmbase64 : codec<vmbase64> {
  static constexpr std::string_view name = "vmbase64";
  static constexpr byte_set encode_set = detail::vmbase64_special;
  static constexpr byte_set decode_set{"+"};

  [[nodiscard]] static constexpr bool needs_encoding(std::string_view text) noexcept {
    return find_first<encode_set>(text) != text.size();
  }

  template <class Sink>
  static constexpr std::optional<fault> encode_each(std::string_view text, Sink& sink) {
    detail::vmbase64_encode(text, sink,
                            [](auto& encoded, char special) { encoded.put_special(special); });
    return {};
  }

  template <mode Mode, class Sink>
  static constexpr std::optional<fault> decode_each(std::string_view text, Sink& sink) {
    return detail::drain<detail::vmbase64_reader<Mode>>(text, sink);
  }
};

}  // namespace esxvi::escape
