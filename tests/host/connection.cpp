// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A host, its vCenter, or a part of a vCenter by URI, over sockets; requests are counted, and no
// session is left behind.
#include <esxvi/host.hpp>
#include <esxvi/query.hpp>
#include <esxvi/sim/server.hpp>

#include "host/center.hpp"
#include "support/must_be_sound.hpp"
#include "support/sim_network.hpp"

using namespace esxvi::test;
using esxvi::Scope;

namespace {

/// A host and the vCenter that manages it.
struct Pair {
  esxvi::sim::Host esx;
  MustBeSound const esx_is_sound{esx};
  Center center;
  esxvi::sim::Server esx_server{esx};
  esxvi::sim::Server center_server{center.host};
  std::vector<esxvi::Challenge> asked{};

  Pair() {
    esx.add_vm("web01").ref();
    auto const uuid = esx.get<vim::HostSystem>(esx.places().host)->summary.hardware.value().uuid;
    center.host.modify(center.hosts(1),
                       [&](vim::HostSystem& h) { h.hardware.value().systemInfo.uuid = uuid; });
    managed_by("127.0.0.1");
  }
  void managed_by(std::optional<std::string> address) {
    esx.modify(esx.places().host,
               [&](vim::HostSystem& h) { h.summary.managementServerIp = address; });
  }
  [[nodiscard]] std::string host_uri(std::string const& more = {}) const {
    return "esx://root@" + esx_server.authority() + "/?transport=http" + more;
  }
  [[nodiscard]] std::string center_uri(std::string const& path = "/") const {
    return "vpx://administrator%40vsphere.local@" + center_server.authority() + path +
           "?transport=http";
  }
  esxvi::Connection open(std::string const& uri, esxvi::OpenOptions options = {}) {
    if (uri.find("proxy=") == uri.npos) options.curl.no_proxy = "*";
    return esxvi::open_connection(
        uri,
        [&](esxvi::Challenge const& challenge) {
          asked.push_back(challenge);
          return esxvi::Credentials{challenge.user_or_default(), "esxvi"};
        },
        options);
  }
  [[nodiscard]] esxvi::OpenOptions with_center() const {
    return {.vcenter = esxvi::ConnectionUri::parse(center_uri())};
  }
  [[nodiscard]] bool all_left() { return esx.sessions().empty() && center.host.sessions().empty(); }
};

}  // namespace

TEST_CASE("connection: a host in three requests, and one to leave") {
  Pair at;
  {
    auto const connection = at.open(at.host_uri());
    CHECK(at.esx.calls() == 3);
    CHECK(connection.scope().host() == at.esx.places().host);
    CHECK(connection.vcenter() == nullptr);
    CHECK(connection.vcenter_scope() == nullptr);
    auto const moved = [](esxvi::Connection c) { return c; }(at.open(at.host_uri()));
    CHECK(moved.scope().machines().size() == 1);
    auto const before = at.esx.calls();
    static_cast<void>(connection.scope().count());
    CHECK(at.esx.calls() == before + 1);
  }
  CHECK(at.esx.calls("Logout") == 2);
  CHECK(at.center.host.calls() == 0);
  CHECK(at.all_left());
}

TEST_CASE("connection: a host and its vCenter in six requests") {
  Pair at;
  {
    auto connection = at.open(at.host_uri("&vcenter=*"), at.with_center());
    CHECK(at.esx.calls() == 3);
    CHECK(at.center.host.calls() == 3);
    REQUIRE(connection.vcenter() != nullptr);
    CHECK(connection.vcenter()->about().apiType == "VirtualCenter");
    REQUIRE(connection.vcenter_scope() != nullptr);
    CHECK(connection.vcenter_scope()->host() == at.center.hosts(1));
    CHECK(connection.vcenter_scope()->path() == "/Datacenter/Cluster/esx02.example.test");
    CHECK(connection.scope().host() == at.esx.places().host);
    REQUIRE(at.asked.size() == 2);
    CHECK(at.asked[0].user == "root");
    CHECK(at.asked[0].scheme == "esx");
    CHECK(at.asked[1].user == "administrator@vsphere.local");
    CHECK(at.asked[1].scheme == "vpx");
    connection.close();
    CHECK(at.all_left());
  }
  CHECK(at.esx.calls("Logout") == 1);
  CHECK(at.center.host.calls("Logout") == 1);
}

TEST_CASE("connection: vcenter= in the URI is all it takes") {
  Pair at;
  at.managed_by("vc.example.test");
  SimNetwork const network({{"esx01.example.test", &at.esx}, {"vc.example.test", &at.center.host}});
  for (std::string const vcenter : {"*", "vc.example.test"}) {
    CAPTURE(vcenter);
    auto const before = at.esx.calls() + at.center.host.calls();
    at.asked.clear();
    {
      // Neither has a port of its own here, so the way to both is the proxy that the URI names.
      auto const connection =
          at.open("esx://esx01.example.test/?transport=http&vcenter=" + vcenter +
                  "&user_agent=backup&proxy=" + network.address());
      CHECK(at.esx.calls() + at.center.host.calls() == before + 6);
      REQUIRE(connection.vcenter() != nullptr);
      CHECK(connection.vcenter()->service_url() == "http://vc.example.test/sdk");
      CHECK(connection.vcenter_scope()->host() == at.center.hosts(1));
      REQUIRE(at.asked.size() == 2);
      CHECK(at.asked[1].host == "vc.example.test");
      CHECK(at.asked[1].scheme == "vpx");
      REQUIRE(at.center.host.sessions().size() == 1);
      CHECK(at.center.host.sessions().front()->agent == "backup");
    }
    CHECK(at.all_left());
  }
}

TEST_CASE("connection: what the URI of a host says goes for its vCenter too, but what is its own") {
  Pair at;
  std::string const both =
      "?transport=http&no_verify=1&proxy=p:3128&authfile=/a&ca_file=/c&timeout=7&user_agent=u";
  auto const of_host = "&auto_answer=1&api_version=6.7&thumbprint=" + std::string(64, 'a');
  for (std::string const vcenter : {"vc.example.test", "*"}) {
    at.managed_by("vc.example.test");
    auto const uri =
        esxvi::ConnectionUri::parse("esx://viewer@h:444/" + both + of_host + "&vcenter=" + vcenter);
    auto const scope = at.open(at.host_uri());
    CHECK(esxvi::detail::vcenter_of(uri, scope.scope(), {}) ==
          esxvi::ConnectionUri::parse("vpx://vc.example.test" + both));
  }
}

TEST_CASE("connection: a part of a vCenter in three requests, all of it in two") {
  Pair at;
  {
    auto const connection = at.open(at.center_uri("/Datacenter/Cluster/esx01.example.test"));
    CHECK(at.center.host.calls() == 3);
    CHECK(connection.scope().host() == at.center.hosts(0));
    CHECK(at.open(at.center_uri("/Datacenter/Rack%201/esx%2fa")).scope().host() == at.center.lone);
    CHECK(at.open(at.center_uri("/Europe/Berlin")).scope().kind() == Scope::Kind::datacenter);
    auto const before = at.center.host.calls();
    auto const everything = at.open(at.center_uri());
    CHECK(at.center.host.calls() == before + 2);
    CHECK(everything.scope().kind() == Scope::Kind::everything);
  }
  CHECK(at.all_left());
}

TEST_CASE("connection: what cannot be opened leaves nothing behind") {
  Pair at;
  auto const refused = [&](std::string const& uri, esxvi::OpenOptions const& options = {}) {
    try {
      static_cast<void>(at.open(uri, options));
      return std::string("nothing");
    } catch (esxvi::error const& e) {
      CHECK(at.all_left());
      return std::string(e.what());
    }
  };
  auto const says = [](std::string const& text, std::string_view part) {
    INFO(text);
    CHECK(text.find(part) != text.npos);
  };
  says(refused(at.center_uri("/Datacenter/Nowhere")), "\"Nowhere\"");
  says(refused("vpx" + at.host_uri().substr(3)), "use esx://");
  says(refused("esx" + at.center_uri().substr(3)), "use vpx://");
  says(refused("gsx" + at.host_uri().substr(3)), "use esx://");
  says(refused("esx://root@" + at.esx_server.authority() + "/path?transport=http"),
       "a host has no path");

  SUBCASE("a vCenter that does not know the host") {
    at.center.host.modify(at.center.hosts(1), [](vim::HostSystem& h) {
      h.hardware.value().systemInfo.uuid = "99999999-1111-2222-3333-444444444444";
    });
    says(refused(at.host_uri("&vcenter=*"), at.with_center()), "no host with the UUID");
  }
  SUBCASE("a host that no vCenter manages") {
    at.managed_by(std::nullopt);
    auto const before = at.center.host.calls();
    says(refused(at.host_uri("&vcenter=*")), "no vCenter manages this host");
    CHECK(at.center.host.calls() == before);
  }
  SUBCASE("a vCenter that is a host") {
    auto options = at.with_center();
    options.vcenter = esxvi::ConnectionUri::parse("vpx" + at.host_uri().substr(3));
    says(refused(at.host_uri(), options), "use esx://");
  }
  SUBCASE("a vCenter that is not there") {
    auto options = at.with_center();
    at.center_server.stop();
    says(refused(at.host_uri(), options), "is the host up");
  }
  SUBCASE("a wrong password at the vCenter") {
    auto options = at.with_center();
    options.vcenter->user = "nobody";
    says(refused(at.host_uri(), options), "InvalidLogin");
  }
}

TEST_CASE("connection: auto_answer decides what becomes of a question") {
  Pair at;
  esxvi::Ref<vim::VirtualMachine> const asking =
      at.esx.add_vm("asking").serial_file("[datastore1] asking/serial.log");
  vim::PowerOnVM_Task const request{.self = asking};
  auto const power = [&] {
    return at.esx.get<vim::VirtualMachine>(asking)->runtime.powerState.value();
  };

  SUBCASE("left out, or 0: it is reported, and nothing goes on") {
    for (char const* parameter : {"", "&auto_answer=0"}) {
      auto const connection = at.open(at.host_uri(parameter));
      CHECK_FALSE(connection.questions().on());
      CHECK_THROWS_AS(connection.run(request), esxvi::question_pending);
      CHECK(power() == vim::VirtualMachinePowerState::poweredOff);
      CHECK(at.esx.calls("AnswerVM") == 0);
    }
  }
  SUBCASE("1: the default answer is given") {
    auto const connection = at.open(at.host_uri("&auto_answer=1"));
    auto task = connection.start(request);
    task.wait();
    REQUIRE(task.answered().size() == 1);
    CHECK(task.answered()[0].choice.words() == "Append");
    CHECK(power() == vim::VirtualMachinePowerState::poweredOn);
  }
}
