// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/codec.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace esxvi::escape {

/// `"*<>:|?`, which Windows refuses in file names, become `_`, one for one. This cannot be undone.
/// `/` and `\` stay: what a separator is, others decide.
struct winpath : encoder<winpath> {
  static constexpr std::string_view name = "winpath";
  static constexpr byte_set encode_set{"\"*<>:|?"};

  template <class Sink>
  static constexpr std::optional<fault> encode_each(std::string_view text, Sink& sink) {
    for (char const c : text) sink.put(encode_set.contains(c) ? '_' : c);
    return {};
  }
};

}  // namespace esxvi::escape
