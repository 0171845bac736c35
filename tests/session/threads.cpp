// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// One session, several threads.
#include "session/server.hpp"

#include <esxvi/session/content.hpp>
#include <esxvi/types/ServiceInstance.hpp>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

/// Answers every caller at once, with a cookie of its own for each reply. CurrentTime gives back
/// the number that the caller put into its object's id.
struct Echo {
  std::shared_ptr<std::atomic<int>> most = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<std::atomic<int>> now = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<std::atomic<int>> contents = std::make_shared<std::atomic<int>>(0);

  esxvi::http::Response send(esxvi::http::Request const& request, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) {
    int const here = ++*now;
    for (int seen = *most; seen < here && !most->compare_exchange_weak(seen, here);) {
    }
    std::string const body = reply(context.operation, request.body);
    esxvi::http::Response head{
        body.find("Fault") == std::string::npos ? 200 : 500,
        {{"Content-Type", "text/xml"},
         {"Set-Cookie", "vmware_soap_session=" + std::to_string(here) + "; Path=/"}}};
    sink.begin(head);
    for (std::size_t at = 0; at < body.size(); at += 40) {
      sink.write(std::string_view(body).substr(at, 40));
      std::this_thread::yield();
    }
    --*now;
    return head;
  }

  std::string reply(std::string_view operation, std::string_view body) const {
    if (operation == "RetrieveServiceContent") {
      ++*contents;
      return content_reply();
    }
    if (operation == "Login") return login_reply();
    if (operation == "Logout") return response("Logout", "");
    auto const from = body.find("\">n") + 3;
    auto const number = body.substr(from, body.find('<', from) - from);
    if (number.ends_with('9')) return fault_reply("NotSupported", number);
    return response("CurrentTime",
                    "<returnval>2026-01-02T03:04:05." + std::string(number) + "Z</returnval>");
  }
};

}  // namespace

TEST_CASE("eight threads call through one session at the same time, and each gets its own answer") {
  Echo const echo;
  esxvi::Session session(Echo(echo), service_url, {"root", password});
  constexpr int threads = 8;
  constexpr int rounds = 50;
  std::latch start(threads);
  std::atomic<int> right = 0;
  std::atomic<int> refused = 0;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < threads; ++t)
      all.emplace_back([&, t] {
        start.arrive_and_wait();
        for (int i = 0; i < rounds; ++i) {
          std::string const number = std::to_string(1000 + t * rounds + i).substr(1);
          vim::CurrentTime const ask{.self = esxvi::Ref<vim::ServiceInstance>("n" + number)};
          try {
            auto const expected = esxvi::DateTime::parse("2026-01-02T03:04:05." + number + "Z");
            if (session.call(ask) == expected.value()) ++right;
          } catch (esxvi::fault const& e) {
            if (e.server_message() == number) ++refused;
          }
          if (session.content().rootFolder.value() != "ha-folder-root") --right;
        }
      });
  }
  CHECK(right + refused == threads * rounds);
  CHECK(refused == threads * rounds / 10);
  CHECK(*echo.contents == 2);  // of opening, and of the first content()
  CHECK(session.requests() == 2 + 1 + threads * rounds);
  CHECK(*echo.most > 1);
}
