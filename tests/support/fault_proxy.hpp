// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A TCP proxy on a free port of 127.0.0.1 that breaks connections where a test wants it.
//
//   FaultProxy proxy{server.port()};
//   proxy.arm({.act = Act::close, .way = Way::reply, .after = 117});
//   ...                        // a client that talks to 127.0.0.1:proxy.port()
//   proxy.settle();            // the server is through with what it got
//   CHECK(proxy.fired() == 1);
//
// It knows bytes only, so it breaks TLS as well. One thread of its own does everything, in the
// order in which bytes come; nothing is random. A fault happens as often as it says, and then
// everything passes again.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace esxvi::test {

enum class Way { request, reply };

enum class Act {
  close,   ///< both sides get an orderly end (FIN)
  reset,   ///< the client gets a reset, the server an end
  stall,   ///< this way stands still until lift(); the connection stays
  vanish,  ///< the peer is gone without a word: what the client sends is swallowed
  delay,   ///< this way stands still for `time`
  say,     ///< `text` goes to the client here, then everything goes on
  answer,  ///< the request that begins here is not passed on; `text` is its reply
};

struct Fault {
  Act act = Act::close;
  Way way = Way::reply;
  std::uint64_t after = 0;  ///< so many bytes of this way pass before; all connections count
  /// When the next byte comes, instead of right behind the last one. Always so where after is 0.
  bool at_next = false;
  int times = 1;  ///< then everything passes; `after` counts anew each time
  std::chrono::milliseconds time{0};
  std::string text{};
  std::string again{};    ///< answer: said again and again behind `text`, until the client closes
  bool and_close = true;  ///< answer: the connection ends behind it
};

class FaultProxy {
 public:
  explicit FaultProxy(std::uint16_t server) : server_(server) {
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (wake_ < 0 || listener_ < 0 || ::bind(listener_, generic, size) != 0 ||
        ::listen(listener_, 64) != 0 || ::getsockname(listener_, generic, &size) != 0)
      throw std::runtime_error("no port for the proxy");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~FaultProxy() {
    {
      std::lock_guard const lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
    for (Link& link : links_) {
      drop(link.client);
      drop(link.server);
    }
    ::close(listener_);
    ::close(wake_);
  }
  FaultProxy(FaultProxy const&) = delete;
  FaultProxy& operator=(FaultProxy const&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string url(std::string_view path = "/sdk",
                                std::string_view scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }

  /// From now on, instead of what was armed before. Counting starts anew.
  void arm(std::vector<Fault> faults) {
    std::lock_guard const lock(mutex_);
    armed_.clear();
    for (Fault& f : faults) armed_.push_back({std::move(f)});
    for (auto& text : seen_) text.clear();
    fired_ = 0;
  }
  void arm(Fault fault) { arm(std::vector<Fault>{std::move(fault)}); }
  /// Nothing breaks any more, and what stands still goes on, unless its client has gone meanwhile:
  /// then what it sent comes to nothing, whether or not the thread has seen it go.
  void lift() {
    {
      std::lock_guard const lock(mutex_);
      armed_.clear();
      for (Link& link : links_) {
        bool const stood = link.ways[0].frozen || link.ways[1].frozen;
        if (stood && !link.broken && hung_up(link.client)) broken(link);
        for (Half& half : link.ways) half.frozen = false;
      }
    }
    wake();
  }
  /// Happens now to every connection: close, reset or vanish.
  void cut(Act act) {
    {
      std::lock_guard const lock(mutex_);
      for (Link& link : links_)
        if (!link.broken) happen(link, index(Way::reply), {.act = act});
    }
    wake();
  }
  /// Pieces of at most so many bytes, each on its own; 0: as they come.
  void piece(std::size_t bytes) {
    std::lock_guard const lock(mutex_);
    piece_ = bytes;
  }
  /// Waits until the server has ended the connections that broke: it is through with all that it
  /// got of them. False: it takes too long.
  bool settle(std::chrono::milliseconds longest = std::chrono::seconds(10)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, longest, [&] {
      return std::none_of(links_.begin(), links_.end(),
                          [](Link const& l) { return l.broken && l.server >= 0; });
    });
  }

  /// Bytes that passed since arm().
  [[nodiscard]] std::string seen(Way way) const {
    std::lock_guard const lock(mutex_);
    return seen_[index(way)];
  }
  [[nodiscard]] int fired() const {
    std::lock_guard const lock(mutex_);
    return fired_;
  }
  [[nodiscard]] std::size_t connections() const {
    std::lock_guard const lock(mutex_);
    return connections_;
  }

 private:
  using clock = std::chrono::steady_clock;

  struct Armed {
    Fault fault;
    std::uint64_t passed = 0;
  };
  struct Half {
    std::string buffer{};  // read, and not written yet
    bool frozen = false;
    bool ended = false;  // its source has ended
    clock::time_point hold{};
    std::optional<Fault> then{};  // what happens once the buffer is out
  };
  struct Link {
    int client = -1;
    int server = -1;
    std::array<Half, 2> ways{};
    bool broken = false;
    std::optional<Fault> answering{};  // the request is held back, and answered here
    std::string held{};
    std::string again{};

    [[nodiscard]] int source(std::size_t way) const { return way == 0 ? client : server; }
    [[nodiscard]] int target(std::size_t way) const { return way == 0 ? server : client; }
  };

  static std::size_t index(Way way) { return way == Way::request ? 0 : 1; }
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }
  static void drop(int& socket) {
    if (socket >= 0) ::close(socket);
    socket = -1;
  }
  static void reset(int& socket) {
    linger const now{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    drop(socket);
  }
  void wake() const {
    std::uint64_t const one = 1;
    static_cast<void>(::write(wake_, &one, sizeof one));
  }

  // ---- the thread ----

  void run() {
    std::vector<pollfd> waiting;
    for (;;) {
      int patience = -1;
      {
        std::lock_guard const lock(mutex_);
        if (stopping_) return;
        patience = prepare(waiting);
      }
      if (::poll(waiting.data(), waiting.size(), patience) < 0 && errno != EINTR) std::abort();
      std::lock_guard const lock(mutex_);
      if (stopping_) return;
      std::uint64_t count = 0;
      while (::read(wake_, &count, sizeof count) > 0) {
      }
      for (Link& link : links_) serve(link);
      links_.remove_if([](Link const& l) { return l.client < 0 && l.server < 0; });
      while (accept()) {
      }
      changed_.notify_all();
    }
  }

  int prepare(std::vector<pollfd>& waiting) {
    waiting = {{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    auto next = clock::time_point::max();
    auto const now = clock::now();
    for (Link const& link : links_) {
      for (std::size_t way = 0; way < 2; ++way) {
        Half const& half = link.ways[way];
        int const from = link.source(way);
        int const to = link.target(way);
        if (link.broken) {
          if (from >= 0) waiting.push_back({from, POLLIN, 0});
          continue;
        }
        if (!half.buffer.empty() || (way == 1 && !link.again.empty())) {
          if (to >= 0) waiting.push_back({to, POLLOUT, 0});
        } else if (half.hold > now) {
          next = std::min(next, half.hold);
        } else if (from >= 0 && !half.ended) {
          waiting.push_back({from, static_cast<short>(half.frozen ? POLLRDHUP : POLLIN), 0});
        }
      }
    }
    if (next == clock::time_point::max()) return -1;
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(next - now).count());
  }

  bool accept() {
    int const client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) return false;
    ++connections_;
    Link link;
    link.client = client;
    link.server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(server_);
    if (::connect(link.server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      drop(link.server);
      reset(link.client);
      return true;
    }
    int const yes = 1;
    for (int const s : {link.client, link.server})
      ::setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    links_.push_back(std::move(link));
    return true;
  }

  void serve(Link& link) {
    for (std::size_t way = 0; way < 2; ++way) {
      // The other way may have ended everything.
      if (link.broken) {
        drain(link);
        return;
      }
      pass(link, way);
    }
  }

  /// What a broken connection still says is read and forgotten, up to its end: closing with unread
  /// bytes would reset it.
  static void drain(Link& link) {
    std::array<char, 65536> some;
    for (int* const socket : {&link.client, &link.server}) {
      while (*socket >= 0) {
        auto const size = ::recv(*socket, some.data(), some.size(), MSG_DONTWAIT);
        if (size > 0) continue;
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) break;
        drop(*socket);
      }
    }
  }

  void pass(Link& link, std::size_t way) {
    Half& half = link.ways[way];
    for (;;) {
      if (!flush(link, way)) return;
      if (half.then) {
        Fault const fault = *std::exchange(half.then, std::nullopt);
        happen(link, way, fault);
        if (link.broken) return;
        continue;
      }
      if (half.ended || half.hold > clock::now()) return;
      if (half.frozen) {
        if (hung_up(link.source(way))) broken(link);
        return;
      }
      if (!read(link, way) || link.broken) return;
    }
  }
  static bool hung_up(int socket) {
    pollfd one{socket, POLLRDHUP, 0};
    return ::poll(&one, 1, 0) == 1;
  }

  /// True when nothing is left to write.
  bool flush(Link& link, std::size_t way) {
    Half& half = link.ways[way];
    if (half.buffer.empty() && way == 1) half.buffer = link.again;
    while (!half.buffer.empty()) {
      auto const size = piece_ == 0 ? half.buffer.size() : std::min(piece_, half.buffer.size());
      auto const done =
          ::send(link.target(way), half.buffer.data(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (done < 0 && (errno == EAGAIN || errno == EINTR)) return false;
      if (done < 0) {
        broken(link);
        return false;
      }
      half.buffer.erase(0, static_cast<std::size_t>(done));
    }
    return way == 0 || link.again.empty();
  }

  /// False when there is nothing to read now.
  bool read(Link& link, std::size_t way) {
    Half& half = link.ways[way];
    bool const held = way == 0 && link.answering;
    std::array<char, 65536> some;
    auto limit = some.size();
    Armed* next = nullptr;  // what happens behind the bytes that are read now, or before them
    if (!held)
      for (Armed& a : armed_) {
        if (index(a.fault.way) != way || a.fault.times == 0) continue;
        auto const left = a.fault.after - std::min(a.fault.after, a.passed);
        if (left > limit || (left == limit && next != nullptr)) continue;
        limit = static_cast<std::size_t>(left);
        next = &a;
      }
    bool const before = next != nullptr && limit == 0;
    auto const size = ::recv(link.source(way), some.data(), before ? 1 : limit,
                             MSG_DONTWAIT | (before ? MSG_PEEK : 0));
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (size < 0) {  // a reset is passed on
      reset(link.client);
      broken(link);
      return false;
    }
    if (size == 0) {
      half.ended = true;
      ::shutdown(link.target(way), SHUT_WR);
      if (link.ways[0].ended && link.ways[1].ended) broken(link);
      return false;
    }
    if (before) {
      half.then = fire(*next);
      return true;
    }
    std::string_view const bytes(some.data(), static_cast<std::size_t>(size));
    if (held) {
      link.held += bytes;
      answer(link);
      return true;
    }
    half.buffer = bytes;
    seen_[way] += bytes;
    for (Armed& a : armed_)
      if (index(a.fault.way) == way && a.fault.times != 0) a.passed += bytes.size();
    if (next != nullptr && next->passed == next->fault.after && !next->fault.at_next)
      half.then = fire(*next);
    return true;
  }

  Fault fire(Armed& armed) {
    ++fired_;
    armed.passed = 0;
    if (armed.fault.times > 0) --armed.fault.times;
    return armed.fault;
  }

  void happen(Link& link, std::size_t way, Fault const& fault) {
    switch (fault.act) {
      case Act::close:
        ::shutdown(link.client, SHUT_WR);
        return broken(link);
      case Act::reset:
        reset(link.client);
        return broken(link);
      case Act::vanish:
        return broken(link);
      case Act::stall:
        link.ways[way].frozen = true;
        return;
      case Act::delay:
        link.ways[way].hold = clock::now() + fault.time;
        return;
      case Act::say:
        link.ways[1].buffer += fault.text;
        static_cast<void>(flush(link, 1));
        return;
      case Act::answer:
        link.answering = fault;
        return;
    }
  }

  /// The proxy's own reply, once the request is whole.
  void answer(Link& link) {
    auto const head = link.held.find("\r\n\r\n");
    if (head == std::string::npos) return;
    auto const length = link.held.find("Content-Length: ");
    auto const body =
        length < head ? std::strtoul(link.held.c_str() + length + 16, nullptr, 10) : 0;
    if (link.held.size() < head + 4 + body) return;
    link.held.clear();
    Fault const fault = *std::exchange(link.answering, std::nullopt);
    link.ways[1].buffer += fault.text;
    link.again = fault.again;
    if (fault.and_close && fault.again.empty()) link.ways[1].then = Fault{.act = Act::close};
    pass(link, 1);
  }

  void broken(Link& link) {
    link.broken = true;
    if (link.server >= 0) ::shutdown(link.server, SHUT_WR);
    drain(link);
  }

  std::uint16_t server_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int wake_ = -1;
  mutable std::mutex mutex_{};
  std::condition_variable changed_{};
  bool stopping_ = false;
  std::list<Link> links_{};
  std::vector<Armed> armed_{};
  std::size_t piece_ = 0;
  std::array<std::string, 2> seen_{};
  int fired_ = 0;
  std::size_t connections_ = 0;
  std::thread thread_{};
};

}  // namespace esxvi::test
