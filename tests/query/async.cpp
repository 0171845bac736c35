// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Queries as coroutines: they send what the blocking ones send, for it is the same code.
#include "query/objects.hpp"
#include "session/async_client.hpp"

#include <esxvi/query/async.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace vim = esxvi::types;
using namespace esxvi::test;
using vim::VirtualMachine;

namespace {

struct Row {
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(Row, (), (name))

std::string named(int from, int to) {
  std::string all;
  for (int i = from; i <= to; ++i)
    all += objects(machine("vm-" + std::to_string(i), name_is("n" + std::to_string(i))));
  return all;
}

struct Fixture : Server {
  AsyncClient client{esxvi::any_transport(script), service_url,
                     esxvi::Credentials{"root", password}, esxvi::SessionOptions{}};

  template <class T> T run(esxvi::Async<T> job) { return client.loop().run(std::move(job)); }
  esxvi::Session& session() { return client.session(); }
};

}  // namespace

template <> struct esxvi::projection<Row> : esxvi::project<vim::VirtualMachine, "name"> {};

TEST_CASE("async query: pages come one after the other into one result") {
  Fixture at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(named(1, 2), "t1"));
  at.script->expect("ContinueRetrievePropertiesEx").reply(200, next_page(named(3, 4), "t2"));
  at.script->expect("ContinueRetrievePropertiesEx").reply(200, next_page(named(5, 5)));
  auto const rows = at.run(at.session().async_retrieve<VirtualMachine, "name">({.page_size = 2}));
  REQUIRE(rows.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(std::get<1>(rows[i]) == "n" + std::to_string(i + 1));
  CHECK(has(at.script->requests().at(2).body, "<maxObjects>2</maxObjects>"));
  at.script->verify();
}

TEST_CASE("async query: into a struct") {
  Fixture at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(named(1, 1)));
  auto const rows = at.run(at.session().async_retrieve<Row>());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].name == "n1");
}

TEST_CASE("async query: a failure in the middle cancels what the server keeps") {
  Fixture at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(named(1, 2), "t1"));
  at.script->expect("ContinueRetrievePropertiesEx").reply(404, "gone");
  at.script->expect("CancelRetrievePropertiesEx")
      .reply(200, response("CancelRetrievePropertiesEx", ""));
  CHECK_THROWS_AS(at.run(at.session().async_retrieve<VirtualMachine, "name">()), esxvi::wrong_path);
  at.script->verify();
}

TEST_CASE("async query: a server without pages") {
  Fixture at;
  at.script->expect("RetrievePropertiesEx").reply(500, fault_reply("NotImplemented"));
  at.script->expect("RetrieveProperties")
      .reply(200, response("RetrieveProperties",
                           "<returnval>" + machine("vm-1", name_is("n1")) + "</returnval>"));
  CHECK(at.run(at.session().async_retrieve<VirtualMachine, "name">()).size() == 1);
}

TEST_CASE("async query: a session that is lost between two pages begins again, once") {
  Fixture at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(named(1, 2), "t1"));
  at.script->expect("ContinueRetrievePropertiesEx").reply(500, fault_reply("NotAuthenticated"));
  at.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  at.script->expect("Login").reply(200, login_reply());
  at.script->expect("ContinueRetrievePropertiesEx").reply(500, fault_reply("InvalidProperty"));
  at.script->when("CancelRetrievePropertiesEx")
      .reply(200, response("CancelRetrievePropertiesEx", ""));
  at.script->when("RetrievePropertiesEx").reply(200, page(named(1, 3)));
  CHECK(at.run(at.session().async_retrieve<VirtualMachine, "name">()).size() == 3);
  at.script->verify();
}

TEST_CASE("async query: one that is destroyed between two pages asks for no more") {
  Fixture at;
  at.script->expect("RetrievePropertiesEx").reply(200, page(named(1, 2), "t1"));
  {
    auto job = at.session().async_retrieve<VirtualMachine, "name">();
    esxvi::detail::async_access::begin(job);
    while (at.script->requests().size() < 3) at.client.loop().run_one();
  }
  at.script->when("ContinueRetrievePropertiesEx").reply(200, next_page(named(3, 3)));
  at.client.loop().run();
  CHECK_FALSE(at.client.loop().has_work());
}

TEST_CASE("async query: a session that the program has ended is not renewed") {
  Fixture at;
  std::string const hidden =
      "<missingSet><path>name</path><fault><fault xsi:type=\"NotAuthenticated\">"
      "</fault></fault></missingSet>";
  at.script->when("RetrievePropertiesEx").reply(200, page(objects(machine("vm-1", hidden))));
  at.run(async_logout(at.session()));
  CHECK(at.run(at.session().async_retrieve<VirtualMachine, "name">()).missing().size() == 1);
  at.script->verify();
  CHECK(at.session().generation() == 0);
}
