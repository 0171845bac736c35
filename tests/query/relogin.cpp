// Queries whose session is lost: by a fault, by refusals of each property, between two pages.
#include "query/objects.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

namespace vim = esxvi::types;
using namespace esxvi::test;
using vim::VirtualMachine;

namespace {

/// A session that logs in again by itself.
struct Lasting : Server {
  Client session = open(esxvi::SessionOptions{});
};

std::string refusal(std::string_view path) {
  return "<missingSet><path>" + std::string(path) +
         "</path><fault><fault xsi:type=\"NotAuthenticated\"><object type=\"VirtualMachine\">vm-1"
         "</object><privilegeId>System.View</privilegeId></fault>"
         "<localizedMessage>no</localizedMessage></fault></missingSet>";
}
std::string const refused =
    page(objects(machine("vm-1", refusal("name") + refusal("guest.ipAddress"))));
std::string const given = page(objects(machine("vm-1", name_is("one"))));

}  // namespace

TEST_CASE("an object that refuses everything for want of a login: a login, and once more") {
  Lasting at;
  at.script->expect("RetrievePropertiesEx").reply(200, refused);
  at.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  at.script->expect("Login").reply(200, login_reply());
  at.script->expect("RetrievePropertiesEx").reply(200, given);
  auto const rows = at.session.retrieve<VirtualMachine, "name", "guest.ipAddress">();
  REQUIRE(rows.size() == 1);
  CHECK(std::get<1>(rows[0]) == "one");
  CHECK(rows.missing().empty());
  CHECK(at.session.generation() == 1);
}

TEST_CASE("it is refused again: so the user may not see it") {
  Lasting at;
  at.script->expect("RetrievePropertiesEx").reply(200, refused);
  at.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
  at.script->expect("Login").reply(200, login_reply());
  at.script->expect("RetrievePropertiesEx").reply(200, refused);
  int told = 0;
  int rows = 0;
  at.session.for_each<VirtualMachine, "name", "guest.ipAddress">(
      [&](auto const&) { ++rows; }, {.on_missing = [&](esxvi::Missing const&) { ++told; }});
  CHECK(rows == 1);
  CHECK(told == 2);
}

TEST_CASE("one property that is refused, or an object after others, is no lost session") {
  Lasting at;
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-2", name_is("two") + refusal("guest.ipAddress"))) +
                       objects(machine("vm-1", refusal("name") + refusal("guest.ipAddress")))));
  auto const rows = at.session.retrieve<VirtualMachine, "name", "guest.ipAddress">();
  CHECK(rows.size() == 2);
  CHECK(rows.missing().size() == 3);
  CHECK(at.session.generation() == 0);
}

TEST_CASE("a session that is lost between pages: the query begins again") {
  std::string const first = page(objects(machine("vm-1", name_is("one"))), "token");
  std::string const expired = fault_reply("NotAuthenticated", "expired", "");
  std::string const unknown = fault_reply("InvalidProperty", "no such token", "");
  for (bool const streamed : {false, true}) {
    Lasting at;
    at.script->expect("RetrievePropertiesEx").reply(200, first);
    at.script->expect("ContinueRetrievePropertiesEx").reply(500, expired);
    at.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
    at.script->expect("Login").reply(200, login_reply());
    at.script->expect("ContinueRetrievePropertiesEx").reply(500, unknown);
    at.script->expect("CancelRetrievePropertiesEx").reply(500, unknown);
    if (streamed) {
      CHECK_THROWS_AS((at.session.for_each<VirtualMachine, "name">([](auto const&) {})),
                      esxvi::fault);
      continue;
    }
    at.script->expect("RetrievePropertiesEx").reply(200, given);
    auto const rows = at.session.retrieve<VirtualMachine, "name">();
    REQUIRE(rows.size() == 1);
    CHECK(std::get<1>(rows[0]) == "one");
  }
}

TEST_CASE("a session that the program has ended is not renewed by a query") {
  Lasting at;
  at.script->when("RetrievePropertiesEx").reply(200, refused);
  at.session.logout();
  CHECK(at.session.retrieve<VirtualMachine, "name", "guest.ipAddress">().missing().size() == 2);
  CHECK(at.session.generation() == 0);
}
