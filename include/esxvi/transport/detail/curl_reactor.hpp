// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <curl/curl.h>
#include <esxvi/error.hpp>
#include <esxvi/transport/detail/curl_exchange.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <unordered_map>
#include <utility>

// ESXVI_CURL_LOOP_POLL forces the portable way, for tests of it.
#if defined(__linux__) && !defined(ESXVI_CURL_LOOP_POLL)
  #include <sys/epoll.h>
  #include <sys/eventfd.h>
  #include <sys/socket.h>
  #include <unistd.h>
  #define ESXVI_DETAIL_EPOLL 1
#else
  #define ESXVI_DETAIL_EPOLL 0
#endif

namespace esxvi::detail {

inline void check_multi(CURLMcode code) {
  if (code == CURLM_OUT_OF_MEMORY) throw std::bad_alloc{};
  if (code != CURLM_OK)
    throw transport_failed{{.operation = "CurlLoop", .problem = curl_multi_strerror(code)}};
}

/// One libcurl multi handle and the wait for its sockets: epoll on Linux, where a turn costs what
/// is ready and not what is open; curl_multi_poll elsewhere.
///
/// One thread, but for wake().
class curl_reactor {
 public:
  using clock = std::chrono::steady_clock;

  curl_reactor() : multi_(curl_multi_init()) {
    if (multi_ == nullptr) throw std::bad_alloc{};
    // libcurl's own limit follows the number of transfers that run, and would close the connections
    // of a thousand hosts as soon as they rest.
    set(CURLMOPT_MAXCONNECTS, long{1} << 20);
#if ESXVI_DETAIL_EPOLL
    epoll_.reset(epoll_create1(EPOLL_CLOEXEC));
    wake_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (epoll_.get() < 0 || wake_.get() < 0) fail("cannot make an epoll descriptor");
    epoll_event event{.events = EPOLLIN, .data = {.fd = wake_.get()}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) fail("epoll_ctl");
    set(CURLMOPT_SOCKETFUNCTION, &on_socket);
    set(CURLMOPT_SOCKETDATA, static_cast<void*>(this));
    set(CURLMOPT_TIMERFUNCTION, &on_timer);
    set(CURLMOPT_TIMERDATA, static_cast<void*>(this));
#endif
  }
  curl_reactor(curl_reactor const&) = delete;
  curl_reactor& operator=(curl_reactor const&) = delete;

  void add(CURL* easy) {
#if ESXVI_DETAIL_EPOLL
    if (curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &on_close) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, static_cast<void*>(this)) != CURLE_OK)
      throw std::bad_alloc{};
#endif
    check_multi(curl_multi_add_handle(multi_.get(), easy));
  }
  /// Closes the connection of a transfer that is not complete.
  void remove(CURL* easy) noexcept { curl_multi_remove_handle(multi_.get(), easy); }

  /// Waits for `limit` at most, and moves what can be moved.
  void turn(std::chrono::milliseconds limit) {
#if ESXVI_DETAIL_EPOLL
    if (auto const own = timer_left()) limit = std::min(limit, *own);
    std::array<epoll_event, 128> events;  // NOLINT(*-member-init): the kernel fills it
    int const count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 static_cast<int>(limit.count()));
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < count; ++i) {
      auto const& event = events.at(static_cast<std::size_t>(i));
      if (event.data.fd == wake_.get()) {
        std::uint64_t ignored = 0;
        static_cast<void>(::read(wake_.get(), &ignored, sizeof ignored));
        continue;
      }
      if (auto const known = watched_.find(event.data.fd);
          known == watched_.end() || !known->second.wanted) {
        forget(event.data.fd);
        continue;
      }
      unsigned const bits = ((event.events & EPOLLIN) != 0U ? CURL_CSELECT_IN : 0U) |
                            ((event.events & EPOLLOUT) != 0U ? CURL_CSELECT_OUT : 0U) |
                            ((event.events & (EPOLLERR | EPOLLHUP)) != 0U ? CURL_CSELECT_ERR : 0U);
      act(event.data.fd, static_cast<int>(bits));
    }
    if (auto const left = timer_left(); left && left->count() == 0) {
      timer_.reset();
      act(CURL_SOCKET_TIMEOUT, 0);
    }
#else
    int running = 0;
    check_multi(curl_multi_perform(multi_.get(), &running));
    if (finished_in_queue()) return;
    check_multi(
        curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(limit.count()), nullptr));
    check_multi(curl_multi_perform(multi_.get(), &running));
#endif
  }

  /// A transfer that came to its end, and libcurl's word about it.
  std::optional<std::pair<CURL*, CURLcode>> next_finished() {
#if !ESXVI_DETAIL_EPOLL
    if (held_) return std::exchange(held_, std::nullopt);
#endif
    int more = 0;
    while (auto const* message = curl_multi_info_read(multi_.get(), &more))
      if (message->msg == CURLMSG_DONE)
        return std::pair{message->easy_handle, message->data.result};
    return std::nullopt;
  }

  /// Ends a wait. From any thread.
  void wake() noexcept {
#if ESXVI_DETAIL_EPOLL
    std::uint64_t const one = 1;
    static_cast<void>(!::write(wake_.get(), &one, sizeof one));
#else
    curl_multi_wakeup(multi_.get());
#endif
  }

  /// Readable when turn() has something to do, for event loops of others; -1: there is none.
  [[nodiscard]] int descriptor() const noexcept {
#if ESXVI_DETAIL_EPOLL
    return epoll_.get();
#else
    return -1;
#endif
  }

  /// What turn() has to be called after at the latest; nothing: only when the descriptor says so.
  [[nodiscard]] std::optional<std::chrono::milliseconds> timer_left() const {
#if ESXVI_DETAIL_EPOLL
    if (!timer_) return std::nullopt;
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(*timer_ - clock::now());
    return std::max(left, std::chrono::milliseconds{0});
#else
    long left = -1;
    check_multi(curl_multi_timeout(multi_.get(), &left));
    if (left < 0) return std::nullopt;
    return std::chrono::milliseconds{left};
#endif
  }

 private:
  template <class T> void set(CURLMoption option, T value) {
    check_multi(curl_multi_setopt(multi_.get(), option, value));
  }

#if ESXVI_DETAIL_EPOLL
  class descriptor_owner {
   public:
    descriptor_owner() = default;
    ~descriptor_owner() { reset(-1); }
    descriptor_owner(descriptor_owner const&) = delete;
    descriptor_owner& operator=(descriptor_owner const&) = delete;
    void reset(int value) noexcept {
      if (value_ >= 0) ::close(value_);
      value_ = value;
    }
    [[nodiscard]] int get() const noexcept { return value_; }

   private:
    int value_ = -1;
  };

  [[noreturn]] static void fail(char const* what) {
    throw transport_failed{{.operation = "CurlLoop",
                            .problem = what,
                            .advice = "are there free file descriptors? (ulimit -n)"}};
  }

  void act(curl_socket_t socket, int bits) {
    int running = 0;
    check_multi(curl_multi_socket_action(multi_.get(), socket, bits, &running));
  }

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
    auto& reactor = *static_cast<curl_reactor*>(self);
    if (what == CURL_POLL_REMOVE) {
      auto const known = reactor.watched_.find(socket);
      if (known == reactor.watched_.end()) return 0;
      if (known->second.connects)
        known->second.wanted = false;
      else
        reactor.forget(socket);
      return 0;
    }
    epoll_event event{.events = 0, .data = {.fd = socket}};
    if (what != CURL_POLL_OUT) event.events |= EPOLLIN;
    if (what != CURL_POLL_IN) event.events |= EPOLLOUT;
    try {
      auto const epoll = reactor.epoll_.get();
      auto const [at, added] = reactor.watched_.try_emplace(socket, watched{true, false});
      at->second.wanted = true;
      if (!added && epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) == 0) return 0;
      at->second.connects = is_connection(socket);  // perhaps another one of that number
      return epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
    } catch (std::bad_alloc const&) {
      return -1;
    }
  }
  static int on_close(void* self, curl_socket_t socket) noexcept {
    static_cast<curl_reactor*>(self)->forget(socket);
    return ::close(socket);
  }
  static bool is_connection(curl_socket_t socket) noexcept {
    auto const option = [&](int name) {
      int value = -1;
      socklen_t size = sizeof value;
      return ::getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
    };
    auto const domain = option(SO_DOMAIN);
    return (domain == AF_INET || domain == AF_INET6) && option(SO_TYPE) == SOCK_STREAM;
  }
  void forget(curl_socket_t socket) noexcept {
    watched_.erase(socket);
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
  }
  static int on_timer(CURLM*, long milliseconds, void* self) noexcept {
    auto& timer = static_cast<curl_reactor*>(self)->timer_;
    if (milliseconds < 0)
      timer.reset();
    else
      timer = clock::now() + std::chrono::milliseconds{milliseconds};
    return 0;
  }

  descriptor_owner epoll_{};  // outlives the multi handle, which takes its sockets out of it
  descriptor_owner wake_{};
  struct watched {
    bool wanted;    ///< libcurl wants to hear of it
    bool connects;  ///< a TCP connection, not what a resolver wakes libcurl with
  };
  /// What was put into epoll. For a connection CURL_POLL_REMOVE touches no descriptor: libcurl says
  /// it between requests, and also (7.88) after it closed a socket that was connecting, whose
  /// number may be another thread's by then. on_close() hears of the others. What is no connection
  /// is closed without that, after CURL_POLL_REMOVE, and has to be out by then: a process that was
  /// forked meanwhile may keep it open, and readable, for ever.
  std::unordered_map<curl_socket_t, watched> watched_{};
  std::optional<clock::time_point> timer_{};
#else
  bool finished_in_queue() {
    held_ = next_finished();
    return held_.has_value();
  }

  std::optional<std::pair<CURL*, CURLcode>> held_{};
#endif
  std::unique_ptr<CURLM, curl_multi_deleter> multi_;
};

}  // namespace esxvi::detail
