// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A session over a connection that breaks, at every byte of each request and of each reply: never a
// hang, never a wrong result, never anything done twice, and the session goes on afterwards.
#include "faults/plant.hpp"

#include <esxvi/task.hpp>

using namespace esxvi::test;

namespace {

/// Open, and close.
struct OpenAndClose final : Scenario {
  Plant at{{}, 1};
  std::optional<esxvi::error> failed{};
  std::uint64_t logins = 0;
  std::uint64_t logouts = 0;
  std::uint64_t calls_before = 0;

  FaultProxy& proxy() override { return at.proxy; }
  [[nodiscard]] std::uint64_t calls() { return failed ? at.host.calls(failed->operation()) : 0; }

  void run() override {
    std::uint64_t const before[] = {at.host.calls("RetrieveServiceContent"), at.host.calls("Login"),
                                    at.host.calls("Logout")};
    logins = before[1];
    logouts = before[2];
    failed = error_of([&] {
      auto session = at.open();
      if (session.about().apiType != "HostAgent") FAIL_CHECK("a wrong server");
      session.logout();
    });
    if (!failed) return;
    auto const& method = failed->operation();
    calls_before = method == "Login" ? before[1] : method == "Logout" ? before[2] : before[0];
  }
  std::string judge() override {
    auto const left = at.host.sessions().size();
    at.host.end_all_sessions();
    if (at.host.calls("Login") > logins + 1) return "logged in twice";
    if (at.host.calls("Logout") > logouts + 1) return "logged out twice";
    if (!failed) return left == 0 ? "" : "a session is left behind";
    // Whose reply was lost nobody can log out.
    bool const excused = failed->operation() == "Login" || failed->operation() == "Logout";
    if (left > (excused ? 1U : 0U)) return "left behind after " + std::string(failed->what());
    if (auto problem = judge_delivery(*failed, calls_before, calls()); !problem.empty())
      return problem;
    failed.reset();
    auto session = at.open();  // and then it works
    session.logout();
    return at.host.sessions().empty() ? "" : "the next session is left behind";
  }
};

/// What several requests of one session read, page by page.
struct List final : Scenario {
  Plant at{{}, 3};
  esxvi::Session session = at.open();
  std::vector<std::string> const truth = at.names();
  std::optional<esxvi::error> failed{};
  std::vector<std::string> found{};
  std::int32_t page;

  explicit List(std::int32_t size) : page(size) {}
  FaultProxy& proxy() override { return at.proxy; }

  void run() override {
    found.clear();
    failed = error_of([&] {
      for (auto const& [vm, name] :
           session.retrieve<vim::VirtualMachine, "name">({.page_size = page}))
        found.push_back(name);
    });
    std::sort(found.begin(), found.end());
  }
  std::string judge() override {
    if (!failed && found != truth) return "a wrong list was taken for right";
    if (failed && !found.empty()) return "rows and an error";
    if (failed) run();
    if (failed) return std::string("still broken: ") + failed->what();
    return found == truth ? "" : "a wrong list after the fault";
  }
};

/// A machine is powered on.
struct PowerOn final : Scenario {
  Plant at{{}, 1};
  esxvi::Session session = at.open();
  esxvi::Session admin = at.inside();
  esxvi::Ref<vim::VirtualMachine> vm = at.machine();
  std::optional<esxvi::error> failed{};
  std::uint64_t starts = 0;

  FaultProxy& proxy() override { return at.proxy; }
  [[nodiscard]] bool is_on() {
    return at.host.get<vim::VirtualMachine>(vm)->runtime.powerState ==
           vim::VirtualMachinePowerState::poweredOn;
  }
  void run() override {
    if (is_on()) esxvi::run_task(admin, vim::PowerOffVM_Task{.self = vm});
    starts = at.host.calls("PowerOnVM_Task");
    failed = error_of([&] {
      esxvi::Task<esxvi::AnswerDefault> task{
          session, vim::PowerOnVM_Task{.self = vm}, {}, {.outage = 2s}};
      task.wait({.deadline = 10s, .outage = 5s});
    });
  }
  std::string judge() override {
    auto const made = at.host.calls("PowerOnVM_Task") - starts;
    if (made > 1) return "it was started " + std::to_string(made) + " times";
    if (!failed && !is_on()) return "a success that is none";
    if (failed && failed->delivered() == esxvi::delivery::not_sent && made != 0)
      return std::string("the server has seen what was \"not sent\": ") + failed->what();
    // A collector whose creation or destruction got lost ends with the session.
    if (auto const left = at.filters(); left > 0) {
      if (left > 1) return std::to_string(left) + " filters are left behind";
      session.logout();
      if (at.filters() > 0) return "filters outlive their session";
      session = at.open();
    }
    auto const again =
        error_of([&] { CHECK(session.retrieve<vim::VirtualMachine, "name">().size() == 1); });
    return again ? std::string("the session is broken: ") + again->what() : "";
  }
};

}  // namespace

TEST_CASE("faults: open and close, broken anywhere") {
  sweep([] { return std::make_unique<OpenAndClose>(); }, 250);
}

TEST_CASE("faults: a list, broken anywhere") {
  sweep([] { return std::make_unique<List>(1000); }, 250);
}

TEST_CASE("faults: a list of several pages, broken anywhere") {
  sweep([] { return std::make_unique<List>(2); }, 250);
}

TEST_CASE("faults: a machine is powered on, broken anywhere") {
  sweep([] { return std::make_unique<PowerOn>(); }, 120);
}
