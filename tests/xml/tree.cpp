// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Trees that a program makes, and how they are printed.
#include <esxvi/xml/tree.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace esxvi;
using namespace esxvi::xml;
using namespace std::string_literals;

static_assert(std::ranges::forward_range<attribute_range>);
static_assert(std::ranges::forward_range<child_range<Element>>);
static_assert(std::ranges::forward_range<child_range<Element const>>);
static_assert(std::is_nothrow_move_constructible_v<Tree> && !std::is_copy_constructible_v<Tree>);
template <class T>
concept settable = requires(Element& e, T value) { e.set("a", value); };
static_assert(settable<int> && settable<std::uint64_t> && settable<std::string>);
static_assert(!settable<bool> && !settable<char> && !settable<double>);

namespace {
std::string with_text(std::string_view text, print_options const& options = {}) {
  Tree tree("a");
  tree.root().set_text(text);
  return tree.str(options);
}
std::string with_attribute(std::string_view value, print_options const& options = {}) {
  Tree tree("a");
  tree.root().set("b", value);
  return tree.str(options);
}
}  // namespace

TEST_CASE("tree: a document is laid out as libvirt does") {
  Tree tree("domain");
  Element& root = tree.root();
  root.set("type", "vmware").set("id", 7);
  root.add("name", "web");
  root.add("memory", 4096).set("unit", "KiB");
  Element& devices = root.add("devices");
  devices.add("disk").set("type", "file").add("source").set("file", "[ds] a/b.vmdk");
  devices.add("video");
  root.add("description", "");
  CHECK(tree.str() ==
        "<domain type='vmware' id='7'>\n"
        "  <name>web</name>\n"
        "  <memory unit='KiB'>4096</memory>\n"
        "  <devices>\n"
        "    <disk type='file'>\n"
        "      <source file='[ds] a/b.vmdk'/>\n"
        "    </disk>\n"
        "    <video/>\n"
        "  </devices>\n"
        "  <description/>\n"
        "</domain>\n");
  CHECK(std::as_const(root).child("devices")->child("disk")->str() ==
        "<disk type='file'>\n  <source file='[ds] a/b.vmdk'/>\n</disk>\n");
  std::string out = "before\n";
  devices.child("video")->append_to(out);
  CHECK(out == "before\n<video/>\n");
}

TEST_CASE("tree: elements are found by name, and keep their order and place") {
  Tree tree("r");
  Element& root = tree.root();
  Element& a = root.add("a");
  root.add("b").set("n", 1);
  root.add("a").set("n", 2);
  root.add("b").set("n", 3);
  Tree const moved = std::move(tree);
  CHECK(&moved.root() == &root);
  CHECK(moved.root().child("a") == &a);
  CHECK(moved.root().child("c") == nullptr);
  CHECK(a.parent() == &root);
  CHECK(root.parent() == nullptr);
  std::string names;
  for (Element const& e : moved.root().children()) names += e.name();
  CHECK(names == "abab");
  std::string numbers;
  for (Element const& e : moved.root().children("b")) numbers += e.attribute_or("n", "?");
  CHECK(numbers == "13");
  CHECK(moved.root().children("c").empty());
  CHECK_FALSE(moved.root().children("a").empty());
  CHECK(a.children().empty());
  for (Element& e : root.children("a")) e.set("seen", "yes");
  CHECK(a.attribute("seen") == "yes");
  CHECK(root.line() == 0);
}

TEST_CASE("tree: attributes keep their order, and are replaced in place") {
  Tree tree("r");
  Element& root = tree.root();
  CHECK(root.attributes().empty());
  root.set("b", "1").set("a", "").set("c", std::numeric_limits<std::uint64_t>::max());
  root.set("b", std::numeric_limits<std::int64_t>::min());
  CHECK(tree.str() == "<r b='-9223372036854775808' a='' c='18446744073709551615'/>\n");
  CHECK(root.attribute("a") == "");
  CHECK_FALSE(root.attribute("d"));
  CHECK(root.attribute_or("a", "x").empty());
  CHECK(root.attribute_or("d", "x") == "x");
  std::string all;
  for (auto const& [name, value] : root.attributes()) all.append(name).append(value.substr(0, 1));
  CHECK(all == "b-ac1");
}

TEST_CASE("tree: values, texts and copied names may go before the tree") {
  Tree tree("r");
  {
    std::string name = "a-name-that-is-not-in-the-string-itself";
    std::string value = "a value that is not in the string itself";
    Element& e = tree.root().add_copy(name, value);
    e.set_copy(name, value).set("x", value);
    e.add_copy(name);
    name.assign(name.size(), '?');
    value.assign(value.size(), '?');
  }
  std::string const n = "a-name-that-is-not-in-the-string-itself";
  std::string const v = "a value that is not in the string itself";
  CHECK(tree.str() == "<r>\n  <" + n + " " + n + "='" + v + "' x='" + v + "'>" + v + "<" + n +
                          "/></" + n + ">\n</r>\n");
}

TEST_CASE("tree: text is replaced, also by nothing") {
  Tree tree("r");
  tree.root().set_text("one");
  tree.root().set_text(22);
  CHECK(tree.str() == "<r>22</r>\n");
  tree.root().set_text("");
  CHECK(tree.str() == "<r/>\n");
}

TEST_CASE("tree: nothing is laid out beside text") {
  Tree tree("r");
  Element& p = tree.root().add("p", "one ");
  p.add("b", "two").add("i").add("u");
  p.add("c");
  tree.root().add("q");
  CHECK(tree.str() == "<r>\n  <p>one <b>two<i><u/></i></b><c/></p>\n  <q/>\n</r>\n");
  p.set_text("x");
  CHECK(p.str() == "<p>x<b>two<i><u/></i></b><c/></p>\n");
  p.set_text(" \n");
  CHECK(p.str() == "<p>\n  <b>two<i><u/></i></b>\n  <c/>\n</p>\n");
}

TEST_CASE("tree: the five characters have their names in text and attributes") {
  std::string const escaped = "&lt;&gt;&amp;&apos;&quot;";
  CHECK(with_text("<>&'\"") == "<a>" + escaped + "</a>\n");
  CHECK(with_attribute("<>&'\"") == "<a b='" + escaped + "'/>\n");
  // Wherever it stands among others, in strings of any length.
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (auto const& [c, name] :
           {std::pair{'<', "&lt;"}, std::pair{'>', "&gt;"}, std::pair{'&', "&amp;"},
            std::pair{'\'', "&apos;"}, std::pair{'"', "&quot;"}, std::pair{'\r', "&#13;"}}) {
        std::string value(size, 'x');
        value[at] = c;
        std::string expected(size, 'x');
        expected.replace(at, 1, name);
        REQUIRE(with_text(value) == "<a>" + expected + "</a>\n");
        REQUIRE(with_attribute(value) == "<a b='" + expected + "'/>\n");
      }
    }
  }
}

TEST_CASE("tree: every other character of ASCII stands for itself, at any place") {
  for (int c = 0x20; c < 0x80; ++c) {
    if ("<>&'\""s.find(static_cast<char>(c)) != std::string::npos) continue;
    for (std::size_t size = 1; size < 20; ++size) {
      std::string const value(size, static_cast<char>(c));
      REQUIRE(with_attribute(value) == "<a b='" + value + "'/>\n");
    }
  }
}

TEST_CASE("tree: white space is kept through a reader, or raw when that is asked for") {
  CHECK(with_text("a\tb\nc\rd") == "<a>a\tb\nc&#13;d</a>\n");
  CHECK(with_attribute("a\tb\nc\rd") == "<a b='a&#9;b&#10;c&#13;d'/>\n");
  print_options const raw{.raw_whitespace = true};
  CHECK(with_text("a\tb\nc\rd", raw) == "<a>a\tb\nc\rd</a>\n");
  CHECK(with_attribute("a\tb\nc\rd", raw) == "<a b='a\tb\nc\rd'/>\n");
}

TEST_CASE("tree: what XML cannot carry is replaced, dropped or refused") {
  for (std::string const& bad : {"\0"s, "\1"s, "\x1F"s, "\xEF\xBF\xBE"s, "\xEF\xBF\xBF"s}) {
    std::string const value = "x" + bad + "y";
    CHECK(with_text(value) == "<a>x\xEF\xBF\xBDy</a>\n");
    CHECK(with_attribute(value) == "<a b='x\xEF\xBF\xBDy'/>\n");
    CHECK(with_text(value, {.forbidden = forbidden_policy::drop}) == "<a>xy</a>\n");
    CHECK_THROWS_AS(with_text(value, {.forbidden = forbidden_policy::refuse}), invalid_argument);
  }
  CHECK(with_attribute("\t\x7F", {.forbidden = forbidden_policy::drop}) == "<a b='&#9;\x7F'/>\n");
  CHECK(with_attribute("\t\n\r\2", {.forbidden = forbidden_policy::drop, .raw_whitespace = true}) ==
        "<a b='\t\n\r'/>\n");
}

TEST_CASE("tree: what is no UTF-8 is replaced, passed or refused") {
  for (std::string const& good : {"\xC2\x80"s, "\xDF\xBF"s, "\xE0\xA0\x80"s, "\xED\x9F\xBF"s,
                                  "\xEE\x80\x80"s, "\xF0\x90\x80\x80"s, "\xF4\x8F\xBF\xBF"s}) {
    CHECK(with_text(good, {.invalid_utf8 = utf8_policy::refuse}) == "<a>" + good + "</a>\n");
    CHECK(with_attribute(good + "'") == "<a b='" + good + "&apos;'/>\n");
  }
  std::string const u = "\xEF\xBF\xBD";
  for (auto const& [bad, replaced] :
       {std::pair{"\x80"s, u}, std::pair{"\xC0\x80"s, u + u}, std::pair{"\xC2"s, u},
        std::pair{"\xE0\x9F\xBF"s, u + u + u}, std::pair{"\xED\xA0\x80"s, u + u + u},
        std::pair{"\xE2\x82"s, u + u}, std::pair{"\xF0\x8F\xBF\xBF"s, u + u + u + u},
        std::pair{"\xF4\x90\x80\x80"s, u + u + u + u}, std::pair{"\xF5"s, u}, std::pair{"\xFF"s, u},
        std::pair{"\xC2x"s, u + "x"}, std::pair{"\xC2<"s, u + "&lt;"}}) {
    CAPTURE(bad);
    CHECK(with_text(bad) == "<a>" + replaced + "</a>\n");
    CHECK_THROWS_AS(with_text(bad, {.invalid_utf8 = utf8_policy::refuse}), invalid_argument);
  }
  CHECK(with_text("\xFF\xC2<\x01", {.forbidden = forbidden_policy::drop,
                                    .invalid_utf8 = utf8_policy::pass}) == "<a>\xFF\xC2&lt;</a>\n");
}

TEST_CASE("tree: a refusal says what and where, and leaves the string as it was") {
  Tree tree("a");
  tree.root().add("b", "ab\x05");
  std::string out = "before";
  try {
    tree.append_to(out, {.forbidden = forbidden_policy::refuse});
    FAIL("nothing was thrown");
  } catch (invalid_argument const& e) {
    CHECK(e.problem().find("position 2") != std::string::npos);
  }
  CHECK(out == "before");
}

TEST_CASE("tree: elements are copied from another tree with all they hold") {
  Tree copy("r");
  {
    Tree source("s");
    Element& e = source.root().add_copy("e", "t ");
    e.set_copy("k", "v").add("f").add("g", "h");
    copy.root().add("first");
    Element& copied = copy.root().copy_from(e);
    CHECK(copied == e);
    CHECK(copied.parent() == &copy.root());
    copied.set("more", "1");
    CHECK_FALSE(e.attribute("more"));
  }
  CHECK(copy.str() == "<r>\n  <first/>\n  <e k='v' more='1'>t <f><g>h</g></f></e>\n</r>\n");
  CHECK(Tree(*copy.root().child("e")).str() == "<e k='v' more='1'>t <f><g>h</g></f></e>\n");
  CHECK(Tree(copy.root()) == copy);
}

TEST_CASE("tree: an element is copied into what it holds") {
  Tree tree("r");
  Element& a = tree.root().add("a");
  a.add("b").copy_from(tree.root());
  CHECK(tree.str() ==
        "<r>\n  <a>\n    <b>\n      <r>\n        <a>\n          <b/>\n        </a>\n      </r>\n"
        "    </b>\n  </a>\n</r>\n");
}

TEST_CASE("tree: namespaces are those of the attributes above, also in copies") {
  Tree source("d");
  source.root().set("xmlns", "u:d").set("xmlns:v", "u:v").set("xmlns:unused", "u:x");
  Element& e = source.root().add("v:e");
  e.add("f").set("v:k", "1").set("xml:lang", "en");
  CHECK(e.ns_uri() == "u:v");
  CHECK(e.local_name() == "e");
  CHECK(e.prefix() == "v");
  CHECK(e.child("f")->ns_uri() == "u:d");
  CHECK(e.child("f")->prefix().empty());
  CHECK(e.child("f")->local_name() == "f");
  CHECK(e.add("w:x").ns_uri().empty());
  CHECK(e.add("xml:x").ns_uri() == "http://www.w3.org/XML/1998/namespace");

  Tree same("d");
  same.root().set("xmlns:v", "u:v").set("xmlns", "u:d");
  CHECK(same.root().copy_from(e) == e);

  Tree other("r");
  other.root().set("xmlns:v", "u:another");
  Element const& copied = other.root().copy_from(e);
  CHECK(copied.attribute("xmlns:v") == "u:v");
  CHECK(copied.attribute("xmlns") == "u:d");
  CHECK_FALSE(copied.attribute("xmlns:unused"));
  CHECK(copied.ns_uri() == "u:v");
  CHECK(copied.child("f")->ns_uri() == "u:d");

  Tree plain("p");
  CHECK(source.root().copy_from(plain.root()).attribute("xmlns") == "");
}

TEST_CASE("tree: elements differ by name, attributes, their order, text, its place and children") {
  auto const tree = [](std::string_view text) { return Tree::parse(text); };
  CHECK(tree("<a/>") == tree("<a></a>"));
  CHECK(tree("<a>\n<b/> </a>") == tree("<a><b/></a>"));
  char const* const all[] = {"<a/>",
                             "<b/>",
                             "<a k='1'/>",
                             "<a k='2'/>",
                             "<a k='1' l=''/>",
                             "<a l='' k='1'/>",
                             "<a>t</a>",
                             "<a>t<b/></a>",
                             "<a><b/>t</a>",
                             "<a><b/></a>",
                             "<a><b/><b/></a>",
                             "<a><b><b/></b></a>",
                             "<a><b/><c/></a>",
                             "<a><b><c/></b></a>",
                             "<a> </a>"};
  for (auto const* x : all)
    for (auto const* y : all) {
      CAPTURE(x);
      CAPTURE(y);
      CHECK((tree(x) == tree(y)) == (x == y));
    }
}

TEST_CASE("tree: a program may nest as deep as it likes") {
  Tree tree("r");
  tree.root().set_text("x");
  Element* e = &tree.root();
  for (int i = 0; i < 200'000; ++i) e = &e->add("a");
  Tree const copy(tree.root());
  CHECK(copy == tree);
  CHECK(copy.str().size() == 200'000 * 7 + 4 - 7 + 9);
  CHECK(e->ns_uri().empty());
}

TEST_CASE("tree: many and large pieces fit") {
  Tree tree("r");
  std::string const large(3'000'000, 'x');
  std::size_t expected = 8;
  for (int i = 0; i < 2000; ++i) {
    tree.root().add("e").set("k", std::string_view(large).substr(0, static_cast<std::size_t>(i)));
    expected += static_cast<std::size_t>(i) + 11;
  }
  tree.root().add("l", large);
  tree.root().add("n").set("k", large + "&");
  auto const text = tree.str();
  CHECK(text.size() > expected + 6'000'000);
  Limits limits = tree_limits;
  limits.token = 2 * large.size();
  CHECK(Tree::parse(text, {}, limits) == tree);
}
