// Who may do what, and for how long.
#include "sim/fixture.hpp"

#include <esxvi/query.hpp>
#include <esxvi/session/content.hpp>
#include <esxvi/sim/detail/property_path.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/SessionManager.hpp>
#include <esxvi/types/SessionManager_properties.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <stop_token>

using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {
esxvi::Ref<vim::ServiceInstance> const instance("ServiceInstance");

/// Name of the fault that a request with this cookie gets; empty: none. A Session would log in
/// again.
std::string answer(Simulated& s, std::string const& cookie) {
  auto const [status, body] =
      s.post(envelope("<CurrentTime xmlns=\"urn:vim25\"><_this type=\"ServiceInstance\">"
                      "ServiceInstance</_this></CurrentTime>"),
             cookie);
  if (status == 200) return {};
  auto const at = body.find("xsi:type=\"") + 10;
  return body.substr(at, body.find('"', at) - at);
}
}  // namespace

TEST_CASE("a session opens with two requests and says who it is") {
  Simulated s;
  {
    auto session = s.open();
    CHECK(session.requests() == 2);
    CHECK(session.about().apiType == "HostAgent");
    CHECK(session.about().productLineId == "embeddedEsx");
    CHECK(session.api_version() == "8.0.3.0");
    CHECK(session.user().userName == "root");
    CHECK(s.host.sessions().size() == 1);
  }
  CHECK(s.host.sessions().empty());
}

TEST_CASE("a host of an older version speaks that version") {
  Simulated s({.version = "6.7.0", .api_version = "6.7"});
  auto session = s.open();
  CHECK(session.api_version() == "6.7");
  CHECK(session.about().version == "6.7.0");
}

TEST_CASE("a wrong password is refused as such, and leaves no session") {
  Simulated s;
  CHECK_THROWS_AS(s.open("root", "wrong"), esxvi::auth_error);
  CHECK_THROWS_AS(s.open("nobody"), esxvi::auth_error);
  CHECK(s.host.sessions().empty());
}

TEST_CASE("a session that was silent for too long is gone") {
  Simulated s;
  auto session = s.open();
  s.host.advance(29min);
  CHECK_NOTHROW(session.call(vim::CurrentTime{.self = instance}));
  auto const cookie = s.cookie();
  s.host.advance(31min);
  CHECK(answer(s, cookie) == "NotAuthenticated");
  CHECK(s.host.sessions().empty());
}

TEST_CASE("silent sessions end by themselves, with all that is theirs") {
  Simulated s;
  auto session = s.open();
  auto const manager = *session.opening_content().sessionManager;
  auto const lost = s.host.log_in(s.host.options().users.front(), {});
  s.post(envelope("<CreatePropertyCollector xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">"
                  "ha-property-collector</_this></CreatePropertyCollector>"),
         lost->cookie);
  auto const active = [&] {
    return session.call(vim::SessionIsActive{
        .self = manager, .sessionID = lost->key, .userName = std::string("root")});
  };
  auto const objects = s.host.object_count();
  s.host.advance(29min);
  CHECK(active());
  s.host.advance(2min);
  CHECK_FALSE(active());
  CHECK(lost->ended);
  CHECK(s.host.sessions().size() == 1);
  CHECK(s.host.object_count() == objects - 1);
}

TEST_CASE("whoever waits for news is not silent") {
  Simulated s;
  auto session = s.open();
  auto const cookie = s.cookie();
  int answers = 0;
  std::stop_source client;
  s.host.handle(
      {.method = "POST",
       .target = "/sdk",
       .headers = {{"Cookie", "vmware_soap_session=\"" + cookie + "\""}},
       .body = envelope("<WaitForUpdatesEx xmlns=\"urn:vim25\"><_this "
                        "type=\"PropertyCollector\">ha-property-collector</_this>"
                        "</WaitForUpdatesEx>")},
      [&](auto const&) { ++answers; }, client.get_token());
  s.host.advance(40min);
  CHECK(answer(s, cookie) == "");
  s.host.advance(5h);
  CHECK(answer(s, cookie) == "");
  CHECK(answers == 0);
  // The silence begins with the end of the wait.
  client.request_stop();
  CHECK(answers == 1);
  s.host.advance(29min);
  CHECK(s.host.sessions().size() == 1);
  s.host.advance(1min);
  CHECK(s.host.sessions().empty());
}

TEST_CASE("sessions without an end stay") {
  Simulated s({.session_idle = 0s});
  auto session = s.open();
  auto const cookie = s.cookie();
  s.host.advance(std::chrono::hours{1000});
  CHECK(answer(s, cookie) == "");
}

TEST_CASE("time passes as the test says") {
  Simulated s;
  auto session = s.open();
  auto const before = session.call(vim::CurrentTime{.self = instance});
  s.host.advance(10s);
  CHECK(session.call(vim::CurrentTime{.self = instance}).time_point() == before.time_point() + 10s);
}

TEST_CASE("currentSession is one's own, the list has everybody's") {
  Simulated s;
  auto a = s.open();
  auto b = s.open();
  auto const manager = *a.opening_content().sessionManager;
  auto const rows =
      a.retrieve<vim::SessionManager, "currentSession", "sessionList">({.objects = {manager}});
  REQUIRE(rows.size() == 1);
  CHECK(std::get<1>(rows[0])->key == a.user().key);
  CHECK(std::get<2>(rows[0]).size() == 2);
  CHECK(a.call(vim::SessionIsActive{
      .self = manager, .sessionID = b.user().key, .userName = std::string("root")}));
}

TEST_CASE("a terminated session is not authenticated, and one's own cannot be") {
  Simulated s;
  auto a = s.open();
  auto b = s.open();
  auto const manager = *a.opening_content().sessionManager;
  std::string cookie;
  for (auto const& session : s.host.sessions())
    if (session->key == b.user().key) cookie = session->cookie;
  CHECK(answer(s, cookie) == "");
  a.call(vim::TerminateSession{.self = manager, .sessionId = std::vector{b.user().key}});
  CHECK(answer(s, cookie) == "NotAuthenticated");
  CHECK(fault_of([&] {
          a.call(vim::TerminateSession{.self = manager, .sessionId = std::vector{a.user().key}});
        }) == "InvalidState");
  // All of a list, or none.
  auto c = s.open();
  for (auto const& session : s.host.sessions())
    if (session->key == c.user().key) cookie = session->cookie;
  CHECK(fault_of([&] {
          a.call(vim::TerminateSession{.self = manager,
                                       .sessionId = std::vector{c.user().key, a.user().key}});
        }) == "InvalidState");
  CHECK(answer(s, cookie) == "");
}

TEST_CASE("a clone ticket opens one session of the same user") {
  Simulated s;
  auto session = s.open();
  auto const manager = *session.opening_content().sessionManager;
  auto const ticket = session.call(vim::AcquireCloneTicket{.self = manager});
  auto const [status, body] = s.post(envelope(
      "<CloneSession xmlns=\"urn:vim25\"><_this type=\"SessionManager\">" + manager.value() +
      "</_this><cloneTicket>" + ticket + "</cloneTicket></CloneSession>"));
  CHECK(status == 200);
  CHECK(body.find("<userName>root</userName>") != std::string::npos);
  CHECK(s.host.sessions().size() == 2);
  CHECK(fault_of([&] {
          session.call(vim::CloneSession{.self = manager, .cloneTicket = ticket});
        }) == "InvalidLogin");
}

TEST_CASE("a token opens a session of its user, once and as it stands") {
  std::string const token = "<saml2:Assertion ID=\"_1\">signed</saml2:Assertion>";
  Simulated s({.users = {{.name = "root", .password = "esxvi"},
                         {.name = "solution", .password = "x", .token = token}}});
  auto const log_in = [&](std::string const& security) {
    return s.post(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header>" + security +
        "</e:Header><e:Body><LoginByToken xmlns=\"urn:vim25\"><_this type=\"SessionManager\">"
        "ha-sessionmgr</_this></LoginByToken></e:Body></e:Envelope>");
  };
  std::string const wsse = "<wsse:Security xmlns:wsse=\"urn:x\" xmlns:saml2=\"urn:y\">";
  auto const [status, body] = log_in(wsse + token + "</wsse:Security>");
  CHECK(status == 200);
  CHECK(body.find("<userName>solution</userName>") != std::string::npos);
  CHECK(s.host.sessions().size() == 1);
  for (std::string const& wrong :
       {std::string(), wsse + "</wsse:Security>",
        wsse + "<saml2:Assertion ID=\"_1\">other</saml2:Assertion></wsse:Security>"}) {
    auto const [refused, text] = log_in(wrong);
    CHECK(refused == 500);
    CHECK(text.find("InvalidLoginFault") != std::string::npos);
  }
  CHECK(s.host.sessions().size() == 1);
}

TEST_CASE("an extension without a certificate is told so") {
  Simulated s;
  auto const [status, body] = s.post(
      envelope("<LoginExtensionByCertificate xmlns=\"urn:vim25\"><_this "
               "type=\"SessionManager\">ha-sessionmgr</_this><extensionKey>a.b</extensionKey>"
               "</LoginExtensionByCertificate>"));
  CHECK(status == 500);
  CHECK(body.find("NoClientCertificateFault") != std::string::npos);
}

TEST_CASE("a reader sees machines but cannot start them") {
  Simulated s;
  esxvi::Ref<vim::VirtualMachine> const vm = s.host.add_vm("web01");
  auto session = s.open("viewer");
  CHECK(session.retrieve<vim::VirtualMachine, "name">().size() == 1);
  try {
    session.call(vim::PowerOnVM_Task{.self = vm});
    FAIL("allowed");
  } catch (esxvi::fault const& e) {
    CHECK(e.type_name() == "NoPermission");
    CHECK(e.server_message() == "Permission to perform this operation was denied.");
  }
}

TEST_CASE("every reference of the service content leads to an object") {
  for (bool const vcenter : {false, true}) {
    Simulated s({.vcenter = vcenter});
    auto session = s.open();
    auto const& content = session.content();
    std::size_t count = 0;
    esxvi::sim::detail::visit_references(*esxvi::reflect::type_of<vim::ServiceContent>(), &content,
                                         [&](esxvi::untyped_ref const& ref) {
                                           CAPTURE(ref);
                                           CHECK(s.host.exists(ref));
                                           ++count;
                                         });
    CHECK(count > (vcenter ? 30 : 20));
    CHECK(content.alarmManager.has_value() == vcenter);
    CHECK(content.about.instanceUuid.has_value() == vcenter);
  }
}
