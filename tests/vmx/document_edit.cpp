// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Edits change their own line and nothing else, and new lines stand where a person would put them.
#include "vmx/document_support.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;
using namespace std::string_literals;
using vmx::Document;

namespace {

/// The text after set(key, value).
std::string with(std::string_view text, std::string_view key, std::string_view value) {
  auto d = Document::parse(text);
  d.set(key, value);
  CHECK(value_of(d, key) == value);
  auto const written = d.text();
  CHECK(value_of(Document::parse(written), key) == value);
  return written;
}

std::string without(std::string_view text, std::string_view key) {
  auto d = Document::parse(text);
  CHECK(d.erase(key));
  CHECK_FALSE(d.contains(key));
  return d.text();
}

}  // namespace

TEST_CASE("setting a key changes the value part of its line") {
  std::string const text =
      "#!/usr/bin/vmware\r\n"
      "# first\n"
      "\tMemSize\t= \"1024\"  # megabytes\r\n"
      "junk\n"
      "numvcpus=\"2\"\r"
      "memsize = \"duplicate\"\n"
      "annotation = \"|41\"";
  auto const before = lines_of(text);
  auto const after = lines_of(with(text, "memsize", "16384"));
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    CAPTURE(i);
    CHECK(after[i] == (i == 2 ? "\tMemSize\t= \"16384\"  # megabytes\r\n" : before[i]));
  }
}

TEST_CASE("a value that is there already changes nothing, however it is spelt") {
  std::string const text = "annotation = \"|41|7cB\"\nn = 12\n";
  CHECK(with(text, "annotation", "A|B") == text);
  CHECK(with(text, "n", "12") == text);
}

TEST_CASE("quotes stay as they are unless the value needs others") {
  CHECK(with("a = \"1\" # c\n", "a", "2 3") == "a = \"2 3\" # c\n");
  CHECK(with("a = 1 # c\n", "a", "2") == "a = 2 # c\n");
  CHECK(with("a=1\n", "a", "x y") == "a=\"x y\"\n");
  CHECK(with("a = 1\n", "a", "") == "a = \"\"\n");
  CHECK(with("a = 1\n", "a", "x#y") == "a = \"x#y\"\n");
  CHECK(with("a = 1\n", "a", "'x'") == "a = \"'x'\"\n");
  CHECK(with("a = 1\n", "a", "\"x\"") == "a = |22x|22\n");
  CHECK(with("a = '1' # c\n", "a", "2 3") == "a = '2 3' # c\n");
  CHECK(with("a = '1'\n", "a", "it's") == "a = \"it's\"\n");
  CHECK(with("a =\n", "a", "1") == "a = \"1\"\n");
  CHECK(with("a=\n", "a", "1") == "a=\"1\"\n");
  CHECK(with("a =", "a", "1") == "a = \"1\"");
  CHECK(with("a = # c\n", "a", "1") == "a = \"1\" # c\n");
  CHECK(with("a =#c\n", "a", "1") == "a = \"1\"#c\n");
}

TEST_CASE("a missing closing quote is put there") {
  CHECK(with("a = \"x y\r\nb = 1\n", "a", "z") == "a = \"z\"\r\nb = 1\n");
  CHECK(with("a = \"x\nb = 1\n", "a", "x") == "a = \"x\"\nb = 1\n");
  CHECK(with("a = \"", "a", "") == "a = \"\"");
}

TEST_CASE("values are escaped as VMware does") {
  CHECK(with("", "a", "say \"hi\" | bye\n\r\t\x01\x7F") ==
        "a = \"say |22hi|22 |7C bye|0A|0D\t|01|7F\"\n");
  CHECK(with("", "a", "x\0y"s) == "a = \"x|00y\"\n");
  CHECK(with("", "a", "|41") == "a = \"|7C41\"\n");
  CHECK(with("", "a", "caf\xC3\xA9 \\ % '") == "a = \"caf\xC3\xA9 \\ % '\"\n");
  auto d = peer("a = \"1\"\n");
  d.set("a", "|\"\n");
  CHECK(d.text() == "a = \"|7c|22|0a\"\n");
}

TEST_CASE("a new key stands behind the last one of its device, controller or kind") {
  std::string const text =
      "displayName = \"x\"\n"
      "scsi0.present = \"TRUE\"\n"
      "scsi0:0.present = \"TRUE\"\n"
      "scsi0:1.present = \"TRUE\"\n"
      "scsi0:1.fileName = \"b\"\n"
      "# network\n"
      "ethernet0.present = \"TRUE\"\n"
      "ETHERNET1.present = \"TRUE\"\n"
      "ethernet10.present = \"TRUE\"\n"
      "uuid.location = \"1\"\n"
      "memsize = \"1\"\n";
  auto const behind = [&](std::string_view key) {
    auto d = Document::parse(text);
    d.set(key, "new");
    auto const before = lines_of(text);
    auto const after = lines_of(d.text());
    REQUIRE(after.size() == before.size() + 1);
    auto const at = d.find(key)->line() - 1;
    CHECK(after[at] == std::string(key) + " = \"new\"\n");
    for (std::size_t i = 0; i < before.size(); ++i) CHECK(after[i < at ? i : i + 1] == before[i]);
    return at == 0 ? std::string() : after[at - 1].substr(0, after[at - 1].find(' '));
  };
  CHECK(behind("scsi0:0.fileName") == "scsi0:0.present");
  CHECK(behind("scsi0:1.mode") == "scsi0:1.fileName");
  CHECK(behind("scsi0:2.present") == "scsi0:1.fileName");
  CHECK(behind("scsi0.virtualDev") == "scsi0.present");
  CHECK(behind("scsi1.present") == "scsi0:1.fileName");
  CHECK(behind("ethernet1.address") == "ETHERNET1.present");
  CHECK(behind("ethernet0.address") == "ethernet0.present");
  CHECK(behind("ethernet2.present") == "ethernet10.present");
  CHECK(behind("uuid.bios") == "uuid.location");
  CHECK(behind("mem.hotadd") == "memsize");  // the end: "mem" is not "memsize"
  CHECK(behind("annotation") == "memsize");
}

TEST_CASE("a new key stands behind the key it is to follow") {
  auto d = Document::parse("a = 1\nb = 2\nc = 3\n");
  d.set("x", "4", "A");
  d.set("y", "5", "absent");
  d.set("b", "6", "a");
  CHECK(d.text() == "a = 1\nx = \"4\"\nb = 6\nc = 3\ny = \"5\"\n");
}

TEST_CASE("append() goes to the end whatever the device") {
  auto d = Document::parse("scsi0.present = 1\nmemsize = 2\n");
  d.append("scsi0.virtualDev", "lsilogic");
  d.append("MEMSIZE", "3");
  CHECK(d.text() == "scsi0.present = 1\nmemsize = 3\nscsi0.virtualDev = \"lsilogic\"\n");
}

TEST_CASE("new lines end as most lines do") {
  CHECK(with("a = 1\r\nb = 2\r\nc = 3\n", "x", "1") == "a = 1\r\nb = 2\r\nc = 3\nx = \"1\"\r\n");
  CHECK(with("a = 1\nb = 2\nc = 3\r\n", "x", "1") == "a = 1\nb = 2\nc = 3\r\nx = \"1\"\n");
  CHECK(with("a = 1\rb = 2\r", "x", "1") == "a = 1\rb = 2\rx = \"1\"\r");
  CHECK(with("", "x", "1") == "x = \"1\"\n");
}

TEST_CASE("a file without an end of its last line still has none") {
  CHECK(with("a = 1\r\nb = 2", "x", "1") == "a = 1\r\nb = 2\r\nx = \"1\"");
  CHECK(with("a = 1\n# end", "x", "1") == "a = 1\n# end\nx = \"1\"");
  CHECK(with("s0.a = 1\ns0.b = 2", "s0.c", "1") == "s0.a = 1\ns0.b = 2\ns0.c = \"1\"");
  auto d = Document::parse("a = 1");
  for (auto const* key : {"b", "c", "d"}) d.set(key, "2");
  CHECK(d.text() == "a = 1\nb = \"2\"\nc = \"2\"\nd = \"2\"");
}

TEST_CASE("erasing takes the key's lines, duplicates too, and leaves comments") {
  CHECK(without("a = 1\n# about b\nb = 2 # here\nc = 3\n", "B") == "a = 1\n# about b\nc = 3\n");
  CHECK(without("a = 1\nb = 2\nA = 3\n", "a") == "b = 2\n");
  CHECK(without("# x\na = 1\n# y\n", "a") == "# x\n# y\n");
  CHECK(without("a = 1\nb = 2", "b") == "a = 1\n");
  auto d = Document::parse("a = 1\n");
  CHECK_FALSE(d.erase("b"));
  CHECK(d.text() == "a = 1\n");
}

TEST_CASE("a device goes as a whole") {
  auto d = Document::parse(
      "ethernet1.present = 1\nethernet10.present = 1\n# c\nEthernet1.address = 2\nx = 1\n"
      "ethernet1.address = 3\n# d\n");
  CHECK(d.erase_prefix("ethernet1.") == 3);
  CHECK(d.text() == "ethernet10.present = 1\n# c\nx = 1\n# d\n");
  CHECK(d.entries()[1].line() == 3);
  CHECK(d.erase_prefix("nothing") == 0);
  CHECK(d.erase_prefix("") == 2);
  CHECK(d.text() == "# c\n# d\n");
  d.set("y", "1");
  CHECK(d.text() == "# c\n# d\ny = \"1\"\n");
}

TEST_CASE("edits may take what they write from the document itself") {
  auto d = Document::parse("a = \"some value that is long enough\"\nb = \"2\"\n");
  std::string scratch;
  for (int i = 0; i < 50; ++i) {
    d.set("b", d.value(*d.find("a"), scratch));
    d.set("c" + std::to_string(i), d.value(*d.find("b"), scratch));
    d.set("b", "2");
  }
  CHECK(value_of(d, "c49") == "some value that is long enough");
  CHECK(d.erase(d.key(*d.find("c49"))));
  CHECK(d.erase_prefix(d.key(*d.find("c4")).substr(0, 1)) == 49);
  CHECK(d.text() == "a = \"some value that is long enough\"\nb = \"2\"\n");
}

TEST_CASE("what cannot be a key or a value is refused") {
  auto d = Document::parse("a = 1\n");
  for (std::string_view const key :
       {"", "a b", "a=b", "a#b", "a\nb", "a\"b", "\xC3\xA9", " a", "a\x7F"}) {
    CAPTURE(key);
    CHECK_THROWS_AS(d.set(key, "x"), invalid_argument);
    CHECK_THROWS_AS(d.append(key, "x"), invalid_argument);
  }
  CHECK_THROWS_AS(d.set("a", "caf\xE9"), invalid_argument);
  CHECK_THROWS_AS(d.set("b", "caf\xE9"), invalid_argument);
  CHECK_THROWS_AS(peer("a = \"1\"\n").set("_x", "1"), invalid_argument);
  CHECK(d.text() == "a = 1\n");
}

TEST_CASE("a byte order mark stays in front") {
  auto d = Document::parse(
      "\xEF\xBB\xBF"
      "a = 1\n");
  CHECK(value_of(d, "a") == "1");
  d.set("b", "2");
  d.set("a", "333");
  CHECK(d.text() ==
        "\xEF\xBB\xBF"
        "a = 333\nb = \"2\"\n");
  CHECK(d.diagnostics().empty());
}

TEST_CASE("a CR and an LF that an edit brings together stay two line ends") {
  CHECK(without("a = 1\rb = 2\n\nc = 3\n", "b") == "a = 1\r\r\nc = 3\n");
  CHECK(without("a = 1\r# x\rb = 2\n\n", "b") == "a = 1\r# x\r\r\n");
  auto d = Document::parse("a = 1\r\rb = 2\rc = 3\n\nd = 4\r");
  d.set("x", "1", "c");
  CHECK(d.text() == "a = 1\r\rb = 2\rc = 3\nx = \"1\"\r\n\nd = 4\r");
  CHECK(d.find("d")->line() == 7);
}
