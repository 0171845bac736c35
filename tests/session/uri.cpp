// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "session/uri_support.hpp"

#include <chrono>
#include <string>
#include <vector>

using esxvi::ConnectionUri;
using esxvi::test::has;
using esxvi::test::refused;

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

TEST_CASE("esx, gsx, vpx, https and sim are the schemes, in any case") {
  for (auto const* text : {"esx://h/", "vpx://h/", "https://h/", "ESX://h/", "Vpx://h/"}) {
    CAPTURE(text);
    auto const uri = ConnectionUri::parse(text);
    CHECK_FALSE(uri.port);
    CHECK(uri.port_or_default() == 443);
    CHECK(uri.service_url() == "https://h/sdk");
  }
  CHECK(ConnectionUri::parse("VPX://h/").scheme == "vpx");
  for (auto const* text : {"http://h/", "test://h/", "esxi://h/", "esx+ssh://h/"}) {
    CAPTURE(text);
    CHECK(has(refused(text), "scheme"));
  }
}

TEST_CASE("gsx has ports of its own") {
  CHECK(ConnectionUri::parse("gsx://h/").service_url() == "https://h:8333/sdk");
  CHECK(ConnectionUri::parse("gsx://h/?transport=http").service_url() == "http://h:8222/sdk");
  CHECK(ConnectionUri::parse("gsx://h:443/").service_url() == "https://h/sdk");
}

TEST_CASE("sim names a simulated host, which has no port") {
  auto const uri = ConnectionUri::parse("sim://small");
  CHECK(uri.host == "small");
  CHECK(uri.to_string() == "sim://small");
  CHECK(ConnectionUri::parse("sim://root@small/").user == "root");
  CHECK(has(refused("sim://small:443/"), "no port"));
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
  CHECK(ConnectionUri::parse("esx://h/?transport=http").port_or_default() == 80);
  CHECK(ConnectionUri::parse("esx://h:443/?transport=http").service_url() == "http://h:443/sdk");
  CHECK(ConnectionUri::parse("esx://h:80/").service_url() == "https://h:80/sdk");
  CHECK(ConnectionUri::parse("esx://h:/").port_or_default() == 443);
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
  CHECK(ConnectionUri::parse("esx://h/?NO_VERIFY=1&Auto_Answer=1").verify == false);
}

TEST_CASE("each parameter fills its member") {
  auto const uri = ConnectionUri::parse(
      "esx://h/?vcenter=vc.example&proxy=socks5h://p:9050&authfile=/a/b%20c&ca_file=ca.pem"
      "&thumbprint=sha1:000102030405060708090a0b0c0d0e0f10111213&timeout=90&api_version=6.7"
      "&user_agent=backup/1.2+x");
  CHECK(uri.vcenter == "vc.example");
  REQUIRE(uri.proxy);
  CHECK(uri.proxy->url() == "socks5h://p:9050");
  CHECK(uri.authfile == "/a/b c");
  CHECK(uri.ca_file == "ca.pem");
  REQUIRE(uri.thumbprint);
  CHECK(uri.thumbprint->to_string() ==
        "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13");
  REQUIRE(uri.timeout);
  CHECK(uri.timeout->count() == 90'000);
  CHECK(uri.api_version == "6.7");
  CHECK(uri.user_agent == "backup/1.2+x");
}

TEST_CASE("vcenter is a name, an address or an asterisk") {
  for (auto const* value : {"vc", "10.0.0.9", "2001:db8::2", "*"}) {
    CAPTURE(value);
    CHECK(ConnectionUri::parse("esx://h/?vcenter=" + std::string(value)).vcenter == value);
  }
  CHECK(ConnectionUri::parse("esx://h/?vcenter=%5B::1%5D").vcenter == "::1");
}

TEST_CASE("a timeout has a unit, or counts seconds") {
  using namespace std::chrono_literals;
  auto const time = [](std::string const& value) {
    return *ConnectionUri::parse("esx://h/?timeout=" + value).timeout;
  };
  CHECK(time("30") == 30s);
  CHECK(time("30s") == 30s);
  CHECK(time("500ms") == 500ms);
  CHECK(time("2m") == 2min);
  CHECK(time("2147483647ms") == 2147483647ms);
}

TEST_CASE("a bad value is named, with what is expected") {
  struct {
    char const* query;
    char const* problem;
    char const* advice;
  } const cases[]{
      {"no_verify=yes", "no_verify is \"yes\"", "0 or 1"},
      {"no_verify=2", "no_verify is \"2\"", "0 or 1"},
      {"no_verify=01", "no_verify is \"01\"", "0 or 1"},
      {"no_verify", "no_verify is \"\"", "0 or 1"},
      {"NO_verify=x", "no_verify is \"x\"", "0 or 1"},
      {"auto_answer=", "auto_answer is \"\"", "0 or 1"},
      {"auto_answer=true", "auto_answer is \"true\"", "0 or 1"},
      {"transport=tcp", "transport is \"tcp\"", "http or https"},
      {"transport=HTTP", "transport is \"HTTP\"", "http or https"},
      {"vcenter=", "vcenter is \"\"", "or *"},
      {"vcenter=a%2Fb", "vcenter is \"a%2Fb\"", "or *"},
      {"vcenter=vc:443", "vcenter is \"vc:443\"", "or *"},
      {"vcenter=a*", "vcenter is \"a*\"", "or *"},
      {"proxy=", "proxy is not right: the proxy has no host", "[type://]"},
      {"proxy=ftp://p", "type of the proxy", "socks4a"},
      {"proxy=p:0", "port of the proxy", "brackets"},
      {"authfile=", "authfile is \"\"", "path"},
      {"authfile=a%00b", "authfile is \"a%00b\"", "%00"},
      {"ca_file=", "ca_file is \"\"", "path"},
      {"thumbprint=", "thumbprint is \"\"", "SHA-256"},
      {"thumbprint=AA:BB", "2 bytes", "SHA-256"},
      {"timeout=", "timeout is \"\"", "500ms"},
      {"timeout=0", "timeout is \"0\"", "500ms"},
      {"timeout=-1", "timeout is \"-1\"", "500ms"},
      {"timeout=1h", "timeout is \"1h\"", "500ms"},
      {"timeout=1.5", "timeout is \"1.5\"", "500ms"},
      {"timeout=30%20s", "timeout is \"30%20s\"", "500ms"},
      {"timeout=2147483648ms", "timeout is", "24 days"},
      {"timeout=99999999999999999999", "timeout is", "24 days"},
      {"api_version=", "api_version is \"\"", "8.0.3.0"},
      {"api_version=newest", "api_version is \"newest\"", "8.0.3.0"},
      {"api_version=8.", "api_version is \"8.\"", "8.0.3.0"},
      {"api_version=.8", "api_version is \".8\"", "8.0.3.0"},
      {"api_version=8..0", "api_version is", "8.0.3.0"},
      {"api_version=1.2.3.4.5", "api_version is", "8.0.3.0"},
      {"api_version=2.5u", "api_version is", "8.0.3.0"},
      {"api_version=2.5u2u3", "api_version is", "8.0.3.0"},
      {"user_agent=", "user_agent is \"\"", "control characters"},
      {"user_agent=a%0D%0ACookie:%20x", "user_agent is", "control characters"},
  };
  for (auto const& each : cases) {
    CAPTURE(each.query);
    auto const message = refused("esx://root@h/?" + std::string(each.query));
    CHECK(has(message, each.problem));
    CHECK(has(message, each.advice));
  }
  CHECK(ConnectionUri::parse("esx://h/?api_version=2.5u2").api_version == "2.5u2");
}

TEST_CASE("a parameter that is unknown or repeated is named") {
  auto const unknown = refused("esx://h/?no_verify=1&colour=blue");
  CHECK(has(unknown, "\"colour\" is not known"));
  for (auto const& known : esxvi::uri_parameters()) CHECK(has(unknown, known.name));
  CHECK(has(refused("esx://h/?no_verify=1&no_verify=1"), "\"no_verify\" is repeated"));
  CHECK(has(refused("esx://h/?no_verify=1&No_Verify=0"), "\"no_verify\" is repeated"));
  CHECK(has(refused("esx://h/?timeout=1&proxy=p&timeout=2"), "\"timeout\" is repeated"));
  CHECK(has(refused("esx://h/?=1"), "no parameter"));
}

TEST_CASE("each parameter is described, and repeating any of them is refused") {
  std::vector<std::string> const samples{
      "transport=http", "vcenter=*",       "no_verify=1", "auto_answer=1",
      "proxy=p",        "authfile=a",      "ca_file=a",   "thumbprint=" + std::string(64, 'a'),
      "timeout=1",      "api_version=8.0", "user_agent=a"};
  REQUIRE(esxvi::uri_parameters().size() == samples.size());
  std::string all = "esx://h/";
  for (std::size_t i = 0; i < samples.size(); ++i) {
    auto const& parameter = esxvi::uri_parameters()[i];
    CAPTURE(parameter.name);
    CHECK(samples[i].starts_with(std::string(parameter.name) + "="));
    CHECK_FALSE(parameter.values.empty());
    CHECK(parameter.meaning.ends_with('.'));
    CHECK_FALSE(parameter.write(ConnectionUri{}).has_value());
    CHECK(parameter.write(ConnectionUri::parse("esx://h/?" + samples[i])).has_value());
    CHECK(has(refused("esx://h/?" + samples[i] + "&" + samples[i]), "repeated"));
    all.append(i == 0 ? "?" : "&").append(samples[i]);
  }
  CHECK(ConnectionUri::parse(all).to_string() == all);
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
  CHECK(ConnectionUri::parse("esx://b%C3%BCcher.example/").host ==
        "b\xC3\xBC"
        "cher.example");
}

TEST_CASE("the path stays as it was written") {
  CHECK(ConnectionUri::parse("vpx://h/dc%2fone/cluster%20a/esx").path ==
        "/dc%2fone/cluster%20a/esx");
  CHECK(ConnectionUri::parse("vpx://h").path.empty());
}

TEST_CASE("names in the path are decoded after it is split") {
  using Names = std::vector<std::string>;
  auto const names = [](std::string const& path) {
    return ConnectionUri::parse("vpx://h" + path).path_names();
  };
  CHECK(names("/folder/dc%2fone/cluster%20a/esx") == Names{"folder", "dc/one", "cluster a", "esx"});
  CHECK(names("//dc///host/") == Names{"dc", "host"});
  CHECK(names("/").empty());
  CHECK(names("").empty());
  CHECK(names("/%25/a+b") == Names{"%", "a+b"});
  CHECK(ConnectionUri::path_of(Names{"dc/one", "a b", "%"}) == "/dc%2Fone/a%20b/%25");
}

TEST_CASE("a name means the object whose stored name it is, with or without the server's escapes") {
  CHECK(esxvi::is_name_of("web", "web"));
  CHECK(esxvi::is_name_of("a/b", "a%2fb"));
  CHECK(esxvi::is_name_of("a/b", "a%2Fb"));
  CHECK(esxvi::is_name_of("a%2fb", "a%2fb"));
  CHECK(esxvi::is_name_of("100%", "100%25"));
  CHECK(esxvi::is_name_of("100%", "100%"));  // imported objects have stray ones
  CHECK(esxvi::is_name_of("a\\b", "a%5cb"));
  CHECK_FALSE(esxvi::is_name_of("a/b", "a/c"));
  CHECK_FALSE(esxvi::is_name_of("a", "A"));
  // As the C driver needs it, and as people write it.
  for (auto const* text : {"vpx://h/a%252fb", "vpx://h/a%2fb"}) {
    CAPTURE(text);
    CHECK(esxvi::is_name_of(ConnectionUri::parse(text).path_names().at(0), "a%2fb"));
  }
}

TEST_CASE("a password in the URI is refused and never shown") {
  for (auto const* text : {
           "esx://root:5ecret@h/",
           "esx://root:5ecret@h:0/",
           "esx://root:5ecret@h/?bad=1",
           "http://root:5ecret@h/",
           "esx://root:p@5ecret@h/",
           "esx://root:p/5ecret@h/",
           "esx://root:5ecret%@h/",
           "root:5ecret@h",
           "//root:5ecret@h/",
           "esx://root:@5ecret@h/",
           "esx://root:1?5ecret@h/",
           "esx://root:1?5ecret=@h/",
           "esx://root:1?a=5ecret@h/",
           "esx://h/?password=5ecret",
           "esx://h/?user=root:5ecret",
           "esx://h/?user=root:5ecret@h",
           "esx://h/?vcenter=root:5ecret@vc",
           "esx://h/?vcenter=root:5ecret%40vc",
           "esx://h/?proxy=http://u:5ecret@p:0",
           "esx://h/?proxy=http%3A%2F%2Fu%3A5ecret%40p%3A0",
           "esx://h/?pr%6Fxy=u:5ecret",
           "esx://h/?proxy=u:5ecret&bad=1",
           "esx://h/?proxy=http://u:5ecret@p&bad=1",
           "esx://h/?PROXY=http://u:5ecret@p&no_verify=x",
           "esx://h/?proxy=http://u:5ecret@p&proxy=q",
           "esx://h/?proxy=http://u:5ecret%zz@p",
           "esx://h/?proxy=5ecret://u@p",
           "esx://h/%zz?proxy=u:5ecret",
           "esx://h /?proxy=u:5ecret",
       }) {
    CAPTURE(text);
    CHECK_FALSE(has(refused(text), "5ecret"));
  }
  CHECK(has(refused("esx://root:5ecret@h/"), "password"));
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

TEST_CASE("a message holds no control character") {
  CHECK_FALSE(has(refused("esx://h\n\r\x1b[31m/"), "\x1b"));
  CHECK_FALSE(has(refused("esx://h\n/"), "\n"));
}

TEST_CASE("display() hides the password of the proxy, and nothing else") {
  constexpr std::string_view plain = "esx://root@h/?no_verify=1&proxy=socks://p:1080";
  CHECK(ConnectionUri::parse(plain).display() == plain);
  auto const uri =
      ConnectionUri::parse("esx://root@h/?no_verify=1&proxy=http://u%2540x:5ecret@p:3128");
  CHECK(uri.display() == "esx://root@h/?no_verify=1&proxy=http://u%2540x:...@p:3128");
  CHECK(has(uri.to_string(), "5ecret"));
}
