// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What a host serves beside SOAP, who may have it, and what goes wrong with it on purpose.
#include "sim/fixture.hpp"

#include <esxvi/query.hpp>
#include <esxvi/sim/host_files.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/SessionManager.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <vector>

using namespace esxvi::test;
using namespace std::chrono_literals;
namespace sim = esxvi::sim;

namespace {

constexpr char const* file = "/folder/notes.txt?dcPath=ha-datacenter&dsName=datastore1";

struct Pages : Simulated {
  using Simulated::Simulated;

  sim::WebResponse ask(std::string method, std::string target, std::string cookies = {},
                       std::string body = {}) {
    sim::WebRequest request{
        .method = std::move(method), .target = std::move(target), .body = std::move(body)};
    if (!cookies.empty()) request.headers.push_back({"Cookie", std::move(cookies)});
    sim::WebResponse answer;
    host.handle(std::move(request), [&](sim::WebResponse r) { answer = std::move(r); }, {});
    return answer;
  }
  /// The cookie of a new session.
  std::string log_in(std::size_t user) {
    return "vmware_soap_session=\"" + host.log_in(host.options().users.at(user), {})->cookie + '"';
  }
  std::string root() { return log_in(0); }
  std::string viewer() { return log_in(1); }
  bool has_file() { return sim::files_of(host, host.places().datastore)->exists("notes.txt"); }
  /// The cookie of a ticket for one request.
  std::string ticket(esxvi::Session& session, std::string url, std::string method = {}) {
    vim::SessionManagerHttpServiceRequestSpec spec;
    spec.url = std::move(url);
    if (!method.empty()) spec.method = std::move(method);
    return "vmware_cgi_ticket=" +
           session
               .call(vim::AcquireGenericServiceTicket{
                   .self = esxvi::Ref<vim::SessionManager>("ha-sessionmgr"), .spec = spec})
               .id;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Pages, "files and screens are for those who are logged in") {
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("web01").powered_on();
  std::string const screen = "/screen?id=" + vm.value();
  struct row {
    std::string method;
    std::string target;
    int nobody, viewer, root;
  };
  for (row const& r :
       {row{"PUT", file, 401, 403, 201}, row{"GET", file, 401, 200, 200},
        row{"HEAD", file, 401, 200, 200}, row{"DELETE", file, 401, 403, 204},
        row{"GET", "/folder", 401, 200, 200}, row{"GET", screen, 401, 403, 200},
        row{"GET", "/folders", 404, 404, 404}, row{"GET", "/screens", 404, 404, 404}}) {
    CAPTURE(r.method);
    CAPTURE(r.target);
    CHECK(ask(r.method, r.target, {}, "x").status == r.nobody);
    CHECK(ask(r.method, r.target, "vmware_soap_session=\"made-up\"", "x").status == r.nobody);
    CHECK(ask(r.method, r.target, viewer(), "x").status == r.viewer);
    CHECK(ask(r.method, r.target, root(), "x").status == r.root);
  }
}

TEST_CASE_FIXTURE(Pages, "a service ticket is good for one request, for its URL and method") {
  auto session = open();
  CHECK(ask("PUT", file, root(), "text").status == 201);
  std::string const url = "https://esx01.example.test" + std::string(file);
  auto const get = ticket(session, url);
  CHECK(ask("PUT", file, get, "x").status == 401);
  CHECK(ask("GET", "/folder", get).status == 401);
  CHECK(ask("GET", file, "vmware_cgi_ticket=made-up").status == 401);
  auto const answer = ask("GET", file, get);
  CHECK(answer.status == 200);
  CHECK(answer.body == "text");
  CHECK(ask("GET", file, get).status == 401);
  auto const put = ticket(session, url, "httpPut");
  CHECK(ask("GET", file, put).status == 401);
  CHECK(ask("PUT", file, "a=b; " + put, "more").status == 200);
  CHECK(ask("PUT", file, put, "more").status == 401);
}

TEST_CASE_FIXTURE(Pages, "a ticket gives no more than its session, and ends with it") {
  auto session = open("viewer");
  CHECK(ask("PUT", file, root(), "text").status == 201);
  CHECK(ask("PUT", file, ticket(session, file, "PUT"), "x").status == 403);
  auto const late = ticket(session, file, "GET");
  CHECK(ask("GET", file, ticket(session, file, "GET")).status == 200);
  host.end_session(session.user().key);
  CHECK(ask("GET", file, late).status == 401);
}

TEST_CASE_FIXTURE(Pages, "the list of versions, under its own name alone") {
  auto const page = ask("GET", "/sdk/vimServiceVersions.xml");
  CHECK(page.status == 200);
  CHECK(page.body.find("<name>urn:vim25</name>\n  <version>8.0.3.0</version>\n  <priorVersions>\n"
                       "   <version>8.0.2.0</version>") != std::string::npos);
  CHECK(page.body.find("<name>urn:vim2</name>\n  <version>2.0</version>") != std::string::npos);
  CHECK(ask("GET", "/sdk/vimServiceVersions.xml?a=b").body == page.body);
  CHECK(ask("HEAD", "/sdk/vimServiceVersions.xml").status == 200);
  CHECK(ask("POST", "/sdk/vimServiceVersions.xml").status == 405);
  CHECK(ask("GET", "/sdk/vimServiceVersions.xmlX").status == 404);
  Pages old({.version = "6.5.0", .api_version = "6.5"});
  CHECK(old.ask("GET", "/sdk/vimServiceVersions.xml")
            .body.find("<version>6.5</version>\n  <priorVersions>\n   <version>6.0</version>") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(Pages, "trouble of a path: what is lost before, and what after") {
  auto const cookie = root();
  host.cause({.path = "/folder", .drop_before = true});
  CHECK(ask("PUT", file, cookie, "x").drop);
  CHECK_FALSE(has_file());
  host.cause({.path = "/folder", .drop_after = true});
  CHECK(ask("PUT", file, cookie, "x").drop);
  CHECK(has_file());
  host.cause({.path = "/folder", .status = 503});
  CHECK(ask("DELETE", file, cookie).status == 503);
  CHECK(has_file());
  host.cause({.path = "/folder", .end_session = true});
  CHECK(ask("GET", file, cookie).status == 401);
  CHECK(host.sessions().empty());
}

TEST_CASE_FIXTURE(Pages, "trouble of a path: for its method, and for no other path or call") {
  auto session = open();
  auto const cookie = root();
  host.cause({.method = "GET", .path = "/screen", .times = -1, .status = 503});
  host.cause({.method = "GET",
              .path = "/folder",
              .times = -1,
              .delay = 3s,
              .cut_after = 2,
              .bytes_per_second = 7});
  host.cause({.method = "RetrievePropertiesEx", .times = -1, .status = 500});
  CHECK_FALSE(ask("PUT", file, cookie, "text").cut_after);
  auto const answer = ask("GET", file, cookie);
  CHECK(answer.body == "text");
  CHECK(answer.cut_after == 2);
  CHECK(answer.delay == 3s);
  CHECK(answer.bytes_per_second == 7);
  CHECK(ask("GET", "/screen?id=1", cookie).status == 503);
  CHECK(session.call(vim::SessionIsActive{.self = esxvi::Ref<vim::SessionManager>("ha-sessionmgr"),
                                          .sessionID = session.user().key,
                                          .userName = std::string("root")}));
  host.clear_troubles();
  CHECK_FALSE(ask("GET", file, cookie).cut_after);
}

TEST_CASE("trouble by chance falls on the same calls for the same seed") {
  auto const course = [](std::uint64_t seed, double chance) {
    Pages p({.seed = seed});
    p.host.cause({.path = "/folder", .times = -1, .chance = chance, .status = 503});
    auto const cookie = p.root();
    std::string out;
    for (int i = 0; i < 64; ++i) out += p.ask("GET", "/folder", cookie).status == 503 ? 'x' : '.';
    return out;
  };
  auto const one = course(7, 0.5);
  CHECK(course(7, 0.5) == one);
  CHECK(course(8, 0.5) != one);
  CHECK(one.find('x') != std::string::npos);
  CHECK(one.find('.') != std::string::npos);
  CHECK(course(7, 0) == std::string(64, '.'));
  CHECK(course(7, 1) == std::string(64, 'x'));
}

TEST_CASE("trouble by chance leaves the identities as they are") {
  Pages with;
  Pages without;
  with.host.cause({.path = "/folder", .times = -1, .chance = 0.5, .status = 503});
  static_cast<void>(with.ask("GET", "/folder"));
  CHECK(with.host.make_uuid() == without.host.make_uuid());
}

TEST_CASE("trouble of one object leaves the others alone; a slow answer takes its time") {
  Pages p;
  esxvi::Ref<vim::VirtualMachine> const bad = p.host.add_vm("bad");
  esxvi::Ref<vim::VirtualMachine> const good = p.host.add_vm("good");
  esxvi::Session session(sim::Transport(p.host), "https://esx01.example.test/sdk",
                         {"root", "esxvi"}, {.log_in_again = false, .retry = {.attempts = 1}});
  p.host.cause({.method = "PowerOnVM_Task", .object = bad, .times = -1, .status = 503});
  CHECK_THROWS_AS(session.call(vim::PowerOnVM_Task{.self = bad}), esxvi::error);
  CHECK_NOTHROW(session.call(vim::PowerOnVM_Task{.self = good}));
  CHECK(p.host.get<vim::VirtualMachine>(bad)->recentTask.empty());
  p.host.clear_troubles();
  p.host.cause({.method = "CurrentTime", .bytes_per_second = 100});
  auto const begun = p.host.elapsed();
  session.call(vim::CurrentTime{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")});
  CHECK(p.host.elapsed() - begun > 3s);
}
