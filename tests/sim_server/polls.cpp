// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A host under many long polls: some are answered, some abandoned, some refused.
#include <esxvi/sim/host.hpp>
#include <esxvi/sim/machine.hpp>
#include <esxvi/types/PropertyFilter.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim_server/fixture.hpp"
#include "support/skip.hpp"

using namespace test;
namespace vim = esxvi::types;

namespace {

std::string between(std::string const& text, std::string_view from, std::string_view to) {
  auto const at = text.find(from);
  if (at == std::string::npos) return {};
  return text.substr(at + from.size(), text.find(to, at + from.size()) - at - from.size());
}

/// A client with a property collector of its own, which watches one machine.
class Poller {
 public:
  Poller(sim::Server const& server, std::string cookie) : cookie_(std::move(cookie)) {
    socket_.emplace(server);
  }

  void prepare(std::string const& vm) {
    collector_ = between(ask("<CreatePropertyCollector xmlns=\"urn:vim25\">" +
                             collector("ha-property-collector") + "</CreatePropertyCollector>"),
                         "\"PropertyCollector\">", "<");
    ask("<CreateFilter xmlns=\"urn:vim25\">" + collector(collector_) +
        "<spec><propSet><type>VirtualMachine</type><pathSet>name</pathSet></propSet><objectSet>"
        "<obj type=\"VirtualMachine\">" +
        vm + "</obj></objectSet></spec><partialUpdates>false</partialUpdates></CreateFilter>");
    poll();
    settle();
  }
  void poll(std::string const& version = {}) {
    socket_->send(message("<WaitForUpdatesEx xmlns=\"urn:vim25\">" + collector(collector_) +
                          "<version>" + (version.empty() ? version_ : version) +
                          "</version></WaitForUpdatesEx>"));
  }
  /// Reads the answer; whether there was something new in it.
  bool settle() {
    auto const reply = socket_->reply();
    auto const version = between(reply, "<version>", "</version>");
    if (!version.empty()) version_ = version;
    return !version.empty();
  }
  /// What the poll would have told is lost, and asked for again from the beginning.
  void go_away_and_come_back(sim::Server const& server) {
    socket_.reset();
    socket_.emplace(server);
    version_.clear();
  }
  std::string ask(std::string const& body) { return socket_->ask(message(body)); }

 private:
  static std::string collector(std::string const& id) {
    return "<_this type=\"PropertyCollector\">" + id + "</_this>";
  }
  [[nodiscard]] std::string message(std::string const& body) const {
    std::string const envelope =
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">"
        "<soapenv:Body>" +
        body + "</soapenv:Body></soapenv:Envelope>";
    return "POST /sdk HTTP/1.1\r\nHost: x\r\nCookie: vmware_soap_session=\"" + cookie_ +
           "\"\r\nContent-Length: " + std::to_string(envelope.size()) + "\r\n\r\n" + envelope;
  }

  std::optional<Raw> socket_{};
  std::string cookie_;
  std::string collector_{};
  std::string version_{};
};

}  // namespace

TEST_CASE("sim polls: ten thousand, of a thousand clients") {
  static constexpr std::size_t count = 1000;
  static constexpr int rounds = 10;
  if (!allow_descriptors(2 * count + 200)) ESXVI_SKIP("too few file descriptors");
  sim::Host host;
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("web01");
  sim::Server server{host, {.threads = 2}};
  auto const session = host.log_in(host.options().users.front(), {});
  std::deque<Poller> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back(server, session->cookie);
    clients.back().prepare(vm.value());
  }
  REQUIRE(host.all<vim::PropertyFilter>().size() == count);
  std::size_t told = 0;
  std::size_t expected = 0;
  for (int round = 0; round < rounds; ++round) {
    auto const before = host.calls("WaitForUpdatesEx");
    for (std::size_t i = 0; i < count; ++i)
      clients[i].poll((i + static_cast<std::size_t>(round)) % 50 == 0 ? "nonsense" : "");
    REQUIRE(eventually([&] { return host.calls("WaitForUpdatesEx") == before + count; }));
    // Every seventh does not wait for the answer.
    for (std::size_t i = static_cast<std::size_t>(round) % 7; i < count; i += 7)
      clients[i].go_away_and_come_back(server);
    host.modify(vm, [&](vim::VirtualMachine& m) {
      m.config->name = "web" + std::to_string(round);
      m.name = m.config->name;
    });
    for (std::size_t i = 0; i < count; ++i) {
      if (i % 7 == static_cast<std::size_t>(round) % 7) continue;
      bool const wrong = (i + static_cast<std::size_t>(round)) % 50 == 0;
      told += clients[i].settle() ? 1 : 0;
      expected += wrong ? 0 : 1;
    }
  }
  CHECK(told == expected);
  CHECK(host.calls("WaitForUpdatesEx") >= rounds * count);
  // With the session its collectors go, and whoever is left in a poll is told.
  host.modify(vm, [](vim::VirtualMachine& m) { m.name = m.config->name = "last"; });
  clients.front().poll();
  CHECK(clients.front().settle());
  clients.front().poll();
  REQUIRE(eventually([&] { return server.statistics().waiting >= 1; }));
  host.end_session(session->key);
  CHECK_FALSE(clients.front().settle());
  CHECK(host.all<vim::PropertyFilter>().empty());
  clients.clear();
  CHECK(eventually([&] { return server.statistics().open == 0; }));
  CHECK(server.statistics().waiting == 0);
  CHECK(host.check().empty());
}
