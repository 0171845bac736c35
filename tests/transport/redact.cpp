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

// S3CRET stands for what must not show.
constexpr sample samples[] = {
    {"plain element", "<password>S3CRET</password>", "<password>[redacted]</password>"},
    {"no content", "<a><password></password><password/></a>",
     "<a><password></password><password/></a>"},
    {"prefix and attributes",
     "<v:password xsi:type='xsd:string' a=\">\" >S3CRET</v:password  ><n>x</n>",
     "<v:password xsi:type='xsd:string' a=\">\" >[redacted]</v:password  ><n>x</n>"},
    {"entities", "<password>S3&lt;CRET&amp;&#x53;S3CRET</password>",
     "<password>[redacted]</password>"},
    {"CDATA with an end tag in it", "<password><![CDATA[S3CRET</password>S3CRET]]]]></password>x",
     "<password>[redacted]</password>x"},
    {"comment with an end tag in it", "<password><!-- </password> -->S3CRET<!----></password>x",
     "<password>[redacted]</password>x"},
    {"processing instruction with an end tag in it",
     "<password><?a </password>?>S3CRET</password>x", "<password>[redacted]</password>x"},
    {"nested elements", "<password>a<b>S3CRET</b><password>S3CRET</password>S3CRET</password>x",
     "<password>[redacted]</password>x"},
    {"self-closed child of the same name", "<password><password/>S3CRET</password>x",
     "<password>[redacted]</password>x"},
    {"wrong end tags keep it closed", "<password>S3CRET</b>S3CRET</x:password>S3CRET",
     "<password>[redacted]"},
    {"cut", "<a><password>S3CRET", "<a><password>[redacted]"},
    {"cut in the end tag", "<a><password>S3CRET</passw", "<a><password>[redacted]"},
    {"cut in a start tag", "<a><passw", "<a><passw"},
    {"names by their end", "<adminPassword>S3CRET</adminPassword><chapSecret>S3CRET</chapSecret>",
     "<adminPassword>[redacted]</adminPassword><chapSecret>[redacted]</chapSecret>"},
    {"structured secret", "<password><value>S3CRET</value><plainText>true</plainText></password>",
     "<password>[redacted]</password>"},
    {"a name that only begins alike", "<passwordPolicy>retry=3</passwordPolicy>",
     "<passwordPolicy>retry=3</passwordPolicy>"},
    {"attribute", "<user name='u' Password = 'S3CRET' x='1'/>",
     "<user name='u' Password = '[redacted]' x='1'/>"},
    {"session cookie header", "<h><vcSessionCookie>\"S3CRET\"</vcSessionCookie></h>",
     "<h><vcSessionCookie>[redacted]</vcSessionCookie></h>"},
    {"SAML", "<saml2:Assertion ID='x'><saml2:A>S3CRET</saml2:A></saml2:Assertion>",
     "<saml2:Assertion ID='x'>[redacted]</saml2:Assertion>"},
    {"key of a login",
     "<LoginResponse xmlns='urn:vim25'><returnval><key>S3CRET</key><userName>root</userName>",
     "<LoginResponse xmlns='urn:vim25'><returnval><key>[redacted]</key><userName>root</userName>"},
    {"key of a current session", "<val xsi:type='ns:UserSession'><key>S3CRET</key><a>1</a></val>",
     "<val xsi:type='ns:UserSession'><key>[redacted]</key><a>1</a></val>"},
    {"keys of a session list",
     "<val><UserSession><key>S3CRET</key></UserSession><UserSession><key>S3CRET</key></val>",
     "<val><UserSession><key>[redacted]</key></UserSession><UserSession><key>[redacted]</key></"
     "val>"},
    {"other keys", "<device><key>4000</key></device><returnval><key>k</key></returnval>",
     "<device><key>4000</key></device><returnval><key>k</key></returnval>"},
    {"key after a sibling", "<LoginResponse><returnval><a>1</a><b/><key>S3CRET</key></returnval>",
     "<LoginResponse><returnval><a>1</a><b/><key>[redacted]</key></returnval>"},
    {"property of a session",
     "<propSet><name>currentSession.key</name><val>S3CRET</val></propSet><propSet><name>name</name>"
     "<val>web</val></propSet>",
     "<propSet><name>currentSession.key</name><val>[redacted]</val></propSet><propSet><name>name</"
     "name><val>web</val></propSet>"},
    {"property path with a key",
     "<changeSet><name>sessionList[\"S3CRET\"].key</name><op>add</op><val>S3CRET</val></changeSet>",
     "<changeSet><name>sessionList[[redacted]].key</name><op>add</op><val>[redacted]</val></"
     "changeSet>"},
    {"object of a session", "<filter type=\"PropertyFilter\">session[S3CRET]52a8-x</filter>",
     "<filter type=\"PropertyFilter\">session[[redacted]]52a8-x</filter>"},
    {"ticket of a lease", "<url>https://*/nfc/S3CRET/disk-0.vmdk</url>",
     "<url>https://*/nfc/[redacted]/disk-0.vmdk</url>"},
    {"ticket cut by a tag", "<u>/nfc/S3CRET</u><n>x</n>", "<u>/nfc/[redacted]</u><n>x</n>"},
    {"file of a guest", "<url>https://h/guestFile?id=5&amp;token=S3CRET&amp;x=1</url>",
     "<url>https://h/guestFile?id=5&amp;token=[redacted]&amp;x=1</url>"},
    {"clone ticket", "<AcquireCloneTicketResponse><returnval>S3CRET</returnval>",
     "<AcquireCloneTicketResponse><returnval>[redacted]</returnval>"},
    {"service ticket",
     "<AcquireGenericServiceTicketResponse><returnval><id>S3CRET</id><hostName>h</hostName>",
     "<AcquireGenericServiceTicketResponse><returnval><id>[redacted]</id><hostName>h</hostName>"},
    {"properties of a vApp",
     "<vAppConfig><property><info><id>x</id><defaultValue>S3CRET</defaultValue><value>S3CRET</"
     "value>"
     "</info></property></vAppConfig><extraConfig><key>a</key><value>b</value></extraConfig>",
     "<vAppConfig><property><info><id>x</id><defaultValue>[redacted]</"
     "defaultValue><value>[redacted]</"
     "value></info></property></vAppConfig><extraConfig><key>a</key><value>b</value></"
     "extraConfig>"},
    {"token of a guest login", "<auth xsi:type='A'><token>S3CRET</token></auth><token>page</token>",
     "<auth xsi:type='A'><token>[redacted]</token></auth><token>page</token>"},
    {"private key", "<ProvisionServerPrivateKey><_this>x</_this><key>S3CRET</key>",
     "<ProvisionServerPrivateKey><_this>x</_this><key>[redacted]</key>"},
    {"not XML", "a < b && c > d </ <1> <", "a < b && c > d </ <1> <"},
    {"declaration, comment, CDATA pass",
     "<?xml version='1.0'?><!DOCTYPE a><!--c--><a><![CDATA[<password>]]]></a>",
     "<?xml version='1.0'?><!DOCTYPE a><!--c--><a><![CDATA[<password>]]]></a>"},
    {"end of CDATA and comment", "<a><![CDATA[x]]]><!--y---></a><password>S3CRET</password>",
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
    CHECK(s.out.find("S3CRET") == s.out.npos);
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
      CHECK(redact::xml(element("S3CRET")) == element(redact::mask));
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
  std::string_view const whole = "<a><password x='1'>S3CRET</password></a>";
  std::mt19937 random{7};
  for (int round = 0; round < 2000; ++round) {
    std::string text{whole};
    // Damage behind the start tag and outside of the secret itself.
    auto const from = text.find("S3CRET") + 6;
    auto const at = from + random() % (text.size() - from);
    text[at] = "<>/&'\"! x]"[random() % 10];
    CAPTURE(text);
    CHECK(redact::xml(text).find("S3CRET") == std::string::npos);
  }
}

TEST_CASE("redact: a redactor starts afresh after finish") {
  Redactor redactor;
  CHECK(redactor.feed("<password>S3CRET") == "<password>[redacted]");
  CHECK(redactor.finish().empty());
  CHECK(redactor.feed("visible<") == "visible");
  CHECK(redactor.finish() == "<");
}

TEST_CASE("redact: memory does not grow with the depth or the length of names") {
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "<a>";
  deep += "<password>S3CRET</password>";
  for (int i = 0; i < 5000; ++i) deep += "</a>";
  CHECK(redact::xml(deep).find("<a><password>[redacted]</password></a>") != std::string::npos);
  auto const name = "<" + std::string(100'000, 'n') + ">text";
  CHECK(redact::xml(name) == name);
}

TEST_CASE("redact: URLs") {
  CHECK(redact::url("https://root:S3CRET@h:8443/sdk?x=S3CRET#S3CRET") ==
        "https://h:8443/sdk?x=[redacted]");
  CHECK(redact::url("https://h/folder/a%20b.vmx?dcPath=ha-datacenter&dsName=d1&S3CRET") ==
        "https://h/folder/a%20b.vmx?dcPath=ha-datacenter&dsName=d1&[redacted]");
  CHECK(redact::url("https://h/nfc/S3CRET/disk-0.vmdk") == "https://h/nfc/[redacted]/disk-0.vmdk");
  CHECK(redact::url("wss://h:443/ticket/S3CRET") == "wss://h:443/ticket/[redacted]");
  CHECK(redact::url("/folder/x@y") == "/folder/x@y");
  CHECK(redact::url("https://[fe80::1]:443/sdk") == "https://[fe80::1]:443/sdk");
  CHECK(redact::url("") == "");
}

TEST_CASE("redact: headers") {
  CHECK(redact::header("Set-Cookie", "vmware_soap_session=\"S3CRET\"; Path=/; HttpOnly") ==
        "vmware_soap_session=[redacted]; Path=/; HttpOnly");
  CHECK(redact::header("cookie", "a=S3CRET; b=S3CRET") == "a=[redacted]; b=[redacted]");
  CHECK(redact::header("Cookie", "S3CRET") == "[redacted]");
  CHECK(redact::header("Authorization", "Basic S3CRET") == "Basic [redacted]");
  CHECK(redact::header("Proxy-Authorization", "S3CRET") == "[redacted]");
  CHECK(redact::header("vmware-api-session-id", "S3CRET") == "[redacted]");
  CHECK(redact::header("X-Auth-Token", "S3CRET") == "[redacted]");
  CHECK(redact::header("Location", "https://u:S3CRET@h/a?b=S3CRET") == "https://h/a?b=[redacted]");
  CHECK(redact::header("Content-Type", "text/xml; charset=utf-8") == "text/xml; charset=utf-8");
}
