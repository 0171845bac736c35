// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>

namespace esxvi::xml {

/// What a reply may cost. The defaults are far above what servers send and far below what hurts.
struct Limits {
  std::size_t depth = 256;                   ///< nested elements
  std::size_t token = std::size_t{1} << 20;  ///< bytes of one tag or comment; expat's time grows
                                             ///< with its square when it comes in pieces
  std::size_t text = std::size_t{256} << 20;        ///< bytes of text in one element
  std::uint64_t document = std::uint64_t{8} << 30;  ///< bytes of the whole, after decompression
};

}  // namespace esxvi::xml
