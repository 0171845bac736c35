// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The description of the service, read from a server over HTTP.
#include <esxvi/sim/host.hpp>
#include <esxvi/sim/server.hpp>
#include <esxvi/sim/wsdl.hpp>
#include <esxvi/types/hierarchy.hpp>

#include <doctest/doctest.h>
#include <document_source.hpp>
#include <wsdl.hpp>

#include <set>
#include <string>

#include "support.hpp"
#include "support/must_be_sound.hpp"

namespace esxvi::typegen {
namespace {

using namespace test;

TEST_CASE("what a simulated server describes has the types of this library") {
  Schema const& schema = full_schema();
  auto const written = write_wsdl(schema);
  sim::Host host;
  esxvi::test::MustBeSound const host_is_sound{host};
  sim::serve_wsdl(host, {written.begin(), written.end()});
  sim::Server server{host, {.tls = true}};
  Schema const read =
      read_wsdl(open_documents("https://" + server.authority() + "/sdk", true), "the server");
  CHECK(read.wire_namespace == schema.wire_namespace);
  CHECK(read.release == schema.release);
  std::set<std::string> names;
  for (Struct const& s : read.structs) names.insert(s.name);
  std::size_t missing = 0;
  for (std::size_t i = 0; i < types::type_count; ++i)
    if (names.count(std::string(types::type_name(i))) == 0) ++missing;
  CHECK(missing == 0);
  // With what only the schema knows it is the schema.
  std::vector<std::string> notes;
  CHECK(print_text(merge_facts(read, schema, notes)) == print_text(schema));

  // Its other pages are where they were, and what is none of them is not found.
  CHECK_THROWS(static_cast<void>(
      open_documents("https://" + server.authority() + "/sdk", true)("nothing.wsdl")));
  CHECK(host.calls() == 0);
}

}  // namespace
}  // namespace esxvi::typegen
