// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Every codec against texts whose encoded form is known: when the test is compiled and when it
// runs.
#include "escape/vectors.hpp"

#include "escape/codecs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

using namespace esxvi;
using test::Buffer;
using test::Vector;

namespace {

template <class Codec> struct encode {
  static constexpr bool holds(Vector const& v) {
    auto const why = Codec::encode_fault(v.input);
    if (why.has_value() != !v.output) return false;
    if (why) return Codec::needs_encoding(v.input) && why->position <= v.input.size();
    Buffer out;
    out.end_at(Codec::encode_to(v.input, out.bytes.data()));
    return out.text() == v.output && out.size == Codec::encoded_size(v.input) &&
           Codec::needs_encoding(v.input) == (v.input != v.output);
  }
  static constexpr auto string(std::string_view text) { return Codec::try_encode(text); }
};

template <class Codec> struct decode {
  static constexpr bool holds(Vector const& v) {
    Buffer out;
    auto const result = Codec::decode_to(v.input, out.bytes.data());
    out.end_at(result.out);
    auto const size = Codec::decoded_size(v.input);
    if (!v.output)
      return !result && !size && result.error == Codec::decode_fault(v.input) &&
             result.error->position < v.input.size() && out.size == 0 &&
             out.bytes == Buffer{}.bytes;
    return result && out.text() == v.output && size == out.size && !Codec::decode_fault(v.input);
  }
  static constexpr auto string(std::string_view text) { return Codec::try_decode(text); }
};

template <class Codec> struct decode_lenient {
  static constexpr bool holds(Vector const& v) {
    Buffer out;
    out.end_at(Codec::decode_lenient_to(v.input, out.bytes.data()));
    return out.text() == v.output && Codec::decoded_size_lenient(v.input) == out.size;
  }
  static constexpr auto string(std::string_view text) {
    return std::optional(Codec::decode_lenient(text));
  }
};

// Index of the first vector that does not hold.
template <class Operation, std::size_t Size>
constexpr std::size_t first_wrong(Vector const (&all)[Size]) {
  return static_cast<std::size_t>(std::find_if_not(all, all + Size, Operation::holds) - all);
}
template <class Operation, std::size_t Size>
constexpr std::size_t first_wrong_string(Vector const (&all)[Size]) {
  auto const holds = [](Vector const& v) { return Operation::string(v.input) == v.output; };
  return static_cast<std::size_t>(std::find_if_not(all, all + Size, holds) - all);
}

// g++ evaluates the forms that return std::string as well.
#if defined(__clang__)
  #define ESXVI_STRINGS_HOLD(OPERATION, VECTORS) static_assert(true)
#else
  #define ESXVI_STRINGS_HOLD(OPERATION, VECTORS) \
    static_assert(first_wrong_string<OPERATION>(VECTORS) == std::size(VECTORS))
#endif
#define ESXVI_HOLDS(OPERATION, VECTORS)                                 \
  static_assert(first_wrong<OPERATION>(VECTORS) == std::size(VECTORS)); \
  ESXVI_STRINGS_HOLD(OPERATION, VECTORS);                               \
  CHECK(first_wrong<OPERATION>(VECTORS) == std::size(VECTORS));         \
  CHECK(first_wrong_string<OPERATION>(VECTORS) == std::size(VECTORS))

}  // namespace

TEST_CASE("percent") {
  ESXVI_HOLDS(encode<escape::percent>, test::percent_encode);
  ESXVI_HOLDS(decode<escape::percent>, test::percent_decode);
  ESXVI_HOLDS(decode_lenient<escape::percent>, test::percent_decode_lenient);
}

TEST_CASE("pipe") {
  ESXVI_HOLDS(encode<escape::pipe>, test::pipe_encode);
  ESXVI_HOLDS(decode<escape::pipe>, test::pipe_decode);
}

TEST_CASE("vmxname") {
  ESXVI_HOLDS(encode<escape::vmxname>, test::vmxname_encode);
  ESXVI_HOLDS(decode<escape::vmxname>, test::vmxname_decode);
}

TEST_CASE("winpath") { ESXVI_HOLDS(encode<escape::winpath>, test::winpath_encode); }

TEST_CASE("vmbase64") {
  ESXVI_HOLDS(encode<escape::vmbase64>, test::vmbase64_encode);
  ESXVI_HOLDS(decode<escape::vmbase64>, test::vmbase64_decode);
  for (auto const& v : test::vmbase64_decode_canonical) {
    CAPTURE(v.input);
    CHECK(escape::vmbase64::try_decode_canonical(v.input) == v.output);
  }
}

TEST_CASE("datastore items") {
  ESXVI_HOLDS(encode<escape::dsitem>, test::dsitem_encode);
  ESXVI_HOLDS(decode<escape::dsitem>, test::dsitem_decode);
  for (auto const& v : test::dsitem_encode) {
    CAPTURE(v.input);
    CHECK(escape::dsitem::decode(*v.output) == escape::winpath::encode(v.input));
  }
}

TEST_CASE("windows-1252") {
  ESXVI_HOLDS(decode<escape::windows1252>, test::windows1252_decode);
  ESXVI_HOLDS(encode<escape::windows1252>, test::windows1252_encode);
}

TEST_CASE("URI components and paths") {
  ESXVI_HOLDS(encode<escape::uri>, test::uri_encode);
  ESXVI_HOLDS(decode<escape::uri>, test::uri_decode);
  static constexpr Vector paths[] = {{"", ""},
                                     {"dir/file.vmx", "dir/file.vmx"},
                                     {"/a b/~c/", "/a%20b/~c/"},
                                     {"a//\xC3\xBC%", "a//%C3%BC%25"}};
  ESXVI_HOLDS(encode<escape::uri_path>, paths);
}

TEST_CASE("XML") {
  ESXVI_HOLDS(encode<escape::xml_entities>, test::xml_encode);
  static constexpr Vector all_five[] = {{"& < > \" '", "&amp; &lt; &gt; &quot; &apos;"},
                                        {"\t\r\n", "&#9;&#13;&#10;"},
                                        {"\x7F\xC2\x80", "\x7F\xC2\x80"},
                                        {"\x01", std::nullopt},
                                        {"ab\x1F", std::nullopt},
                                        {"\xC3", std::nullopt},
                                        {"\xEF\xBF\xBE", std::nullopt},   // U+FFFE
                                        {"\xED\xA0\x80", std::nullopt}};  // a surrogate
  ESXVI_HOLDS(encode<escape::xml_entities>, all_five);
  static constexpr Vector back[] = {{"&amp;amp;", "&amp;"},
                                    {"&lt;x&gt;&quot;&apos;", "<x>\"'"},
                                    {"&#65;&#x42;&#x1F600;", "AB\xF0\x9F\x98\x80"},
                                    {"&#xfC;&#xFC;", "\xC3\xBC\xC3\xBC"},
                                    {"&#0000065;", "A"},
                                    {"a > b ]] 'c' \"d\"\n", "a > b ]] 'c' \"d\"\n"},
                                    {"&", std::nullopt},
                                    {"&;", std::nullopt},
                                    {"&#;", std::nullopt},
                                    {"&#x;", std::nullopt},
                                    {"&#X41;", std::nullopt},
                                    {"&#4A;", std::nullopt},
                                    {"&#65", std::nullopt},
                                    {"&#0;", std::nullopt},
                                    {"&#x1F;", std::nullopt},
                                    {"&#xD800;", std::nullopt},
                                    {"&#xFFFE;", std::nullopt},
                                    {"&#x110000;", std::nullopt},
                                    {"&#99999999999999999999;", std::nullopt},
                                    {"&nbsp;", std::nullopt},
                                    {"&AMP;", std::nullopt},
                                    {"a<b", std::nullopt},
                                    {"\x02", std::nullopt},
                                    {"\xFF", std::nullopt}};
  ESXVI_HOLDS(decode<escape::xml_entities>, back);
  static constexpr Vector kept[] = {{"AT&T &amp; <b> &#0; \xFF\x01", "AT&T & <b> &#0; \xFF\x01"}};
  ESXVI_HOLDS(decode_lenient<escape::xml_entities>, kept);
}

TEST_CASE("control characters are escaped in VMX values only") {
  static constexpr Vector values[] = {{"a\nb\tc\r\x7F\x1F", "a|0ab|09c|0d|7f|1f"},
                                      {"\xC2\x80\x80\xFF ", "\xC2\x80\x80\xFF "}};
  ESXVI_HOLDS(encode<escape::pipe>, values);
  ESXVI_HOLDS(encode<escape::vmxname>, values);
  static constexpr Vector names[] = {{"a\nb\x7F", "a\nb\x7F"}};
  ESXVI_HOLDS(encode<escape::percent>, names);
}

TEST_CASE("NUL: VMX values refuse it, only a URI escapes it") {
  using namespace std::string_view_literals;
  static constexpr Vector refused[] = {{"\0"sv, std::nullopt}, {"|\0/\n"sv, std::nullopt}};
  ESXVI_HOLDS(encode<escape::pipe>, refused);
  ESXVI_HOLDS(encode<escape::vmxname>, refused);
  ESXVI_HOLDS(encode<escape::xml_entities>, refused);
  static constexpr Vector escaped[] = {{"a\0b"sv, "a%00b"}};
  ESXVI_HOLDS(encode<escape::uri>, escaped);
  static constexpr Vector read[] = {{"a%00b", "a\0b"sv}};
  ESXVI_HOLDS(decode<escape::uri>, read);
  static constexpr Vector malformed[] = {{"%00", std::nullopt}, {"%7c00", std::nullopt}};
  ESXVI_HOLDS(decode<escape::vmxname>, malformed);
}

TEST_CASE("lenient decoding keeps what is malformed, and nothing else") {
  static constexpr Vector percent[] = {{"%", "%"},     {"%0", "%0"},       {"%00%2f", "%00/"},
                                       {"%%2f", "%/"}, {"%g0%G", "%g0%G"}, {"%2%25", "%2%"}};
  ESXVI_HOLDS(decode_lenient<escape::percent>, percent);
  static constexpr Vector pipe[] = {{"||7c|", "|||"}, {"|00|0A", "|00\n"}};
  ESXVI_HOLDS(decode_lenient<escape::pipe>, pipe);
  static constexpr Vector vmxname[] = {{"%7c41%", "A%"}, {"%7C%zz", "|%zz"}, {"|2%35", "%"}};
  ESXVI_HOLDS(decode_lenient<escape::vmxname>, vmxname);
  static constexpr Vector vmbase64[] = {
      {"c++", "c++"}, {"+", "+"}, {"+fn5+f", "+fn5+f"}, {"a+b c+fg", "a+b c~"}};
  ESXVI_HOLDS(decode_lenient<escape::vmbase64>, vmbase64);
  static constexpr Vector dsitem[] = {{"c++", "c++"}, {"a+JQ-2", "a%2"}, {"%2f+JQ-2f", "//"}};
  ESXVI_HOLDS(decode_lenient<escape::dsitem>, dsitem);
  static constexpr Vector windows[] = {
      {"\x81\x8D\x8F\x90\x9D", "\xC2\x81\xC2\x8D\xC2\x8F\xC2\x90\xC2\x9D"},
      {"\x80", "\xE2\x82\xAC"}};
  ESXVI_HOLDS(decode_lenient<escape::windows1252>, windows);
}
