// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// No part of a result is taken for the whole.
#include "query/objects.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/Task_properties.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

namespace vim = esxvi::types;
using namespace esxvi::test;
using vim::VirtualMachine;

namespace {

std::string three() {
  std::string all;
  for (auto const* n : {"1", "2", "3"})
    all += objects(machine(std::string("vm-") + n, name_is(std::string("n") + n)));
  return page(all);
}
/// Ends after the second object.
std::string two_of_three() { return three().substr(0, three().find("vm-3") - 30); }

template <class E>
void refused(std::string const& body, bool lost = false) {
  Opened at;
  auto& step = at.script->expect("RetrievePropertiesEx").reply(200, body);
  if (lost) step.cut_after(body.size());
  auto const e =
      thrown<E>([&] { static_cast<void>(at.session.retrieve<VirtualMachine, "name">()); });
  check_context(e, "RetrievePropertiesEx", service_url);

  // As a stream: rows may have been given, but the end is an exception all the same.
  auto& again = at.script->expect("RetrievePropertiesEx").reply(200, body).pieces(11);
  if (lost) again.cut_after(body.size());
  int seen = 0;
  static_cast<void>(thrown<E>(
      [&] { at.session.for_each<VirtualMachine, "name">([&](auto const&) { ++seen; }); }));
  CHECK(seen >= 2);
  CHECK(seen <= 3);

  at.script->expect("RetrievePropertiesEx").reply(200, three());
  CHECK(at.session.retrieve<VirtualMachine, "name">().size() == 3);
}

}  // namespace

TEST_CASE("a result that ends after some of its objects is an error") {
  refused<esxvi::truncated_reply>(two_of_three());
}

TEST_CASE("a result that ends after all of its objects, but early, is an error") {
  std::string const whole = three();
  refused<esxvi::truncated_reply>(whole.substr(0, whole.rfind("</soapenv:Envelope>")));
  refused<esxvi::truncated_reply>(whole.substr(0, whole.rfind("</returnval>")));
  refused<esxvi::truncated_reply>(whole.substr(0, whole.size() - 1));
}

TEST_CASE("a connection that is lost after some objects is an error") {
  refused<esxvi::connection_lost>(two_of_three(), true);
  refused<esxvi::connection_lost>(three(), true);
}

TEST_CASE("a value that cannot be, in the third object, is an error") {
  std::string bad = three();
  bad.replace(bad.find("n3"), 2, "&#2;");
  refused<esxvi::invalid_character>(bad);
  bad.replace(bad.find("&#2;"), 4, "\xFF");
  refused<esxvi::invalid_encoding>(bad);
  bad.replace(bad.find("\xFF"), 1, "<b></c>");
  refused<esxvi::malformed_xml>(bad);
}

TEST_CASE("a number that is out of range is an error that shows it and its property") {
  Opened at;
  at.script->expect("RetrievePropertiesEx")
      .reply(200, page(objects(machine("vm-1", property("config.hardware.memoryMB", "xsd:int",
                                                        "2147483648")))));
  auto const e = thrown<esxvi::value_out_of_range>(
      [&] { static_cast<void>(at.session.retrieve<VirtualMachine, "config.hardware.memoryMB">()); });
  CHECK(has(e.what(), "2147483648"));
  check_context_and_advice(e, "RetrievePropertiesEx", service_url);
}

TEST_CASE("two results in one body are not taken for one") {
  std::string twice = three();
  std::size_t const from = twice.find("<RetrievePropertiesExResponse");
  std::size_t const to = twice.find("</soapenv:Body>");
  twice.insert(to, twice.substr(from, to - from));
  Opened at;
  at.script->expect("RetrievePropertiesEx").reply(200, twice);
  CHECK(at.session.retrieve<VirtualMachine, "name">().size() == 3);
}

TEST_CASE("a kind that has no place in the inventory needs its objects named") {
  Opened at;
  for (bool const below : {false, true}) {
    esxvi::QueryOptions<vim::Task> options;
    if (below) options.below = {esxvi::untyped_ref("Folder", "group-v1")};
    auto const e = thrown<esxvi::invalid_argument>(
        [&] { static_cast<void>(at.session.retrieve<vim::Task, "info">(options)); });
    check_context_and_advice(e, "retrieve", "Task");
  }
  CHECK(at.asked().empty());
  at.script->expect("RetrievePropertiesEx").reply(200, page(""));
  CHECK(at.session.retrieve<vim::Task, "info">({.objects = {esxvi::Ref<vim::Task>("task-1")}})
            .empty());
}
