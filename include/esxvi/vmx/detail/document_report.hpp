// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What Document has to say about its file.
#pragma once

#include <esxvi/vmx/document.hpp>

namespace esxvi::vmx {

class Document::Report {
 public:
  explicit Report(Document const& document) : of_(document) {}

  std::vector<diagnostic> make() && {
    std::size_t next = 1;  // the line behind the last entry
    for (auto const& entry : of_.lines_) {
      gap(of_.at(entry.before), next);
      this->entry(entry);
      next = entry.line() + of_.lines_of(entry);
      if (full_) break;
    }
    if (!full_ && !of_.ended_by_nul_) gap(of_.at(of_.tail_), next);
    if (of_.ended_by_nul_)
      add({severity::warning, next, {}, {}, "a NUL ends the file here; what follows is not read"});
    return std::move(found_);
  }

 private:
  static constexpr std::size_t most = 1000;

  void add(diagnostic one) {
    if (full_) return;
    if (found_.size() + 1 == most) {
      full_ = true;
      one = {severity::note, one.line, {}, {}, "there is more from here on that is not listed"};
    }
    found_.push_back(std::move(one));
  }
  void add(Entry const& entry, severity level, std::string problem, std::string expected = {}) {
    std::string scratch;
    std::string key;
    of_.encoding_.decode_lenient(of_.key(entry), key);
    std::string value;
    if (!is_secret(key)) value = of_.escaped_value(entry, scratch);
    add({level, entry.line(), std::move(key), std::move(value), std::move(problem),
         std::move(expected)});
  }

  /// Lines between entries: blank, comments, or something that is wrong.
  void gap(std::string_view text, std::size_t line) {
    if (of_.rules_ == grammar::peer) return;  // nothing else passed its reader
    for (; !text.empty() && !full_; ++line) {
      auto shape = detail::take_line(text);
      while (shape.ends_with('\n') || shape.ends_with('\r')) shape.remove_suffix(1);
      shape.remove_prefix(std::min(shape.find_first_not_of(" \t"), shape.size()));
      if (shape.empty() || shape[0] == '#') continue;
      std::string shown;
      if (!is_secret(shape)) of_.encoding_.decode_lenient(shape.substr(0, 200), shown);
      add({severity::warning, line, {}, std::move(shown), why(shape), "key = \"value\""});
    }
  }
  static std::string why(std::string_view shape) {
    std::string const ignored = "the line is no entry: ";
    auto const name = shape.find_first_of(std::string_view("\0 \t=#", 5));
    if (name == shape.npos) return ignored + "it has no '='";
    if (name == 0) return ignored + (shape[0] == '=' ? "it has no key" : "it begins with a NUL");
    auto const sign = shape.find_first_not_of(" \t", name);
    if (sign == shape.npos) return ignored + "it has no '='";
    if (shape[sign] == '\0') return ignored + "its key holds a NUL";
    if (shape[sign] != '=') return ignored + "no '=' follows its first word";
    return ignored + "something other than a comment follows its value";
  }

  void entry(Entry const& entry) {
    if (entry.unterminated())
      add(entry, severity::warning, "the closing quote is missing",
          "a '\"' at the end of the line");
    if (entry.duplicate()) repeated(entry);
    if (detail::same_key(of_.key(entry), encoding_key) && !entry.duplicate()) encoding(entry);
    characters(entry, of_.key(entry), "key");
    auto const raw = of_.raw_value(entry);
    if (raw.find('\0') != raw.npos) add(entry, severity::warning, "the value holds a NUL");
    if (!characters(entry, raw, "value")) return;
    if (raw.find('|') == raw.npos) return;
    // In the charset of the file '|' can be half a character.
    std::string scratch;
    auto const utf8 = of_.escaped_value(entry, scratch);
    std::string bytes(utf8.size(), '\0');
    char* end = bytes.data();
    detail::vendor_pipe::unfill<escape::mode::lenient>(utf8, end);
    bytes.resize(static_cast<std::size_t>(end - bytes.data()));
    if (auto const wrong = detail::vendor_pipe::decode_fault(utf8))
      add(entry, severity::note,
          "the '|' at position " + std::to_string(wrong->position) +
              " begins no escape and stands for itself",
          "two hexadecimal digits behind it");
    if (auto const bad = escape::find_invalid_utf8(bytes))
      add(entry, severity::warning, "its escapes stand for bytes that are no UTF-8",
          "escapes of whole characters");
  }

  bool characters(Entry const& entry, std::string_view bytes, std::string const& what) {
    if (escape::find_first<escape::non_ascii>(bytes) == bytes.size()) return true;
    std::string utf8;
    auto const bad = of_.encoding_.decode(bytes, utf8);
    if (!bad) return true;
    constexpr std::string_view digits = "0123456789ABCDEF";
    auto const byte = static_cast<unsigned char>(bytes[*bad]);
    auto const& name = of_.encoding_known_ ? of_.encoding_name_ : std::string("UTF-8");
    add(entry, severity::error,
        "byte " + std::to_string(*bad) + " of the " + what + " (0x" + digits[byte >> 4U] +
            digits[byte & 15U] + ") means nothing in " + name,
        "text in " + name);
    return false;
  }

  void repeated(Entry const& entry) {
    auto const* const first = of_.find(of_.key(entry));
    if (!first) return;
    bool const same = of_.raw_value(*first) == of_.raw_value(entry);
    auto const where = "line " + std::to_string(first->line());
    if (detail::same_key(of_.key(entry), encoding_key) && !same)
      add(entry, severity::warning, where + " names another encoding and counts",
          "one line with .encoding");
    else
      add(entry, same ? severity::note : severity::warning,
          where + " has this key already and counts", "each key once");
  }

  void encoding(Entry const& entry) {
    auto const name = of_.raw_value(entry);
    auto const known = Encoding::find(name);
    if (!name.empty() && !known)
      add(entry, severity::error, "nobody knows this encoding; the file is read as UTF-8",
          "the name of a character set that ASCII is a part of");
    if (of_.mark_.size != 0 && known && !known->is_utf8())
      add(entry, severity::warning,
          "the byte order mark says that the file is UTF-8, and is believed", "UTF-8");
  }

  Document const& of_;
  std::vector<diagnostic> found_{};
  bool full_ = false;
};

inline std::vector<diagnostic> Document::diagnostics() const { return Report(*this).make(); }

}  // namespace esxvi::vmx
