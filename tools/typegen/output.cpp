// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#include "output.hpp"

#include <algorithm>
#include <fstream>

#include "document_source.hpp"
#include "error.hpp"

namespace esxvi::typegen {
namespace {

namespace fs = std::filesystem;

bool is_hand_written(const std::string& path) {
  return path == "core.hpp" || path.starts_with("core/");
}

enum class State { same, missing, different, superfluous };

/// Calls `visit(path, state)` for every file that belongs there or is there, sorted by path.
template <class Visitor>
void for_each_file(const Files& files, const fs::path& folder, Visitor visit) {
  std::map<std::string, State> states;
  for (const auto& [path, text] : files) {
    const fs::path full = folder / path;
    if (!fs::is_regular_file(full))
      states.emplace(path, State::missing);
    else
      states.emplace(path, read_file(full.string()) == text ? State::same : State::different);
  }
  if (fs::is_directory(folder))
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      const std::string path = entry.path().lexically_relative(folder).generic_string();
      if (!entry.is_directory() && !is_hand_written(path)) states.emplace(path, State::superfluous);
    }
  for (const auto& [path, state] : states) visit(path, state);
}

}  // namespace

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw InputError(path.string(), 0, "cannot be written");
}

std::vector<std::string> compare(const Files& files, const fs::path& folder) {
  std::vector<std::string> differences;
  for_each_file(files, folder, [&](const std::string& path, State state) {
    switch (state) {
      case State::same:
        break;
      case State::missing:
        differences.push_back("missing: " + path);
        break;
      case State::different:
        differences.push_back("different: " + path);
        break;
      case State::superfluous:
        differences.push_back("superfluous: " + path);
        break;
    }
  });
  return differences;
}

std::size_t write(const Files& files, const fs::path& folder) {
  std::size_t touched = 0;
  for_each_file(files, folder, [&](const std::string& path, State state) {
    const fs::path full = folder / path;
    if (state == State::same) return;
    if (state == State::superfluous) {
      // Only what this program wrote: a folder given by mistake must not lose anything.
      if (read_file(full.string()).find("enerated by typegen") > 200) return;
      fs::remove(full);
    } else {
      fs::create_directories(full.parent_path());
      write_file(full, files.at(path));
    }
    ++touched;
  });
  return touched;
}

}  // namespace esxvi::typegen
