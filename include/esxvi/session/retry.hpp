// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <string_view>

namespace esxvi {

/// Whether a method only looks, so that sending it twice does no harm: Retrieve..., Query...,
/// Find... and CurrentTime. Methods whose answer moves a position on the server
/// (ContinueRetrievePropertiesEx, WaitForUpdatesEx, ReadNextEvents) are none of them.
[[nodiscard]] constexpr bool only_reads(std::string_view method) noexcept {
  if (method.ends_with("_Task")) return false;
  for (std::string_view const prefix : {"Retrieve", "Query", "Find"})
    if (method.starts_with(prefix)) return true;
  return method == "CurrentTime" || method == "GET" || method == "HEAD";
}

}  // namespace esxvi
