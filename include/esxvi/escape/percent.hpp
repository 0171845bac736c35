// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/hex.hpp>

#include <string_view>

namespace esxvi::escape {

inline constexpr hex_rule percent_rule{.introducer = '%', .escaped = byte_set("%/\\")};

/// Names of managed entities as the API writes them: `%`, `/` and `\` are `%25`, `%2f`, `%5c`
/// (vSphere Web Services API, ManagedEntity.name).
///
/// Either case of digits comes from servers, so compare decoded names. Some servers leave a `%`
/// that already looks like an escape alone, and imported machines hold stray ones: read names
/// with decode_lenient() and keep what came from the server for the way back.
struct percent : hex_codec<percent, percent_rule> {
  static constexpr std::string_view name = "percent";
};

}  // namespace esxvi::escape
