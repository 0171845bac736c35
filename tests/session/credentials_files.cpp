// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Credentials from files: a password alone, netrc, libvirt's auth.conf.
#include "session/credentials_support.hpp"

#include <esxvi/session/credentials.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace esxvi::test;
using esxvi::Challenge;
using esxvi::Credentials;

namespace {

Credentials in_netrc(std::string_view content, Challenge const& challenge) {
  Folder const folder;
  Credentials found;
  bool const answered = esxvi::find_in_netrc(challenge, found, folder.file("netrc", content));
  CHECK(answered == !found.password.empty());
  return found;
}

std::optional<Credentials> in_auth_conf(std::string_view content, Challenge const& challenge) {
  Folder const folder;
  return esxvi::auth_conf(folder.file("auth.conf", content))(challenge);
}

constexpr std::string_view two_hosts =
    "# libvirt's example\n"
    "[credentials-lab]\nusername=root\npassword=lab-5ecret\n"
    "[credentials-other]\nusername=alice\npassword=other 5ecret = with signs # all\n\n"
    "[auth-esx-h]\ncredentials=lab\n"
    "[auth-esx-default]\ncredentials=other\n"
    "[auth-libvirt-h]\ncredentials=nobody\n";

}  // namespace

TEST_CASE("a password file holds the password in its first line, whatever its line ends") {
  Folder const folder;
  for (auto const* content : {"pass word\n", "pass word", "pass word\r\n", "pass word\nmore\n"}) {
    CAPTURE(content);
    auto const answer = esxvi::password_file(folder.file("p", content))({"h", "admin"});
    CHECK(answer.password == "pass word");
    CHECK(answer.user == "admin");
  }
  auto const file = folder.file("p", "  blanks stay  \n");
  CHECK(esxvi::password_file(file)({"h", ""}).password == "  blanks stay  ");
  CHECK(esxvi::password_file(file)({"h", ""}).user == "root");
}

TEST_CASE("a password file that is missing or empty is named") {
  Folder const folder;
  for (std::string const& path : {folder.file("empty", ""), std::string("/nonexistent/password")}) {
    CAPTURE(path);
    try {
      static_cast<void>(esxvi::password_file(path)({"h", ""}));
      FAIL("answered");
    } catch (esxvi::invalid_argument const& e) {
      CHECK(std::string(e.what()).find(path) != std::string::npos);
    }
  }
}

TEST_CASE("a password file is read when it is asked, not before") {
  auto const provider = esxvi::password_file("/nonexistent/password");
  CHECK_THROWS_AS(static_cast<void>(provider({"h", ""})), esxvi::invalid_argument);
}

TEST_CASE("netrc: the entry of the host, in one line or in several") {
  for (auto const* text : {
           "machine other login x password y\nmachine h login root password 5ecret\n",
           "machine other\n\tlogin x\n\tpassword y\nmachine h\n\tlogin root\n\tpassword 5ecret",
           "# a comment machine h login no password no\nmachine h password 5ecret login root\n",
           "macdef init\nmachine h login no password no\n\nmachine h login root password 5ecret\n",
       }) {
    CAPTURE(text);
    auto const answer = in_netrc(text, {"h", ""});
    CHECK(answer.user == "root");
    CHECK(answer.password == "5ecret");
  }
}

TEST_CASE("netrc: the user of the URI chooses among the entries of a host") {
  constexpr std::string_view text =
      "machine h login alice password a\nmachine h login bob password b\n"
      "machine h password for-anybody\n";
  CHECK(in_netrc(text, {"h", "alice"}).password == "a");
  CHECK(in_netrc(text, {"h", "bob"}).password == "b");
  CHECK(in_netrc(text, {"h", "carol"}).password == "for-anybody");
  CHECK(in_netrc(text, {"h", "carol"}).user == "carol");
  CHECK(in_netrc(text, {"h", ""}).user == "alice");
}

TEST_CASE("netrc: default serves every host that no entry names") {
  constexpr std::string_view text = "machine h login root password a\ndefault login u password b\n";
  CHECK(in_netrc(text, {"h", ""}).password == "a");
  CHECK(in_netrc(text, {"elsewhere", ""}).password == "b");
  CHECK(in_netrc(text, {"elsewhere", ""}).user == "u");
}

TEST_CASE("netrc: no answer without an entry, a password or a file") {
  CHECK(in_netrc("machine other login root password a\n", {"h", ""}).password.empty());
  CHECK(in_netrc("machine h login root\n", {"h", ""}).password.empty());
  CHECK(in_netrc("machine h login root password a\n", {"h", "bob"}).password.empty());
  CHECK(in_netrc("machine", {"h", ""}).password.empty());
  CHECK(in_netrc("", {"h", ""}).password.empty());
  Credentials untouched{"u", "p"};
  CHECK_FALSE(esxvi::find_in_netrc({"h", ""}, untouched, "/nonexistent/netrc"));
  CHECK(untouched.password == "p");
}

TEST_CASE("netrc: quotes, odd words and odd endings") {
  CHECK(in_netrc("machine h login \"do main\\\\u\" password \"a \\\"b\\\" \\n\\t\\q\"", {"h", ""})
            .password == "a \"b\" \n\tq");
  CHECK(in_netrc("machine h login \"do main\\\\u\" password x", {"h", ""}).user == "do main\\u");
  CHECK(in_netrc("machine h password \"no end", {"h", ""}).password == "no end");
  CHECK(in_netrc("machine h password #hash login root", {"h", ""}).password == "#hash");
  CHECK(in_netrc("\xEF\xBB\xBFmachine h\r\nlogin root\r\npassword x\r\n", {"h", ""}).password ==
        "x");
  CHECK(in_netrc("machine h account a login root password x", {"h", ""}).password == "x");
  CHECK(in_netrc("machine h login root password", {"h", ""}).password.empty());
  CHECK(in_netrc("login root password x\n", {"h", ""}).password.empty());
  CHECK(in_netrc("macdef m\nmachine h password no\n", {"h", ""}).password.empty());
  std::string const giant(1'000'000, 'p');
  CHECK(in_netrc("machine h password " + giant, {"h", ""}).password.size() == giant.size());
  CHECK(in_netrc("machine " + giant + " password x machine h password y", {"h", ""}).password ==
        "y");
}

TEST_CASE("netrc: $NETRC, else the home folder's") {
  Home const home;
  CHECK_FALSE(esxvi::netrc()({"h", ""}).has_value());
  home.folder.file(".netrc", "machine h password of-home");
  REQUIRE(esxvi::netrc()({"h", ""}));
  CHECK(esxvi::netrc()({"h", ""})->password == "of-home");
  Variable const other("NETRC", home.folder.file("other", "machine h password of-variable"));
  CHECK(esxvi::netrc()({"h", ""})->password == "of-variable");
  CHECK(esxvi::netrc(home.folder.path() + "/.netrc")({"h", ""})->password == "of-home");
}

TEST_CASE("netrc: an entry without a login belongs to whoever asks") {
  CHECK(in_netrc("machine h password x", {"h", ""}).user == "root");
  CHECK(in_netrc("machine h password x", {.host = "h", .scheme = "vpx"}).user ==
        "administrator@vsphere.local");
}

TEST_CASE("auth.conf: the group of the host names credentials, else the default's") {
  auto const answer = in_auth_conf(two_hosts, {"h", ""});
  REQUIRE(answer);
  CHECK(answer->user == "root");
  CHECK(answer->password == "lab-5ecret");
  auto const other = in_auth_conf(two_hosts, {"elsewhere", ""});
  REQUIRE(other);
  CHECK(other->user == "alice");
  CHECK(other->password == "other 5ecret = with signs # all");
}

TEST_CASE("auth.conf: the user of the URI must be the entry's, where both are named") {
  CHECK(in_auth_conf(two_hosts, {"h", "root"})->password == "lab-5ecret");
  CHECK_FALSE(in_auth_conf(two_hosts, {"h", "bob"}).has_value());
  constexpr std::string_view anybody = "[auth-esx-h]\ncredentials=x\n[credentials-x]\npassword=p\n";
  CHECK(in_auth_conf(anybody, {"h", "bob"})->user == "bob");
  CHECK(in_auth_conf(anybody, {"h", ""})->user == "root");
}

TEST_CASE("auth.conf: no answer without a group or a password") {
  CHECK_FALSE(in_auth_conf("", {"h", ""}).has_value());
  CHECK_FALSE(in_auth_conf("[auth-esx-other]\ncredentials=x\n", {"h", ""}).has_value());
  CHECK_FALSE(in_auth_conf("[auth-libvirt-h]\ncredentials=x\n", {"h", ""}).has_value());
  CHECK_FALSE(
      in_auth_conf("[auth-esx-h]\ncredentials=x\n[credentials-x]\nusername=root\n", {"h", ""})
          .has_value());
}

TEST_CASE("auth.conf: written in other ways") {
  for (auto const* text : {
           "\xEF\xBB\xBF[auth-esx-h]\r\ncredentials = x\r\n[credentials-x]\r\npassword =  p \r\n",
           "  [ auth-esx-h ]\n\tcredentials=x\n; a comment\n\n[credentials-x]\npassword=p",
           "[credentials-x]\nusername=root\n[auth-esx-h]\ncredentials=x\n[credentials-x]\n"
           "password=p\n",
           "[auth-esx-h]\nunknown=1\ncredentials=x\n[credentials-x]\npassword=p\nrealm=r\n",
       }) {
    CAPTURE(text);
    auto const answer = in_auth_conf(text, {"h", ""});
    REQUIRE(answer);
    CHECK(answer->password == "p");
  }
  std::string const giant(1'000'000, 'p');
  auto const answer = in_auth_conf("#" + giant + "\n[auth-esx-h]\ncredentials=x\n[" + giant +
                                       "]\n[credentials-x]\npassword=" + giant,
                                   {"h", ""});
  REQUIRE(answer);
  CHECK(answer->password.size() == giant.size());
}

TEST_CASE("auth.conf: what is malformed is named by its line, never by its content") {
  struct {
    char const* text;
    std::size_t line;
  } const cases[]{
      {"5ecret\n", 1},
      {"[a]\n\n5ecret\n", 3},
      {"key=5ecret\n[a]\n", 1},
      {"[5ecret\n", 1},
      {"[]\nk=5ecret\n", 1},
      {"[a]\n=5ecret\n", 2},
      {"[a]\nk=1\nk=5ecret\n", 3},
      {"[a]\nk=1\n[b]\n[a]\nk=5ecret\n", 5},
      {"\n[auth-esx-h]\npassword=5ecret\n", 2},
      {"[auth-esx-h]\ncredentials=5ecret\n", 2},
      {"[auth-esx-h]\ncredentials=\n", 2},
  };
  for (auto const& each : cases) {
    CAPTURE(each.text);
    try {
      static_cast<void>(in_auth_conf(each.text, {"h", ""}));
      FAIL("accepted");
    } catch (esxvi::malformed_file const& e) {
      CHECK(e.line() == each.line);
      CHECK(e.target().ends_with("auth.conf:" + std::to_string(each.line)));
      CHECK(std::string(e.what()).find("5ecret") == std::string::npos);
    }
  }
}

TEST_CASE("auth.conf: the variable, the URI's, the user's own, in this order") {
  Home const home;
  auto const entry = [](std::string const& password) {
    return "[auth-esx-h]\ncredentials=x\n[credentials-x]\npassword=" + password + "\n";
  };
  Challenge challenge{"h", "root"};
  auto const password = [&] {
    auto answer = esxvi::auth_conf()(challenge);
    return answer ? std::string(answer->password.reveal()) : "(none)";
  };
  home.folder.file(".config/libvirt/auth.conf", entry("home"));
  CHECK(password() == "home");
  Variable const config("XDG_CONFIG_HOME", home.folder.path() + "/xdg");
  home.folder.file("xdg/libvirt/auth.conf", entry("xdg"));
  CHECK(password() == "xdg");
  challenge.authfile = home.folder.file("of-uri", entry("uri"));
  CHECK(password() == "uri");
  challenge.authfile = "~/of-uri";
  CHECK(password() == "uri");
  Variable const file("LIBVIRT_AUTH_FILE", home.folder.file("of-variable", entry("variable")));
  CHECK(password() == "variable");
  // A file that was found is the only one, as with libvirt.
  home.folder.file("of-variable", "[auth-esx-other]\ncredentials=x\n[credentials-x]\npassword=p\n");
  CHECK(password() == "(none)");
}

TEST_CASE("auth.conf: a file that was named must be there") {
  Home const home;
  CHECK_THROWS_AS(static_cast<void>(esxvi::auth_conf("/nonexistent/auth.conf")({"h", ""})),
                  esxvi::invalid_argument);
  CHECK_THROWS_AS(
      static_cast<void>(esxvi::auth_conf()({.host = "h", .authfile = "/nonexistent/auth.conf"})),
      esxvi::invalid_argument);
  Variable const file("LIBVIRT_AUTH_FILE", "/nonexistent/auth.conf");
  CHECK_THROWS_AS(static_cast<void>(esxvi::auth_conf()({"h", ""})), esxvi::invalid_argument);
}

TEST_CASE("a file that others may read is used, and warned of") {
  Folder const folder;
  std::vector<std::string> warnings;
  Challenge const challenge{.host = "h", .user = "root", .warn = [&](std::string const& text) {
                              warnings.push_back(text);
                            }};
  auto const count = [&](::mode_t mode) {
    warnings.clear();
    CHECK(esxvi::password_file(folder.file("p", "5ecret", mode))(challenge).password == "5ecret");
    for (auto const& text : warnings) {
      CHECK(text.find(folder.path()) != std::string::npos);
      CHECK(text.find("5ecret") == std::string::npos);
    }
    return warnings.size();
  };
  CHECK(count(0600) == 0);
  CHECK(count(0400) == 0);
  CHECK(count(0640) == 1);
  CHECK(count(0604) == 1);
}

TEST_CASE("a pipe serves as a password file; a folder and an endless file do not") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], "5ecret\n", 7) == 7);
  ::close(ends[1]);
  CHECK(esxvi::password_file("/dev/fd/" + std::to_string(ends[0]))({"h", ""}).password == "5ecret");
  ::close(ends[0]);
  for (auto const* path : {"/", "/dev/zero"}) {
    CAPTURE(path);
    CHECK_THROWS_AS(static_cast<void>(esxvi::password_file(path)({"h", ""})),
                    esxvi::invalid_argument);
  }
}
