// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/hex.hpp>

#include <string_view>

namespace esxvi::escape {

/// A VMX file is a list of lines: a control character in a value would break it.
inline constexpr hex_rule pipe_rule{.introducer = '|',
                                    .escaped = byte_set("|\"\x7F") | byte_set::range(0x01, 0x1F),
                                    .refused = byte_set::range(0x00, 0x00)};

/// Values between the quotes of a VMX file: `|`, `"` and control characters are `|7c`, `|22`,
/// `|0a`. NUL cannot be written, nor read as `|00`. VMware's own products write upper-case digits.
struct pipe : hex_codec<pipe, pipe_rule> {
  static constexpr std::string_view name = "pipe";
};

}  // namespace esxvi::escape
