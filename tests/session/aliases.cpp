// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "session/credentials_support.hpp"

#include <esxvi/session/aliases.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

using namespace esxvi::test;
using esxvi::Aliases;

namespace {

/// The error that the text of a file is refused with.
esxvi::malformed_file refused(std::string_view text) {
  try {
    static_cast<void>(Aliases(text, "hosts.ini"));
  } catch (esxvi::malformed_file const& e) {
    return e;
  }
  FAIL("accepted: ", text);
  return esxvi::malformed_file({});
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("an alias is a URI with a name, and more of it in keys") {
  Home const home;
  Aliases const aliases(
      "[lab]\nuri = esx://esx01.example/\nuser = root@lab\npassword_file = ~/secrets/lab\n"
      "thumbprint = 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13\n"
      "ca_file = ~/ca.pem\nTimeout = 2m\nuser_agent = a b\n"
      "[vc]\nuri=vpx://vc.example/dc%2fone?no_verify=1\n",
      "hosts.ini");
  REQUIRE(aliases.all().size() == 2);
  auto const& lab = aliases.at("lab");
  CHECK(lab.name == "lab");
  CHECK(lab.uri.host == "esx01.example");
  CHECK(lab.uri.user == "root@lab");
  CHECK(lab.password_file == home.folder.path() + "/secrets/lab");
  CHECK(lab.uri.ca_file == home.folder.path() + "/ca.pem");
  CHECK(lab.uri.timeout == std::chrono::minutes(2));
  CHECK(lab.uri.user_agent == "a b");
  REQUIRE(lab.uri.thumbprint);
  CHECK(esxvi::ConnectionUri::parse(lab.uri.to_string()) == lab.uri);
  CHECK(aliases.at("vc").uri.to_string() == "vpx://vc.example/dc%2fone?no_verify=1");
  CHECK(aliases.find("nobody") == nullptr);
}

TEST_CASE("every parameter of a URI is a key") {
  for (auto const& parameter : esxvi::uri_parameters()) {
    CAPTURE(parameter.name);
    std::string const key(parameter.name);
    auto const message = refused("[a]\nuri=esx://h/\n" + key + "=\n");
    CHECK(message.line() == 3);
    CHECK_FALSE(has(message.problem(), "not known"));
  }
}

TEST_CASE("what is wrong is named with its line") {
  struct {
    char const* text;
    std::size_t line;
    char const* problem;
  } const cases[]{
      {"[a]\nuser=root\n", 1, "\"a\" has no uri"},
      {"[a]\nuri=h\n", 2, "no URI"},
      {"[a]\nuri=esx://h/?bad=1\n", 2, "\"bad\" is not known"},
      {"[a]\nuri=esx://h/\ncolour=blue\n", 3, "\"colour\" is not known"},
      {"[a]\nuri=esx://h/\nno_verify=2\n", 3, "no_verify is not right"},
      {"[a]\nuri=esx://h/\nproxy=ftp://p\n", 3, "type of the proxy"},
      {"[a]\nuri=esx://u@h/\nuser=root\n", 3, "in the URI as well"},
      {"[a]\nuri=esx://h/?timeout=1\ntimeout=2\n", 3, "in the URI as well"},
      {"[a]\nuri=esx://h/?no_verify=0\nno_verify=1\n", 3, "in the URI as well"},
      {"[a]\nuri=esx://h/\nuri=esx://g/\n", 3, "line 2 is repeated"},
      {"[a]\nuri=esx://h/\n[a]\nuri=esx://g/\n", 4, "line 2 is repeated"},
      {"[a]\nuri=esx://h/\nno_verify=1\nNO_VERIFY=1\n", 4, "as well"},
      {"[esx://h]\nuri=esx://h/\n", 1, "looks like a URI"},
      {"uri=esx://h/\n", 1, "before the first"},
  };
  for (auto const& each : cases) {
    CAPTURE(each.text);
    auto const e = refused(each.text);
    CHECK(e.line() == each.line);
    CHECK(e.target() == "hosts.ini:" + std::to_string(each.line));
    CHECK(has(e.what(), each.problem));
  }
}

TEST_CASE("passwords are refused and not shown") {
  for (auto const* text : {
           "[a]\nuri=esx://h/\npassword=5ecret\n",
           "[a]\nuri=esx://root:5ecret@h/\n",
           "[a]\nuri=esx://h/?proxy=http://u:5ecret@p\n",
           "[a]\nuri=esx://h/\nproxy=http://u:5ecret@p\n",
           "[a]\nuri=esx://h/\nproxy=http://u:5ecret@p:0\n",
           "[a]\nuri=esx://h/\nvcenter=u:5ecret@p\n",
           "[a]\nuri=esx://h/\n5ecret@=x\n",
       }) {
    CAPTURE(text);
    CHECK_FALSE(has(refused(text).what(), "5ecret"));
  }
}

TEST_CASE("the user's own file has the aliases; without it there are none") {
  Home const home;
  CHECK(Aliases::load().all().empty());
  home.folder.file(".config/esxvi/hosts.ini", "[lab]\nuri=esx://of-home/\n");
  CHECK(Aliases::load().at("lab").uri.host == "of-home");
  Variable const config("XDG_CONFIG_HOME", home.folder.path() + "/xdg");
  home.folder.file("xdg/esxvi/hosts.ini", "\xEF\xBB\xBF[lab]\r\nuri=esx://of-xdg/\r\n");
  CHECK(Aliases::load().at("lab").uri.host == "of-xdg");
  CHECK(Aliases::read(home.folder.path() + "/.config/esxvi/hosts.ini").at("lab").uri.host ==
        "of-home");
  CHECK_THROWS_AS(static_cast<void>(Aliases::read("/nonexistent/hosts.ini")),
                  esxvi::invalid_argument);
}

TEST_CASE("a connection is a URI, else an alias") {
  Home const home;
  auto const path = home.folder.file(".config/esxvi/hosts.ini",
                                     "[lab]\nuri=esx://h/\npassword_file=/p\n[vc]\nuri=vpx://v/\n");
  CHECK(esxvi::resolve_connection("esx://root@g/").uri.host == "g");
  CHECK(esxvi::resolve_connection("lab").uri.host == "h");
  CHECK(esxvi::resolve_connection("lab").password_file == "/p");
  try {
    static_cast<void>(esxvi::resolve_connection("labb"));
    FAIL("resolved");
  } catch (esxvi::invalid_argument const& e) {
    CHECK(has(e.what(), "labb"));
    CHECK(has(e.what(), "lab, vc"));
  }
  try {
    static_cast<void>(esxvi::resolve_connection("root:5ecret@h"));
    FAIL("resolved");
  } catch (esxvi::invalid_argument const& e) {
    CHECK_FALSE(has(e.what(), "5ecret"));
  }
  // A URI needs no file, so a broken one is no harm.
  home.folder.file(".config/esxvi/hosts.ini", "nonsense\n");
  CHECK(esxvi::resolve_connection("esx://g/").uri.host == "g");
  CHECK_THROWS_AS(static_cast<void>(esxvi::resolve_connection("lab")), esxvi::malformed_file);
}
