// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// grammar::peer takes what libvirt 9.0 takes and refuses what it refuses (each row was tried).
#include "vmx/document_support.hpp"

#include <cstddef>
#include <string>
#include <string_view>

using namespace esxvi;
using namespace esxvi::test;
using namespace std::string_literals;
using vmx::Document;

TEST_CASE("what libvirt reads") {
  std::string const texts[] = {
      "",
      "# only a comment",
      "\n# x\n",
      "a = \"b\"",
      "a = \"b\"\n\n \t\n",
      "#!/usr/bin/vmware\n.encoding = \"UTF-8\"\n\ta\t=\t\"b\"\t# c\n",
      "a = \"b\";",
      "a = \"b\";\n",
      "a = \"b\"; c = \"d\" # e ; f\ng-h_i:j.K9 = 'x\"y'\n",
      "a = \"\"\"x\n\"y\"\nz\"\"\"\nb = \"\"\"\"\"\"\n",
      "a = \"b\"\rc = \"d\"\r\ne = \"f\"",
      "a = \"1\"\nA = \"2\"\n",
      "a = \"b\"\n\0= junk \" \n"s,
      "a = \"back\\slash |zz %\"\n",
  };
  for (auto const& text : texts) {
    CAPTURE(text);
    CHECK(peer(text).text() == text);
  }
}

TEST_CASE("and what it finds") {
  auto const d = peer("a = \"1\"; b = '2 \"'\nC = \"\"\"3\n4\"\"\" # x\nd = \"5\"\r");
  CHECK(value_of(d, "a") == "1");
  CHECK(value_of(d, "b") == "2 \"");
  CHECK(value_of(d, "c") == "3\n4");
  CHECK(value_of(d, "d") == "5");
  CHECK(d.find("b")->line() == 1);
  CHECK(d.find("d")->line() == 4);
  CHECK_FALSE(peer("a = \"b\"\n\0b = \"c\"\n"s).contains("b"));
}

TEST_CASE("what libvirt refuses, with the line and what was expected") {
  struct {
    std::string text;
    std::size_t line;
    std::string_view says;
  } const refused[] = {
      {" \n", 2, "expected a name, found the end of the file"},
      {"\n\n  ", 3, "expected a name, found the end of the file"},
      {"\xEF\xBB\xBF"
       "a = \"b\"\n",
       1, "expected a name that begins with a letter or a dot, found 0xef"},
      {"a = \"b\"\n_x = \"1\"\n", 2,
       "expected a name that begins with a letter or a dot, found '_'"},
      {"1x = \"1\"\n", 1, "expected a name"},
      {";a = \"b\"", 1, "expected a name"},
      {"a = \"b\";;", 1, "expected a name"},
      {"a/b = \"1\"\n", 1, "expected '=', found '/'"},
      {"a b = \"1\"\n", 1, "expected '=', found 'b'"},
      {"\xC3\xA9 = \"1\"\n", 1, "expected a name"},
      {"a\xC3\xA9 = \"1\"\n", 1, "expected '=', found 0xc3"},
      {"\x0C"
       "a = \"1\"\n",
       1, "expected a name"},
      {"a", 1, "expected '=', found the end of the file"},
      {"a\n= \"b\"", 1, "expected '=', found the end of the line"},
      {"a =\n\"b\"", 1, "expected a value in quotes, found the end of the line"},
      {"a =", 1, "expected a value in quotes, found the end of the file"},
      {"b = \"1\"\n\na = 12\n", 3, "expected a value in quotes, found '1'"},
      {"a = [1]\n", 1, "expected a value in quotes, found '['"},
      {"a = b\n", 1, "expected a value in quotes, found 'b'"},
      {"a = \"b\n", 1, "expected a closing \""},
      {"a = \"b\rc\"\n", 1, "expected a closing \""},
      {"a = 'b\n", 1, "expected a closing '"},
      {"a = \"b", 1, "expected a closing \""},
      {"a = \"\"\"b\n\n", 1, "expected a closing \"\"\""},
      {"a = \"b\" c\n", 1, "expected the end of the line, ';' or a comment, found 'c'"},
      {"a = \"b\"\"c\"\n", 1, "expected the end of the line"},
      {"a = \"\"\"b\n\"\"\"\"\n", 2, "expected the end of the line"},
      {"a = \"b\"\n.encoding = \"klingon-1\"\n", 2, "unknown encoding 'klingon-1'"},
      {".encoding = \"\"\n", 1, "unknown encoding ''"},
      {".encoding = \"GBK\"\n\n# \xFF\xFF\n", 3,
       "the byte at offset 21 of the file means nothing in GBK"},
      {".encoding = \"US-ASCII\"\na = \"\xE9\"\n", 2, "means nothing in US-ASCII"},
  };
  for (auto const& one : refused) {
    CAPTURE(one.text);
    try {
      static_cast<void>(peer(one.text));
      FAIL("read");
    } catch (format_error const& e) {
      CHECK(e.code() == errc::malformed_file);
      CHECK(e.line() == one.line);
      CHECK(e.target() == "web.vmx");
      CAPTURE(e.what());
      CHECK(std::string(e.what()).find("line " + std::to_string(one.line) + ": ") !=
            std::string::npos);
      CHECK(std::string(e.what()).find(one.says) != std::string::npos);
    }
  }
}

TEST_CASE("UTF-8 is not checked, as libvirt does not check it") {
  auto const d = peer("a = \"\xE9\"\n.encoding = \"utf-8\"\n");
  CHECK(d.raw_value(d.entries()[0]) == "\xE9");
  CHECK(d.diagnostics().size() == 1);
}

TEST_CASE("edits leave files that libvirt reads") {
  auto d = peer("a = \"1\"; b = '2';\nc = \"\"\"3\n4\"\"\"\n# tail");
  d.set("b", "it's");
  d.set("c", "5\n6");
  d.set("d", "7");
  d.set("e", "8", "a");
  CHECK(d.text() ==
        "a = \"1\";e = \"8\"\n b = \"it's\";\nc = \"\"\"5|0a6\"\"\"\n# tail\nd = \"7\"");
  CHECK(value_of(peer(d.text()), "e") == "8");
  CHECK(d.erase("e"));
  CHECK(d.erase("b"));
  CHECK(value_of(peer(d.text()), "d") == "7");
  CHECK(d.find("d")->line() == peer(d.text()).find("d")->line());
}

TEST_CASE("a new key stands where libvirt reads it: before the NUL that ends the text") {
  auto d = peer("a = \"1\"\n# x\n\0 rest"s);
  CHECK(d.diagnostics().size() == 1);
  d.set("b", "2");
  CHECK(d.text() == "a = \"1\"\nb = \"2\"\n# x\n\0 rest"s);
  CHECK(peer(d.text()).contains("b"));
  auto comment = peer("a = \"1\" # x;");
  comment.set("b", "2");
  CHECK(comment.text() == "a = \"1\" # x;\nb = \"2\"");
  auto open = peer("a = \"1\"\0rest"s);
  open.set("b", "2");
  CHECK(open.text() == "a = \"1\"\nb = \"2\"\n\0rest"s);
}
