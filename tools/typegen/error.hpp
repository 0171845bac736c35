// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// What is wrong with the input, with its place.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace esxvi::typegen {

/// `what()` is "FILE:LINE: reason", or "FILE: reason" where there is no line.
class InputError : public std::runtime_error {
 public:
  InputError(std::string_view file, int line, std::string_view reason)
      : std::runtime_error(std::string(file) + (line > 0 ? ":" + std::to_string(line) : "") + ": " +
                           std::string(reason)) {}
};

}  // namespace esxvi::typegen
