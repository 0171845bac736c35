// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/escape/bytes.hpp>
#include <esxvi/escape/pipe.hpp>
#include <esxvi/escape/utf8.hpp>
#include <esxvi/vmx/detail/index.hpp>
#include <esxvi/vmx/detail/line.hpp>
#include <esxvi/vmx/detail/peer_grammar.hpp>
#include <esxvi/vmx/detail/vendor_grammar.hpp>
#include <esxvi/vmx/diagnostic.hpp>
#include <esxvi/vmx/encoding.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::vmx {

/// Which lines are entries.
enum class grammar : std::uint8_t {
  /// What VMware's products read. What is no entry stays in the file and is reported by
  /// Document::diagnostics().
  vendor,
  /// What libvirt 9.0 reads. What it refuses, Document::parse() refuses.
  peer,
};

namespace detail {
/// VMware's escapes: upper-case digits, and a NUL can be escaped.
struct vendor_pipe
    : escape::hex_codec<vendor_pipe,
                        escape::hex_rule{.introducer = '|',
                                         .escaped = escape::byte_set("|\"\x7F") |
                                                    escape::byte_set::range(0x00, 0x08) |
                                                    escape::byte_set::range(0x0A, 0x1F),
                                         .upper_case = true,
                                         .nul_may_escape = true}> {
  static constexpr std::string_view name = "VMX";
};
}  // namespace detail

struct DocumentOptions {
  grammar rules = grammar::vendor;
  std::string_view file{};  ///< name of the file, for messages
  std::size_t max_bytes = std::size_t{1} << 30U;
};

/// A VMX file as it is. text() of what parse() read are the same bytes, whatever they are: line
/// ends, comments, order, spelling, quotes, escapes, duplicates, lines that mean nothing, a byte
/// order mark. An edit changes the line of its key and nothing else.
///
///     auto document = vmx::Document::parse(bytes);
///     document.set("memsize", "4096");
///     document.erase_prefix("floppy0.");
///     bytes = document.text();
///
/// Keys are found without regard to the case of ASCII letters. Of several lines with one key the
/// first counts, as for VMware and libvirt.
///
/// A line that is an entry by grammar::vendor: blanks, a name (any bytes but blanks, `=`, `#` and
/// NUL), blanks, `=`, blanks, then a value in quotes, or one without quotes, blanks and `#`, or
/// none; then perhaps blanks and a `#` comment. Beyond VMware's reader, because files in the wild
/// need it:
///  - a value whose closing quote is missing is the rest of its line; set() puts the quote there;
///  - 'single quotes' are quotes;
///  - a CR that no LF follows ends a line (in a value VMware writes it as `|0D`);
///  - a byte order mark of UTF-8 makes the file UTF-8, even if `.encoding` says otherwise.
///
/// Parsing takes time proportional to the size of the text, and look-up constant time, whatever the
/// text. set() of an existing key and of a new one at the end take constant time; a new key in the
/// middle, erase() and erase_prefix() time proportional to the number of entries.
///
/// A value type. Const functions may run in several threads at a time. An edit invalidates all
/// entries and views.
class Document {
 public:
  using options = DocumentOptions;
  /// One key with its value. Duplicates are entries as well.
  using Entry = detail::Line;

  /// Without lines, UTF-8, LF.
  Document() = default;

  /// Throws malformed_file when the text is UTF-16, UTF-32 or another binary file, and for
  /// everything that grammar::peer refuses; limit_exceeded when it is longer than `max_bytes`.
  [[nodiscard]] static Document parse(std::string bytes, options how = {});
  [[nodiscard]] static Document parse(std::string_view bytes, options how = {}) {
    return parse(std::string(bytes), how);
  }
  [[nodiscard]] static Document parse(char const* bytes, options how = {}) {
    return parse(std::string(bytes), how);
  }

  /// The bytes of the file.
  [[nodiscard]] std::string text() const;

  /// In file order, duplicates included.
  [[nodiscard]] std::span<Entry const> entries() const noexcept { return lines_; }
  /// As spelt.
  [[nodiscard]] std::string_view key(Entry const& entry) const noexcept { return at(entry.key); }
  /// The bytes between the quotes: in the file's encoding, with their escapes.
  [[nodiscard]] std::string_view raw_value(Entry const& entry) const noexcept {
    return at(entry.value);
  }
  /// The value as UTF-8, escapes (`|22`) resolved. What is no escape after all (`|zz`) stays, as it
  /// does for VMware; bytes that mean nothing in the file's encoding are U+FFFD, which
  /// diagnostics() reports. A view of the document where nothing is to be done, else of `scratch`.
  [[nodiscard]] std::string_view value(Entry const& entry, std::string& scratch) const {
    auto const raw = raw_value(entry);
    if (escape::find_first<special>(raw) == raw.size()) return raw;
    return decoded(raw, scratch, true);
  }
  /// As value(), but escapes left as they stand.
  [[nodiscard]] std::string_view escaped_value(Entry const& entry, std::string& scratch) const {
    auto const raw = raw_value(entry);
    if (escape::find_first<escape::non_ascii>(raw) == raw.size()) return raw;
    return decoded(raw, scratch, false);
  }

  [[nodiscard]] bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }
  /// The entry that counts; nullptr when there is none.
  [[nodiscard]] Entry const* find(std::string_view key) const noexcept {
    auto const place = index_.find(key, pool_.data(), lines_);
    return place == detail::Index::npos ? nullptr : &lines_[place];
  }
  /// value() of find().
  [[nodiscard]] std::optional<std::string> get(std::string_view key) const {
    auto const* const found = find(key);
    if (!found) return {};
    std::string scratch;
    return std::string(value(*found, scratch));
  }

  /// Gives `key` this value (UTF-8). Of an existing line only the value changes: its quotes stay as
  /// they are unless the value needs others. A value that is there already changes nothing. A new
  /// key goes behind the last one of the same device, else of its controller, else of the same kind
  /// of device, else to the end, with the line end that most lines have.
  ///
  /// `.encoding` does what set_encoding() does. Throws invalid_argument when `key` cannot be one or
  /// `value` is no UTF-8, not_convertible when the file's encoding lacks a character.
  void set(std::string_view key, std::string_view value) { set(key, value, {}); }
  /// Likewise, but a new key goes behind `after_key` if that is there.
  void set(std::string_view key, std::string_view value, std::string_view after_key);
  /// As set(), but a new key goes to the end: for those who write keys in an order of their own.
  void append(std::string_view key, std::string_view value);
  /// Removes the key's lines, duplicates included; comments stay. Whether there were any.
  bool erase(std::string_view key);
  /// Whether set() takes this key. Files may hold others, which stay as they are.
  [[nodiscard]] bool can_be_key(std::string_view key) const noexcept;
  /// Removes all keys that begin like this: "ethernet1.". Returns the number of lines.
  std::size_t erase_prefix(std::string_view prefix);

  /// The name that `.encoding` gives, "UTF-8" without one or after a byte order mark.
  [[nodiscard]] std::string_view encoding() const noexcept { return encoding_name_; }
  /// Whether the encoding is one that can be read. If not, values are read as if they were UTF-8.
  [[nodiscard]] bool encoding_known() const noexcept { return encoding_known_; }
  /// Writes the whole text anew in this encoding and says so in `.encoding`, which a file that has
  /// none gets as its first entry. Throws not_convertible, and changes nothing, when nobody knows
  /// the encoding, it lacks a character, or the text is not what the present encoding promises.
  void set_encoding(std::string_view name);

  /// What is odd about the file: lines that are no entries, duplicates, missing quotes, NULs,
  /// values that their encoding cannot explain, escapes that are none, contradicting encodings. In
  /// the order of the lines, at most a thousand. Reads the whole text.
  [[nodiscard]] std::vector<diagnostic> diagnostics() const;

 private:
  using piece = detail::piece;
  static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  static constexpr std::string_view encoding_key = ".encoding";
  static constexpr std::size_t most_bytes = 0xFFFF'0000U;  // pieces have 32 bits
  static constexpr auto special = escape::non_ascii | escape::byte_set::only('|');

  [[nodiscard]] std::string_view at(piece where) const noexcept {
    return {pool_.data() + where.begin, where.size};
  }
  // detail/document_report.hpp
  class Report;

  std::string_view decoded(std::string_view raw, std::string& scratch, bool unescape) const;

  static void check_size(std::size_t size, options const& how);
  static void check_binary(std::string_view bytes, std::string_view file);
  void read(grammar rules);
  void find_encoding();
  void check_peer_encoding() const;

  // detail/document_edit.hpp
  void check_key(std::string_view key) const;
  [[nodiscard]] std::string encoded_value(std::string_view key, std::string_view value) const;
  [[noreturn]] void throw_unencodable(std::string_view operation, std::string_view text,
                                      std::size_t position, std::string_view encoding,
                                      std::size_t line) const;
  [[nodiscard]] bool has_value(Entry const& line, std::string_view value) const;
  void rewrite(Entry& line, std::string_view encoded);
  [[nodiscard]] std::size_t place_of(std::string_view key) const noexcept;
  void insert(std::size_t place, std::string_view key, std::string_view encoded);
  bool close_line(Entry& line);
  bool close_piece(piece& last);
  void add_top(std::string_view key, std::string_view encoded);
  void put_line(std::size_t place, piece before, std::string_view key, std::string_view encoded,
                std::string_view end);
  template <class Unwanted> std::size_t remove(Unwanted&& unwanted);
  [[nodiscard]] bool ends_line(std::string_view before) const noexcept;
  [[nodiscard]] std::size_t lines_in(std::string_view text) const noexcept;
  [[nodiscard]] std::size_t lines_of(Entry const& line) const noexcept;
  piece store(std::string_view bytes);
  piece join(piece a, piece b);
  void compact();
  void compact_if_wasteful();

  // Where a file was parsed its text is the pool, and all pieces lie in it one behind the other.
  // Edits add pieces at the end; unless they are the last ones, text() then puts all together.
  std::string pool_{};
  std::vector<Entry> lines_{};
  detail::Index index_{};
  piece mark_{};  // the byte order mark
  piece tail_{};  // what follows the last entry
  std::size_t waste_ = 0;
  detail::line_ends ends_{};
  bool in_order_ = true;
  bool ended_by_nul_ = false;
  bool encoding_known_ = true;
  grammar rules_ = grammar::vendor;
  Encoding encoding_{};
  std::string encoding_name_ = "UTF-8";
  std::string file_{};
};

inline void Document::check_size(std::size_t size, options const& how) {
  std::size_t const most = std::min(how.max_bytes, most_bytes);
  if (size > most)
    throw limit_exceeded({"reading a VMX file", std::string(how.file),
                          "it has " + std::to_string(size) + " bytes, and no more than " +
                              std::to_string(most) + " are read",
                          most == most_bytes ? "" : "raise max_bytes, if this is a VMX file"});
}

inline void Document::check_binary(std::string_view bytes, std::string_view file) {
  using namespace std::string_view_literals;
  for (auto const mark : {"\xFF\xFE"sv, "\xFE\xFF"sv, "\0\0\xFE\xFF"sv}) {
    if (!bytes.starts_with(mark)) continue;
    detail::refuse(file, 1, "the file begins with the byte order mark of UTF-16 or UTF-32",
                   "save it as UTF-8");
  }
  auto const begin = bytes.substr(0, 512);
  if (begin.find('\0') == std::string_view::npos) return;
  auto const nuls = static_cast<std::size_t>(std::count(begin.begin(), begin.end(), '\0'));
  if (nuls >= 4 && nuls * 8 >= begin.size())
    detail::refuse(file, 1,
                   "the file is no text: of its first " + std::to_string(begin.size()) + " bytes " +
                       std::to_string(nuls) + " are NUL",
                   "a VMX file is text that ASCII is a part of; UTF-16 must become UTF-8 first");
}

inline Document Document::parse(std::string bytes, options how) {
  check_size(bytes.size(), how);
  check_binary(bytes, how.file);
  Document out;
  out.pool_ = std::move(bytes);
  out.rules_ = how.rules;
  out.file_ = how.file;
  out.read(how.rules);
  out.find_encoding();
  if (how.rules == grammar::peer) out.check_peer_encoding();
  return out;
}

inline void Document::read(grammar rules) {
  // An entry has some thirty bytes. More room than that would be for nothing, if untouched.
  lines_.reserve(std::min<std::size_t>(pool_.size() / 24 + 4, 1U << 20U));
  auto const take = [&](Entry const& line) { lines_.push_back(line); };
  if (rules == grammar::vendor && pool_.starts_with(byte_order_mark))
    mark_ = piece::between(0, byte_order_mark.size());
  auto const found = rules == grammar::vendor ? detail::read_vendor(pool_, mark_.end(), take)
                                              : detail::read_peer(pool_, file_, take);
  index_.build(pool_.data(), lines_);
  ends_ = found.ends;
  tail_ = piece::between(found.tail, pool_.size());
  ended_by_nul_ = found.ended_by_nul;
}

inline void Document::find_encoding() {
  auto const* const stated = find(encoding_key);
  auto const name = stated ? raw_value(*stated) : std::string_view();
  if (mark_.size != 0 || name.empty()) return;
  encoding_name_ = name;
  if (name == "UTF-8") return;
  auto const known = Encoding::find(name);
  encoding_known_ = known.has_value();
  if (known) encoding_ = *known;
}

inline void Document::check_peer_encoding() const {
  // libvirt takes UTF-8 as it is, and converts all other files before it reads them once more.
  auto const* const stated = find(encoding_key);
  if (!stated || (encoding_known_ && encoding_.is_utf8() && !raw_value(*stated).empty())) return;
  if (!encoding_known_ || raw_value(*stated).empty())
    detail::refuse(file_, stated->line(),
                   "unknown encoding '" + detail::shown(raw_value(*stated)) + "'",
                   "expected the name of a character set that ASCII is a part of");
  std::string converted;
  auto const wrong = encoding_.decode(pool_, converted);
  if (!wrong) return;
  auto const line = 1 + std::count(pool_.data(), pool_.data() + *wrong, '\n');
  detail::refuse(file_, static_cast<std::size_t>(line),
                 "the byte at offset " + std::to_string(*wrong) + " of the file means nothing in " +
                     encoding_name_,
                 "correct .encoding");
}

inline std::string Document::text() const {
  if (in_order_) return pool_;
  std::size_t size = mark_.size + tail_.size;
  for (auto const& line : lines_) size += std::size_t{line.before.size} + line.whole.size;
  std::string out;
  out.reserve(size);
  out += at(mark_);
  for (auto const& line : lines_) {
    out += at(line.before);
    out += at(line.whole);
  }
  out += at(tail_);
  return out;
}

inline std::string_view Document::decoded(std::string_view raw, std::string& scratch,
                                          bool unescape) const {
  auto text = raw;
  if (escape::find_first<escape::non_ascii>(raw) != raw.size() &&
      !(encoding_.is_utf8() && !escape::find_invalid_utf8(raw))) {
    scratch.clear();
    encoding_.decode_lenient(raw, scratch);
    text = scratch;
  }
  if (!unescape || text.find('|') == std::string_view::npos) return text;
  std::string const escaped(text);
  scratch.resize(escaped.size());
  char* end = scratch.data();
  detail::vendor_pipe::unfill<escape::mode::lenient>(escaped, end);
  scratch.resize(static_cast<std::size_t>(end - scratch.data()));
  // Escapes stand for bytes, and those need not be characters.
  if (escape::find_invalid_utf8(scratch)) {
    std::string const bytes = std::exchange(scratch, {});
    Encoding().decode_lenient(bytes, scratch);
  }
  return scratch;
}

}  // namespace esxvi::vmx

#include <esxvi/vmx/detail/document_edit.hpp>
#include <esxvi/vmx/detail/document_report.hpp>
