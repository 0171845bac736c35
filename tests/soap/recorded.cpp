// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Replies that were recorded from servers. They are no part of this repository: the variable
// ESXVI_SHARED names the folder that holds wire/, else it is looked for beside the checkout.
#include "soap/support.hpp"
#include "soap/tree.hpp"
#include "support/skip.hpp"

#include <esxvi/types/Datastore_properties.hpp>
#include <esxvi/types/LicenseAssignmentManager.hpp>
#include <esxvi/types/PerformanceManager.hpp>
#include <esxvi/types/PropertyCollector.hpp>
#include <esxvi/types/SearchIndex.hpp>
#include <esxvi/types/ServiceInstance.hpp>
#include <esxvi/types/SessionManager.hpp>
#include <esxvi/types/TaskInfo.hpp>
#include <esxvi/types/ViewManager.hpp>
#include <esxvi/types/VirtualDisk.hpp>
#include <esxvi/types/VirtualE1000.hpp>
#include <esxvi/types/VirtualMachine.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace esxvi;
using namespace esxvi::test;
namespace vim = esxvi::types;

namespace {

std::filesystem::path recordings() {
  if (char const* const named = std::getenv("ESXVI_SHARED"))
    return std::filesystem::path(named) / "wire";
  return std::filesystem::path(ESXVI_SOURCE_DIR) / ".." / "shared" / "wire";
}

struct Recording {
  std::string name{};
  std::string text{};
  std::vector<Element> elements{};  // of the answer alone: <XResponse> and below
};

/// The answers among the recordings, in the order of their names.
std::vector<Recording> const& answers() {
  static std::vector<Recording> const all = [] {
    std::map<std::string, Recording> sorted;
    if (!std::filesystem::exists(recordings())) return std::vector<Recording>();
    for (auto const& file : std::filesystem::recursive_directory_iterator(recordings())) {
      auto const name = file.path().filename().string();
      if (!name.ends_with(".xml") || name.ends_with(".req.xml") || name.ends_with(".request.xml"))
        continue;
      std::ifstream in(file.path(), std::ios::binary);
      Recording r;
      r.name = std::filesystem::relative(file.path(), recordings()).string();
      r.text.assign(std::istreambuf_iterator<char>(in), {});
      auto const elements = elements_of(r.text);
      std::size_t first = 0;
      while (first < elements.size() &&
             (elements[first].name == "Envelope" || elements[first].name == "Header" ||
              elements[first].name == "Body"))
        ++first;
      if (first == elements.size()) continue;
      if (elements[first].name != "Fault" && !elements[first].name.ends_with("Response")) continue;
      r.elements.assign(elements.begin() + static_cast<std::ptrdiff_t>(first), elements.end());
      sorted.emplace(r.name, std::move(r));
    }
    std::vector<Recording> list;
    for (auto& [name, r] : sorted) list.push_back(std::move(r));
    return list;
  }();
  return all;
}

template <class T> std::string round(Recording const& r, std::size_t piece) {
  soap::Reply<T> reply;
  Notes notes;
  soap::ReplyDecoder decoder(r.elements.front().name, {reflect::type_of<soap::Reply<T>>(), &reply},
                             {"Test", r.name}, &notes);
  for (std::string_view rest = r.text; !rest.empty();) {
    decoder.feed(rest.substr(0, piece));
    rest.remove_prefix(std::min(piece, rest.size()));
  }
  decoder.finish();
  std::string out = "<" + r.elements.front().name + ">";
  if constexpr (!std::is_void_v<T>)
    soap::Encoder(out).element("returnval", *reflect::type_of<T>(), &reply.returnval);
  return out + "</" + r.elements.front().name + ">";
}

using Round = std::function<std::string(Recording const&, std::size_t)>;

/// By the first element of the body; methods of other services come as values of unknown type.
Round const& round_for(std::string const& response) {
  static std::map<std::string, Round> const known = [] {
    std::map<std::string, Round> m;
    auto const add = [&]<class... R>(TypeList<R...>) {
      ((m[std::string(R::facts.name) + "Response"] = &round<typename R::reply_type>), ...);
    };
    add(TypeList<vim::RetrievePropertiesEx, vim::ContinueRetrievePropertiesEx,
                 vim::RetrieveProperties, vim::CreateFilter, vim::WaitForUpdatesEx,
                 vim::CancelWaitForUpdates, vim::RetrieveServiceContent, vim::Login, vim::Logout,
                 vim::AcquireCloneTicket, vim::CreateContainerView, vim::FindByInventoryPath,
                 vim::FindByUuid, vim::PowerOffVM_Task, vim::QueryPerf>());
    m["FetchResponse"] = &round<Any>;
    return m;
  }();
  static Round const other = &round<std::vector<Any>>;
  auto const found = known.find(response);
  return found == known.end() ? other : found->second;
}

// Makes values of these types decode as themselves.
[[maybe_unused]] bool const named = [] {
  Any const a;
  return a.is<vim::VirtualMachineConfigInfo>() || a.is<vim::VirtualMachineSummary>() ||
         a.is<vim::GuestInfo>() || a.is<vim::VirtualMachineRuntimeInfo>() ||
         a.is<vim::VirtualHardware>() || a.is<vim::VirtualMachineStorageInfo>() ||
         a.is<vim::TaskInfo>() || a.is<vim::DatastoreSummary>() ||
         a.is<std::vector<vim::DatastoreHostMount>>() ||
         a.is<std::vector<Poly<vim::VirtualDevice>>>() || a.is<std::vector<Poly<vim::Event>>>() ||
         a.is<vim::VirtualDisk>() || a.is<vim::VirtualE1000>() ||
         a.is<vim::VirtualDiskFlatVer2BackingInfo>() ||
         a.is<std::vector<vim::LocalizedMethodFault>>();
}();

std::string describe(Element const& e) {
  std::ostringstream out;
  out << e.depth << " <" << e.name;
  for (auto const& [k, v] : e.attributes) out << ' ' << k << "='" << v << "'";
  out << ">" << e.text;
  return out.str();
}

/// Every element is there again, in its place, with its attributes and its text. Only an xsi:type
/// that says what the reader knows anyway may be gone.
void check_same(std::vector<Element> const& before, std::vector<Element> const& after) {
  for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
    Element was = before[i];
    Element const& is = after[i];
    was.depth -= before.front().depth - after.front().depth;
    if (!is.attributes.contains("xsi:type")) was.attributes.erase("xsi:type");
    if (i == 0) was.attributes.clear();
    if (describe(was) != describe(is)) {
      FAIL_CHECK("was ", describe(before[i]), "\n is ", describe(is), "\n element ", i);
      return;
    }
  }
  CHECK(before.size() == after.size());
}

std::vector<Element> content_of(std::string const& text) {
  auto all = elements_of(envelope(text));
  all.erase(all.begin(), all.begin() + 2);  // Envelope, Body
  return all;
}

}  // namespace

TEST_CASE("every recorded answer is decoded, and written again with nothing lost") {
  if (answers().empty()) ESXVI_SKIP("no recorded replies beside the checkout, see ESXVI_SHARED");
  for (auto const& r : answers()) {
    if (r.elements.front().name == "Fault") continue;
    CAPTURE(r.name);
    auto const& round_trip = round_for(r.elements.front().name);
    std::string text;
    REQUIRE_NOTHROW(text = round_trip(r, std::string::npos));
    if (r.elements.size() > 1 && r.elements[1].name == "returnval")
      check_same(r.elements, content_of(text));
    // What we write means the same to us, byte by byte.
    Recording own = r;
    own.text = envelope(text);
    CHECK((round_trip(own, std::string::npos) == text));
  }
}

TEST_CASE("every recorded fault is thrown with its type and its text") {
  if (answers().empty()) ESXVI_SKIP("no recorded replies beside the checkout, see ESXVI_SHARED");
  for (auto const& r : answers()) {
    if (r.elements.front().name != "Fault") continue;
    CAPTURE(r.name);
    std::string text;
    std::string detail;
    for (std::size_t i = 1; i < r.elements.size(); ++i) {
      if (r.elements[i].name == "faultstring") text = r.elements[i].text;
      if (r.elements[i].name == "detail" && i + 1 < r.elements.size())
        detail = r.elements[i + 1].name;
    }
    try {
      decode_document<void>(r.text);
      FAIL_CHECK("no fault");
    } catch (fault const& e) {
      CHECK(e.server_message() == text);
      CHECK(std::string(e.type_name()) + "Fault" == detail);
    }
  }
}

TEST_CASE("recorded answers may come in pieces of any size") {
  if (answers().empty()) ESXVI_SKIP("no recorded replies beside the checkout, see ESXVI_SHARED");
  for (auto const& r : answers()) {
    if (r.elements.front().name == "Fault" || r.text.size() > 20'000) continue;
    CAPTURE(r.name);
    auto const& round_trip = round_for(r.elements.front().name);
    auto const whole = round_trip(r, std::string::npos);
    for (std::size_t const piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{13}, std::size_t{1460}})
      CHECK((round_trip(r, piece) == whole));
  }
}

TEST_CASE("a recorded answer that ends early is never taken for an answer") {
  if (answers().empty()) ESXVI_SKIP("no recorded replies beside the checkout, see ESXVI_SHARED");
  for (auto const& r : answers()) {
    if (r.elements.front().name == "Fault" || r.text.size() > 20'000) continue;
    CAPTURE(r.name);
    auto const end = r.text.rfind('>');
    for (std::size_t n = 0; n < end; n += 1 + n / 8) {
      Recording cut = r;
      cut.text.resize(n);
      CHECK_THROWS_AS(round_for(r.elements.front().name)(cut, std::string::npos), protocol_error);
    }
  }
}
