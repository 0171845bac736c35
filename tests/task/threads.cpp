// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Tasks on several threads: each waits for its own, and one cancels another's.
#include "task/dialogue.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

using namespace esxvi::test;
using namespace std::chrono_literals;

namespace {

/// A server whose tasks run for ever until they are cancelled, or end with their second poll. The
/// task is told by the id of its collector, which is that of its thread.
struct Endless {
  std::shared_ptr<std::atomic<int>> collectors = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<std::atomic<int>> destroyed = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<std::atomic<int>> polls = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);
  bool ends = true;
  std::chrono::milliseconds late{0};  // the reply to a cancellation, which has its effect before

  esxvi::http::Response send(esxvi::http::Request const& request, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) {
    esxvi::http::Response const head{200, {{"Content-Type", "text/xml"}}};
    std::string const body = reply(std::string(context.operation), request.body, context);
    sink.begin(head);
    sink.write(body);
    return head;
  }
  std::string reply(std::string const& operation, std::string_view body,
                    esxvi::http::CallContext const& context) {
    if (operation == "RetrieveServiceContent") return content_reply();
    if (operation == "Login") return login_reply();
    if (operation == "PowerOnVM_Task")
      return encoded(operation, esxvi::Ref<vim::Task>("task-" + std::string(id(body))));
    if (operation == "CreatePropertyCollector") {
      ++*collectors;
      return encoded(operation, esxvi::Ref<vim::PropertyCollector>("collector"));
    }
    if (operation == "CreateFilter")
      return encoded(operation, esxvi::Ref<vim::PropertyFilter>("f"));
    if (operation == "WaitForUpdatesEx") return updates(body, context);
    if (operation == "DestroyPropertyCollector") ++*destroyed;
    if (operation == "CancelTask") {
      *cancelled = true;
      std::this_thread::sleep_for(late);
    }
    return response(operation, "");
  }
  static std::string_view id(std::string_view body) {
    auto const from = body.find("\">vm-") + 5;
    return body.substr(from, body.find('<', from) - from);
  }
  std::string updates(std::string_view body, esxvi::http::CallContext const& context) const {
    ++*polls;
    bool const first = body.find("<version>") == std::string_view::npos;
    for (int i = 0; !ends && !first && i < 60'000; ++i) {
      if (*cancelled || context.stop.stop_requested()) break;
      std::this_thread::sleep_for(1ms);
    }
    if (context.stop.stop_requested())
      throw esxvi::cancelled({"WaitForUpdatesEx", "", "stopped", ""}, esxvi::delivery::unknown);
    auto const state = first ? State::running : *cancelled ? State::error : State::success;
    std::vector<Change> changes;
    if (*cancelled) changes.push_back(error_is<vim::RequestCanceled>("c", "task-1"));
    for (int t = 1; t <= 8; ++t) changes.push_back(state_is(state, "task-" + std::to_string(t)));
    return encoded("WaitForUpdatesEx", std::optional(update_set("1", std::move(changes))));
  }
};

vim::PowerOnVM_Task on(int n) {
  return {.self = esxvi::Ref<vim::VirtualMachine>("vm-" + std::to_string(n))};
}
esxvi::TaskOptions const blind{.look_first = false};

}  // namespace

TEST_CASE("eight threads wait for eight tasks of one session") {
  Endless const server;
  esxvi::Session session(Endless(server), service_url, {"root", password});
  std::atomic<int> succeeded = 0;
  {
    std::vector<std::jthread> threads;
    for (int n = 1; n <= 8; ++n)
      threads.emplace_back([&, n] {
        for (int round = 0; round < 10; ++round) {
          esxvi::Task task{session, on(n), esxvi::AnswerDefault{}, blind};
          task.wait([](esxvi::Progress const&) {});
          if (task.status().succeeded()) ++succeeded;
        }
      });
  }
  CHECK(succeeded == 80);
  CHECK(*server.collectors == 80);
  CHECK(*server.destroyed == 80);
  CHECK(session.requests() == 2 + 80 * 6);
}

TEST_CASE("cancel() from another thread than the one that waits") {
  Endless server;
  server.ends = false;
  SUBCASE("the reply comes first") {}
  SUBCASE("the end of the task is seen first") { server.late = 100ms; }
  esxvi::Session session(Endless(server), service_url, {"root", password});
  esxvi::Task task{session, on(1), esxvi::ReportAndCancel{}, blind};
  std::jthread const canceller([&] {
    while (*server.polls < 2) std::this_thread::sleep_for(1ms);
    CHECK(task.cancel());
  });
  CHECK_THROWS_AS(task.wait(10s), esxvi::task_cancelled);
  CHECK(*server.destroyed == 1);
}

TEST_CASE("a stop from another thread") {
  Endless server;
  server.ends = false;
  esxvi::Session session(Endless(server), service_url, {"root", password});
  esxvi::Task task{session, on(1), esxvi::ReportAndCancel{}, blind};
  std::stop_source source;
  std::jthread const stopper([&] {
    while (*server.polls < 2) std::this_thread::sleep_for(1ms);
    source.request_stop();
  });
  CHECK_THROWS_AS(task.wait({}, source.get_token()), esxvi::task_cancelled);
  CHECK(*server.cancelled);
  CHECK(*server.destroyed == 1);
}
