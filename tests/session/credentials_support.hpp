// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Files and variables that go away with the test.
#pragma once

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::test {

/// A folder that goes away with the test.
class Folder {
 public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / "esxvi-credentials-XXXXXX").string();
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;

  [[nodiscard]] std::string const& path() const { return path_; }
  /// Writes a file and returns its path.
  std::string file(std::string const& name, std::string_view content, ::mode_t mode = 0600) const {
    std::filesystem::path const path = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path.string();
  }

 private:
  std::string path_;
};

/// A variable of the environment, put back at the end.
class Variable {
 public:
  Variable(std::string name, std::optional<std::string> value) : name_(std::move(name)) {
    if (char const* const before = std::getenv(name_.c_str())) before_ = before;
    set(value);
  }
  ~Variable() { set(before_); }
  Variable(Variable const&) = delete;
  Variable& operator=(Variable const&) = delete;

 private:
  void set(std::optional<std::string> const& value) const {
    if (value)
      ::setenv(name_.c_str(), value->c_str(), 1);
    else
      ::unsetenv(name_.c_str());
  }
  std::string name_;
  std::optional<std::string> before_;
};

/// A user with an empty home folder and no settings.
struct Home {
  Folder folder{};
  Variable home{"HOME", folder.path()};
  Variable config{"XDG_CONFIG_HOME", std::nullopt};
  Variable netrc{"NETRC", std::nullopt};
  Variable authfile{"LIBVIRT_AUTH_FILE", std::nullopt};
  Variable user{"ESXVI_USER", std::nullopt};
  Variable password{"ESXVI_PASSWORD", std::nullopt};
};

}  // namespace esxvi::test
