// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Passwords, tickets and tokens: no memory is given back with one in it.
#include "session/credentials_support.hpp"
#include "session/freed_memory.hpp"
#include "session/server.hpp"

#include <esxvi/session/connect.hpp>
#include <esxvi/session/credentials.hpp>
#include <esxvi/session/proxy.hpp>
#include <esxvi/session/uri.hpp>

#include <doctest/doctest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using esxvi::Credentials;
using esxvi::Secret;
using esxvi::test::leaks_of;
using esxvi::test::Source;
using esxvi::test::whole;

namespace {

template <class T>
concept Printable = requires(std::ostream& out, T const& value) { out << value; };

}  // namespace

static_assert(!Printable<Secret>);
static_assert(!Printable<Credentials>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_constructible_v<std::string, Secret>);
static_assert(!std::is_constructible_v<std::string_view, Secret>);
static_assert(!std::is_constructible_v<bool, Secret>);
static_assert(!std::is_constructible_v<Secret, std::nullptr_t>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);

TEST_CASE("the watch over memory finds a secret that is left behind") {
  CHECK(leaks_of([] { static_cast<void>(whole()); }) > 0);
}

TEST_CASE("a secret is made of text and shows it on demand alone") {
  Credentials const who{"root", "secret"};
  CHECK(who.password.reveal() == "secret");
  CHECK(who.password.size() == 6);
  CHECK_FALSE(who.password.empty());
  CHECK(Credentials{"root", {}}.password.empty());
  CHECK(Secret(std::string_view("a\0b", 3)).size() == 3);
  CHECK(Secret().reveal().empty());
}

TEST_CASE("secrets are equal when their bytes are") {
  CHECK(Secret("abc") == Secret("abc"));
  CHECK(Secret() == Secret(""));
  CHECK_FALSE(Secret("abc") == Secret("abd"));
  CHECK_FALSE(Secret("abc") == Secret("ab"));
  CHECK_FALSE(Secret("") == Secret("a"));
}

TEST_CASE("copies are independent, and a secret that was moved from is empty") {
  Secret a("secret");
  Secret b = a;
  b.append("!");
  CHECK(a == "secret");
  CHECK(b == "secret!");
  Secret c = std::move(b);
  CHECK(c == "secret!");
  CHECK(b.empty());  // NOLINT(bugprone-use-after-move): that is the test
  a = c;
  CHECK(a == "secret!");
  c = std::move(a);
  CHECK(a.empty());  // NOLINT(bugprone-use-after-move)
  auto& same = c;
  c = same;
  CHECK(c == "secret!");
  c = std::move(same);
  CHECK(c == "secret!");
  c.clear();
  CHECK(c.empty());
}

TEST_CASE("it grows by pieces") {
  Secret text;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    text.push_back(static_cast<char>('a' + i % 26));
    expected += static_cast<char>('a' + i % 26);
  }
  text.append("");
  CHECK(text.reveal() == expected);
}

TEST_CASE("text that it is made from by move is wiped, short or long") {
  for (std::string text : {std::string("short"), whole()}) {
    auto const size = text.size();
    char const* const bytes = text.data();
    Secret const secret(std::move(text));
    CHECK(secret.size() == size);
    // NOLINTNEXTLINE(bugprone-use-after-move): that is the test
    REQUIRE(text.data() == bytes);
    CHECK(text.empty());
    bool wiped = true;
    for (std::size_t i = 0; i < size; ++i) wiped = wiped && bytes[i] == '\0';
    CHECK(wiped);
  }
}

TEST_CASE("no memory is given back with the secret in it") {
  Source const source;
  std::string_view const text = source.text;
  CHECK(leaks_of([&] { Secret const gone(text); }) == 0);
  CHECK(leaks_of([&] {
          Secret assigned(text);
          assigned = "other";
          assigned = Secret(text);
          Secret moved = std::move(assigned);
          Secret const copy = moved;
          moved.clear();
        }) == 0);
  CHECK(leaks_of([&] {
          Secret grown;
          for (char const c : text) grown.push_back(c);
          for (int i = 0; i < 10; ++i) grown.append(text);
        }) == 0);
  CHECK(leaks_of([&] {
          std::vector<Credentials> many;
          for (int i = 0; i < 10; ++i) many.push_back({"root", text});
          many.erase(many.begin());
        }) == 0);
  CHECK(leaks_of([&] { Secret const gone(std::string(source.text)); }) == 0);
}

TEST_CASE("no provider leaves the secret in memory") {
  Source const source;
  esxvi::test::Home const home;
  esxvi::Challenge const challenge{.host = "h", .user = "root"};
  auto const leaks_of_file = [&](std::string_view before, std::string_view after,
                                 auto const& make_provider) {
    Source content;
    content.text.insert(0, before).append(after);
    auto const path = home.folder.file("secret", content.text);
    return leaks_of([&] { CHECK(esxvi::ask(make_provider(path), challenge).index() == 0); });
  };
  CHECK(leaks_of_file("", "\nmore", [](auto& path) { return esxvi::password_file(path); }) == 0);
  // Long enough to be read in pieces.
  CHECK(leaks_of_file("", "\n" + std::string(10'000, 'x'),
                      [](auto& path) { return esxvi::password_file(path); }) == 0);
  CHECK(leaks_of_file("machine h login root password \"", "\"\n",
                      [](auto& path) { return esxvi::netrc(path); }) == 0);
  CHECK(leaks_of_file("[auth-esx-h]\ncredentials=x\n[credentials-x]\nusername=root\npassword=",
                      "\n", [](auto& path) { return esxvi::auth_conf(path); }) == 0);
  CHECK(leaks_of([&] {
          auto const provider = esxvi::fixed_password(std::string_view(source.text));
          CHECK(esxvi::ask(esxvi::first_of(esxvi::netrc(), provider), challenge).index() == 0);
        }) == 0);
  esxvi::test::Variable const password("ESXVI_PASSWORD", source.text);
  CHECK(leaks_of([&] { CHECK(esxvi::ask(esxvi::environment(), challenge).index() == 0); }) == 0);
}

TEST_CASE("the password of a proxy is kept as a secret") {
  Source const source;
  Source text;
  text.text.insert(0, "http://u:").append("@p");
  CHECK(leaks_of([&] {
          auto const proxy = esxvi::Proxy::parse(text.text);
          CHECK(proxy.password.reveal() == source.text);
          CHECK(proxy.display() == "http://u:...@p");
        }) == 0);
}

TEST_CASE("the texts of a proxy leave its password nowhere but in themselves") {
  Source const source;
  esxvi::Proxy const proxy{.user = "u", .password = Secret(source.text), .host = "p"};
  CHECK(leaks_of([&] {
          for (auto const form : {&esxvi::Proxy::url, &esxvi::Proxy::to_string}) {
            Secret const text((proxy.*form)());  // wipes what it is made from
            CHECK(text.reveal().find(source.text) != std::string_view::npos);
          }
          CHECK(proxy.display() == "http://u:...@p");
        }) == 0);
  Source uri;
  uri.text.insert(0, "esx://h/?proxy=http://u:").append("@p");
  CHECK(leaks_of([&] {
          auto const parsed = esxvi::ConnectionUri::parse(uri.text);
          auto const options = esxvi::curl_options_for(parsed);
          CHECK(options.proxy.reveal().find(source.text) != std::string_view::npos);
          CHECK(parsed.display() == "esx://h/?proxy=http://u:...@p");
        }) == 0);
}

namespace {

/// Forgets its sessions at every other call, and keeps nothing of what it is sent.
struct Oblivious {
  int calls = 0;

  esxvi::http::Response send(esxvi::http::Request const&, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) {
    esxvi::http::Response head{200, {{"Content-Type", "text/xml"}}};
    std::string reply;
    if (context.operation == "RetrieveServiceContent") {
      reply = esxvi::test::content_reply();
    } else if (context.operation == "CurrentTime") {
      if (++calls % 3 != 0) head.status = 500;  // the call and the look whether the session lives
      reply =
          head.status == 500
              ? esxvi::test::fault_reply("NotAuthenticated")
              : esxvi::test::response("CurrentTime", "<returnval>2026-01-02T03:04:05Z</returnval>");
    } else {
      reply = esxvi::test::login_reply();
      auto const method = std::string(context.operation);
      for (auto at = reply.find("LoginResponse"); at != std::string::npos;
           at = reply.find("LoginResponse", at + method.size()))
        reply.replace(at, 5, method);
      head.headers.push_back({"Set-Cookie", esxvi::test::cookie + "; Path=/"});
    }
    sink.begin(head);
    sink.write(reply);
    return head;
  }
};

}  // namespace

TEST_CASE("a session that logs in, logs in again and ends leaves the secret nowhere") {
  Source const source;
  std::string_view const text = source.text;
  auto const leaks_of_session = [](esxvi::LoginMeans const& means) {
    return leaks_of([&] {
      esxvi::Session session(Oblivious{}, esxvi::test::service_url, esxvi::LoginMeans(means));
      session.keep_alive();
      CHECK(session.generation() == 1);
      session.keep_alive();
      CHECK(session.generation() == 2);
    });
  };
  CHECK(leaks_of_session(Credentials{"root", text}) == 0);
  CHECK(leaks_of_session(esxvi::CloneTicket{Secret(text)}) == 0);
  Source token;
  token.text.insert(0, "<a>").append("</a>");
  CHECK(leaks_of_session(esxvi::SamlToken{Secret(std::string_view(token.text))}) == 0);
}
