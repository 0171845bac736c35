// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// The code of docs/connections.md compiles. A test compares this file with the page.
#include <esxvi/host.hpp>
#include <esxvi/query.hpp>
#include <esxvi/query/async.hpp>
#include <esxvi/query/find.hpp>
#include <esxvi/query/inventory_path.hpp>
#include <esxvi/query/watch.hpp>
#include <esxvi/session.hpp>
#include <esxvi/session/async.hpp>
#include <esxvi/session/content.hpp>
#include <esxvi/session/keep_alive.hpp>
#include <esxvi/transport/curl_loop.hpp>
#include <esxvi/transport/fetch_certificate.hpp>
#include <esxvi/types/Datastore.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/SessionManager.hpp>
#include <esxvi/types/VirtualMachine.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <iostream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace vim = esxvi::types;

namespace page {

struct Machine {
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(Machine, (), (name))
struct Store {
  std::string name{};
};
BOOST_DESCRIBE_STRUCT(Store, (), (name))

}  // namespace page

template <>
struct esxvi::projection<page::Machine> : esxvi::project<vim::VirtualMachine, "name"> {};
template <> struct esxvi::projection<page::Store> : esxvi::project<vim::Datastore, "name"> {};

namespace page {

// clang-format off
auto const password = esxvi::fixed_password("5ecret");

[[maybe_unused]] void opening() {
esxvi::Session session = esxvi::connect("esx://root@esx01.example/", esxvi::ask_password);
}
[[maybe_unused]] void sources(std::string const& uri) {
auto session = esxvi::connect(
    uri, esxvi::first_of(esxvi::environment(), esxvi::auth_conf(), esxvi::ask_password));
}
[[maybe_unused]] void certificate() {
auto const it = esxvi::fetch_certificate("esx01.example");
std::cout << it.subject << ' ' << it.sha256.to_string() << '\n';
if (it.refused) std::cout << it.refused_because << '\n';
}
[[maybe_unused]] void keeping(esxvi::Session& session) {
std::jthread keeper([&](std::stop_token stop) { esxvi::KeepAlive(session).run(stop); });
}
[[maybe_unused]] void cloning(esxvi::Session& session, std::string const& uri) {
auto const ticket = session.call(vim::AcquireCloneTicket{.self = *session.content().sessionManager});
esxvi::Session second = esxvi::connect(uri, [&](auto const&) { return esxvi::CloneTicket{ticket}; });
}
esxvi::Async<std::size_t> count(esxvi::CurlLoop& loop, std::string uri) {
  esxvi::Session session = co_await esxvi::async_connect(loop, uri, password);
  auto const rows = co_await session.async_retrieve<vim::VirtualMachine, "name">();
  co_await esxvi::async_logout(session);
  co_return rows.size();
}
[[maybe_unused]] void counting(std::vector<std::string> const& uris) {
esxvi::CurlLoop loop;
std::vector<esxvi::Async<std::size_t>> jobs;
for (std::string const& uri : uris) jobs.push_back(count(loop, uri));
std::vector<std::size_t> const machines = loop.run(esxvi::when_all(std::move(jobs), 200));  // 200 at a time
}
esxvi::Async<void> naming(esxvi::Session& session, esxvi::Ref<vim::VirtualMachine> vm) {
// crashes with g++ 12:  co_await session.async_call(vim::PowerOnVM_Task{.self = vm});
vim::PowerOnVM_Task const request{.self = vm};
auto const task = co_await session.async_call(request);
}
[[maybe_unused]] void looking() {
esxvi::Connection lab = esxvi::open_connection("vpx://admin@vc/dc/cluster/host", esxvi::ask_password);
for (auto const& machine : lab.scope().machines()) std::cout << machine.name << '\n';
}
[[maybe_unused]] void answering() {
esxvi::Connection host = esxvi::open_connection("esx://root@esx01.example/?auto_answer=1", esxvi::ask_password);
if (auto const web01 = host.scope().find_name("web01")) host.run(vim::PowerOnVM_Task{.self = *web01});
}
[[maybe_unused]] void finding(esxvi::Session& session, esxvi::Ref<vim::VirtualMachine> const& vm,
             std::vector<esxvi::untyped_ref> const& machines) {
for (auto const& found : esxvi::find<vim::VirtualMachine>(session, "/dc/vm/prod/web*"))
  std::cout << found.path << ' ' << found.object.value() << '\n';
std::string path = esxvi::inventory_path(session, vm);                        // "/dc/vm/prod/web01"
std::vector<std::string> paths = esxvi::inventory_paths(session, machines);  // 2 requests for all
}
template <class... A> void tell(A const&...) {}
template <class... A> void draw(A const&...) {}
[[maybe_unused]] void watching(esxvi::Session& session) {
esxvi::Watch<Machine> machines{session};
while (true) {
  for (auto const& change : machines.poll())  // waits up to 30 s for something to happen
    tell(change.kind, change.before, change.now);
  draw(machines);
}
}
[[maybe_unused]] void watching_several(esxvi::Session& session) {
esxvi::Watcher watcher{session};
esxvi::Watch<Machine> machines{watcher};
esxvi::Watch<Store> stores{watcher};
while (true)
  if (watcher.poll() > 0) draw(machines, stores);  // machines.changes(), stores.changes()
}
// clang-format on

}  // namespace page

TEST_CASE("the example of clone tickets") {
  esxvi::Session session = esxvi::connect("sim://demo", esxvi::fixed_password("esxvi"));
  page::cloning(session, "sim://demo");
}

TEST_CASE("the code of the page on connections compiles") {
  // The rest needs servers to run.
  std::vector<void (*)()> const kept{&page::opening, &page::certificate, &page::looking};
  CHECK(kept.size() == 3);
}
