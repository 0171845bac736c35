// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>
#include <esxvi/transport/secret.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <system_error>

namespace esxvi::detail {

/// A file that is larger holds no credentials; something endless does not fill the memory.
inline constexpr std::size_t largest_secret_file = std::size_t{16} << 20U;

/// The value of a variable of the environment; an empty one counts as none.
inline std::optional<std::string> environment_value(std::string const& name) {
  char const* const value = name.empty() ? nullptr : std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

/// "~/x" in the home folder; other paths as they are.
inline std::string from_home(std::string path) {
  if (!path.starts_with("~/")) return path;
  auto const home = environment_value("HOME");
  return home ? *home + path.substr(1) : path;
}

/// A file of the user's configuration: below $XDG_CONFIG_HOME or ~/.config. Empty without a home.
inline std::string configuration_file(std::string const& below) {
  if (auto const folder = environment_value("XDG_CONFIG_HOME")) return *folder + "/" + below;
  auto const home = environment_value("HOME");
  return home ? *home + "/.config/" + below : std::string();
}

/// The whole of a file, in memory that is wiped; nothing when there is no such file.
///
/// Pipes are read as well. When users other than the owner may read a regular file, `warn` is told:
/// as libvirt and curl, and unlike ssh, the file is used all the same, since secrets that are
/// mounted into containers look like that. Throws invalid_argument when it cannot be read.
inline std::optional<Secret> read_secret_file(
    std::string const& path, std::function<void(std::string const&)> const& warn = {}) {
  auto const failed = [&](std::string problem, std::string advice = {}) {
    throw invalid_argument({"reading credentials", path, std::move(problem), std::move(advice)});
  };
  int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);  // NOLINT(*-vararg)
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    failed(std::generic_category().message(errno));
  }
  struct closer {
    int descriptor;
    ~closer() { ::close(descriptor); }
  } const guard{descriptor};

  Secret content;
  struct stat facts{};
  if (::fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode)) {
    if (warn && (facts.st_mode & (S_IRGRP | S_IROTH)) != 0)
      warn(path + " holds a password and other users may read it: chmod 600 " + path);
    if (facts.st_size > 0 && static_cast<std::size_t>(facts.st_size) <= largest_secret_file)
      content.reserve(static_cast<std::size_t>(facts.st_size));
  }
  std::array<char, 4096> piece{};
  struct wiper {
    std::array<char, 4096>& bytes;
    ~wiper() { wipe(bytes.data(), bytes.size()); }
  } const guard_of_piece{piece};
  for (;;) {
    ::ssize_t const count = ::read(descriptor, piece.data(), piece.size());
    if (count == 0) return content;
    if (count < 0) {
      if (errno == EINTR) continue;
      failed(std::generic_category().message(errno));
    }
    if (content.size() + static_cast<std::size_t>(count) > largest_secret_file)
      failed("it is larger than 16 MiB", "is this the right file?");
    content.append({piece.data(), static_cast<std::size_t>(count)});
  }
}

}  // namespace esxvi::detail
