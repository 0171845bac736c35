// Updates as servers may write them: paths that are shorter than those watched, values that cannot
// be applied, elements in another order, refusals instead of faults.
#include "query/objects.hpp"
#include "query/watch_rows.hpp"

using namespace esxvi::test;
using esxvi::Watch;

namespace {

std::string change(std::string_view name, std::string_view op, std::string_view value = {}) {
  return "<changeSet><name>" + std::string(name) + "</name><op>" + std::string(op) + "</op>" +
         std::string(value) + "</changeSet>";
}
std::string text(std::string_view value) {
  return "<val xsi:type=\"xsd:string\">" + std::string(value) + "</val>";
}
std::string number(int value) {
  return "<val xsi:type=\"xsd:int\">" + std::to_string(value) + "</val>";
}
std::string update(std::string_view kind, std::string_view id, std::string_view content = {}) {
  return "<objectSet><kind>" + std::string(kind) + "</kind><obj type=\"VirtualMachine\">" +
         std::string(id) + "</obj>" + std::string(content) + "</objectSet>";
}
std::string updates(std::string_view version, std::string_view objects,
                    std::string_view filter = "filter-1") {
  return response("WaitForUpdatesEx", "<returnval><version>" + std::string(version) +
                                          "</version><filterSet><filter type=\"PropertyFilter\">" +
                                          std::string(filter) + "</filter>" + std::string(objects) +
                                          "</filterSet></returnval>");
}

/// Answers what the first poll of a cache asks before it waits.
struct Dialogue : Opened {
  using Opened::Opened;
  std::string first = update("enter", "vm-1", change("name", "assign", text("one")));

  void begin() {
    script->expect("CreatePropertyCollector")
        .reply(200, response("CreatePropertyCollector",
                             "<returnval type=\"PropertyCollector\">pc-1</returnval>"));
    script->expect("CreateFilter")
        .reply(200,
               response("CreateFilter", "<returnval type=\"PropertyFilter\">filter-1</returnval>"));
    script->expect("WaitForUpdatesEx").reply(200, updates("1", first));
  }
  void next(std::string const& objects, std::string_view filter = "filter-1") {
    script->expect("WaitForUpdatesEx").reply(200, updates("2", objects, filter));
  }
  void end() {
    script->expect("DestroyPropertyCollector").reply(200, response("DestroyPropertyCollector", ""));
  }
};

MachineRef const one{"vm-1"};

}  // namespace

TEST_CASE("a filter of somebody else is none of ours") {
  Dialogue d;
  d.begin();
  d.next(update("modify", "vm-1", change("name", "assign", text("other"))), "filter-9");
  d.end();
  Watch<vim::VirtualMachine, "name"> cache{d.session};
  cache.poll(now);
  CHECK(cache.poll(now).empty());
  CHECK(std::get<1>(*cache.find(one)) == "one");
}

TEST_CASE("a path that is shorter than the one watched: unset at once, else the object is read") {
  Dialogue d;
  d.first = update("enter", "vm-1",
                   change("name", "assign", text("one")) +
                       change("config.hardware.memoryMB", "assign", number(512)));
  d.begin();
  d.next(update("modify", "vm-1", change("config", "remove")));
  d.next(update("modify", "vm-1",
                change("config.hardware", "assign",
                       "<val xsi:type=\"VirtualHardware\"><memoryMB>7</memoryMB></val>")));
  d.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-1", name_is("one") + property("config.hardware.memoryMB",
                                                                         "xsd:int", "1024")))));
  d.end();
  Watch<vim::VirtualMachine, "name", "config.hardware.memoryMB"> cache{d.session};
  cache.poll(now);
  CHECK(std::get<2>(*cache.find(one)) == 512);
  CHECK(cache.poll(now).size() == 1);
  CHECK_FALSE(std::get<2>(*cache.find(one)).has_value());
  CHECK(cache.poll(now).size() == 1);
  CHECK(std::get<2>(*cache.find(one)) == 1024);
}

TEST_CASE("a change of an object that never entered: it is read") {
  Dialogue d;
  d.begin();
  d.next(update("modify", "vm-2", change("name", "assign", text("two"))));
  d.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-2", name_is("two")))));
  d.end();
  Watch<vim::VirtualMachine, "name"> cache{d.session};
  cache.poll(now);
  CHECK(told(cache.poll(now)) == "+two");
}

TEST_CASE("a cache is stale after whatever exception ended a poll in the middle") {
  Dialogue d;
  d.begin();
  std::string const hidden =
      "<missingSet><path>name</path><fault><fault xsi:type=\"NoPermission\">"
      "</fault></fault></missingSet>";
  d.next(update("modify", "vm-1", change("name", "assign", text("two"))) +
         update("modify", "vm-1", hidden));
  d.next("");
  d.end();
  struct Mine {};
  Watch<vim::VirtualMachine, "name"> cache{
      d.session, {.on_missing = [](esxvi::Missing const&) { throw Mine(); }}};
  cache.poll(now);
  CHECK_FALSE(cache.stale());
  CHECK_THROWS_AS(cache.poll(now), Mine);
  CHECK(cache.stale());
  CHECK(cache.poll(now).size() == 1);
  CHECK_FALSE(cache.stale());
}

TEST_CASE("an object that was to be read before everything was told anew is not read any more") {
  Dialogue d;
  d.begin();
  d.next(update("modify", "vm-2", change("name", "assign", text("two"))));
  d.script->expect("RetrievePropertiesEx").reply(500, fault_reply("RuntimeFault"));
  d.script->expect("WaitForUpdatesEx").reply(500, fault_reply("InvalidCollectorVersion"));
  d.script->expect("WaitForUpdatesEx").reply(200, updates("1", d.first));
  d.end();
  Watch<vim::VirtualMachine, "name"> cache{d.session};
  cache.poll(now);
  CHECK_THROWS_AS(cache.poll(now), esxvi::fault);
  CHECK(cache.poll(now).empty());
  CHECK(cache.size() == 1);
}

TEST_CASE("an object that enters twice, or leaves without having entered, is no harm") {
  Dialogue d;
  d.begin();
  d.next(update("enter", "vm-1", change("name", "assign", text("one"))) + update("leave", "vm-7"));
  d.end();
  Watch<vim::VirtualMachine, "name"> cache{d.session};
  cache.poll(now);
  CHECK(cache.poll(now).empty());
}

TEST_CASE("in one poll: what came and went is nothing, what changed back neither") {
  Dialogue d;
  d.begin();
  d.next(update("enter", "vm-2", change("name", "assign", text("two"))) + update("leave", "vm-2") +
         update("modify", "vm-1", change("name", "assign", text("x"))) +
         update("modify", "vm-1", change("name", "assign", text("one"))));
  d.next(update("leave", "vm-1") +
         update("enter", "vm-1", change("name", "assign", text("again"))));
  d.next(update("modify", "vm-1", change("name", "assign", text("y"))) + update("leave", "vm-1"));
  d.next(update("enter", "vm-3", change("name", "assign", text("a"))) + update("leave", "vm-3") +
         update("enter", "vm-3", change("name", "assign", text("b"))));
  d.end();
  Watch<vim::VirtualMachine, "name"> cache{d.session};
  cache.poll(now);
  CHECK(cache.poll(now).empty());
  CHECK(told(cache.poll(now)) == "~one>again");
  CHECK(told(cache.poll(now)) == "-again");
  CHECK(told(cache.poll(now)) == "+b");
}

TEST_CASE("a row's own defaults come back when a property is removed") {
  Dialogue d;
  d.begin();
  d.next(update("modify", "vm-1", change("name", "remove")));
  d.end();
  Watch<MachineRow> cache{d.session};
  cache.poll(now);
  CHECK(cache.find(one)->vm == one);
  cache.poll(now);
  CHECK(cache.find(one)->name.empty());
}

TEST_CASE("a property that the server refuses from now on is not kept") {
  auto const refused = [](std::string const& path) {
    return "<missingSet><path>" + path +
           "</path><fault><fault xsi:type=\"NoPermission\"></fault></fault></missingSet>";
  };
  Dialogue d;
  std::string const memory = change("config.hardware.memoryMB", "assign", number(512));
  d.first = update("enter", "vm-1", change("name", "assign", text("one")) + memory);
  d.begin();
  d.next(update("modify", "vm-1", refused("config.hardware.memoryMB")));
  d.next(update("modify", "vm-1", memory));
  d.next(update("modify", "vm-1", refused("config")));  // all of it
  d.next(update("modify", "vm-1", change("name", "assign", text("two")) + refused("guest")));
  d.end();
  Watch<vim::VirtualMachine, "name", "config.hardware.memoryMB"> cache{d.session};
  cache.poll(now);
  for (bool const given : {false, true, false}) {
    CHECK(cache.poll(now).size() == 1);
    CHECK(std::get<2>(*cache.find(one)) ==
          (given ? std::optional<std::int32_t>(512) : std::nullopt));
    CHECK(std::get<1>(*cache.find(one)) == "one");
  }
  CHECK(told(cache.poll(now)) == "~one>two");
}

TEST_CASE("references are found by their ids in arrays of them") {
  Dialogue d;
  std::string const ref =
      "<ManagedObjectReference type=\"Datastore\">ds-1</ManagedObjectReference>";
  d.first = update("enter", "vm-1",
                   change("datastore", "assign",
                          "<val xsi:type=\"ArrayOfManagedObjectReference\">" + ref + "</val>"));
  d.begin();
  d.next(update("modify", "vm-1",
                change("datastore[\"ds-2\"]", "add",
                       "<val xsi:type=\"ManagedObjectReference\" type=\"Datastore\">ds-2</val>")));
  d.next(update("modify", "vm-1", change("datastore[\"Datastore:ds-1\"]", "remove")));
  d.end();
  Watch<vim::VirtualMachine, "datastore"> cache{d.session};
  cache.poll(now);
  cache.poll(now);
  CHECK(std::get<1>(*cache.find(one)).size() == 2);
  cache.poll(now);
  REQUIRE(std::get<1>(*cache.find(one)).size() == 1);
  CHECK(std::get<1>(*cache.find(one))[0].value() == "ds-2");
}

TEST_CASE("an object that refuses everything with NotAuthenticated: a login, asked once") {
  std::string const refusal =
      "<missingSet><path>name</path><fault><fault xsi:type=\"NotAuthenticated\">"
      "<object type=\"VirtualMachine\">vm-1</object><privilegeId>System.View</privilegeId></fault>"
      "<localizedMessage>no</localizedMessage></fault></missingSet>";
  for (bool const lost : {true, false}) {
    Dialogue d{esxvi::SessionOptions{}};
    d.first = update("enter", "vm-1", refusal);
    d.begin();
    d.script->expect("CurrentTime").reply(500, fault_reply("NotAuthenticated"));
    d.script->expect("Login").reply(200, login_reply());
    if (lost) d.first = update("enter", "vm-1", change("name", "assign", text("one")));
    d.begin();
    d.end();
    int missing = 0;
    Watch<vim::VirtualMachine, "name"> cache{
        d.session, {.on_missing = [&](esxvi::Missing const&) { ++missing; }}};
    CHECK(cache.poll(now).size() == 1);
    CHECK(std::get<1>(*cache.find(one)) == (lost ? "one" : ""));
    CHECK(missing == (lost ? 1 : 2));
  }
}
