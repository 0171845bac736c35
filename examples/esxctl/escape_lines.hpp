// The lines that `esxctl escape` reads and writes: texts with the escapes of C, so that every byte
// has a place on a line; `<empty>` is the empty text, `<error>` a text that was refused.
#pragma once

#include <esxvi/escape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace esxctl {

/// Undoes the escapes of a line: octal \303, hexadecimal \xC3 (two digits at most), \a \b \f \n \r
/// \t \v \\ \" \' \?. Nothing when there is any other.
inline std::optional<std::string> text_of_line(std::string_view line) {
  if (line == "<empty>") return "";
  constexpr std::string_view letters = "abfnrtv\\\"'?";
  constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\\"'?";
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    char const c = line[at++];
    if (c != '\\') {
      out += c;
      continue;
    }
    // Up to `most` digits; none is malformed.
    auto const number = [&](int base, std::size_t most) -> std::optional<char> {
      int value = 0;
      std::size_t digits = 0;
      for (; digits < most && at < line.size(); ++digits, ++at) {
        int const digit = esxvi::escape::detail::hex_digit(line[at]);
        if (digit < 0 || digit >= base) break;
        value = value * base + digit;
      }
      if (digits == 0 || value > 0xFF) return {};
      return static_cast<char>(value);
    };
    if (at == line.size()) return {};
    if (auto const letter = letters.find(line[at]); letter != std::string_view::npos) {
      out += meanings[letter];
      ++at;
      continue;
    }
    bool const hexadecimal = line[at] == 'x';
    if (hexadecimal) ++at;
    auto const byte = hexadecimal ? number(16, 2) : number(8, 3);
    if (!byte) return {};
    out += *byte;
  }
  return out;
}

/// The line of a text: octal for what is not ASCII or not to be seen, but \t, \n and \r.
inline std::string line_of_text(std::optional<std::string> const& text) {
  if (!text) return "<error>";
  if (text->empty()) return "<empty>";
  std::string out;
  for (char const c : *text) {
    auto const value = static_cast<unsigned char>(c);
    constexpr std::string_view named = "\t\n\r\\\"";
    constexpr std::string_view letters = "tnr\\\"";
    if (auto const at = named.find(c); at != std::string_view::npos) {
      (out += '\\') += letters[at];
    } else if (value < 0x20 || value > 0x7E) {
      out += '\\';
      for (unsigned const shift : {6U, 3U, 0U})
        out += static_cast<char>('0' + (value >> shift & 7U));
    } else {
      out += c;
    }
  }
  return out;
}

/// What can be done with a text; nothing when the text is refused.
using Operation = std::optional<std::string> (*)(std::string_view text);

/// A scheme and what it can do; null where it cannot.
struct Scheme {
  std::string_view name;
  Operation encode = nullptr;
  Operation decode = nullptr;
  Operation decode_strict = nullptr;
  Operation decode_lenient = nullptr;

  [[nodiscard]] Operation operation(std::string_view what) const {
    if (what == "encode" || what == "replace") return encode;
    if (what == "decode" || what == "parse") return decode;
    if (what == "decode-strict") return decode_strict;
    if (what == "decode-lenient") return decode_lenient;
    return nullptr;
  }
};

namespace detail {
template <class Codec> constexpr Scheme scheme(std::string_view name) {
  return {name, Codec::try_encode, Codec::try_decode, Codec::try_decode,
          [](std::string_view text) { return std::optional(Codec::decode_lenient(text)); }};
}

/// Datastore, directory (the path itself when it has no `/`) and path.
inline std::optional<std::string> datastore_path_columns(std::string_view text) {
  auto const path = esxvi::escape::datastore_path_view::try_parse(text);
  if (!path) return {};
  std::string out(path->datastore);
  return out.append("\t").append(path->directory_or_path()).append("\t").append(path->path);
}
}  // namespace detail

inline constexpr auto schemes = [] {
  namespace escape = esxvi::escape;
  auto vmbase64 = detail::scheme<escape::vmbase64>("vmbase64");
  vmbase64.decode_strict = escape::vmbase64::try_decode_canonical;
  return std::array{
      detail::scheme<escape::percent>("percent"),
      detail::scheme<escape::pipe>("pipe"),
      detail::scheme<escape::vmxname>("vmxname"),
      Scheme{.name = "winpath", .encode = escape::winpath::try_encode},
      vmbase64,
      detail::scheme<escape::dsitem>("dsitem"),
      detail::scheme<escape::uri>("uri"),
      detail::scheme<escape::xml_entities>("xml"),
      detail::scheme<escape::windows1252>("windows1252"),
      Scheme{.name = "dspath", .decode = detail::datastore_path_columns},
  };
}();

/// Null when there is no scheme of this name.
[[nodiscard]] inline Scheme const* find_scheme(std::string_view name) {
  auto const* found =
      std::find_if(schemes.begin(), schemes.end(), [&](Scheme const& s) { return s.name == name; });
  return found == schemes.end() ? nullptr : found;
}

/// What becomes of the text of a line; nothing when it is refused.
[[nodiscard]] inline std::optional<std::string> result(std::string_view line, Operation operation) {
  auto const text = text_of_line(line);
  return text ? operation(*text) : std::nullopt;
}
/// The line to write for a line that was read.
[[nodiscard]] inline std::string answer(std::string_view line, Operation operation) {
  return line_of_text(result(line, operation));
}

}  // namespace esxctl
