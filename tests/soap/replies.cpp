// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Envelopes: what a reply may look like around its content, and what is no reply.
#include "soap/sample.hpp"
#include "soap/support.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace esxvi;
using namespace esxvi::test;
using sample::Point;

namespace {
template <class T = void> errc refusal(std::string_view text) {
  try {
    static_cast<void>(decode_document<T>(text));
  } catch (error const& e) {
    CHECK(e.operation() == "Test");
    CHECK(e.target() == "a server");
    CHECK(e.delivered() == delivery::answered);
    return e.code();
  }
  FAIL("accepted");
  return {};
}
std::string problem_of(std::string_view text) {
  try {
    decode_document<void>(text);
  } catch (error const& e) {
    return e.problem();
  }
  return "none";
}
}  // namespace

TEST_CASE("a method without result answers with an empty element") {
  CHECK_NOTHROW(decode_document<void>(reply_with("")));
  CHECK_NOTHROW(decode_document<void>(envelope("<TestResponse/>")));
  CHECK_NOTHROW(decode_document<void>(reply_with("<returnval>whatever</returnval>")));
}

TEST_CASE("a result that always comes must not be missing") {
  CHECK_THROWS_AS(decode<std::int32_t>(""), truncated_reply);
  CHECK_THROWS_AS(decode<Point>("<unknown/>"), truncated_reply);
  CHECK_THROWS_AS(decode<Ref<Point>>(""), truncated_reply);
}

TEST_CASE("a result may be one, none or many") {
  CHECK(decode<std::int32_t>("<returnval>5</returnval>") == 5);
  CHECK(decode<bool>("<returnval>1</returnval>"));
  CHECK(decode<std::string>("<returnval>a b</returnval>") == "a b");
  CHECK(decode<DateTime>("<returnval>2026-11-22T10:32:09Z</returnval>").to_string() ==
        "2026-11-22T10:32:09Z");
  CHECK(decode<std::optional<Point>>("<returnval><x>1</x></returnval>")->x == 1);
  CHECK_FALSE(decode<std::optional<Point>>("").has_value());
  CHECK(decode<std::vector<Point>>(
            "<returnval><x>1</x></returnval><returnval><x>2</x></returnval>")[1]
            .x == 2);
  CHECK(decode<std::vector<Point>>("").empty());
  CHECK(decode<Ref<Point>>("<returnval type=\"Other\">o-1</returnval>").type() == "Other");
  CHECK(decode<Any>("<returnval xsi:type=\"xsd:boolean\">true</returnval>").is<bool>());
  CHECK_FALSE(decode<Any>("").has_value());
}

TEST_CASE("a header is skipped, even one that looks like a body") {
  CHECK(decode_document<std::int32_t>(
            "<e:Envelope "
            "xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header><returnval>1</returnval>"
            "<TestResponse><returnval>2</returnval></TestResponse><e:Fault/></e:Header>"
            "<e:Body><TestResponse "
            "xmlns='urn:vim25'><returnval>3</returnval></TestResponse></e:Body></e:Envelope>") ==
        3);
}

TEST_CASE("blanks and comments around the elements of the envelope mean nothing") {
  CHECK(decode_document<std::int32_t>(
            "<?xml version='1.0'?>\n<!-- a --> <soapenv:Envelope>\n "
            "<soapenv:Body>\n\t<TestResponse>\n<returnval>3</returnval>\n"
            "</TestResponse>\n</soapenv:Body>\n</soapenv:Envelope>\n<!-- z -->\n") == 3);
}

TEST_CASE("only the first answer counts") {
  auto const two = envelope(
      "<TestResponse><returnval>1</returnval></TestResponse><TestResponse><returnval>2</"
      "returnval></TestResponse>");
  CHECK(decode_document<std::vector<std::int32_t>>(two) == std::vector<std::int32_t>{1});
  std::string const bodies =
      "<Envelope><Body><TestResponse><returnval>1</returnval></TestResponse></Body>"
      "<Body><TestResponse><returnval>2</returnval></TestResponse></Body></Envelope>";
  CHECK(decode_document<std::vector<std::int32_t>>(bodies) == std::vector<std::int32_t>{1});
}

TEST_CASE("an element beside the answer does no harm") {
  CHECK(
      decode_document<std::int32_t>(envelope(
          "<Other><x/></Other><TestResponse><returnval>1</returnval></TestResponse><Another/>")) ==
      1);
}

TEST_CASE("an envelope without an answer is no reply") {
  CHECK(refusal(envelope("")) == errc::not_soap);
  CHECK(problem_of(envelope("")) == "the reply holds nothing instead of <TestResponse>");
  CHECK(refusal("<soapenv:Envelope/>") == errc::not_soap);
  CHECK(refusal("<soapenv:Envelope><soapenv:Header/></soapenv:Envelope>") == errc::not_soap);
}

TEST_CASE("the answer to another method is no reply") {
  CHECK(refusal(envelope("<LoginResponse><returnval/></LoginResponse>")) == errc::not_soap);
  CHECK(problem_of(envelope("<LoginResponse/>")) ==
        "the reply holds <LoginResponse> instead of <TestResponse>");
  CHECK(refusal(envelope("<Test/>")) == errc::not_soap);
  CHECK(refusal(envelope("<testResponse/>")) == errc::not_soap);
}

TEST_CASE("a document that is no envelope is refused at its first element") {
  CHECK(refusal("<html><body>502</body></html>") == errc::not_soap);
  CHECK(refusal("<root/>") == errc::not_soap);
  soap::Reply<void> reply;
  soap::ReplyDecoder decoder("TestResponse", {reflect::type_of<soap::Reply<void>>(), &reply},
                             {"Test", "a server"});
  CHECK_THROWS_AS(decoder.feed("<html><head>and so on"), not_soap);
  CHECK(problem_of("<root/>").find("no SOAP envelope but <root>") != std::string::npos);
}

TEST_CASE("bad documents keep their own errors, with what was asked of whom") {
  CHECK(refusal("") == errc::empty_reply);
  CHECK(refusal(" \n") == errc::empty_reply);
  CHECK(refusal("Bad Gateway") == errc::not_soap);
  CHECK(refusal("<!DOCTYPE html><html></html>") == errc::not_soap);
  CHECK(refusal("<!DOCTYPE x><x/>") == errc::dtd_refused);
  CHECK(refusal(envelope("<TestResponse></Test>")) == errc::malformed_xml);
  CHECK(refusal(reply_with("\xFF")) == errc::invalid_encoding);
  CHECK(refusal(reply_with("\x01")) == errc::invalid_character);
  CHECK(refusal(reply_with("").substr(0, 300)) == errc::truncated_reply);
  CHECK(refusal<std::int32_t>(reply_with("<returnval>x</returnval>")) == errc::value_out_of_range);
}

TEST_CASE("nesting of unknown or skipped content has the same limit") {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  CHECK(refusal(reply_with(deep)) == errc::limit_exceeded);
  CHECK_THROWS_AS(decode<Point>("<returnval>" + deep), limit_exceeded);
  CHECK_THROWS_AS(decode<Any>("<returnval>" + deep), limit_exceeded);
}

TEST_CASE("the number of bytes and elements is told") {
  auto const text = reply_with("<returnval>1</returnval>");
  soap::Reply<std::int32_t> reply;
  soap::ReplyDecoder decoder("TestResponse",
                             {reflect::type_of<soap::Reply<std::int32_t>>(), &reply}, {});
  decoder.feed(text);
  decoder.finish();
  CHECK(decoder.bytes() == text.size());
  CHECK(decoder.counts().elements == 4);
}
