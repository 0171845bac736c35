// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace esxvi::vmx::detail {

enum class quoting : std::uint8_t {
  none,    ///< key = value, also no value at all
  twice,   ///< key = "value"
  once,    ///< key = 'value'
  thrice,  ///< key = """value""": libvirt's reader only, may span lines
  open,    ///< key = "value, the quote at the end is missing
};

/// Some bytes of a document's pool.
struct piece {
  std::uint32_t begin = 0;
  std::uint32_t size = 0;

  [[nodiscard]] constexpr std::uint32_t end() const noexcept { return begin + size; }
  [[nodiscard]] static constexpr piece between(std::size_t begin, std::size_t end) noexcept {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin)};
  }
};

/// One entry of a document: where its line is, and where in it key and value are. The pieces are
/// the document's business and change with every edit.
struct Line {
  piece before{};  ///< blank lines, comments and whatever else is no entry, since the last entry
  piece whole{};   ///< the line with its end
  piece key{};
  piece value{};  ///< without quotes
  std::uint32_t number = 0;
  quoting quotes = quoting::none;
  bool repeated = false;

  /// The line of the file it stands on, counted from 1.
  [[nodiscard]] std::size_t line() const noexcept { return number; }
  /// Whether an earlier line has the same key, so that this one does not count.
  [[nodiscard]] bool duplicate() const noexcept { return repeated; }
  /// Whether the value's closing quote is missing.
  [[nodiscard]] bool unterminated() const noexcept { return quotes == quoting::open; }
};

/// How many lines of a text end how.
struct line_ends {
  std::size_t lf = 0;
  std::size_t cr_lf = 0;
  std::size_t cr = 0;

  constexpr void count(std::string_view line) noexcept {
    if (line.ends_with("\r\n"))
      ++cr_lf;
    else if (line.ends_with('\n'))
      ++lf;
    else if (line.ends_with('\r'))
      ++cr;
  }
  /// What a new line should end with.
  [[nodiscard]] constexpr std::string_view usual() const noexcept {
    if (cr_lf > lf && cr_lf >= cr) return "\r\n";
    if (cr > lf) return "\r";
    return "\n";
  }
};

/// What the reader of a text leaves besides its lines.
struct scanned {
  line_ends ends{};
  std::size_t tail = 0;  ///< offset of what follows the last entry
  bool ended_by_nul = false;
};

/// Splits off the first line of a text that holds no entries, with its end: LF, CR LF or CR.
inline std::string_view take_line(std::string_view& text) noexcept {
  std::size_t size = 0;
  while (size < text.size() && text[size] != '\n' && text[size] != '\r') ++size;
  if (size < text.size()) size += text.substr(size).starts_with("\r\n") ? 2 : 1;
  auto const line = text.substr(0, size);
  text.remove_prefix(size);
  return line;
}

}  // namespace esxvi::vmx::detail
