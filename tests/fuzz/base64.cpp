// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Any bytes survive; any text is refused or means bytes that survive.
#include "fuzz/check.hpp"

#include <esxvi/types/core/binary.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {
void survives(esxvi::Binary const& bytes) {
  std::string text;
  bytes.append_base64(text);
  ESXVI_MUST(text.size() == (bytes.bytes.size() + 2) / 3 * 4);
  esxvi::Binary again;
  ESXVI_MUST(again.assign_base64(text));
  ESXVI_MUST(again == bytes);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  survives(esxvi::Binary{{data, data + size}});
  esxvi::Binary decoded;
  if (decoded.assign_base64({reinterpret_cast<char const*>(data), size})) survives(decoded);
  return 0;
}
