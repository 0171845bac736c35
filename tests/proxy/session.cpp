// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Whole sessions by URI through real proxies: open, list, close.
#include <esxvi/escape/uri.hpp>
#include <esxvi/query.hpp>
#include <esxvi/session.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/socks.hpp"
#include "proxy/squid.hpp"
#include "support/fault_proxy.hpp"
#include "support/must_be_sound.hpp"
#include "support/skip.hpp"

using namespace test;
using esxvi::test::FaultProxy;
using esxvi::test::find_program;
using esxvi::test::ServerProcess;
using esxvi::test::Way;
namespace vim = esxvi::types;

namespace {

/// A session through the proxy that listens on `port`, once over TLS and once without. A proxy of
/// our own, which breaks nothing, is in front of it: to see what goes there.
void through(std::string_view scheme, std::uint16_t port, std::string_view login,
             std::string_view greeting, std::string const& proxy_ca_file = {}) {
  for (bool const tls : {true, false}) {
    CAPTURE(scheme);
    CAPTURE(tls);
    FaultProxy before{port};
    esxvi::sim::Host host;
    esxvi::test::MustBeSound const host_is_sound{host};
    for (auto const* name : {"web01", "web02"}) host.add_vm(name);
    esxvi::sim::Server server{host, {.tls = tls}};

    std::string proxy{scheme};
    proxy.append("://").append(login).append("127.0.0.1:").append(std::to_string(before.port()));
    auto const uri = "esx://root@" + server.authority() +
                     (tls ? "/?no_verify=1&proxy=" : "/?transport=http&proxy=") +
                     esxvi::escape::uri::encode(proxy);
    // libcurl reads no_proxy of the environment unless it is told something.
    esxvi::CurlOptions curl{.no_proxy = "none", .proxy_ca_file = proxy_ca_file};
    curl.warn = {};
    auto session = esxvi::connect(
        uri,
        [](esxvi::Challenge const& challenge) {
          return esxvi::Credentials{challenge.user, "esxvi"};
        },
        {}, std::move(curl));
    CHECK(session.user().userName == "root");
    CHECK(session.retrieve<vim::VirtualMachine, "name">().size() == 2);
    CHECK(host.sessions().size() == 1);
    session.logout();
    CHECK(host.sessions().empty());
    CHECK(host.calls("Login") == 1);
    CHECK(host.calls("Logout") == 1);

    // All of it on one connection, and none past the proxy. (HTTP proxies read what is not TLS, and
    // see for themselves on which connections it goes further.)
    bool const tunnel = tls || !scheme.starts_with("http");
    CHECK(before.connections() == 1);
    CHECK(server.statistics().accepted >= 1);
    if (tunnel) CHECK(server.statistics().accepted == 1);
    if (scheme == "https") continue;
    auto const said = before.seen(Way::request);
    CHECK(said.starts_with(tunnel ? greeting : "POST http://"));
    CHECK((said.find("</Login>") == said.npos) == tls);
  }
}

std::string const walt = std::string{Squid::user} + ":" + std::string{Squid::password} + "@";
constexpr std::string_view socks4{"\x04\x01", 2};
constexpr std::string_view socks5{"\x05", 1};

}  // namespace

TEST_CASE("a session through squid") {
  if (!Squid::is_here()) ESXVI_SKIP("no squid here (package squid-openssl)");
  Squid const squid{Squid::Door::open};
  through("http", squid.port(), "", "CONNECT 127.0.0.1:");
  through("https", squid.port("https"), "", "", squid.ca_file());
}

TEST_CASE("a session through squid that wants a user") {
  if (!Squid::is_here()) ESXVI_SKIP("no squid here (package squid-openssl)");
  Squid const squid;
  through("http", squid.port(), walt, "CONNECT 127.0.0.1:");
  through("https", squid.port("https"), walt, "", squid.ca_file());
}

TEST_CASE("a session through dante") {
  if (!find_program("danted")) ESXVI_SKIP("no danted here (package dante-server)");
  ServerProcess const proxy{*find_program("danted"), dante};
  through("socks4", proxy.port(), "", socks4);
  through("socks5", proxy.port(), "", socks5);
  through("socks5h", proxy.port(), "", socks5);
}

TEST_CASE("a session through microsocks that wants a user") {
  if (!find_program("microsocks")) ESXVI_SKIP("no microsocks here (package microsocks)");
  ServerProcess const proxy{*find_program("microsocks"), microsocks};
  through("socks5", proxy.port(), walt, socks5);
  through("socks5h", proxy.port(), walt, socks5);
}
