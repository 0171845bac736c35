// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Whole requests, letter by letter.
#include "soap/support.hpp"

#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/SessionManager.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace esxvi;
using namespace esxvi::test;
namespace vim = esxvi::types;

TEST_CASE("a request is an envelope around the method's element of urn:vim25") {
  CHECK(soap::encode_request(vim::Login{.self = Ref<vim::SessionManager>("ha-sessionmgr"),
                                        .userName = "root",
                                        .password = "s<cr&t"}) ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" "
        "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
        "<soapenv:Body><Login xmlns=\"urn:vim25\"><_this "
        "type=\"SessionManager\">ha-sessionmgr</_this>"
        "<userName>root</userName><password>s&lt;cr&amp;t</password></Login></soapenv:Body></"
        "soapenv:Envelope>");
}

TEST_CASE("optional arguments are left out, or written in their places") {
  vim::WaitForUpdatesEx wait{.self = Ref<vim::PropertyCollector>("pc")};
  CHECK(soap::encode_request(wait) ==
        envelope("<WaitForUpdatesEx xmlns=\"urn:vim25\"><_this "
                 "type=\"PropertyCollector\">pc</_this></WaitForUpdatesEx>"));
  wait.version = "";
  wait.options.emplace().maxWaitSeconds = 0;
  CHECK(soap::encode_request(wait) ==
        envelope("<WaitForUpdatesEx xmlns=\"urn:vim25\"><_this "
                 "type=\"PropertyCollector\">pc</_this><version></version>"
                 "<options><maxWaitSeconds>0</maxWaitSeconds></options></WaitForUpdatesEx>"));
}

TEST_CASE("a property query names types, paths and how to walk") {
  vim::PropertyFilterSpec spec;
  auto& properties = spec.propSet.emplace_back();
  properties.type = "VirtualMachine";
  properties.all = false;
  properties.pathSet = {"name", "config.hardware"};
  auto& object = spec.objectSet.emplace_back();
  object.obj = Ref<vim::ManagedObject>("ContainerView", "v-1");
  object.skip = true;
  vim::TraversalSpec walk;
  walk.name = "view";
  walk.type = "ContainerView";
  walk.path = "view";
  object.selectSet.emplace_back(walk);
  vim::SelectionSpec again;
  again.name = "view";
  object.selectSet.emplace_back(again);
  CHECK(soap::encode_request(vim::RetrievePropertiesEx{.self = Ref<vim::PropertyCollector>("pc"),
                                                       .specSet = std::vector{spec},
                                                       .options = vim::RetrieveOptions{}}) ==
        envelope("<RetrievePropertiesEx xmlns=\"urn:vim25\"><_this "
                 "type=\"PropertyCollector\">pc</_this><specSet>"
                 "<propSet><type>VirtualMachine</type><all>false</all><pathSet>name</"
                 "pathSet><pathSet>config.hardware</pathSet></propSet>"
                 "<objectSet><obj type=\"ContainerView\">v-1</obj><skip>true</skip>"
                 "<selectSet "
                 "xsi:type=\"TraversalSpec\"><name>view</name><type>ContainerView</"
                 "type><path>view</path></selectSet>"
                 "<selectSet><name>view</name></selectSet></objectSet></specSet><options></"
                 "options></RetrievePropertiesEx>"));
}

TEST_CASE("what a request says can be read back") {
  auto const text =
      soap::encode_request(vim::CreateFilter{.self = Ref<vim::PropertyCollector>("pc"),
                                             .spec = vim::PropertyFilterSpec{},
                                             .partialUpdates = true});
  CHECK(text == envelope("<CreateFilter xmlns=\"urn:vim25\"><_this "
                         "type=\"PropertyCollector\">pc</_this><spec></spec>"
                         "<partialUpdates>true</partialUpdates></CreateFilter>"));
}

TEST_CASE("replies are decoded by the request's type") {
  auto const filter = soap::decode_reply<vim::CreateFilter>(
      envelope("<CreateFilterResponse xmlns=\"urn:vim25\"><returnval "
               "type=\"PropertyFilter\">f-1</returnval></CreateFilterResponse>"));
  CHECK(filter.value() == "f-1");
  CHECK_NOTHROW(soap::decode_reply<vim::Logout>(envelope("<LogoutResponse xmlns=\"urn:vim25\"/>")));
  CHECK_FALSE(soap::decode_reply<vim::WaitForUpdatesEx>(
                  envelope("<WaitForUpdatesExResponse xmlns=\"urn:vim25\"/>"))
                  .has_value());
  CHECK_THROWS_AS(static_cast<void>(soap::decode_reply<vim::CreateFilter>("<a/>")), not_soap);
}
