// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Replies that are none, or not whole: each is an exception of its own type, which says what was
// asked of whom, what came and what to do; and the next call on the same session works.
#include "session/server.hpp"

#include <esxvi/types/AboutInfo.hpp>
#include <esxvi/types/ServiceInstance.hpp>

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

vim::CurrentTime const ask{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")};

std::string time_reply(std::string_view time = "2026-01-02T03:04:05Z") {
  return response("CurrentTime", "<returnval>" + std::string(time) + "</returnval>");
}

/// The error of one call that is answered so; the call after it has to work.
template <class E>
E refused(esxvi::ScriptedTransport::Answer const& answer, esxvi::SessionOptions options = {},
          std::size_t pieces = 0) {
  Server const server;
  options.retry.attempts = 1;
  options.log_in_again = false;
  auto session = server.open(std::move(options));
  server.script->expect("CurrentTime")
      .reply(answer.status, answer.body, answer.headers)
      .pieces(pieces);
  server.script->expect("CurrentTime").reply(200, time_reply());
  E e = thrown<E>([&] { session.call(ask); });
  check_context_and_advice(e, "CurrentTime", "ServiceInstance ServiceInstance at " + service_url);
  CHECK(e.delivered() == esxvi::delivery::answered);
  CHECK(session.call(ask) == *esxvi::DateTime::parse("2026-01-02T03:04:05Z"));
  server.script->verify();
  return e;
}

esxvi::ScriptedTransport::Answer text(std::string body) { return {200, std::move(body), {}}; }
esxvi::ScriptedTransport::Answer typed(int status, std::string type, std::string body) {
  return {status, std::move(body), {{"Content-Type", std::move(type)}}};
}

std::string const page = "<html><head><title>Welcome</title></head><body>Hello<br></body></html>";

}  // namespace

TEST_CASE("a reply that ends early is truncated_reply, wherever it ends") {
  std::string const whole = time_reply();
  // An element's name, the text, an end tag, between elements.
  for (std::size_t const size :
       {whole.size() - 1, whole.find("returnval") + 3, whole.find("03:04"),
        whole.find("</CurrentTimeResponse>"), whole.find("</soapenv:Body>") + 4, std::size_t{5}}) {
    CAPTURE(size);
    auto const e = refused<esxvi::truncated_reply>(text(whole.substr(0, size)));
    CHECK(e.offset() <= size);
  }
}

TEST_CASE("a reply cut within a character or a CDATA section is truncated_reply") {
  std::string const start = time_reply().substr(0, time_reply().find("2026"));
  refused<esxvi::truncated_reply>(text(start + "\xC3"));
  refused<esxvi::truncated_reply>(text(start + "<![CDATA[2026"));
  refused<esxvi::truncated_reply>(text(start + "&am"));
  refused<esxvi::truncated_reply>(text(start + "\xC3"), {}, 1);
}

TEST_CASE("an empty reply is empty_reply") {
  refused<esxvi::empty_reply>(text(""));
  refused<esxvi::empty_reply>(text(" \r\n\n"));
}

TEST_CASE("an HTML page that says it is HTML is wrong_content_type") {
  auto const e = refused<esxvi::wrong_content_type>(typed(200, "text/html; charset=utf-8", page));
  CHECK(has(e.what(), "text/html"));
}

TEST_CASE("an HTML page that claims to be XML is not_soap") {
  CHECK(has(refused<esxvi::not_soap>(text(page)).what(), "html"));
  CHECK(has(refused<esxvi::not_soap>(text("<!DOCTYPE html>\n" + page)).what(), "HTML"));
}

TEST_CASE("a reply of any other type is wrong_content_type") {
  refused<esxvi::wrong_content_type>(typed(200, "application/json", "{}"));
}

TEST_CASE("text that is no XML at all is not_soap, and the message shows its beginning") {
  auto const e = refused<esxvi::not_soap>(text("Service unavailable\x01\n"));
  CHECK(has(e.what(), "Service unavailable"));
}

TEST_CASE("XML that is no SOAP envelope is not_soap") {
  CHECK(has(refused<esxvi::not_soap>(text("<config><a/></config>")).what(), "<config>"));
}

TEST_CASE("an envelope without a body, or with an empty one, is not_soap") {
  refused<esxvi::not_soap>(text(envelope("")));
  refused<esxvi::not_soap>(
      text("<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"/>"));
}

TEST_CASE("the reply to another method is not_soap, and both are named") {
  auto const e = refused<esxvi::not_soap>(text(login_reply()));
  CHECK(has(e.what(), "<LoginResponse>"));
  CHECK(has(e.what(), "<CurrentTimeResponse>"));
}

TEST_CASE("statuses that no SOAP reply has are errors of their own") {
  auto const to = std::vector<esxvi::http::header>{
      {"Location", "https://user:5ecret@elsewhere.example/login?token=5ecret"}};
  auto const moved = refused<esxvi::redirected>({302, "", to});
  CHECK(moved.status() == 302);
  CHECK(has(moved.what(), "elsewhere.example"));
  CHECK_FALSE(has(moved.what(), "5ecret"));
  CHECK(refused<esxvi::unauthorized>({401, page, {}}).status() == 401);
  CHECK(refused<esxvi::forbidden>({403, page, {}}).status() == 403);
  CHECK(refused<esxvi::wrong_path>({404, page, {}}).status() == 404);
  CHECK(refused<esxvi::unavailable>({503, page, {}}).status() == 503);
  CHECK(refused<esxvi::unexpected_status>({418, page, {}}).status() == 418);
  CHECK(refused<esxvi::unexpected_status>({204, "", {}}).status() == 204);
  CHECK(has(refused<esxvi::forbidden>({403, page, {}}).what(), "403"));
}

TEST_CASE("a status 500 without SOAP is server_failed") {
  CHECK(refused<esxvi::server_failed>(typed(500, "text/html", page)).status() == 500);
  CHECK(refused<esxvi::server_failed>({500, "", {}}).status() == 500);
  CHECK(refused<esxvi::server_failed>({501, "", {}}).status() == 501);
}

TEST_CASE("a status is an error even when a whole reply comes with it") {
  refused<esxvi::unavailable>({503, time_reply(), {}});
}

TEST_CASE("a fault instead of a result is a fault, also with status 200") {
  for (int const status : {500, 200}) {
    Server const server;
    auto session = server.open();
    server.script->expect("CurrentTime").reply(status, fault_reply("NotSupported"));
    server.script->expect("CurrentTime").reply(200, time_reply());
    CHECK(thrown<esxvi::fault>([&] { session.call(ask); }).type_name() == "NotSupported");
    CHECK_NOTHROW(session.call(ask));
  }
}

TEST_CASE("bytes that are no UTF-8 are invalid_encoding, with their place") {
  for (auto const* bytes : {"\xFF", "\xC3\x28", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80"}) {
    std::string const body = time_reply("x" + std::string(bytes) + "y");
    auto const e = refused<esxvi::invalid_encoding>(text(body));
    CHECK(e.offset() == body.find(bytes));
  }
}

TEST_CASE("an encoding that is not known is invalid_encoding") {
  refused<esxvi::invalid_encoding>(text("<?xml version=\"1.0\" encoding=\"X-UNHEARD-OF\"?><a/>"));
}

TEST_CASE("a control character is invalid_character, raw or escaped") {
  for (auto const* bytes : {"\x01", "\x1F", "&#1;", "&#xFFFE;", "\xEF\xBF\xBF"}) {
    CAPTURE(bytes);
    std::string const body = time_reply("x" + std::string(bytes) + "y");
    auto const e = refused<esxvi::invalid_character>(text(body));
    CHECK(e.offset() == body.find(bytes));
  }
  refused<esxvi::invalid_character>(text(time_reply(std::string("x\0y", 3))));
}

TEST_CASE("a document type declaration is dtd_refused, and no entity of it is read") {
  std::string body = time_reply("&e;");
  body.insert(body.find('\n') + 1, "<!DOCTYPE a [<!ENTITY e \"2026-01-02T03:04:05Z\">]>\n");
  refused<esxvi::dtd_refused>(text(body));
  refused<esxvi::dtd_refused>(text(body), {}, 1);
}

TEST_CASE("100,000 nested elements are limit_exceeded") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  refused<esxvi::limit_exceeded>(text(response("CurrentTime", deep)));
  refused<esxvi::limit_exceeded>(text(envelope("<CurrentTimeResponse>" + deep)));
}

TEST_CASE("the limits of a session are those that are kept") {
  std::string const long_text(200, ' ');
  auto const text_limit =
      refused<esxvi::limit_exceeded>(text(time_reply(long_text)), {.limits = {.text = 100}});
  CHECK(has(text_limit.what(), "100"));
  auto const bytes_limit = refused<esxvi::limit_exceeded>(
      text(time_reply() + std::string(3000, '\n')), {.limits = {.document = 3000}});
  CHECK(has(bytes_limit.what(), "3000"));
  std::string const tag = "<a b=\"" + std::string(3000, 'x') + "\"/>";
  refused<esxvi::limit_exceeded>(text(response("CurrentTime", tag)), {.limits = {.token = 1000}},
                                 100);
}

TEST_CASE("a value that its type cannot hold is value_out_of_range, and the value is shown") {
  auto const e = refused<esxvi::value_out_of_range>(text(time_reply("yesterday")));
  CHECK(has(e.what(), "\"yesterday\""));
  CHECK(has(e.what(), "xsd:dateTime"));
  CHECK(e.offset() != esxvi::protocol_error::no_offset);
}

TEST_CASE("markup that is wrong is malformed_xml") {
  refused<esxvi::malformed_xml>(text(response("CurrentTime", "<a></b>")));
  refused<esxvi::malformed_xml>(text(time_reply() + "<more/>"));
  refused<esxvi::malformed_xml>(text(time_reply("&unknown;")));
  refused<esxvi::malformed_xml>(text(envelope("<a b=\"1\" b=\"2\"/>")));
}

TEST_CASE("a connection that breaks off in a reply is connection_lost, and the next call works") {
  Server const server;
  auto session = server.open();
  server.script->expect("CurrentTime").reply(200, time_reply()).cut_after(time_reply().size());
  server.script->expect("CurrentTime").reply(200, time_reply());
  auto const e = thrown<esxvi::connection_lost>([&] { session.call(ask); });
  CHECK(e.delivered() == esxvi::delivery::unknown);
  check_context(e, "CurrentTime", service_url);
  CHECK_NOTHROW(session.call(ask));
}

TEST_CASE("while a session is opened the same replies throw, and nothing is left to close") {
  Server server;
  server.script = std::make_shared<esxvi::ScriptedTransport>();
  server.script->expect("RetrieveServiceContent").reply(200, page);
  auto const e = thrown<esxvi::not_soap>([&] { static_cast<void>(server.open()); });
  check_context_and_advice(e, "RetrieveServiceContent", service_url);
  CHECK(server.operations() == "RetrieveServiceContent ");
}
