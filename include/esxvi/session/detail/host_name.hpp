// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <boost/url/ipv6_address.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace esxvi::detail {

[[nodiscard]] inline bool is_ipv6(std::string_view text) {
  return boost::urls::parse_ipv6_address({text.data(), text.size()}).has_value();
}

/// A name or IPv4 address that cannot become a path, a port or a user of a URL.
[[nodiscard]] inline bool is_host_name(std::string_view text) noexcept {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    return (c >= 0 && c <= ' ') || c == 127 ||
           std::string_view("/?#@:\\%[]*").find(c) != std::string_view::npos;
  });
}

/// As it stands in a URL.
[[nodiscard]] inline std::string bracketed(std::string const& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace esxvi::detail
