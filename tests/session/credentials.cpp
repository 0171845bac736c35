// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "session/credentials_support.hpp"

#include <esxvi/session/credentials.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace esxvi::test;
using esxvi::Challenge;
using esxvi::CloneTicket;
using esxvi::Credentials;
using esxvi::ExtensionCertificate;
using esxvi::LoginMeans;
using esxvi::SamlToken;

namespace {

struct NoProvider {
  int operator()(Challenge const&) const { return 0; }
};
struct OtherQuestion {
  Credentials operator()(int) const { return {}; }
};

}  // namespace

static_assert(esxvi::CredentialsProvider<decltype(esxvi::ask_password)>);
static_assert(esxvi::CredentialsProvider<decltype(esxvi::fixed_password(""))>);
static_assert(esxvi::CredentialsProvider<decltype(esxvi::netrc())>);
static_assert(esxvi::CredentialsProvider<decltype(esxvi::first_of(esxvi::netrc()))>);
static_assert(!esxvi::CredentialsProvider<NoProvider>);
static_assert(!esxvi::CredentialsProvider<OtherQuestion>);

TEST_CASE("a fixed password goes with the user of the URI, else with its own, else the default") {
  auto const provider = esxvi::fixed_password("5ecret", "operator");
  CHECK(provider({"h", "root"}).user == "root");
  CHECK(provider({"h", ""}).user == "operator");
  CHECK(provider({"h", ""}).password == "5ecret");
  CHECK(esxvi::fixed_password("5ecret")({"h", ""}).user == "root");
  CHECK(esxvi::fixed_password("5ecret")({.host = "h", .scheme = "vpx"}).user ==
        "administrator@vsphere.local");
}

TEST_CASE("a provider may return any of the ways to log in") {
  Challenge const challenge{"h", "root"};
  auto const answer = [&](auto value) {
    return esxvi::ask([&](Challenge const&) { return value; }, challenge);
  };
  CHECK(std::get<Credentials>(answer(Credentials{"root", "pw"})).password == "pw");
  CHECK(std::get<CloneTicket>(answer(CloneTicket{"cst-VCT"})).ticket == "cst-VCT");
  CHECK(std::get<SamlToken>(answer(SamlToken{"<Assertion/>"})).token == "<Assertion/>");
  CHECK(std::get<ExtensionCertificate>(answer(ExtensionCertificate{"com.example"})).extension_key ==
        "com.example");
  CHECK(std::get<SamlToken>(answer(LoginMeans(SamlToken{"x"}))).token == "x");
  CHECK(std::get<CloneTicket>(answer(std::optional(CloneTicket{"t"}))).ticket == "t");
}

TEST_CASE("who has no answer is an error where nobody else is asked") {
  auto const nobody = [](Challenge const&) { return std::optional<Credentials>(); };
  CHECK_FALSE(esxvi::try_ask(nobody, {"h", "root"}).has_value());
  try {
    static_cast<void>(esxvi::ask(nobody, {"h", "alice"}));
    FAIL("answered");
  } catch (esxvi::invalid_argument const& e) {
    CHECK(e.target() == "alice at h");
  }
}

TEST_CASE("first_of asks one after the other, and nobody after the first answer") {
  std::vector<int> asked;
  auto const provider = [&](int number, std::optional<Credentials> answer) {
    return [&asked, number, answer](Challenge const&) {
      asked.push_back(number);
      return answer;
    };
  };
  auto chain = esxvi::first_of(provider(1, {}), provider(2, Credentials{"root", "two"}),
                               provider(3, Credentials{"root", "three"}));
  auto const answer = chain(Challenge{"h", ""});
  REQUIRE(answer);
  CHECK(std::get<Credentials>(*answer).password == "two");
  CHECK(asked == std::vector{1, 2});
  auto empty = esxvi::first_of(provider(4, {}), provider(5, {}));
  CHECK_FALSE(empty(Challenge{"h", ""}).has_value());
  // An error is no "not me": the user meant that source.
  auto broken = esxvi::first_of(esxvi::password_file("/nonexistent/password"), provider(6, {}));
  CHECK_THROWS_AS(static_cast<void>(broken(Challenge{"h", ""})), esxvi::invalid_argument);
  CHECK(asked == std::vector{1, 2, 4, 5});
}

TEST_CASE("the environment has a password, and may say whose it is") {
  Home const home;
  auto const provider = esxvi::environment();
  CHECK_FALSE(provider({"h", "root"}).has_value());
  Variable const password("ESXVI_PASSWORD", "5ecret");
  REQUIRE(provider({"h", "alice"}));
  CHECK(provider({"h", "alice"})->user == "alice");
  CHECK(provider({"h", "alice"})->password == "5ecret");
  CHECK(provider({"h", ""})->user == "root");
  Variable const user("ESXVI_USER", "alice");
  CHECK(provider({"h", ""})->user == "alice");
  CHECK(provider({"h", "alice"})->password == "5ecret");
  CHECK_FALSE(provider({"h", "bob"}).has_value());
  Variable const empty("ESXVI_PASSWORD", "");
  CHECK_FALSE(provider({"h", ""}).has_value());
}

TEST_CASE("the variables may have other names") {
  Home const home;
  Variable const password("ESXVI_TEST_SECRET", "pw");
  Variable const user("ESXVI_TEST_USER", "u");
  auto const answer =
      esxvi::environment({.user = "ESXVI_TEST_USER", .password = "ESXVI_TEST_SECRET"})({"h", ""});
  REQUIRE(answer);
  CHECK(answer->user == "u");
  CHECK(answer->password == "pw");
}
