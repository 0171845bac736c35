// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
//
// Boost.Asio, Boost.Beast and OpenSSL: only programs that want sockets include this. CMake:
// link esxvi::sim_server.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <esxvi/error.hpp>
#include <esxvi/sim/certificate.hpp>
#include <esxvi/sim/detail/server_streams.hpp>
#include <esxvi/sim/server_options.hpp>
#include <esxvi/sim/web.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace esxvi::sim {

/// A web server for a WebHandler, such as a simulated host: HTTP/1.1 on loopback, with or without
/// TLS.
///
/// ```cpp
/// esxvi::sim::Host host;
/// esxvi::sim::Server server{host, {.tls = true}};
/// run_my_program(server.url(), server.certificate_pem());  // "https://127.0.0.1:41234"
/// ```
///
/// **Start and end**: it listens when the constructor returns. stop() and the destructor tell the
/// handler through its stop tokens, give requests in progress `stop_grace`, and close everything;
/// after that the handler is not called any more. The handler must live until then. A `done` may be
/// called at any time, also after the server is gone: then it does nothing.
///
/// **Threads**: `options.threads` of its own run the handler, one request of a connection at a
/// time. A request that is not answered yet holds none of them. All members may be called from any
/// thread.
///
/// **Bad clients** get 400, 408, 413, 417, 431 or 505 and a closed connection; the handler does not
/// see them. `Expect: 100-continue` is answered, pipelined requests are answered in order.
///
/// **Errors** of the constructor: invalid_argument for an address that is none, transport_failed
/// when it cannot listen there, tls_failed.
class Server {
 public:
  explicit Server(WebHandler& handler, ServerOptions options = {})
      : core_(std::make_shared<detail::server_core>(handler, std::move(options))),
        acceptor_(boost::asio::make_strand(core_->io)) {
    auto& o = core_->options;
    listen();
    if (o.tls) {
      if (!o.certificate) o.certificate = Certificate::make(names_for_certificate());
      try {
        tls_ = detail::server_tls(*o.certificate);
      } catch (boost::system::system_error const& e) {
        throw tls_failed({"starting a server", authority(), e.what(), {}});
      }
    }
    boost::asio::post(acceptor_.get_executor(), [this] { accept(); });
    auto const count = std::max(1U, o.threads);
    threads_.reserve(count);
    try {
      for (unsigned i = 0; i < count; ++i) {
        threads_.emplace_back([core = core_.get()] { core->io.run(); });
      }
    } catch (...) {
      core_->io.stop();
      for (auto& thread : threads_) thread.join();
      throw;
    }
  }
  ~Server() { stop(); }
  Server(Server const&) = delete;
  Server& operator=(Server const&) = delete;

  /// Idempotent. Not from a thread of the server's, that is, not from the handler.
  void stop() {
    std::lock_guard const once{stop_mutex_};
    if (threads_.empty()) return;
    core_->stopping = true;
    boost::asio::post(acceptor_.get_executor(), [this] {
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      retry_.reset();
      // Here, and not before: no connection comes after this.
      for (auto const& connection : open_connections()) connection->shut_down();
    });
    {
      std::unique_lock lock{core_->mutex};
      core_->emptied.wait_for(lock, core_->options.stop_grace,
                              [this] { return core_->open.empty(); });
    }
    core_->io.stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    retry_.reset();
    for (auto const& connection : open_connections()) connection->close();
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return endpoint_.port(); }
  [[nodiscard]] bool is_tls() const noexcept { return tls_ != nullptr; }
  /// "127.0.0.1:41234", "[::1]:41234": an address to connect to, also when it listens on all.
  [[nodiscard]] std::string authority() const {
    auto const address = reachable_address();
    auto const text = address.to_string();
    return (address.is_v6() ? "[" + text + "]" : text) + ":" + std::to_string(port());
  }
  /// "https://127.0.0.1:41234/sdk" for "/sdk".
  [[nodiscard]] std::string url(std::string_view target = {}) const {
    return (is_tls() ? "https://" : "http://") + authority().append(target);
  }
  /// What a client has to trust. Empty without TLS, as are the thumbprints.
  [[nodiscard]] std::string certificate_pem() const {
    return is_tls() ? core_->options.certificate->certificate_pem() : std::string{};
  }
  [[nodiscard]] std::string sha1_thumbprint() const {
    return is_tls() ? core_->options.certificate->sha1_thumbprint() : std::string{};
  }
  [[nodiscard]] std::string sha256_thumbprint() const {
    return is_tls() ? core_->options.certificate->sha256_thumbprint() : std::string{};
  }

  [[nodiscard]] ServerStatistics statistics() const {
    ServerStatistics out;
    out.accepted = core_->accepted;
    out.refused = core_->refused;
    out.requests = core_->requests;
    out.rejected = core_->rejected;
    out.waiting = core_->waiting;
    std::lock_guard const lock{core_->mutex};
    out.open = core_->open.size();
    return out;
  }

 private:
  using tcp = boost::asio::ip::tcp;
  using acceptor = boost::asio::basic_socket_acceptor<tcp, detail::server_strand>;

  void listen() {
    auto const& o = core_->options;
    boost::system::error_code error;
    auto const address = boost::asio::ip::make_address(o.address, error);
    if (error) {
      throw invalid_argument({"starting a server",
                              {},
                              "'" + o.address + "' is not an IP address",
                              "127.0.0.1, ::1, 0.0.0.0 and :: are some"});
    }
    endpoint_ = {address, o.port};
    auto const check = [&](char const* what) {
      if (error) throw transport_failed({what, authority(), error.message(), {}});
    };
    acceptor_.open(endpoint_.protocol(), error);
    check("opening a socket");
    acceptor_.set_option(boost::asio::socket_base::reuse_address{true}, error);
    if (address.is_v6()) acceptor_.set_option(boost::asio::ip::v6_only{false}, error);
    acceptor_.bind(endpoint_, error);
    check("listening");
    acceptor_.listen(4096, error);
    check("listening");
    endpoint_ = acceptor_.local_endpoint(error);
    check("listening");
  }

  [[nodiscard]] boost::asio::ip::address reachable_address() const {
    using namespace boost::asio::ip;
    auto const address = endpoint_.address();
    if (!address.is_unspecified()) return address;
    return address.is_v6() ? boost::asio::ip::address{address_v6::loopback()}
                           : boost::asio::ip::address{address_v4::loopback()};
  }
  [[nodiscard]] CertificateOptions names_for_certificate() const {
    CertificateOptions out;
    auto own = endpoint_.address().to_string();
    own.erase(std::min(own.find('%'), own.size()));  // the zone of a link-local address
    if (!endpoint_.address().is_loopback() && !endpoint_.address().is_unspecified()) {
      out.names.push_back(std::move(own));
    }
    return out;
  }

  [[nodiscard]] std::vector<std::shared_ptr<detail::server_connection>> open_connections() const {
    std::vector<std::shared_ptr<detail::server_connection>> out;
    std::lock_guard const lock{core_->mutex};
    out.reserve(core_->open.size());
    for (auto const& [raw, weak] : core_->open) {
      if (auto connection = weak.lock()) out.push_back(std::move(connection));
    }
    return out;
  }

  void accept() {
    acceptor_.async_accept(boost::asio::make_strand(core_->io),
                           [this](boost::system::error_code error, detail::server_socket socket) {
                             if (core_->stopping || !acceptor_.is_open()) return;
                             if (error) return accept_later();
                             welcome(std::move(socket));
                             accept();
                           });
  }
  /// No descriptors left, most likely: they come back when other connections end.
  void accept_later() {
    retry_ = std::make_unique<timer>(acceptor_.get_executor(), std::chrono::milliseconds{20});
    retry_->async_wait([this](boost::system::error_code error) {
      if (!error && acceptor_.is_open()) accept();
    });
  }
  void welcome(detail::server_socket socket) {
    ++core_->accepted;
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    std::shared_ptr<detail::server_connection> connection;
    {
      std::lock_guard const lock{core_->mutex};
      if (core_->open.size() >= core_->options.max_connections) {
        ++core_->refused;
        return;
      }
    }
    auto const strand = socket.get_executor();
    if (tls_ != nullptr) {
      connection = std::make_shared<detail::tls_connection>(core_, std::move(socket), tls_);
    } else {
      connection = std::make_shared<detail::plain_connection>(core_, std::move(socket));
    }
    {
      std::lock_guard const lock{core_->mutex};
      core_->open.emplace(connection.get(), connection);
    }
    boost::asio::post(strand, [connection] { connection->start(); });
  }

  using clock = std::chrono::steady_clock;
  using timer = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>,
                                                  detail::server_strand>;

  std::shared_ptr<detail::server_core> core_;
  std::shared_ptr<boost::asio::ssl::context> tls_{};
  tcp::endpoint endpoint_{};
  acceptor acceptor_;
  std::unique_ptr<timer> retry_{};
  std::vector<std::thread> threads_{};
  std::mutex stop_mutex_{};
};

}  // namespace esxvi::sim
