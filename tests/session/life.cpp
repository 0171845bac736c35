// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Opening and leaving: which requests go out, exactly.
#include "session/server.hpp"

#include <utility>

using namespace esxvi::test;

namespace {

std::string header(esxvi::ScriptedTransport::Received const& request, std::string_view name) {
  auto const* const value = esxvi::http::find_header(request.headers, name);
  return value != nullptr ? *value : "none";
}

constexpr std::string_view head =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
    " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>";
constexpr std::string_view tail = "</soapenv:Body></soapenv:Envelope>";

std::string message(std::string_view body) { return std::string(head).append(body).append(tail); }

}  // namespace

TEST_CASE("opening sends RetrieveServiceContent and Login, leaving sends Logout") {
  Server const server;
  {
    esxvi::Session const session = server.open();
    CHECK(session.requests() == 2);
    CHECK(session.api_version() == "8.0.3.0");
    CHECK(session.about().apiType == "HostAgent");
    CHECK(session.user().userName == "root");
    CHECK(session.service_url() == service_url);
  }
  auto const all = server.script->requests();
  REQUIRE(all.size() == 3);
  for (auto const& request : all) {
    CHECK(request.method == "POST");
    CHECK(request.url == service_url);
    CHECK(header(request, "Content-Type") == "text/xml; charset=UTF-8");
  }

  CHECK(all[0].operation == "RetrieveServiceContent");
  CHECK(header(all[0], "SOAPAction") == "\"urn:vim25/4.0\"");
  CHECK(header(all[0], "Cookie") == "none");
  CHECK(all[0].body == message("<RetrieveServiceContent xmlns=\"urn:vim25\">"
                               "<_this type=\"ServiceInstance\">ServiceInstance</_this>"
                               "</RetrieveServiceContent>"));

  CHECK(all[1].operation == "Login");
  CHECK(header(all[1], "SOAPAction") == "\"urn:vim25/8.0.3.0\"");
  CHECK(header(all[1], "Cookie") == cookie);
  CHECK(all[1].body ==
        message("<Login xmlns=\"urn:vim25\"><_this type=\"SessionManager\">ha-sessionmgr</_this>"
                "<userName>root</userName><password>5ecret&lt;&amp;&gt;word</password></Login>"));

  CHECK(all[2].operation == "Logout");
  CHECK(header(all[2], "SOAPAction") == "\"urn:vim25/8.0.3.0\"");
  CHECK(header(all[2], "Cookie") == cookie);
  CHECK(all[2].body == message("<Logout xmlns=\"urn:vim25\">"
                               "<_this type=\"SessionManager\">ha-sessionmgr</_this></Logout>"));
}

TEST_CASE("the locale is sent when one is asked for") {
  Server const server;
  static_cast<void>(server.open({.locale = "de"}));
  CHECK(has(server.script->requests().at(1).body, "<locale>de</locale></Login>"));
}

TEST_CASE("an older server is spoken to in its own version") {
  Server const server("5.5");
  static_cast<void>(server.open());
  CHECK(header(server.script->requests().at(1), "SOAPAction") == "\"urn:vim25/5.5\"");
}

TEST_CASE("logout() is sent once, and not again by the destructor") {
  Server const server;
  {
    esxvi::Session session = server.open();
    session.logout();
    session.logout();
  }
  CHECK(server.operations() == "RetrieveServiceContent Login Logout ");
}

TEST_CASE("logout() reports what goes wrong, the destructor does not") {
  Server const server;
  server.script->expect("Logout").reply(500, fault_reply("NotAuthenticated"));
  server.script->expect("Logout").throws(esxvi::connection_lost({"Logout", "x", "lost", {}}));
  esxvi::Session first = server.open();
  CHECK_THROWS_AS(first.logout(), esxvi::not_authenticated);
  server.script->when("RetrieveServiceContent").reply(200, content_reply());
  server.script->when("Login").reply(200, login_reply());
  {
    esxvi::Session const second = server.open();
  }
  server.script->verify();
}

TEST_CASE("a session is left when the block around it ends by an exception") {
  Server const server;
  try {
    esxvi::Session const session = server.open();
    throw std::runtime_error("something else");
  } catch (std::runtime_error const&) {
    CHECK(server.operations() == "RetrieveServiceContent Login Logout ");
  }
}

TEST_CASE("a session that was moved from sends nothing") {
  Server const server;
  {
    esxvi::Session first = server.open();
    esxvi::Session second = std::move(first);
    first.logout();  // NOLINT(bugprone-use-after-move): that is the point
    esxvi::Session third = std::move(second);
    CHECK(third.requests() == 2);
  }
  CHECK(server.operations() == "RetrieveServiceContent Login Logout ");
}

TEST_CASE("assigning to a session leaves the one that it held") {
  Server const one;
  Server const other;
  esxvi::Session session = one.open();
  session = other.open();
  CHECK(one.operations() == "RetrieveServiceContent Login Logout ");
  CHECK(other.operations() == "RetrieveServiceContent Login ");
}

TEST_CASE("a wrong password is an auth_error, and there is nothing to log out of") {
  Server server;
  server.script = std::make_shared<esxvi::ScriptedTransport>();
  server.script->expect("RetrieveServiceContent").reply(200, content_reply());
  server.script->expect("Login").reply(
      500, fault_reply("InvalidLogin",
                       "Cannot complete login due to an incorrect user name or "
                       "password."));
  auto const e = thrown<esxvi::auth_error>([&] { static_cast<void>(server.open()); });
  CHECK(e.code() == esxvi::errc::wrong_credentials);
  CHECK(e.delivered() == esxvi::delivery::answered);
  CHECK(e.type_name() == "InvalidLogin");
  check_context_and_advice(e, "Login", service_url);
  CHECK(server.operations() == "RetrieveServiceContent Login ");
}

TEST_CASE("a server without a session manager is no vSphere server") {
  Server server;
  server.script = std::make_shared<esxvi::ScriptedTransport>();
  server.script->expect("RetrieveServiceContent")
      .reply(200, response("RetrieveServiceContent", "<returnval/>"));
  auto const e = thrown<esxvi::not_soap>([&] { static_cast<void>(server.open()); });
  check_context_and_advice(e, "Login", service_url);
  CHECK(server.operations() == "RetrieveServiceContent ");
}

TEST_CASE("a password that XML cannot carry is refused before it is sent, and not shown") {
  Server const server;
  try {
    esxvi::Session const session(esxvi::any_transport(server.script), service_url,
                                 {"root", "hun\x01ter2"});
    FAIL("logged in");
  } catch (esxvi::invalid_argument const& e) {
    check_context_and_advice(e, "Login", service_url);
    CHECK(has(e.what(), "control character"));
    CHECK_FALSE(has(e.what(), "ter2"));
  }
  CHECK(server.operations() == "RetrieveServiceContent ");
}

TEST_CASE("the cookie of any reply is sent from then on; other cookies are not") {
  Server const server;
  esxvi::Session session = server.open();
  auto& step = server.script->expect("CurrentTime");
  step.reply(200, response("CurrentTime", "<returnval>2026-01-02T03:04:05Z</returnval>"),
             {{"Set-Cookie", "tracking=1; Path=/"},
              {"set-cookie", "vmware_soap_session=\"second\"; Secure"}});
  session.keep_alive();
  session.logout();
  CHECK(header(server.script->requests().at(3), "Cookie") == "vmware_soap_session=\"second\"");
}
