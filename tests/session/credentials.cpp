// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <esxvi/session/credentials.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

using esxvi::Challenge;
using esxvi::Credentials;

namespace {

/// A file that goes away with the test.
class File {
 public:
  explicit File(std::string_view content) {
    path_ = (std::filesystem::temp_directory_path() / "esxvi-credentials-XXXXXX").string();
    int const descriptor = ::mkstemp(path_.data());
    REQUIRE(descriptor >= 0);
    ::close(descriptor);
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~File() { std::filesystem::remove(path_); }
  File(File const&) = delete;
  File& operator=(File const&) = delete;
  [[nodiscard]] std::string const& path() const { return path_; }

 private:
  std::string path_;
};

Credentials in_netrc(std::string_view content, Challenge const& challenge) {
  File const file(content);
  Credentials found;
  bool const answered = esxvi::find_in_netrc(challenge, found, file.path());
  CHECK(answered == !found.password.empty());
  return found;
}

}  // namespace

TEST_CASE("a fixed password goes with the user of the URI, else with its own") {
  auto const provider = esxvi::fixed_password("secret", "operator");
  CHECK(provider({"h", "root"}).user == "root");
  CHECK(provider({"h", ""}).user == "operator");
  CHECK(provider({"h", ""}).password == "secret");
  CHECK(esxvi::fixed_password("secret")({"h", ""}).user == "root");
}

TEST_CASE("a password file holds the password in its first line, whatever its line ends") {
  for (auto const* content : {"pass word\n", "pass word", "pass word\r\n", "pass word\nmore\n"}) {
    CAPTURE(content);
    File const file(content);
    auto const answer = esxvi::password_file(file.path())({"h", "admin"});
    CHECK(answer.password == "pass word");
    CHECK(answer.user == "admin");
  }
  File const file("  blanks stay  \n");
  CHECK(esxvi::password_file(file.path())({"h", ""}).password == "  blanks stay  ");
  CHECK(esxvi::password_file(file.path())({"h", ""}).user == "root");
}

TEST_CASE("a password file that is missing or empty is named") {
  File const empty("");
  for (std::string const& path : {empty.path(), std::string("/nonexistent/password")}) {
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
           "machine other login x password y\nmachine h login root password secret\n",
           "machine other\n\tlogin x\n\tpassword y\nmachine h\n\tlogin root\n\tpassword secret",
           "# a comment machine h login no password no\nmachine h password secret login root\n",
           "macdef init\nmachine h login no password no\n\nmachine h login root password secret\n",
       }) {
    CAPTURE(text);
    auto const answer = in_netrc(text, {"h", ""});
    CHECK(answer.user == "root");
    CHECK(answer.password == "secret");
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
