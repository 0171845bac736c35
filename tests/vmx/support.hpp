// What the tests of this folder share: the data beside the checkout, temporary folders, other
// programs.
#pragma once

#include <esxvi/vmx/document.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace esxvi::test {

/// A folder of data that is no part of this repository: the variable ESXVI_SHARED names the one
/// that holds it, else it is looked for beside the checkout.
inline std::filesystem::path shared_folder(std::string_view name) {
  if (char const* const named = std::getenv("ESXVI_SHARED"))
    return std::filesystem::path(named) / name;
  return std::filesystem::path(ESXVI_SOURCE_DIR) / ".." / "shared" / name;
}

inline std::string read_file(std::filesystem::path const& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(std::filesystem::path const& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

/// The files of a folder that end like this, in the order of their names.
inline std::vector<std::filesystem::path> files_in(std::filesystem::path const& folder,
                                                   std::string_view ending) {
  std::vector<std::filesystem::path> out;
  if (!std::filesystem::is_directory(folder)) return out;
  for (auto const& file : std::filesystem::directory_iterator(folder))
    if (file.path().filename().string().ends_with(ending)) out.push_back(file.path());
  std::ranges::sort(out);
  return out;
}

/// A line of a tab-separated table, by the names of its columns. "-" is nothing.
class TableRow {
 public:
  explicit TableRow(std::map<std::string, std::string> cells) : cells_(std::move(cells)) {}
  std::string operator[](std::string const& column) const {
    auto const at = cells_.find(column);
    return at == cells_.end() || at->second == "-" ? std::string() : at->second;
  }

 private:
  std::map<std::string, std::string> cells_;
};

inline std::vector<TableRow> read_table(std::filesystem::path const& file) {
  auto const cells = [](std::string const& line) {
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, '\t');) out.push_back(cell);
    return out;
  };
  std::vector<TableRow> out;
  std::istringstream in(read_file(file));
  std::string line;
  std::getline(in, line);
  auto const names = cells(line);
  while (std::getline(in, line)) {
    auto const values = cells(line);
    std::map<std::string, std::string> row;
    for (std::size_t i = 0; i < std::min(names.size(), values.size()); ++i)
      row[names[i]] = values[i];
    out.emplace_back(std::move(row));
  }
  return out;
}

/// Gone with its content at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "esxvi-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::system_error(errno, std::generic_category(), name);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;
  [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// How another program ended, and what it said.
struct Finished {
  int status = -1;  ///< of exit(); 128 + signal when it did not get that far
  std::string out{};
  std::string err{};
};

/// Runs a program to its end, or until it has used `seconds` of the processor. `folder` takes its
/// output; threads need one each.
inline Finished run_program(std::vector<std::string> command, std::filesystem::path const& folder,
                            unsigned seconds = 600) {
  std::string const out = folder / "stdout";
  std::string const err = folder / "stderr";
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::pid_t const child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), command[0]);
  if (child == 0) {
    // Nothing but system calls here: other threads may have held any lock.
    ::rlimit const processor{seconds, seconds};
    ::rlimit const memory{std::size_t{4} << 30U, std::size_t{4} << 30U};
    ::rlimit const no_core{0, 0};
    ::setrlimit(RLIMIT_CPU, &processor);
    ::setrlimit(RLIMIT_AS, &memory);
    ::setrlimit(RLIMIT_CORE, &no_core);
    int const o = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int const e = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (o < 0 || e < 0 || ::dup2(o, 1) < 0 || ::dup2(e, 2) < 0) ::_exit(127);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), command[0]);
  Finished done;
  done.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  done.out = read_file(out);
  done.err = read_file(err);
  return done;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// The entries that count, by key in lower case, as UTF-8 and without escapes.
inline std::map<std::string, std::string> effective_entries(vmx::Document const& document) {
  std::map<std::string, std::string> out;
  std::string scratch;
  for (auto const& e : document.entries())
    out.emplace(lower_case(document.key(e)), document.value(e, scratch));
  return out;
}

/// Text for messages: control characters and bytes above 126 as \xHH, cut after some of it;
/// line ends as they are if `lines`.
inline std::string shown(std::string_view text, std::size_t most = 2000, bool lines = true) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (char const c : text.substr(0, most)) {
    auto const byte = static_cast<unsigned char>(c);
    if ((byte >= 0x20 && byte < 0x7F) || (c == '\n' && lines))
      out += c;
    else
      out.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
  }
  if (text.size() > most) out += "...";
  return out;
}

/// libvirt's own converter, for comparisons. Its source is beside the checkout; it is built for the
/// program that uses it and needs gcc and libvirt.so.0 9.0.0.
class LibvirtConverter {
 public:
  static LibvirtConverter const& get() {
    static LibvirtConverter const one;
    return one;
  }
  /// Nothing when it can be run, else the reason for a skip.
  [[nodiscard]] std::string const* why_missing() const noexcept {
    return why_.empty() ? nullptr : &why_;
  }
  /// vmx2xml or xml2vmx. `folder` is for this call, or this thread, alone.
  [[nodiscard]] Finished run(std::string_view direction, std::vector<std::string> const& options,
                             std::string_view input, std::filesystem::path const& folder) const {
    auto const file = folder / "input";
    write_file(file, input);
    std::vector<std::string> command{(folder_.path() / "peer_vmx").string(),
                                     std::string(direction)};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(file.string());
    return run_program(std::move(command), folder, 20);
  }
  /// The program that times its public API, VMX to XML: -n LOOPS FILE.
  [[nodiscard]] std::filesystem::path native() const { return folder_.path() / "peer_native"; }

 private:
  LibvirtConverter() {
    auto const build = shared_folder("bench") / "vmx-peer" / "build.sh";
    if (!std::filesystem::exists(build)) {
      why_ = "no source of the program that runs libvirt's converter, see ESXVI_SHARED";
      return;
    }
    auto const done = run_program({"sh", build.string(), folder_.path().string()}, folder_.path());
    if (done.status != 0)
      why_ = "libvirt's converter cannot be run (it needs gcc and libvirt.so.0 9.0.0): " +
             done.err.substr(0, done.err.find('\n'));
  }
  TemporaryFolder folder_{};
  std::string why_{};
};

}  // namespace esxvi::test
