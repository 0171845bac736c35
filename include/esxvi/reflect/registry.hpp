// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

/// Which types a program can hold by their wire name.
///
/// A program that asks for a descendant (`device.as<VirtualDisk>()`), or makes one, has thereby
/// named the type, and naming it registers it before main() begins. Types nobody names are not
/// needed as such: they decode as their nearest registered base, and keep the rest as it came.
namespace esxvi::reflect {

class registry {
 public:
  /// The type with this wire name, or nullptr. Thread-safe; no lock once the table is built.
  [[nodiscard]] static held_type const* find(std::string_view name) {
    table const* current = self().current.load(std::memory_order_acquire);
    if (current == nullptr || current->stamp != self().count.load(std::memory_order_acquire))
      current = rebuild();
    for (std::size_t i = hash(name) & current->mask;; i = (i + 1) & current->mask) {
      held_type const* type = current->slots[i];
      if (type == nullptr || type->type->name == name) return type;
    }
  }

  /// Adds a type; the first one of a name wins. Thread-safe.
  static void add(held_type const& type) {
    state& s = self();
    std::lock_guard const lock(s.mutex);
    s.types.push_back(&type);
    s.count.fetch_add(1, std::memory_order_release);
  }

 private:
  struct table {
    std::size_t stamp;
    std::size_t mask;
    std::vector<held_type const*> slots;
  };
  struct state {
    std::mutex mutex;
    std::vector<held_type const*> types;
    std::atomic<std::size_t> count{0};
    std::atomic<table const*> current{nullptr};
    std::vector<std::unique_ptr<table const>> tables;  // old ones may still be read
  };

  static state& self() {
    static state instance;
    return instance;
  }

  static std::size_t hash(std::string_view name) noexcept {
    return std::hash<std::string_view>{}(name);
  }

  static table const* rebuild() {
    state& s = self();
    std::lock_guard const lock(s.mutex);
    std::size_t size = 64;
    while (size < s.types.size() * 2) size *= 2;
    auto made =
        std::make_unique<table>(table{s.count.load(std::memory_order_relaxed), size - 1, {}});
    made->slots.resize(size);
    for (held_type const* type : s.types) {
      std::size_t i = hash(type->type->name) & made->mask;
      while (made->slots[i] != nullptr && made->slots[i]->type->name != type->type->name)
        i = (i + 1) & made->mask;
      if (made->slots[i] == nullptr) made->slots[i] = type;
    }
    table const* result = made.get();
    s.tables.push_back(std::move(made));
    s.current.store(result, std::memory_order_release);
    return result;
  }
};

/// Taking the address of `registered<T>::entry` anywhere in a program registers T.
template <class T> struct registered {
  struct adder {
    adder() { registry::add(held_type_of<T>); }
  };
  static adder const entry;
};
template <class T> typename registered<T>::adder const registered<T>::entry{};

template <class T> [[nodiscard]] held_type const& held() noexcept {
  static_cast<void>(&registered<T>::entry);
  return held_type_of<T>;
}

}  // namespace esxvi::reflect
