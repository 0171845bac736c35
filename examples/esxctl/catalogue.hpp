// The whole catalogue of the API, compiled in parts.
#pragma once

#include <esxvi/soap/catalogue.hpp>

#include <vector>

namespace esxctl {

/// Makes every type of the API known to the decoder and returns all methods, sorted by name.
[[nodiscard]] std::vector<esxvi::soap::method_entry> const& catalogue();

}  // namespace esxctl
