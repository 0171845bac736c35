// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Trees that are read from text, and texts that are refused.
#include <esxvi/xml/tree.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace esxvi;
using namespace esxvi::xml;
using namespace std::string_literals;

namespace {
struct Refusal {
  std::optional<errc> code{};
  std::string problem{};
  std::size_t offset = 0;
  delivery delivered = delivery::unknown;
};
Refusal refusal_of(std::string_view text, Limits limits = tree_limits) {
  try {
    (void)Tree::parse(text, {"defining", "a test", "the domain XML"}, limits);
    return {};
  } catch (protocol_error const& e) {
    return {e.code(), e.problem(), e.offset(), e.delivered()};
  }
}
std::optional<errc> code_of(std::string_view text, Limits limits = tree_limits) {
  return refusal_of(text, limits).code;
}
}  // namespace

TEST_CASE("tree: names, attributes, text, lines and namespaces of a document") {
  auto const tree = Tree::parse(
      "<?xml version='1.0'?>\n<!-- note -->\n<domain type=\"vmware\" "
      "xmlns:vmware='http://libvirt.org/schemas/domain/vmware/1.0'>\n"
      "  <name>a&amp;b<![CDATA[<c>]]><!-- d -->e</name>\n"
      "  <os>\n\n    <type arch='x86_64'>hvm</type><?pi x?>\n  </os>\n"
      "  <vmware:moref>vm-1</vmware:moref>\n</domain>\n");
  Element const& root = tree.root();
  CHECK(root.name() == "domain");
  CHECK(root.line() == 3);
  CHECK(root.text().empty());
  CHECK(root.attribute("type") == "vmware");
  CHECK(root.ns_uri().empty());
  CHECK(root.child("name")->text() == "a&b<c>e");
  CHECK(root.child("name")->line() == 4);
  CHECK(root.child("os")->text().empty());
  CHECK(root.child("os")->child("type")->line() == 7);
  CHECK(root.child("os")->child("type")->attribute_or("arch", "") == "x86_64");
  Element const& moref = *root.child("vmware:moref");
  CHECK(moref.line() == 9);
  CHECK(moref.ns_uri() == "http://libvirt.org/schemas/domain/vmware/1.0");
  CHECK(moref.local_name() == "moref");
}

TEST_CASE("tree: white space is text unless it separates elements") {
  CHECK(Tree::parse("<a> \n</a>").root().text() == " \n");
  CHECK(Tree::parse("<a> \n<b> </b>\t</a>").root().text().empty());
  CHECK(Tree::parse("<a> \n<b> </b>\t</a>").root().child("b")->text() == " ");
  CHECK(Tree::parse("<a> x <b/> y\n</a>").root().text() == " x  y\n");
}

TEST_CASE("tree: text stands where it stood") {
  for (std::string const& text :
       {"<a>x<b/>y<b/>z</a>\n"s, "<a><b/>y</a>\n"s, "<a>x<b/></a>\n"s, "<a>  x <b>  </b>  </a>\n"s,
        "<a>\n  <b>x<c><d/></c> y</b>\n  <e/>\n</a>\n"s, "<a>x<b>y<c/>z</b>w</a>\n"s}) {
    CHECK(Tree::parse(text).str() == text);
  }
}

TEST_CASE("tree: a copy of mixed text is the same") {
  auto const tree = Tree::parse("<a>x<b>y<c/>z</b>w<d/></a>");
  Tree const copy(tree.root());
  CHECK(copy == tree);
  CHECK(copy.str() == tree.str());
  CHECK(copy.root().child("b")->line() == 1);
}

TEST_CASE("tree: attributes are read back as they were") {
  auto const tree = Tree::parse("<a b='&#9;&#10;&#13;&lt;&apos;\t\n'/>");
  CHECK(tree.root().attribute("b") == "\t\n\r<'  ");
}

TEST_CASE("tree: bad documents are told with their line") {
  auto const nesting = refusal_of("<a>\n  <b>\n</a>");
  CHECK(nesting.code == errc::malformed_xml);
  CHECK(nesting.delivered == delivery::not_sent);
  CHECK(nesting.offset == 12);
  CHECK(nesting.problem ==
        "the domain XML is not well-formed XML: mismatched tag at line 3, byte 12");
  CHECK(code_of("<a>\n</a><b/>") == errc::malformed_xml);
  CHECK(code_of("<a b='1' b='2'/>") == errc::malformed_xml);
  CHECK(code_of("<a b=1/>") == errc::malformed_xml);
  CHECK(code_of("<a>&nbsp;</a>") == errc::malformed_xml);
  CHECK(code_of("<a>\n<b") == errc::malformed_xml);
  CHECK(refusal_of("<a>\n<b>").problem == "the domain XML ends early at line 2, byte 7");
  CHECK(refusal_of("").problem == "the domain XML is empty");
  CHECK(code_of("") == errc::malformed_xml);
  CHECK(code_of(" \n ") == errc::malformed_xml);
  CHECK(refusal_of("hello").problem == "the domain XML is no XML: \"hello\" at line 1, byte 0");
  CHECK(code_of("hello") == errc::malformed_xml);
  CHECK(code_of("<!doctype html><html>") == errc::malformed_xml);
  try {
    (void)Tree::parse("<a>");
    FAIL("nothing was thrown");
  } catch (malformed_xml const& e) {
    CHECK(e.what() == "the document ends early at line 1, byte 3"s);
  }
}

TEST_CASE("tree: a document cut anywhere is refused") {
  std::string const text =
      "<?xml version='1.0'?><!-- c --><a b='1'>x&amp;\xC2\xB5<![CDATA[z]]></a>";
  CHECK_FALSE(code_of(text));
  for (std::size_t n = 0; n < text.size(); ++n) {
    CAPTURE(n);
    CHECK(code_of(text.substr(0, n)) == errc::malformed_xml);
  }
}

TEST_CASE("tree: a document type is refused, and with it every entity") {
  auto const plain = refusal_of("<?xml version='1.0'?>\n<!DOCTYPE a><a/>");
  CHECK(plain.code == errc::dtd_refused);
  CHECK(plain.problem.find("line 2") != std::string::npos);
  CHECK(code_of("<!DOCTYPE html><html/>") == errc::dtd_refused);
  CHECK(code_of("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>") == errc::dtd_refused);
  std::string laughs = "<!DOCTYPE a [<!ENTITY l0 'ha'>";
  for (char c = '1'; c <= '9'; ++c) {
    laughs.append("<!ENTITY l").append(1, c).append(" '");
    for (int i = 0; i < 10; ++i)
      laughs.append("&l").append(1, static_cast<char>(c - 1)).append(";");
    laughs += "'>";
  }
  CHECK(code_of(laughs + "]><a>&l9;</a>") == errc::dtd_refused);
}

TEST_CASE("tree: forbidden characters and other encodings") {
  CHECK(code_of("<a>\1</a>") == errc::invalid_character);
  CHECK(code_of("<a>\0</a>"s) == errc::invalid_character);
  CHECK(code_of("<a b='\0'/>"s) == errc::invalid_character);
  CHECK(code_of("<a>&#0;</a>") == errc::invalid_character);
  CHECK(refusal_of("<a>\n\xEF\xBF\xBF</a>").problem.find("line 2") != std::string::npos);
  CHECK(code_of("<a>\xFF</a>") == errc::invalid_encoding);
  CHECK(code_of("<a>\xC0\x80</a>") == errc::invalid_encoding);
  CHECK(refusal_of("<a>\n\n\xFF</a>").problem ==
        "the domain XML is not valid UTF-8 at line 3, byte 5");
  CHECK(code_of("<?xml version='1.0' encoding='EBCDIC-X'?><a/>") == errc::invalid_encoding);
  CHECK(Tree::parse("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE4</a>").root().text() ==
        "\xC3\xA4");
  CHECK(Tree::parse("\xEF\xBB\xBF<a>\xC3\xA4</a>").root().text() == "\xC3\xA4");
}

TEST_CASE("tree: depth, text and size have limits") {
  std::string deep;
  for (std::size_t i = 0; i < tree_limits.depth; ++i) deep += "<a>";
  std::string ends;
  for (std::size_t i = 0; i < tree_limits.depth; ++i) ends += "</a>";
  CHECK_FALSE(code_of(deep + ends));
  CHECK(code_of(deep + "<b/>" + ends) == errc::limit_exceeded);
  std::string deeper;
  for (int i = 0; i < 300'000; ++i) deeper += "<a>";
  CHECK(code_of(deeper) == errc::limit_exceeded);

  Limits limits = tree_limits;
  limits.text = 10;
  CHECK_FALSE(code_of("<a>12345<b>1234567890</b>67890</a>", limits));
  auto const text = refusal_of("<a>\n2345<b/>678901</a>", limits);
  CHECK(text.code == errc::limit_exceeded);
  CHECK(text.problem.starts_with("the domain XML has more than 10 bytes of text in one element"));
  CHECK(text.problem.find("line 2") != std::string::npos);

  limits.document = 20;
  CHECK(code_of("<a b='12345678901234'/>", limits) == errc::limit_exceeded);
}

TEST_CASE("tree: depth is not limited by the stack") {
  Limits limits = tree_limits;
  limits.depth = 1'000'000;
  std::string text = "x";
  std::string const open = "<a>";
  std::string begin;
  std::string end;
  for (int i = 0; i < 200'000; ++i) begin += "<a>", end += "</a>";
  text = begin + "x" + end;
  auto const tree = Tree::parse("<r>-" + text + "</r>", {}, limits);
  CHECK(tree.str() == "<r>-" + text + "</r>\n");
}

TEST_CASE("tree: a megabyte of text and of attribute is read") {
  std::string const large(1'000'000, 'x');
  auto const tree = Tree::parse("<a b='" + large + "'>" + large + "<c/>\n" + large + "</a>");
  CHECK(tree.root().attribute("b") == large);
  CHECK(tree.root().text() == large + "\n" + large);
}

TEST_CASE("tree: many names, attributes and prefixes take time in proportion") {
  // Each would take minutes if it were looked up among all others.
  std::string text = "<r xmlns:p='u'";
  for (int i = 0; i < 50'000; ++i) text.append(" a").append(std::to_string(i)).append("=''");
  text += ">";
  for (int i = 0; i < 50'000; ++i) text.append("<q").append(std::to_string(i)).append(":x/>");
  text += "</r>";
  auto const tree = Tree::parse(text);
  CHECK(Tree(tree.root()) == tree);
}
