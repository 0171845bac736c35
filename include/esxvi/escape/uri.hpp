// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/hex.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace esxvi::escape {

inline constexpr hex_rule uri_rule{.introducer = '%',
                                   .escaped = ~(letters_and_digits | byte_set("-._~")),
                                   .upper_case = true,
                                   .nul_may_escape = true};

inline constexpr hex_rule uri_path_rule{.introducer = '%',
                                        .escaped = ~(letters_and_digits | byte_set("-._~/")),
                                        .upper_case = true,
                                        .nul_may_escape = true};

/// One component of a URI, such as a path segment or a query value: all but the unreserved
/// characters of RFC 3986 2.3 are `%HH`. `+` does not mean a blank.
struct uri : hex_codec<uri, uri_rule> {
  static constexpr std::string_view name = "URI";
};

/// A path of a URI: as uri, with `/` left between the segments (RFC 3986 3.3).
struct uri_path : hex_codec<uri_path, uri_path_rule> {
  static constexpr std::string_view name = "URI path";
};

/// Path and query under which a host or vCenter serves a file of a datastore (vSphere Web Services
/// SDK Programming Guide, "HTTP Access to vSphere Server Files"):
/// `/folder/dir/file?dcPath=...&dsName=...`.
///
/// `file` is the path inside the datastore; empty for its root. Without `datacenter` (the path of
/// the datacenter in the inventory) there is no `dcPath`. Throws invalid_argument for a segment `.`
/// or `..`, which HTTP software would resolve to another file.
[[nodiscard]] constexpr std::string folder_target(std::string_view file,
                                                  std::string_view datacenter,
                                                  std::string_view datastore) {
  for (std::size_t start = 0; start <= file.size();) {
    std::size_t const end = std::min(file.find('/', start), file.size());
    auto const segment = file.substr(start, end - start);
    if (segment == "." || segment == "..")
      throw invalid_argument(
          {"addressing a file on a datastore",
           {},
           "the path has '" + std::string(segment) + "' at position " + std::to_string(start),
           "give the path without it"});
    start = end + 1;
  }
  std::string out = "/folder";
  if (!file.empty()) out.append("/").append(uri_path::encode(file));
  char const* separator = "?";
  if (!datacenter.empty()) {
    out.append("?dcPath=").append(uri::encode(datacenter));
    separator = "&";
  }
  return out.append(separator).append("dsName=").append(uri::encode(datastore));
}

/// Path and query of a picture of a machine's screen: `/screen?id=MOID`, where `machine` is the
/// managed object's ID.
[[nodiscard]] constexpr std::string screen_target(std::string_view machine) {
  return "/screen?id=" + uri::encode(machine);
}

}  // namespace esxvi::escape
