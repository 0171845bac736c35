// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The half of Document that changes it.
#pragma once

#include <esxvi/vmx/document.hpp>

namespace esxvi::vmx {

namespace detail {

/// Whether a part of a key ends at `at`: "scsi", "0", ":", "1", ".", "fileName".
inline bool part_ends(std::string_view key, std::size_t at) noexcept {
  if (at == 0 || at >= key.size()) return true;
  auto const is_mark = [](char c) { return c == '.' || c == ':'; };
  auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
  char const a = key[at - 1];
  char const b = key[at];
  return is_mark(a) || is_mark(b) || is_digit(a) != is_digit(b);
}

/// Bytes that two keys have in common at their beginning, in whole parts.
inline std::size_t kinship(std::string_view a, std::string_view b) noexcept {
  std::size_t const most = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same < most && lower(a[same]) == lower(b[same])) ++same;
  while (!part_ends(a, same) || !part_ends(b, same)) --same;
  return same;
}

}  // namespace detail

inline bool Document::can_be_key(std::string_view key) const noexcept {
  bool good = !key.empty();
  for (char const c : key) good = good && c > 0x20 && c != 0x7F && c != '=' && c != '#' && c != '"';
  return good && (rules_ != grammar::peer || detail::is_peer_key(key));
}

inline void Document::check_key(std::string_view key) const {
  if (!can_be_key(key))
    throw invalid_argument(
        {"setting a value in a VMX file", file_, "'" + detail::shown(key) + "' cannot be a key",
         rules_ == grammar::peer ? "libvirt takes letters, digits and _:.-, a letter or dot first"
                                 : "use ASCII without blanks, quotes, '=' and '#'"});
}

inline void Document::throw_unencodable(std::string_view operation, std::string_view text,
                                        std::size_t position, std::string_view encoding,
                                        std::size_t line) const {
  auto const here = escape::code_point_at(text, position);
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string number;
  for (auto rest = static_cast<std::uint32_t>(here.value); rest != 0 || number.size() < 4;
       rest >>= 4U)
    number.insert(number.begin(), digits[rest & 15U]);
  not_convertible thrown({std::string(operation), file_,
                          (line != 0 ? "line " + std::to_string(line) + ": " : "") + "U+" + number +
                              " '" + detail::shown(text.substr(position, here.size)) +
                              "' cannot be written in " + std::string(encoding),
                          "use set_encoding(\"UTF-8\")"});
  thrown.set_line(line);
  throw thrown;
}

inline std::string Document::encoded_value(std::string_view key, std::string_view value) const {
  auto const operation = [&] { return "setting " + std::string(key) + " in a VMX file"; };
  if (auto const bad = escape::find_invalid_utf8(value))
    throw invalid_argument({operation(), file_,
                            "the value is no UTF-8 at byte " + std::to_string(*bad),
                            "convert it first"});
  auto escaped =
      rules_ == grammar::vendor ? detail::vendor_pipe::encode(value) : escape::pipe::encode(value);
  if (encoding_known_ && encoding_.is_utf8()) return escaped;
  auto const first = escape::find_first<escape::non_ascii>(escaped);
  if (first == escaped.size()) return escaped;
  auto const* const stated = find(encoding_key);
  if (!encoding_known_)
    throw_unencodable(operation(), escaped, first,
                      "'" + detail::shown(encoding_name_) + "', an encoding that nobody knows",
                      stated ? stated->line() : 0);
  std::string out;
  if (auto const lacking = encoding_.encode(escaped, out))
    throw_unencodable(operation(), escaped, *lacking, encoding_name_, 0);
  return out;
}

inline void Document::set(std::string_view key, std::string_view value,
                          std::string_view after_key) {
  if (detail::same_key(key, encoding_key)) {
    set_encoding(value);
    return;
  }
  auto const found = index_.find(key, pool_.data(), lines_);
  if (found != detail::Index::npos) {
    if (!has_value(lines_[found], value)) rewrite(lines_[found], encoded_value(key, value));
    return;
  }
  check_key(key);
  auto const encoded = encoded_value(key, value);
  auto const after =
      after_key.empty() ? detail::Index::npos : index_.find(after_key, pool_.data(), lines_);
  insert(after != detail::Index::npos ? after + std::size_t{1} : place_of(key), key, encoded);
}

inline void Document::append(std::string_view key, std::string_view value) {
  if (contains(key) || detail::same_key(key, encoding_key)) {
    set(key, value);
    return;
  }
  check_key(key);
  insert(lines_.size(), key, encoded_value(key, value));
}

inline bool Document::has_value(Entry const& line, std::string_view wanted) const {
  if (line.unterminated()) return false;
  std::string scratch;
  return value(line, scratch) == wanted;
}

inline void Document::rewrite(Entry& line, std::string_view encoded) {
  using detail::quoting;
  auto quotes = line.quotes;
  bool const bare = quotes == quoting::none;
  bool const absent = bare && line.value.size == 0;
  auto const breaks = [](char c) { return detail::is(c, detail::ends_value); };
  if (quotes == quoting::open || (quotes == quoting::once && encoded.find('\'') != encoded.npos))
    quotes = quoting::twice;
  if (bare && (absent || encoded.empty() || encoded[0] == '\'' ||
               std::any_of(encoded.begin(), encoded.end(), breaks)))
    quotes = quoting::twice;

  std::uint32_t const old_quote = line.quotes == quoting::thrice ? 3 : bare ? 0 : 1;
  std::uint32_t const new_begin = line.value.begin - old_quote;
  std::uint32_t const old_end = line.value.end() + (line.quotes == quoting::open ? 0 : old_quote);
  std::string_view const quote = quotes == quoting::none     ? ""
                                 : quotes == quoting::once   ? "'"
                                 : quotes == quoting::thrice ? "\"\"\""
                                                             : "\"";
  std::string text(at(piece::between(line.whole.begin, new_begin)));
  // `key =`: as much room behind the sign as before it.
  if (absent && text.size() >= 2 && detail::is(text[text.size() - 2], detail::blank)) text += ' ';
  text += quote;
  std::size_t const value = text.size();
  text.append(encoded).append(quote).append(at(piece::between(old_end, line.whole.end())));

  // Only libvirt's values span lines; the new one does not.
  auto const lines_before = static_cast<std::uint32_t>(lines_of(line));
  std::uint32_t const key = line.key.begin - line.whole.begin;
  if (text.size() == line.whole.size) {
    pool_.replace(line.whole.begin, text.size(), text);
  } else {
    auto const stored = store(text);
    waste_ += line.whole.size;
    line.whole = stored;
    in_order_ = false;
  }
  line.key.begin = line.whole.begin + key;
  line.value = piece::between(line.whole.begin + value, line.whole.begin + value + encoded.size());
  line.quotes = quotes;
  if (auto const left = static_cast<std::uint32_t>(lines_of(line)); left != lines_before)
    for (auto* later = &line + 1; later != lines_.data() + lines_.size(); ++later)
      later->number -= lines_before - left;
  compact_if_wasteful();
}

inline std::size_t Document::place_of(std::string_view key) const noexcept {
  auto const mark = key.find_last_of(".:");
  std::size_t const enough = mark == key.npos ? key.size() : mark + 1;
  std::size_t place = lines_.size();
  std::size_t best = 0;
  for (std::size_t i = lines_.size(); i != 0 && best < enough; --i) {
    auto const other = this->key(lines_[i - 1]);
    if (other.empty() || detail::lower(other[0]) != detail::lower(key[0])) continue;
    auto const common = detail::kinship(key, other);
    if (common <= best) continue;
    best = common;
    place = i;
  }
  return place;
}

inline bool Document::ends_line(std::string_view before) const noexcept {
  return before.empty() || before.ends_with('\n') || before.ends_with('\r');
}

inline std::size_t Document::lines_in(std::string_view text) const noexcept {
  if (rules_ == grammar::peer)
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  std::size_t count = 0;
  for (; !text.empty(); ++count) detail::take_line(text);
  return count;
}

inline std::size_t Document::lines_of(Entry const& line) const noexcept {
  // libvirt counts LF, VMware's entries are lines.
  return rules_ == grammar::peer ? lines_in(at(line.whole)) : 1;
}

inline bool Document::close_line(Entry& line) {
  if (rules_ == grammar::peer) {
    // A `;` ends a statement; in a comment it is none.
    auto const quote = line.quotes == detail::quoting::thrice ? 3U : 1U;
    auto const rest = at(piece::between(line.value.end() + quote, line.whole.end()));
    auto const mark = rest.find_first_not_of(" \t");
    if (mark != rest.npos && rest[mark] == ';') return false;
  }
  auto const old = line.whole.begin;
  if (!close_piece(line.whole)) return false;
  line.key.begin += line.whole.begin - old;
  line.value.begin += line.whole.begin - old;
  return true;
}

inline bool Document::close_piece(piece& last) {
  if (ends_line(at(last))) return false;
  auto const end = ends_.usual();
  if (last.end() == pool_.size()) {
    store(end);
    last.size += static_cast<std::uint32_t>(end.size());
  } else {
    waste_ += last.size;
    in_order_ = false;
    last = store(std::string(at(last)).append(end));
  }
  return true;
}

inline void Document::insert(std::size_t place, std::string_view key, std::string_view encoded) {
  // Only libvirt's reader ends at a NUL; behind it nothing would be read.
  bool const at_end = place == lines_.size() && !ended_by_nul_;
  bool was_open = false;
  piece before;
  if (at_end && tail_.size != 0) {
    was_open = close_piece(tail_);
    before = std::exchange(tail_, {});
  } else if (place != 0) {
    was_open = close_line(lines_[place - 1]);
  }
  // A file whose last line had no end still has none.
  put_line(place, before, key, encoded, was_open && at_end ? std::string_view() : ends_.usual());
}

inline void Document::add_top(std::string_view key, std::string_view encoded) {
  piece& first = lines_.empty() ? tail_ : lines_[0].before;
  auto rest = at(first);
  piece shebang;
  if (rest.starts_with("#!")) {
    auto const line = detail::take_line(rest);
    if (ends_line(line) && (!ended_by_nul_ || line.find('\0') == line.npos)) {
      shebang = piece::between(first.begin, first.begin + line.size());
      first = piece::between(shebang.end(), first.end());
    }
  }
  put_line(0, shebang, key, encoded, ends_.usual());
}

inline void Document::put_line(std::size_t place, piece before, std::string_view key,
                               std::string_view encoded, std::string_view end) {
  // A CR and the LF of a blank line behind it would be one line end.
  auto const next = at(place == lines_.size() ? tail_ : lines_[place].before);
  if (end == "\r" && next.starts_with('\n')) end = "\r\n";
  std::string text(key);
  text.append(" = \"");
  std::size_t const value = text.size();
  text.append(encoded).append("\"").append(end);

  Entry line;
  std::size_t number = 1 + lines_in(at(before));
  if (place != 0) number += lines_[place - 1].line() - 1 + lines_of(lines_[place - 1]);
  line.number = static_cast<std::uint32_t>(number);
  line.before = before;
  piece const last = before.size != 0 ? before : place != 0 ? lines_[place - 1].whole : mark_;
  bool const at_end = place == lines_.size() && tail_.size == 0;
  in_order_ = in_order_ && at_end && last.end() == pool_.size();
  line.whole = store(text);
  line.key = piece::between(line.whole.begin, line.whole.begin + key.size());
  line.value = piece::between(line.whole.begin + value, line.whole.begin + value + encoded.size());
  line.quotes = detail::quoting::twice;
  auto const added = static_cast<std::uint32_t>(lines_of(line));
  lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(place), line);
  ends_.count(end);
  if (place + 1 != lines_.size()) {
    index_.make_room(static_cast<std::uint32_t>(place));
    for (std::size_t i = place + 1; i < lines_.size(); ++i) lines_[i].number += added;
  }
  index_.add(static_cast<std::uint32_t>(place), pool_.data(), lines_);
  if (index_.crowded()) index_.build(pool_.data(), lines_);
  compact_if_wasteful();
}

template <class Unwanted> std::size_t Document::remove(Unwanted&& unwanted) {
  if (pool_.size() > most_bytes / 2) compact();
  std::size_t kept = 0;
  std::uint32_t lines_gone = 0;
  piece carried;
  // Where a line has gone, a CR before it and the LF of a blank line behind it would be one line
  // end: the blank line gets one of its own.
  bool gap = false;
  auto const carry = [&](piece next) {
    auto const last = carried.size != 0 ? carried : kept != 0 ? lines_[kept - 1].whole : mark_;
    if (gap && at(last).ends_with('\r') && at(next).starts_with('\n'))
      carried = join(carried, store("\r"));
    carried = join(carried, next);
    gap = gap && next.size == 0;
  };
  for (auto& line : lines_) {
    carry(std::exchange(line.before, {}));
    if (unwanted(std::as_const(line))) {
      lines_gone += static_cast<std::uint32_t>(lines_of(line));
      waste_ += line.whole.size;
      gap = true;
      continue;
    }
    gap = false;
    line.before = std::exchange(carried, {});
    line.number -= lines_gone;
    lines_[kept++] = line;
  }
  carry(tail_);
  tail_ = carried;
  std::size_t const gone = lines_.size() - kept;
  if (gone == 0) return 0;
  lines_.resize(kept);
  in_order_ = false;
  index_.build(pool_.data(), lines_);
  compact_if_wasteful();
  return gone;
}

inline bool Document::erase(std::string_view key) {
  if (!contains(key)) return false;
  if (detail::same_key(key, encoding_key)) set_encoding("UTF-8");
  std::string const wanted(key);  // may be a view of the pool
  return remove([&](Entry const& line) { return detail::same_key(this->key(line), wanted); }) != 0;
}

inline std::size_t Document::erase_prefix(std::string_view prefix) {
  std::string const wanted(prefix);
  if (detail::has_prefix(encoding_key, wanted) && contains(encoding_key)) set_encoding("UTF-8");
  return remove([&](Entry const& line) { return detail::has_prefix(this->key(line), wanted); });
}

inline detail::piece Document::store(std::string_view bytes) {
  if (pool_.size() + bytes.size() > most_bytes)
    throw limit_exceeded({"editing a VMX file", file_, "it would have more than 4 GB", {}});
  auto const begin = pool_.size();
  pool_ += bytes;
  return piece::between(begin, pool_.size());
}

inline detail::piece Document::join(piece a, piece b) {
  if (a.size == 0) return b;
  if (b.size == 0) return a;
  if (a.end() == b.begin) return piece::between(a.begin, b.end());
  // What was joined last is at the end of the pool: a long row of pieces is copied once.
  if (a.end() != pool_.size()) {
    waste_ += a.size;
    a = store(std::string(at(a)));
  }
  waste_ += b.size;
  store(std::string(at(b)));
  return piece::between(a.begin, pool_.size());
}

inline void Document::compact() {
  auto text = this->text();
  std::size_t place = 0;
  auto const move_to = [&place](piece& where) {
    where.begin = static_cast<std::uint32_t>(place);
    place += where.size;
  };
  move_to(mark_);
  for (auto& line : lines_) {
    move_to(line.before);
    auto const old = line.whole.begin;
    move_to(line.whole);
    line.key.begin += line.whole.begin - old;
    line.value.begin += line.whole.begin - old;
  }
  move_to(tail_);
  pool_ = std::move(text);
  waste_ = 0;
  in_order_ = true;
}

inline void Document::compact_if_wasteful() {
  if (waste_ > 4096 + pool_.size() / 2) compact();
}

inline void Document::set_encoding(std::string_view name) {
  constexpr std::string_view operation = "changing the encoding of a VMX file";
  auto const wanted = Encoding::find(name);
  if (!wanted)
    throw not_convertible({std::string(operation), file_,
                           "nobody knows the encoding '" + detail::shown(name) + "'",
                           "use \"UTF-8\""});
  Document next = *this;
  auto const found = next.index_.find(encoding_key, pool_.data(), lines_);
  if (found == detail::Index::npos)
    next.add_top(encoding_key, name);
  else if (next.raw_value(next.lines_[found]) != name || next.lines_[found].unterminated())
    next.rewrite(next.lines_[found], name);

  if (encoding_known_ && *wanted == encoding_) {
    next.encoding_name_ = name;
  } else {
    if (!wanted->is_utf8()) next.mark_ = {}, next.in_order_ = false;
    auto const bytes = next.text();
    auto const line_at = [](std::string_view text, std::size_t offset) {
      auto rest = text.substr(0, offset);
      std::size_t line = 1;
      while (!rest.empty()) {
        auto const one = detail::take_line(rest);
        if (one.ends_with('\n') || one.ends_with('\r')) ++line;
      }
      return line;
    };
    std::string utf8;
    if (auto const bad = encoding_.decode(bytes, utf8)) {
      auto const line = line_at(bytes, *bad);
      not_convertible thrown({std::string(operation), file_,
                              "line " + std::to_string(line) +
                                  " holds bytes that mean nothing in " +
                                  (encoding_known_ ? encoding_name_ : "UTF-8"),
                              "correct the line or .encoding"});
      thrown.set_line(line);
      throw thrown;
    }
    std::string encoded;
    if (auto const lacking = wanted->encode(utf8, encoded))
      throw_unencodable(operation, utf8, *lacking, name, line_at(utf8, *lacking));
    std::string const file = file_;
    std::size_t const lines = next.lines_.size();
    next = parse(std::move(encoded), {.rules = rules_, .file = file, .max_bytes = most_bytes});
    // Cannot happen with a character set that ASCII is a part of; if it does, nothing is lost.
    if (next.lines_.size() != lines)
      throw not_convertible({std::string(operation),
                             file_,
                             "the text would have other entries in " + std::string(name),
                             {}});
  }
  *this = std::move(next);
}

}  // namespace esxvi::vmx
