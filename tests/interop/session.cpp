// Logging in and out, and calling methods, against the simulator.
#include "interop/vsphere.hpp"

#include <esxvi/session/content.hpp>
#include <esxvi/types/ServiceInstance.hpp>

#include <doctest/doctest.h>

#include <string>

#include "support/unreachable.hpp"

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

bool has(std::string const& text, std::string const& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE(
    "opening a session takes two requests, leaving it one, and both kinds of server say what they "
    "are") {
  ESXVI_NEED_PEER();
  struct {
    std::vector<std::string> arguments;
    std::string api_type;
  } const kinds[] = {{esx, "HostAgent"}, {vcenter, "VirtualCenter"}};
  for (auto const& kind : kinds) {
    CAPTURE(kind.api_type);
    Peer const peer(kind.arguments);
    esxvi::Session session = open(peer);
    CHECK(session.requests() == 2);
    CHECK(session.about().apiType == kind.api_type);
    CHECK(session.user().userName == Peer::user());
    CHECK_FALSE(session.api_version().empty());
    session.logout();
    CHECK(session.requests() == 3);
  }
}

TEST_CASE("a wrong password is an auth_error that does not show it") {
  ESXVI_NEED_PEER();
  Peer const peer(esx);
  auto const wrong = [](esxvi::Challenge const& challenge) {
    return esxvi::Credentials{challenge.user, "5ecret"};
  };
  try {
    esxvi::connect(uri_of(peer), wrong).logout();
    FAIL("logged in");
  } catch (esxvi::auth_error const& e) {
    CHECK(e.code() == esxvi::errc::wrong_credentials);
    CHECK(e.type_name() == "InvalidLogin");
    CHECK_FALSE(has(e.what(), "5ecret"));
  }
}

TEST_CASE(
    "a certificate that nobody signed is refused unless the URI says otherwise, before anything is "
    "sent") {
  ESXVI_NEED_PEER();
  Peer const peer(esx);
  try {
    esxvi::connect(uri_of(peer, ""), right_password).logout();
    FAIL("connected");
  } catch (esxvi::tls_error const& e) {
    CHECK(e.code() == esxvi::errc::untrusted_certificate);  // its key is too weak as well
    CHECK(e.delivered() == esxvi::delivery::not_sent);
    CHECK(has(e.what(), peer.authority()));
  }
}

TEST_CASE("a server that is not there is a transport_error that names it") {
  TakenPort const silent;
  try {
    esxvi::connect("https://root@" + silent.authority() + "/?no_verify=1", right_password).logout();
    FAIL("connected");
  } catch (esxvi::transport_error const& e) {
    CHECK(e.code() == esxvi::errc::connection_refused);
    CHECK(e.delivered() == esxvi::delivery::not_sent);
    CHECK(has(e.what(), "127.0.0.1"));
  }
}

TEST_CASE("a method without arguments, with a value as its result") {
  ESXVI_NEED_PEER();
  Peer const peer(vcenter);
  esxvi::Session session = open(peer);
  esxvi::DateTime const now =
      session.call(vim::CurrentTime{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")});
  CHECK(now != esxvi::DateTime{});
  auto const& content = session.content();
  CHECK(content.rootFolder.value() == session.opening_content().rootFolder.value());
  REQUIRE(content.viewManager.has_value());
}

TEST_CASE("a session that ended is not_authenticated") {
  ESXVI_NEED_PEER();
  Peer const peer(vcenter);
  esxvi::Session session = open(peer);
  session.logout();
  auto const after = [&] {
    return session.call(
        vim::CurrentTime{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")});
  };
  CHECK_THROWS_AS(after(), esxvi::not_authenticated);
}
