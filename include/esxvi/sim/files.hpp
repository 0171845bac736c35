// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// The files of a datastore, in memory.
#pragma once

#include <esxvi/escape/utf8.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace esxvi::sim {

/// What is in a file: bytes, and after them zeros that take no memory. Copies share the bytes.
class FileContent {
 public:
  FileContent() = default;
  explicit(false) FileContent(std::string bytes)
      : bytes_(std::make_shared<std::string const>(std::move(bytes))), size_(bytes_->size()) {}
  explicit(false) FileContent(char const* bytes) : FileContent(std::string{bytes}) {}

  /// A disk of this many bytes that starts with `head`.
  [[nodiscard]] static FileContent sparse(std::uint64_t size, std::string head = {}) {
    head.resize(static_cast<std::size_t>(std::min<std::uint64_t>(head.size(), size)));
    FileContent out{std::move(head)};
    out.size_ = size;
    return out;
  }

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// The bytes before the zeros.
  [[nodiscard]] std::string_view head() const noexcept {
    return bytes_ == nullptr ? std::string_view{} : std::string_view{*bytes_};
  }
  [[nodiscard]] std::uint64_t stored() const noexcept { return head().size(); }

  /// Up to `count` bytes from `offset` on; fewer at the end.
  [[nodiscard]] std::string read(std::uint64_t offset, std::uint64_t count) const {
    if (offset >= size_) return {};
    count = std::min(count, size_ - offset);
    std::string out;
    out.reserve(static_cast<std::size_t>(count));
    if (offset < stored()) {
      out = head().substr(static_cast<std::size_t>(offset),
                          static_cast<std::size_t>(std::min(count, stored() - offset)));
    }
    out.resize(static_cast<std::size_t>(count));
    return out;
  }
  [[nodiscard]] std::string text() const { return read(0, size_); }

 private:
  std::shared_ptr<std::string const> bytes_{};
  std::uint64_t size_ = 0;
};

struct FileInfo {
  std::string name{};  ///< the last part of its path
  bool is_directory = false;
  bool is_locked = false;
  std::uint64_t size = 0;
  std::uint64_t allocated = 0;  ///< what it takes of the datastore
  std::chrono::system_clock::time_point modified{};
};

/// How an operation on files ended.
enum class FileResult {
  ok,
  created,        ///< write(): there was no such file before
  not_found,      ///< the file, or the directory it is to be in
  exists,         ///< something is there already
  bad_path,       ///< `..`, control characters, a name of more than 255 bytes, a path of too many
  is_directory,   ///< a file was expected
  not_directory,  ///< a file is where a directory was expected
  not_empty,
  locked,    ///< a running machine holds it
  no_space,  ///< more than the capacity
};
[[nodiscard]] constexpr bool succeeded(FileResult result) noexcept {
  return result == FileResult::ok || result == FileResult::created;
}

/// Directories and files of one datastore.
///
/// A path is "vm1/vm1.vmx", the root is "". Slashes at both ends and doubled ones do not count;
/// nothing leads outside. All members may be called from any thread.
class DatastoreFiles {
 public:
  using time_point = std::chrono::system_clock::time_point;

  /// Without a clock of the caller's, files are as old as they are.
  explicit DatastoreFiles(std::uint64_t capacity = std::uint64_t{1} << 40,
                          std::function<time_point()> clock = {})
      : capacity_(capacity), clock_(std::move(clock)) {}
  DatastoreFiles(DatastoreFiles const&) = delete;
  DatastoreFiles& operator=(DatastoreFiles const&) = delete;

  /// Each directory on a path is kept under the whole of it, so that paths without a limit would
  /// take memory by the square of their length.
  static constexpr std::size_t longest_path = 2048;

  /// "/a//b/" is "a/b"; nothing when it is no path.
  [[nodiscard]] static std::optional<std::string> normalized(std::string_view path) {
    std::string out;
    while (!path.empty()) {
      auto const end = path.find('/');
      auto const part = path.substr(0, end);
      path = end == path.npos ? std::string_view{} : path.substr(end + 1);
      if (part.empty()) continue;
      auto const is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
      if (part == "." || part == ".." || part.size() > 255 ||
          std::any_of(part.begin(), part.end(), is_control) || escape::find_invalid_utf8(part)) {
        return std::nullopt;
      }
      if (!out.empty()) out += '/';
      out += part;
      if (out.size() > longest_path) return std::nullopt;
    }
    return out;
  }

  // ---- looking ----
  [[nodiscard]] std::optional<FileInfo> stat(std::string_view path) const {
    auto const key = normalized(path);
    if (!key) return std::nullopt;
    if (key->empty()) return FileInfo{.is_directory = true};
    std::lock_guard const lock{mutex_};
    auto const at = entries_.find(*key);
    if (at == entries_.end()) return std::nullopt;
    return info(*at);
  }
  [[nodiscard]] bool exists(std::string_view path) const { return stat(path).has_value(); }

  /// The content of a file; nothing when there is none.
  [[nodiscard]] std::optional<FileContent> read(std::string_view path) const {
    auto const key = normalized(path);
    if (!key) return std::nullopt;
    std::lock_guard const lock{mutex_};
    auto const at = entries_.find(*key);
    if (at == entries_.end() || at->second.is_directory) return std::nullopt;
    return at->second.content;
  }

  /// What is in a directory, by name; nothing when it is none.
  [[nodiscard]] std::optional<std::vector<FileInfo>> list(std::string_view path) const {
    auto const key = normalized(path);
    if (!key) return std::nullopt;
    std::lock_guard const lock{mutex_};
    if (!is_directory(*key)) return std::nullopt;
    auto const prefix = key->empty() ? std::string{} : *key + '/';
    std::vector<FileInfo> out;
    for (auto at = entries_.lower_bound(prefix);
         at != entries_.end() && at->first.starts_with(prefix);) {
      auto const slash = at->first.find('/', prefix.size());
      if (slash == at->first.npos) {
        out.push_back(info(*at));
        ++at;
      } else {  // of a directory that is listed already
        at = end_below(std::string_view{at->first}.substr(0, slash));
      }
    }
    std::ranges::sort(out, {}, &FileInfo::name);
    return out;
  }

  /// Everything, parents before their children: `f(path, info, content)`. Not to be called from f.
  template <class F> void for_each(F&& f) const {
    std::lock_guard const lock{mutex_};
    for (auto const& one : entries_) f(one.first, info(one), one.second.content);
  }

  // ---- changing ----
  /// Creates or replaces a file. `allocated` is what it takes of the datastore: without it, what
  /// is stored of it.
  FileResult write(std::string_view path, FileContent content,
                   std::optional<std::uint64_t> allocated = {}) {
    auto const key = normalized(path);
    if (!key) return FileResult::bad_path;
    auto const when = now();
    std::lock_guard const lock{mutex_};
    if (is_directory(*key)) return FileResult::is_directory;
    if (auto const problem = check_parent(*key); problem != FileResult::ok) return problem;
    auto const at = entries_.find(*key);
    if (at != entries_.end() && at->second.locked) return FileResult::locked;
    auto const before = at == entries_.end() ? 0 : at->second.allocated;
    auto const after = allocated.value_or(content.stored());
    if (after > before && after - before > capacity_ - std::min(used_, capacity_)) {
      return FileResult::no_space;
    }
    used_ = used_ - before + after;
    auto& to = at == entries_.end() ? entries_[*key] : at->second;
    to.content = std::move(content);
    to.allocated = after;
    to.modified = when;
    return at == entries_.end() ? FileResult::created : FileResult::ok;
  }

  FileResult make_directory(std::string_view path, bool with_parents = false) {
    auto const key = normalized(path);
    if (!key) return FileResult::bad_path;
    auto const when = now();
    std::lock_guard const lock{mutex_};
    if (key->empty() || entries_.contains(*key)) return FileResult::exists;
    if (!with_parents) {
      if (auto const problem = check_parent(*key); problem != FileResult::ok) return problem;
    } else {
      for (auto end = key->find('/'); end != key->npos; end = key->find('/', end + 1)) {
        auto const at = entries_.find(std::string_view{*key}.substr(0, end));
        if (at != entries_.end() && !at->second.is_directory) return FileResult::not_directory;
      }
      for (auto end = key->find('/'); end != key->npos; end = key->find('/', end + 1)) {
        add_directory(key->substr(0, end), when);
      }
    }
    add_directory(*key, when);
    return FileResult::ok;
  }

  /// A file, or a directory: with everything in it, or only when it is empty.
  FileResult remove(std::string_view path, bool with_content = false) {
    auto const key = normalized(path);
    if (!key || key->empty()) return FileResult::bad_path;
    std::lock_guard const lock{mutex_};
    auto const [first, last] = tree(*key);
    if (first == last) return FileResult::not_found;
    auto const below = first->second.is_directory ? lower_bound_below(*key) : last;
    if (below != last && !with_content) return FileResult::not_empty;
    if (first->second.locked || any_locked(below, last)) return FileResult::locked;
    for (auto at = below; at != last; ++at) used_ -= at->second.allocated;
    used_ -= first->second.allocated;
    entries_.erase(below, last);
    entries_.erase(*key);
    return FileResult::ok;
  }

  /// A file, or a directory with everything in it. `replace` lets a file take the place of another.
  FileResult move(std::string_view from, std::string_view to, bool replace = false) {
    return transfer(from, to, replace, false);
  }
  FileResult copy(std::string_view from, std::string_view to, bool replace = false) {
    return transfer(from, to, replace, true);
  }

  /// A file that is locked can be read, but neither written nor removed. For tests: what the
  /// machines of a host hold is kept from its clients without this, and the host may write it.
  FileResult set_locked(std::string_view path, bool locked) {
    auto const key = normalized(path);
    if (!key) return FileResult::bad_path;
    std::lock_guard const lock{mutex_};
    auto const at = entries_.find(*key);
    if (at == entries_.end()) return FileResult::not_found;
    at->second.locked = locked;
    return FileResult::ok;
  }

  // ---- all of it, to keep and to bring back ----
  struct Entry {
    std::string path{};
    bool is_directory = false;
    bool is_locked = false;
    FileContent content{};
    std::uint64_t allocated = 0;
    time_point modified{};
  };
  /// Directories stand before what is in them.
  [[nodiscard]] std::vector<Entry> entries() const {
    std::lock_guard const lock{mutex_};
    std::vector<Entry> out;
    out.reserve(entries_.size());
    for (auto const& [path, one] : entries_)
      out.push_back({path, one.is_directory, one.locked, one.content, one.allocated, one.modified});
    return out;
  }
  /// Puts these in the place of all there is, whatever the capacity. False, and nothing is changed,
  /// when a path is none, comes twice, or is not in a directory of the list.
  [[nodiscard]] bool restore(std::vector<Entry> all) {
    entry_map made;
    std::uint64_t used = 0;
    for (auto& one : all) {
      if (one.path.empty() || normalized(one.path) != one.path) return false;
      used += one.allocated;
      auto path = std::move(one.path);
      if (!made.try_emplace(std::move(path),
                            entry{one.is_directory, one.is_locked, std::move(one.content),
                                  one.allocated, one.modified})
               .second)
        return false;
    }
    for (auto const& [path, one] : made) {
      auto const slash = path.rfind('/');
      if (slash == path.npos) continue;
      auto const parent = made.find(std::string_view{path}.substr(0, slash));
      if (parent == made.end() || !parent->second.is_directory) return false;
    }
    std::lock_guard const lock{mutex_};
    entries_ = std::move(made);
    used_ = used;
    return true;
  }

  // ---- room ----
  [[nodiscard]] std::uint64_t capacity() const {
    std::lock_guard const lock{mutex_};
    return capacity_;
  }
  void set_capacity(std::uint64_t bytes) {
    std::lock_guard const lock{mutex_};
    capacity_ = bytes;
  }
  [[nodiscard]] std::uint64_t used() const {
    std::lock_guard const lock{mutex_};
    return used_;
  }
  [[nodiscard]] std::uint64_t free_space() const {
    std::lock_guard const lock{mutex_};
    return capacity_ - std::min(used_, capacity_);
  }

 private:
  struct entry {
    bool is_directory = false;
    bool locked = false;
    FileContent content{};
    std::uint64_t allocated = 0;
    time_point modified{};
  };
  using entry_map = std::map<std::string, entry, std::less<>>;

  /// Before the own lock is taken: that of a host, whose clock this may be, is held by those who
  /// look at files.
  [[nodiscard]] time_point now() const {
    return clock_ ? clock_() : std::chrono::system_clock::now();
  }
  static FileInfo info(entry_map::value_type const& one) {
    auto const slash = one.first.rfind('/');
    return {.name = slash == one.first.npos ? one.first : one.first.substr(slash + 1),
            .is_directory = one.second.is_directory,
            .is_locked = one.second.locked,
            .size = one.second.content.size(),
            .allocated = one.second.allocated,
            .modified = one.second.modified};
  }
  [[nodiscard]] bool is_directory(std::string_view key) const {
    if (key.empty()) return true;
    auto const at = entries_.find(key);
    return at != entries_.end() && at->second.is_directory;
  }
  [[nodiscard]] FileResult check_parent(std::string_view key) const {
    auto const slash = key.rfind('/');
    if (slash == key.npos) return FileResult::ok;
    auto const at = entries_.find(key.substr(0, slash));
    if (at == entries_.end()) return FileResult::not_found;
    return at->second.is_directory ? FileResult::ok : FileResult::not_directory;
  }
  void add_directory(std::string key, time_point when) {
    auto const [at, is_new] = entries_.try_emplace(std::move(key));
    if (!is_new) return;
    at->second.is_directory = true;
    at->second.modified = when;
  }

  [[nodiscard]] entry_map::const_iterator lower_bound_below(std::string_view key) const {
    return entries_.lower_bound(std::string{key} + '/');
  }
  /// Past everything below `key`. Not simply after `key`: "a.vmx" sorts between "a" and "a/b".
  [[nodiscard]] entry_map::const_iterator end_below(std::string_view key) const {
    return entries_.lower_bound(std::string{key} + static_cast<char>('/' + 1));
  }
  /// The entry itself, and the end of what is below it; both the end when there is none.
  [[nodiscard]] std::pair<entry_map::const_iterator, entry_map::const_iterator> tree(
      std::string_view key) const {
    auto const at = entries_.find(key);
    if (at == entries_.end()) return {at, at};
    return {at, at->second.is_directory ? end_below(key) : std::next(at)};
  }
  static bool any_locked(entry_map::const_iterator from, entry_map::const_iterator to) {
    return std::any_of(from, to, [](auto const& one) { return one.second.locked; });
  }

  FileResult transfer(std::string_view from, std::string_view to, bool replace, bool keep) {
    auto const source = normalized(from);
    auto const target = normalized(to);
    if (!source || !target || source->empty() || target->empty()) return FileResult::bad_path;
    std::lock_guard const lock{mutex_};
    auto const at = entries_.find(*source);
    if (at == entries_.end()) return FileResult::not_found;
    if (*source == *target) return FileResult::exists;
    auto const directory = at->second.is_directory;
    // A directory cannot become its own child.
    if (directory && target->starts_with(*source + '/')) return FileResult::bad_path;
    if (auto const problem = check_parent(*target); problem != FileResult::ok) return problem;
    auto const there = entries_.find(*target);
    if (there != entries_.end()) {
      if (!replace || directory || there->second.is_directory) return FileResult::exists;
      if (there->second.locked) return FileResult::locked;
    }
    std::vector<std::pair<std::string, entry>> moved;
    moved.emplace_back(*target, at->second);
    if (directory) {
      for (auto below = lower_bound_below(*source), last = end_below(*source); below != last;
           ++below) {
        moved.emplace_back(*target + below->first.substr(source->size()), below->second);
      }
    }
    std::uint64_t size = 0;
    for (auto& [path, one] : moved) {
      if (path.size() > longest_path) return FileResult::bad_path;
      if (one.locked && !keep) return FileResult::locked;
      one.locked = false;
      size += one.allocated;
    }
    auto const replaced = there == entries_.end() ? 0 : there->second.allocated;
    if (keep && size > replaced && size - replaced > capacity_ - std::min(used_, capacity_)) {
      return FileResult::no_space;
    }
    used_ = used_ - replaced + (keep ? size : 0);
    if (!keep) {
      if (directory) entries_.erase(lower_bound_below(*source), end_below(*source));
      entries_.erase(*source);
    }
    for (auto& [path, one] : moved) entries_.insert_or_assign(path, std::move(one));
    return FileResult::ok;
  }

  mutable std::mutex mutex_{};
  std::uint64_t capacity_;
  std::uint64_t used_ = 0;
  std::function<time_point()> clock_;
  entry_map entries_{};
};

}  // namespace esxvi::sim
