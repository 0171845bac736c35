// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>
#include <esxvi/types/core/ref.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

namespace detail {
class Filter;

/// A kind of managed object and what it is derived from.
struct Kind {
  std::string name;
  std::vector<std::string_view> ancestors;  ///< itself first
  [[nodiscard]] bool is_a(std::string_view other) const noexcept {
    for (std::string_view const a : ancestors)
      if (a == other) return true;
    return false;
  }
};
}  // namespace detail

/// A managed object: its reference and its properties.
///
/// The properties are a generated struct of any kind. They are shared with whoever has seen them (a
/// filter that will have to say what changed), and copied before the next change.
class Object {
 public:
  Object(untyped_ref ref, detail::Kind const& kind, reflect::held_type const& type,
         std::shared_ptr<void> properties, std::string owner)
      : ref_(std::move(ref)),
        kind_(&kind),
        type_(&type),
        content_(std::make_shared<Content>(std::move(properties))),
        owner_(std::move(owner)) {}
  Object(Object const&) = delete;
  Object& operator=(Object const&) = delete;

  [[nodiscard]] untyped_ref const& ref() const noexcept { return ref_; }
  [[nodiscard]] detail::Kind const& kind() const noexcept { return *kind_; }
  /// Table of the struct that holds the properties. May be a base of what the reference names: an
  /// object of which nothing is known but that it is there is a plain ManagedObject.
  [[nodiscard]] reflect::type_info const& type() const noexcept { return *type_->type; }
  /// As they are now; unchanged for as long as they are held.
  [[nodiscard]] std::shared_ptr<void const> properties() const {
    content_->readers.fetch_add(1, std::memory_order_relaxed);
    return {content_->data.get(), [held = content_](void const*) {
              held->readers.fetch_sub(1, std::memory_order_release);
            }};
  }
  /// Key of the session that the object ends with; empty: it belongs to the host.
  [[nodiscard]] std::string const& owner() const noexcept { return owner_; }
  /// Grows with each change; no two objects have the same.
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

  /// For the host: properties to change, not shared with anybody.
  [[nodiscard]] void* writable() {
    if (content_->readers.load(std::memory_order_acquire) > 0)
      content_ = std::make_shared<Content>(
          std::shared_ptr<void>(type_->clone(content_->data.get()), type_->destroy));
    return content_->data.get();
  }
  void stamp(std::uint64_t version) noexcept { version_ = version; }

  std::vector<detail::Filter*> watchers{};  ///< for the host

 private:
  // Readers are counted here, not by use_count(): whoever writes after the last of them has to see
  // that they are done, and use_count() promises nothing of the kind.
  struct Content {
    explicit Content(std::shared_ptr<void> given) : data(std::move(given)) {}
    std::shared_ptr<void> data;
    std::atomic<std::uint32_t> readers{0};
  };

  untyped_ref ref_;
  detail::Kind const* kind_;
  reflect::held_type const* type_;
  std::shared_ptr<Content> content_;
  std::string owner_;
  std::uint64_t version_ = 0;
};

}  // namespace esxvi::sim
