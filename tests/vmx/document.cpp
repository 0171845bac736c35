// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What is read from a VMX file, and that the file stays what it was.
#include "vmx/document_support.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;
using namespace std::string_literals;
using vmx::Document;

TEST_CASE("what is parsed is written back byte for byte") {
  std::string const samples[] = {
      "",
      "\n",
      "\r",
      "\r\n\r\n",
      "memsize = \"1024\"\n",
      "memsize = \"1024\"",
      "memsize = \"1024\"\r\nnumvcpus = \"2\"\r\n",
      "a = \"1\"\r\nb = \"2\"\nc = \"3\"\rd = \"4\"",
      "\xEF\xBB\xBF.encoding = \"UTF-8\"\n",
      "\xEF\xBB\xBF",
      "#!/usr/bin/vmware\n# made by hand\n\n  \t\n\ta\t=\t\"1\"\t# why\n#end",
      "a=1\nb =2\nc= three # four\nd =\ne = # nothing\n",
      "a = \"\"\na = \"second\"\nA = \"third\"\n",
      "annotation = \"say |22hello|22|0Aand |zz bye|\"\n",
      "_odd = \"1\"\n9 = \"x\"\na/b[0]@c+d$ = \"y\"\n\xC3\xA9 = \"z\"\n",
      "no entry\n= \"nothing\"\na = \"b\" c\nd e = \"f\"\n\"\n",
      "cut = \"half\nwhole = \"1\"\n",
      "one = 'single \" quotes'\nfeed = \"a\rb\"\n",
      "nul = \"a\0b\"\n\0\nx\0y = \"1\"\n"s,
      "bad = \"\xE9\xFF\"\n",
      "; = \"1\"; b = \"2\"\n",
  };
  for (auto const& sample : samples) {
    CAPTURE(sample);
    auto const document = Document::parse(sample);
    CHECK(document.text() == sample);
    auto copy = document;
    auto const moved = std::move(copy);
    CHECK(moved.text() == sample);
  }
}

TEST_CASE("entries are found without regard to case, spelt as they are") {
  auto const d = Document::parse("MemSize = \"1024\"\nscsi0:0.fileName = \"a.vmdk\"\n");
  CHECK(value_of(d, "memsize") == "1024");
  CHECK(value_of(d, "MEMSIZE") == "1024");
  CHECK(value_of(d, "SCSI0:0.FILENAME") == "a.vmdk");
  CHECK(d.contains("scsi0:0.filename"));
  CHECK_FALSE(d.contains("scsi0:0.filenam"));
  CHECK_FALSE(d.contains(""));
  CHECK_FALSE(d.get("nothing"));
  REQUIRE(d.entries().size() == 2);
  CHECK(d.key(d.entries()[0]) == "MemSize");
  CHECK(d.find("memsize") == &d.entries()[0]);
  CHECK(d.entries()[1].line() == 2);
}

TEST_CASE("only the case of ASCII letters is ignored") {
  auto const d =
      Document::parse("a@b.c = 1\na`b.c = 2\nl[ongish] = 3\nl{ongish} = 4\n\xC3\x89 = 5\n");
  CHECK(value_of(d, "A@B.C") == "1");
  CHECK(value_of(d, "A`B.C") == "2");
  CHECK(value_of(d, "L[ONGISH]") == "3");
  CHECK(value_of(d, "L{ONGISH}") == "4");
  CHECK(value_of(d, "\xC3\x89") == "5");
  CHECK_FALSE(d.contains("\xC3\xA9"));
}

TEST_CASE("of several lines with one key the first counts, and all are entries") {
  auto const d = Document::parse("a = \"1\"\nA = \"2\"\nb = \"3\"\na = \"4\"\n");
  CHECK(value_of(d, "a") == "1");
  std::vector<bool> duplicates;
  for (auto const& entry : d.entries()) duplicates.push_back(entry.duplicate());
  CHECK(duplicates == std::vector<bool>{false, true, false, true});
  CHECK(findings(d) ==
        "line 2: A = \"2\": line 1 has this key already and counts (expected each key once)\n"
        "line 4: a = \"4\": line 1 has this key already and counts (expected each key once)\n");
}

TEST_CASE("values with quotes, without, and none at all") {
  auto const d = Document::parse(
      "quoted = \"a b # c\" # comment\n"
      "bare = 12 # comment\n"
      "tight=x#comment\n"
      "none =\n"
      "none2 = # comment\n"
      "empty = \"\"\n"
      "single = 'a \"b\" c'\n"
      "apostrophe = it's\n"
      "open = 'x\n"
      "inner = x\"y\"\n");
  CHECK(value_of(d, "quoted") == "a b # c");
  CHECK(value_of(d, "bare") == "12");
  CHECK(value_of(d, "tight") == "x");
  CHECK(value_of(d, "none").empty());
  CHECK(value_of(d, "none2").empty());
  CHECK(value_of(d, "empty").empty());
  CHECK(value_of(d, "single") == "a \"b\" c");
  CHECK(value_of(d, "apostrophe") == "it's");
  CHECK(value_of(d, "open") == "'x");
  CHECK(value_of(d, "inner") == "x\"y\"");
  CHECK(d.diagnostics().empty());
}

TEST_CASE("escapes stand for bytes; what is none stands for itself") {
  auto const d = Document::parse(
      "a = \"|22x|22|7C|0a|0D|09\"\nb = \"|E2|82|AC\"\nc = \"|zz|2\"\nd = \"a|00b\"\ne = "
      "\"|E9\"\n");
  std::string scratch;
  CHECK(value_of(d, "a") == "\"x\"|\n\r\t");
  CHECK(value_of(d, "b") == "\xE2\x82\xAC");
  CHECK(value_of(d, "c") == "|zz|2");
  CHECK(value_of(d, "d") == "a\0b"s);
  CHECK(value_of(d, "e") == "\xEF\xBF\xBD");
  CHECK(d.raw_value(d.entries()[0]) == "|22x|22|7C|0a|0D|09");
  CHECK(d.escaped_value(d.entries()[0], scratch) == "|22x|22|7C|0a|0D|09");
  CHECK(findings(d) ==
        "line 3: c = \"|zz|2\": the '|' at position 0 begins no escape and stands for itself "
        "(expected two hexadecimal digits behind it)\n"
        "line 5: e = \"|E9\": its escapes stand for bytes that are no UTF-8 (expected escapes of "
        "whole characters)\n");
}

TEST_CASE("a plain value is a view of the document") {
  auto const d = Document::parse("a = \"plain\"\nb = \"caf\xC3\xA9\"\n");
  std::string scratch;
  auto const first = d.value(d.entries()[0], scratch);
  CHECK(first.data() == d.raw_value(d.entries()[0]).data());
  CHECK(d.value(d.entries()[1], scratch).data() == d.raw_value(d.entries()[1]).data());
  CHECK(scratch.empty());
}

TEST_CASE("lines end at LF, CR LF, or CR") {
  auto const d = Document::parse("a = \"1\"\r# c\rb = 2\r\rc = \"x\ry\"\rd = \"4\"\r\ne = \"5\"\n");
  CHECK(value_of(d, "a") == "1");
  CHECK(value_of(d, "b") == "2");
  CHECK(value_of(d, "d") == "4");
  CHECK(value_of(d, "e") == "5");
  CHECK(d.find("e")->line() == 8);
  // Inside quotes too: a quote that is missing is not found lines later.
  CHECK(value_of(d, "c") == "x");
  CHECK(d.find("c")->unterminated());
}

TEST_CASE("a missing closing quote: the value is the rest of the line, and it is reported") {
  auto const d = Document::parse("a = \"x y # z\r\nb = \"1\"\nc = \"\n");
  CHECK(value_of(d, "a") == "x y # z");
  CHECK(value_of(d, "b") == "1");
  CHECK(value_of(d, "c").empty());
  CHECK(d.entries()[0].unterminated());
  CHECK_FALSE(d.entries()[1].unterminated());
  CHECK(findings(d) ==
        "line 1: a = \"x y # z\": the closing quote is missing (expected a '\"' at the end of the "
        "line)\n"
        "line 3: c: the closing quote is missing (expected a '\"' at the end of the line)\n");
}

TEST_CASE("lines that are no entries are reported with what is wrong") {
  auto const d =
      Document::parse("hello\n\n# fine\n= \"1\"\na b = \"2\"\nc = \"3\" d\ne = 4 5\n\0x\n"s);
  CHECK(d.entries().empty());
  std::string const expected = " (expected key = \"value\")\n";
  CHECK(findings(d) ==
        "line 1: \"hello\": the line is no entry: it has no '='" + expected +
            "line 4: \"= \"1\"\": the line is no entry: it has no key" + expected +
            "line 5: \"a b = \"2\"\": the line is no entry: no '=' follows its first word" +
            expected +
            "line 6: \"c = \"3\" d\": the line is no entry: something other than a comment follows "
            "its value" +
            expected +
            "line 7: \"e = 4 5\": the line is no entry: something other than a comment follows its "
            "value" +
            expected + "line 8: \"\\x00x\": the line is no entry: it begins with a NUL" + expected);
}

TEST_CASE("a finding says file, line, key, value, problem and expectation") {
  vmx::diagnostic d{vmx::severity::error, 12, "memsize", "abc", "not a number", "an integer"};
  CHECK(to_string(d, "web.vmx") ==
        "web.vmx:12: memsize = \"abc\": not a number (expected an integer)");
  d.line = 0;
  CHECK(to_string(d) == "memsize = \"abc\": not a number (expected an integer)");
  CHECK(to_string(d, "web.vmx") ==
        "web.vmx: memsize = \"abc\": not a number (expected an integer)");
  CHECK(vmx::to_string({.problem = "empty"}) == "empty");
  d.value = std::string(79, 'x') + "\xC3\xA9";
  CHECK(to_string(d) ==
        "memsize = \"" + std::string(79, 'x') + "...\": not a number (expected an integer)");
  d.value = "a\nb\x7F";
  CHECK(to_string(d).find("a\\x0Ab\\x7F") != std::string::npos);
}
