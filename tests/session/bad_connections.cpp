// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What goes wrong on the way to a server, over real sockets.
#include "session/server.hpp"

#include <esxvi/session/connect.hpp>
#include <esxvi/types/ServiceInstance.hpp>

#include <atomic>
#include <string>

#include "support/http_server.hpp"
#include "support/unreachable.hpp"

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

vim::CurrentTime const ask{.self = esxvi::Ref<vim::ServiceInstance>("ServiceInstance")};

esxvi::CurlOptions direct(std::string ca_file = {}) {
  return {.ca_file = std::move(ca_file), .no_proxy = "*"};
}
esxvi::Session open(std::string const& uri, esxvi::CurlOptions options = direct()) {
  return esxvi::connect(uri, esxvi::fixed_password(password), {}, std::move(options));
}

/// Answers as a vSphere server does; the first password is wrong.
void vsphere(HttpRequest const& request, HttpConnection& connection) {
  std::string const xml = "Content-Type: text/xml; charset=utf-8";
  if (has(request.body, "<RetrieveServiceContent"))
    connection.reply(200, content_reply(), {xml, "Set-Cookie: " + cookie + "; Path=/"});
  else if (has(request.body, "<userName>nobody<"))
    connection.reply(500, fault_reply("InvalidLogin"), {xml});
  else if (has(request.body, "<Login"))
    connection.reply(200, login_reply(), {xml});
  else if (has(request.body, "<Logout"))
    connection.reply(200, response("Logout", ""), {xml});
  else
    connection.reply(200, response("CurrentTime", "<returnval>2026-01-02T03:04:05Z</returnval>"),
                     {xml});
}

}  // namespace

TEST_CASE("a server whose certificate is trusted is spoken to") {
  HttpServer const server(vsphere, {.certificate = Certificate::make("127.0.0.1")});
  std::string const uri = "esx://root@127.0.0.1:" + std::to_string(server.port()) + "/";
  {
    esxvi::Session session = open(uri, direct(server.ca_file()));
    CHECK_NOTHROW(session.call(ask));
  }
  CHECK(server.requests() == 4);
  CHECK(server.connections() == 1);
  {
    esxvi::Session session = open(uri + "?no_verify=1");
    CHECK_NOTHROW(session.call(ask));
  }
  CHECK(server.requests() == 8);
}

TEST_CASE("a certificate that nobody trusts is unknown_authority, before a request is sent") {
  HttpServer const server(vsphere, {.certificate = Certificate::make("127.0.0.1")});
  std::string const at = "127.0.0.1:" + std::to_string(server.port());
  auto const e =
      thrown<esxvi::unknown_authority>([&] { static_cast<void>(open("esx://root@" + at + "/")); });
  CHECK(e.delivered() == esxvi::delivery::not_sent);
  check_context_and_advice(e, "RetrieveServiceContent", at);
  CHECK(server.requests() == 0);
}

TEST_CASE("a certificate for another name is wrong_host_name") {
  HttpServer const server(vsphere, {.certificate = Certificate::make("another.example")});
  auto const e = thrown<esxvi::wrong_host_name>([&] {
    static_cast<void>(open("esx://root@127.0.0.1:" + std::to_string(server.port()) + "/",
                           direct(server.ca_file())));
  });
  CHECK(e.delivered() == esxvi::delivery::not_sent);
  CHECK(server.requests() == 0);
}

TEST_CASE("a wrong password is auth_error; the same transport logs in with the right one") {
  HttpServer const server(vsphere);
  std::string const at = "@127.0.0.1:" + std::to_string(server.port()) + "/?transport=http";
  auto const e = thrown<esxvi::auth_error>([&] { static_cast<void>(open("esx://nobody" + at)); });
  check_context_and_advice(e, "Login", service_url.substr(0, 4));
  CHECK(server.requests() == 2);
  CHECK_NOTHROW(open("esx://root" + at).logout());
}

TEST_CASE("a port where nobody listens is connection_refused") {
  TakenPort const silent;
  std::string const at = silent.authority();
  auto const e = thrown<esxvi::connection_refused>(
      [&] { static_cast<void>(open("esx://root@" + at + "/?transport=http")); });
  CHECK(e.delivered() == esxvi::delivery::not_sent);
  check_context_and_advice(e, "RetrieveServiceContent", at);
}

TEST_CASE("a host that does not exist is host_not_found") {
  auto const e = thrown<esxvi::host_not_found>(
      [] { static_cast<void>(open("esx://root@" + no_such_host + "/")); });
  CHECK(e.delivered() == esxvi::delivery::not_sent);
  check_context_and_advice(e, "RetrieveServiceContent", no_such_host);
}

TEST_CASE("a server that goes away between two calls: reads are repeated, the rest is an error") {
  std::atomic<bool> rude = false;
  HttpServer const server([&](HttpRequest const& request, HttpConnection& connection) {
    if (rude.exchange(false))
      connection.reset();
    else
      vsphere(request, connection);
  });
  esxvi::Session session =
      open("esx://root@127.0.0.1:" + std::to_string(server.port()) + "/?transport=http");
  rude = true;
  auto const before = session.requests();
  CHECK_NOTHROW(session.call(ask));
  CHECK(session.requests() - before == 2);

  rude = true;
  esxvi::types::UpdateServiceMessage const act{
      .self = esxvi::Ref<esxvi::types::SessionManager>("ha-sessionmgr"), .message = "hello"};
  auto const e = thrown<esxvi::connection_lost>([&] { session.call(act); });
  CHECK(e.delivered() == esxvi::delivery::unknown);
  check_context_and_advice(e, "UpdateServiceMessage", "127.0.0.1");
  CHECK_NOTHROW(session.call(ask));
}

TEST_CASE("the provider is asked once, for the host and user of the URI, before anything is sent") {
  HttpServer const server(vsphere);
  std::string const uri =
      "esx://alice@127.0.0.1:" + std::to_string(server.port()) + "/?transport=http";
  int asked = 0;
  auto const provider = [&](esxvi::Challenge const& challenge) {
    ++asked;
    CHECK(challenge.host == "127.0.0.1");
    CHECK(challenge.user == "alice");
    CHECK(server.requests() == 0);
    return esxvi::Credentials{"alice", password};
  };
  static_cast<void>(esxvi::connect(uri, provider, {}, direct()));
  CHECK(asked == 1);
}
