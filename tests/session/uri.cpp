// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <esxvi/session/uri.hpp>

#include <doctest/doctest.h>

#include <string>

using esxvi::ConnectionUri;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// The message with which `text` is refused.
std::string refused(std::string_view text) {
  try {
    static_cast<void>(ConnectionUri::parse(text));
  } catch (esxvi::invalid_argument const& e) {
    CHECK(e.operation() == "parsing the URI");
    CHECK_FALSE(e.problem().empty());
    return e.what();
  }
  FAIL("accepted: ", text);
  return {};
}

}  // namespace

TEST_CASE("a URI names scheme, user, host, port and path") {
  auto const uri = ConnectionUri::parse("esx://root@esx01.example:8443/a/b");
  CHECK(uri.scheme == "esx");
  CHECK(uri.user == "root");
  CHECK(uri.host == "esx01.example");
  CHECK(uri.port == 8443);
  CHECK(uri.path == "/a/b");
  CHECK(uri.tls);
  CHECK(uri.verify);
  CHECK_FALSE(uri.auto_answer);
  CHECK(uri.service_url() == "https://esx01.example:8443/sdk");
}

TEST_CASE("esx, vpx and https are the schemes, in any case") {
  for (auto const* text : {"esx://h/", "vpx://h/", "https://h/", "ESX://h/", "Vpx://h/"}) {
    CAPTURE(text);
    auto const uri = ConnectionUri::parse(text);
    CHECK(uri.port == 443);
    CHECK(uri.service_url() == "https://h/sdk");
  }
  CHECK(ConnectionUri::parse("VPX://h/").scheme == "vpx");
  for (auto const* text : {"http://h/", "test://h/", "esxi://h/"}) {
    CAPTURE(text);
    CHECK(has(refused(text), "scheme"));
  }
}

TEST_CASE("the user may be missing, and may hold any character as an escape") {
  CHECK(ConnectionUri::parse("esx://h/").user.empty());
  CHECK(ConnectionUri::parse("vpx://administrator%40vsphere.local@h/").user ==
        "administrator@vsphere.local");
  CHECK(ConnectionUri::parse("vpx://DOMAIN%5cj%C3%BCrg@h").user == "DOMAIN\\j\xC3\xBCrg");
  CHECK(ConnectionUri::parse("esx://r%3Aoot@h/").user == "r:oot");
}

TEST_CASE("an IPv6 address stands in brackets, in the URI and in the service URL") {
  auto const uri = ConnectionUri::parse("esx://root@[2001:db8::1]:444/");
  CHECK(uri.host == "2001:db8::1");
  CHECK(uri.port == 444);
  CHECK(uri.service_url() == "https://[2001:db8::1]:444/sdk");
  CHECK(ConnectionUri::parse("esx://[::1]").service_url() == "https://[::1]/sdk");
}

TEST_CASE("the port follows from the transport unless it is given") {
  CHECK(ConnectionUri::parse("esx://h/?transport=http").service_url() == "http://h/sdk");
  CHECK(ConnectionUri::parse("esx://h/?transport=http").port == 80);
  CHECK(ConnectionUri::parse("esx://h:443/?transport=http").service_url() == "http://h:443/sdk");
  CHECK(ConnectionUri::parse("esx://h:80/").service_url() == "https://h:80/sdk");
  CHECK(ConnectionUri::parse("esx://h:/").port == 443);
  CHECK(ConnectionUri::parse("esx://h:1/").port == 1);
  CHECK(ConnectionUri::parse("esx://h:65535/").port == 65535);
}

TEST_CASE("a port that cannot be is refused") {
  for (auto const* text : {"esx://h:0/", "esx://h:65536/", "esx://h:99999999999999999999/"}) {
    CAPTURE(text);
    CHECK(has(refused(text), "port"));
  }
  for (auto const* text : {"esx://h:x/", "esx://h:x", "esx://h:443x/", "esx://h:-1/"}) {
    CAPTURE(text);
    CHECK(has(refused(text), "port"));
  }
}

TEST_CASE("parameters say how to connect") {
  auto const uri = ConnectionUri::parse("esx://h/?no_verify=1&transport=https&auto_answer=1");
  CHECK_FALSE(uri.verify);
  CHECK(uri.tls);
  CHECK(uri.auto_answer);
  CHECK(ConnectionUri::parse("esx://h/?no_verify=0").verify);
  CHECK(ConnectionUri::parse("esx://h/?no%5Fverify=%31").verify == false);
}

TEST_CASE("a parameter that is unknown, repeated or has a bad value is named") {
  auto const unknown = refused("esx://h/?no_verify=1&colour=blue");
  CHECK(has(unknown, "colour"));
  CHECK(has(unknown, "no_verify, auto_answer"));
  CHECK(has(refused("esx://h/?no_verify=1&no_verify=1"), "\"no_verify\" is repeated"));
  CHECK(has(refused("esx://h/?no_verify=yes"), "no_verify is \"yes\""));
  CHECK(has(refused("esx://h/?auto_answer="), "auto_answer is \"\""));
  CHECK(has(refused("esx://h/?transport=tcp"), "transport is \"tcp\""));
  CHECK(has(refused("esx://h/?NO_VERIFY=1"), "NO_VERIFY"));
}

TEST_CASE("a URI without a host is refused") {
  CHECK(has(refused("esx:///"), "host"));
  CHECK(has(refused("esx://root@/"), "host"));
  CHECK(has(refused("esx:/path"), "host"));
}

TEST_CASE("a host cannot smuggle in another one") {
  for (auto const* text :
       {"esx://good%2Fevil/", "esx://good%40evil/", "esx://good%3A1/", "esx://good%0D%0Aevil/",
        "esx://good%23/", "esx://good%3Fx/", "esx://go%20od/"}) {
    CAPTURE(text);
    CHECK(has(refused(text), "host"));
  }
  CHECK(ConnectionUri::parse("esx://b%C3%BCcher.example/").host == "b\xC3\xBC" "cher.example");
}

TEST_CASE("the path stays as it was written") {
  CHECK(ConnectionUri::parse("vpx://h/dc%2fone/cluster%20a/esx").path ==
        "/dc%2fone/cluster%20a/esx");
  CHECK(ConnectionUri::parse("vpx://h").path.empty());
}

TEST_CASE("a password in the URI is refused and never shown") {
  for (auto const* text : {
           "esx://root:hunter2@h/",
           "esx://root:hunter2@h:0/",
           "esx://root:hunter2@h/?bad=1",
           "http://root:hunter2@h/",
           "esx://root:p@hunter2@h/",
           "esx://root:p/hunter2@h/",
           "esx://root:hunter2%@h/",
           "root:hunter2@h",
           "//root:hunter2@h/",
           "esx://root:@hunter2@h/",
       }) {
    CAPTURE(text);
    CHECK_FALSE(has(refused(text), "hunter2"));
  }
  CHECK(has(refused("esx://root:hunter2@h/"), "password"));
  CHECK(has(refused("esx://root:@h/"), "password"));
}

TEST_CASE("a '#' is refused, so that what stands before it is not taken for the host") {
  CHECK(has(refused("esx://ro#ot@h/"), "#"));
  CHECK(has(refused("esx://h/#part"), "#"));
  CHECK(ConnectionUri::parse("esx://ro%23ot@h/").user == "ro#ot");
}

TEST_CASE("a '?' with nothing behind it is no parameter") {
  CHECK(ConnectionUri::parse("esx://h/?").host == "h");
}

TEST_CASE("what is no URI at all is refused") {
  for (auto const* text : {"", "host", "esx", "://h", "esx://h h/", "esx://[::1/", "esx://h/%zz"}) {
    CAPTURE(text);
    refused(text);
  }
}
