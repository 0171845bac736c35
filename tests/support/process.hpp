// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A server program of somebody else, on a free port of 127.0.0.1, for the life of an object.
//
//   ServerProcess proxy("/usr/bin/microsocks", [](std::uint16_t port, std::filesystem::path const&
//   folder)
//   {
//     return std::vector<std::string>{"-i", "127.0.0.1", "-p", std::to_string(port)};
//   });
//   proxy.port()
//
// It ends in the destructor, and when the test is killed unless it changed its user. `folder` is an
// empty one for its files, which all users may read, because servers change their user when root
// starts them.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace esxvi::test {

/// Where a program is; servers are not in every user's PATH.
inline std::optional<std::string> find_program(std::string const& name) {
  for (auto const* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"}) {
    if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
  }
  return std::nullopt;
}

/// Starts `arguments[0]` as the leader of a group of its own, with these descriptors as standard
/// input, output and errors. It gets SIGTERM when the test is killed. Negative: it did not work.
inline pid_t start_child(std::vector<std::string> arguments, char** environment, int in, int out,
                         int errors) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  auto const parent = ::getpid();
  pid_t const child = ::fork();
  if (child != 0) return child;
  // Nothing but system calls from here on.
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(126);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::execve(argv[0], argv.data(), environment);
  ::_exit(127);
}

class ServerProcess {
 public:
  using Arguments =
      std::function<std::vector<std::string>(std::uint16_t port, std::filesystem::path const&)>;

  /// `second_port`: where `arguments` puts another one on which the program listens, if it does.
  ServerProcess(std::string const& program, Arguments const& arguments,
                std::uint16_t const* second_port = nullptr) {
    auto pattern = (std::filesystem::temp_directory_path() / "esxvi-server-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    std::filesystem::permissions(folder_, std::filesystem::perms{0777});
    // Somebody else may take a port between our finding it free and the program's listening.
    for (int attempt = 0; attempt < 5; ++attempt) {
      port_ = free_port();
      start(program, arguments(port_, folder_));
      if (wait_until_it_listens_on(port_, std::chrono::seconds{30}) &&
          (second_port == nullptr ||
           wait_until_it_listens_on(*second_port, std::chrono::seconds{5})))
        return;
      stop();
    }
    std::filesystem::remove_all(folder_);
    throw std::runtime_error(program + " does not start");
  }
  ~ServerProcess() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  ServerProcess(ServerProcess const&) = delete;
  ServerProcess& operator=(ServerProcess const&) = delete;

  std::uint16_t port() const { return port_; }

  static std::uint16_t free_port() {
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  void start(std::string const& program, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program);
    int const in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    int const out =
        ::open((folder_ / "output").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    child_ = start_child(arguments, environ, in, out, out);
    ::close(in);
    ::close(out);
    if (child_ < 0) throw std::runtime_error("cannot start " + program);
  }

  bool wait_until_it_listens_on(std::uint16_t port, std::chrono::seconds time) {
    auto const until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
      int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      auto const address = loopback(port);
      auto const there =
          ::connect(socket, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
      ::close(socket);
      if (::waitpid(child_, nullptr, WNOHANG) == child_) {  // whoever listens is another then
        child_ = -1;
        return false;
      }
      if (there) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
  }

  void stop() {
    if (child_ <= 0) return;
    ::kill(-child_, SIGKILL);  // with the helpers that it started
    while (::waitpid(child_, nullptr, 0) == -1 && errno == EINTR) {
    }
    child_ = -1;
  }

  std::filesystem::path folder_{};
  std::uint16_t port_ = 0;
  pid_t child_ = -1;
};

}  // namespace esxvi::test
