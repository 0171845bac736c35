// Every kind of object that the simulator has, and names that XML has to escape.
#include "interop/vsphere.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/ComputeResource_properties.hpp>
#include <esxvi/types/Datacenter_properties.hpp>
#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/Folder.hpp>
#include <esxvi/types/Folder_properties.hpp>
#include <esxvi/types/HostSystem_properties.hpp>
#include <esxvi/types/Network_properties.hpp>
#include <esxvi/types/ResourcePool_properties.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

/// How many objects of a kind there are; each comes once, has a name, and all take one request.
template <class T>
std::size_t count(esxvi::Session& session) {
  auto const before = session.requests();
  auto const rows = session.retrieve<T, "name">();
  CHECK(session.requests() == before + 1);
  CHECK(rows.missing().empty());
  std::set<std::string> ids;
  for (auto const& [object, name] : rows) {
    CHECK_FALSE(name.empty());
    ids.insert(object.value());
  }
  CHECK(ids.size() == rows.size());
  return rows.size();
}

}  // namespace

TEST_CASE("an ESX host has one of each, and four folders beside the root") {
  ESXVI_NEED_PEER();
  Peer const peer(esx);
  esxvi::Session session = open(peer);
  CHECK(count<vim::HostSystem>(session) == 1);
  CHECK(count<vim::ComputeResource>(session) == 1);
  CHECK(count<vim::ResourcePool>(session) == 1);
  CHECK(count<vim::Datacenter>(session) == 1);
  CHECK(count<vim::Datastore>(session) == 1);
  CHECK(count<vim::Network>(session) >= 1);
  CHECK(count<vim::Folder>(session) == 5);
}

TEST_CASE("a vCenter: a host of its own and a cluster of three in each of two data centers") {
  ESXVI_NEED_PEER();
  Peer const peer({"-vm", "1", "-dc", "2"});
  esxvi::Session session = open(peer);
  CHECK(count<vim::Datacenter>(session) == 2);
  CHECK(count<vim::HostSystem>(session) == 8);
  CHECK(count<vim::ComputeResource>(session) == 4);
  CHECK(count<vim::ResourcePool>(session) == 4);
  CHECK(count<vim::Datastore>(session) == 2);
  CHECK(count<vim::Network>(session) >= 4);
  CHECK(count<vim::Folder>(session) == 9);

  // Below one data center there is half of it.
  auto const dc = std::get<0>(session.retrieve<vim::Datacenter, "name">().at(0));
  CHECK(session.retrieve<vim::HostSystem, "name">({.below = {dc}}).size() == 4);
  CHECK(session.retrieve<vim::Folder, "name">({.below = {dc}}).size() == 4);
  CHECK(session.retrieve<vim::Datastore, "name">({.below = {dc}}).size() == 1);
}

TEST_CASE("a name arrives as it was sent, whatever is in it") {
  ESXVI_NEED_PEER();
  Peer const peer(vcenter);
  esxvi::Session session = open(peer);
  std::string const name = "a&b<c>\"\xC3\xBC\xF0\x9F\x92\xBE'%25 ]]>\ttab";
  auto const made = session.call(vim::CreateFolder{
      .self = session.opening_content().rootFolder, .name = name});
  auto const rows = session.retrieve<vim::Folder, "name", "parent">({.objects = {made}});
  REQUIRE(rows.size() == 1);
  CHECK(std::get<1>(rows[0]) == name);
  CHECK(std::get<2>(rows[0]) == session.opening_content().rootFolder);
  auto const all = session.retrieve<vim::Folder, "name">();
  CHECK(std::count_if(all.begin(), all.end(),
                      [&](auto const& row) { return std::get<1>(row) == name; }) == 1);

  try {
    session.call(vim::CreateFolder{.self = session.opening_content().rootFolder, .name = name});
    FAIL("made twice");
  } catch (esxvi::fault const& e) {
    CHECK(e.type_name() == "DuplicateName");
  }
}
