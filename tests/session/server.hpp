// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The replies of a server that a ScriptedTransport plays, and a session with it.
#pragma once

#include <esxvi/session/session.hpp>
#include <esxvi/transport/scripted.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

#ifdef ESXVI_TEST_ASYNC
  #include "session/async_client.hpp"
#endif

namespace esxvi::test {

#ifdef ESXVI_TEST_ASYNC  // the same tests for calls that are coroutines
using Client = AsyncClient;
#else
using Client = Session;
#endif

inline std::string const service_url = "https://esx.example/sdk";
/// Neither may show up in any message.
inline std::string const password = "5ecret<&>word";
inline std::string const cookie = "vmware_soap_session=c00k1e-5ecret";

inline std::string envelope(std::string_view body) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
         " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
         " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<soapenv:Body>" +
         std::string(body) + "</soapenv:Body>\n</soapenv:Envelope>";
}

inline std::string response(std::string_view method, std::string_view content) {
  std::string const name = std::string(method) + "Response";
  return envelope("<" + name + " xmlns=\"urn:vim25\">" + std::string(content) + "</" + name + ">");
}

inline std::string content_reply(std::string_view api_version = "8.0.3.0") {
  return response(
      "RetrieveServiceContent",
      "<returnval><rootFolder type=\"Folder\">ha-folder-root</rootFolder>"
      "<propertyCollector type=\"PropertyCollector\">ha-property-collector</propertyCollector>"
      "<about><name>VMware ESXi</name><fullName>VMware ESXi 8.0.3</fullName>"
      "<vendor>VMware, Inc.</vendor><version>8.0.3</version><build>1</build>"
      "<osType>vmnix-x86</osType><productLineId>embeddedEsx</productLineId>"
      "<apiType>HostAgent</apiType><apiVersion>" +
          std::string(api_version) +
          "</apiVersion></about>"
          "<sessionManager type=\"SessionManager\">ha-sessionmgr</sessionManager></returnval>");
}

inline std::string login_reply() {
  return response("Login",
                  "<returnval><key>k</key><userName>root</userName><fullName>root</fullName>"
                  "<loginTime>2026-01-02T03:04:05Z</loginTime>"
                  "<lastActiveTime>2026-01-02T03:04:05Z</lastActiveTime>"
                  "<locale>en</locale><messageLocale>en</messageLocale></returnval>");
}

/// A SOAP fault, as vSphere sends it with status 500.
inline std::string fault_reply(std::string_view type, std::string_view message = "It failed.",
                               std::string_view content = {}) {
  std::string const name(type);
  return envelope("<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>" +
                  std::string(message) + "</faultstring><detail><" + name +
                  "Fault xmlns=\"urn:vim25\" xsi:type=\"" + name + "\">" + std::string(content) +
                  "</" + name + "Fault></detail></soapenv:Fault>");
}

/// A script whose first steps open a session. Logout is answered at any time.
struct Server {
  std::shared_ptr<ScriptedTransport> script = std::make_shared<ScriptedTransport>();

  explicit Server(std::string_view api_version = "8.0.3.0") {
    script->expect("RetrieveServiceContent")
        .reply(200, content_reply(api_version), {{"Set-Cookie", cookie + "; Path=/; HttpOnly"}});
    script->expect("Login").reply(200, login_reply());
    script->when("Logout").reply(200, response("Logout", ""));
  }
  /// A session that repeats nothing by itself.
  [[nodiscard]] Client open() const {
    SessionOptions options;
    options.retry.attempts = 1;
    options.log_in_again = false;
    return open(options);
  }
  /// Without ids, so that messages can be compared, and with pauses that nobody notices.
  [[nodiscard]] Client open(SessionOptions options) const {
    if (!options.operation_id) options.operation_id = "";
    options.retry.first_pause = std::chrono::milliseconds(1);
    return Client(any_transport(script), service_url, Credentials{"root", password},
                  std::move(options));
  }
  /// Names of the operations so far, with a blank after each.
  [[nodiscard]] std::string operations() const {
    std::string all;
    for (auto const& request : script->requests()) all += request.operation + " ";
    return all;
  }
};

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// What `f` throws, as exactly an E; fails the test when it throws nothing or something else.
template <class E, class F> E thrown(F&& f) {
  std::string other = "nothing";
  try {
    f();
  } catch (E const& e) {
    CHECK_MESSAGE(typeid(e) == typeid(E), "a derived type was thrown: ", e.what());
    CHECK_FALSE(has(e.what(), password));
    CHECK_FALSE(has(e.what(), "5ecret"));
    return e;
  } catch (std::exception const& e) {
    other = e.what();
  }
  FAIL("expected another exception than: ", other);
  throw std::logic_error(other);
}

/// Every message says what was attempted, on what, and what happened.
inline void check_context(error const& e, std::string_view operation, std::string_view target) {
  CAPTURE(std::string(e.what()));
  CHECK(e.operation() == operation);
  CHECK(has(e.target(), target));
  CHECK_FALSE(e.problem().empty());
  CHECK(has(e.what(), operation));
  CHECK(has(e.what(), target));
  CHECK(has(e.what(), e.problem()));
}
inline void check_context_and_advice(error const& e, std::string_view operation,
                                     std::string_view target) {
  check_context(e, operation, target);
  CHECK_FALSE(e.advice().empty());
  CHECK(has(e.what(), e.advice()));
}

}  // namespace esxvi::test
