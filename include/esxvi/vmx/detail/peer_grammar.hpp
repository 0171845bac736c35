// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The lines that libvirt 9.0 takes for entries, observed from outside. It refuses the whole file
// for anything else, and so does this.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/vmx/detail/line.hpp>
#include <esxvi/vmx/detail/vendor_grammar.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::vmx::detail {

[[noreturn]] inline void refuse(std::string_view file, std::size_t line, std::string problem,
                                std::string advice = {}) {
  if (line != 0) problem = "line " + std::to_string(line) + ": " + problem;
  malformed_file thrown(
      {"reading a VMX file", std::string(file), std::move(problem), std::move(advice)});
  thrown.set_line(line);
  throw thrown;
}

constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_peer_name(char c) noexcept {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == ':' || c == '.' || c == '-';
}
constexpr bool is_peer_key(std::string_view key) noexcept {
  return !key.empty() && (is_letter(key[0]) || key[0] == '.') &&
         std::all_of(key.begin(), key.end(), is_peer_name);
}

template <class Emit> class PeerReader {
 public:
  PeerReader(std::string const& text, std::string_view file, Emit& emit)
      : base_(text.data()),
        end_(base_ + std::min(text.size(), text.find('\0'))),
        at_(base_),
        file_(file),
        emit_(emit) {}

  scanned read(std::size_t size) {
    char const* before = base_;
    for (;;) {
      char const* const begin = skip_to_statement();
      if (at_ == end_) {
        if (before == base_ && begin != base_ && !comments_) expect("a name");
        break;
      }
      Line line;
      line.before = between(before, begin);
      line.number = number_;
      statement(line);
      line.whole = between(begin, at_);
      before = at_;
      emit_(std::as_const(line));
    }
    scanned out;
    out.ends = ends_;
    out.tail = offset(before);
    out.ended_by_nul = offset(end_) != size;
    return out;
  }

 private:
  [[nodiscard]] std::size_t offset(char const* at) const noexcept {
    return static_cast<std::size_t>(at - base_);
  }
  [[nodiscard]] piece between(char const* a, char const* b) const noexcept {
    return piece::between(offset(a), offset(b));
  }
  [[noreturn]] void expect(std::string_view what) const {
    refuse(file_, number_, "expected " + std::string(what) + ", found " + found_here());
  }
  [[nodiscard]] std::string found_here() const {
    if (at_ == end_) return "the end of the file";
    if (*at_ == '\n' || *at_ == '\r') return "the end of the line";
    auto const byte = static_cast<unsigned char>(*at_);
    if (byte > 0x20 && byte < 0x7F) return {'\'', *at_, '\''};
    constexpr std::string_view digits = "0123456789abcdef";
    return {'0', 'x', digits[byte >> 4U], digits[byte & 15U]};
  }

  [[nodiscard]] bool at_line_end() const noexcept { return *at_ == '\n' || *at_ == '\r'; }
  void blanks() noexcept { at_ = skip_blanks(at_, end_); }
  /// Steps over LF, CR LF or CR. Lines are counted by LF, as libvirt does.
  void line_end() noexcept {
    char const* const begin = at_;
    if (*at_ == '\r') ++at_;
    if (at_ != end_ && *at_ == '\n' && at_ - begin < 2) {
      ++at_;
      ++number_;
    }
    ends_.count({begin, static_cast<std::size_t>(at_ - begin)});
  }
  void comment() noexcept {
    while (at_ != end_ && !at_line_end()) ++at_;
    if (at_ != end_) line_end();
  }

  /// Moves to the next name; returns where its line begins.
  char const* skip_to_statement() {
    char const* begin = at_;
    for (;;) {
      blanks();
      if (at_ == end_) return at_;
      if (at_line_end()) {
        line_end();
      } else if (*at_ == '#') {
        comment();
        comments_ = true;
      } else {
        return begin;
      }
      begin = at_;
    }
  }

  void statement(Line& line) {
    char const* const key = at_;
    if (!is_letter(*at_) && *at_ != '.') expect("a name that begins with a letter or a dot");
    while (at_ != end_ && is_peer_name(*at_)) ++at_;
    line.key = between(key, at_);
    blanks();
    if (at_ == end_ || *at_ != '=') expect("'='");
    ++at_;
    blanks();
    value(line);
    blanks();
    if (at_ == end_) return;
    if (*at_ == '#') {
      comment();
    } else if (*at_ == ';') {
      ++at_;
      char const* const behind = at_;
      blanks();
      if (at_ != end_ && at_line_end())
        line_end();
      else
        at_ = behind;
    } else if (at_line_end()) {
      line_end();
    } else {
      expect("the end of the line, ';' or a comment");
    }
  }

  void value(Line& line) {
    std::string_view const rest(at_, static_cast<std::size_t>(end_ - at_));
    if (rest.starts_with("\"\"\"")) {
      auto const close = rest.find("\"\"\"", 3);
      if (close == std::string_view::npos) expect("a closing \"\"\"");
      line.value = between(at_ + 3, at_ + close);
      line.quotes = quoting::thrice;
      number_ += static_cast<std::uint32_t>(std::count(at_, at_ + close, '\n'));
      at_ += close + 3;
      return;
    }
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) expect("a value in quotes");
    auto const close = rest.find_first_of(rest[0] == '"' ? "\"\r\n" : "'\r\n", 1);
    if (close == std::string_view::npos || rest[close] != rest[0])
      refuse(file_, number_,
             "expected a closing " + std::string(1, rest[0]) + " on the same line as the value");
    line.value = between(at_ + 1, at_ + close);
    line.quotes = rest[0] == '"' ? quoting::twice : quoting::once;
    at_ += close + 1;
  }

  char const* base_;
  char const* end_;
  char const* at_;
  std::string_view file_;
  Emit& emit_;
  line_ends ends_{};
  std::uint32_t number_ = 1;
  bool comments_ = false;
};

/// Calls `emit(Line const&)` for each entry. Throws malformed_file.
template <class Emit>
scanned read_peer(std::string const& text, std::string_view file, Emit&& emit) {
  return PeerReader<std::remove_reference_t<Emit>>(text, file, emit).read(text.size());
}

}  // namespace esxvi::vmx::detail
