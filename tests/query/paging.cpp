// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Results in pages: asking for the next one, stopping in the middle, servers that have no pages.
#include "query/objects.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <chrono>

namespace vim = esxvi::types;
using namespace esxvi::test;
using vim::VirtualMachine;

namespace {

std::string named(int from, int to) {
  std::string all;
  for (int i = from; i <= to; ++i)
    all += objects(machine("vm-" + std::to_string(i), name_is("n" + std::to_string(i))));
  return all;
}

/// A page that is not the last; what answers a cancellation.
void first_page(Opened& at) {
  at.script->expect("RetrievePropertiesEx").reply(200, page(named(1, 2), "token&amp;1"));
  at.script->when("CancelRetrievePropertiesEx")
      .reply(200, response("CancelRetrievePropertiesEx", ""));
}

bool cancels(Opened const& at, std::string_view token) {
  return has(at.last_body(), "<CancelRetrievePropertiesEx xmlns=\"urn:vim25\">"
                             "<_this type=\"PropertyCollector\">ha-property-collector</_this>"
                             "<token>" + std::string(token) + "</token>");
}

std::string plain(std::string_view objects) {
  std::string all(objects);
  for (auto const* tag : {"<objects>", "</objects>"})
    for (std::size_t at = 0; (at = all.find(tag, at)) != std::string::npos;)
      all.replace(at, std::string_view(tag).size(), tag[1] == '/' ? "</returnval>" : "<returnval>");
  return response("RetrieveProperties", all);
}

}  // namespace

TEST_CASE("a result of several pages is one result") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(named(1, 2), "token&amp;1"));
  at.script->expect("ContinueRetrievePropertiesEx").reply(200, next_page(named(3, 4), "t2"));
  at.script->expect("ContinueRetrievePropertiesEx").reply(200, next_page("", "t3"));
  at.script->expect("ContinueRetrievePropertiesEx").reply(200, next_page(named(5, 5)));
  auto const rows = at.session.retrieve<VirtualMachine, "name">({.page_size = 2});
  REQUIRE(rows.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(std::get<1>(rows[i]) == "n" + std::to_string(i + 1));
  auto const all = at.script->requests();
  REQUIRE(all.size() == 6);
  CHECK(has(all[2].body, "<maxObjects>2</maxObjects>"));
  CHECK(has(all[3].body, "<token>token&amp;1</token>"));
  CHECK(has(all[4].body, "<token>t2</token>"));
  CHECK(has(all[5].body, "<token>t3</token>"));
}

TEST_CASE("a page size of 0 leaves the choice to the server") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(""));
  static_cast<void>(at.session.retrieve<VirtualMachine, "name">({.page_size = 0}));
  CHECK_FALSE(has(at.last_body(), "maxObjects"));
  CHECK(has(at.last_body(), "<options></options>"));
}

TEST_CASE("a function that returns false ends the query, and the server is told once") {
  Opened at;
  first_page(at);
  std::string seen;
  at.session.for_each<VirtualMachine, "name">([&](auto const& row) {
    seen += std::get<1>(row);
    return false;
  });
  CHECK(seen == "n1");
  CHECK(at.asked() == "RetrievePropertiesEx CancelRetrievePropertiesEx");
  CHECK(cancels(at, "token&amp;1"));
}

TEST_CASE("stopping on a later page cancels that page's token") {
  Opened at;
  first_page(at);
  at.script->expect("ContinueRetrievePropertiesEx").reply(200, next_page(named(3, 4), "t2"));
  int seen = 0;
  at.session.for_each<VirtualMachine, "name">([&](auto const&) { return ++seen < 3; });
  CHECK(seen == 3);
  CHECK(at.asked() ==
        "RetrievePropertiesEx ContinueRetrievePropertiesEx CancelRetrievePropertiesEx");
  CHECK(cancels(at, "t2"));
}

TEST_CASE("stopping on the last page cancels nothing, for nothing is open") {
  Opened at;
  first_page(at);
  at.script->expect("ContinueRetrievePropertiesEx").reply(200, next_page(named(3, 4)));
  int seen = 0;
  at.session.for_each<VirtualMachine, "name">([&](auto const&) { return ++seen < 3; });
  CHECK(at.asked() == "RetrievePropertiesEx ContinueRetrievePropertiesEx");
  at.script->expect("RetrievePropertiesEx").reply(200, page(named(1, 2)));
  at.session.for_each<VirtualMachine, "name">([](auto const&) { return false; });
  CHECK(at.asked() == "RetrievePropertiesEx ContinueRetrievePropertiesEx RetrievePropertiesEx");
}

TEST_CASE("what the function throws comes out as it is, after the server was told once") {
  Opened at;
  first_page(at);
  struct Mine {
    int value;
  };
  try {
    at.session.for_each<VirtualMachine, "name">([](auto const&) { throw Mine{7}; });
    FAIL("nothing was thrown");
  } catch (Mine const& mine) {
    CHECK(mine.value == 7);
  }
  CHECK(at.asked() == "RetrievePropertiesEx CancelRetrievePropertiesEx");
}

TEST_CASE("a fault that the function's own call throws is not mistaken for one of the query") {
  Opened at;
  first_page(at);
  at.script->when("UpdateServiceMessage").reply(500, fault_reply("NotSupported"));
  auto const e = thrown<esxvi::fault>([&] {
    at.session.for_each<VirtualMachine, "name">([&](auto const&) {
      at.session.call(vim::UpdateServiceMessage{.self = esxvi::Ref<vim::SessionManager>("m"),
                                                .message = ""});
    });
  });
  CHECK(e.operation() == "UpdateServiceMessage");
  CHECK(at.asked() == "RetrievePropertiesEx UpdateServiceMessage CancelRetrievePropertiesEx");
}

TEST_CASE("an error in a page in the middle is thrown, after the server was told once") {
  std::string const whole = next_page(named(3, 4), "t2");
  struct {
    std::string body;
    std::string_view open;
  } const broken[] = {
      {whole.substr(0, whole.find("n4")), "t2"},           // after its token
      {whole.substr(0, whole.find("<token>")), "token&amp;1"},  // before it
      {"", "token&amp;1"},
  };
  for (auto const& reply : broken) {
    CAPTURE(reply.body);
    Opened at;
    first_page(at);
    at.script->expect("ContinueRetrievePropertiesEx").reply(200, reply.body);
    CHECK_THROWS_AS(static_cast<void>(at.session.retrieve<VirtualMachine, "name">()),
                    esxvi::protocol_error);
    CHECK(at.asked() ==
          "RetrievePropertiesEx ContinueRetrievePropertiesEx CancelRetrievePropertiesEx");
    CHECK(cancels(at, reply.open));
  }
}

TEST_CASE("a connection that breaks between two pages: the token is given back") {
  Opened at;
  first_page(at);
  at.script->expect("ContinueRetrievePropertiesEx")
      .throws(esxvi::timeout({"ContinueRetrievePropertiesEx", "x", "no answer", {}}));
  CHECK_THROWS_AS(static_cast<void>(at.session.retrieve<VirtualMachine, "name">()),
                  esxvi::timeout);
  CHECK(cancels(at, "token&amp;1"));
}

TEST_CASE("an error while cancelling does not hide the one before it") {
  Opened at;
  first_page(at);
  at.script->when("CancelRetrievePropertiesEx").reply(503, "");
  auto const query = [&] {
    at.session.for_each<VirtualMachine, "name">(
        [](auto const&) { throw std::out_of_range("mine"); });
  };
  CHECK_THROWS_AS(query(), std::out_of_range);
}

TEST_CASE("a query that is stopped still tells the server") {
  Opened at;
  first_page(at);
  std::stop_source source;
  auto const query = [&] {
    at.session.for_each<VirtualMachine, "name">([&](auto const&) { source.request_stop(); },
                                                {.call = {.stop = source.get_token()}});
  };
  CHECK_THROWS_AS(query(), esxvi::cancelled);
  CHECK(cancels(at, "token&amp;1"));
}

TEST_CASE("a function may use the session while rows arrive") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(named(1, 2))).pieces(7);
  at.script->when("UpdateServiceMessage").reply(200, response("UpdateServiceMessage", ""));
  int seen = 0;
  at.session.for_each<VirtualMachine, "name">([&](auto const& row) {
    at.session.call(vim::UpdateServiceMessage{.self = esxvi::Ref<vim::SessionManager>("m"),
                                              .message = std::get<1>(row)});
    ++seen;
  });
  CHECK(seen == 2);
}

TEST_CASE("a server older than 4.1 is asked with RetrieveProperties") {
  Opened at("4.0");
  at.script->expect("RetrieveProperties").reply(200, plain(named(1, 3)));
  auto const rows = at.session.retrieve<VirtualMachine, "name">();
  REQUIRE(rows.size() == 3);
  CHECK(std::get<1>(rows[2]) == "n3");
  CHECK(at.asked() == "RetrieveProperties");
  CHECK_FALSE(has(at.last_body(), "maxObjects"));
}

TEST_CASE("a server of 4.1 is asked with RetrievePropertiesEx") {
  Opened at("4.1");
  at.script->expect("RetrievePropertiesEx").reply(200, page(named(1, 3)));
  CHECK(at.session.retrieve<VirtualMachine, "name">().size() == 3);
}

TEST_CASE("a server that lacks RetrievePropertiesEx is asked with RetrieveProperties") {
  for (auto const* type : {"NotImplemented", "MethodNotFound", "NotSupported", "InvalidRequest"}) {
    CAPTURE(type);
    Opened at;
    at.script->expect("RetrievePropertiesEx").reply(500, fault_reply(type));
    at.script->expect("RetrieveProperties").reply(200, plain(named(1, 2)));
    CHECK(at.session.retrieve<VirtualMachine, "name">().size() == 2);
  }
}

TEST_CASE("another fault is thrown, and nothing else is tried") {
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(500, fault_reply("InvalidProperty"));
  auto const e = thrown<esxvi::fault>(
      [&] { static_cast<void>(at.session.retrieve<VirtualMachine, "name">()); });
  CHECK(e.type_name() == "InvalidProperty");
  CHECK(at.asked() == "RetrievePropertiesEx");
}

TEST_CASE("a function that returns false ends a query without pages, too") {
  Opened at("4.0");
  at.script->expect("RetrieveProperties").reply(200, plain(named(1, 3)));
  int seen = 0;
  at.session.for_each<VirtualMachine, "name">([&](auto const&) { return ++seen < 2; });
  CHECK(seen == 2);
  CHECK(at.asked() == "RetrieveProperties");
}
