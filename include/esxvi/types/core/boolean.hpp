// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/reflect/builtin.hpp>
#include <esxvi/reflect/type_info.hpp>

namespace esxvi {

/// xsd:boolean as an item of an array: std::vector<bool> has no elements that the codec could
/// point at. Stands where bool stands.
struct Boolean {
  bool value = false;

  Boolean() = default;
  // NOLINTBEGIN(google-explicit-constructor)
  Boolean(bool given) noexcept : value(given) {}
  operator bool() const noexcept { return value; }
  // NOLINTEND(google-explicit-constructor)
};

template <> struct reflect::descriptor<Boolean> : builtin<kind::boolean, "xsd:boolean"> {};

}  // namespace esxvi
