// Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <esxvi/sim/certificate.hpp>
#include <esxvi/sim/detail/server_connection.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace esxvi::sim::detail {

class plain_connection final : public server_connection {
 public:
  plain_connection(std::shared_ptr<server_core> const& core, server_socket socket)
      : server_connection(core, socket.get_executor()), socket_(std::move(socket)) {}

 private:
  std::shared_ptr<plain_connection> self() {
    return std::static_pointer_cast<plain_connection>(shared_from_this());
  }
  server_socket& socket() override { return socket_; }
  [[nodiscard]] bool is_tls() const override { return false; }
  void open() override { on_open({}); }
  void read(asio::mutable_buffer to) override {
    socket_.async_read_some(
        to, [me = self()](error_code error, std::size_t size) { me->on_read(error, size); });
  }
  void write(std::array<asio::const_buffer, 2> const& from) override {
    asio::async_write(socket_, from,
                      [me = self()](error_code error, std::size_t) { me->on_write(error); });
  }
  void say_goodbye() override { on_goodbye(); }

  server_socket socket_;
};

class tls_connection final : public server_connection {
 public:
  tls_connection(std::shared_ptr<server_core> const& core, server_socket socket,
                 std::shared_ptr<asio::ssl::context> const& context)
      : server_connection(core, socket.get_executor()),
        context_(context),
        stream_(std::move(socket), *context) {}

 private:
  std::shared_ptr<tls_connection> self() {
    return std::static_pointer_cast<tls_connection>(shared_from_this());
  }
  server_socket& socket() override { return stream_.next_layer(); }
  [[nodiscard]] bool is_tls() const override { return true; }
  void open() override {
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [me = self()](error_code error) { me->on_open(error); });
  }
  void read(asio::mutable_buffer to) override {
    stream_.async_read_some(
        to, [me = self()](error_code error, std::size_t size) { me->on_read(error, size); });
  }
  void write(std::array<asio::const_buffer, 2> const& from) override {
    asio::async_write(stream_, from,
                      [me = self()](error_code error, std::size_t) { me->on_write(error); });
  }
  void say_goodbye() override {
    stream_.async_shutdown([me = self()](error_code) { me->on_goodbye(); });
  }

  std::shared_ptr<asio::ssl::context> context_;
  asio::ssl::stream<server_socket> stream_;
};

/// HTTP/1.1 over TLS 1.2 and newer.
inline std::shared_ptr<asio::ssl::context> server_tls(Certificate const& certificate) {
  auto out = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  out->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                   asio::ssl::context::no_tlsv1_1);
  out->use_certificate_chain(asio::buffer(certificate.certificate_pem()));
  out->use_private_key(asio::buffer(certificate.key_pem()), asio::ssl::context::pem);
  auto* const native = out->native_handle();
  // Thousands of clients at once, each of which has a ticket if it wants one.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(
      native,
      [](SSL*, unsigned char const** to, unsigned char* size, unsigned char const* offered,
         unsigned int length, void*) {
        static constexpr std::array<unsigned char, 9> ours{8,   'h', 't', 't', 'p',
                                                           '/', '1', '.', '1'};
        unsigned char* chosen = nullptr;
        if (SSL_select_next_proto(&chosen, size, ours.data(), static_cast<unsigned>(ours.size()),
                                  offered, length) != OPENSSL_NPN_NEGOTIATED) {
          return SSL_TLSEXT_ERR_NOACK;
        }
        *to = chosen;
        return SSL_TLSEXT_ERR_OK;
      },
      nullptr);
  return out;
}

}  // namespace esxvi::sim::detail
