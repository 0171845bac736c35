// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The table "Troubleshooting" of docs/connections.md: whoever sees a message finds it there. Each
// row is provoked, and quotes what the message says.
#include <esxvi/session/connect.hpp>
#include <esxvi/sim.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/fault/InvalidLogin.hpp>
#include <esxvi/types/fault/SecurityError.hpp>

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/http_server.hpp"
#include "support/must_be_sound.hpp"
#include "support/unreachable.hpp"

namespace vim = esxvi::types;
namespace sim = esxvi::sim;
using namespace esxvi::test;

namespace {

// ---- the page ----

struct Row {
  std::string names{};                   ///< the first column: enumerators
  std::vector<std::string> fragments{};  ///< and what stands between quotes there
};

std::vector<Row> rows_of_page() {
  std::ostringstream text;
  text << std::ifstream(ESXVI_SOURCE_DIR "/docs/connections.md").rdbuf();
  std::istringstream lines(text.str().substr(text.str().find("\n## Troubleshooting\n")));
  std::vector<Row> rows;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ") || line.starts_with("| message")) continue;
    Row row{line.substr(2, line.find(" | ", 2) - 2), {}};
    for (std::size_t at = 0; (at = row.names.find('"', at)) != std::string::npos;) {
      auto const end = row.names.find('"', at + 1);
      REQUIRE(end != std::string::npos);
      row.fragments.push_back(row.names.substr(at + 1, end - at - 1));
      at = end + 1;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// ---- what goes wrong ----

void open(std::string const& uri) {
  esxvi::SessionOptions once;
  once.retry.attempts = 1;
  static_cast<void>(esxvi::connect(uri, esxvi::fixed_password("esxvi"), once, {.no_proxy = "*"}));
}
std::string uri_of(std::uint16_t port) {
  return "esx://root@127.0.0.1:" + std::to_string(port) + "/?transport=http";
}

/// Something that is no vSphere server.
void open_answered_by(int status, std::vector<std::string> const& headers, std::string_view body) {
  HttpServer const server([&](HttpRequest const&, HttpConnection& connection) {
    connection.reply(status, body, headers);
  });
  open(uri_of(server.port()));
}

/// A call on a host where this goes wrong.
void call_with(sim::Trouble trouble) {
  sim::Host host;
  MustBeSound const host_is_sound{host};
  esxvi::Ref<vim::VirtualMachine> const vm = host.add_vm("web01");
  sim::Server const server{host};
  esxvi::Session session = esxvi::connect("esx://root@" + server.authority() + "/?transport=http",
                                          esxvi::fixed_password("esxvi"), {}, {.no_proxy = "*"});
  trouble.method = "PowerOnVM_Task";
  trouble.times = -1;
  host.cause(std::move(trouble));
  static_cast<void>(session.call(vim::PowerOnVM_Task{.self = vm}));
}

/// A port that drops packets: nobody takes the connections that fill its queue.
struct FullPort : TakenPort {
  std::array<int, 4> waiting{};

  FullPort() {
    REQUIRE(::listen(socket, 0) == 0);
    for (int& one : waiting) {
      one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      static_cast<void>(::connect(one, generic(), size));
    }
  }
  FullPort(FullPort const&) = delete;
  FullPort& operator=(FullPort const&) = delete;
  ~FullPort() {
    for (int const one : waiting) ::close(one);
  }
};

struct Case {
  std::string_view name;  ///< of the enumerator, or of the fault
  std::function<void()> provoke;
};

std::vector<Case> cases() {
  std::vector<std::string> const xml{"Content-Type: text/xml; charset=utf-8"};
  std::vector<std::string> const html{"Content-Type: text/html"};
  std::string_view const page = "<html><body>Welcome</body></html>";
  return {
      {"host_not_found", [] { open("esx://root@" + no_such_host + "/"); }},
      {"connection_refused",
       [] {
         TakenPort const silent;
         open(uri_of(silent.port()));
       }},
      {"timeout",
       [] {
         FullPort const full;
         open(uri_of(full.port()) + "&timeout=200ms");
       }},
      {"connection_lost", [] { call_with({.drop_after = true}); }},
      {"wrong_credentials",
       [] {
         sim::Host host;
         MustBeSound const host_is_sound{host};
         sim::Server const server{host};
         open("esx://nobody@" + server.authority() + "/?transport=http");
       }},
      {"not_authenticated", [] { call_with({.fault = sim::fault(vim::NotAuthenticated())}); }},
      {"redirected",
       [=] { open_answered_by(302, {"Location: http://another.example/ui/"}, page); }},
      {"unauthorized", [=] { open_answered_by(401, html, page); }},
      {"wrong_path", [=] { open_answered_by(404, html, page); }},
      {"not_soap", [=] { open_answered_by(200, xml, page); }},
      {"wrong_content_type", [=] { open_answered_by(200, html, page); }},
      {"unavailable", [=] { open_answered_by(502, html, page); }},
      {"unavailable", [=] { open_answered_by(503, html, page); }},
      {"unavailable", [=] { open_answered_by(504, html, page); }},
      {"RestrictedVersion", [] { call_with({.fault = sim::fault(vim::RestrictedVersion())}); }},
  };
}

}  // namespace

TEST_CASE("troubleshooting: the page quotes what a message says, beside the name of its error") {
  auto const rows = rows_of_page();
  CHECK(rows.size() >= 11);
  std::set<std::string> provoked;
  for (auto const& [name, provoke] : cases()) {
    CAPTURE(name);
    std::string message;
    try {
      provoke();
    } catch (esxvi::error const& e) {
      message = e.what();
    }
    CAPTURE(message);
    CHECK_FALSE(message.empty());
    bool found = false;
    for (Row const& row : rows) {
      if (row.names.find("`" + std::string(name) + "`") == std::string::npos) continue;
      for (auto const& fragment : row.fragments)
        if (message.find(fragment) != std::string::npos) {
          found = true;
          provoked.insert(fragment);
        }
    }
    CHECK_MESSAGE(found, "no row has this name and quotes a part of the message");
  }
  // Nothing is quoted that nobody says.
  for (Row const& row : rows)
    for (auto const& fragment : row.fragments) {
      CAPTURE(fragment);
      CHECK(provoked.count(fragment) == 1);
    }
}
