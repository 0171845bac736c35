// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Which C++ type a member has.
#pragma once

#include "catalogue.hpp"
#include "names.hpp"

namespace esxvi::typegen {

class CppTypes {
 public:
  CppTypes(const Catalogue& catalogue, const Names& names) : catalogue_(catalogue), names_(names) {}

  /// The type of a field of struct `owner`; any other member has no owner.
  std::string member(const TypeRef& type, std::string_view owner = {}) const;

 private:
  struct Element {
    std::string name;
    bool nullable = false;  // has an empty state of its own: `?` adds nothing
  };
  Element element(const TypeRef& type, std::string_view owner) const;

  const Catalogue& catalogue_;
  const Names& names_;
};

}  // namespace esxvi::typegen
