// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// How long queries clean up: not long when somebody has waited long enough already.
#include "query/objects.hpp"
#include "session/async_client.hpp"
#include "session/limits.hpp"

#include <esxvi/query.hpp>
#include <esxvi/query/async.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <stop_token>

using namespace esxvi::test;
using namespace std::chrono_literals;
using esxvi::types::VirtualMachine;

namespace {

esxvi::SessionOptions once() { return {.retry = {.attempts = 1}}; }

/// A query whose second page is on its way, as a coroutine or not.
struct Paged : Server {
  Noting noting{esxvi::any_transport(script)};
  std::stop_source stop{};
  esxvi::ScriptedTransport::Step& second;

  Paged() : second(second_page()) {}
  [[nodiscard]] std::chrono::milliseconds cancelling() const {
    return noting.limits->at("CancelRetrievePropertiesEx");
  }
  /// Stops while the second page is on its way.
  void stop_it() {
    second.reply([this](auto const&) {
      stop.request_stop();
      return esxvi::ScriptedTransport::Answer{
          200, next_page(objects(machine("vm-2", "")), "t2"), {}};
    });
  }

 private:
  esxvi::ScriptedTransport::Step& second_page() const {
    script->expect("RetrievePropertiesEx").reply(200, page(objects(machine("vm-1", "")), "t1"));
    auto& step = script->expect("ContinueRetrievePropertiesEx");
    script->expect("CancelRetrievePropertiesEx")
        .reply(200, response("CancelRetrievePropertiesEx", ""));
    return step;
  }
};
struct Blocking : Paged {
  esxvi::Session session{esxvi::any_transport(noting), service_url,
                         esxvi::Credentials{"root", password}, once()};
  void read(esxvi::CallOptions const& call) {
    static_cast<void>(session.retrieve<VirtualMachine, "name">({.call = call}));
  }
};
struct Coroutines : Paged {
  AsyncClient client{esxvi::any_transport(noting), service_url,
                     esxvi::Credentials{"root", password}, once()};
  void read(esxvi::CallOptions const& call) {
    static_cast<void>(
        client.loop().run(client.session().async_retrieve<VirtualMachine, "name">({.call = call})));
  }
};

}  // namespace

TEST_CASE_TEMPLATE("a query that somebody stopped is hasty to give its pages back", Way, Blocking,
                   Coroutines) {
  Way at;
  at.stop_it();
  CHECK_THROWS_AS(at.read({.stop = at.stop.get_token()}), esxvi::cancelled);
  CHECK(hasty(at.cancelling()));
}

TEST_CASE_TEMPLATE("a query that took longer than its deadline is hasty, too", Way, Blocking,
                   Coroutines) {
  Way at;
  at.second.silent();
  CHECK_THROWS_AS(at.read({.deadline = 2s}), esxvi::timeout);
  CHECK(hasty(at.cancelling()));
}

TEST_CASE_TEMPLATE("a query that failed for another reason has time to give its pages back", Way,
                   Blocking, Coroutines) {
  Way at;
  at.second.reply(404, "gone");
  CHECK_THROWS_AS(at.read({.stop = at.stop.get_token(), .deadline = 60s}), esxvi::wrong_path);
  CHECK(patient(at.cancelling()));
}

TEST_CASE("a stop ends the giving back as well") {
  Blocking at;
  at.second.reply(404, "gone");
  *at.noting.before = [&](std::string_view operation) {
    if (operation == "CancelRetrievePropertiesEx") at.stop.request_stop();
  };
  CHECK_THROWS_AS(at.read({.stop = at.stop.get_token()}), esxvi::wrong_path);
  CHECK(patient(at.cancelling()));
  CHECK_FALSE(at.script->done());  // it was not sent any more
}
