// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/session/session.hpp>
#include <esxvi/soap/fault.hpp>
#include <esxvi/types/versions.hpp>

#include <string_view>

/// What a server can do.
namespace esxvi::detail {

/// Whether a fault means that the server does not have the method at all: it may claim a version
/// without having all of it.
inline bool lacks_method(fault const& e) {
  std::string_view const type = e.type_name();
  return type == "NotImplemented" || type == "MethodNotFound" || type == "NotSupported" ||
         type == "InvalidRequest";
}

inline bool speaks(Session const& session, std::string_view version) {
  return types::version_order(session.api_version()) >= types::version_order(version);
}

}  // namespace esxvi::detail
