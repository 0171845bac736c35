// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <string_view>

namespace esxvi::soap {

/// Told about what a server sends besides what this program's types expect. None of it fails a
/// call. Override what is of interest; the names are valid during the call only.
class Observer {
 public:
  Observer() = default;
  Observer(Observer const&) = delete;
  Observer& operator=(Observer const&) = delete;
  virtual ~Observer() = default;

  /// A member that the schema promises did not come and keeps its default.
  virtual void omitted(std::string_view /*type*/, std::string_view /*member*/) {}
  /// A member that the type does not have; kept in `extra`.
  virtual void unknown_member(std::string_view /*type*/, std::string_view /*member*/) {}
  /// A member that can be there once came again; the last one counts.
  virtual void repeated_member(std::string_view /*type*/, std::string_view /*member*/) {}
  /// A type that no header of this program declares; decoded as its nearest known base.
  virtual void unknown_type(std::string_view /*declared*/, std::string_view /*sent*/) {}
  /// An enum literal that is newer than the schema; kept as text.
  virtual void unknown_literal(std::string_view /*enumeration*/, std::string_view /*literal*/) {}
};

}  // namespace esxvi::soap
