// What no good client sends.
#include "sim/fixture.hpp"

#include <esxvi/types/VirtualMachine_properties.hpp>

using namespace esxvi::test;

namespace {

struct Raw : Simulated {
  esxvi::Session session = open();
  esxvi::Ref<vim::VirtualMachine> vm = host.add_vm("web01");

  /// "InvalidRequest: ..." from the fault that comes back.
  std::string refused(std::string body, std::string action = {}) {
    auto const [status, text] = post(std::move(body), cookie(), std::move(action));
    CHECK(status == 500);
    auto const from = text.find("xsi:type=\"");
    auto const message = text.find("<faultstring>") + 13;
    REQUIRE(from != std::string::npos);
    CHECK(text.find("<faultcode>ServerFaultCode</faultcode>") != std::string::npos);
    return text.substr(from + 10, text.find('"', from + 10) - from - 10) + ": " +
           text.substr(message, text.find("</faultstring>") - message);
  }
  static std::string power_on(std::string self, std::string rest = {}) {
    return envelope("<PowerOnVM_Task xmlns=\"urn:vim25\">" + self + rest + "</PowerOnVM_Task>");
  }
};

bool begins(std::string const& text, std::string_view with) { return text.starts_with(with); }

}  // namespace

TEST_CASE("what is no XML, no SOAP, or no method call is an invalid request") {
  Raw r;
  CHECK(begins(r.refused(""), "InvalidRequest:"));
  CHECK(begins(r.refused("hello"), "InvalidRequest:"));
  CHECK(begins(r.refused("<a>"), "InvalidRequest:"));
  CHECK(begins(r.refused("<html></html>"), "InvalidRequest:"));
  CHECK(begins(r.refused(envelope("")), "InvalidRequest:"));
  CHECK(begins(r.refused("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), "InvalidRequest:"));
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "<a>";
  CHECK(begins(r.refused(envelope(deep)), "InvalidRequest:"));
}

TEST_CASE("a method that does not exist, and one that this host has not learnt") {
  Raw r;
  CHECK(r.refused(envelope("<Nonsense xmlns=\"urn:vim25\"/>")) ==
        "InvalidRequest: Unable to resolve WSDL method name Nonsense");
  CHECK(r.host.calls("Nonsense") == 0);  // nothing is kept of it
  CHECK(begins(r.refused(envelope("<ResetGuestInformation xmlns=\"urn:vim25\"><_this "
                                  "type=\"VirtualMachine\">1</_this></ResetGuestInformation>")),
               "NotImplemented:"));
}

TEST_CASE("the object has to exist, and to have the method") {
  Raw r;
  CHECK(begins(r.refused(Raw::power_on("<_this type=\"VirtualMachine\">4711</_this>")),
               "ManagedObjectNotFound:"));
  CHECK(begins(r.refused(Raw::power_on("<_this type=\"Folder\">ha-folder-vm</_this>")),
               "ManagedObjectNotFound:"));
  CHECK(begins(r.refused(Raw::power_on("<_this type=\"VirtualMachine\">ha-host</_this>")),
               "ManagedObjectNotFound:"));
  CHECK(begins(r.refused(Raw::power_on("")), "InvalidRequest:"));
}

TEST_CASE("arguments: missing, unknown, of another type") {
  Raw r;
  std::string const self = "<_this type=\"VirtualMachine\">" + r.vm.value() + "</_this>";
  CHECK(r.refused(envelope("<AnswerVM xmlns=\"urn:vim25\">" + self +
                           "<questionId>1</questionId></AnswerVM>")) ==
        "InvalidRequest: Required property answerChoice is missing from data object of type "
        "AnswerVM");
  CHECK(
      begins(r.refused(Raw::power_on(self, "<nonsense/>")), "InvalidRequest: Unexpected element"));
  CHECK(begins(r.refused(envelope(
                   "<WaitForUpdatesEx xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">"
                   "ha-property-collector</_this><options><maxWaitSeconds>soon</maxWaitSeconds>"
                   "</options></WaitForUpdatesEx>")),
               "InvalidRequest:"));
  CHECK(r.host.get<vim::VirtualMachine>(r.vm)->recentTask.empty());
}

TEST_CASE("what stands where it must not, or says to be something else") {
  Raw r;
  std::string const self = "<_this type=\"VirtualMachine\">" + r.vm.value() + "</_this>";
  std::string const time = "<_this type=\"ServiceInstance\">ServiceInstance</_this></CurrentTime>";
  std::string const one = "<CurrentTime xmlns=\"urn:vim25\">" + time;
  std::string const poll =
      "<WaitForUpdatesEx xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">"
      "ha-property-collector</_this><options>";
  auto const reconfigure = [&](std::string const& arguments) {
    return "<ReconfigVM_Task xmlns=\"urn:vim25\">" + self + arguments + "</ReconfigVM_Task>";
  };
  struct row {
    std::string body;
    std::string_view refusal;
  };
  row const rows[] = {
      {reconfigure("<spec xsi:type=\"VirtualDisk\"/>"),
       "InvalidRequest: Expected an object of type VirtualMachineConfigSpec, got VirtualDisk"},
      {reconfigure("<spec><deviceChange><device xsi:type=\"HostSystem\"/></deviceChange></spec>"),
       "InvalidRequest: Unable to find type: HostSystem"},
      {reconfigure("<spec><deviceChange><device xsi:type=\"Permission\"><key>1</key></device>"
                   "</deviceChange></spec>"),
       "InvalidRequest: Expected an object of type VirtualDevice, got Permission"},
      {"<CurrentTime xmlns=\"urn:other\">" + time, "InvalidRequest: Unable to resolve"},
      {"<o:CurrentTime xmlns:o=\"urn:other\"><_this type=\"ServiceInstance\">ServiceInstance"
       "</_this></o:CurrentTime>",
       "InvalidRequest: Unable to resolve"},
      {one + one, "InvalidRequest: The SOAP body holds more than one"},
      {one + "<Nonsense/>", "InvalidRequest: The SOAP body holds more than one"},
      {reconfigure("<spec/><spec/>"), "InvalidRequest: Property spec of"},
      {reconfigure("<spec><deviceChange><operation>delete</operation><device "
                   "xsi:type=\"VirtualDisk\"><key>2000</key></device></deviceChange></spec>"),
       "InvalidRequest: Invalid value \"delete\" of the enumeration "
       "VirtualDeviceConfigSpecOperation"},
      {reconfigure("<spec><cpuAllocation><shares><shares>1</shares><level>most</level></shares>"
                   "</cpuAllocation></spec>"),
       "InvalidRequest: Invalid value \"most\" of the enumeration SharesLevel"},
      {"<AnswerVM xmlns=\"urn:vim25\">" + self +
           "<questionId>1</questionId><answerChoice xsi:nil=\"true\"/></AnswerVM>",
       "InvalidRequest: Required property answerChoice is missing"},
      {"<PostEvent xmlns=\"urn:vim25\"><_this type=\"EventManager\">ha-eventmgr</_this>"
       "<eventToPost xsi:nil=\"true\"/></PostEvent>",
       "InvalidRequest: Required property eventToPost is missing"},
      {"<PostEvent xmlns=\"urn:vim25\"><_this "
       "type=\"EventManager\">ha-eventmgr</_this></PostEvent>",
       "InvalidRequest: Required property eventToPost is missing"},
      {reconfigure("<spec><name>a</name><name>b</name></spec>"), "InvalidRequest: Property name"},
      {poll + "<maxWaitSeconds>-1</maxWaitSeconds></options></WaitForUpdatesEx>",
       "InvalidArgument: A specified parameter was not correct: options.maxWaitSeconds"},
      {poll + "<maxObjectUpdates>-1</maxObjectUpdates></options></WaitForUpdatesEx>",
       "InvalidArgument: A specified parameter was not correct: options.maxObjectUpdates"},
      {"<RetrievePropertiesEx xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">"
       "ha-property-collector</_this><specSet/><options><maxObjects>-1</maxObjects></options>"
       "</RetrievePropertiesEx>",
       "InvalidArgument: A specified parameter was not correct: options.maxObjects"},
      {"<CreateNasDatastore xmlns=\"urn:vim25\"><_this type=\"HostDatastoreSystem\">"
       "ha-datastoresystem</_this><spec><remoteHost></remoteHost><remotePath></remotePath>"
       "<localPath>nfs</localPath><accessMode>readWrite</accessMode></spec></CreateNasDatastore>",
       "InvalidArgument: A specified parameter was not correct: spec.remoteHost"},
  };
  for (row const& wrong : rows) {
    CAPTURE(wrong.body);
    auto const refusal = r.refused(envelope(wrong.body));
    CHECK(refusal.substr(0, wrong.refusal.size()) == wrong.refusal);
  }
  CHECK(r.post(envelope(one), r.cookie()).first == 200);
  CHECK(r.post(envelope("<v:CurrentTime xmlns:v=\"urn:vim25\"><v:_this type=\"ServiceInstance\">"
                        "ServiceInstance</v:_this></v:CurrentTime>"),
               r.cookie())
            .first == 200);
}

TEST_CASE("an object of a descendant that the host does not know is taken for its base") {
  Raw r;
  std::string const self = "<_this type=\"VirtualMachine\">" + r.vm.value() + "</_this>";
  auto const add = [&](std::string const& type, std::string const& members) {
    return envelope(
        "<ReconfigVM_Task xmlns=\"urn:vim25\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">" +
        self + "<spec><deviceChange><operation>add</operation><device xsi:type=\"" + type +
        "\"><key>-1</key>" + members + "</device></deviceChange></spec></ReconfigVM_Task>");
  };
  CHECK(begins(r.refused(add("VirtualTPM",
                             "<nonsense/><endorsementKeyCertificate>1</"
                             "endorsementKeyCertificate></device><device>")),
               "InvalidRequest:"));
  CHECK(begins(r.refused(add("VirtualNonsense", "")),
               "InvalidRequest: Unable to find type: VirtualNonsense"));
  CHECK(begins(r.refused(add("VirtualDevice", "<busNumber>1</busNumber>")),
               "InvalidRequest: Unexpected element tag \"busNumber\" seen in VirtualDevice"));
  auto const [status, text] = r.post(add("VirtualTPM",
                                         "<endorsementKeyCertificateSigningRequest>1</"
                                         "endorsementKeyCertificateSigningRequest>"),
                                     r.cookie());
  CHECK(status == 200);
}

TEST_CASE("without a session there is little to call") {
  Simulated s;
  auto const [status, body] =
      s.post(envelope("<CurrentTime xmlns=\"urn:vim25\"><_this "
                      "type=\"ServiceInstance\">ServiceInstance</_this></CurrentTime>"));
  CHECK(status == 500);
  CHECK(
      body.find("<NotAuthenticatedFault xmlns=\"urn:vim25\" xsi:type=\"NotAuthenticated\"><object "
                "type=\"ServiceInstance\">ServiceInstance</object><privilegeId>System.View"
                "</privilegeId></NotAuthenticatedFault>") != std::string::npos);
  CHECK(body.find("<faultstring>The session is not authenticated.</faultstring>") !=
        std::string::npos);
}

TEST_CASE("a version that the host does not speak") {
  Simulated s({.version = "6.7.0", .api_version = "6.7"});
  std::string const body = envelope(
      "<RetrieveServiceContent xmlns=\"urn:vim25\"><_this "
      "type=\"ServiceInstance\">ServiceInstance</_this></RetrieveServiceContent>");
  CHECK(s.post(body, {}, "\"urn:vim25/6.7\"").first == 200);
  CHECK(s.post(body, {}, "urn:vim25/6.5").first == 200);
  CHECK(s.post(body).first == 200);
  auto const [status, text] = s.post(body, {}, "\"urn:vim25/8.0.3.0\"");
  CHECK(status == 500);
  CHECK(text.find("Unsupported version URI") != std::string::npos);
}

TEST_CASE("other places and other methods of HTTP") {
  Simulated s;
  auto const status = [&](std::string method, std::string target) {
    int got = 0;
    s.host.handle({.method = std::move(method), .target = std::move(target)},
                  [&](esxvi::sim::WebResponse r) { got = r.status; }, {});
    return got;
  };
  CHECK(status("GET", "/sdk") == 405);
  CHECK(status("POST", "/nowhere") == 404);
  CHECK(status("GET", "/sdk/vimServiceVersions.xml") == 200);
}

TEST_CASE("another session's filter is not found") {
  Raw r;
  auto other = r.open();
  auto const [status, body] = r.post(
      envelope("<CreatePropertyCollector xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">"
               "ha-property-collector</_this></CreatePropertyCollector>"),
      r.cookie());
  REQUIRE(status == 200);
  auto const from = body.find("session[");
  auto const id = body.substr(from, body.find('<', from) - from);
  auto const destroy =
      envelope("<DestroyPropertyCollector xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">" +
               id + "</_this></DestroyPropertyCollector>");
  CHECK(r.post(destroy, r.host.sessions().at(1)->cookie).first == 500);
  CHECK(r.post(destroy, r.cookie()).first == 200);
}
