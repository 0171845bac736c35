// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// What the parameters of a URI do to a connection, over sockets to a simulated host. The test
// session_traced runs this program once more with ESXVI_TRACE=bodies and looks for its secrets.
#include <esxvi/session/async.hpp>
#include <esxvi/session/connect.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/server.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "session/credentials_support.hpp"
#include "support/must_be_sound.hpp"
#include "support/sim_network.hpp"

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::connect;
using esxvi::ConnectionUri;
using esxvi::CurlOptions;
using esxvi::Session;
namespace sim = esxvi::sim;

namespace {

constexpr char const* password = "5ecret";

sim::HostOptions one_user() {
  return {.users = {{.name = "root", .password = password, .full_name = "Administrator"}}};
}

/// No proxy of this machine, no line on standard error.
CurlOptions direct(CurlOptions curl = {}) {
  curl.no_proxy = "*";
  curl.warn = nullptr;
  return curl;
}

/// A host behind TLS, with a certificate of its own.
struct Lab {
  sim::Host host{one_user()};
  MustBeSound const host_is_sound{host};
  sim::Server server{host, {.tls = true}};
  Folder folder{};
  std::string ca = folder.file("ca.pem", server.certificate_pem());

  [[nodiscard]] std::string uri(std::string const& parameters) const {
    return "esx://root@" + server.authority() + "/?" + parameters;
  }
  /// Opens a session and ends it.
  void open(std::string const& parameters, CurlOptions curl = direct()) const {
    static_cast<void>(
        connect(uri(parameters), esxvi::fixed_password(password), {}, std::move(curl)));
  }
};

/// Runs `look` with a session that is opened by each of the two ways.
template <class P, class F>
void each_way(std::string const& uri, P const& provider, CurlOptions const& curl, F const& look) {
  {
    Session session = connect(uri, provider, {}, curl);
    look(session);
  }
  esxvi::CurlLoop loop;
  Session session =
      loop.run(esxvi::async_connect(loop, uri, provider, esxvi::SessionOptions(), curl));
  look(session);
  loop.run(esxvi::async_logout(session));
}

}  // namespace

TEST_CASE("thumbprint= takes this one certificate, and no other") {
  Lab const lab;
  lab.open("thumbprint=" + lab.server.sha256_thumbprint());
  lab.open("thumbprint=" + lab.server.sha1_thumbprint());
  auto const other = sim::Certificate::make();
  for (auto const& wrong : {other.sha256_thumbprint(), other.sha1_thumbprint()}) {
    CHECK_THROWS_AS(lab.open("thumbprint=" + wrong), esxvi::thumbprint_mismatch);
    // Not even when nothing else is checked, or the CA is known.
    CHECK_THROWS_AS(lab.open("no_verify=1&thumbprint=" + wrong), esxvi::thumbprint_mismatch);
    CHECK_THROWS_AS(lab.open("ca_file=" + lab.ca + "&thumbprint=" + wrong),
                    esxvi::thumbprint_mismatch);
  }
  CHECK(lab.server.statistics().requests == 2 * 3);
}

TEST_CASE("ca_file= says who may vouch for the server") {
  Lab const lab;
  lab.open("ca_file=" + lab.ca);
  auto const other = lab.folder.file("other.pem", sim::Certificate::make().certificate_pem());
  CHECK_THROWS_AS(lab.open("ca_file=" + other), esxvi::tls_error);
  CHECK_THROWS_AS(lab.open(""), esxvi::unknown_authority);
  CHECK_THROWS_AS(lab.open("ca_file=" + other, direct({.ca_file = lab.ca})), esxvi::tls_error);
  CHECK(lab.server.statistics().requests == 3);
}

TEST_CASE("no_verify=1 takes anybody, and says so") {
  Lab const lab;
  int warnings = 0;
  auto curl = direct();
  curl.warn = [&](std::string_view) { ++warnings; };
  lab.open("no_verify=1", curl);
  CHECK(warnings == 1);
  CHECK_THROWS_AS(lab.open("no_verify=0", curl), esxvi::unknown_authority);
  // A URI that does not say it does not take it back.
  curl.verify = false;
  lab.open("", curl);
  CHECK(warnings == 2);
}

TEST_CASE("proxy= is the way to a host that has no other, user_agent= is seen in its sessions") {
  sim::Host host{one_user()};
  MustBeSound const host_is_sound{host};
  SimNetwork const network({{"esx01.example.test", &host}});
  std::string const uri =
      "esx://root@esx01.example.test/?transport=http&proxy=http://" + network.address();
  auto const agent = [&](std::string const& parameters, CurlOptions const& curl = {}) {
    std::string seen;
    each_way(uri + parameters, esxvi::fixed_password(password), curl, [&](Session&) {
      REQUIRE(host.sessions().size() == 1);
      seen = host.sessions().front()->agent;
    });
    CHECK(host.sessions().empty());
    return seen;
  };
  CHECK(agent("&user_agent=backup/2.0%20(nightly)") == "backup/2.0 (nightly)");
  CHECK(agent("&user_agent=a", {.user_agent = "b"}) == "a");
  CHECK(agent("", {.user_agent = "b"}) == "b");
  CHECK(agent("").starts_with("esxvi/"));
  CHECK(agent("", {.proxy = "http://127.0.0.1:1"}).starts_with("esxvi/"));
  CHECK(host.calls("Login") == 10);
}

TEST_CASE("api_version= is what the requests are spoken in") {
  sim::Host host{one_user()};
  MustBeSound const host_is_sound{host};
  SimNetwork const network({{"esx01.example.test", &host}});
  std::string const uri =
      "esx://root@esx01.example.test/?transport=http&proxy=http://" + network.address();
  auto const actions_of = [&](std::string const& parameters, std::string_view version) {
    auto const before = network.actions().size();
    each_way(uri + parameters, esxvi::fixed_password(password), {},
             [&](Session& session) { CHECK(session.api_version() == version); });
    auto all = network.actions();
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
    REQUIRE(all.size() == 6);
    return all[1] + " " + all[4];  // the logins
  };
  CHECK(actions_of("&api_version=6.7", "6.7") == "\"urn:vim25/6.7\" \"urn:vim25/6.7\"");
  CHECK(actions_of("", "8.0.3.0") == "\"urn:vim25/8.0.3.0\" \"urn:vim25/8.0.3.0\"");
}

TEST_CASE("authfile= is the file that auth_conf() reads") {
  Lab const lab;
  Home const home;
  auto const file = [&](std::string const& name, std::string const& text) {
    return lab.folder.file(name, "[auth-esx-127.0.0.1]\ncredentials=x\n[credentials-x]\n" + text);
  };
  auto const right = file("right.conf", "username=root\npassword=" + std::string(password) + "\n");
  auto const wrong = file("wrong.conf", "username=root\npassword=not-5ecret\n");
  auto const uri = [&](std::string const& path) {
    return lab.uri("ca_file=" + lab.ca + "&authfile=" + path);
  };
  int opened = 0;
  each_way(uri(right), esxvi::auth_conf(), direct(), [&](Session& session) {
    CHECK(session.user().userName == "root");
    ++opened;
  });
  CHECK(opened == 2);
  try {
    static_cast<void>(connect(uri(wrong), esxvi::auth_conf(), {}, direct()));
    FAIL("the wrong password was taken");
  } catch (esxvi::auth_error const& e) {
    CHECK(std::string_view(e.what()).find("5ecret") == std::string_view::npos);
  }
  CHECK_THROWS_AS(
      static_cast<void>(connect(lab.uri("ca_file=" + lab.ca), esxvi::auth_conf(), {}, direct())),
      esxvi::invalid_argument);
}

TEST_CASE("timeout= ends a wait for a server that says nothing") {
  auto const given = esxvi::curl_options_for(ConnectionUri::parse("esx://h/?timeout=200ms"));
  REQUIRE(given.connect_timeout == 200ms);  // or the rest takes a minute
  REQUIRE(given.low_speed_time == 200ms);
  HttpServer const silent([](HttpRequest&, HttpConnection& c) { c.wait_for_close(); });
  auto const address = "127.0.0.1:" + std::to_string(silent.port());
  CHECK_THROWS_AS(static_cast<void>(connect(
                      "esx://root@" + address + "/?transport=http&timeout=200ms",
                      esxvi::fixed_password(password), {.retry = {.attempts = 1}}, direct())),
                  esxvi::timeout);
  auto const until = std::chrono::steady_clock::now() + 10s;  // it may read what is there later
  while (silent.requests() == 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(1ms);
  CHECK(silent.requests() == 1);
}

TEST_CASE("what a URI does not say stays as the program set it") {
  CurlOptions const set{.verify = false,
                        .thumbprint = esxvi::Thumbprint::parse(std::string(64, 'a')),
                        .ca_file = "ca.pem",
                        .proxy = "http://p:1",
                        .user_agent = "agent",
                        .connect_timeout = 1ms,
                        .low_speed_time = 2ms};
  auto const kept = esxvi::curl_options_for(ConnectionUri::parse("esx://h/"), set);
  CHECK_FALSE(kept.verify);
  CHECK(kept.thumbprint == set.thumbprint);
  CHECK(kept.ca_file == set.ca_file);
  CHECK(kept.proxy == set.proxy);
  CHECK(kept.user_agent == set.user_agent);
  CHECK(kept.connect_timeout == set.connect_timeout);
  CHECK(kept.low_speed_time == set.low_speed_time);
}
