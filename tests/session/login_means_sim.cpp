// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The ways to log in that need no password, against a simulated host.
#include <esxvi/session.hpp>
#include <esxvi/session/content.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/on.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/SessionManager.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "support/must_be_sound.hpp"
#include "support/sim_network.hpp"

using namespace esxvi::test;
using esxvi::Session;
namespace sim = esxvi::sim;
namespace vim = esxvi::types;

namespace {

std::string const token =
    "<saml2:Assertion xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_1\">"
    "<saml2:Issuer>5ecret</saml2:Issuer></saml2:Assertion>";

struct Lab {
  sim::Host host{{.users = {{.name = "root", .password = "5ecret"},
                            {.name = "solution", .password = "5ecret-2", .token = token}}}};
  MustBeSound const host_is_sound{host};

  Session open(esxvi::LoginMeans means, esxvi::SessionOptions options = {}) {
    return Session(sim::Transport(host), "https://esx01.example.test/sdk", std::move(means),
                   std::move(options));
  }
  Session open() { return open(esxvi::Credentials{"root", "5ecret"}); }
  /// What the server says of a session with these means.
  std::string refusal(esxvi::LoginMeans means) {
    auto const before = host.sessions().size();
    try {
      static_cast<void>(open(std::move(means)));
    } catch (esxvi::error const& e) {
      CHECK(host.sessions().size() == before);
      CHECK(std::string_view(e.what()).find("5ecret") == std::string_view::npos);
      CHECK(std::string_view(e.what()).find("cst-") == std::string_view::npos);
      return e.what();
    }
    FAIL("it was let in");
    return {};
  }
};

void ask(Session& session) {
  static_cast<void>(
      session.call(vim::CurrentTime{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")}));
}
bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("a clone ticket opens one session of the same user, once") {
  Lab lab;
  Session session = lab.open();
  auto const ticket =
      session.call(vim::AcquireCloneTicket{.self = *session.content().sessionManager});
  {
    Session second = lab.open(esxvi::CloneTicket{ticket});
    CHECK(second.user().userName == "root");
    CHECK(second.user().key != session.user().key);
    CHECK(lab.host.sessions().size() == 2);
    ask(second);
    CHECK(has(lab.refusal(esxvi::CloneTicket{ticket}), "InvalidLogin"));

    // Such a session cannot log in again by itself.
    lab.host.end_session(second.user().key);
    CHECK_THROWS_AS(ask(second), esxvi::auth_error);
  }
  ask(session);
  CHECK(session.generation() == 0);
  CHECK(lab.host.calls("Login") == 1);
}

TEST_CASE("a clone ticket ends with the session that it is of") {
  Lab lab;
  std::string ticket;
  {
    Session session = lab.open();
    ticket = session.call(vim::AcquireCloneTicket{.self = *session.content().sessionManager});
  }
  CHECK(has(lab.refusal(esxvi::CloneTicket{ticket}), "InvalidLogin"));
}

TEST_CASE("a SAML token logs in whom it is for, and logs in again") {
  Lab lab;
  Session session = lab.open(esxvi::SamlToken{token});
  CHECK(session.user().userName == "solution");
  lab.host.end_all_sessions();
  ask(session);
  CHECK(session.generation() == 1);
  CHECK(lab.host.calls("LoginByToken") == 2);
  CHECK(lab.host.calls("Login") == 0);
  CHECK(has(lab.refusal(esxvi::SamlToken{"<a>other 5ecret</a>"}), "InvalidLogin"));
}

TEST_CASE("an extension is known by the certificate that the client shows") {
  Lab lab;
  CHECK(has(lab.refusal(esxvi::ExtensionCertificate{"com.example.backup"}), "NoClientCertificate"));

  // A server that has seen one.
  lab.host.on<vim::LoginExtensionByCertificate>(
      [](sim::Call& call, vim::LoginExtensionByCertificate const& r) {
        auto const session = call.host().log_in({.name = *r.extensionKey}, call.request());
        call.open_session(session, session->cookie);
        vim::UserSession told;
        told.key = session->key;
        told.userName = session->user.name;
        return told;
      });
  auto const ca = Certificate::make("ca.example");
  auto const mine = Certificate::with({.name = "backup.example", .issuer_file = ca.file()});
  SimNetwork const network({{"esx01.example.test", &lab.host}},
                           {.certificate = Certificate::make("127.0.0.1"), .client_ca = ca.file()});
  auto const provider = [](auto const&) {
    return esxvi::ExtensionCertificate{"com.example.backup"};
  };
  std::string const uri = "https://" + network.address() + "/?ca_file=" + network.ca_file();
  {
    Session session =
        esxvi::connect(uri, provider, {},
                       {.client_cert = mine.file(), .client_key = mine.file(), .no_proxy = "*"});
    CHECK(session.user().userName == "com.example.backup");
    ask(session);
  }
  CHECK_THROWS_AS(static_cast<void>(esxvi::connect(uri, provider, {}, {.no_proxy = "*"})),
                  esxvi::tls_failed);
  CHECK(lab.host.sessions().empty());
}
