// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Queries whose reply breaks off are asked again, as long as nobody has seen rows of it.
#include "query/objects.hpp"
#include "session/async_client.hpp"

#include <esxvi/query.hpp>
#include <esxvi/query/async.hpp>
#include <esxvi/query/inventory_path.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

namespace vim = esxvi::types;
using namespace esxvi::test;
using vim::VirtualMachine;

namespace {

std::string three() {
  std::string all;
  for (auto const* n : {"1", "2", "3"})
    all += objects(machine(std::string("vm-") + n, name_is(std::string("n") + n)));
  return all;
}
/// Of a document: up to the middle of its last object.
std::size_t in_the_third(std::string const& document) { return document.find("n3"); }

/// A property that the server holds back, and one that it gives.
std::string half_hidden() {
  return objects(machine(
      "vm-1", name_is("n1") + "<missingSet><path>guest.ipAddress</path><fault>"
                              "<fault xsi:type=\"NoPermission\"></fault></fault></missingSet>"));
}
std::string const cancelled_reply = response("CancelRetrievePropertiesEx", "");

/// The two ways of asking: a session that repeats, as coroutines or not.
struct Blocking : Server {
  using Server::Server;
  esxvi::Session session = open(esxvi::SessionOptions{});
  auto names(esxvi::QueryOptions<VirtualMachine> const& options = {}) {
    return session.retrieve<VirtualMachine, "name">(options);
  }
};
struct Coroutines : Server {
  using Server::Server;
  AsyncClient client{esxvi::any_transport(script), service_url,
                     esxvi::Credentials{"root", password},
                     esxvi::SessionOptions{.retry = {.first_pause = std::chrono::milliseconds(1)}}};
  auto names(esxvi::QueryOptions<VirtualMachine> const& options = {}) {
    return client.loop().run(client.session().async_retrieve<VirtualMachine, "name">(options));
  }
};

template <class Rows> void check_three(Rows const& rows) {
  REQUIRE(rows.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK(std::get<1>(rows[i]) == "n" + std::to_string(i + 1));
}

}  // namespace

TEST_CASE_TEMPLATE("a reply that breaks off in the middle is asked for again", Way, Blocking,
                   Coroutines) {
  Way at;
  auto const whole = page(three());
  SUBCASE("the connection is lost") {
    at.script->expect("RetrievePropertiesEx").reply(200, whole).cut_after(in_the_third(whole));
  }
  SUBCASE("the document ends early") {
    at.script->expect("RetrievePropertiesEx").reply(200, whole.substr(0, in_the_third(whole)));
  }
  SUBCASE("the connection is lost, twice") {
    auto& step = at.script->expect("RetrievePropertiesEx");
    step.reply(200, whole).cut_after(in_the_third(whole)).times(2);
  }
  at.script->expect("RetrievePropertiesEx").reply(200, whole);
  check_three(at.names());
  at.script->verify();
}

TEST_CASE_TEMPLATE("attempts are limited for queries, too", Way, Blocking, Coroutines) {
  Way at;
  auto const whole = page(three());
  auto& step = at.script->expect("RetrievePropertiesEx");
  step.reply(200, whole).cut_after(in_the_third(whole)).times(3);
  CHECK_THROWS_AS(static_cast<void>(at.names()), esxvi::connection_lost);
  at.script->verify();
}

TEST_CASE_TEMPLATE("the same of servers without pages", Way, Blocking, Coroutines) {
  Way at("4.0");
  std::string whole = three();
  for (auto const* tag : {"<objects>", "</objects>"})
    for (std::size_t i = 0; (i = whole.find(tag)) != std::string::npos;)
      whole.replace(i, std::string_view(tag).size(),
                    tag[1] == '/' ? "</returnval>" : "<returnval>");
  whole = response("RetrieveProperties", whole);
  at.script->expect("RetrieveProperties").reply(200, whole).cut_after(in_the_third(whole));
  at.script->expect("RetrieveProperties").reply(200, whole);
  check_three(at.names());
  at.script->verify();
}

TEST_CASE_TEMPLATE("the pages that a broken reply has left open are given back", Way, Blocking,
                   Coroutines) {
  Way at;
  auto const whole = page(three(), "left-open");
  at.script->expect("RetrievePropertiesEx").reply(200, whole).cut_after(in_the_third(whole));
  at.script->expect("RetrievePropertiesEx").reply(200, page(three()));
  at.script->expect("CancelRetrievePropertiesEx").reply(200, cancelled_reply);
  check_three(at.names());
  at.script->verify();
  CHECK(has(at.script->requests().back().body, "<token>left-open</token>"));
}

TEST_CASE_TEMPLATE("a later page is not asked for again: the server has gone on", Way, Blocking,
                   Coroutines) {
  Way at;
  auto const second = next_page(three(), "t2");
  at.script->expect("RetrievePropertiesEx").reply(200, page(three(), "t1"));
  at.script->expect("ContinueRetrievePropertiesEx").reply(200, second).cut_after(second.size() / 2);
  at.script->expect("CancelRetrievePropertiesEx").reply(200, cancelled_reply);
  CHECK_THROWS_AS(static_cast<void>(at.names()), esxvi::connection_lost);
  at.script->verify();
}

TEST_CASE_TEMPLATE("what is missing is kept once, and told once", Way, Blocking, Coroutines) {
  Way at;
  auto const whole = page(half_hidden() + three());
  at.script->expect("RetrievePropertiesEx").reply(200, whole).cut_after(in_the_third(whole));
  SUBCASE("kept") {
    at.script->expect("RetrievePropertiesEx").reply(200, whole);
    auto const rows = at.names();
    CHECK(rows.size() == 4);
    CHECK(rows.missing().size() == 1);
  }
  SUBCASE("told: somebody knows of the broken reply") {
    int told = 0;
    CHECK_THROWS_AS(
        static_cast<void>(at.names({.on_missing = [&](esxvi::Missing const&) { ++told; }})),
        esxvi::connection_lost);
    CHECK(told == 1);
  }
  SUBCASE("told to one who loses a connection of its own") {
    CHECK_THROWS_AS(
        static_cast<void>(at.names({.on_missing =
                                        [](esxvi::Missing const&) {
                                          throw esxvi::connection_lost({"mine", "", "lost", ""});
                                        }})),
        esxvi::connection_lost);
  }
  at.script->verify();
}

TEST_CASE("rows that a function has seen are not read again") {
  Blocking at;
  auto const whole = page(three());
  int seen = 0;
  auto const count = [&](auto const&) { ++seen; };
  SUBCASE("it has seen two") {
    at.script->expect("RetrievePropertiesEx").reply(200, whole).cut_after(in_the_third(whole));
    CHECK_THROWS_AS((at.session.for_each<VirtualMachine, "name">(count)), esxvi::connection_lost);
    CHECK(seen == 2);
  }
  SUBCASE("it has seen none") {
    at.script->expect("RetrievePropertiesEx").reply(200, whole).cut_after(whole.find("n1"));
    at.script->expect("RetrievePropertiesEx").reply(200, whole);
    at.session.for_each<VirtualMachine, "name">(count);
    CHECK(seen == 3);
  }
  at.script->verify();
}

TEST_CASE("questions about the inventory are asked again as well") {
  Blocking at;
  auto const whole = page(objects("<obj type=\"Folder\">ha-folder-root</obj>" + name_is("root")));
  at.script->expect("RetrievePropertiesEx").reply(200, whole).cut_after(whole.find("</objects>"));
  at.script->expect("RetrievePropertiesEx").reply(200, whole);
  CHECK(inventory_path(at.session, esxvi::untyped_ref("Folder", "ha-folder-root")) == "/");
  at.script->verify();
}
