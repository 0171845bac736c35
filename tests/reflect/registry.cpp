// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Types by their wire names, from many threads.
#include <esxvi/reflect/object.hpp>
#include <esxvi/reflect/registry.hpp>
#include <esxvi/types/core.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace esxvi;
using reflect::registry;

namespace sample {
struct NamedByUse {
  std::string text{};
};
BOOST_DESCRIBE_STRUCT(NamedByUse, (), (text))
struct NeverNamed {
  std::string text{};
};
BOOST_DESCRIBE_STRUCT(NeverNamed, (), (text))
}  // namespace sample

TEST_CASE("a name that no type of the program has is not found") {
  CHECK(registry::find("NoSuchType") == nullptr);
  CHECK(registry::find("") == nullptr);
  CHECK(registry::find("NeverNamed") == nullptr);
  CHECK(reflect::type_of<sample::NeverNamed>()->name == "NeverNamed");
}

TEST_CASE("asking for a type is what registers it, also where the question comes later") {
  auto const* const found = registry::find("NamedByUse");
  REQUIRE(found != nullptr);
  CHECK(found->type == reflect::type_of<sample::NamedByUse>());
  CHECK(&reflect::held<sample::NamedByUse>() == found);
}

TEST_CASE("a registered type can be made, copied and destroyed by its name") {
  auto const* const type = registry::find("NamedByUse");
  REQUIRE(type != nullptr);
  void* const one = type->create();
  static_cast<sample::NamedByUse*>(one)->text = "a text that is too long for the small buffer";
  void* const two = type->clone(one);
  type->destroy(one);
  CHECK(static_cast<sample::NamedByUse*>(two)->text ==
        "a text that is too long for the small buffer");
  type->destroy(two);
}

TEST_CASE("the first type of a name wins") {
  static constexpr reflect::type_info twin{.what = reflect::kind::object, .name = "NamedByUse"};
  static constexpr reflect::held_type held{&twin, nullptr, nullptr, nullptr};
  registry::add(held);
  REQUIRE(registry::find("NamedByUse") != nullptr);
  CHECK(registry::find("NamedByUse")->type == reflect::type_of<sample::NamedByUse>());
}

TEST_CASE("types may be added and looked up by many threads at once, as when a plug-in is loaded") {
  static constexpr int threads = 4;
  static constexpr int each = 200;
  struct entry {
    std::string name{};
    reflect::type_info info{reflect::kind::object, {}};
    reflect::held_type held{};
  };
  // Registered for good, so they outlive the test.
  static std::vector<entry> entries(threads * each);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].name = "Late" + std::to_string(i);
    entries[i].info.name = entries[i].name;
    entries[i].held.type = &entries[i].info;
  }
  std::atomic<int> wrong = 0;
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([t, &wrong] {
      for (int i = 0; i < each; ++i) {
        auto& own = entries[static_cast<std::size_t>(t * each + i)];
        registry::add(own.held);
        auto const* const found = registry::find(own.name);
        if (found == nullptr || found->type != &own.info) ++wrong;
        if (registry::find("NamedByUse") == nullptr) ++wrong;
        if (registry::find("NeverNamed") != nullptr) ++wrong;
      }
    });
  for (auto& w : workers) w.join();
  CHECK(wrong == 0);
  for (auto const& e : entries) CHECK(registry::find(e.name) == &e.held);
}
