// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The hosts that `esxctl sim` serves, to programs that change something there.
#include <esxvi/host.hpp>
#include <esxvi/query.hpp>
#include <esxvi/session/content.hpp>
#include <esxvi/task.hpp>
#include <esxvi/types/SessionManager.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "examples/programs.hpp"

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

esxvi::Connection open(std::string const& uri, std::string const& password = "esxvi") {
  return esxvi::open_connection(uri, esxvi::fixed_password(password),
                                {.curl = {.no_proxy = "*", .warn = {}}});
}

void power_on(std::string const& uri, std::string const& name) {
  auto const host = open(uri);
  host.run(vim::PowerOnVM_Task{.self = host.scope().find_name(name).value()});
}

/// "web01:poweredOn serial02:poweredOff"
std::string power(std::string const& uri) {
  std::string all;
  for (auto const& [vm, name, state] :
       open(uri).scope().retrieve<vim::VirtualMachine, "name", "runtime.powerState">())
    all.append(all.empty() ? "" : " ").append(name).append(":").append(state.literal());
  return all;
}

std::string text_of(std::string const& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

}  // namespace

TEST_CASE("esxctl sim: some machines run, some are off, one asks when it is turned on") {
  Sim host({"--vms", "4"});
  CHECK(power(host.uri()) ==
        "web01:poweredOn serial02:poweredOff db03:poweredOn test04:poweredOff");
  CHECK_THROWS_AS(power_on(host.uri(), "serial02"), esxvi::question_pending);
  power_on(host.uri(), "test04");
  CHECK(power(host.uri()) == "web01:poweredOn serial02:poweredOff db03:poweredOn test04:poweredOn");
  auto const end = host.end();
  CHECK(end.status == 0);
  CHECK(end.out == host.uri() + "\n");
  CHECK(end.errors == "");
}

TEST_CASE("esxctl sim: over TLS, with a certificate for clients that check it") {
  auto const file = home().path() + "/host.pem";
  Sim const host({"--tls", "--vms", "0", "--certificate-file", file});
  CHECK(says(host.uri(), "/?no_verify=1"));
  CHECK(power(host.uri()) == "");
  CHECK(power("esx://root@" + host.authority() + "/?ca_file=" + file) == "");
  CHECK_THROWS_AS(power("esx://root@" + host.authority() + "/"), esxvi::unknown_authority);
}

TEST_CASE("esxctl sim: the password comes from a file, else from the environment") {
  auto const file = home().file("of-the-host", "from-a-file\n");
  Sim const by_file({"--vms", "0", "--password-file", file});
  CHECK_NOTHROW(open(by_file.uri(), "from-a-file"));
  CHECK_THROWS_AS(open(by_file.uri()), esxvi::auth_error);
  Sim const by_variable({"--vms", "0"}, {{"ESXVI_PASSWORD", "of-a-variable"}});
  CHECK_NOTHROW(open(by_variable.uri(), "of-a-variable"));
  for (auto const& none : {std::optional<std::string>(), std::optional<std::string>("")}) {
    Sim const by_nobody({"--vms", "0"}, {{"ESXVI_PASSWORD", none}});
    CHECK_NOTHROW(open(by_nobody.uri(), "esxvi"));
  }
}

TEST_CASE("esxctl sim --state: is as it was left") {
  auto const file = home().path() + "/lab.xml";
  std::string before;
  {
    Sim host({"--vms", "4", "--state", file});
    power_on(host.uri(), "test04");
    before = power(host.uri());
    auto const at_first = text_of(file);
    CHECK(says(at_first, "<places>"));
    CHECK(host.end().status == 0);
    bool const written_at_the_end = text_of(file) != at_first;
    CHECK(written_at_the_end);
  }
  // All but the counters in its head, which sessions move on.
  auto const inventory = [&] {
    auto const text = text_of(file);
    return text.substr(text.find("<places>"));
  };
  auto const saved = inventory();
  {
    // What a new host would have does not count.
    Sim host({"--vms", "1", "--vcenter", "--state", file});
    CHECK(says(host.uri(), "esx://root@"));
    CHECK(power(host.uri()) == before);
    CHECK(host.end().status == 0);
  }
  bool const same = inventory() == saved;
  CHECK(same);

  // A damaged file is refused, and stays what it is.
  auto const whole = text_of(file);
  auto const damaged = whole.substr(0, whole.size() / 2);
  std::ofstream(file, std::ios::binary) << damaged;
  auto const refused = esxctl({"sim", "--state", file});
  CHECK(refused.status == 1);
  CHECK(refused.out == "");
  CHECK(says(refused.errors, file));
  bool const untouched = text_of(file) == damaged;
  CHECK(untouched);

  // One that cannot be written is told before anybody relies on it.
  auto const nowhere = esxctl({"sim", "--vms", "0", "--state", home().path() + "/none/lab.xml"});
  CHECK(nowhere.status == 1);
  CHECK(nowhere.out == "");
  CHECK(says(nowhere.errors, "none/lab.xml: the file cannot be written"));
}

TEST_CASE("esxctl watch: a line for each change, until it is interrupted") {
  Sim const host({"--vms", "4"});
  Program watch(esxctl_with({"watch", "name", "power", "-c", host.uri()}), settings());
  std::string added;
  for (int i = 0; i < 4; ++i) added += watch.line() + "\n";
  for (char const* name : {"web01", "serial02", "db03", "test04"})
    CHECK(says(added, std::string("\t") + name + "\n"));
  CHECK(says(added, "\tadded\t"));
  power_on(host.uri(), "test04");
  auto const changed = watch.line();
  CHECK(says(changed, "\tchanged\t"));
  CHECK(says(changed, "\ttest04\tpower: poweredOff -> poweredOn"));
  auto const end = watch.end(SIGINT);
  CHECK(end.status == 0);
  CHECK(end.errors == "");
}

TEST_CASE("esxctl watch: logs out when nobody reads it any more") {
  Sim const host({"--vms", "4"});
  auto arguments = esxctl_with({"watch", "-c", host.uri()});
  arguments.insert(arguments.begin(), {"/bin/sh", "-c", "\"$0\" \"$@\" | head -n 1"});
  Program watch(arguments, settings());
  CHECK(says(watch.line(), "\tadded\t"));
  power_on(host.uri(), "test04");
  watch.end();
  auto const opened = open(host.uri());
  auto const rows = opened.session().retrieve<vim::SessionManager, "sessionList">(
      {.objects = {*opened.session().content().sessionManager}});
  REQUIRE(rows.size() == 1);
  CHECK(std::get<1>(rows[0]).size() == 1);  // this one
}

TEST_CASE("esxctl watch: ends in time although the server has fallen silent") {
  using namespace std::chrono;
  Sim host({"--vms", "2"});
  auto const watch = [&](std::vector<std::string> const& more) {
    std::vector<std::string> arguments{"watch", "-c", host.uri()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto program = std::make_unique<Program>(esxctl_with(arguments), settings());
    for (int i = 0; i < 2; ++i) CHECK(says(program->line(), "\tadded\t"));
    return program;
  };
  auto const endless = watch({});
  auto const limited = watch({"--seconds", "4"});  // the last: silence comes within its time
  host.falls_silent();
  auto const begin = steady_clock::now();
  auto const ends_within = [&](seconds time, Finished const& end) {
    CHECK(end.status == 0);
    CHECK(end.errors == "");
    CHECK(steady_clock::now() - begin < time);
  };
  ends_within(seconds(9), endless->end(SIGINT));  // a farewell alone would wait for ten
  ends_within(seconds(25), limited->end());       // and a poll for half a minute
}

TEST_CASE("tour: nothing is changed on a server unless somebody says yes") {
  Sim const host;
  auto const tour = [&](std::string_view answers) {
    // In the temporary folder, since it writes a picture.
    auto const it =
        run({"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", home().path(), TOUR, host.uri()},
            settings(), answers);
    INFO(it.errors);
    CHECK(it.status == 0);
    return it.out;
  };
  auto const snapshots = [&] {
    std::size_t count = 0;
    auto const opened = open(host.uri());
    for (auto const& [vm, snapshot] : opened.scope().retrieve<vim::VirtualMachine, "snapshot">())
      if (snapshot) count += snapshot->rootSnapshotList.size();
    return count;
  };
  auto const before = power(host.uri());
  auto const had = snapshots();
  for (char const* answers : {"", "n\nno\n\n", "yes?\nY e s\nsure\n"}) {
    auto const said = tour(answers);
    CHECK(says(said, "power on the machine? [y/N] "));
    CHECK(says(said, "left out: it would change the server (power on the machine)"));
    CHECK(says(said, "left out: it would change the server (take a snapshot of the machine)"));
    CHECK(power(host.uri()) == before);
    CHECK(snapshots() == had);
  }
  // Without its answer the machine stands still, and is left alone.
  for (int times = 0; times < 2; ++times) {  // the second time it asks from the start
    auto const unanswered = tour("y\nn\ny\n");
    CHECK(says(unanswered, "the power-on waits at the server for this answer"));
    CHECK_FALSE(says(unanswered, "CreateSnapshot_Task"));
    CHECK(power(host.uri()) == before);
    CHECK(snapshots() == had);
  }

  auto const said = tour("y\nyes\nY\n");
  CHECK(says(said, "it asks: Serial port output file"));
  CHECK(says(said, "-> Append"));
  CHECK_FALSE(says(said, "left out"));
  CHECK(says(power(host.uri()), "serial02:poweredOn"));
  CHECK(snapshots() == had + 1);
}

TEST_CASE("tour: a picture that cannot be written is an error") {
  auto const it = run({"/bin/sh", "-c", "cd /proc && exec \"$@\"", "sh", TOUR}, settings());
  CHECK(it.status == 1);
  CHECK(says(it.errors, "tour-screen.png cannot be written"));
}
