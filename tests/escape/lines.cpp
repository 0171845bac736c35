// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What `esxctl escape` makes of a line.
#include "escape_lines.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace esxctl;
using namespace std::string_literals;

namespace {
std::string answer_of(std::string_view operation, std::string_view scheme, std::string_view line) {
  auto const* found = find_scheme(scheme);
  REQUIRE(found != nullptr);
  auto const run = found->operation(operation);
  REQUIRE(static_cast<bool>(run));
  return answer(line, run);
}
}  // namespace

TEST_CASE("escapes of C") {
  CHECK(text_of_line("plain") == "plain");
  CHECK(text_of_line("") == "");
  CHECK(text_of_line("<empty>") == "");
  CHECK(text_of_line(R"(\303\274\t\n\r\\\"\'\?)") == "\xC3\xBC\t\n\r\\\"'?");
  CHECK(text_of_line(R"(\xC3\xbc1\x4)") ==
        "\xC3\xBC"
        "1\x04");
  CHECK(text_of_line(R"(\0\1234\18)") == "\0S4\0018"s);
  for (std::string_view const bad : {R"(\)", R"(a\q)", R"(\x)", R"(\xg)", R"(\400)", R"(\8)"})
    CHECK(text_of_line(bad) == std::nullopt);
}

TEST_CASE("every byte has a place on a line") {
  for (int i = 0; i < 256; ++i) {
    std::string const text = std::string(1, static_cast<char>(i)) + "7";
    auto const line = line_of_text(text);
    CHECK(text_of_line(line) == text);
    CHECK(line.find_first_of("\n\r") == std::string::npos);
  }
  CHECK(line_of_text("") == "<empty>");
  CHECK(line_of_text(std::nullopt) == "<error>");
  CHECK(line_of_text("\xC3\xBC\t\n\r\\\"'\x7F\x01") == R"(\303\274\t\n\r\\\"'\177\001)");
}

TEST_CASE("operations of schemes") {
  CHECK(answer_of("encode", "percent", "a/b") == "a%2fb");
  CHECK(answer_of("decode", "percent", "%") == "<error>");
  CHECK(answer_of("decode-lenient", "percent", "%5C%2F%") == R"(\\/%)");
  CHECK(answer_of("decode", "pipe", "|0A") == R"(\n)");
  CHECK(answer_of("encode", "pipe", R"(a\nb)") == "a|0ab");
  CHECK(answer_of("encode", "vmxname", R"(\"/\")") == "|22%2f|22");
  CHECK(answer_of("replace", "winpath", R"(\"*<>:|?)") == "_______");
  CHECK(answer_of("encode", "winpath", R"(C:\\x)") == R"(C_\\x)");
  CHECK(answer_of("decode", "vmbase64", "+fg-") == "~");
  CHECK(answer_of("decode-strict", "vmbase64", "+fg-") == "<error>");
  CHECK(answer_of("encode", "dsitem", R"(\303\274)") == "+w7w");
  CHECK(answer_of("decode", "uri", "%C3%BC") == R"(\303\274)");
  CHECK(answer_of("encode", "xml", "<x>") == "&lt;x&gt;");
  CHECK(answer_of("encode", "windows1252", R"(\342\202\254)") == R"(\200)");
  CHECK(answer_of("decode", "windows1252", R"(\177\t)") == R"(\177\t)");
  CHECK(answer_of("parse", "dspath", "[d] /x") == R"(d\t\t/x)");
  CHECK(answer_of("decode", "dspath", "[] x") == "<error>");
  CHECK(answer_of("encode", "percent", "<empty>") == "<empty>");
  CHECK(answer_of("encode", "percent", R"(\q)") == "<error>");
}

TEST_CASE("what there is not") {
  CHECK(find_scheme("rot13") == nullptr);
  CHECK(!find_scheme("winpath")->operation("decode"));
  CHECK(!find_scheme("dspath")->operation("encode"));
  CHECK(!find_scheme("percent")->operation("twist"));
}
