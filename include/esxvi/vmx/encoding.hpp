// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/utf8.hpp>
#include <esxvi/escape/windows1252.hpp>
#include <esxvi/vmx/detail/iconv.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::vmx {

namespace detail {

/// What the names of converters boil down to: "Windows_936-2000", "windows-936-2000" and
/// "WINDOWS936 2000" are one name, and "ibm-5348_P100-1997" is "ibm-5348": ICU compares names
/// without regard to case and separators (Unicode Technical Standard 22, 1.4), and puts the version
/// of a table behind "_P".
inline std::string plain_name(std::string_view name) {
  std::string out;
  char before = '\0';
  for (char const c : name) {
    char const lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (lower == 'p' && before == '_') break;
    if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9')) out += lower;
    before = c;
  }
  return out;
}

/// The names that VMware's products and Windows use and that iconv does not know, or knows as
/// something else. Left plain_name(), right the converter.
struct charset_name {
  std::string_view plain;
  std::string_view converter;
};
inline constexpr charset_name charset_names[] = {
    {"utf8", "UTF-8"},
    {"ibm1208", "UTF-8"},
    {"cp65001", "UTF-8"},
    {"windows65001", "UTF-8"},
    {"usascii", "US-ASCII"},
    {"ascii", "US-ASCII"},
    {"ansix341968", "US-ASCII"},
    {"ibm367", "US-ASCII"},
    {"iso88591", "ISO-8859-1"},
    {"latin1", "ISO-8859-1"},
    {"ibm819", "ISO-8859-1"},
    {"cp819", "ISO-8859-1"},
    {"windows28591", "ISO-8859-1"},
    {"windows1252", "windows-1252"},
    {"cp1252", "windows-1252"},
    {"ibm5348", "windows-1252"},
    // Chinese. What Windows calls GB2312 is its code page 936, which contains it.
    {"gbk", "CP936"},
    {"gb2312", "CP936"},
    {"windows936", "CP936"},
    {"windows9362000", "CP936"},
    {"ms936", "CP936"},
    {"ibm1386", "CP936"},
    {"ibm1392", "GB18030"},
    {"windows54936", "GB18030"},
    {"windows950", "CP950"},
    {"windows9502000", "CP950"},
    {"ms950", "CP950"},
    {"ibm1373", "CP950"},
    {"big5", "CP950"},
    {"ibm1375", "BIG5-HKSCS"},
    // Japanese. iconv's own Shift_JIS turns the backslash of every path into a yen sign.
    {"shiftjis", "CP932"},
    {"sjis", "CP932"},
    {"mskanji", "CP932"},
    {"windows31j", "CP932"},
    {"cswindows31j", "CP932"},
    {"windows932", "CP932"},
    {"windows9322000", "CP932"},
    {"ms932", "CP932"},
    {"ibm943", "CP932"},
    {"eucjp", "EUC-JP"},
    {"ibm33722", "EUC-JP"},
    {"windows51932", "EUC-JP"},
    // Korean
    {"windows949", "CP949"},
    {"windows9492000", "CP949"},
    {"ksc56011987", "CP949"},
    {"ms949", "CP949"},
    {"uhc", "CP949"},
    {"ibm1363", "CP949"},
    {"euckr", "EUC-KR"},
    {"ibm970", "EUC-KR"},
    {"windows51949", "EUC-KR"},
    // one byte a character
    {"windows874", "CP874"},
    {"windows8742000", "CP874"},
    {"tis620", "CP874"},
    {"windows1250", "CP1250"},
    {"ibm5346", "CP1250"},
    {"windows1251", "CP1251"},
    {"ibm5347", "CP1251"},
    {"windows1253", "CP1253"},
    {"ibm5349", "CP1253"},
    {"windows1254", "CP1254"},
    {"ibm5350", "CP1254"},
    {"windows1255", "CP1255"},
    {"ibm9447", "CP1255"},
    {"windows1256", "CP1256"},
    {"ibm9448", "CP1256"},
    {"windows1257", "CP1257"},
    {"ibm9449", "CP1257"},
    {"windows1258", "CP1258"},
    {"ibm5354", "CP1258"},
    {"macintosh", "MACINTOSH"},
    {"macos0102", "MACINTOSH"},
};

}  // namespace detail

/// The character set of a file, by the name that stands in it: reads it as UTF-8 and writes UTF-8
/// in it. UTF-8, US-ASCII, ISO-8859-1 and windows-1252 are built in, all others are iconv's. Of
/// those only the ones that ASCII is a part of, byte for byte, because the lines of a VMX file are
/// found before its encoding is known: no UTF-16, UTF-7, EBCDIC or ISO-2022.
///
/// A value type; const functions may run in several threads at a time.
class Encoding {
 public:
  /// UTF-8.
  Encoding() = default;

  /// The encoding of this name: ICU's and Windows' names ("windows-936-2000", "Shift_JIS",
  /// "ibm-5348_P100-1997"), or any that iconv knows; case and separators do not matter for the
  /// former. Nothing when nobody knows it or it is not built upon ASCII.
  [[nodiscard]] static std::optional<Encoding> find(std::string_view name) {
    // No name has other characters; "//TRANSLIT" and the like are orders to iconv.
    auto const plausible = [](char c) {
      return escape::letters_and_digits.contains(c) ||
             std::string_view("-_.:+ ").find(c) != std::string_view::npos;
    };
    if (name.empty() || name.size() > 64 || !std::all_of(name.begin(), name.end(), plausible))
      return {};
    auto const plain = detail::plain_name(name);
    Encoding out;
    out.converter_ = name;
    for (auto const& known : detail::charset_names)
      if (known.plain == plain) out.converter_ = known.converter;
    if (out.converter_ == "UTF-8") {
      out.kind_ = kind::utf8;
    } else if (out.converter_ == "US-ASCII") {
      out.kind_ = kind::us_ascii;
    } else if (out.converter_ == "ISO-8859-1") {
      out.kind_ = kind::iso_8859_1;
    } else if (out.converter_ == "windows-1252") {
      out.kind_ = kind::windows_1252;
    } else {
      out.kind_ = kind::foreign;
      if (!detail::iconv_knows(out.converter_)) return {};
    }
    return out;
  }

  [[nodiscard]] bool is_utf8() const noexcept { return kind_ == kind::utf8; }
  /// What does the conversion: "UTF-8", "windows-1252", or the name that iconv is asked for.
  [[nodiscard]] std::string_view converter() const noexcept { return converter_; }

  /// Appends `bytes` as UTF-8. Returns the offset of the first thing that means nothing in this
  /// encoding; `out` then holds what comes before it.
  std::optional<std::size_t> decode(std::string_view bytes, std::string& out) const {
    switch (kind_) {
      case kind::utf8:
      case kind::us_ascii: {
        auto const bad =
            kind_ == kind::utf8 ? escape::find_invalid_utf8(bytes) : first_above(bytes);
        out.append(bytes.substr(0, bad.value_or(bytes.size())));
        return bad;
      }
      case kind::iso_8859_1: {
        for (std::size_t at = 0; at < bytes.size(); ++at)
          append_code_point(out, byte_at(bytes, at));
        return {};
      }
      case kind::windows_1252: {
        appender sink{out};
        auto const why = escape::windows1252::decode_each<escape::mode::strict>(bytes, sink);
        if (!why) return {};
        return why->position;
      }
      case kind::foreign:
        break;
    }
    return detail::iconv_append(bytes, converter_.c_str(), "UTF-8", out);
  }

  /// Appends `bytes` as UTF-8, with U+FFFD in place of every byte that means nothing.
  void decode_lenient(std::string_view bytes, std::string& out) const {
    for (auto bad = decode(bytes, out); bad; bad = decode(bytes, out)) {
      out += replacement;
      bytes.remove_prefix(*bad + 1);
      // What is left of a cut character says nothing new: one mark a character, not one a byte.
      if (kind_ == kind::utf8)
        while (!bytes.empty() && (byte_at(bytes, 0) & 0xC0U) == 0x80) bytes.remove_prefix(1);
    }
  }

  /// Appends UTF-8 in this encoding. Returns the offset of the first character that it has not,
  /// or that is no UTF-8; `out` then holds what comes before it.
  std::optional<std::size_t> encode(std::string_view utf8, std::string& out) const {
    switch (kind_) {
      case kind::utf8:
      case kind::us_ascii:
        return decode(utf8, out);
      case kind::iso_8859_1: {
        for (std::size_t at = 0; at < utf8.size();) {
          auto const here = escape::code_point_at(utf8, at);
          if (here.size == 0 || here.value > 0xFF) return at;
          out += static_cast<char>(here.value);
          at += here.size;
        }
        return {};
      }
      case kind::windows_1252: {
        appender sink{out};
        auto const why = escape::windows1252::encode_each(utf8, sink);
        if (!why) return {};
        return why->position;
      }
      case kind::foreign:
        break;
    }
    // iconv's idea of UTF-8 need not be Unicode's.
    auto const invalid = escape::find_invalid_utf8(utf8);
    auto const valid = utf8.substr(0, invalid.value_or(utf8.size()));
    std::size_t const begin = out.size();
    if (auto const lacking = detail::iconv_append(valid, "UTF-8", converter_.c_str(), out))
      return lacking;
    // glibc drops some characters without a word (U+E0001 and its like), other iconv write similar
    // ones: only what comes back the same was carried.
    std::string back;
    decode(std::string_view(out).substr(begin), back);
    if (back == valid) return invalid;
    auto at = static_cast<std::size_t>(
        std::mismatch(valid.begin(), valid.end(), back.begin(), back.end()).first - valid.begin());
    while (at != 0 && (at == valid.size() || (byte_at(valid, at) & 0xC0U) == 0x80)) --at;
    return at;
  }

  friend bool operator==(Encoding const&, Encoding const&) = default;

 private:
  enum class kind : std::uint8_t { utf8, us_ascii, iso_8859_1, windows_1252, foreign };
  static constexpr std::string_view replacement = "\xEF\xBF\xBD";

  struct appender {
    std::string& out;
    void put(char c) { out += c; }
    void append(std::string_view run) { out += run; }
  };

  static unsigned byte_at(std::string_view text, std::size_t at) noexcept {
    return static_cast<unsigned char>(text[at]);
  }
  static std::optional<std::size_t> first_above(std::string_view text) noexcept {
    auto const at = escape::find_first<escape::non_ascii>(text);
    if (at == text.size()) return {};
    return at;
  }
  static void append_code_point(std::string& out, unsigned value) {
    appender sink{out};
    escape::detail::put_utf8(static_cast<char32_t>(value), sink);
  }

  kind kind_ = kind::utf8;
  std::string converter_ = "UTF-8";
};

}  // namespace esxvi::vmx
