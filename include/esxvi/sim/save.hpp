// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/sim/host.hpp>

#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

/// The state of a host in a file, to go on with it later.
///
/// The file is XML, written by the encoder that also writes replies: every object with its
/// properties, the files of the datastores, and the counters that ids come from. What belongs to
/// the running process is not in it, as after a restart of a real host's services: sessions and
/// what they own, tasks (one that runs is over without an effect), pending questions, events,
/// troubles, and questions that C++ code told a machine to ask. Nor are users and passwords:
/// whoever loads says who may log in.
namespace esxvi::sim {

/// What a file does not say of a host.
struct LoadOptions {
  std::vector<User> users{};  ///< as in HostOptions
  TimeMode time = TimeMode::real;
  std::chrono::seconds session_idle{1800};
};

/// Writes the state. The host stands still meanwhile. The stream tells whether it worked.
void save_state(Host& host, std::ostream& to);
/// The same into a file, which has the old content or the new one at any time. Throws
/// invalid_argument when it cannot be written.
void save_state(Host& host, std::filesystem::path const& file);

/// A host as it was saved. Throws malformed_file, which says where, for a state that is cut off, is
/// no XML, does not fit together or has types that this program does not know. `name` stands for
/// the file in messages.
[[nodiscard]] std::unique_ptr<Host> load_state(std::istream& from, LoadOptions options = {},
                                               std::string name = "the state of a host");
/// The same; throws not_found when there is no such file.
[[nodiscard]] std::unique_ptr<Host> load_state(std::filesystem::path const& file,
                                               LoadOptions options = {});

}  // namespace esxvi::sim
