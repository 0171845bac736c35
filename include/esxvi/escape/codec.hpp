// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/escape/bytes.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::escape {

/// Where and why a text cannot be encoded or decoded.
struct fault {
  std::size_t position = 0;     ///< byte offset in the text
  std::size_t length = 0;       ///< bytes at fault; 0 where the text ended too early
  std::string_view expected{};  ///< what should have stood there; lives as long as the program

  [[nodiscard]] friend constexpr bool operator==(fault const&, fault const&) = default;
};

/// What decode_to() leaves: where the output ends, or why there is none.
template <class Out> struct decoded {
  Out out;
  std::optional<fault> error{};

  [[nodiscard]] constexpr explicit operator bool() const noexcept { return !error; }
};

/// What a decoder does with text that no encoder writes.
enum class mode {
  strict,   ///< refuses it
  lenient,  ///< keeps it as it stands
};

namespace detail {

// The three things that are done with the bytes a codec makes: counted, written, compared.
struct counting_sink {
  std::size_t size = 0;
  constexpr void put(char) noexcept { ++size; }
  constexpr void append(std::string_view run) noexcept { size += run.size(); }
};

template <class Out> struct writing_sink {
  Out out;
  constexpr void put(char c) {
    *out = c;
    ++out;
  }
  constexpr void append(std::string_view run) { out = std::copy(run.begin(), run.end(), out); }
};

struct comparing_sink {
  std::string_view expected{};
  bool equal = true;
  constexpr void put(char c) noexcept { append({&c, 1}); }
  constexpr void append(std::string_view run) noexcept {
    equal = equal && expected.starts_with(run);
    if (equal) expected.remove_prefix(run.size());
  }
  [[nodiscard]] constexpr bool matched() const noexcept { return equal && expected.empty(); }
};

/// "0x25 0x7a": readable whatever the bytes are, and too little to give a secret away.
inline std::string found_at(std::string_view text, fault const& why) {
  if (why.position >= text.size()) return "the end of the text";
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (char const c : text.substr(why.position, std::min<std::size_t>(why.length, 4))) {
    auto const value = static_cast<unsigned char>(c);
    if (value > 0x20 && value < 0x7F) {
      out.append(out.empty() ? "" : " ").append("'").append(1, c).append("'");
    } else {
      out.append(out.empty() ? "0x" : " 0x").append(1, digits[value >> 4U]);
      out.append(1, digits[value & 15U]);
    }
  }
  return out;
}

inline std::string describe(std::string_view text, fault const& why) {
  return "at position " + std::to_string(why.position) + ": found " + found_at(text, why) +
         ", expected " + std::string(why.expected);
}

[[noreturn]] inline void throw_unencodable(std::string_view name, std::string_view text,
                                           fault const& why) {
  throw invalid_argument(
      {"encoding " + std::string(name) + " text", {}, describe(text, why), "remove it"});
}

[[noreturn]] inline void throw_malformed(std::string_view name, std::string_view text,
                                         fault const& why) {
  invalid_encoding thrown({"decoding " + std::string(name) + " text",
                           {},
                           describe(text, why),
                           "decode it leniently to keep what is malformed as it stands"});
  thrown.set_offset(why.position);
  throw thrown;
}

}  // namespace detail

/// One way of a text: the half of a codec that writes. Self describes it:
///
///     static constexpr std::string_view name;  // in messages
///     static constexpr byte_set encode_set;    // a text without these bytes encodes to itself
///     // Hands the encoded text to `sink` (put(char), append(string_view)); stops at a fault.
///     template <class Sink>
///     static constexpr std::optional<fault> encode_each(std::string_view text, Sink& sink);
///
/// All functions are pure, work on bytes and depend on no locale.
template <class Self> struct encoder {
  /// Whether encode() would change the text or refuse it.
  [[nodiscard]] static constexpr bool needs_encoding(std::string_view text) noexcept {
    if (find_first<Self::encode_set>(text) == text.size()) return false;
    detail::comparing_sink sink{text};
    return Self::encode_each(text, sink).has_value() || !sink.matched();
  }

  /// Why the text cannot be encoded; nothing when it can.
  [[nodiscard]] static constexpr std::optional<fault> encode_fault(std::string_view text) noexcept {
    if (find_first<Self::encode_set>(text) == text.size()) return {};
    detail::counting_sink sink;
    return Self::encode_each(text, sink);
  }

  /// Bytes that encode() returns; means nothing for a text with encode_fault().
  [[nodiscard]] static constexpr std::size_t encoded_size(std::string_view text) noexcept {
    if (find_first<Self::encode_set>(text) == text.size()) return text.size();
    detail::counting_sink sink;
    static_cast<void>(Self::encode_each(text, sink));
    return sink.size;
  }

  /// Throws invalid_argument, with the position, when the text cannot be encoded.
  [[nodiscard]] static constexpr std::string encode(std::string_view text) {
    return encoded_as<std::string>(
        text, [&](fault const& why) { detail::throw_unencodable(Self::name, text, why); });
  }

  /// As encode(); nothing when the text cannot be encoded.
  [[nodiscard]] static constexpr std::optional<std::string> try_encode(std::string_view text) {
    return encoded_as<std::optional<std::string>>(text, [](fault const&) {});
  }

  /// Writes encoded_size() bytes to `out` and returns its end; allocates nothing. Throws
  /// invalid_argument before the first byte when the text cannot be encoded.
  template <std::output_iterator<char> Out>
  static constexpr Out encode_to(std::string_view text, Out out) {
    detail::writing_sink<Out> sink{std::move(out)};
    if (find_first<Self::encode_set>(text) == text.size()) {
      sink.append(text);
      return std::move(sink.out);
    }
    if (auto const why = Self::encode_fault(text))
      detail::throw_unencodable(Self::name, text, *why);
    static_cast<void>(Self::encode_each(text, sink));
    return std::move(sink.out);
  }

 private:
  friend Self;
  encoder() = default;  // never an object, only functions

  template <class Result, class Refuse>
  static constexpr Result encoded_as(std::string_view text, Refuse refuse) {
    if (find_first<Self::encode_set>(text) == text.size()) return Result(std::string(text));
    if constexpr (requires { Self::fill(text, static_cast<char*>(nullptr)); }) {
      if (auto const why = Self::encode_fault(text)) {
        refuse(*why);
        return {};
      }
      std::string out(Self::encoded_size(text), '\0');
      Self::fill(text, out.data());
      return out;
    } else {
      detail::counting_sink measured;
      if (auto const why = Self::encode_each(text, measured)) {
        refuse(*why);
        return {};
      }
      std::string out(measured.size, '\0');
      detail::writing_sink<char*> sink{out.data()};
      static_cast<void>(Self::encode_each(text, sink));
      return out;
    }
  }
};

/// Both ways. Self describes, besides what encoder asks for:
///
///     static constexpr byte_set decode_set;  // a text without these bytes decodes to itself
///     template <mode Mode, class Sink>
///     static constexpr std::optional<fault> decode_each(std::string_view text, Sink& sink);
template <class Self> struct codec : encoder<Self> {
  /// Throws invalid_encoding, with the position as offset(), when the text is malformed.
  [[nodiscard]] static constexpr std::string decode(std::string_view text) {
    return decoded_as<std::string, mode::strict>(
        text, [&](fault const& why) { detail::throw_malformed(Self::name, text, why); });
  }

  /// As decode(); nothing when the text is malformed.
  [[nodiscard]] static constexpr std::optional<std::string> try_decode(std::string_view text) {
    return decoded_as<std::optional<std::string>, mode::strict>(text, [](fault const&) {});
  }

  /// Keeps what is malformed as it stands. For names that somebody else wrote.
  [[nodiscard]] static constexpr std::string decode_lenient(std::string_view text) {
    return decoded_as<std::string, mode::lenient>(text, [](fault const&) {});
  }

  /// As try_decode(), but takes only what encode() writes: no needless escape, no other spelling.
  [[nodiscard]] static constexpr std::optional<std::string> try_decode_canonical(
      std::string_view text) {
    auto value = try_decode(text);
    if (!value) return value;
    detail::comparing_sink sink{text};
    if (Self::encode_each(*value, sink) || !sink.matched()) value.reset();
    return value;
  }

  /// Why the text is malformed; nothing when it is not.
  [[nodiscard]] static constexpr std::optional<fault> decode_fault(std::string_view text) noexcept {
    if (find_first<Self::decode_set>(text) == text.size()) return {};
    detail::counting_sink sink;
    return Self::template decode_each<mode::strict>(text, sink);
  }

  /// Bytes that decode() returns; nothing when it would throw.
  [[nodiscard]] static constexpr std::optional<std::size_t> decoded_size(
      std::string_view text) noexcept {
    if (find_first<Self::decode_set>(text) == text.size()) return text.size();
    detail::counting_sink sink;
    if (Self::template decode_each<mode::strict>(text, sink)) return {};
    return sink.size;
  }

  /// Bytes that decode_lenient() returns.
  [[nodiscard]] static constexpr std::size_t decoded_size_lenient(std::string_view text) noexcept {
    if (find_first<Self::decode_set>(text) == text.size()) return text.size();
    detail::counting_sink sink;
    static_cast<void>(Self::template decode_each<mode::lenient>(text, sink));
    return sink.size;
  }

  /// Writes decoded_size() bytes to `out`; allocates nothing. Of a malformed text it writes nothing
  /// and returns the fault.
  template <std::output_iterator<char> Out>
  [[nodiscard]] static constexpr decoded<Out> decode_to(std::string_view text, Out out) {
    if (auto const why = decode_fault(text)) return {std::move(out), why};
    return {write<mode::strict>(text, std::move(out)), {}};
  }

  /// Writes decoded_size_lenient() bytes to `out` and returns its end; allocates nothing.
  template <std::output_iterator<char> Out>
  static constexpr Out decode_lenient_to(std::string_view text, Out out) {
    return write<mode::lenient>(text, std::move(out));
  }

 private:
  friend Self;
  codec() = default;

  template <mode Mode, class Out> static constexpr Out write(std::string_view text, Out out) {
    detail::writing_sink<Out> sink{std::move(out)};
    if (find_first<Self::decode_set>(text) == text.size())
      sink.append(text);
    else
      static_cast<void>(Self::template decode_each<Mode>(text, sink));
    return std::move(sink.out);
  }

  template <class Result, mode Mode, class Refuse>
  static constexpr Result decoded_as(std::string_view text, Refuse refuse) {
    if (find_first<Self::decode_set>(text) == text.size()) return Result(std::string(text));
    std::string out;
    std::optional<fault> why;
    if constexpr (requires { Self::grows; }) {
      detail::counting_sink measured;
      why = Self::template decode_each<Mode>(text, measured);
      if (!why) {
        out.resize(measured.size);
        detail::writing_sink<char*> sink{out.data()};
        static_cast<void>(Self::template decode_each<Mode>(text, sink));
      }
    } else {
      out.resize(text.size());
      char* end = out.data();
      if constexpr (requires { Self::template unfill<Mode>(text, end); }) {
        why = Self::template unfill<Mode>(text, end);
      } else {
        detail::writing_sink<char*> sink{end};
        why = Self::template decode_each<Mode>(text, sink);
        end = sink.out;
      }
      out.resize(static_cast<std::size_t>(end - out.data()));
    }
    if (why) {
      refuse(*why);
      return {};
    }
    return out;
  }
};

/// A type that encodes as encoder<> describes; one that decodes as well.
template <class T>
concept Encoder = std::derived_from<T, encoder<T>>;
template <class T>
concept Codec = Encoder<T> && std::derived_from<T, codec<T>>;

}  // namespace esxvi::escape
