// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include <doctest/doctest.h>
#include <wsdl.hpp>
#include <xml_tree.hpp>

#include "support.hpp"

namespace esxvi::typegen {
namespace {

using namespace test;

Schema read_sample() {
  return read_wsdl(open_documents(ESXVI_SOURCE_DIR "/tests/typegen/sample", false), "sample");
}

TEST_CASE("a WSDL alone") {
  CHECK(print_text(read_sample()) == R"(format 1
namespace urn:vim25
release 1.2

version 1.2 wire=vim25/1.2

primitive anyType xsd:anyType
primitive double xsd:double
primitive int xsd:int
primitive string xsd:string

enum MachineState
  off
  on
  melting

struct DynamicData

struct MachineInfo : DynamicData
  name string
  temperature double?
  kind string
  state MachineState
  parts MachinePart[]
  cooler ref<ManagedObject>?
  tags string[]?

struct MachinePart : DynamicData
  value anyType

struct MethodFault

struct RuntimeFault : MethodFault

struct TooHot : MethodFault
  machine ref<ManagedObject>

managed ManagedObject
  method Start_Task
    param cooler ref<ManagedObject>?
    param speed int
    returns ref<Task>
    throws TooHot
  method Stop
  method ListMachines
    returns MachineInfo[]?

managed Task : ManagedObject
)");
  const Schema schema = read_sample();
  const Files files = generate(Model(schema));
  CHECK(files.contains("MachineInfo.hpp"));
  CHECK(files.at("ManagedObject.hpp").find("using result_type = Any;") != std::string::npos);
}

TEST_CASE("a WSDL with the facts of a schema") {
  const Schema known = small_schema(R"(enum MachineState since=1.0 vmodl=x.Machine.State
  off
  warm unlisted
  on since=1.1
  gone

struct DynamicData since=1.0

struct MachineInfo : DynamicData since=1.0 vmodl=x.MachineInfo
  name string? secret
  kind TypeName since=1.1
  cooler ref<Cooler>?
  dropped int

struct MethodFault since=1.0

struct OldInfo : DynamicData since=1.0

managed Cooler : ManagedObject since=1.0

managed Machine : ManagedObject since=1.0 vmodl=x.Machine
  prop info MachineInfo priv=System.View
  prop old OldInfo?
  method Start_Task vmodl=start priv=Machine.Start
    param cooler ref<Cooler>?
    returns ref<Task> result=MachineInfo
  method Explode

managed ManagedObject since=1.0

managed Task : ManagedObject since=1.0
)");
  std::vector<std::string> notes;
  CHECK(print_text(merge_facts(read_sample(), known, notes)) == R"(format 1
namespace urn:vim25
release 1.2

version 1.0 wire=vim25/1.0 unnumbered
version 1.1 wire=vim25/1.1
version 1.2 wire=vim25/1.2

primitive TypeName xsd:string
primitive anyType xsd:anyType
primitive boolean xsd:boolean
primitive int xsd:int
primitive string xsd:string
primitive double xsd:double

enum MachineState since=1.0 vmodl=x.Machine.State
  off
  warm unlisted
  on since=1.1
  melting since=1.2

struct DynamicData since=1.0

struct MachineInfo : DynamicData since=1.0 vmodl=x.MachineInfo
  name string secret
  temperature double? since=1.2
  kind TypeName since=1.1
  state MachineState since=1.2
  parts MachinePart[] since=1.2
  cooler ref<Cooler>?
  tags string[]? since=1.2

struct MachinePart : DynamicData since=1.2
  value anyType

struct MethodFault since=1.0

struct RuntimeFault : MethodFault since=1.2

struct TooHot : MethodFault since=1.2
  machine ref<ManagedObject>

managed Cooler : ManagedObject since=1.0

managed Machine : ManagedObject since=1.0 vmodl=x.Machine
  prop info MachineInfo priv=System.View
  method Start_Task vmodl=start priv=Machine.Start
    param cooler ref<Cooler>?
    param speed int since=1.2
    returns ref<Task> result=MachineInfo
    throws TooHot

managed ManagedObject since=1.0
  method Stop since=1.2
  method ListMachines since=1.2
    returns MachineInfo[]?

managed Task : ManagedObject since=1.0
)");
  CHECK(notes == std::vector<std::string>{
                     "property Machine.old is left out: the WSDL has no OldInfo",
                     "method Stop is new: on ManagedObject, until the schema says whose it is",
                     "method ListMachines is new: on ManagedObject, until the schema says whose it "
                     "is"});
}

TEST_CASE("the whole schema, written as a WSDL, read back and completed, is what it was") {
  const std::map<std::string, std::string> documents = write_wsdl(full_schema());
  const Schema wsdl =
      read_wsdl([&](const std::string& name) { return documents.at(name); }, "memory");
  CHECK(wsdl.structs.size() == full_schema().structs.size());
  std::vector<std::string> notes;
  CHECK(print_text(merge_facts(wsdl, full_schema(), notes)) == print_text(full_schema()));
  CHECK(notes.empty());
  CHECK(generate(Model(wsdl)).size() > 2000);  // without VMODL names every type has a header
}

/// Reads the sample with one text in one document replaced by another.
std::string error_with(const std::string& document, const std::string& from,
                       const std::string& to) {
  const DocumentSource sample = open_documents(ESXVI_SOURCE_DIR "/tests/typegen/sample", false);
  return error_of([&] {
    read_wsdl(
        [&](const std::string& name) {
          std::string text = sample(name);
          if (name == document) {
            const std::size_t at = text.find(from);
            REQUIRE(at != std::string::npos);
            text.replace(at, from.size(), to);
          }
          return text;
        },
        "sample");
  });
}

TEST_CASE("what is wrong in a WSDL is said with its place") {
  CHECK(error_with("vim-types.xsd", "</xs:simpleType>", "</xs:simple>") ==
        "sample/vim-types.xsd:11: mismatched tag");
  CHECK(error_with("vim-types.xsd", "xs:double", "xs:duration") ==
        "sample/vim-types.xsd:17: no type for xsd:duration");
  CHECK(error_with("vim-types.xsd", "type=\"MachineState\"", "type=\"Nothing\"") ==
        "sample:19: struct MachineInfo: unknown type 'Nothing'");
  CHECK(error_with("vim.wsdl", "message=\"vim25:TooHotFaultMsg\"", "message=\"vim25:None\"") ==
        "sample/vim.wsdl:57: unknown message 'None'");
  CHECK(error_with("vim.wsdl", "schemaLocation=\"vim-types.xsd\"",
                   "schemaLocation=\"../../secret.xsd\"") ==
        "sample/../../secret.xsd: only documents beside vimService.wsdl are read");
  CHECK(error_with("vim.wsdl", "vim-types.xsd", "other.xsd") == ESXVI_SOURCE_DIR
        "/tests/typegen/sample/other.xsd: cannot be read");
  CHECK(error_of([] { read_wsdl([](const std::string&) { return "<a/>"; }, "x"); }) ==
        "x/vimService.wsdl:1: neither a WSDL nor an XSD");
}

}  // namespace
}  // namespace esxvi::typegen
