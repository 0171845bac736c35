// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The same over TLS: records and handshakes that are cut, and servers that speak something else.
#include "faults/plant.hpp"

#include <esxvi/types/ManagedEntity.hpp>

using namespace esxvi::test;
using esxvi::errc;

TEST_CASE("faults of TLS: open, list and close, broken anywhere") {
  // The handshake is part of it.
  auto const life = [](Plant& at) {
    auto session = at.open();
    auto const found = session.retrieve<vim::VirtualMachine, "name">().size();
    session.logout();
    return found;
  };
  sweep([&] { return std::make_unique<Everything>(life, esxvi::sim::ServerOptions{.tls = true}); },
        30);
}

TEST_CASE("faults of TLS: garbage where a handshake is expected") {
  Plant at{{.tls = true}, 1};
  for (std::string const& garbage :
       {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string(200, '\0'),
        std::string("\x15\x03\x03\x00\x02\x02\x28", 7), std::string("SSH-2.0-x\r\n")}) {
    at.proxy.arm({.act = Act::say, .way = Way::request, .after = 0, .times = -1, .text = garbage});
    auto const e = error_of([&] { at.open().logout(); });
    REQUIRE(e.has_value());
    INFO(e->what());
    CHECK(e->code() == errc::tls_failed);
    CHECK(e->delivered() == esxvi::delivery::not_sent);
    CHECK(at.host.calls() == 0);
    at.proxy.lift();
  }
  at.open().logout();
}

TEST_CASE("faults of TLS: garbage between two records ends the connection, not the session") {
  Plant at{{.tls = true}, 3};
  auto session = at.open();
  for (int i = 0; i < 5; ++i) {
    at.proxy.arm({.act = Act::say, .way = Way::request, .after = 0, .text = "garbage, this is"});
    CHECK(session.retrieve<vim::VirtualMachine, "name">().size() == 3);
    CHECK(at.proxy.fired() == 1);
  }
}

TEST_CASE("faults of TLS: a handshake that never ends") {
  Plant at{{.tls = true}, 1};
  at.proxy.arm({.act = Act::vanish, .way = Way::reply, .after = 100, .times = -1});
  auto const e = error_of([&] {
    esxvi::CurlOptions curl = impatient();
    curl.verify = false;
    curl.connect_timeout = 200ms;
    esxvi::Session(esxvi::CurlTransport(curl), at.url(), at.who(), brisk()).logout();
  });
  REQUIRE(e.has_value());
  CHECK(e->code() == errc::timeout);
  CHECK(e->delivered() == esxvi::delivery::not_sent);
}

TEST_CASE("faults of TLS: what a reused connection may have delivered is not sent over a new one") {
  Plant at{{.tls = true}, 1};
  auto session = at.open();
  vim::Rename_Task const rename{.self = at.machine(), .newName = "renamed"};
  // The reply is lost, and so is the handshake of the connection that libcurl opens instead.
  at.proxy.arm({.act = Act::reset, .way = Way::reply, .after = 0, .times = 2});
  auto const e = error_of([&] { static_cast<void>(session.call(rename)); });
  REQUIRE(e.has_value());
  INFO(e->what());
  CHECK(e->code() == errc::connection_lost);
  CHECK(e->delivered() == esxvi::delivery::unknown);
  CHECK(at.proxy.fired() == 2);
  CHECK(at.calls("Rename_Task") == 1);
}
