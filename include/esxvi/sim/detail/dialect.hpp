// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>
#include <esxvi/soap/encoder.hpp>
#include <esxvi/types/facts.hpp>
#include <esxvi/types/versions.hpp>

#include <cstddef>
#include <iterator>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace esxvi::sim::detail {

/// What a client of one version of the API understands. Servers leave everything newer out, and
/// send the nearest base of a type that the client cannot know; strict clients depend on it.
class Dialect final : public soap::Selection {
 public:
  explicit Dialect(std::size_t version) : version_(version) {}

  [[nodiscard]] bool keeps(reflect::type_info const& type, std::size_t member) const override {
    return orders(type).members[member] <= version_;
  }
  [[nodiscard]] reflect::type_info const& known(reflect::type_info const& type) const override {
    auto const* nearest = &type;
    while (nearest->base != nullptr && orders(*nearest).itself > version_) nearest = nearest->base;
    return *nearest;
  }

 private:
  struct Orders {
    std::size_t itself = 0;
    std::vector<std::size_t> members{};
  };
  // Looked up once for each thread and type: the facts are found by their names.
  static Orders const& orders(reflect::type_info const& type) {
    thread_local std::unordered_map<reflect::type_info const*, Orders> known;
    auto const [at, fresh] = known.try_emplace(&type);
    if (fresh) {
      at->second.itself = order(type, {});
      for (std::size_t i = 0; i < type.members.size(); ++i) {
        auto const* owner = &type;
        while (owner->base != nullptr && i < owner->base->members.size()) owner = owner->base;
        at->second.members.push_back(order(*owner, type.members[i].name));
      }
    }
    return at->second;
  }
  static std::size_t order(reflect::type_info const& type, std::string_view member) {
    auto const facts = types::facts_of(type.name, member);
    return facts && !facts->since.empty() ? types::version_order(facts->since) : 0;
  }

  std::size_t version_;
};

/// While one lives, this thread writes for a client of that version.
class Speaking {
 public:
  explicit Speaking(std::size_t version) : before_(std::exchange(current_, nullptr)) {
    if (version + 1 >= std::size(types::api_versions)) return;  // who knows all there is
    current_ = &own_.emplace(version);
  }
  ~Speaking() { current_ = before_; }
  Speaking(Speaking const&) = delete;
  Speaking& operator=(Speaking const&) = delete;

  /// Null: everything is understood.
  [[nodiscard]] static Dialect const* dialect() noexcept { return current_; }

 private:
  inline static thread_local Dialect const* current_ = nullptr;
  Dialect const* before_;
  std::optional<Dialect> own_{};
};

}  // namespace esxvi::sim::detail
