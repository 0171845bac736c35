// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Counts of a schema and of what is generated from it.
#pragma once

#include <string>

#include "emit.hpp"

namespace esxvi::typegen {

/// One count a line, "structs 2935".
std::string statistics(const Model& model);

}  // namespace esxvi::typegen
