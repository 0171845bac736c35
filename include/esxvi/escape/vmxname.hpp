// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/escape/percent.hpp>
#include <esxvi/escape/pipe.hpp>

#include <string_view>

namespace esxvi::escape {

/// The value of `displayName` in a VMX file: pipe, and percent on top of it, since the name is that
/// of a managed entity as well. The encoded text has no `"`, `/` and `\`.
struct vmxname : hex_codec<vmxname, pipe_rule, percent_rule> {
  static constexpr std::string_view name = "vmxname";
};

}  // namespace esxvi::escape
