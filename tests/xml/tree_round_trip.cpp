// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Printing and reading again gives the same tree; what a tree costs in allocations.
#include <esxvi/xml/tree.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <random>
#include <string>
#include <vector>

using namespace esxvi::xml;

namespace {
std::atomic<std::size_t> allocations{0};

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  Tree tree() {
    Tree out("root");
    std::vector<Element*> all{&out.root()};
    for (std::size_t n = below(60); n > 0; --n) {
      Element& parent = *all[below(all.size())];
      Element& e = below(4) == 0 ? parent.add(name(), value()) : parent.add(name());
      for (std::size_t a = below(4); a > 0; --a) e.set(name(), value());
      if (below(6) == 0) e.set_text(value());
      if (below(20) == 0) parent.set_text(value());
      if (depth(e) < 50) all.push_back(&e);
    }
    return out;
  }

 private:
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }
  static std::size_t depth(Element const& e) {
    std::size_t n = 0;
    for (auto const* p = &e; p != nullptr; p = p->parent()) ++n;
    return n;
  }
  std::string_view name() {
    constexpr std::string_view names[] = {"a",       "bc",    "def", "name", "vmware:moref",
                                          "xmlns:v", "_x-1.2"};
    return names[below(std::size(names))];
  }
  std::string value() {
    constexpr std::string_view pieces[] = {"x",
                                           "<",
                                           ">",
                                           "&",
                                           "'",
                                           "\"",
                                           "\t",
                                           "\n",
                                           "\r",
                                           " ",
                                           "]]>",
                                           "\x7F",
                                           "\xC2\x85",
                                           "\xE2\x80\xA8",
                                           "\xF0\x9F\x98\x80",
                                           "some longer text of nothing special",
                                           "&amp;",
                                           "\r\n"};
    std::string out;
    for (std::size_t n = below(8); n > 0; --n) out += pieces[below(std::size(pieces))];
    return out;
  }

  std::mt19937 random_;
};
}  // namespace

// Not inlined: g++ would see new meet free() and warn.
// NOLINTBEGIN(cppcoreguidelines-no-malloc)
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
// NOLINTEND(cppcoreguidelines-no-malloc)

TEST_CASE("tree: whatever is printed is read back the same") {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    CAPTURE(seed);
    Tree const tree = Maker(seed).tree();
    std::string const text = tree.str();
    Tree const again = Tree::parse(text);
    REQUIRE(again == tree);
    REQUIRE(again.str() == text);
    REQUIRE(Tree(tree.root()) == tree);
  }
}

TEST_CASE("tree: a domain takes two allocations to make, one to print and few to read") {
  auto const make = [] {
    Tree tree("domain");
    for (int i = 0; i < 20; ++i) {
      Element& disk = tree.root().add("disk").set("type", "file").set("device", "disk");
      disk.add("source").set("file", "[datastore1] build-server/build-server.vmdk");
      disk.add("target").set("dev", "sda").set("bus", "scsi");
    }
    return tree;
  };
  std::size_t before = allocations;
  Tree const tree = make();
  CHECK(allocations - before <= 2);
  before = allocations;
  std::string const text = tree.str();
  CHECK(allocations - before == 1);
  // Those of expat do not come here.
  before = allocations;
  Tree const again = Tree::parse(text);
  CHECK(allocations - before <= 16);
  CHECK(again == tree);
}
