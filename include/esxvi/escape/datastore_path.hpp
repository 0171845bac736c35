// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <esxvi/error.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace esxvi::escape {

/// `[datastore] directory/file`, the way the API names files (vSphere Web Services API,
/// Data Object - VirtualMachineFileInfo). Nothing in it is escaped. Views into the parsed text.
///
/// A name of a datastore ends at the first `]`; blanks after that do not belong to the path, all
/// others do.
struct datastore_path_view {
  std::string_view datastore{};
  std::string_view path{};  ///< everything after the datastore; may be empty

  /// Nothing when `text` is no datastore path: it must start with `[`, a name and `]`.
  [[nodiscard]] static constexpr std::optional<datastore_path_view> try_parse(
      std::string_view text) noexcept {
    if (!text.starts_with('[')) return {};
    std::size_t const end = text.find(']');
    if (end == std::string_view::npos || end == 1) return {};
    auto const rest = text.substr(end + 1);
    return datastore_path_view{text.substr(1, end - 1),
                               rest.substr(std::min(rest.find_first_not_of(' '), rest.size()))};
  }

  /// As try_parse(); throws invalid_argument that says what is missing.
  [[nodiscard]] static constexpr datastore_path_view parse(std::string_view text) {
    if (auto const found = try_parse(text)) return *found;
    throw invalid_argument({"reading a datastore path", std::string(text.substr(0, 200)),
                            !text.starts_with('[')   ? "it does not start with '['"
                            : text.starts_with("[]") ? "the name of the datastore is empty"
                                                     : "it has no ']' after the datastore",
                            "write '[datastore] directory/file'"});
  }

  /// The path up to its last `/`; empty for a file in the root of the datastore.
  [[nodiscard]] constexpr std::string_view directory() const noexcept {
    std::size_t const slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
  }
  /// What follows the last `/`; empty for a path that ends in one.
  [[nodiscard]] constexpr std::string_view file_name() const noexcept {
    return path.substr(path.rfind('/') + 1);
  }
  /// directory(), but the path itself when it has no `/`: `[ds] file` is read as a directory.
  [[nodiscard]] constexpr std::string_view directory_or_path() const noexcept {
    return path.find('/') == std::string_view::npos ? path : directory();
  }

  [[nodiscard]] friend constexpr bool operator==(datastore_path_view const&,
                                                 datastore_path_view const&) = default;
};

/// As datastore_path_view, but owns its texts and can be changed.
struct datastore_path {
  std::string datastore{};
  std::string path{};

  /// Throws invalid_argument when `text` is no datastore path.
  [[nodiscard]] static constexpr datastore_path parse(std::string_view text) {
    auto const found = datastore_path_view::parse(text);
    return {std::string(found.datastore), std::string(found.path)};
  }

  [[nodiscard]] constexpr datastore_path_view view() const noexcept { return {datastore, path}; }
  [[nodiscard]] constexpr std::string_view directory() const noexcept { return view().directory(); }
  [[nodiscard]] constexpr std::string_view file_name() const noexcept { return view().file_name(); }

  /// `name` below this path, one `/` between. `name` may be a path itself.
  [[nodiscard]] constexpr datastore_path join(std::string_view name) const {
    datastore_path out{datastore, path};
    if (!out.path.empty() && !out.path.ends_with('/')) out.path.append(1, '/');
    out.path.append(name);
    return out;
  }

  /// What parse() reads. Throws invalid_argument for what no text stands for: a datastore that is
  /// empty or has a `]`, a path that starts with a blank.
  [[nodiscard]] constexpr std::string format() const {
    if (datastore.empty() || datastore.find(']') != std::string::npos)
      refuse("the name of the datastore is empty or has a ']'");
    if (path.starts_with(' ')) refuse("the path starts with a blank, which would be lost");
    std::string out = "[" + datastore + "]";
    if (!path.empty()) out.append(" ").append(path);
    return out;
  }

  /// Throws invalid_argument unless a file can be created here: what format() refuses, and a path
  /// that is empty, has a NUL, or has a segment that is empty, `.` or `..`.
  constexpr void check_for_writing() const {
    static_cast<void>(format());
    if (datastore.find('\0') != std::string::npos || path.find('\0') != std::string::npos)
      refuse("it has a NUL");
    std::string_view const whole = path;
    for (std::size_t start = 0;;) {
      std::size_t const end = std::min(whole.find('/', start), whole.size());
      auto const segment = whole.substr(start, end - start);
      if (segment.empty() || segment == "." || segment == "..")
        refuse("the segment at position " + std::to_string(start) +
               " of the path is empty, '.' or '..'");
      if (end == whole.size()) return;
      start = end + 1;
    }
  }

  [[nodiscard]] friend constexpr bool operator==(datastore_path const&,
                                                 datastore_path const&) = default;

 private:
  [[noreturn]] void refuse(std::string problem) const {
    throw invalid_argument({"using a datastore path", "[" + datastore + "] " + path,
                            std::move(problem), "name a datastore and a file in it"});
  }
};

}  // namespace esxvi::escape
