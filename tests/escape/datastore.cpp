// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Paths on datastores, names of new files, and where HTTP serves them.
#include "escape/vectors.hpp"

#include <esxvi/escape/datastore_item.hpp>
#include <esxvi/escape/datastore_path.hpp>
#include <esxvi/escape/uri.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace esxvi;
using namespace std::string_literals;
using escape::datastore_path;
using escape::datastore_path_view;

static_assert(datastore_path_view::parse("[ds1] a/b.vmdk").directory() == "a");
static_assert(datastore_path_view::parse("[ds1] b.vmdk").directory().empty());
static_assert(!datastore_path_view::try_parse("[] b.vmdk"));

TEST_CASE("datastore paths are taken apart") {
  for (auto const& v : test::datastore_path_parse) {
    CAPTURE(v.input);
    auto const found = datastore_path_view::try_parse(v.input);
    CHECK(found.has_value() == v.output.has_value());
    if (!found || !v.output) {
      CHECK_THROWS_AS(static_cast<void>(datastore_path_view::parse(v.input)), invalid_argument);
      continue;
    }
    std::string columns(found->datastore);
    columns.append("\t").append(found->directory_or_path()).append("\t").append(found->path);
    CHECK(columns == *v.output);
    CHECK(datastore_path::parse(v.input).view() == *found);
  }
}

TEST_CASE("a file in the root has no directory") {
  auto const file = datastore_path_view::parse("[ds] file.iso");
  CHECK(file.directory().empty());
  CHECK(file.directory_or_path() == "file.iso");
  CHECK(file.file_name() == "file.iso");
  auto const deep = datastore_path_view::parse("[ds] a/b/c.iso");
  CHECK(deep.directory() == "a/b");
  CHECK(deep.file_name() == "c.iso");
  CHECK(datastore_path_view::parse("[ds] a/").file_name().empty());
}

TEST_CASE("odd datastore paths") {
  auto const is = [](std::string_view text, std::string_view datastore, std::string_view path) {
    return datastore_path_view::try_parse(text) == datastore_path_view{datastore, path};
  };
  CHECK(is("[ds]x", "ds", "x"));
  CHECK(is("[ds]  a/b ", "ds", "a/b "));
  CHECK(is("[ds]\tx", "ds", "\tx"));
  CHECK(is("[a]]b", "a", "]b"));
  CHECK(is("[ds][x] y", "ds", "[x] y"));
  CHECK(is("[ ] x", " ", "x"));
  CHECK(is("[[ds] x", "[ds", "x"));
  for (std::string_view const bad : {"", "[", "]", "[ds", " [ds] x", "[]", "ds] x"})
    CHECK(!datastore_path_view::try_parse(bad));
}

TEST_CASE("what is wrong with a datastore path is said") {
  auto const problem = [](std::string_view text) {
    try {
      static_cast<void>(datastore_path::parse(text));
    } catch (invalid_argument const& e) {
      CHECK(e.target() == text);
      return e.problem();
    }
    return ""s;
  };
  CHECK(problem("a/b") == "it does not start with '['");
  CHECK(problem("[] a/b") == "the name of the datastore is empty");
  CHECK(problem("[ds a/b") == "it has no ']' after the datastore");
}

TEST_CASE("datastore paths are put together") {
  CHECK(datastore_path{"ds", "a/b.vmx"}.format() == "[ds] a/b.vmx");
  CHECK(datastore_path{"ds", ""}.format() == "[ds]");
  for (std::string_view const text : {"[ds] a/b", "[ds]", "[ds] a/ b ", "[a] ]b", "[d] /x"})
    CHECK(datastore_path::parse(text).format() == text);
  CHECK(datastore_path{"ds", ""}.join("a") == datastore_path{"ds", "a"});
  CHECK(datastore_path{"ds", "a"}.join("b.vmx") == datastore_path{"ds", "a/b.vmx"});
  CHECK(datastore_path{"ds", "a/"}.join("b/c") == datastore_path{"ds", "a/b/c"});
  for (auto const& path :
       {datastore_path{"", "a"}, datastore_path{"d]s", "a"}, datastore_path{"ds", " a"}})
    CHECK_THROWS_AS(static_cast<void>(path.format()), invalid_argument);
}

TEST_CASE("paths that no file can be created at") {
  for (auto const& path : {"a", "a/b.vmdk", "...", "a b/ c"})
    CHECK_NOTHROW(datastore_path{"ds", path}.check_for_writing());
  for (auto const& path :
       {""s, "/a"s, "a/"s, "a//b"s, "."s, ".."s, "a/../b"s, "./a"s, "a/.."s, "a\0b"s, " a"s}) {
    CAPTURE(path);
    CHECK_THROWS_AS((datastore_path{"ds", path}.check_for_writing()), invalid_argument);
  }
  CHECK_THROWS_AS((datastore_path{"", "a"}.check_for_writing()), invalid_argument);
  CHECK_THROWS_AS((datastore_path{"d\0s"s, "a"}.check_for_writing()), invalid_argument);
}

TEST_CASE("names of new files") {
  CHECK(escape::datastore_item("~.vmx") == "+fg-.vmx");
  CHECK(escape::dsitem::decode("+fg.vmx") == "~.vmx");
  CHECK(escape::datastore_item("a/b") == "a+JQ-2fb");
  CHECK(escape::datastore_item("...") == "...");
  for (auto const& name : {""s, "."s, ".."s, "a\0b"s})
    CHECK_THROWS_AS(static_cast<void>(escape::datastore_item(name)), invalid_argument);

  CHECK(escape::datastore_item_path("a") == "a");
  CHECK(escape::datastore_item_path("a:b/~/c.vmdk") == "a_b/+fg/c.vmdk");
  for (auto const& path : {""s, "/a"s, "a/"s, "a//b"s, "a/./b"s, "../a"s, "a/\0"s})
    CHECK_THROWS_AS(static_cast<void>(escape::datastore_item_path(path)), invalid_argument);
  CHECK_THROWS_WITH(static_cast<void>(escape::datastore_item_path("ab/..")),
                    doctest::Contains("position 3"));
}

TEST_CASE("where HTTP serves files and screens") {
  using escape::folder_target;
  CHECK(folder_target("dir/my vm.vmx", "ha-datacenter", "ds (1)") ==
        "/folder/dir/my%20vm.vmx?dcPath=ha-datacenter&dsName=ds%20%281%29");
  CHECK(folder_target("a+b/c%", "F/DC&1", "d") == "/folder/a%2Bb/c%25?dcPath=F%2FDC%261&dsName=d");
  CHECK(folder_target("x", "", "d") == "/folder/x?dsName=d");
  CHECK(folder_target("", "DC", "d") == "/folder?dcPath=DC&dsName=d");
  for (std::string_view const path : {".", "..", "a/../b", "a/.", "./a"})
    CHECK_THROWS_AS(static_cast<void>(folder_target(path, "DC", "d")), invalid_argument);
  CHECK(folder_target("...", "", "d") == "/folder/...?dsName=d");
  CHECK(escape::screen_target("vm-12") == "/screen?id=vm-12");
  CHECK(escape::screen_target("1&x") == "/screen?id=1%26x");
}
