// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Files that are not UTF-8: read, edited and converted.
#include "vmx/document_support.hpp"

#include <string>
#include <string_view>

using namespace esxvi;
using namespace esxvi::test;
using vmx::Document;

namespace {

constexpr std::string_view zhong_wen = "\xE4\xB8\xAD\xE6\x96\x87";  // two Chinese characters
constexpr std::string_view grin = "\xF0\x9F\x98\x80";               // U+1F600

}  // namespace

TEST_CASE("values are read through the encoding that the file names") {
  struct {
    std::string_view encoding, bytes, utf8;
  } const files[] = {
      {"UTF-8", "caf\xC3\xA9", "caf\xC3\xA9"},
      {"windows-1252", "caf\xE9 \x80", "caf\xC3\xA9 \xE2\x82\xAC"},
      {"GBK", "\xD6\xD0\xCE\xC4", zhong_wen},
      {"windows-936-2000", "\xD6\xD0\xCE\xC4", zhong_wen},
      {"Shift_JIS", "\x93\xFA\x96\x7B", "\xE6\x97\xA5\xE6\x9C\xAC"},
      {"windows-949-2000", "\xC7\xD1\xB1\xDB", "\xED\x95\x9C\xEA\xB8\x80"},
  };
  for (auto const& file : files) {
    CAPTURE(file.encoding);
    std::string const head = ".encoding = \"" + std::string(file.encoding) + "\"\r\n";
    std::string const text = head + "displayName = \"" + std::string(file.bytes) + "\"\r\n";
    auto d = Document::parse(text);
    CHECK(d.encoding() == file.encoding);
    CHECK(d.encoding_known());
    CHECK(d.text() == text);
    CHECK(value_of(d, "displayName") == file.utf8);
    CHECK(d.diagnostics().empty());
    // and written
    d.set("annotation", std::string(file.utf8) + "\n");
    CHECK(d.text() == text + "annotation = \"" + std::string(file.bytes) + "|0A\"\r\n");
  }
}

TEST_CASE("half a character can look like an escape, a quote cannot") {
  // In Shift_JIS the second byte of U+30DD is '|'.
  auto d = Document::parse(".encoding = \"Shift_JIS\"\na = \"\x83|22\"\n");
  CHECK(value_of(d, "a") ==
        "\xE3\x83\x9D"
        "22");
  CHECK(d.diagnostics().empty());
  d.set("a", "\xE3\x83\x9D|");
  CHECK(d.raw_value(*d.find("a")) == "\x83||7C");
  CHECK(value_of(d, "a") == "\xE3\x83\x9D|");
}

TEST_CASE(
    "the entry is found wherever it stands, with any case; without the dot it means nothing") {
  CHECK(value_of(Document::parse("a = \"\xE9\"\n.Encoding = windows-1252\n"), "a") == "\xC3\xA9");
  CHECK(Document::parse("encoding = \"GBK\"\n").encoding() == "UTF-8");
  CHECK(Document().encoding() == "UTF-8");
}

TEST_CASE("bytes that mean nothing are marked in the value and reported, and stay in the file") {
  auto d = Document::parse(".encoding = \"UTF-8\"\na = \"caf\xE9\"\nb = \"ok\"\n");
  CHECK(value_of(d, "a") == "caf\xEF\xBF\xBD");
  CHECK(findings(d) ==
        "line 2: a = \"caf\xEF\xBF\xBD\": byte 3 of the value (0xE9) means nothing in "
        "UTF-8 (expected text in UTF-8)\n");
  d.set("b", "x");
  CHECK(d.text() == ".encoding = \"UTF-8\"\na = \"caf\xE9\"\nb = \"x\"\n");
}

TEST_CASE("a value cut inside a character that swallowed its quote") {
  auto const d = Document::parse(".encoding = \"GBK\"\na = \"\xD6\xD0\xCE\r\nb = \"1\"\r\n");
  CHECK(value_of(d, "a") == "\xE4\xB8\xAD\xEF\xBF\xBD");
  CHECK(value_of(d, "b") == "1");
  CHECK(d.diagnostics().size() == 2);
}

TEST_CASE("an encoding that nobody knows: still a document, reported") {
  std::string const text = ".encoding = \"klingon-1\"\na = \"caf\xC3\xA9\"\nb = \"\xE9\"\n";
  auto d = Document::parse(text);
  CHECK(d.encoding() == "klingon-1");
  CHECK_FALSE(d.encoding_known());
  CHECK(value_of(d, "a") == "caf\xC3\xA9");
  CHECK(value_of(d, "b") == "\xEF\xBF\xBD");
  CHECK(findings(d).find("line 1: .encoding = \"klingon-1\": nobody knows this encoding") == 0);
  d.set("c", "plain");
  CHECK(d.text() == text + "c = \"plain\"\n");
  CHECK_THROWS_AS(d.set("c", "\xC3\xA9"), not_convertible);
  CHECK_THROWS_AS(d.set_encoding("GBK"), not_convertible);  // line 3 is no UTF-8
  CHECK(d.erase("b"));
  d.set_encoding("windows-1252");
  CHECK(d.text() == ".encoding = \"windows-1252\"\na = \"caf\xE9\"\nc = \"plain\"\n");
}

TEST_CASE("contradictions are reported: a byte order mark, two names") {
  auto const marked = Document::parse("\xEF\xBB\xBF.encoding = \"GBK\"\na = \"caf\xC3\xA9\"\n");
  CHECK(marked.encoding() == "UTF-8");
  CHECK(value_of(marked, "a") == "caf\xC3\xA9");
  CHECK(findings(marked).find("line 1: .encoding = \"GBK\": the byte order mark") == 0);
  auto const two =
      Document::parse(".encoding = \"windows-1252\"\n.encoding = \"UTF-8\"\na = \"\xE9\"\n");
  CHECK(two.encoding() == "windows-1252");
  CHECK(value_of(two, "a") == "\xC3\xA9");
  CHECK(findings(two).find("line 2: .encoding = \"UTF-8\": line 1 names another encoding") == 0);
}

TEST_CASE("a character that the file cannot carry is refused by name, and nothing changes") {
  std::string const text = ".encoding = \"windows-1252\"\na = \"1\"\n";
  auto d = Document::parse(text, {.file = "web.vmx"});
  try {
    d.set("a", "x" + std::string(zhong_wen));
    FAIL("written");
  } catch (format_error const& e) {
    CHECK(e.code() == errc::not_convertible);
    CHECK(std::string(e.what()) ==
          "setting a in a VMX file on web.vmx: U+4E2D '\xE4\xB8\xAD' cannot be written in "
          "windows-1252 (use set_encoding(\"UTF-8\"))");
  }
  CHECK_THROWS_AS(d.set("new", zhong_wen), not_convertible);
  CHECK(d.text() == text);
}

TEST_CASE("the whole text changes its encoding, comments too") {
  std::string const utf8 =
      "#!x\n# caf\xC3\xA9\n.encoding = \"UTF-8\" # u\r\na = \"\xC3\xA9|7C\"\njunk \xC3\xA9";
  std::string const latin =
      "#!x\n# caf\xE9\n.encoding = \"windows-1252\" # u\r\na = \"\xE9|7C\"\njunk \xE9";
  auto d = Document::parse(utf8);
  d.set_encoding("windows-1252");
  CHECK(d.text() == latin);
  CHECK(d.encoding() == "windows-1252");
  CHECK(value_of(d, "a") == "\xC3\xA9|");
  d.set(".ENCODING", "UTF-8");
  CHECK(d.text() == utf8);
  CHECK_THROWS_AS(d.set_encoding("klingon-1"), not_convertible);
  CHECK_THROWS_AS(d.set_encoding("US-ASCII"), not_convertible);
  CHECK_THROWS_AS(d.set_encoding("UTF-8\nx = 1"), not_convertible);
  CHECK(d.text() == utf8);
}

TEST_CASE("what stands in the way of another encoding is named with its line") {
  auto d = Document::parse("a = \"1\"\n# " + std::string(grin) + "\n", {.file = "web.vmx"});
  try {
    d.set_encoding("GBK");
    FAIL("converted");
  } catch (not_convertible const& e) {
    CHECK(e.line() == 3);  // .encoding itself is line 1
    CHECK(std::string(e.what()).find("line 3: U+1F600") != std::string::npos);
  }
  auto bad = Document::parse("a = \"1\"\nb = \"\xE9\"\n");
  CHECK_THROWS_AS(bad.set_encoding("GBK"), not_convertible);
}

TEST_CASE("a file that names no encoding gets the entry at its top") {
  auto d = Document::parse("#!/usr/bin/vmware\na = \"\xC3\xA9\"\n");
  d.set_encoding("windows-1252");
  CHECK(d.text() == "#!/usr/bin/vmware\n.encoding = \"windows-1252\"\na = \"\xE9\"\n");
  CHECK(d.find("a")->line() == 3);
  auto plain = Document::parse("a = 1\r\n");
  plain.set_encoding("UTF-8");
  CHECK(plain.text() == ".encoding = \"UTF-8\"\r\na = 1\r\n");
  Document empty;
  empty.set_encoding("GBK");
  empty.set("a", zhong_wen);
  CHECK(empty.text() == ".encoding = \"GBK\"\na = \"\xD6\xD0\xCE\xC4\"\n");
}

TEST_CASE("a byte order mark goes when the text is no longer UTF-8") {
  auto d = Document::parse(
      "\xEF\xBB\xBF"
      "a = \"\xC3\xA9\"\n");
  d.set_encoding("UTF-8");
  CHECK(d.text() == "\xEF\xBB\xBF.encoding = \"UTF-8\"\na = \"\xC3\xA9\"\n");
  d.set_encoding("windows-1252");
  CHECK(d.text() == ".encoding = \"windows-1252\"\na = \"\xE9\"\n");
}

TEST_CASE("without its name the text is UTF-8") {
  auto d = Document::parse(".encoding = \"GBK\"\na = \"\xD6\xD0\"\n");
  CHECK(d.erase(".encoding"));
  CHECK(d.text() == "a = \"\xE4\xB8\xAD\"\n");
  CHECK(d.encoding() == "UTF-8");
}
