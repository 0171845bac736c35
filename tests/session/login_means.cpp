// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The ways to log in that need no password.
#include "session/server.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using namespace esxvi::test;

namespace {

/// The message by which a session with these means logs in.
std::string login_message(std::string const& method, esxvi::LoginMeans means,
                          esxvi::SessionOptions options = {}) {
  auto const script = std::make_shared<esxvi::ScriptedTransport>();
  script->expect("RetrieveServiceContent").reply(200, content_reply());
  std::string reply = login_reply();
  if (method != "Login")
    for (auto at = reply.find("LoginResponse"); at != std::string::npos;
         at = reply.find("LoginResponse", at + method.size()))
      reply.replace(at, 5, method);
  script->expect(method).reply(200, reply);
  script->expect("Logout").reply(200, response("Logout", ""));
  options.operation_id = "";
  esxvi::Session const session(script, service_url, std::move(means), std::move(options));
  CHECK(session.user().userName == "root");
  return script->requests().at(1).body;
}

}  // namespace

TEST_CASE("a clone ticket of another session") {
  auto const body = login_message("CloneSession", esxvi::CloneTicket{"cst-5ecret"});
  CHECK(has(body,
            "<CloneSession xmlns=\"urn:vim25\"><_this type=\"SessionManager\">ha-sessionmgr"
            "</_this><cloneTicket>cst-5ecret</cloneTicket></CloneSession>"));
}

TEST_CASE("a SAML token goes into the header of WS-Security as it is") {
  std::string const token =
      "<saml2:Assertion xmlns:saml2=\"urn:x\" ID=\"_1\">5ecret</saml2:Assertion>";
  auto const body = login_message("LoginByToken", esxvi::SamlToken{token}, {.locale = "de"});
  CHECK(has(body,
            "<soapenv:Header><wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/"
            "oasis-200401-wss-wssecurity-secext-1.0.xsd\">" +
                token + "</wsse:Security></soapenv:Header><soapenv:Body><LoginByToken"));
  CHECK(has(body, "<locale>de</locale></LoginByToken>"));
}

TEST_CASE("an extension, whose certificate the transport shows") {
  auto const body = login_message("LoginExtensionByCertificate",
                                  esxvi::ExtensionCertificate{"com.example.backup"});
  CHECK(has(body, "<extensionKey>com.example.backup</extensionKey></LoginExtensionByCertificate>"));
}

TEST_CASE("a refused ticket or token is an auth_error that does not show it") {
  auto const script = std::make_shared<esxvi::ScriptedTransport>();
  script->expect("RetrieveServiceContent").reply(200, content_reply());
  esxvi::LoginMeans means;
  SUBCASE("ticket") {
    means = esxvi::CloneTicket{"cst-5ecret"};
    script->expect("CloneSession").reply(500, fault_reply("InvalidLogin"));
  }
  SUBCASE("token") {
    means = esxvi::SamlToken{"<a>5ecret</a>"};
    script->expect("LoginByToken").reply(500, fault_reply("InvalidLogin"));
  }
  static_cast<void>(thrown<esxvi::auth_error>(
      [&] { static_cast<void>(esxvi::Session(script, service_url, std::move(means))); }));
}
