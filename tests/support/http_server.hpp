// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// A small HTTP server on a free port of 127.0.0.1 that does what a test tells it, good or bad.
//
//   HttpServer server([](HttpRequest const& request, HttpConnection& connection) {
//     connection.reply(200, "<a/>");
//   });
//   server.url("/sdk")       // "http://127.0.0.1:41234/sdk"
//
//   HttpServer tls(handler, {.certificate = Certificate::make("127.0.0.1")});
//   tls.ca_file()            // what a client has to trust
//
// A thread a connection; the handler is called for each request of it, also from several threads at
// once. Link OpenSSL (-lssl -lcrypto). The destructor closes every connection and joins.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/certificate.hpp"

namespace esxvi::test {

struct HttpRequest {
  std::string method{};
  std::string target{};
  std::string version{};
  std::vector<std::pair<std::string, std::string>> headers{};  ///< names in lower case
  std::string body{};
  std::size_t connection = 0;  ///< 1 for the first one of the server
  std::size_t number = 0;      ///< 1 for the first one of the server

  std::string header(std::string_view name) const {
    for (auto const& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

/// One accepted connection: bytes in, bytes out. All members may be called by the handler only.
class HttpConnection {
 public:
  HttpConnection(int socket, SSL* ssl) : socket_(socket), ssl_(ssl) {}

  // ---- out ----
  /// False when the client has gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto const size = std::min<std::size_t>(bytes.size(), 1 << 20);
      auto const done =
          ssl_ != nullptr
              ? static_cast<ssize_t>(SSL_write(ssl_, bytes.data(), static_cast<int>(size)))
              : ::send(socket_, bytes.data(), size, MSG_NOSIGNAL);
      if (done <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
  }
  bool head(int status, std::vector<std::string> const& headers = {}) {
    return send(head_text(status, headers));
  }
  bool reply(int status, std::string_view body, std::vector<std::string> headers = {}) {
    headers.push_back("Content-Length: " + std::to_string(body.size()));
    return send(head_text(status, headers).append(body));
  }
  bool chunk(std::string_view bytes) {
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
    return send(std::string{size.data()}.append(bytes).append("\r\n"));
  }
  bool last_chunk() { return send("0\r\n\r\n"); }

  // ---- the end ----
  /// The connection ends when the handler returns.
  void close() { open_ = false; }
  /// As above, and the client gets a reset instead of an orderly end.
  void reset() {
    linger const now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    open_ = false;
    rude_ = true;
  }
  /// Says nothing until the client closes (or the server is destroyed).
  void wait_for_close() {
    std::array<char, 4096> sink;
    while (receive(sink.data(), sink.size()) > 0) {
    }
    open_ = false;
  }
  bool is_open() const { return open_; }
  bool is_rude() const { return rude_; }

  // ---- in ----
  /// 0 at the end.
  std::size_t receive(char* to, std::size_t size) {
    if (!buffer_.empty()) {
      auto const count = std::min(size, buffer_.size());
      std::copy_n(buffer_.data(), count, to);
      buffer_.erase(0, count);
      return count;
    }
    auto const count = ssl_ != nullptr
                           ? static_cast<ssize_t>(SSL_read(ssl_, to, static_cast<int>(size)))
                           : ::recv(socket_, to, size, 0);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  bool receive_exactly(std::string& to, std::size_t size) {
    std::array<char, 65536> piece;
    while (size > 0) {
      auto const count = receive(piece.data(), std::min(size, piece.size()));
      if (count == 0) return false;
      to.append(piece.data(), count);
      size -= count;
    }
    return true;
  }
  std::optional<std::string> line() {
    std::string out;
    while (receive_exactly(out, 1)) {
      if (out.ends_with("\r\n")) return out.substr(0, out.size() - 2);
      if (out.size() > 100'000) return std::nullopt;
      if (buffer_.empty()) fill();
    }
    return std::nullopt;
  }

  /// Request line and headers; nothing when the client closed.
  std::optional<HttpRequest> request_head() {
    auto const first = line();
    if (!first) return std::nullopt;
    HttpRequest request;
    auto const space = first->find(' ');
    auto const last = first->rfind(' ');
    if (space == first->npos || last == space) return std::nullopt;
    request.method = first->substr(0, space);
    request.target = first->substr(space + 1, last - space - 1);
    request.version = first->substr(last + 1);
    for (;;) {
      auto const text = line();
      if (!text) return std::nullopt;
      if (text->empty()) return request;
      auto const colon = text->find(':');
      auto name = text->substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      auto const value = text->find_first_not_of(' ', colon + 1);
      request.headers.emplace_back(name, value == text->npos ? "" : text->substr(value));
    }
  }
  bool read_body(HttpRequest& request) {
    if (request.header("transfer-encoding") == "chunked") {
      for (;;) {
        auto const size_line = line();
        if (!size_line) return false;
        auto const size = std::strtoul(size_line->c_str(), nullptr, 16);
        if (!receive_exactly(request.body, size) || !line()) return false;
        if (size == 0) return true;
      }
    }
    auto const length = request.header("content-length");
    return length.empty() || receive_exactly(request.body, std::stoul(length));
  }

 private:
  static std::string head_text(int status, std::vector<std::string> const& headers) {
    auto text = "HTTP/1.1 " + std::to_string(status) + " Reason\r\n";
    for (auto const& h : headers) text += h + "\r\n";
    return text + "\r\n";
  }
  void fill() {
    std::array<char, 8192> piece;
    auto const count =
        ssl_ == nullptr ? ::recv(socket_, piece.data(), piece.size(), MSG_DONTWAIT) : 0;
    if (count > 0) buffer_.assign(piece.data(), static_cast<std::size_t>(count));
  }

  int socket_;
  SSL* ssl_;
  std::string buffer_{};
  bool open_ = true;
  bool rude_ = false;
};

struct HttpServerOptions {
  std::optional<Certificate> certificate{};  ///< then it speaks TLS
  bool lazy_body = false;                    ///< the handler is called before the body is read
  /// Takes over a TLS connection on which the client chose HTTP/2.
  std::function<void(HttpConnection&)> http2{};
  std::string greeting{};   ///< said before anything else, without TLS
  std::string client_ca{};  ///< PEM file: clients have to show a certificate of it
  std::function<void(HttpConnection&)> before{};  ///< what comes before the first request
  bool ipv6 = false;                              ///< listens on ::1 instead
  int tls_version = 0;                            ///< such as TLS1_1_VERSION: this one alone
};

class HttpServer {
 public:
  using Handler = std::function<void(HttpRequest&, HttpConnection&)>;

  explicit HttpServer(Handler handler, HttpServerOptions options = {})
      : handler_(std::move(handler)), options_(std::move(options)) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes with write()
    if (options_.certificate) set_up_tls();
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_addr = in6addr_loopback;
    listener_ = ::socket(options_.ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = options_.ipv6 ? sizeof six : sizeof four;
    auto* const generic =
        options_.ipv6 ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
    if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
      throw std::runtime_error("no port for the test server");
    }
    port_ = ntohs(options_.ipv6 ? six.sin6_port : four.sin_port);
    acceptor_ = std::thread{[this] { accept(); }};
  }

  ~HttpServer() {
    {
      std::lock_guard lock{mutex_};
      stopping_ = true;
      for (int const socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
  }
  HttpServer(HttpServer const&) = delete;
  HttpServer& operator=(HttpServer const&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path, std::string_view host = "127.0.0.1") const {
    return (options_.certificate ? "https://" : "http://") + std::string{host} + ":" +
           std::to_string(port_) + std::string{path};
  }
  std::string ca_file() const { return options_.certificate->file(); }
  std::size_t connections() const { return connections_; }
  std::size_t closed() const { return closed_; }
  std::size_t requests() const { return requests_; }
  /// TLS connections that took up the session of an earlier one.
  std::size_t resumed() const { return resumed_; }

  /// Connections from now on get this certificate.
  void change(Certificate certificate) {
    std::lock_guard lock{mutex_};
    options_.certificate = std::move(certificate);
    set_up_tls();
  }

 private:
  struct free_ssl {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  void set_up_tls() {
    tls_.reset(SSL_CTX_new(TLS_server_method()));
    auto const& pem = options_.certificate->file();
    if (tls_ == nullptr ||
        SSL_CTX_use_certificate_file(tls_.get(), pem.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls_.get(), pem.c_str(), SSL_FILETYPE_PEM) != 1) {
      throw std::runtime_error("no TLS for the test server");
    }
    if (options_.tls_version != 0 &&
        (SSL_CTX_set_min_proto_version(tls_.get(), options_.tls_version) != 1 ||
         SSL_CTX_set_max_proto_version(tls_.get(), options_.tls_version) != 1)) {
      throw std::runtime_error("not this version of TLS for the test server");
    }
    SSL_CTX_set_alpn_select_cb(tls_.get(), &choose, this);
    if (options_.client_ca.empty()) return;
    static constexpr unsigned char context[] = "test";
    SSL_CTX_set_session_id_context(tls_.get(), context, sizeof context);
    if (SSL_CTX_load_verify_locations(tls_.get(), options_.client_ca.c_str(), nullptr) != 1)
      throw std::runtime_error("no CA for the clients of the test server");
    SSL_CTX_set_verify(tls_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  static int choose(SSL*, unsigned char const** out, unsigned char* size,
                    unsigned char const* offered, unsigned int length, void* self) {
    static constexpr unsigned char both[] = "\x02h2\x08http/1.1";
    auto const h2 = static_cast<bool>(static_cast<HttpServer*>(self)->options_.http2);
    auto const* const ours = h2 ? both : both + 3;
    unsigned char* chosen = nullptr;
    auto const found = SSL_select_next_proto(&chosen, size, ours, h2 ? 12 : 9, offered, length);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
  }

  void accept() {
    for (;;) {
      int const socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      auto const failure = socket < 0 ? errno : 0;
      std::unique_lock lock{mutex_};
      if (stopping_) {
        if (socket >= 0) ::close(socket);
        return;
      }
      if (socket < 0) {
        lock.unlock();
        // The client that gave up has gone; descriptors that are used up come back later.
        if (failure != ECONNABORTED && failure != EINTR)
          std::this_thread::sleep_for(std::chrono::milliseconds{1});
        continue;
      }
      int const now = 1;  // replies go out in several writes
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
      sockets_.insert(socket);
      threads_.emplace_back([this, socket, number = ++connections_] {
        serve(socket, number);
        std::lock_guard inner{mutex_};
        sockets_.erase(socket);
        ::close(socket);
        ++closed_;
      });
    }
  }

  /// Ends a connection so that the client can read what was said last: unread bytes would make a
  /// reset of the end.
  static void lose(int socket) {
    ::shutdown(socket, SHUT_WR);
    std::array<char, 4096> sink;
    while (::recv(socket, sink.data(), sink.size(), 0) > 0) {
    }
  }

  void serve(int socket, std::size_t number) {
    std::unique_ptr<SSL, free_ssl> ssl;
    {
      std::lock_guard lock{mutex_};
      if (tls_ != nullptr) ssl.reset(SSL_new(tls_.get()));
    }
    if (ssl != nullptr) {
      SSL_set_fd(ssl.get(), socket);
      if (SSL_accept(ssl.get()) != 1) return lose(socket);
      if (SSL_session_reused(ssl.get()) == 1) ++resumed_;
    }
    HttpConnection connection{socket, ssl.get()};
    connection.send(options_.greeting);
    if (options_.before) options_.before(connection);
    unsigned char const* protocol = nullptr;
    unsigned int length = 0;
    if (ssl != nullptr) SSL_get0_alpn_selected(ssl.get(), &protocol, &length);
    if (length == 2) {
      options_.http2(connection);
    } else {
      while (connection.is_open()) {
        auto request = connection.request_head();
        if (!request || (!options_.lazy_body && !connection.read_body(*request))) break;
        request->connection = number;
        request->number = ++requests_;
        handler_(*request, connection);
      }
    }
    if (ssl != nullptr && !connection.is_rude()) SSL_shutdown(ssl.get());
  }

  Handler handler_;
  HttpServerOptions options_;
  std::unique_ptr<SSL_CTX, free_ssl> tls_{};
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::size_t> closed_{0};
  std::atomic<std::size_t> requests_{0};
  std::atomic<std::size_t> resumed_{0};
  std::mutex mutex_{};
  bool stopping_ = false;
  std::set<int> sockets_{};
  std::vector<std::thread> threads_{};
  std::thread acceptor_{};
};

}  // namespace esxvi::test
