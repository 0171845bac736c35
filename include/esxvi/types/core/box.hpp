// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/type_info.hpp>

#include <utility>

namespace esxvi::detail {

/// Owns an object of a type known at run time; deep copy. The common part of Poly<T> and Any: it
/// needs no complete type, so that a member of type Poly<T> compiles with T declared only.
class box {
 public:
  box() = default;
  box(reflect::held_type const& type, void* object) noexcept : type_(&type), object_(object) {}
  box(box const& other)
      : type_(other.type_),
        object_(other.object_ != nullptr ? other.type_->clone(other.object_) : nullptr) {}
  box(box&& other) noexcept
      : type_(std::exchange(other.type_, nullptr)),
        object_(std::exchange(other.object_, nullptr)) {}
  box& operator=(box other) noexcept {
    std::swap(type_, other.type_);
    std::swap(object_, other.object_);
    return *this;
  }
  ~box() { reset(); }

  void reset() noexcept {
    if (object_ != nullptr) type_->destroy(object_);
    object_ = nullptr;
    type_ = nullptr;
  }
  /// Replaces the content by a default object of `type` and returns it.
  void* emplace(reflect::held_type const& type) {
    // An object of the same type is made anew too: an element that comes twice replaces.
    void* made = type.create();
    reset();
    type_ = &type;
    return object_ = made;
  }

  [[nodiscard]] void* object() noexcept { return object_; }
  [[nodiscard]] void const* object() const noexcept { return object_; }
  [[nodiscard]] reflect::type_info const* type() const noexcept {
    return type_ != nullptr ? type_->type : nullptr;
  }

 private:
  reflect::held_type const* type_ = nullptr;
  void* object_ = nullptr;
};

}  // namespace esxvi::detail
