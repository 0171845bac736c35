// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
// Generated files on disk.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "emit.hpp"

namespace esxvi::typegen {

/// What distinguishes a folder from the files that belong there: "missing: TaskInfo.hpp",
/// "different: ...", "superfluous: ...", sorted by path. Hand-written files (core.hpp and core/)
/// are none of its business.
std::vector<std::string> compare(const Files& files, const std::filesystem::path& folder);

/// Writes what differs, so that a build only sees what changed, and removes generated files that
/// are no longer generated. Returns how many files it touched.
std::size_t write(const Files& files, const std::filesystem::path& folder);

/// Throws InputError if it cannot be written.
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace esxvi::typegen
