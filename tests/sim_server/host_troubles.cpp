// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Troubles of a host, as clients see them on their sockets: of methods and of files.
#include <esxvi/sim/host.hpp>
#include <esxvi/sim/host_files.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <vector>

#include "sim_server/fixture.hpp"

using namespace test;
namespace vim = esxvi::types;

namespace {

struct Served {
  sim::Host host{};
  esxvi::Ref<vim::VirtualMachine> vm{host.add_vm("web01").ref()};
  std::string cookie{"Cookie: vmware_soap_session=\"" +
                     host.log_in(host.options().users.front(), {})->cookie + "\"\r\n"};
  sim::Server server{host, {.threads = 1}};

  Served() { host.add_vm("other"); }
  ~Served() {
    server.stop();
    for (auto const& problem : host.check()) FAIL_CHECK(problem);
  }

  /// Everything that comes until the server closes the connection.
  std::string say(std::string const& request_line, std::string const& body) const {
    Raw client{server};
    client.send(request_line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + cookie +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.rest(20s);
  }
  std::string power_on(std::string const& id) const {
    return say("POST /sdk",
               "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">"
               "<soapenv:Body><PowerOnVM_Task xmlns=\"urn:vim25\"><_this "
               "type=\"VirtualMachine\">" +
                   id + "</_this></PowerOnVM_Task></soapenv:Body></soapenv:Envelope>");
  }
  std::string put() const {
    return say("PUT /folder/notes.txt?dcPath=ha-datacenter&dsName=datastore1", "some text");
  }
};

/// A request with a reply of some size, and whether the host did it.
struct Way {
  char const* path;
  char const* method;
  std::string (*ask)(Served const&);
  bool (*acted)(Served&);
};
Way const ways[] = {
    {"", "PowerOnVM_Task", [](Served const& s) { return s.power_on(s.vm.value()); },
     [](Served& s) { return !s.host.get<vim::VirtualMachine>(s.vm)->recentTask.empty(); }},
    {"/folder", "GET", [](Served const& s) { return s.say("GET /folder", ""); }, nullptr},
};

}  // namespace

TEST_CASE("troubles on the wire: the connection ends, the answer is another, half, or slow") {
  for (Way const& way : ways) {
    CAPTURE(way.method);
    auto const with = [&](sim::Trouble trouble) {
      trouble.path = way.path;
      trouble.method = way.method;
      return trouble;
    };
    std::string whole;
    {
      Served s;
      whole = body_of(way.ask(s));
      if (way.acted != nullptr) REQUIRE(way.acted(s));
      REQUIRE(whole.size() > 20);
    }
    struct row {
      sim::Trouble trouble;
      bool acts;
      std::string status;  // of the reply; empty: there is none
      std::string body;
    };
    for (row const& r : {
             row{{.drop_before = true}, false, "", ""},
             row{{.drop_after = true}, true, "", ""},
             row{{.status = 503}, false, "503", ""},
             row{{.delay = 20ms}, true, "20", whole},
             row{{.cut_after = 20}, true, "20", whole.substr(0, 20)},
             row{{.cut_after = 0}, true, "20", ""},
             row{{.bytes_per_second = 2000}, true, "20", whole},
             row{{.cut_after = 20, .bytes_per_second = 2000}, true, "20", whole.substr(0, 20)},
         }) {
      Served s;
      s.host.cause(with(r.trouble));
      auto const reply = way.ask(s);
      if (way.acted != nullptr) CHECK(way.acted(s) == r.acts);
      CHECK(body_of(reply).size() == r.body.size());
      if (r.status.empty())
        CHECK(reply.empty());
      else
        CHECK(reply.starts_with("HTTP/1.1 " + r.status));
    }
  }
}

TEST_CASE("troubles on the wire: a file that was lost on its way, and one that arrived") {
  for (bool const before : {true, false}) {
    Served s;
    s.host.cause(
        {.method = "PUT", .path = "/folder", .drop_before = before, .drop_after = !before});
    CHECK(s.put().empty());
    CHECK(sim::files_of(s.host, s.host.places().datastore)->exists("notes.txt") != before);
  }
}

TEST_CASE("troubles on the wire: of one machine alone, as often as asked for") {
  Served s;
  s.host.cause({.object = s.vm, .skip = 1, .times = 2, .drop_before = true});
  std::string course;
  for (int i = 0; i < 5; ++i) course += s.power_on(s.vm.value()).empty() ? 'x' : '.';
  CHECK(course == ".xx..");
  s.host.cause({.object = s.vm, .times = -1, .drop_before = true});
  CHECK(s.power_on(s.vm.value()).empty());
  for (auto const& other : s.host.all<vim::VirtualMachine>())
    if (other != s.vm) CHECK(s.power_on(other.value()).starts_with("HTTP/1.1 200"));
}

TEST_CASE("an exception of a program's own hook ends the task, not the program") {
  Served s;
  std::atomic<int> finished = 0;
  s.host.plan_tasks([&](auto const&, std::string_view, sim::TaskPlan& plan) {
    plan.running = 1ms;
    plan.finish = [&](sim::Host&) -> esxvi::Any {
      ++finished;
      throw std::runtime_error("no such effect");
    };
  });
  auto const task = s.host.start_task(s.vm, "VirtualMachine.reconfigure", {});
  REQUIRE(eventually([&] { return s.host.get<vim::Task>(task)->info.error.has_value(); }));
  CHECK(finished == 1);
  auto const info = s.host.get<vim::Task>(task)->info;
  CHECK(info.state == vim::TaskInfoState::error);
  CHECK(info.error->fault.type_name() == "SystemError");
  CHECK(info.error->localizedMessage == "A general system error occurred: no such effect");
}

TEST_CASE("silent sessions end by themselves in real time") {
  sim::Host host{{.session_idle = std::chrono::seconds{1}}};
  auto const& user = host.options().users.front();
  auto const session = host.log_in(user, {});
  CHECK(host.sessions().size() == 1);
  CHECK(eventually([&] { return host.sessions().empty(); }));
  CHECK(session->ended);
  // And so does the next one.
  static_cast<void>(host.log_in(user, {}));
  CHECK(eventually([&] { return host.sessions().empty(); }));
}
