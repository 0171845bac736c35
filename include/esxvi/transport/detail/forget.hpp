// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/transport/secret.hpp>
#include <esxvi/transport/transport.hpp>

#include <vector>

namespace esxvi::detail {

/// Overwrites the values of headers, one of which may be a session's cookie, and drops them.
inline void forget(std::vector<http::header>& headers) noexcept {
  for (auto& each : headers) wipe(each.value);
  headers.clear();
}

}  // namespace esxvi::detail
