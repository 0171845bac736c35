// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// SOAP faults in all the shapes that servers give them.
#include "soap/support.hpp"

#include <esxvi/types/fault/InvalidState.hpp>
#include <esxvi/types/fault/NotFound.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace esxvi;
using namespace esxvi::test;
namespace vim = esxvi::types;

namespace {

fault caught(std::string const& document, std::size_t piece = std::string_view::npos) {
  try {
    decode_document<void>(document, {.piece = piece});
  } catch (fault const& e) {
    return e;
  }
  throw std::logic_error("no fault");
}
std::string fault_document(std::string const& detail, std::string const& message = "It failed.") {
  return envelope("<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>" + message +
                  "</faultstring>" + detail + "</soapenv:Fault>");
}
std::string with_detail(std::string const& element) { return "<detail>" + element + "</detail>"; }

}  // namespace

TEST_CASE("a fault comes as an object that can be asked for its type") {
  auto const e = caught(fault_document(
      with_detail("<InvalidPowerStateFault xmlns=\"urn:vim25\" "
                  "xsi:type=\"InvalidPowerState\"><requestedState>poweredOn</requestedState>"
                  "<existingState>suspended</existingState></InvalidPowerStateFault>")));
  CHECK(e.code() == errc::server_fault);
  CHECK(e.type_name() == "InvalidPowerState");
  CHECK(e.server_message() == "It failed.");
  CHECK(e.server_code() == "ServerFaultCode");
  CHECK(e.operation() == "Test");
  CHECK(e.target() == "a server");
  CHECK(e.delivered() == delivery::answered);
  CHECK(e.problem() == "InvalidPowerState: It failed.");
  REQUIRE(e.as<vim::InvalidPowerState>() != nullptr);
  CHECK(e.as<vim::InvalidPowerState>()->existingState == vim::VirtualMachinePowerState::suspended);
  CHECK(e.as<vim::MethodFault>() != nullptr);
  CHECK(e.as<vim::NotFound>() == nullptr);
}

TEST_CASE("without xsi:type the element's name tells the type, with its ending or without") {
  CHECK(caught(fault_document(with_detail("<NotFoundFault xmlns='urn:vim25'/>")))
            .as<vim::NotFound>() != nullptr);
  CHECK(caught(fault_document(with_detail("<NotFound/>"))).as<vim::NotFound>() != nullptr);
  CHECK(caught(fault_document(with_detail("<v:NotFoundFault xmlns:v='urn:vim25'/>")))
            .as<vim::NotFound>() != nullptr);
  CHECK(caught(fault_document(with_detail("<RuntimeFaultFault/>"))).type_name() == "RuntimeFault");
  CHECK(caught(fault_document(with_detail("<RuntimeFault/>"))).type_name() == "RuntimeFault");
  CHECK(caught(fault_document(with_detail("<MethodFaultFault/>"))).type_name() == "MethodFault");
  CHECK(caught(fault_document(with_detail("<UnheardFault/>"))).type_name() == "Unheard");
}

TEST_CASE("an element that says nothing is a fault without a type of its own") {
  CHECK(caught(fault_document(with_detail("<Fault/>"))).type_name() == "MethodFault");
  CHECK(caught(fault_document(with_detail("<something/>"))).type_name() == "MethodFault");
}

TEST_CASE("a namespace is not needed, a misspelt attribute does no harm") {
  auto const e = caught(fault_document(with_detail(
      "<NotFoundFault xmns=\"urn:vim25\" "
      "xsi:type=\"NotFound\"><faultMessage><key>k</key></faultMessage></NotFoundFault>")));
  REQUIRE(e.as<vim::NotFound>() != nullptr);
  CHECK(e.as<vim::NotFound>()->faultMessage.front().key == "k");
  CHECK(e.as<vim::NotFound>()->extra.attributes() == " xmns=\"urn:vim25\"");
}

TEST_CASE("an xsi:type that names nothing gives way to the element's name") {
  CHECK(
      caught(fault_document(with_detail("<NotFoundFault xsi:type=\"2\"/>"))).as<vim::NotFound>() !=
      nullptr);
  CHECK(caught(fault_document(with_detail("<NotFoundFault xsi:type=\"\"/>"))).as<vim::NotFound>() !=
        nullptr);
  CHECK(caught(fault_document(with_detail("<UnheardFault xsi:type=\"2\"/>"))).type_name() == "2");
}

TEST_CASE("a fault of a type nobody knows keeps its name and its content") {
  auto const e = caught(
      fault_document("<detail> <UnknownLicenseProblemFaultFault "
                     "xsi:type=\"UnknownLicenseProblemFault\"> <reason>unknownReason</reason>"
                     "</UnknownLicenseProblemFaultFault> </detail>",
                     ""));
  CHECK(e.type_name() == "UnknownLicenseProblemFault");
  CHECK(e.server_message().empty());
  CHECK(e.problem() == "UnknownLicenseProblemFault");
  REQUIRE(e.detail());
  CHECK(e.detail()->extra.xml() == "<reason>unknownReason</reason>");
}

TEST_CASE("a fault of a type that the schema knows and the program does not is its nearest base") {
  auto const e = caught(fault_document(
      with_detail("<ManagedObjectNotFoundFault xsi:type=\"ManagedObjectNotFound\"><obj "
                  "type=\"VirtualMachine\">vm-1</obj></ManagedObjectNotFoundFault>")));
  CHECK(e.type_name() == "ManagedObjectNotFound");
  CHECK(e.detail()->extra.xml() == "<obj type=\"VirtualMachine\">vm-1</obj>");
}

TEST_CASE("a fault without detail still has its text") {
  auto const e = caught(fault_document(""));
  CHECK(e.type_name().empty());
  CHECK_FALSE(e.detail());
  CHECK(e.problem() == "ServerFaultCode: It failed.");
  CHECK(caught(fault_document("<detail/>")).type_name().empty());
  CHECK(caught(fault_document("<detail>\n</detail>", "")).problem() == "ServerFaultCode");
  CHECK(caught(envelope("<soapenv:Fault/>")).server_message().empty());
  CHECK(caught(fault_document("<detail xsi:nil='true'/>")).type_name().empty());
  CHECK(caught(fault_document("<detail>just text</detail>")).type_name().empty());
}

TEST_CASE("what stands beside the fault in the detail does not replace it") {
  CHECK(
      caught(fault_document(with_detail("<NotFoundFault xsi:type='NotFound'/><stack>at x</stack>")))
          .type_name() == "NotFound");
  CHECK(
      caught(fault_document(with_detail("<stack>at x</stack><NotFoundFault xsi:type='NotFound'/>")))
          .type_name() == "NotFound");
}

TEST_CASE("the messages inside of a fault are part of what happened, once") {
  auto const e = caught(fault_document(
      with_detail("<NotFoundFault xsi:type='NotFound'><faultCause><fault "
                  "xsi:type='NotFound'/><localizedMessage>deeper</localizedMessage></faultCause>"
                  "<faultMessage><key>a</key><message>The disk is full.</message></faultMessage>"
                  "<faultMessage><key>b</key><message>It "
                  "failed.</message></faultMessage><faultMessage><key>c</key></faultMessage></"
                  "NotFoundFault>")));
  CHECK(e.problem() == "NotFound: It failed.; The disk is full.");
  REQUIRE(e.detail()->faultCause.has_value());
  CHECK(e.detail()->faultCause->fault.is<vim::NotFound>());
  CHECK(e.detail()->faultCause->localizedMessage == "deeper");
}

TEST_CASE("faults that programs treat apart have types of their own") {
  for (std::string const name : {"InvalidLogin", "PasswordExpired", "InvalidClientCertificate"}) {
    CAPTURE(name);
    auto const login = fault_document(with_detail("<" + name + "Fault xsi:type='" + name + "'/>"),
                                      "Cannot complete login.");
    CHECK_THROWS_AS(decode_document<void>(login), auth_error);
    CHECK(caught(login).code() == errc::wrong_credentials);
    CHECK(caught(login).type_name() == name);
    CHECK_FALSE(caught(login).advice().empty());
  }
  auto const session =
      fault_document(with_detail("<NotAuthenticatedFault xsi:type='NotAuthenticated'/>"));
  CHECK_THROWS_AS(decode_document<void>(session), not_authenticated);
  CHECK(caught(session).code() == errc::not_authenticated);
}

TEST_CASE("a fault wins over an answer, wherever the two stand") {
  std::string const answer = "<TestResponse/>";
  std::string const failed = "<soapenv:Fault><faultstring>no</faultstring></soapenv:Fault>";
  CHECK(caught(envelope(answer + failed)).server_message() == "no");
  CHECK(caught(envelope(failed + answer)).server_message() == "no");
}

TEST_CASE("other prefixes, a subcode, an actor and blanks do no harm") {
  auto const e = caught(
      "<S:Envelope "
      "xmlns:S='http://schemas.xmlsoap.org/soap/envelope/'>\n<S:Header/>\n<S:Body>\n<S:Fault "
      "xmlns:ns4='x'>\n"
      "<faultcode>S:Client</faultcode>\n<faultstring xml:lang='en'>a "
      "&lt;b&gt;</faultstring>\n<faultactor>me</faultactor>\n"
      "<detail>\n<NotFoundFault xmlns='urn:vim25' "
      "xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:type='NotFound'/>\n</detail>"
      "</S:Fault></S:Body></S:Envelope>");
  CHECK(e.server_code() == "S:Client");
  CHECK(e.server_message() == "a <b>");
  CHECK(e.as<vim::NotFound>() != nullptr);
}

TEST_CASE("any size of the pieces gives the same fault, and a cut one is none") {
  auto const text = fault_document(
      with_detail("<NotFoundFault xmlns=\"urn:vim25\" xsi:type=\"NotFound\"></NotFoundFault>"));
  for (std::size_t piece = 1; piece < 40; ++piece)
    CHECK(caught(text, piece).as<vim::NotFound>() != nullptr);
  for (std::size_t n = 0; n < text.size(); ++n)
    CHECK_THROWS_AS(decode_document<void>(text.substr(0, n)), protocol_error);
}
