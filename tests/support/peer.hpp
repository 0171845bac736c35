// A vSphere simulator as a child process, for tests that talk to a server nobody here wrote.
//
//   Peer peer({"-esx", "-vm", "3"});     // builds up its inventory, listens on a free port of
//   127.0.0.1 peer.url()                           // "https://127.0.0.1:41234/sdk" peer.user(),
//   peer.password()         // what it lets in
//
// The child ends when its standard input closes: in the destructor, and also when the test is
// killed.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace esxvi::test {

class Peer {
 public:
  explicit Peer(std::vector<std::string> arguments = {}) {
    auto const program = executable();
    if (!program) throw std::runtime_error(*why_missing());
    arguments.insert(arguments.begin(), *program);
    arguments.insert(arguments.end(), {"-username", user(), "-password", password()});
    start(arguments);
    try {
      url_ = read_line(std::chrono::minutes(2));
    } catch (...) {
      stop();
      throw;
    }
  }
  ~Peer() { stop(); }
  Peer(Peer const&) = delete;
  Peer& operator=(Peer const&) = delete;

  /// "https://127.0.0.1:PORT/sdk"
  std::string const& url() const { return url_; }
  /// "127.0.0.1:PORT"
  std::string authority() const {
    auto const from = url_.find("//") + 2;
    return url_.substr(from, url_.find('/', from) - from);
  }
  static std::string user() { return "root"; }
  static std::string password() { return "5ecret & <sauce>"; }

  /// Nothing when the simulator can be started, else the reason for a skip.
  static std::optional<std::string> why_missing() {
    if (executable()) return std::nullopt;
    return "the vSphere simulator is not built (it needs golang-go and "
           "golang-github-vmware-govmomi-dev)";
  }

 private:
  static std::optional<std::string> executable() {
    if (char const* named = std::getenv("ESXVI_VCSIM")) return named;
#ifdef ESXVI_VCSIM
    if (std::filesystem::exists(ESXVI_VCSIM)) return ESXVI_VCSIM;
#endif
    return std::nullopt;
  }

  void start(std::vector<std::string>& arguments) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (pipe2(in.data(), O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe");
    if (pipe2(out.data(), O_CLOEXEC) != 0) {
      int const why = errno;
      close(in[0]);
      close(in[1]);
      throw std::system_error(why, std::generic_category(), "pipe");
    }
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    int const failed = posix_spawn(&child_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    to_child_ = in[1];
    from_child_ = out[0];
    if (failed != 0) {
      child_ = -1;
      stop();
      throw std::system_error(failed, std::generic_category(), "cannot start " + arguments[0]);
    }
  }

  std::string read_line(std::chrono::milliseconds patience) const {
    auto const deadline = std::chrono::steady_clock::now() + patience;
    std::string line;
    for (;;) {
      auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline - std::chrono::steady_clock::now());
      pollfd waiting{.fd = from_child_, .events = POLLIN, .revents = 0};
      if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) == 0)
        throw std::runtime_error("the simulator did not say in time where it listens");
      char c = 0;
      if (read(from_child_, &c, 1) != 1)
        throw std::runtime_error("the simulator ended before it listened");
      if (c == '\n') return line;
      line += c;
    }
  }

  void stop() noexcept {
    if (to_child_ != -1) close(std::exchange(to_child_, -1));
    if (child_ > 0) {
      while (waitpid(child_, nullptr, 0) == -1 && errno == EINTR) {
      }
      child_ = -1;
    }
    if (from_child_ != -1) close(std::exchange(from_child_, -1));
  }

  pid_t child_ = -1;
  int to_child_ = -1;
  int from_child_ = -1;
  std::string url_;
};

}  // namespace esxvi::test
