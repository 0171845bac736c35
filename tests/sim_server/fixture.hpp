// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Handlers that answer what a test wants, and a client that says whatever a test wants.
#pragma once

#include <esxvi/sim/server.hpp>
#include <esxvi/transport/curl.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "transport/collect.hpp"

namespace test {

namespace http = esxvi::http;
namespace sim = esxvi::sim;
using namespace std::chrono_literals;

/// Answers at once with what `f` makes of a request.
class Answering final : public sim::WebHandler {
 public:
  explicit Answering(std::function<sim::WebResponse(sim::WebRequest const&)> f)
      : f_(std::move(f)) {}
  void handle(sim::WebRequest request, Done done, std::stop_token) override { done(f_(request)); }

 private:
  std::function<sim::WebResponse(sim::WebRequest const&)> f_;
};

/// Says what it was asked.
inline sim::WebResponse echo(sim::WebRequest const& request) {
  return {.headers = {{"Content-Type", "text/plain"}},
          .body = request.method + " " + request.target + "\n" + request.body};
}

/// Keeps every request until release(); a client that goes away, or the end of the server, answers
/// its own.
class Parking final : public sim::WebHandler {
 public:
  void handle(sim::WebRequest request, Done done, std::stop_token stop) override {
    auto const one = std::make_shared<parked>();
    one->target = request.target;
    one->done = std::move(done);
    {
      std::lock_guard const lock{mutex_};
      parked_.push_back(one);
    }
    auto const leave = [this, weak = std::weak_ptr{one}] {
      if (auto const gone = weak.lock()) take(gone, {.status = 503});
    };
    auto callback = std::make_unique<std::stop_callback<std::function<void()>>>(stop, leave);
    std::lock_guard const lock{mutex_};
    one->callback = std::move(callback);
  }
  [[nodiscard]] std::size_t count() const {
    std::lock_guard const lock{mutex_};
    return parked_.size();
  }
  [[nodiscard]] std::size_t stopped() const { return stopped_; }
  /// From the calling thread.
  void release() {
    std::vector<std::shared_ptr<parked>> all;
    {
      std::lock_guard const lock{mutex_};
      all.swap(parked_);
    }
    for (auto const& one : all) one->done({.body = one->target});
  }
  /// Takes all `done` away without calling them.
  std::vector<Done> forget() {
    std::vector<Done> out;
    std::lock_guard const lock{mutex_};
    for (auto const& one : parked_) out.push_back(std::exchange(one->done, {}));
    parked_.clear();
    return out;
  }

 private:
  struct parked {
    std::string target{};
    Done done{};
    std::unique_ptr<std::stop_callback<std::function<void()>>> callback{};
  };
  void take(std::shared_ptr<parked> const& one, sim::WebResponse response) {
    Done done;
    {
      std::lock_guard const lock{mutex_};
      auto const at = std::find(parked_.begin(), parked_.end(), one);
      if (at == parked_.end()) return;
      parked_.erase(at);
      done = std::move(one->done);
    }
    ++stopped_;
    done(std::move(response));
  }

  mutable std::mutex mutex_{};
  std::vector<std::shared_ptr<parked>> parked_{};
  std::atomic<std::size_t> stopped_ = 0;
};

/// A TCP connection to a server.
class Raw {
 public:
  explicit Raw(sim::Server const& server, int receive_buffer = 0) {
    auto const authority = server.authority();
    auto const v6 = authority.starts_with('[');
    socket_ = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer != 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    int result = -1;
    if (v6) {
      sockaddr_in6 to{};
      to.sin6_family = AF_INET6;
      to.sin6_addr = in6addr_loopback;
      to.sin6_port = htons(server.port());
      result = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to);
    } else {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      to.sin_port = htons(server.port());
      result = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to);
    }
    if (socket_ < 0 || result != 0) throw std::runtime_error("no connection to the server");
  }
  ~Raw() {
    if (socket_ >= 0) ::close(socket_);
  }
  Raw(Raw&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Raw& operator=(Raw&&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return socket_; }
  /// False when the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const done = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (done <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
  }
  void shut_down() { ::shutdown(socket_, SHUT_WR); }

  /// A status line, headers and the body that Content-Length announces.
  std::string reply() {
    std::string out;
    auto end = out.npos;
    while ((end = out.find("\r\n\r\n")) == out.npos) {
      if (!receive(out, 1)) return out;
    }
    auto const length = out.find("Content-Length: ");
    auto missing = length == out.npos ? 0 : std::stoul(out.substr(length + 16));
    while (missing > 0) {
      auto const before = out.size();
      if (!receive(out, missing)) return out;
      missing -= out.size() - before;
    }
    return out;
  }
  std::string ask(std::string_view bytes) {
    send(bytes);
    return reply();
  }
  /// Everything until the server closes, or nothing comes for so long.
  std::string rest(std::chrono::milliseconds patience = 5s) {
    std::string out;
    while (receive(out, 65536, patience)) {
    }
    return out;
  }
  /// Whether the server closes within that time.
  bool closed(std::chrono::milliseconds within = 5s) {
    pollfd one{socket_, POLLIN, 0};
    if (::poll(&one, 1, static_cast<int>(within.count())) != 1) return false;
    std::array<char, 4096> some{};
    return ::recv(socket_, some.data(), some.size(), 0) <= 0;
  }

 private:
  bool receive(std::string& to, std::size_t most, std::chrono::milliseconds patience = 20s) {
    pollfd one{socket_, POLLIN, 0};
    if (::poll(&one, 1, static_cast<int>(patience.count())) != 1) return false;
    std::array<char, 65536> some{};
    auto const size = ::recv(socket_, some.data(), std::min(most, some.size()), 0);
    if (size <= 0) return false;
    to.append(some.data(), static_cast<std::size_t>(size));
    return true;
  }

  int socket_ = -1;
};

inline std::string get(std::string_view target) {
  return "GET " + std::string{target} + " HTTP/1.1\r\nHost: x\r\n\r\n";
}
inline std::string post(std::string_view target, std::string_view body) {
  return "POST " + std::string{target} +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string{body};
}
inline std::string body_of(std::string const& reply) {
  auto const end = reply.find("\r\n\r\n");
  return end == reply.npos ? std::string{} : reply.substr(end + 4);
}

/// Waits until something is so; false when it is not so after a while.
template <class F> bool eventually(F&& f, std::chrono::milliseconds within = 20s) {
  auto const end = std::chrono::steady_clock::now() + within;
  while (!f()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

/// Both ends of a connection are in this process. False when it may not have that many.
inline bool allow_descriptors(std::size_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= count) return true;
  if (limit.rlim_max < count) return false;
  limit.rlim_cur = count;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

struct Stopwatch {
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  [[nodiscard]] std::chrono::milliseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 start);
  }
};

inline esxvi::CurlOptions direct(esxvi::CurlOptions options = {}) {
  options.no_proxy = "*";
  return options;
}

}  // namespace test
