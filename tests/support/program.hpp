// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A program of ours that a test runs, to the end or in the background.
//
//   Finished const it = run({ESXCTL, "list", "sim://demo"});
//   it.status, it.out, it.errors
//
//   Program server({ESXCTL, "sim"});
//   std::string const uri = server.line();   // waits for it
//   server.end(SIGTERM).status
#pragma once

#include <poll.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "support/process.hpp"

namespace esxvi::test {

/// Variables to set, and those (without a value) to remove.
using Environment = std::map<std::string, std::optional<std::string>>;

struct Finished {
  int status = -1;  ///< what the program returned; 128 + N: signal N ended it
  std::string out{};
  std::string errors{};
};

class Program {
 public:
  /// `input` is its standard input, which is no terminal.
  explicit Program(std::vector<std::string> const& arguments, Environment const& environment = {},
                   std::string_view input = {})
      : name_(arguments.at(0)), errors_(memory("errors")) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    out_ = ends[0];
    int const in = memory("input");
    if (::pwrite(in, input.data(), input.size(), 0) != static_cast<ssize_t>(input.size()))
      throw std::runtime_error("no room for the input");
    std::vector<std::string> texts = variables(environment);
    std::vector<char*> list;
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    child_ = start_child(arguments, list.data(), in, ends[1], errors_);
    ::close(in);
    ::close(ends[1]);
    if (child_ < 0) throw std::runtime_error("cannot start " + name_);
  }
  ~Program() {
    static_cast<void>(reap(SIGKILL));
    ::close(out_);
    ::close(errors_);
  }
  Program(Program const&) = delete;
  Program& operator=(Program const&) = delete;

  /// The next line of its output, without its end. Throws when it ends before, or after a minute.
  std::string line() {
    for (;;) {
      if (auto const end = text_.find('\n', read_); end != text_.npos) {
        auto const from = std::exchange(read_, end + 1);
        return text_.substr(from, end - from);
      }
      if (!more(60'000)) {
        auto const it = end(SIGKILL);
        throw std::runtime_error(name_ + " says no more than:\n" + it.out + it.errors);
      }
    }
  }
  /// SIGSTOP holds it up.
  void send(int signal) { ::kill(-child_, signal); }
  /// Waits for its end, which `signal` brings about if there is one. Not twice.
  Finished end(int signal = 0) {
    if (signal != 0) send(signal);
    while (more(120'000)) {
    }
    int const status = reap(0);
    return {status, text_, errors()};
  }

 private:
  static int memory(char const* name) {
    int const file = ::memfd_create(name, MFD_CLOEXEC);
    if (file < 0) throw std::runtime_error("no file in memory");
    return file;
  }
  static std::vector<std::string> variables(Environment const& changes) {
    std::vector<std::string> all;
    for (char** at = environ; *at != nullptr; ++at) {
      std::string_view const text = *at;
      if (changes.find(std::string(text.substr(0, text.find('=')))) == changes.end())
        all.emplace_back(text);
    }
    for (auto const& [name, value] : changes)
      if (value) all.push_back(name + "=" + *value);
    return all;
  }

  /// Reads some of its output; false at the end of it.
  bool more(int milliseconds) {
    ::pollfd wanted{out_, POLLIN, 0};
    if (::poll(&wanted, 1, milliseconds) <= 0) return false;
    std::array<char, 4096> buffer{};
    auto const size = ::read(out_, buffer.data(), buffer.size());
    if (size <= 0) return false;
    text_.append(buffer.data(), static_cast<std::size_t>(size));
    return true;
  }
  int reap(int signal) {
    if (child_ <= 0) return -1;
    if (signal != 0) ::kill(-child_, signal);
    int status = 0;
    while (::waitpid(child_, &status, 0) == -1 && errno == EINTR) {
    }
    child_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  std::string errors() const {
    std::string text(static_cast<std::size_t>(::lseek(errors_, 0, SEEK_END)), '\0');
    auto const size = ::pread(errors_, text.data(), text.size(), 0);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, size)));
    return text;
  }

  std::string name_;
  int out_ = -1;
  int errors_ = -1;
  pid_t child_ = -1;
  std::string text_{};    ///< of its output
  std::size_t read_ = 0;  ///< so much of it as lines
};

/// Runs a program to its end.
inline Finished run(std::vector<std::string> const& arguments, Environment const& environment = {},
                    std::string_view input = {}) {
  return Program(arguments, environment, input).end();
}

}  // namespace esxvi::test
