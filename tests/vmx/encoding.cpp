// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <esxvi/vmx/encoding.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

using esxvi::vmx::Encoding;

namespace {

std::string read(std::string_view encoding, std::string_view bytes) {
  auto const known = Encoding::find(encoding);
  REQUIRE(known);
  std::string out;
  CHECK_FALSE(known->decode(bytes, out));
  std::string back;
  CHECK_FALSE(known->encode(out, back));
  CHECK(back == bytes);
  return out;
}

std::optional<std::size_t> fault_of(std::string_view encoding, std::string_view bytes) {
  std::string out;
  return Encoding::find(encoding)->decode(bytes, out);
}

std::optional<std::size_t> lacking(std::string_view encoding, std::string_view utf8) {
  std::string out;
  return Encoding::find(encoding)->encode(utf8, out);
}

std::string lenient(std::string_view encoding, std::string_view bytes) {
  std::string out;
  Encoding::find(encoding)->decode_lenient(bytes, out);
  return out;
}

}  // namespace

TEST_CASE("the encodings of machines in the field") {
  CHECK(read("UTF-8", "\xE4\xB8\xAD") == "\xE4\xB8\xAD");
  CHECK(read("windows-1252", "\x80 caf\xE9 \x99") == "\xE2\x82\xAC caf\xC3\xA9 \xE2\x84\xA2");
  CHECK(read("ISO-8859-1", "caf\xE9") == "caf\xC3\xA9");
  CHECK(read("US-ASCII", "plain") == "plain");
  CHECK(read("GBK", "\xD6\xD0\xCE\xC4") == "\xE4\xB8\xAD\xE6\x96\x87");
  CHECK(read("Shift_JIS", "\x93\xFA\x96{") == "\xE6\x97\xA5\xE6\x9C\xAC");
  CHECK(read("windows-949-2000", "\xC7\xD1\xB1\xDB") == "\xED\x95\x9C\xEA\xB8\x80");
  CHECK(read("windows-1251", "\xCF\xF0") == "\xD0\x9F\xD1\x80");
  CHECK(read("Big5", "\xA4\xA4") == "\xE4\xB8\xAD");
}

TEST_CASE("a backslash is a backslash in Japan") { CHECK(read("Shift_JIS", "C:\\~") == "C:\\~"); }

TEST_CASE("names are compared as ICU does") {
  for (auto const* name : {"utf-8", "UTF8", "Utf_8", "ibm-1208"}) {
    CAPTURE(name);
    REQUIRE(Encoding::find(name));
    CHECK(Encoding::find(name)->is_utf8());
    CHECK(*Encoding::find(name) == Encoding());
  }
  for (auto const* name : {"WINDOWS-1252", "cp1252", "ibm-5348_P100-1997"})
    CHECK(Encoding::find(name) == Encoding::find("windows-1252"));
  for (auto const* name : {"windows-936-2000", "windows-936", "cp936", "GBK", "gb2312"})
    CHECK(Encoding::find(name)->converter() == (name == std::string("cp936") ? "cp936" : "CP936"));
  for (auto const* name : {"windows-949", "KS_C_5601-1987", "ms949", "windows-932", "sjis",
                           "ibm-943_P15A-2003", "windows-1250", "windows-1258", "windows-874-2000",
                           "GB18030", "EUC-JP", "EUC-KR", "ISO-8859-15", "KOI8-R", "windows-950"}) {
    CAPTURE(name);
    CHECK(Encoding::find(name));
  }
}

TEST_CASE("what nobody knows, and what no VMX file can be in") {
  for (std::string_view const name :
       {"", "nonsense", "UTF-16", "UTF-16LE", "UTF-32", "UTF-7", "IBM037", "ISO-2022-JP", "UCS-2",
        "GBK//TRANSLIT", "UTF-8//IGNORE", "utf-8\n", "char", "a b", "WCHAR_T"}) {
    CAPTURE(name);
    CHECK_FALSE(Encoding::find(name));
  }
  CHECK_FALSE(Encoding::find(std::string(100, 'x')));
}

TEST_CASE("the first byte that means nothing") {
  CHECK(fault_of("UTF-8", "ab\xE9") == 2);
  CHECK(fault_of("UTF-8", "\xC0\x80") == 0);
  CHECK(fault_of("US-ASCII", "abc\x80") == 3);
  CHECK(fault_of("windows-1252", "a\x81") == 1);
  CHECK(fault_of("GBK", "a\xD6\xD0\xFF\xFF") == 3);
  CHECK(fault_of("GBK", "a\xD6") == 1);
  CHECK(fault_of("Shift_JIS", "\x93\xFA\x93") == 2);
}

TEST_CASE("the first character that an encoding lacks") {
  CHECK(lacking("windows-1252", "a\xE4\xB8\xAD") == 1);
  CHECK(lacking("US-ASCII", "caf\xC3\xA9") == 3);
  CHECK(lacking("ISO-8859-1", "\xE2\x82\xAC") == 0);
  CHECK(lacking("GBK", "\xE4\xB8\xAD\xF0\x9F\x98\x80") == 3);
  CHECK(lacking("Shift_JIS", "\xED\x95\x9C") == 0);
  CHECK(lacking("GBK", "ab\xE9") == 2);
  // Characters that iconv drops in silence are not carried either.
  CHECK(lacking("GBK",
                "ab\xF3\xA0\x81\x81"
                "c") == 2);
  CHECK(lacking("GBK", "ab\xF3\xA0\x81\x81") == 2);
}

TEST_CASE("read leniently, what means nothing becomes U+FFFD") {
  CHECK(lenient("UTF-8", "a\xE9z") == "a\xEF\xBF\xBDz");
  CHECK(lenient("UTF-8", "a\xE4\xB8") == "a\xEF\xBF\xBD");
  CHECK(lenient("US-ASCII", "\x80\x81") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(lenient("GBK", "\xD6\xD0\xD6") == "\xE4\xB8\xAD\xEF\xBF\xBD");
  CHECK(lenient("windows-1252", "\x81x") == "\xEF\xBF\xBDx");
}

TEST_CASE("long texts do not end at a buffer's end") {
  std::string bytes;
  std::string utf8;
  for (int i = 0; i < 5000; ++i) {
    bytes.append(static_cast<std::size_t>(i % 3), 'x').append("\xD6\xD0");
    utf8.append(static_cast<std::size_t>(i % 3), 'x').append("\xE4\xB8\xAD");
  }
  CHECK(read("GBK", bytes) == utf8);
}
