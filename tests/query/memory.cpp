// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// for_each holds one row at a time: its memory does not depend on how many there are.
#include "query/objects.hpp"

#include <esxvi/query.hpp>
#include <esxvi/types/VirtualMachine_properties.hpp>

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace vim = esxvi::types;
using namespace esxvi::test;

namespace {

std::atomic<std::size_t> live = 0;
std::atomic<std::size_t> peak = 0;

void* counted(std::size_t size) {
  void* const made = std::malloc(size);
  if (made == nullptr) throw std::bad_alloc();
  std::size_t const now = live += ::malloc_usable_size(made);
  std::size_t most = peak;
  while (most < now && !peak.compare_exchange_weak(most, now)) {
  }
  return made;
}
void discounted(void* made) noexcept {
  if (made != nullptr) live -= ::malloc_usable_size(made);
  std::free(made);
}

/// Makes a result up while it is read, so that it is never in memory as a whole.
struct Generator {
  int count = 0;
  esxvi::http::Response send(esxvi::http::Request const&, esxvi::http::BodySink& sink,
                             esxvi::http::CallContext const& context) {
    esxvi::http::Response const head{200, {{"Content-Type", "text/xml"}}};
    sink.begin(head);
    if (context.operation == "RetrieveServiceContent") sink.write(content_reply());
    if (context.operation == "Login") sink.write(login_reply());
    if (context.operation == "Logout") sink.write(response("Logout", ""));
    if (context.operation != "RetrievePropertiesEx") return head;
    std::string const frame = page("@");
    std::size_t const middle = frame.find('@');
    sink.write(std::string_view(frame).substr(0, middle));
    std::string one;
    for (int i = 0; i < count; ++i) {
      one = objects(machine("vm-" + std::to_string(i),
                            name_is("machine number " + std::to_string(i)) +
                                property("config.annotation", "xsd:string",
                                         std::string(200, 'a')) +
                                property("config.surprise", "Unknown", "<a><b>c</b></a>")));
      sink.write(one);
    }
    sink.write(std::string_view(frame).substr(middle + 1));
    return head;
  }
};

/// Bytes that reading `count` objects takes at most.
std::size_t needed(int count) {
  esxvi::Session session(Generator{count}, service_url, {"root", password});
  std::size_t const before = live;
  peak = before;
  int seen = 0;
  session.for_each<vim::VirtualMachine, "name", "config.annotation">([&](auto const& row) {
    if (std::get<2>(row).value_or("").size() == 200) ++seen;
  });
  CHECK(seen == count);
  CHECK(live == before);
  return peak - before;
}

}  // namespace

// NOLINTBEGIN(misc-new-delete-overloads)
void* operator new(std::size_t size) { return counted(size); }
void operator delete(void* made) noexcept { discounted(made); }
void operator delete(void* made, std::size_t) noexcept { discounted(made); }
// NOLINTEND(misc-new-delete-overloads)

TEST_CASE("20,000 objects take as much memory as 1,000") {
  {  // What is made once.
    esxvi::Session session(Generator{1}, service_url, {"root", password});
    static_cast<void>(session.retrieve<vim::VirtualMachine, "name">());
  }
  std::size_t const few = needed(1'000);
  std::size_t const many = needed(20'000);
  CAPTURE(few);
  CAPTURE(many);
  CHECK(few > 0);
  CHECK(std::max(few, many) - std::min(few, many) < 4096);
  CHECK(many < 1U << 20);
}
