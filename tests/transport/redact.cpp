// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <doctest/doctest.h>

#include <algorithm>
#include <esxvi/transport/redact.hpp>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace redact = esxvi::redact;
using redact::Redactor;

namespace {

struct sample {
  char const* what;
  std::string_view in;
  std::string_view out;
};

// 5ecret stands for what must not show.
constexpr sample samples[] = {
    {"plain element", "<password>5ecret</password>", "<password>[redacted]</password>"},
    {"no content", "<a><password></password><password/></a>",
     "<a><password></password><password/></a>"},
    {"prefix and attributes",
     "<v:password xsi:type='xsd:string' a=\">\" >5ecret</v:password  ><n>x</n>",
     "<v:password xsi:type='xsd:string' a=\">\" >[redacted]</v:password  ><n>x</n>"},
    {"entities", "<password>S3&lt;CRET&amp;&#x53;5ecret</password>",
     "<password>[redacted]</password>"},
    {"CDATA with an end tag in it", "<password><![CDATA[5ecret</password>5ecret]]]]></password>x",
     "<password>[redacted]</password>x"},
    {"comment with an end tag in it", "<password><!-- </password> -->5ecret<!----></password>x",
     "<password>[redacted]</password>x"},
    {"processing instruction with an end tag in it",
     "<password><?a </password>?>5ecret</password>x", "<password>[redacted]</password>x"},
    {"nested elements", "<password>a<b>5ecret</b><password>5ecret</password>5ecret</password>x",
     "<password>[redacted]</password>x"},
    {"self-closed child of the same name", "<password><password/>5ecret</password>x",
     "<password>[redacted]</password>x"},
    {"wrong end tags keep it closed", "<password>5ecret</b>5ecret</x:password>5ecret",
     "<password>[redacted]"},
    {"cut", "<a><password>5ecret", "<a><password>[redacted]"},
    {"cut in the end tag", "<a><password>5ecret</passw", "<a><password>[redacted]"},
    {"cut in a start tag", "<a><passw", "<a><passw"},
    {"names by their end", "<adminPassword>5ecret</adminPassword><chapSecret>5ecret</chapSecret>",
     "<adminPassword>[redacted]</adminPassword><chapSecret>[redacted]</chapSecret>"},
    {"structured secret", "<password><value>5ecret</value><plainText>true</plainText></password>",
     "<password>[redacted]</password>"},
    {"a name that only begins alike", "<passwordPolicy>retry=3</passwordPolicy>",
     "<passwordPolicy>retry=3</passwordPolicy>"},
    {"attribute", "<user name='u' Password = '5ecret' x='1'/>",
     "<user name='u' Password = '[redacted]' x='1'/>"},
    {"session cookie header", "<h><vcSessionCookie>\"5ecret\"</vcSessionCookie></h>",
     "<h><vcSessionCookie>[redacted]</vcSessionCookie></h>"},
    {"SAML", "<saml2:Assertion ID='x'><saml2:A>5ecret</saml2:A></saml2:Assertion>",
     "<saml2:Assertion ID='x'>[redacted]</saml2:Assertion>"},
    {"key of a login",
     "<LoginResponse xmlns='urn:vim25'><returnval><key>5ecret</key><userName>root</userName>",
     "<LoginResponse xmlns='urn:vim25'><returnval><key>[redacted]</key><userName>root</userName>"},
    {"key of a current session", "<val xsi:type='ns:UserSession'><key>5ecret</key><a>1</a></val>",
     "<val xsi:type='ns:UserSession'><key>[redacted]</key><a>1</a></val>"},
    {"keys of a session list",
     "<val><UserSession><key>5ecret</key></UserSession><UserSession><key>5ecret</key></val>",
     "<val><UserSession><key>[redacted]</key></UserSession><UserSession><key>[redacted]</key></"
     "val>"},
    {"other keys", "<device><key>4000</key></device><returnval><key>k</key></returnval>",
     "<device><key>4000</key></device><returnval><key>k</key></returnval>"},
    {"key after a sibling", "<LoginResponse><returnval><a>1</a><b/><key>5ecret</key></returnval>",
     "<LoginResponse><returnval><a>1</a><b/><key>[redacted]</key></returnval>"},
    {"property of a session",
     "<propSet><name>currentSession.key</name><val>5ecret</val></propSet><propSet><name>name</name>"
     "<val>web</val></propSet>",
     "<propSet><name>currentSession.key</name><val>[redacted]</val></propSet><propSet><name>name</"
     "name><val>web</val></propSet>"},
    {"property path with a key",
     "<changeSet><name>sessionList[\"5ecret\"].key</name><op>add</op><val>5ecret</val></changeSet>",
     "<changeSet><name>sessionList[[redacted]].key</name><op>add</op><val>[redacted]</val></"
     "changeSet>"},
    {"object of a session", "<filter type=\"PropertyFilter\">session[5ecret]52a8-x</filter>",
     "<filter type=\"PropertyFilter\">session[[redacted]]52a8-x</filter>"},
    {"ticket of a lease", "<url>https://*/nfc/5ecret/disk-0.vmdk</url>",
     "<url>https://*/nfc/[redacted]/disk-0.vmdk</url>"},
    {"ticket cut by a tag", "<u>/nfc/5ecret</u><n>x</n>", "<u>/nfc/[redacted]</u><n>x</n>"},
    {"file of a guest", "<url>https://h/guestFile?id=5&amp;token=5ecret&amp;x=1</url>",
     "<url>https://h/guestFile?id=5&amp;token=[redacted]&amp;x=1</url>"},
    {"clone ticket", "<AcquireCloneTicketResponse><returnval>5ecret</returnval>",
     "<AcquireCloneTicketResponse><returnval>[redacted]</returnval>"},
    {"service ticket",
     "<AcquireGenericServiceTicketResponse><returnval><id>5ecret</id><hostName>h</hostName>",
     "<AcquireGenericServiceTicketResponse><returnval><id>[redacted]</id><hostName>h</hostName>"},
    {"properties of a vApp",
     "<vAppConfig><property><info><id>x</id><defaultValue>5ecret</defaultValue><value>5ecret</"
     "value>"
     "</info></property></vAppConfig><extraConfig><key>a</key><value>b</value></extraConfig>",
     "<vAppConfig><property><info><id>x</id><defaultValue>[redacted]</"
     "defaultValue><value>[redacted]</"
     "value></info></property></vAppConfig><extraConfig><key>a</key><value>b</value></"
     "extraConfig>"},
    {"token of a guest login", "<auth xsi:type='A'><token>5ecret</token></auth><token>page</token>",
     "<auth xsi:type='A'><token>[redacted]</token></auth><token>page</token>"},
    {"private key", "<ProvisionServerPrivateKey><_this>x</_this><key>5ecret</key>",
     "<ProvisionServerPrivateKey><_this>x</_this><key>[redacted]</key>"},
    {"not XML", "a < b && c > d </ <1> <", "a < b && c > d </ <1> <"},
    {"declaration, comment, CDATA pass",
     "<?xml version='1.0'?><!DOCTYPE a><!--c--><a><![CDATA[<password>]]]></a>",
     "<?xml version='1.0'?><!DOCTYPE a><!--c--><a><![CDATA[<password>]]]></a>"},
    {"end of CDATA and comment", "<a><![CDATA[x]]]><!--y---></a><password>5ecret</password>",
     "<a><![CDATA[x]]]><!--y---></a><password>[redacted]</password>"},
};

std::string in_pieces(std::string_view text, std::vector<std::size_t> const& sizes) {
  Redactor redactor;
  std::string out;
  std::size_t next = 0;
  while (!text.empty()) {
    auto const piece = text.substr(0, sizes[next++ % sizes.size()]);
    text.remove_prefix(piece.size());
    out += redactor.feed(piece);
  }
  return out + redactor.finish();
}

}  // namespace

TEST_CASE("redact: samples, whole and byte by byte") {
  for (auto const& s : samples) {
    CAPTURE(s.what);
    CHECK(redact::xml(s.in) == s.out);
    CHECK(in_pieces(s.in, {1}) == s.out);
    CHECK(s.out.find("5ecret") == s.out.npos);
  }
}

TEST_CASE("redact: every secret of the API is masked, by its name or by a rule about its place") {
  for (auto const name : esxvi::types::secret_members) {
    CAPTURE(name);
    auto const& rules = redact::detail::context_rules;
    auto const by_rule = std::any_of(std::begin(rules), std::end(rules), [&](auto const& rule) {
      return rule.element == name || rule.parent == name;
    });
    CHECK((redact::detail::secret_name(name) || by_rule));
    if (redact::detail::secret_name(name)) {
      auto const element = [&](std::string_view content) {
        return std::string{"<"}
            .append(name)
            .append(">")
            .append(content)
            .append("</")
            .append(name)
            .append(">");
      };
      CHECK(redact::xml(element("5ecret")) == element(redact::mask));
    }
  }
}

TEST_CASE("redact: random pieces give what the whole gives") {
  std::string all;
  std::string expected;
  for (auto const& s : samples) {
    if (std::string_view{s.what}.starts_with("cut") || s.out.ends_with("<") ||
        std::string_view{s.what}.starts_with("wrong")) {
      continue;
    }
    all += s.in;
    expected += s.out;
  }
  CHECK(redact::xml(all) == expected);
  std::mt19937 random{20'261'122};
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    std::vector<std::size_t> sizes(random() % 20 + 1);
    for (auto& size : sizes) size = random() % (round % 2 == 0 ? 4 : 60) + 1;
    REQUIRE((in_pieces(all, sizes) == expected));
  }
}

TEST_CASE("redact: damaged documents do not show the secret of an element that was opened") {
  std::string_view const whole = "<a><password x='1'>5ecret</password></a>";
  std::mt19937 random{7};
  for (int round = 0; round < 2000; ++round) {
    std::string text{whole};
    // Damage behind the start tag and outside of the secret itself.
    auto const from = text.find("5ecret") + 6;
    auto const at = from + random() % (text.size() - from);
    text[at] = "<>/&'\"! x]"[random() % 10];
    CAPTURE(text);
    CHECK(redact::xml(text).find("5ecret") == std::string::npos);
  }
}

TEST_CASE("redact: a redactor starts afresh after finish") {
  Redactor redactor;
  CHECK(redactor.feed("<password>5ecret") == "<password>[redacted]");
  CHECK(redactor.finish().empty());
  CHECK(redactor.feed("visible<") == "visible");
  CHECK(redactor.finish() == "<");
}

TEST_CASE("redact: memory does not grow with the depth or the length of names") {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "<a>";
  deep += "<password>5ecret</password>";
  for (int i = 0; i < 5000; ++i) deep += "</a>";
  CHECK(redact::xml(deep).find("<a><password>[redacted]</password></a>") != std::string::npos);
  auto const name = "<" + std::string(100'000, 'n') + ">text";
  CHECK(redact::xml(name) == name);
}

TEST_CASE("redact: URLs") {
  CHECK(redact::url("https://root:5ecret@h:8443/sdk?x=5ecret#5ecret") ==
        "https://h:8443/sdk?x=[redacted]");
  CHECK(redact::url("https://h/folder/a%20b.vmx?dcPath=ha-datacenter&dsName=d1&5ecret") ==
        "https://h/folder/a%20b.vmx?dcPath=ha-datacenter&dsName=d1&[redacted]");
  CHECK(redact::url("https://h/nfc/5ecret/disk-0.vmdk") == "https://h/nfc/[redacted]/disk-0.vmdk");
  CHECK(redact::url("wss://h:443/ticket/5ecret") == "wss://h:443/ticket/[redacted]");
  CHECK(redact::url("/folder/x@y") == "/folder/x@y");
  CHECK(redact::url("https://[fe80::1]:443/sdk") == "https://[fe80::1]:443/sdk");
  CHECK(redact::url("") == "");
}

TEST_CASE("redact: headers") {
  CHECK(redact::header("Set-Cookie", "vmware_soap_session=\"5ecret\"; Path=/; HttpOnly") ==
        "vmware_soap_session=[redacted]; Path=/; HttpOnly");
  CHECK(redact::header("cookie", "a=5ecret; b=5ecret") == "a=[redacted]; b=[redacted]");
  CHECK(redact::header("Cookie", "5ecret") == "[redacted]");
  CHECK(redact::header("Authorization", "Basic 5ecret") == "Basic [redacted]");
  CHECK(redact::header("Proxy-Authorization", "5ecret") == "[redacted]");
  CHECK(redact::header("vmware-api-session-id", "5ecret") == "[redacted]");
  CHECK(redact::header("X-Auth-Token", "5ecret") == "[redacted]");
  CHECK(redact::header("Location", "https://u:5ecret@h/a?b=5ecret") == "https://h/a?b=[redacted]");
  CHECK(redact::header("Content-Type", "text/xml; charset=utf-8") == "text/xml; charset=utf-8");
}
