// A simulated host and a session with it; at the end the host must be sound.
#pragma once

#include <esxvi/session.hpp>
#include <esxvi/sim.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

#include "support/must_be_sound.hpp"

namespace esxvi::test {

namespace vim = esxvi::types;

inline sim::HostOptions simulated(sim::HostOptions options = {}) {
  options.time = sim::TimeMode::simulated;
  return options;
}

/// A host that must be sound when it goes.
struct Checked {
  sim::Host host;
  MustBeSound const is_sound{host};

  explicit Checked(sim::HostOptions options = {}) : host(std::move(options)) {}
  Checked(Checked const&) = delete;
  Checked& operator=(Checked const&) = delete;
};

struct Simulated : Checked {
  explicit Simulated(sim::HostOptions options = {}) : Checked(simulated(std::move(options))) {}

  Session open(std::string user = {}, std::string password = "esxvi") {
    if (user.empty()) user = host.options().users.front().name;
    return Session(sim::Transport(host), "https://esx01.example.test/sdk", {user, password});
  }
  /// Sends a body as it is; a reply, or a fault as text.
  std::pair<int, std::string> post(std::string body, std::string cookie = {},
                                   std::string action = {}) {
    sim::WebRequest request{.method = "POST", .target = "/sdk", .body = std::move(body)};
    if (!cookie.empty())
      request.headers.push_back({"Cookie", "vmware_soap_session=\"" + cookie + "\""});
    if (!action.empty()) request.headers.push_back({"SOAPAction", action});
    std::pair<int, std::string> answer;
    host.handle(std::move(request), [&](sim::WebResponse r) { answer = {r.status, r.body}; }, {});
    return answer;
  }
  std::string cookie() { return host.sessions().at(0)->cookie; }
};

/// Name of the fault that `f` ends in; empty: none.
template <class F> std::string fault_of(F&& f) {
  try {
    std::forward<F>(f)();
    return {};
  } catch (fault const& e) {
    return std::string(e.type_name());
  }
}

inline std::string envelope(std::string_view body) {
  return "<?xml version=\"1.0\"?><soapenv:Envelope "
         "xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "
         "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "
         "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>" +
         std::string(body) + "</soapenv:Body></soapenv:Envelope>";
}

}  // namespace esxvi::test
